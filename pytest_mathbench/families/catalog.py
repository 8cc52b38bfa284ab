"""The bundled families: a package for each domain, in it a module for each level and others by theme."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from pytest_mathbench.domains import LEVELS, Domain
from pytest_mathbench.families.family import Family


def families() -> list[type[Family]]:
    """Return all bundled families, in the order of the cells, of their modules' names, and in these."""
    found: list[type[Family]] = []
    for domain in Domain:
        package = import_module(f"{__package__}.{domain}")
        names = sorted(module.name for module in iter_modules(package.__path__))
        found += [family for name in names for family in defined_in(import_module(f"{package.__name__}.{name}"))]
    cells = [(domain, level) for domain in Domain for level in LEVELS]
    return sorted(found, key=lambda family: cells.index((family.domain, family.level)))


def defined_in(module: ModuleType) -> list[type[Family]]:
    """Return the families that a module defines, in its order."""
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, Family) and member.__module__ == module.__name__
    ]
