"""`mathbench history` shows runs over time."""

import json
from pathlib import Path
from typing import Any

import pytest
from factories import make_problem, make_result, make_run_info

from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.history import NOTHING

PROBLEMS = 40


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command where no run has been recorded."""
    monkeypatch.chdir(tmp_path)


def record(day: int, right: int, **info: Any) -> Path:
    """Record a day's run, of whose problems so many are right."""
    started = f"2026-01-{day:02}T03:00:00+00:00"
    with RunFolder.create(Path(".mathbench"), make_run_info(problem_count=PROBLEMS, started=started, **info)) as folder:
        for number in range(PROBLEMS):
            outcome = Outcome.CORRECT if number < right else Outcome.WRONG
            folder.append(make_result(outcome, problem=make_problem(id=f"p{number}")))
    return folder.path


def test_history_shows_where_the_pass_rate_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the runs in .mathbench, by itself."""
    for day in range(1, 7):
        record(day, 35 if day < 4 else 5)
    assert 0 == main(["history"])
    shown = capsys.readouterr().out.splitlines()
    assert "history: 6 runs, 2026-01-01 to 2026-01-06" == shown[0]
    assert "  drop  overall -75.0 points" in shown


def test_history_of_one_model(capsys: pytest.CaptureFixture[str]) -> None:
    """A pattern chooses."""
    record(1, 20, model="ours-7b")
    record(2, 20, model="theirs")
    main(["history", "--model=ours*", "--json"])
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert ["ours-7b"] == [run["model"] for run in line["runs"]]


def test_history_of_places_that_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Folders of runs and baselines, in one history; a baseline that was saved of a run is no second one."""
    first, second = record(1, 20), record(2, 22)
    main(["baseline", "save", "main", str(first)])
    capsys.readouterr()
    main(["history", "mathbench-baselines", second.name, "--json"])
    (line,) = json.loads(capsys.readouterr().out)["lines"]
    assert ["mathbench-baselines/main.json", str(second)] == [run["run"] for run in line["runs"]]


def test_without_runs_history_says_how_to_make_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing yet is no fault."""
    assert 0 == main(["history"])
    assert f"{NOTHING}\n" == capsys.readouterr().out


def test_a_place_that_is_not_there_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever names one means it."""
    assert 4 == main(["history", "gone"])
    assert "gone: no run is recorded here" in capsys.readouterr().err


def test_history_writes_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is told; by itself history.html."""
    record(1, 20)
    assert 0 == main(["history", "--html"])
    assert "history.html: 0." in capsys.readouterr().out
    assert "runs over time" in Path("history.html").read_text()
