"""Text → values: numbers, collections, formulas. Used in a confined child only: the text is hostile.

Printed Python forms are read by a walk over their syntax tree, LaTeX by Math-Verify's own grammar; neither calls
`eval`.
"""

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import math_verify
import sympy
from math_verify import LatexExtractionConfig

from pytest_mathbench.grading.normalize import split_top_level

UNION = "∪"
COLON = ":"
CLOSED = "⟦⟧"
"""The brackets of what is surely a closed interval, and no list."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_RATIO = re.compile(r"([+-]?)\s*(?:\\frac\s*\{\s*([+-]?\d+)\s*\}\s*\{\s*([+-]?\d+)\s*\}|(\d+)\s*/\s*(-?\d+|\(-\d+\)))")
_MIXED = re.compile(r"([+-]?)(\d+)\s*(?<=[\d\s])(\\frac\s*\{\s*\d+\s*\}\s*\{\s*\d+\s*\}|(?<=\s)\d+/\d+)")
_CLOCK = re.compile(r"\d+(?:\s*:\s*\d+)+")
_CONJUNCTION = re.compile(r"\s*,?\s+(?:and|or)\s+")
_UNION = re.compile(r"\\cup|\s+U\s+|∪")
_MATRIX = re.compile(r"[\[(]?\s*\\begin\{([pbvBV]?matrix|array)\}(?:\{[lcr|]*\})?(.*?)\\end\{\1\}\s*[\])]?", re.DOTALL)
_EMPTY = {r"\emptyset", r"\varnothing", "EmptySet", "set()", "S.EmptySet", "∅"}
_BASES = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen",
]  # fmt: skip
_BASED = re.compile(
    rf"(?:0([box])([0-9a-f]+)|([0-9a-z]+)\s*(?:_|\(?\s*\bbase\b)\s*\{{?\s*(\d+|{'|'.join(_BASES)})\s*\}}?\s*\)?)",
    re.IGNORECASE,
)
_PREFIXES = {"b": "2", "o": "8", "x": "16"}
_OPENING, _CLOSING = "([{⟦", ")]}⟧"


@dataclass(frozen=True, slots=True)
class Items:
    """A collection. `brackets` are its own ("()", "[)", "{}"), "" for a bare list, or one of the marks above."""

    brackets: str
    parts: tuple[str, ...]

    @property
    def ordered(self) -> bool:
        """Whether the order counts: a tuple or an interval, not a set or a bare list."""
        return self.brackets not in ("", "{}", UNION)


def number(text: str) -> Fraction | None:
    """Read an integer, a decimal, a ratio or a mixed number exactly; None for anything else."""
    if mixed := _MIXED.fullmatch(text):
        part = number(mixed[3])
        whole = int(mixed[2])
        return None if part is None else (whole + part) * (-1 if mixed[1] == "-" else 1)
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    if terms := _terms(text):
        return Fraction(*terms) if terms[1] else None
    return None


def _terms(text: str) -> tuple[int, int] | None:
    ratio = _RATIO.fullmatch(text)
    if not ratio:
        return None
    top, bottom = int(ratio[2] or ratio[4]), int((ratio[3] or ratio[5]).strip("()"))
    return (-top if ratio[1] == "-" else top), bottom


def is_reduced(text: str) -> bool:
    """Whether what is written as a ratio of whole numbers is in lowest terms; anything else is."""
    terms = _terms(text)
    return not terms or math.gcd(*terms) == 1


def decimal_places(text: str, significant: int) -> int | None:
    """Return after which place a printed float ends; None if it prints fewer significant digits.

    A float's 13th digit and later carry rounding errors of the computation, so they do not count.
    """
    text = text.replace(",", "").strip()
    if not _DECIMAL.fullmatch(text) or not ("." in text or "e" in text.lower()):
        return None
    try:
        _, digits, exponent = Decimal(text).as_tuple()
    except InvalidOperation:
        return None
    while len(digits) > 1 and digits[0] == 0:
        digits = digits[1:]
    if len(digits) < significant or not isinstance(exponent, int):
        return None
    return -exponent - max(0, len(digits) - 12)


def based(text: str) -> tuple[str, str] | None:
    """Read digits in a stated base, as in 2516_8 or 0o2516: (digits, base); None for anything else."""
    if not (match := _BASED.fullmatch(text.strip())):
        return None
    prefix, prefixed, digits, base = match.groups()
    if prefix:
        return prefixed.lower().lstrip("0") or "0", _PREFIXES[prefix.lower()]
    return digits.lower(), str(_BASES.index(base.lower()) + 2) if base.lower() in _BASES else base


def items(text: str) -> Items | None:  # noqa: PLR0911 - one for each kind
    """Read a collection by its brackets and top-level commas; None for a scalar."""
    if _THOUSANDS.fullmatch(text):
        return None
    if text in _EMPTY:
        return Items("{}", ())
    if _CLOCK.fullmatch(text):
        return Items(COLON, tuple(part.strip() for part in text.split(":")))
    text = text.replace(r"\{", "{").replace(r"\}", "}").replace(r"\lbrace", "{").replace(r"\rbrace", "}")
    if matrix := _MATRIX.fullmatch(text.strip()):
        rows = [row for row in matrix[2].split(r"\\") if row.strip()]
        return Items("[]", tuple(f"[{row.replace('&', ',')}]" for row in rows))
    if len(text) > 1 and text[0] in _OPENING and _closing(text, 0) == len(text) - 1:
        parts = split_top_level(text[1:-1])
        if text[0] != "(" or text[-1] != ")" or len(parts) > 1:
            parts = [part for part in parts if part]
            if text[0] == "{":
                parts = [signed for part in parts for signed in _both_signs(part)]
            return Items(text[0] + text[-1], tuple(parts))
    if len(parts := _UNION.split(text)) > 1:
        return Items(UNION, tuple(part.strip() for part in parts))
    parts = [part for part in split_top_level(_CONJUNCTION.sub(", ", text)) if part]
    if len(parts) == 1:
        parts = _both_signs(parts[0])
    return Items("", tuple(parts)) if len(parts) > 1 else None


def _both_signs(part: str) -> list[str]:
    return [part.replace(r"\pm", sign) for sign in "+-"] if part.count(r"\pm") == 1 else [part]


def _closing(text: str, start: int) -> int:
    """Return where the bracket at `start` closes; the end of the text if it never does."""
    depth = 0
    for position in range(start, len(text)):
        depth += (text[position] in _OPENING) - (text[position] in _CLOSING)
        if depth == 0:
            return position
    return len(text)


_CONTAINERS = {
    "Interval.open": "()", "Interval.Lopen": "(]", "Interval.Ropen": "[)", "Interval": CLOSED, "FiniteSet": "{}",
    "Tuple": "()", "Point2D": "()", "Point": "()", "frozenset": "", "set": "", "ImmutableDenseMatrix": "",
    "Matrix": "", "array": "", "dict_values": "", "dict_keys": "",
}  # fmt: skip
_CONTAINER = re.compile("(?<![A-Za-z.])(" + "|".join(map(re.escape, sorted(_CONTAINERS, reverse=True))) + r")\(")
_EMPTY_CALL = re.compile(r"(?:frozen)?set\(\)")
_MAPPING = re.compile(r"\{\s*[A-Za-z_]\w*\s*:[^{}]*\}")


def rewrite(answer: str) -> str:
    """Turn what Python, sympy and numpy print around values into the values' own notation."""
    if _EMPTY_CALL.fullmatch(answer):
        return "EmptySet"
    answer = re.sub(
        r"\b(?:np\.\w+|numpy\.\w+|mpf|mpc|Integer|Rational|Float|Decimal)\(([^()]*)\)", _unwrap_call, answer
    )
    answer = re.sub(r"\bFraction\(\s*(-?\d+)\s*,\s*(\d+)\s*\)", r"\1/\2", answer)
    while match := _CONTAINER.search(answer):
        end = _closing(answer, match.end() - 1)
        brackets = _CONTAINERS[match[1]]
        inside = f"{brackets[:1]}{answer[match.end() : end]}{brackets[1:]}"
        answer = f"{answer[: match.start()]}{inside}{answer[end + 1 :]}"
    if answer.endswith(")"):
        if answer.startswith("Union("):
            answer = r" \cup ".join(split_top_level(answer[len("Union(") : -1]))
        elif answer.startswith("Eq("):
            answer = " = ".join(split_top_level(answer[len("Eq(") : -1]))
        elif answer.startswith("Poly("):
            answer = split_top_level(answer[len("Poly(") : -1])[0]
    bare = answer[1:-1].strip() if answer.startswith("[{") and answer.endswith("}]") else answer
    if _MAPPING.fullmatch(bare):  # a solution, as sympy's solve prints it
        answer = bare[1:-1].replace(":", " =")
    if re.fullmatch(r"\[+\s*[-\d.\s\[\]e+]+\]+", answer):  # numpy separates with spaces
        answer = re.sub(r"(?<=[\d.\]])\s+(?=[-\d.\[])", ", ", answer)
    return answer


