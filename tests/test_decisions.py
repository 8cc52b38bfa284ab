"""The decision on each gate follows from the numbers, by the rule that its form states."""

from collections.abc import Mapping
from dataclasses import replace
from math import comb

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.analysis.comparison import Cost, Measured
from pytest_mathbench.analysis.decisions import (
    Decision,
    Evidence,
    Ground,
    Significance,
    Status,
    decide,
    overall,
    statuses,
    undecided,
)
from pytest_mathbench.analysis.gates import read
from pytest_mathbench.analysis.statistics import ERROR, holm, worse_by_chance
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import AttemptId, Outcome

DOMAINS = list(map(str, Domain))
Attempts = dict[AttemptId, Measured]


def run(right: int, wrong: int, domain: str = "algebra", level: int = 1, **fields: object) -> Attempts:
    """Attempts at one cell, the right ones first."""
    attempt = Measured(
        domain=domain, level=level, text="t", outcome=Outcome.CORRECT, cost=Cost(1, 10, 100, 2.0, 1), unsafe=False,
        execution_seconds=0.5, program_seconds=0.25,
    )  # fmt: skip
    made = {}
    for number in range(right + wrong):
        outcome = Outcome.CORRECT if number < right else Outcome.WRONG
        made[f"{domain}-{level}-{number}", 0] = replace(attempt, outcome=outcome, **fields)  # type: ignore[arg-type]
    return made


def changed(before: Attempts, lost: int, won: int) -> Attempts:
    """Return another run of the same attempts, of which the first that were right are lost and others won."""
    rights = [key for key, each in before.items() if each.correct][:lost]
    wrongs = [key for key, each in before.items() if not each.correct][:won]
    after = dict(before)
    after |= {key: replace(before[key], outcome=Outcome.WRONG) for key in rights}
    after |= {key: replace(before[key], outcome=Outcome.CORRECT) for key in wrongs}
    return after


def sampled(attempts: Attempts, samples: int) -> Attempts:
    """Repeat every attempt as so many samples of its problem."""
    return {(name, sample): each for (name, _), each in attempts.items() for sample in range(samples)}


def decided(
    text: str, attempts: Mapping[AttemptId, Measured], baseline: Mapping[AttemptId, Measured] | None = None
) -> Decision:
    """Decide one gate."""
    (decision,) = decide([read(text, DOMAINS)], Evidence(attempts, baseline))
    return decision


def ground(
    text: str, attempts: Mapping[AttemptId, Measured], baseline: Mapping[AttemptId, Measured] | None = None
) -> Ground:
    """Decide one gate that has one ground."""
    (found,) = decided(text, attempts, baseline).grounds
    return found


