"""A program's text → the names in it that mean nothing, without running it. Used in a confined child only.

Scopes are pyflakes' affair; what modules have is asked of the modules. A name is taken for what it is bound to where it
is bound once in all of the program, and for nothing known otherwise.
"""

import ast
import builtins
import difflib
import inspect
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pyflakes import messages
from pyflakes.checker import Checker

from pytest_mathbench.inspection import libraries
from pytest_mathbench.inspection.certain import bindings, certain, in_scope, plain_functions, words
from pytest_mathbench.inspection.fault import Fault
from pytest_mathbench.inspection.libraries import UNKNOWN, MissingModuleError

MOST_ALLOWED = 48

_INJECTING = {
    "exec", "eval", "globals", "locals", "vars", "setattr", "delattr", "__dict__", "__globals__", "builtins",
    "__builtins__", "modules", "meta_path", "inspect", "_getframe", "f_globals", "f_locals", "gc", "ctypes",
    "importlib", "__import__", "init_session", "__setattr__", "mock", "pickle", "marshal",
}  # fmt: skip
"""By these a program may give names and attributes a meaning that its text does not show."""

_VAR = "var"
"""sympy's way to bind names; as the name of a variable it is nothing."""

_BUILTIN_TYPES = {
    int, float, complex, bool, str, bytes, list, tuple, dict, set, frozenset, range, enumerate, zip, map, filter,
}  # fmt: skip
"""Called, each gives an instance of itself."""

_DISPLAYS: dict[type[ast.expr], type] = {
    ast.List: list, ast.ListComp: list, ast.Tuple: tuple, ast.Dict: dict, ast.DictComp: dict, ast.Set: set,
    ast.SetComp: set, ast.JoinedStr: str,
}  # fmt: skip


