"""Run a program's source as `python program.py` would, and put into words how it ended. Used in a confined child only.

What is said on the report pipe is the program's own word: one JSON object a line, a reading of a file that it has no
business with at once, the end at the end. The host believes it only where the kernel's word allows it.
"""

import ast
import atexit
import builtins
import ctypes
import errno
import gc
import json
import linecache
import os
import platform
import random
import signal
import sys
import threading
import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from traceback import format_exception as _format_exception  # bound here: a program may replace it
from typing import Any

from pytest_mathbench.sandbox.kernel import OPEN_TO_WRITE
from pytest_mathbench.sandbox.syscalls import OPENING, numbers

NAME = "program.py"
REPORT = 3
"""The report pipe's descriptor."""

_REPORT_LIMIT = 8000
_NAME_LIMIT = 500
_LONG_BITS = 63
_FLUSH_FAILED = 120
_INTERRUPTED = -signal.SIGINT  # no exit status
_READINGS = {"open", "os.listdir", "os.scandir"}


def become_main() -> dict[str, Any]:
    """Make the standard streams and `__main__` those of a script. Return the namespace."""
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="surrogateescape")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", errors="backslashreplace")  # type: ignore[misc]
    for name in ("stdin", "stdout", "stderr"):
        getattr(sys, name).buffer.raw.name = f"<{name}>"
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=builtins, __file__=os.path.abspath(NAME), __cached__=None, __annotations__={})
    sys.modules["__main__"] = module
    sys.argv, sys.orig_argv = [NAME], ["python", NAME]
    return module.__dict__


def seed() -> None:
    """Make chance repeatable. In each child: a fork seeds `random` anew."""
    random.seed(0)
    for name in ("numpy.random", "sympy.core.random"):
        if generator := sys.modules.get(name):
            generator.seed(0)


def run(source: bytes, namespace: dict[str, Any], *, echo: bool) -> int:
    """Run the source in the namespace of `__main__`, report how it ended, and return the exit status."""
    write, dumps = os.write, json.dumps  # bound before the program can replace them
    report, status = _run(source, namespace, echo=echo)
    if status == _INTERRUPTED:  # as the interpreter: whoever waits is to see it
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    if not report:
        return status
    with suppress(OSError):  # the program may have closed it
        # A line of its own, whatever the program has written there.
        write(REPORT, f"\n{dumps(report)[:_REPORT_LIMIT]}".encode("ascii", "replace"))
    return status


def _run(source: bytes, namespace: dict[str, Any], *, echo: bool) -> tuple[dict[str, Any], int]:
    report: dict[str, Any] = {}
    status = 0
    try:
        text = source.decode("utf-8", "replace")  # for tracebacks; compile() honours a coding cookie
        linecache.cache[NAME] = (len(text), None, text.splitlines(keepends=True), NAME)
        sys.setrecursionlimit(sys.getrecursionlimit() + _depth())
        try:
            if echo:
                _execute_with_echo(source, namespace, report)
            else:
                exec(compile(source, NAME, "exec", dont_inherit=True), namespace)  # noqa: S102 - what this is for
        finally:
            try:  # what the program set to watch it would watch us; no call of ours must come first
                sys.settrace(None)
                sys.setprofile(None)
            except BaseException:  # noqa: BLE001, S110 - a profile that raises is gone by that
                pass
    except BaseException as error:  # noqa: BLE001 - whatever a program raises is its ending
        kind = type(error)  # what it says of itself by __class__ is its own affair
        if issubclass(kind, SystemExit):
            status = _exit_status(error)
        else:
            report |= _describe(error)
            status = _INTERRUPTED if issubclass(kind, KeyboardInterrupt) else 1
    return report, _finish(namespace, status, destructors=b"__del__" in source)


def _depth() -> int:
    """Count the frames beneath the program's, which a script would not have."""
    frame, depth = sys._getframe(1), 1 + (sys.version_info < (3, 12))  # the caller; until 3.11 `exec` counts as well
    while frame.f_back:
        frame, depth = frame.f_back, depth + 1
    return depth


def _execute_with_echo(source: bytes, namespace: dict[str, Any], report: dict[str, Any]) -> None:
    """Run the source, and print the value of a last line that is an expression, as an interactive session would."""
    program = ast.parse(source, NAME)
    last = program.body[-1] if program.body else None
    if isinstance(last, ast.Expr):
        program.body.pop()
    exec(compile(program, NAME, "exec", dont_inherit=True), namespace)  # noqa: S102 - what this is for
    if not isinstance(last, ast.Expr):
        return
    expression = compile(ast.Expression(last.value), NAME, "eval", dont_inherit=True)
    if (value := eval(expression, namespace)) is not None:  # noqa: S307 - what this is for
        print(value)
        report["echoed"] = True


def _finish(namespace: dict[str, Any], status: int, *, destructors: bool) -> int:
    """End as the interpreter does: threads, exit handlers, streams, then what destructors still have to say."""
    with suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # waits for threads that are no daemons
    with suppress(BaseException):
        atexit._run_exitfuncs()
    status = _flush(status)
    with suppress(BaseException):
        # What destructors and generators use at their end goes last.
        used = types.ModuleType, types.FunctionType, type
        namespace.update(dict.fromkeys(name for name, value in namespace.items() if not issubclass(type(value), used)))
        if destructors:  # for cycles; not for every program, since it touches much of the warm heap
            gc.collect()
        namespace.update(dict.fromkeys(namespace))
    return _flush(status)


