"""Whether two nodes are the same number or formula; what a decimal stands for."""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import islice

from pytest_mathbench.grading.numeric import (
    QUICK,
    SURE,
    Evaluator,
    Literal,
    Value,
    decimals,
    equal,
    literal,
    names,
    near,
    significant,
)
from pytest_mathbench.grading.syntax import CONSTANTS, Kind, Node, UnreadError

Decision = tuple[bool, str]
"""Whether two answers are equal, and the rule that decided."""

FORM = "form"
"""The rule by which an answer of the right value is wrong: not in lowest terms, not computed, a float too large."""

STRUCTURE = "structure"
"""The rule by which an answer is wrong that is of another kind than the reference, or has other letters."""

_DOUBLE = 1 << 53
_ALL_DIGITS = 15
"""Significant digits that each double can carry."""

_STRICT_DIGITS, _LENIENT_DIGITS = 12, 4
"""Significant digits that a decimal prints at least, to stand for a closed form."""

_KEPT_DIGITS = 13
"""Digits of a float after this one may be rounding errors of the computation."""

_ROUNDING = Fraction(2, 10**14)
"""By how much of its size a float with all its digits may miss a rational number: some rounding errors."""

_ROUNDED = Fraction(5, 10**15)
"""The same of one with fewer: the last of all its digits were zeros."""

_HALF = Fraction(51, 100)
_POINTS = (
    Fraction(7, 3), Fraction(-13, 5), Fraction(3, 11), Fraction(-17, 7), Fraction(23, 13), Fraction(5, 19),
    Fraction(-29, 31), Fraction(41, 17),
)  # fmt: skip
_WHOLE_POINTS = (Fraction(7), Fraction(4), Fraction(11), Fraction(9), Fraction(13), Fraction(6), Fraction(5))
_ENOUGH_POINTS = 3
_UNCOUNTED = {"pi", "e", "i", "oo"}


@lru_cache(maxsize=512)
def letters(reference: Node) -> frozenset[str]:
    """Return the letters of a reference that are no constants."""
    return names(reference) - _UNCOUNTED


