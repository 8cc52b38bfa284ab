"""Error rates of gates, by simulation: false alarms of A/A runs, and power.

    python benchmarks/gates.py [--trials 10000]

A trial draws two runs on the same problems: each problem has a chance of its own to be solved (beta-distributed about
its cell's), so that pairs agree as those of a model at a temperature do.
"""

import argparse

import numpy as np
from numpy.typing import NDArray

from pytest_mathbench.analysis.comparison import Cost, Measured
from pytest_mathbench.analysis.decisions import Evidence, statuses
from pytest_mathbench.analysis.gates import Status, read
from pytest_mathbench.analysis.statistics import detectable_drop, holm, worse_by_chance
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import Outcome

PER_CELL = 27
MARGINS = {"overall": 0.02, "domains": 0.05}


def chances(generator: np.random.Generator, spread: float) -> NDArray[np.float64]:
    """Return each problem's chance, of shape (domains, levels, problems): harder with the level; `spread` of a beta."""
    centers = np.linspace(0.85, 0.25, len(LEVELS))[None, :, None]
    centers = np.broadcast_to(centers, (len(Domain), len(LEVELS), PER_CELL))
    return generator.beta(centers * spread, (1 - centers) * spread)


def family(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> bool:
    """Whether "overall by more than 2 points" or "every domain by more than 5" fails, as `decide` reckons it."""
    pairs = [
        (first, second, MARGINS["overall"]),
        *((a, b, MARGINS["domains"]) for a, b in zip(first, second, strict=True)),
    ]
    counts = [((a & ~b).sum(), (~a & b).sum(), a.size, margin) for a, b, margin in pairs]
    adjusted = holm([worse_by_chance(int(only), int(other)) for only, other, _, _ in counts])
    return any(
        p <= 0.05 and (only - other) / size > margin
        for p, (only, other, size, margin) in zip(adjusted, counts, strict=True)
    )


def false_alarms(generator: np.random.Generator, trials: int) -> None:
    """A/A: both runs of one model. Any FAIL is false."""
    for spread in (0.5, 2.0, 8.0):
        failed = noisy = 0
        for _ in range(trials):
            p = chances(generator, spread)
            first, second = generator.random(p.shape) < p, generator.random(p.shape) < p
            failed += family(first, second)
            drops = (first.mean(axis=(1, 2)) - second.mean(axis=(1, 2))) > MARGINS["domains"]
            noisy += bool(drops.any()) or first.mean() - second.mean() > MARGINS["overall"]
        print(
            f"A/A, spread {spread}: {failed / trials:.2%} of {trials} runs fail a baseline gate; "
            f"the points alone would fail {noisy / trials:.1%}"
        )


def same_as_decide(generator: np.random.Generator) -> None:
    """See that the simulation's short cut is what the gates do: 200 runs decided both ways."""
    gates = [
        read(text, list(Domain))
        for text in (
            "overall no worse than baseline by more than 2 points",
            "every domain no worse than baseline by more than 5 points",
        )
    ]
    for number in range(200):
        p = chances(generator, 2.0)
        first, second = generator.random(p.shape) < p, generator.random(p.shape) < p - 0.06 * (number % 2)
        failed = Status.FAIL in statuses(gates, Evidence(_run(second), _run(first)))
        assert failed == family(first, second)
    print("200 of 200 runs decided by the gates themselves: the same")


def _run(right: NDArray[np.bool_]) -> dict[tuple[str, int], Measured]:
    return {
        (f"{domain}-{level}-{number}", 0): Measured(
            domain=domain,
            level=level,
            text="",
            outcome=Outcome.CORRECT if right[row, level - 1, number] else Outcome.WRONG,
            cost=Cost(),
        )
        for row, domain in enumerate(Domain)
        for level in LEVELS
        for number in range(right.shape[2])
    }


def power(generator: np.random.Generator, trials: int) -> None:
    """See how often a true drop of the size that is stated as detectable is found."""
    for pairs, comparisons, margin in ((945, 1, 0.02), (945, 8, 0.02), (135, 8, 0.05), (140, 1, 0.0)):
        for discordant in (0.1, 0.25):
            drop = detectable_drop(pairs, discordant, 0.05 / comparisons, margin)
            share = max(discordant, drop)
            cells = [(share + drop) / 2, (share - drop) / 2, 1 - share]
            draws = generator.multinomial(pairs, cells, size=trials)
            found = sum(
                worse_by_chance(int(worse), int(better)) <= 0.05 / comparisons and (worse - better) / pairs > margin
                for worse, better, _ in draws
            )
            print(
                f"{pairs} pairs, {discordant:.0%} discordant, {comparisons} comparisons, margin {margin:.0%}: "
                f"a drop of {drop:.1%} is found in {found / trials:.1%}"
            )


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    trials = parser.parse_args().trials
    generator = np.random.default_rng(0)
    same_as_decide(generator)
    power(generator, trials)
    false_alarms(generator, trials)


if __name__ == "__main__":
    main()
