"""The wheel works in an empty folder: it carries the bundled suite."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as pip would, without its isolation."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_bundled_suite_is_in_the_wheel(wheel: Path) -> None:
    """All problem files, the suite and the demonstration lie beside the package's modules, with the type marker."""
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = (path for pattern in ("*.py", "**/*.jsonl") for path in (ROOT / "problems").glob(pattern))
    expected = {f"pytest_mathbench/bundled/{path.relative_to(ROOT / 'problems')}" for path in shipped}
    assert len(expected) == 16
    assert set() == expected - names
    recording = {path.name for path in (ROOT / "pytest_mathbench" / "demonstration").iterdir()}
    assert {"README.md", "baseline.json", "completions.jsonl.xz", "pytest.ini", "run.json"} == recording
    assert set() == {f"pytest_mathbench/demonstration/{name}" for name in recording} - names
    assert "pytest_mathbench/py.typed" in names
    assert "pytest_mathbench/difficulty.csv" in names


def test_an_installed_wheel_runs_its_suite_anywhere(wheel: Path, tmp_path: Path) -> None:
    """In an empty folder the 945 problems are collected from the wheel itself."""
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(wheel).extractall(site)
    command = [sys.executable, "-m", "pytest", "--mathbench-model=m", "--collect-only", "-q", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    output = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, check=True).stdout
    assert output.count("::test_problem[") == 945
    assert output.splitlines()[-1].split(" in ")[0] == "945 tests collected"


def test_a_suite_inside_a_virtual_environment_is_found(wheel: Path, tmp_path: Path) -> None:
    """The usual place of an installed suite, .venv below the current folder, is no place that pytest skips."""
    site = tmp_path / ".venv" / "lib" / "site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    command = [sys.executable, "-m", "pytest", "--mathbench-model=m", "--collect-only", "-q", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTHONPATH": str(site)}
    output = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False).stdout
    assert "945 tests collected" in output.splitlines()[-1]
