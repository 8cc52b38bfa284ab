"""Run programs in forks of warm processes, with limits, and say how they ended.

    with Sandbox() as sandbox:
        execution = sandbox.run("print(6 * 7)", Limits(cpu_seconds=10, wall_seconds=40, memory_bytes=1 << 30))

The parent decides how a program ended: by what it did to it, then by what the kernel says, and only then by what the
program says of itself.

There are two warm processes: a full one that has imported all libraries that programs use, and a light one with none,
of which a fork costs half as much. A program that names none of these libraries runs in a fork of the light one. Should
it import one all the same (by another library, or by a name that it makes up), it is ended at that, and run anew in a
fork of the full one, with all its limits: programs have no effect but what they print, so that only time is lost.
"""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pytest_mathbench.execution import Execution, Limits
from pytest_mathbench.sandbox.ending import Ended
from pytest_mathbench.sandbox.job import Job, NotStartedError
from pytest_mathbench.sandbox.layers import Layers, choose
from pytest_mathbench.sandbox.places import Places
from pytest_mathbench.sandbox.readable import PACKAGE, Readable, readable
from pytest_mathbench.sandbox.warm import WarmProcess
from pytest_mathbench.settings import PRELOAD

WALL_FACTOR = 4.0
"""The wall limit in CPU limits: only a program that waits meets it."""

_T = TypeVar("_T")

_NO_LIBRARIES = sys.stdlib_module_names | {PACKAGE.name}
_MOST_QUESTIONS = 500
"""To one child: what it holds in memory, and what it may have come to, goes with it."""


class Sandbox:
    """Two warm processes and the programs forked from them. `run` may be called from several threads at once."""

    def __init__(
        self,
        preload: Sequence[str] = PRELOAD,
        *,
        layers: Layers | None = None,
        hidden: Sequence[Path] = (),
        parallel: int | None = None,
        scratch_bytes: int = 0,
    ) -> None:
        """Prepare a sandbox; its warm processes are started by the first program.

        `layers` are those of `layers.choose("strict")` unless given. No program reads what is `hidden`, wherever it
        is. At most `parallel` programs run at once, one for each core by default, besides those that only wait, and at
        most as many are asked; others wait. With `scratch_bytes` each program has an empty folder of its own to write
        in, of that size.

        `full` is the warm process with all that is preloaded, `light` the one without libraries. They are one where
        none is preloaded, or programs are not kept from having effects.

        Raises `SandboxError` if programs cannot be confined here, or a scratch folder not be given.
        """
        self.layers = choose("strict", scratch=scratch_bytes > 0) if layers is None else layers
        self._hidden = tuple(hidden)
        self._readable = Readable((), ())
        self.full = self.light = WarmProcess(preload, self.layers, scratch_bytes)
        libraries = {root for module in preload if (root := module.partition(".")[0]) not in _NO_LIBRARIES}
        # What is not confined may have effects, and must not be run twice.
        self._libraries = sorted(libraries) if self.layers.seccomp else []
        if self._libraries:
            without = [module for module in preload if module.partition(".")[0] not in libraries]
            self.light = WarmProcess(without, self.layers, scratch_bytes)
        places = parallel or len(os.sched_getaffinity(0))
        self._places, self._asking = Places(places), Places(places)
        self._lock = threading.Lock()
        self._is_started = False
        self._idle: dict[str, list[Job]] = {}
        """Programs that wait to be asked."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the warm processes, unless they were, and do not wait until they are ready: programs do.

        Raises `SandboxError` if one cannot be started.
        """
        with self._lock:
            if not self._is_started:
                self._readable = readable(self._hidden)
                for process in (self.light, self.full):
                    process.start(self._readable)
                self._is_started = True

    def close(self) -> None:
        """End the warm processes; their programs end with them."""
        while self._idle:
            for job in self._idle.popitem()[1]:
                job.close()
        for process in (self.light, self.full):
            process.close()
        self._is_started = False

    def hide(self, paths: Sequence[Path]) -> None:
        """Let no program to come read these either. Not to be called while programs run.

        Warm processes whose programs could are ended, and started anew by the next program. Raises `SandboxError` for a
        folder that programs cannot do without.
        """
        known = [path.resolve() for path in self._hidden]
        new = [path for path in paths if not any(path.resolve().is_relative_to(place) for place in known)]
        with self._lock:
            self._hidden += tuple(new)
            if new and self._is_started and readable(self._hidden) != self._readable:
                self.close()

    def run(self, program: str, limits: Limits, *, stdin: str = "", echo: bool = False) -> Execution:
        """Run a program and wait for its end. `echo` prints the value of a last line that is an expression.

        Raises `SandboxError` if it could not be run; whatever the program itself does is in the `Execution`.
        """
        self.start()
        with self._places.taken() as place:

            def run_in(process: WarmProcess) -> Ended:
                elsewhere = () if process is self.full else self._libraries
                with Job(program, stdin, place) as job:
                    process.hand(job, limits, echo=echo, elsewhere=elsewhere)
                    return job.supervise(limits)

            process = self._process_for(program)
            ended = _in_two_tries(lambda: run_in(process))
            execution = ended.execution(limits)
            if process is self.full or not ended.wants_library(limits):
                return execution
            again = _in_two_tries(lambda: run_in(self.full)).execution(limits)
            return replace(again, unsafe=execution.unsafe | again.unsafe)

    def ask(self, program: str, question: str, limits: Limits) -> str | Execution:
        """Ask a program that answers each line of its input with one, and return its answer, or how it ended instead.

        It is kept for further questions, until it has answered many; the limits are each question's own. One that
        ended is made anew. Raises `SandboxError` if it could not be run.
        """
        self.start()
        with self._asking.taken():
            return _in_two_tries(lambda: self._ask(program, question, limits))

    def _ask(self, program: str, question: str, limits: Limits) -> str | Execution:
        if (job := self._take_idle(program)) is None:
            job = Job(program, None)
            try:
                self._process_for(program).hand(job, replace(limits, cpu_seconds=None))
            except BaseException:
                job.close()
                raise
        keep = False
        try:
            answer = job.ask(question, limits)
            keep = isinstance(answer, str) and job.asked < _MOST_QUESTIONS and not job.has_ended
        finally:
            if keep:
                with self._lock:
                    self._idle.setdefault(program, []).append(job)
            else:
                job.close()
        return answer

    def _take_idle(self, program: str) -> Job | None:
        with self._lock:
            waiting = self._idle.get(program, [])
            while waiting:
                job = waiting.pop()
                if not job.has_ended:  # killed from outside, or with its warm process
                    return job
                job.close()
        return None

    def _process_for(self, program: str) -> WarmProcess:
        """Return the warm process that a program is to be forked from, by whether its text names a library."""
        return self.full if any(name in program for name in self._libraries) else self.light


def _in_two_tries(attempt: Callable[[], _T]) -> _T:
    """Do it; once more where a warm process was killed from outside (out of memory, say), which was not seen yet."""
    try:
        return attempt()
    except NotStartedError:
        return attempt()
