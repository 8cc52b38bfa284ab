"""Several samples of each problem: their items, their seeds, and what they add up to."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY, make_fault, make_grade, make_problem, make_result, results_of
from hypothesis import given
from hypothesis import strategies as st

from conftest import WORKERS, ScriptedServer, row
from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.samples import Sampled, SampleTally, pooled
from pytest_mathbench.analysis.statistics import majority, pass_at
from pytest_mathbench.records import UNDECIDED, ItemResult, Judgement, Outcome, Ruling

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run two problems with four samples each."""
    problems = problem_file(row("a-1"), row("g-1", domain="geometry", level=3))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, "--mathbench-samples=4", *arguments)

    return start


def summed(results: Iterable[ItemResult], samples: int) -> Sampled:
    """Add up what so many samples give over all problems."""
    tally = SampleTally()
    for result in results:
        tally.add(result)
    return pooled(tally.sampled(samples), Bucket())


def in_turn(*answers: str) -> Callable[[dict[str, Any]], str]:
    """Give these answers one after the other."""
    left = iter(answers)

    def answer(_: dict[str, Any]) -> str:
        return f"```python\nprint({next(left)})\n```"

    return answer


@WORKERS
def test_each_sample_is_an_item_with_a_seed_of_its_own(run: Run, server: ScriptedServer, workers: str) -> None:
    """Samples are named in the id, drawn with seeds that differ, recorded by number, and summed up in the table."""
    server.answers |= {"a-1": in_turn("42", "7", "7", "42"), "g-1": in_turn("42", "1", "2", "3")}
    result = run("--mathbench-temperature=0.7", "-v", workers)
    ids = {f"{problem}-sample{number}" for problem in ("a-1", "g-1") for number in range(1, 5)}
    shown = {
        line.partition("test_problem[")[2].partition("]")[0] for line in result.outlines if "test_problem[" in line
    }
    seeds = [request["seed"] for request in server.questions]
    (folder,) = Path(".mathbench").iterdir()
    samples = sorted((result.problem.id, result.sample) for result in results_of(folder))
    assert ids == shown
    assert len(set(seeds)) == 8
    assert [(problem, number) for problem in ("a-1", "g-1") for number in range(4)] == samples
    rows = [line.split() for line in result.outlines if "100.0%" in line]
    assert [
        ["Algebra", "1", "50.0%", "100.0%", "50.0%"],  # two against two
        ["Geometry", "1", "25.0%", "100.0%", "25.0%"],  # four answers, by lot
        ["level", "1", "1", "50.0%", "100.0%", "50.0%"],
        ["level", "3", "1", "25.0%", "100.0%", "25.0%"],
        ["all", "2", "37.5%", "100.0%", "37.5%"],
    ] == rows


def test_the_first_sample_is_the_one_of_a_run_without_samples(run: Run, server: ScriptedServer) -> None:
    """More samples of a problem keep the completions that there are: the seeds of the first are the same."""
    run("--mathbench-temperature=0.7", "-k", "sample1")
    first = sorted(request["seed"] for request in server.questions)
    server.requests.clear()
    run("--mathbench-temperature=0.7", "--mathbench-samples=1")
    assert first == sorted(request["seed"] for request in server.questions)


def test_samples_that_would_be_the_same_are_refused(run: Run, server: ScriptedServer) -> None:
    """At temperature 0 there is nothing to draw: the session says so before it asks anything."""
    result = run()
    result.stderr.fnmatch_lines(
        [
            "ERROR: mathbench: --mathbench-samples: at temperature 0 all 4 samples would be the same; "
            "give a --mathbench-temperature"
        ]
    )
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert [] == server.requests


@given(attempts=st.lists(st.booleans(), min_size=1, max_size=8), data=st.data())
@PROPERTY
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(attempts: list[bool], data: st.DataObject) -> None:
    """Counted over all subsets of k samples, as its definition says."""
    k = data.draw(st.integers(1, len(attempts)))
    draws = list(combinations(attempts, k))
    assert pytest.approx(sum(map(any, draws)) / len(draws)) == pass_at(k, len(attempts), sum(attempts))


@pytest.mark.parametrize(("k", "samples", "correct"), [(0, 3, 1), (4, 3, 1), (1, 3, 4), (1, 3, -1), (1, 0, 0)])
def test_pass_at_k_of_the_impossible_is_refused(k: int, samples: int, correct: int) -> None:
    """More draws than samples, more right ones than there are."""
    with pytest.raises(ValueError, match="no pass@"):
        pass_at(k, samples, correct)


