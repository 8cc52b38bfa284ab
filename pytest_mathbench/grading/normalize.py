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
_TEXT = re.compile(r"\\(?:text|textbf|textit|textrm|textnormal|mathrm|mathbf|mbox|operatorname)\s*\{([^{}]*)\}")
_SPACING = re.compile(r"(?<!\\)\\[,;:!> ]|\\q?quad|(?<=\S)~(?=\S)")
_THOUSANDS_SPACE = re.compile(r",\\!\s*")
_BRACED_COMMA = re.compile(r"\s*\{\s*,\s*\}\s*")
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
_CLOSERS = re.compile(r"(?:\\end\{align\*?\}|\\\]|\$\$|\}|[.\s])+")
"""What ends a displayed formula on a line of its own."""

_JOINT = re.compile(r"[^A-Za-z]{0,20}(?:\\?[A-Za-z{}]+[^A-Za-z]{1,4}){0,2}|[^.]{0,60}\band\b[^.]{0,30}")
_BOX = r"\boxed{"
_UNIT_WORD = re.compile(r"[a-z]+")
_UNITS = {
    word: words.split()[0]
    for words in (
        "degree degrees", "percent pct", "dollar dollars", "cent cents", "cm centimeter centimeters", "mm", "km",
        "inch inches", "foot feet ft", "mile miles", "meter meters", "second seconds", "minute minutes", "hour hours",
        "day days", "mph",
    )
    for word in words.split()
}  # fmt: skip
"""Units that are told apart, by all their names."""

_TRIGONOMETRIC = re.compile(r"(?:sin|cos|tan|cot|sec|csc)(?![A-Za-z])")
_DEGREE = re.compile(r"\^\s*\{?\s*\\circ\s*\}?|\\degree|°")
_DEGREES = re.compile(rf"(\d[\d.]{{0,20}})\s*(?:{_DEGREE.pattern})")
_SHORT_FRACTION = re.compile(r"\\frac\s*(\d)\s*(\d)")


def answer_of(output: str) -> str:
    """Return the answer in a program's output: its last non-empty line, without label or mark-up; or "".

    The line is extended upwards while it closes brackets that it did not open (a printed numpy matrix).
    """
    answer = last_line(output)
    answer = boxed(answer) or answer
    while (barer := _unwrap(_LABEL.sub("", answer, count=1).strip())) != answer:
        answer = barer
    return answer


def units(text: str) -> frozenset[str]:
    """Return the units that a text names, each by one name."""
    found = {_UNITS[word] for word in _UNIT_WORD.findall(text.casefold()) if word in _UNITS}
    if _DEGREE.search(text):
        found.add("degree")
    if "%" in text:
        found.add("percent")
    if r"\$" in text or text.count("$") % 2:
        found.add("dollar")
    return frozenset(found)


def last_line(output: str) -> str:
    """Return the last line that is not empty, with those before it on which its brackets or its formula began."""
    lines = [line for line in output[-READ_TEXT:].replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        return ""
    line = lines.pop().strip()
    while lines and (_unopened(line) or _CLOSERS.fullmatch(line)):
        line = f"{lines.pop().strip()} {line}"
    return line


def plain(text: str) -> str:
    """Return an answer, printed or LaTeX, without what carries no value: spacing, sizing, text marks, units."""
    while (plainer := _plainer(text)) != text:  # what one mark hid may be another
        text = plainer
    return text


def _plainer(text: str) -> str:
    text = _unwrap(text.strip())
    text = _THOUSANDS_SPACE.sub(",", _BRACED_COMMA.sub(",", text))
    text = _SPACING.sub(" ", _SIZING.sub("", _MATH_MARK.sub("", text)))
    text = (
        text.replace(r"\dfrac", r"\frac")
        .replace(r"\tfrac", r"\frac")
        .replace(r"\cfrac", r"\frac")
        .replace("\N{MINUS SIGN}", "-")
    )
    text = _TEXT.sub(r" \1 ", text)
    text = text.replace(r"\$", "").replace("$", "").replace(r"\%", "").replace("%", "")
    if _TRIGONOMETRIC.search(text):
        text = _DEGREES.sub(r"{(\1*pi/180)}", text)
    text = _DEGREE.sub("", text)
    text = _TRAILING_UNITS.sub("", text)
    text = _SHORT_FRACTION.sub(r"\\frac{\1}{\2}", text)
    text = re.sub(r"(?<=\{)\s+|\s+(?=\})", "", text)
    return re.sub(r"\s+", " ", text).strip().rstrip(".\\").strip()


def _unwrap(text: str) -> str:
    for opening, closing in _WRAPPERS:
        if len(text) > len(opening) + len(closing) and text.startswith(opening) and text.endswith(closing):
            inner = text[len(opening) : -len(closing)]
            if opening not in inner:
                return inner.strip()
    return text


def boxed(text: str) -> str | None:
    """Return what the last box of a text holds; what several hold that are joined by a few words, since each counts."""
    found: list[str] = []
    position, end = text.find(_BOX), 0
    while position >= 0:
        if found and not _JOINT.fullmatch(text[end:position]):
            found = []
        start, depth = position + len(_BOX), 1
        end = start
        while end < len(text) and depth:
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        if depth:
            break
        held = text[start : end - 1].strip()
        if held and held not in found:
            found.append(held)
        position = text.find(_BOX, end)
    return ", ".join(found) or None


def _unopened(text: str) -> bool:
    """Whether more brackets close than open, so that the start is further up; (2, 5] is whole."""
    if (text.endswith(r"\]") and r"\[" not in text) or (text.endswith("$$") and text.count("$$") == 1):
        return True
    text = _MATH_MARK.sub("", text)
    return sum(text.count(bracket) for bracket in ")]}") > sum(text.count(bracket) for bracket in "([{")
