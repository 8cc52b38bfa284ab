"""Formulas that a statement holds already: to print one of them is no answer."""

import re
from functools import lru_cache

from pytest_mathbench.grading.normalize import plain
from pytest_mathbench.grading.numeric import literal
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.syntax import Kind, Node, UnreadError

Key = tuple[object, ...]
"""What two nodes share that are the same but for notation and for the order of sums and products."""

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL)
_ALIGNED = re.compile(r"\\(?:begin|end)\{(?:align|aligned|gather|cases|equation)\*?\}|\\\\|(?<![\\])&")
_LONGEST = 400
_MOST_FORMULAS = 60


def repeats(answer: Node, reference: Node, statement: str) -> bool:
    """Whether an answer is a formula of the statement, and the reference is not that formula."""
    if not statement or _is_value(answer, reference):
        return False
    own = key(answer)
    return own != key(reference) and own in _keys(statement)


def _is_value(node: Node, reference: Node) -> bool:
    """Whether a node is written as a number, or as several: what every statement is full of.

    A ratio is one only where one is wanted: 3/20 is no answer to the question what it is as a decimal.
    """
    if node.kind == Kind.NAME:
        return True
    if node.kind in {Kind.GROUP, Kind.MATRIX}:
        pairs = zip(node.parts, reference.parts, strict=False)
        return len(node.parts) == len(reference.parts) and all(_is_value(*pair) for pair in pairs)
    found, wanted = literal(node), literal(reference)
    return found is not None and (found.terms is None or (wanted is not None and wanted.terms is not None))


@lru_cache(maxsize=64)
def _keys(statement: str) -> frozenset[Key]:
    """Return the keys of the formulas in a statement, and of all their parts."""
    found: set[Key] = set()
    for match in list(_FORMULA.finditer(statement))[:_MOST_FORMULAS]:
        formula = next(group for group in match.groups() if group)
        for part in [formula, *_ALIGNED.split(formula)]:
            if len(part) <= _LONGEST:
                _add(part, found)
    return frozenset(found)


def _add(text: str, found: set[Key]) -> None:
    try:
        waiting = [read(plain(text.strip().strip("=.,;? ")))]
    except (UnreadError, RecursionError):
        return
    while waiting:
        node = waiting.pop()
        if node.parts:
            found.add(key(node))
            waiting.extend(node.parts)
            if node.kind == Kind.GROUP:
                found.add(key(Node(Kind.GROUP, node.parts)))


@lru_cache(maxsize=1024)
def key(node: Node) -> Key:
    """Return what a node shares with all that are the same but for notation and order."""
    if node.kind in {Kind.ADD, Kind.MUL}:
        return (node.kind, *sorted(map(repr, map(key, _flat(node, node.kind)))))
    if node.kind == Kind.CALL and node.text == "sqrt":
        return (Kind.CALL, "sqrt", *map(key, node.parts))
    text = "" if node.kind == Kind.GROUP and node.text in {"()", "[]", "{}"} else node.text
    return (node.kind, text, *map(key, node.parts))


def _flat(node: Node, kind: Kind) -> list[Node]:
    if node.kind != kind:
        return [node]
    return [each for part in node.parts for each in _flat(part, kind)]
