"""Fenced blocks are found as CommonMark has them, and where models are careless, as they were meant."""

import re

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pytest_mathbench.extraction.fences import MOST_FENCES, blocks, content, first, language


def _found(text: str) -> list[tuple[str, str]]:
    return [(block.language, content(text, block)) for block in blocks(text)]


@pytest.mark.parametrize(
    "info",
    [
        *(
            "python",
            "Python",
            "PYTHON",
            "py",
            "python3",
            "py3",
            "python2",
            "Python3.11",
            "python 3",
            " python ",
            "ipython",
        ),
        *("pycon", "python-repl", "tool_code", "jupyter-python", "python_code", "{.python}", "{python}", "python {.x}"),
        *('py title="x"', "python:main.py", "python,linenos", "{code-cell} ipython3", "code-cell python", "python\r"),
    ],
)
def test_pythons_names_are_python(info: str) -> None:
    """In any case, with versions and attributes."""
    assert "python" == language(info)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        *(("bash", "bash"), ("JavaScript", "javascript"), ("c++", "c"), ("text", "text"), ("pytest", "pytest")),
        *(("", ""), ("  ", ""), ("code", ""), ("3", ""), ("py_compile_x" * 1000, "python"), ("x" * 1000, "x" * 40)),
    ],
)
def test_other_names_are_their_own(info: str, expected: str) -> None:
    """No name is none."""
    assert expected == language(info)


# As CommonMark has it

LINES = st.text(
    st.characters(exclude_characters="\r\n\x00`~", exclude_categories=["Cs"]), max_size=10
) | st.sampled_from(
    [
        "x = 1",
        "    y",
        "\tz",
        "",
        "- a",
        "1. b",
        "> c",
        "# d",
        "`e`",
        "<div>",
        "[f]: g",
        "~~",
        "``",
        "print(1)",
        "'''",
        "#",
    ]
)
INFO = st.sampled_from(["", "python", "py", "bash", "text", "c", "Python 3"])


