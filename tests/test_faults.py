"""Names that mean nothing, found in a program's text: where they are, what is valid there, what is no fault."""

import ast
import importlib
from collections.abc import Iterator

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.execution import Ending
from pytest_mathbench.inspection.fault import Fault
from pytest_mathbench.inspection.faults import MOST_ALLOWED, faults
from pytest_mathbench.pipeline import limits
from pytest_mathbench.sandbox import Sandbox


@pytest.fixture(scope="module", autouse=True)
def _libraries() -> None:
    """Import what the sandbox's warm process has imported."""
    for name in ("sympy", "numpy", "scipy.optimize"):
        importlib.import_module(name)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox."""
    with Sandbox(["math"]) as warm:
        yield warm


def the_fault(source: str) -> Fault:
    """Return the only fault, which is certain."""
    (found,) = faults(source)
    assert found.certain
    return found


def at(source: str, fault: Fault) -> str:
    """Return the text that begins at a fault's place."""
    return source.split("\n")[fault.line - 1][fault.column - 1 :]


@pytest.mark.parametrize(
    ("source", "message", "place", "nearest"),
    [
        ("length = 3\nprint(lenght)", "NameError: name 'lenght' is not defined", "lenght)", "length"),
        ("x = y + 1", "NameError: name 'y' is not defined", "y + 1", "x"),
        ("print(x)\nx = 1", "NameError: name 'x' is not defined", "x)", "max"),
        ("x = 1\ndel x\nprint(x)", "NameError: name 'x' is not defined", "x)", "max"),
        ("from math import *\nprint(sqr(2))", "NameError: name 'sqr' is not defined", "sqr(", "sqrt"),
        ("[su for su in range(3)]\nprint(su)", "NameError: name 'su' is not defined", "su)", "sum"),
        ("import math\nprint(math.sqr(2))", "AttributeError: module 'math' has no attribute 'sqr'", "sqr(", "sqrt"),
        ("import sympy as s\ns.mod(3, 2)", "AttributeError: module 'sympy' has no attribute 'mod'", "mod(", "Mod"),
        (
            "import fractions\nfractions.Fraction.limit",
            "AttributeError: type object 'Fraction' has no attribute 'limit'",
            "limit",
            "limit_denominator",
        ),
        ("[1].add(2)", "AttributeError: 'list' object has no attribute 'add'", "add(", "append"),
        ("a = ['é']; a.apend(2)", "AttributeError: 'list' object has no attribute 'apend'", "apend(", "append"),
        ("str(3).uper()", "AttributeError: 'str' object has no attribute 'uper'", "uper()", "upper"),
        ("from sympy import Symbol, mod", "ImportError: cannot import name 'mod' from 'sympy'", "mod", "Mod"),
        ("import maths", "ModuleNotFoundError: No module named 'maths'", "maths", "math"),
        ("import os, sympi as s", "ModuleNotFoundError: No module named 'sympi'", "sympi", "sympy"),
        ("from sympy.solver import solve", "ModuleNotFoundError: No module named 'sympy.solver'", "solver", "solvers"),
        ("import math.x", "ModuleNotFoundError: No module named 'math.x'", "x", None),
        ("import math\nmath.sqrt(1, 2)", "TypeError: math.sqrt(): too many positional arguments", "2)", None),
        ("def f(a, b=1): return a\nf()", "TypeError: f(): missing a required argument: 'a'", ")", None),
        ("def f(a, *, left): return a\nf(1, lift=2)", "TypeError: f(): missing a required", "lift=", "left"),
    ],
)
def test_a_fault_has_a_place_and_names_that_are_valid_there(
    source: str, message: str, place: str, nearest: str | None
) -> None:
    """The place is that of the name itself; what is allowed begins with the most similar."""
    found = the_fault(source)
    assert found.message.startswith(message)
    assert at(source, found).startswith(place)
    assert found.allowed[:1] == ([nearest] if nearest else [])
    assert len(found.allowed) <= MOST_ALLOWED


