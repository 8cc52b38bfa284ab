"""`mathbench demo`: a whole run without a model, by the installed command."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from documented import ROOT
from factories import results_of

from pytest_mathbench.cli import demonstration, main
from pytest_mathbench.recording.recorded import RecordedRun, read_info
from pytest_mathbench.sandbox.readable import ANSWERS, PACKAGE

sys.path.insert(0, str(ROOT / "website"))

import outputs
from outputs import DEMO, commands, refreshed

COMMAND = Path(sys.executable).with_name("mathbench")
DENIED = Path(__file__).with_name("denied.py")
RECORDED = read_info(demonstration.FOLDER)
WHAT = f"{RECORDED.problem_count} completions of {RECORDED.model}, recorded on {RECORDED.started[:10]}"


PAGES = [
    page
    for page in outputs.PAGES
    if set(commands(page.read_text())) - {"mathbench problems --check"}  # which takes minutes
]


class Shown(NamedTuple):
    """What the command did where it was run."""

    folder: Path
    status: int
    lines: list[str]

    @property
    def run(self) -> Path:
        """The folder of its one run."""
        (found,) = (self.folder / ".mathbench").iterdir()
        return found


def timeless(line: str) -> str:
    """A line without what depends on the clock."""
    return re.sub(r"\d{8}-\d{6}|\d+(\.\d+)? ?s\b|\(\d+:\d+:\d+\)|=+", "", line).strip()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A demonstration in a folder whose own settings would break any other session, its page opened."""
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (folder / "conftest.py").write_text("raise AssertionError\n")
    (folder / "pytest.py").write_text("raise AssertionError\n")
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {folder}/opened\n')
    browser.chmod(0o755)
    environment = os.environ | {"PYTEST_ADDOPTS": "--no-such-option", "BROWSER": f"{browser} %s"}
    command = [str(COMMAND), "demo", "--open"]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return Shown(folder, ended.returncode, ended.stdout.splitlines())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_show_what_is_printed(
    page: Path, shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line for line, but for numbers: `make outputs` refreshes those, and says which line there is no more."""
    monkeypatch.chdir(tmp_path)
    Path("mathbench-baselines").mkdir()
    shutil.copy(demonstration.BASELINE, "mathbench-baselines/main.json")
    Path("RUN").symlink_to(shown.run)

    def printed(command: str) -> str:
        if command == DEMO:
            return "\n".join(shown.lines)
        assert 0 == main(command.split()[1:])
        return capsys.readouterr().out

    text = page.read_text()
    assert refreshed(text, printed).count("\n") == text.count("\n")


def test_first_and_last_it_says_that_completions_are_recorded(shown: Shown) -> None:
    """Whose, how many, since when; and that the programs are run now."""
    assert f"mathbench demo: {WHAT}; their programs run and are graded now" == shown.lines[0]
    executed = sum(result.execution is not None for result in results_of(shown.run))
    assert shown.lines[-1].startswith(f"mathbench demo: {WHAT}; {executed} programs ran and were graded now, in ")


def test_all_of_it_is_measured(shown: Shown) -> None:
    """Each completion belongs to a problem of today's bundled set and to today's prompt; the status is 0."""
    run = RecordedRun.open(shown.run, pytest.fail)
    assert RECORDED.problem_count == len(run.measured_attempts)
    assert 0 == shown.status


def test_it_is_gated_against_the_recorded_baseline(shown: Shown) -> None:
    """The verdicts are shown, whatever they are, and each comparison has all pairs."""
    report = json.loads((shown.run / "report.json").read_text())
    assert RECORDED.problem_count == report["baseline"]["pairs"]["count"]
    decided = [f"  {each['status']}  {each['gate']}" for each in report["gates"]["decisions"]]
    assert decided == [line for line in shown.lines if line in decided]
    assert 3 == len(decided)


def test_the_readme_shows_what_is_shown(shown: Shown) -> None:
    """Line by line, but for times and what else differs by machine; lines are left out, none is made up."""
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    block = readme[readme.index("    mathbench demo: ") : readme.index("\n\n`make bench`")]
    lines = [line.removeprefix("    ") for line in block.splitlines()]
    seen = set(map(timeless, shown.lines))
    assert [] == [line for line in lines if line.strip("…") and timeless(line) not in seen]
    assert len(lines) > 20


def test_its_page_is_named_and_opened(shown: Shown) -> None:
    """It lies with the run, in .mathbench of the current folder, which holds nothing else that is new."""
    page = shown.run / "report.html"
    assert f"its page: {page.relative_to(shown.folder)}" in shown.lines
    assert page.as_uri() == (shown.folder / "opened").read_text()
    before = {"pytest.ini", "conftest.py", "pytest.py", "browser"}
    assert {".mathbench", "opened"} == {path.name for path in shown.folder.iterdir()} - before


def test_where_programs_cannot_be_confined_it_refuses_as_any_run(tmp_path: Path) -> None:
    """No recorded program runs unconfined either, and nobody says that one ran."""
    command = [sys.executable, str(DENIED), "EPERM", "seccomp", str(COMMAND), "demo"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "ERROR: mathbench: " in refused.stderr
    assert "graded now, in" not in refused.stdout
    assert 4 == refused.returncode


@pytest.mark.parametrize(("answer", "is_wanted"), [("y", True), ("Yes", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks_whether_to_open_the_page(
    answer: str, monkeypatch: pytest.MonkeyPatch, *, is_wanted: bool
) -> None:
    """Nothing is opened without a yes."""
    ours, theirs = os.openpty()
    monkeypatch.delenv("CI", raising=False)
    with os.fdopen(theirs) as stdin, os.fdopen(theirs, "w", closefd=False) as stdout:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        os.write(ours, f"{answer}\n".encode())
        assert is_wanted == demonstration._is_wanted()
    os.close(ours)


def test_what_is_shipped_is_small() -> None:
    """No more than 3 MB of recordings, for everybody who installs the package."""
    assert 3_000_000 > sum(path.stat().st_size for path in demonstration.FOLDER.iterdir())


def test_no_program_reads_what_is_shipped() -> None:
    """A model under test may be asked the same problems."""
    assert demonstration.FOLDER.relative_to(PACKAGE).parts[0] in ANSWERS
