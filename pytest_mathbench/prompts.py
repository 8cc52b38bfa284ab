"""Problem → Prompt."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import Problem, Prompt

PLACEHOLDER = "{problem}"

DEFAULT_TEMPLATE = """\
{problem}

Write a complete Python program that computes the answer to this problem and prints it with print(). Use sympy if \
exact algebra helps. Start your reply with ```python and end it with ```. No explanation."""
"""Chosen by measurement: docs/prompt.md has the table."""


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with a place for the statement, and the system prompt that goes before it, if any."""

    text: str
    system: str = ""

    @property
    def sha256(self) -> str:
        """The hash of both texts, in hexadecimal; reports show its beginning."""
        return hashlib.sha256("\0".join(filter(None, (self.text, self.system))).encode()).hexdigest()

    def render(self, problem: Problem) -> Prompt:
        """Ask for a program that solves the problem."""
        return Prompt(user=self.text.replace(PLACEHOLDER, problem.statement), system=self.system)


def load(path: str, system_path: str = "") -> Template:
    """Read a template and a system prompt from UTF-8 files; without a path, the built-in one and none.

    Raises `ConfigurationError` for a file that cannot be read, or for a template without a place for the statement.
    """
    text = _read(path) if path else DEFAULT_TEMPLATE
    if PLACEHOLDER not in text:
        raise ConfigurationError(f"prompt file {path}: it needs {PLACEHOLDER} where the statement goes")
    return Template(text, _read(system_path).strip() if system_path else "")


def _read(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:  # RuntimeError: no such user
        raise ConfigurationError(f"prompt file {path}: {error}") from None
