"""What a run measures, with what: each field states what it decides, and what was written is read or refused."""

import dataclasses
import json
from typing import Any

import pytest
from factories import make_run_info

from pytest_mathbench.decides import Decides, decided_by
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.order import Place
from pytest_mathbench.recording.run_info import (
    FORMAT,
    FieldDifference,
    RunInfo,
    Shard,
    differences,
    format_of,
    from_document,
    sentence,
    to_document,
)
from pytest_mathbench.records import Sampling
from pytest_mathbench.verdicts import Verdict

INFO = make_run_info()

# For every field: another value, and what it decides. `sampling` is taken apart.
FIELDS: dict[str, tuple[Any, Decides]] = {
    "model": ("m", Decides.COMPLETION),
    "resolved_model": ("m", Decides.RESULT),
    "endpoint": ("http://other/v1", Decides.NOTHING),
    "vllm_args": ("--seed 1", Decides.RESULT),
    "problem_set": ("other", Decides.RESULT),
    "problem_count": (4, Decides.RESULT),
    "problems_sha256": ("0" * 64, Decides.COMPARISON),
    "shard": (Shard(number=1, count=2), Decides.RESULT),
    "prompt": ("Solve: {problem}", Decides.NOTHING),
    "prompt_sha256": ("0" * 64, Decides.COMPLETION | Decides.COMPARISON),
    "sampling.temperature": (0.5, Decides.COMPLETION),
    "sampling.top_p": (0.5, Decides.COMPLETION),
    "sampling.max_tokens": (9, Decides.COMPLETION | Decides.COMPARISON),
    "sampling.seed": (9, Decides.COMPLETION),
    "samples": (2, Decides.RESULT),
    "strategy": ("stepwise", Decides.COMPLETION),
    "protocol": ("evstafev2025", Decides.RESULT),
    "deviations": ({"per_cell": "2 instead of 27"}, Decides.RESULT),
    "sandbox": ("off", Decides.RESULT),
    "cpu_seconds": (1.0, Decides.COMPARISON),
    "memory_bytes": (1, Decides.COMPARISON),
    "scratch_bytes": (1, Decides.RESULT),
    "preload": (("math",), Decides.COMPARISON),
    "echo": (True, Decides.COMPARISON),
    "verdict": (Verdict.LENIENT, Decides.COMPARISON),
    "judge": ("all", Decides.COMPARISON),
    "judge_model": ("judge", Decides.COMPARISON),
    "judge_sha256": ("0" * 64, Decides.COMPARISON),
    "started": ("2026-01-01T00:00:00+00:00", Decides.NOTHING),
    "machine": ({"cpus": "9"}, Decides.NOTHING),
    "versions": ({"python": "3.12.0"}, Decides.RESULT),
    "system": ("You write Python.", Decides.NOTHING),
    "request": ('{"top_k": 20}', Decides.COMPLETION),
    "raw_prompt": (True, Decides.COMPLETION),
    "query": ({"api-version": "1"}, Decides.RESULT),
    "headers": (("x-team",), Decides.NOTHING),
    "judge_request": ('{"top_k": 20}', Decides.COMPARISON),
    "judge_query": ({"api-version": "1"}, Decides.RESULT),
    "judge_headers": (("x-team",), Decides.NOTHING),
    "engine": ("sglang", Decides.RESULT),
    "sglang_args": ("--tp 2", Decides.RESULT),
    "adapter": ("tuned", Decides.COMPLETION),
    "asked_model": ("m:tuned", Decides.NOTHING),
    "price": ((0.15, 0.6), Decides.NOTHING),
    "judge_price": ((0.15, 0.6), Decides.NOTHING),
    "order_seed": (3, Decides.RESULT),
    "order": ((Place(problem="p", domain="algebra", level=1),), Decides.NOTHING),
    "commit": ("0f3a", Decides.NOTHING),
    "reused": (("run-1",), Decides.NOTHING),
}
PURPOSES = [Decides.RESULT, Decides.COMPLETION, Decides.COMPARISON]


def field_names() -> set[str]:
    """The names of all fields, those of the sampling among them."""
    own = {member.name for member in dataclasses.fields(RunInfo)} - {"sampling"}
    return own | {f"sampling.{member.name}" for member in dataclasses.fields(Sampling)}


