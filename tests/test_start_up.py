"""What a session pays for the plugin when it is not used, and before it is: counted in imports, not in seconds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import row

HEAVY = {"aiohttp", "sympy", "mpmath", "numpy", "vllm", "torch", "pydantic"}
UNUSED = HEAVY | {"multiprocessing.connection", "pytest_mathbench.plugin.activation"}

PROBE = """
import sys
import pytest
status = pytest.main(sys.argv[1:])
print("MODULES", *sorted(sys.modules))
"""


def modules(folder: Path, *arguments: str) -> set[str]:
    """Run a session and return what it imported."""
    command = [sys.executable, "-c", PROBE, "-p", "no:cacheprovider", *arguments]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in output.splitlines() if line.startswith("MODULES ")]
    return set(line.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--collect-only"], ["-q"]])
def test_sessions_without_a_model_import_next_to_nothing(tmp_path: Path, arguments: list[str]) -> None:
    """An ordinary session loads the options and the the little that they need."""
    (tmp_path / "test_x.py").write_text("def test_x(): pass\n")
    loaded = modules(tmp_path, *arguments)
    ours = {name for name in loaded if name.startswith("pytest_mathbench.")}
    assert set() == loaded & UNUSED
    assert {
        "domains",
        "errors",
        "option",
        "plugin",
        "plugin.hookspecs",
        "plugin.options",
        "printable",
        "protocols",
        "settings",
        "values",
        "verdicts",
    } == {name.removeprefix("pytest_mathbench.") for name in ours}


def test_collecting_problems_imports_nothing_heavy(tmp_path: Path, problem_file: Callable[..., Path]) -> None:
    """Listing thousands of items needs neither the client nor the algebra."""
    problems = problem_file(row("a-1"))
    loaded = modules(tmp_path, "--mathbench-model=m", f"--mathbench-problems={problems}", "--collect-only")
    assert set() == loaded & HEAVY
    assert "pytest_mathbench.plugin.activation" in loaded
