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
    """A prompt with a place for the statement."""

    text: str

    @property
    def sha256(self) -> str:
        """The hash of the text, in hexadecimal; reports show its beginning."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def render(self, problem: Problem) -> Prompt:
        """Ask for a program that solves the problem."""
        return Prompt(user=self.text.replace(PLACEHOLDER, problem.statement))


def load(path: str) -> Template:
    """Read a template from a UTF-8 file; without a path, return the built-in one.

    Raises `ConfigurationError` for a file that cannot be read or that has no place for the statement.
    """
    if not path:
        return Template(DEFAULT_TEMPLATE)
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError) as error:  # RuntimeError: no such user
        raise ConfigurationError(f"prompt file {path}: {error}") from None
    if PLACEHOLDER not in text:
        raise ConfigurationError(f"prompt file {path}: it needs {PLACEHOLDER} where the statement goes")
    return Template(text)
