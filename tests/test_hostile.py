"""Hostile programs: each tries what a program must not do, by every layer and with each layer missing in turn."""

import importlib.metadata
import os
import platform
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from hostile import (
    channels,
    clocks,
    descriptors,
    network,
    outputs,
    processes,
    readers,
    reads,
    reporter,
    shared,
    signals,
    sources,
    space,
    system,
    writes,
)
from hostile import scratch as scratch_folder
from hostile.arena import PROJECT, Arena, World
from hostile.program import BUNDLED, FAMILIES, LIMITS, Hostile

from pytest_mathbench.execution import Execution
from pytest_mathbench.sandbox.layers import Layers, probe

VARIANTS: dict[str, dict[str, Any]] = {  # the layers that are missing; of the second, the warm process is another
    "full": {},
    "full process": {},
    "without bubblewrap": {"bubblewrap": ""},
    "without Landlock": {"landlock": 0},
    "not announced": {"announced": False},
}

if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
    pytest.skip("programs cannot be confined here", allow_module_level=True)

NOBODY = 65534


PROGRAMS = [
    hostile
    for kind in (
        network,
        processes,
        signals,
        writes,
        reads,
        readers,
        descriptors,
        shared,
        channels,
        system,
        clocks,
        space,
        outputs,
        reporter,
        sources,
    )
    for hostile in kind.PROGRAMS
]