# Thresholds


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("overall >= 60%", Status.PASS),
        ("overall >= 60.1%", Status.FAIL),
        ("overall <= 60%", Status.PASS),
        ("overall <= 59.9%", Status.FAIL),
        ("algebra/level1 >= 60%", Status.PASS),
        ("level1 >= 61%", Status.FAIL),
        ("algebra >= 60%", Status.PASS),
        ("geometry >= 1%", Status.INCONCLUSIVE),
        ("overall >= 40% with 95% confidence", Status.PASS),
        ("overall >= 55% with 95% confidence", Status.INCONCLUSIVE),
        ("overall >= 80% with 95% confidence", Status.FAIL),
        ("overall <= 80% with 95% confidence", Status.PASS),
        ("overall <= 65% with 95% confidence", Status.INCONCLUSIVE),
        ("overall <= 40% with 95% confidence", Status.FAIL),
        ("equal-level >= 60%", Status.PASS),
        ("equal-level >= 61%", Status.FAIL),
        ("equal-level >= 55% with 95% confidence", Status.INCONCLUSIVE),
        ("unsafe <= 1%", Status.PASS),
        ("unsafe >= 1%", Status.FAIL),
        ("unsafe <= 1% with 95% confidence", Status.INCONCLUSIVE),
        ("execution p95 <= 0.5 s", Status.PASS),
        ("execution p95 <= 0.4 s", Status.FAIL),
        ("execution >= 0.5 s", Status.PASS),
        ("execution >= 0.6 s", Status.FAIL),
        ("generation <= 2 s", Status.PASS),
        ("program CPU median <= 0.25 s", Status.PASS),
        ("program CPU median <= 0.24 s", Status.FAIL),
        ("tokens per problem <= 100", Status.PASS),
        ("tokens per problem <= 99", Status.FAIL),
    ],
)
def test_thresholds(text: str, status: Status) -> None:
    """60 of 100 are right: the point decides, or with confidence the bound."""
    assert status == decided(text, run(60, 40)).status


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "overall >= 50%",
            Ground(
                status=Status.PASS, subject="overall", value=0.6, count=100, low=0.502003, high=0.690599,
                sentence="overall 60.0% (60/100), 95% interval 50.2% to 69.1%, for problems of this kind",
            ),
        ),
        (
            "algebra >= 50% with 99.5% confidence",
            Ground(
                status=Status.INCONCLUSIVE, subject="algebra", value=0.6, count=100, low=0.471419, high=0.716137,
                sentence="algebra 60.0% (60/100), with 99.5% confidence above 47.1%, and below 71.6%, "
                "for problems of this kind",
            ),
        ),
        (
            "equal-level >= 50%",
            Ground(
                status=Status.PASS, subject="equal-level", value=0.6, count=1, low=0.504851, high=0.695149,
                sentence="mean of 1 level 60.0%, 95% interval 50.5% to 69.5%, for problems of this kind",
            ),
        ),
        (
            "execution <= 2 s",
            Ground(status=Status.PASS, subject="execution mean", value=0.5, count=100, sentence="execution mean 0.5 s"),
        ),
        (
            "tokens per problem <= 2",
            Ground(
                status=Status.FAIL, subject="tokens per problem", value=100.0, count=100,
                sentence="tokens per problem 100",
            ),
        ),
        (
            "level4 >= 50%",
            Ground(status=Status.INCONCLUSIVE, subject="level4", sentence="level4: nothing was measured"),
        ),
    ],
)  # fmt: skip
def test_a_ground_holds_the_numbers_and_says_them(text: str, expected: Ground) -> None:
    """Value, bounds and count for machines, and a sentence of the same for people."""
    found = ground(text, run(60, 40))
    value, low, high = (None if each is None else round(each, 6) for each in (found.value, found.low, found.high))
    assert expected == replace(found, value=value, low=low, high=high)


def test_every_bucket_must_hold() -> None:
    """One domain below fails the gate, and each has a ground with its own status."""
    decision = decided("every domain >= 50%", run(9, 1) | run(1, 9, domain="geometry"))
    assert Status.FAIL == decision.status
    assert ["algebra", "geometry"] == [each.subject for each in decision.grounds]
    assert [Status.PASS, Status.FAIL] == [each.status for each in decision.grounds]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("every level >= 1%", ["level1", "level2"]),
        ("every bucket >= 1%", ["algebra/level1", "algebra/level2", "geometry/level2"]),
    ],
)
def test_every_is_of_what_was_measured(text: str, subjects: list[str]) -> None:
    """In the order of reports."""
    attempts = run(1, 0, domain="geometry", level=2) | run(1, 0, level=2) | run(1, 0)
    assert subjects == [each.subject for each in decided(text, attempts).grounds]


def test_a_domain_may_have_any_name() -> None:
    """A data set's own, with a slash in it, is decided as any other."""
    attempts = run(1, 1, domain="Algebra/Linear")
    (found,) = decide([read("every domain >= 50%", ["Algebra/Linear"])], Evidence(attempts))
    assert ["Algebra/Linear"] == [each.subject for each in found.grounds]
    assert Status.PASS == found.status


def test_levels_weigh_the_same_in_equal_level() -> None:
    """A level of few problems counts as much as one of many."""
    assert 0.5 == ground("equal-level >= 50%", run(90, 0) | run(0, 10, level=2)).value


def test_the_interval_of_equal_level_is_of_the_mean() -> None:
    """Each level's variance is its own, and that of their mean the sum over the square of their number."""
    found = ground("equal-level >= 50%", run(60, 40) | run(30, 70, level=2))
    assert found.low == pytest.approx(0.45 - 1.959964 * 0.033282, abs=1e-6)
    assert found.high == pytest.approx(0.45 + 1.959964 * 0.033282, abs=1e-6)
    assert found.sentence == "mean of 2 levels 45.0%, 95% interval 38.5% to 51.5%, for problems of this kind"


