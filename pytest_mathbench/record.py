"""Frozen dataclasses that go to JSON and back."""

import json
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self, cast

_NO_DEFAULT = object()

Decoder = Callable[[object], Any]
"""Makes a value of one type out of parsed JSON, or raises `_MisfitError`."""


class Record:
    """A frozen dataclass that goes to JSON and back."""

    __slots__ = ()

    def to_json(self) -> str:
        """Return one line of ASCII JSON: it survives every channel, lone surrogates included."""
        return json.dumps(self, default=_fields)

    def to_canonical_json(self) -> str:
        """Return JSON that equal records share, whatever version wrote them.

        A field at its default is left out, so that a field added later changes nothing; names are sorted; a whole
        float is written as an integer, to which it is equal.
        """
        return json.dumps(self, default=_set_fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote.

        Raises `ValueError` for anything else: not JSON, a missing or unknown field, a value of another type.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Make a record of JSON that has been parsed. Raises `ValueError`, which names the field at fault."""
        try:
            return cast("Self", _decoder(cast("type", cls))(data))
        except _MisfitError as error:
            raise ValueError(f"{cls.__name__}{error.place}: {error.reason}") from None


class _MisfitError(Exception):
    """A value does not fit its type; `place` leads to it from the record, as in `.machine.cpus`."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason, place)
        self.reason = reason
        self.place = place

    def within(self, part: str) -> Self:
        """Return the same fault as seen from what holds this part."""
        return type(self)(self.reason, f"{part}{self.place}")


# Records to JSON


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(member.name for member in fields(cls))


@cache
def _defaults(cls: type) -> dict[str, object]:
    """Return each field's default, `_NO_DEFAULT` where it has none."""
    return {
        member.name: member.default_factory()
        if member.default_factory is not MISSING
        else _NO_DEFAULT
        if member.default is MISSING
        else member.default
        for member in fields(cls)
    }


def _fields(record: Any) -> dict[str, object]:  # a record; json calls it for what it does not know
    kind: type = type(record)
    return {name: getattr(record, name) for name in _names(kind)}


def _set_fields(record: Any) -> dict[str, object]:  # as above
    """Return the fields that are not at their defaults."""
    kind: type = type(record)
    values = ((name, getattr(record, name), default) for name, default in _defaults(kind).items())
    return {name: _whole(value) for name, value, default in values if default is _NO_DEFAULT or value != default}


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# JSON to records


@cache
def _decoder(kind: Any) -> Decoder:  # types of fields: classes, unions, generic aliases
    """Return the decoder of a record, an enumeration, a simple type, a tuple, a mapping, or of one of these or None."""
    if isinstance(kind, types.UnionType):
        (member,) = (each for each in kind.__args__ if each is not types.NoneType)
        return _optional(member)
    if typing.get_origin(kind) is dict:
        return _mapping(typing.get_args(kind)[1])
    if typing.get_origin(kind) is tuple:
        return _tuple(typing.get_args(kind)[0])  # of any length, of one type
    if is_dataclass(kind):
        return _record(cast("type", kind))
    if issubclass(kind, StrEnum):
        return _enumeration(kind)
    return _number if kind is float else _simple(kind)


def _optional(kind: Any) -> Decoder:  # as above
    decode = _decoder(kind)
    return lambda data: None if data is None else decode(data)


def _simple(kind: type) -> Decoder:
    def decode(data: object) -> object:
        if type(data) is not kind:
            raise _misfit(kind, data)
        return data

    return decode


def _number(data: object) -> float:
    """Read a float; other programs write 1 for 1.0."""
    if type(data) is float:
        return data
    if type(data) is not int:
        raise _misfit(float, data)
    try:
        return float(data)
    except OverflowError:
        raise _MisfitError("the number is too large") from None


def _enumeration(kind: type[StrEnum]) -> Decoder:
    def decode(data: object) -> StrEnum:
        if not isinstance(data, str):
            raise _misfit(kind, data)
        try:
            return kind(data)
        except ValueError as error:
            raise _MisfitError(str(error)) from None

    return decode


def _tuple(kind: Any) -> Decoder:  # as above
    decode_member = _decoder(kind)

    def decode(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise _misfit(tuple, data)
        members: list[Any] = []
        try:
            members.extend(map(decode_member, data))
        except _MisfitError as error:
            raise error.within(f"[{len(members)}]") from None
        return tuple(members)

    return decode


def _mapping(kind: Any) -> Decoder:  # as above
    decode_value = _decoder(kind)

    def decode(data: object) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise _misfit("an object", data)
        return _decoded(data, lambda _: decode_value)

    return decode


def _record(cls: type) -> Decoder:
    hints = typing.get_type_hints(cls)
    decoders = {name: _decoder(hints[name]) for name in _names(cls)}
    required = [name for name, default in _defaults(cls).items() if default is _NO_DEFAULT]

    def decode(data: object) -> object:
        if not isinstance(data, dict):
            raise _misfit("an object", data)
        if unknown := data.keys() - decoders.keys():
            raise _MisfitError(f"unknown field {min(unknown)!r}")
        if missing := [name for name in required if name not in data]:
            raise _MisfitError(f"lacks the field {missing[0]!r}")
        return cls(**_decoded(data, decoders.__getitem__))

    return decode


def _decoded(data: dict[str, object], decoder_of: Callable[[str], Decoder]) -> dict[str, Any]:
    values = {}
    for name, value in data.items():
        try:
            values[name] = decoder_of(name)(value)
        except _MisfitError as error:
            raise error.within(f".{name}") from None
    return values


def _misfit(expected: type | str, data: object) -> _MisfitError:
    name = expected if isinstance(expected, str) else expected.__name__
    return _MisfitError(f"expected {name}, found {type(data).__name__}")
