"""The warm process that programs are forked from. It is run as a script, never imported by the plugin.

A fresh interpreter with an emptied environment: it imports the libraries once, then forks a child for each job. It
holds no reference answer, and no program's text: the child reads its program from a pipe that the host fills.

A job arrives on standard input (a SEQPACKET socket) as a JSON object with six descriptors: program, stdin, stdout,
stderr, report and a socket. On the socket, which the child closes, the zygote sends the child's pidfd, and at its end
the wait status and the resources used. On the report pipe the child says that it got as far as running the program,
and then how it ended in its own words, which the host believes only where the kernel's allow it.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
import traceback
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
STANDARD = (0, 1, 2)
FIRST_SPARE = 100  # descriptors up to here may lie anywhere; the program's own are moved above first
REPORT_LIMIT = 8000
LIBC = ctypes.CDLL(None)


def main() -> None:
    """Warm up, say so, and fork a child for each job until the host hangs up."""
    host = socket.socket(fileno=os.dup(0))
    host.set_inheritable(False)
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what a program orphans comes to us, to be ended
    warm(sys.argv[1:])
    host.send(b"ready")
    children: dict[int, tuple[int, socket.socket, float]] = {}  # pidfd → pid, job socket, start
    poll = select.poll()
    poll.register(host, select.POLLIN)
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == host.fileno():
                if not accept_job(host, children, poll):
                    for pid, *_ in children.values():
                        kill_group(pid)
                        os.waitpid(pid, 0)
                    kill_orphans(set())
                    return
            else:
                poll.unregister(descriptor)
                reap(descriptor, *children.pop(descriptor))
                kill_orphans({pid for pid, *_ in children.values()})


def warm(modules: list[str]) -> None:
    """Import what programs use; a module that is not there is no fault of ours or theirs."""
    import linecache  # noqa: F401, PLC0415 - tracebacks need it in every child

    for name in modules:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        # A module may offer its own warm-up: imports alone leave caches cold.
        getattr(module, "warm_up", lambda: None)()
    if sympy := sys.modules.get("sympy"):
        x = sympy.symbols("x")
        sympy.solve(x**2 - 2, x)
        sympy.simplify((x**2 - 1) / (x - 1))
        str(sympy.integrate(sympy.sin(x), x))
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    # The children share these pages; a collection in one would copy them all.
    gc.collect()
    gc.freeze()


def accept_job(host: socket.socket, children: dict[int, tuple[int, socket.socket, float]], poll: select.poll) -> bool:
    """Fork a child for one job. False when the host has hung up."""
    message, descriptors, _, _ = socket.recv_fds(host, 4096, 6)
    if not message:
        return False
    *childs, job = descriptors
    start = time.monotonic()
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            run_child(json.loads(message), childs, zygote)
        finally:
            os._exit(70)  # nothing of the zygote's loop may run in a child
    for descriptor in childs:
        os.close(descriptor)
    connection = socket.socket(fileno=job)
    pidfd = os.pidfd_open(pid)
    children[pidfd] = (pid, connection, start)
    poll.register(pidfd, select.POLLIN)
    try:
        socket.send_fds(connection, [str(pid).encode()], [pidfd])
    except OSError:  # the host no longer waits for this one
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    return True


def reap(pidfd: int, pid: int, connection: socket.socket, start: float) -> None:
    """Tell the host how the kernel says that a child ended."""
    _, status, usage = os.wait4(pid, 0)
    os.close(pidfd)
    kill_group(pid)  # what the program left behind in its session
    message = {
        "status": status,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.monotonic() - start,
    }
    with contextlib.suppress(OSError):  # the host may no longer wait for this one
        connection.send(json.dumps(message).encode())
    connection.close()


def kill_group(pid: int) -> None:
    """Kill a program's process group; each program leads one."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def kill_orphans(programs: set[int]) -> None:
    """Kill what programs started and left behind, in whatever session: all our children that are no programs."""
    with open(f"/proc/self/task/{os.getpid()}/children", "rb") as children:
        orphans = set(map(int, children.read().split())) - programs
    for orphan in orphans:
        os.kill(orphan, signal.SIGKILL)
        os.waitpid(orphan, 0)
    if orphans:
        kill_orphans(programs)  # those had children of their own


