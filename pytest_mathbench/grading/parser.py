"""Tokens → nodes: one grammar for what Python, sympy and numpy print, for LaTeX, and for what a person writes.

Nothing is evaluated here. Juxtaposed are factors only: a number after anything but a sign is no answer.
"""

import re
from functools import lru_cache

from pytest_mathbench.grading.atoms import CLOSING, END, Atoms
from pytest_mathbench.grading.syntax import (
    FUNCTIONS,
    GREEK,
    Kind,
    Node,
    UnreadError,
    cleaned,
    tokens,
)

_RELATIONS = {
    "=": "=", "==": "=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", r"\le": "<=", r"\leq": "<=",
    r"\leqslant": "<=", r"\ge": ">=", r"\geq": ">=", r"\geqslant": ">=", r"\lt": "<", r"\gt": ">", r"\ne": "!=",
    r"\neq": "!=", r"\in": "in", "in": "in", r"\approx": "≈",
}  # fmt: skip
_TIMES = {"*", r"\cdot", r"\times", r"\ast"}
_OVER = {"/", r"\div"}
_OR = {"|", r"\lor", r"\vee"}
_AND = {"&", r"\land", r"\wedge"}
_WHOLE = re.compile(r"\d+")
_BEGINNING = {"frac", "sqrt", "pi", "infty", "binom", "begin", "surd", "cubicsurd", "lfloor", "lceil", "sum", "prod"}


@lru_cache(maxsize=256)
def read(text: str) -> Node:
    """Return what a plain text says. Raises `UnreadError` where that is no answer."""
    return _Parser(tokens(cleaned(text))).everything()