def _unwrap_call(call: re.Match[str]) -> str:
    inner = call[1].strip().strip("'\"")
    return "/".join(part.strip() for part in inner.split(",")) if call[0].startswith("Rational") else inner


def formula(text: str) -> Any:  # noqa: ANN401 - sympy is untyped
    """Read what Python or sympy printed, and nothing around it; None for anything else."""
    if "\\" in text:
        return None
    try:
        return _Reader().read(text)
    except (ValueError, SyntaxError, TypeError, AttributeError, ZeroDivisionError, RecursionError):
        return None


def expression(text: str) -> Any:  # noqa: ANN401 - sympy is untyped
    """Read one expression, printed or LaTeX; None if neither grammar takes it."""
    if (value := formula(text)) is not None:
        return value
    found = math_verify.parse(f"${text}$", [LatexExtractionConfig()], parsing_timeout=None)
    return _plain_symbols(found[0]) if found and not isinstance(found[0], str) else None


def _plain_symbols(value: Any) -> Any:  # noqa: ANN401 - sympy is untyped
    """Replace the LaTeX grammar's symbols, which have assumptions, by what printed forms give; i is imaginary."""
    if not isinstance(value, sympy.Basic):
        return value
    return value.xreplace(
        {symbol: sympy.I if symbol.name == "i" else sympy.Symbol(symbol.name) for symbol in value.free_symbols}
    )


