"""The `mathbench` command shows recorded runs and known models."""

import os
from pathlib import Path

import pytest
from factories import make_fault, make_problem, make_result, make_run_info

from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RESULTS, RUN
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.serving.models import ALIASES, DEMO_MODEL

CORRECT, WRONG = make_result(), make_result(Outcome.WRONG, problem=make_problem(id="2"))
FAULT = make_fault(problem=make_problem(id="3"))


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every command where no run has been recorded."""
    monkeypatch.chdir(tmp_path)


def record(*results: ItemResult, model: str = "mistral", parent: str = ".mathbench") -> Path:
    """Record a run, and return its folder."""
    with RunFolder.create(Path(parent), make_run_info(model=model)) as folder:
        for result in results:
            folder.append(result)
    return folder.path


def test_report_shows_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of a named folder says what ran, on which problems, and how it went."""
    folder = record(CORRECT, WRONG, FAULT, parent="elsewhere")
    status = main(["report", str(folder)])
    shown = capsys.readouterr().out.splitlines()
    assert 0 == status
    assert [
        f"{folder}: mistral on http://127.0.0.1:8000/v1, started 2025-01-28T12:00:00+00:00",
        "problems bundled (sha256 0123456789ab), prompt sha256 fedcba987654",
        "",
        "pass rate     level 1         all",
        "Algebra    1/2  50.0%  1/2  50.0%",
    ] == shown[:5]
    assert "outcomes: 1 correct, 1 wrong; 1 not measured" in shown


def test_report_takes_the_newest_run_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder, the run that was started last is shown, whatever it is called."""
    newest, *older = (record(CORRECT, model=model) for model in ("m", "a", "z"))
    for age, folder in enumerate([newest, *older]):
        os.utime(folder / RUN, (1000 - age, 1000 - age))
    assert 0 == main(["report"])
    assert capsys.readouterr().out.startswith(f"{newest}: m on ")


@pytest.mark.parametrize(
    ("results", "last"),
    [
        ([CORRECT, WRONG, FAULT], "recorded: 3 items of 3 selected problems"),
        ([CORRECT, FAULT], "recorded: 2 items of 3 selected problems"),
        ([], "recorded: 0 items of 3 selected problems"),
    ],
)
def test_report_says_how_much_was_recorded(
    results: list[ItemResult], last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run that was cut off is not shown as a whole one; what was not measured is recorded, too."""
    main(["report", str(record(*results))])
    assert last == capsys.readouterr().out.splitlines()[-1]


def test_report_reads_a_run_whose_last_line_was_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    """The report of a killed run shows what was recorded whole."""
    path = record(CORRECT, WRONG) / RESULTS
    path.write_bytes(path.read_bytes()[:-5])
    main(["report"])
    assert "outcomes: 1 correct; 0 not measured" in capsys.readouterr().out.splitlines()


def test_without_a_run_the_user_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing was recorded, one line says so, and the status is pytest's for a usage error."""
    assert 4 == main(["report"])
    assert "mathbench: no run is recorded in .mathbench/; name a run's folder\n" == capsys.readouterr().err


def test_a_folder_without_a_run_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that holds no run is told by its name, and by where else it was looked for, without a traceback."""
    assert 4 == main(["report", "nowhere"])
    said = "mathbench: nowhere: no run is recorded here, nor in .mathbench/ under this name\n"
    assert said == capsys.readouterr().err


def test_report_names_a_run_without_its_information(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder whose run.json is broken is told by the file's name, without a traceback."""
    path = record(CORRECT) / RUN
    path.write_text("{}")
    assert 4 == main(["report", str(path.parent)])
    assert capsys.readouterr().err.startswith(f"mathbench: {path}: no run is recorded")


def test_a_broken_result_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A line that is no result is told by file and number, apart from the table, which shows all the others."""
    path = record(CORRECT, WRONG) / RESULTS
    path.write_bytes(b"{}\n" + path.read_bytes())
    assert 0 == main(["report"])
    out, err = capsys.readouterr()
    damage = f"{path}, line 1: not a result, left out: ItemResult: lacks the field 'problem'"
    assert [f"mathbench: WARNING: {damage}"] == err.splitlines()
    assert "outcomes: 1 correct, 1 wrong; 0 not measured" in out.splitlines()


def test_models_lists_every_alias(capsys: pytest.CaptureFixture[str]) -> None:
    """Every name that --mathbench-model knows is listed with what it stands for."""
    assert 0 == main(["models"])
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert ALIASES == {name: text for name, text in shown.items() if name != DEMO_MODEL}
    assert DEMO_MODEL in shown


@pytest.mark.parametrize("arguments", [[], ["grade"], ["report", "a", "b"]])
def test_a_wrong_command_shows_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is no command ends with the usage, and argparse's status."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert 2 == stop.value.code
    assert capsys.readouterr().err.startswith("usage: mathbench")


def _family_result(variant: int, *, correct: bool) -> ItemResult:
    problem = make_problem(id=f"algebra-1-sums-v{variant}-1", family="sums", variant=variant)
    return make_result(Outcome.CORRECT if correct else Outcome.WRONG, problem=problem)


def test_contamination_compares_two_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """A run on the bundled set and one on a variant are held against each other, family by family."""
    bundled = record(_family_result(0, correct=True), parent="one")
    fresh = record(_family_result(7, correct=False), parent="two")
    assert 0 == main(["contamination", str(bundled), str(fresh)])
    assert [
        "contamination: bundled 1/1 (100.0%), fresh 0/1 (0.0%); fresh minus bundled -100.0 points "
        "(no interval from one family), paired by 1 family"
    ] == capsys.readouterr().out.splitlines()


def test_contamination_refuses_runs_of_other_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    """Runs of two models, or without a family in common, say nothing of contamination."""
    bundled = record(_family_result(0, correct=True), parent="one")
    other = record(_family_result(7, correct=True), model="llama", parent="two")
    assert 4 == main(["contamination", str(bundled), str(other)])
    assert "are not comparable: model was 'mistral', now 'llama'" in capsys.readouterr().err
    assert 4 == main(["contamination", str(bundled), str(bundled)])
    assert "have no family in common" in capsys.readouterr().err
