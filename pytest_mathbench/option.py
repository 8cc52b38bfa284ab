"""What an option is: how it is written, how it is read, what it defaults to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pytest_mathbench import values


class Kind(StrEnum):
    """How an option is written."""

    VALUE = "value"
    """With a value."""
    SWITCH = "switch"
    """On a command line alone; with yes or no in an ini file."""
    OPTIONAL = "optional"
    """With a value or alone, which means the latest."""
    LINES = "lines"
    """With a value, which an ini file may spread over lines."""
    REPEATED = "repeated"
    """With a value, as often as one likes; an ini file has a line for each."""
    TABLE = "table"
    """With a JSON object, for which a TOML file may have a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting as the user meets it. `parse` raises `ValueError` with what it expects.

    `default_text` is the default as the user would write it; empty where there is none, or where `help` tells.
    """

    name: str
    metavar: str
    help: str
    parse: Callable[[str], Any]
    kind: Kind
    default_text: str


def option(  # noqa: PLR0913 - what an option is made of
    default: Any,  # of the field's own type
    metavar: str,
    summary: str,
    parse: Callable[[str], Any] = str,
    *,
    kind: Kind = Kind.VALUE,
    default_text: str | None = None,
) -> Any:  # stands for the field, as dataclasses.field does
    """Declare a setting; `default_text` is needed where `str` does not write the default as the user would."""
    if default_text is None:
        default_text = _written(default)
    return field(
        default=default,
        metadata={"metavar": metavar, "help": summary, "parse": parse, "kind": kind, "default_text": default_text},
    )


def switch(summary: str) -> Any:  # as above
    """Declare a setting that is off unless it is named."""
    return option(False, "", summary, values.yes_or_no, kind=Kind.SWITCH)


def _written(value: object) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
