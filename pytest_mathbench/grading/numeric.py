"""Nodes → numbers: exactly where they are rational, else to as many digits as are asked for, at any size.

No number goes through a double. What would take long is refused by its size before it is computed.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import mpmath

from pytest_mathbench.grading.syntax import Kind, Node, UnreadError

Value: TypeAlias = Any
"""A `Fraction`, or a real or complex number of mpmath's, which is untyped."""

QUICK, SURE = 60, 500
"""Digits to which two numbers are compared: a difference shows in the first, mostly; equality in the second only."""

_MOST_EXPONENT = 5000
_MOST_BITS = 200_000
_MOST_ROOT_BITS = 8192
_MOST_FACTORIAL = 10_000
_MOST_CHOSEN = 2000
_LARGEST = 10**9
"""The largest argument of a function whose value is not rational."""

_DECIMAL = re.compile(r"(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?")
_CONTEXTS: dict[int, Any] = {}


def context(digits: int) -> Any:  # mpmath is untyped
    """Return mpmath at so many digits."""
    if digits not in _CONTEXTS:
        made = mpmath.mp.clone()
        made.dps = digits
        _CONTEXTS[digits] = made
    return _CONTEXTS[digits]


@lru_cache(maxsize=1024)
def rational(digits: str) -> Fraction:
    """Return a number as it is written. Raises `UnreadError` for one that is too large to hold."""
    match = _DECIMAL.fullmatch(digits)
    if not match or abs(int(match[3] or 0)) > _MOST_EXPONENT:
        raise UnreadError("a number that is too large")
    try:
        return Fraction(digits)
    except ValueError:
        raise UnreadError("a number that is too long") from None


def significant(digits: str) -> int:
    """Return how many significant digits a number is written with."""
    match = _DECIMAL.fullmatch(digits)
    return len((match[1] + match[2]).lstrip("0")) if match else 0


def is_decimal(node: Node) -> bool:
    """Whether a number is written with a point or an exponent."""
    return node.kind == Kind.NUMBER and not node.text.isdecimal()


@dataclass(frozen=True, slots=True)
class Literal:
    """A rational number as it was written: `digits` is the decimal, if it is one, `terms` a ratio's two."""

    value: Fraction
    digits: str = ""
    terms: tuple[int, int] | None = None

    @property
    def reduced(self) -> bool:
        """Whether a ratio is in lowest terms; anything else is."""
        return self.terms is None or math.gcd(*self.terms) == 1


def literal(node: Node) -> Literal | None:  # noqa: PLR0911 - one for each kind
    """Read an integer, a decimal, a ratio of integers or a mixed number; None for anything else."""
    if node.kind == Kind.NUMBER:
        return Literal(rational(node.text), node.text if is_decimal(node) else "")
    if node.kind == Kind.NEG:
        inner = literal(node.parts[0])
        if inner is None or node.parts[0].kind == Kind.NEG:
            return None
        terms = (-inner.terms[0], inner.terms[1]) if inner.terms else None
        return Literal(-inner.value, inner.digits, terms)
    if node.kind == Kind.DIV:
        above, below = (literal(part) for part in node.parts)
        if not above or not below or above.terms or below.terms or above.digits or below.digits or not below.value:
            return None
        return Literal(above.value / below.value, "", (int(above.value), int(below.value)))
    if node.kind == Kind.MIXED:
        whole, part = (literal(each) for each in node.parts)
        if whole and part and part.terms and part.value < 1:
            return Literal(whole.value + part.value, "", part.terms)
    return None


def names(node: Node) -> frozenset[str]:
    """Return the names in a node, constants included."""
    own = frozenset([node.text]) if node.kind == Kind.NAME else frozenset()
    return own.union(*map(names, node.parts)) if node.parts else own


def decimals(node: Node) -> list[str]:
    """Return the decimals in a node, as they are written."""
    if node.kind == Kind.NUMBER:
        return [node.text] if is_decimal(node) else []
    return [digits for part in node.parts for digits in decimals(part)]