def run_child(limits: dict[str, Any], descriptors: list[int], zygote: int) -> None:
    """Become the program: own session, own descriptors, limits; then run it as `python script.py` would."""
    exit_now, write, dumps = os._exit, os.write, json.dumps  # bound before the program can replace them
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote:
        exit_now(70)
    program, stdin, stdout, stderr, report_pipe = descriptors
    with open(program, "rb") as pipe:
        source = pipe.read()
    standard = (stdin, stdout, stderr, report_pipe)
    spare = [os.dup2(descriptor, FIRST_SPARE + position) for position, descriptor in enumerate(standard)]
    for target, descriptor in enumerate(spare):
        os.dup2(descriptor, target, inheritable=target in STANDARD)
    os.closerange(len(standard), 1 << 20)
    set_limits(limits)
    os.environ.clear()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    write(3, b"started\n")
    report, status = run_program(source)
    with contextlib.suppress(OSError):  # the program may have closed it
        write(3, dumps(report)[:REPORT_LIMIT].encode("ascii", "replace"))
    exit_now(status)


def set_limits(limits: dict[str, Any]) -> None:
    """Set the kernel's limits: backstops behind the host's own clock, and memory relative to the warm zygote's."""
    with open("/proc/self/statm", "rb") as statm:
        warm_size = int(statm.read().split()[0]) * resource.getpagesize()
    ceilings = {
        resource.RLIMIT_AS: warm_size + limits["memory_bytes"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: 64,
    }
    if limits["cpu_seconds"] is not None:
        ceilings[resource.RLIMIT_CPU] = int(limits["cpu_seconds"]) + 2
    for limit, ceiling in ceilings.items():
        resource.setrlimit(limit, (ceiling, ceiling))


def run_program(source: bytes) -> tuple[dict[str, Any], int]:
    """Run the source as `__main__`. Return the report for the host and the exit status."""
    import builtins  # noqa: PLC0415 - used in a child only
    import linecache  # noqa: PLC0415
    import random  # noqa: PLC0415
    import types  # noqa: PLC0415

    sys.stdin, sys.stdout, sys.stderr = (
        open(descriptor, mode, encoding="utf-8", errors=errors)
        for descriptor, mode, errors in ((0, "r", "strict"), (1, "w", "surrogateescape"), (2, "w", "backslashreplace"))
    )
    name = "program.py"
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=builtins, __file__=name)
    sys.modules["__main__"] = module
    sys.argv = [name]
    random.seed(0)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    report: dict[str, Any] = {}
    status = 0
    try:
        text = source.decode("utf-8", "replace")  # for tracebacks; compile() honours a coding cookie
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - what this is for
    except SystemExit as stop:
        status = exit_status(stop)
    except BaseException as error:  # noqa: BLE001 - whatever a program raises is its ending
        report, status = describe(error), 1
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # as the interpreter does at its end: wait for the program's threads
        __import__("atexit")._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException as error:  # noqa: BLE001 - as above
        report, status = report or describe(error), status or 1
    return report, status


def exit_status(stop: SystemExit) -> int:
    """Turn `sys.exit`'s argument into a status as the interpreter does."""
    if stop.code is None:
        return 0
    if isinstance(stop.code, int):
        return stop.code & 0xFF
    print(stop.code, file=sys.stderr)
    return 1


def describe(error: BaseException) -> dict[str, Any]:
    """Name an exception, and print its traceback as the interpreter does, bounded."""
    memory = isinstance(error, MemoryError)
    try:
        tail = error.__traceback__.tb_next if error.__traceback__ else None
        lines = traceback.format_exception(type(error), error, tail, limit=-20)
        sys.stderr.write("".join(lines)[-REPORT_LIMIT:])
        message = lines[-1].strip()[:500]
    except BaseException:  # noqa: BLE001 - an exception that cannot even be printed
        message = type(error).__name__[:500]
    return {"exception": message, "memory": memory}


if __name__ == "__main__":
    main()
