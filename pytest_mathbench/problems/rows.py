"""Rows of a data set → Problems: which column holds what, and how its values are read."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_mathbench.answers import AnswerType, infer
from pytest_mathbench.domains import LEVELS, NO_LEVEL, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Problem

Row = Mapping[str, Any]

_DOMAINS = {domain.value: domain for domain in Domain} | {"counting_&_probability": Domain.COUNTING_AND_PROBABILITY}
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)  # an escaped one, or whatever else follows a backslash, is none
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_NO_LEVEL = re.compile(r"(?:Level)?\s*\?", re.IGNORECASE)
"""What three of MATH's training problems have."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ONE_BACKSLASH = re.compile(
    r"\x08(?:eta|inom|egin|oxed|ar|ig|mod)|\x0c(?:rac|orall|lat)|\r(?:ight|ho|floor|ceil|vert|angle)"
    r"|\t(?:ext|imes|heta|frac|riangle|an|au|ilde|o)(?![a-z])"
)
_NEWLINE_COMMAND = re.compile(r"\n(?:eq?|eg|u|ot|otin|mid|abla)(?![a-z])")
"""LaTeX commands whose backslash JSON took for an escape of its own; a line of a statement may begin as the latter."""

MOST_ANSWER = 5000
"""Characters of an answer that can be graded."""

_MOST_ID = 200
_EXACT = 1 << 53
"""Up to here a float that is whole stands for one number."""

COLUMNS = {
    "problem": ("problem", "question"),
    "answer": ("answer", "final_answer"),
    "domain": ("domain", "subject", "type"),
    "level": ("level",),
    "id": ("id",),
    "answer_type": ("answer_type",),
}
"""What a problem is made of, and the columns that may hold it, the first that has a value."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what: as the user mapped it, else the known names that the data set has, in any case."""

    mapped: Mapping[str, str]
    found: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, rows: Iterable[Row], mapped: Mapping[str, str], place: str) -> "Columns":
        """Look for the columns. Raises `ConfigurationError` for a mapped one that no row has.

        A column mapped to nothing is not looked at.
        """
        names = dict.fromkeys(name for row in rows for name in row)
        for part, name in mapped.items():
            if name and name not in names:
                raise ConfigurationError(f"{place}: no column {name!r} for {part}; the columns are {', '.join(names)}")
        found: dict[str, Sequence[str]] = {}
        for part, known in COLUMNS.items():
            if part in mapped:
                found[part] = [mapped[part]] if mapped[part] else []
            else:
                found[part] = [name for spelling in known for name in names if name.lower() == spelling]
        return cls(mapped, found)

    def value(self, row: Row, part: str) -> object:
        """Return what a row has of a part; None where it has nothing."""
        return next((row[name] for name in self.found[part] if row.get(name) not in (None, "")), None)

    def has(self, part: str) -> bool:
        """Whether the data set has such a column."""
        return bool(self.found[part])


def problems_of(
    rows: Sequence[tuple[Row, str]], name: str, mapped: Mapping[str, str], numbers: Sequence[int] | None = None
) -> Iterator[tuple[Problem, str]]:
    """Yield a problem for each row and its place, and the place again.

    A data set without a column of domains is one domain, called by its `name`; without one of levels, it has none.
    Raises `ConfigurationError`, which names the place, for a row that makes no problem.
    """
    if not rows:
        return
    columns = Columns.of((row for row, _ in rows), mapped, name)
    bucket = identifier(Path(name).name.partition(".")[0]) or "problems"
    for (row, place), number in zip(rows, numbers or range(1, len(rows) + 1), strict=True):
        domain = _domain(row, columns, place) if columns.has("domain") else bucket
        level = _level(row, columns, place) if columns.has("level") else NO_LEVEL
        variant = row.get("variant")
        statement, answer = _text(row, columns, "problem", place), _answer(row, columns, place)
        yield (
            Problem(
                id=_id(row, columns, place, (domain, level, number)),
                domain=domain,
                level=level,
                statement=statement,
                answer=answer,
                family=str(row.get("family") or ""),
                variant=variant if type(variant) is int else None,
                answer_type=_answer_type(row, columns, place) or infer(answer, statement),
            ),
            place,
        )


def identifier(text: str) -> str:
    """Return a name as pytest's -m can select by it: algebra_ii for "Algebra II"."""
    name = re.sub(r"\W+", "_", text.strip().lower()).strip("_")
    return f"_{name}" if name[:1].isdigit() else name


def with_levels(
    rows: Sequence[tuple[Row, str]], name: str, mapped: Mapping[str, str]
) -> tuple[list[int], list[tuple[Row, str]]]:
    """Leave out the rows that their data set itself gives no level, "Level ?". Return which are kept, and those."""
    columns = Columns.of((row for row, _ in rows), mapped, name)
    kept = [number for number, (row, _) in enumerate(rows) if not _NO_LEVEL.fullmatch(str(columns.value(row, "level")))]
    return kept, [rows[number] for number in kept]


def _id(row: Row, columns: Columns, place: str, otherwise: tuple[str, int, int]) -> str:
    given = columns.value(row, "id")
    if isinstance(given, bool) or not isinstance(given, str | int | None):
        raise ConfigurationError(f"{place}: the id must be a number or text; found {given!r}")
    made = _made_id(*otherwise, row.get("unique_id")) if given is None else str(given)
    if not made.isprintable() or len(made) > _MOST_ID:
        raise ConfigurationError(f"{place}: an id has at most {_MOST_ID} printable characters; found {made[:300]!r}")
    return made


