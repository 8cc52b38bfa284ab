"""Whether a printed answer equals the reference. Runs in a confined child only; docs/grading.md states the rules."""

import re
from dataclasses import dataclass
from fractions import Fraction

import math_verify
import sympy

from pytest_mathbench.grading.normalize import MAX_ANSWER, answer_of, plain, squeezed
from pytest_mathbench.grading.reading import (
    CLOSED,
    COLON,
    UNION,
    Items,
    based,
    decimal_places,
    expression,
    is_reduced,
    items,
    number,
    region,
    rewrite,
)

Decision = tuple[bool, str]
"""Whether the two are equal, and the rule that decided."""

_RELATION = re.compile(
    r"(?:[A-Za-z]\w{0,2}(?:\([A-Za-z]\))?|\\?[a-z]+|\([A-Za-z](?:\s*,\s*[A-Za-z])*\))\s*(?:=|\\in\b)\s*(?!=)"
)
_INFINITE = re.compile(r"\\infty|\boo\b")
# p - q is a formula: words have three letters somewhere, or two and nothing else, and hyphens within only.
WORDS = re.compile(r"(?=.*[A-Za-z]{3}|[A-Za-z]{2}$)[A-Za-z](?:[A-Za-z .']|(?<! )-(?=[A-Za-z]{3}))*")
_CHOICE = re.compile(r"\(?([A-H])\)?")
_ORDER = re.compile(r"[<>≤≥]|!=|\\(?:le|ge|leq|geq|lt|gt|ne|neq)(?![A-Za-z])")
_PROBES = tuple(sympy.Rational(top, bottom) for top, bottom in ((7, 3), (13, 5), (3, 11), (17, 7), (23, 13), (5, 19)))
_PAIR = 2


def decide(output: str, reference: str) -> tuple[bool, str, str]:
    """Return the strict verdict on an output: (whether it is right, the rule that decided, the answer read in it)."""
    answer = answer_of(output)
    if len(answer) > MAX_ANSWER:
        return False, "too long", answer[:MAX_ANSWER]
    return *STRICT.decide(answer, reference), answer


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two answers are compared.

    `significant`: so many digits at least must a float print to stand for the exact value that it rounds.
    `lowest_terms`: a ratio of whole numbers must be reduced, as MATH asks and PRM800K's grader holds.
    `set_for_tuple`: braces may stand for parentheses if the order is right.
    """

    significant: int
    lowest_terms: bool
    set_for_tuple: bool

    def decide(self, answer: str, reference: str) -> Decision:
        """Compare an answer, as it was read in the output, with a reference."""
        if squeezed(answer) == squeezed(reference):
            return True, "exact"
        return self.compare(plain(rewrite(answer)), plain(reference))

    def compare(self, answer: str, reference: str) -> Decision:
        """Compare two plain forms by value."""
        answer, reference = _drop_relation(answer, reference)
        if digits := based(reference):
            ours = based(answer)
            return (ours == digits if ours else answer.lower() == digits[0]), "base"
        if (_ORDER.search(answer) or _ORDER.search(reference)) and (ours := region(answer)) is not None:
            theirs = region(reference)
            return theirs is not None and bool(ours == theirs), "interval"
        printed, expected = items(answer), items(reference)
        if expected is None and printed is not None and printed.brackets in ("[]", "{}") and len(printed.parts) == 1:
            return self.compare(printed.parts[0], reference)  # what sympy's solve prints for one solution
        if printed and expected:
            return self._compare_items(printed, expected)
        if printed or expected:
            return False, "structure"
        return self._compare_scalars(answer, reference)

    def _compare_items(self, printed: Items, expected: Items) -> Decision:
        kinds = {printed.brackets, expected.brackets}
        if len(printed.parts) != len(expected.parts) or (len(kinds) > 1 and kinds & {UNION, COLON}):
            return False, "structure"
        if expected.ordered:
            # A list or a bare list may stand for a tuple; a set has no order, and intervals are what they are.
            if (printed.brackets == "{}" and not self.set_for_tuple) or not _same_ends(printed, expected):
                return False, "structure"
            return self._all_equal(printed.parts, expected.parts)
        remaining = list(printed.parts)
        rules = []
        for part in expected.parts:
            for candidate in remaining:
                equal, rule = self.compare(candidate, part)
                if equal:
                    remaining.remove(candidate)
                    rules.append(rule)
                    break
            else:
                return False, "structure"
        return True, _weakest(rules)

    def _all_equal(self, printed: tuple[str, ...], expected: tuple[str, ...]) -> Decision:
        rules = []
        for candidate, part in zip(printed, expected, strict=True):
            equal, rule = self.compare(candidate, part)
            if not equal:
                return False, rule
            rules.append(rule)
        return True, _weakest(rules)

    def _compare_scalars(self, answer: str, reference: str) -> Decision:
        if squeezed(answer) == squeezed(reference):
            return True, "exact"
        ours, theirs = number(answer), number(reference)
        if ours is not None and theirs is not None:
            return self._equal_rationals(answer, ours, reference, theirs), "numeric"
        if choice := _CHOICE.fullmatch(reference):
            return answer.strip("()").upper() == choice[1], "choice"
        if WORDS.fullmatch(reference) and len(reference) > 1:
            return _letters(answer) == _letters(reference), "text"
        return self._compare_expressions(answer, reference)

    def _equal_rationals(self, answer: str, ours: Fraction, reference: str, theirs: Fraction) -> bool:
        if ours == theirs:
            return not self.lowest_terms or is_reduced(answer) or not is_reduced(reference)
        places = [decimal_places(text, self.significant) for text in (answer, reference)]
        coarser = min((place for place in places if place is not None), default=None)
        return coarser is not None and abs(ours - theirs) <= Fraction(51, 100) * Fraction(10) ** -coarser

    def _compare_expressions(self, answer: str, reference: str) -> Decision:
        expected = expression(reference)
        printed = expression(answer)
        if printed is None or expected is None or _undefined(printed) or _undefined(expected):
            return False, "unparsed"
        if printed == expected:
            return True, "symbolic"
        if is_number(printed) and is_number(expected):
            places = [decimal_places(text, self.significant) for text in (answer, reference)]
            return equal_numbers(printed, expected, places), "numeric"
        if isinstance(printed, sympy.Expr) and isinstance(expected, sympy.Expr):
            return _equal_formulas(printed, expected), "symbolic"
        return bool(math_verify.verify([expected], [printed], timeout_seconds=None)), "symbolic"


STRICT = Comparison(significant=6, lowest_terms=True, set_for_tuple=False)
LENIENT = Comparison(significant=4, lowest_terms=False, set_for_tuple=True)


def check(reference: str) -> str:
    """Return the rule by which a reference is found equal to itself by value; "" if it cannot be read."""
    text = plain(reference)
    if not text:
        return ""
    parts = found.parts if (found := items(text)) else (text,)
    if _CHOICE.fullmatch(text) or WORDS.fullmatch(text) or based(text) or region(text) is not None:
        return "text"
    if found and len(parts) != 1:
        return "structure" if all(check(part) for part in parts) else ""
    text = _drop_relation(text, "")[0]
    if number(text) is not None:
        return "numeric"
    value = expression(text)
    return "" if value is None or _undefined(value) else "symbolic"


def is_number(value: object) -> bool:
    """Whether a value of sympy's is one finite number."""
    return isinstance(value, sympy.Expr) and bool(value.is_number) and not value.has(sympy.nan, sympy.zoo, sympy.oo)