@pytest.mark.parametrize(("right", "bound"), [(3, 1.0), (0, 0.0)])
def test_the_bounds_of_equal_level_are_rates(right: int, bound: float) -> None:
    """However few problems a level has, no mean is above 100 % or below 0 %."""
    found = ground("equal-level >= 50%", run(right, 3 - right) | run(right, 3 - right, level=2))
    assert bound in {found.low, found.high}


def test_unsafe_counts_programs() -> None:
    """An attempt without a program is not among those that could have been unsafe."""
    found = ground("unsafe <= 50%", run(1, 0, unsafe=True) | run(0, 3, level=2) | run(0, 5, level=3, unsafe=None))
    assert 0.25 == found.value
    assert 4 == found.count


def test_cut_off_counts_attempts_of_a_bucket() -> None:
    """Of all that was measured there; a wrong answer within the limit is none."""
    attempts = run(2, 1) | run(3, 0, level=2)
    attempts["cut", 0] = replace(next(iter(run(0, 1).values())), outcome=Outcome.CUT_OFF)
    assert 1 / 7 == ground("cut off <= 1%", attempts).value
    assert "cut off 14.3% (1/7), 95% interval" in ground("cut off <= 1%", attempts).sentence
    assert 0.25 == ground("cut off in level1 <= 1%", attempts).value
    assert Status.FAIL == ground("cut off in level1 <= 1%", attempts).status
    assert Status.PASS == ground("cut off in level2 <= 1%", attempts).status


def test_tokens_are_of_all_samples_of_a_problem() -> None:
    """What a problem costs is what all its attempts cost."""
    assert 300.0 == ground("tokens per problem <= 50", sampled(run(1, 1), 3)).value


def test_a_duration_is_of_the_attempts_that_have_one() -> None:
    """A program that gave no answer has none of its own."""
    assert 0.5 == ground("execution <= 5 s", run(1, 0) | run(0, 3, level=2, execution_seconds=None)).value


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("execution <= 2 s", "execution mean: nothing was measured"),
        ("tokens per problem <= 2", "tokens per problem: nothing was measured"),
        ("unsafe <= 2%", "unsafe: nothing was measured"),
        ("equal-level >= 2%", "equal-level: nothing was measured"),
        ("overall >= 2%", "overall: nothing was measured"),
    ],
)
def test_of_nothing_nothing_is_decided(text: str, sentence: str) -> None:
    """A run without a measured attempt is inconclusive by every gate."""
    found = ground(text, {})
    assert Status.INCONCLUSIVE == found.status
    assert sentence == found.sentence
    assert found.value is None


# Comparisons


@pytest.mark.parametrize(
    ("worse", "better", "status"),
    [(20, 2, Status.FAIL), (6, 0, Status.FAIL), (5, 0, Status.PASS), (20, 18, Status.PASS), (2, 20, Status.PASS)],
)
def test_a_drop_fails_if_it_is_large_and_not_chance(worse: int, better: int, status: Status) -> None:
    """Beyond 5 points of 100 pairs, and with p at most 5 %: six worse and none better are p = 1.6 %."""
    before = run(50, 50)
    text = "overall no worse than baseline by more than 5 points"
    assert status == decided(text, changed(before, worse, better), before).status


@pytest.mark.parametrize(("lost", "status"), [(4, Status.PASS), (5, Status.FAIL)])
def test_chance_is_five_per_cent(lost: int, status: Status) -> None:
    """Of four pairs that are worse and none better, chance makes 6.25 %; of five 3.1 %."""
    before = run(10, 0)
    found = decided("overall no worse than baseline", changed(before, lost, 0), before)
    assert status == found.status
    assert (0.5**lost <= ERROR) == (found.status == Status.FAIL)


@pytest.mark.parametrize(("how", "status", "p_value"), [("", Status.PASS, 0.0625), (" by mid-p", Status.FAIL, 0.03125)])
def test_mid_p_counts_what_was_seen_by_half(how: str, status: Status, p_value: float) -> None:
    """Four pairs that are worse and none better: 6.25 %, by mid-p the half of it; the gate asks for it, and says it."""
    before = run(10, 0)
    found = ground(f"overall no worse than baseline{how}", changed(before, 4, 0), before)
    assert status == found.status
    assert found.significance
    assert p_value == pytest.approx(found.significance.p_value)
    assert ("mid-p 0.031" in found.sentence) == found.significance.mid_p == bool(how)


