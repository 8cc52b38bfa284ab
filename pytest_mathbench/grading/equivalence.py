"""Whether a printed answer equals the reference. Runs in a confined child only: it evaluates hostile text.

Printed Python forms are read by a walk over their syntax tree, LaTeX by Math-Verify's own grammar; neither calls
`eval`. docs/grading.md states the rules.
"""

import ast
import json
import re
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import math_verify
import sympy
from math_verify import LatexExtractionConfig

from pytest_mathbench.grading.normalize import MAX_ANSWER, answer_of, plain, split_top_level, squeezed

SIGNIFICANT_DIGITS = 6
"""A printed float stands for an exact value if it agrees to the digits it prints, and prints at least so many."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_RATIO = re.compile(r"([+-]?)\s*(?:\\frac\s*\{\s*([+-]?\d+)\s*\}\s*\{\s*([+-]?\d+)\s*\}|(\d+)\s*/\s*(\d+))")
_MIXED = re.compile(r"([+-]?)(\d+)\s*(?<=[\d\s])(\\frac\s*\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|(?<=\s)\d+/\d+)")
_RELATION = re.compile(
    r"(?:[A-Za-z]\w{0,2}(?:\([A-Za-z]\))?|\\?[a-z]+|\([A-Za-z](?:\s*,\s*[A-Za-z])*\))\s*(?:=|\\in\b)\s*(?!=)"
)
_CONJUNCTION = re.compile(r"\s*,?\s+(?:and|or)\s+")
_UNION = re.compile(r"\\cup|\s+U\s+|∪")
_INFINITE = re.compile(r"\\infty|\boo\b")
_WORDS = re.compile(r"[A-Za-z][A-Za-z .'-]*")
_MATRIX = re.compile(r"\\begin\{([pbvBV]?matrix|array)\}(?:\{[lcr|]*\})?(.*?)\\end\{\1\}", re.DOTALL)
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True)
class Items:
    """A collection. `brackets` are its own ("()", "[)", "{}"), "" for a bare list, "∪" for a union of intervals."""

    brackets: str
    parts: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether the order counts: a tuple or an interval, not a set or a bare list."""
        return self.brackets not in ("", "{}", "∪")


def decide(output: str, reference: str) -> tuple[bool, str, str]:
    """Return (whether they are equal, the rule that decided, the answer read in the output)."""
    answer = answer_of(output)
    if len(answer) > MAX_ANSWER:
        return False, "exact", answer[:MAX_ANSWER]
    if squeezed(answer) == squeezed(reference):
        return True, "exact", answer
    equal, rule = _compare(plain(_rewrite(answer)), plain(reference))
    return equal, rule, answer


def _compare(answer: str, reference: str) -> tuple[bool, str]:
    answer, reference = _drop_relation(answer, reference)
    printed, expected = _items(answer), _items(reference)
    if expected is None and printed is not None and printed.brackets in ("[]", "{}") and len(printed.parts) == 1:
        return _compare(printed.parts[0], reference)  # what sympy's solve prints for one solution
    if printed and expected:
        return _compare_items(printed, expected)
    if printed or expected:
        return False, "structure"
    return _compare_scalars(answer, reference)


def _compare_items(printed: Items, expected: Items) -> tuple[bool, str]:
    if len(printed.parts) != len(expected.parts) or "∪" in {printed.brackets} ^ {expected.brackets}:
        return False, "structure"
    if expected.ordered:
        # A list or a bare list may stand for a tuple; a set has no order, and intervals are what they are.
        if printed.brackets == "{}" or not _same_ends(printed, expected):
            return False, "structure"
        return _all_equal(printed.parts, expected.parts)
    remaining = list(printed.parts)
    rules = []
    for part in expected.parts:
        for candidate in remaining:
            equal, rule = _compare(candidate, part)
            if equal:
                remaining.remove(candidate)
                rules.append(rule)
                break
        else:
            return False, "structure"
    return True, _weakest(rules)


def _same_ends(printed: Items, expected: Items) -> bool:
    """Whether brackets that may be an interval's agree: (1, 2) leaves out the ends of [1,2]."""
    if (expected.brackets, printed.brackets, len(expected.parts)) == ("[]", "()", 2):
        return False
    if not {"[)", "(]"} & {printed.brackets, expected.brackets}:
        return True
    if len(printed.brackets) != len(expected.brackets):
        return False
    ends = zip(printed.brackets, expected.brackets, (expected.parts[0], expected.parts[-1]), strict=True)
    return all(ours == theirs or _INFINITE.search(end) for ours, theirs, end in ends)  # infinity is always open


