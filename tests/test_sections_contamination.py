"""Bundled problems beside fresh ones, shown and exported."""

import pytest
from factories import make_problem, make_result
from reports import filled, json_of, lines_of

from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.sections.contamination import Contamination


def family(name: str, bundled: str, fresh: str) -> list[ItemResult]:
    """Make attempts at a family's problems: r for a right one, w for a wrong one."""
    return [
        make_result(
            Outcome.CORRECT if outcome == "r" else Outcome.WRONG,
            problem=make_problem(id=f"{name}{variant}{number}", family=name, variant=variant),
        )
        for variant, outcomes in ((0, bundled), (7, fresh))
        for number, outcome in enumerate(outcomes)
    ]


def test_both_rates_and_their_difference() -> None:
    """With the interval, and how many families there are."""
    results = [*family("f", "rr", "rw"), *family("g", "rw", "rw"), *family("h", "r", "")]
    assert [
        "contamination: bundled 3/4 (75.0%), fresh 2/4 (50.0%); fresh minus bundled -25.0 points "
        "(95% interval -100.0 to +100.0), paired by 2 families"
    ] == lines_of(filled(Contamination(), results))


def test_one_family_has_no_interval() -> None:
    """Nothing is known of the spread between families."""
    section = filled(Contamination(), family("f", "r", "w"))
    assert [
        "contamination: bundled 1/1 (100.0%), fresh 0/1 (0.0%); fresh minus bundled -100.0 points "
        "(no interval from one family), paired by 1 family"
    ] == lines_of(section)
    assert {"value": -1.0, "low": None, "high": None} == json_of(section)["difference"]


@pytest.mark.parametrize(("fresh", "said"), [("w", True), ("r", False)])
def test_a_sure_gap_is_put_into_words(fresh: str, *, said: bool) -> None:
    """Only where the whole interval is below zero."""
    section = filled(Contamination(), [each for number in range(9) for each in family(f"f{number}", "r", fresh)])
    assert said == (
        "the model solves bundled problems more often than fresh ones of the same kinds: it may have seen them"
        in lines_of(section)
    )


def test_machines_get_both_scores() -> None:
    """Families, both sides, the difference."""
    found = json_of(filled(Contamination(), [*family("f", "rr", "rw"), *family("g", "rw", "rw")]))
    assert 2 == found["families"]
    assert 0.75 == found["bundled"]["rate"]
    assert 2 == found["fresh"]["correct"]
    assert -0.25 == found["difference"]["value"]


def test_a_run_on_one_side_has_no_gap() -> None:
    """Nothing is shown, and machines get null."""
    section = filled(Contamination(), family("f", "rw", ""))
    assert [] == lines_of(section)
    assert json_of(section) is None