@pytest.mark.parametrize(("before", "after"), [(4, 1), (1, 4), (10, 4)])
def test_samples_are_averaged_on_either_side(before: int, after: int) -> None:
    """However many there are of each: all of six problems lost are a drop of 60 points, and not chance."""
    baseline, lost = sampled(run(10, 0), before), sampled(run(4, 6), after)
    found = ground("overall no worse than baseline by more than 5 points", lost, baseline)
    assert Status.FAIL == found.status
    assert found.value == pytest.approx(-0.6)
    assert found.significance
    assert found.significance.p_value == pytest.approx(comb(before + after, after) ** -6)
    assert found.count == round(10 * 2 * before * after / (before + after))


def test_a_drop_that_may_be_chance_is_told() -> None:
    """It is beyond the margin and passes, and the sentence says why; p-value and power are numbers too."""
    found = ground("overall no worse than baseline", run(1, 2), run(3, 0))
    assert Status.PASS == found.status
    assert (
        "overall -66.7 points, which may be chance (3 pairs, p 0.250; a drop of 100 would be found with 80% power)"
        == found.sentence
    )
    assert Significance(p_value=0.25, discordant=2, comparisons=1, detectable=1.0) == found.significance


def test_pairs_that_differ_are_those_of_either_kind() -> None:
    """Lost and won ones together: from them comes the drop that would be found."""
    before = run(50, 50)
    found = ground("overall no worse than baseline", changed(before, 20, 18), before).significance
    assert found is not None
    assert found.discordant == 38


def test_a_difference_is_of_two_rates() -> None:
    """The run's and the baseline's are kept beside it."""
    found = ground("overall no worse than baseline by more than 90 points", run(1, 3), run(3, 1))
    assert -0.5 == found.value
    assert 0.25 == found.run
    assert 0.75 == found.baseline
    assert 4 == found.count
    assert "may be chance" not in found.sentence


def test_comparisons_are_one_family() -> None:
    """A drop that fails alone passes beside others: the chance of a false alarm is that of the whole run."""
    before = {key: each for domain in DOMAINS for key, each in run(10, 10, domain=domain).items()}
    after = before | run(5, 15)
    assert Status.FAIL == decided("algebra no worse than baseline", after, before).status
    beside = decided("every domain no worse than baseline", after, before)
    assert Status.PASS == beside.status
    found = next(each for each in beside.grounds if each.subject == "algebra").significance
    assert found
    assert 7 == found.comparisons
    assert pytest.approx(7 * 0.5**5) == found.p_value


LOSSES = st.lists(st.integers(0, 8), min_size=2, max_size=5)


@PROPERTY
@given(LOSSES, st.permutations(range(5)))
def test_each_p_value_is_that_of_its_own_pairs(losses: list[int], order: list[int]) -> None:
    """However the gates are ordered, and whatever stands between them: corrected together, each beside its bucket."""
    before, after = Attempts(), Attempts()
    for domain, lost in zip(DOMAINS, losses, strict=False):
        cell = run(8, 2, domain=domain)
        before |= cell
        after |= changed(cell, lost, 0)
    domains = [DOMAINS[place] for place in order if place < len(losses)]
    gates = [read(f"{domain} no worse than baseline", DOMAINS) for domain in domains]
    gates[1:1] = [
        read(text, DOMAINS) for text in ("overall >= 1%", "overall no worse than baseline with 90% confidence")
    ]
    decisions = [each for each in decide(gates, Evidence(after, before)) if each.grounds[0].significance]
    expected = holm([worse_by_chance(losses[DOMAINS.index(domain)], 0) for domain in domains])
    assert [f"{domain} no worse than baseline" for domain in domains] == [each.gate for each in decisions]
    assert expected == [each.grounds[0].significance.p_value for each in decisions if each.grounds[0].significance]


def test_one_gate_twice_is_two_comparisons() -> None:
    """Each copy is decided, and both alike."""
    gates = [read("overall no worse than baseline", DOMAINS)] * 2
    before = run(10, 0)
    one, other = decide(gates, Evidence(changed(before, 5, 0), before))
    assert one == other
    assert one.grounds[0].significance
    assert 2 == one.grounds[0].significance.comparisons
    assert Status.PASS == one.status