_ORDER = {
    r"\leq": "<=", r"\le": "<=", r"\geq": ">=", r"\ge": ">=", r"\lt": "<", r"\gt": ">", r"\neq": "!=", r"\ne": "!=",
    r"\infty": "oo",
}  # fmt: skip
_ORDER_SIGN = re.compile("(?:" + "|".join(map(re.escape, _ORDER)) + r")(?![A-Za-z])")
_INTERVALS = {"()": (True, True), "(]": (True, False), "[)": (False, True), "[]": (False, False), CLOSED: (False,) * 2}


def region(text: str) -> Any:  # noqa: ANN401 - sympy is untyped
    """Read an interval, a union of them, or relations in one variable, as a set of reals; None for anything else."""
    found = items(text)
    if found and found.brackets == UNION:
        parts = [region(part) for part in found.parts]
        return None if None in parts else sympy.Union(*parts)
    if found and found.brackets in _INTERVALS and len(found.parts) == len("ab"):
        ends = [expression(part) for part in found.parts]
        if not all(isinstance(end, sympy.Expr) and end.is_extended_real for end in ends):
            return None
        return sympy.Interval(*ends, *_INTERVALS[found.brackets])
    if found and found.brackets == "{}":
        members = [expression(part) for part in found.parts]
        return sympy.FiniteSet(*members) if all(isinstance(each, sympy.Expr) for each in members) else None
    return _solutions(text)


def _solutions(text: str) -> Any:  # noqa: ANN401 - sympy is untyped
    text = _ORDER_SIGN.sub(lambda sign: _ORDER[sign[0]], text).replace("≤", "<=").replace("≥", ">=")
    text = re.sub(r"\s+(and|or)\s+", lambda word: " & " if word[1] == "and" else " | ", text)
    if not re.search(r"[<>]|!=", text):
        return None
    if re.search(r"[&|]", text):  # they bind more tightly than comparisons do
        text = "".join(part if part in "&|" else f"({part})" for part in re.split(r"([&|])", text))
    try:
        relation = _Reader().read(text)
        if len(relation.free_symbols) != 1:
            return None
        symbol = sympy.Symbol(relation.free_symbols.pop().name, real=True)
        return relation.xreplace({sympy.Symbol(symbol.name): symbol}).as_set()
    except (ValueError, SyntaxError, TypeError, AttributeError, NotImplementedError, RecursionError):
        return None


class _Reader(ast.NodeVisitor):
    """Builds a sympy value from a printed Python expression: arithmetic, known functions, symbols; no evaluation."""

    NAMES: dict[str, Any] = {  # noqa: RUF012 - a table
        "pi": sympy.pi, "π": sympy.pi, "E": sympy.E, "e": sympy.E, "I": sympy.I, "i": sympy.I, "oo": sympy.oo,
        "inf": sympy.oo, "True": sympy.true, "False": sympy.false,
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
        ast.BitAnd: sympy.And,
        ast.BitOr: sympy.Or,
    }
    RELATIONS: dict[type, Callable[[Any, Any], Any]] = {  # noqa: RUF012 - a table
        ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.NotEq: sympy.Ne,
    }  # fmt: skip

    def read(self, text: str) -> Any:  # noqa: ANN401 - sympy is untyped
        source = re.sub(r"(?<![A-Za-z_])(\d+(?:\.\d+)?)\s*(?=[A-Za-zπ(])(?![eEj][\d+-])(?!j\b)", r"\1*", text)
        source = re.sub(r"\^\s*\{([^{}]*)\}", r"**(\1)", source)
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

    def visit_Compare(self, node: ast.Compare) -> Any:  # noqa: ANN401
        values = [self.visit(operand) for operand in (node.left, *node.comparators)]
        relations = [self.RELATIONS.get(type(operator)) for operator in node.ops]
        if None in relations:
            return self.generic_visit(node)
        pairs = zip(relations, values[:-1], values[1:], strict=True)
        return sympy.And(*(relation(left, right) for relation, left, right in pairs if relation))

    def visit_Call(self, node: ast.Call) -> Any:  # noqa: ANN401
        function = self.FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None or node.keywords:
            return self.generic_visit(node)
        return function(*map(self.visit, node.args))
