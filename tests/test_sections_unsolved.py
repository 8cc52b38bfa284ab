"""Problems that no sample solved, shown and exported."""

import pytest
from factories import make_problem, make_result, make_run_info
from reports import filled, json_of, lines_of

from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.unsolved import Unsolved

RESULTS = [
    *(make_result(Outcome.WRONG, problem=make_problem(id=f"p{number:02}")) for number in range(12)),
    make_result(problem=make_problem(id="p00"), sample=1),
]
SAMPLED, PROTOCOL = Context(make_run_info(samples=2)), Context(make_run_info(protocol="evstafev2025"))


@pytest.mark.parametrize("context", [SAMPLED, PROTOCOL])
def test_the_unsolved_are_listed(context: Context) -> None:
    """All of them in a report, ten in a live session, which says how many there are besides."""
    section = filled(Unsolved(), RESULTS)
    whole, live = lines_of(section, context), lines_of(section, context, whole=False)
    assert "unsolved by this model: 11 of 12 problems" == whole[0]
    assert [f"  p{number:02}" for number in range(1, 12)] == whole[1:]
    assert "  and 1 more: mathbench report lists them" == live[-1]
    assert 12 == len(live)


def test_one_attempt_at_each_is_not_listed() -> None:
    """The outcomes say it; machines get the ids all the same."""
    section, once = filled(Unsolved(), RESULTS[:2]), Context(make_run_info())
    assert [] == lines_of(section, once)
    assert {"problems": 2, "unsolved": 2, "ids": ["p00", "p01"]} == json_of(section, once)


def test_where_all_are_solved_there_is_no_list() -> None:
    """Only that there is none."""
    assert ["unsolved by this model: 0 of 1 problem"] == lines_of(filled(Unsolved(), [make_result()]), SAMPLED)
