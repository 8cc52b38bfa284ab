"""What kind of answer a reference is, by how MATH writes it."""

import re
from enum import StrEnum


class AnswerType(StrEnum):
    """The kinds of answers, the first that fits."""

    QUANTITY = "quantity"
    TEXT = "text"
    MATRIX = "matrix"
    INTERVAL = "interval"
    TUPLE = "tuple"
    LIST = "list"
    BASE = "numeral"
    INTEGER = "integer"
    FRACTION = "fraction"
    DECIMAL = "decimal"
    COMPLEX = "complex"
    EXPRESSION = "expression"
    PI = "pi"
    RADICAL = "radical"
    OTHER = "other"


_NUMBER = r"-?\d+"
_FRACTION = r"-?\\[dt]?frac\s*(?:\{-?\d+\}|\d)\s*(?:\{\d+\}|\d)"
_PATTERNS = {
    AnswerType.QUANTITY: r"\d.*\\(?:circ|mbox|text)|\\\$",
    AnswerType.TEXT: r"\\text|^[A-Za-z]{2,}",
    AnswerType.MATRIX: r"matrix\}",
    AnswerType.INTERVAL: r"\\in\b|^(?:\\left)?[\[(].*\\infty|^(?:\\left)?\[.*[\])]$|^(?:\\left)?\(.*\]$|\\cup",
    AnswerType.TUPLE: r"^(?:\\left)?\(.*,.*\)$",
    AnswerType.LIST: r",(?!\\?!|\d{3}\b)",
    AnswerType.BASE: r"^\w+_\{?\d+\}?$",
    AnswerType.INTEGER: rf"^{_NUMBER}(?:,\\?!?\d{{3}})*$|^-?[\d\\!, {{}}]+$",
    AnswerType.FRACTION: rf"^{_FRACTION}$|^{_NUMBER}/\d+$",
    AnswerType.DECIMAL: r"^-?\d*\.\d+$",
    AnswerType.COMPLEX: r"(?<![a-z\\])i(?![a-z])",
    AnswerType.EXPRESSION: r"(?<![a-z\\])[a-zA-Z](?![a-zA-Z])(?<!e)",
    AnswerType.PI: r"\\pi",
    AnswerType.RADICAL: r"\\sqrt",
}


def answer_type(reference: str) -> AnswerType:
    """Return the kind of a reference answer in LaTeX."""
    return next((kind for kind, pattern in _PATTERNS.items() if re.search(pattern, reference)), AnswerType.OTHER)
