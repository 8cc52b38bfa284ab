"""What an answer or a reference is made of: its tokens, and the nodes that the parser makes of them."""

import re
from dataclasses import dataclass
from enum import StrEnum


class UnreadError(Exception):
    """A text that is no answer in any notation that is read, or one that is too large."""


class Kind(StrEnum):
    """What a node is."""

    NUMBER = "number"
    NAME = "name"
    CALL = "call"
    ADD = "add"
    MUL = "mul"
    DIV = "div"
    POW = "pow"
    NEG = "neg"
    SIGNS = "signs"
    MIXED = "mixed"
    RELATION = "relation"
    GROUP = "group"
    INTERVAL = "interval"
    MATRIX = "matrix"
    UNION = "union"
    AND = "and"
    OR = "or"
    COLONS = "colons"
    PAIRS = "pairs"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an answer.

    `text` is a number's digits, a name, the called function, the brackets of a group or interval (a bare list has
    none), or the signs of a relation, a space between them. A matrix has a group for each row.
    """

    kind: Kind
    parts: tuple["Node", ...] = ()
    text: str = ""


@dataclass(slots=True)
class Token:
    """A token: what sort it is, its text, and whether there is space before it."""

    sort: str
    text: str
    spaced: bool


CONSTANTS = {"pi", "e", "E", "i", "I", "oo"}

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda",
    "Sigma", "Phi", "Psi", "Omega", "ell",
}  # fmt: skip

FUNCTIONS = {
    "sqrt": "sqrt", "cbrt": "cbrt", "root": "root", "exp": "exp", "log": "log", "ln": "log", "sin": "sin", "cos": "cos",
    "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "asin": "asin", "acos": "acos", "atan": "atan",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "abs": "abs",
    "Abs": "abs", "factorial": "factorial", "binomial": "binomial", "comb": "binomial", "floor": "floor",
    "ceiling": "ceiling", "ceil": "ceiling", "re": "re", "im": "im", "conjugate": "conjugate", "log2": "log2",
    "log10": "log10", "pow": "pow", "Pow": "pow", "Add": "add", "Mul": "mul",
}  # fmt: skip
"""Names that are called, and what they are."""

WRAPPERS = {
    "Integer", "Float", "Decimal", "mpf", "float64", "float32", "int64", "int32", "complex128", "float", "int", "S",
    "Symbol", "sympify", "list", "tuple", "set", "frozenset", "dict", "dict_values", "dict_keys", "dict_items", "Poly",
    "str", "longdouble", "uint64", "sorted",
}  # fmt: skip
"""Names around a value."""

CONTAINERS = {
    "Rational", "Fraction", "mpc", "complex", "FiniteSet", "Tuple", "Point", "Point2D", "Point3D", "Matrix", "matrix",
    "ImmutableDenseMatrix", "ImmutableMatrix", "MutableDenseMatrix", "array", "Interval", "Interval.open",
    "Interval.Lopen", "Interval.Ropen", "Union", "Eq", "Equality", "Ne", "Unequality", "Lt", "Le", "Gt", "Ge",
    "StrictLessThan", "LessThan", "StrictGreaterThan", "GreaterThan", "And", "Or",
}  # fmt: skip
"""Names whose arguments make a value of another kind."""

_CALLED = {*FUNCTIONS, *WRAPPERS, *CONTAINERS}
_MODULES = re.compile(r"(?:math|cmath|sympy|sp|sym|np|numpy|mpmath|mp|decimal|fractions|sympy\.core\.\w+)\.")
_WORD_OPERATORS = {"and", "or", "in"}
_NEVER = {"None", "nan", "NaN", "zoo", "not", "NotImplemented", "undefined"}
_INFINITY = {"inf", "Inf", "infinity", "Infinity"}
_SPLIT_AT_MOST = 3

# Signs that look like others are what this table is about.
# ruff: noqa: RUF001
_CHARACTERS = {
    "π": r"\pi ", "∞": r"\infty ", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "−": "-", "–": "-", "‐": "-",
    "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "≠": "!=", "∪": r"\cup ", "∈": r"\in ", "±": r"\pm ", "√": r"\surd ",
    "∛": r"\cubicsurd ", "≈": r"\approx ", "∧": "&", "∨": "|", "∅": r"\emptyset ", "α": r"\alpha ", "β": r"\beta ",
    "γ": r"\gamma ", "δ": r"\delta ", "θ": r"\theta ", "λ": r"\lambda ", "μ": r"\mu ", "σ": r"\sigma ",
    "φ": r"\phi ", "ω": r"\omega ", "ℝ": r"\mathbb{R} ", "′": "'", "’": "'", "\N{NO-BREAK SPACE}": " ",
    "\N{THIN SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "⟨": "(", "⟩": ")",
}  # fmt: skip
_TRANSLATION = str.maketrans(_CHARACTERS)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
_QUOTED = re.compile(r"""(?<![\w)\]}])(['"])([^'"]*)\1""")
_UNION_LETTER = re.compile(r"(?<=[\])}])\s*U\s*(?=[\[({])")
_NUMPY = re.compile(r"(?:array\()?\[[\[\]\d\s.+\-ej/,]*\](?:, dtype=\w+)?\)?")
_BETWEEN = re.compile(r"(?<=[\d.\])j])\s+(?=[-+.\d\[])")
_AFTER_CALL = re.compile(r"\)\s+(?=(?:Fraction|Rational|mpf|Decimal|sqrt|-?\d|-)\b)")
_BEFORE_OPERATOR = re.compile(r"[-+*/]\s")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<command>\\(?:[A-Za-z]+|.))"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*(?:\.[A-Za-z]\w*)*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/^(){}\[\],;:=<>&|!_'])"
)
_GLUED = re.compile(r"(?<=[\d)])(or|and)(?=[A-Za-z(])")
_INDEXED = re.compile(r"([A-Za-z])_?(\d+)")


