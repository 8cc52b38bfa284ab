"""What programs find in place of what needs files or processes."""

import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY
from hypothesis import given
from hypothesis import strategies as st

from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import probe
from pytest_mathbench.sandbox.substitutes import ThreadSemaphore

LIMITS = Limits(cpu_seconds=20.0, wall_seconds=120.0, memory_bytes=1 << 30)
MUTEX, SEMAPHORE = 0, 1


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One warm process for all programs."""
    with Sandbox(preload=()) as warm:
        yield warm


def semaphore(kind: int = SEMAPHORE, value: int = 1, most: int = 1) -> ThreadSemaphore:
    """Make one as multiprocessing does."""
    return ThreadSemaphore(kind, value, most, "/name", True)


def test_a_semaphore_is_taken_as_often_as_it_has() -> None:
    """Then no more, without waiting."""
    found = semaphore(value=2, most=2)
    assert [True, True, False] == [found.acquire(False) for _ in range(3)]


def test_a_semaphore_that_is_taken_is_waited_for_so_long() -> None:
    """A time-out is a time-out."""
    found = semaphore(value=0)
    start = time.monotonic()
    assert not found.acquire(True, 0.05)
    assert time.monotonic() - start >= 0.05


def test_a_semaphore_is_not_given_back_too_often() -> None:
    """Beyond its most it says so, as multiprocessing's own does."""
    with pytest.raises(ValueError, match="semaphore or lock released too many times"):
        semaphore().release()


def test_a_mutex_is_taken_again_by_who_has_it() -> None:
    """And is free when it was given back as often."""
    found = semaphore(MUTEX)
    with found, found:
        assert 2 == found._count()
    assert not found._is_zero()


def test_a_mutex_is_given_back_by_who_has_it_only() -> None:
    """Another thread cannot."""
    found = semaphore(MUTEX)
    found.acquire()
    with ThreadPoolExecutor(1) as pool, pytest.raises(AssertionError, match="not owned by thread"):
        pool.submit(found.release).result()


def test_a_mutex_keeps_others_out() -> None:
    """As long as it is held."""
    found = semaphore(MUTEX)
    with found, ThreadPoolExecutor(1) as pool:
        assert not pool.submit(found.acquire, False).result()


def test_who_waits_is_woken() -> None:
    """Given back, it is another's."""
    found, taken = semaphore(value=0), threading.Event()

    def wait() -> None:
        found.acquire()
        taken.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    found.release()
    waiter.join()
    assert taken.is_set()


@PROPERTY
@given(
    kind=st.sampled_from([MUTEX, SEMAPHORE]),
    value=st.integers(0, 3),
    deeds=st.lists(st.sampled_from(["acquire", "release"]), max_size=20),
)
@pytest.mark.skipif(sys.platform != "linux", reason="compares with the system's semaphores")
def test_it_does_as_the_systems_own_does(kind: int, value: int, deeds: list[str]) -> None:
    """Whatever one thread does with it, it returns and raises the same."""
    multiprocessing = pytest.importorskip("_multiprocessing")
    value, most = (1, 1) if kind == MUTEX else (value, 3)
    names = iter(range(1 << 30))

    def said(make: Any) -> list[object]:
        found = make(kind, value, most, f"/mathbench-{time.monotonic_ns()}-{next(names)}", True)
        answers: list[object] = []
        for deed in deeds:
            try:
                answers.append(found.acquire(False) if deed == "acquire" else found.release())
            except (AssertionError, ValueError) as error:
                answers.append(str(error))
            answers += [found._count(), found._is_mine(), found._is_zero(), found._get_value()]
        return answers

    assert said(multiprocessing.SemLock) == said(ThreadSemaphore)


