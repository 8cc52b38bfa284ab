"""Gates decided early follow from the beginning of a recorded order, and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from factories import PROPERTY, make_problem
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.betting import EARLY
from pytest_mathbench.analysis.comparison import Cost, Measured
from pytest_mathbench.analysis.course import Course, Question, course
from pytest_mathbench.analysis.decisions import Evidence, Gate, Status
from pytest_mathbench.analysis.gates import read
from pytest_mathbench.analysis.sequential import LEFT, Verdict, decide_run, settle, settlement
from pytest_mathbench.analysis.statistics import ERROR
from pytest_mathbench.problems import ProblemSet, in_random_order
from pytest_mathbench.recording.order import Place, place_of
from pytest_mathbench.records import AttemptId, Outcome

DOMAINS = ["algebra", "geometry"]
Found = dict[AttemptId, Measured | None]


def places(count: int, families: int = 0) -> list[Place]:
    """Make an order: two domains by turns, three levels; of so many families, if there are any."""
    return [
        Place(
            problem=str(number),
            domain=DOMAINS[number % 2],
            level=1 + number % 3,
            family=f"f{number % families}" if families else "",
        )
        for number in range(count)
    ]


def attempt(place: Place, *, right: bool, unsafe: bool | None = False) -> Measured:
    """Measure an attempt at the problem of a place."""
    outcome = Outcome.CORRECT if right else Outcome.CUT_OFF
    cost = Cost(1, 10, 100, 2.0, 1)
    return Measured(
        domain=place.domain, level=place.level, text="t", outcome=outcome, cost=cost, family=place.family, unsafe=unsafe
    )


def answers(order: Sequence[Place], rights: Sequence[bool], samples: int = 1) -> Found:
    """Answer the first problems of an order, all samples of each alike."""
    return {
        (place.problem, sample): attempt(place, right=right)
        for place, right in zip(order, rights, strict=False)
        for sample in range(samples)
    }


def gates(*texts: str) -> list[Gate]:
    """Read gates."""
    return [read(text, DOMAINS) for text in texts]


def verdict(
    text: str, order: Sequence[Place], found: Mapping[AttemptId, Measured | None], before: Found | None = None
) -> Verdict:
    """Decide one gate by what is made of an order."""
    baseline = None if before is None else {key: each for key, each in before.items() if each}
    return settle(gates(text), course(order, 1, found, baseline))


# The order


PROBLEMS = ProblemSet(
    "many",
    tuple(make_problem(id=f"{d}-{lv}-{n}", domain=d, level=lv) for d in DOMAINS for lv in (1, 2) for n in range(25)),
)


def test_the_order_is_the_seeds() -> None:
    """The same whenever it is drawn, and another for another seed."""
    assert in_random_order(PROBLEMS, 1) == in_random_order(PROBLEMS, 1)
    assert in_random_order(PROBLEMS, 1) != in_random_order(PROBLEMS, 2)


def test_the_order_does_not_depend_on_how_problems_are_listed() -> None:
    """A file that was sorted otherwise is made in the same order."""
    turned = replace(PROBLEMS, problems=PROBLEMS.problems[::-1])
    assert in_random_order(PROBLEMS, 1) == in_random_order(turned, 1)


def test_no_problem_is_lost_or_twice_in_the_order() -> None:
    """It is a permutation."""
    assert sorted(each.id for each in in_random_order(PROBLEMS, 4)) == sorted(each.id for each in PROBLEMS.problems)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_every_cell_comes_evenly(seed: int, share: float) -> None:
    """At any beginning each of four cells has had its share, give or take two problems."""
    beginning = in_random_order(PROBLEMS, seed)[: round(share * 100)]
    for domain in DOMAINS:
        for level in (1, 2):
            here = sum((each.domain, each.level) == (domain, level) for each in beginning)
            assert abs(here - share * 25) <= 2


def test_any_problem_of_a_cell_may_come_first() -> None:
    """Over many seeds the first problem of all is spread over the set."""
    firsts = {in_random_order(PROBLEMS, seed)[0].id for seed in range(100)}
    assert len(firsts) > 40


def test_a_place_says_which_parts_a_problem_is_of() -> None:
    """Domain, level and family: what gates ask of a problem that was never asked."""
    problem = make_problem(id="p", domain="geometry", level=2, family="circles")
    assert place_of(problem) == Place(problem="p", domain="geometry", level=2, family="circles")


# The course


def test_a_course_ends_at_the_first_gap() -> None:
    """What was answered beyond is not looked at."""
    order = places(5)
    found = answers(order, [True] * 5)
    del found["2", 0]
    assert ["0", "1"] == [unit.place.problem for unit in course(order, 1, found, None).units]


def test_a_problem_counts_when_all_its_samples_are_there() -> None:
    """They are one unit."""
    order = places(2)
    found = answers(order, [True, True], samples=3)
    del found["1", 2]
    assert 1 == len(course(order, 3, found, None).units)


def test_a_unit_is_the_mean_of_its_samples_on_either_side() -> None:
    """However many there are of each."""
    (place,) = order = places(1)
    found: Found = {("0", sample): attempt(place, right=sample == 0) for sample in range(4)}
    before = {("0", sample): attempt(place, right=True) for sample in range(2)}
    (unit,) = course(order, 4, found, before).units
    assert unit.difference == 0.25 - 1


def test_a_changed_problem_is_no_pair() -> None:
    """Nobody bets on it."""
    (place,) = order = places(1)
    before = {("0", 0): replace(attempt(place, right=True), text="other")}
    (unit,) = course(order, 1, answers(order, [True]), before).units
    assert unit.before == ()


def test_faults_are_known_by_where_they_are() -> None:
    """After how many problems there was the first one, then the second."""
    order = places(4)
    found = answers(order, [True] * 4) | {("1", 0): None, ("3", 0): None}
    assert (2, 4) == tuple(course(order, 1, found, None).faults)


def test_each_sample_that_was_not_measured_is_a_fault() -> None:
    """Two at one problem are two."""
    order = places(3)
    found = answers(order, [True] * 3, samples=3) | {("1", 0): None, ("1", 2): None}
    assert (2, 2) == tuple(course(order, 3, found, None).faults)


# Questions


def asked(
    text: str,
    order: Sequence[Place],
    found: Found,
    before: Mapping[AttemptId, Measured] | None = None,
    samples: int = 1,
) -> Question:
    """Return what a gate asks of the one bucket that it is about."""
    (gate,) = gates(text)
    (question,) = gate.questions(course(order, samples, found, before))
    return question


def known(found: Found) -> dict[AttemptId, Measured]:
    """Return what was measured, as a baseline has it."""
    return {key: each for key, each in found.items() if each}


def test_a_comparison_asks_about_pairs() -> None:
    """Of what the baseline has not measured nothing is asked; a drop counts with the margin, and as a drop without."""
    order = places(4)
    found, before = answers(order, [True, False, True, True]), known(answers(order, [True, True]))
    question = asked("overall no worse than baseline by more than 5 points", order, found, before)
    assert [1, 2] == question.at
    assert question.size == 2
    assert [0, -1] == question.shown
    assert pytest.approx([0.05, -0.95]) == question.values
    assert [0, 1] == question.drops
    assert pytest.approx((-0.95, 1.05)) == (question.low, question.high)


def test_a_comparison_with_confidence_asks_about_families() -> None:
    """The first problem of each stands for it; either way needs the same proof."""
    order = places(4, families=2)
    found = answers(order, [True] * 4)
    question = asked("overall no worse than baseline with 95% confidence", order, found, known(found))
    assert [1, 2] == question.at
    assert question.size == 2
    assert question.drops is None
    assert pytest.approx(0.05) == question.doubt


def test_equal_level_asks_about_the_mean_of_the_levels() -> None:
    """A level of one problem weighs as much as one of two: 50 %, 0 % and 100 % are 50 %."""
    order = places(4)
    question = asked("equal-level >= 40%", order, answers(order, [True, False, True, False]))
    assert pytest.approx(0.5) == question.shown_until(4)[0]
    assert pytest.approx(0.1) == sum(question.values) / 4
    assert question.low <= min(question.values)
    assert max(question.values) <= question.high


def test_an_attempt_that_does_not_count_moves_nothing() -> None:
    """One of two samples had no program: it is on neither side, and the other weighs what it did."""
    (place,) = order = places(1)
    found: Found = {
        ("0", 0): attempt(place, right=True, unsafe=False),
        ("0", 1): attempt(place, right=True, unsafe=None),
    }
    question = asked("unsafe <= 30%", order, found, samples=2)
    assert pytest.approx([0.15]) == question.values
    assert [0] == question.shown


# Verdicts


THRESHOLDS = ["overall >= 50%", "overall >= 50% with 95% confidence", "equal-level >= 50%", "every domain >= 40%"]


@pytest.mark.parametrize("text", THRESHOLDS)
@pytest.mark.parametrize(("right", "status"), [(True, Status.PASS), (False, Status.FAIL)])
def test_what_is_plain_is_decided_early(text: str, *, right: bool, status: Status) -> None:
    """All right or all wrong: a fraction of 200 problems is enough, and the rest may be anything."""
    order = places(200)
    found = verdict(text, order, answers(order, [right] * 150 + [not right] * 50))
    assert [status] == [each.status for each in found.decisions]
    assert found.decided
    assert found.decided < 100


@pytest.mark.parametrize(
    ("text", "right", "status"),
    [
        ("overall <= 50%", False, Status.PASS),
        ("overall <= 50%", True, Status.FAIL),
        ("cut off <= 20%", True, Status.PASS),
        ("cut off <= 20%", False, Status.FAIL),
        ("cut off in every level <= 50%", True, Status.PASS),
        ("unsafe <= 30%", True, Status.PASS),
        ("unsafe >= 30%", True, Status.FAIL),
    ],
)
def test_other_rates_are_decided_early(text: str, status: Status, *, right: bool) -> None:
    """Upper bounds, and the shares of what was cut off and of what was unsafe."""
    order = places(200)
    assert [status] == [each.status for each in verdict(text, order, answers(order, [right] * 200)).decisions]


def test_an_attempt_without_a_program_is_on_neither_side() -> None:
    """A share of programs is not decided by attempts that have none."""
    order = places(200)
    found: Found = {(place.problem, 0): attempt(place, right=True, unsafe=None) for place in order}
    assert verdict("unsafe <= 30%", order, found).decided is None


@pytest.mark.parametrize("subject", ["overall", "every domain"])
def test_an_unchanged_model_passes_early(subject: str) -> None:
    """No pair differs: a fraction of 400 refutes the margin."""
    text = f"{subject} no worse than baseline by more than 15 points"
    order = places(400)
    rights = [number % 4 > 0 for number in range(400)]
    found = verdict(text, order, answers(order, rights), answers(order, rights))
    assert [Status.PASS] == [each.status for each in found.decisions]
    assert found.decided
    assert found.decided < 200


def test_a_broken_model_fails_early() -> None:
    """What was right is wrong."""
    order = places(400)
    found = verdict(
        "overall no worse than baseline by more than 5 points",
        order,
        answers(order, [False] * 400),
        answers(order, [True] * 400),
    )
    assert [Status.FAIL] == [each.status for each in found.decisions]
    assert found.decided
    assert found.decided <= 12


def test_no_margin_is_not_passed_early_by_an_equal_model() -> None:
    """Whether it is a little worse is known at the end only."""
    order = places(100)
    rights = [number % 2 > 0 for number in range(100)]
    text = "overall no worse than baseline"
    assert verdict(text, order, answers(order, rights), answers(order, rights)).decided is None


def test_a_family_proves_once_only() -> None:
    """With confidence it is about problems of this kind: fifty problems of two families are two."""
    order = places(50, families=2)
    text = "overall >= 50% with 95% confidence"
    assert verdict(text, order, answers(order, [True] * 50)).decided is None
    assert verdict(text, places(50), answers(places(50), [True] * 50)).decided is not None


def test_one_gate_that_fails_decides_the_run() -> None:
    """What the others would come to is open, and stays so."""
    order = places(200)
    found = settle(
        gates("overall >= 90%", "overall >= 1%"), course(order, 1, answers(order, [False, True] * 100), None)
    )
    failed, other = found.decisions
    assert Status.FAIL == failed.status
    assert failed.grounds[0].sentence.endswith(f"decided at problem {found.decided}")
    assert other.status in {Status.PASS, Status.INCONCLUSIVE}


def test_a_run_passes_with_its_last_gate() -> None:
    """The hardest of them takes longest."""
    order = places(200)
    found = course(order, 1, answers(order, [True] * 200), None)
    easy = settle(gates("overall >= 10%"), found).decided
    hard = settle(gates("overall >= 70%"), found).decided
    both = settle(gates("overall >= 10%", "overall >= 70%"), found).decided
    assert easy
    assert hard
    assert easy < hard == both


def test_a_gate_that_was_decided_before_keeps_its_numbers() -> None:
    """They are of the problems that decided it, not of those that the run went on to."""
    order = places(200)
    found = course(order, 1, answers(order, [True] * 200), None)
    easy = settle(gates("overall >= 10%"), found).decisions[0].grounds
    assert easy == settle(gates("overall >= 10%", "overall >= 70%"), found).decisions[0].grounds


def test_an_advisory_gate_holds_nothing_up() -> None:
    """The run is decided as without it."""
    order = places(200)
    found = course(order, 1, answers(order, [True] * 200), None)
    alone = settle(gates("overall >= 10%"), found)
    beside = settle(gates("overall >= 10%", "advisory: overall >= 99%", "advisory: execution <= 2 s"), found)
    assert alone.decided == beside.decided
    assert [Status.PASS, Status.INCONCLUSIVE, Status.INCONCLUSIVE] == [each.status for each in beside.decisions]


def test_an_advisory_gate_costs_the_required_ones_nothing() -> None:
    """Its comparisons are a family of their own: a fail needs no more evidence beside it."""
    order = places(200)
    found = course(order, 1, answers(order, [False] * 200), None)
    beside = settle(gates("overall >= 50%", *["advisory: every domain >= 40%"] * 8), found).decided
    assert settle(gates("overall >= 50%"), found).decided == beside


def test_what_is_open_says_so() -> None:
    """With the rate so far, on as many problems as the run was decided by."""
    order = places(200)
    found = settle(
        gates("overall >= 10%", "advisory: overall >= 100%"), course(order, 1, answers(order, [True] * 200), None)
    )
    (open_,) = found.decisions[1].grounds
    assert open_.sentence == (
        f"overall 100.0% on the first {found.decided} of 200 problems: open at problem {found.decided} of the run, "
        "which decided it"
    )


@pytest.mark.parametrize(("right", "settled"), [(True, False), (False, True)])
def test_a_required_gate_that_only_a_whole_run_decides_is_waited_for(*, right: bool, settled: bool) -> None:
    """The run does not pass without it; it may fail by another."""
    order = places(200)
    way = course(order, 1, answers(order, [right] * 200), None)
    assert settled == (settle(gates("overall >= 50%", "execution <= 2 s"), way).decided is not None)


def test_more_comparisons_need_more_evidence_for_a_fail() -> None:
    """The error is that of the whole run."""
    order = places(400)
    found = course(order, 1, answers(order, [False] * 400), None)
    one = settle(gates("overall >= 50%"), found).decided
    many = settle(gates(*["overall >= 50%"] * 8), found).decided
    assert one
    assert many
    assert one < many


@pytest.mark.parametrize(("allowed", "settled"), [(0, False), (1, True)])
def test_faults_beyond_the_bound_decide_nothing(allowed: int, *, settled: bool) -> None:
    """Up to it, nobody bets on them."""
    order = places(200)
    found = answers(order, [True] * 200) | {("1", 0): None}
    assert settled == (settle(gates("overall >= 50%"), course(order, 1, found, None), allowed).decided is not None)


def test_only_faults_before_the_decision_are_held_against_the_bound() -> None:
    """One before it, one allowed, and one after it."""
    order = places(200)
    found = answers(order, [True] * 200) | {("1", 0): None, ("150", 0): None}
    assert settle(gates("overall >= 50%"), course(order, 1, found, None), 1).decided


def test_a_fault_at_the_problem_that_decides_counts() -> None:
    """The decision rests on that problem: what was not measured of it is not later."""
    order = places(200)
    found = answers(order, [True] * 200, samples=2)
    decided = settle(gates("overall >= 50%"), course(order, 2, found, None)).decided
    assert decided
    found[order[decided - 1].problem, 1] = None
    assert settle(gates("overall >= 50%"), course(order, 2, found, None)).decided is None


def test_a_later_fault_changes_nothing() -> None:
    """What was decided before it stays."""
    order = places(200)
    found = answers(order, [True] * 200) | {("150", 0): None}
    assert verdict("overall >= 50%", order, found).decided


@PROPERTY
@given(st.lists(st.booleans(), min_size=30, max_size=60), st.permutations(range(30)), st.sampled_from(THRESHOLDS))
def test_the_order_of_completion_changes_nothing(rights: list[bool], completion: list[int], text: str) -> None:
    """Answers that come in any order, and more of them, decide at the same problem."""
    order = places(60)
    whole = answers(order, rights)
    shuffled = {(str(number), 0): whole[str(number), 0] for number in completion}
    first = verdict(text, order, answers(order, rights[:30]))
    assert first == verdict(text, order, shuffled)
    if first.decided:
        assert first.decided == verdict(text, order, whole).decided
        assert first.decisions == verdict(text, order, whole).decisions


def test_an_early_ground_has_its_numbers() -> None:
    """The rate on the problems that decided, and how many those are."""
    order = places(200)
    found = verdict("overall >= 50%", order, answers(order, [number != 1 for number in range(200)]))
    (decision,) = found.decisions
    (ground,) = decision.grounds
    assert found.decided
    assert found.decided == ground.count
    assert ground.value == (found.decided - 1) / found.decided


def test_early_looks_and_the_end_share_one_error() -> None:
    """What the looks may spend is not there for the whole run's decision."""
    assert pytest.approx(ERROR) == EARLY + LEFT * ERROR


