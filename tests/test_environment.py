"""What a score depends on outside of the settings is told by name and version."""

import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from factories import make_run_info

from pytest_mathbench.recording.environment import commit, machine, packages, versions
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.settings import ENGINES


@pytest.mark.parametrize("name", ["pytest-mathbench", "pytest", "sympy", "numpy", "mpmath", "aiohttp"])
def test_the_versions_of_what_decides_a_score_are_known(name: str) -> None:
    """Every installed package that a score may depend on is listed with its version."""
    assert version(name) == versions()[name]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_version_is_known(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever engine serves the model, its version is told: here of one that is installed for this test only."""
    metadata = tmp_path / f"{engine}-0.0.1.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {engine}\nVersion: 0.0.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "0.0.1" == versions()[engine]


def test_python_has_a_version_too() -> None:
    """A program's meaning depends on the interpreter."""
    assert platform.python_version() == versions()["python"]


def test_what_is_not_installed_is_not_listed() -> None:
    """No version is made up: a package that is not there has none."""
    assert "no-such-package" not in versions("no-such-package")


def test_other_packages_are_listed_when_they_are_named() -> None:
    """What a run preloads may be any package."""
    assert version("psutil") == versions("psutil")["psutil"]
    assert "psutil" not in versions()


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        ([], []),
        (["scipy.optimize", "scipy.special", "numpy"], ["numpy", "scipy"]),
        (["math", "collections.abc", "json"], []),
        (["b", "a", "b"], ["a", "b"]),
    ],
    ids=["none", "submodules", "standard library", "order"],
)
def test_the_packages_of_modules(modules: list[str], expected: list[str]) -> None:
    """Each package is named once, in order; Python's own modules have no version of their own."""
    assert expected == packages(modules)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("platform", platform.platform()),
        ("machine", platform.machine()),
        ("cpus", str(os.cpu_count())),
        ("executable", sys.executable),
    ],
)
def test_the_machine_is_described(fact: str, value: str) -> None:
    """System, processor, cores and interpreter are those of this machine."""
    assert value == machine()[fact]


def test_the_description_fits_a_runs_information() -> None:
    """What is known of machine and packages goes to JSON and back with the run."""
    info = make_run_info(machine=machine(), versions=versions())
    assert info == RunInfo.from_json(info.to_json())


def test_the_commit_is_the_repository_s(tmp_path: Path) -> None:
    """With a mark where files were changed since; outside of a repository there is none."""
    assert "" == commit(tmp_path)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    (tmp_path / "suite.py").write_text("one\n")
    for words in (["init", "--quiet"], ["add", "suite.py"], ["commit", "--quiet", "--message", "one"]):
        subprocess.run(["git", "-C", tmp_path, *who, *words], check=True)  # noqa: S607 - whichever git there is
    clean = commit(tmp_path)
    assert re.fullmatch("[0-9a-f]{40}", clean)
    (tmp_path / "suite.py").write_text("two\n")
    assert f"{clean}-dirty" == commit(tmp_path)
