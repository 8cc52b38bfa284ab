"""A program in the sandbox does what `python program.py` does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import Sandbox

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=512 << 20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One warm process for all programs."""
    with Sandbox() as warm:
        yield warm


PROGRAMS = {
    "name": "print(__name__, __file__[-11:], __doc__, __package__, __spec__)",
    "globals": "x = 1\nprint(sorted(globals()))",
    "main": "import __main__\nx = 5\nprint(__main__.x)",
    "annotations": "x: int = 1\nprint(__annotations__)",
    "arguments": "import sys\nprint(sys.argv)",
    "input": "try:\n    input('? ')\nexcept EOFError as error:\n    print(repr(error))",
    "stdin": "import sys\nprint(repr(sys.stdin.read()), sys.stdin.isatty(), sys.stdin.encoding, sys.stdin.errors)",
    "streams": "import sys\nprint(sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.mode)",
    "more streams": (
        "import sys\n"
        "print(sys.stdout.name, sys.stdout.fileno(), sys.stdout is sys.__stdout__, sys.stdin.mode)"
    ),
    "unicode": "print('é∪\\U0001f600')",
    "surrogate": "print('\\udce9')",
    "lone surrogate": "print(1)\nprint('\\ud800')",
    "latin": "# -*- coding: latin-1 -*-\nprint(len('é'))",
    "thread": (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()\nprint(1)"
    ),
    "daemon": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\nprint(1)",
    "thread fails": (
        "import threading\nthread = threading.Thread(target=lambda: 1 / 0)\n"
        "thread.start(); thread.join()\nprint(1)"
    ),
    "atexit": "import atexit\natexit.register(print, 'first in')\natexit.register(print, 'last in')\nprint('body')",
    "atexit fails": "import atexit\natexit.register(lambda: 1 / 0)\natexit.register(print, 'still')\nprint('body')",
    "atexit after failure": "import atexit\natexit.register(print, 'bye')\n1 / 0",
    "exit": "print(1)\nexit()",
    "exit text": "print(1)\nexit('no')",
    "exit number": "import sys\nsys.exit(7)",
    "exit large": "import sys\nsys.exit(1000)",
    "exit in thread": "import threading, sys\nthreading.Thread(target=sys.exit, args=(3,)).start()\nprint(2)",
    "exception": "print(1)\nraise ValueError('x')",
    "own exception": "class Bad(Exception): pass\nraise Bad(1, 2)",
    "group": "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
    "interrupt": "raise KeyboardInterrupt",
    "generator exit": "raise GeneratorExit",
    "syntax": "print(1)\nprint(",
    "empty": "",
    "comment": "# nothing",
    "nul": "print(1)\0" if sys.version_info >= (3, 11, 4) else "",  # older ones compile a file to its first NUL
    "recursion": "def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nprint(f(900))",
    "depth": "def f(n):\n    try:\n        return f(n + 1)\n    except RecursionError:\n        return n\nprint(f(1))",
    "recursion fails": "def f(): return f()\nf()",
    "del": "class Last:\n    def __del__(self): print('gone')\nlast = Last()\nprint('body')",
    "del in a cycle": "class Last:\n    def __del__(self): print('gone')\na = Last(); a.self = a\nprint('body')",
    "generator at the end": "def g():\n    try: yield 1\n    finally: print('closed')\nh = g(); next(h)",
    "flush fails": "import os\nprint('lost')\nos.close(1)",
    "stdout closed": "import sys\nprint(1)\nsys.stdout.close()",
    "stdout replaced": "import sys, io\nprint(1)\nsys.stdout = io.StringIO()\nprint(2)",
    "stdout none": "import sys\nprint(1)\nsys.stdout = None\nprint(2)",
    "os.write": "import os, sys\nprint('second')\nos.write(1, b'first\\n')",
    "os._exit loses": "import os\nprint('lost')\nos._exit(0)",
    "flushed": "import os\nprint('kept', flush=True)\nos._exit(3)",
    "abort": "import os\nos.abort()",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "hash": "print(hash('x'), {'a', 'b', 'c'}, frozenset('xyz'))",
    "sympy": (
        "from sympy import *\nx, y = symbols('x y')\n"
        "print(solve(x**2 - y, x), factor(x**4 - 1), integrate(exp(x) * x, x))"
    ),
    "sympy dummies": "from sympy import *\nx = symbols('x')\nprint(solve(x**5 - x - 1, x), solveset(sin(x) - 1/2, x))",
    "sympy systems": (
        "from sympy import *\nx, y, z = symbols('x y z')\n"
        "print(solve([x + y + z - 6, x * y - 2, z - 3], [x, y, z]))"
    ),
    "sympy sets": (
        "from sympy import *\nx = symbols('x', real=True)\n"
        "print(solve(x**2 < 4, x), solveset(x**2 >= 1, x, S.Reals))"
    ),
    "numpy": (
        "import numpy as np\n"
        "print(np.arange(6).reshape(2, 3) @ np.eye(3), np.float64(0.1), np.linalg.eigvals([[2, 0], [0, 3]]))"
    ),
    "legacy numpy": "import numpy as np\nnp.random.seed(3)\nprint(np.random.rand(3), np.random.randint(10, size=5))",
    "random": "import random\nrandom.seed(7)\nprint(random.random(), random.sample(range(100), 5))",
    "decimal": "from decimal import *\ngetcontext().prec = 50\nprint(Decimal(2).sqrt())",
    "fractions": "from fractions import Fraction\nprint(Fraction(1, 3) + 2, repr(Fraction(1, 2)))",
    "digits": "print(10 ** 5000)",
    "warning": "import warnings\nwarnings.warn('x')\nprint('\\d')",
    "local module": "import program\nprint(program)",
    "future": "from __future__ import annotations\nprint(1)",
    "no inherited future": "def f(x: undefined): pass",
    "lambda pickles": "import pickle\nclass C: pass\nprint(type(pickle.loads(pickle.dumps(C()))).__name__)",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nprint(P(1))",
    "source": (
        "import inspect\ndef f(): return 1\ntry: print(inspect.getsource(f))\n"
        "except OSError as error: print(error)"
    ),
    "traceback": (
        "import traceback\ntry: 1 / 0\n"
        "except ZeroDivisionError: print(traceback.format_exc(limit=1).splitlines()[-1])"
    ),
    "async": "import asyncio\nasync def f(): return 5\nprint(1)",
    "tempfile": "import os\nprint(os.listdir())",
    "environment": "import os\nprint(os.environ.get('HOME'), os.getenv('USER'))",
    "exit as if interrupted": "import sys\nsys.exit(130)",
    "limits": "import sys\nprint(sys.get_int_max_str_digits(), sys.flags.optimize, sys.maxsize)",
}  # fmt: skip


