"""What type a reference answer has: told once, at loading, by how it is written and by what the statement asks for."""

import re
from enum import StrEnum
from functools import lru_cache


class AnswerType(StrEnum):
    """The types of answers; docs/grading.md says how each is compared."""

    INTEGER = "integer"
    FRACTION = "fraction"
    DECIMAL = "decimal"
    PERCENT = "percent"
    QUANTITY = "quantity"
    REAL = "real"
    COMPLEX = "complex"
    POLYNOMIAL = "polynomial"
    EXPRESSION = "expression"
    EQUATION = "equation"
    INEQUALITY = "inequality"
    INTERVAL = "interval"
    TUPLE = "tuple"
    VECTOR = "vector"
    MATRIX = "matrix"
    LIST = "list"
    SET = "set"
    TUPLES = "tuples"
    VALUES = "values"
    NUMERAL = "numeral"
    RATIO = "ratio"
    TIME = "time"
    CHOICE = "choice"
    TEXT = "text"


RATIONAL = frozenset(
    {AnswerType.INTEGER, AnswerType.FRACTION, AnswerType.DECIMAL, AnswerType.PERCENT, AnswerType.QUANTITY}
)
"""Types whose answers are one rational number, if their reference is written as one."""

_NAMED_TYPES = RATIONAL | {AnswerType.REAL, AnswerType.TUPLE, AnswerType.RATIO, AnswerType.TIME}
_SAID = 2000
"""Characters at the end of a statement in which it says what form is asked for."""

_BASES = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen",
)  # fmt: skip
_SIZING = re.compile(r"\\(?:left|right|displaystyle|[Bb]igg?[lr]?)(?![A-Za-z])")
_THOUSANDS_MARK = re.compile(r"(?:\s*\{\s*,\s*\}|,\\!)\s*")
_SPACING = re.compile(r"(?<!\\)\\[,;:! ]|\\q?quad(?![A-Za-z])|~")
_NUMBER_IN_TEXT = re.compile(r"\\(?:text|mbox|mathrm)\{\s*(-?\d+)\s*\}")
_TEXT = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox)\s*\{([^{}]*)\}")
_WORDS = re.compile(r"(?=.*[A-Za-z]{3}|[A-Za-z]{2}$)[A-Za-z](?:[A-Za-z0-9 .']|(?<! )-(?=[A-Za-z]{3}))*")
_NO_MEMBERS = {r"\emptyset", r"\varnothing", "∅", r"\{\}"}
_ALL_NUMBERS = {r"\mathbb{R}", r"\Bbb{R}", "\N{DOUBLE-STRUCK CAPITAL R}"}
_LETTER_CHOICE = re.compile(r"\(?([A-H])\)?")
_UNIT = re.compile(r"\d.*(?:\\circ|°|\\(?:text|mbox|mathrm|textbf)\s*\{)|\\\$|^\$?\d[\d.,]*\s+[a-z]{2}")
_MATRIX = re.compile(r"\\begin\{(?:[pbvBV]?matrix|array)\}(.*?)\\end", re.DOTALL)
_NUMERAL = re.compile(r"[0-9A-Za-z]+_(?:\{\s*\d+\s*\}|\d+)|0[box][0-9a-f]+|\w+\s*\(?base\s+\w+\)?")
_CLOCK = re.compile(r"\d{1,2}:[0-5]\d(?::[0-5]\d)?\s*(?:[AaPp]\.?[Mm]\.?)?")
_COLONS = re.compile(r"[^=:]+(?::[^=:]+)+")
_PLAIN_INTEGER = re.compile(r"[-+]?\d+")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")
_LEADING_ZERO = re.compile(r",0\d\d")
_DECIMAL = re.compile(r"[-+]?(?:(?:\d[\d,]*)?\.\d+|\d+\.)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+")
_FRACTION = re.compile(
    r"[-+]?(?:\d+\s*)?\\frac\s*(?:\{\s*[-+]?\d+\s*\}|\d)\s*(?:\{\s*\d+\s*\}|\d)|[-+]?(?:\d+\s+)?\d+/-?\d+"
)
_ORDER = re.compile(r"[<>≤≥≠]|!=|\\(?:leqslant|geqslant|leq?|geq?|lt|gt|neq?)(?![A-Za-z])")
_LISTED = re.compile(
    r"separated by (?:a )?commas?|comma-separated|\blist (?:all|the|your)|"
    r"\b(?:find|enter|determine|give|what are|compute) (?:all|"
    r"the (?:real |possible |two |three )*(?:values|solutions|roots))\b",
    re.IGNORECASE,
)
_ORDERED = re.compile(r"\bordered (?:pair|triple|quadruple|list)|\bcoordinates?\b", re.IGNORECASE)
_INTERVAL = re.compile(r"\bintervals?\b|\b(?:range|domain) of\b", re.IGNORECASE)
_PAIRS = re.compile(r"\bordered (?:pairs?|triples?|quadruples?)|\bpoints?\b|\bcoordinates\b|\bvertex\b", re.IGNORECASE)
_IN_BASE = re.compile(
    r"\b(?:express|give|write|leave|enter|state)\s+(?:your|the)\s+(?:final\s+)?(?:answer|result|sum|difference|product|"
    r"quotient|number|remainder)[^.?]{0,80}?\b(?:in|as a)\s+base[\s$-]{1,4}(\w+)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?<![A-Za-z])(?:or|and)(?![a-z])")
