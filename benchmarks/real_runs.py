"""Gates that decide early, on recorded runs of a real model: unchanged ones, and the same model with damage.

    python benchmarks/real_runs.py RUN DAMAGED... [--gate SENTENCE]... [--trials 2000]

RUN has at least four samples of each problem; DAMAGED are runs on the same problems of what the gates are to find, with
any number of samples. A trial draws an order of the problems as a run does, from a new seed, and deals the samples of
each problem of RUN to a baseline and to an unchanged run, half each: these differ by sampling noise alone. Each damaged
run is held against the same baselines. Decided is by the gates as the plugin decides them: at the first problem of the
order that is enough, and where there is none, on the whole run at what is left of 5 %.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from pytest_mathbench.analysis import gates, sequential
from pytest_mathbench.analysis.comparison import Measured, measured
from pytest_mathbench.analysis.course import course
from pytest_mathbench.analysis.decisions import Evidence, Status, decide
from pytest_mathbench.problems import ProblemSet, in_random_order
from pytest_mathbench.recording.order import Place, place_of
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import AttemptId

GATES = (
    "overall no worse than baseline by more than 5 points",
    "every domain no worse than baseline by more than 5 points",
)


def read(folder: str) -> tuple[ProblemSet, dict[str, list[Measured]]]:
    """Return a run's problems, and the measured attempts of each."""
    run = RecordedRun.find(folder, Path(".mathbench"), lambda line: print(line, file=sys.stderr))
    samples: defaultdict[str, list[Measured]] = defaultdict(list)
    for (problem, _), each in measured(run.results()).items():
        samples[problem].append(each)
    problems = {result.problem.id: result.problem for result in run.results()}
    return ProblemSet(run.info.problem_set, tuple(problems.values())), dict(samples)


def attempts(samples: Mapping[str, Sequence[Measured]]) -> dict[AttemptId, Measured]:
    """Give each sample of a problem its number."""
    return {(problem, number): each for problem, found in samples.items() for number, each in enumerate(found)}


def verdict(
    chosen: Sequence[gates.Gate],
    places: Sequence[Place],
    run: Mapping[str, Sequence[Measured]],
    baseline: Mapping[AttemptId, Measured],
) -> tuple[Status, int | None]:
    """Decide as a session does; return the verdict, and after how many problems it was early."""
    found = attempts(run)
    count = min(map(len, run.values()))
    early = sequential.settle(chosen, course(places, count, found, baseline))
    if early.decided is not None:
        return gates.overall(early.decisions), early.decided
    return gates.overall(decide(chosen, Evidence(found, dict(baseline), 0, sequential.LEFT))), None


def main() -> None:
    """Deal the samples, decide, and print a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("damaged", nargs="*")
    parser.add_argument("--gate", action="append", dest="gates")
    parser.add_argument("--trials", type=int, default=2000)
    options = parser.parse_args()
    problem_set, samples = read(options.run)
    damaged = {Path(folder).name: read(folder)[1] for folder in options.damaged}
    common = set(samples).intersection(*damaged.values())
    problem_set = ProblemSet(problem_set.name, tuple(each for each in problem_set.problems if each.id in common))
    cells = {(each.domain, each.level) for each in problem_set.problems}
    chosen = gates.read_all(options.gates or GATES, cells, baseline=True, early=True)
    half = min(len(samples[problem]) for problem in common) // 2
    print(f"{len(common)} problems, {half} samples of each in a baseline and in an unchanged run; gates:")
    print(*(f"  {gate.text}" for gate in chosen), sep="\n")
    print(f"\n{'run':24}{'right':>8}{'fails':>8}{'open':>8}{'early':>8}{'problems used, mean':>22}")
    generator = random.Random(1)  # noqa: S311 - deals samples, keeps no secret
    outcomes: defaultdict[str, list[tuple[Status, int | None]]] = defaultdict(list)
    for trial in range(options.trials):
        print(f"\r{trial} of {options.trials} trials", end="", file=sys.stderr, flush=True)
        places = [place_of(problem) for problem in in_random_order(problem_set, generator.getrandbits(32))]
        dealt = {problem: generator.sample(samples[problem], len(samples[problem])) for problem in sorted(common)}
        baseline = attempts({problem: found[:half] for problem, found in dealt.items()})
        unchanged = {problem: found[half : 2 * half] for problem, found in dealt.items()}
        for name, run in {"unchanged": unchanged, **damaged}.items():
            held = {problem: run[problem] for problem in dealt}
            outcomes[name].append(verdict(chosen, places, held, baseline))
    print("\r", end="", file=sys.stderr)
    for name, found in outcomes.items():
        run = damaged.get(name, samples)
        right = fmean(fmean(each.correct for each in run[problem]) for problem in common)
        shares = [
            fmean(status == Status.FAIL for status, _ in found),
            fmean(status == Status.INCONCLUSIVE for status, _ in found),
            fmean(decided is not None for _, decided in found),
        ]
        used = fmean(decided or len(common) for _, decided in found) / len(common)
        print(f"{name:24}{right:8.1%}", *(f"{share:7.1%}" for share in shares), f"{used:21.1%}")


if __name__ == "__main__":
    main()
