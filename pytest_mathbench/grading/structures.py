"""Collections of numbers and formulas: tuples, lists, sets, matrices, values by name."""

from pytest_mathbench.grading.equations import equation
from pytest_mathbench.grading.labels import unwrapped, value_of
from pytest_mathbench.grading.scalars import STRUCTURE, Decision
from pytest_mathbench.grading.single import value
from pytest_mathbench.grading.syntax import Kind, Node

_PAIR = 2
_MOST_COLUMNS = 10


def member(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare members of collections, which may be tuples, or sets of values by name."""
    if reference.kind == Kind.GROUP:
        return pointwise(node, reference, lenient=lenient)
    if reference.kind == Kind.RELATION:
        return equation(node, reference, lenient=lenient)
    return value(node, reference, lenient=lenient)


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the members of a collection, a value by itself as one; values by name without the names."""
    if node.kind == Kind.MATRIX and 1 in {len(node.parts), len(node.parts[0].parts)}:
        return tuple(each for row in node.parts for each in row.parts)
    if node.kind in {Kind.GROUP, Kind.PAIRS, Kind.COLONS}:
        return tuple(map(value_of, node.parts))
    return (node,)


def pointwise(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare tuples; lists may stand for them, sets leniently."""
    node = value_of(node)
    if node.kind == Kind.INTERVAL:
        return False, STRUCTURE
    if node.kind == Kind.GROUP and node.text == "{}" and not lenient:
        return False, STRUCTURE
    return ordered(parts_of(node), parts_of(reference), lenient=lenient)


def ordered(parts: tuple[Node, ...], wanted: tuple[Node, ...], *, lenient: bool) -> Decision:
    """Compare members in their order."""
    if len(parts) != len(wanted):
        return False, STRUCTURE
    rules = []
    for part, other in zip(parts, wanted, strict=True):
        equal, rule = member(part, other, lenient=lenient)
        if not equal:
            return False, rule
        rules.append(rule)
    return True, weakest(rules)


def unordered(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare lists and sets, in which the order says nothing."""
    ours = _both_signs(_members(node))
    theirs = _both_signs(_members(reference))
    if lenient:
        ours = list(dict.fromkeys(ours))
    if len(ours) != len(theirs):
        return False, STRUCTURE
    rules = []
    for other in theirs:
        for part in ours:
            equal, rule = member(part, other, lenient=lenient)
            if equal:
                ours.remove(part)
                rules.append(rule)
                break
        else:
            return False, STRUCTURE
    return True, weakest(rules)


def _members(node: Node) -> list[Node]:
    """Return the members of a list, without wrappers around all of them or names before them."""
    node = value_of(node)
    while node.kind == Kind.GROUP and len(node.parts) == 1 and node.parts[0].kind == Kind.GROUP and not _is_tuple(node):
        node = node.parts[0]
    if node.kind == Kind.EMPTY:
        return []
    if node.kind == Kind.OR:
        return list(map(value_of, node.parts))
    return [unwrapped(part) if part.kind == Kind.GROUP and len(part.parts) == 1 else part for part in parts_of(node)]


def _is_tuple(node: Node) -> bool:
    """Whether the one member of a list is a tuple that is itself a member, as in [(2, 3)]."""
    return len(node.parts[0].parts) > 1 and node.parts[0].text == "()" and node.text != ""


def _both_signs(parts: list[Node]) -> list[Node]:
    """Return members with each ± taken as plus and as minus, all of a member's signs alike."""
    found = []
    for part in parts:
        if _has_signs(part):
            found += [value_of(_signed(part, sign)) for sign in "+-"]
        else:
            found.append(part)
    return found


def _has_signs(node: Node) -> bool:
    return node.kind == Kind.SIGNS or any(map(_has_signs, node.parts))


def _signed(node: Node, sign: str) -> Node:
    parts = tuple(_signed(part, sign) for part in node.parts)
    if node.kind != Kind.SIGNS:
        return Node(node.kind, parts, node.text)
    last = parts[-1] if sign == "+" else Node(Kind.NEG, (parts[-1],))
    return last if len(parts) == 1 else Node(Kind.ADD, (parts[0], last))


def by_name(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare values by name, in any order; without names, leniently in theirs."""
    ours = unwrapped(node) if node.kind != Kind.PAIRS else node
    if ours.kind == Kind.RELATION and ours.text == "=" and {part.kind for part in ours.parts} == {Kind.GROUP}:
        pairs = list(zip(*(part.parts for part in ours.parts), strict=False))  # (k, n) = (45, 2)
        ours = Node(Kind.PAIRS, tuple(Node(Kind.RELATION, pair, "=") for pair in pairs))
    if ours.kind not in {Kind.GROUP, Kind.PAIRS}:
        return False, STRUCTURE
    if lenient and not any(part.kind == Kind.RELATION for part in ours.parts):
        return ordered(ours.parts, parts_of(reference), lenient=True)
    return _unordered_equations(ours.parts, reference.parts, lenient=lenient)


def _unordered_equations(ours: tuple[Node, ...], theirs: tuple[Node, ...], *, lenient: bool) -> Decision:
    if len(ours) != len(theirs) or any(part.kind != Kind.RELATION for part in (*ours, *theirs)):
        return False, STRUCTURE
    values = {repr(part.parts[0]): part.parts[1] for part in ours}
    rules = []
    for part in theirs:
        if (value := values.get(repr(part.parts[0]))) is None:
            return False, STRUCTURE
        equal, rule = member(value, part.parts[1], lenient=lenient)
        if not equal:
            return False, rule
        rules.append(rule)
    return True, weakest(rules)


def weakest(rules: list[str]) -> str:
    """Return the rule that says least, of those that decided the members."""
    return next((rule for rule in ("symbolic", "numeric", "text", STRUCTURE) if rule in rules), "exact")
