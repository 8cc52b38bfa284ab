"""Try, in a throw-away process, whether Landlock and seccomp confine. Run as a script; prints one JSON object.

{"landlock": 7, "seccomp": true, "announced": true, "namespaces": true}; instead of each may stand why not
"""

import json
import os
import socket
import sys
from collections.abc import Callable

from pytest_mathbench.sandbox.kernel import LIBC, checked
from pytest_mathbench.sandbox.landlock import Ruleset, version
from pytest_mathbench.sandbox.seccomp import Filter

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18


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


def namespaces(_: str) -> bool:
    """Return True, having made a user namespace and mounted in it: AppArmor lets one be made, and be no good."""
    checked(LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNS), "unshare(CLONE_NEWUSER)")
    checked(LIBC.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "mount in a user namespace")
    return True


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
    found = {each.__name__: attempt(each, sys.argv[1]) for each in (landlock, seccomp, announced, namespaces)}
    print(json.dumps(found))