def cleaned(text: str) -> str:
    """Return a text in the characters that are read: signs and superscripts of Unicode written out, no quotes."""
    text = _RAISED.sub(lambda raised: f"^({raised[0].translate(_SUPERSCRIPTS)})", text)
    text = _LOWERED.sub(lambda lowered: f"_{{{lowered[0].translate(_SUBSCRIPTS)}}}", text).translate(_TRANSLATION)
    text = _GLUED.sub(r" \1 ", text)
    text = _UNION_LETTER.sub(r" \\cup ", _QUOTED.sub(r"\2", text))
    if "," not in text and text.startswith("[") and not _BEFORE_OPERATOR.search(text) and text.endswith("]"):
        if _NUMPY.fullmatch(text):  # numpy separates with spaces
            return _BETWEEN.sub(", ", text)
        text = _AFTER_CALL.sub("), ", text)
    return text


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text. Raises `UnreadError` for a character that begins none."""
    found: list[Token] = []
    position, spaced = 0, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise UnreadError(f"no notation has {text[position]!r}")
        position = match.end()
        sort, body = str(match.lastgroup), match[0]
        if sort == "space":
            spaced = True
            continue
        if sort == "name":
            found += _names(body, spaced)
        else:
            found.append(Token(sort, body, spaced))
        spaced = False
    return found


def _names(word: str, spaced: bool) -> list[Token]:  # noqa: FBT001 - as a token has it
    """Return a word as a name that is known, an operator, a variable with an index, or a product of letters."""
    word = _MODULES.sub("", word).removeprefix("S.")
    if word in _NEVER:
        raise UnreadError(f"{word} is no answer")
    if word in _WORD_OPERATORS:
        return [Token("word", word, spaced)]
    if word in _INFINITY:
        word = "oo"
    if indexed := _INDEXED.fullmatch(word):
        return [Token("name", f"{indexed[1]}_{indexed[2]}", spaced)]
    if word in _CALLED or word in CONSTANTS or word in GREEK or len(word) == 1 or not word.isalpha():
        return [Token("name", word, spaced)]
    if word in {"EmptySet", "Half", "Reals"}:
        return [Token("name", word, spaced)]
    if len(word) > _SPLIT_AT_MOST:
        return [Token("name", word, spaced)]
    return [Token("name", letter, spaced and number == 0) for number, letter in enumerate(word)]