def _all_equal(printed: tuple[str, ...], expected: tuple[str, ...]) -> tuple[bool, str]:
    rules = []
    for candidate, part in zip(printed, expected, strict=True):
        equal, rule = _compare(candidate, part)
        if not equal:
            return False, rule
        rules.append(rule)
    return True, _weakest(rules)


def _weakest(rules: list[str]) -> str:
    return next((rule for rule in ("symbolic", "numeric", "text", "structure") if rule in rules), "exact")


def _compare_scalars(answer: str, reference: str) -> tuple[bool, str]:
    if squeezed(answer) == squeezed(reference):
        return True, "exact"
    ours, theirs = _number(answer), _number(reference)
    if ours is not None and theirs is not None:
        return _equal_rationals(answer, ours, theirs), "numeric"
    if _WORDS.fullmatch(reference) and len(reference) > 1:
        return _letters(answer) == _letters(reference), "text"
    return _compare_expressions(answer, reference)


def _compare_expressions(answer: str, reference: str) -> tuple[bool, str]:
    expected = _expression(reference)
    printed = _expression(answer)
    if printed is None or expected is None or _undefined(printed) or _undefined(expected):
        return False, "unparsed"
    if printed == expected:
        return True, "symbolic"
    if _is_number(printed) and _is_number(expected):
        return _equal_numbers(answer, printed, expected), "numeric"
    if isinstance(printed, sympy.Expr) and isinstance(expected, sympy.Expr):
        return _equal_formulas(printed, expected), "symbolic"
    return bool(math_verify.verify([expected], [printed], timeout_seconds=None)), "symbolic"


def _undefined(value: object) -> bool:
    return isinstance(value, sympy.Basic) and value.has(sympy.nan, sympy.zoo)


def _equal_formulas(printed: sympy.Expr, expected: sympy.Expr) -> bool:
    if printed.has(sympy.oo, -sympy.oo, sympy.nan, sympy.zoo) or printed.free_symbols != expected.free_symbols:
        return False
    return bool(sympy.simplify(printed - expected) == 0)


def _number(text: str) -> Fraction | None:
    """Read an integer, a decimal, a ratio or a mixed number exactly; None for anything else."""
    if mixed := _MIXED.fullmatch(text):
        part = _number(mixed[3])
        whole = int(mixed[2])
        return None if part is None else (whole + part) * (-1 if mixed[1] == "-" else 1)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    if (ratio := _RATIO.fullmatch(text)) and (denominator := int(ratio[3] or ratio[5])):
        value = Fraction(int(ratio[2] or ratio[4]), denominator)
        return -value if ratio[1] == "-" else value
    return None


def _equal_rationals(answer: str, ours: Fraction, theirs: Fraction) -> bool:
    if ours == theirs:
        return True
    places = _decimal_places(answer)
    return places is not None and abs(ours - theirs) <= Fraction(1, 2) * Fraction(10) ** -places * Fraction(102, 100)


def _decimal_places(answer: str) -> int | None:
    """Return after which place a printed float ends; None if it prints too few digits to stand for a value.

    A float's 15th digit and later carry rounding errors of the computation, so they do not count.
    """
    text = answer.replace(",", "").strip()
    if not _DECIMAL.fullmatch(text) or not ("." in text or "e" in text.lower()):
        return None
    try:
        _, digits, exponent = Decimal(text).as_tuple()
    except InvalidOperation:
        return None
    while len(digits) > 1 and digits[0] == 0:
        digits = digits[1:]
    if len(digits) < SIGNIFICANT_DIGITS or not isinstance(exponent, int):
        return None
    return -exponent - max(0, len(digits) - 12)


def _equal_numbers(answer: str, printed: sympy.Expr, expected: sympy.Expr) -> bool:
    """Compare closed forms: exactly where sympy can, else to 40 digits; a printed float to its own digits."""
    places = _decimal_places(answer)
    if places is not None or printed.has(sympy.Float):
        difference = complex(sympy.N(printed - expected, 30))
        scale = abs(complex(sympy.N(expected, 15))) or 1.0
        tolerance = 0.51 * 10.0**-places if places is not None else 10.0 ** -(SIGNIFICANT_DIGITS + 3) * scale
        return abs(difference) <= tolerance
    difference = printed - expected
    if difference == 0:
        return True
    value = sympy.N(difference, 40, maxn=200)
    scale = sympy.N(abs(expected) + 1, 15)
    return bool(abs(value) < scale * sympy.Float("1e-35"))


