"""The fixtures; all of them may be overridden, which is how a suite is extended (docs/own-suite.md)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_mathbench import pipeline, problems
from pytest_mathbench.errors import ServerError
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.items import RESULT, TIME_LIMIT, WrongAnswer, problem_of, runs_a_program
from pytest_mathbench.plugin.xdist import backend_of, layers_of
from pytest_mathbench.records import ItemResult, Outcome, Problem
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
    """The source of completions. What the session's items will ask for is announced to it first."""
    source = backend_of(request.config).source(mathbench_server)
    questionnaire = request.config.stash[BENCHMARK].questionnaire
    source.announce(
        questionnaire.request(found)
        for item in request.session.items
        if runs_a_program(item) and not _problem_is_overridden(item) and (found := problem_of(item))
    )
    return source


@pytest.fixture(scope="session")
def mathbench_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Where programs run and answers are graded. The reference answers' files are hidden from it."""
    settings, bundled = request.config.stash[BENCHMARK].settings, problems.bundled_folder()
    with Sandbox(
        (*settings.preload, WARM_MODULE),
        layers=layers_of(request.config),
        hidden=[Path(name).expanduser().absolute() for name in (bundled, settings.problems, settings.output) if name],
        scratch_bytes=settings.scratch or 0,
    ) as sandbox:
        yield sandbox


@pytest.fixture
def mathbench(
    request: pytest.FixtureRequest, mathbench_client: CompletionSource, mathbench_sandbox: Sandbox
) -> Callable[[Problem], ItemResult]:
    """Evaluate a problem: generate, execute, grade. Fails the test unless the answer is correct.

    Returns the `ItemResult`; `mathbench.evaluate(problem)` returns it whatever the outcome.
    """
    return Evaluation(request.node, mathbench_client, mathbench_sandbox)


class Evaluation:
    """What the `mathbench` fixture gives."""

    def __init__(self, item: pytest.Item, source: CompletionSource, sandbox: Sandbox) -> None:
        self._item = item
        self._source = source
        self._sandbox = sandbox

    def __call__(self, problem: Problem) -> ItemResult:
        """Evaluate, and fail the test for every outcome but a correct answer."""
        __tracebackhide__ = True
        result = self.evaluate(problem)
        if result.outcome != Outcome.CORRECT:
            raise WrongAnswer(result)
        return result

    def evaluate(self, problem: Problem) -> ItemResult:
        """Evaluate, and record the result for the report. Raises `MathbenchError` if it cannot be measured."""
        benchmark = self._item.config.stash[BENCHMARK]
        result = pipeline.evaluate(
            problem,
            benchmark.questionnaire.request(problem),
            source=self._source,
            sandbox=self._sandbox,
            limits=pipeline.limits(self._item.stash.get(TIME_LIMIT, None), benchmark.settings.memory),
            echo=benchmark.settings.echo,
        )
        self._item.stash[RESULT] = result
        return result


def _problem_is_overridden(item: pytest.Item) -> bool:
    """Whether a suite replaces the `problem` fixture: what it will ask for is then unknown beforehand."""
    definitions = item.session._fixturemanager.getfixturedefs("problem", item)  # noqa: SLF001 - pytest has no public way
    return len(definitions or ()) > 1
