"""A template becomes the prompt of each problem."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import PROPERTY, make_problem
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.prompts import DEFAULT_TEMPLATE, PLACEHOLDER, Template, load
from pytest_mathbench.records import Prompt

Write = Callable[[bytes], Path]


@pytest.fixture
def template_file(tmp_path: Path) -> Write:
    """Write a template file."""

    def write(content: bytes) -> Path:
        path = tmp_path / "prompt.txt"
        path.write_bytes(content)
        return path

    return write


def test_the_built_in_template_is_loaded_without_a_path() -> None:
    """Without a file, problems are asked with the built-in template, which has a place for the statement."""
    template = load("")
    assert Template(DEFAULT_TEMPLATE) == template
    assert template.text.count(PLACEHOLDER) == 1


def test_the_statement_takes_the_placeholders_place() -> None:
    """Everything around the placeholder stays, other braces too."""
    prompt = Template("Solve {problem} like {this} and %s.").render(make_problem(statement="$\\frac{1}{2}$?"))
    assert Prompt(user="Solve $\\frac{1}{2}$? like {this} and %s.") == prompt


AROUND = st.text().filter(lambda text: PLACEHOLDER not in text)


@PROPERTY
@given(AROUND, AROUND, st.text(st.characters()) | st.just("a {problem} about {problem}"))
def test_a_statement_is_put_in_letter_by_letter(before: str, after: str, statement: str) -> None:
    """No statement is read as a template itself."""
    prompt = Template(f"{before}{PLACEHOLDER}{after}").render(make_problem(statement=statement))
    assert f"{before}{statement}{after}" == prompt.user


def test_a_template_is_read_from_a_file(template_file: Write) -> None:
    """A file's text is the template, letter by letter, as UTF-8."""
    path = template_file("Löse:\n\n{problem}\n".encode())
    assert Template("Löse:\n\n{problem}\n") == load(str(path))


def test_the_hash_is_of_the_text(template_file: Write) -> None:
    """The hash can be checked with sha256sum."""
    path = template_file("Löse {problem}".encode())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == load(str(path)).sha256


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Solve it.", "it needs {problem} where the statement goes"),
        (b"", "it needs {problem} where the statement goes"),
        (b"Solve {Problem}.", "it needs {problem} where the statement goes"),
        (b"L\xf6se {problem}", "can't decode byte 0xf6"),
    ],
)
def test_a_bad_file_is_refused(template_file: Write, content: bytes, reason: str) -> None:
    """A file without a place for the statement, or in another encoding, is named."""
    path = template_file(content)
    with pytest.raises(ConfigurationError, match=f"^{re.escape(f'prompt file {path}: ')}.*{re.escape(reason)}"):
        load(str(path))


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    """A path that leads nowhere, or to a folder, is named."""
    path = tmp_path / name
    with pytest.raises(ConfigurationError, match=f"^{re.escape(f'prompt file {path}: ')}"):
        load(str(path))
