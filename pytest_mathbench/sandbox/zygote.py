"""The warm process that programs are forked from. It is run as a script, never imported by the plugin.

A fresh interpreter with an emptied environment: it imports the libraries once, and keeps a few forked and confined
children waiting, each for one job. It holds no reference answer, and no program's text: a child reads its program from
a pipe that the host fills.

Standard input is a SEQPACKET socket. On it the plan arrives first, then each job: a JSON object with six descriptors:
program, stdin, stdout, stderr, report and a socket. The zygote hands it to a waiting child. On the job's socket it
tells the host that the child is confined, with its pidfd and the listener to its refusals, and at the end the wait
status and the resources used. On the report pipe the program's side tells how it ended in its own words (script.py).
"""

import contextlib
import ctypes
import fcntl
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from pytest_mathbench.sandbox import script, substitutes
from pytest_mathbench.sandbox.confine import Confinement, Plan
from pytest_mathbench.sandbox.kernel import LIBC
from pytest_mathbench.sandbox.seccomp import MESSAGES

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
MADV_COLLAPSE = 25
HUGE_PAGE_BITS = 21
STANDARD = (0, 1, 2)
SPARE = 100
MAX_DESCRIPTORS = 1 << 20
OUR_FAULT = 70
MESSAGE_BYTES = 1 << 16
WAITING = 4
"""How many children are kept ready."""

IDLE_MILLISECONDS = 3
"""When they are made: a fork takes so long that it would hold up the end of a small program."""


class Child(NamedTuple):
    """A forked process: waiting for a job, later a program. `connection` leads to it, later to the host."""

    pid: int
    pidfd: int
    connection: socket.socket
    start: float = 0.0


class Zygote:
    """Gives each job a child, and tells the host how each ended, until the host hangs up."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.host = socket.socket(fileno=out_of_the_way(0))
        self.waiting: list[Child] = []
        self.programs: dict[int, Child] = {}  # by pidfd
        self.poll = select.poll()
        self.poll.register(self.host, select.POLLIN)
        if not plan.seccomp:
            LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what a program orphans comes to us, to be ended
            # Opened before files are watched.
            self.all_children = out_of_the_way(os.open(f"/proc/self/task/{os.getpid()}/children", os.O_RDONLY))
        self.confinement = Confinement(plan) if plan.landlock or plan.seccomp else None
        # What can be made ready once for all children is.
        nothing, nowhere = os.pipe()
        place((nothing, nowhere, nowhere, nowhere))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.namespace = script.become_main()
        if self.confinement:
            sys.path[:] = [path for path in sys.path if any(path.startswith(root) for root in plan.readable)]
            script.watch(plan.readable, plan.hidden, plan.scratch)

    def serve(self) -> None:
        """Return only when the host has hung up, and no child is left."""
        self.fill_up(WAITING)
        self.host.send(b"ready")
        while True:
            events = self.poll.poll(None if len(self.waiting) >= WAITING else IDLE_MILLISECONDS)
            if not events:
                self.fill_up(WAITING)
            for descriptor, _ in events:
                if descriptor != self.host.fileno():
                    self.poll.unregister(descriptor)
                    self.reap(self.programs.pop(descriptor))
                elif not self.accept_job():
                    self.end()
                    return
                self.fill_up(1)

    def fill_up(self, wanted: int) -> None:
        """Fork children that wait for a job."""
        while len(self.waiting) < wanted:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # 4 or above
            zygote, exit_now = os.getpid(), os._exit  # bound here: the program may replace it
            pid = os.fork()
            if pid == 0:
                status = OUR_FAULT
                try:
                    status = run_child(theirs, zygote, self)
                finally:
                    exit_now(status)  # nothing of the zygote's loop may run in a child
            theirs.close()
            self.waiting.append(Child(pid, os.pidfd_open(pid), ours))

    def accept_job(self) -> bool:
        """Hand a job to a waiting child. False when the host has hung up."""
        job, descriptors, _, _ = socket.recv_fds(self.host, MESSAGE_BYTES, 6)
        if not job:
            return False
        *childs, to_host = descriptors
        child = self.waiting.pop(0)
        child_says = b'{"fault": "the waiting process died"}'
        listeners: list[int] = []
        with child.connection, contextlib.suppress(OSError):  # it may have failed, and said so
            child_says, listeners, _, _ = socket.recv_fds(child.connection, 4096, 1)
            socket.send_fds(child.connection, [job], childs)
        program = child._replace(connection=socket.socket(fileno=to_host), start=time.monotonic())
        self.programs[program.pidfd] = program
        self.poll.register(program.pidfd, select.POLLIN)
        try:
            socket.send_fds(program.connection, [child_says], [program.pidfd, *listeners])
        except OSError:  # the host no longer waits for this one
            signal.pidfd_send_signal(program.pidfd, signal.SIGKILL)
        for descriptor in (*childs, *listeners):
            os.close(descriptor)
        return True

    def reap(self, program: Child) -> None:
        """Tell the host how the kernel says that a program ended."""
        _, status, usage = os.wait4(program.pid, 0)
        os.close(program.pidfd)
        self.kill_leftovers(program.pid)
        message = {
            "status": status,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "wall_seconds": time.monotonic() - program.start,
            "peak_bytes": usage.ru_maxrss * 1024,
        }
        with contextlib.suppress(OSError):  # the host may no longer wait for this one
            program.connection.send(json.dumps(message).encode())
        program.connection.close()

    def end(self) -> None:
        """Kill what still waits or runs."""
        for child in (*self.waiting, *self.programs.values()):
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            self.kill_leftovers(child.pid)

    def kill_leftovers(self, pid: int) -> None:
        """Kill what a program left behind; under seccomp it could not start anything."""
        if self.plan.seccomp:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # each program leads a group
        ours = {child.pid for child in (*self.waiting, *self.programs.values())} - {pid}
        while orphans := set(map(int, os.pread(self.all_children, 1 << 16, 0).split())) - ours:
            for orphan in orphans:  # left behind in whatever session, and then what these leave behind
                os.kill(orphan, signal.SIGKILL)
                os.waitpid(orphan, 0)


def run_child(messages: socket.socket, zygote_pid: int, zygote: Zygote) -> int:
    """Get ready, wait for a job, become its program, and return the exit status."""
    os.setsid()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != zygote_pid:
        return OUR_FAULT
    os.dup2(messages.fileno(), MESSAGES, inheritable=False)
    messages.detach()
    messages = socket.socket(messages.family, messages.type, 0, MESSAGES)
    try:
        listener = zygote.confinement.enter() if zygote.confinement else -1
    except OSError as error:
        socket.send_fds(messages, [json.dumps({"fault": str(error)}).encode()], [])
        return OUR_FAULT
    script.seed()
    ready = json.dumps({"confined": True, "cpu_seconds": time.process_time()}).encode()
    socket.send_fds(messages, [ready], [listener] if listener >= 0 else [])
    os.closerange(MESSAGES + 1, MAX_DESCRIPTORS)  # the zygote's own, and the listener
    message, descriptors, _, _ = socket.recv_fds(messages, MESSAGE_BYTES, MESSAGES + 1)
    if not message:
        return OUR_FAULT
    program, *own = descriptors
    with open(program, "rb") as pipe:
        source = pipe.read()
    place(own)
    messages.close()
    os.closerange(MESSAGES, MAX_DESCRIPTORS)
    job = json.loads(message)
    set_limits(job)
    if job["elsewhere"]:
        script.leave_for(job["elsewhere"])
    return script.run(source, zygote.namespace, echo=job["echo"])


def out_of_the_way(descriptor: int) -> int:
    """Duplicate a descriptor beyond those that programs have."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, MESSAGES + 1)


