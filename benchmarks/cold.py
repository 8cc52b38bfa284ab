"""Run programs as anybody would, in a new interpreter each: the other side of the comparisons with the sandbox.

Run as a script it takes programs as JSON strings, a line each, and prints how they ended, a JSON list each. `confined`
starts it so, within bubblewrap: nobody has read the programs.
"""

import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pytest_mathbench.sandbox.warm import ENVIRONMENT

CPU_SECONDS, WALL_SECONDS = 10, 40
_EXCEPTION = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)")


class Ended(NamedTuple):
    """How a program ended ("finished", "exception ValueError", "cpu_time"), what it printed, and what it took."""

    how: str
    stdout: str
    cpu_seconds: float
    wall_seconds: float


def run(source: str, address_space: int) -> Ended:
    """Run a program by `python program.py` in an empty folder, with the sandbox's limits."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "program.py").write_bytes(source.encode("utf-8", "surrogatepass"))
        limits = ["prlimit", f"--as={address_space}", f"--cpu={CPU_SECONDS}:{CPU_SECONDS + 2}", "--fsize=1048576"]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        process = subprocess.Popen(
            # -P as in the sandbox: the program's folder is no place to import from.
            [*limits, sys.executable, "-P", "-B", "program.py"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=ENVIRONMENT,
        )
        try:
            stdout, stderr = process.communicate(timeout=WALL_SECONDS)
            stopped = False
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, stderr = process.communicate()
            stopped = True
        wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    how = "wall_time" if stopped else "cpu_time" if cpu >= CPU_SECONDS else _how(process.returncode, stderr.decode())
    return Ended(how, stdout.decode(errors="replace"), cpu, wall)


def _how(status: int, stderr: str) -> str:
    if -status == signal.SIGXCPU:
        return "cpu_time"
    if status < 0:
        return f"signal {signal.Signals(-status).name}"
    if status == 0:
        return "finished"
    _, traceback, frames = stderr.rpartition("Traceback (most recent call last):\n")
    lines = [line for line in frames.splitlines() if line[:1].strip()] if traceback else stderr.splitlines()[-1:]
    named = _EXCEPTION.match(lines[0]) if lines else None
    return f"exception {named[1].rpartition('.')[2]}" if named else f"exit_status {status}"


def confined(programs: Sequence[str], address_space: int) -> Iterator[Ended]:
    """Run programs one after the other, each cold, with no network and nothing to write to but an empty /tmp."""
    bubblewrap = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev"]
    process = subprocess.Popen(
        [*bubblewrap, "--proc", "/proc", "--tmpfs", "/tmp", sys.executable, __file__, str(address_space)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with process:
        for program in programs:
            process.stdin.write(json.dumps(program) + "\n")
            process.stdin.flush()
            yield Ended(*json.loads(process.stdout.readline()))


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line), int(sys.argv[1]))), flush=True)
