"""One comparison for each type of answer; docs/grading.md states the rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from pytest_mathbench.answers import RATIONAL, AnswerType, infer
from pytest_mathbench.grading import texts
from pytest_mathbench.grading.equations import equation, region
from pytest_mathbench.grading.labels import label_of, of_reference, unwrapped, value_of
from pytest_mathbench.grading.matrices import entrywise
from pytest_mathbench.grading.normalize import boxed, plain
from pytest_mathbench.grading.numeric import literal
from pytest_mathbench.grading.parser import read
from pytest_mathbench.grading.scalars import STRUCTURE, Decision
from pytest_mathbench.grading.single import value
from pytest_mathbench.grading.statement import key, repeats
from pytest_mathbench.grading.structures import by_name, ordered, parts_of, pointwise, unordered
from pytest_mathbench.grading.syntax import Kind, Node, UnreadError
from pytest_mathbench.records import UNREAD

COPIED = "statement"
"""The rule by which an answer is wrong that the statement holds already."""

_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z])")
"""The two backslashes of a string's repr."""

_FINAL = re.compile(r"final answer is\s*([^.]+)\.(?! .*final answer is)", re.IGNORECASE)
_CHAIN = 2
"""Equals signs that make a chain."""

_VALUES = {*RATIONAL, AnswerType.REAL, AnswerType.COMPLEX, AnswerType.POLYNOMIAL, AnswerType.EXPRESSION}
_BY_TEXT: dict[AnswerType, Callable[[str, str, str], Decision]] = {
    AnswerType.TEXT: texts.text,
    AnswerType.CHOICE: texts.choice,
    AnswerType.TIME: texts.time,
    AnswerType.NUMERAL: texts.based,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """A reference, read once: its type, its plain text, its value where its type has one, and the statement."""

    kind: AnswerType
    text: str
    node: Node
    statement: str
    label: str = ""


@lru_cache(maxsize=256)
def expected(reference: str, statement: str = "", kind: AnswerType | None = None) -> Expected:
    """Read a reference. Raises `UnreadError` where that cannot be done."""
    if r"\begin" not in reference:
        reference = _DOUBLED.sub(r"\\", reference)
    if final := _FINAL.search(reference):
        reference = final[1]
    reference = boxed(reference) or reference.replace(r"\boxed{", "")
    kind = kind or infer(reference, statement)
    text = plain(reference)
    if not text:
        raise UnreadError("nothing is left")
    nothing = Node(Kind.EMPTY)
    if kind in {AnswerType.TEXT, AnswerType.CHOICE, AnswerType.TIME}:
        return Expected(kind, text, nothing, statement)
    if kind == AnswerType.NUMERAL:
        if texts.numeral(text) is None:
            raise UnreadError("no numeral")
        return Expected(kind, text, nothing, statement)
    node, kind = _readable_side(text, kind)
    node = unwrapped(node)
    label = label_of(node)
    if kind in _VALUES | {AnswerType.TUPLE}:
        node = unwrapped(of_reference(node))
    wanted = Expected(kind, text, node, statement, label)
    if not _is_sound(wanted):
        raise UnreadError(f"no {kind} that equals itself")
    return wanted


def _is_sound(wanted: Expected) -> bool:
    """Whether a reference is of its type, and by value equals itself; a sum that is not computed is an equation's."""
    if wanted.kind == AnswerType.EQUATION:
        return wanted.node.kind == Kind.RELATION and wanted.node.text == "="
    return _of_type(wanted.node, wanted, lenient=False)[0]


def _readable_side(text: str, kind: AnswerType) -> tuple[Node, AnswerType]:
    """Read a reference; of a chain that cannot be read, the last side, which is of a type of its own."""
    try:
        return readable(text, kind), kind
    except UnreadError:
        last = text.rpartition("=")[2].strip()
        if text.count("=") < _CHAIN:
            raise
        kind = infer(last)
        return readable(last, kind), kind


def readable(text: str, kind: AnswerType) -> Node:
    """Read a plain text as a type wants it: a single number may have separators of thousands."""
    if kind in RATIONAL and _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return read(text)


def compare(answer: str, wanted: Expected, *, lenient: bool) -> Decision:
    """Compare a plain answer with a reference."""
    if answer == wanted.text:
        return True, "exact"
    if wanted.kind in _BY_TEXT:
        return _BY_TEXT[wanted.kind](answer, wanted.text, wanted.statement)
    try:
        node = readable(answer, wanted.kind)
        if wanted.kind == AnswerType.EQUATION and key(node) == key(wanted.node):
            return True, "exact"
        if wanted.label and label_of(unwrapped(node)) not in {"", wanted.label}:
            return False, STRUCTURE
        decision = _of_type(node, wanted, lenient=lenient)
        copied = decision[0] and any(repeats(each, wanted.node, wanted.statement) for each in _said(node))
    except (UnreadError, RecursionError):
        return False, UNREAD
    return (False, COPIED) if copied else decision


def _said(node: Node) -> tuple[Node, ...]:
    """Return an answer as it stands, and what it comes to."""
    return node, unwrapped(value_of(unwrapped(node)))


def _of_type(node: Node, wanted: Expected, *, lenient: bool) -> Decision:  # noqa: PLR0911 - one for each type
    kind, reference = wanted.kind, wanted.node
    if kind in _VALUES:
        return value(node, reference, lenient=lenient)
    if kind in {AnswerType.INTERVAL, AnswerType.INEQUALITY}:
        return region(node, reference, lenient=lenient)
    if kind == AnswerType.EQUATION:
        return equation(node, reference, lenient=lenient)
    if kind in {AnswerType.VECTOR, AnswerType.MATRIX}:
        return entrywise(node, reference, lenient=lenient)
    if kind == AnswerType.RATIO:
        if lenient and node.kind == Kind.DIV and literal(node):  # 4/3
            node = Node(Kind.COLONS, node.parts)
        return ordered(parts_of(of_reference(unwrapped(node))), parts_of(of_reference(reference)), lenient=lenient)
    if kind == AnswerType.VALUES:
        return by_name(node, reference, lenient=lenient)
    if kind == AnswerType.TUPLE:
        return pointwise(unwrapped(node), reference, lenient=lenient)
    return unordered(node, reference, lenient=lenient)