POOLS = {
    "a pool of threads": (
        "from multiprocessing.pool import ThreadPool\nwith ThreadPool(4) as pool: print(*pool.map(abs, [-1, 2]))"
    ),
    "a pool that is a dummy": "from multiprocessing.dummy import Pool\nprint(*Pool(2).map(abs, [-1, 2]))",
    "an executor": "from concurrent.futures import ThreadPoolExecutor as E\nprint(*E().map(abs, [-1, 2]))",
    "a queue": "from multiprocessing import Queue\nq = Queue()\nq.put(1); q.put(2)\nprint(q.get(), q.get())",
    "a simple queue": (
        "from multiprocessing import SimpleQueue\nq = SimpleQueue()\nq.put(1); q.put(2)\nprint(q.get(), q.get())"
    ),
    "a lock": "from multiprocessing import Lock, RLock\nlock = RLock()\nwith Lock(), lock, lock: print(1, 2)",
    "an event": "from multiprocessing import Event\ne = Event(); e.set()\nprint(1, 2 * e.wait(9))",
    "a condition": "from multiprocessing import Condition\nc = Condition()\nwith c: c.notify_all()\nprint(1, 2)",
    "a thousand and more threads": (
        "import threading\n"
        "for _ in range(1500):\n    t = threading.Thread(target=int); t.start(); t.join()\nprint(1, 2)"
    ),
}


@pytest.mark.parametrize("program", POOLS.values(), ids=POOLS)
def test_threads_are_pooled_and_locked(sandbox: Sandbox, program: str) -> None:
    """What threads take works, and is no deed: no file, no process."""
    execution = sandbox.run(program, LIMITS)
    assert execution.stdout == "1 2\n"
    assert {} == execution.unsafe


@pytest.mark.parametrize(
    "program",
    [
        "import multiprocessing\nmultiprocessing.Pool(2).map(abs, [1])",
        "import multiprocessing\nmultiprocessing.Process(target=int).start()",
        "from concurrent.futures import ProcessPoolExecutor as E\nprint(*E(2).map(abs, [1]))",
    ],
)
def test_a_pool_of_processes_is_refused_as_that(sandbox: Sandbox, program: str) -> None:
    """What fails is the process, and not a semaphore before it."""
    execution = sandbox.run(program, LIMITS)
    assert Ending.FORBIDDEN == execution.ending
    assert {"process"} == execution.unsafe.keys()


DRAWING = """
import matplotlib.pyplot as plt
import numpy as np
x = np.linspace(0, 1, 50)
figure, axes = plt.subplots()
axes.plot(x, x**2, label="$x^2$")
axes.legend()
axes.set_title("a parabola")
figure.canvas.draw()
plt.show()
print(plt.get_backend().lower(), len(axes.lines))
"""


@pytest.fixture(scope="module")
def drawn() -> Execution:
    """Draw with matplotlib, if there is one."""
    pytest.importorskip("matplotlib")
    with Sandbox() as warm:
        return warm.run(DRAWING, LIMITS)


def test_matplotlib_draws_nowhere(drawn: Execution) -> None:
    """It is imported without a folder of its own, and draws into memory."""
    assert "agg 1\n" == drawn.stdout, drawn.stderr


def test_matplotlib_is_no_deed(drawn: Execution) -> None:
    """A program that imports it has tried nothing that is forbidden."""
    assert {} == drawn.unsafe


def test_matplotlib_leaves_the_program_as_it_was() -> None:
    """What stands in while it is imported is gone afterwards: environment, files and logging are as ever."""
    pytest.importorskip("matplotlib")
    program = """
import logging, os, pathlib, subprocess
before = os.access, os.walk, pathlib.Path.mkdir, subprocess.check_output, logging.root.manager.disable, dict(os.environ)
import matplotlib.pyplot, matplotlib.font_manager
after = os.access, os.walk, pathlib.Path.mkdir, subprocess.check_output, logging.root.manager.disable, dict(os.environ)
print(before == after, type(matplotlib.__loader__).__name__, type(matplotlib.__spec__.loader).__name__)
"""
    with Sandbox() as warm:
        shown = warm.run(program, LIMITS).stdout
    assert "True SourceFileLoader SourceFileLoader\n" == shown


