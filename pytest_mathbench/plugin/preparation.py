"""What the first item waits for, begun before it: requests, a server, the sandbox with its self-test.

The fixtures wait for it, and do what was not begun; so any fault is the first item's to tell.
"""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from pytest_mathbench.errors import MathbenchError
from pytest_mathbench.grading import selftest
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.plugin.benchmark import BENCHMARK, only_lists
from pytest_mathbench.plugin.evaluation import is_overridden
from pytest_mathbench.plugin.hub import backend_of, layers_of
from pytest_mathbench.plugin.items import problem_of, runs_a_program, sample_of
from pytest_mathbench.plugin.workers import is_worker
from pytest_mathbench.records import AttemptId, Problem
from pytest_mathbench.sandbox import Sandbox

CLIENT_FIXTURES = ("mathbench_server", "mathbench_client")
SELFTEST_FIXTURE = "_mathbench_selftest"

_LEAVE_ITEMS = {"_pytest", "xdist", "_hypothesis_pytestplugin", "pytest_mathbench"}
"""Packages whose changes to collected items are known: they deselect none without one of the options below."""

_DESELECT = ("keyword", "markexpr", "deselect", "lf", "stepwise")


class Tested:
    """The session's own sandbox. A thread warms it, and sees that answers are graded there as they should be."""

    def __init__(self, config: pytest.Config) -> None:
        """Begin at once."""
        benchmark = config.stash[BENCHMARK]
        self.sandbox = Sandbox(
            (*benchmark.settings.preload, WARM_MODULE, *benchmark.triggers.modules),
            layers=layers_of(config),
            hidden=benchmark.answers,
            scratch_bytes=benchmark.settings.scratch or 0,
        )
        self._closed = False
        self._thread = ThreadPoolExecutor(1, "mathbench-selftest")
        problem_set = benchmark.problem_set
        self._test = self._thread.submit(
            selftest.run, self.sandbox, self._until_closed(problem_set.problems), problem_set.places
        )

    def wait(self) -> None:
        """Wait for the self-test. Raises `GradingError` or `SandboxError` if it failed."""
        self._test.result()

    def close(self) -> None:
        """End the self-test and the sandbox."""
        self._closed = True
        self._thread.shutdown()
        self.sandbox.close()

    def _until_closed(self, problems: Iterable[Problem]) -> Iterator[Problem]:
        for problem in problems:
            if self._closed:
                return
            yield problem


class Preparation:
    """Begins as soon as it is known what will be needed, in the process that owns the run or runs items."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tested: Tested | None = None

    def pytest_sessionstart(self) -> None:
        """Announce all attempts at once where it is known that all will be made: workers take a while to collect."""
        if not is_worker(self._config) and runs_everything(self._config):
            benchmark = self._config.stash[BENCHMARK]
            samples = range(benchmark.settings.samples)
            self._announce([(problem.id, sample) for problem in benchmark.problems for sample in samples])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin what the items' fixtures will need, as far as they are the plugin's own."""
        if _makes_nothing(self._config):
            return
        fixtures = {name for item in session.items for name in getattr(item, "fixturenames", ())}
        if SELFTEST_FIXTURE in fixtures:
            self.tested()
        if attempts := attempts_of(item for item in session.items if not _has_its_own_client(item)):
            self._announce(attempts)

    def pytest_unconfigure(self) -> None:
        """End what no fixture came to end."""
        self.close()

    def tested(self) -> Tested:
        """Return the session's own sandbox, whose self-test may be under way."""
        if self._tested is None:
            self._tested = Tested(self._config)
        return self._tested

    def close(self) -> None:
        """End the sandbox."""
        tested, self._tested = self._tested, None
        if tested:
            tested.close()

    def _announce(self, attempts: list[AttemptId]) -> None:
        """Announce attempts to the named endpoint, or to the run's own server, which is started for it."""
        backend = backend_of(self._config)

        def announce() -> None:
            with suppress(MathbenchError):  # the first item meets it, and says so
                backend.announce(backend.endpoint(), attempts)

        threading.Thread(target=announce, name="mathbench-announce", daemon=True).start()


PREPARATION = pytest.StashKey[Preparation]()


def attempts_of(items: Iterable[pytest.Item]) -> list[AttemptId]:
    """Return the attempts that items will make, as far as that is known beforehand."""
    return [
        (found.id, sample_of(item))
        for item in items
        if runs_a_program(item) and not is_overridden(item, "problem") and (found := problem_of(item))
    ]


def runs_everything(config: pytest.Config) -> bool:
    """Whether the session will surely make every attempt: it runs the bundled suite, and nothing takes items out."""
    benchmark = config.stash[BENCHMARK]
    if not benchmark.is_bundled_suite or _makes_nothing(config):
        return False
    if any(getattr(config.option, name, None) for name in _DESELECT):
        return False
    changing = config.hook.pytest_collection_modifyitems.get_hookimpls()
    return all(each.function.__module__.partition(".")[0] in _LEAVE_ITEMS for each in changing)


def _makes_nothing(config: pytest.Config) -> bool:
    return only_lists(config) or bool(config.option.setupplan)


def _has_its_own_client(item: pytest.Item) -> bool:
    return any(is_overridden(item, name) for name in CLIENT_FIXTURES)