@pytest.mark.parametrize(("margin", "status"), [(20, Status.PASS), (5, Status.INCONCLUSIVE), (1, Status.INCONCLUSIVE)])
def test_with_confidence_the_bound_of_the_difference_decides(margin: int, status: Status) -> None:
    """No drop is seen in 100 pairs of which 20 disagree: 20 points are excluded, 5 are not."""
    before = run(50, 50)
    text = f"overall no worse than baseline by more than {margin} points with 95% confidence"
    found = ground(text, changed(before, 10, 10), before)
    assert status == found.status
    assert (
        "overall +0.0 points, with 95% confidence above -7.6, and below +7.6, for problems of this kind (100 pairs)"
        == found.sentence
    )


def test_a_sure_drop_fails_with_confidence() -> None:
    """All are lost: the upper bound is below the margin."""
    text = "overall no worse than baseline by more than 5 points with 95% confidence"
    found = ground(text, run(0, 100), run(100, 0))
    assert Status.FAIL == found.status
    assert found.high is not None
    assert found.high < -0.05


def test_a_drop_that_may_be_within_the_margin_is_no_fail() -> None:
    """That there is a drop is sure here, and not that it is larger than the margin."""
    before = run(100, 0)
    found = ground(
        "overall no worse than baseline by more than 20 points with 95% confidence", changed(before, 20, 0), before
    )
    assert Status.INCONCLUSIVE == found.status
    assert found.low is not None
    assert found.low < -0.2
    assert found.high is not None
    assert -0.2 < found.high < 0


def test_one_problem_proves_nothing() -> None:
    """Several samples of a single problem have no bound between problems: they are no proof that nothing was lost."""
    one = sampled(run(1, 0), 4)
    found = ground("overall no worse than baseline with 95% confidence", one, one)
    assert Status.INCONCLUSIVE == found.status
    assert "overall +0.0 points, of too few problems for a bound (4 pairs)" == found.sentence


def test_losing_every_sample_of_every_problem_is_not_chance() -> None:
    """Of all ways to deal the eight samples of ten problems to two runs, one is as bad as this."""
    found = decided("overall no worse than baseline", sampled(run(0, 10), 4), sampled(run(10, 0), 4))
    assert Status.FAIL == found.status
    assert found.grounds[0].significance
    assert found.grounds[0].significance.p_value == pytest.approx(comb(8, 4) ** -10, rel=1e-6)


def test_gaining_every_sample_is_not_a_drop() -> None:
    """Nor is a run that is the same as its baseline."""
    better, same = sampled(run(10, 0), 4), sampled(run(0, 10), 4)
    assert Status.PASS == decided("overall no worse than baseline", better, same).status
    assert Status.PASS == decided("overall no worse than baseline", same, same).status


@pytest.mark.parametrize(("factor", "status"), [("1.2", Status.PASS), ("1", Status.PASS), ("0.9", Status.FAIL)])
def test_a_ratio_is_of_what_both_have_measured(factor: str, status: Status) -> None:
    """Tokens on the shared problems, whatever else was run."""
    before = run(5, 5) | run(5, 5, level=2, cost=Cost(1, 1, 10_000, 1.0, 1))
    assert status == decided(f"tokens per problem no more than {factor} x baseline", run(5, 5), before).status


def test_a_ratio_holds_what_it_is_of() -> None:
    """The run's measure and the baseline's, as numbers and in the sentence."""
    before = run(1, 1, execution_seconds=0.4)
    assert Ground(
        status=Status.PASS, subject="execution p95", value=1.25, count=2, run=0.5, baseline=0.4,
        sentence="execution p95 0.5, in the baseline 0.4: 1.25 x",
    ) == ground("execution p95 no more than 2 x baseline", run(1, 1), before)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "overall no worse than baseline",
        "overall no worse than baseline with 95% confidence",
        "execution no more than 2 x baseline",
    ],
)
def test_without_pairs_nothing_is_decided(text: str) -> None:
    """A baseline of other problems settles nothing, and it is said so."""
    found = ground(text, run(1, 1), run(1, 1, domain="geometry"))
    assert Status.INCONCLUSIVE == found.status
    assert found.sentence.endswith(": nothing was measured in both runs")
    assert found.value is None


def test_a_changed_problem_is_no_pair() -> None:
    """The same id with another statement cannot be compared."""
    found = ground("tokens per problem no more than 2 x baseline", run(1, 1), run(1, 1, text="other"))
    assert Status.INCONCLUSIVE == found.status


# All gates together