class Evaluator:
    """Computes nodes to so many digits, with values for names. Constants are names without a value of their own."""

    def __init__(self, digits: int, values: Mapping[str, Value] | None = None) -> None:
        self.mp = context(digits)
        self._values = values or {}

    def number(self, value: Value) -> Value:
        """Return a value as mpmath has it."""
        return self.mp.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value

    def __call__(self, node: Node) -> Value:
        """Compute a node. Raises `UnreadError` for what is no number, or is too large."""
        rule = _RULES.get(node.kind)
        if rule is None:
            raise UnreadError(f"a {node.kind} is no number")
        try:
            value = rule(self, node)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError) as error:
            raise UnreadError(str(error)) from None
        if isinstance(value, Fraction):
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_BITS:
                raise UnreadError("a number that is too large")
            return value
        if not self.mp.isfinite(value):
            raise UnreadError("no finite number")
        return value

    def _name(self, node: Node) -> Value:
        if node.text in self._values:
            return self._values[node.text]
        if node.text == "pi":
            return +self.mp.pi
        if node.text in {"e", "E"}:
            return +self.mp.e
        if node.text in {"i", "I"}:
            return self.mp.mpc(0, 1)
        raise UnreadError(f"{node.text} has no value")

    def _add(self, node: Node) -> Value:
        one, other = map(self, node.parts)
        return one + other if _exact(one, other) else self.number(one) + self.number(other)

    def _mul(self, node: Node) -> Value:
        one, other = map(self, node.parts)
        return one * other if _exact(one, other) else self.number(one) * self.number(other)

    def _div(self, node: Node) -> Value:
        one, other = map(self, node.parts)
        return one / other if _exact(one, other) else self.number(one) / self.number(other)

    def _pow(self, node: Node) -> Value:
        base, exponent = map(self, node.parts)
        if isinstance(exponent, Fraction):
            return self._rational_power(base, exponent)
        if abs(exponent) > _LARGEST:
            raise UnreadError("a power that is too large")
        return self.mp.power(self.number(base), exponent)

    def _rational_power(self, base: Value, exponent: Fraction) -> Value:
        if exponent.denominator == 1:
            power = int(exponent)
            if not isinstance(base, Fraction):
                if abs(power) > _LARGEST:
                    raise UnreadError("a power that is too large")
                return base**power
            bits = max(base.numerator.bit_length(), base.denominator.bit_length())
            if bits > 1 and bits * abs(power) > _MOST_BITS:
                raise UnreadError("a power that is too large")
            return base ** (power % 2 if abs(base) == 1 else power)
        if isinstance(base, Fraction):
            if base >= 0 and (root := _exact_root(base, exponent.denominator)) is not None:
                return self._rational_power(root, Fraction(exponent.numerator))
            if max(abs(exponent.numerator), exponent.denominator) > _MOST_EXPONENT:
                raise UnreadError("a power that is too large")
        return self.mp.power(self.number(base), self.number(exponent))

    def _call(self, node: Node) -> Value:
        arguments = [self(part) for part in node.parts]
        function = _FUNCTIONS.get(node.text)
        if function is None:
            raise UnreadError(f"no function {node.text} is known")
        return function(self, *arguments)


_RULES: dict[Kind, Callable[[Evaluator, Node], Value]] = {
    Kind.NUMBER: lambda _, node: rational(node.text),
    Kind.NAME: Evaluator._name,  # noqa: SLF001 - a table of its own methods
    Kind.ADD: Evaluator._add,  # noqa: SLF001
    Kind.MUL: Evaluator._mul,  # noqa: SLF001
    Kind.DIV: Evaluator._div,  # noqa: SLF001
    Kind.POW: Evaluator._pow,  # noqa: SLF001
    Kind.CALL: Evaluator._call,  # noqa: SLF001
    Kind.NEG: lambda self, node: -self(node.parts[0]),
    Kind.MIXED: lambda self, node: self(node.parts[0]) + self(node.parts[1]),
}


def _exact(one: Value, other: Value) -> bool:
    return isinstance(one, Fraction) and isinstance(other, Fraction)


def _exact_root(value: Fraction, degree: int) -> Fraction | None:
    """Return the root of a number that is not negative, where it is rational."""
    if degree > _MOST_CHOSEN or max(value.numerator.bit_length(), value.denominator.bit_length()) > _MOST_ROOT_BITS:
        return None
    above, below = (_whole_root(part, degree) for part in (value.numerator, value.denominator))
    return None if above is None or below is None else Fraction(above, below)


