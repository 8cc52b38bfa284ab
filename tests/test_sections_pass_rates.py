"""Pass rates by domain and level, shown and exported."""

from dataclasses import replace

import pytest
from factories import make_fault, make_problem, make_result
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.analysis.comparison import compare, measured
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.domains import NO_LEVEL, Domain
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.blocks import Chart, Fact, Headline
from pytest_mathbench.reporting.sections.pass_rates import PassRates
from pytest_mathbench.reporting.sections.section import Context

GEOMETRY = make_problem(domain=Domain.GEOMETRY, level=5)
RESULTS = [
    make_result(problem=GEOMETRY),
    *(make_result(Outcome.WRONG, problem=replace(GEOMETRY, id=f"wrong-{number}")) for number in range(2)),
    *(make_result(problem=make_problem(id=str(number), domain=Domain.PREALGEBRA)) for number in range(9)),
    make_fault(problem=make_problem(level=3)),
]


def test_a_table_of_domains_and_levels() -> None:
    """In the domains' own order; a cell of which nothing was measured is a dash."""
    assert [
        "pass rate      level 1     level 5           all",
        "Prealgebra  9/9 100.0%           -    9/9 100.0%",
        "Geometry             -  1/3  33.3%    1/3  33.3%",
        "all         9/9 100.0%  1/3  33.3%  10/12  83.3%",
    ] == lines_of(filled(PassRates(), RESULTS))


def test_problems_without_a_level_are_in_no_column() -> None:
    """They count over all, and in the JSON under 0."""
    section = filled(PassRates(), [make_result(problem=make_problem(level=NO_LEVEL)), make_result(Outcome.WRONG)])
    assert ["pass rate     level 1         all", "Algebra    0/1   0.0%  1/2  50.0%"] == lines_of(section)[:2]
    assert {"0", "1"} == json_of(section)["levels"].keys()


def test_machines_get_all_scores() -> None:
    """Of all, each domain, each level and each cell, with intervals."""
    found = json_of(filled(PassRates(), RESULTS))
    assert 10 == found["total"]["correct"]
    assert 12 == found["total"]["measured"]
    assert 0.5520 == pytest.approx(found["total"]["low"], abs=0.0001)  # Wilson, by scipy's binomtest
    assert 0.9704 == pytest.approx(found["total"]["high"], abs=0.0001)  # of two wrong ones: Poisson's
    assert ["prealgebra", "geometry"] == list(found["domains"])
    assert 3 == found["levels"]["5"]["measured"]
    assert [("geometry", 5, 1), ("prealgebra", 1, 9)] == [
        (cell["domain"], cell["level"], cell["correct"]) for cell in found["cells"]
    ]


def test_where_nothing_is_right_there_is_an_interval_all_the_same() -> None:
    """What was measured has bounds, however it went; null is for what was not."""
    total = json_of(filled(PassRates(), [make_result(Outcome.WRONG)]))["total"]
    assert 0.0 == total["rate"]
    assert 0.0 == total["low"]
    assert 0.9487 == pytest.approx(total["high"], abs=0.0001)
    assert json_of(filled(PassRates(), [make_fault()]))["total"]["high"] is None


def test_the_scores_are_there_for_others() -> None:
    """A total, for JUnit and tables of several models."""
    assert Score(10, 12) == filled(PassRates(), RESULTS).scores.total


def test_the_headline_has_the_interval() -> None:
    """Rate, interval, counts."""
    (headline, *_) = filled(PassRates(), RESULTS).blocks(NOTHING)
    assert Headline("pass rate", "83.3%", "95% interval 55.2% to 97.0% for problems of this kind, 10 of 12") == headline


def test_without_measurements_there_is_no_rate() -> None:
    """Rather than one of 0: the page's head says so, and the terminal shows nothing."""
    section = filled(PassRates(), [make_fault()])
    assert [Headline("pass rate", "-", "nothing was measured"), Fact("pass rate", "nothing was measured")] == list(
        section.blocks(NOTHING)
    )
    assert json_of(section)["total"]["rate"] is None


def test_the_chart_shows_the_baseline() -> None:
    """Of each domain that it has measured; without a baseline there is no ring, and no word of one."""
    before = [make_result(Outcome.WRONG, problem=GEOMETRY)]
    against = Context(NOTHING.info, (), compare(measured(before), measured(RESULTS)))
    section = filled(PassRates(), RESULTS)
    (chart,) = (block for block in section.blocks(against) if isinstance(block, Chart))
    assert [None, 0.0] == [bar.get("baseline") for bar in chart.data]
    assert "ring" in chart.caption
    (chart,) = (block for block in section.blocks(NOTHING) if isinstance(block, Chart))
    assert not any("baseline" in bar for bar in chart.data)
    assert "ring" not in chart.caption


def test_attempts_in_clusters_are_worth_fewer() -> None:
    """Samples of one problem, and problems of one family: the headline and machines have the effective number."""
    results = [
        make_result(Outcome.CORRECT if family % 2 else Outcome.WRONG, problem=problem, sample=sample)
        for family in range(6)
        for sample in range(5)
        for problem in [make_problem(id=f"{family}-{sample % 2}", family=f"f{family}")]
    ]
    section = filled(PassRates(), results)
    (headline, *_) = section.blocks(NOTHING)
    assert isinstance(headline, Headline)
    assert "for problems of this kind" in headline.aside
    assert "15 of 30, worth 5 independent ones" in headline.aside
    assert json_of(section)["total"]["effective"] == pytest.approx(5)


def test_several_samples_have_an_interval_of_the_very_set() -> None:
    """Two samples of each of ten problems, alike: no noise was seen, and the headline says both intervals."""
    results = [
        make_result(
            Outcome.CORRECT if number < 5 else Outcome.WRONG, problem=make_problem(id=str(number)), sample=sample
        )
        for number in range(10)
        for sample in range(2)
    ]
    section = filled(PassRates(), results)
    (headline,) = (each for each in section.blocks(NOTHING) if isinstance(each, Headline))
    assert "for problems of this kind, 40.2% to 59.8% for this very set (sampling noise alone)" in headline.aside
    assert json_of(section)["total"]["set_low"] == pytest.approx(0.402, abs=1e-4)


def test_one_sample_has_none() -> None:
    """Noise cannot be told from difficulty."""
    assert json_of(filled(PassRates(), RESULTS))["total"]["set_low"] is None
