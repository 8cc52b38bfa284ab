"""Try, in a throw-away process, whether Landlock and seccomp confine. Run as a script; prints one JSON object.

{"landlock": 7 or why not, "seccomp": true or why not, "announced": true or why not}
"""

import json
import os
import socket
import sys
from collections.abc import Callable

from pytest_mathbench.sandbox.landlock import Ruleset, version
from pytest_mathbench.sandbox.seccomp import Filter


def landlock(sentinel: str) -> int:
    """Return Landlock's version, having seen it refuse to read a file."""
    Ruleset([]).enter()
    _must_fail("reads files", lambda: os.close(os.open(sentinel, os.O_RDONLY)))
    return version()


def seccomp(sentinel: str) -> bool:
    """Return True, having seen a filter refuse a socket, a process and a file to write."""
    Filter(announce=False, writable=False).install()
    _must_fail("opens sockets", socket.socket)
    _must_fail("forks", lambda: os.fork() or os._exit(0))
    _must_fail("writes files", lambda: os.close(os.open(sentinel, os.O_WRONLY)))
    return True


def announced(_: str) -> bool:
    """Return True if a filter's refusals can be announced: only one filter of a process may do so."""
    return Filter(announce=True, writable=False).install() >= 0


def attempt(layer: Callable[[str], object], sentinel: str) -> object:
    """Do it in a child, which is confined for ever; return what it returned, or why it failed."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            found: object = layer(sentinel)
        except OSError as error:
            found = os.strerror(error.errno or 0)
        except RuntimeError as error:
            found = str(error)
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        answer = pipe.read()
    os.wait()
    return json.loads(answer or '"the kernel killed the probe"')


def _must_fail(deed: str, do: Callable[[], object]) -> None:
    try:
        do()
    except PermissionError:
        return
    raise RuntimeError(f"a confined process still {deed}")


if __name__ == "__main__":
    print(json.dumps({layer.__name__: attempt(layer, sys.argv[1]) for layer in (landlock, seccomp, announced)}))