@st.composite
def _document(draw: st.DrawFn) -> str:
    """Draw prose and well-formed fences, some within list items or quotations."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        lines += [line.strip() for line in draw(st.lists(LINES, max_size=3)) if not line.strip().endswith(":")]
        sign = draw(st.sampled_from("`~"))
        fence = sign * draw(st.integers(3, 5))
        block = [fence + draw(INFO), *draw(st.lists(LINES, max_size=4)), fence]
        frame = draw(st.sampled_from(["", "> ", "- ", "1. "]))
        rest = frame if frame == "> " else " " * len(frame)
        lines += ["", *(f"{rest if number else frame}{line}" for number, line in enumerate(block)), "", "---", ""]
    return "\n".join(lines)


@PROPERTY
@given(_document())
def test_well_formed_fences_are_commonmarks(text: str) -> None:
    """markdown-it-py finds the same blocks, in lists and quotations too."""
    # Only blocks matter: a tag or a deep indentation must not swallow a fence.
    tokens = MarkdownIt("commonmark").disable(["inline", "html_block", "code", "reference"]).parse(text)
    expected = [(language(token.info), token.content) for token in tokens if token.type == "fence"]
    assert [(name, _bare(inner)) for name, inner in expected] == [(name, _bare(inner)) for name, inner in _found(text)]


def _bare(inner: str) -> str:
    """Leave blank lines without their spaces, of which a list takes as many as it likes."""
    return re.sub(r"^[ \t]+$", "", inner, flags=re.MULTILINE)


# As it was meant

CASES = {
    "closed by a longer": ("```\nx\n`````\n", [("", "x\n")]),
    "not closed by a shorter": ("````\nx\n```\ny\n````", [("", "x\n```\ny\n")]),
    "only a shorter follows": ("````python\nx\n```\ny", [("python", "x\n")]),
    "not closed by another": ("```\nx\n~~~\ny\n```", [("", "x\n~~~\ny\n")]),
    "closed and opened": ("```python\nx\n```bash\ny\n```", [("python", "x\n"), ("bash", "y\n")]),
    "closed and opened at once": ("```python\nx\n``````python\ny\n```", [("python", "x\n"), ("python", "y\n")]),
    "closed by a tag": ("```python\nx\n```</code>\ny", [("python", "x\n")]),
    "closed before a sentence": ("```python\nx\n```That is x.\ny", [("python", "x\n")]),
    "closed at a line's end": ("```python\nx```\ny", [("python", "x\n")]),
    "closed at a line's end, and a tag": ("```python\nx```<eos>\ny", [("python", "x\n")]),
    "closed behind a comment": ("```python\nx  # y```\nz", [("python", "x  # y\n")]),
    "text is not closed at a line's end": ("```text\nx```\ny\n```", [("text", "x```\ny\n")]),
    "in a triple-quoted text": ("```python\n'''\n```\n'''\n```", [("python", "'''\n```\n'''\n")]),
    "a whole block in one": (
        "```python\n'''\n```python\nx\n```\n'''\n```",
        [("python", "'''\n```python\nx\n```\n'''\n")],
    ),
    "in a docstring": ('```\n"""A `b`.\n```\n"""\n```', [("", '"""A `b`.\n```\n"""\n')]),
    "behind a triple-quoted text": ('```python\n"""a""" \'b\' # "c\n```\nx', [("python", '"""a""" \'b\' # "c\n')]),
    "a text that never ends": ("```python\n'''\n```\nx\n```python\ny\n```", [("python", "'''\n"), ("python", "y\n")]),
    "an apostrophe in a comment": ("```python\n# it's\n```\nx", [("python", "# it's\n")]),
    "an escaped quote": ("```python\n'\\'''\n```\nx", [("python", "'\\'''\n")]),
    "lines of a list not indented": ("1. a\n   ```py\nx\n     y\n   ```", [("python", "x\n  y\n")]),
    "tabs for spaces": ("    ```py\n\tx\n\t\ty\n    ```", [("python", "x\n\ty\n")]),
    "spaces for tabs": ("\t```py\n    x\n\t```", [("python", "x\n")]),
    "a quotation's mark left out": ("> ```py\n> x\ny\n>\n> ```\nz", [("python", "x\ny\n\n")]),
    "a quotation in a quotation": (">> ```py\n>> x\n> y\n>> ```", [("python", "x\ny\n")]),
    "a list's first line": ("- ```py\n  x\n  ```", [("python", "x\n")]),
    "behind a token": ("<|assistant|>```\nx\n```", [("", "x\n")]),
    "behind a byte order mark": ("\ufeff```\nx\n```", [("", "x\n")]),
    "behind a no-break space": ("\u00a0```\n\u00a0x\n\u00a0```", [("", "x\n")]),
    "behind a word": ("Code: ```python\nx\n```", [("python", "x\n")]),
    "behind a colon": ("Code:```\nx\n```", [("", "x\n")]),
    "behind a word, unmarked": ("Use ```\nx\n```", [("", "")]),
    "a code span": ("Use ```x``` and ```y```.", []),
    "in one line": ("```python print(1)```\n```py\nx\n```", [("python", "print(1)\n"), ("python", "x\n")]),
    "code behind the language": ("```python import x\ny\n```", [("python", "import x\ny\n")]),
    "attributes behind the language": ('```python title="x = 1"\ny\n```', [("python", "y\n")]),
    "Windows": ("```python\r\nx\r\ny\r\n```\r\nz", [("python", "x\ny\n")]),
    "never closed": ("```python\nx\n\ny", [("python", "x\n\ny\n")]),
    "opened at the end": ("x\n```python", [("python", "")]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_blocks_are_read_as_meant(text: str, expected: list[tuple[str, str]]) -> None:
    """Where CommonMark would leave a line in a block that no program can hold, and elsewhere as it does."""
    assert expected == _found(text)


def test_a_text_may_begin_within_a_block() -> None:
    """From any place on."""
    text = "python\nx\n```\ny"
    assert ["x\n"] == [content(text, block) for block in blocks(text, inside=len("python\n"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a```b c\nd", (1, "b c")),
        ("~~~\n```", (0, "")),
        ("```<eos>\n", (0, "")),
        ("```[/PYTHON]", (0, "")),
        ("``", None),
    ],
)
def test_the_first_fence_is_found(text: str, expected: tuple[int, str] | None) -> None:
    """With what follows it in its line, but a tag."""
    assert expected == first(text)


def test_only_so_many_fences_are_read() -> None:
    """What comes after them belongs to no block."""
    assert MOST_FENCES == len(blocks("```python\nx\n```\n" * MOST_FENCES)) * 2


@PROPERTY
@given(st.text("`~ \n>-1.x\"'#\\\t:<", max_size=60))
def test_blocks_lie_in_the_text_one_after_the_other(text: str) -> None:
    """None begins before the last has ended, whatever the text."""
    places = [place for block in blocks(text) for place in (block.start, block.end)]
    assert sorted(places) == places
    assert all(0 <= place <= len(text) for place in places)