def by_id(hostile: Hostile) -> str:
    """Name a case."""
    return hostile.id


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make files with secrets, listeners, and a process that must live."""
    mark = f"mathbench-hostile-{secrets.token_hex(8)}"
    sesame = [f"sesame-{secrets.token_hex(16)}" for _ in range(3)]
    folder, watched = tmp_path_factory.mktemp("secret"), tmp_path_factory.mktemp("watched")
    for name in ("secret", "secret.py", "secret_module.py"):
        (folder / name).write_text(f"print({sesame[0]!r})\n")
    (watched / "precious").write_text("precious\n")
    watched.chmod(0o777)
    problems = PROJECT / "problems" / "algebra.jsonl"
    metadata = [_metadata("mpmath"), _metadata("pytest")]  # of no library that is preloaded
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("MATHBENCH_HOSTILE_SECRET", sesame[1])
        at_home = Path.home() / f".{mark}"
        at_home.write_text(sesame[2])
        stack.callback(at_home.unlink)
        sleep = [shutil.which("sleep") or "sleep", "3600"]
        victim = stack.enter_context(subprocess.Popen(sleep, start_new_session=True))
        stack.callback(victim.kill)
        listeners = {
            name: stack.enter_context(socket.socket(family, kind))
            for name, family, kind in (
                ("TCP", socket.AF_INET, socket.SOCK_STREAM),
                ("UDP", socket.AF_INET, socket.SOCK_DGRAM),
                ("UNIX", socket.AF_UNIX, socket.SOCK_STREAM),
                ("UNIX_DATAGRAM", socket.AF_UNIX, socket.SOCK_DGRAM),
                ("ABSTRACT", socket.AF_UNIX, socket.SOCK_STREAM),
            )
        }
        for name, listener in listeners.items():
            paths = {"ABSTRACT": f"\0{mark}", "UNIX": str(folder / "s"), "UNIX_DATAGRAM": str(folder / "d")}
            listener.bind(paths.get(name, ("127.0.0.1", 0)))
            if listener.type == socket.SOCK_STREAM:
                listener.listen()
        yield World(
            mark=mark,
            names={
                "MARK": mark,
                "SECRET_FILE": str(folder / "secret"),
                "HOME": str(Path.home()),
                "HOME_SECRET": str(at_home),
                "WATCHED": str(watched),
                "PRECIOUS": str(watched / "precious"),
                "PROBLEMS": str(problems),
                "TESTS": __file__,
                "HIDDEN_FOLDER": str(metadata[0].parent),
                "HIDDEN_FILE": str(metadata[1]),
                "SITE": str(metadata[0].parent.parent),
                "BUNDLED": BUNDLED,
                "FAMILIES": FAMILIES,
                "PYTEST": os.getpid(),
                "VICTIM": victim.pid,
                "TCP": listeners["TCP"].getsockname()[1],
                "UDP": listeners["UDP"].getsockname()[1],
                "UNIX": str(folder / "s"),
                "UNIX_DATAGRAM": str(folder / "d"),
                "ABSTRACT": mark,
            },
            secrets=(*sesame, problems.read_text()[:50], "Metadata-Version", "root:x:", "Hostile programs: each"),
            listeners=tuple(listeners.values()),
            victim=psutil.Process(victim.pid),
        )


def _metadata(name: str) -> Path:
    """Return an installed file that stands for the reference answers: inside what may be read, but hidden."""
    files = importlib.metadata.files(name) or ()
    return Path(str(next(file for file in files if file.name == "METADATA").locate())).resolve()


@pytest.fixture(scope="module", params=VARIANTS)
def arena(request: pytest.FixtureRequest, world: World) -> Iterator[Arena]:
    """Make a sandbox that lacks one layer or none; nothing of it is left at the end."""
    there, changes = probe(), VARIANTS[request.param]
    layers = replace(there, **changes)
    if lacking := [name for name in changes if not getattr(there, name)]:
        pytest.skip(f"this machine has no {lacking[0]} anyway: {there}")
    if not layers.sufficient:
        pytest.skip(f"too little to confine programs with: {layers}")
    hidden = (Path(world.names["HIDDEN_FOLDER"]), Path(world.names["HIDDEN_FILE"]))
    with closing(Arena(world, layers, light=request.param != "full process", hidden=hidden)) as arena:
        arena.start("x = 'an earlier program'")
        for process in arena.warm:
            assert process.folder
            (process.folder / "link").symlink_to(world.names["SECRET_FILE"])
        yield arena


@pytest.fixture(scope="module")
def scratch(world: World) -> Iterator[Arena]:
    """Make a sandbox whose programs have a folder to write in."""
    layers = probe()
    if not (layers.landlock and layers.bubblewrap and layers.sufficient):
        pytest.skip(f"too little to give programs a folder with: {layers}")
    with closing(Arena(world, layers, light=True, scratch_bytes=1 << 20)) as arena:
        arena.start("open('left', 'w').write('behind')")
        yield arena


@pytest.mark.parametrize("hostile", [each for each in PROGRAMS if not each.slow], ids=by_id)
def test_nothing_comes_of_it(arena: Arena, hostile: Hostile) -> None:
    """A hostile program ends as it should, is reported, learns no secret, changes nothing, and the next one runs."""
    check(arena, hostile)


@pytest.mark.parametrize("arena", ["full"], indirect=True)
@pytest.mark.parametrize("hostile", [each for each in PROGRAMS if each.slow], ids=by_id)
def test_nothing_comes_of_a_long_one(arena: Arena, hostile: Hostile) -> None:
    """Nor does anything come of one that goes to its limits; this has nothing to do with the layers."""
    check(arena, hostile)


@pytest.mark.parametrize("hostile", [pytest.param(hostile, id=hostile.id) for hostile in scratch_folder.PROGRAMS])
def test_nothing_comes_of_a_folder_to_write_in(scratch: Arena, hostile: Hostile) -> None:
    """A program with a folder of its own has that folder, and nothing more."""
    check(scratch, hostile)


def test_devices_are_not_touched(scratch: Arena) -> None:
    """Programs may read the machine's devices, and that is all."""
    check(scratch, scratch_folder.DEVICES)


