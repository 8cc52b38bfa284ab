"""Where problems come from: the bundled set, fresh draws, the user's files and families, a hub."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pytest_mathbench.domains import in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import tables
from pytest_mathbench.problems.problem_set import ProblemSet, collected
from pytest_mathbench.problems.rows import Row, problems_of
from pytest_mathbench.records import Problem

VERSION = "1"
"""The version of the bundled set: its problems change with it, and only with it."""

BUNDLED = 0
"""The variant that is the bundled set; every other is the seed of a fresh draw."""

_HUB = "hub:"


def bundled_folder() -> Path:
    """Return the folder of the bundled suite: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "problems"


def load(source: str = "", variants: Sequence[int] = (), columns: Mapping[str, str] | None = None) -> ProblemSet:
    r"""Read a problem set; without a source, the bundled one.

    A source is a JSONL or parquet file, a folder of either, a MATH folder, `hub:NAME[:CONFIG][:SPLIT]`, or a Python
    file of families. `variants` are drawn from families: 0 is the bundled set, another number the seed of a fresh draw
    that repeats nothing of it. `columns` tells which column holds problem, answer, domain, level and id, where the
    names do not. Raises `ConfigurationError`, which names the place, for anything that is not so.
    """
    if source.startswith(_HUB):
        return _refusing(variants, tables.from_hub(source.removeprefix(_HUB), columns or {}), source)
    if not source:
        return _variants(variants or (BUNDLED,))
    try:
        path = Path(source).expanduser()
        is_file, is_folder = path.is_file(), path.is_dir()
    except (OSError, RuntimeError) as error:  # no permission; no such user
        raise ConfigurationError(f"problem set {source}: {error}") from None
    if not (is_file or is_folder):
        raise ConfigurationError(f"problem set {path}: no such file or folder")
    if path.suffix == ".py":
        from pytest_mathbench.families import own  # noqa: PLC0415 - families need sympy

        return collected(source, ((problem, str(path)) for problem in own.draw(path, variants or (BUNDLED,))))
    found = from_file(path, source, columns or {}) if is_file else _from_folder(path, source, columns or {})
    return _refusing(variants, found, source)


def _refusing(variants: Sequence[int], problem_set: ProblemSet, source: str) -> ProblemSet:
    if variants:
        raise ConfigurationError(
            f"variant {variants[0]}: variants are drawn from families, and {source} holds problems; "
            "drop one of --mathbench-variant and --mathbench-problems"
        )
    return problem_set


def _variants(seeds: Sequence[int]) -> ProblemSet:
    """Return the bundled set, or fresh draws of its families, or both."""
    folder = bundled_folder()
    bundled = _from_folder(folder, "bundled", {})
    if set(seeds) == {BUNDLED}:
        return replace(bundled, name=f"bundled {VERSION}")
    from pytest_mathbench.families import catalog, drawing  # noqa: PLC0415 - families need sympy

    families = catalog.families()
    located: list[tuple[Problem, str]] = []
    for seed in dict.fromkeys(seeds):
        if seed == BUNDLED:
            located += [(problem, bundled.places[problem.id]) for problem in bundled.problems]
        else:
            drawn = drawing.problems(families, seed, bundled.problems)
            located += [(problem, f"variant {seed} of family {problem.family}") for problem in drawn]
    names = " and ".join("bundled" if seed == BUNDLED else f"variant {seed}" for seed in dict.fromkeys(seeds))
    return collected(f"{names} {VERSION}" if BUNDLED in seeds else f"{names} of {VERSION}", located)


def from_file(path: Path, name: str, columns: Mapping[str, str]) -> ProblemSet:
    """Read a JSONL or parquet file."""
    if path.suffix == ".parquet":
        return tables.from_parquet([path], name, columns)
    return collected(name, _read_jsonl(path, columns))


def _from_folder(path: Path, name: str, columns: Mapping[str, str]) -> ProblemSet:
    if jsonl := sorted(path.glob("*.jsonl")):
        found = collected(name, (each for file in jsonl for each in _read_jsonl(file, columns)))
    elif parquet := sorted(path.rglob("*.parquet")):
        found = tables.from_parquet(parquet, name, columns)
    else:
        found = _read_math_folder(path, name, columns)
    position = {domain: place for place, domain in enumerate(in_order(found.domains))}
    return replace(found, problems=tuple(sorted(found.problems, key=lambda problem: position[problem.domain])))


def _read_jsonl(path: Path, columns: Mapping[str, str]) -> Iterable[tuple[Problem, str]]:
    lines = _text(path).split("\n")  # JSON strings may hold other line separators
    if not any(line.strip() for line in lines):
        raise ConfigurationError(f"{path}: the file is empty")
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    rows = [(_row(lines[number - 1], place), place) for number in numbers for place in [f"{path}, line {number}"]]
    return problems_of(rows, str(path), columns, numbers)


def _read_math_folder(root: Path, name: str, columns: Mapping[str, str]) -> ProblemSet:
    """Read Hendrycks' MATH as it is distributed: [split/]subject/number.json."""
    files = sorted(root.rglob("*.json"), key=_numeric_order)
    if not files:
        raise ConfigurationError(
            f"problem set {root}: it holds neither .jsonl nor .parquet files nor MATH's .json files"
        )
    read = [({**_row(_text(path), str(path)), "unique_id": str(path.relative_to(root))}, str(path)) for path in files]
    rows = tables.with_levels(read)
    return collected(name, problems_of(rows, str(root), columns, [1] * len(rows)), len(read) - len(rows))


def _numeric_order(path: Path) -> tuple[Path, int, str]:
    return path.parent, int(path.stem) if path.stem.isdecimal() else 0, path.name


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _row(text: str, place: str) -> Row:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{place}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ConfigurationError(f"{place}: expected a JSON object, found {type(row).__name__}")
    return row