def _is_number(value: object) -> bool:
    return isinstance(value, sympy.Expr) and value.is_number and not value.has(sympy.nan, sympy.zoo, sympy.oo)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _drop_relation(answer: str, reference: str) -> tuple[str, str]:
    """Drop a leading `x =` where only one side has it, or where both have the same."""
    ours, theirs = _RELATION.match(answer), _RELATION.match(reference)
    if ours and theirs and squeezed(ours[0]) != squeezed(theirs[0]):
        return answer, reference
    return answer[ours.end() if ours else 0 :].strip(), reference[theirs.end() if theirs else 0 :].strip()


def _items(text: str) -> Items | None:
    """Read a collection by its brackets and top-level commas; None for a scalar."""
    if _THOUSANDS.fullmatch(text):
        return None
    text = text.replace(r"\{", "{").replace(r"\}", "}").replace(r"\lbrace", "{").replace(r"\rbrace", "}")
    if matrix := _MATRIX.fullmatch(text.strip()):
        rows = [row for row in matrix[2].split(r"\\") if row.strip()]
        return Items("[]", tuple(f"[{row.replace('&', ',')}]" for row in rows))
    if len(text) > 1 and text[0] in _OPENING and _closing(text, 0) == len(text) - 1:
        parts = split_top_level(text[1:-1])
        if text[0] != "(" or text[-1] != ")" or len(parts) > 1:
            parts = [part for part in parts if part]
            return Items(text[0] + text[-1], tuple(parts))
    if len(parts := _UNION.split(text)) > 1:
        return Items("∪", tuple(part.strip() for part in parts))
    parts = [part for part in split_top_level(_CONJUNCTION.sub(", ", text)) if part]
    if len(parts) == 1 and parts[0].count(r"\pm") == 1:
        parts = [parts[0].replace(r"\pm", sign) for sign in "+-"]
    return Items("", tuple(parts)) if len(parts) > 1 else None


def _closing(text: str, start: int) -> int:
    """Return where the bracket at `start` closes; the end of the text if it never does."""
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] in _OPENING) - (text[position] in _CLOSING)
        if depth == 0:
            return position
    return len(text)


_CONTAINERS = {
    "Interval.open": "()", "Interval.Lopen": "(]", "Interval.Ropen": "[)", "Interval": "[]", "FiniteSet": "{}",
    "Tuple": "()", "Point2D": "()", "Point": "()", "frozenset": "", "set": "", "ImmutableDenseMatrix": "",
    "Matrix": "", "array": "",
}  # fmt: skip
_CONTAINER = re.compile("(?<![A-Za-z.])(" + "|".join(map(re.escape, sorted(_CONTAINERS, reverse=True))) + r")\(")


def _rewrite(answer: str) -> str:
    """Turn what Python, sympy and numpy print around values into the values' own notation."""
    answer = re.sub(r"\b(?:np\.\w+|numpy\.\w+|mpf|mpc|Integer|Rational|Float)\(([^()]*)\)", _unwrap_call, answer)
    answer = re.sub(r"\bFraction\(\s*(-?\d+)\s*,\s*(\d+)\s*\)", r"\1/\2", answer)
    while match := _CONTAINER.search(answer):
        end = _closing(answer, match.end() - 1)
        brackets = _CONTAINERS[match[1]]
        inside = f"{brackets[:1]}{answer[match.end() : end]}{brackets[1:]}"
        answer = f"{answer[: match.start()]}{inside}{answer[end + 1 :]}"
    if answer.startswith("Union(") and answer.endswith(")"):
        answer = r" \cup ".join(split_top_level(answer[len("Union(") : -1]))
    if re.fullmatch(r"\[+\s*[-\d.\s\[\]e+]+\]+", answer):  # numpy separates with spaces
        answer = re.sub(r"(?<=[\d.\]])\s+(?=[-\d.\[])", ", ", answer)
    return answer


def _unwrap_call(call: re.Match[str]) -> str:
    inner = call[1].strip().strip("'\"")
    return "/".join(part.strip() for part in inner.split(",")) if call[0].startswith("Rational") else inner


def _expression(text: str) -> Any:  # noqa: ANN401 - sympy is untyped
    """Read one expression, printed or LaTeX; None if neither grammar takes it."""
    if "\\" not in text:
        try:
            return _Reader().read(text)
        except (ValueError, SyntaxError, TypeError, ZeroDivisionError, RecursionError):
            pass
    found = math_verify.parse(f"${text}$", [LatexExtractionConfig()], parsing_timeout=None)
    return _plain_symbols(found[0]) if found and not isinstance(found[0], str) else None


