"""Which layers can confine a program on this machine, found out by doing; and which are asked for.

choose("strict")  →  Layers(landlock=7, seccomp=True, announced=True, bubblewrap="/usr/bin/bwrap", namespaces=True)
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pytest_mathbench.errors import SandboxError
from pytest_mathbench.record import Record
from pytest_mathbench.sandbox.cures import cure
from pytest_mathbench.sandbox.readable import DEVICES, PACKAGE, Readable, readable

_PROBE_SECONDS = 30
_NOBODY = "65534"

_IN_A_CONTAINER = (
    "programs can be run, and confined, on Linux only\n→ run pytest in a Linux container or virtual machine, for "
    "example docker run --rm -it -v .:/work -w /work python:3.12 bash"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers(Record):
    """What confines a program. `missing` says of each absent layer why it is.

    `landlock` is the kernel's version of it, 0 without; `announced` whether seccomp's refusals are told to the host;
    `bubblewrap` the program's path, empty without; `namespaces` whether user namespaces may be made, which that needs.
    """

    landlock: int = 0
    seccomp: bool = False
    announced: bool = False
    bubblewrap: str = ""
    namespaces: bool = False
    missing: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it as the header does."""
        present = [f"landlock {self.landlock}"] if self.landlock else []
        if self.seccomp:
            present.append("seccomp" if self.announced else "seccomp (refusals are not named)")
        present += ["bubblewrap"] if self.bubblewrap else []
        absent = [f"no {layer} ({why})" for layer, why in self.missing.items()]
        return ", ".join([*present, *absent]) or OFF

    @property
    def hides_files(self) -> bool:
        """Whether a program cannot read what it should not."""
        return bool(self.landlock or self.bubblewrap)

    @property
    def sufficient(self) -> bool:
        """Whether a program can neither read what it should not, nor act on anything but itself."""
        return self.seccomp and self.hides_files

    @property
    def dangers(self) -> list[str]:
        """What a program could do that it should not."""
        dangers = []
        if not self.hides_files:
            dangers.append("read every file that you can read, the reference answers included")
        if not self.seccomp:
            dangers.append("open sockets, start processes that stay, signal your processes, change files' metadata")
            if not self.hides_files:
                dangers.append("write every file that you can write")
        return dangers


OFF = "off: programs run with your own rights; only time, memory and output are limited"


def choose(policy: str, *, scratch: bool = False) -> Layers:
    """Return the layers to use by a policy of `settings.POLICIES`, with a `scratch` folder or without.

    Raises `SandboxError`, with what to do, if more is asked for than there is.
    """
    layers = _choose(policy)
    if scratch and not (layers.landlock and layers.bubblewrap):
        needed = " and ".join(cures(layers)[layer] for layer in ("landlock", "bubblewrap") if layer in layers.missing)
        raise SandboxError(
            f"a scratch folder needs Landlock and bubblewrap; the sandbox is: {layers}"
            f"\n→ {needed or '--mathbench-sandbox=strict or auto'}"
        )
    return layers


def _choose(policy: str) -> Layers:
    if sys.platform != "linux":
        raise SandboxError(_IN_A_CONTAINER)
    if policy == "off":
        return Layers()
    layers = probe()
    if policy == "strict" and not layers.sufficient:
        raise SandboxError(_refusal(layers))
    return layers


def cures(layers: Layers) -> dict[str, str]:
    """Return what brings each layer that is missing."""
    return {layer: cure(layer, why, namespaces=layers.namespaces) for layer, why in layers.missing.items()}


def _refusal(layers: Layers) -> str:
    missing = "; ".join(f"{layer}: {why}" for layer, why in layers.missing.items())
    known = cures(layers)
    either = "" if layers.hides_files else " or ".join(known[layer] for layer in ("landlock", "bubblewrap"))
    remedies = filter(None, ("" if layers.seccomp else known["seccomp"], either and f"either {either}"))
    return (
        f"programs cannot be confined here ({missing})\n→ {'; '.join(remedies)}\n"
        f"--mathbench-sandbox=auto runs them all the same: they could {'; '.join(layers.dangers)}"
    )


