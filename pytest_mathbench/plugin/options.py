"""`--mathbench-…` options and their ini twins, made from the table in `settings`."""

import json
from collections.abc import Callable
from typing import Any, Literal

import pytest

from pytest_mathbench.option import Kind, Option
from pytest_mathbench.settings import LATEST, Settings, options, read

_HOW: dict[Kind, Callable[[Option], dict[str, Any]]] = {
    Kind.VALUE: lambda option: {"metavar": option.metavar},
    Kind.LINES: lambda option: {"metavar": option.metavar},
    Kind.REPEATED: lambda option: {"metavar": option.metavar, "action": "append"},
    Kind.TABLE: lambda option: {"metavar": option.metavar},
    Kind.SWITCH: lambda _: {"action": "store_const", "const": "yes"},
    Kind.OPTIONAL: lambda option: {"metavar": option.metavar, "nargs": "?", "const": LATEST},
}
"""How each kind of option is declared to argparse."""


_BY_LINE = {Kind.LINES, Kind.REPEATED}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every setting twice: as an option and as an ini key."""
    group = parser.getgroup("mathbench", "mathbench: benchmark a language model on competition mathematics")
    for option in options():
        summary = option.help + (f" (default: {option.default_text})" if option.default_text else "")
        group.addoption(_flag(option.name), default=None, help=summary.replace("%", "%%"), **_HOW[option.kind](option))
        kind: Literal["linelist", "string"] = "linelist" if option.kind in _BY_LINE else "string"
        parser.addini(_key(option.name), summary, type=kind, default=None)


def is_active(config: pytest.Config) -> bool:
    """Whether a model is named, or a recorded run that knows its own."""
    names = ("model", "resume", "replay")
    return any(config.getoption(_key(name)) or config.getini(_key(name)) for name in names)


def settings(config: pytest.Config) -> Settings:
    """Read the settings; a command-line value wins over the ini file's. Raises `ConfigurationError`."""
    written: dict[str, tuple[str, str]] = {}
    for option in options():
        name = option.name
        place = f"{_key(name)} in {config.inipath or 'an -o option'}"
        if option.kind == Kind.TABLE and (table := _table(config, _key(name))) is not None:
            written[name] = (json.dumps(table, default=str), place)
        elif (value := config.getini(_key(name))) is not None:
            written[name] = (_text(value), place)
        if (value := config.getoption(_key(name))) is not None:
            written[name] = (_text(value), _flag(name))
    return read(written)


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _table(config: pytest.Config, key: str) -> dict[str, Any] | None:
    """Return what a TOML file has as a table under a key: pytest itself knows no such values."""
    if config.inipath is None or config.inipath.suffix != ".toml":
        return None
    import tomllib  # as pytest does: a session without such a file pays nothing

    document: Any = tomllib.loads(config.inipath.read_text(encoding="utf-8"))
    tool = document.get("tool", {}).get("pytest", {})
    for section in (tool, tool.get("ini_options", {}), document.get("pytest", {})):
        if isinstance(table := section.get(key), dict):
            return table
    return None


def _flag(name: str) -> str:
    return f"--mathbench-{name.replace('_', '-')}"


def _key(name: str) -> str:
    return f"mathbench_{name}"