def with_another(name: str, value: Any) -> RunInfo:
    """Return the run with another value in one field."""
    if name.startswith("sampling."):
        return make_run_info(sampling=dataclasses.replace(INFO.sampling, **{name.removeprefix("sampling."): value}))
    return make_run_info(**{name: value})


# What a field decides


def test_the_table_has_every_field() -> None:
    """A new field is put into the table above, with what it decides."""
    assert FIELDS.keys() == field_names()


@pytest.mark.parametrize("kind", [RunInfo, Sampling])
def test_every_field_states_what_it_decides(kind: type) -> None:
    """There is no default: who adds a field says what it decides."""
    for member in dataclasses.fields(kind):
        assert member.name == "sampling" or isinstance(decided_by(member), Decides)


def test_a_field_that_states_nothing_is_a_fault() -> None:
    """It is not taken to decide nothing."""
    with pytest.raises(KeyError):
        decided_by(dataclasses.fields(FieldDifference)[0])


@pytest.mark.parametrize("purpose", PURPOSES, ids=["result", "completion", "comparison"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_difference_counts_where_the_field_decides(name: str, purpose: Decides) -> None:
    """A run is resumed, replayed or compared only under the same of what decides a result, a completion, a rate."""
    value, decides = FIELDS[name]
    found = differences(INFO, with_another(name, value), purpose)
    assert (purpose in decides) == bool(found)


@pytest.mark.parametrize("decides", [Decides.COMPLETION, Decides.COMPARISON])
def test_what_decides_a_completion_or_a_comparison_decides_a_result(decides: Decides) -> None:
    """A run that could not be replayed or compared cannot be resumed either."""
    assert Decides.RESULT in decides


def test_a_completion_is_no_comparison() -> None:
    """Model and temperature are what is tried."""
    assert Decides.COMPARISON not in Decides.COMPLETION
    assert Decides.COMPLETION not in Decides.COMPARISON


def test_a_run_differs_in_nothing_from_itself() -> None:
    """Whatever is asked."""
    assert [] == differences(INFO, make_run_info(), *PURPOSES)


def test_by_default_what_decides_a_result_counts() -> None:
    """That is all that is not where and when."""
    name, another = "sandbox", "off"
    assert [FieldDifference(name, INFO.sandbox, another)] == differences(INFO, make_run_info(sandbox=another))


def test_several_purposes_are_asked_for_at_once() -> None:
    """A field counts if it decides any of them, and counts once."""
    other = make_run_info(model="m", samples=2, prompt_sha256="0", sandbox="off")
    found = differences(INFO, other, Decides.COMPLETION, Decides.COMPARISON)
    assert ["model", "prompt_sha256"] == [each.name for each in found]


# Differences


def test_a_difference_is_the_fields_name_and_both_values() -> None:
    """Nobody has to read them out of a sentence."""
    other = make_run_info(sampling=Sampling(temperature=0.7))
    assert [FieldDifference("sampling.temperature", 0.0, 0.7)] == differences(INFO, other)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"python": "3.11"}, {"python": "3.12"}, FieldDifference("versions.python", "3.11", "3.12")),
        ({"python": "3.11"}, {}, FieldDifference("versions.python", "3.11", None)),
        ({}, {"vllm": "1"}, FieldDifference("versions.vllm", None, "1")),
    ],
    ids=["other", "gone", "new"],
)
def test_mappings_are_compared_entry_by_entry(
    before: dict[str, str], after: dict[str, str], expected: FieldDifference
) -> None:
    """One package among many is named."""
    assert [expected] == differences(make_run_info(versions=before), make_run_info(versions=after))


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (FieldDifference("model", "a", "b"), "model was 'a', now 'b'"),
        (FieldDifference("sampling.seed", None, 3), "sampling.seed was unset, now 3"),
        (FieldDifference("verdict", Verdict.STRICT, Verdict.LENIENT), "verdict was 'strict', now 'lenient'"),
        (FieldDifference("shard", Shard(number=1, count=2), None), "shard was 1/2, now unset"),
        (FieldDifference("echo", False, True), "echo was False, now True"),
        (FieldDifference("preload", ("a", "b"), ()), "preload was ('a', 'b'), now ()"),
    ],
    ids=["text", "none", "enumeration", "shard", "switch", "names"],
)
def test_a_difference_is_told_in_words(difference: FieldDifference, text: str) -> None:
    """As text it is half a sentence."""
    assert text == str(difference)


