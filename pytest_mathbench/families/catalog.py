"""The bundled families: a package for each domain, in it a module for each level."""

from importlib import import_module
from types import ModuleType

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.families.family import Family


def families() -> list[type[Family]]:
    """Return all bundled families, in the order of the cells and of their modules."""
    modules = (import_module(f"{__package__}.{domain}.level{level}") for domain in Domain for level in LEVELS)
    return [family for module in modules for family in defined_in(module)]


def defined_in(module: ModuleType) -> list[type[Family]]:
    """Return the families that a module defines, in its order."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Family) and member.__module__ == module.__name__
    ]
