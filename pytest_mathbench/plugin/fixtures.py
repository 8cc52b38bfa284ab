"""The fixtures; all of them may be overridden, which is how a suite is extended (docs/own-suite.md)."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from pytest_mathbench import pipeline, problems
from pytest_mathbench.errors import GradingError, ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.grading import selftest
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.grading.judge import Judge
from pytest_mathbench.plugin.activation import BENCHMARK, judge_endpoint
from pytest_mathbench.plugin.ahead import Ahead, Job
from pytest_mathbench.plugin.items import (
    RESULT,
    RESUMED,
    SAMPLE_FIXTURE,
    TIME_LIMIT,
    WrongAnswer,
    limit_of,
    problem_of,
    runs_a_program,
    sample_of,
)
from pytest_mathbench.plugin.xdist import backend_of, is_worker, layers_of
from pytest_mathbench.records import ItemResult, Outcome, Problem, Request
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.serving.endpoint import Endpoint


@pytest.fixture
def problem(request: pytest.FixtureRequest) -> Problem:
    """The problem of this item: every test that asks for it runs once for each selected problem."""
    found: Problem = request.param
    return found


@pytest.fixture(scope="session")
def mathbench_server(request: pytest.FixtureRequest) -> Endpoint:
    """The endpoint of the model under test: a vLLM server started for this run, or the one that was named."""
    try:
        return backend_of(request.config).endpoint()
    except ServerError:
        # Without a model no further item can be measured.
        request.session.shouldstop = "mathbench: there is no model to measure"
        raise


@pytest.fixture(scope="session")
def mathbench_client(request: pytest.FixtureRequest, mathbench_server: Endpoint) -> CompletionSource:
    """The source of completions. What the session's items will ask for is made ahead, in their order."""
    backend = backend_of(request.config)
    backend.announce(
        mathbench_server,
        [
            (found.id, sample_of(item))
            for item in request.session.items
            if runs_a_program(item) and not _is_overridden(item, "problem") and (found := problem_of(item))
        ],
    )
    return backend.source(mathbench_server)


@pytest.fixture(scope="session")
def mathbench_sandbox(_mathbench_sandbox: Sandbox) -> Sandbox:
    """Where programs run and answers are graded. The reference answers' files are hidden from it."""
    return _mathbench_sandbox


@pytest.fixture(scope="session")
def _mathbench_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The sandbox that is used unless a suite brings its own, and the self-test's."""
    settings, bundled = request.config.stash[BENCHMARK].settings, problems.bundled_folder()
    with Sandbox(
        (*settings.preload, WARM_MODULE),
        layers=layers_of(request.config),
        hidden=[Path(name).expanduser().absolute() for name in (bundled, settings.problems, settings.output) if name],
        scratch_bytes=settings.scratch or 0,
    ) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def _mathbench_selftest(request: pytest.FixtureRequest, _mathbench_sandbox: Sandbox) -> None:
    """See, before anything is measured, that the installed libraries grade known answers as they should."""
    problem_set = request.config.stash[BENCHMARK].problem_set
    try:
        selftest.run(_mathbench_sandbox, problem_set.problems, problem_set.places)
    except GradingError:
        request.session.shouldstop = "mathbench: answers cannot be graded here"
        raise


@pytest.fixture
def mathbench_sample(request: pytest.FixtureRequest) -> int:
    """Which sample of its problem this item is, from 0: there are several with --mathbench-samples."""
    return int(getattr(request, "param", 0))


@pytest.fixture(scope="session")
def _mathbench_ahead(request: pytest.FixtureRequest) -> Iterator[list[Ahead]]:
    """What evaluates ahead of the items, once there is something to evaluate with; nothing does so under xdist."""
    holder: list[Ahead] = []
    yield holder
    for ahead in holder:
        # First what its threads may wait for: completions that no item will ask for any more.
        backend_of(request.config).close()
        ahead.close()


@pytest.fixture
def mathbench(
    request: pytest.FixtureRequest,
    _mathbench_selftest: None,
    mathbench_client: CompletionSource,
    mathbench_sandbox: Sandbox,
    mathbench_sample: int,
    _mathbench_ahead: list[Ahead],
) -> Callable[[Problem], ItemResult]:
    """Evaluate a problem: generate, execute, grade. Fails the test unless the answer is correct.

    Returns the `ItemResult`; `mathbench.evaluate(problem)` returns it whatever the outcome.
    """
    evaluation = Evaluation(request.node, mathbench_client, mathbench_sandbox, mathbench_sample)
    if not _mathbench_ahead and not is_worker(request.config) and _may_run_ahead(request.node):
        settings = request.config.stash[BENCHMARK].settings
        threads = min(settings.concurrency + len(os.sched_getaffinity(0)), len(request.session.items))
        _mathbench_ahead.append(Ahead(evaluation.jobs(), evaluation.make, threads))
    evaluation.ahead = _mathbench_ahead[0] if _mathbench_ahead and _may_run_ahead(request.node) else None
    return evaluation