def _plain_symbols(value: Any) -> Any:  # noqa: ANN401 - sympy is untyped
    """Replace symbols with assumptions (the LaTeX grammar's) by the plain ones that printed forms give."""
    if not isinstance(value, sympy.Basic):
        return value
    return value.xreplace({symbol: sympy.Symbol(symbol.name) for symbol in value.free_symbols})


class _Reader(ast.NodeVisitor):
    """Builds a sympy value from a printed Python expression: arithmetic, known functions, symbols; no evaluation."""

    NAMES: dict[str, Any] = {  # noqa: RUF012 - a table
        "pi": sympy.pi, "E": sympy.E, "e": sympy.E, "I": sympy.I, "i": sympy.I, "oo": sympy.oo, "inf": sympy.oo,
        "True": sympy.true, "False": sympy.false,
    }  # fmt: skip
    FUNCTIONS: dict[str, Callable[..., Any]] = {  # noqa: RUF012 - a table
        "sqrt": sympy.sqrt, "cbrt": sympy.cbrt, "root": sympy.root, "exp": sympy.exp, "log": sympy.log, "ln": sympy.log,
        "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "cot": sympy.cot, "sec": sympy.sec, "csc": sympy.csc,
        "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "sinh": sympy.sinh, "cosh": sympy.cosh,
        "tanh": sympy.tanh, "Abs": sympy.Abs, "abs": sympy.Abs, "factorial": sympy.factorial,
        "binomial": sympy.binomial, "Rational": sympy.Rational, "floor": sympy.floor, "ceiling": sympy.ceiling,
        "re": sympy.re, "im": sympy.im, "conjugate": sympy.conjugate,
    }  # fmt: skip
    OPERATORS: dict[type, Callable[[Any, Any], Any]] = {  # noqa: RUF012 - a table
        ast.Add: lambda a, b: a + b,
        ast.Sub: lambda a, b: a - b,
        ast.Mult: lambda a, b: a * b,
        ast.Div: lambda a, b: a / b,
        ast.Pow: lambda a, b: a**b,
    }

    def read(self, text: str) -> Any:  # noqa: ANN401 - sympy is untyped
        source = re.sub(r"(?<![A-Za-z_])(\d+(?:\.\d+)?)\s*(?=[A-Za-z(])(?![eEj][\d+-])(?!j\b)", r"\1*", text)
        source = re.sub(r"\)\s*(?=[A-Za-z0-9(])", ")*", source)
        return self.visit(ast.parse(source.replace("^", "**").strip(), mode="eval").body)

    def generic_visit(self, node: ast.AST) -> Any:  # noqa: ANN401 - sympy is untyped
        raise ValueError(f"{type(node).__name__} is no part of an answer")

    def visit_Constant(self, node: ast.Constant) -> Any:  # noqa: ANN401 - ast's name
        if isinstance(node.value, bool):
            return sympy.true if node.value else sympy.false
        if isinstance(node.value, complex):
            return sympy.nsimplify(node.value.imag, rational=True) * sympy.I
        if isinstance(node.value, int):
            return sympy.Integer(node.value)
        if isinstance(node.value, float):
            return sympy.Float(node.value, 15)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:  # noqa: ANN401
        return self.NAMES.get(node.id) or sympy.Symbol(node.id)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:  # noqa: ANN401
        value = self.visit(node.operand)
        if isinstance(node.op, ast.USub):
            return -value
        return value if isinstance(node.op, ast.UAdd) else self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:  # noqa: ANN401
        operator = self.OPERATORS.get(type(node.op))
        return operator(self.visit(node.left), self.visit(node.right)) if operator else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:  # noqa: ANN401
        function = self.FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None or node.keywords:
            return self.generic_visit(node)
        return function(*map(self.visit, node.args))


def warm_up() -> None:
    """Fill the grammar's and sympy's caches, once, before the first fork."""
    warnings.simplefilter("ignore")
    for output, reference in (
        ("sqrt(2)/2", r"\frac{\sqrt{2}}{2}"),
        ("x**2 + 2*x + 1", "(x+1)^2"),
        ("1.41421356", r"\sqrt{2}"),
    ):
        decide(output, reference)


def main() -> None:
    """Read `{"output", "reference"}` on stdin, print `[equal, rule, answer]`: what a grading child does."""
    pair = json.load(sys.stdin)
    print(json.dumps(decide(pair["output"], pair["reference"])))
