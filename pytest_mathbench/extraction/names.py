"""Python by its tokens: which names a block binds, and which it needs from an earlier one.

Nothing is parsed: Python's own parser can be made to hang and to exhaust memory, and no child confines it here. Tokens
tell enough, in time proportional to the length.
"""

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_mathbench.extraction.strings import STRING

_TOKEN = re.compile(
    rf"#[^\n]*+|(?:[rbu]{{0,2}}{STRING})|(?P<formatted>r?fr?{STRING})|\\\r?\n"
    r"|(?P<line>\n[ \t]*+)|(?P<name>[^\W\d]\w*+)|\d[\w.]*+|(?P<sign>:=|->|[=!<>]=|[-+*/%@&|^<>]{1,2}=|\*\*|\S)",
    re.IGNORECASE,
)
_IN_BRACES = re.compile(r"(?<!\{)\{(?!\{)([^{}\n!:]*+)")
_NAME = re.compile(r"(?<![\w.'\"])[^\W\d]\w*+")

_KEYWORDS = {*keyword.kwlist, "match", "case"}
_GIVEN = {*dir(builtins), *_KEYWORDS, "_"}
_WITH_A_COLON = {"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "async"}


@dataclass(slots=True)
class Names:
    """What a block does with names: those that it binds outside of functions, and those that it lacks."""

    bound: set[str] = field(default_factory=set)
    lacking: set[str] = field(default_factory=set)
    imports_all: bool = False


class _Token(NamedTuple):
    text: str
    is_name: bool
    depth: int
    is_argument: bool
    """Whether it stands in the brackets of a call or a subscript."""


@dataclass(slots=True)
class _Line:
    """A logical line: its tokens without comments and plain strings, and the names in its formatted strings."""

    indentation: int
    tokens: list[_Token] = field(default_factory=list)
    formatted: set[str] = field(default_factory=set)


def needed(programs: Sequence[str], last: int) -> list[int]:
    """Return which of some blocks make one program with the `last`: itself, and what its names come from, in order.

    A name comes from the nearest earlier block that binds it; one that none binds, from the nearest that imports all of
    a module.
    """
    chosen, lacking = [last], names_of(programs[last]).lacking
    stars = []
    for number in reversed(range(last)):
        if not lacking:
            break
        found = names_of(programs[number])
        stars += [number] if found.imports_all else []
        if not lacking.isdisjoint(found.bound):
            chosen.append(number)
            lacking = (lacking - found.bound) | found.lacking
    if lacking and stars and stars[0] not in chosen:
        chosen.append(stars[0])
    return sorted(chosen)


def names_of(program: str) -> Names:
    """Say what a block binds and lacks; a name that is bound only after it is used outside of functions is lacking."""
    found, local, later = Names(), set[str](), set[str]()
    function: int | None = None
    for line in _lines(program):
        if function is not None and line.indentation <= function:
            function = None
        binds, inner, uses = _names_in(line)
        if function is None:
            found.lacking |= uses - found.bound - inner
            found.bound |= binds
            local |= inner
        else:
            local |= binds | inner
            later |= uses
        words = [token.text for token in line.tokens[:2]]
        if function is None and ({"def", "class"} & set(words[:1]) or words == ["async", "def"]):
            function = line.indentation
        found.imports_all |= words[:1] == ["from"] and line.tokens[-1].text == "*"
    found.lacking |= later - found.bound - local
    found.lacking -= _GIVEN
    return found


def _lines(program: str) -> Iterator[_Line]:
    line, brackets = _Line(0), list[bool]()
    before = ""
    for match in _TOKEN.finditer(f"\n{program}"):
        text, kind = match[0], match.lastgroup
        if kind == "line" or (text == ";" and not brackets):
            if not brackets:
                if line.tokens:
                    yield line
                line = _Line(len(text.expandtabs()) if kind else line.indentation)
                before = ""
        elif kind == "formatted":
            line.formatted.update(name for inner in _IN_BRACES.findall(text) for name in _NAME.findall(inner))
            before = text
        elif kind:
            if text in (")", "]", "}") and brackets:
                brackets.pop()
            line.tokens.append(_Token(text, kind == "name", len(brackets), any(brackets[-1:])))
            if text in ("(", "[", "{"):
                is_name = before[-1:].isalnum() or before[-1:] in ("_", ")", "]")
                brackets.append(is_name and before not in _KEYWORDS)
            before = text
    if line.tokens:
        yield line


def _names_in(line: _Line) -> tuple[set[str], set[str], set[str]]:
    """Return the names that a line binds, those that only a part of it binds (parameters), and those that it uses."""
    tokens = line.tokens
    if tokens[0].text in ("import", "from"):
        return _imported(tokens), set(), set()
    binds, inner, uses = set[str](), set[str](), set(line.formatted)
    first_target, last_target = _targets(tokens)
    defines = next((word for word in ("def", "class") if word in (token.text for token in tokens[:2])), "")
    looping, parameters = -1, False
    for number, token in enumerate(tokens):
        before = tokens[number - 1].text if number else ""
        after = tokens[number + 1].text if number + 1 < len(tokens) else ""
        looping = token.depth if token.text == "for" else -1 if token.text == "in" else looping
        parameters = (parameters or token.text == "lambda") and token.text != ":"
        if not token.is_name or token.text in _KEYWORDS or before == ".":
            continue
        if before in ("def", "class"):
            binds.add(token.text)
        elif before == "as" or after == ":=" or (looping >= 0 and not (token.is_argument and token.depth > looping)):
            binds.add(token.text)
            inner.add(token.text)  # known in all of the line: [x for x in y]
        elif (defines == "def" and token.depth == 1 and before in ("(", ",", "*", "**")) or (
            parameters and before in ("lambda", ",", "*", "**")
        ):
            inner.add(token.text)
        elif after == "=" and token.is_argument:
            continue  # the name of an argument
        elif first_target <= number < last_target and not token.is_argument and after not in (".", "[", "("):
            binds.add(token.text)
        else:
            uses.add(token.text)
            if after.endswith("=") and after not in ("==", "!=", "<=", ">=", "=") and not token.depth:
                binds.add(token.text)
    return binds, inner, uses


def _targets(tokens: Sequence[_Token]) -> tuple[int, int]:
    """Return from and to where the targets of an assignment stand; nowhere if the line is none."""
    ends = [number for number, token in enumerate(tokens) if token.text == "=" and not token.depth]
    colons = [number for number, token in enumerate(tokens) if token.text == ":" and not token.depth]
    if tokens[0].text in _WITH_A_COLON and colons:
        return colons[0] + 1, max(ends, default=0)
    if len(tokens) > 1 and tokens[1].text == ":":  # an annotation
        return 0, 1
    return 0, max(ends, default=0)


def _imported(tokens: Sequence[_Token]) -> set[str]:
    words = [token.text for token in tokens]
    start = words.index("import") + 1 if "import" in words else len(words)
    return {
        word
        for number, word in enumerate(words)
        if number >= start
        and tokens[number].is_name
        and word != "as"
        and words[number - 1] != "."
        and words[number + 1 : number + 2] != ["as"]
    }
