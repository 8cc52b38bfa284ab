"""False alarms and power of a history of runs, by simulation on what was recorded of the bundled families.

    python benchmarks/history.py [--histories 1000] [--workers 2]

A history has 12 runs on the 945 bundled problems, two samples each. A family's chance is drawn of what the model's
recorded attempts at it leave open (Jeffreys' beta distribution; of most families nothing is recorded), a problem's
about its family's: most problems are nearly always or nearly never solved, and two runs of one model disagree as those
of a model at a temperature do. From the seventh run on a changed model solves each problem by so much less that the
rate (of all problems, or of one domain) falls by so many points. Frozen answers stand for temperature 0: runs repeat
each other, and at two random runs a library changes, after which half of the problems are answered anew. All goes
through `analysis.history`, all buckets together.
"""

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pytest_mathbench import difficulty
from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.changes import Change
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


@cache
def bundled() -> tuple[Problem, ...]:
    """Return the bundled problems."""
    return load("").problems


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


def dropped(chance: Array, points: float, where: NDArray[np.bool_]) -> Array:
    """Return chances for every run, of which the seventh and all later lose so many points on some problems."""
    found = np.repeat(chance[:, None], RUNS, axis=1)
    found[where, DROP_AT:] *= 1 - points / 100 / chance[where].mean()
    return found


Draw = Callable[[np.random.Generator, Array], NDArray[np.int64]]


@dataclass(frozen=True)
class Scene:
    """One kind of history: how its answers are drawn, and how many points runs lose where from the seventh on."""

    name: str
    model: str
    draw: Draw = independent
    points: float = 0.0
    domain: str | None = None

    def changes(self, seed: int) -> tuple[bool, list[Change]]:
        """Return whether anything is marked in one history, and the changes that are marked in the bucket itself."""
        generator, problems = np.random.default_rng([22, seed]), bundled()
        chance = chances(generator, problems, self.model)
        where = np.array([self.domain in {None, each.domain} for each in problems])
        shifts = line_of(problems, self.draw(generator, dropped(chance, self.points, where))).shifts
        return bool(shifts), [shift.change for shift in shifts if shift.bucket == Bucket(self.domain)]


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--model", default="Qwen2.5-Coder-0.5B-Instruct")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    problems = bundled()
    sample = [chances(np.random.default_rng(seed), problems, options.model) for seed in range(50)]
    print(
        f"{len(problems)} problems, {RUNS} runs, {SAMPLES} samples: {np.mean(sample):.1%} right; two samples of a "
        f"problem disagree in {np.mean([(2 * each * (1 - each)).mean() for each in sample]):.1%}"
    )
    with ProcessPoolExecutor(options.workers) as workers:
        for name, draw in (("drawn anew", independent), ("frozen", frozen)):
            scene = Scene(name, options.model, draw)
            alarms = sum(marked for marked, _ in workers.map(scene.changes, range(options.histories), chunksize=10))
            print(
                f"an unchanged model, answers {name}: a mark in {alarms} of {options.histories} histories "
                f"({alarms / options.histories:.1%}; stated: at most 5%)",
                flush=True,
            )
            assert alarms <= 0.05 * options.histories
        print(f"\n{'true change at run 7':28}{'found':>8}{'at run 7':>10}{'in range':>10}{'runs late':>11}{'twice':>8}")
        scenes = [
            *(Scene(f"{points} points, everywhere", options.model, independent, points) for points in (8, 4, 3, 2)),
            *(
                Scene(f"{points} points, geometry", options.model, independent, points, Domain.GEOMETRY)
                for points in (20, 12, 8)
            ),
        ]
        for scene in scenes:
            histories = range(options.histories // 10)
            marked = [own for _, own in workers.map(scene.changes, histories, chunksize=5) if own]
            of = max(1, len(marked))
            exactly = sum(own[0].first == DROP_AT for own in marked)
            within = sum(own[0].between[0] < DROP_AT <= own[0].between[1] for own in marked)
            late = sum(own[0].seen - DROP_AT for own in marked)
            twice = sum(len(own) > 1 for own in marked)
            print(
                f"{scene.name:28}{len(marked) / len(histories):8.1%}{exactly / of:10.1%}{within / of:10.1%}"
                f"{late / of:11.2f}{twice / of:8.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
