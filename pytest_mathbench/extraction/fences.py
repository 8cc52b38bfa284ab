"""An answer in Markdown → its fenced blocks.

Fences open and close as in CommonMark, in lists and quotations too, and one that is never closed holds everything to
the end. Models write less carefully than that. Where CommonMark would leave a block with a line that no Python program
can hold, it is read as it was meant:

- A fence within a block ends the block, be it followed by a tag, by prose or by the language of the next block, and at
  the end of a line of code as well. Only within a text in triple quotes it is content.
- Lines that lack the indentation of their list or the mark of their quotation belong to the block all the same.
- A fence that ends a line of prose opens a block if Python is named, or a colon stands before it.

Every line is looked at once, so the time is proportional to the length.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from pytest_mathbench.extraction.strings import UP_TO_AN_OPEN_STRING

MOST_FENCES = 5_000
"""A text with more of them is read no further."""

_PYTHON = {"python", "py", "ipython", "pycon", "tool_code"}
_UNMARKED = {"code"}
_TAB = 4
_SHORTEST = 3

_FENCE = re.compile(r"`{3,}|~{3,}")
_TOKEN = r"<[|\uff5c][^<>\n]{1,40}[|\uff5c]>|</?s>"  # noqa: S105 - a model's own
_BEFORE = re.compile(rf"(?:[\s\u200b\ufeff]|[-*+>](?=[\s>`~])|\d{{1,9}}[.)](?=[\s`~])|{_TOKEN})*+")
"""What may stand before a fence: indentation, marks of lists and quotations, a model's own tokens."""
_MARKS = re.compile(rf"({_TOKEN}|[\u200b\ufeff])|[^\s>]")
_NAME = re.compile(r"[\s{.:]{0,20}+(?:code-cell\}?[ \t]{1,9})?([A-Za-z_-]{1,40})?")
_ONE_WORD = re.compile(r"[\s{.]*+[\w+#.-]++[\s}]*+")
_CODE = re.compile(
    r"\s*+(?:python3?|py)\s++(?=(?:import|from|def|class|for|while|if)\s++\w|print\s*+\()", re.IGNORECASE
)
_ONE_LINE = re.compile(r"\s*+(?:python3?|py)\s++([^`\n]++)`{3,}+\s*+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. Its content is `start` to `end` of the text, every line of it after what the fence stands after.

    `language` is in lower case, `python` for all of Python's names, and empty if there is none.
    """

    language: str
    start: int
    end: int
    before: str = ""
    closed: bool = True


class _Opened(NamedTuple):
    fence: str
    language: str
    start: int
    before: str = ""

    def block(self, end: int, *, closed: bool = True) -> Block:
        return Block(self.language, self.start, max(self.start, end), self.before, closed)


def blocks(text: str, inside: int | None = None) -> list[Block]:
    """Return the blocks, in order; with `inside`, the text is the content of a Python block from that place on."""
    return _Reader(text, inside).read()


class First(NamedTuple):
    """The first fence of a text: where it stands, and what follows it in its line, without a tag."""

    place: int
    info: str


def first(text: str) -> First | None:
    """Return the first fence of a text, whatever it does; None if there is none."""
    if (fence := _FENCE.search(text)) is None:
        return None
    info = text[fence.end() :].partition("\n")[0].strip()
    return First(fence.start(), "" if info.startswith(("<", "[/")) else info)


def language(info: str) -> str:
    """Return the language that a fence names: `Python3.11`, `{.python}`, `py title="x"` are all python."""
    match = _NAME.match(info)
    name = ((match and match[1]) or "").lower()
    if name in _PYTHON or not _PYTHON.isdisjoint(re.split("[-_]", name)):
        return "python"
    return "" if name in _UNMARKED else name


def content(text: str, block: Block) -> str:
    """Return a block's lines, freed of the indentation and the quotation marks that the fence stands after."""
    inner = text[block.start : block.end].replace("\r\n", "\n")
    if block.before:
        inner = "\n".join([_freed(line, block.before) for line in inner.split("\n")])
    return inner if inner.endswith("\n") or not inner else f"{inner}\n"


def _freed(line: str, before: str) -> str:
    if line.startswith(before):
        return line[len(before) :]
    *quotes, indentation = before.split(">")
    for number, _ in enumerate(quotes):
        quoted = line.lstrip(" \t")
        if not quoted.startswith(">"):
            return line.removeprefix(" ") if number else line
        line = quoted[1:]
    width = len(indentation.expandtabs(_TAB))
    column = place = 0
    while column < width and line[place : place + 1].isspace():
        column += _TAB - column % _TAB if line[place] == "\t" else 1
        place += 1
    return line[place:]


class _Reader:
    """Goes through a text once, from fence to fence."""

    def __init__(self, text: str, inside: int | None) -> None:
        self._text = text
        self._found: list[Block] = []
        self._opened = None if inside is None else _Opened("```", "python", inside)
        self._place = self._lexed = inside or 0
        self._strings = True
        self._shortened = False

    def read(self) -> list[Block]:
        for _ in range(MOST_FENCES):
            go_on = self._seek_end if self._opened else self._seek_beginning
            if not go_on():
                break
        if self._opened:
            self._found.append(self._opened.block(len(self._text), closed=False))
        return self._found

    def _seek_beginning(self) -> bool:
        """Look, from the beginning of a line, for a fence that opens a block."""
        fence = _FENCE.search(self._text, self._place)
        if fence is None:
            return False
        line = self._text.rfind("\n", self._place, fence.start()) + 1 or self._place
        end = self._line_end(fence.end())
        before, info = self._text[line : fence.start()], self._text[fence.end() : end]
        if not _BEFORE.fullmatch(before):
            if not _opens_after_prose(fence[0], before, info):
                self._place = end + 1
                return True
            before = ""
        self._open(fence[0], fence.end(), before, info)
        return True

    def _open(self, fence: str, place: int, before: str, info: str) -> None:
        """Open a block, whose fence is followed by `info` from a place on, unless that makes it a code span."""
        self._place = self._lexed = min(place + len(info) + 1, len(self._text))
        if "`" in info and fence.startswith("`"):
            if code := _ONE_LINE.fullmatch(info):
                self._found.append(Block("python", place + code.start(1), place + code.end(1)))
            return
        if code := _CODE.match(info):
            self._place = self._lexed = place + code.end()
        before = _MARKS.sub(lambda mark: "" if mark[1] else " ", before)
        self._opened = _Opened(fence, language(info), self._place, before)

    def _seek_end(self) -> bool:
        """Look for a fence that ends the open block."""
        text, opened = self._text, self._opened
        assert opened  # noqa: S101 - or there is nothing to end
        if (at := text.find(opened.fence, self._place)) < 0:
            return self._seek_shorter_end(opened)
        fence = _FENCE.match(text, at)
        assert fence  # noqa: S101 - as long as the one that was found
        line = text.rfind("\n", self._place, at) + 1 or self._place
        end = self._line_end(fence.end())
        before, after = text[line:at], text[fence.end() : end]
        leads = not before.replace(">", "").strip() and (line == opened.start or text[line - 1] == "\n")
        is_code = opened.language in ("python", "")
        if not leads and not (is_code and _ends_code(after)):
            self._place = fence.end()
        elif is_code and self._strings and (string_end := self._end_of_string(at)) is not None:
            self._place = self._lexed = string_end
        else:
            self._found.append(opened.block(line if leads else at))
            self._opened, self._place = None, end + 1
            if leads and (_ONE_WORD.fullmatch(after) or language(after) == "python"):
                # Of two fences in one, "``````python", the second is as long as the first.
                joined = fence[0] == 2 * opened.fence
                self._open(opened.fence if joined else fence[0], fence.end(), before, after)
        return True

    def _seek_shorter_end(self, opened: _Opened) -> bool:
        """Begin a block again that a longer fence opened than any that follows; once in a text."""
        if self._shortened or len(opened.fence) <= _SHORTEST:
            return False
        self._shortened = True
        self._opened = opened._replace(fence=opened.fence[:_SHORTEST])
        self._place = self._lexed = opened.start
        return True

    def _end_of_string(self, at: int) -> int | None:
        """Return where the text in triple quotes ends in which a place is; None if it is in none."""
        closed = UP_TO_AN_OPEN_STRING.match(self._text, self._lexed, at)
        assert closed  # noqa: S101 - it matches nothing as well
        if closed.end() == at:
            return None
        quotes = self._text[closed.end() : closed.end() + 3]
        end = self._text.find(quotes, at)
        if end < 0:
            self._strings = False  # it never ends: a block that was cut off, and nothing to go by from here on
            return None
        return end + len(quotes)

    def _line_end(self, place: int) -> int:
        end = self._text.find("\n", place)
        return len(self._text) if end < 0 else end


def _opens_after_prose(fence: str, before: str, info: str) -> bool:
    if fence.startswith("~"):
        return False
    return bool(_ONE_WORD.fullmatch(info) and language(info) == "python") or (
        not info.strip() and before.rstrip().endswith(":")
    )


def _ends_code(after: str) -> bool:
    """Whether a fence at the end of a line of code ends the block with that line: nothing but a tag follows."""
    return not (rest := after.strip()) or rest.startswith(("<", "[/"))
