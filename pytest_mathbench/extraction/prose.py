"""Lines of a text → which are prose and which can be code, and so what a program is without what stands around it.

A line is judged by its first characters, so a text costs time in proportion to its length, whatever is in it.
"""

import keyword
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

_LOOKED_AT = 200
"""How many characters of a line tell code from prose."""

_STRING = re.compile(r"(?<!\w)[rbfu]{0,2}(?:\"[^\"]*+\"?|'[^']*+'?)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d]\w*+|[^\w\s]|\d[\w.]*+")
_NO_PYTHON = re.compile(r"[\u2018-\u201d\u2026\u3002\uff01\uff0c\uff1a\uff1b\uff1f]|[^\W\d_]\.\s*+$")
"""Punctuation of typesetting and of Chinese, and a full stop after a word."""
_MAY_STAND_BEFORE_A_NAME = {*keyword.kwlist, "match", "case"}

_BEGINS = re.compile(
    r"import\s+\w|from\s+[\w.]++\s+import\b|(?:async\s+)?def\s+\w++\s*\(|class\s+\w|print\s*\(|@\w"
    r"|(?:for|while|if|with|try)\b.*:\s*+(?:#.*)?$"
    r"|[^\W\d][\w.]*+(?:\s*,\s*[^\W\d]\w*+)*+\s*(?::\s*\w[\w\[\], .]*+)?=[^=]"  # an assignment
)
_CAN_BE_CODE = re.compile(
    r"(?:import|from|def|class|for|while|if|elif|else|try|except|finally|with|return|assert|pass|raise|async|global|del"
    r"|break|continue|nonlocal|yield)\b"
    r"|[ \t]|@\w|#|[)\]}]|\"\"\"|'''"
    r"|[^\W\d][\w.]*+(?:\(|[^=\n]{0,120}?=(?!=))"  # a call, an assignment
)
_INDENTED = 4 * " "
"""Markdown's indentation for code that has no fence."""

_PROMPT = re.compile(r" {0,20}+(?:(?:>>>|\.\.\.)(?: |$)|\.\.\.: ?|In \[\d{1,6}\]: ?)")
_PROMPTED = re.compile(r"^(?:>>> |In \[\d{1,6}\]: )", re.MULTILINE)


def is_prose(line: str) -> bool:
    """Whether a line is a sentence: it has two words side by side where Python has none, or a sentence's signs."""
    if not line[:1].strip() or line.startswith("#"):
        return False
    plain, _, _ = _STRING.sub('""', line[:_LOOKED_AT]).partition("#")
    if _NO_PYTHON.search(plain):
        return True
    names = [word[0].isalpha() and word not in _MAY_STAND_BEFORE_A_NAME for word in _WORD.findall(plain)]
    return any(map(all, pairwise(names)))


def is_code(line: str) -> bool:
    """Whether a line can be one of a program's."""
    return bool(line.strip() and _CAN_BE_CODE.match(line[:_LOOKED_AT])) and not is_prose(line)


def begins_program(line: str) -> bool:
    """Whether a line can be the first of a program."""
    return bool(_BEGINS.match(line[:_LOOKED_AT])) and not is_prose(line)


def bare_programs(text: str) -> Iterator[tuple[int, int]]:
    """Yield from and to where a text without fences has programs: from a line that begins one to the last before prose.

    All of an interactive session is one.
    """
    if prompted := _PROMPTED.search(text):
        yield prompted.start(), len(text)
        return
    first: int | None = None
    end = place = 0
    for line, is_text in _in_strings(text.split("\n")):
        after = place + len(line) + 1
        if first is not None and not is_text and is_prose(line):
            yield first, end
            first = None
        if first is None and not is_text and begins_program(line.removeprefix("\t").removeprefix(_INDENTED)):
            first = place
        if first is not None and (is_text or is_code(line)):
            end = after
        place = after
    if first is not None:
        yield first, min(end, len(text))


def is_all_code(text: str) -> bool:
    """Whether a text has lines of code, and no prose but in strings."""
    lines = list(_in_strings(text.split("\n")))
    return any(is_code(line) for line, _ in lines) and not any(is_prose(line) for line, is_text in lines if not is_text)


def _in_strings(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Yield each line, and whether it begins within a text in triple quotes."""
    quotes = ""
    for line in lines:
        yield line, bool(quotes)
        for each in (quotes,) if quotes else ('"""', "'''"):
            if line.count(each) % 2:
                quotes = "" if quotes else each
                break


def without_prose_at_the_end(program: str) -> str:
    """Return what was never closed up to the prose that follows its last line of code; all of it if none does."""
    lines = program.split("\n")
    last = next((number for number in reversed(range(len(lines))) if is_code(lines[number])), len(lines))
    end = next((number for number in range(last, len(lines)) if is_prose(lines[number])), None)
    return program if end is None else "\n".join(lines[:end]).rstrip("\n") + "\n"


def without_prompts(program: str) -> str:
    """Return what was typed in an interactive session, without prompts and output; any other program as it is."""
    if not _PROMPTED.match(program.lstrip("\n")):
        return program
    prompts = [(_PROMPT.match(line), line) for line in program.split("\n")]
    return "".join(f"{line[prompt.end() :]}\n" for prompt, line in prompts if prompt)
