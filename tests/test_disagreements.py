"""Answers on which the verdicts differ are laid out for a person, whose word is recorded and counts."""

import base64
import gzip
import json

import pytest
from factories import make_execution, make_grade, make_problem, make_result, make_ruling, make_run_info

from pytest_mathbench.cli import main
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.rulings import RULINGS, rule
from pytest_mathbench.records import UNDECIDED, UNREAD, Grade, Judgement, Outcome
from pytest_mathbench.reporting.disagreements import differ, lines
from pytest_mathbench.reporting.page import Side, _Attempts, render
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.section import Context

LENIENT = make_grade(correct=False, lenient=True, rule="numeric", lenient_rule="prose", answer="so it is 42")
JUDGED = make_grade(correct=False, judgement=Judgement(rating=5, reason="the same\x1b[2J"))


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (make_grade(), False),
        (make_grade(correct=False), False),
        (LENIENT, True),
        (JUDGED, True),
        (make_grade(judgement=Judgement(rating=4)), False),
        (make_grade(judgement=Judgement(rating=3)), True),
        (make_grade(judgement=Judgement(fault="no rating")), False),
        (make_grade(correct=False, rule=UNDECIDED), True),
        (make_grade(correct=False, rule=UNREAD), True),
        (make_grade(correct=False, lenient_rule=UNDECIDED), True),
    ],
)
def test_what_differs(grade: Grade, expected: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Verdicts differ if strict, lenient and judge do not all say the same, or symbols could not say."""
    assert expected == differ(make_result(Outcome.WRONG, grade=grade))


def test_what_a_person_is_shown() -> None:
    """Problem, reference, output and every verdict with its reason stand there, harmless to a terminal."""
    result = make_result(
        Outcome.WRONG, problem=make_problem(id="a", statement="What\nis it?"), grade=JUDGED,
        execution=make_execution(stdout="one\n42\x07\n"), sample=1,
    )  # fmt: skip
    assert [
        "a:2 (Algebra, level 1): wrong",
        "  problem    What is it?",
        "  reference  42",
        "  answer     42",
        "  output     one",
        "             42\\x07",
        "  strict     wrong (exact)",
        "  lenient    wrong (exact)",
        "  judge      5 of 5: the same\\x1b[2J",
    ] == list(lines(result))


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Record a run with one disagreement."""
    monkeypatch.chdir(tmp_path)
    with RunFolder.create(tmp_path / ".mathbench", make_run_info()) as folder:
        folder.append(make_result(problem=make_problem(id="right")))
        folder.append(make_result(Outcome.WRONG, problem=make_problem(id="prose"), grade=LENIENT))
    return folder


def test_a_ruling_is_recorded_and_counts(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    """A person's word, with name and reason, changes the reports, which say so; the last word counts."""
    assert 0 == main(["disagreements"])
    assert "1 disagreements, 0 ruled on by a person" in capsys.readouterr().out
    for way in ("--wrong", "--right"):
        assert 0 == main(["disagreements", str(run.path), way, "prose", "--why", "it says 42", "--who", "Ada"])
    assert 2 == len((run.path / RULINGS).read_text().splitlines())
    capsys.readouterr()
    main(["disagreements"])
    main(["report"])
    said = capsys.readouterr().out
    assert "1 disagreements, 1 ruled on by a person" in said
    assert "  overruled  right by Ada, 20" in said
    assert "Algebra    2/2 100.0%" in said
    assert "overruled by a person: 1 wrong → correct, counted so in the pass rates" in said
    assert "verdicts: strict 1/2 (50.0%), lenient 2/2 (100.0%)" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--right", "nothing", "--why", "x"], "nothing: "),
        (["--right", "prose:2", "--why", "x"], "prose:2: "),
        (["--right", "prose"], "a ruling needs its reason: give --why"),
    ],
)
def test_a_ruling_that_cannot_stand_is_refused(
    run: RunFolder, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """An answer that is not there, or no reason, is an error, and nothing is written."""
    assert 4 == main(["disagreements", str(run.path), *arguments])
    assert f"mathbench: {message}" in capsys.readouterr().err
    assert not (run.path / RULINGS).exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report"], "outcomes: 2 correct; 0 not measured"),
        (["matrix"], "2/2 100.0%"),
        (["compare", "{run}"], "2/2"),
        (["gate", "{run}", "overall >= 100%", "--unmeasured=1"], "gates: PASS"),
        (["noise", "{run}"], "100.0%"),
    ],
    ids=["report", "matrix", "compare", "gate", "noise"],
)
def test_every_command_that_shows_results_shows_them_as_a_person_has_them(
    run: RunFolder, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """A ruling counts in all of them."""
    rule(run.path, make_ruling("prose"))
    command, *more = [each.format(run=run.path) for each in arguments]
    main([command, *more] if command == "gate" else [command, *more, str(run.path)])
    assert said in capsys.readouterr().out


def test_the_page_shows_the_outcome_that_a_person_has(run: RunFolder) -> None:
    """The list of problems and the heat map are of the same outcomes, and the ruling stands beside the grade."""
    rule(run.path, make_ruling("prose"))
    recorded = RecordedRun.open(run.path, pytest.fail)
    text = "".join(render(report(recorded.results()), Context(recorded.info), recorded.results()))
    assert "<b>100.0%</b><span>2/2</span>" in text
    attempts = _Attempts([Side("this run", recorded.info, recorded.results())])
    ((_, packed),) = attempts.blocks()
    block = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert ["correct", "correct"] == [figures[0] for *_, (figures,) in json.loads(attempts.data({}))["rows"]]
    assert ["ruling", "right, by Ada, 2025-01-28T12:00:00+00:00: it says 42"] in [
        fact for (texts,) in block for fact in texts["facts"]
    ]
