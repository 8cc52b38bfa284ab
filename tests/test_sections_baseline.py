"""A run against its baseline, shown and exported."""

from collections.abc import Sequence
from dataclasses import replace

from factories import make_completion, make_execution, make_problem, make_result
from reports import NOTHING, json_of, lines_of

from pytest_mathbench.analysis.comparison import compare, measured
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Headline, Table
from pytest_mathbench.reporting.sections.baseline import AgainstBaseline
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.table import written

LONGEST = Domain.COUNTING_AND_PROBABILITY


def results(outcomes: str, samples: int = 1, tokens: int = 20, cpu_seconds: float = 0.25) -> list[ItemResult]:
    """Make a run: r for a right answer, w for a wrong one."""
    return [
        make_result(
            Outcome.CORRECT if outcome == "r" else Outcome.WRONG,
            problem=make_problem(id=str(number)),
            sample=sample,
            completion=make_completion(completion_tokens=tokens),
            execution=make_execution(cpu_seconds=cpu_seconds),
        )
        for number, outcome in enumerate(outcomes)
        for sample in range(samples)
    ]


def context(before: Sequence[ItemResult], after: Sequence[ItemResult]) -> Context:
    """Hold a run against a baseline."""
    return Context(NOTHING.info, (), compare(measured(before), measured(after)))


WORSE = context(results("rrrw"), results("rwww", tokens=30, cpu_seconds=0.5))


def test_gains_and_costs() -> None:
    """Rates, difference, interval and p-value by domain and level; then what it cost."""
    rows = [line.split() for line in lines_of(AgainstBaseline(), WORSE)]
    all_of_them = next(row for row in rows if row[0] == "all")
    assert ["all", "3/4", "75.0%", "1/4", "25.0%", "-50.0"] == all_of_them[:6]
    assert ["2", "0", "0.500"] == all_of_them[-3:]
    assert ["completion", "tokens", "80", "120", "1.50"] in rows
    assert ["program", "CPU,", "s", "(mean)", "0.250", "0.500", "2.00"] in rows


def test_the_table_fits_a_terminal() -> None:
    """80 columns have room for the longest of our domains, for a hundred points and for thousands of problems."""
    many = [replace(each, problem=replace(each.problem, domain=LONGEST)) for each in results("r" * 1200 + "w" * 1200)]
    worse = context(many, [replace(each, outcome=Outcome.WRONG) for each in many])
    table = next(block for block in AgainstBaseline().blocks(worse) if isinstance(block, Table))
    lines = list(written([table], 80))
    assert max(map(len, lines)) <= 80
    assert "Counting & probability" in "\n".join(lines)


def test_the_power_of_the_pairs_is_said() -> None:
    """How many there are, how many attempts have none, and what could be told from none."""
    assert (
        "4 pairs, 0 attempts without one; with so many pairs a difference of 99.1 points can be told from none "
        "(5% error, 80% power)" in lines_of(AgainstBaseline(), WORSE)
    )


def test_attempts_without_a_pair_are_counted() -> None:
    """For people and for machines, whichever of the two runs has them."""
    more = context(results("rr"), results("rrww"))
    assert any(line.startswith("2 pairs, 2 attempts without one;") for line in lines_of(AgainstBaseline(), more))
    assert 2 == json_of(AgainstBaseline(), more)["unpaired"]


def test_the_headline_is_the_difference() -> None:
    """With its interval."""
    (headline, *_) = AgainstBaseline().blocks(WORSE)
    assert isinstance(headline, Headline)
    assert "-50.0" == headline.value
    assert headline.aside.startswith("95% interval -")


def test_one_problem_has_no_interval() -> None:
    """Several samples of it are no pairs that are independent of each other."""
    one = context(results("r", samples=3), results("w", samples=3))
    (headline, *_) = AgainstBaseline().blocks(one)
    assert isinstance(headline, Headline)
    assert headline.aside.startswith("3 pairs; ")
    found = json_of(AgainstBaseline(), one)
    assert {"value": -1.0, "low": None, "high": None} == found["pairs"]["difference"]
    assert found["pairs"]["p_value"] is None


def test_machines_get_the_same() -> None:
    """Pairs over all, by domain and by level; costs of both; CPU time of programs that answered in both."""
    found = json_of(AgainstBaseline(), WORSE)
    assert 2 == found["pairs"]["only_baseline"]
    assert 0 == found["pairs"]["only_run"]
    assert 0.5 == found["pairs"]["p_value"]
    assert 0.75 == found["domains"]["algebra"]["baseline"]["rate"]
    assert 0.25 == found["levels"]["1"]["run"]["rate"]
    assert 120 == found["costs"]["run"]["completion_tokens"]
    assert 0.25 == found["program_seconds"]["difference"]["value"]
    assert 0.5 == found["program_seconds"]["run"]
    assert 4 == found["program_seconds"]["count"]


def test_programs_that_answered_in_neither_have_no_time() -> None:
    """Machines get null, and no line is shown."""
    silent = [make_result(Outcome.NO_ANSWER, grade=None)]
    found = context(silent, silent)
    assert json_of(AgainstBaseline(), found)["program_seconds"] is None
    assert not any("programs" in line for line in lines_of(AgainstBaseline(), found))


def test_without_a_baseline_nothing_is_shown() -> None:
    """And machines get null."""
    assert [] == list(AgainstBaseline().blocks(NOTHING))
    assert json_of(AgainstBaseline()) is None