_SEGMENTS = re.compile(r"(?:\\frac|[A-Z:|{}\s]|_\{?\w+\}?){1,40}=\s*")
_CHOICES = re.compile(r"\(A\)|\btext\{A\}|\bA\.\s", re.IGNORECASE)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_LETTER = re.compile(r"[A-Za-z]")
_DIVISION_BY_LETTERS = re.compile(r"\\frac\s*\{[^{}]*\}\s*\{[^{}]*[A-Za-z]|/\s*\(?[^+-]*[A-Za-z]|\^\s*\{?\s*-|\\sqrt")
_NAMED = re.compile(
    r"(?:\\?[A-Za-z](?:_\{?\w+\}?)?|[A-Za-z]\([A-Za-z]\)|\([A-Za-z](?:\s*,\s*[A-Za-z])+\)|\|?[A-Z]{2}\|?)"
    r"\s*(?:=|\\in(?![A-Za-z]))\s*"
)


@lru_cache(maxsize=1 << 14)  # asked when a problem is read, and again when its set is hashed
def infer(reference: str, statement: str = "") -> AnswerType:  # noqa: C901, PLR0911, PLR0912 - one for each type
    """Return the type of a reference in LaTeX, in the light of the statement that it answers."""
    text = bare(reference)
    asked = statement[-_SAID:]
    if r"\begin" in text:
        rows = _MATRIX.search(text)
        body = rows[1] if rows else text
        return AnswerType.VECTOR if "&" not in body or r"\\" not in body.strip().rstrip("\\") else AnswerType.MATRIX
    if text in _NO_MEMBERS:
        return AnswerType.SET
    if text in _ALL_NUMBERS:
        return AnswerType.INTERVAL
    words = " ".join(_TEXT.sub(r" \1 ", text).split())
    if _LETTER_CHOICE.fullmatch(words) and (
        words != text or not _among_the_letters(words.strip("()"), asked) or _CHOICES.search(asked)
    ):
        return AnswerType.CHOICE
    if _WORDS.fullmatch(words) and len(words) > 1:
        return AnswerType.TEXT
    if _NUMERAL.fullmatch(text) or (base_asked(asked) not in (None, 10) and re.fullmatch(r"[0-9A-Fa-f]+", text)):
        return AnswerType.NUMERAL
    if _CLOCK.fullmatch(text) and "ratio" not in asked.casefold():
        return AnswerType.TIME
    if _COLONS.fullmatch(text) and "=" not in text:
        return AnswerType.RATIO
    parts = top_level(text)
    if ";" in text and "," in text and "=" in text and len(top_level(text, ";")) > 1:
        return AnswerType.TUPLES
    if r"\%" in text or "%" in text:
        return AnswerType.PERCENT if len(parts) == 1 else AnswerType.LIST
    if r"\cup" in text or "∪" in text or (r"\in" in text and re.search(r"\\in(?![A-Za-z])", text)):
        return AnswerType.INTERVAL
    if len(parts) > 1:
        return _listed(text, parts, asked)
    if text[:1] in "([" and text[-1:] in ")]" and len(top_level(text[1:-1])) > 1 and _closes_at_the_end(text):
        return _bracketed(text, asked)
    if text.startswith(r"\{") or (text.startswith("{") and text.endswith("}")):
        return AnswerType.SET
    if _ORDER.search(text):
        return AnswerType.INEQUALITY
    if r"\pm" in text or "±" in text or _JOINED.search(words):
        return AnswerType.LIST
    if "=" in text:
        named = _NAMED.match(text) or _SEGMENTS.match(text)
        if named and (value := infer(text[named.end() :].rpartition("=")[2], asked)) in _NAMED_TYPES:
            return AnswerType.RATIO if value == AnswerType.TIME else value
        return AnswerType.EQUATION
    if _UNIT.search(text):
        return AnswerType.QUANTITY
    return _scalar(text)


