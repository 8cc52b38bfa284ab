"""Python, its packages, and the machine: what every run needs, wherever its model is."""

import os
import platform
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from pytest_mathbench.doctor.finding import Finding, State, gigabytes
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.folder import check_output, nearest
from pytest_mathbench.serving.processor import Processor, this_machine
from pytest_mathbench.settings import Settings

_DISTRIBUTION = "pytest-mathbench"
_SHOWN = ("pytest", "pytest-xdist", "pytest-timeout", "aiohttp")
_FILES = 256
"""Descriptors that a run with all its requests in flight and all its programs gets along with."""

_ROOM = 1 << 30
"""Bytes that the largest runs take on the disk."""


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found."""
    yield from _python()
    machine = this_machine()
    yield Finding("system", State.OK, f"{platform.system()} {platform.release()}, {platform.machine()}")
    yield _memory(machine, settings.memory)
    yield _open_files()
    yield _output(Path(settings.output).expanduser().absolute())
    yield _temporary()


def _python() -> Iterator[Finding]:
    """Look at what pyproject.toml allows, as it was installed."""
    here = platform.python_version()
    try:
        allowed, required = metadata(_DISTRIBUTION)["Requires-Python"], requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        found = f"{_DISTRIBUTION} is not installed for Python {here} ({sys.executable})"
        yield Finding("python", State.MISSING, found, f"python -m pip install {_DISTRIBUTION}")
        return
    yield Finding("python", State.OK, f"{here} ({allowed}), {sys.executable}")
    wanted = [each for each in map(Requirement, required) if each.marker is None or each.marker.evaluate({"extra": ""})]
    installed = {each.name: _version(each.name) for each in wanted}
    if wrong := [each for each in wanted if not each.specifier.contains(installed[each.name], prereleases=True)]:
        found = ", ".join(f"{each.name} {installed[each.name] or 'not installed'}" for each in wrong)
        cure = f"python -m pip install {' '.join(repr(f'{each.name}{each.specifier}') for each in wrong)}"
        yield Finding("packages", State.MISSING, found, cure)
        return
    shown = ", ".join(f"{name} {installed[name]}" for name in _SHOWN)
    yield Finding("packages", State.OK, f"{shown}, and {len(wanted) - len(_SHOWN)} more, all as needed")


def _version(name: str) -> str:
    """Return the version of what is installed by a name; empty if nothing is."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _memory(machine: Processor, of_a_program: int) -> Finding:
    quota = " by quota" if machine.has_quota else ""
    found = f"{gigabytes(machine.memory)}; {machine.cores} core{'' if machine.cores == 1 else 's'}{quota}"
    at_once = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else machine.cores
    if (most := at_once * of_a_program) > machine.memory:
        found = f"{found}; {at_once} programs at once may take {gigabytes(most)}"
        return Finding("memory", State.LIMITED, found, f"--mathbench-memory={machine.memory // (2 * at_once) >> 20}M")
    return Finding("memory", State.OK, found)


def _open_files() -> Finding:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _FILES:
        found = f"{soft} at once: fewer requests are in flight, and fewer programs wait side by side"
        return Finding("open files", State.LIMITED, found, f"ulimit -n {min(hard, 4 * _FILES)}")
    return Finding("open files", State.OK, f"{soft} at once")


def _output(folder: Path) -> Finding:
    """Look at the folder that runs are recorded in, or the nearest that is there: the doctor makes none."""
    there = nearest(folder)
    try:
        check_output(there)
    except ConfigurationError as error:
        return Finding.of("disk", error)
    return _free("disk", there, "--mathbench-output=FOLDER on another disk, or make room")


def _temporary() -> Finding:
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        found = f"no folder for temporary files can be written to: {error.strerror}"
        return Finding("temporary", State.MISSING, found, "export TMPDIR=FOLDER, with a folder that has room")
    return _free("temporary", folder, "export TMPDIR=FOLDER, with a folder that has room")


def _free(name: str, folder: Path, cure: str) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{gigabytes(free)} free in {folder}"
    if free < _ROOM:
        return Finding(name, State.LIMITED, f"{found}: a large run may not end", cure)
    return Finding(name, State.OK, found)
