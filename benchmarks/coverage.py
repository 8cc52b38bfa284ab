"""How often each interval that is shown holds the truth, by simulation: two-sided 95 %, and each bound at 95 %.

    python benchmarks/coverage.py [--trials 10000]

Problems are of unequal difficulty: the chance of each is beta-distributed about its family's, and that about the rate.
The truth is of problems of this kind or, where a line says so, of the very set that was drawn. A line is the mean over
rates from 2 to 98 %, two spreads of the difficulty and, of differences, no drop and one of a tenth; "least" is the
lowest of all these, two-sided, with what it is of.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_mathbench.analysis.comparison import Cost, Measured, Pairs
from pytest_mathbench.analysis.decisions import Evidence
from pytest_mathbench.analysis.gates import read
from pytest_mathbench.analysis.intervals import Clusters, Repeats, clustered_interval, sampling_interval
from pytest_mathbench.domains import LEVELS
from pytest_mathbench.records import Outcome

RATES = (0.02, 0.1, 0.5, 0.9, 0.98)
SPREADS = (0.5, 4.0)
"""Of the beta distribution of difficulties: mostly all or nothing, and mostly alike."""
DROPS = (0.0, 0.1)
"""What share of its chances a run loses against its baseline."""

Bounds = tuple[float, float]
Draw = Callable[[np.random.Generator, float, float, float], tuple[float, Bounds, Bounds]]
"""Draws a trial at a rate, a spread and a drop: the truth, the interval of 95 % and that whose bounds are at 95 %."""


class Held(NamedTuple):
    """In what share of trials the truth was in the interval, above its lower bound, and below its upper one."""

    both: float
    low: float
    high: float


def chances(
    generator: np.random.Generator, families: int, problems: int, rate: float, spread: float
) -> NDArray[np.float64]:
    """Return each problem's chance, (families, problems)."""
    center = np.clip(generator.beta(rate * spread, (1 - rate) * spread, (families, 1)), 1e-6, 1 - 1e-6)
    if problems == 1:
        return np.asarray(center)
    return np.asarray(generator.beta(4 * center, 4 - 4 * center, (families, problems)))


def rate_of(families: int, problems: int, samples: int) -> Draw:
    """Draw a threshold's rate."""

    def draw(generator: np.random.Generator, rate: float, spread: float, _: float) -> tuple[float, Bounds, Bounds]:
        chance = chances(generator, families, problems, rate, spread)
        rights = generator.binomial(samples, chance).sum(axis=-1).tolist()
        right, count = sum(rights), chance.size * samples
        clusters = Clusters.of((each, problems * samples) for each in rights)
        return rate, clustered_interval(right, count, clusters), clustered_interval(right, count, clusters, 0.9)

    return draw


def rate_of_the_set(problems: int, samples: int) -> Draw:
    """Draw a threshold's rate on this set: its truth is the mean of the chances that its problems happen to have."""

    def draw(generator: np.random.Generator, rate: float, spread: float, _: float) -> tuple[float, Bounds, Bounds]:
        chance = chances(generator, problems, 1, rate, spread)
        rights = generator.binomial(samples, chance.ravel()).tolist()
        right, count = sum(rights), problems * samples
        repeats = Repeats.of((each, samples) for each in rights)
        wide, narrow = (sampling_interval(right, count, repeats, confidence) for confidence in (0.95, 0.9))
        return float(chance.mean()), wide, narrow

    return draw


