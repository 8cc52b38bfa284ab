"""The runs of a history are found in folders, in baselines, and in what git has of these."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from factories import make_problem, make_result, make_run_info

from pytest_mathbench.analysis.comparison import measured
from pytest_mathbench.analysis.decisions import Status
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting import baselines
from pytest_mathbench.reporting.export import REPORT
from pytest_mathbench.reporting.gathering import Gathered, Gatherer, earlier_decisions

RESULTS = [make_result(), make_result(Outcome.WRONG, problem=make_problem(id="b"))]


def record(parent: Path, **info: Any) -> Path:
    """Record a run of two problems."""
    with RunFolder.create(parent, make_run_info(**info)) as folder:
        for result in RESULTS:
            folder.append(result)
        folder.took(7.0)
    return folder.path


def gathered(*places: Path, **options: Any) -> Gathered:
    """Read what is there; a line that cannot be read fails the test."""
    return Gatherer(Path("nowhere"), pytest.fail, **options).gather(places)


def decide(run: Path, status: Status) -> None:
    """Write what a run's one gate came to."""
    decision = f'{{"status": "{status}", "gate": "overall >= 60%", "grounds": [], "advisory": false}}'
    (run / REPORT).write_text(f'{{"gates": {{"decisions": [{decision}]}}}}')


def git(folder: Path, *words: str) -> str:
    """Run git, as somebody."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_folder_of_runs(tmp_path: Path) -> None:
    """Each is read: outcomes, cost, and how long it took."""
    record(tmp_path)
    record(tmp_path, model="other")
    found = gathered(tmp_path)
    assert ["mistral", "other"] == [run.info.model for run in found.runs]
    assert [2, 2] == [run.measured for run in found.runs]
    assert [7.0, 7.0] == [run.wall_seconds for run in found.runs]


def test_a_run_and_a_baseline_by_their_own_paths(tmp_path: Path) -> None:
    """Both hold the same attempts; a baseline knows no gates."""
    baselines.save(tmp_path / "b.json", make_run_info(), measured(RESULTS))
    run, baseline = gathered(record(tmp_path / "runs"), tmp_path / "b.json").runs
    assert run.problems == baseline.problems
    assert baseline.gates is None


def test_the_gates_are_what_the_run_s_report_says(tmp_path: Path) -> None:
    """All of them together."""
    path = record(tmp_path)
    decide(path, Status.FAIL)
    assert [Status.FAIL] == [run.gates for run in gathered(path).runs]


def test_only_runs_that_are_wanted_are_read(tmp_path: Path) -> None:
    """By what their information says."""
    record(tmp_path)
    record(tmp_path, model="other")
    found = gathered(tmp_path, wanted=lambda info: info.model == "other")
    assert ["other"] == [run.info.model for run in found.runs]


def test_what_cannot_be_read_in_a_folder_is_told(tmp_path: Path) -> None:
    """It costs the history nothing but itself."""
    record(tmp_path)
    (tmp_path / "odd.json").write_text("{}")
    found = gathered(tmp_path)
    assert 1 == len(found.runs)
    assert [str(tmp_path / "odd.json")] == [each.place for each in found.unread]
    assert "is not a baseline" in found.unread[0].why


@pytest.mark.parametrize("name", ["nothing", "nothing.json"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    """What was named must be there."""
    with pytest.raises(ConfigurationError, match=name):
        gathered(tmp_path / name)


def test_git_has_the_earlier_versions_of_a_baseline(tmp_path: Path) -> None:
    """Each that was committed is a run with its commit; what was not committed is there as well."""
    path, commits = tmp_path / "main.json", []
    git(tmp_path, "init", "--quiet")
    for day in (1, 2, 3):
        baselines.save(path, make_run_info(started=f"2026-01-0{day}T00:00:00+00:00"), measured(RESULTS))
        if day < 3:
            git(tmp_path, "add", "main.json")
            git(tmp_path, "commit", "--quiet", "--message", f"day {day}")
            commits.append(git(tmp_path, "rev-parse", "HEAD"))
    found = gathered(path, committed=True).runs
    assert [*commits, ""] == [run.info.commit for run in found]
    assert [1, 2, 3] == [run.started.day for run in found]
    assert [str(path)] == [run.place for run in gathered(path).runs]


def test_git_must_know_the_file(tmp_path: Path) -> None:
    """Outside of a repository there is no history to read."""
    baselines.save(tmp_path / "main.json", make_run_info(), measured(RESULTS))
    with pytest.raises(ConfigurationError, match="git does not know the history of"):
        gathered(tmp_path / "main.json", committed=True)


def test_the_gates_of_earlier_runs_beside_a_run(tmp_path: Path) -> None:
    """Those of its model that it can be compared with, the oldest first; what cannot be read is passed over."""
    for month, status, other in (
        (2, Status.FAIL, {}),
        (1, Status.PASS, {}),
        (3, Status.FAIL, {"echo": True}),
        (3, Status.FAIL, {"model": "other"}),
        (5, Status.FAIL, {}),
    ):
        decide(record(tmp_path, started=f"2026-0{month}-01T00:00:00+00:00", **other), status)
    record(tmp_path, started="2026-03-01T00:00:00+00:00")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    run = RecordedRun.open(record(tmp_path, started="2026-04-01T00:00:00+00:00"), pytest.fail)
    assert [[Status.PASS], [Status.FAIL]] == [[each.status for each in found] for found in earlier_decisions(run)]
