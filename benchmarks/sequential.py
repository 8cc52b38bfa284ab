"""Gates that decide early beside gates of a fixed size, by simulation: power, false verdicts, problems used.

    python benchmarks/sequential.py [--trials 10000]

A trial draws a baseline and a run on 945 problems, 35 cells of 27 in families of five or six. Each problem has a chance
of its own to be solved, about its family's, about its cell's; a baseline and an unchanged run disagree on 10 % of the
problems. The order is the recorded one: random, stratified by cell. The gates are "overall no worse than baseline by
more than 5 points" and the like for each of seven domains, decided by the public `settle_no_worse`. What is never
decided early is decided by the whole run's test, at what is left of 5 %; the verdict "differs" where that would have
said something else of the same run. A gate of "fixed" size is this test alone, at the whole 5 %, and looks once.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from pytest_mathbench import Settled, settle_at_least, settle_no_worse
from pytest_mathbench.analysis.betting import EARLY, Bet
from pytest_mathbench.analysis.statistics import ERROR

DOMAINS, LEVELS, PER_CELL = 7, 5, 27
PROBLEMS = DOMAINS * LEVELS * PER_CELL
FAMILY = 5
MARGIN = 0.05
DOMAIN_MARGINS = (0.05, 0.1)
COMPARISONS = 1 + DOMAINS
AT_THE_END = ERROR - EARLY
BATCH = 250
SPREAD = 6.9
"""How far problems lie apart, in logits: at this, two runs of one model disagree on a tenth of them."""

Array = NDArray[np.float64]


@dataclass
class Tally:
    """What became of the runs of one model."""

    trials: int = 0
    overall: int = 0
    overall_fixed: int = 0
    overall_differs: int = 0
    overall_problems: float = 0.0
    failed: int = 0
    failed_early: int = 0
    fixed: int = 0
    differs: int = 0
    problems: float = 0.0


def chances(generator: np.random.Generator, trials: int) -> Array:
    """Return each problem's chance: harder with the level, alike within a family."""
    centers = np.repeat(np.tile(np.linspace(2.5, -2.5, LEVELS), DOMAINS), PER_CELL)
    families = np.arange(PROBLEMS) // PER_CELL * 6 + np.arange(PROBLEMS) % PER_CELL // FAMILY
    effect = generator.normal(size=(trials, families.max() + 1))[:, families] * SPREAD / 2
    own = generator.normal(size=(trials, PROBLEMS)) * SPREAD
    return np.asarray(1 / (1 + np.exp(-(centers + effect + own))))


def orders(generator: np.random.Generator, trials: int) -> NDArray[np.int64]:
    """Return random orders in which every cell comes evenly, as `problems.in_random_order` draws them."""
    lots = generator.random((trials, DOMAINS * LEVELS, PER_CELL))
    ranks = lots.argsort(axis=-1).argsort(axis=-1)
    keys = (ranks + generator.random(ranks.shape)) / PER_CELL
    return np.asarray(keys.reshape(trials, -1).argsort(axis=-1))


def worse(chance: Array, drop: float) -> Array:
    """Return a model's chances that solves so much less: what it loses, it loses anywhere."""
    return np.asarray(chance * (1 - drop / chance.mean(axis=-1, keepdims=True)))


def pairs(generator: np.random.Generator, name: str, trials: int) -> Array:
    """Return the differences, run less baseline, of so many trials with one model."""
    if name.startswith("drop"):  # one in ten pairs is discordant, or as many as the drop needs
        drop = float(name.split()[1]) / 100
        share = max(0.1, drop)
        drawn = generator.random((trials, PROBLEMS))
        return np.where(drawn < (share + drop) / 2, -1.0, np.where(drawn < share, 1.0, 0.0))
    chance = chances(generator, trials)
    before = generator.random(chance.shape) < chance
    changed = {
        "unchanged": lambda: chance,
        "10 points worse, anywhere": lambda: worse(chance, 0.1),
        "10 points worse, by level": lambda: chance * (1 - hard(chance, 0.1)),
        "broken": lambda: chance * 0.02,
    }[name]()
    return (generator.random(chance.shape) < changed).astype(float) - before