def test_what_is_valid_is_what_is_bound_there() -> None:
    """Names of a scope that is closed, and names that are bound later, are not offered."""
    source = "import math\ndef f(inner):\n    late = 1\n    return late\nprint(valeu, f(1))\nvalue = 2"
    assert {*the_fault(source).allowed[:2]} == {"f", "math"}
    assert {"value", "inner", "late"}.isdisjoint(the_fault(source).allowed)
    source = "def f(inner):\n    print(iner)\nf(1)"
    assert the_fault(source).allowed[0] == "inner"


@pytest.mark.parametrize(
    "source",
    [
        "from sympy import *\nx = symbols('x')\nprint(solve(x**2 - 1, x), pi, Rational(1, 2))",
        "from sympy import *\nvar('x y')\nprint(x + y)",
        "from sympy import var as declare\ndeclare('x')\nprint(x)",
        "import sympy\nsympy.var('k')\nprint(k)",
        "exec('x = 1')\nprint(x)",
        "globals()['x'] = 1\nprint(x)",
        "def f():\n    return later()\ndef later(): return 1\nprint(f())",
        "def f():\n    global g\n    g = 1\nf()\nprint(g)",
        "if len('a') == 1:\n    x = 1\nprint(x)",
        "x = [1]\nfor y in x:\n    pass\nprint(y)",
        "class A:\n    n = 3\n    m = n + 1\nprint(A().m, A.n)",
        "print(__name__, __file__, __doc__)",
        "@lambda f: f\ndef g(a): return 1\nprint(g(1))",
        "import functools\n@functools.cache\ndef fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(9))",
        "try:\n    print(nothing)\nexcept NameError:\n    print(1)",
        "import math\nmath.answer = 41\nprint(math.answer)",
        "import numpy as np\nprint(np.linalg.norm([3, 4]), np.testing)",
        "import scipy\nprint(scipy.optimize.brentq(lambda x: x, -1, 1))",
        "import xml\nimport xml.dom.minidom\nprint(xml.dom.minidom.parseString)",
        "import os.path\nprint(os.path.join('a', 'b'))",
        "pow(2, 5, 7)\nfrom math import pow\nprint(pow(2, 5))",
        "print(sum([1, 2]))\ndef sum(a, b): return a + b\nprint(sum(1, 2))",
        "def f(*a, **k): return a, k\nprint(f(), f(1, 2, x=3))",
        "def f(a, /, b, *, c=1): return a\nprint(f(1, 2), f(1, b=2, c=3), f(*[1, 2]), f(1, **{'b': 2}))",
        "import math\nprint(math.log(8), math.log(8, 2), math.gcd(1, 2, 3), math.hypot(1, 2, 3))",
        "import sympy\nprint(sympy.sqrt(4), sympy.sin(0), sympy.symbols('a'), sympy.Symbol('b', positive=True))",
        "print([y := 1, y])",
        "print(*(a for b in [[1]] for a in b))",
        "match [1, 2]:\n    case [a, *b]:\n        print(a, b)",
    ],
)
def test_what_is_bound_in_whatever_way_is_no_fault(source: str) -> None:
    """Not one of these fails, and nothing is found in them, certain or not."""
    assert faults(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return nothing\nprint(1)",
        "if len('ab') == 1: print(nothing)",
        "try:\n    import gmpy9\nexcept ImportError:\n    gmpy9 = None\nprint(gmpy9)",
        "x: 'Undefined' = 1\nprint(x)",
        "for i in []: print(nothing)",
        "while len('a') > 1: nothing",
        "print(1 or nothing)",
        "print(1 if True else nothing)",
        "print(3 < 2 < nothing)",
        "f = lambda: nothing",
        "print([nothing for i in ''])",
        "g = (nothing for i in range(3))",
        "def g():\n    yield nothing\ng()",
        "def f(x):\n    if x: return 1\n    return nothing\nprint(f(1))",
        "for i in range(3):\n    if i == 0: break\n    nothing",
        "import sys\nsys.exit()\nnothing",
        "exit()\nnothing",
        "assert True, nothing",
        "from contextlib import suppress\nwith suppress(NameError):\n    nothing",
        "try:\n    nothing\nexcept Exception:\n    pass",
        "def f():\n    try:\n        nothing\n    finally:\n        return 1\nf()",
        "def f(a): return a\nif len('a') == 2: f()",
        "import math\nif hasattr(math, 'no'): math.no",
    ],
)
def test_what_may_not_be_met_is_not_certain(source: str) -> None:
    """A fault that the program need not come to is told, but not as certain."""
    found = faults(source)
    assert len(found) == 1
    assert not found[0].certain


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return nothing\nprint(f())",
        "if __name__ == '__main__':\n    nothing",
        'def main():\n    print(nothing)\nif __name__ == "__main__":\n    main()',
        "for i in range(1, 10): print(nothing)",
        "while True:\n    nothing\n    break",
        "for c in 'ab':\n    for d in [1, 2]:\n        nothing",
        "print([nothing for i in range(3)])",
        "for i in range(3):\n    if i: break\nnothing",
        "try:\n    nothing\nfinally:\n    print(1)",
        "class A:\n    x = nothing",
        "def f(a=nothing): return 1",
        "@nothing\ndef f(): return 1",
        "x = {'a': [nothing]}",
        "nothing += 1",
    ],
)
def test_what_is_met_whatever_the_values_are_is_certain(source: str) -> None:
    """Functions that are called, loops that have a first turn, a script's last lines."""
    assert the_fault(source).message == "NameError: name 'nothing' is not defined"


