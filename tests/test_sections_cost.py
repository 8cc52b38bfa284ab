"""The cost of a run, shown and exported."""

from factories import make_completion, make_grade, make_problem, make_result, make_run_info
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.records import Judgement, Outcome
from pytest_mathbench.reporting.sections.cost import Cost
from pytest_mathbench.reporting.sections.section import Context

PRICED = Context(make_run_info(price=(1.0, 10.0), judge_price=(2.0, 0.0)))
BIG = make_completion(prompt_tokens=1_000_000, completion_tokens=100_000)


def test_the_cost_is_shown_by_domain_attempt_and_right_answer() -> None:
    """With the price that it is by."""
    section = filled(
        Cost(),
        [
            make_result(completion=BIG),
            make_result(Outcome.WRONG, completion=BIG),
            make_result(Outcome.WRONG, completion=BIG, problem=make_problem(domain="geometry")),
        ],
    )
    lines = lines_of(section, PRICED)
    assert "cost: 6.00 for 3 attempts, by 1 / 10 a million tokens; 6.00 a right answer" == lines[0]
    assert "Algebra    4.00         2.00              4.00" in lines
    assert "Geometry   2.00         2.00                 -" in lines
    found = json_of(section, PRICED)
    assert "price" == found["by"]
    assert 6.0 == found["total"]["total"]
    assert 2.0 == found["domains"]["geometry"]["per_attempt"]
    assert None is found["domains"]["geometry"]["per_right_answer"]
    assert None is found["judge"]


def test_the_endpoints_own_figure_is_named_as_such() -> None:
    """Where no price was given."""
    section = filled(Cost(), [make_result(completion=make_completion(cost=12.5))])
    assert "cost: 12.50 for 1 attempt, by the endpoint, in US$; 12.50 a right answer" == lines_of(section)[0]
    assert "endpoint" == json_of(section)["by"]


def test_nothing_is_said_where_nothing_is_known() -> None:
    """Neither a price nor a figure for every attempt."""
    section = filled(Cost(), [make_result(completion=make_completion(cost=0.5)), make_result()])
    assert [] == lines_of(section)
    assert None is json_of(section)
    assert [] == lines_of(Cost(), PRICED)


def test_the_judges_cost_stands_apart() -> None:
    """It is shown beside the model's, and not in it."""
    judged = make_grade(judgement=Judgement(rating=5, prompt_tokens=1_000_000))
    section = filled(Cost(), [make_result(completion=BIG, grade=judged)])
    assert lines_of(section, PRICED)[0].endswith("; judging 2.00 more")
    assert 2.0 == json_of(section, PRICED)["judge"]
    assert 2.0 == json_of(section, PRICED)["total"]["total"]


def test_small_amounts_have_figures() -> None:
    """A run of a few cents is not a run of nothing; all of a column have as many as its least needs."""
    section = filled(Cost(), [make_result()])
    assert lines_of(section, Context(make_run_info(price=(0.15, 0.6))))[0].startswith("cost: 0.0000135 for 1 attempt")
    assert NOTHING.info.price == ()
    dear = make_result(completion=make_completion(cost=0.5), problem=make_problem(domain="geometry"))
    cheap = make_result(completion=make_completion(cost=0.00021))
    total = [line.split()[:2] for line in lines_of(filled(Cost(), [cheap, dear]))[2:]]
    assert [["Algebra", "0.000210"], ["Geometry", "0.500000"], ["all", "0.500210"]] == total