def _scalar(text: str) -> AnswerType:
    if _PLAIN_INTEGER.fullmatch(text):
        return AnswerType.INTEGER
    if _FRACTION.fullmatch(text):
        return AnswerType.FRACTION
    if _DECIMAL.fullmatch(text):
        return AnswerType.DECIMAL
    letters = set(_LETTER.findall(_COMMAND.sub(" ", text)))
    if letters - {"e", "i"} or re.search(r"\\(?:alpha|beta|gamma|theta|phi|lambda|mu|omega|sigma)", text):
        return AnswerType.EXPRESSION if _DIVISION_BY_LETTERS.search(text) or _calls(text) else AnswerType.POLYNOMIAL
    return AnswerType.COMPLEX if "i" in letters else AnswerType.REAL


def _calls(text: str) -> bool:
    return bool(
        re.search(
            r"\\(?:sin|cos|tan|cot|sec|csc|log|ln|arc[a-z]+|lfloor|lceil)|\^\s*(?:\{[^}]*[A-Za-z]|[A-Za-z])", text
        )
    )


def _listed(text: str, parts: list[str], asked: str) -> AnswerType:
    """Return the type of a text with commas outside of brackets."""
    if _THOUSANDS.fullmatch(text) and (_LEADING_ZERO.search(text) or not _LISTED.search(asked)):
        return AnswerType.INTEGER
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+\.\d+", text):
        return AnswerType.DECIMAL
    if all(part[:1] == "(" and part[-1:] == ")" and len(top_level(part[1:-1])) > 1 for part in parts):
        return AnswerType.TUPLES
    names = [named[0] if (named := _NAMED.match(part)) else "" for part in parts]
    if all(names) and len(set(names)) == len(names):
        return AnswerType.VALUES
    return AnswerType.TUPLE if _ORDERED.search(asked) and not _LISTED.search(asked) else AnswerType.LIST


def _bracketed(text: str, asked: str) -> AnswerType:
    pair = len(top_level(text[1:-1])) == len("ab")
    if pair and (r"\infty" in text or text[0] == "[" or text[-1] == "]"):
        return AnswerType.INTERVAL
    return AnswerType.INTERVAL if pair and _INTERVAL.search(asked) and not _PAIRS.search(asked) else AnswerType.TUPLE


def _among_the_letters(letter: str, statement: str) -> bool:
    return any(letter in formula for formula in statement.split("$")[1::2])


def _closes_at_the_end(text: str) -> bool:
    """Whether the first bracket is closed by the last one."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return position == len(text) - 1
    return False


def base_asked(statement: str) -> int | None:
    """Return the base in which a statement asks for the answer; None where it names none."""
    found = _IN_BASE.search(statement[-_SAID:])
    if not found:
        return None
    name = found[1].casefold()
    return int(name) if name.isdecimal() else _BASES.index(name) + 2 if name in _BASES else None


def base_number(name: str) -> int | None:
    """Return the base that is called so, in digits or as a word; None for no base from 2 to 36."""
    number = int(name) if name.isdecimal() and len(name) < len("100") else None
    if name.casefold() in _BASES:
        number = _BASES.index(name.casefold()) + 2
    return number if number and 2 <= number <= 36 else None  # noqa: PLR2004 - what digits and letters can write


def bare(text: str) -> str:
    """Return a reference without what carries no value: dollar signs around it, sizing, spacing, thousands' marks."""
    text = text.strip().strip("$").strip()
    text = _SPACING.sub(" ", _THOUSANDS_MARK.sub("", _SIZING.sub("", text)))
    text = text.replace(r"\dfrac", r"\frac").replace(r"\tfrac", r"\frac").replace(r"\cfrac", r"\frac")
    text = _NUMBER_IN_TEXT.sub(r"\1", text).replace("\N{MINUS SIGN}", "-")
    return " ".join(text.split()).removesuffix(".").strip()


def top_level(text: str, separators: str = ",;") -> list[str]:
    """Split a text at separators outside all brackets; its parts are stripped."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{⟦") - (character in ")]}⟧")
        if character in separators and depth == 0 and text[position - 1 : position] != "\\":
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]
