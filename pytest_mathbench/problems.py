"""Files and data sets → Problems: loading, stable ids and order, selection."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Problem

_DOMAINS = {domain.value: domain for domain in Domain} | {"counting_&_probability": Domain.COUNTING_AND_PROBABILITY}
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)  # an escaped one, or whatever else follows a backslash, is none


@dataclass(frozen=True, slots=True)
class ProblemSet:
    """Problems in a stable order. `left_out` counts those that their own data set gives no level.

    `places` says of each problem, by its id, in which file and line it stands.
    """

    name: str
    problems: tuple[Problem, ...]
    left_out: int = 0
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """The hash of every field of every problem, in order, in hexadecimal."""
        digest = hashlib.sha256()
        for problem in self.problems:
            digest.update(problem.to_json().encode() + b"\n")
        return digest.hexdigest()


def bundled_folder() -> Path:
    """Return the folder of the bundled suite: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "problems"


def load(source: str) -> ProblemSet:
    r"""Read a problem set: a JSONL file, a folder of them, or a MATH folder; without a source, the bundled set.

    A JSONL row has `problem`, `answer`, `domain` (or `subject` or `type`) and `level` (5 or "Level 5"); `id` or
    `unique_id` is optional. In a MATH folder, one JSON file a problem, the answer is the solution's last `\boxed{}`.
    Raises `ConfigurationError`, which names file and line, for anything that is not so.
    """
    name = source or "bundled"
    try:
        path = Path(source).expanduser() if source else bundled_folder()
        is_file, is_folder = path.is_file(), path.is_dir()
    except (OSError, RuntimeError) as error:  # no permission; no such user
        raise ConfigurationError(f"problem set {source}: {error}") from None
    if is_file:
        return _set(name, _read_jsonl(path))
    if not is_folder:
        raise ConfigurationError(f"problem set {path}: no such file or folder")
    if jsonl := sorted(path.glob("*.jsonl")):
        found = _set(name, (row for file in jsonl for row in _read_jsonl(file)))
        return replace(found, problems=tuple(sorted(found.problems, key=_domain_position)))
    return _read_math_folder(path, name)


