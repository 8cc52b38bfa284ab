"""Settings are read from text, one value at a time, and every error names its place."""

import re
from dataclasses import replace
from typing import Any

import pytest
from factories import PROPERTY
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench.domains import Domain
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.option import Kind, Option
from pytest_mathbench.settings import Settings, options, read
from pytest_mathbench.verdicts import Verdict

NAMES = [option.name for option in options()]
PLACE = "--mathbench-x"


def test_nothing_written_gives_the_defaults() -> None:
    """Without a word from the user, the settings are the defaults."""
    assert Settings() == read({})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("model", "mistral", "mistral"),
        ("vllm_args", "--dtype float16 --name 'a b'", ("--dtype", "float16", "--name", "a b")),
        ("vllm_args", "", ()),
        ("server_timeout", "90", 90.0),
        ("server_timeout", " 1.5 ", 1.5),
        ("domain", "algebra", (Domain.ALGEBRA,)),
        ("domain", "Geometry, number-theory,geometry", (Domain.NUMBER_THEORY, Domain.GEOMETRY)),
        ("domain", ",".join(reversed(Domain)), tuple(Domain)),
        ("level", "2", (2,)),
        ("level", "3-5", (3, 4, 5)),
        ("level", " 5 , 1 - 2, 2", (1, 2, 5)),
        ("limit", "7", 7),
        ("per_cell", "2", 2),
        ("seed", "0", 0),
        ("temperature", "2", 2.0),
        ("top_p", "0.001", 0.001),
        ("max_tokens", "4096", 4096),
        ("concurrency", "1", 1),
        ("samples", "1", 1),
        ("server_restarts", "0", 0),
        ("request_timeout", "90", 90.0),
        ("stream", "yes", True),
        ("memory", "512M", 512 << 20),
        ("memory", "2 GiB", 2 << 30),
        ("memory", "4kb", 4 << 10),
        ("memory", "1000000", 1_000_000),
        ("sandbox", "auto", "auto"),
        ("scratch", "16M", 16 << 20),
        ("preload", "numpy, scipy.stats", ("numpy", "scipy.stats")),
        ("preload", "", ()),
        ("echo", "yes", True),
        ("echo", "Off", False),
        ("verdict", "lenient", Verdict.LENIENT),
        ("judge", "off", "off"),
        ("base_url", "http://a:1/v1/, http://b:2/v1", ("http://a:1/v1", "http://b:2/v1")),
        ("headers", "api-key=AZURE_KEY, X-Team=TEAM", (("api-key", "AZURE_KEY"), ("X-Team", "TEAM"))),
        ("query", "api-version=2024-10-21&x=", (("api-version", "2024-10-21"), ("x", ""))),
        ("request", '{"b": 1, "a": null}', '{"a": null, "b": 1}'),
        ("request", "{}", ""),
        ("judge_api_key_env", "JUDGE_KEY", "JUDGE_KEY"),
    ],
)
def test_what_the_user_writes_is_read(name: str, text: str, value: Any) -> None:
    """Each option reads its own notation: lists, ranges, sizes, words."""
    assert value == getattr(read({name: (text, PLACE)}), name)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("variant", "seven", "expected seeds: whole numbers separated by commas"),
        ("variant", "1,,2", "expected seeds"),
        ("variant", "-1", "expected seeds"),
        (
            "columns",
            "problem",
            "where NAME is one of problem, answer, domain, level, id, answer_type; found",
        ),
        ("columns", "statement=text", "found 'statement'"),
        ("domain", "", "no domain is named"),
        ("domain", " , ", "no domain is named"),
        ("level", "6", "unknown level '6'"),
        ("level", "0-2", "unknown level '0-2'"),
        ("level", "", "unknown level ''"),
        ("level", "1,,2", "unknown level ''"),
        ("level", "1-", "unknown level '1-'"),
        ("level", "4-2", "no level in '4-2'; a range runs upwards"),
        ("level", "4-2,5", "no level in '4-2'; a range runs upwards"),
        ("limit", "0", "a whole number of at least 1"),
        ("limit", "-1", "a whole number of at least 1"),
        ("limit", "1.5", "a whole number of at least 1"),
        ("limit", "9" * 30, "a whole number of at least 1"),
        ("seed", "-1", "a whole number of at least 0"),
        ("temperature", "2.1", "a number from 0 to 2"),
        ("temperature", "nan", "a number from 0 to 2"),
        ("temperature", "hot", "a number from 0 to 2"),
        ("top_p", "0", "a number from 0.001 to 1"),
        ("server_timeout", "inf", "a number from 1 to 86400"),
        ("request_timeout", "0", "a number from 1 to 86400"),
        ("server_restarts", "-1", "a whole number of at least 0"),
        ("samples", "0", "a whole number of at least 1"),
        ("stream", "maybe", "expected yes or no"),
        ("memory", "much", "a size such as 512M or 1G"),
        ("memory", "", "a size such as 512M or 1G"),
        ("memory", "0", "a size such as 512M or 1G"),
        ("memory", "-1G", "a size such as 512M or 1G"),
        ("memory", "999999999999999999G", "a size such as 512M or 1G"),
        ("vllm_args", "--name 'a", "No closing quotation"),
        ("request", "temperature: 1", "expected a JSON object"),
        ("request", "[1]", "expected a JSON object"),
        ("request", '{"model": "x"}', "'model' is set by the plugin itself"),
        ("request", '{"messages": []}', "'messages' is set by the plugin itself"),
        ("request", '{"n": 2}', "'n' is set by the plugin itself"),
        ("request", '{"stream": true}', "'stream' is set by the plugin itself"),
        ("headers", "api-key", "expected HEADER=VARIABLE"),
        ("headers", "a b=KEY", "expected HEADER=VARIABLE"),
        ("base_url", "localhost:8000", "expected an address such as http://host:8000/v1"),
        ("base_url", "http://x/v1?api-version=1", "it goes into --mathbench-query"),
    ],
)
def test_a_bad_value_is_refused_with_its_place(name: str, text: str, reason: str) -> None:
    """An error says where the value was written, what it is and what would be right."""
    with pytest.raises(ConfigurationError, match=f"^{PLACE}: {re.escape(repr(text))}: .*{re.escape(reason)}"):
        read({name: (text, PLACE)})


