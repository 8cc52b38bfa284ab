"""Intervals, unions and solved relations as sets of reals, and whether two are the same set."""

from collections.abc import Callable
from dataclasses import dataclass

from pytest_mathbench.grading.numeric import QUICK, Evaluator, Value
from pytest_mathbench.grading.scalars import letters, same
from pytest_mathbench.grading.syntax import Kind, Node, UnreadError

_FUNCTION_NAMES = {"f", "g", "h", "p", "q", "F", "G", "P", "Q"}
_MOST_ENDS = 60
_REVERSED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}

Holds = Callable[[int], bool]
"""Whether a place is in a set: an end if it is odd, else the gap before the end that follows."""


@dataclass(slots=True)
class Ends:
    """The ends of the sets that are compared, from the left. Ends of equal value are one."""

    lenient: bool
    nodes: list[Node]

    def add(self, node: Node) -> Node:
        """Return the end that this one is. Raises `UnreadError` for what is no real number."""
        if _infinite(node):
            return node
        if letters(node) - {"E", "I"}:
            raise UnreadError("an end that is no number")
        for known in self.nodes:
            if node == known or same(node, known, lenient=self.lenient)[0]:
                return known
        if len(self.nodes) >= _MOST_ENDS:
            raise UnreadError("more ends than are compared")
        self.nodes.append(node)
        return node

    def order(self) -> dict[Node, int]:
        """Return the place of each end."""
        evaluator = Evaluator(QUICK)
        return {node: 2 * at + 1 for at, node in enumerate(sorted(self.nodes, key=lambda node: _real(evaluator, node)))}


def _real(evaluator: Evaluator, node: Node) -> Value:
    value = evaluator.number(evaluator(node))
    if evaluator.mp.im(value) != 0:
        raise UnreadError("an end that is not real")
    return evaluator.mp.re(value)


def _infinite(node: Node) -> bool:
    return node == Node(Kind.NAME, (), "oo") or (node.kind == Kind.NEG and _infinite(node.parts[0]))


def same_region(answer: Node, reference: Node, *, lenient: bool) -> bool:
    """Whether two sets of reals are the same. Raises `UnreadError` for what is no set, or is not solved."""
    if len(variables := _variable(answer)) > 1 or (
        variables and _variable(reference) and variables != _variable(reference) and not lenient
    ):
        return False
    ends = Ends(lenient, [])
    theirs, ours = _collect(reference, ends), _collect(answer, ends)
    order = ends.order()
    holds = [make(order, 2 * len(order) + 1) for make in (theirs, ours)]
    if not lenient and _disordered(answer, order):
        return False
    return all(holds[0](place) == holds[1](place) for place in range(2 * len(order) + 1))


def _disordered(node: Node, order: dict[Node, int]) -> bool:
    """Whether an interval has its ends the wrong way round."""
    if node.kind != Kind.INTERVAL:
        return any(_disordered(part, order) for part in node.parts)
    places = [order.get(part) for part in node.parts]
    return None not in places and places[0] > places[1]  # type: ignore[operator]


def _variable(node: Node) -> frozenset[str]:
    """Return the variables that relations are about."""
    if node.kind == Kind.RELATION:
        return frozenset(part.text for part in node.parts if part.kind == Kind.NAME and part.text not in {"pi", "oo"})
    return frozenset().union(*map(_variable, node.parts)) if node.kind in _JOINTS else frozenset()


_JOINTS = {Kind.AND, Kind.OR, Kind.UNION}
_Make = Callable[[dict[Node, int], int], Holds]


def _collect(node: Node, ends: Ends) -> _Make:
    if node.kind in _JOINTS:
        parts = [_collect(part, ends) for part in node.parts]
        return _joined(parts, all if node.kind == Kind.AND else any)
    if node.kind == Kind.EMPTY:
        return lambda _order, _places: lambda _place: False
    if node.kind == Kind.INTERVAL or (node.kind == Kind.GROUP and node.text in {"()", "[]"} and len(node.parts) == 2):  # noqa: PLR2004
        return _interval(node, ends)
    if node.kind == Kind.GROUP and node.text == "{}":
        members = [ends.add(part) for part in node.parts]
        return _joined([_point(member) for member in members], any)
    if node.kind == Kind.GROUP and len(node.parts) == 1:
        return _collect(node.parts[0], ends)
    if node.kind == Kind.RELATION:
        return _relation(node, ends)
    raise UnreadError("no set of reals")


