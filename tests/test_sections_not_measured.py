"""What was not measured, and why, shown and exported."""

from factories import make_fault, make_problem, make_result
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.reporting.blocks import Headline
from pytest_mathbench.reporting.sections.not_measured import NotMeasured

FAULTS = [make_fault(f"cause {number}\n  in two lines") for number in range(7) for _ in range(number + 1)]


def test_causes_are_counted_the_most_frequent_first() -> None:
    """Each in one line of bounded length."""
    section = filled(NotMeasured(), [*FAULTS[:3], make_fault("x" * 1000), make_fault("x" * 999), make_result()])
    assert [
        "not measured: 5 (outside the pass rates; neither right nor wrong)",
        "  2 × cause 1 in two lines",
        "  2 × " + "x" * 200,
        "  1 × cause 0 in two lines",
    ] == lines_of(section)


def test_a_live_session_shows_five_causes() -> None:
    """And how many there are beside them; a report shows all."""
    section = filled(NotMeasured(), FAULTS)
    live, whole = lines_of(section, whole=False), lines_of(section)
    assert [f"  {number + 1} × cause {number} in two lines" for number in (6, 5, 4, 3, 2)] == live[1:6]
    assert ["  and 2 more: mathbench report lists them"] == live[6:]
    assert "  1 × cause 0 in two lines" == whole[-1]


def test_machines_get_every_fault() -> None:
    """Causes as shown, and each attempt's own fault, whole."""
    found = json_of(filled(NotMeasured(), [make_fault("one\ntwo", problem=make_problem(id="p"), sample=2)]))
    assert 1 == found["count"]
    assert [{"cause": "one two", "count": 1}] == found["causes"]
    assert [{"problem": "p", "sample": 2, "fault": "one\ntwo"}] == found["attempts"]


def test_without_faults_only_the_page_says_so() -> None:
    """In its head, where a reader looks for it."""
    section = filled(NotMeasured(), [make_result()])
    assert [Headline("not measured", "0", "neither right nor wrong")] == list(section.blocks(NOTHING))
    assert 0 == len(section)