@cache
def probe() -> Layers:
    """Try each layer in a throw-away process, once."""
    with tempfile.TemporaryDirectory(prefix="mathbench-") as folder:
        sentinel = Path(folder, "sentinel")
        sentinel.write_text("readable\n", encoding="ascii")
        command = [sys.executable, "-P", "-B", str(Path(__file__).with_name("probe.py")), str(sentinel)]
        found = json.loads(_output(command))
        bubblewrap, why_not = _bubblewrap(sentinel, processes=found["seccomp"] is not True)
    missing = {layer: found[layer] for layer in ("landlock", "seccomp") if isinstance(found[layer], str)}
    if why_not:
        missing["bubblewrap"] = why_not
    return Layers(
        landlock=0 if "landlock" in missing else found["landlock"],
        seccomp="seccomp" not in missing,
        announced=found["announced"] is True,
        bubblewrap=bubblewrap,
        namespaces=found["namespaces"] is True,
        missing=missing,
    )


def _output(command: Sequence[str]) -> str:
    """Return what a probe printed. Raises `SandboxError` if it could not be run."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=True
        ).stdout
    except subprocess.CalledProcessError as error:
        raise SandboxError(f"the sandbox's probe failed: {error.stderr.strip()[-500:]}") from None
    except subprocess.TimeoutExpired:
        raise SandboxError(f"the sandbox's probe did not end within {_PROBE_SECONDS} s") from None


def _bubblewrap(sentinel: Path, *, processes: bool) -> tuple[str, str]:
    """Return the path of a bubblewrap that works, or why there is none."""
    program = shutil.which("bwrap")
    if not program:
        return "", "not installed"
    look = f"import os; print(os.path.exists({str(sentinel)!r}))"
    options = wrapper(readable(), PACKAGE, processes=processes)
    command = [program, *options, "--", sys.executable, "-I", "-S", "-c", look]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "", f"did not end within {_PROBE_SECONDS} s"
    if ended.returncode:
        said = (ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"])[-1]
        return "", said.removeprefix("bwrap: ").partition(", likely because")[0]  # it goes on with where to read
    return (program, "") if ended.stdout == "False\n" else ("", "files outside stay visible")


def wrapper(
    readable: Readable, package: Path, *, folder: str = "/scratch", writable: bool = False, processes: bool = False
) -> list[str]:
    """Return bubblewrap's options for a warm process: what may be read is all that there is.

    It finds this package in `package`, a copy that may go once the process is warm, and starts in an empty `folder`;
    where that is to be `writable`, programs may mount a file system of their own on it. With `processes` it finds out
    by /proc what programs have started.
    """
    options = ["--unshare-all", "--new-session", "--cap-drop", "ALL"]
    if os.getuid() == 0:
        options += ["--unshare-user", "--uid", _NOBODY, "--gid", _NOBODY]
    if writable:
        options += ["--cap-add", "CAP_SYS_ADMIN"]  # to mount it; each program then drops this
    options += ["--proc", "/proc"] if processes else []
    for path in readable.roots:
        options += ["--dev-bind" if str(path) in DEVICES else "--ro-bind", str(path), str(path)]
    for path in _interpreter():
        options += ["--ro-bind", str(path), str(path)]
    for path in readable.hidden:
        if path.is_symlink() or not os.path.exists(path):  # noqa: PTH110 - the other raises where it may not look
            continue  # what it leads to is hidden, or is not there
        if path.is_dir():
            options += ["--tmpfs", str(path), "--remount-ro", str(path)]
        else:
            options += ["--ro-bind", "/dev/null", str(path)]
    options += ["--ro-bind", str(package), str(PACKAGE)]
    return [*options, "--dir", folder, "--chdir", folder, "--remount-ro", "/"]


def _interpreter() -> Iterator[Path]:
    """Yield what the interpreter needs to start, beyond its libraries."""
    yield Path(sys.executable)
    for prefix in {sys.prefix, sys.exec_prefix}:
        if (configuration := Path(prefix, "pyvenv.cfg")).exists():
            yield configuration
    yield Path(getattr(sys, "_base_executable", sys.executable))
