"""Evaluations: made when an item asks for them, or ahead of the items, so that server and cores work at once."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

import pytest

from pytest_mathbench import pipeline
from pytest_mathbench.errors import EndpointLostError
from pytest_mathbench.execution import Limits
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.grading.judge import Judge
from pytest_mathbench.plugin.benchmark import BENCHMARK
from pytest_mathbench.plugin.hooks import request_for
from pytest_mathbench.plugin.hub import backend_of
from pytest_mathbench.plugin.items import (
    RESULTS,
    SAMPLE_FIXTURE,
    TIME_LIMIT,
    Results,
    WrongAnswer,
    fault_of,
    limit_of,
    problem_of,
    runs_a_program,
    sample_of,
)
from pytest_mathbench.plugin.workers import is_worker
from pytest_mathbench.records import ItemResult, Outcome, Problem, Request
from pytest_mathbench.sandbox import Sandbox


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


class Evaluations:
    """All evaluations of a session. Where one process runs everything they are made ahead of the items.

    Ahead runs only what is known beforehand, and only with what lives as long as the session (`may_run_ahead`).
    """

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._benchmark = session.config.stash[BENCHMARK]
        self._backend = backend_of(session.config)
        judge, of_all = self._backend.judge(), self._benchmark.settings.judging == "all"
        held, patch = self._backend.judge_format, self._benchmark.settings.judge_request
        self._judge = Judge(self._backend.source(judge), of_all, held, patch) if judge else None
        self._ahead: Ahead | None = None

    def evaluating(self, item: pytest.Item, source: CompletionSource, sandbox: Sandbox) -> Callable[[Job], ItemResult]:
        """Return what gives an item its results; with the first such item, begin to evaluate ahead."""
        evaluate = partial(self._evaluate, source, sandbox)
        if is_worker(self._session.config) or not may_run_ahead(item):
            return evaluate
        if self._ahead is None:
            most = self._benchmark.settings.concurrency + len(os.sched_getaffinity(0))
            self._ahead = Ahead(self._jobs(), evaluate, min(most, len(self._session.items)))
        return self._ahead.result

    def job(self, item: pytest.Item, problem: Problem, sample: int, cpu_seconds: float | None) -> Job:
        """Return what is to be evaluated for an item."""
        return Job(item.nodeid, problem, sample, pipeline.limits(cpu_seconds, self._benchmark.settings.memory))

    def recalled(self, job: Job) -> ItemResult | None:
        """Return what a resumed run has for a job already."""
        attempt = (job.problem.id, job.sample)
        result = self._backend.recall(attempt) if attempt in self._backend.recorded() else None
        if result and (result.problem, result.request, result.limits) == (job.problem, self._request(job), job.limits):
            return result
        return None

    def close(self) -> None:
        """Cancel the completions that no item will ask for any more, and end the threads that wait for them."""
        if self._ahead:
            self._backend.close()
            self._ahead.close()

    def _jobs(self) -> Iterator[Job]:
        """Yield what the session's items will ask for, as far as that is known beforehand."""
        recorded = self._backend.recorded()
        for item in self._session.items:
            if not (runs_a_program(item) and may_run_ahead(item) and (problem := problem_of(item))):
                continue
            if (problem.id, sample_of(item)) not in recorded:
                yield self.job(item, problem, sample_of(item), limit_of(item))

    def _evaluate(self, source: CompletionSource, sandbox: Sandbox, job: Job) -> ItemResult:
        """Evaluate a job, in whatever thread."""
        return pipeline.evaluate(
            job.problem,
            self._request(job),
            source=source,
            sandbox=sandbox,
            limits=job.limits,
            sample=job.sample,
            strategy=self._benchmark.strategy,
            triggers=self._benchmark.triggers,
            echo=self._benchmark.settings.echo,
            verdict=self._benchmark.settings.verdict,
            judge=self._judge,
        )

    def _request(self, job: Job) -> Request:
        return request_for(self._session.config, job.problem, job.sample)


class Mathbench:
    """What the `mathbench` fixture gives a test."""

    def __init__(
        self,
        item: pytest.Item,
        sample: int,
        evaluations: Evaluations,
        evaluate: Callable[[Job], ItemResult],
    ) -> None:
        self._item = item
        self._results = item.stash.setdefault(RESULTS, Results())
        self._sample = sample
        self._evaluations = evaluations
        self._evaluate = evaluate

    def __call__(self, problem: Problem) -> ItemResult:
        """Evaluate, and fail the test for every outcome but a correct answer."""
        __tracebackhide__ = True
        result = self.evaluate(problem)
        if result.outcome != Outcome.CORRECT:
            raise WrongAnswer(result)
        return result

    def evaluate(self, problem: Problem) -> ItemResult:
        """Evaluate, and record the result whatever its outcome.

        Raises `MathbenchError` if the attempt cannot be measured; that is recorded too.
        """
        cpu_seconds = self._item.stash.get(TIME_LIMIT, None) or limit_of(self._item)
        job = self._evaluations.job(self._item, problem, self._sample, cpu_seconds)
        try:
            recalled = self._evaluations.recalled(job)
            result = recalled or self._evaluate(job)
        except Exception as error:
            self._results.add(ItemResult(problem=problem, sample=self._sample, fault=fault_of(error)))
            if isinstance(error, EndpointLostError):
                self._item.session.shouldstop = "mathbench: the endpoint answers no further request"
            raise
        self._results.add(result, resumed=recalled is not None)
        return result


def may_run_ahead(item: pytest.Item) -> bool:
    """Whether what an item will do is known beforehand: it is not, where a suite replaces the fixtures it is made of.

    A source or a sandbox of the suite's own serves as well, if it lives as long as the session.
    """
    if any(is_overridden(item, name) for name in ("problem", "mathbench", SAMPLE_FIXTURE)):
        return False
    return all(_definitions(item, name)[-1].scope == "session" for name in ("mathbench_client", "mathbench_sandbox"))


def is_overridden(item: pytest.Item, name: str) -> bool:
    """Whether a suite replaces a fixture."""
    return len(_definitions(item, name)) > 1


def _definitions(item: pytest.Item, name: str) -> Sequence["pytest.FixtureDef[object]"]:
    """Return a fixture's definitions as an item sees them, the effective one last."""
    return item.session._fixturemanager.getfixturedefs(name, item) or ()  # noqa: SLF001 - pytest has no public way
