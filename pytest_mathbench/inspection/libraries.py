"""What the libraries here have, asked of themselves: they are imported already, or can be. In a confined child only.

Nothing of a program is run. A module that is not imported yet is, if it is of the standard library or of a package that
is; of any other it is known only whether it is there.
"""

import importlib
import inspect
import pkgutil
import sys
from importlib.util import find_spec
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Final


class Unknown:
    """What is not known of a name: whether there is such a thing, or what it is."""


UNKNOWN: Final = Unknown()

_NOT_IMPORTED = {"this", "antigravity", "__main__", "idlelib", "test", "turtledemo", "pytest_mathbench"}
"""What prints, opens a window, or is the program itself."""


class MissingModuleError(LookupError):
    """There is no module of this name; `place` is where in the dotted name what is missing begins."""

    def __init__(self, name: str, place: int) -> None:
        super().__init__(name)
        self.name, self.place = name, place


def module(name: str) -> ModuleType | Unknown:
    """Return a module by its dotted name. Raises `MissingModuleError`."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        part = ".".join(parts[:count])
        if part in sys.modules and sys.modules[part] is not None:
            continue
        if parts[0] in _NOT_IMPORTED:
            return UNKNOWN
        if not _is_there(part):
            raise MissingModuleError(part, len(part) - len(parts[count - 1]))
        if count == 1 and part not in sys.stdlib_module_names:
            return UNKNOWN
        try:
            importlib.import_module(part)
        except BaseException:  # noqa: BLE001 - whatever a library does here, it may not do it to the program
            return UNKNOWN
    return UNKNOWN if parts[0] in _NOT_IMPORTED else sys.modules[name]


def _is_there(name: str) -> bool:
    parent = sys.modules.get(name.rpartition(".")[0])
    if parent is not None and not hasattr(parent, "__path__"):
        return False
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):  # one that has no specification is there all the same
        return True


def attribute(thing: object, name: str) -> object:
    """Return an attribute of a library's, `UNKNOWN` if there may be one. Raises `AttributeError` if there is none."""
    try:
        return getattr(thing, name)
    except AttributeError:
        if not isinstance(thing, ModuleType | type | FunctionType | BuiltinFunctionType):
            return UNKNOWN  # its own code may give it more
        if isinstance(thing, ModuleType) and hasattr(thing, "__path__") and _is_there(f"{thing.__name__}.{name}"):
            return UNKNOWN  # imported by somebody else, it is there
        raise
    except Exception:  # noqa: BLE001 - a property that fails
        return UNKNOWN


def has_attribute(kind: type, name: str) -> bool:
    """Whether an instance of a type may have an attribute."""
    return hasattr(kind, name) or hasattr(kind, "__getattr__")


def signature(thing: object) -> inspect.Signature | None:
    """Return what a function takes, None if it does not say so itself: a wrapper may take more than what it wraps."""
    if not isinstance(thing, FunctionType | BuiltinFunctionType):
        return None
    try:
        return inspect.signature(thing, follow_wrapped=False)
    except (ValueError, TypeError):
        return None


def public(thing: object) -> list[str]:
    """Return the names that one may ask of something."""
    return [name for name in dir(thing) if not name.startswith("_")]


def starred(found: ModuleType) -> dict[str, object]:
    """Return what `from … import *` binds."""
    names = getattr(found, "__all__", None)
    chosen = public(found) if names is None else names
    return {name: getattr(found, name, UNKNOWN) for name in chosen}


def submodules(package: str) -> list[str]:
    """Return the modules in a package, none for what is no package."""
    folders = getattr(sys.modules.get(package), "__path__", [])
    return [found.name for found in pkgutil.iter_modules(folders) if not found.name.startswith("_")]


def importable() -> list[str]:
    """Return the modules that programs may want: those of the standard library, and packages that are loaded."""
    loaded = {name for name in sys.modules if "." not in name}
    return sorted(name for name in (sys.stdlib_module_names | loaded) - _NOT_IMPORTED if not name.startswith("_"))
