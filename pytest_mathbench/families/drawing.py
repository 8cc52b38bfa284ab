"""Families → Problems: draws that differ, each answer confirmed by its family's own check."""

import re
import reprlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from pytest_mathbench.answers import infer
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.latex import same, tex
from pytest_mathbench.records import Problem

PER_CELL = 27
"""Problems in each cell of domain and level (Evstafev 2025)."""

_TRIES = 2000
_WORDINGS = 12
"""Draws among which one is looked for that is worded as none of its family before."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MATHEMATICS = re.compile(r"\$[^$]+\$|\\\[.+?\\\]", re.DOTALL)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_CLUMSY = (
    (re.compile(r"[-+] [-+]|[-+][-+]"), "two signs in a row"),
    (re.compile(r"(?<![\d.\\a-z_^{])1[a-z]\b(?!\\)"), "a coefficient of 1 before a letter"),
    (re.compile(r"  "), "two spaces in a row"),
    (re.compile(r"Fraction\(|sqrt\(|\*|None|<built|Matrix"), "Python in place of LaTeX"),
)


@dataclass(frozen=True, slots=True)
class Draw:
    """One problem of a family, with its answer in LaTeX."""

    family: Family
    statement: str
    answer: str

    def problem(self, name: str, variant: int) -> Problem:
        """Return it as a problem of this id, drawn as one of a variant."""
        family = type(self.family)
        return Problem(
            id=name,
            domain=family.domain,
            level=family.level,
            statement=self.statement,
            answer=self.answer,
            family=name_of(family),
            variant=variant,
            answer_type=family.answer_type or infer(self.answer, self.statement),
        )


def name_of(family: type[Family]) -> str:
    """Return a family's name: two_pipes for the class TwoPipes."""
    return _WORD.sub("_", family.__name__).lower()


def draws(family: type[Family], seed: int, avoid: Iterable[str] = ()) -> Iterator[Draw]:
    """Yield draws without end, their statements all different and none of those to `avoid`.

    A draw whose answer can be guessed (0, 1, or the first number in its statement) is left out. The same seed draws
    the same. Raises `ConfigurationError` where the family has no more, or makes a problem that is not one.
    """
    random = Random(f"{seed}/{family.domain}/{family.level}/{name_of(family)}")  # noqa: S311 - to be repeated
    seen = set(avoid)
    tries = 0
    while tries < _TRIES:
        tries += 1
        drawn = family.draw(random)
        if drawn is None or (statement := drawn.statement()) in seen:
            continue
        seen.add(statement)
        draw = _confirmed(drawn, statement)
        if draw.answer not in _guesses(statement):
            tries = 0
            yield draw
    raise ConfigurationError(
        f"{_title(family)}: {_TRIES} draws in a row repeated earlier ones, {len(seen)} statements in all; "
        "let its parameters take more values"
    )


def _guesses(statement: str) -> set[str]:
    return {"0", "1", *_NUMBER.findall(statement)[:1]}


def _confirmed(drawn: Family, statement: str) -> Draw:
    """Return the draw. Raises `ConfigurationError` unless the check finds its answer and the LaTeX is well formed."""
    answer, check = drawn.answer(), drawn.check()
    if not same(answer, check):
        raise ConfigurationError(
            f"{_title(type(drawn))}: the answer is {reprlib.repr(answer)} and its check finds {reprlib.repr(check)}, "
            f"for {drawn!r}"
        )
    draw = Draw(drawn, statement, tex(answer))
    for text in (statement, f"${draw.answer}$."):
        if fault := flaw(text):
            raise ConfigurationError(f"{_title(type(drawn))}: {fault} in {text!r}, for {drawn!r}")
    return draw


def flaw(statement: str) -> str | None:
    r"""Return what is wrong with a statement's LaTeX, if anything: `$`, `\[`, braces, or what no typesetter writes."""
    prose = _MATHEMATICS.sub("", statement.replace(r"\$", "").replace(r"\\", ""))
    if "$" in prose or r"\[" in prose or r"\]" in prose:
        return "an unbalanced dollar sign or display"
    depth = 0
    for brace in _BRACE.finditer(statement):
        depth += (brace[0] == "{") - (brace[0] == "}")
        if depth < 0:
            break
    if depth:
        return "unbalanced braces"
    if not statement.isascii():
        return "a character beyond ASCII"
    if statement.strip() != statement or not statement.endswith((".", "?", "$", r"\]")):
        return "no full stop or question mark at the end"
    return next((fault for pattern, fault in _CLUMSY if pattern.search(statement)), None)


def problems(
    families: Sequence[type[Family]], seed: int, bundled: Iterable[Problem] = (), per_cell: int = PER_CELL
) -> Iterator[Problem]:
    """Draw `per_cell` problems for each cell that has families, evenly from each of them, in the order of the cells.

    A family's problems differ in statement and in answer, among themselves and from those `bundled` of its name.
    """
    taken: defaultdict[str, set[str]] = defaultdict(set)
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for problem in bundled:
        taken[_key(problem.domain, problem.level, problem.family)].add(problem.statement)
        answers[_key(problem.domain, problem.level, problem.family)].add(problem.answer)
    for domain in Domain:
        for level in LEVELS:
            cell = [family for family in families if (family.domain, family.level) == (domain, level)]
            for position, family in enumerate(cell):
                key = _key(domain, level, name_of(family))
                count = per_cell // len(cell) + (position < per_cell % len(cell))
                for number, draw in enumerate(_distinct(family, seed, taken[key], answers[key], count), start=1):
                    yield draw.problem(f"{key}-{number}" if seed == 0 else f"{key}-v{seed}-{number}", seed)


def _distinct(
    family: type[Family], seed: int, statements: Iterable[str], answers: Iterable[str], count: int
) -> Iterator[Draw]:
    """Yield draws whose answers differ, and whose wordings do, as long as a few more draws bring another one."""
    seen, worded = set(answers), set[str]()
    stream = draws(family, seed, statements)
    for _ in range(count):
        fresh = None
        for draw in islice((draw for draw in islice(stream, _TRIES) if draw.answer not in seen), _WORDINGS):
            fresh = fresh or draw
            if _wording(draw) not in worded:
                fresh = draw
                break
        if fresh is None:
            raise ConfigurationError(f"{_title(family)}: it has only {len(seen)} answers; let it have more")
        seen.add(fresh.answer)
        worded.add(_wording(fresh))
        yield fresh


def _wording(draw: Draw) -> str:
    return _NUMBER.sub("#", draw.statement)


def _key(domain: str, level: int, name: str) -> str:
    return f"{domain}-{level}-{name}"


def _title(family: type[Family]) -> str:
    return f"family {family.__name__} ({family.domain} level {family.level}, {family.__module__})"
