"""Evaluations made ahead of the items that ask for them, so that one process uses server and cores together."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from pytest_mathbench.records import ItemResult, Limits, Problem


@dataclass(frozen=True, slots=True)
class Job:
    """One evaluation, for one item."""

    item: str
    problem: Problem
    sample: int
    limits: Limits


class Ahead:
    """Threads that evaluate jobs in the order of the items. What an item needs sooner, it evaluates itself.

    A thread waits for its completion and then for a core; there are so many threads that neither is left idle.
    """

    def __init__(self, jobs: Iterator[Job], evaluate: Callable[[Job], ItemResult], threads: int) -> None:
        """Begin at once. `jobs` is read in these threads, one at a time."""
        self._jobs = jobs
        self._evaluate = evaluate
        self._lock = threading.Lock()
        self._begun: dict[Job, Future[ItemResult]] = {}
        self._overtaken: set[Job] = set()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name="mathbench-ahead", daemon=True) for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def result(self, job: Job) -> ItemResult:
        """Return a job's result, waiting for it or making it. Raises what the evaluation raises."""
        with self._lock:
            future = self._begun.pop(job, None)
            if future is None:
                self._overtaken.add(job)
        return future.result() if future else self._evaluate(job)

    def close(self) -> None:
        """Begin nothing more, and wait for what was begun."""
        with self._lock:
            self._closed = True
        for thread in self._threads:
            thread.join()

    def _next(self) -> tuple[Job, Future[ItemResult]] | None:
        with self._lock:
            if self._closed:
                return None
            for job in self._jobs:
                if job not in self._overtaken:
                    future = self._begun[job] = Future()
                    return job, future
            return None

    def _work(self) -> None:
        while begun := self._next():
            job, future = begun
            try:
                future.set_result(self._evaluate(job))
            except BaseException as error:  # noqa: BLE001 - the item raises it
                future.set_exception(error)
