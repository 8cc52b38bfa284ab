"""A published protocol sets what its paper states, and shows the rest."""

import pytest
from factories import make_run_info

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.protocols import PROTOCOLS
from pytest_mathbench.reporting.protocol import description, header
from pytest_mathbench.reporting.sections.protocol import choices
from pytest_mathbench.settings import deviations, options, read
from pytest_mathbench.verdicts import Verdict

PAPER = {
    "protocol": ("evstafev2025", "--mathbench-protocol"),
    "judge_base_url": ("http://127.0.0.1:1/v1", "--mathbench-judge-base-url"),
}
INFO = make_run_info(protocol="evstafev2025", deviations={"per_cell": "2 instead of 27"})


def test_the_paper_decides_what_it_states() -> None:
    """945 stratified problems, one try, a 5-point judge whose word counts."""
    settings = read(PAPER)
    assert 27 == settings.per_cell
    assert 1 == settings.samples
    assert "all" == settings.judge
    assert Verdict.JUDGE == settings.verdict
    assert "mistral-large-2411" == settings.judge_model
    assert "single" == settings.strategy
    assert {} == deviations(settings)


def test_what_is_written_wins_and_is_told() -> None:
    """A run that departs from the paper can be made, and says in what."""
    settings = read(PAPER | {"per_cell": ("2", "here"), "judge_model": ("small", "here")})
    assert {
        "per_cell": "2 instead of 27",
        "judge_model": "small instead of mistral-large-2411",
    } == deviations(settings)


def test_what_the_paper_does_not_send_is_a_departure() -> None:
    """A patch on the request, or a system prompt."""
    settings = read(PAPER | {"request": ('{"top_k": 20}', "here"), "system": ("system.txt", "here")})
    assert {"request": '{"top_k": 20} instead of none', "system": "system.txt instead of none"} == deviations(settings)


def test_the_paper_needs_a_judge() -> None:
    """Without an endpoint for the judge the protocol is refused by name."""
    with pytest.raises(ConfigurationError, match=r"the protocol evstafev2025: .*--mathbench-judge-base-url"):
        read({"protocol": PAPER["protocol"]})


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_sets_options_that_exist(name: str) -> None:
    """Every option that a protocol decides is one, and its value can be read."""
    known = {option.name: option for option in options()}
    for option, text in PROTOCOLS[name].settings.items():
        assert str(known[option].parse(text)) == text


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_open_choice_is_told(name: str) -> None:
    """Header and report name each choice that the paper leaves open, with the run's own value."""
    assert list(PROTOCOLS[name].open_choices) == list(choices(INFO))
    shown = "\n".join(header(INFO))
    for choice, value in choices(INFO).items():
        assert f"  {choice}: {value}" in shown
    assert "except: per_cell 2 instead of 27" in shown


def test_an_ordinary_run_has_no_header() -> None:
    """It follows no protocol."""
    assert [] == list(header(make_run_info()))


def test_the_description_tells_all() -> None:
    """What is stated, what is open, and every published figure."""
    protocol = PROTOCOLS["evstafev2025"]
    shown = "\n".join(description(protocol))
    for figure in protocol.figures:
        assert figure.value in shown
    assert {*protocol.stated, *protocol.open_choices} <= {line.strip().split(":")[0] for line in shown.splitlines()}