def _joined(parts: list[_Make], how: Callable[[list[bool]], bool]) -> _Make:
    def make(order: dict[Node, int], places: int) -> Holds:
        made = [part(order, places) for part in parts]
        return lambda place: how([holds(place) for holds in made])

    return make


def _point(node: Node) -> _Make:
    return lambda order, _: lambda place: place == order.get(node)


def _interval(node: Node, ends: Ends) -> _Make:
    left, right = (ends.add(part) for part in node.parts)
    return _between(left, right, node.text[0] == "(", node.text[1] == ")")


def _between(left: Node, right: Node, left_open: bool, right_open: bool) -> _Make:  # noqa: FBT001 - as brackets say
    def make(order: dict[Node, int], places: int) -> Holds:
        low = _place(left, order, places)
        high = _place(right, order, places)
        return lambda place: (
            (low < place or (low == place and not left_open)) and (place < high or (place == high and not right_open))
        )

    return make


def _place(node: Node, order: dict[Node, int], places: int) -> int:
    if _infinite(node):
        return -1 if node.kind == Kind.NEG else places
    return order[node]


def _relation(node: Node, ends: Ends) -> _Make:
    """Return what a solved relation says: a variable by itself, in the middle of a chain or on one side."""
    signs = node.text.split()
    if "in" in signs:
        if signs != ["in"] or node.parts[0].kind != Kind.NAME:
            raise UnreadError("a relation that is not solved")
        return _collect(node.parts[1], ends)
    parts: list[_Make] = []
    for left, sign, right in zip(node.parts, signs, node.parts[1:], strict=False):
        if left.kind == Kind.NEG and _is_variable(left.parts[0]) and sign in _REVERSED:  # -x > -1
            parts.append(_half(_REVERSED[sign], Node(Kind.NEG, (right,)), ends))
        elif left.kind == Kind.CALL and left.text == "abs" and _is_variable(left.parts[0]):
            parts.append(_absolute(sign, right, ends))
        elif right.kind == Kind.CALL and right.text == "abs" and _is_variable(right.parts[0]):
            parts.append(_absolute(_REVERSED.get(sign, ""), left, ends))
        elif _is_variable(left):
            parts.append(_half(sign, right, ends))
        elif _is_variable(right):
            parts.append(_half(_REVERSED[sign], left, ends))
        else:
            raise UnreadError("a relation that is not solved")
    return _joined(parts, all)


def is_solved(node: Node) -> bool:
    """Whether a relation is between one name, or f(x), and numbers."""
    others = [part for part in node.parts if not _is_variable(part)]
    return len(others) < len(node.parts) and not any(map(letters, others))


def _is_variable(node: Node) -> bool:
    """Whether a node is a name, or f(x)."""
    if node.kind == Kind.MUL:
        return all(part.kind == Kind.NAME for part in node.parts) and node.parts[0].text in _FUNCTION_NAMES
    return node.kind == Kind.NAME and node.text not in {"pi", "oo", "e", "E"}


def _absolute(sign: str, node: Node, ends: Ends) -> _Make:
    """Return what |x| < a says: between -a and a; of |x| > a, outside."""
    halves = [_half(sign, node, ends), _half(_REVERSED.get(sign, ""), Node(Kind.NEG, (node,)), ends)]
    return _joined(halves, all if sign in {"<", "<="} else any)


def _half(sign: str, node: Node, ends: Ends) -> _Make:
    if sign not in _REVERSED:
        raise UnreadError("a relation that is not solved")
    end = ends.add(node)
    infinite = Node(Kind.NAME, (), "oo")
    if sign in {"<", "<="}:
        return _between(Node(Kind.NEG, (infinite,)), end, left_open=True, right_open=sign == "<")
    if sign in {">", ">="}:
        return _between(end, infinite, left_open=sign == ">", right_open=True)
    point = _point(end)
    if sign == "=":
        return point

    def make(order: dict[Node, int], places: int) -> Holds:
        holds = point(order, places)
        return lambda place: not holds(place)

    return make
