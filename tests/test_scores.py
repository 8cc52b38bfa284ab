"""Results add up to a report, whatever their order."""

import random
from collections import Counter
from collections.abc import Mapping

import pytest
from factories import PROPERTY, make_completion, make_execution, make_fault, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.scores import Judged, Score, Stage, Tally, report
from pytest_mathbench.analysis.statistics import Spread
from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.records import UNDECIDED, Grade, ItemResult, Judgement, Outcome, Ruling
from pytest_mathbench.verdicts import Verdict

PROBLEMS = st.builds(
    make_problem,
    id=st.text("ab1-", min_size=1, max_size=4),
    domain=st.sampled_from(Domain),
    level=st.sampled_from(LEVELS),
)
RESULTS = st.lists(
    st.builds(make_result, st.sampled_from(Outcome), problem=PROBLEMS)
    | st.builds(make_fault, st.sampled_from(["the server died", "no sandbox"]), problem=PROBLEMS),
    max_size=20,
)


@pytest.mark.parametrize(
    ("score", "rate"), [(Score(), None), (Score(0, 4), 0.0), (Score(3, 4), 0.75), (Score(4, 4), 1.0)]
)
def test_a_rate_is_the_correct_part(score: Score, rate: float | None) -> None:
    """The pass rate is correct over measured, and nothing where nothing was measured."""
    assert rate == score.rate


def test_pooled_scores_weigh_items_equally() -> None:
    """Pooling adds items up; it does not average rates."""
    assert Score(91, 110) == Score(1, 10) + Score(90, 100)


@PROPERTY
@given(RESULTS)
def test_outcomes_and_faults_add_up_to_the_results(results: list[ItemResult]) -> None:
    """Every result is counted once: under its outcome, or as a fault outside the score."""
    found = report(results)
    outcomes = Counter(result.outcome for result in results if result.outcome)
    assert {outcome: outcomes[outcome] for outcome in Outcome} == found.outcomes
    assert sum(found.outcomes.values()) == found.total.measured == len(results) - len(found.faults)
    assert found.outcomes[Outcome.CORRECT] == found.total.correct
    assert [(result.problem.id, result.fault) for result in results if result.fault] == found.faults


@PROPERTY
@given(RESULTS, st.none() | st.sampled_from(Domain), st.none() | st.sampled_from(LEVELS))
def test_a_pooled_score_is_the_sum_of_its_cells(
    results: list[ItemResult], domain: Domain | None, level: int | None
) -> None:
    """The score of a domain, a level, both or neither counts the items of these."""
    inside = [
        result
        for result in results
        if domain in {None, result.problem.domain} and level in {None, result.problem.level}
    ]
    found = report(results)
    assert report(inside).total == found.score(domain, level)
    assert sum(found.cells.values(), Score()) == found.total


@PROPERTY
@given(RESULTS, st.integers())
def test_the_order_of_results_does_not_matter(results: list[ItemResult], seed: int) -> None:
    """Workers finish in any order: the report is the same, faults' order apart."""
    shuffled = random.Random(seed).sample(results, len(results))  # noqa: S311 - no secret
    one, other = report(results), report(shuffled)
    assert (one.cells, one.outcomes, one.durations) == (other.cells, other.outcomes, other.durations)
    assert sorted(one.faults) == sorted(other.faults)


@PROPERTY
@given(RESULTS)
def test_a_fault_changes_no_score(results: list[ItemResult]) -> None:
    """What was not measured is neither right nor wrong, and has no duration."""
    measured = [result for result in results if result.outcome]
    found, expected = report(results), report(measured)
    assert (expected.cells, expected.durations) == (found.cells, found.durations)


def test_only_measured_cells_are_in_the_report() -> None:
    """A cell of which nothing was measured is no cell with the rate 0."""
    results = [make_result(), make_fault(problem=make_problem(level=2))]
    assert {(Domain.ALGEBRA, 1): Score(1, 1)} == report(results).cells


