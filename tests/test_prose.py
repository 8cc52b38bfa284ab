"""Prose and code are told apart line by line."""

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.extraction.prose import bare_programs, is_all_code, is_code, is_prose, without_prompts

PROSE = [
    *("This prints 42.", "The answer is x = 5", "x = 5 is the answer:", "Done.", "for each of these we have:"),
    *("from the first rule, the program:", "Now, we need f(x) = 3 to hold", "It is right.", "因此答案是 42。"),
    *("Let's compute", "If you want to know", "“42”", "So we print(x) and see"),
]
CODE = [
    *("import math", "from math import *", "x = 1", "x, y = 1, 2", "x[0] += 1", "print(x)", "def f(x):", "class A:"),
    *(
        "for i in range(3):",
        "if not x in y and z:",
        "    return x",
        "@cache",
        "# the answer is",
        "else:",
        ")",
        "assert x",
    ),
    *("print('The answer is', x)", 'x = "two words"  # and more of them', "f = lambda x: x", "x: int = 5", "del x"),
    *("with open(f) as g:", "raise ValueError('no such thing')", "match x:", "async def f():", "x = yield from y"),
]


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_no_code(line: str) -> None:
    """Two words side by side, or a sentence's signs."""
    assert is_prose(line)
    assert not is_code(line)


@pytest.mark.parametrize("line", CODE)
def test_code_is_no_prose(line: str) -> None:
    """Keywords stand beside names, and strings and comments hold any words."""
    assert not is_prose(line)


@pytest.mark.parametrize("line", [line for line in CODE if line != "match x:"])
def test_code_is_code(line: str) -> None:
    """As far as its beginning tells."""
    assert is_code(line)


@pytest.mark.parametrize("line", ["", "   ", "x", "(a, b)", "42"])
def test_some_lines_are_neither(line: str) -> None:
    """They do not divide a program, and do not prolong it."""
    assert not is_prose(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So:\nx = 1\nprint(x)\nThat is it.\nx = 2\nDone.", ["x = 1\nprint(x)\n", "x = 2\n"]),
        ("x = '''\nThat is text.\n'''\nprint(x)", ["x = '''\nThat is text.\n'''\nprint(x)"]),
        ("Code:\n\n    x = 1\n    print(x)\n\nThat is it.", ["    x = 1\n    print(x)\n"]),
        ("Hm:\n>>> x = 1\n>>> x\n1\n", [">>> x = 1\n>>> x\n1\n"]),
        ("No code here.", []),
        ("", []),
    ],
)
def test_prose_divides_a_text(text: str, expected: list[str]) -> None:
    """Each piece from a line that can begin a program to the last line of code."""
    assert expected == [text[start:end] for start, end in bare_programs(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("x = 1\n\nprint(x)\n", True), ("# a\nx = 1", True), ("'''\nA text of words.\n'''\nx = 1", True), ("x", False),
     ("x = 1\nThat is it.", False), ("", False)],
)  # fmt: skip
def test_a_text_is_all_code_or_not(text: str, expected: bool) -> None:  # noqa: FBT001 - a parameter
    """Prose in a string is code's."""
    assert expected == is_all_code(text)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (">>> x = 1\n>>> print(x)\n1\n", "x = 1\nprint(x)\n"),
        (">>> for i in x:\n...     print(i)\n...\n1\n", "for i in x:\n    print(i)\n\n"),
        ("\nIn [1]: x = 1\n   ...: y = 2\n\nIn [2]: x\nOut[2]: 1\n", "x = 1\ny = 2\nx\n"),
        ("x = 1\n>>> y\n", "x = 1\n>>> y\n"),
        ("def f():\n    '''\n    >>> f()\n    '''\n", "def f():\n    '''\n    >>> f()\n    '''\n"),
        (">>>x\n", ">>>x\n"),
    ],
)
def test_prompts_are_taken_away(program: str, expected: str) -> None:
    """With the output between them; a program that only speaks of a session stays."""
    assert expected == without_prompts(program)


@PROPERTY
@given(st.text("x =(1)\n\t>.:'\"#\u2019。printfo", max_size=60))
def test_pieces_lie_in_the_text_one_after_the_other(text: str) -> None:
    """Whatever the text."""
    places = [place for piece in bare_programs(text) for place in piece]
    assert sorted(places) == places
    assert all(0 <= place <= len(text) for place in places)
