"""Outcomes, what else is to be known of attempts, what programs tried and tokens, shown and exported."""

from collections import Counter

import pytest
from factories import PROPERTY, make_completion, make_execution, make_fault, make_grade, make_problem, make_result
from hypothesis import given
from hypothesis import strategies as st
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.domains import NO_LEVEL
from pytest_mathbench.records import UNDECIDED, UNREAD, Effort, ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Chart, Headline
from pytest_mathbench.reporting.sections.outcomes import Outcomes

UNSAFE = [
    make_execution(),
    make_execution(unsafe={"network": "socket"}),
    make_execution(unsafe={"write": "openat", "network": "socket"}),
]


@pytest.mark.parametrize(
    ("results", "line"),
    [
        ([], "outcomes: none; 0 not measured"),
        ([make_result()], "outcomes: 1 correct; 0 not measured"),
        ([make_fault()], "outcomes: none; 1 not measured"),
        (
            [make_result(outcome) for outcome in reversed(Outcome)],
            "outcomes: " + ", ".join(f"1 {outcome}" for outcome in Outcome) + "; 0 not measured",
        ),
    ],
)
def test_outcomes_are_counted(results: list[ItemResult], line: str) -> None:
    """Outcomes that occurred are named in a fixed order; what was not measured is always counted."""
    assert line == lines_of(filled(Outcomes(), results))[0]


@PROPERTY
@given(st.lists(st.none() | st.sampled_from(Outcome), max_size=20))
def test_every_attempt_is_counted_once(outcomes: list[Outcome | None]) -> None:
    """Under its outcome, or as not measured."""
    found = json_of(filled(Outcomes(), [make_result(each) if each else make_fault() for each in outcomes]))
    expected = Counter(outcomes)
    assert {str(outcome): expected[outcome] for outcome in Outcome} == found["counts"]
    assert expected[None] == found["not_measured"]


def test_asides_are_shown() -> None:
    """What was cut off, could not be decided, was echoed, or was made more than once."""
    results = [
        make_result(Outcome.NO_PROGRAM, completion=make_completion(finish_reason="length"), grade=None),
        *[make_result(Outcome.WRONG, grade=make_grade(correct=False, rule=UNDECIDED))] * 2,
        make_result(Outcome.WRONG, grade=make_grade(correct=False, rule=UNREAD)),
        make_result(execution=make_execution(echoed=True)),
        make_result(reruns=2),
        make_fault(reruns=1),
    ]
    section = filled(Outcomes(), results)
    assert (
        "of these: 1 cut off by the token limit and counted as it came, "
        "2 undecided (not comparable within the limits, counted as wrong), "
        "1 unread (in no notation that the grader reads, counted as wrong), "
        "1 whose last line was echoed, 2 made more than once (the last result counts)" in lines_of(section)
    )
    found = json_of(section)
    assert 1 == found["truncated"]
    assert 2 == found["undecided"]
    assert 1 == found["unread"]
    assert 1 == found["echoed"]
    assert 2 == found["rerun"]


def test_asides_are_shown_only_where_there_are_some() -> None:
    """A run without them says nothing of them."""
    assert [] == [line for line in lines_of(filled(Outcomes(), [make_result()])) if line.startswith("of these")]


def test_an_undecided_answer_that_was_not_measured_is_no_outcome() -> None:
    """It is not counted as wrong, and so not as undecided."""
    assert 0 == json_of(filled(Outcomes(), [make_fault(grade=make_grade(rule=UNDECIDED))]))["undecided"]


def test_what_programs_tried_is_shown_with_its_share() -> None:
    """Of the programs that were run, each is counted once, and once for each kind of thing it tried."""
    section = filled(Outcomes(), [make_result(execution=each) for each in [*UNSAFE, None]])
    assert "unsafe: 2 of 3 programs (66.7%) tried: 2 network, 1 write" in lines_of(section)
    assert {
        "programs": 3, "unsafe": 2, "rate": 2 / 3, "kinds": {"network": 2, "write": 1}
    } == json_of(section)["unsafe"]  # fmt: skip


def test_safe_programs_are_not_spoken_of() -> None:
    """Their rate is 0 to machines, and unknown where none was run."""
    section = filled(Outcomes(), [make_result()])
    assert not any(line.startswith("unsafe") for line in lines_of(section))
    assert 0.0 == json_of(section)["unsafe"]["rate"]
    assert json_of(filled(Outcomes(), [make_fault()]))["unsafe"]["rate"] is None