def _whole_root(value: int, degree: int) -> int | None:
    if value < 2:  # noqa: PLR2004 - 0 and 1 are their own
        return value
    if degree == 2:  # noqa: PLR2004 - the square root
        root = math.isqrt(value)
    else:
        root, above = 1, 1 << (value.bit_length() // degree + 1)
        while root < above:
            middle = (root + above + 1) // 2
            root, above = (middle, above) if middle**degree <= value else (root, middle - 1)
    return root if root**degree == value else None


def _root(evaluator: Evaluator, value: Value, degree: Value = Fraction(2)) -> Value:
    """Return the principal root; of a negative number the real one, if the degree is odd."""
    if not isinstance(degree, Fraction) or degree.denominator != 1 or not 1 < degree <= _MOST_CHOSEN:
        raise UnreadError("a root of no degree")
    if isinstance(value, Fraction) and value < 0 and degree % 2:
        return -_root(evaluator, -value, degree)
    return evaluator._rational_power(value, 1 / degree)  # noqa: SLF001 - a part of it


def _whole(value: Value, most: int) -> int:
    if not isinstance(value, Fraction) or value.denominator != 1 or not 0 <= value <= most:
        raise UnreadError("no whole number that is small enough")
    return int(value)


def _binomial(_: Evaluator, above: Value, below: Value) -> Value:
    top = _whole(above, 1 << 64)
    chosen = _whole(below, 1 << 64)
    if min(chosen, top - chosen) > _MOST_CHOSEN:
        raise UnreadError("a number that is too large")
    return Fraction(math.comb(top, chosen))


def _logarithm(evaluator: Evaluator, value: Value, base: Value | None = None) -> Value:
    if value == 1:
        return Fraction(0)
    found = evaluator.mp.log(evaluator.number(value))
    return found if base is None else found / evaluator.mp.log(evaluator.number(base))


def _rounded(evaluator: Evaluator, value: Value, name: str) -> Value:
    if isinstance(value, Fraction):
        return Fraction(getattr(math, name)(value))
    return Fraction(int(getattr(evaluator.mp, name)(value)))


def _analytic(name: str) -> Callable[..., Value]:
    def compute(evaluator: Evaluator, value: Value) -> Value:
        if abs(value) > _LARGEST:
            raise UnreadError("an argument that is too large")
        return getattr(evaluator.mp, name)(evaluator.number(value))

    return compute


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "sqrt": _root,
    "root": _root,
    "cbrt": lambda evaluator, value: _root(evaluator, value, Fraction(3)),
    "log": _logarithm,
    "log2": lambda evaluator, value: _logarithm(evaluator, value, Fraction(2)),
    "log10": lambda evaluator, value: _logarithm(evaluator, value, Fraction(10)),
    "abs": lambda _, value: abs(value),
    "factorial": lambda _, value: Fraction(math.factorial(_whole(value, _MOST_FACTORIAL))),
    "binomial": _binomial,
    "floor": lambda evaluator, value: _rounded(evaluator, value, "floor"),
    "ceiling": lambda evaluator, value: _rounded(evaluator, value, "ceil"),
    "re": lambda evaluator, value: evaluator.mp.re(evaluator.number(value)),
    "im": lambda evaluator, value: evaluator.mp.im(evaluator.number(value)),
    "conjugate": lambda evaluator, value: evaluator.mp.conj(evaluator.number(value)),
}
for _name in ("exp", "sin", "cos", "tan", "cot", "sec", "csc", "asin", "acos", "atan", "sinh", "cosh", "tanh"):
    _FUNCTIONS[_name] = _analytic(_name)


def equal(one: Node, other: Node, values: Mapping[str, Value] | None = None) -> bool:
    """Whether two nodes have the same value: exactly where both are rational, else to 500 digits.

    Raises `UnreadError` where one has none.
    """
    for digits in (QUICK, SURE):
        evaluator = Evaluator(digits, values)
        left, right = evaluator(one), evaluator(other)
        if _exact(left, right):
            return bool(left == right)
        if not near(evaluator, left, right, digits - 15):
            if digits == QUICK and near(evaluator, left, right, 20):
                continue  # what cancels may show only with more digits
            return False
    return True


def near(evaluator: Evaluator, one: Value, other: Value, digits: int) -> bool:
    """Whether two values agree to so many digits, relative to the second; to the first's places if that is 0."""
    left, right = evaluator.number(one), evaluator.number(other)
    scale = abs(right) if right != 0 else evaluator.mp.mpf(1)
    return bool(abs(left - right) <= scale * evaluator.mp.mpf(10) ** -digits)
