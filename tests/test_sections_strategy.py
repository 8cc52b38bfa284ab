"""What a strategy did, shown and exported."""

from factories import make_result
from reports import filled, json_of, lines_of
from standings import passed_through

from pytest_mathbench.records import Effort, ItemResult, Outcome, Regeneration
from pytest_mathbench.reporting.sections.strategy import Strategy


def attempt(first: Outcome, *after: Outcome, ended: str = "nothing found") -> ItemResult:
    """Make an attempt that was regenerated to these outcomes."""
    steps = tuple(
        Regeneration(
            trigger="syntax" if number else "verdict", detail="", position=0, before="", after="", tokens_before=1,
            tokens_after=1, outcome=outcome,
        )
        for number, outcome in enumerate(after)
    )  # fmt: skip
    effort = Effort(
        requests=1 + len(after), prompt_tokens=1, completion_tokens=1, seconds=1.0, executions=2, ended=ended,
        first=first, regenerations=steps,
    )  # fmt: skip
    return make_result((first, *after)[-1], effort=effort)


RESULTS = [
    attempt(Outcome.WRONG, Outcome.CRASHED, Outcome.CORRECT, ended="the budget"),
    attempt(Outcome.CORRECT, Outcome.WRONG),
    attempt(Outcome.CORRECT),
]


def test_costs_triggers_and_ends() -> None:
    """What it cost and changed; each trigger with what it did; why attempts ended, the most frequent first."""
    assert [
        "strategy: 6 requests and 6 executions for 3 attempts; 2 regenerated, of which 1 became right and 1 wrong",
        "regenerations  times  mended  broke  repeats",
        "syntax             1       1      0        0",
        "verdict            2       0      1        0",
        "ended by: nothing found 2, the budget 1",
    ] == lines_of(filled(Strategy(), RESULTS))


def test_what_was_mended_is_told_from_what_was_broken() -> None:
    """By attempts, for people and for machines."""
    section = filled(Strategy(), [*RESULTS, attempt(Outcome.WRONG, Outcome.CORRECT)])
    assert lines_of(section)[0].endswith("3 regenerated, of which 2 became right and 1 wrong")
    found = json_of(section)
    assert 2 == found["mended"]
    assert 1 == found["broke"]


def test_machines_get_the_same() -> None:
    """All counts, triggers and ends by name."""
    found = json_of(filled(Strategy(), RESULTS))
    assert 3 == found["attempts"]
    assert 6 == found["requests"]
    assert {"times": 2, "mended": 0, "broke": 1, "repeats": 0} == found["triggers"]["verdict"]
    assert {"nothing found": 2, "the budget": 1} == found["ended"]


def test_a_strategy_that_found_nothing_has_no_triggers() -> None:
    """One line, and why it ended."""
    assert [
        "strategy: 1 request and 2 executions for 1 attempt; 0 regenerated, of which 0 became right and 0 wrong",
        "ended by: nothing found 1",
    ] == lines_of(filled(Strategy(), [attempt(Outcome.WRONG)]))


def test_single_requests_are_no_strategy() -> None:
    """Nothing is shown, and machines get null."""
    section = filled(Strategy(), [make_result()])
    assert [] == lines_of(section)
    assert json_of(section) is None


def test_what_the_tokens_bought_is_said() -> None:
    """The rate of the first completions, that of the answers, and at how many times the tokens."""
    results = [passed_through("a", [10, 20], "cr"), passed_through("b", [10], "r")]
    section = filled(Strategy(), results)
    said = "what that bought: 50.0% right with the first completions, 100.0% in the end, at 2.00x the tokens"
    assert said in lines_of(section)
    assert 40 == json_of(section)["tokens"]