@pytest.mark.parametrize("arena", ["full"], indirect=True)
def test_refusals_without_end_are_answered_without_us(arena: Arena) -> None:
    """After a thousand answers the host listens no more, and the kernel refuses alone: the program pays, not we."""
    program = (
        "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\nseen = []\nfor _ in range(3000):\n"
        "    assert libc.socket(2, 1, 0) == -1\n    seen.append(errno.errorcode[ctypes.get_errno()])\n"
        "print(seen.count('EPERM'), seen.count('ENOSYS'))"
    )
    execution = arena.sandbox.run(program, LIMITS)
    assert execution.stdout == "1000 2000\n"
    assert {"network": "socket"} == execution.unsafe


def check(arena: Arena, hostile: Hostile, *, echo: bool = False) -> None:
    """Run a program and compare all that can be seen of it with what is to be."""
    before = arena.state()
    execution = arena.sandbox.run(arena.text(hostile), hostile.limits, echo=echo)
    assert execution.ending in hostile.may_end(arena.layers), execution
    assert [] == _said(arena, execution), execution
    assert hostile.stdout in (None, execution.stdout), execution
    assert hostile.detail in (None, execution.detail), execution
    assert execution == Execution.from_json(execution.to_json())
    assert set() == _misreported(arena.layers, hostile, execution), execution
    assert before | arena.at_rest == arena.state()
    assert "42\n" == arena.sandbox.run("print(6 * 7)", LIMITS).stdout


def _said(arena: Arena, execution: Execution) -> list[str]:
    """Return what a program should not have been able to say."""
    said = "\n".join((execution.stdout, execution.stderr, execution.detail, *execution.unsafe.values()))
    clean = re.fullmatch(r"[^\x00-\x08\x0b-\x1f\x7f]*", "".join((execution.detail, *execution.unsafe.values())))
    told = ("BREACH",) if arena.layers.bubblewrap else ("BREACH", "ABSENT")
    return [
        *(text for text in told if text in execution.stdout),
        *(text for text in arena.world.secrets if text in said),
        *([] if clean else ["control characters"]),
    ]


def _misreported(layers: Layers, hostile: Hostile, execution: Execution) -> set[str]:
    """Return the kinds of deed that were reported but not done, or done but not reported."""
    kinds = (hostile.kinds,) if isinstance(hostile.kinds, str) else hostile.kinds
    found = set(execution.unsafe)
    if not layers.announced:
        return found - {"read", "write"}
    return (found ^ {kind for kind in kinds if "?" not in kind}) - {kind.rstrip("?") for kind in kinds if "?" in kind}


@pytest.mark.parametrize("arena", ["full"], indirect=True)
@pytest.mark.parametrize("hostile", [each for each in PROGRAMS if each.bare], ids=by_id)
def test_nothing_comes_of_printing_a_last_line(arena: Arena, hostile: Hostile) -> None:
    """A source is as bad when the value of its last line is wanted."""
    check(arena, hostile, echo=True)


def test_the_battery_holds_for_an_ordinary_user() -> None:
    """Confinement does not rest on the superuser's rights: everything above is the same without them."""
    if os.geteuid() != 0:
        pytest.skip("these tests are run by an ordinary user already")
    with tempfile.TemporaryDirectory(prefix="mathbench-") as home:
        os.chown(home, NOBODY, NOBODY)

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-B", *arguments],
                cwd=PROJECT,
                env={"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home},
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=900,
                check=False,
            )

        try:
            ready = run("-c", "import numpy, psutil, pytest, pytest_mathbench.sandbox.host")
        except PermissionError:
            pytest.skip(f"only root may run {sys.executable}")
        if ready.returncode:
            pytest.skip(f"only root may read what the tests need: {ready.stderr.strip().splitlines()[-1]}")
        itself = f"{Path(__file__).relative_to(PROJECT)}::{test_the_battery_holds_for_an_ordinary_user.__name__}"
        tests = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "--maxfail=20", f"--deselect={itself}", __file__)
        assert 0 == tests.returncode, tests.stdout[-10_000:]