def test_differences_make_one_sentence() -> None:
    """Each of them is in it."""
    found = [FieldDifference("model", "a", "b"), FieldDifference("samples", 1, 2)]
    assert "model was 'a', now 'b'; samples was 1, now 2" == sentence(found)


# On disk


def test_what_is_written_is_read() -> None:
    """A document goes through JSON and comes back as the run."""
    info = make_run_info(
        shard=Shard(number=2, count=3), deviations={"per_cell": "2 instead of 27"}, protocol="evstafev2025"
    )
    assert info == from_document(json.loads(json.dumps(to_document(info))), "run.json")


def test_a_document_has_the_number_of_its_format() -> None:
    """The number that this version writes is the newest that it reads."""
    assert FORMAT == format_of(to_document(INFO))


def format_1(**changed: object) -> dict[str, Any]:
    """Return a document as the first format had it: no number, and three fields in one string each."""
    document: dict[str, Any] = json.loads(INFO.to_json())
    return document | {"preload": "sympy,numpy", "deviations": "", "shard": ""} | changed


def test_a_document_without_a_number_is_of_format_1() -> None:
    """The first format had none."""
    assert 1 == format_of(format_1())


def test_format_1_is_read() -> None:
    """What it had joined is taken apart."""
    assert make_run_info(preload=("sympy", "numpy"), deviations={}, shard=None) == from_document(format_1(), "run.json")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("preload", "", ()),
        ("preload", "math", ("math",)),
        ("preload", "scipy.optimize,math", ("scipy.optimize", "math")),
        ("shard", "2/13", Shard(number=2, count=13)),
        ("deviations", "per_cell 2 instead of 27", {"per_cell": "2 instead of 27"}),
        (
            "deviations",
            "per_cell 2 instead of 27; judge_model a b instead of c",
            {"per_cell": "2 instead of 27", "judge_model": "a b instead of c"},
        ),
    ],
)
def test_each_joined_field_of_format_1_is_taken_apart(name: str, text: str, expected: object) -> None:
    """Names of modules, a shard's numbers, deviations from a protocol."""
    assert expected == getattr(from_document(format_1(**{name: text}), "run.json"), name)


def test_a_later_format_is_refused_in_one_sentence() -> None:
    """Whatever it holds: the place is named, and what to do."""
    with pytest.raises(ConfigurationError) as error:
        from_document({"format": FORMAT + 1}, "the baseline main.json")
    assert (
        f"the baseline main.json was written by a later version of pytest-mathbench, in format {FORMAT + 1}; "
        f"this version reads formats up to {FORMAT}: upgrade pytest-mathbench"
    ) == str(error.value)


@pytest.mark.parametrize("number", [0, -1, "2", 2.0, None, True, []])
def test_what_is_no_number_of_a_format_is_no_run(number: object) -> None:
    """It is a damaged or foreign file."""
    with pytest.raises(ValueError, match="is not the number of a format"):
        from_document(to_document(INFO) | {"format": number}, "run.json")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, "RunInfo: expected an object, found NoneType"),
        ([], "RunInfo: expected an object, found list"),
        ({}, "RunInfo: lacks the field 'model'"),
        ({"format": FORMAT}, "RunInfo: lacks the field 'model'"),
        (to_document(INFO) | {"new": 1}, "RunInfo: unknown field 'new'"),
        (to_document(INFO) | {"preload": "sympy,numpy"}, "RunInfo.preload: expected tuple, found str"),
        (format_1(shard="first"), "invalid literal for int"),
        (format_1(preload=3), "RunInfo.preload: expected tuple, found int"),
    ],
    ids=["null", "list", "empty", "number only", "later field", "string in format 2", "no shard", "no string"],
)
def test_what_describes_no_run_is_a_value_error(document: object, reason: str) -> None:
    """The reason names the field."""
    with pytest.raises(ValueError, match=f"^{reason}"):
        from_document(document, "run.json")


@pytest.mark.parametrize(
    ("endpoint", "source"),
    [("regrade of run-1", "run-1"), ("replay of run-1", "run-1"), ("http://127.0.0.1:8000/v1", "")],
)
def test_a_run_of_another_s_completions_names_it(endpoint: str, source: str) -> None:
    """Regrades and replays ask no model."""
    assert source == make_run_info(endpoint=endpoint).source
