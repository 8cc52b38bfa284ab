"""A figure and its peer's, measured in one session: round by round, one after the other; medians, and their ratio.

A benchmark that has such figures lists them as `ROWS`. `python -m benchmarks` measures those of all, or some by name.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass

Measure = Callable[[], float]
"""Does it once, and returns what it took in the row's unit: less is better."""

QUICK_ROUNDS = 3
HEAD = f"{'row':24}{'ours':>10}{'peer':>10}   {'unit':12}{'ratio':>8}{'rounds':>8}   peer"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours and the same of a peer. `sides` makes both ready, and returns how each is measured."""

    name: str
    what: str
    unit: str
    peer: str
    sides: Callable[[], AbstractContextManager[tuple[Measure, Measure]]]
    rounds: int = 20


def milliseconds(do: Callable[[], object]) -> Measure:
    """Return a measure of the wall time that something takes."""

    def measure() -> float:
        start = time.perf_counter()
        do()
        return 1000 * (time.perf_counter() - start)

    return measure


def measured(row: Row, rounds: int) -> str:
    """Measure a row, after one round that does not count, and return its line of the table.

    The sides take turns in going first. The ratio is the peer's figure by ours: above 1 ours is better.
    """
    ours: list[float] = []
    theirs: list[float] = []
    with row.sides() as (our, their):
        both = [(our, ours), (their, theirs)]
        for number in range(rounds + 1):
            for measure, figures in both if number % 2 else both[::-1]:
                figures.append(measure())
    us, them = statistics.median(ours[1:]), statistics.median(theirs[1:])
    return f"{row.name:24}{us:10.2f}{them:10.2f}   {row.unit:12}{them / us:8.2f}{rounds:8}   {row.peer}"


def show(rows: Iterable[Row], rounds: int | None = None, *, quick: bool = False) -> None:
    """Measure rows, and print the table as it grows."""
    print(HEAD)
    for row in rows:
        print(measured(row, QUICK_ROUNDS if quick else rounds or row.rounds), flush=True)


def run(rows: Iterable[Row], description: str | None) -> None:
    """Be the `main` of a benchmark that has rows and nothing else."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int)
    show(rows, parser.parse_args().rounds)