@PROPERTY
@given(st.sampled_from(NAMES), st.text(st.characters(), max_size=20) | st.from_regex(r"[\d.,kKmMgGiIbBeE\s-]{0,9}"))
@example("memory", "5\N{KELVIN SIGN}")
@example("memory", "9" * 5000)
@example("limit", "\N{ARABIC-INDIC DIGIT THREE}")
@example("vllm_args", "\\")
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    """Whatever is written changes its own setting only, or is refused with its place."""
    others = {"temperature": ("0.5", "a.ini")} if name != "temperature" else {}  # several samples need one
    before = read(others)
    try:
        settings, refusal = read(others | {name: (text, PLACE)}), ""
    except ConfigurationError as error:
        settings, refusal = before, str(error)
    assert before == replace(settings, **{name: getattr(before, name)})
    assert refusal.startswith(f"{PLACE}: {text!r}: " if refusal else "")


@pytest.mark.parametrize(
    ("one", "other"),
    [("base_url", "vllm_args"), ("replay", "base_url"), ("replay", "vllm_args"), ("replay", "reuse")],
)
def test_an_endpoint_a_server_and_a_recording_exclude_each_other(one: str, other: str) -> None:
    """Completions come from one place only: the error names both places where another was written."""
    texts = {"base_url": "http://x/v1", "vllm_args": "-q", "replay": "latest", "reuse": "latest"}
    written = {one: (texts[one], f"--mathbench-{one}"), other: (texts[other], f"mathbench_{other} in a.ini")}
    with pytest.raises(ConfigurationError, match=rf"^--mathbench-{one} and mathbench_{other} in a\.ini exclude"):
        read(written)


def test_a_judge_is_asked_by_naming_its_endpoint() -> None:
    """An endpoint alone asks a judge about what symbols reject; which answers, and none, can be said."""
    named = {"judge_base_url": ("http://x/v1", PLACE), "judge_model": ("mistral", PLACE)}
    said = [read(named | {"judge": (text, PLACE)}).judging for text in ("off", "fallback", "all")]
    assert read({}).judging == "off"
    assert read(named).judging == "fallback"
    assert ["off", "fallback", "all"] == said


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("judge", "all", "a judge needs an endpoint; give --mathbench-judge-base-url"),
        ("judge_model", "mistral", "a judge needs an endpoint; give --mathbench-judge-base-url"),
        ("judge_base_url", "http://x/v1", "a judge needs a model; name one with --mathbench-judge-model"),
        ("verdict", "judge", "no judge is asked; give --mathbench-judge-base-url"),
    ],
)
def test_a_judge_that_cannot_be_asked_is_refused(name: str, text: str, message: str) -> None:
    """A judge without an endpoint, or whose word counts and who is not asked, is an error with its place."""
    with pytest.raises(ConfigurationError, match=f"^{PLACE}: {text!r}: {message}$"):
        read({name: (text, PLACE)})


def test_several_samples_need_a_temperature() -> None:
    """At temperature 0 all samples of a problem would be one and the same: that is refused, with its place."""
    written = {"samples": ("2", PLACE)}
    with pytest.raises(ConfigurationError, match=f"^{PLACE}: at temperature 0 all 2 samples would be the same"):
        read(written)
    assert 2 == read(written | {"temperature": ("0.5", PLACE)}).samples


@pytest.mark.parametrize("option", options(), ids=NAMES)
def test_a_shown_default_reads_back_as_the_default(option: Any) -> None:
    """What `--help` shows as default can be written down, and changes nothing."""
    text = option.default_text
    written = {option.name: (text, PLACE)} if text else {}
    assert Settings() == read(written)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("memory", "1G"),
        ("server_timeout", "600"),
        ("temperature", "0"),
        ("max_tokens", ""),
        ("output", ".mathbench"),
        ("model", ""),
        ("limit", ""),
        ("domain", ""),
        ("level", ""),
        ("vllm_args", ""),
    ],
)
def test_defaults_are_shown_as_they_are_written(name: str, text: str) -> None:
    """Help shows sizes and numbers in the user's notation, and no default that says nothing."""
    assert text == next(option for option in options() if option.name == name).default_text


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (Kind.SWITCH, ["cut", "raw_prompt", "stream", "watch", "allow_unencrypted_workers", "echo"]),
        (Kind.OPTIONAL, ["resume"]),
        (Kind.LINES, ["gates"]),
    ],
)
def test_an_option_states_how_it_is_written(kind: Kind, names: list[str]) -> None:
    """What is no plain value says so in its kind, not in its metavar."""
    assert names == [option.name for option in options() if option.kind == kind]


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_only_a_switch_has_no_metavar(option: Option) -> None:
    """An option that takes a value names it in help."""
    assert (option.kind == Kind.SWITCH) == (option.metavar == "")


def test_every_domain_and_level_is_chosen_by_default() -> None:
    """A run without a selection takes everything."""
    assert () == Settings().domain
    assert () == Settings().level