def faults(source: str) -> list[Fault]:
    """Return what is wrong in a program: what is certain first, by its place. Raises what parsing raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "program.py", "exec", dont_inherit=True)  # the parser alone takes more
        tree = ast.parse(source)
        found = _Program(tree, source)
        return sorted(found.faults(), key=lambda fault: (not fault.certain, fault.line, fault.column))


class _Program:
    def __init__(self, tree: ast.Module, source: str) -> None:
        self._tree = tree
        self._lines = re.split("\r\n?|\n", source)
        self._bound = bindings(ast.walk(tree))
        self._all_starred = True
        self._starred: dict[str, object] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                self._add_starred(node)
        self._bound.update(self._starred.keys() & self._bound.keys())
        self._imported = dict(self._imports())
        self._values = dict(self._assigned())
        self._functions = plain_functions(tree, self._bound)
        self._stored = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_stored(node)}
        self._is_plain = _INJECTING.isdisjoint(words(tree)) and not self._declares()
        self._certain = certain(tree, self._bound + Counter(self._starred.keys())) if self._all_starred else set()

    def _add_starred(self, node: ast.ImportFrom) -> None:
        try:
            found = UNKNOWN if node.level or not node.module else libraries.module(node.module)
        except MissingModuleError:
            return  # a fault of its own
        if isinstance(found, libraries.Unknown):
            self._all_starred = False
            return
        for name, thing in libraries.starred(found).items():
            self._starred[name] = thing if self._starred.get(name, thing) is thing else UNKNOWN

    def _declares(self) -> bool:
        """Whether sympy's `var` is at hand, or the program's own module."""
        return any(
            (isinstance(node, ast.Attribute) and node.attr == _VAR)
            or (isinstance(node, ast.alias) and node.name in {_VAR, "__main__"})
            or (isinstance(node, ast.Name) and node.id == _VAR in self._starred)
            for node in ast.walk(self._tree)
        )

    def _imports(self) -> Iterator[tuple[str, object]]:
        """Yield the names that an import alone binds, and to what."""
        for node in ast.walk(self._tree):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            for alias in node.names:
                name = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
                if self._bound[name] == 1:
                    with suppress(AttributeError):  # a fault of its own
                        yield name, _imported(node, alias)

    def _assigned(self) -> Iterator[tuple[str, ast.expr]]:
        """Yield the names that one assignment binds, each to one value."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if self._bound[name] == 1 and not hasattr(builtins, name):
                    yield name, node.value

    def faults(self) -> Iterator[Fault]:
        """Yield them by kind."""
        yield from self._undefined()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import):
                yield from (fault for alias in node.names for fault in self._missing(alias, alias.name, alias))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield from self._missing_from(node)
            elif isinstance(node, ast.Attribute) and not _is_stored(node):
                yield from self._unknown_attribute(node)
            elif isinstance(node, ast.Call):
                yield from self._wrong_arguments(node)

    def _undefined(self) -> Iterator[Fault]:
        if not self._is_plain:
            return
        places = {(node.lineno, node.col_offset, node.id) for node in self._certain if isinstance(node, ast.Name)}
        for message in Checker(self._tree).messages:
            if not isinstance(message, messages.UndefinedName | messages.UndefinedLocal | messages.ImportStarUsage):
                continue
            name = str(message.message_args[0])
            if isinstance(message, messages.ImportStarUsage) and (name in self._starred or not self._all_starred):
                continue
            if name.startswith("__"):
                continue  # the module's own
            said = f"name '{name}' is not defined"
            if isinstance(message, messages.UndefinedLocal):
                said = f"cannot access local variable '{name}' where it is not associated with a value"
            is_certain = (message.lineno, message.col, name) in places
            own = in_scope(self._tree, message.lineno)
            others = {*self._starred, *libraries.public(builtins)} - own
            allowed = [*_nearest(name, own), *_nearest(name, others)][:MOST_ALLOWED]
            kind = "UnboundLocalError" if isinstance(message, messages.UndefinedLocal) else "NameError"
            yield self._fault(message.lineno, message.col, f"{kind}: {said}", allowed, is_certain=is_certain)

    def _missing(self, node: ast.alias | ast.ImportFrom, name: str, at: ast.AST, offset: int = 0) -> Iterator[Fault]:
        try:
            libraries.module(name)
        except MissingModuleError as missing:
            if not self._is_plain:
                return
            parent = missing.name.rpartition(".")[0]
            valid = libraries.submodules(parent) if parent else libraries.importable()
            yield self._fault(
                node.lineno,
                node.col_offset + offset + missing.place,
                f"ModuleNotFoundError: No module named '{missing.name}'",
                _nearest(missing.name.rpartition(".")[2], valid),
                is_certain=at in self._certain,
            )

    def _missing_from(self, node: ast.ImportFrom) -> Iterator[Fault]:
        assert node.module  # noqa: S101 - or it is not asked
        yield from self._missing(node, node.module, node, len("from "))
        for alias in node.names if self._is_plain else ():
            try:
                _imported(node, alias)
            except AttributeError:
                yield self._fault(
                    alias.lineno,
                    alias.col_offset,
                    f"ImportError: cannot import name '{alias.name}' from '{node.module}'",
                    _nearest(alias.name, libraries.public(libraries.module(node.module))),
                    is_certain=node in self._certain,
                )
            except MissingModuleError:
                return

    def _unknown_attribute(self, node: ast.Attribute) -> Iterator[Fault]:
        if not self._is_plain or node.attr in self._stored or node.end_lineno is None or node.end_col_offset is None:
            return
        thing = self._thing(node.value)
        kind = self._type(node.value) if thing is UNKNOWN else None
        try:
            if thing is not UNKNOWN:
                libraries.attribute(thing, node.attr)
                return
            if kind is None or libraries.has_attribute(kind, node.attr):
                return
            said = f"'{kind.__name__}' object has no attribute '{node.attr}'"
        except AttributeError as error:
            said = str(error)
        yield self._fault(
            node.end_lineno,
            node.end_col_offset - len(node.attr.encode()),
            f"AttributeError: {said}",
            _nearest(node.attr, libraries.public(thing if kind is None else kind)),
            is_certain=node in self._certain,
        )

    def _wrong_arguments(self, node: ast.Call) -> Iterator[Fault]:
        named = [keyword.arg for keyword in node.keywords]
        if not self._is_plain or None in named or any(isinstance(each, ast.Starred) for each in node.args):
            return
        if (takes := self._signature(node.func)) is None:
            return
        given = dict.fromkeys(filter(None, named))
        try:
            takes.bind(*node.args, **given)
        except TypeError as error:
            place, allowed = _misfit(takes, node)
            said = f"TypeError: {ast.unparse(node.func)[:80]}(): {error}"
            yield self._fault(*place, said, allowed, is_certain=node in self._certain)

    def _signature(self, called: ast.expr) -> inspect.Signature | None:
        if isinstance(called, ast.Name) and (function := self._functions.get(called.id)):
            return _signature_of(function.args)
        return libraries.signature(self._thing(called))

    def _thing(self, node: ast.expr) -> object:
        """Return what of a library an expression stands for."""
        if isinstance(node, ast.Attribute) and node.attr not in self._stored:
            thing = self._thing(node.value)
            try:
                return UNKNOWN if thing is UNKNOWN else libraries.attribute(thing, node.attr)
            except AttributeError:
                return UNKNOWN  # said of that node
        if not isinstance(node, ast.Name):
            return UNKNOWN
        if hasattr(builtins, node.id):  # which it is until another is bound
            is_bound = node.id in self._bound or node.id in self._starred or not self._all_starred
            return UNKNOWN if is_bound else getattr(builtins, node.id)
        if node.id in self._bound:
            return self._imported.get(node.id, UNKNOWN)
        return self._starred.get(node.id, UNKNOWN) if self._all_starred else UNKNOWN

    def _type(self, node: ast.expr, depth: int = 0) -> type | None:
        """Return the type of an expression's value where its form tells it, or its only assignment's."""
        if isinstance(node, ast.Constant):
            return type(node.value)
        if isinstance(node, ast.Name) and depth == 0 and (value := self._values.get(node.id)):
            return self._type(value, 1)
        if isinstance(node, ast.Call):
            called = self._thing(node.func)
            return called if isinstance(called, type) and called in _BUILTIN_TYPES else None
        return _DISPLAYS.get(type(node))

    def _fault(self, line: int, offset: int, message: str, allowed: list[str], *, is_certain: bool) -> Fault:
        """Make a fault; `offset` is in bytes, as the parser counts."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return Fault(line, len(text.encode()[:offset].decode(errors="ignore")) + 1, message, allowed, is_certain)


def _imported(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> object:
    """Return what an import binds, `UNKNOWN` at least. Raises `AttributeError` for a name that a module lacks."""
    try:
        if isinstance(node, ast.Import):
            found = libraries.module(alias.name)
            return found if alias.asname else libraries.module(alias.name.partition(".")[0])
        if node.level or not node.module or alias.name == "*":
            return UNKNOWN
        found = libraries.module(node.module)
        return found if found is UNKNOWN else libraries.attribute(found, alias.name)
    except MissingModuleError:
        return UNKNOWN


def _is_stored(node: ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _nearest(name: str, valid: Iterable[str]) -> list[str]:
    """Return some dozens of the valid names, the most similar first."""
    return difflib.get_close_matches(name, sorted(set(valid) - {name}), MOST_ALLOWED, cutoff=0.0)


def _signature_of(arguments: ast.arguments) -> inspect.Signature:
    """Return what a function of the program takes."""
    kind = inspect.Parameter
    positional = [
        *((each.arg, kind.POSITIONAL_ONLY) for each in arguments.posonlyargs),
        *((each.arg, kind.POSITIONAL_OR_KEYWORD) for each in arguments.args),
    ]
    required = len(positional) - len(arguments.defaults)
    takes = [
        kind(name, how, default=kind.empty if number < required else None)
        for number, (name, how) in enumerate(positional)
    ]
    if arguments.vararg:
        takes.append(kind(arguments.vararg.arg, kind.VAR_POSITIONAL))
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        takes.append(kind(each.arg, kind.KEYWORD_ONLY, default=None if default else kind.empty))
    if arguments.kwarg:
        takes.append(kind(arguments.kwarg.arg, kind.VAR_KEYWORD))
    return inspect.Signature(takes)


def _misfit(takes: inspect.Signature, node: ast.Call) -> tuple[tuple[int, int], list[str]]:
    """Return the place of the first argument that does not fit, or else of the closing bracket, and what would fit."""
    for count, argument in enumerate(node.args, 1):
        if not _fits(takes, count):
            return (argument.lineno, argument.col_offset), []
    for keyword in node.keywords:
        if keyword.arg and not _fits(takes, len(node.args), keyword.arg):
            given = {each.arg for each in node.keywords}
            named = (each for each in takes.parameters.values() if each.kind in _NAMED)
            free = [each.name for each in [*named][len(node.args) :] if each.name not in given]
            return (keyword.lineno, keyword.col_offset), _nearest(keyword.arg, free)
    return (node.end_lineno or node.lineno, (node.end_col_offset or 1) - 1), []


_NAMED = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}


def _fits(takes: inspect.Signature, count: int, *names: str) -> bool:
    try:
        takes.bind_partial(*[None] * count, **dict.fromkeys(names))
    except TypeError:
        return False
    return True