def test_durations_are_of_the_stages_that_were_reached() -> None:
    """Model time is of every completion, CPU time of every program: an item without a stage adds nothing to it."""
    results = [
        make_result(
            completion=make_completion(seconds=1.0, queued_seconds=100.5), execution=make_execution(cpu_seconds=3.0)
        ),
        make_result(Outcome.NO_PROGRAM, completion=make_completion(seconds=2.0), execution=None, grade=None),
        make_result(problem=make_problem(domain=Domain.GEOMETRY), completion=make_completion(seconds=6.0)),
        make_fault(completion=make_completion(seconds=1000.0)),
    ]
    found = report(results)
    assert [Domain.ALGEBRA, Domain.GEOMETRY] == list(found.durations)
    assert {
        Stage.QUEUED: Spread(50.5, 50.5, 95.5),
        Stage.GENERATION: Spread(1.5, 1.5, 1.95),
        Stage.EXECUTION: Spread(0.3, 0.3, 0.3),
        Stage.PROGRAM_CPU: Spread(3.0, 3.0, 3.0),
        Stage.GRADING: Spread(0.01, 0.01, 0.01),
    } == found.durations[Domain.ALGEBRA]
    assert Spread(3.0, 2.0, 5.6) == found.overall_durations[Stage.GENERATION]


def test_the_time_to_the_first_token_is_of_streamed_completions() -> None:
    """A completion that was not streamed has no first token: it adds nothing to that stage, and to no other less."""
    results = [make_result(completion=make_completion(first_token_seconds=first)) for first in (0.5, None, 1.5)]
    found = report(results).overall_durations
    assert [stage for stage in Stage if stage != Stage.JUDGING] == list(found)
    assert (Spread(1.0, 1.0, 1.45), Spread(2.0, 2.0, 2.0)) == (found[Stage.FIRST_TOKEN], found[Stage.GENERATION])


def test_asides_are_counted() -> None:
    """Cut-off completions, undecided grades and tokens are counted over all results that have them."""
    results = [
        make_result(Outcome.NO_PROGRAM, completion=make_completion(finish_reason="length"), grade=None),
        make_result(Outcome.WRONG, grade=make_grade(correct=False, rule="undecided")),
        make_result(),
        make_fault(completion=make_completion(prompt_tokens=3, completion_tokens=5)),
        make_fault(),
    ]
    found = report(iter(results))
    assert (1, 1, 33, 65) == (found.truncated, found.undecided, found.prompt_tokens, found.completion_tokens)


def test_what_programs_tried_is_counted_by_kind() -> None:
    """Of the programs that were run, those that tried something are counted once, and once for each kind."""
    executions = [
        make_execution(),
        make_execution(unsafe={"network": "socket"}, echoed=True),
        make_execution(unsafe={"network": "socket", "read": "open /etc/passwd"}),
    ]
    found = report([*(make_result(execution=execution) for execution in executions), make_fault()])
    assert (3, 2, {"network": 2, "read": 1}, 1) == (
        found.programs,
        found.unsafe_programs,
        found.unsafe,
        found.echoed,
    )


def test_no_results_give_an_empty_report() -> None:
    """A run that was stopped before its first item has a report too."""
    found = report([])
    assert ({}, Score(), {}, {}, {}, []) == (
        found.cells,
        found.total,
        found.sampled,
        found.durations,
        found.overall_durations,
        found.faults,
    )


# A person's word


def rulings(*attempts: tuple[str, int, bool]) -> Mapping[tuple[str, int], Ruling]:
    """Rule on attempts: problem, sample, whether it is right."""
    return {
        (problem, sample): Ruling(problem=problem, sample=sample, correct=correct, who="Ada", when="", why="I looked")
        for problem, sample, correct in attempts
    }


