"""What attempts cost: by the price of tokens, or by what the endpoint says."""

import pytest
from factories import make_completion, make_fault, make_grade, make_problem, make_result

from pytest_mathbench.analysis.costs import CostTally, Price, Spending, spent_on, spent_on_judging, total
from pytest_mathbench.records import Effort, Judgement, Outcome

THOUGHT = make_completion(prompt_tokens=1000, completion_tokens=3000, reasoning="x", reasoning_tokens=2000)


@pytest.mark.parametrize(
    ("price", "money"),
    [((1.0, 10.0), 0.031), ((1.0, 10.0, 2.0), 0.015), ((0.0, 0.0), 0.0), ((), None)],
)
def test_tokens_have_a_price(price: Price, money: float | None) -> None:
    """Of a million: prompts, completions, and thoughts, which cost what completions do unless they have their own."""
    assert money == pytest.approx(spent_on(make_result(completion=THOUGHT)).money(price))


def test_an_endpoints_own_figure_counts_where_no_price_was_given() -> None:
    """A price that was given is the user's word, and wins."""
    spending = spent_on(make_result(completion=make_completion(cost=0.25, prompt_tokens=1_000_000)))
    assert 0.25 == spending.money(())
    assert 1.0 == spending.money((1.0, 0.0))


def test_a_sum_is_known_where_each_figure_is() -> None:
    """One unknown figure makes the sum unknown; an attempt that got no answer costs nothing."""
    known, unknown, nothing = Spending(1, 1, 1, 0, 0.5), Spending(1, 1, 1, 0, None), Spending()
    assert 1.0 == (known + nothing + known).money(())
    assert None is (known + unknown).money(())
    assert 0.0 == nothing.money((1.0, 1.0))


def test_a_strategy_costs_all_that_it_asked_for() -> None:
    """And not only the completion that it kept."""
    effort = Effort(
        requests=3, prompt_tokens=100, completion_tokens=1000, seconds=1.0, executions=1, ended="", cost=0.75
    )
    spending = spent_on(make_result(effort=effort))
    assert 1000 == spending.completion_tokens
    assert 0.75 == spending.money(())


def test_the_judge_has_an_account_of_its_own() -> None:
    """What it took is not in the model's."""
    judged = make_result(grade=make_grade(judgement=Judgement(rating=5, prompt_tokens=2_000_000, cost=0.5)))
    assert 2.0 == spent_on_judging(judged).money((1.0, 0.0))
    assert 0.5 == spent_on_judging(judged).money(())
    assert 10 == spent_on(judged).prompt_tokens
    assert 0.0 == spent_on_judging(make_result()).money(())


def test_attempts_are_counted_by_domain() -> None:
    """All that got an answer, measured or not."""
    tally = CostTally()
    for result in (
        make_result(),
        make_result(Outcome.WRONG, problem=make_problem(domain="geometry")),
        make_fault(completion=make_completion()),
        make_fault(),
    ):
        tally.add(result)
    assert 3 == tally.total.spending.requests
    assert ["algebra", "geometry"] == list(tally.domains)
    assert 1 == tally.domains["algebra"].correct
    assert 3 == tally.domains["algebra"].attempts


@pytest.mark.parametrize(("amounts", "expected"), [([], 0.0), ([1.0, 2.0], 3.0), ([1.0, None], None)])
def test_an_unknown_amount_makes_a_total_unknown(amounts: list[float | None], expected: float | None) -> None:
    """It is not taken for nothing."""
    assert expected == total(amounts)
