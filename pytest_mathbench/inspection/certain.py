"""Which nodes of a program are evaluated for certain, if it runs to its end. Used in a confined child only.

Left out is all that depends on a value: branches, what a loop does with a sequence that may be empty, the right of
`and` and `or`, what `try` or `with` may catch, functions that are not called for certain.
"""

import ast
import builtins
from collections import Counter
from collections.abc import Iterable, Iterator

_LEAVING = {
    "exit", "quit", "_exit", "abort", "SystemExit", "KeyboardInterrupt", "raise_signal", "kill", "unittest",
}  # fmt: skip
"""By these a program may end early, and well: where one is named, nothing is certain."""

_EVALUATED: dict[type[ast.AST], tuple[str, ...]] = {
    ast.FunctionDef: ("decorator_list", "args"), ast.AsyncFunctionDef: ("decorator_list", "args"),
    ast.Lambda: ("args",), ast.ClassDef: ("decorator_list", "bases"), ast.If: ("test",), ast.IfExp: ("test",),
    ast.While: ("test",), ast.For: ("iter",), ast.Match: ("subject",), ast.Assert: ("test",),
    ast.AnnAssign: ("value",), ast.Try: (), ast.TryStar: (), ast.With: (), ast.AsyncWith: (), ast.AsyncFor: (),
}  # fmt: skip
"""What is evaluated of a node whatever its values are; of any other, all."""

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_SUSPENDING = (ast.Yield, ast.YieldFrom, ast.Await)
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def words(tree: ast.AST) -> Iterator[str]:
    """Yield every word by which a program names something: identifiers, attributes, whole strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def bindings(nodes: Iterable[ast.AST]) -> Counter[str]:
    """Count how often each name is bound by one of the nodes; `del` counts."""
    found: Counter[str] = Counter()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found[node.id] += 1
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] += 1
        elif isinstance(node, ast.arg):
            found[node.arg] += 1
        elif isinstance(node, ast.alias):
            found[node.asname or node.name.partition(".")[0]] += 1
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found[node.name] += 1
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found[node.rest] += 1
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return found


def in_scope(tree: ast.Module, line: int) -> set[str]:
    """Return the names that are bound in the text up to a line, in a scope that is open there."""
    names: set[str] = set()
    scope: ast.AST | None = tree
    while scope:
        own = [node for child in ast.iter_child_nodes(scope) for node in (child, *_all_within(child))]
        names |= bindings(node for node in own if getattr(node, "lineno", line) <= line).keys()
        scopes = (node for node in own if isinstance(node, ast.FunctionDef | ast.ClassDef))
        scope = next((node for node in scopes if node.lineno < line <= (node.end_lineno or line)), None)
    return names - {"*"}


def plain_functions(tree: ast.Module, bound: Counter[str]) -> dict[str, ast.FunctionDef]:
    """Return the functions of a module by name, of those names that mean nothing else anywhere in it."""
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and bound[node.name] == 1
        and not node.decorator_list
        and not hasattr(builtins, node.name)  # which it is until this is bound
    }


def certain(tree: ast.Module, bound: Counter[str]) -> set[ast.AST]:
    """Return the nodes that are evaluated for certain, or the program fails before; names are `bound` so often."""
    if not _LEAVING.isdisjoint(words(tree)):
        return set()
    walk = _Walk(tree, bound)
    walk.block(tree.body)
    return walk.reached


class _Walk:
    def __init__(self, tree: ast.Module, bound: Counter[str]) -> None:
        self.reached: set[ast.AST] = set()
        self._followed: set[ast.FunctionDef] = set()
        self._bound = bound
        self._functions = plain_functions(tree, bound)

    def block(self, statements: Iterable[ast.stmt]) -> None:
        """Follow statements in their order, as far as none of them may jump."""
        for statement in statements:
            self._visit(statement)
            if self._is_run(statement):
                self.block(statement.body)  # type: ignore[attr-defined]  # or it is not run
            if isinstance(statement, ast.Try | ast.TryStar):
                self.block(statement.finalbody)
            if _may_leave(statement):
                return

    def _is_run(self, statement: ast.stmt) -> bool:
        """Whether a statement has a body that is run with it for certain, and catches nothing that is raised there."""
        match statement:
            case ast.If() | ast.While():
                return self._is_true(statement.test)
            case ast.For():
                return self._is_filled(statement.iter)
            case ast.Try() | ast.TryStar():
                return not statement.handlers and not any(map(_may_leave, statement.finalbody))
            case ast.ClassDef():
                return not statement.bases and not statement.keywords  # or its names may be anything
        return False

    def _visit(self, node: ast.AST) -> None:
        self.reached.add(node)
        match node:
            case ast.BoolOp():
                self._visit(node.values[0])
            case ast.Compare():
                self._visit(node.left)
                self._visit(node.comparators[0])
            case ast.arguments():
                self._all([*node.defaults, *filter(None, node.kw_defaults)])
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node)
            case _ if (parts := _EVALUATED.get(type(node))) is not None:
                for part in parts:
                    value = getattr(node, part)
                    self._all(value if isinstance(value, list) else [value])
            case _:
                self._all(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call):
            self._call(node.func)

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node:
                self._visit(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first = node.generators[0]
        self._visit(first.iter)
        if isinstance(node, ast.GeneratorExp) or not self._is_filled(first.iter) or first.is_async:
            return
        if first.ifs:
            self._visit(first.ifs[0])
        elif len(node.generators) == 1:
            self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    def _call(self, called: ast.expr) -> None:
        function = self._functions.get(called.id) if isinstance(called, ast.Name) else None
        if function and function not in self._followed and not _suspends(function):
            self._followed.add(function)
            self.block(function.body)

    def _is_true(self, test: ast.expr) -> bool:
        """Whether a condition always holds; that of a script's last lines does."""
        return (isinstance(test, ast.Constant) and bool(test.value)) or (
            ast.unparse(test).replace('"', "'") == "__name__ == '__main__'" and not self._bound["__name__"]
        )

    def _is_filled(self, sequence: ast.expr) -> bool:
        """Whether a loop over it has a first turn for certain."""
        match sequence:
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]) | ast.Set(elts=[first, *_]):
                return not isinstance(first, ast.Starred)
            case ast.Constant(value=str(text)):
                return text != ""
            case ast.Call(func=ast.Name(id="range"), keywords=[]) if not self._bound["range"]:
                try:
                    bounds = [ast.literal_eval(each) for each in sequence.args]
                    return len(range(*bounds)) > 0
                except (ValueError, TypeError, OverflowError):
                    return False
        return False


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is directly in a node; what is in a function or a class is not run with it."""
    if not isinstance(node, _SCOPES):
        yield from ast.iter_child_nodes(node)


def _may_leave(node: ast.AST) -> bool:
    """Whether a statement may end the block that it stands in: by `return`, `break` or `continue` of a loop outside."""
    if isinstance(node, _LOOPS):
        return any(isinstance(each, ast.Return) for each in _all_within(node))
    if isinstance(node, ast.Return | ast.Break | ast.Continue):
        return True
    return any(map(_may_leave, _within(node)))


def _all_within(node: ast.AST) -> Iterator[ast.AST]:
    for each in _within(node):
        yield each
        yield from _all_within(each)


def _suspends(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, _SUSPENDING) for statement in function.body for node in (statement, *_all_within(statement))
    )
