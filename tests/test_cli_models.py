"""Commands on several models: tables of recorded runs, and runs one after another."""

from collections.abc import Callable
from pathlib import Path

import pytest
from factories import make_problem, make_result, make_run_info

from conftest import ScriptedServer, row
from pytest_mathbench.cli import main, parse
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.records import Outcome


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command where no run has been recorded."""
    monkeypatch.chdir(tmp_path)


def record(model: str, outcomes: str, **info: str) -> Path:
    """Record a run; r is a right answer, w a wrong one, c a crash."""
    kinds = {"r": Outcome.CORRECT, "w": Outcome.WRONG, "c": Outcome.CRASHED}
    with RunFolder.create(Path(".mathbench"), make_run_info(model=model, **info)) as folder:
        for number, letter in enumerate(outcomes):
            folder.append(make_result(kinds[letter], problem=make_problem(id=f"p{number}", level=1 + number % 2)))
        folder.took(12.5)
    return folder.path


def test_matrix_shows_the_papers_tables(capsys: pytest.CaptureFixture[str]) -> None:
    """Model × domain and level, best first; time against accuracy; what nobody solved, and how the attempts ended."""
    folders = [record("weak", "wwcw"), record("strong", "rrcw")]
    assert 0 == main(["matrix", *map(str, folders)])
    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert ["strong", "2/4", "50.0%", "2/4", "50.0%"] in lines
    assert [line[0] for line in lines[:3]] == ["model", "strong", "weak"]
    assert ["weak", "0/2", "0.0%", "0/2", "0.0%", "0/4", "0.0%"] in lines
    assert "solved by no model: 2 of 4 that all have measured (50.00%)" in shown
    assert "how their attempts ended: 2 crashed, 2 wrong" in shown
    assert ["  p2: 2 crashed", "  p3: 2 wrong"] == [line for line in shown.splitlines() if line.startswith("  p")]
    assert 12.5 == RecordedRun.open(folders[0], pytest.fail).wall_seconds


def test_matrix_of_a_protocol_ends_in_its_description(capsys: pytest.CaptureFixture[str]) -> None:
    """The published figures follow the tables, as reference data."""
    main(["matrix", str(record("a", "r", protocol="evstafev2025")), str(record("b", "w", protocol="evstafev2025"))])
    assert PROTOCOLS["evstafev2025"].source in capsys.readouterr().out


def test_matrix_of_other_problems_warns(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs on different problem sets are shown, and it is said that they are."""
    main(["matrix", str(record("a", "r")), str(record("b", "w", problems_sha256="f" * 64))])
    assert "WARNING: not the problems of" in capsys.readouterr().err


def test_matrix_runs_models_one_after_another(
    server: ScriptedServer, problem_file: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """Each model has a run of its own with the same options; the tables hold all of them, in one command."""
    source = problem_file(row("a-1"), row("a-2", answer="43"))
    models = f"one={server.url},two={server.url}"
    status = main(["matrix", "--models", models, "--", f"--mathbench-problems={source}", "--mathbench-output=here"])
    shown = capfd.readouterr().out
    assert 0 == status
    assert 2 == len(list(Path("here").glob("*-matrix/*/*/run.json")))
    assert {"one", "two"} == {request["model"] for request in server.requests}
    assert "solved by no model: 1 of 2 that all have measured" in shown


def test_a_model_that_does_not_run_is_told_and_the_others_go_on(
    server: ScriptedServer, problem_file: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """What ran is shown, what did not is named, and the status is 1."""
    source = problem_file(row("a-1"))
    models = f"gone=http://127.0.0.1:1/v1,here={server.url}"
    status = main(["matrix", "--models", models, "--", f"--mathbench-problems={source}"])
    told = capfd.readouterr()
    assert 1 == status
    assert "the run of gone ended with status 4" in told.err
    assert "solved by no model: 0 of 1" in told.out


def test_options_for_pytest_stand_at_the_end() -> None:
    """After --, wherever the command's own options are."""
    options = parse(["noise", "m", "--runs", "3", "--", "--mathbench-limit=1", "suite"])
    assert ("m", 3, []) == (options.what, options.runs, options.others)
    assert ["--mathbench-limit=1", "suite"] == options.for_pytest


def test_a_command_that_starts_no_session_takes_no_options_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    """They would be ignored."""
    with pytest.raises(SystemExit):
        main(["report", "RUN", "--", "-x"])
    assert "this command starts no pytest session" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["matrix", "--models", "m", "RUN"], "drop --models or RUN (options for pytest stand after --)"),
        (["noise", "no-such-run", "suite"], "no-such-run is no recorded run, and of a model no further runs are named"),
    ],
)
def test_models_and_recorded_runs_are_told_apart(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is run where it is not clear what."""
    assert 4 == main(words)
    assert said in capsys.readouterr().err


def test_matrix_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither runs nor models: nothing to show."""
    assert 4 == main(["matrix"])
    assert "name recorded runs" in capsys.readouterr().err


def test_protocol_describes_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what is stated, what is open and what was published."""
    assert 0 == main(["protocol", "evstafev2025"])
    assert "What it leaves open" in capsys.readouterr().out


def test_compare_holds_runs_against_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    """Each other run is paired with the first; what they differ in is named."""
    first, second, third = record("a", "rrww"), record("a", "rrrw", strategy="stepwise"), record("b", "wwww")
    assert 0 == main(["compare", str(first), str(second), str(third)])
    shown = capsys.readouterr().out
    assert "settings that differ: strategy was 'single', now 'stepwise'" in shown
    assert 2 == shown.count("McNemar p")


def test_runs_without_a_common_problem_cannot_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """There is no pair to speak of."""
    status = main(["compare", str(record("a", "r")), str(record("b", ""))])
    assert 4 == status
    assert "measured no problem in common" in capsys.readouterr().err
