"""Durations by domain and stage, shown and exported."""

from factories import make_completion, make_execution, make_fault, make_problem, make_result
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.domains import Domain
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.blocks import Chart
from pytest_mathbench.reporting.sections.durations import Durations

RESULTS = [
    make_result(problem=make_problem(domain=Domain.GEOMETRY), completion=make_completion(seconds=6.0)),
    make_result(completion=make_completion(seconds=1.0), execution=make_execution(cpu_seconds=3.0)),
    make_result(Outcome.NO_PROGRAM, completion=make_completion(seconds=2.0), execution=None, grade=None),
]


def test_the_main_stages_by_domain_and_the_means_of_the_others() -> None:
    """Generation and CPU time have columns; a stage of which nothing was measured is a dash."""
    assert [
        "seconds   generation: mean   p50   p95  program CPU: mean    p50    p95",
        "Algebra               1.50  1.50  1.95              3.000  3.000  3.000",
        "Geometry              6.00  6.00  6.00              0.250  0.250  0.250",
        "all                   3.00  2.00  5.60              1.625  1.625  2.862",
        "mean seconds of other stages: queued 0.500 (p95 0.500), execution 0.300 (p95 0.300), "
        "grading 0.010 (p95 0.010)",
    ] == lines_of(filled(Durations(), RESULTS))


def test_a_stage_that_no_attempt_of_a_domain_reached_is_a_dash() -> None:
    """Rather than 0 seconds."""
    assert (
        "Algebra              2.00  2.00  2.00                  -    -    -"
        == lines_of(filled(Durations(), RESULTS[2:]))[1]
    )


def test_machines_get_every_stage() -> None:
    """Over all domains, and in each; stages by a name without spaces."""
    found = json_of(filled(Durations(), RESULTS))
    assert {"queued", "generation", "execution", "program_cpu", "grading"} == found["stages"].keys()
    assert {"mean": 3.0, "p50": 2.0, "p95": 5.6} == found["stages"]["generation"]
    assert 6.0 == found["domains"]["geometry"]["generation"]["mean"]


def test_time_is_drawn_against_accuracy() -> None:
    """Of each domain, the mean and the pass rate with its interval."""
    charts = [block for block in filled(Durations(), RESULTS).blocks(NOTHING) if isinstance(block, Chart)]
    assert ["times", "generation", "execution"] == [chart.kind for chart in charts]
    assert [("Algebra", 1.5, 0.5), ("Geometry", 6.0, 1.0)] == [
        (each["name"], each["seconds"], each["rate"]) for each in charts[0].data
    ]


def test_nothing_takes_no_time() -> None:
    """What was not measured has no duration."""
    section = filled(Durations(), [make_fault(completion=make_completion())])
    assert [] == list(section.blocks(NOTHING))
    assert {"stages": {}, "domains": {}} == json_of(section)