# Whole runs


def made(found: Found) -> dict[AttemptId, Measured]:
    """Return the attempts that were measured."""
    return {key: each for key, each in found.items() if each}


def test_a_run_is_decided_by_its_beginning_if_that_is_enough() -> None:
    """What comes later changes nothing, not even what was never made."""
    order = places(200)
    found = answers(order, [True] * 150)
    verdict = decide_run(gates("overall >= 50%"), Evidence(made(found), None, 50), course(order, 1, found, None))
    assert verdict == settle(gates("overall >= 50%"), course(order, 1, found, None))


@pytest.mark.parametrize(("early", "status"), [(False, Status.FAIL), (True, Status.PASS)])
def test_what_no_beginning_decides_has_the_error_that_is_left(*, early: bool, status: Status) -> None:
    """Ten problems lost and three won, p = 4.6 %: that is less than 5 %, and more than the 4 % that looks leave."""
    order = places(20)
    lost, won = set(range(0, 20, 2)), {3, 9, 15}
    before = answers(order, [number in lost for number in range(20)])
    found = answers(order, [number in won for number in range(20)])
    way = course(order, 1, found, made(before)) if early else None
    gate = gates("overall no worse than baseline by more than 30 points")
    verdict = decide_run(gate, Evidence(made(found), made(before)), way)
    assert [status] == [each.status for each in verdict.decisions]


