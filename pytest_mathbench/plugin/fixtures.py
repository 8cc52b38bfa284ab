"""The fixtures; all of them may be overridden, which is how a suite is extended (docs/own-suite.md)."""

from collections.abc import Iterator

import pytest

from pytest_mathbench.errors import GradingError, ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.plugin.benchmark import BENCHMARK
from pytest_mathbench.plugin.evaluation import Evaluations, Mathbench
from pytest_mathbench.plugin.hub import backend_of
from pytest_mathbench.plugin.preparation import PREPARATION, attempts_of
from pytest_mathbench.records import Problem
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
        request.session.shouldstop = "mathbench: there is no model to measure; mathbench doctor says what a run lacks"
        raise


@pytest.fixture(scope="session")
def mathbench_client(request: pytest.FixtureRequest, mathbench_server: Endpoint) -> CompletionSource:
    """The source of completions. What the session's items will ask for is made ahead, in their order."""
    backend = backend_of(request.config)
    backend.announce(mathbench_server, attempts_of(request.session.items))
    return backend.source(mathbench_server)


@pytest.fixture(scope="session")
def mathbench_sandbox(_mathbench_sandbox: Sandbox) -> Sandbox:
    """Where programs run and answers are graded. The reference answers' files are hidden from it."""
    return _mathbench_sandbox


@pytest.fixture(scope="session")
def _mathbench_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The sandbox that is used unless a suite brings its own, and the self-test's."""
    preparation = request.config.stash[PREPARATION]
    yield preparation.tested().sandbox
    preparation.close()


@pytest.fixture(scope="session")
def _mathbench_selftest(request: pytest.FixtureRequest, _mathbench_sandbox: Sandbox) -> None:
    """See, before anything is measured, that the installed libraries grade known answers as they should."""
    try:
        request.config.stash[PREPARATION].tested().wait()
    except GradingError:
        request.session.shouldstop = "mathbench: answers cannot be graded here"
        raise


@pytest.fixture
def mathbench_sample(request: pytest.FixtureRequest) -> int:
    """Which sample of its problem this item is, from 0: there are several with --mathbench-samples."""
    return int(getattr(request, "param", 0))


@pytest.fixture(scope="session")
def _mathbench_evaluations(request: pytest.FixtureRequest) -> Iterator[Evaluations]:
    """All evaluations of the session: set up last, so that it ends before what evaluates."""
    evaluations = Evaluations(request.session)
    yield evaluations
    evaluations.close()


@pytest.fixture
def mathbench(
    request: pytest.FixtureRequest,
    _mathbench_selftest: None,
    mathbench_client: CompletionSource,
    mathbench_sandbox: Sandbox,
    mathbench_sample: int,
    _mathbench_evaluations: Evaluations,
) -> Mathbench:
    """Evaluate a problem: generate, execute, grade. Fails the test unless the answer is correct.

    Returns the `ItemResult`; `mathbench.evaluate(problem)` returns it whatever the outcome.
    """
    mathbench_sandbox.hide(request.config.stash[BENCHMARK].answers)  # it may be a suite's own
    evaluate = _mathbench_evaluations.evaluating(request.node, mathbench_client, mathbench_sandbox)
    return Mathbench(request.node, mathbench_sample, _mathbench_evaluations, evaluate)
