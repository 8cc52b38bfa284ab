"""A set of problems in a stable order."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from pytest_mathbench.answers import infer
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Problem

_FIELDS = tuple(each.name for each in fields(Problem))


@dataclass(frozen=True, slots=True)
class ProblemSet:
    """Problems in a stable order. `left_out` counts those that their own data set gives no level.

    `places` says of each problem, by its id, in which file and line it stands; `files` are what no program is to read.
    """

    name: str
    problems: tuple[Problem, ...]
    left_out: int = 0
    places: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash of every field of every problem, in order, in hexadecimal.

        A type of answer counts where it was given, and not where it is what would be inferred.
        """
        digest = hashlib.sha256()
        for problem in self.problems:
            digest.update(_hashed(problem).encode() + b"\n")
        return digest.hexdigest()

    @property
    def domains(self) -> list[str]:
        """The domains that its problems have, in the order in which they come."""
        return list(dict.fromkeys(problem.domain for problem in self.problems))


def _hashed(problem: Problem) -> str:
    """Return a problem as JSON, with its type only if that says more than answer and statement."""
    hashed = {name: getattr(problem, name) for name in _FIELDS}
    if problem.answer_type in (None, infer(problem.answer, problem.statement)):
        del hashed["answer_type"]
    return json.dumps(hashed)


def collected(name: str, located: Iterable[tuple[Problem, str]], left_out: int = 0) -> ProblemSet:
    """Make a set of problems and the places where they stand. Raises `ConfigurationError` for an id that repeats."""
    places: dict[str, str] = {}
    problems = []
    for problem, place in located:
        if problem.id in places:
            raise ConfigurationError(f"{place}: repeats the id {problem.id!r} of {places[problem.id]}")
        places[problem.id] = place
        problems.append(problem)
    return ProblemSet(name, tuple(problems), left_out, places)