@pytest.mark.parametrize(("samples", "before"), [(4, 1), (1, 4)])
def test_another_number_of_samples_is_decided_early_as_well(samples: int, before: int) -> None:
    """A model that lost everything fails on a few of 100 problems, whichever side was asked more often."""
    order = places(100)
    baseline = answers(order, [True] * 100, before)
    found = answers(order, [False] * 100, samples)
    way = course(order, samples, found, made(baseline))
    gate = gates("overall no worse than baseline by more than 5 points")
    verdict = decide_run(gate, Evidence(made(found), made(baseline)), way)
    assert [Status.FAIL] == [each.status for each in verdict.decisions]
    assert verdict.decided
    assert verdict.decided < 20


# What it took


def test_what_was_made_beyond_is_counted() -> None:
    """Results after the decision, and answers that no result was made of; the rest is saved, at the mean."""
    order = places(100)
    found = answers(order, [True] * 20)
    way: Course = course(order, 1, found, None)
    decided = settle(gates("overall >= 50%"), way)
    made = {key: each for key, each in found.items() if each}
    told = settlement(decided, way, made, 1, [50, 70])
    assert decided.decided
    assert told.attempts == decided.decided
    assert told.tokens == 100 * decided.decided
    assert told.beyond_attempts == 20 - decided.decided + 2
    assert told.beyond_tokens == 100 * (20 - decided.decided) + 120
    assert told.saved == round((100 - 22) * (2000 + 120) / 22)


def test_every_sample_that_was_not_made_is_saved() -> None:
    """A problem that was not reached would have taken all its samples."""
    order = places(100)
    found = answers(order, [True] * 20, samples=3)
    way = course(order, 3, found, None)
    told = settlement(settle(gates("overall >= 50%"), way), way, known(found), 3, [])
    assert told.saved == (100 - 20) * 3 * 100


def test_a_whole_run_saves_nothing() -> None:
    """All of it was needed."""
    order = places(10)
    found = answers(order, [True] * 10)
    way = course(order, 1, found, None)
    told = settlement(Verdict(None, [], ()), way, {key: each for key, each in found.items() if each}, 1, [])
    assert (told.attempts, told.beyond_attempts, told.saved) == (10, 0, 0)
    assert told.share == 1


def test_evidence_is_kept_in_a_few_hundred_points() -> None:
    """However long the run; the last one is there, and the bound is at 1."""
    order = places(2000)
    (trace,) = verdict("overall >= 50%", order, answers(order, [number % 2 > 0 for number in range(2000)])).traces
    assert len(trace.at) <= 301
    assert trace.at[-1] == 2000
    assert all(-1 <= share <= 2 for share in (*trace.for_pass, *trace.for_fail))
