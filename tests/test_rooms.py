"""The rooms stand in one order, and each opens only onto rooms above it (docs/architecture.md)."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pytest_mathbench"

# Reading order. A room may import from earlier rows of its own column, and from the base.
BASE = ["errors", "domains", "verdicts", "record", "records", "protocols", "values", "settings", "journal"]
MAKING = [
    "families",
    "problems",
    "prompts",
    "serving",
    "generation",
    "extraction",
    "sandbox",
    "grading",
    "inspection",
    "pipeline",
]
READING = ["analysis", "reporting"]
OUTSIDE = ["plugin", "regrade", "checkup", "cli"]

# Stages do not know each other; these pairs are the exceptions, each with its reason.
EXCEPTIONS = {
    ("problems", "families"): "families are a source of problems",
    ("generation", "serving"): "requests go to an Endpoint",
    ("grading", "sandbox"): "a comparison is a confined program",
    ("inspection", "sandbox"): "a parser is a confined program, and a fault is what the sandbox saw",
    ("inspection", "extraction"): "what is looked at is a completion's program",
    ("grading", "generation"): "a judge is asked through a source of completions",
}

FILES = sorted(path for path in PACKAGE.rglob("*.py") if "bundled" not in path.parts)


def room_of(path: Path) -> str:
    """Return the first part of a module's path in the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """All modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
            if node.module == "pytest_mathbench":
                found.update(f"pytest_mathbench.{alias.name}" for alias in node.names)
    return found


def allowed(room: str) -> set[str]:
    """The rooms that a room may open onto."""
    if room in BASE:
        return set(BASE[: BASE.index(room)])
    if room == "pipeline":
        return {*BASE, *MAKING}
    if room in MAKING:
        return {*BASE, *(to for start, to in EXCEPTIONS if start == room)}
    if room in READING:
        return {*BASE, *READING[: READING.index(room)]}
    return {*BASE, *MAKING, *READING, *OUTSIDE[OUTSIDE.index("regrade") : OUTSIDE.index(room)]}


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(PACKAGE)) for path in FILES])
def test_a_room_opens_only_onto_rooms_above_it(path: Path) -> None:
    """No import goes upward, sideways or across the seam; pytest stays in the plugin."""
    room = room_of(path)
    if room == "__init__":
        assert set() == imports_of(path)
        return
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("pytest_mathbench.")}
    assert set() == ours - allowed(room) - {room}
    outside = {name.split(".")[0] for name in imports_of(path)} & {"pytest", "_pytest", "pytest_timeout", "xdist"}
    assert set() == (set() if room == "plugin" else outside)


def test_every_room_has_its_place() -> None:
    """A new room is put into the table, or this fails."""
    assert {*BASE, *MAKING, *READING, *OUTSIDE} == {room_of(path) for path in FILES} - {"__init__"}


def test_rooms_stay_small() -> None:
    """A module that outgrows 400 lines wants to be two (most have 50 to 300)."""
    assert [] == [str(path) for path in FILES if len(path.read_text().splitlines()) > 400]


def test_the_base_needs_the_standard_library_only() -> None:
    """Records, errors and settings can be read anywhere."""
    outside = {
        name.split(".")[0]
        for path in FILES
        if room_of(path) in BASE
        for name in imports_of(path)
        if name.split(".")[0] not in sys.stdlib_module_names
    }
    assert {"pytest_mathbench"} == outside
