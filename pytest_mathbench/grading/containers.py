"""What Python, sympy and numpy print as a call → the node of the value that it stands for."""

from pytest_mathbench.grading.syntax import FUNCTIONS, Kind, Node, UnreadError

_INTERVALS = {"Interval": "[]", "Interval.open": "()", "Interval.Lopen": "(]", "Interval.Ropen": "[)"}
_RELATIONS = {
    "Eq": "=", "Equality": "=", "Ne": "!=", "Unequality": "!=", "Lt": "<", "StrictLessThan": "<", "Le": "<=",
    "LessThan": "<=", "Gt": ">", "StrictGreaterThan": ">", "Ge": ">=", "GreaterThan": ">=",
}  # fmt: skip
_POINTS = {"Tuple", "Point", "Point2D", "Point3D"}
_MATRICES = {"Matrix", "matrix", "ImmutableDenseMatrix", "ImmutableMatrix", "MutableDenseMatrix", "array"}
_PAIR = 2


def called(name: str, parts: tuple[Node, ...]) -> Node:  # noqa: C901, PLR0911, PLR0912 - one for each kind
    """Return what a name makes of its arguments. Raises `UnreadError` where it makes nothing."""
    if name in {"Rational", "Fraction"} and parts:
        return parts[0] if len(parts) == 1 else Node(Kind.DIV, _pair(parts))
    if name in {"mpc", "complex"}:
        real, imaginary = _pair(parts)
        return Node(Kind.ADD, (real, Node(Kind.MUL, (imaginary, Node(Kind.NAME, (), "I")))))
    if name in _INTERVALS:
        return _interval(name, parts)
    if name in _RELATIONS:
        return Node(Kind.RELATION, _pair(parts), _RELATIONS[name])
    if name in _POINTS:
        return Node(Kind.GROUP, parts[0].parts if len(parts) == 1 and parts[0].kind == Kind.GROUP else parts, "()")
    if name == "FiniteSet":
        return Node(Kind.GROUP, parts, "{}")
    if name in {"Union", "And", "Or"}:
        kind = {"Union": Kind.UNION, "And": Kind.AND, "Or": Kind.OR}[name]
        return Node(kind, parts) if len(parts) > 1 else _only(parts)
    if name in _MATRICES:
        return _matrix(parts)
    if name in {"add", "Add", "Mul"}:
        return _folded(Kind.ADD if name == "Add" else Kind.MUL, parts)
    if name in {"pow", "Pow"}:
        return Node(Kind.POW, _pair(parts))
    if name in FUNCTIONS:
        if not parts:
            raise UnreadError(f"{name} has no arguments")
        return Node(Kind.CALL, parts, FUNCTIONS[name])
    if name in {"set", "frozenset"} and not parts:
        return Node(Kind.EMPTY, (), "{}")
    return _only(parts[:1])  # what wraps a value, or describes it


def _interval(name: str, parts: tuple[Node, ...]) -> Node:
    """Return an interval; sympy's repr may tell which ends are open."""
    brackets = _INTERVALS[name]
    if len(parts) == _PAIR + 2:
        opened = [part.text in {"True", "true"} for part in parts[_PAIR:]]
        brackets = "[("[opened[0]] + "])"[opened[1]]
    return Node(Kind.INTERVAL, _pair(parts[:_PAIR]), brackets)


def _matrix(parts: tuple[Node, ...]) -> Node:
    """Return a matrix of the rows that are given, a column of numbers that are."""
    if len(parts) == 3 and parts[2].kind == Kind.GROUP:  # noqa: PLR2004 - sympy's srepr: rows, columns, all members
        try:
            columns = int(parts[1].text)
            members = parts[2].parts
            rows = [members[at : at + columns] for at in range(0, len(members), columns)]
        except ValueError:
            raise UnreadError("a matrix without a shape") from None
        return Node(Kind.MATRIX, tuple(Node(Kind.GROUP, row, "[]") for row in rows))
    inside = _only(parts[:1])
    if inside.kind == Kind.MATRIX:
        return inside
    if inside.kind != Kind.GROUP or not inside.parts:
        raise UnreadError("a matrix without rows")
    if all(row.kind == Kind.GROUP for row in inside.parts):
        if len({len(row.parts) for row in inside.parts}) != 1:
            raise UnreadError("the rows of a matrix differ in length")
        return Node(Kind.MATRIX, inside.parts)
    return Node(Kind.MATRIX, tuple(Node(Kind.GROUP, (part,), "[]") for part in inside.parts))


def _folded(kind: Kind, parts: tuple[Node, ...]) -> Node:
    node = _only(parts[:1])
    for part in parts[1:]:
        node = Node(kind, (node, part))
    return node


def _pair(parts: tuple[Node, ...]) -> tuple[Node, ...]:
    if len(parts) != _PAIR:
        raise UnreadError("two arguments are wanted")
    return parts


def _only(parts: tuple[Node, ...]) -> Node:
    if len(parts) != 1:
        raise UnreadError("an argument is wanted")
    return parts[0]