def test_a_ruling_overrules_the_outcome_and_is_counted() -> None:
    """A person's word counts in scores and outcomes, whatever was measured; what it changed is told apart."""
    results = [
        make_result(problem=make_problem(id="right")),
        make_result(problem=make_problem(id="too good"), sample=1),
        make_result(Outcome.WRONG, problem=make_problem(id="notation", level=2)),
        make_result(Outcome.WRONG, problem=make_problem(id="units", level=2)),
        make_result(Outcome.CRASHED, problem=make_problem(id="last words", level=2), grade=None),
    ]
    decided = [("too good", 1, False), ("notation", 0, True), ("units", 0, True), ("last words", 0, True)]
    found = report(results, rulings=rulings(*decided))
    assert {(Domain.ALGEBRA, 1): Score(1, 2), (Domain.ALGEBRA, 2): Score(3, 3)} == found.cells
    assert dict.fromkeys(Outcome, 0) | {Outcome.CORRECT: 4, Outcome.WRONG: 1} == found.outcomes
    assert {
        (Outcome.CORRECT, Outcome.WRONG): 1,
        (Outcome.WRONG, Outcome.CORRECT): 2,
        (Outcome.CRASHED, Outcome.CORRECT): 1,
    } == found.overruled


@pytest.mark.parametrize("outcome", Outcome)
def test_a_ruling_that_agrees_changes_nothing(outcome: Outcome) -> None:
    """Who confirms what was measured overrules nothing, and what was no answer stays what it was."""
    results = [make_result(outcome, problem=make_problem(id="a"))]
    expected, found = report(results), report(results, rulings=rulings(("a", 0, outcome == Outcome.CORRECT)))
    assert (expected, {}) == (found, found.overruled)


def test_a_ruling_holds_for_its_attempt_only() -> None:
    """Other samples, other problems and items that were not measured are as they were."""
    results = [
        make_result(Outcome.WRONG, problem=make_problem(id="a")),
        make_result(Outcome.WRONG, problem=make_problem(id="a"), sample=2),
        make_result(Outcome.WRONG, problem=make_problem(id="b"), sample=1),
        make_fault("the server died", problem=make_problem(id="a"), sample=1),
    ]
    found = report(results, rulings=rulings(("a", 1, True), ("c", 0, True)))
    assert (report(results), {}) == (found, found.overruled)


def test_rulings_count_among_samples_and_families() -> None:
    """A person's word is in the rates over samples, and in the gap between bundled and fresh problems."""
    bundled, fresh = (make_problem(id=name, family="f", variant=variant) for name, variant in (("old", 0), ("new", 7)))
    results = [
        make_result(Outcome.WRONG, problem=problem, sample=number) for problem in (bundled, fresh) for number in (0, 1)
    ]
    before, after = report(results, 2), report(results, 2, rulings(("old", 1, True)))
    assert (0.0, 0.5) == (before.sampled_score().pass_at_1, after.sampled_score().pass_at_1)
    assert (0.0, 1.0) == (before.sampled_score().pass_at_k, after.sampled_score().pass_at_k)
    assert before.gap is not None
    assert after.gap is not None
    assert ((0, 2), (1, 2), (0, 2)) == (before.gap.bundled, after.gap.bundled, after.gap.fresh)


@PROPERTY
@given(RESULTS, st.dictionaries(st.text("ab1-", min_size=1, max_size=4), st.booleans()))
def test_rulings_move_items_and_lose_none(results: list[ItemResult], said: dict[str, bool]) -> None:
    """Every measured item is counted once still; the correct ones are those that a person or else the run has so."""
    found = report(results, rulings=rulings(*((name, 0, correct) for name, correct in said.items())))
    measured = [result for result in results if result.outcome]
    correct = sum(said.get(result.problem.id, result.outcome == Outcome.CORRECT) for result in measured)
    assert (Score(correct, len(measured)), sum(found.outcomes.values())) == (found.total, len(measured))
    gained = sum(number for (_, after), number in found.overruled.items() if after == Outcome.CORRECT)
    lost = sum(number for (before, _), number in found.overruled.items() if before == Outcome.CORRECT)
    assert report(results).total.correct + gained - lost == correct
    assert report(results).verdicts == found.verdicts