@pytest.mark.parametrize(("missing", "allowed", "count"), [(0, 0, 1), (1, 0, 2), (2, 2, 1), (3, 2, 2)])
def test_what_was_not_measured_is_bounded(missing: int, allowed: int, count: int) -> None:
    """More than is allowed is one more decision, which makes the run inconclusive whatever the gates say."""
    decisions = decide([read("overall >= 1%", DOMAINS)], Evidence(run(5, 5), None, missing), allowed)
    assert count == len(decisions)
    assert (Status.INCONCLUSIVE if count == 2 else Status.PASS) == overall(decisions)


def test_the_bound_on_what_was_not_measured_is_said() -> None:
    """How many, and by which option."""
    (_, decision) = decide([read("overall >= 1%", DOMAINS)], Evidence(run(5, 5), None, 3), 2)
    assert "everything is measured" == decision.gate
    assert ["3 attempts were not measured; --mathbench-unmeasured allows 2"] == [
        each.sentence for each in decision.grounds
    ]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([Status.PASS, Status.PASS], Status.PASS),
        ([Status.PASS, Status.INCONCLUSIVE], Status.INCONCLUSIVE),
        ([Status.INCONCLUSIVE, Status.FAIL], Status.FAIL),
        ([Status.FAIL, Status.PASS], Status.FAIL),
        ([], Status.PASS),
    ],
)
def test_one_gate_that_fails_fails_the_run(found: list[Status], expected: Status) -> None:
    """A failure is a failure, whatever else could not be decided."""
    assert expected == overall([Decision(status=status, gate="", grounds=()) for status in found])


def test_a_presupposition_that_fails_decides_nothing() -> None:
    """It is a decision of its own, with its reason."""
    found = undecided("every selected problem is run", "stopping after 1 failures")
    assert Status.INCONCLUSIVE == found.status
    assert ["stopping after 1 failures"] == [each.sentence for each in found.grounds]


def test_decisions_go_to_json_and_back() -> None:
    """With grounds and significance: a run's folder keeps them."""
    for text in ("overall no worse than baseline", "overall >= 1%", "execution <= 3 s"):
        decision = decided(text, run(1, 2), run(3, 0))
        assert decision == Decision.from_json(decision.to_json())


@PROPERTY
@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_statuses_are_those_of_the_decisions(right: int, wrong: int, lost: int) -> None:
    """What is said without explanation is what is said with it."""
    gates = [
        read(text, DOMAINS)
        for text in ("overall >= 50%", "overall no worse than baseline", "overall >= 50% with 90% confidence")
    ]
    before = run(right, wrong)
    evidence = Evidence(changed(before, lost, 0), before)
    assert [each.status for each in decide(gates, evidence)] == statuses(gates, evidence)


# Tiers


def test_an_advisory_gate_fails_no_run() -> None:
    """It is decided and shown, and what all decisions come to is without it."""
    decisions = decide(
        [read(text, DOMAINS) for text in ("overall >= 1%", "advisory: overall >= 99%")], Evidence(run(5, 5))
    )
    assert [Status.PASS, Status.FAIL] == [each.status for each in decisions]
    assert [False, True] == [each.advisory for each in decisions]
    assert Status.PASS == overall(decisions)


def test_advisory_comparisons_cost_required_ones_nothing() -> None:
    """Each tier is corrected for its own comparisons: what nobody must meet makes no required gate weaker."""
    before = run(20, 0)
    gates = [
        read(text, DOMAINS)
        for text in ("overall no worse than baseline", *["advisory: algebra no worse than baseline"] * 6)
    ]
    required, *advisory = decide(gates, Evidence(changed(before, 5, 0), before))
    assert required.grounds[0].significance
    assert 1 == required.grounds[0].significance.comparisons
    assert Status.FAIL == required.status
    assert advisory[0].grounds[0].significance
    assert 6 == advisory[0].grounds[0].significance.comparisons


# What earlier looks have had of the error


def test_a_full_run_after_early_looks_has_less_error_left() -> None:
    """Five worse of five are p = 3.1 %: a drop at 5 %, and none at the half of it."""
    before = run(10, 0)
    gates = [read("overall no worse than baseline", DOMAINS)]
    assert [Status.FAIL] == statuses(gates, Evidence(changed(before, 5, 0), before))
    assert [Status.PASS] == statuses(gates, Evidence(changed(before, 5, 0), before, left=0.5))


