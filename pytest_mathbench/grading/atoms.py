"""The smallest parts of an answer: numbers, names, calls, brackets, and what LaTeX commands take."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

from pytest_mathbench.grading.containers import called
from pytest_mathbench.grading.syntax import CONTAINERS, FUNCTIONS, GREEK, WRAPPERS, Kind, Node, Token, UnreadError

END = Token("end", "", spaced=False)
_DEEPEST = 40
_OPENING = {"(": "()", "[": "[]", "{": "{}", r"\{": "{}", r"\lbrace": "{}"}
CLOSING = {")": ")", "]": "]", "}": "}", r"\}": "}", r"\rbrace": "}"}
_ROUNDING = {r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceiling"), r"\lvert": (r"\rvert", "abs")}
_EMPTY = {r"\emptyset", r"\varnothing"}
_TYPESET = {"sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "sqrt"}
"""Functions whose argument may stand without brackets."""

_INVERSE = Node(Kind.NEG, (Node(Kind.NUMBER, (), "1"),))
_ENVIRONMENT = re.compile(r"[pbvBV]?matrix|array")
_DESCRIBING = {"dtype", "domain", "precision", "evaluate"}
_NAMING = {"real", "imag"}


class Atoms(ABC):
    """Where a reader stands among the tokens, and its rules for what is not made of operators."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._position = 0
        self._depth = 0
        self._bars = 0
        self._cells = False

    @property
    def _next(self) -> Token:
        return self._tokens[self._position] if self._position < len(self._tokens) else END

    def _ahead(self, places: int) -> Token:
        place = self._position + places
        return self._tokens[place] if place < len(self._tokens) else END

    def _take(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _takes(self, *texts: str) -> bool:
        if self._next.text in texts:
            self._position += 1
            return True
        return False

    def _expect(self, *texts: str) -> None:
        if not self._takes(*texts):
            raise UnreadError(f"{' or '.join(texts)} is missing")

    @abstractmethod
    def _list(self) -> Node:
        """Read members that are parted."""

    @abstractmethod
    def _item(self) -> Node:
        """Read a member."""

    @abstractmethod
    def _sum(self) -> Node:
        """Read what plus and minus join."""

    @abstractmethod
    def _product(self) -> Node:
        """Read factors."""

    @abstractmethod
    def _power(self) -> Node:
        """Read a factor."""

    @abstractmethod
    def _exponent(self) -> Node:
        """Read an exponent."""

    def _nested(self, rule: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadError("nested too deeply")
        node = rule()
        self._depth -= 1
        return node

    # The smallest parts

    def _atom(self) -> Node:  # noqa: PLR0911 - one for each
        token = self._take()
        if token.sort == "number":
            following = self._next
            if following.text == "j" and not following.spaced:
                self._take()
                return Node(Kind.MUL, (Node(Kind.NUMBER, (), token.text), Node(Kind.NAME, (), "I")))
            return Node(Kind.NUMBER, (), token.text)
        if token.sort == "name":
            return self._named(token)
        if token.text in _OPENING:
            return self._group(_OPENING[token.text])
        if token.text == "|":
            return self._between_bars("|", "abs")
        if token.text in _ROUNDING:
            return self._between_bars(*_ROUNDING[token.text])
        if token.sort == "command":
            return self._command(token.text[1:])
        raise UnreadError(f"{token.text!r} is out of place")

    def _between_bars(self, end: str, function: str) -> Node:
        self._bars += end == "|"
        node = self._nested(self._sum)
        self._expect(end)
        self._bars -= end == "|"
        return Node(Kind.CALL, (node,), function)

    def _named(self, token: Token) -> Node:
        name = token.text
        if name in {"EmptySet", "Reals", "Half"}:
            return _constant(name)
        opened = self._next.text == "(" and not self._next.spaced
        if name in FUNCTIONS or name in WRAPPERS or name in CONTAINERS:
            if not opened:
                if name in _TYPESET:
                    return self._function(name)
                if len(name) == 1:  # S is a letter, too
                    return Node(Kind.NAME, (), name)
                raise UnreadError(f"{name} has no arguments")
            self._take()
            return called(name, self._arguments())
        if opened and len(name) > 1 and name not in GREEK and "_" not in name and name not in {"pi", "oo"}:
            raise UnreadError(f"no function {name} is known")
        return Node(Kind.NAME, (), name)

    def _arguments(self) -> tuple[Node, ...]:
        """Read what stands in a call's brackets; keywords that only describe are left out."""
        bars, cells, self._bars, self._cells = self._bars, self._cells, 0, False
        parts: list[Node] = []
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadError("nested too deeply")
        while not self._takes(")"):
            if not (self._next.text in _DESCRIBING and self._ahead(1).text == "="):
                if self._next.text in _NAMING and self._ahead(1).text == "=":
                    self._position += 2
                parts.append(self._item())
            else:
                while self._next.text not in {",", ")", ""}:
                    self._take()
            if not self._takes(","):
                self._expect(")")
                break
        self._depth -= 1
        self._bars, self._cells = bars, cells
        return tuple(parts)

    def _group(self, brackets: str) -> Node:
        bars, cells, self._bars, self._cells = self._bars, self._cells, 0, False
        if self._next.text in CLOSING:
            closing = CLOSING[self._take().text]
            if brackets[1] != closing:
                raise UnreadError("brackets do not fit")
            node = Node(Kind.EMPTY if brackets == "{}" else Kind.GROUP, (), brackets)
        else:
            inside = self._list()
            if self._next.text not in CLOSING:
                raise UnreadError("a bracket is not closed")
            node = _bracketed(brackets[0] + CLOSING[self._take().text], inside)
        self._bars, self._cells = bars, cells
        return node

    def _argument(self) -> Node:
        """Read what a LaTeX command takes: braces, or one digit, letter or command."""
        if self._takes("{"):
            node = self._list()
            self._expect("}")
            while node.kind == Kind.GROUP and node.text == "{}" and len(node.parts) == 1:  # braces in braces
                node = node.parts[0]
            return node
        token = self._next
        if token.sort == "number" and len(token.text) > 1 and token.text.isdecimal():
            token.text, digit = token.text[1:], token.text[0]
            token.spaced = False
            return Node(Kind.NUMBER, (), digit)
        return self._nested(self._atom)

    def _command(self, name: str) -> Node:  # noqa: C901, PLR0911 - one for each
        if name == "frac":
            return Node(Kind.DIV, (self._argument(), self._argument()))
        if name == "sqrt":
            if self._takes("["):
                degree = self._sum()
                self._expect("]")
                return Node(Kind.CALL, (self._argument(), degree), "root")
            return Node(Kind.CALL, (self._argument(),), "sqrt")
        if name in {"surd", "cubicsurd"}:
            return Node(Kind.CALL, (self._nested(self._atom),), "sqrt" if name == "surd" else "cbrt")
        if name == "binom":
            return Node(Kind.CALL, (self._argument(), self._argument()), "binomial")
        if name == "begin":
            return self._matrix()
        if name == "mathbb" and self._argument() == Node(Kind.NAME, (), "R"):
            return _constant("Reals")
        if name in {"pi", "infty"}:
            return Node(Kind.NAME, (), "pi" if name == "pi" else "oo")
        if f"\\{name}" in _EMPTY:
            return Node(Kind.EMPTY, (), "{}")
        if name in GREEK:
            return Node(Kind.NAME, (), name)
        if name in FUNCTIONS:
            return self._function(name)
        if name in {"sum", "prod"}:  # to be told apart; none is computed
            self._expect("_")
            below = self._argument()
            self._expect("^")
            return Node(Kind.CALL, (below, self._argument(), self._nested(self._product)), name)
        raise UnreadError(f"\\{name} is no part of an answer")

    def _function(self, name: str) -> Node:
        r"""Read a function as it is typeset: \sin^2 2x, \log_3 5."""
        power = base = None
        for _ in range(2):
            if self._takes("_"):
                base = self._argument()
            elif self._takes("^"):
                power = self._exponent() if self._next.text == "{" else self._argument()
        if self._next.text == "{":
            argument = self._argument()
        elif self._next.text == "(":
            argument = self._nested(self._atom)
        else:
            argument = self._nested(self._power)
            while self._next.sort == "name" or self._next.text in {r"\pi", r"\frac", r"\sqrt", r"\theta", r"\alpha"}:
                argument = Node(Kind.MUL, (argument, self._power()))
        if power == _INVERSE and FUNCTIONS[name] in {"sin", "cos", "tan"}:
            return Node(Kind.CALL, (argument,), f"a{FUNCTIONS[name]}")
        node = Node(Kind.CALL, (argument,) if base is None else (argument, base), FUNCTIONS[name])
        return node if power is None else Node(Kind.POW, (node, power))

    def _matrix(self) -> Node:
        environment = self._environment()
        if environment == "array" and self._takes("{"):
            while not self._takes("}"):
                if self._take() is END:
                    raise UnreadError("an array has no end")
        cells, self._cells = self._cells, True
        rows: list[Node] = []
        row: list[Node] = []
        while self._next.text != r"\end":
            row.append(self._nested(self._sum))
            if self._takes("&"):
                continue
            rows.append(Node(Kind.GROUP, tuple(row), "[]"))
            row = []
            if not self._takes("\\\\"):
                break
            if self._next.text == "[" and self._ahead(2).text == "]":
                raise UnreadError("a distance between rows")
        self._expect(r"\end")
        if self._environment() != environment:
            raise UnreadError("a matrix has no end")
        self._cells = cells
        if row or len({len(each.parts) for each in rows}) != 1:
            raise UnreadError("the rows of a matrix differ in length")
        return Node(Kind.MATRIX, tuple(rows))

    def _environment(self) -> str:
        self._expect("{")
        name = ""
        while not self._takes("}"):
            if self._next is END:
                raise UnreadError("an environment has no name")
            name += self._take().text
        if not _ENVIRONMENT.fullmatch(name):
            raise UnreadError(f"the environment {name} is no part of an answer")
        return name


def _constant(name: str) -> Node:
    if name == "Half":
        return Node(Kind.DIV, (Node(Kind.NUMBER, (), "1"), Node(Kind.NUMBER, (), "2")))
    if name == "EmptySet":
        return Node(Kind.EMPTY, (), "{}")
    ends = Node(Kind.NEG, (Node(Kind.NAME, (), "oo"),)), Node(Kind.NAME, (), "oo")
    return Node(Kind.INTERVAL, ends, "()")


def _bracketed(brackets: str, inside: Node) -> Node:
    """Return what brackets make of what they hold."""
    parts = inside.parts if inside.kind == Kind.GROUP and not inside.text else (inside,)
    if brackets in {"(]", "[)"}:
        if len(parts) != len("ab"):
            raise UnreadError("brackets do not fit")
        return Node(Kind.INTERVAL, parts, brackets)
    if brackets not in {"()", "[]", "{}"}:
        raise UnreadError("brackets do not fit")
    if brackets == "{}" and all(part.kind == Kind.COLONS and len(part.parts) == len("ab") for part in parts):
        return Node(Kind.PAIRS, tuple(Node(Kind.RELATION, part.parts, "=") for part in parts))
    if brackets == "()" and inside.kind != Kind.GROUP:
        return inside
    if brackets == "()" and inside.kind == Kind.GROUP and inside.text:
        return inside
    return Node(Kind.GROUP, parts, brackets)
