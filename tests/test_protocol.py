"""A published protocol sets what its paper states, and shows the rest."""

import pytest
from factories import make_result, make_run_info

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.protocols import PROTOCOLS, choices
from pytest_mathbench.records import Outcome
from pytest_mathbench.reporting.protocol import description, header, lines
from pytest_mathbench.settings import deviations, options, read
from pytest_mathbench.verdicts import Verdict

PAPER = {
    "protocol": ("evstafev2025", "--mathbench-protocol"),
    "judge_base_url": ("http://127.0.0.1:1/v1", "--mathbench-judge-base-url"),
}
INFO = make_run_info(protocol="evstafev2025", deviations="per_cell 2 instead of 27")


def test_the_paper_decides_what_it_states() -> None:
    """945 stratified problems, one try, a 5-point judge whose word counts."""
    settings = read(PAPER)
    assert (27, 1, "all", Verdict.JUDGE, "mistral-large-2411", "single") == (
        settings.per_cell,
        settings.samples,
        settings.judge,
        settings.verdict,
        settings.judge_model,
        settings.strategy,
    )
    assert {} == deviations(settings)


def test_what_is_written_wins_and_is_told() -> None:
    """A run that departs from the paper can be made, and says in what."""
    settings = read(PAPER | {"per_cell": ("2", "here"), "judge_model": ("small", "here")})
    assert {
        "per_cell": "2 instead of 27",
        "judge_model": "small instead of mistral-large-2411",
    } == deviations(settings)


def test_the_paper_needs_a_judge() -> None:
    """Without an endpoint for the judge the protocol is refused by name."""
    with pytest.raises(ConfigurationError, match=r"the protocol evstafev2025: .*--mathbench-judge-base-url"):
        read({"protocol": PAPER["protocol"]})


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_sets_options_that_exist(name: str) -> None:
    """Every option that a protocol decides is one, and its value can be read."""
    known = {option.name: option for option in options()}
    for option, text in PROTOCOLS[name].settings.items():
        assert str(known[option].metadata["parse"](text)) == text


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_open_choice_is_told(name: str) -> None:
    """Header and report name each choice that the paper leaves open, with the run's own value."""
    assert list(PROTOCOLS[name].open_choices) == list(choices(INFO))
    shown = "\n".join(header(INFO))
    for choice, value in choices(INFO).items():
        assert f"  {choice}: {value}" in shown
    assert "except: per_cell 2 instead of 27" in shown


def test_published_figures_stand_beside_the_runs_own() -> None:
    """The run's own value, the published one and whose it is are three columns of a row, and never one number."""
    report = scores.report([make_result(), make_result(Outcome.WRONG)])
    shown = [line.split() for line in lines(INFO, report)]
    assert ["accuracy", "1/2", "50.0%", "63.3%", "llama3.1:8b"] in shown


def test_the_unsolved_are_listed_to_a_bound() -> None:
    """A live table lists some and says how many there are; a report lists all."""
    results = [
        make_result(
            Outcome.WRONG,
            problem=make_result().problem.__class__(
                id=f"p{number}", domain="algebra", level=1, statement="?", answer="1"
            ),
        )
        for number in range(5)
    ]
    report = scores.report(results)
    some, everything = list(lines(INFO, report, most=2)), list(lines(INFO, report))
    assert ("  and 3 others: mathbench report lists them", "  p4") == (some[-1], everything[-1])
    assert "unsolved by this model: 5" in some


def test_without_a_protocol_nothing_is_said() -> None:
    """An ordinary run has no such section."""
    assert ([], []) == (list(header(make_run_info())), list(lines(make_run_info(), scores.report([]))))


def test_the_description_tells_all() -> None:
    """What is stated, what is open, and every published figure."""
    protocol = PROTOCOLS["evstafev2025"]
    shown = "\n".join(description(protocol))
    for figure in protocol.figures:
        assert figure.value in shown
    assert {*protocol.stated, *protocol.open_choices} <= {line.strip().split(":")[0] for line in shown.splitlines()}
