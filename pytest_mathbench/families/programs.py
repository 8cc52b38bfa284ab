"""A family's own programs, for one problem of it."""

from dataclasses import fields
from textwrap import dedent

from pytest_mathbench.families.family import Family


def program(drawn: Family, text: str) -> str:
    """Return one of a family's programs for one problem: its fields as variables, then the program's text."""
    names = [field.name for field in fields(drawn)]  # type: ignore[arg-type]  # a subclass is a dataclass
    values = "".join(f"{name} = {getattr(drawn, name)!r}\n" for name in names)
    imports = "from fractions import Fraction\n" if "Fraction(" in values else ""
    return f"{imports}{values}{dedent(text)}"
