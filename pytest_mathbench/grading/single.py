"""One number or formula, by itself or at the end of a chain of equal ones."""

from pytest_mathbench.grading.labels import is_label, unwrapped, value_of
from pytest_mathbench.grading.scalars import STRUCTURE, Decision, same
from pytest_mathbench.grading.syntax import Kind, Node

_PAIR = 2
COLLECTIONS = {Kind.GROUP, Kind.INTERVAL, Kind.MATRIX, Kind.UNION, Kind.PAIRS, Kind.RELATION, Kind.COLONS, Kind.SIGNS}


def value(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare what is one value, whatever stands around it."""
    if reference.kind == Kind.SIGNS:
        return False, STRUCTURE
    node = unwrapped(value_of(unwrapped(node)))
    if lenient and node.kind == Kind.RELATION and _chained(node, reference):
        node = _sides(node)[-1]
    if node.kind in COLLECTIONS or node.kind in {Kind.EMPTY, Kind.AND, Kind.OR}:
        return False, STRUCTURE
    return same(node, reference, lenient=lenient)


def _chained(node: Node, reference: Node) -> bool:
    """Whether all sides of x = 2*3 = 6 that have a value have the same."""
    signs = set(node.text.split())
    if not signs <= {"=", "≈"}:
        return False
    if len(node.parts) > _PAIR and is_label(node.parts[0]):  # x = 2*3 = 6: what is in between may be anything
        return True
    return all(same(side, reference, lenient=True)[0] for side in _sides(node))


def _sides(node: Node) -> list[Node]:
    """Return the sides of a chain that are said to be equal, without names; what is only near, if nothing is."""
    signs = node.text.split()
    exact = [node.parts[0], *(part for part, sign in zip(node.parts[1:], signs, strict=True) if sign == "=")]
    return [part for part in exact if not is_label(part)] or list(node.parts[1:])
