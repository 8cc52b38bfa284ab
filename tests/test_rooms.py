"""The rooms stand in one order, and each opens only onto rooms above it (docs/architecture.md)."""

import ast
import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pytest_mathbench

PACKAGE = Path(pytest_mathbench.__file__).parent

# Reading order. A room may import from earlier rows of its own column, and from the base.
BASE = [
    "printable",
    "errors",
    "domains",
    "verdicts",
    "answers",
    "decides",
    "record",
    "execution",
    "tokens",
    "records",
    "difficulty",
    "thinking",
    "protocols",
    "values",
    "option",
    "settings",
    "recording",
]
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
READING = ["analysis", "reporting", "exporters"]
OUTSIDE = ["plugin", "regrade", "bites", "checkup", "doctor", "cli"]

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


def name_of(path: Path) -> str:
    """Return a module's full name."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES}


def imports_of(path: Path) -> set[str]:
    """All modules that a file imports, anywhere in it: at its top, in a function, or for type checkers only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & MODULES.keys()
            if not names <= MODULES.keys():  # a package whose modules are imported is not what is meant
                found.add(node.module or "")
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
    if room == "__init__":  # the public face, which imports by name what is asked for
        assert imports_of(path) <= {"importlib", "typing", *MODULES}
        return
    ours = {name.split(".")[1] for name in imports_of(path) if name.startswith("pytest_mathbench.")}
    assert set() == ours - allowed(room) - {room}
    outside = {name.split(".")[0] for name in imports_of(path)} & {"pytest", "_pytest", "pytest_timeout", "xdist"}
    assert set() == (set() if room == "plugin" else outside)


def test_every_room_has_its_place() -> None:
    """A new room is put into the table, or this fails."""
    assert {*BASE, *MAKING, *READING, *OUTSIDE} == {room_of(path) for path in FILES} - {"__init__"}


def test_modules_have_a_reading_order() -> None:
    """No module needs itself, by whatever way round: each can be understood from those that it imports."""
    imports = {name: imports_of(path) & MODULES.keys() for name, path in MODULES.items() if name != "pytest_mathbench"}
    try:
        order = list(TopologicalSorter(imports).static_order())
    except CycleError as error:
        pytest.fail(f"these import each other: {' → '.join(reversed(error.args[1]))}")
    assert MODULES.keys() - {"pytest_mathbench"} == set(order)


def test_every_module_is_on_the_map() -> None:
    """docs/architecture.md names the modules of each room; of families/, whose modules are the problems', none."""
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text()
    rooms: dict[str, str] = {}
    room = "base"
    for line in page.partition("    pytest_mathbench/\n")[2].partition("\n\n")[0].splitlines():
        begins = re.match(r"      ([a-z]+)(?:/|\.py) ", line)
        room = begins[1] if begins else room
        rooms[room] = f"{rooms.get(room, '')} {line}"
    missing = [
        name
        for path in FILES
        if (name := "/".join(path.relative_to(PACKAGE).parts[:2]).removesuffix(".py"))
        and not name.endswith("__init__")
        and room_of(path) != "families"
        and not re.search(rf"\b{name.rpartition('/')[2]}\b", rooms.get(room_of(path), rooms["base"]))
    ]
    assert missing == []


def test_the_plugins_order_is_the_documented_one() -> None:
    """docs/architecture.md lists the modules of plugin/ so that each imports only those before it."""
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text()
    names = page.partition("      plugin/ ")[2].partition("the only room that imports pytest")[0].split()
    order = ["pytest_mathbench.plugin." + name for name in names]
    assert {name for name in MODULES if name.startswith("pytest_mathbench.plugin.")} == set(order)
    late = [
        f"{name} imports {other}"
        for number, name in enumerate(order)
        for other in imports_of(MODULES[name]) & set(order[number:])
    ]
    assert late == []


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