def difference_of(families: int, problems: int, before: int, after: int) -> Draw:
    """Draw a comparison of so many samples on either side."""
    names = tuple(str(number // problems) for number in range(families * problems))

    def draw(generator: np.random.Generator, rate: float, spread: float, drop: float) -> tuple[float, Bounds, Bounds]:
        chance = chances(generator, families, problems, rate, spread).ravel()
        first, second = (
            generator.binomial(before, chance).tolist(),
            generator.binomial(after, chance * (1 - drop)).tolist(),
        )
        pairs = Pairs(tuple((one, before, other, after) for one, other in zip(first, second, strict=True)), names)
        wide, narrow = pairs.difference_at(0.95), pairs.difference_at(0.9)
        return -drop * rate, (wide.low or 0.0, wide.high or 0.0), (narrow.low or 0.0, narrow.high or 0.0)

    return draw


def equal_level(families: int, problems: int, samples: int) -> Draw:
    """Draw the mean of five levels, so many families of each, by the gate itself."""
    gates = [read(f"equal-level >= 50%{confidence}", ["algebra"]) for confidence in ("", " with 95% confidence")]
    measured = {
        right: [
            Measured(domain="algebra", level=level, text="", outcome=right, cost=Cost(), family=f"{level}-{family}")
            for level in LEVELS
            for family in range(families)
        ]
        for right in (Outcome.WRONG, Outcome.CORRECT)
    }

    def draw(generator: np.random.Generator, rate: float, spread: float, _: float) -> tuple[float, Bounds, Bounds]:
        levels = np.clip(rate + np.array([0.3, 0.15, 0.0, -0.15, -0.3]) * min(rate, 1 - rate) * 2, 0.005, 0.995)
        chance = np.concatenate([chances(generator, families, problems, float(each), spread) for each in levels])
        right = generator.random((*chance.shape, samples)) < chance[..., None]
        run = {
            (f"{row}-{problem}", sample): measured[Outcome.CORRECT if hit else Outcome.WRONG][row]
            for (row, problem, sample), hit in np.ndenumerate(right)
        }
        wide, narrow = (gate.grounds(Evidence(run))[0] for gate in gates)
        return float(levels.mean()), (wide.low or 0.0, wide.high or 0.0), (narrow.low or 0.0, narrow.high or 0.0)

    return draw


def held(draw: Draw, generator: np.random.Generator, trials: int, case: tuple[float, float, float]) -> Held:
    """Draw so many trials at a rate, a spread and a drop."""
    drawn = [draw(generator, *case) for _ in range(trials)]
    return Held(
        sum(low <= truth <= high for truth, (low, high), _ in drawn) / trials,
        sum(low <= truth for truth, _, (low, _) in drawn) / trials,
        sum(truth <= high for truth, _, (_, high) in drawn) / trials,
    )


def intervals() -> Iterator[tuple[str, Draw, Sequence[float]]]:
    """Yield what is shown: its name, how it is drawn, and the drops that it is drawn with."""
    for families, problems in ((27, 1), (135, 1), (27, 5)):
        size = f"{families} families of {problems}" if problems > 1 else f"{families} problems"
        for samples in (1, 4, 10):
            yield f"threshold, {size}, {samples} samples", rate_of(families, problems, samples), (0.0,)
        for before, after in ((1, 1), (4, 4), (4, 1), (10, 4)):
            name = f"difference, {size}, {before} samples against {after}"
            yield name, difference_of(families, problems, before, after), DROPS
    for count in (9, 27, 135):
        for samples in (1, 2, 4, 10):
            yield f"on this set, {count} problems, {samples} samples", rate_of_the_set(count, samples), (0.0,)
    for families, problems, samples in ((27, 1, 1), (9, 3, 1), (9, 1, 4)):
        size = f"{families} families of {problems}" if problems > 1 else f"{families} problems"
        yield f"equal-level, 5 x {size}, {samples} samples", equal_level(families, problems, samples), (0.0,)


def main() -> None:
    """Simulate, and print a line for each interval."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=10_000, help="of each line, over all its rates")
    trials = parser.parse_args().trials
    generator = np.random.default_rng(0)
    print(f"{'interval':52}{'95%':>7}{'above low':>11}{'below high':>12}   least")
    for name, draw, drops in intervals():
        cases = [(rate, spread, drop) for rate in RATES for spread in SPREADS for drop in drops]
        each = -(-trials // len(cases))
        found = {case: held(draw, generator, each, case) for case in cases}
        mean = [sum(column) / len(cases) for column in zip(*found.values(), strict=True)]
        least = min(found, key=lambda case: found[case].both)
        print(
            f"{name:52}{mean[0]:7.1%}{mean[1]:11.1%}{mean[2]:12.1%}   {found[least].both:.1%} at rate {least[0]:.0%}, "
            f"spread {least[1]:g}, drop {least[2]:.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