def hard(chance: Array, drop: float) -> Array:
    """Return what share of each problem's chance a model loses that has lost the harder levels only."""
    level = np.arange(PROBLEMS) // PER_CELL % LEVELS
    upper = np.where(level >= LEVELS // 2, chance, 0.0)
    return np.where(level >= LEVELS // 2, np.minimum(1.0, drop * PROBLEMS / upper.sum(axis=-1, keepdims=True)), 0.0)


def whole(differences: list[Array], margins: list[float]) -> tuple[NDArray[np.bool_], Array]:
    """Return which buckets drop beyond their margin, and their p-values: exact McNemar, Holm; (trials, buckets)."""
    lost = np.array([(each < 0).sum(axis=-1) for each in differences]).T
    won = np.array([(each > 0).sum(axis=-1) for each in differences]).T
    sizes = np.array([each.shape[-1] for each in differences])
    p = binom.sf(lost - 1, lost + won, 0.5)
    ordered = p.argsort(axis=-1)
    steps = np.take_along_axis(p, ordered, -1) * np.arange(p.shape[-1], 0, -1)
    adjusted = np.empty_like(p)
    np.put_along_axis(adjusted, ordered, np.maximum.accumulate(steps, axis=-1), -1)
    return np.asarray((lost - won) / sizes > margins), adjusted


def looked_at(found: Settled, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return after how many values each run passed and failed; never, and what came second, is after the end."""
    passed = np.where(found.passed == 0, end + 1, found.passed)
    failed = np.where(found.failed == 0, end + 1, found.failed)
    return np.where(passed <= failed, passed, end + 1), np.where(failed < passed, failed, end + 1)


def count(tally: Tally, differences: Array, order: NDArray[np.int64], domain_margin: float) -> None:
    """Decide trials early and in full, and add up what became of them."""
    trials = len(differences)
    margins = [MARGIN, *[domain_margin] * DOMAINS]
    buckets = [differences]
    domain = order // (LEVELS * PER_CELL)
    ordered = np.take_along_axis(differences, order, -1)
    passes, fails = [], []
    for bucket in range(-1, DOMAINS):
        if bucket < 0:
            values, places = ordered, np.broadcast_to(np.arange(PROBLEMS), order.shape)
        else:
            rows = domain == bucket
            values = ordered[rows].reshape(trials, -1)
            places = np.nonzero(rows)[1].reshape(trials, -1)
            buckets.append(values)
        end = values.shape[-1]
        passed, failed = looked_at(settle_no_worse(values, margins[bucket + 1], comparisons=COMPARISONS), end)
        place = np.concatenate([places + 1, np.full((trials, 1), PROBLEMS + 1)], axis=-1)
        passes.append(np.take_along_axis(place, passed[:, None] - 1, -1)[:, 0])
        fails.append(np.take_along_axis(place, failed[:, None] - 1, -1)[:, 0])
    dropped, p = whole(buckets, margins)
    at_the_end, fixed = dropped & (p <= AT_THE_END), dropped & (p <= ERROR)
    passed_at, failed_at = np.array(passes), np.array(fails)
    run_passed, run_failed = passed_at.max(axis=0), failed_at.min(axis=0)
    early = run_failed < run_passed
    ended = np.minimum(run_passed, run_failed)
    fails_run = early | ((ended > PROBLEMS) & at_the_end.any(axis=-1))
    alone = np.minimum(passed_at[0], failed_at[0])
    fails_alone = (failed_at[0] < passed_at[0]) | ((alone > PROBLEMS) & at_the_end[:, 0])
    tally.trials += trials
    tally.overall += int(fails_alone.sum())
    tally.overall_fixed += int(fixed[:, 0].sum())
    tally.overall_differs += int((fails_alone != at_the_end[:, 0]).sum())
    tally.overall_problems += float(np.minimum(alone, PROBLEMS).sum()) / PROBLEMS
    tally.failed += int(fails_run.sum())
    tally.failed_early += int(early.sum())
    tally.fixed += int(fixed.any(axis=-1).sum())
    tally.differs += int((fails_run != at_the_end.any(axis=-1)).sum())
    tally.problems += float(np.minimum(ended, PROBLEMS).sum()) / PROBLEMS


def thresholds(generator: np.random.Generator, trials: int) -> None:
    """Decide thresholds at the very rate, where it is hardest: families of unequal difficulty, levels further apart."""
    centers = np.repeat(np.tile(np.linspace(0.9, 0.1, LEVELS), DOMAINS), PER_CELL)
    families = np.arange(PROBLEMS) // PER_CELL * 6 + np.arange(PROBLEMS) % PER_CELL // FAMILY
    _, one_of_each = np.unique(families, return_index=True)
    rate = float(centers.mean())
    proved_right = proved_wrong = otherwise_passed = otherwise_failed = 0
    for size in batches("thresholds", trials):
        center = centers[one_of_each]
        chance = generator.beta(center, 1 - center, (size, len(center)))[
            :, np.searchsorted(np.unique(families), families)
        ]
        order = orders(generator, size)
        right = np.take_along_axis((generator.random(chance.shape) < chance).astype(float), order, -1)
        first = [np.sort(np.unique(each, return_index=True)[1]) for each in families[order]]
        kinds = np.array([row[places] for row, places in zip(right, first, strict=True)]) - rate
        sure = Bet(values=kinds, low=-rate, high=1 - rate, passes=EARLY, fails=EARLY).settled
        proved_right += int((sure.passed > 0).sum())
        proved_wrong += int((sure.failed > 0).sum())
        passed, failed = looked_at(settle_at_least(right, rate), PROBLEMS)
        met = right.mean(axis=-1) >= rate
        otherwise_passed += int(((passed <= PROBLEMS) & ~met).sum())
        otherwise_failed += int(((failed <= PROBLEMS) & met).sum())
    print(
        f"a threshold at the very rate: passes otherwise than the whole run in {otherwise_passed / trials:.2%}, fails "
        f"so in {otherwise_failed / trials:.2%}; with 95% confidence, by families, it passes early in "
        f"{proved_right / trials:.2%} and fails early in {proved_wrong / trials:.2%}"
    )


def in_order_of_completion(generator: np.random.Generator, trials: int) -> None:
    """Show what looks in the order of completion would do, which comes with the outcome."""
    wrong = {True: 0, False: 0}
    for size in batches("in the order of completion", trials):
        differences = pairs(generator, "unchanged", size)
        late = generator.random(differences.shape) + 0.5 * (differences > 0) + 0.1 * (differences == 0)
        for is_recorded, order in ((True, orders(generator, size)), (False, late.argsort(axis=-1))):
            found = settle_no_worse(np.take_along_axis(differences, order, -1), MARGIN, comparisons=COMPARISONS)
            _, failed = looked_at(found, PROBLEMS)
            wrong[is_recorded] += int((failed <= PROBLEMS).sum())
    print(
        f"an unchanged model whose lost problems are answered first fails early in {wrong[True] / trials:.2%} of runs "
        f"looked at in the recorded order, and in {wrong[False] / trials:.1%} in the order of completion"
    )


def batches(name: str, trials: int) -> Iterator[int]:
    """Yield sizes that make up the trials, with a line that says how far it is."""
    for done in range(0, trials, BATCH):
        print(f"\r{name}: {done} of {trials}   ", end="", file=sys.stderr, flush=True)
        yield min(BATCH, trials - done)
    print("\r", end="", file=sys.stderr)


def show(generator: np.random.Generator, name: str, trials: int, domain_margin: float) -> None:
    """Print what becomes of one model's runs."""
    tally = Tally()
    for size in batches(name, trials):
        count(tally, pairs(generator, name, size), orders(generator, size), domain_margin)
    n = tally.trials
    print(
        f"{name:27}{tally.overall / n:8.2%}{tally.overall_fixed / n:9.2%}{tally.overall_differs / n:9.2%}"
        f"{tally.overall_problems / n:10.1%}{tally.failed / n:10.2%}{tally.failed_early / n:12.2%}"
        f"{tally.fixed / n:9.2%}{tally.differs / n:9.2%}{tally.problems / n:10.1%}",
        flush=True,
    )


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    trials = parser.parse_args().trials
    generator = np.random.default_rng(0)
    chance = chances(generator, 1000)
    print(f"two runs of one model disagree on {2 * (chance * (1 - chance)).mean():.1%}, right {chance.mean():.1%}")
    for domain_margin in DOMAIN_MARGINS:
        print(f"\n{f'domains by {domain_margin:.0%}':27}{'overall alone':>36}{'the run of 8 gates':>50}")
        print(f"{'model':27}{'fails':>8}{'fixed':>9}{'differs':>9}{'problems':>10}{'fails':>10}{'of it early':>12}"
              f"{'fixed':>9}{'differs':>9}{'problems':>10}")  # fmt: skip
        models = ["unchanged", "10 points worse, anywhere", "10 points worse, by level", "broken"]
        for name in (*models, *(f"drop {points}" for points in (0, 2.35, 5, 8, 10, 20))):
            show(generator, name, trials, domain_margin)
    thresholds(generator, trials)
    in_order_of_completion(generator, trials)


if __name__ == "__main__":
    main()
