"""What a generous reader would still take for the reference. Runs in a confined child only; docs/grading.md."""

import re
from itertools import islice
from typing import Any

import math_verify
import sympy

from pytest_mathbench.grading.equivalence import LENIENT, WORDS, Decision, equal_numbers, is_number
from pytest_mathbench.grading.normalize import MAX_ANSWER, READ_TEXT, answer_of, plain
from pytest_mathbench.grading.reading import based, formula, items, number, rewrite

_DECIMAL_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d{1,2}|(?<=\b0,)\d+)(?![\d,.])")
_NEGATION = re.compile(r"\b(?:not|no|never|nor|neither)\b|n't", re.IGNORECASE)
_CHOICE = re.compile(r"\(?([A-H])\)?[).:]?(?:\s.*)?")
_TRUTH = {"true": "yes", "false": "no"}
_NAMED = re.compile(r"([A-Za-z])\s*=")
_UPRIGHT_LETTER = re.compile(r"\\(?:mathrm|text)\s*\{\s*([A-Za-z])\s*\}")  # Math-Verify stops reading at one
_MARKUP = re.compile(r"\$|\\\(|\\\[|\\boxed|\\begin\{align")


def decide_leniently(output: str, reference: str) -> Decision:
    """Return whether an output that is strictly wrong passes a generous reader, and by which rule."""
    answer = answer_of(output)[-MAX_ANSWER:]
    loose, printed, expected = LENIENT.decide(answer, reference), plain(rewrite(answer)), plain(reference)
    if loose[0]:
        return True, f"lenient {loose[1]}"
    for rule, holds in (
        ("percent", _is_share(printed, reference)),
        ("decimal comma", _with_point(printed, expected)),
        ("base", _has_the_digits(printed, expected)),
        ("lines", _line_by_line(output, expected)),
        ("words", _ends_with_words(answer, expected)),
        ("choice", _names_the_choice(answer, expected)),
    ):
        if holds:
            return True, rule
    if _is_decided(printed, expected) and r"\boxed" not in output:  # what is said after a box may take it back
        return False, loose[1]
    return _in_prose(output[-READ_TEXT:], reference), "prose"


def _is_share(printed: str, reference: str) -> bool:
    """Whether 0.28 stands for 28%."""
    ours, theirs = number(printed), number(plain(reference))
    return "%" in reference and ours is not None and theirs is not None and ours * 100 == theirs


def _with_point(printed: str, expected: str) -> bool:
    pointed = [_DECIMAL_COMMA.sub(r"\1.\2", text) for text in (printed, expected)]
    return pointed != [printed, expected] and LENIENT.compare(*pointed)[0]


def _has_the_digits(printed: str, expected: str) -> bool:
    """Whether the answer names a base where the reference leaves it to the problem."""
    ours = based(printed)
    return ours is not None and number(expected) is not None and ours[0] == expected.lower()


def _line_by_line(output: str, expected: str) -> bool:
    """Whether the last lines hold the reference's members, one each."""
    wanted = items(expected)
    if wanted is None or len(wanted.parts) < len("ab"):
        return False
    backwards = (line.strip() for line in reversed(output[-READ_TEXT:].splitlines()) if line.strip())
    lines = list(islice(backwards, len(wanted.parts) + 1))
    members = [plain(rewrite(answer_of(line))) for line in reversed(lines)]
    if len(members) != len(wanted.parts) or not all(members):
        return False
    return LENIENT.compare(", ".join(members), expected)[0]


def _ends_with_words(answer: str, expected: str) -> bool:
    if not WORDS.fullmatch(expected) or len(expected) == 1 or _NEGATION.search(answer):
        return False
    said = plain(answer).casefold().rstrip(".! ")
    return _TRUTH.get(said) == expected.casefold() or bool(re.search(rf"\b{re.escape(expected.casefold())}$", said))


def _names_the_choice(answer: str, expected: str) -> bool:
    wanted = re.fullmatch(r"\(?([A-H])\)?", expected)
    named = _CHOICE.fullmatch(plain(answer))
    return bool(wanted and named and wanted[1] == named[1])


def _is_decided(printed: str, expected: str) -> bool:
    """Whether both are read beyond doubt, so that a second reader could only err."""
    if number(expected) is not None and (number(printed) is not None or is_number(formula(printed))):
        return True
    if (ours := _NAMED.match(printed)) and (theirs := _NAMED.match(expected)) and ours[1] != theirs[1]:
        return True
    return based(expected) is not None


def _in_prose(output: str, reference: str) -> bool:
    """Ask Math-Verify, which finds an answer in running text; what it finds is compared exactly if it is numbers."""
    output, reference = (_UPRIGHT_LETTER.sub(r"\1", text) for text in (output, reference))
    given = reference if _MARKUP.search(reference) else f"${reference}$"
    expected = math_verify.parse(given, parsing_timeout=None)
    found = math_verify.parse(output, parsing_timeout=None)
    if not expected or not found or not math_verify.verify(expected, found, timeout_seconds=None):
        return False
    return not _surely_differ(expected[0], found[0])


def _surely_differ(one: Any, other: Any) -> bool:  # noqa: ANN401 - sympy is untyped
    """Whether two values that Math-Verify rounds to the same are numbers that differ, or none at all."""
    if isinstance(one, sympy.MatrixBase) and isinstance(other, sympy.MatrixBase):
        one, other = tuple(one), tuple(other)
    if isinstance(one, tuple | sympy.Tuple) and isinstance(other, tuple | sympy.Tuple):
        return any(map(_surely_differ, one, other))
    if any(isinstance(value, sympy.Basic) and value.has(sympy.nan, sympy.zoo) for value in (one, other)):
        return True
    return is_number(one) and is_number(other) and not equal_numbers(one, other, [None])
