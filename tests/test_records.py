"""The records go to JSON and back, and refuse everything else."""

import dataclasses
import json
import types
import typing
from dataclasses import FrozenInstanceError, dataclass, field, is_dataclass, replace
from enum import StrEnum
from typing import Any

import pytest
from factories import (
    PROPERTY,
    make_completion,
    make_fault,
    make_problem,
    make_request,
    make_result,
    make_ruling,
    make_run_info,
)
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench.execution import Execution, Limits
from pytest_mathbench.record import Record
from pytest_mathbench.recording.recorded import Resumption
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import (
    Completion,
    Grade,
    ItemResult,
    Judgement,
    Outcome,
    Prefix,
    Problem,
    Prompt,
    Request,
    Ruling,
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
        return st.dictionaries(TEXTS, _values(typing.get_args(kind)[1]), max_size=3)
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
    assert [text] == text.splitlines()
    assert text.isascii()


@PROPERTY
@given(ANY_RECORD)
def test_json_has_every_field(record: Record) -> None:
    """What is written can be read by others, who know no default."""
    hints = typing.get_type_hints(type(record))
    assert list(hints) == list(json.loads(record.to_json()))


@PROPERTY
@given(ANY_RECORD)
def test_canonical_json_is_the_record(record: Record) -> None:
    """What is left out of it is there again when it is read, and lists what a field may be."""
    assert record == type(record).from_json(record.to_canonical_json())


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
        (RunInfo, {"verdict": "kind"}, "RunInfo.verdict: 'kind' is not a valid Verdict"),
        (Problem, {"domain": 3}, "Problem.domain: expected str, found int"),
        (Problem, {"domain": None}, "Problem.domain: expected str, found NoneType"),
        (Request, {"prompt": "Solve."}, "Request.prompt: expected an object, found str"),
        (Request, {"prompt": {}}, "Request.prompt: lacks the field 'user'"),
        (RunInfo, {"machine": []}, "RunInfo.machine: expected an object, found list"),
        (RunInfo, {"machine": {"cpus": 2}}, "RunInfo.machine.cpus: expected str, found int"),
        (Problem, {"level": None}, "Problem.level: expected int, found NoneType"),
        (ItemResult, {"execution": {"ending": "none"}}, "ItemResult.execution: lacks the field 'detail'"),
        (ItemResult, {"grade": []}, "ItemResult.grade: expected an object, found list"),
        (RunInfo, {"verdict": 3}, "RunInfo.verdict: expected Verdict, found int"),
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
    assert 1.0 == temperature
    assert isinstance(temperature, float)


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
        ('{"names": ["a", "b", "c", {}]}', "Lists.names[3]: expected str, found dict"),
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


# Keys of requests

EVERY_DEFAULT = Request(
    prompt=Prompt(user="What is $6 \\cdot 7$?"),
    sampling=Sampling(temperature=0.0, top_p=1.0, max_tokens=1024, seed=None),
    json_schema="",
    tokens=False,
    prefix=None,
    forbidden=(),
)
NO_DEFAULT = Request(
    prompt=Prompt(user="\u00e9 \ud800 \n"),
    sampling=Sampling(temperature=0.7, top_p=0.9, max_tokens=2048, seed=5),
    json_schema='{"type": "object"}',
    tokens=True,
    prefix=Prefix(prompt_ids=(1, 2, 3), ids=(4,)),
    forbidden=(7, 8),
)
REQUESTS = _records(Request)


@pytest.mark.parametrize(
    ("request_", "canonical", "key"),
    [
        (
            EVERY_DEFAULT,
            r'{"prompt": {"user": "What is $6 \\cdot 7$?"}, "sampling": {}}',
            "19ecf57a6c9315a6822a793715afd4fa12bf80b8767c43f872e6f5e5f823608f",
        ),
        (
            NO_DEFAULT,
            r'{"forbidden": [7, 8], "json_schema": "{\"type\": \"object\"}", '
            r'"prefix": {"ids": [4], "prompt_ids": [1, 2, 3]}, "prompt": {"user": "\u00e9 \ud800 \n"}, '
            r'"sampling": {"max_tokens": 2048, "seed": 5, "temperature": 0.7, "top_p": 0.9}, "tokens": true}',
            "1db059477256d20e4b6f5c8cff8b26b4d02aba303e1cf58c1314ed20871f7cab",
        ),
    ],
    ids=["every default", "no default"],
)
def test_keys_are_what_they_were(request_: Request, canonical: str, key: str) -> None:
    """Completions of earlier runs are found by these. Whoever must change one makes a new format (docs/runs.md)."""
    assert canonical == request_.to_canonical_json()
    assert key == request_.key


@dataclass(frozen=True, kw_only=True)
class LaterSampling(Sampling):
    """Sampling with a parameter that a later version knows."""

    min_p: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LaterRequest(Request):
    """A request with fields that a later version knows, some of them built when it is made."""

    system: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def later(request: Request, **fields: Any) -> LaterRequest:
    """Return the request as a later version makes it."""
    own = {member.name: getattr(request, member.name) for member in dataclasses.fields(Request)}
    sampling = LaterSampling(
        **{member.name: getattr(request.sampling, member.name) for member in dataclasses.fields(Sampling)}
    )
    return LaterRequest(**(own | {"sampling": sampling} | fields))


@PROPERTY
@given(REQUESTS)
def test_a_new_field_with_a_default_changes_no_key(request_: Request) -> None:
    """A version that can ask for more asks for the same under the same key, in a request and within its parts."""
    assert request_.key == later(request_).key


@PROPERTY
@given(REQUESTS, st.sampled_from([{"system": "You are."}, {"headers": {"a": "b"}}]))
def test_a_new_field_at_another_value_changes_the_key(request_: Request, fields: dict[str, Any]) -> None:
    """It decides the completion as every field does."""
    assert request_.key != later(request_, **fields).key


@PROPERTY
@given(REQUESTS, REQUESTS)
def test_a_key_is_as_good_as_its_request(one: Request, other: Request) -> None:
    """Different requests have different keys, and equal ones equal keys."""
    assert (one == other) == (one.key == other.key)


@PROPERTY
@given(st.data(), REQUESTS)
def test_every_field_is_in_the_key(data: st.DataObject, one: Request) -> None:
    """Another value of any one field is another key."""
    hints = typing.get_type_hints(Request)
    name = data.draw(st.sampled_from(sorted(hints)))
    value = data.draw(_values(hints[name]))
    other = replace(one, **{name: value})
    assert (value == getattr(one, name)) == (one.key == other.key)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"temperature": 1}, {"temperature": 1.0}),
        ({"temperature": 0}, {}),
        ({"temperature": -0.0}, {}),
        ({"temperature": 1e300}, {"temperature": int(1e300)}),
    ],
)
def test_equal_numbers_are_written_alike(one: dict[str, float], other: dict[str, float]) -> None:
    """Python's 1 and 1.0 are equal, so that the requests are, and so their keys must be."""
    assert make_request(**one) == make_request(**other)
    assert make_request(**one).key == make_request(**other).key