@pytest.mark.parametrize("source", ["(" * 3000, "x x", "def f(a, a): pass", "x = '\0'", "return 1"])
def test_what_does_not_compile_has_no_faults_of_names(source: str) -> None:
    """That is the parser's affair, which raises."""
    with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
        faults(source)


_NAMES = st.sampled_from(["a", "b", "f", "sqrt", "math", "sum"])
_EXPRESSIONS = st.recursive(
    st.one_of(_NAMES, st.sampled_from(["1", "[2]", "'s'", "math.pi", "math.no", "a.real", "a.pop", "f(1)", "f()"])),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} or {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} if 1 else {pair[1]})"),
        inner.map(lambda one: f"[{one} for b in range(2)]"),
        inner.map(lambda one: f"[{one} for a in '']"),
        inner.map(lambda one: f"(lambda a: {one})"),
        inner.map(lambda one: f"str({one})"),
    ),
    max_leaves=4,
)
_SIMPLE = st.one_of(
    _EXPRESSIONS,
    st.tuples(_NAMES, _EXPRESSIONS).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    st.sampled_from(["import math", "from math import *", "from math import sqrt", "from math import no", "del a"]),
    st.sampled_from(["import nowhere", "global a", "pass", "exit()", "exec('a = 1')", "math.no = 1"]),
)


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for each in lines for line in each.split("\n"))


_STATEMENTS = st.recursive(
    _SIMPLE,
    lambda inner: st.builds(
        lambda head, body: f"{head}\n{_indented(body)}" + ("\nexcept Exception: pass" if head == "try:" else ""),
        st.sampled_from(
            ["def f(a=1):", "if 0:", "if a:", "for a in [1]:", "for b in '':", "try:", "class b:", "while a:", "if 1:"]
        ),
        st.lists(st.one_of(inner, st.just("break"), st.just("return 1")), min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@PROPERTY
@given(st.lists(_STATEMENTS, min_size=1, max_size=6).map("\n".join))
def test_a_program_that_ends_well_has_no_certain_fault(sandbox: Sandbox, source: str) -> None:
    """What is certain is: whatever else a program does, if it runs to its end there was none."""
    try:
        compile(ast.parse(source), "x", "exec")
    except SyntaxError:
        return
    certain = [fault for fault in faults(source) if fault.certain]
    if certain:
        assert sandbox.run(source, limits(0.5, 256 << 20)).ending != Ending.FINISHED, certain
