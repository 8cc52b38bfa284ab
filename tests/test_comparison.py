"""Two runs are paired by problem: what one gained over the other, how sure that is, and what it cost."""

from dataclasses import replace

import pytest
from factories import PROPERTY, make_completion, make_execution, make_fault, make_problem, make_result, make_ruling
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.comparison import Comparison, Cost, compare, measured
from pytest_mathbench.records import Effort, ItemResult, Outcome
from pytest_mathbench.reporting.comparison import blocks
from pytest_mathbench.reporting.table import written


def results(outcomes: str, **fields: object) -> list[ItemResult]:
    """One result for each letter: r for right, w for wrong, anything else for not measured."""
    kinds = {"r": Outcome.CORRECT, "w": Outcome.WRONG}
    return [
        replace(make_result(kinds[each]), problem=make_problem(id=str(number)), **fields)  # type: ignore[arg-type]
        if each in kinds
        else make_fault(problem=make_problem(id=str(number)))
        for number, each in enumerate(outcomes)
    ]


def compared(first: str, second: str) -> Comparison:
    """Compare two runs by their letters."""
    found = compare(measured(results(first)), measured(results(second)))
    assert found is not None
    return found


def test_attempts_are_paired_by_problem_and_sample() -> None:
    """Only what both have measured counts, each in its cell of the fourfold table."""
    found = compared("rrww-r", "rwrwr-")
    assert found.pairs.only_first == 1
    assert found.pairs.only_second == 1
    assert found.pairs.count == 4
    assert found.unpaired == 2


def test_another_problem_of_the_same_id_is_no_pair() -> None:
    """A changed statement or answer makes it another problem."""
    changed = [replace(each, problem=make_problem(id="0", answer="43")) for each in results("r")]
    assert compare(measured(results("r")), measured(changed)) is None


@PROPERTY
@given(st.text("rw-", min_size=1, max_size=30), st.text("rw-", min_size=1, max_size=30))
def test_a_comparison_turned_round_is_its_mirror(first: str, second: str) -> None:
    """Differences change their sign, p-values do not change; parts add up to the whole."""
    one, other = (
        compare(measured(results(first)), measured(results(second))),
        compare(measured(results(second)), measured(results(first))),
    )
    if one is None or other is None:
        assert one is other
        return
    assert one.pairs.count == other.pairs.count
    assert one.unpaired == other.unpaired
    assert one.pairs.p_value == other.pairs.p_value
    assert one.pairs.difference.value == -other.pairs.difference.value
    assert one.pairs.difference.low == -(other.pairs.difference.high or 0.0)
    assert sum(pairs.count for pairs in one.domains.values()) == one.pairs.count


def test_several_samples_are_clustered() -> None:
    """Samples of one problem are no independent pairs: no McNemar test, and an interval by problems."""
    first = [replace(each, sample=sample) for sample in (0, 1) for each in results("rwrw")]
    second = [replace(each, sample=sample) for sample in (0, 1) for each in results("rrww")]
    found = compare(measured(first), measured(second))
    assert found is not None
    assert found.pairs.p_value is None
    assert found.pairs.sampled is True
    assert found.pairs.count == 8


@pytest.mark.parametrize("many", [0, 1])
def test_more_samples_on_one_side_are_averaged_by_problem(many: int) -> None:
    """Four samples against one, either way round: each problem counts the same, and costs are of what both have."""
    letters = ("rrrw", "rwww", "wwww")
    four = [
        replace(each, sample=sample) for sample in range(4) for each in results("".join(one[sample] for one in letters))
    ]
    runs = [measured(results("rrw")), measured(results("rrw"))]
    runs[many] = measured(four)
    found = compare(*runs)
    assert found is not None
    sign = 1 if many == 1 else -1
    assert found.pairs.difference.value == pytest.approx(sign * ((0.75 + 0.25) / 3 - 2 / 3))
    assert {3, 12} == {found.pairs.first.measured, found.pairs.second.measured}
    assert found.unpaired == 0
    assert found.costs[0].requests == found.costs[1].requests == 3
    assert found.pairs.count == round(3 * 2 / (1 + 1 / 4))


def test_costs_are_those_of_all_requests() -> None:
    """A strategy's effort counts whole, with what was thrown away; one request is one request."""
    effort = Effort(requests=5, prompt_tokens=50, completion_tokens=100, seconds=9.0, executions=3, ended="tokens")
    found = compare(measured(results("r")), measured(results("r", effort=effort)))
    assert found is not None
    completion = make_completion()
    single = Cost(1, completion.prompt_tokens, completion.completion_tokens, completion.seconds, 1)
    assert (single, Cost(5, 50, 100, 9.0, 3)) == found.costs


def test_programs_are_compared_where_both_answered() -> None:
    """The difference of CPU time is of pairs; a program that gave no answer has no duration of its own."""
    slow = results("rw", execution=make_execution(cpu_seconds=1.25))
    found = compare(measured(slow), measured([*results("r"), replace(results("rw")[1], grade=None)]))
    assert found is not None
    assert [(1.25, 0.25)] == found.program_seconds
    assert -1.0 == (found.program_difference and found.program_difference.value)


def test_a_persons_ruling_counts() -> None:
    """What somebody has decided about an attempt decides here too."""
    ruled = [each.ruled(make_ruling("0", correct=False)) for each in results("r")]
    found = compare(measured(ruled), measured(results("r")))
    assert found is not None
    assert 0 == found.pairs.only_first
    assert 1 == found.pairs.only_second


def test_the_table_shows_gain_and_cost() -> None:
    """Rates, difference, interval, p-value by domain and level; then the costs with their ratios."""
    shown = "\n".join(written(blocks(compared("rwww", "rrrw"), ("1st", "2nd"), (10.0, 25.0))))
    assert ["all", "1/4", "25.0%", "3/4", "75.0%", "+50.0"] in [line.split()[:6] for line in shown.splitlines()]
    for part in ("+50.0", "McNemar p", "level 1", "Algebra", "completion tokens", "80% power"):
        assert part in shown
    assert ["whole", "run,", "s", "10.0", "25.0", "2.50"] in [line.split() for line in shown.splitlines()]


@pytest.mark.parametrize("walls", [(None, 1.0), (1.0, None)])
def test_an_unknown_duration_is_left_out(walls: tuple[float | None, float | None]) -> None:
    """A run that was killed did not write down how long it took."""
    assert not any("whole run" in line for line in written(blocks(compared("r", "r"), ("1st", "2nd"), walls)))
