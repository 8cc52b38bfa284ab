"""Equations and inequalities, up to a factor; and sets of reals."""

from pytest_mathbench.grading.labels import is_label, named, unwrapped
from pytest_mathbench.grading.regions import is_solved, same_region
from pytest_mathbench.grading.scalars import STRUCTURE, Decision, letters, proportional, same
from pytest_mathbench.grading.single import COLLECTIONS
from pytest_mathbench.grading.syntax import Kind, Node

_PAIR = 2


def region(node: Node, reference: Node, *, lenient: bool) -> Decision:
    """Compare sets of reals, or inequalities in several variables."""
    node = node if node.kind == Kind.RELATION else unwrapped(node) if node.text != "{}" else node
    if len(_relation_letters(reference)) > 1 and not is_solved(reference):
        return inequality(node, reference), "interval"
    return same_region(node, reference, lenient=lenient), "interval"


def _relation_letters(node: Node) -> frozenset[str]:
    return letters(node) if node.kind == Kind.RELATION and "in" not in node.text else frozenset()


def inequality(node: Node, reference: Node) -> bool:
    """Compare inequalities in several variables: one side less the other, up to a positive factor."""
    sides = [_to_greater(each) for each in (node, reference)]
    if None in sides:
        return False
    (ours, sign), (theirs, other) = sides  # type: ignore[misc]
    return (
        sign == other
        and letters(ours) == letters(theirs)
        and proportional(ours, theirs, letters(theirs), positive=True)
    )


def _to_greater(node: Node) -> tuple[Node, str] | None:
    if node.kind != Kind.RELATION or len(node.parts) != _PAIR or node.text not in {"<", ">", "<=", ">="}:
        return None
    left, right = node.parts if node.text[0] == ">" else node.parts[::-1]
    return Node(Kind.ADD, (left, Node(Kind.NEG, (right,)))), node.text[1:]


def equation(node: Node, reference: Node, *, lenient: bool) -> Decision:  # noqa: PLR0911 - a list of reasons
    """Compare equations up to a factor; one that is solved for a name wants one that is, or the other side alone."""
    node = unwrapped(node)
    solved = is_label(reference.parts[0]) and not named(reference.parts[0]) & letters(reference.parts[1])
    if node.kind != Kind.RELATION:
        if not solved or node.kind in COLLECTIONS:
            return False, STRUCTURE
        return same(node, reference.parts[1], lenient=lenient)
    if node.text != "=" or reference.text != "=":
        return False, STRUCTURE
    if solved and lenient and node.parts[0].kind == Kind.MUL and is_label(node.parts[0]):  # f(x) = 2x + 3
        return same(node.parts[1], reference.parts[1], lenient=True)
    if solved and not lenient:
        label, value = reference.parts
        sides = [side for side in (node.parts, node.parts[::-1]) if side[0] == label]
        if not sides:
            return False, STRUCTURE
        return same(sides[0][1], value, lenient=False)
    ours, theirs = (Node(Kind.ADD, (each.parts[0], Node(Kind.NEG, (each.parts[1],)))) for each in (node, reference))
    variables = letters(theirs)
    if letters(ours) != variables:
        return False, STRUCTURE
    return proportional(ours, theirs, variables), "symbolic"
