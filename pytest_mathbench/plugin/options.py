"""`--mathbench-…` options and their ini twins, made from the table in `settings`."""

from typing import Any, Literal

import pytest

from pytest_mathbench.settings import LATEST, Settings, default_text, options, read


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare every setting twice: as an option and as an ini key."""
    group = parser.getgroup("mathbench", "mathbench: benchmark a language model on competition mathematics")
    for option in options():
        default = default_text(option)
        summary = option.metadata["help"] + (f" (default: {default})" if default else "")
        metavar = option.metadata["metavar"]
        how: dict[str, Any] = {"metavar": metavar}
        if not metavar:
            how = {"action": "store_const", "const": "yes"}
        elif metavar.startswith("["):
            how = {"metavar": metavar.strip("[]"), "nargs": "?", "const": LATEST}
        group.addoption(_flag(option.name), default=None, help=summary.replace("%", "%%"), **how)
        # A list may be written as one.
        kind: Literal["linelist", "string"] = "linelist" if option.name == "gates" else "string"
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
        if (value := config.getini(_key(name))) is not None:
            text = "\n".join(value) if isinstance(value, list) else str(value)
            written[name] = (text, f"{_key(name)} in {config.inipath or 'an -o option'}")
        if (value := config.getoption(_key(name))) is not None:
            written[name] = (str(value), _flag(name))
    return read(written)


def _flag(name: str) -> str:
    return f"--mathbench-{name.replace('_', '-')}"


def _key(name: str) -> str:
    return f"mathbench_{name}"