def same(answer: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare two numbers or formulas by value."""
    if infinite := _infinity(reference):
        return infinite == _infinity(answer), "numeric"
    variables = letters(reference)
    if names(answer) - (CONSTANTS - variables) != variables or "oo" in names(answer):
        return False, STRUCTURE
    if variables:
        return _same_formula(answer, reference, variables, lenient=lenient), "symbolic"
    if theirs := literal(reference):
        return _same_rational(answer, theirs, lenient=lenient)
    return _same_closed(answer, reference, lenient=lenient)


def _infinity(node: Node) -> str:
    if node.kind == Kind.NEG:
        return {"oo": "-oo"}.get(_infinity(node.parts[0]), "")
    return "oo" if node == Node(Kind.NAME, (), "oo") else ""


# Rational references


def _same_rational(  # noqa: PLR0911 - a list of reasons
    answer: Node, theirs: Literal, *, lenient: bool
) -> Decision:
    """Compare with a rational number, for which strictly a number is wanted that is written as one."""
    ours = literal(answer)
    if ours is None:
        evaluator = Evaluator(QUICK)
        value = evaluator(answer)
        if value == theirs.value or equal(answer, _written(theirs.value)):
            return lenient, "symbolic" if lenient else FORM
        digits = _fewest(answer)
        agrees = _near_enough(evaluator, value, theirs.value, digits, _LENIENT_DIGITS)
        return lenient and agrees, "numeric"
    if ours.value == theirs.value:
        if lenient:
            finished = theirs.value.denominator != 1 or ours.reduced
            return finished, "numeric" if finished else FORM
        if ours.digits and not theirs.digits and _may_be_rounded(ours):
            return False, FORM
        return (ours.reduced or not theirs.reduced), "numeric" if ours.reduced or not theirs.reduced else FORM
    if ours.digits:
        return stands_for(ours, theirs.value, lenient=lenient), "numeric"
    if theirs.digits and lenient:
        return _rounds(theirs, ours.value, _LENIENT_DIGITS), "numeric"
    return False, "numeric"


def _may_be_rounded(ours: Literal) -> bool:
    """Whether a float is so large that it may stand for other whole numbers, or lacks its last digits."""
    return abs(ours.value) >= _DOUBLE or (abs(ours.value) >= 10**_ALL_DIGITS and last_place(ours.digits) > 0)


def stands_for(ours: Literal, value: Fraction, *, lenient: bool) -> bool:
    """Whether a decimal stands for a rational number.

    Strictly, if no other number that is as simple is near: it prints all digits of a double, and misses the number by
    some rounding errors at most; the number is below 2^53 if it is whole, and else no fraction with as small a
    denominator is as near.
    """
    miss = abs(ours.value - value)
    if value.denominator == 1 and miss >= Fraction(1, 2):
        return False
    if lenient and _rounds(ours, value, _LENIENT_DIGITS):
        return True
    if abs(value) >= _DOUBLE:
        return False
    allowed = (_ROUNDING if significant(ours.digits) >= _ALL_DIGITS else _ROUNDED) * abs(value)
    return miss <= allowed and (value.denominator == 1 or 2 * value.denominator**2 * allowed < 1)


def _rounds(ours: Literal, value: Fraction, least: int) -> bool:
    """Whether a decimal of so many significant digits at least is the value, rounded to its last place."""
    digits = significant(ours.digits)
    if digits < least:
        return False
    return abs(ours.value - value) <= _HALF * unit(ours.digits)


def last_place(digits: str) -> int:
    """Return the power of ten of a decimal's last digit."""
    mantissa, _, exponent = digits.lower().partition("e")
    return int(exponent or 0) - len(mantissa.partition(".")[2])


def unit(digits: str) -> Fraction:
    """Return one in the last place of a decimal, or in that of its 13th digit where it has more."""
    return Fraction(10) ** (last_place(digits) + max(0, significant(digits) - _KEPT_DIGITS))


def _written(value: Fraction) -> Node:
    number = Node(Kind.NUMBER, (), str(abs(value.numerator)))
    if value.denominator != 1:
        number = Node(Kind.DIV, (number, Node(Kind.NUMBER, (), str(value.denominator))))
    return number if value >= 0 else Node(Kind.NEG, (number,))


# Closed forms


def _same_closed(answer: Node, reference: Node, *, lenient: bool) -> Decision:
    if equal(answer, reference):
        ours = literal(answer)
        rounded = ours and ours.digits and _may_be_rounded(ours)
        return (lenient or not rounded), FORM if rounded and not lenient else _rule(answer)
    if not decimals(answer):
        return lenient and _rounded_reference(answer, reference), "numeric"
    ours, evaluator = literal(answer), Evaluator(QUICK)
    value = evaluator(reference)
    least = _LENIENT_DIGITS if lenient else _STRICT_DIGITS
    if isinstance(value, Fraction) and ours:
        return stands_for(ours, value, lenient=lenient), "numeric"
    if ours:
        if significant(ours.digits) < least:
            return False, "numeric"
        miss = abs(evaluator.number(ours.value) - evaluator.number(value))
        return bool(miss <= evaluator.number(_HALF * unit(ours.digits))), "numeric"
    return _near_enough(evaluator, evaluator(answer), value, _fewest(answer), least), "numeric"


def _rounded_reference(answer: Node, reference: Node) -> bool:
    """Whether a reference that is computed with decimals is the answer, rounded."""
    if not decimals(reference) or not all(significant(each) >= _LENIENT_DIGITS for each in decimals(reference)):
        return False
    evaluator = Evaluator(QUICK)
    return near(evaluator, evaluator(answer), evaluator(reference), _LENIENT_DIGITS)


def _fewest(node: Node) -> int:
    """Return how many digits the longest decimal has: shorter ones, as in 0.5*sqrt(3), may be exact."""
    return max(map(significant, decimals(node)), default=0)


def _near_enough(evaluator: Evaluator, one: Value, other: Value, digits: int, least: int) -> bool:
    return digits >= least and near(evaluator, one, other, min(digits, _STRICT_DIGITS) - 1)


def _rule(answer: Node) -> str:
    return "numeric" if literal(answer) else "symbolic"


# Formulas


def _same_formula(answer: Node, reference: Node, variables: frozenset[str], *, lenient: bool) -> bool:
    """Compare formulas at points that have nothing in common with either: exactly, if all is rational there."""
    digits, least = _fewest(answer), _LENIENT_DIGITS if lenient else _STRICT_DIGITS
    compared = 0
    for values in points(variables, answer, reference, positive=lenient):
        try:
            if not equal(answer, reference, values):
                evaluator = Evaluator(QUICK, values)
                if not _near_enough(evaluator, evaluator(answer), evaluator(reference), digits, least):
                    return False
        except UnreadError as error:
            if "large" in str(error):
                raise
            continue
        compared += 1
        if compared == _ENOUGH_POINTS:
            return True
    return False


def points(variables: frozenset[str], *nodes: Node, positive: bool) -> Iterator[dict[str, Fraction]]:
    """Yield values for variables: whole ones where a node counts something, positive ones if that is enough."""
    grid = _WHOLE_POINTS if any(map(_counts, nodes)) else _POINTS
    for shift in range(len(grid)):
        chosen = islice(_cycled(grid, shift), len(variables))
        yield {name: abs(value) if positive else value for name, value in zip(sorted(variables), chosen, strict=True)}


def _cycled(grid: tuple[Fraction, ...], start: int) -> Iterator[Fraction]:
    position = start
    while True:
        yield grid[position % len(grid)] + position // len(grid)
        position += 1


def _counts(node: Node) -> bool:
    return (node.kind == Kind.CALL and node.text in {"factorial", "binomial"}) or any(map(_counts, node.parts))


def proportional(one: Node, other: Node, variables: frozenset[str], *, positive: bool = False) -> bool:
    """Whether one formula is a constant, not 0, times another; with `positive`, a constant above 0."""
    ratio: tuple[Value, Value] | None = None
    compared = 0
    for values in points(variables, one, other, positive=False):
        evaluator = Evaluator(SURE, values)
        try:
            pair = evaluator(one), evaluator(other)
        except UnreadError as error:
            if "large" in str(error):
                raise
            continue
        if 0 in pair:
            if pair[0] != pair[1]:
                return False
            continue
        if ratio is None:
            ratio = pair
            if positive and not _positive(evaluator, pair):
                return False
            continue
        crossed = _times(evaluator, pair[0], ratio[1]), _times(evaluator, pair[1], ratio[0])
        if crossed[0] != crossed[1] and not near(evaluator, *crossed, SURE - 20):
            return False
        compared += 1
        if compared == _ENOUGH_POINTS:
            return True
    return False


def _positive(evaluator: Evaluator, pair: tuple[Value, Value]) -> bool:
    one, other = map(evaluator.number, pair)
    ratio = one / other
    return bool(evaluator.mp.im(ratio) == 0 and evaluator.mp.re(ratio) > 0)


def _times(evaluator: Evaluator, one: Value, other: Value) -> Value:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    return evaluator.number(one) * evaluator.number(other)