# Strict, lenient, judge

JUDGEMENTS = st.builds(
    Judgement, rating=st.integers(1, 5), prompt_tokens=st.integers(0, 9), completion_tokens=st.integers(0, 9)
) | st.builds(Judgement, fault=st.just("no rating"), prompt_tokens=st.integers(0, 9))


def graded(grade: Grade | None, **fields: str | int) -> ItemResult:
    """Make a result with this grade; the strict verdict is its outcome."""
    outcome = Outcome.CRASHED if grade is None else Outcome.CORRECT if grade.strict else Outcome.WRONG
    return make_result(outcome, problem=make_problem(**fields), grade=grade)


@st.composite
def graded_results(draw: st.DrawFn, which: str) -> list[ItemResult]:
    """Draw results as a run grades them: what is strictly right is leniently right; the judge is asked as said."""
    results = []
    for strict, lenient, reached, judgement in draw(
        st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans(), JUDGEMENTS), max_size=20)
    ):
        is_asked = which == "all" or (which == "fallback" and not strict)
        grade = make_grade(strict=strict, lenient=strict or lenient, judgement=judgement if is_asked else None)
        results.append(graded(grade if reached else None, domain=draw(st.sampled_from(Domain))))
    return results


@PROPERTY
@given(
    st.sampled_from(["off", "fallback", "all"]).flatmap(lambda which: st.tuples(st.just(which), graded_results(which)))
)
def test_the_strict_score_is_the_low_end_of_the_interval(drawn: tuple[str, list[ItemResult]]) -> None:
    """Strict and lenient score the same items, and no fewer are leniently right; nor by a judge of last resort."""
    which, results = drawn
    found = report(results)
    scores = [found.verdicts.get(verdict, Score()) for verdict in Verdict]
    strict, lenient, judge = scores
    assert found.total == strict
    assert (strict.measured, True) == (lenient.measured, strict.correct <= lenient.correct)
    assert strict.measured == judge.measured + found.judged.faults
    if which == "off":
        assert (strict, Judged()) == (judge, found.judged)
    if which == "fallback":
        assert strict.correct <= judge.correct


def test_each_verdict_has_its_score() -> None:
    """What crashed is wrong by all; what no judge was asked about is as strict symbols say; no rating is no item."""
    results = [
        graded(make_grade()),
        graded(make_grade(correct=False, lenient=True)),
        graded(make_grade(correct=False, lenient=True, judgement=Judgement(rating=2))),
        graded(make_grade(correct=False, judgement=Judgement(rating=4))),
        graded(make_grade(judgement=Judgement(rating=3))),
        graded(make_grade(judgement=Judgement(fault="no rating"))),
        graded(None),
        make_fault(),
    ]
    expected = {Verdict.STRICT: Score(3, 7), Verdict.LENIENT: Score(5, 7), Verdict.JUDGE: Score(2, 6)}
    assert expected == report(results).verdicts


