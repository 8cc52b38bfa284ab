"""Which names a block binds and lacks is told from its tokens."""

import ast
import builtins
import json

import pytest
from factories import PROPERTY, shared_data
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.extraction.names import names_of, needed


@pytest.mark.parametrize(
    ("program", "bound", "lacking"),
    [
        ("def f(n):\n    return n * n", "f", ""),
        ("def f(n, *a, k=d, **kw) -> t:\n    return n + a + k + kw + g", "f", "d t g"),
        ("async def f(x):\n    await x", "f", ""),
        ("def f():\n    x = 1\n    return x\nprint(x)", "f", "x"),
        ("def f():\n    return later\nlater = 1", "f later", ""),
        ("class A(B):\n    x = 1\n\n    def m(self):\n        return self.x, C", "A", "B C"),
        ("print(f(6))", "", "f"),
        ("import math, numpy as np\nimport os.path", "math np os", ""),
        ("from sympy import (a,\n    b as c)", "a c", ""),
        ("x = 1", "x", ""),
        ("x: int = 1", "x", ""),
        ("x = y = z", "x y", "z"),
        ("a, (b, c) = f()", "a b c", "f"),
        ("[a, b] = 1, 2", "a b", ""),
        ("a, *b = c", "a b", "c"),
        ("x = x + 1", "x", "x"),
        ("x += 1", "x", "x"),
        ("x = 1\nx += 1", "x", ""),
        ("x[i] = 1", "", "x i"),
        ("x.y = 1", "", "x"),
        ("f(a, key=b)", "", "f a b"),
        ("x == 1", "", "x"),
        ("x.real + y().imag", "", "x y"),
        ("for i, j in z:\n    s = i", "i j s", "z"),
        ("[i * j for i, (j, k) in z if i]", "i j k", "z"),
        ("sum(i for i in z)", "i", "z"),
        ("{k: v for k, v in z.items()}", "k v", "z"),
        ("with open('f') as g, h: print(g)", "g", "h"),
        ("try:\n    pass\nexcept E as e:\n    print(e)", "e", "E"),
        ("if (n := f()) > 1: print(n)", "n", "f"),
        ("if x: y = 1\nelse: y = 2", "y", "x"),
        ("f = lambda a, b=c: a + b + d", "f", "c d"),
        ("print(f'{total:.2f} {x!r} {d[\"k\"]} {{no}}')", "", "total x d"),
        ("print('total', \"x\", '''y\nz''')  # w", "", ""),
        ("print(*args, **kw)", "", "args kw"),
        ("x = [\n    a,\n    b]", "x", "a b"),
        ("x = a \\\n    + b", "x", "a b"),
        ("x = 1; print(x); y = z", "x y", "z"),
        ("print(True, None, len, __name__)", "", ""),
        ("@cache\ndef f(): pass", "f", "cache"),
        ("global x", "", "x"),
        ("été = 1\nprint(été, naïf)", "été", "naïf"),
        ("1e5, 0x1f, 3j, 1_000", "", ""),
        ("r'a' + b'c' + rb'd' + u'e'", "", ""),
        ("", "", ""),
        ("((((", "", ""),
        (")]}", "", ""),
        ("'''never closed\nx", "", ""),
    ],
)
def test_names_are_bound_and_lacking(program: str, bound: str, lacking: str) -> None:
    """What Python would find at the top of a module, and what it would raise a `NameError` for."""
    found = names_of(program)
    assert set(bound.split()) == found.bound
    assert set(lacking.split()) == found.lacking


@pytest.mark.parametrize(
    ("programs", "expected"),
    [
        (["def f(): pass", "f()"], [0, 1]),
        (["def f(): pass", "x = 1", "f()"], [0, 2]),
        (["import a", "def f(): return a", "f()"], [0, 1, 2]),
        (["def f(): pass", "def f(): pass", "f()"], [1, 2]),
        (["x = 1", "x = 2\nprint(x)"], [1]),
        (["x = 1", "print(2)"], [1]),
        (["from a import *", "from b import *", "print(c)"], [1, 2]),
        (["from a import *", "c = 1", "print(c)"], [1, 2]),
        (["from a import *\nx = 1", "print(c, x)"], [0, 1]),
        (["f()", "def f(): pass"], [1]),
        (["print(a)"], [0]),
    ],
)
def test_what_a_block_lacks_comes_from_the_nearest(programs: list[str], expected: list[int]) -> None:
    """And what that lacks, from before it."""
    assert expected == needed(programs, len(programs) - 1)


FRAGMENTS = [
    *(
        "def ",
        "f",
        "(",
        ")",
        ":",
        "=",
        "\n",
        "    ",
        "x",
        ",",
        "'",
        "'''",
        "#",
        "for ",
        " in ",
        "import ",
        "from ",
        "*",
    ),
    *("[", "]", "{", "}", ".", ";", "\\\n", "lambda ", "as ", "f'{", "+=", "é", "1"),
]


@PROPERTY
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=2), max_size=30).map("".join))
def test_any_text_has_names_or_none(text: str) -> None:
    """Whatever it is: a block need not be Python."""
    found = names_of(text)
    assert all(name.isidentifier() for name in found.bound | found.lacking)


def test_real_programs_lack_what_python_says(recwarn: pytest.WarningsRecorder) -> None:
    """A module's names, as the compiler tells them: what it loads and never binds, in a thousand programs."""
    rows = [json.loads(line) for line in shared_data("programs-dev.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong = []
    for code in (row["code"] for row in rows):
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            continue
        nodes = list(ast.walk(tree))
        named = [node for node in nodes if isinstance(node, ast.Name)]
        loaded = {node.id for node in named if isinstance(node.ctx, ast.Load)}
        stored = {node.id for node in named if not isinstance(node.ctx, ast.Load)}
        stored |= {node.arg for node in nodes if isinstance(node, ast.arg)}
        stored |= {
            node.name or "" for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler)
        }
        imported = [each for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for each in node.names]
        stored |= {(each.asname or each.name).partition(".")[0] for each in imported}
        never_bound = loaded - stored - set(dir(builtins))
        if not never_bound <= names_of(code).lacking:
            wrong.append(code)
    assert [] == wrong