def test_matplotlib_may_be_preloaded() -> None:
    """Then programs find it imported."""
    pytest.importorskip("matplotlib")
    program = (
        "import sys\nprint('matplotlib.pyplot' in sys.modules)\nimport matplotlib.pyplot as p\np.plot([1])\np.show()"
    )
    with Sandbox(preload=("matplotlib.pyplot",)) as warm:
        assert "True\n" == warm.run(program, LIMITS).stdout


STAND_IN = {
    "matplotlib/__init__.py": """
import os, pathlib
def get_configdir():
    folder = pathlib.Path(os.environ["MPLCONFIGDIR"])
    folder.mkdir(parents=True, exist_ok=True)
    assert os.access(folder, os.W_OK)
    return str(folder)
get_cachedir = get_configdir
def get_data_path(): return "/nowhere"
backend = os.environ["MPLBACKEND"]
""",
    "matplotlib/cbook.py": "def _lock_path(path): open(path, 'x')",
    "matplotlib/font_manager.py": """
import os, subprocess
from matplotlib import cbook
for attempt in (lambda: subprocess.check_output(["fc-list"]), lambda: cbook._lock_path("/x")):
    try:
        attempt()
    except OSError as error:
        print(type(error).__name__)
print(list(os.walk("/usr/share/fonts")))
""",
}


@pytest.mark.skipif(probe().bubblewrap == "" and not probe().landlock, reason="nothing confines programs here")
def test_what_matplotlib_asks_for_is_answered_without_a_deed(sandbox: Sandbox) -> None:
    """A module of that name may make folders, ask other programs for fonts and lock its list: nothing of it happens."""
    program = f"""
import importlib.machinery, importlib.util, sys, types
files = {STAND_IN!r}

class Loader:
    def create_module(self, spec): return None
    def exec_module(self, module):
        name = module.__name__.replace(".", "/")
        exec(files.get(name + ".py") or files[name + "/__init__.py"], module.__dict__)

class Finder(importlib.machinery.PathFinder):
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] == "matplotlib":
            return importlib.util.spec_from_loader(name, Loader(), is_package=name == "matplotlib")

substitute = next(finder for finder in sys.meta_path if finder.__name__ == "_Drawing")
substitute.find_spec.__globals__["PathFinder"] = Finder
sys.meta_path.append(Finder)
import matplotlib, matplotlib.font_manager
print(matplotlib.backend)
"""
    execution = sandbox.run(program, LIMITS)
    assert "FileNotFoundError\nFileNotFoundError\n[]\nAgg\n" == execution.stdout, execution.stderr
    assert {} == execution.unsafe


def test_a_long_integer_fails_as_python_lets_it(sandbox: Sandbox) -> None:
    """More than 4,300 digits are no text, as in any interpreter; the execution names why."""
    execution = sandbox.run("x = 10 ** 4300\nprint(len(str(x // 10)))\nprint(x)", LIMITS)
    assert Ending.EXCEPTION == execution.ending
    assert execution.stdout == "4300\n"
    assert execution.detail.startswith("ValueError: Exceeds the limit (4300 digits) for integer string conversion")


def test_an_integer_of_any_length_is_printed_where_the_program_asks_for_it(sandbox: Sandbox) -> None:
    """The limit is the interpreter's, and may be lifted as there."""
    execution = sandbox.run("import sys\nsys.set_int_max_str_digits(0)\nprint(len(str(10 ** 5000)))", LIMITS)
    assert "5001\n" == execution.stdout


def test_nothing_of_this_is_there_where_nothing_is_confined(tmp_path: Path) -> None:
    """Without confinement a program has the system's own semaphores."""
    from pytest_mathbench.sandbox.layers import Layers  # for this one

    program = "import _multiprocessing\nprint(_multiprocessing.SemLock.__module__)"
    with Sandbox(preload=(), layers=Layers()) as warm:
        assert "_multiprocessing\n" == warm.run(program, LIMITS).stdout