def test_judge_and_symbols_are_held_against_each_other() -> None:
    """The four kinds of agreement, faults, ratings by domain and costs are added up; 4 and 5 are the judge's yes."""
    said = [
        (True, Judgement(rating=5, prompt_tokens=1, completion_tokens=10, seconds=0.5), Domain.GEOMETRY),
        (True, Judgement(rating=4, prompt_tokens=2, completion_tokens=20, seconds=0.25), Domain.ALGEBRA),
        (True, Judgement(rating=3), Domain.ALGEBRA),
        (False, Judgement(rating=4), Domain.ALGEBRA),
        (False, Judgement(rating=1), Domain.ALGEBRA),
        (False, Judgement(rating=2), Domain.GEOMETRY),
        (False, Judgement(rating=1), Domain.ALGEBRA),
        (False, Judgement(fault="no rating", prompt_tokens=4, completion_tokens=40, seconds=1.0), Domain.ALGEBRA),
        (True, None, Domain.ALGEBRA),
    ]
    found = report(
        graded(make_grade(correct=strict, judgement=judgement), domain=domain) for strict, judgement, domain in said
    ).judged
    expected = Judged(
        both=2,
        only_judge=1,
        only_symbols=1,
        neither=3,
        faults=1,
        ratings={Domain.ALGEBRA: {1: 2, 3: 1, 4: 2}, Domain.GEOMETRY: {2: 1, 5: 1}},
        prompt_tokens=7,
        completion_tokens=70,
        seconds=1.75,
    )
    assert (expected, [Domain.ALGEBRA, Domain.GEOMETRY]) == (found, list(found.ratings))
    assert (7, pytest.approx(5 / 7), pytest.approx(5 / 12)) == (found.rated, found.agreement, found.kappa)


@pytest.mark.parametrize(
    ("judged", "rated", "agreement", "kappa"),
    [
        (Judged(), 0, 0.0, None),
        (Judged(faults=3), 0, 0.0, None),
        (Judged(both=3), 3, 1.0, None),
        (Judged(both=3, neither=1), 4, 1.0, 1.0),
        (Judged(both=3, only_judge=1), 4, 0.75, 0.0),
        (Judged(only_judge=2, only_symbols=2), 4, 0.0, -1.0),
    ],
    ids=["nothing", "faults", "all right", "agreed", "flattered", "opposed"],
)
def test_agreement_is_of_what_was_rated(judged: Judged, rated: int, agreement: float, kappa: float | None) -> None:
    """What has no rating is no disagreement; a judge that flatters everything agrees no more than by chance."""
    assert (rated, agreement, kappa) == (judged.rated, judged.agreement, judged.kappa)


@PROPERTY
@given(graded_results("all"))
def test_every_judgement_is_counted_once(results: list[ItemResult]) -> None:
    """Each is a fault or in one field of the table, and the ratings by domain are as many as the table holds."""
    judgements = [result.grade.judgement for result in results if result.grade and result.grade.judgement]
    found = report(results).judged
    assert len(judgements) == found.rated + found.faults
    assert found.rated == sum(sum(counts.values()) for counts in found.ratings.values())
    passed = sum(number for counts in found.ratings.values() for rating, number in counts.items() if rating >= 4)
    assert found.both + found.only_judge == passed
    assert (
        sum(judgement.prompt_tokens for judgement in judgements),
        sum(judgement.completion_tokens for judgement in judgements),
    ) == (found.prompt_tokens, found.completion_tokens)


def test_a_tally_tells_what_it_has_so_far() -> None:
    """A report is had at any time, and a ruling holds for what comes after it as well."""
    tally = Tally(rulings=rulings(("b", 0, True)))
    tally.add(make_result(Outcome.WRONG, problem=make_problem(id="a")))
    first = tally.report()
    tally.add(make_result(Outcome.WRONG, problem=make_problem(id="b")))
    assert (Score(0, 1), {}) == (first.total, first.overruled)
    assert (2, Score(1, 2), {(Outcome.WRONG, Outcome.CORRECT): 1}) == (
        len(tally),
        tally.report().total,
        tally.report().overruled,
    )


def test_an_undecided_answer_that_counts_as_right_has_a_vote() -> None:
    """By a judge's verdict, what symbols could not decide may be right: the majority counts it so."""
    grade = make_grade(correct=False, rule=UNDECIDED, judgement=Judgement(rating=5))
    found = report([make_result(Outcome.CORRECT, grade=grade, sample=sample) for sample in range(2)], 2)
    assert 1.0 == found.sampled_score().majority
