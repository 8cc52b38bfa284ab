"""Where problems come from: the bundled set, fresh draws, the user's files and families, a hub."""

import codecs
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_mathbench.domains import in_order
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import tables
from pytest_mathbench.problems.problem_set import ProblemSet, collected
from pytest_mathbench.problems.rows import Row, problems_of, with_levels
from pytest_mathbench.records import Problem

if TYPE_CHECKING:
    from pytest_mathbench.families.family import Family

VERSION = "2"
"""The version of the bundled set: its problems change with it, and only with it."""

BUNDLED = 0
"""The variant that is the bundled set; every other is the seed of a fresh draw."""

_HUB = "hub:"
_BUNDLED = "bundled:"


def bundled_folder() -> Path:
    """Return the folder of the bundled suite: inside the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "bundled"
    return installed if installed.is_dir() else package.parent / "problems"


def load(source: str = "", variants: Sequence[int] = (), columns: Mapping[str, str] | None = None) -> ProblemSet:
    r"""Read a problem set; without a source, the bundled one.

    A source is a JSONL or parquet file, a folder of either, a MATH folder, `hub:NAME[:CONFIG][:SPLIT]`, a Python
    file of families, or an earlier bundled set: `bundled:1`. `variants` are drawn from families: 0 is the
    number the seed of a fresh draw that repeats nothing of it. `columns` tells which column holds problem, answer,
    domain, level and id, where the names do not. Raises `ConfigurationError`, which names the place, for anything that
    is not so.
    """
    return replace(_loaded(source, variants, columns), files=files_of(source))


def files_of(source: str) -> tuple[Path, ...]:
    """Return the files and folders that `load` reads for a source: no program is to read them.

    The bundled set is always among them; of a hub's, a folder of its name and the library's caches.
    """
    found = [str(bundled_folder())]
    if source.startswith(_HUB):
        name = source.removeprefix(_HUB).split(":")[0]
        cache = os.environ.get("HF_HOME", "~/.cache/huggingface")
        found += [name, f"{cache}/datasets", f"{cache}/hub/datasets--{name.replace('/', '--')}"]
    elif source and not source.startswith(_BUNDLED):
        found.append(source)
    return tuple(Path(os.path.expanduser(name)).absolute() for name in found)  # noqa: PTH111 - raises for no user


def families_of(source: str) -> "list[type[Family]]":
    """Return the families that a source's problems are drawn from: the bundled ones, a user's own, or none."""
    from pytest_mathbench.families import catalog, own  # families need sympy

    if not source:
        return catalog.families()
    return own.load(Path(source)) if source.endswith(".py") else []


def _loaded(source: str, variants: Sequence[int], columns: Mapping[str, str] | None) -> ProblemSet:
    if source.startswith(_HUB):
        return _refusing(variants, tables.from_hub(source.removeprefix(_HUB), columns or {}), source)
    if source.startswith(_BUNDLED):
        return _refusing(variants, _version(source), source)
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
        from pytest_mathbench.families import own  # families need sympy

        return collected(source, ((problem, str(path)) for problem in own.draw(path, variants or (BUNDLED,))))
    found = from_file(path, source, columns or {}) if is_file else _from_folder(path, source, columns or {})
    return _refusing(variants, found, source)


def _version(source: str) -> ProblemSet:
    """Return a version of the bundled set by its number, for baselines that were made with it."""
    wanted = source.removeprefix(_BUNDLED)
    earlier = sorted(path.name for path in bundled_folder().iterdir() if path.name.isdecimal())
    if wanted not in (*earlier, VERSION):
        known = ", ".join(f"{_BUNDLED}{each}" for each in (*earlier, VERSION))
        raise ConfigurationError(f"problem set {source}: no such version of the bundled set; there are {known}")
    folder = bundled_folder() / wanted if wanted in earlier else bundled_folder()
    return replace(_from_folder(folder, source, {}), name=f"bundled {wanted}")


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
    from pytest_mathbench.families import catalog, drawing  # families need sympy

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
    return _from_jsonl([path], name, columns)


def _from_folder(path: Path, name: str, columns: Mapping[str, str]) -> ProblemSet:
    if jsonl := sorted(path.glob("*.jsonl")):
        found = _from_jsonl(jsonl, name, columns)
    elif parquet := sorted(path.rglob("*.parquet")):
        found = tables.from_parquet(parquet, name, columns)
    else:
        found = _read_math_folder(path, name, columns)
    position = {domain: place for place, domain in enumerate(in_order(found.domains))}
    return replace(found, problems=tuple(sorted(found.problems, key=lambda problem: position[problem.domain])))


def _from_jsonl(paths: Sequence[Path], name: str, columns: Mapping[str, str]) -> ProblemSet:
    files = [_read_jsonl(path, columns) for path in paths]
    return collected(name, chain.from_iterable(located for located, _ in files), sum(left_out for _, left_out in files))


def _read_jsonl(path: Path, columns: Mapping[str, str]) -> tuple[list[tuple[Problem, str]], int]:
    """Return the problems with their places, and how many rows have no level."""
    # JSON strings may hold other line separators; files that were put together have a byte order mark each.
    lines = [line.removeprefix("\ufeff") for line in _text(path).split("\n")]
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    if not numbers:
        raise ConfigurationError(f"{path}: the file is empty")
    rows = [(_row(lines[number - 1], place), place) for number in numbers for place in [f"{path}, line {number}"]]
    kept, chosen = with_levels(rows, str(path), columns)
    return list(problems_of(chosen, str(path), columns, [numbers[each] for each in kept])), len(rows) - len(kept)


def _read_math_folder(root: Path, name: str, columns: Mapping[str, str]) -> ProblemSet:
    """Read Hendrycks' MATH as it is distributed: [split/]subject/number.json."""
    files = sorted(root.rglob("*.json"), key=_numeric_order)
    if not files:
        raise ConfigurationError(
            f"problem set {root}: it holds neither .jsonl nor .parquet files nor MATH's .json files"
        )
    read = [({**_row(_text(path), str(path)), "unique_id": str(path.relative_to(root))}, str(path)) for path in files]
    _, rows = with_levels(read, str(root), columns)
    return collected(name, problems_of(rows, str(root), columns, [1] * len(rows)), len(read) - len(rows))


def _numeric_order(path: Path) -> tuple[Path, int, str]:
    return path.parent, int(path.stem) if path.stem.isdecimal() else 0, path.name


def _text(path: Path) -> str:
    """Read a text: UTF-8, or UTF-16 if a byte order mark says so."""
    try:
        data = path.read_bytes()
        utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if utf_16 else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
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
