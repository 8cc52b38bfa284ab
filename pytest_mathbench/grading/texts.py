"""Answers that are compared as text: words, choices, times of day, digits in a base."""

import re

from pytest_mathbench.answers import base_asked, base_number
from pytest_mathbench.grading.scalars import Decision
from pytest_mathbench.grading.syntax import cleaned

_NUMERAL = re.compile(r"(-?)(?:0([boxBOX]))?([0-9A-Za-z]+?)(?:_\{?\s*(\w+)\s*\}?|\s*\(?\s*base[\s-]+(\w+)\s*\)?)?")
_PREFIXES = {"b": 2, "o": 8, "x": 16}
_CHOICE = re.compile(r"\(?([A-Ha-h])\)?[.:]?")
_CLOCK = re.compile(r"0?(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp])?\.?[Mm]?\.?")
_PAIR = 2


def text(answer: str, reference: str, _statement: str) -> Decision:
    """Compare letters and digits, whatever their case."""
    return _letters(answer) == _letters(reference) != "", "text"


def _letters(text: str) -> str:
    """Return words without what stands between them; June 20 is not June 2 0."""
    return re.sub(r"[^\w?~≈]+", " ", text.casefold()).strip()


def choice(answer: str, reference: str, _statement: str) -> Decision:
    """Compare the letter of a choice, in brackets or not."""
    ours, theirs = _CHOICE.fullmatch(_unquoted(answer)), _CHOICE.fullmatch(reference)
    return bool(ours and theirs and ours[1].upper() == theirs[1].upper()), "choice"


def time(answer: str, reference: str, _statement: str) -> Decision:
    """Compare times of day; the half of the day counts where both name it."""
    ours, theirs = _CLOCK.fullmatch(_unquoted(answer)), _CLOCK.fullmatch(reference)
    if not ours or not theirs:
        return False, "time"
    halves = [(found[4] or "").casefold() for found in (ours, theirs)]
    return ours.groups()[:3] == theirs.groups()[:3] and (halves[0] == halves[1] or "" in halves), "time"


def numeral(text: str) -> tuple[str, int | None] | None:
    """Read digits in a base: (digits, base or None where it is not named); None for anything else."""
    match = _NUMERAL.fullmatch(cleaned(text.strip()))
    if not match:
        return None
    sign, prefix, digits, *named = match.groups()
    name = next((each for each in named if each), None)
    base = base_number(name) if name else _PREFIXES[prefix.lower()] if prefix else None
    if (name and base is None) or (base and any(int(digit, 36) >= base for digit in digits)):
        return None
    return sign + (digits.lower().lstrip("0") or "0"), base


def based(answer: str, reference: str, statement: str) -> Decision:
    """Compare digits, and the base if the answer names one."""
    ours, theirs = numeral(_unquoted(answer)), numeral(reference)
    if not ours or not theirs:
        return False, "base"
    base = theirs[1] or base_asked(statement)
    return ours[0] == theirs[0] and (ours[1] is None or ours[1] == base), "base"


def _unquoted(text: str) -> str:
    while len(text) > _PAIR and (text[0], text[-1]) in {("[", "]"), ("{", "}"), ("'", "'"), ('"', '"')}:
        text = text[1:-1].strip()
    return text
