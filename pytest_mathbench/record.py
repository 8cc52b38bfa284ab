"""Frozen dataclasses that go to JSON and back."""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Self


class Record:
    """A frozen dataclass that goes to JSON and back."""

    __slots__ = ()

    def to_json(self) -> str:
        """Return one line of ASCII JSON: it survives every channel, lone surrogates included."""
        return json.dumps(asdict(self))  # type: ignore[call-overload]  # every subclass is a dataclass

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read what `to_json` wrote.

        Raises `ValueError` for anything else: not JSON, a missing or unknown field, a value of another type.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("JSON nested too deeply") from None
        return typing.cast("Self", _decode(cls, data, cls.__name__))


@cache
def _field_types(cls: type) -> dict[str, tuple[Any, bool]]:
    hints = typing.get_type_hints(cls)
    return {
        member.name: (hints[member.name], (member.default, member.default_factory) != (MISSING, MISSING))
        for member in fields(cls)
    }


def _decode(kind: Any, data: object, where: str) -> Any:  # noqa: ANN401 - the type is the argument
    """Build a value of type `kind` out of parsed JSON, a tuple out of an array; `where` names the field in errors."""
    if isinstance(kind, types.UnionType):  # of None and one other
        (kind,) = (member for member in kind.__args__ if (member is types.NoneType) == (data is None))
    if is_dataclass(kind):
        return _decode_fields(typing.cast("type", kind), data, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(data, str):
        return kind(data)
    if kind is float and type(data) is int:
        return _float(data, where)
    if typing.get_origin(kind) is dict:
        return _decode_mapping(kind, data, where)
    if typing.get_origin(kind) is tuple and isinstance(data, list):
        member = typing.get_args(kind)[0]  # a tuple of any length, of one type
        return tuple(_decode(member, value, f"{where}[{index}]") for index, value in enumerate(data))
    if type(data) is not kind:
        raise ValueError(f"{where}: expected {kind.__name__}, found {type(data).__name__}")
    return data


def _float(number: int, where: str) -> float:
    try:
        return float(number)
    except OverflowError:
        raise ValueError(f"{where}: the number is too large") from None


def _decode_mapping(kind: Any, data: object, where: str) -> dict[str, Any]:  # noqa: ANN401 - the type is the argument
    if not isinstance(data, dict):
        raise ValueError(f"{where}: expected an object, found {type(data).__name__}")  # noqa: TRY004 - bad data
    value_kind = typing.get_args(kind)[1]
    return {name: _decode(value_kind, value, f"{where}.{name}") for name, value in data.items()}


def _decode_fields(cls: type, data: object, where: str) -> Any:  # noqa: ANN401 - the type is the argument
    if not isinstance(data, Mapping):
        raise ValueError(f"{where}: expected an object, found {type(data).__name__}")  # noqa: TRY004 - bad data
    known = _field_types(cls)
    if unknown := data.keys() - known.keys():
        raise ValueError(f"{where}: unknown field {min(unknown)!r}")
    if missing := [name for name, (_, has_default) in known.items() if name not in data and not has_default]:
        raise ValueError(f"{where}: lacks the field {missing[0]!r}")
    return cls(**{name: _decode(known[name][0], value, f"{where}.{name}") for name, value in data.items()})
