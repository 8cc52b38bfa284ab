"""The decisions on the gates, shown and exported."""

from dataclasses import replace

from factories import make_run_info, make_settlement
from reports import NOTHING, json_of, lines_of

from pytest_mathbench.analysis.decisions import ERROR_RATE, Decision, Ground, Significance, Status
from pytest_mathbench.reporting.blocks import Chart, Headline
from pytest_mathbench.reporting.sections.gates import Gates
from pytest_mathbench.reporting.sections.section import Context

MET = Decision(
    status=Status.PASS,
    gate="overall >= 50%",
    grounds=(
        Ground(
            status=Status.PASS,
            subject="overall",
            sentence="overall 60.0% (6/10)",
            value=0.6,
            low=0.3,
            high=0.8,
            count=10,
        ),
    ),
)
NOT_MET = Decision(
    status=Status.FAIL,
    gate="every domain no worse than baseline",
    grounds=(
        Ground(status=Status.PASS, subject="algebra", sentence="algebra; as it was"),
        Ground(
            status=Status.FAIL,
            subject="geometry",
            sentence="geometry -50.0 points",
            value=-0.5,
            count=8,
            run=0.25,
            baseline=0.75,
            significance=Significance(p_value=0.01, discordant=4, comparisons=2, detectable=0.5),
        ),
    ),
)


def context(*decisions: Decision) -> Context:
    """Return a context of these decisions."""
    return Context(NOTHING.info, decisions)


def test_gates_stand_below_what_they_come_to() -> None:
    """One line for all, one for each gate, one for each of its grounds, whatever is in it."""
    assert [
        "gates: FAIL: a gate is not met",
        f"error rate: {ERROR_RATE}",
        "  PASS  overall >= 50%",
        "          overall 60.0% (6/10)",
        "  FAIL  every domain no worse than baseline",
        "          algebra; as it was",
        "          geometry -50.0 points",
    ] == lines_of(Gates(), context(MET, NOT_MET))


def test_what_all_gates_come_to_is_said() -> None:
    """Met, or not decided."""
    undecided = Decision(status=Status.INCONCLUSIVE, gate="", grounds=())
    assert "gates: PASS: every gate is met" == lines_of(Gates(), context(MET))[0]
    assert "gates: INCONCLUSIVE: what was measured does not decide it" == lines_of(Gates(), context(MET, undecided))[0]


def test_a_headline_says_it_on_the_page() -> None:
    """First of all."""
    assert Headline("gates", "FAIL", "a gate is not met") == next(iter(Gates().blocks(context(NOT_MET))))


def test_machines_get_the_numbers() -> None:
    """Each decision with its grounds, each ground with its own status and significance."""
    found = json_of(Gates(), context(MET, NOT_MET))
    assert "FAIL" == found["status"]
    assert ["PASS", "FAIL"] == [decision["status"] for decision in found["decisions"]]
    algebra, geometry = found["decisions"][1]["grounds"]
    assert "PASS" == algebra["status"]
    assert algebra["significance"] is None
    numbers = {"p_value": 0.01, "discordant": 4, "comparisons": 2, "detectable": 0.5, "mid_p": False}
    assert numbers == geometry["significance"]
    assert 0.75 == geometry["baseline"]


def test_without_gates_nothing_is_shown() -> None:
    """And machines get null."""
    assert [] == list(Gates().blocks(NOTHING))
    assert json_of(Gates()) is None


def early(**fields: object) -> Context:
    """Return a context of gates that might be decided early."""
    return Context(make_run_info(order_seed=5), [MET], settlement=make_settlement(**fields))


def test_what_decided_early_is_said() -> None:
    """How much of the run, in which order, what was made beyond, and what it saved."""
    assert (
        "decided: early, by the first 24 of 100 problems in the random order of seed 5 (24%): 24 attempts, "
        "2,400 tokens; 2 attempts and 150 tokens were made beyond; about 7,400 tokens were saved"
    ) in lines_of(Gates(), early())


def test_a_run_that_was_not_decided_early_says_so() -> None:
    """It might have been."""
    said = "decided: by the whole run: no beginning of its 100 problems in the random order of seed 5 was enough"
    assert said in lines_of(Gates(), early(decided=None))


def test_the_evidence_is_a_picture_on_the_page() -> None:
    """One curve for each side of each subject, of the numbers that machines get."""
    (chart,) = (block for block in Gates().blocks(early()) if isinstance(block, Chart))
    assert chart.kind == "evidence"
    assert [1, 2, 24] == json_of(Gates(), early())["early"]["traces"][0]["at"]
    assert [(1, 2, 24)] == [trace["at"] for trace in chart.data]


def test_without_evidence_there_is_no_picture() -> None:
    """Where no gate could be decided early, nothing is drawn."""
    assert [] == [block for block in Gates().blocks(early(decided=None, traces=())) if isinstance(block, Chart)]


def test_an_advisory_gate_is_marked() -> None:
    """In brackets: it counts for nothing."""
    assert "  (FAIL)  every domain no worse than baseline" in lines_of(
        Gates(), context(replace(NOT_MET, advisory=True))
    )


def test_what_the_error_is_of_is_said_where_there_is_one() -> None:
    """A threshold that the point decides has none."""
    assert f"error rate: {ERROR_RATE}" in lines_of(Gates(), context(NOT_MET))
    assert f"error rate: {ERROR_RATE}" not in lines_of(Gates(), context(MET))
