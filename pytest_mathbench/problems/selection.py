"""Choosing problems out of a set, by domain, level and number."""

import hashlib
from collections import defaultdict
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

    `per_cell` draws so many from each domain and level: those whose hash with the seed comes first, so that the draw
    needs no generator and a smaller one is part of a larger. Raises `ConfigurationError` for a domain that the set
    has not, where a cell has too few, or where nothing is left.
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


def _draw(
    problems: Iterable[Problem], domains: Iterable[str], levels: Collection[int], per_cell: int, seed: int
) -> set[str]:
    cells: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for problem in problems:
        cells[problem.domain, problem.level].append(problem.id)
    drawn: set[str] = set()
    for domain, level in product(domains, levels):
        ids = cells[domain, level]
        if len(ids) < per_cell:
            raise ConfigurationError(
                f"{per_cell} problems per cell: {domain} level {level} has only {len(ids)}; ask for fewer, "
                "or leave that cell out with the domain and level options"
            )
        drawn.update(sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}:{id_}".encode()).digest())[:per_cell])
    return drawn
