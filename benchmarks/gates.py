"""Error rates of gates, by simulation: false alarms of A/A runs, power, coverage of the intervals.

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
from pytest_mathbench.analysis.statistics import (
    Clusters,
    clustered_interval,
    detectable_drop,
    holm,
    paired_difference,
    wilson,
    worse_by_chance,
)
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import Outcome

PER_CELL = 27
MARGINS = {"overall": 0.02, "domains": 0.05}
SIZES = (27, 135, 189, 945)


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


def coverage(generator: np.random.Generator, trials: int) -> None:
    """Both kinds of 95 % intervals hold the truth as often as they say, over rates from 2 to 98 %."""
    for size in SIZES:
        rates = generator.uniform(0.02, 0.98, trials)
        counts = generator.binomial(size, rates)
        intervals = [wilson(int(count), size) for count in counts]
        held = np.mean([low <= rate <= high for rate, (low, high) in zip(rates, intervals, strict=True)])
        one_sided = [wilson(int(count), size, 0.9)[0] for count in counts]
        below = np.mean([low <= rate for rate, low in zip(rates, one_sided, strict=True)])
        shares = generator.uniform(0.05, 0.4, trials)
        drops = generator.uniform(-1, 1, trials) * shares * 0.6
        draws = [
            generator.multinomial(size, [(s + d) / 2, (s - d) / 2, 1 - s]) for s, d in zip(shares, drops, strict=True)
        ]
        paired = [paired_difference(size, int(worse), int(better)) for worse, better, _ in draws]
        covered = np.mean(
            [(each.low or 0) <= -drop <= (each.high or 0) for each, drop in zip(paired, drops, strict=True)]
        )
        print(f"n = {size}: Wilson {held:.1%} (its one-sided 95% bound {below:.1%}), paired difference {covered:.1%}")


def in_clusters(generator: np.random.Generator, trials: int) -> None:
    """Cover rates of problems with several samples, and of families, for problems of their kind."""
    for clusters, problems, samples in (
        (27, 1, 4), (27, 1, 10), (140, 1, 1), (140, 1, 4), (140, 1, 10), (30, 5, 1), (176, 5, 1), (176, 5, 4)
    ):  # fmt: skip
        held = below = alone = 0
        for _ in range(trials):
            rate, spread = generator.uniform(0.05, 0.95), generator.choice([0.5, 2.0])
            of_family = np.clip(generator.beta(rate * spread, (1 - rate) * spread, (clusters, 1)), 1e-6, 1 - 1e-6)
            chance = (
                generator.beta(4 * of_family, 4 - 4 * of_family, (clusters, problems)) if problems > 1 else of_family
            )
            rights = generator.binomial(samples, chance).sum(axis=-1).tolist()
            size, right = problems * samples, sum(rights)
            pooled = Clusters.of([(each, size) for each in rights])
            low, high = clustered_interval(right, clusters * size, pooled)
            held += low <= rate <= high
            below += clustered_interval(right, clusters * size, pooled, 0.9)[0] <= rate
            low, high = wilson(right, clusters * size)
            alone += low <= rate <= high
        print(
            f"{clusters} clusters of {problems} problems, {samples} samples: {held / trials:.1%} (its one-sided 95% "
            f"bound {below / trials:.1%}); as if all stood alone {alone / trials:.1%}"
        )


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    trials = parser.parse_args().trials
    generator = np.random.default_rng(0)
    same_as_decide(generator)
    coverage(generator, trials)
    in_clusters(generator, trials)
    power(generator, trials)
    false_alarms(generator, trials)


if __name__ == "__main__":
    main()
