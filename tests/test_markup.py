"""Text by anybody becomes HTML that is nothing but that text, its formulas and its colours."""

import re
from html.parser import HTMLParser

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.reporting.markup import _ATTRIBUTES, _ELEMENTS, SHOWN, formula, program, shown, statement


class Collected(HTMLParser):
    """Collects the elements, attributes and text of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = st.lists(
    st.sampled_from([
        "$", "$$", r"\(", r"\)", r"\text{", "}", "{", "<script>", "</script>", r"\href{javascript:x}", r"\style{a:b}",
        "<img src=x onerror=y>", "&lt;b&gt;", r"\frac", "1", "x", "^", "_", "&", r"\\", r"\begin{pmatrix}", "'", '"',
        "\x1b[31m", "\u202e", "\ud800", "\n",
    ]),
    max_size=30,
).map("".join)  # fmt: skip


@PROPERTY
@given(st.one_of(st.text(), HOSTILE))
def test_a_statement_has_no_elements_but_those_of_mathematics(text: str) -> None:
    """Whatever is in it, there is no script, no link, no style, no handler."""
    found = Collected(statement(text))
    assert set() == found.elements - _ELEMENTS - {"code"}
    assert set() == found.attributes - _ATTRIBUTES


@PROPERTY
@given(st.one_of(st.text(), HOSTILE))
def test_a_program_is_itself_in_colours(text: str) -> None:
    """The text comes back out of the HTML, and there is nothing but spans with classes."""
    found = Collected(program(text))
    assert set() == found.elements - {"span"}
    assert set() == found.attributes - {"class"}
    lines = re.sub(r"\r\n?", "\n", shown(text))
    assert lines.rstrip("\n") == found.text.rstrip("\n")


@PROPERTY
@given(st.text())
def test_what_is_shown_can_be_written_anywhere(text: str) -> None:
    """No lone surrogate, no control character but tab and newline, no mark that turns the order round."""
    found = shown(text)
    found.encode()
    assert found.translate({9: None, 10: None}).isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain\ttext\r\n", "plain\ttext\n"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("x" * (SHOWN + 7), "x" * SHOWN + "\n… 7 more characters"),
    ],
)
def test_what_a_text_looks_like(text: str, expected: str) -> None:
    """Controls are seen, and a cut is told of."""
    assert expected == shown(text)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{1}{2}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>"),
        (r"\text{<script>alert(1)</script>}", "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>"),
        (r"\href{javascript:alert(1)}{x}", "<mrow><mrow><mi>x</mi></mrow></mrow>"),
        (r"\style{color:red}{x}", "<mrow><mi>x</mi></mrow>"),
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
    ],
)
def test_a_formula_is_mathml(latex: str, expected: str) -> None:
    """The library's own output is not trusted: it escapes no text."""
    assert expected in formula(latex)


@pytest.mark.parametrize("latex", [r"\frac", "{" * 1900, "x" * 3000, ""])
def test_what_cannot_be_read_is_no_formula(latex: str) -> None:
    """It is shown as it was written."""
    assert formula(latex) in {"", '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow /></math>'}


def test_a_broken_formula_is_shown_as_written() -> None:
    """With its dollar signs, escaped; and an escaped dollar sign begins none."""
    assert "<code>$\\frac$</code> costs $5 &lt;b&gt;" == statement(r"$\frac$ costs \$5 <b>")
