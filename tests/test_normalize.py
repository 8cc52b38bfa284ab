"""The answer is found in the output, and freed of what carries no value."""

import pytest
from factories import PROPERTY
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_mathbench.grading.normalize import MAX_ANSWER, answer_of, boxed, plain


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        ("42\n", "42"),
        ("x = 6\n  42  \n\n \n", "42"),
        ("42", "42"),
        ("", ""),
        (" \n\t\n", ""),
        ("1\r\n2\r\n", "2"),
        ("Answer: 42", "42"),
        ("The final answer is: 42", "42"),
        ("the answer is 42", "42"),
        ("Therefore, the answer is $42$", "42"),
        ("Result = 42", "42"),
        ("Solutions: {1, 2}", "{1, 2}"),
        ("**Answer: 42**", "42"),
        ("Answer: Result: 42", "42"),
        ("The answers are 1 and 2", "1 and 2"),
        ("answer_sheet", "answer_sheet"),
        ("Answer:", ""),
        ("$$42$$", "42"),
        ("\\(42\\)", "42"),
        ("`42`", "42"),
        ("$1$ and $2$", "$1$ and $2$"),
        ("so \\boxed{\\frac{1}{2}} it is", "\\frac{1}{2}"),
        ("\\boxed{1} \\boxed{$2$}", "1, $2$"),
        ("so\n\\[\n9\n\\]", "9"),
        ("\\boxed{\n9\n}.", "9"),
        ("\\boxed{1", "\\boxed{1"),
        ("[[1 2]\n [3 4]]\n", "[[1 2] [3 4]]"),
        ("Matrix([\n[1, 2],\n[3, 4]])\n", "Matrix([ [1, 2], [3, 4]])"),
        ("7\n(1,\n2)\n", "(1, 2)"),
        ("[0, 1)", "[0, 1)"),
        ("x = 3\n(2, 5]", "(2, 5]"),
        ("5 + 1)", "5 + 1)"),
    ],
)
def test_the_answer_is_the_last_line(output: str, answer: str) -> None:
    """The last line counts, without label and mark-up, and with the lines that its brackets were opened on."""
    assert answer == answer_of(output)


def test_only_the_end_of_a_long_output_is_read() -> None:
    """An answer longer than any answer may be cut, but what stands last is found after any amount of output."""
    assert "42" == answer_of("1\n" * 100_000 + "x" * 100_000 + "\n42\n")
    assert 4 * MAX_ANSWER == len(answer_of("x" * 100_000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$42$", "42"),
        ("  6 \\, 7  ", "6 7"),
        ("\\left( 3, \\frac{\\pi}{2} \\right)", "( 3, \\frac{\\pi}{2} )"),
        ("\\dfrac{1}{2}", "\\frac{1}{2}"),
        ("\\tfrac12", "\\frac{1}{2}"),
        ("\\frac 3 4", "\\frac{3}{4}"),
        ("10,\\!080", "10,080"),
        ("11,\\! 111,\\! 111", "11,111,111"),
        ("1{,}000", "1,000"),
        ("\\text{Evelyn}", "Evelyn"),
        ("\\text{\\textbf{(A)}}", "(A)"),
        ("5 \\text{ cm}^2", "5"),
        ("5\\text{ square inches}.", "5"),
        ("12 miles", "12"),
        ("3 m", "3"),
        ("3cm", "3"),
        ("3cm^{3}", "3"),
        ("25\\pi\\text{ ft}^2", "25\\pi"),
        ("\\frac{1}{2}\\text{ in.}", "\\frac{1}{2}"),
        ("3m", "3m"),
        ("2\\sqrt{m}", "2\\sqrt{m}"),
        ("3*m", "3*m"),
        ("5 cm.\\", "5"),
        ("90^\\circ", "90"),
        ("90^{\\circ}", "90"),
        ("90°", "90"),
        ("90\\degree", "90"),
        ("\\$32,\\!348", "32,348"),
        ("$5", "5"),
        ("28\\%", "28"),
        ("\\(9\\)", "9"),
        ("is \\( 9 \\)", "is 9"),
        ("1 \\\\[2pt] 2", "1 \\\\[2pt] 2"),
        ("\N{MINUS SIGN}5", "-5"),
        ("5.", "5"),
        ("5.0", "5.0"),
        ("x^2 + m", "x^2 + m"),
        ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}"),
        ("\\leftarrow", "\\leftarrow"),
        ("", ""),
    ],
)
def test_what_carries_no_value_is_dropped(text: str, expected: str) -> None:
    """Spacing, sizing, text marks, units and thousands' marks go; everything else stays."""
    assert expected == plain(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so \\boxed{5} it is", "5"),
        ("\\boxed{5}, \\boxed{5}", "5"),
        ("\\boxed{1} and \\boxed{2}", "1, 2"),
        ("\\boxed{1} \\boxed{2}", "1, 2"),
        ("\\boxed{1} is what one would think at first, but it is \\boxed{2}", "2"),
        ("\\boxed{}", None),
        ("\\boxed{1", None),
    ],
)
def test_boxes_that_belong_together_are_one_answer(text: str, expected: str | None) -> None:
    """Several candidates are several answers; a box far from the last is no candidate."""
    assert expected == boxed(text)


MARKS = ["\\left", "\\right", "\\(", "\\)", "\\[", "$", "$$", "**", "`", "\\,", "~", "\\text{", "\\textbf{", "}"]
VALUES = ["5", "x", "-", "(", ")", "[", "]", "\\frac", "\\boxed{", "{,}", ",\\!", ",", "\\", ".", " ", "\n"]
WORDS = ["Answer: ", "The answer is ", "result = ", " cm", " square", " feet", "m", "^2", "^\\circ", "°", "\\$", "\\%"]
PIECES = st.sampled_from([*MARKS, *VALUES, *WORDS])
ANSWERS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join)


@PROPERTY
@given(ANSWERS)
@example("**`$5$`**")
@example("5 cm.\\")
@example("\\text{\\text{5 feet} square}")
def test_a_plain_form_is_its_own(text: str) -> None:
    """Normalising twice changes nothing: no mark hides behind another."""
    assert plain(text) == plain(plain(text))


@PROPERTY
@given(ANSWERS)
@example("Answer: **Answer: $5$**")
@example("\\boxed{Answer: $5$}")
def test_an_answer_is_its_own(text: str) -> None:
    """Printing just the answer gives the answer."""
    assert answer_of(text) == answer_of(answer_of(text))