def test_the_order_of_fields_is_not_in_the_key() -> None:
    """Names are sorted: whoever moves a field changes no key."""
    named = json.loads(NO_DEFAULT.to_canonical_json())
    assert sorted(named) == list(named)


def test_a_key_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request of a thousand token ids is serialised once, however often its key is asked for."""
    calls: list[Request] = []
    serialise = Request.to_canonical_json

    def counted(request: Request) -> str:
        calls.append(request)
        return serialise(request)

    monkeypatch.setattr(Request, "to_canonical_json", counted)
    asked = make_request()
    assert {asked.key} == {asked.key for _ in range(5)}
    assert 1 == len(calls)


def test_a_changed_request_has_a_key_of_its_own() -> None:
    """What was computed for a request is not taken over by what is made of it."""
    asked = make_request()
    before = asked.key
    assert before != replace(asked, tokens=True).key
    assert before == asked.key


def test_a_request_with_its_key_is_still_equal_to_one_without() -> None:
    """The key that is kept is no part of the request."""
    asked = make_request()
    asked.key  # noqa: B018 - computed
    assert make_request() == asked
    assert make_request().to_json() == asked.to_json()
    assert hash(make_request()) == hash(asked)


# Rulings


@PROPERTY
@given(_records(ItemResult), st.booleans())
def test_a_ruling_decides_the_outcome(result: ItemResult, correct: bool) -> None:  # noqa: FBT001 - drawn
    """A measured answer is right exactly if a person says so; what was not measured stays."""
    ruled = result.ruled(make_ruling(correct=correct))
    if result.outcome is None:
        assert result == ruled
    else:
        assert correct == (ruled.outcome == Outcome.CORRECT)


@PROPERTY
@given(_records(ItemResult), st.booleans())
def test_what_was_overruled_is_kept(result: ItemResult, correct: bool) -> None:  # noqa: FBT001 - drawn
    """The outcome that was measured is told if, and only if, the ruling changed it."""
    measured = replace(result, ruling=None, overruled=None)
    ruled = measured.ruled(make_ruling(correct=correct))
    assert measured.outcome == (ruled.overruled or ruled.outcome)
    assert ruled.overruled != ruled.outcome or ruled.outcome is None


@pytest.mark.parametrize(("finish_reason", "truncated"), [("length", True), ("stop", False), ("None", False)])
def test_a_completion_knows_whether_it_was_cut_off(finish_reason: str, truncated: bool) -> None:  # noqa: FBT001
    """The finish reason "length" is the API's word for the token limit."""
    assert truncated == make_completion(finish_reason=finish_reason).truncated