@pytest.mark.parametrize(
    "text",
    [
        "overall >= 51% with 95% confidence",
        "equal-level >= 51% with 95% confidence",
        "overall no worse than baseline with 95% confidence",
    ],
)
def test_a_confidence_after_early_looks_is_wider(text: str) -> None:
    """The bound is that of the confidence with what is left of its doubt."""
    made = run(60, 40)
    (whole,), (rest,) = (decide([read(text, DOMAINS)], Evidence(made, made, left=left)) for left in (1.0, 0.5))
    assert whole.grounds[0].low is not None
    assert rest.grounds[0].low is not None
    assert rest.grounds[0].low < whole.grounds[0].low


@PROPERTY
@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 100), st.sampled_from(["", " with 90% confidence"]))
def test_more_right_answers_never_turn_a_pass_round(right: int, wrong: int, bound: int, how: str) -> None:
    """Thresholds are monotonic: one wrong answer made right does not fail what passed."""
    text = f"overall >= {bound}%{how}"
    before, after = decided(text, run(right, wrong)).status, decided(text, run(right + 1, wrong - 1)).status
    order = [Status.FAIL, Status.INCONCLUSIVE, Status.PASS]
    assert order.index(before) <= order.index(after)


def test_samples_of_a_problem_prove_no_more_than_it() -> None:
    """Ten answers to each of ten problems that are all alike are worth ten, and the sentence says so."""
    text = "overall >= 40% with 95% confidence"
    found = ground(text, sampled(run(6, 4), 10))
    assert "overall 60.0% (60/100, worth 9 independent ones)" in found.sentence
    assert Status.INCONCLUSIVE == found.status
    assert Status.PASS == decided(text, run(60, 40)).status


def test_families_are_clusters() -> None:
    """Their problems are of one kind: fifty right of two families prove nothing about the next one."""
    alike = {key: replace(each, family=f"f{number % 2}") for number, (key, each) in enumerate(run(50, 0).items())}
    text = "overall >= 60% with 95% confidence"
    assert Status.INCONCLUSIVE == decided(text, alike).status
    assert Status.PASS == decided(text, run(50, 0)).status


def test_a_difference_for_problems_of_this_kind_is_clustered_by_family() -> None:
    """Twenty losses in one family are one kind of problem that got worse."""
    before = {key: replace(each, family=f"f{number // 20}") for number, (key, each) in enumerate(run(80, 20).items())}
    text = "overall no worse than baseline by more than 1 points with 95% confidence"
    lost = changed(before, 20, 0)
    assert Status.INCONCLUSIVE == decided(text, lost, before).status
    alone = {key: replace(each, family="") for key, each in before.items()}
    assert Status.FAIL == decided(text, changed(alone, 20, 0), alone).status


def test_on_this_set_only_noise_is_in_doubt() -> None:
    """Sixty problems solved each time and forty never: proof for this set, none for problems of this kind."""
    attempts = sampled(run(60, 40), 4)
    assert Status.PASS == decided("overall >= 55% with 95% confidence on this set", attempts).status
    assert Status.INCONCLUSIVE == decided("overall >= 55% with 95% confidence", attempts).status


def test_on_this_set_is_said() -> None:
    """By hand: no problem in doubt but the one that is added, 4 of 100 in twelfths; 1.645 standard errors."""
    found = ground("overall >= 55% with 95% confidence on this set", sampled(run(60, 40), 4))
    assert found.low == pytest.approx(0.6 - 1.6449 * (16 / 12) ** 0.5 / 400, abs=1e-5)
    assert found.sentence.endswith("above 59.5%, and below 60.5%, on this set")


def test_one_sample_bounds_the_noise_of_a_set_by_that_of_a_coin() -> None:
    """What difficulty and noise are together is no less than noise."""
    text = "overall >= 50% with 95% confidence"
    one, other = ground(f"{text} on this set", run(60, 40)), ground(text, run(60, 40))
    assert (one.low, one.high) == (other.low, other.high)


def test_equal_level_on_this_set_has_the_noise_of_each_level() -> None:
    """Two levels of ten problems that go alike: half the root of the sum of two variances."""
    attempts = sampled({**run(10, 0, level=1), **run(0, 10, level=2)}, 2)
    found = ground("equal-level >= 40% with 95% confidence on this set", attempts)
    assert found.low == pytest.approx(0.5 - 1.6449 * (2 * 1 / 20**2) ** 0.5 / 2, abs=1e-5)
