"""The light child: who runs in it, and that no outcome depends on it."""

from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import Layers, probe

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0, memory_bytes=512 << 20)
HAS_NUMPY = "import sys\nprint(('num' + 'py') in sys.modules)\n"
"""Whether the full warm process is the parent, without naming the library."""

AT_LAST = "__import__('num' + 'py')\n"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Both warm processes, of which the full one has one library."""
    if not probe().seccomp:
        pytest.skip("programs that are not confined have no light child")
    with Sandbox(preload=("numpy", "math")) as warm:
        yield warm


def test_a_program_that_names_no_library_finds_none(sandbox: Sandbox) -> None:
    """It is forked from the light process."""
    assert "False\n" == sandbox.run(HAS_NUMPY, LIMITS).stdout


@pytest.mark.parametrize("name", ["import numpy", "from numpy import *", "# numpy", "x = 'numpy'"])
def test_a_program_that_names_a_library_finds_it_imported(sandbox: Sandbox, name: str) -> None:
    """It is forked from the full process, in whatever way it names it."""
    assert "True\n" == sandbox.run(f"{HAS_NUMPY}{name}\n", LIMITS).stdout


def test_a_library_that_is_not_named_is_found_imported_all_the_same(sandbox: Sandbox) -> None:
    """The program is run anew where the library is, and nothing of the first attempt is in what it printed."""
    execution = sandbox.run(f"{HAS_NUMPY}import math\nprint(math.pi)\n{AT_LAST}print('done')\n", LIMITS)
    assert execution.stdout == "True\n3.141592653589793\ndone\n"
    assert Ending.FINISHED == execution.ending


def test_what_was_tried_before_the_library_is_told(sandbox: Sandbox) -> None:
    """A program that behaves where it is run anew has tried it all the same."""
    program = (
        "import sys\nif ('num' + 'py') not in sys.modules:\n    try: open('/etc/passwd')\n    except OSError: pass\n"
    )
    assert {"read": "open /etc/passwd"} == sandbox.run(program + AT_LAST, LIMITS).unsafe


def test_time_before_the_library_does_not_count(sandbox: Sandbox) -> None:
    """What the first attempt used is not the program's."""
    busy = "import time\nwhile time.process_time() < {}: pass\n"
    program = f"{HAS_NUMPY}{busy.format(0.6)}{AT_LAST}"
    assert Ending.FINISHED == sandbox.run(program, replace(LIMITS, cpu_seconds=1.0)).ending


def test_a_limit_that_is_met_before_the_library_counts(sandbox: Sandbox) -> None:
    """Who says that it needs a library, and then goes over a limit, has gone over it."""
    program = "import os\nos.write(3, b'{\"elsewhere\": true}\\n')\nwhile True: pass\n"
    execution = sandbox.run(program, replace(LIMITS, cpu_seconds=0.5))
    assert Ending.CPU_TIME == execution.ending


def test_a_forged_need_of_a_library_changes_no_outcome(sandbox: Sandbox) -> None:
    """It is run anew, with the same end."""
    execution = sandbox.run(f"import os\nos.write(3, b'\\n{{\"elsewhere\": true}}\\n')\n{HAS_NUMPY}", LIMITS)
    assert execution.stdout == "True\n"


def test_without_the_report_pipe_a_library_is_imported_where_the_program_is(sandbox: Sandbox) -> None:
    """That costs the program the import, and works."""
    program = f"import os\nos.close(3)\n{AT_LAST}import sys\nprint(sys.modules['num' + 'py'].arange(4).sum())\n"
    assert "6\n" == sandbox.run(program, LIMITS).stdout


def test_a_program_that_is_asked_imports_where_it_is(sandbox: Sandbox) -> None:
    """It has answered already, and cannot begin anew."""
    program = "import sys\nfor line in sys.stdin: print(__import__(line.strip()).__name__, flush=True)\n"
    assert ["math\n", "numpy\n"] == [sandbox.ask(program, name, LIMITS) for name in ("math", "numpy")]


@pytest.mark.parametrize(
    ("preload", "layers"), [(("math", "pytest_mathbench.nothing"), probe()), (("numpy",), Layers())], ids=str
)
def test_one_process_does_where_two_are_no_good(preload: tuple[str, ...], layers: Layers) -> None:
    """Where no library is preloaded, or a program has effects and must not be run twice."""
    sandbox = Sandbox(preload, layers=layers)
    assert sandbox.light is sandbox.full


def test_both_are_started_at_once_and_awaited_by_who_needs_them() -> None:
    """A program of the light process does not wait for the libraries; closing before these are there leaves nothing."""
    if not probe().seccomp:
        pytest.skip("programs that are not confined have no light child")
    sandbox = Sandbox(preload=("numpy", "no_such_library"))
    before = {*psutil.Process().children(recursive=True)}
    try:
        sandbox.start()
        assert "False\n" == sandbox.run(HAS_NUMPY, LIMITS).stdout
        assert sandbox.light.pid > 0
        assert sandbox.full.pid == 0
        started = set(psutil.Process().children(recursive=True)) - before
    finally:
        sandbox.close()
    _, alive = psutil.wait_procs(started, 20)
    assert [] == alive


def test_starting_is_no_waiting() -> None:
    """`start` returns long before the libraries are imported, and may be called again."""
    with Sandbox() as sandbox:
        sandbox.start()
        sandbox.start()
        assert (sandbox.light.pid, sandbox.full.pid) == (0, 0)
