"""What several samples give, shown and exported."""

from factories import make_fault, make_problem, make_result, make_run_info
from reports import filled, json_of, lines_of

from pytest_mathbench.domains import NO_LEVEL, Domain
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.sections.samples import Samples
from pytest_mathbench.reporting.sections.section import Context

THREE = Context(make_run_info(samples=3))


def attempts(name: str, outcomes: str, **fields: object) -> list[ItemResult]:
    """Make a problem's samples: r for a right one, w for a wrong one, f for a fault."""
    problem = make_problem(id=name, **fields)
    return [
        make_fault(problem=problem, sample=sample)
        if outcome == "f"
        else make_result(Outcome.CORRECT if outcome == "r" else Outcome.WRONG, problem=problem, sample=sample)
        for sample, outcome in enumerate(outcomes)
    ]


RESULTS = [
    *attempts("a", "rrw"),
    *attempts("b", "www", level=2),
    *attempts("c", "rww", domain=Domain.GEOMETRY, level=2),
    *attempts("d", "rrf"),
]


def test_rates_by_domain_then_by_level() -> None:
    """A problem of which a sample was not measured is left out."""
    assert [
        "3 samples  problems  pass@1  pass@3   maj@3",
        "Algebra           2   33.3%   50.0%   50.0%",
        "Geometry          1   33.3%  100.0%    0.0%",
        "level 1           1   66.7%  100.0%  100.0%",
        "level 2           2   16.7%   50.0%    0.0%",
        "all               3   33.3%   66.7%   33.3%",
    ] == lines_of(filled(Samples(), RESULTS), THREE)


def test_machines_get_the_rates() -> None:
    """Of all, each domain and each level."""
    found = json_of(filled(Samples(), RESULTS), THREE)
    assert 3 == found["samples"]
    assert {"problems": 1, "pass_at_1": 2 / 3, "pass_at_k": 1.0, "majority": 1.0} == found["levels"]["1"]
    assert 3 == found["total"]["problems"]
    assert ["algebra", "geometry"] == list(found["domains"])


def test_problems_without_a_level_have_no_line_of_one() -> None:
    """A data set may know no levels: they count in their domain."""
    section = filled(Samples(), [*attempts("a", "rrw"), *attempts("b", "www", level=NO_LEVEL)])
    assert ["3 samples", "Algebra", "level 1", "all"] == [line.split("  ")[0] for line in lines_of(section, THREE)]


def test_one_sample_has_no_such_rates() -> None:
    """A run that attempts each problem once shows none, and machines get null."""
    one = Context(make_run_info(samples=1))
    section = filled(Samples(), attempts("a", "r"))
    assert [] == lines_of(section, one)
    assert json_of(section, one) is None


def test_of_no_whole_problem_there_is_no_rate() -> None:
    """Nothing is shown, and the rates are null."""
    section = filled(Samples(), attempts("a", "rf"))
    assert [] == lines_of(section, THREE)
    assert {"problems": 0, "pass_at_1": None, "pass_at_k": None, "majority": None} == json_of(section, THREE)["total"]
