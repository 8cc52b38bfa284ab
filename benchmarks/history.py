"""False alarms and power of a history of runs, by simulation on what was recorded of the bundled families.

    python benchmarks/history.py [--histories 1000] [--model Qwen2.5-Coder-0.5B-Instruct]

A history has 12 runs on the 945 bundled problems, two samples each. A family's chance is drawn of what the model's
recorded attempts at it leave open (Jeffreys' beta distribution; of most families nothing is recorded), a problem's
about its family's: most problems are nearly always or nearly never solved, and two runs of one model disagree as those
of a model at a temperature do. From the seventh run on a changed model solves each problem by so much less that the
rate (of all problems, or of one domain) falls by so many points. Frozen answers stand for temperature 0: runs repeat
each other, and at two random runs a library changes, after which half of the problems are answered anew. All goes
through `analysis.history`, all buckets together.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pytest_mathbench import difficulty
from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.comparison import Cost
from pytest_mathbench.analysis.history import Line, Past, Solved, history
from pytest_mathbench.domains import Domain
from pytest_mathbench.problems import load
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import Problem, Sampling
from pytest_mathbench.verdicts import Verdict

RUNS, SAMPLES, DROP_AT = 12, 2, 6
FROZEN = 0.5
Array = NDArray[np.float64]

INFO = RunInfo(
    model="model", resolved_model="model", endpoint="", vllm_args="", problem_set="bundled", problem_count=945,
    problems_sha256="", shard=None, prompt="", prompt_sha256="", sampling=Sampling(temperature=0.7), samples=SAMPLES,
    strategy="single", protocol="", deviations={}, sandbox="", cpu_seconds=10.0, memory_bytes=1 << 30, scratch_bytes=0,
    preload=(), echo=False, verdict=Verdict.STRICT, judge="off", judge_model="", judge_sha256="", started="",
    machine={}, versions={},
)  # fmt: skip
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def chances(generator: np.random.Generator, problems: tuple[Problem, ...], model: str) -> Array:
    """Return each problem's chance, of one model that may have left these records."""
    families: dict[tuple[str, int, str], float] = {}
    for each in problems:
        known = [found for found in difficulty.of(each) if found.model == model]
        solved, attempts = (known[0].solved, known[0].attempts) if known else (0, 0)
        key = (each.domain, each.level, each.family)
        if key not in families:
            families[key] = float(generator.beta(solved + 0.5, attempts - solved + 0.5))
    center = np.clip([families[each.domain, each.level, each.family] for each in problems], 0.01, 0.99)
    return generator.beta(4 * center, 4 - 4 * center)


def line_of(problems: tuple[Problem, ...], right: NDArray[np.int64]) -> Line:
    """Make a line of runs, of which right has a column each."""
    runs = [
        Past(
            place=f"run {number}",
            info=replace(INFO, started=(BEGAN + timedelta(days=number)).isoformat()),
            problems={
                each.id: Solved(each.domain, each.level, each.family or each.id, count, SAMPLES)
                for each, count in zip(problems, column, strict=True)
            },
            cost=Cost(),
        )
        for number, column in enumerate(right.T.tolist())
    ]
    (line,) = history(runs).lines
    return line


def independent(generator: np.random.Generator, chance: Array) -> NDArray[np.int64]:
    """Draw the right answers of runs whose answers are drawn anew; chance has a column for each run."""
    return generator.binomial(SAMPLES, chance)


def frozen(generator: np.random.Generator, chance: Array) -> NDArray[np.int64]:
    """Draw those of runs that repeat each other until something besides the model changes."""
    right = np.repeat(SAMPLES * (generator.random(len(chance)) < chance[:, 0]).astype(np.int64)[:, None], RUNS, axis=1)
    for start in generator.choice(np.arange(1, RUNS), 2, replace=False):
        anew = generator.random(len(chance)) < FROZEN
        drawn = SAMPLES * (generator.random(len(chance)) < chance[:, 0])
        right[anew, start:] = drawn[anew, None]
    return right


def unchanged(chance: Array) -> Array:
    """Return the same chances for every run."""
    return np.repeat(chance[:, None], RUNS, axis=1)


def dropped(points: float, where: NDArray[np.bool_]) -> Callable[[Array], Array]:
    """Return what makes chances of runs of which the seventh and all later lose so many points on some problems."""

    def change(chance: Array) -> Array:
        found = unchanged(chance)
        found[where, DROP_AT:] *= 1 - points / 100 / chance[where].mean()
        return found

    return change


@dataclass
class Tally:
    """What was found of a bucket in so many histories."""

    histories: int = 0
    found: int = 0
    exactly: int = 0
    within: int = 0
    late: int = 0
    twice: int = 0


def count(tally: Tally, line: Line, bucket: Bucket) -> None:
    """Add what one history's marks say of a bucket."""
    own = [shift.change for shift in line.shifts if shift.bucket == bucket]
    tally.histories += 1
    if own:
        tally.found += 1
        tally.exactly += own[0].first == DROP_AT
        tally.within += own[0].between[0] < DROP_AT <= own[0].between[1]
        tally.late += own[0].seen - DROP_AT
        tally.twice += len(own) > 1


def counted(name: str, histories: int) -> Iterator[int]:
    """Count, with a line that says how far it is."""
    for number in range(histories):
        if sys.stderr.isatty():
            print(f"\r{name}: {number} of {histories}   ", end="", file=sys.stderr, flush=True)
        yield number


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--model", default="Qwen2.5-Coder-0.5B-Instruct")
    options = parser.parse_args()
    generator = np.random.default_rng(22)
    problems = load("").problems
    sample = [chances(generator, problems, options.model) for _ in range(50)]
    print(
        f"{len(problems)} problems, {RUNS} runs, {SAMPLES} samples: {np.mean(sample):.1%} right; two samples of a "
        f"problem disagree in {np.mean([(2 * each * (1 - each)).mean() for each in sample]):.1%}"
    )
    for name, draw in (("drawn anew", independent), ("frozen", frozen)):
        alarms = sum(
            bool(line_of(problems, draw(generator, unchanged(chances(generator, problems, options.model)))).shifts)
            for _ in counted(name, options.histories)
        )
        print(
            f"an unchanged model, answers {name}: a mark in {alarms} of {options.histories} histories "
            f"({alarms / options.histories:.1%}; stated: at most 5%)",
            flush=True,
        )
        assert alarms <= 0.05 * options.histories
    everywhere = np.full(len(problems), fill_value=True)
    geometry = np.array([each.domain == Domain.GEOMETRY for each in problems])
    print(f"\n{'true change at run 7':28}{'found':>8}{'at run 7':>10}{'in range':>10}{'runs late':>11}{'twice':>8}")
    for name, points, where, bucket in (
        *((f"{points} points, everywhere", points, everywhere, Bucket()) for points in (8, 4, 3, 2)),
        *((f"{points} points, geometry", points, geometry, Bucket(Domain.GEOMETRY)) for points in (20, 12, 8)),
    ):
        tally, change = Tally(), dropped(points, where)
        for _ in counted(name, options.histories // 5):
            chance = change(chances(generator, problems, options.model))
            count(tally, line_of(problems, independent(generator, chance)), bucket)
        of = max(1, tally.found)
        print(
            f"{name:28}{tally.found / tally.histories:8.1%}{tally.exactly / of:10.1%}{tally.within / of:10.1%}"
            f"{tally.late / of:11.2f}{tally.twice / of:8.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