def plain(program: str, folder: Path) -> tuple[int, str]:
    """Run a program as anybody would. Return wait status and standard output."""
    (folder / "program.py").write_bytes(program.encode("utf-8", "surrogatepass"))
    place = folder / "empty"
    place.mkdir(exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-P", "-B", "../program.py"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=place,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"},
        check=False,
    )
    return ended.returncode, ended.stdout.decode("utf-8", "replace").replace("../program.py", "program.py")


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_print_and_end_as_in_a_plain_interpreter(sandbox: Sandbox, program: str, tmp_path: Path) -> None:
    """Standard output is the same to the byte, and so is the end: exit status or signal."""
    status, stdout = plain(program, tmp_path)
    execution = sandbox.run(program, LIMITS)
    ended = Ending.FINISHED if status == 0 else Ending.SIGNAL if status < 0 else execution.ending
    assert stdout == execution.stdout
    assert ended == execution.ending
    if status > 0:
        assert (Ending.EXCEPTION if status == 1 and "exit" not in execution.detail else Ending.EXIT_STATUS) == ended
    assert {} == execution.unsafe


@PROPERTY
@given(
    numbers=st.lists(st.integers(-(10**30), 10**30) | st.floats() | st.text() | st.booleans() | st.none(), max_size=5)
)
def test_values_print_as_in_this_interpreter(sandbox: Sandbox, numbers: list[object]) -> None:
    """Whatever is printed arrives as it was written."""
    program = f"inf, nan = float('inf'), float('nan')\nprint(*{numbers!r}, sep='|')"
    expected = "|".join(map(str, numbers)) + "\n"
    assert expected.encode("utf-8", "surrogateescape").decode("utf-8", "replace") == sandbox.run(program, LIMITS).stdout


