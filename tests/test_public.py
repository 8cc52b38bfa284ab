"""The public face: what suites and other plugins may rely on."""

import ast
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

import pytest_mathbench
from pytest_mathbench.records import Problem

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "docs/own-suite.md", "docs/hooks.md"]


def test_names_are_sorted_and_each_is_there() -> None:
    """`__all__` promises nothing that cannot be imported."""
    assert pytest_mathbench.__all__ == sorted(pytest_mathbench.__all__)
    assert [name for name in pytest_mathbench.__all__ if not hasattr(pytest_mathbench, name)] == []


def test_a_name_is_the_one_that_the_package_uses() -> None:
    """There is one class of problems, whichever way it is imported."""
    assert pytest_mathbench.Problem is Problem


def test_type_checkers_see_what_is_imported_at_run_time() -> None:
    """The imports that they read and the homes that are looked up name the same things, and all of them."""
    (block,) = (
        node
        for node in ast.parse(Path(pytest_mathbench.__file__).read_text()).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    checked = {
        (node.module or "").removeprefix("pytest_mathbench."): [alias.name for alias in node.names]
        for node in block.body
        if isinstance(node, ast.ImportFrom)
    }
    assert checked == pytest_mathbench._HOMES  # type: ignore[attr-defined]  # type checkers do not see it
    assert sorted(chain.from_iterable(checked.values())) == pytest_mathbench.__all__


def test_what_is_not_public_is_no_attribute() -> None:
    """A misspelt name is told as Python tells it, and modules are imported as ever."""
    with pytest.raises(AttributeError, match="module 'pytest_mathbench' has no attribute 'Problems'"):
        pytest_mathbench.Problems  # type: ignore[attr-defined]  # noqa: B018 - that is the test
    with pytest.raises(ImportError, match="cannot import name 'Problems'"):
        from pytest_mathbench import Problems  # type: ignore[attr-defined]  # noqa: F401
    from pytest_mathbench import problems  # as a user would, after the failures

    assert problems.load("").name == "bundled 2"


def test_dir_lists_the_names() -> None:
    """So that an interactive session completes them."""
    assert set(pytest_mathbench.__all__) <= set(dir(pytest_mathbench))


def test_importing_the_package_imports_no_other_module_of_it() -> None:
    """Nobody pays for a name that is not asked for."""
    script = (
        "import sys, pytest_mathbench; print([name for name in sys.modules if name.startswith('pytest_mathbench.')])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("page", PAGES)
def test_the_documentation_uses_nothing_else(page: str) -> None:
    """Examples for suites of one's own import public names only."""
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    modules = {
        (node.module or "", alias.name)
        for block in blocks
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    ours = {(module, name) for module, name in modules if module.partition(".")[0] == "pytest_mathbench"}
    assert ours <= {("pytest_mathbench", name) for name in pytest_mathbench.__all__}
