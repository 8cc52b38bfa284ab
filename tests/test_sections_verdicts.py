"""The interval between the verdicts and what people ruled, shown and exported."""

from collections.abc import Iterable

import pytest
from factories import PROPERTY, make_fault, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st
from reports import filled, json_of, lines_of

from pytest_mathbench.domains import Domain
from pytest_mathbench.records import Grade, ItemResult, Judgement, Outcome, Ruling
from pytest_mathbench.reporting.report import report
from pytest_mathbench.reporting.sections.verdicts import Verdicts


def graded(grade: Grade | None, **fields: object) -> ItemResult:
    """Make a result with this grade; the strict verdict is its outcome."""
    outcome = Outcome.CRASHED if grade is None else Outcome.CORRECT if grade.strict else Outcome.WRONG
    return make_result(outcome, problem=make_problem(**fields), grade=grade)


RESULTS = [
    graded(make_grade()),
    graded(make_grade(correct=False, lenient=True)),
    graded(make_grade(correct=False, lenient=True, judgement=Judgement(rating=2))),
    graded(make_grade(correct=False, judgement=Judgement(rating=4))),
    graded(make_grade(judgement=Judgement(rating=3))),
    graded(make_grade(judgement=Judgement(fault="no rating"))),
    graded(None),
    make_fault(),
]


def test_each_verdict_has_its_score() -> None:
    """What crashed is wrong by all; what no judge was asked about is as strict symbols say; no rating is no attempt."""
    section = filled(Verdicts(), RESULTS)
    assert ["verdicts: strict 3/7 (42.9%), lenient 5/7 (71.4%), judge 2/6 (33.3%)"] == lines_of(section)
    found = json_of(section)
    assert 3 == found["strict"]["correct"]
    assert 5 == found["lenient"]["correct"]
    assert 6 == found["judge"]["measured"]


@pytest.mark.parametrize("judgement", [None, Judgement(fault="no rating")])
def test_a_judge_who_rated_nothing_has_no_score(judgement: Judgement | None) -> None:
    """It would be that of the strict symbols."""
    section = filled(Verdicts(), [graded(make_grade(judgement=judgement)), graded(make_grade())])
    assert ["verdicts: strict 2/2 (100.0%), lenient 2/2 (100.0%)"] == lines_of(section)
    assert json_of(section)["judge"] is None


def ruled(outcome: Outcome, *, correct: bool) -> ItemResult:
    """Make a result on which a person has ruled."""
    ruling = Ruling(problem="p", sample=0, correct=correct, who="Ada", when="", why="I looked")
    return make_result(outcome).ruled(ruling)


def test_what_people_ruled_is_counted() -> None:
    """By the outcome before and after; who confirms what was measured overrules nothing."""
    section = filled(
        Verdicts(),
        [
            ruled(Outcome.WRONG, correct=True),
            ruled(Outcome.WRONG, correct=True),
            ruled(Outcome.CORRECT, correct=False),
            ruled(Outcome.CORRECT, correct=True),
            ruled(Outcome.CRASHED, correct=False),
        ],
    )
    assert (
        "overruled by a person: 1 correct → wrong, 2 wrong → correct, counted so in the pass rates"
        == lines_of(section)[-1]
    )
    assert [
        {"before": "correct", "after": "wrong", "count": 1},
        {"before": "wrong", "after": "correct", "count": 2},
    ] == json_of(section)["overruled"]


def test_a_ruling_changes_no_verdict() -> None:
    """Strict, lenient and judge have said what they said."""
    before = make_result(Outcome.WRONG)
    after = ruled(Outcome.WRONG, correct=True)
    assert json_of(filled(Verdicts(), [before]))["strict"] == json_of(filled(Verdicts(), [after]))["strict"]


def test_of_nothing_there_is_no_verdict() -> None:
    """What was not measured was not graded."""
    assert [] == lines_of(filled(Verdicts(), [make_fault()]))


JUDGEMENTS = st.builds(Judgement, rating=st.integers(1, 5)) | st.builds(Judgement, fault=st.just("no rating"))


@st.composite
def graded_results(draw: st.DrawFn, which: str) -> list[ItemResult]:
    """Draw results as a run grades them: what is strictly right is leniently right; the judge is asked as said."""
    results = []
    for strict, lenient, reached, judgement in draw(
        st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), JUDGEMENTS), max_size=20)
    ):
        is_asked = which == "all" or (which == "fallback" and not strict)
        grade = make_grade(strict=strict, lenient=strict or lenient, judgement=judgement if is_asked else None)
        results.append(graded(grade if reached else None, domain=draw(st.sampled_from(Domain))))
    return results


def scores(results: Iterable[ItemResult]) -> dict[str, dict[str, int]]:
    """Return the verdicts' scores as machines get them."""
    return json_of(filled(Verdicts(), results))  # type: ignore[no-any-return]


@PROPERTY
@given(st.sampled_from(["off", "fallback", "all"]).flatmap(graded_results))
def test_the_strict_score_is_the_low_end_of_the_interval(results: list[ItemResult]) -> None:
    """Strict and lenient score the same attempts, and no fewer are leniently right."""
    found = scores(results)
    assert report(results).scores.total.correct == found["strict"]["correct"]
    assert found["strict"]["measured"] == found["lenient"]["measured"] == len(results)
    assert found["strict"]["correct"] <= found["lenient"]["correct"]


@PROPERTY
@given(graded_results("fallback"))
def test_a_judge_of_last_resort_takes_nothing_away(results: list[ItemResult]) -> None:
    """It is asked about what strict symbols reject; what it has no rating for is no attempt to it."""
    found = scores(results)
    if found["judge"] is None:
        return
    assert found["strict"]["correct"] <= found["judge"]["correct"]
    faults = sum(bool(each.grade and each.grade.judgement and each.grade.judgement.fault) for each in results)
    assert found["strict"]["measured"] == found["judge"]["measured"] + faults