def test_chance_repeats(sandbox: Sandbox) -> None:
    """Unseeded programs print the same each time, or a rerun would change the score."""
    program = (
        "import random, numpy, sympy\nfrom sympy.core.random import random as other\n"
        "print(random.random(), numpy.random.rand(), other(), hash('x'))"
    )
    assert sandbox.run(program, LIMITS).stdout == sandbox.run(program, LIMITS).stdout


@pytest.mark.parametrize(
    ("program", "stdout", "echoed"),
    [
        ("1 + 1", "2\n", True),
        ("x = 3\nx", "3\n", True),
        ("print(1)\n'text'", "1\ntext\n", True),
        ("from sympy import *\nRational(1, 2) + sqrt(2)", "1/2 + sqrt(2)\n", True),
        ("print(1)", "1\n", False),
        ("None", "", False),
        ("x = 1", "", False),
        ("", "", False),
        ("def f():\n    5\nf()", "", False),
        ("x = 1; x; y = 2", "", False),
        ("if True:\n    5", "", False),
    ],
)
def test_echo_prints_a_last_expression(sandbox: Sandbox, program: str, stdout: str, echoed: bool) -> None:  # noqa: FBT001
    """With echo a value that a notebook would show is printed, and said so; a program that prints is left alone."""
    execution = sandbox.run(program, LIMITS, echo=True)
    assert stdout == execution.stdout
    assert echoed == execution.echoed
    assert Ending.FINISHED == execution.ending


def test_without_echo_nothing_is_printed_for_a_program(sandbox: Sandbox) -> None:
    """A last expression prints nothing in a script."""
    execution = sandbox.run("1 + 1", LIMITS)
    assert execution.stdout == ""
    assert execution.echoed is False


def test_an_error_in_an_echoed_program_is_its_own(sandbox: Sandbox) -> None:
    """A program that fails with echo fails as it does without."""
    for program, ending in (
        ("x = (", "SyntaxError: '(' was never closed"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
    ):
        execution = sandbox.run(program, LIMITS, echo=True)
        assert Ending.EXCEPTION == execution.ending
        assert ending == execution.detail


READING = [
    ("open('/etc/passwd')", "open /etc/passwd"),
    ("import os\nos.listdir('/')", "open /"),
    ("import os\nos.open('/proc/self/maps', os.O_RDONLY)", "open /proc/self/maps"),
    ("open('../../etc/hostname')", "open /etc/hostname"),
    ("import pathlib\npathlib.Path('/root/secret').read_text()", "open /root/secret"),
]


@pytest.mark.parametrize(("program", "operation"), READING)
def test_reading_outside_is_refused_and_named(sandbox: Sandbox, program: str, operation: str) -> None:
    """The first file that a program has no business with is named, and the error is the same under every layer."""
    execution = sandbox.run(program, LIMITS)
    path = operation.removeprefix("open ")
    assert {"read"} == execution.unsafe.keys()
    assert execution.unsafe["read"].endswith(path)
    assert Ending.FORBIDDEN == execution.ending
    caught = sandbox.run(f"try:\n    exec({program!r})\nexcept PermissionError:\n    print('refused')", LIMITS)
    assert "refused\n" == caught.stdout
    assert {"read"} == caught.unsafe.keys()
    assert Ending.FINISHED == caught.ending


def test_what_is_not_there_is_not_forbidden(sandbox: Sandbox) -> None:
    """A program that looks for a file beside itself learns that there is none."""
    execution = sandbox.run("open('data.txt')", LIMITS)
    assert Ending.EXCEPTION == execution.ending
    assert {} == execution.unsafe