def select(  # noqa: PLR0913 - the user's own ways to select
    problem_set: ProblemSet,
    *,
    domains: Sequence[Domain],
    levels: Sequence[int],
    per_cell: int | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> ProblemSet:
    """Return the problems of these domains and levels, in the order of the set.

    `per_cell` draws so many from each domain and level: those whose hash with the seed comes first, so that the draw
    needs no generator and a smaller one is part of a larger. Raises `ConfigurationError` where a cell has too few,
    or where nothing is left.
    """
    chosen = [problem for problem in problem_set.problems if problem.domain in domains and problem.level in levels]
    if per_cell is not None:
        drawn = _draw(chosen, domains, levels, per_cell, seed)
        chosen = [problem for problem in chosen if problem.id in drawn]
    if not chosen:
        raise ConfigurationError(f"problem set {problem_set.name}: no problem has the chosen domain and level")
    return replace(problem_set, problems=tuple(chosen[:limit]))


def _draw(
    problems: Iterable[Problem], domains: Sequence[Domain], levels: Sequence[int], per_cell: int, seed: int
) -> set[str]:
    cells: defaultdict[tuple[Domain, int], list[str]] = defaultdict(list)
    for problem in problems:
        cells[problem.domain, problem.level].append(problem.id)
    drawn: set[str] = set()
    for domain in domains:
        for level in levels:
            ids = cells[domain, level]
            if len(ids) < per_cell:
                raise ConfigurationError(
                    f"{per_cell} problems per cell: {domain} level {level} has only {len(ids)}; ask for fewer, "
                    "or leave that cell out with the domain and level options"
                )
            drawn.update(sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}:{id_}".encode()).digest())[:per_cell])
    return drawn


def _domain_position(problem: Problem) -> int:
    return list(Domain).index(problem.domain)


def _set(name: str, located: Iterable[tuple[Problem, str]], left_out: int = 0) -> ProblemSet:
    places: dict[str, str] = {}
    problems = []
    for problem, place in located:
        if problem.id in places:
            raise ConfigurationError(f"{place}: repeats the id {problem.id!r} of {places[problem.id]}")
        places[problem.id] = place
        problems.append(problem)
    return ProblemSet(name, tuple(problems), left_out, places)


def _read_jsonl(path: Path) -> Iterator[tuple[Problem, str]]:
    lines = _text(path).split("\n")  # JSON strings may hold other line separators
    if not any(line.strip() for line in lines):
        raise ConfigurationError(f"{path}: the file is empty")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        row = _row(line, place)
        yield _problem(row, place, number, _field(row, "answer", place)), place


def _problem(row: Mapping[str, Any], place: str, number: int, answer: str) -> Problem:
    domain = _domain(row, place)
    level = _level(row.get("level"))
    if level is None:
        raise ConfigurationError(f"{place}: 'level' must be 1 to 5, as in 3 or \"Level 3\"; found {row.get('level')!r}")
    given = row.get("id")
    id_ = _id(domain, level, row.get("unique_id"), number) if given is None or given == "" else given
    if isinstance(id_, bool) or not isinstance(id_, str | int) or not str(id_).isprintable():
        raise ConfigurationError(f"{place}: the id must be a number or printable text; found {id_!r}")
    return Problem(
        id=str(id_),
        domain=domain,
        level=level,
        statement=_field(row, "problem", place),
        answer=answer,
    )


def _id(domain: Domain, level: int, source_path: object, number: int) -> str:
    """Make an id such as number_theory-4-017 of a path such as test/number_theory/17.json, or of the row's number.

    Another split than MATH's test split is named, so that both can stand in one set.
    """
    parts = Path(str(source_path or number).removesuffix(".json")).parts or (str(number),)
    stem = parts[-1].zfill(3) if parts[-1].isdigit() else parts[-1]
    splits = [part for part in parts[:-2] if part != "test"]
    return "-".join([domain, str(level), *splits, stem])


def _read_math_folder(root: Path, name: str) -> ProblemSet:
    """Read Hendrycks' MATH as it is distributed: [split/]subject/number.json."""
    files = sorted(root.rglob("*.json"), key=_numeric_order)
    if not files:
        raise ConfigurationError(f"problem set {root}: it holds neither .jsonl files nor MATH's .json files")
    located = []
    left_out = 0
    for path in files:
        place = str(path)
        row = _row(_text(path), place)
        if row.get("level") == "Level ?":  # three of MATH's training problems have none
            left_out += 1
            continue
        answer = last_boxed(_field(row, "solution", place))
        if not answer:
            raise ConfigurationError(f"{place}: the solution has no \\boxed{{}} answer")
        located.append((_problem(row | {"unique_id": path.relative_to(root)}, place, 1, answer), place))
    found = _set(name, located, left_out)
    return replace(found, problems=tuple(sorted(found.problems, key=_domain_position)))


def _numeric_order(path: Path) -> tuple[Path, int, str]:
    return path.parent, int(path.stem) if path.stem.isdecimal() else 0, path.name


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


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _row(text: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{place}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ConfigurationError(f"{place}: expected a JSON object, found {type(row).__name__}")
    return row


def _field(row: Mapping[str, Any], name: str, place: str) -> str:
    value = row.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{place}: lacks the field {name!r}" + (" (it is empty)" if name in row else ""))
    return value


def _domain(row: Mapping[str, Any], place: str) -> Domain:
    name = next((row[key] for key in ("domain", "subject", "type") if row.get(key)), None)
    if name is None:
        raise ConfigurationError(f"{place}: lacks the field 'domain' (or 'subject', or 'type')")
    domain = _DOMAINS.get(str(name).strip().lower().replace(" ", "_"))
    if domain is None:
        raise ConfigurationError(f"{place}: unknown domain {name!r}; the domains are {', '.join(Domain)}")
    return domain


def _level(value: object) -> int | None:
    text = str(value).removeprefix("Level").strip()
    return int(text) if text in map(str, LEVELS) else None