@given(
    votes=st.dictionaries(st.sampled_from("abcde"), st.integers(1, 4)),
    correct=st.sets(st.sampled_from("abcde"), max_size=2),
)
@PROPERTY
def test_the_majority_is_drawn_among_the_most_frequent(votes: dict[str, int], correct: set[str]) -> None:
    """The mean over all answers that nobody has more votes than; no vote elects nobody."""
    winners = [answer for answer in votes if all(votes[answer] >= other for other in votes.values())]
    expected = sum(winner in correct for winner in winners) / max(1, len(winners))
    assert pytest.approx(expected) == majority(votes, correct)


ANSWERS = st.sampled_from(["42", "7", "8", None])
"""The right answer, two wrong ones, and none."""


@given(problems=st.lists(st.lists(ANSWERS, max_size=3), max_size=5))
@PROPERTY
def test_the_sums_over_problems_are_those_of_each(problems: list[list[str | None]]) -> None:
    """A problem counts when all its samples are measured; attempts without an answer have no vote."""
    results = [
        make_result(
            Outcome.CORRECT if answer == "42" else Outcome.WRONG if answer else Outcome.NO_ANSWER,
            problem=make_problem(id=f"p-{number}"),
            sample=sample,
            grade=make_grade(correct=answer == "42", answer=answer) if answer else None,
        )
        for number, answers in enumerate(problems)
        for sample, answer in enumerate(answers)
    ]
    whole = [answers for answers in problems if len(answers) == 3]
    votes = [Counter(answer for answer in answers if answer) for answers in whole]
    found = summed(results, samples=3)
    assert len(whole) == found.problems
    assert pytest.approx(sum(answers.count("42") / 3 for answers in whole)) == found.pass_at_1
    assert pytest.approx(sum("42" in answers for answers in whole)) == found.pass_at_k
    assert pytest.approx(sum(majority(each, {"42"}) for each in votes)) == found.majority


def test_a_ruling_counts_among_samples() -> None:
    """A person's word is in the rates over samples."""
    wrong = [make_result(Outcome.WRONG, problem=make_problem(id="p"), sample=sample) for sample in range(2)]
    ruling = Ruling(problem="p", sample=1, correct=True, who="Ada", when="", why="I looked")
    found = summed([wrong[0], wrong[1].ruled(ruling)], samples=2)
    assert 0.5 == found.pass_at_1
    assert 1.0 == found.pass_at_k


def test_an_undecided_answer_that_counts_as_right_has_a_vote() -> None:
    """By a judge's verdict, what symbols could not decide may be right: the majority counts it so."""
    grade = make_grade(correct=False, rule=UNDECIDED, judgement=Judgement(rating=5))
    found = summed([make_result(Outcome.CORRECT, grade=grade, sample=sample) for sample in range(2)], samples=2)
    assert 1.0 == found.majority


def test_an_undecided_answer_has_no_vote_as_a_wrong_one() -> None:
    """It is not known which other answers it equals."""
    undecided = make_grade(correct=False, rule=UNDECIDED, answer="?")
    results = [make_result(Outcome.WRONG, grade=undecided, sample=sample) for sample in range(2)]
    assert 1.0 == summed([*results, make_result(sample=2)], samples=3).majority


def test_problems_that_no_sample_solved() -> None:
    """Are known by id, in order; what was not measured is not among them."""
    found = SampleTally()
    for name, outcome in (("b", Outcome.WRONG), ("a", Outcome.WRONG), ("b", Outcome.CRASHED), ("a", Outcome.CORRECT)):
        found.add(make_result(outcome, problem=make_problem(id=name)))
    for name in ("d", "c"):
        found.add(make_result(Outcome.WRONG, problem=make_problem(id=name)))
    found.add(make_fault(problem=make_problem(id="e")))
    assert ["b", "c", "d"] == found.unsolved
    assert 4 == found.problems


def test_right_answers_vote_together_however_written(run: Run, server: ScriptedServer) -> None:
    """Two right answers written differently outvote two wrong ones that differ as well."""
    server.answers["a-1"] = in_turn("'42'", "'42.0'", "7", "8")
    result = run("--mathbench-temperature=1", "-m", "algebra")
    rows = [line.split() for line in result.outlines if line.startswith("all ")]
    assert ["all", "1", "50.0%", "100.0%", "100.0%"] in rows
