"""What stands around a value: the name that it is given, and lists, sets and tuples of one member."""

from pytest_mathbench.grading.scalars import letters
from pytest_mathbench.grading.syntax import Kind, Node


def unwrapped(node: Node) -> Node:
    """Return what one-member lists, sets and tuples are around."""
    while node.kind in {Kind.GROUP, Kind.PAIRS, Kind.MATRIX} and len(node.parts) == 1:
        node = node.parts[0]
    return node


def value_of(node: Node) -> Node:
    """Return what is on the right of `x =`, or `f(x) =`; anything else as it is."""
    if node.kind == Kind.RELATION and node.text == "=" and is_label(node.parts[0]):
        label, value = node.parts
        return node if label == value or named(label) & letters(value) else value
    return node


def is_label(node: Node) -> bool:
    """Whether a node is a name, f(x), or a tuple of names."""
    if node.kind == Kind.NAME:
        return node.text not in {"pi", "oo"}
    if node.kind == Kind.GROUP and node.text == "()":
        return all(part.kind == Kind.NAME for part in node.parts)
    return node.kind == Kind.MUL and all(part.kind == Kind.NAME and len(part.text) == 1 for part in node.parts)


def named(label: Node) -> set[str]:
    """Return the name that a label gives to a value: f(x)'s is f."""
    return {label.text} if label.kind == Kind.NAME else {label.parts[0].text}


def label_of(node: Node) -> str:
    """Return the one letter that a value is said to be of; "" where it is none."""
    if node.kind == Kind.RELATION and node.text == "=" and node.parts[0].kind == Kind.NAME:
        return node.parts[0].text if len(node.parts[0].text) == 1 else ""
    return ""


def of_reference(node: Node) -> Node:
    """Return what a reference says of a quantity that it names in any way: AB/CD = 3, V : W = 2."""
    if node.kind == Kind.RELATION and node.text == "≈":
        return node.parts[0]
    if node.kind == Kind.RELATION and set(node.text.split()) == {"="} and _is_quantity(node.parts[0]):
        return node.parts[-1]
    return value_of(node)


def _is_quantity(node: Node) -> bool:
    return node.kind == Kind.NAME or (
        node.kind in {Kind.MUL, Kind.DIV, Kind.CALL, Kind.COLONS} and all(map(_is_quantity, node.parts))
    )