def equal_numbers(one: sympy.Expr, other: sympy.Expr, places: list[int | None]) -> bool:
    """Compare closed forms: exactly where sympy can, else to 40 digits.

    A float, printed to so many decimal `places`, is compared to these; one of too few digits, to 9.
    """
    coarser = min((place for place in places if place is not None), default=None)
    difference = one - other
    if coarser is not None or one.has(sympy.Float) or other.has(sympy.Float):
        scale = abs(complex(sympy.N(other, 15))) or 1.0
        tolerance = 0.51 * 10.0**-coarser if coarser is not None else 1e-9 * scale
        return abs(complex(sympy.N(difference, 30))) <= tolerance
    if difference == 0:
        return True
    if 0 in (one, other):
        return bool(sympy.simplify(difference) == 0)
    # Relative: 1/2004! and 1/2006! differ by less than any absolute tolerance.
    value, scale = sympy.N(difference, 40, maxn=200), sympy.N(abs(other), 15)
    return bool(abs(value) < scale * sympy.Float("1e-35"))


def _equal_formulas(printed: sympy.Expr, expected: sympy.Expr) -> bool:
    symbols = sorted(expected.free_symbols, key=str)
    if printed.has(sympy.oo, -sympy.oo, sympy.nan, sympy.zoo) or printed.free_symbols != set(symbols):
        return False
    difference = printed - expected
    if _differs_at_a_point(difference, symbols):
        return False
    return bool(sympy.expand(difference) == 0 or sympy.simplify(difference) == 0)


def _differs_at_a_point(difference: sympy.Expr, symbols: list[sympy.Symbol]) -> bool:
    """Whether a difference is surely not 0 at one of two points: sooner told than by algebra."""
    for shift in range(2):
        point = {symbol: _PROBES[(index + shift) % len(_PROBES)] for index, symbol in enumerate(symbols)}
        value = sympy.N(difference.subs(point), 20, maxn=100)
        if value.is_number and value.is_finite and abs(value) > sympy.Float("1e-6"):
            return True
    return False


def _undefined(value: object) -> bool:
    return isinstance(value, sympy.Basic) and value.has(sympy.nan, sympy.zoo)


def _same_ends(printed: Items, expected: Items) -> bool:
    """Whether brackets that may be an interval's agree: (1, 2) leaves out the ends of [1,2]."""
    if (expected.brackets, printed.brackets, len(expected.parts)) == ("[]", "()", _PAIR):
        return False
    if printed.brackets == CLOSED:
        return expected.brackets == "[]" or _meets_infinity(CLOSED, expected)
    if not {"[)", "(]"} & {printed.brackets, expected.brackets}:
        return True
    return len(printed.brackets) == _PAIR and _meets_infinity(printed.brackets, expected)


def _meets_infinity(brackets: str, expected: Items) -> bool:
    """Whether brackets are the expected ones, but for ends at infinity, which are always open."""
    ours = brackets.replace("⟦", "[").replace("⟧", "]")
    ends = zip(ours, expected.brackets, (expected.parts[0], expected.parts[-1]), strict=True)
    return all(one == other or _INFINITE.search(end) for one, other, end in ends)


def _weakest(rules: list[str]) -> str:
    return next((rule for rule in ("symbolic", "numeric", "text", "structure") if rule in rules), "exact")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _drop_relation(answer: str, reference: str) -> tuple[str, str]:
    """Drop a leading `x =` where only one side has it, or where both have the same."""
    ours, theirs = _RELATION.match(answer), _RELATION.match(reference)
    if ours and theirs and squeezed(ours[0]) != squeezed(theirs[0]):
        return answer, reference
    if (theirs and not ours and "=" in answer) or (ours and not theirs and "=" in reference):
        return answer, reference  # y + 1 = 2*x + 3 is no y = 2x + 3, though the right sides agree
    return answer[ours.end() if ours else 0 :].strip(), reference[theirs.end() if theirs else 0 :].strip()