def _flush(status: int) -> int:
    for original in (sys.__stdout__, sys.__stderr__):  # replaced, they are flushed when they go
        if original is not sys.stdout and original is not sys.stderr:
            _flushed(original)
    return status if _flushed(sys.stdout) & _flushed(sys.stderr) else status or _FLUSH_FAILED


def _flushed(stream: Any) -> bool:  # a program may have put anything in a stream's place
    """Flush as the interpreter does at its end; False if that failed."""
    closed = False
    with suppress(BaseException):
        closed = stream is None or bool(stream.closed)
    try:
        if not closed:
            stream.flush()
    except BaseException:  # noqa: BLE001 - whatever it is
        return False
    return True


def _exit_status(stop: BaseException) -> int:
    """Turn `sys.exit`'s argument into a status as the interpreter does."""
    with suppress(BaseException):
        code = stop.code  # type: ignore[attr-defined]  # of a SystemExit
        if code is None:
            return 0
        if issubclass(type(code), int):
            number = int.__index__(code)
            return number & 0xFF if number.bit_length() <= _LONG_BITS else 0xFF
        print(code, file=sys.stderr)
    return 1


def _describe(error: BaseException) -> dict[str, Any]:
    """Name an exception, and print its traceback as the interpreter does, bounded."""
    said: dict[str, Any] = {"exception": "an exception", "memory": issubclass(type(error), MemoryError)}
    with suppress(BaseException):  # an exception's own methods are the program's
        said["exception"] = type(error).__name__[:_NAME_LIMIT]
    with suppress(BaseException):
        tail = error.__traceback__
        while tail and tail.tb_frame.f_code.co_filename == __file__:
            tail = tail.tb_next
        lines = _format_exception(type(error), error, tail, limit=-20)
        said["exception"] = str(lines[-1]).strip()[:_NAME_LIMIT]
        sys.stderr.write("".join(lines)[-_REPORT_LIMIT:])
    with suppress(BaseException):
        refusals = (errno.EPERM, errno.EACCES, errno.EROFS)
        said["refused"] = issubclass(type(error), OSError) and error.errno in refusals  # type: ignore[attr-defined]
    return said


class _Elsewhere:
    """Finds no module, but ends the program at once where it imports a library that another warm process has ready.

    It is then run there from its beginning (host.py). One that closed the report pipe goes on here.
    """

    def __init__(self, libraries: Sequence[str]) -> None:
        self._libraries = frozenset(libraries)
        self._write, self._exit = os.write, os._exit  # bound before the program can replace them

    def find_spec(self, name: str, *_: object) -> None:
        if name.partition(".")[0] in self._libraries:
            with suppress(OSError):
                self._write(REPORT, b'\n{"elsewhere": true}\n')
                self._exit(0)


def leave_for(libraries: Sequence[str]) -> None:
    """End the program where it imports one of these, to be run where they are imported already."""
    sys.meta_path.insert(0, _Elsewhere(libraries))


def watch(readable: Sequence[str], hidden: Sequence[str], scratch: str) -> None:
    """Refuse what a program opens by Python's own means outside of what it may, and report the first of each kind.

    Landlock and bubblewrap refuse it as well, but without a word to the host, and each in its own way. This is for
    the report, and for the same error under every layer; safety does not rest on it. The kernel announces that there
    was something; what it was is written on the report pipe, which the program may have closed.
    """
    write, dumps, fsdecode, getcwd = os.write, json.dumps, os.fsdecode, os.getcwd
    announce, opening = ctypes.CDLL(None).syscall, numbers(platform.machine())[OPENING]
    join, normpath = os.path.join, os.path.normpath
    to_read = tuple(f"{path}/" for path in (*readable, getcwd()))
    never = tuple(f"{path}/" for path in hidden if any(f"{path}/".startswith(f"{root}/") for root in readable))
    to_write = (f"{scratch}/",) if scratch else ()
    sources = (f"/{NAME}", "/sandbox/script.py", "/sandbox/zygote.py")
    done: set[str] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _READINGS or not isinstance(arguments[0], str | bytes):
            return
        path = normpath(join(getcwd(), fsdecode(arguments[0])))
        if path.endswith(sources):  # who prints a traceback looks for them
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        kind = "write" if event == "open" and arguments[2] & OPEN_TO_WRITE else "read"
        place = f"{path}/"
        if place.startswith(to_write if kind == "write" else to_read) and not place.startswith(never):
            return
        if kind not in done:
            done.add(kind)
            announce(opening, int(kind == "write"))
            with suppress(OSError):
                write(REPORT, f"\n{dumps({'tried': kind, 'operation': f'open {path[:200]}'})}\n".encode())
        if kind == "read":  # seccomp or Landlock refuse to write, and seccomp tells
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    add: Callable[[Any], None] = sys.addaudithook
    add(hook)