def _made_id(domain: str, level: int, number: int, source_path: object) -> str:
    """Make an id such as number_theory-4-017 of a path such as test/number_theory/17.json, or of the row's number.

    Another split than MATH's test split is named, so that both can stand in one set.
    """
    parts = Path(str(source_path or number).removesuffix(".json")).parts or (str(number),)
    stem = parts[-1].zfill(3) if parts[-1].isdigit() else parts[-1]
    splits = [part for part in parts[:-2] if part != "test"]
    return "-".join([domain, *([str(level)] if level != NO_LEVEL else []), *splits, stem])


def _text(row: Row, columns: Columns, part: str, place: str) -> str:
    """Return a part that every row must have."""
    value = columns.value(row, part)
    name = next(iter(columns.found[part]), part)
    if isinstance(value, list) and part == "answer":
        value = _only(value, name, place)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        value = str(int(value) if value == int(value) and abs(value) <= _EXACT else value)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{place}: lacks the field {name!r}" + (" (it is empty)" if name in row else ""))
    _refuse_lost_backslashes(value, name, part, place)
    return value


def _only(values: Sequence[object], name: str, place: str) -> object:
    """Return the one answer of a list, as OlympiadBench has it."""
    if len(values) != 1:
        raise ConfigurationError(
            f"{place}: the field {name!r} is a list of {len(values)} answers; one is graded: write them as one text"
        )
    return values[0]


def _refuse_lost_backslashes(text: str, name: str, part: str, place: str) -> None:
    r"""Refuse what JSON has made of a LaTeX command that was written with one backslash: a tab and `ext` of \text."""
    found = _ONE_BACKSLASH.search(text) or (_NEWLINE_COMMAND.search(text) if part == "answer" else None)
    if found:
        raise ConfigurationError(
            f"{place}: the field {name!r} holds {found[0]!r}: JSON takes a single backslash for its own, LaTeX's is "
            "written as two"
        )
    if part == "answer" and (control := _CONTROL.search(text)):
        raise ConfigurationError(f"{place}: the field {name!r} holds the control character {control[0]!r}")


def _answer(row: Row, columns: Columns, place: str) -> str:
    r"""Return the answer: GSM8K's after its `####`; the box of MATH's solution, where there is no column of answers."""
    if columns.has("answer") or "solution" not in row:
        answer = _text(row, columns, "answer", place)
        _, mark, last = answer.rpartition("####")
        answer = _THOUSANDS.sub("", last.strip()) if mark and last.strip() else answer
    else:
        answer = _boxed(row["solution"], place)
    if len(answer) > MOST_ANSWER:
        raise ConfigurationError(f"{place}: an answer of {len(answer)} characters; at most {MOST_ANSWER} are graded")
    return answer


def _answer_type(row: Row, columns: Columns, place: str) -> AnswerType | None:
    """Return the type of the answer that a row states; None where it is to be inferred."""
    value = columns.value(row, "answer_type")
    if value is None:
        return None
    try:
        return AnswerType(str(value).strip().casefold())
    except ValueError:
        raise ConfigurationError(
            f"{place}: unknown answer_type {value!r}; the types are {', '.join(AnswerType)}"
        ) from None


def _boxed(solution: object, place: str) -> str:
    if not isinstance(solution, str) or not solution.strip():
        raise ConfigurationError(f"{place}: the field 'solution' is empty")
    if not (boxed := last_boxed(solution)):
        raise ConfigurationError(f"{place}: the solution has no \\boxed{{}} answer")
    _refuse_lost_backslashes(boxed, "solution", "answer", place)
    return boxed


def _domain(row: Row, columns: Columns, place: str) -> str:
    """Return the domain: one of MATH's seven, or whatever the column has that the user named."""
    value = columns.value(row, "domain")
    if value is None:
        raise ConfigurationError(f"{place}: lacks the field 'domain' (or 'subject', or 'type')")
    domain = _DOMAINS.get(str(value).strip().lower().replace(" ", "_"))
    if domain is None and "domain" in columns.mapped:
        return identifier(str(value)) or "_"  # a domain of the data set's own
    if not domain:
        raise ConfigurationError(
            f"{place}: unknown domain {value!r}; the domains are {', '.join(Domain)}; a data set's own are taken as "
            f"they are from a column that is named: --mathbench-columns=domain={columns.found['domain'][0]}"
        )
    return domain


def _level(row: Row, columns: Columns, place: str) -> int:
    value = columns.value(row, "level")
    text = str(value).removeprefix("Level").strip()
    if text not in map(str, LEVELS):
        raise ConfigurationError(
            f"{place}: 'level' must be 1 to 5, as in 3 or \"Level 3\"; found {value!r}; without levels: "
            "--mathbench-columns=level="
        )
    return int(text)


def last_boxed(solution: str) -> str | None:
    r"""Return what the last `\boxed{...}` (or `\fbox{...}`, or MATH's rare `\boxed 5`) holds, braces balanced."""
    start = max(solution.rfind(r"\boxed"), solution.rfind(r"\fbox"))
    if start < 0:
        return None
    rest = solution[start:].removeprefix(r"\boxed").removeprefix(r"\fbox").lstrip()
    if not rest.startswith("{"):
        return rest.split("$")[0].strip() or None
    depth = 0
    for brace in _BRACE.finditer(rest):
        depth += (brace[0] == "{") - (brace[0] == "}")
        if depth == 0:
            return rest[1 : brace.start()].strip() or None
    return None
