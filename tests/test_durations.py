"""Durations are of the stages that measured attempts came to."""

from factories import make_completion, make_execution, make_fault, make_grade, make_problem, make_result

from pytest_mathbench.analysis.durations import DurationTally, Stage
from pytest_mathbench.analysis.statistics import Spread
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import ItemResult, Judgement, Outcome


def tally(*results: ItemResult) -> DurationTally:
    """Add results up."""
    found = DurationTally()
    for result in results:
        found.add(result)
    return found


RESULTS = (
    make_result(problem=make_problem(domain=Domain.GEOMETRY), completion=make_completion(seconds=6.0)),
    make_result(
        completion=make_completion(seconds=1.0, queued_seconds=100.5), execution=make_execution(cpu_seconds=3.0)
    ),
    make_result(Outcome.NO_PROGRAM, completion=make_completion(seconds=2.0), execution=None, grade=None),
    make_fault(completion=make_completion(seconds=1000.0)),
)


def test_durations_are_of_the_stages_that_were_reached() -> None:
    """Model time is of every completion, CPU time of every program; what was not measured has none."""
    assert {
        Stage.QUEUED: Spread(50.5, 50.5, 95.5),
        Stage.GENERATION: Spread(1.5, 1.5, 1.95),
        Stage.EXECUTION: Spread(0.3, 0.3, 0.3),
        Stage.PROGRAM_CPU: Spread(3.0, 3.0, 3.0),
        Stage.GRADING: Spread(0.01, 0.01, 0.01),
    } == tally(*RESULTS).domains[Domain.ALGEBRA]


def test_domains_are_pooled_by_attempts() -> None:
    """The spread over all is of all attempts, and not of domains."""
    found = tally(*RESULTS)
    assert [Domain.ALGEBRA, Domain.GEOMETRY] == list(found.domains)
    assert Spread(3.0, 2.0, 5.6) == found.overall[Stage.GENERATION]


def test_the_time_to_the_first_token_is_of_streamed_completions() -> None:
    """A completion that was not streamed has no first token: it adds nothing to that stage, and no less to others."""
    results = [make_result(completion=make_completion(first_token_seconds=first)) for first in (0.5, None, 1.5)]
    found = tally(*results).overall
    assert [stage for stage in Stage if stage != Stage.JUDGING] == list(found)
    assert Spread(1.0, 1.0, 1.45) == found[Stage.FIRST_TOKEN]
    assert Spread(2.0, 2.0, 2.0) == found[Stage.GENERATION]


def test_a_judge_takes_time() -> None:
    """As long as its judgement says."""
    grade = make_grade(judgement=Judgement(rating=5, seconds=1.25))
    assert Spread(1.25, 1.25, 1.25) == tally(make_result(grade=grade)).overall[Stage.JUDGING]


def test_nothing_takes_no_time() -> None:
    """No stage, rather than stages of 0 seconds."""
    assert {} == tally().overall
    assert {} == tally(make_fault()).domains
