"""Choosing problems out of a set, by domain, level and number."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import product

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems.problem_set import ProblemSet
from pytest_mathbench.records import Problem


def select(  # noqa: PLR0913 - the user's own ways to select
    problem_set: ProblemSet,
    *,
    domains: Collection[str] = (),
    levels: Collection[int] = (),
    per_cell: int | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> ProblemSet:
    """Return the problems of these domains and levels (none named: of all), in the order of the set.

    `per_cell` draws so many from each domain and level, and from each variant: those whose hash with the seed comes
    first, spread over the families, so that the draw needs no generator and a smaller one is part of a larger. Raises
    `ConfigurationError` for a domain that the set has not, where a cell has too few, or where nothing is left.
    """
    if unknown := [domain for domain in domains if domain not in problem_set.domains]:
        raise ConfigurationError(
            f"problem set {problem_set.name}: no problem of the domain {unknown[0]!r}; it has "
            f"{', '.join(problem_set.domains)}"
        )
    chosen = [
        problem
        for problem in problem_set.problems
        if (not domains or problem.domain in domains) and (not levels or problem.level in levels)
    ]
    if per_cell is not None:
        drawn = _draw(
            chosen,
            domains or problem_set.domains,
            levels or sorted({problem.level for problem in problem_set.problems}),
            per_cell,
            seed,
        )
        chosen = [problem for problem in chosen if problem.id in drawn]
    if not chosen:
        raise ConfigurationError(f"problem set {problem_set.name}: no problem has the chosen domain and level")
    return replace(problem_set, problems=tuple(chosen[:limit]))


def part(problem_set: ProblemSet, number: int, parts: int) -> ProblemSet:
    """Return one of so many parts of a set, counted from 1: each has its share of every cell, and no problem is in two.

    The cells take turns in which part is served first, so that the parts are of one size, give or take a problem.
    Raises `ConfigurationError` if there is nothing for this part.
    """
    cells: dict[tuple[str, int], int] = {}
    turn = 0
    chosen = []
    for cell in dict.fromkeys((problem.domain, problem.level) for problem in problem_set.problems):
        cells[cell] = turn
        turn += sum((problem.domain, problem.level) == cell for problem in problem_set.problems)
    for problem in problem_set.problems:
        cell = (problem.domain, problem.level)
        if cells[cell] % parts == number - 1:
            chosen.append(problem)
        cells[cell] += 1
    if not chosen:
        raise ConfigurationError(
            f"part {number} of {parts} of {len(problem_set.problems)} problems is empty: ask for fewer parts"
        )
    return replace(problem_set, problems=tuple(chosen))


def in_random_order(problem_set: ProblemSet, seed: int) -> tuple[Problem, ...]:
    """Return the problems in a random order in which every cell comes evenly: any beginning is a fair sample.

    The k-th of the n problems of a cell, by lot, comes at (k + u) / n of the way, where u is uniform from 0 to 1. Lots
    are hashes of the seed with the id, so that the order is the same on every machine.
    """
    cells: defaultdict[tuple[str, int], list[Problem]] = defaultdict(list)
    for problem in problem_set.problems:
        cells[problem.domain, problem.level].append(problem)
    ways = {
        problem.id: (rank + _uniform(f"{seed}:way:{problem.id}")) / len(cell)
        for cell in cells.values()
        for rank, problem in enumerate(sorted(cell, key=lambda each: _uniform(f"{seed}:rank:{each.id}")))
    }
    return tuple(sorted(problem_set.problems, key=lambda problem: ways[problem.id]))


def _uniform(lot: str) -> float:
    """Return a number from 0 to 1 that is as good as drawn."""
    return int.from_bytes(hashlib.sha256(lot.encode("utf-8", "surrogatepass")).digest()[:8], "big") / 2**64


def _draw(
    problems: Iterable[Problem], domains: Iterable[str], levels: Collection[int], per_cell: int, seed: int
) -> set[str]:
    cells: defaultdict[tuple[str, int], defaultdict[int | None, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        cells[problem.domain, problem.level][problem.variant].append(problem)
    drawn: set[str] = set()
    for domain, level in product(domains, levels):
        for variant in cells[domain, level].values() or [[]]:
            if len(variant) < per_cell:
                raise ConfigurationError(
                    f"{per_cell} problems per cell: {domain} level {level} has only {len(variant)}; ask for fewer, "
                    "or leave that cell out with the domain and level options"
                )
            drawn.update(problem.id for problem in _by_lot(variant, seed)[:per_cell])
    return drawn


def _by_lot(problems: Collection[Problem], seed: int) -> list[Problem]:
    """Order problems by the hash of seed and id, the first of every family before the second of any.

    A variant's problems come as their counterparts in the bundled set do, so that a draw of both is paired.
    """
    lots = {
        problem.id: hashlib.sha256(f"{seed}:{problem.id.replace(f'-v{problem.variant}-', '-')}".encode()).digest()
        for problem in problems
    }
    families: Counter[str] = Counter()
    turns: dict[str, int] = {}
    for problem in sorted(problems, key=lambda each: lots[each.id]):
        turns[problem.id] = families[problem.family]
        families[problem.family] += bool(problem.family)
    return sorted(problems, key=lambda each: (turns[each.id], lots[each.id]))
