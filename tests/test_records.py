"""The records go to JSON and back, and refuse everything else."""

import json
import types
import typing
from dataclasses import FrozenInstanceError, dataclass, is_dataclass, replace
from enum import StrEnum
from typing import Any

import pytest
from factories import PROPERTY, make_completion, make_fault, make_problem, make_request, make_result, make_run_info
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench.record import Record
from pytest_mathbench.records import (
    Completion,
    Execution,
    Grade,
    ItemResult,
    Judgement,
    Limits,
    Outcome,
    Problem,
    Prompt,
    Request,
    Resumption,
    Ruling,
    RunInfo,
    Sampling,
)

RECORDS = (
    Problem,
    Prompt,
    Sampling,
    Request,
    Completion,
    Limits,
    Execution,
    Grade,
    ItemResult,
    RunInfo,
    Resumption,
    Judgement,
    Ruling,
)


def _without_pairs(text: str) -> str:
    """Join surrogate pairs: only lone surrogates are characters of their own."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


TEXTS = st.text(st.characters(), max_size=20).map(_without_pairs)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of type `kind` may have."""
    if isinstance(kind, types.UnionType):
        return st.one_of(*map(_values, kind.__args__))
    if is_dataclass(kind):
        return _records(typing.cast("type[Record]", kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    if typing.get_origin(kind) is tuple:
        return st.lists(_values(typing.get_args(kind)[0]), max_size=3).map(tuple)
    if typing.get_origin(kind) is dict:
        return st.dictionaries(TEXTS, TEXTS, max_size=3)
    simple = {
        str: TEXTS,
        int: st.integers(),
        float: st.floats(allow_nan=False),
        bool: st.booleans(),
        type(None): st.none(),
    }
    return simple[kind]


def _records(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Any record of a class."""
    fields = {name: _values(hint) for name, hint in typing.get_type_hints(kind).items()}
    if kind is ItemResult:
        measured = fields | {"outcome": st.sampled_from(Outcome), "fault": st.none()}
        not_measured = fields | {"outcome": st.none(), "fault": TEXTS}
        return st.builds(kind, **measured) | st.builds(kind, **not_measured)
    if kind is Judgement:
        rated = fields | {"rating": st.integers(), "fault": st.none()}
        return st.builds(kind, **rated) | st.builds(kind, **(fields | {"rating": st.none(), "fault": TEXTS}))
    return st.builds(kind, **fields)


ANY_RECORD = st.sampled_from(RECORDS).flatmap(_records)


@PROPERTY
@given(ANY_RECORD)
@example(make_problem(statement="\ud800 \udc00 \u2028 \x00"))
def test_a_record_comes_back_from_json_as_it_was(record: Record) -> None:
    """Any field values survive `to_json` and `from_json`: lone surrogates, infinities, huge integers."""
    assert record == type(record).from_json(record.to_json())


@PROPERTY
@given(ANY_RECORD)
def test_a_record_is_one_line_of_ascii(record: Record) -> None:
    """No field value can break a line, or need another encoding."""
    text = record.to_json()
    assert ([text], True) == (text.splitlines(), text.isascii())


def _read(kind: type[Record], text: str | bytes) -> Record | None:
    """Read a record; None where it is refused as it should be."""
    try:
        return kind.from_json(text)
    except ValueError:
        return None


@PROPERTY
@given(st.sampled_from(RECORDS), st.binary(max_size=60) | TEXTS | JSON.map(json.dumps))
@example(Sampling, "[" * 100_000)
@example(Sampling, "9" * 5000)
@example(Sampling, "")
def test_what_is_no_record_raises_value_error_only(kind: type[Record], text: str | bytes) -> None:
    """Arbitrary bytes, text and JSON are refused with `ValueError`, or read as an equal record."""
    record = _read(kind, text)
    assert record is None or record == kind.from_json(record.to_json())


@PROPERTY
@given(st.data(), ANY_RECORD, JSON)
def test_a_changed_field_raises_value_error_only(data: st.DataObject, record: Record, value: Any) -> None:
    """A record with any one value replaced by any JSON is refused with `ValueError`, or read as an equal record."""
    parsed = place = json.loads(record.to_json())
    while isinstance(place[name := data.draw(st.sampled_from(sorted(place)))], dict) and place[name]:
        if data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = value
    changed = _read(type(record), json.dumps(parsed))
    assert changed is None or changed == type(record).from_json(changed.to_json())


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (Sampling, {"beams": 4}, "Sampling: unknown field 'beams'"),
        (Sampling, {"max_tokens": True}, "Sampling.max_tokens: expected int, found bool"),
        (Sampling, {"max_tokens": 1.0}, "Sampling.max_tokens: expected int, found float"),
        (Sampling, {"seed": "1"}, "Sampling.seed: expected int, found str"),
        (Sampling, {"top_p": "1"}, "Sampling.top_p: expected float, found str"),
        (Sampling, {"top_p": 10**400}, "Sampling.top_p: the number is too large"),
        (RunInfo, {"verdict": "kind"}, "'kind' is not a valid Verdict"),
        (Problem, {"domain": 3}, "Problem.domain: expected str, found int"),
        (Problem, {"domain": None}, "Problem.domain: expected str, found NoneType"),
        (Request, {"prompt": "Solve."}, "Request.prompt: expected an object, found str"),
        (Request, {"prompt": {}}, "Request.prompt: lacks the field 'user'"),
        (RunInfo, {"machine": []}, "RunInfo.machine: expected an object, found list"),
        (RunInfo, {"machine": {"cpus": 2}}, "RunInfo.machine.cpus: expected str, found int"),
        (ItemResult, {"fault": "also a fault"}, "an ItemResult has either an outcome or a fault"),
    ],
)
def test_an_error_names_the_field(kind: type[Record], change: dict[str, Any], message: str) -> None:
    """What is wrong with a record is told with the place where it is wrong."""
    samples = (Sampling(), make_problem(), make_request(), make_run_info(), make_result())
    sample = next(record for record in samples if isinstance(record, kind))
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is compared
        kind.from_json(json.dumps(json.loads(sample.to_json()) | change))
    assert message == str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "Sampling: expected an object, found list"),
        ("null", "Sampling: expected an object, found NoneType"),
        ("[" * 100_000, "JSON nested too deeply"),
    ],
)
def test_json_that_is_no_object_is_refused(text: str, message: str) -> None:
    """Only an object is a record."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is compared
        Sampling.from_json(text)
    assert message == str(error.value)


def test_a_field_with_a_default_may_be_missing() -> None:
    """A record written before a field was added can still be read."""
    assert Sampling(max_tokens=5) == Sampling.from_json('{"max_tokens": 5}')


def test_whole_numbers_are_read_as_floats_where_floats_belong() -> None:
    """Other programs write 1 for 1.0."""
    temperature = Sampling.from_json('{"temperature": 1}').temperature
    assert (1.0, float) == (temperature, type(temperature))


@pytest.mark.parametrize("fields", [{}, {"outcome": Outcome.WRONG, "fault": "the server died"}])
def test_a_result_is_measured_or_not(fields: dict[str, Any]) -> None:
    """An `ItemResult` has an outcome or a fault: never both, never neither."""
    with pytest.raises(ValueError, match="either an outcome or a fault"):
        ItemResult(problem=make_problem(), **fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists(Record):
    """A record with tuples of any length."""

    names: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()


@PROPERTY
@given(st.builds(Lists, names=st.lists(TEXTS).map(tuple), numbers=st.lists(st.floats(allow_nan=False)).map(tuple)))
def test_tuples_come_back_from_json_as_they_were(record: Lists) -> None:
    """JSON has arrays only; a field that holds a tuple gets one back, empty or long."""
    assert record == Lists.from_json(record.to_json())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"names": "ab"}', "Lists.names: expected tuple, found str"),
        ('{"names": null}', "Lists.names: expected tuple, found NoneType"),
        ('{"names": {"a": "b"}}', "Lists.names: expected tuple, found dict"),
        ('{"names": ["a", 1]}', "Lists.names[1]: expected str, found int"),
        ('{"numbers": [[]]}', "Lists.numbers[0]: expected float, found list"),
    ],
)
def test_what_is_no_tuple_is_refused_with_its_place(text: str, message: str) -> None:
    """Only an array of values of the right type is a tuple; a string is none of letters."""
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the message is compared
        Lists.from_json(text)
    assert message == str(error.value)


def test_records_are_frozen() -> None:
    """A record that was handed out does not change."""
    with pytest.raises(FrozenInstanceError):
        make_fault().fault = "another"  # type: ignore[misc]


def test_equal_requests_have_one_key() -> None:
    """The key is a function of the request's content: 64 hexadecimal digits."""
    key = make_request().key
    assert (make_request().key, 64, set()) == (key, len(key), set(key) - set("0123456789abcdef"))


@pytest.mark.parametrize(
    "other",
    [
        replace(make_request(), prompt=Prompt(user="What is $6 \\cdot 8$?")),
        make_request(temperature=0.5),
        make_request(top_p=0.5),
        make_request(max_tokens=1),
        make_request(seed=0),
    ],
    ids=["statement", "temperature", "top_p", "max_tokens", "seed"],
)
def test_the_key_tells_requests_apart(other: Request) -> None:
    """Whatever decides the completion is in the key."""
    assert make_request().key != other.key


@pytest.mark.parametrize(("finish_reason", "truncated"), [("length", True), ("stop", False), ("None", False)])
def test_a_completion_knows_whether_it_was_cut_off(finish_reason: str, truncated: bool) -> None:  # noqa: FBT001
    """The finish reason "length" is the API's word for the token limit."""
    assert truncated == make_completion(finish_reason=finish_reason).truncated
