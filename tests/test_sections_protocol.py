"""A run beside the published protocol that it follows, shown and exported."""

from factories import make_execution, make_problem, make_result, make_run_info
from reports import NOTHING, filled, json_of, lines_of

from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.sections.protocol import PublishedProtocol, choices
from pytest_mathbench.reporting.sections.section import Context

PROTOCOL = PROTOCOLS["evstafev2025"]
FOLLOWED = Context(make_run_info(protocol="evstafev2025", deviations={"per_cell": "2 instead of 27"}))
RESULTS = [
    make_result(execution=make_execution(wall_seconds=0.5, unsafe={"network": "socket"})),
    make_result(
        Outcome.WRONG, problem=make_problem(id="b"), execution=make_execution(wall_seconds=1.5, unsafe={"write": "x"})
    ),
]


def test_what_is_followed_stands_first() -> None:
    """Its source, in what the run departs from it, and each choice that it leaves open, with the run's own value."""
    lines = lines_of(PublishedProtocol(), FOLLOWED)
    assert f"protocol evstafev2025: {PROTOCOL.source}" == lines[0]
    assert "as the paper states, except: per_cell 2 instead of 27" == lines[1]
    for choice in PROTOCOL.open_choices:
        assert f"  {choice}: {choices(FOLLOWED.info)[choice]}" in lines


def test_a_run_without_deviations_says_so() -> None:
    """Nothing is left to be guessed."""
    context = Context(make_run_info(protocol="evstafev2025"))
    assert "as the paper states, except: nothing" in lines_of(PublishedProtocol(), context)


def test_published_figures_stand_beside_the_runs_own() -> None:
    """The run's own value, the published one and whose it is are three columns of a row, and never one number."""
    rows = [line.split() for line in lines_of(filled(PublishedProtocol(), RESULTS), FOLLOWED)]
    assert ["accuracy", "1/2", "(50.0%)", "63.3%", "llama3.1:8b"] in rows
    assert ["unsafe", "programs", "100.0%", "below", "1%", "all", "ten", "models"] in rows
    assert ["mean", "execution", "time", "1.00", "s", "0.94", "s"] in [row[:7] for row in rows]
    assert ["unsolved", "problems", "1", "of", "2", "30", "of", "945"] in [row[:8] for row in rows]


def test_machines_get_the_same() -> None:
    """Source, deviations, choices and figures, published ones as they were published."""
    found = json_of(filled(PublishedProtocol(), RESULTS), FOLLOWED)
    assert {"per_cell": "2 instead of 27"} == found["deviations"]
    assert list(PROTOCOL.open_choices) == list(found["choices"])
    assert {
        "measure": "accuracy", "own": "1/2 (50.0%)", "published": "63.3%", "model": "llama3.1:8b"
    } in found["figures"]  # fmt: skip


def test_without_measurements_the_own_figures_are_dashes() -> None:
    """Rather than 0."""
    own = {each["measure"]: each["own"] for each in json_of(PublishedProtocol(), FOLLOWED)["figures"]}
    assert "-" == own["accuracy"]
    assert "-" == own["mean execution time"]
    assert "-" == own["unsafe programs"]


def test_without_a_protocol_nothing_is_said() -> None:
    """An ordinary run has no such section, and machines get null."""
    assert [] == lines_of(filled(PublishedProtocol(), RESULTS))
    assert json_of(filled(PublishedProtocol(), RESULTS), NOTHING) is None