class _Parser(Atoms):
    # From the whole to its parts

    def everything(self) -> Node:
        """Read all tokens."""
        node = self._list()
        if self._next is not END:
            raise UnreadError(f"{self._next.text!r} is out of place")
        return node

    def _list(self) -> Node:
        """Read members that commas, semicolons, `and` and `or` part; one alone is what it is."""
        parts, joints = [self._nested(self._item)], []
        while self._next.text in {",", ";", "and", "or"}:
            joint = self._take().text
            while self._next.text in {"and", "or"}:  # 1, 2, and 3
                joint = self._take().text
            if self._next is END or self._next.text in CLOSING:
                if joint not in ",;":
                    raise UnreadError(f"nothing follows {joint}")
                return Node(Kind.GROUP, tuple(parts))  # Python's (1,)
            joints.append(joint)
            parts.append(self._nested(self._item))
        if len(parts) == 1:
            return parts[0]
        if all(part.kind in {Kind.RELATION, Kind.AND, Kind.OR} for part in parts) and _orders(parts):
            if set(joints) == {"or"}:
                return Node(Kind.OR, tuple(parts))
            if set(joints) == {"and"}:
                return Node(Kind.AND, tuple(parts))
        if {",", ";"} <= set(joints):
            return Node(Kind.GROUP, _rows_of(parts, joints))
        return Node(Kind.GROUP, tuple(parts))

    def _item(self) -> Node:
        node = self._either()
        if self._next.text != ":":
            return node
        parts = [node]
        while self._takes(":"):
            parts.append(self._either())
        for at, part in enumerate(parts):  # V : W = 2 : 3
            if part.kind == Kind.RELATION and part.text == "=":
                sides = (*parts[:at], part.parts[0]), (part.parts[1], *parts[at + 1 :])
                both = (side[0] if len(side) == 1 else Node(Kind.COLONS, side) for side in sides)
                return Node(Kind.RELATION, tuple(both), "=")
        return Node(Kind.COLONS, tuple(parts))

    def _either(self) -> Node:
        parts = [self._both()]
        while self._next.text in _OR and not (self._bars and self._next.text == "|"):
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Node(Kind.OR, tuple(parts))

    def _both(self) -> Node:
        parts = [self._union()]
        while self._next.text in _AND and not self._cells:
            self._take()
            parts.append(self._union())
        return parts[0] if len(parts) == 1 else Node(Kind.AND, tuple(parts))

    def _union(self) -> Node:
        parts = [self._relation()]
        while self._takes(r"\cup"):
            parts.append(self._relation())
        if len(parts) > 1 and parts[0].kind == Kind.RELATION and parts[0].text == "in":  # x \in A \cup B
            first = parts[0]
            return Node(Kind.RELATION, (first.parts[0], Node(Kind.UNION, (first.parts[1], *parts[1:]))), "in")
        return parts[0] if len(parts) == 1 else Node(Kind.UNION, tuple(parts))

    def _relation(self) -> Node:
        parts, signs = [self._sum()], []
        while self._next.text in _RELATIONS:
            signs.append(_RELATIONS[self._take().text])
            parts.append(self._sum())
        return Node(Kind.RELATION, tuple(parts), " ".join(signs)) if signs else parts[0]

    def _sum(self) -> Node:
        node = self._product()
        while True:
            if self._takes("+"):
                node = Node(Kind.ADD, (node, self._product()))
            elif self._takes("-"):
                node = Node(Kind.ADD, (node, Node(Kind.NEG, (self._product(),))))
            elif self._takes(r"\pm", r"\mp"):
                node = Node(Kind.SIGNS, (node, self._product()))
            else:
                return node

    def _product(self) -> Node:
        if self._takes("-"):
            return Node(Kind.NEG, (self._nested(self._product),))
        if self._takes("+"):
            return self._nested(self._product)
        if self._takes(r"\pm"):
            return Node(Kind.SIGNS, (self._product(),))
        node = self._power()
        while True:
            if self._next.text in _TIMES:
                self._take()
                node = Node(Kind.MUL, (node, self._factor()))
            elif self._next.text in _OVER:
                self._take()
                node = Node(Kind.DIV, (node, self._factor()))
            elif self._begins_a_factor(node):
                node = self._juxtaposed(node)
            else:
                return node

    def _factor(self) -> Node:
        """Read what follows a sign: 2*-3."""
        if self._takes("-"):
            return Node(Kind.NEG, (self._nested(self._factor),))
        return self._nested(self._factor) if self._takes("+") else self._power()

    def _begins_a_factor(self, before: Node) -> bool:
        token = self._next
        if token.sort == "number":
            if not _is_whole(before) or not token.spaced or self._ahead(1).text != "/":
                raise UnreadError(f"the number {token.text} follows without a sign")
            return True
        if token.sort == "name" or token.text in {"(", "{"}:
            return True
        if token.sort != "command" or token.text in _RELATIONS or token.text in CLOSING:
            return False
        name = token.text[1:]
        return name in _BEGINNING or (name in FUNCTIONS or name in GREEK)

    def _juxtaposed(self, before: Node) -> Node:
        """Read a factor without a sign, or the fraction of a mixed number."""
        whole, token = _is_whole(before), self._next
        after = self._power()
        if whole and token.sort == "number":
            if not (self._takes("/") and _is_whole(after)):
                raise UnreadError("two numbers without a sign")
            below = self._power()
            if not _is_whole(below):
                raise UnreadError("two numbers without a sign")
            return Node(Kind.MIXED, (before, Node(Kind.DIV, (after, below))))
        if whole and token.text == r"\frac" and all(map(_is_whole, after.parts)) and after.kind == Kind.DIV:
            return Node(Kind.MIXED, (before, after))
        return Node(Kind.MUL, (before, after))

    def _power(self) -> Node:
        node = self._postfix()
        if self._takes("^", "**"):
            if node.kind == Kind.GROUP and node.text == "{}" and len(node.parts) == 1:  # {x}^2
                node = node.parts[0]
            return Node(Kind.POW, (node, self._nested(self._exponent)))
        return node

    def _exponent(self) -> Node:
        if self._next.text == "{":
            node = self._argument()
            return Node(Kind.POW, (node, self._nested(self._exponent))) if self._takes("^", "**") else node
        if self._takes("-"):
            return Node(Kind.NEG, (self._exponent(),))
        return self._exponent() if self._takes("+") else self._power()

    def _postfix(self) -> Node:
        node = self._atom()
        while self._next.text == "!" or (self._next.text == "_" and node.kind == Kind.NAME):
            if self._take().text == "!":
                node = Node(Kind.CALL, (node,), "factorial")
            else:
                node = Node(Kind.NAME, (), f"{node.text}_{self._index()}")
        if node.kind == Kind.NAME and self._takes("'"):
            node = Node(Kind.NAME, (), f"{node.text}'")
        return node

    def _index(self) -> str:
        if not self._takes("{"):
            return self._take().text
        texts = []
        while self._next.text != "}":
            if self._next is END:
                raise UnreadError("an index has no end")
            texts.append(self._take().text)
        self._take()
        return "".join(texts)


def _rows_of(parts: list[Node], joints: list[str]) -> tuple[Node, ...]:
    """Return what semicolons part, as tuples of what commas part."""
    rows = [[parts[0]]]
    for joint, part in zip(joints, parts[1:], strict=True):
        if joint == ";":
            rows.append([])
        rows[-1].append(part)
    return tuple(Node(Kind.GROUP, tuple(row), "()") if len(row) > 1 else row[0] for row in rows)


def _is_whole(node: Node) -> bool:
    return node.kind == Kind.NUMBER and bool(_WHOLE.fullmatch(node.text))


def _orders(parts: list[Node]) -> bool:
    """Whether there is an inequality among relations: x = 1 or x = 2 is a list."""
    return any(part.kind != Kind.RELATION or set(part.text) & set("<>!") for part in parts)