def test_tokens_are_of_all_completions() -> None:
    """Of what was not measured too; of a strategy all that it cost, and not only what was kept."""
    effort = Effort(requests=3, prompt_tokens=100, completion_tokens=1000, seconds=1.0, executions=1, ended="")
    section = filled(
        Outcomes(),
        [
            make_result(),
            make_result(effort=effort),
            make_fault(completion=make_completion(prompt_tokens=3, completion_tokens=5)),
            make_fault(),
        ],
    )
    assert "tokens: 113 prompt, 1,025 completion" == lines_of(section)[-1]
    assert {"prompt": 113, "completion": 1025, "thinking": 0} == json_of(section)["tokens"]


def thought(outcome: Outcome, level: int = 1, *, thinking: int | None = None) -> ItemResult:
    """An attempt of 1,024 tokens, so many of which went into thinking."""
    completion = make_completion(finish_reason="length", completion_tokens=1024, reasoning_tokens=thinking)
    return make_result(outcome, completion=completion, problem=make_problem(level=level))


def test_what_was_cut_off_is_shown_by_cell() -> None:
    """With its share of what was measured, for people and for machines; a right answer is not among it."""
    section = filled(Outcomes(), [thought(Outcome.CUT_OFF), thought(Outcome.CORRECT), thought(Outcome.CUT_OFF, 3)])
    lines = lines_of(section)
    assert "cut off: 2/3 66.7% before a right answer, counted as failures; --mathbench-max-tokens allows more" in lines
    assert "Algebra  1/2  50.0%  1/1 100.0%  2/3  66.7%" in lines
    found = json_of(section)["cut_off"]
    assert {"cut_off": 1, "measured": 2, "rate": 0.5} == found["levels"]["1"]
    assert {"domain": "algebra", "level": 3, "cut_off": 1, "measured": 1, "rate": 1.0} == found["cells"][1]


def test_cut_offs_without_a_level_are_in_no_column_of_one() -> None:
    """A data set may know no levels: what is of none counts in the last column."""
    section = filled(Outcomes(), [thought(Outcome.CUT_OFF, NO_LEVEL), thought(Outcome.CORRECT, 2)])
    lines = lines_of(section)
    assert "cut off     level 2         all" in lines
    assert "Algebra  0/1   0.0%  1/2  50.0%" in lines


def test_nothing_is_said_of_cut_offs_where_there_are_none() -> None:
    """Machines read a count of none."""
    section = filled(Outcomes(), [make_result()])
    assert not any(line.startswith("cut off") for line in lines_of(section))
    assert 0 == json_of(section)["cut_off"]["total"]["cut_off"]


def test_thoughts_that_took_all_tokens_are_named() -> None:
    """A budget that thinking used up is told apart from an answer that was too long."""
    section = filled(Outcomes(), [thought(Outcome.CUT_OFF, thinking=1024), thought(Outcome.CUT_OFF, thinking=1000)])
    assert "in 1 of them all 1,024 tokens went into thinking" in "".join(lines_of(section))
    assert 1 == json_of(section)["cut_off"]["only_thought"]
    assert 1024 == json_of(section)["cut_off"]["longest_thought"]


def test_the_share_of_thinking_is_shown() -> None:
    """Of all tokens of completions."""
    section = filled(Outcomes(), [thought(Outcome.CORRECT, thinking=512)])
    assert "tokens: 10 prompt, 1,024 completion, 50.0% of them thinking" in lines_of(section)
    assert 512 == json_of(section)["tokens"]["thinking"]


def test_no_more_than_all_tokens_are_thinking() -> None:
    """Whatever an endpoint counts."""
    section = filled(Outcomes(), [thought(Outcome.CORRECT, thinking=2048)])
    assert "tokens: 10 prompt, 1,024 completion, 100.0% of them thinking" in lines_of(section)


def test_the_page_has_headlines_and_a_chart() -> None:
    """Cut off, unsafe, tokens; and how often each outcome occurred."""
    blocks = list(filled(Outcomes(), [make_result(execution=each) for each in UNSAFE]).blocks(NOTHING))
    assert Headline("unsafe programs", "2", "of 3 that were run") in blocks
    assert Headline("cut off", "0", "of 3: tokens ran out before a right answer") in blocks
    (chart,) = (block for block in blocks if isinstance(block, Chart))
    assert [{"name": "correct", "count": 3}, {"name": "wrong", "count": 0}] == list(chart.data)[:2]
    assert "no answer" in [bar["name"] for bar in chart.data]
