"""Which part of the output is the answer, and its plain form: strings only, nothing is evaluated."""

import re

MAX_ANSWER = 2000
"""Characters; a longer answer is no answer that a problem of this kind has."""

READ_TEXT = 4 * MAX_ANSWER
"""Characters at the end of an output that are read."""

_LABEL = re.compile(
    r"^\s*(?:so\s+|thus\s*,?\s*|therefore\s*,?\s*|hence\s*,?\s*)?(?:the\s+)?(?:final\s+|correct\s+)?"
    r"(?:answer|result|solution|output)s?(?:\s+(?:is|are)\b|\s*[:=])\s*:?\s*",
    re.IGNORECASE,
)
_WRAPPERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("`", "`"))
_TEXT = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}")
_SPACING = re.compile(r"(?<!\\)\\[,;:!> ]|\\(?:quad|qquad)\b|~")
_THOUSANDS_SPACE = re.compile(r",\\!\s*")
_MATH_MARK = re.compile(r"(?<!\\)\\[()\[\]]")
_SIZING = re.compile(r"\\(?:left|right|big|Big|bigg|Bigg|displaystyle)(?![a-zA-Z])")
_UNIT_WORDS = (
    r"degrees?|units?|cm|mm|km|m|inch(?:es)?|in|feet|foot|ft|miles?|meters?|centimeters?|seconds?|minutes?|hours?|days?"
    r"|dollars?|cents?|mph|square|cubic|sq|percent"
)
_TRAILING_UNITS = re.compile(
    r"(?:(?<=[^\s+*/^=<>(\[{,&-])\s+|(?<=[\d)}])(?!(?:m|in)\b))"  # apart from a value, or at once: 3cm, but 3m is 3*m
    rf"(?:(?:{_UNIT_WORDS})(?:\s*\^\{{?[23]\}}?)?\.?\s*)+$",
    re.IGNORECASE,
)
_SHORT_FRACTION = re.compile(r"\\frac\s*(\d)\s*(\d)")


def answer_of(output: str) -> str:
    """Return the answer in a program's output: its last non-empty line, without label or mark-up; or "".

    The line is extended upwards while it closes brackets that it did not open (a printed numpy matrix).
    """
    lines = [line for line in output[-READ_TEXT:].splitlines() if line.strip()]
    if not lines:
        return ""
    answer = lines.pop().strip()
    while lines and _unopened(answer):
        answer = f"{lines.pop().strip()} {answer}"
    answer = _boxed(answer) or answer
    while (barer := _unwrap(_LABEL.sub("", answer, count=1).strip())) != answer:
        answer = barer
    return answer


def plain(text: str) -> str:
    """Return an answer, printed or LaTeX, without what carries no value: spacing, sizing, text marks, units."""
    while (plainer := _plainer(text)) != text:  # what one mark hid may be another
        text = plainer
    return text


def _plainer(text: str) -> str:
    text = _unwrap(text.strip())
    text = _THOUSANDS_SPACE.sub(",", text.replace("{,}", ","))
    text = _SPACING.sub(" ", _SIZING.sub("", _MATH_MARK.sub("", text)))
    text = text.replace(r"\dfrac", r"\frac").replace(r"\tfrac", r"\frac").replace("\N{MINUS SIGN}", "-")
    text = _TEXT.sub(r" \1 ", text)
    text = text.replace(r"\$", "").replace("$", "").replace(r"\%", "").replace("%", "")
    text = re.sub(r"\^\s*\{?\s*\\circ\s*\}?|\\degree|°", "", text)
    text = _TRAILING_UNITS.sub("", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    text = re.sub(r"(?<=\{)\s+|\s+(?=\})", "", text)
    return re.sub(r"\s+", " ", text).strip().rstrip(".\\").strip()


def squeezed(text: str) -> str:
    """Return the plain form without spaces, for comparing letter by letter."""
    return plain(text).replace(" ", "")


def split_top_level(text: str, separator: str = ",") -> list[str]:
    """Split at separators outside all brackets, stripped."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([{⟦") - (character in ")]}⟧")
        if character == separator and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()]


def _unwrap(text: str) -> str:
    for opening, closing in _WRAPPERS:
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening not in inner:
                return inner.strip()
    return text


def _boxed(text: str) -> str | None:
    start = text.rfind(r"\boxed{")
    if start < 0:
        return None
    depth = 0
    for position in range(start + 6, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return text[start + 7 : position].strip() or None
    return None


def _unopened(text: str) -> bool:
    """Whether more brackets close than open, so that the start is further up; (2, 5] is whole."""
    return sum(text.count(bracket) for bracket in ")]") > sum(text.count(bracket) for bracket in "([")
