"""String literals are told from code, and odd spaces in code become plain ones."""

import io
import tokenize

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.extraction.strings import UP_TO_AN_OPEN_STRING, with_plain_spaces


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", "x = 1"),
        ("'''a''' b", "'''a''' b"),
        ("a '''b", "a "),
        ("a \"\"\"b'''", "a "),
        ("a # '''b\nc", "a # '''b\nc"),
        ("'it\\'s' '''", "'it\\'s' "),
        ("\"'''\" x", "\"'''\" x"),
        ("'never closed\n'''", "'never closed\n"),
        ("'' x", "'' x"),
        ("'''' '''", "'''' '''"),
        ("\\''' x", "\\"),
    ],
)
def test_code_is_read_up_to_a_text_that_does_not_end(code: str, expected: str) -> None:
    """Quotes in comments and other strings open none."""
    match = UP_TO_AN_OPEN_STRING.match(code)
    assert match is not None
    assert expected == match[0]


LITERALS = st.sampled_from(
    ["'a'", '"b"', "'''c\nd'''", '"""e\'\'\'\n"""', "''", '""', "'\\''", "f'{x}'", "# 'f\n", "x = 1\n", " + "]
)


@PROPERTY
@given(st.lists(LITERALS, max_size=8).map("\n".join))
def test_whole_programs_have_no_open_string(program: str) -> None:
    """As Python's own tokenizer has it."""
    list(tokenize.generate_tokens(io.StringIO(program + "\n").readline))
    match = UP_TO_AN_OPEN_STRING.match(program)
    assert match is not None
    assert program == match[0]


ODD = "\u00a0\u1680\u2000\u2009\u200a\u202f\u205f\u3000"
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@pytest.mark.parametrize("space", ODD)
def test_odd_spaces_are_spaces(space: str) -> None:
    """As indentation, and between signs."""
    assert "if x:\n    y = 1\n" == with_plain_spaces(f"if x:\n{4 * space}y{space}={space}1\n")


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_has_no_width_is_left_out(unseen: str) -> None:
    """Wherever it stands in code."""
    assert "x = 1\n" == with_plain_spaces(f"{unseen}x{unseen} = {unseen}1\n")


@pytest.mark.parametrize("space", ODD + UNSEEN)
@pytest.mark.parametrize("program", ["'a{}b'", '"{}"', "'''\n{}\n'''", "# {}", "f'{}'", "x = 1 # '{}"])
def test_strings_and_comments_keep_theirs(program: str, space: str) -> None:
    """They are data, and break nothing."""
    text = program.format(space)
    assert text == with_plain_spaces(text)


@PROPERTY
@given(st.text(st.characters(exclude_characters=ODD + UNSEEN + "\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008")))
def test_any_other_text_stays(text: str) -> None:
    """Letter by letter."""
    assert text == with_plain_spaces(text)