class Evaluation:
    """What the `mathbench` fixture gives."""

    def __init__(self, item: pytest.Item, source: CompletionSource, sandbox: Sandbox, sample: int) -> None:
        self.ahead: Ahead | None = None
        self._item = item
        self._source = source
        self._sandbox = sandbox
        self._sample = sample
        self._benchmark = item.config.stash[BENCHMARK]
        judge = judge_endpoint(self._benchmark.settings)
        of_all = self._benchmark.settings.judging == "all"
        self._judge = Judge(backend_of(item.config).source(judge), of_all) if judge else None

    def __call__(self, problem: Problem) -> ItemResult:
        """Evaluate, and fail the test for every outcome but a correct answer."""
        __tracebackhide__ = True
        result = self.evaluate(problem)
        if result.outcome != Outcome.CORRECT:
            raise WrongAnswer(result)
        return result

    def evaluate(self, problem: Problem) -> ItemResult:
        """Evaluate, and record the result for the report. Raises `MathbenchError` if it cannot be measured."""
        limit = self._item.stash.get(TIME_LIMIT, None)
        job = self._job(self._item, problem, self._sample, limit)
        result = self._recalled(job)
        self._item.stash[RESUMED] = result is not None
        if result is None:
            result = self.ahead.result(job) if self.ahead else self.make(job)
        self._item.stash[RESULT] = result
        return result

    def jobs(self) -> Iterator[Job]:
        """Yield what the session's items will ask for, as far as that is known beforehand."""
        recorded = backend_of(self._item.config).recorded()
        for item in self._item.session.items:
            if not (runs_a_program(item) and _may_run_ahead(item) and (problem := problem_of(item))):
                continue
            if (problem.id, sample_of(item)) not in recorded:
                yield self._job(item, problem, sample_of(item), limit_of(item))

    def make(self, job: Job) -> ItemResult:
        """Evaluate a job, in whatever thread."""
        return pipeline.evaluate(
            job.problem,
            self._request(job),
            source=self._source,
            sandbox=self._sandbox,
            limits=job.limits,
            sample=job.sample,
            strategy=self._benchmark.strategy,
            triggers=self._benchmark.triggers,
            echo=self._benchmark.settings.echo,
            verdict=self._benchmark.settings.verdict,
            judge=self._judge,
        )

    def _job(self, item: pytest.Item, problem: Problem, sample: int, limit: float | None) -> Job:
        return Job(item.nodeid, problem, sample, pipeline.limits(limit, self._benchmark.settings.memory))

    def _request(self, job: Job) -> Request:
        return self._benchmark.questionnaire.request(job.problem, job.sample)

    def _recalled(self, job: Job) -> ItemResult | None:
        """Return what a resumed run has for a job already."""
        backend, attempt = backend_of(self._item.config), (job.problem.id, job.sample)
        result = backend.recall(attempt) if attempt in backend.recorded() else None
        if result and (result.problem, result.request, result.limits) == (job.problem, self._request(job), job.limits):
            return result
        return None


def _may_run_ahead(item: pytest.Item) -> bool:
    """Whether what an item will do is known beforehand: it is not, where a suite replaces the fixtures it is made of.

    A source or a sandbox of the suite's own serves as well, if it lives as long as the session.
    """
    if any(_is_overridden(item, name) for name in ("problem", "mathbench", SAMPLE_FIXTURE)):
        return False
    return all(_definitions(item, name)[-1].scope == "session" for name in ("mathbench_client", "mathbench_sandbox"))


def _is_overridden(item: pytest.Item, name: str) -> bool:
    """Whether a suite replaces a fixture."""
    return len(_definitions(item, name)) > 1


def _definitions(item: pytest.Item, name: str) -> Sequence["pytest.FixtureDef[object]"]:
    """Return a fixture's definitions as an item sees them, the effective one last."""
    return item.session._fixturemanager.getfixturedefs(name, item) or ()  # noqa: SLF001 - pytest has no public way
