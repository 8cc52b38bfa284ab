"""Matrices and vectors, entry by entry."""

from pytest_mathbench.grading.labels import value_of
from pytest_mathbench.grading.numeric import literal
from pytest_mathbench.grading.scalars import STRUCTURE, Decision
from pytest_mathbench.grading.structures import ordered
from pytest_mathbench.grading.syntax import Kind, Node

_MOST_COLUMNS = 10


def entrywise(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare matrices row by row; a single column or row may be a flat list."""
    node = value_of(node)
    theirs = _rows(reference)
    ours = _rows(_multiplied(node) if lenient else node)
    if ours is None or theirs is None:
        return False, STRUCTURE
    if 1 in {len(theirs), len(theirs[0])}:
        if node.kind == Kind.GROUP and node.text == "{}":
            return False, STRUCTURE
        flat = [[each for row in rows for each in row] for rows in (ours, theirs)]
        lies = len(theirs) != 1 and len(ours) == 1 and len(ours[0]) > 1  # a row for a column
        if 1 not in {len(ours), len(ours[0])} or (lies and not lenient):
            return False, STRUCTURE
        return ordered(tuple(flat[0]), tuple(flat[1]), lenient=lenient)
    if [len(row) for row in ours] != [len(row) for row in theirs]:
        return False, STRUCTURE
    return ordered(
        tuple(each for row in ours for each in row), tuple(each for row in theirs for each in row), lenient=lenient
    )


def _multiplied(node: Node) -> Node:
    """Return a sum or product of matrices as one matrix, a value by itself as it is."""
    if node.kind not in {Kind.ADD, Kind.MUL}:
        return node
    one, other = (_rows(_multiplied(part)) for part in node.parts)
    if not one or not other:
        return node
    if node.kind == Kind.ADD and [len(row) for row in one] == [len(row) for row in other]:
        sums = [[Node(Kind.ADD, pair) for pair in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]
        return _matrix_of(sums)
    if node.kind == Kind.MUL and len(one[0]) == len(other) <= _MOST_COLUMNS:
        return _matrix_of([[_scalar_product(row, column) for column in zip(*other, strict=True)] for row in one])
    return node


def _scalar_product(row: list[Node], column: tuple[Node, ...]) -> Node:
    total, *products = (Node(Kind.MUL, pair) for pair in zip(row, column, strict=True))
    for product in products:
        total = Node(Kind.ADD, (total, product))
    return total


def _matrix_of(rows: list[list[Node]]) -> Node:
    return Node(Kind.MATRIX, tuple(Node(Kind.GROUP, tuple(row), "[]") for row in rows))


def _rows(node: Node) -> list[list[Node]] | None:
    """Return a matrix, times a number or not, as its rows; None for anything else."""
    if node.kind in {Kind.MUL, Kind.DIV}:
        return _scaled(node)
    if node.kind == Kind.NEG:
        rows = _rows(node.parts[0])
        return rows and [[Node(Kind.NEG, (each,)) for each in row] for row in rows]
    while node.kind == Kind.GROUP and len(node.parts) == 1 and _holds_rows(node.parts[0]):
        node = node.parts[0]
    if node.kind not in {Kind.MATRIX, Kind.GROUP} or not node.parts:
        return None
    nested = [part.kind == Kind.GROUP for part in node.parts]
    if not any(nested):
        return [[part] for part in node.parts]
    rows = [list(part.parts) for part in node.parts]
    return rows if all(nested) and len({len(row) for row in rows}) == 1 and rows[0] else None


def _holds_rows(node: Node) -> bool:
    """Whether a list's one member is a matrix itself, as in [[[1, 2], [3, 4]]]."""
    return node.kind == Kind.MATRIX or (node.kind == Kind.GROUP and any(part.kind == Kind.GROUP for part in node.parts))


def _scaled(node: Node) -> list[list[Node]] | None:
    one, other = node.parts
    if (rows := _rows(one)) is not None and _rows(other) is None:
        return [[_computed(Node(node.kind, (each, other))) for each in row] for row in rows]
    if node.kind == Kind.MUL and _rows(one) is None and (rows := _rows(other)) is not None:
        return [[_computed(Node(node.kind, (one, each))) for each in row] for row in rows]
    return None


def _computed(node: Node) -> Node:
    """Return a product of numbers as one number, where they are rational."""
    factors = [literal(part) for part in node.parts]
    if None in factors or (node.kind == Kind.DIV and not factors[1].value):  # type: ignore[union-attr]
        return node
    first, second = (factor.value for factor in factors if factor)
    value = first * second if node.kind == Kind.MUL else first / second
    number = Node(Kind.NUMBER, (), str(abs(value.numerator)))
    if value.denominator != 1:
        number = Node(Kind.DIV, (number, Node(Kind.NUMBER, (), str(value.denominator))))
    return number if value >= 0 else Node(Kind.NEG, (number,))