def place(descriptors: Sequence[int]) -> None:
    """Make descriptors 0, 1, … of them; they may lie in each other's way."""
    spare = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, SPARE) for descriptor in descriptors]
    for target, descriptor in enumerate(spare):
        os.dup2(descriptor, target, inheritable=target in STANDARD)


def set_limits(job: dict[str, Any]) -> None:
    """Set the kernel's limits: backstops behind the host's own clock."""
    ceilings = {
        resource.RLIMIT_AS: job["address_space"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: job["file_bytes"],
        resource.RLIMIT_CPU: job["cpu_seconds"],
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for limit, ceiling in ceilings.items():
        resource.setrlimit(limit, (ceiling, ceiling))


def warm(modules: Sequence[str]) -> None:
    """Import what programs use; a module that is not there is no fault of ours or theirs."""
    for name in modules:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        # A module may offer its own warm-up: imports alone leave caches cold.
        getattr(module, "warm_up", lambda: None)()
    if sympy := sys.modules.get("sympy"):
        warm_sympy(sympy)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(0)
    # The children share these pages; a collection in one would copy them all.
    gc.collect()
    collapse_heap()
    gc.freeze()


def warm_sympy(sympy: Any) -> None:  # a module
    """Do once what nearly every program does, so that the caches behind it are full."""
    x, y = sympy.symbols("x y")
    sympy.solve(x**2 - 2, x)
    sympy.solve([x + y - 3, x - y - 1], [x, y])
    sympy.simplify((x**2 - 1) / (x - 1) + sympy.sin(x) ** 2)
    sympy.factor(x**2 - 1)
    str(sympy.integrate(sympy.sin(x), x))


def collapse_heap() -> None:
    """Put the heap into huge pages (madvise(2), since Linux 6.1), of which a fork has less to copy and to free."""
    blocks = {id(thing) >> HUGE_PAGE_BITS for thing in gc.get_objects()}
    for block in blocks:  # where the kernel cannot, nothing is lost
        LIBC.madvise(ctypes.c_void_p(block << HUGE_PAGE_BITS), ctypes.c_size_t(1 << HUGE_PAGE_BITS), MADV_COLLAPSE)


def read_plan() -> Plan:
    """Read, to the end of its line, what is to confine the programs. It is no argument: these are for all to see."""
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, MESSAGE_BYTES) or sys.exit(OUR_FAULT)
    return Plan.from_json(line)


if __name__ == "__main__":
    plan = read_plan()
    os.environ.clear()
    if plan.seccomp:
        substitutes.install()
    warm(sys.argv[1:])
    Zygote(plan).serve()
