"""What makes a pytest item of a problem: parameters, marks, time limit, and the result in its report."""

import os
from collections.abc import Generator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from pytest_timeout import Settings as TimeoutSettings

from pytest_mathbench.errors import MathbenchError
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.junit import properties_of
from pytest_mathbench.records import ItemResult, Outcome, Problem
from pytest_mathbench.settings import DEFAULT_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

RESULT_PROPERTY = "mathbench"
"""The user property of a call report that carries the item's result as JSON."""

RESUMED_PROPERTY = "mathbench_resumed"
"""The same, for a result that a resumed run had already."""

SAMPLE_FIXTURE = "mathbench_sample"

TIME_LIMIT = pytest.StashKey[float]()
RESULT = pytest.StashKey[ItemResult]()
RESUMED = pytest.StashKey[bool]()
RECORDED = pytest.StashKey[bool]()


class WrongAnswer(pytest.fail.Exception):  # type: ignore[misc, name-defined]  # pytest types it as Any
    """The model's fault: the item fails, with one line instead of a traceback."""

    def __init__(self, result: ItemResult) -> None:
        super().__init__(describe(result), pytrace=False)
        self.result = result


def describe(result: ItemResult) -> str:
    """Say in one line how an attempt went."""
    if result.grade:
        printed = result.grade.answer[:200]
        return (
            f"{result.outcome} ({result.grade.rule}): printed {printed!r}, the reference is {result.problem.answer!r}"
        )
    if result.completion and result.completion.truncated:
        return f"{result.outcome}: the completion was cut off after {result.completion.completion_tokens} tokens"
    return f"{result.outcome}: {result.execution.detail}" if result.execution else str(result.outcome)


def problem_of(item: pytest.Item) -> Problem | None:
    """Return the problem that an item was parametrized with."""
    callspec = getattr(item, "callspec", None)
    problem = callspec.params.get("problem") if callspec else None
    return problem if isinstance(problem, Problem) else None


def sample_of(item: pytest.Item) -> int:
    """Return which sample of its problem an item is, from 0."""
    callspec = getattr(item, "callspec", None)
    return int(callspec.params.get(SAMPLE_FIXTURE, 0)) if callspec else 0


def default_limit(config: pytest.Config) -> float | None:
    """Return the CPU seconds of programs whose item has no limit of its own; None for no limit.

    The user's word in pytest-timeout's ways: option, environment, ini file, in this order.
    """
    value = config.getoption("timeout")
    if value is None:
        value = os.environ.get("PYTEST_TIMEOUT") or config.getini("timeout") or DEFAULT_TIMEOUT_SECONDS
    return float(value) or None


def limit_of(item: pytest.Item) -> float | None:
    """Return the CPU seconds that an item's programs will be given."""
    mark = item.get_closest_marker("timeout")
    if mark is None or not _has_a_limit(item):
        return default_limit(item.config)
    return float(mark.kwargs["timeout"] if "timeout" in mark.kwargs else mark.args[0]) or None


def runs_a_program(item: pytest.Item) -> bool:
    """Whether an item evaluates problems: its time limit is then the programs', not the test's."""
    return "mathbench" in getattr(item, "fixturenames", ())


class Items:
    """Hooks around items; registered where items run, and in the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self._problems = config.stash[BENCHMARK].problem_set.problems
        self._samples = config.stash[BENCHMARK].settings.samples
        user_has_a_limit = (
            config.getoption("timeout") is not None or os.environ.get("PYTEST_TIMEOUT") or config.getini("timeout")
        )
        self._default_limit = None if user_has_a_limit else pytest.mark.timeout(DEFAULT_TIMEOUT_SECONDS)

    @cached_property
    def _parameters(self) -> "list[ParameterSet]":
        """One parameter set per problem, shared by all tests; the marks are shared by all problems of a cell."""
        marks = {
            cell: (getattr(pytest.mark, str(cell[0])), getattr(pytest.mark, f"level{cell[1]}"))
            for cell in {(problem.domain, problem.level) for problem in self._problems}
        }
        return [
            pytest.param(problem, id=problem.id, marks=marks[problem.domain, problem.level])
            for problem in self._problems
        ]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Parametrize every test that asks for `problem`, and by samples what evaluates it several times."""
        if "problem" not in metafunc.fixturenames:
            return
        metafunc.parametrize("problem", self._parameters, indirect=True)
        if self._samples > 1 and SAMPLE_FIXTURE in metafunc.fixturenames:
            names = [f"sample{number + 1}" for number in range(self._samples)]
            metafunc.parametrize(SAMPLE_FIXTURE, range(self._samples), ids=names, indirect=True)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Give each program a time limit, unless the user set one by any of pytest-timeout's ways."""
        if self._default_limit and runs_a_program(item) and not _has_a_limit(item):
            item.add_marker(self._default_limit)

    def pytest_timeout_set_timer(self, item: pytest.Item, settings: TimeoutSettings) -> bool | None:
        """Take the limit for the sandbox, and let no clock run around the item itself."""
        if not runs_a_program(item):
            return None
        item.stash[TIME_LIMIT] = float(settings.timeout)
        return True

    def pytest_timeout_cancel_timer(self, item: pytest.Item) -> bool | None:
        """Nothing to cancel where no timer was set."""
        return True if isinstance(item, pytest.Item) and TIME_LIMIT in item.stash else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin an attempt: what a former one left (a rerun) is not this one's."""
        former: tuple[pytest.StashKey[Any], ...] = (RESULT, RECORDED, RESUMED)
        for key in former:
            if key in item.stash:
                del item.stash[key]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the result, or why there is none, into one report: an item may have several (subtests)."""
        report = yield
        if not runs_a_program(item) or report.when == "teardown":
            return report
        error = call.excinfo.value if call.excinfo and report.failed else None
        result = item.stash.get(RESULT, None)
        if isinstance(error, WrongAnswer):
            report.mathbench = str(error.result.outcome)  # type: ignore[attr-defined]  # reports carry extra attributes
        elif error is not None and (isinstance(error, MathbenchError) or not (result or RECORDED in item.stash)):
            problem = problem_of(item)
            result = ItemResult(problem=problem, sample=sample_of(item), fault=_fault(error)) if problem else None
            report.mathbench = "not_measured"  # type: ignore[attr-defined]
            if isinstance(error, MathbenchError):
                report.longrepr = f"not measured: {error}"
        if result is not None:
            # Only this report carries the record; JUnit takes the item's own properties, at teardown.
            name = RESUMED_PROPERTY if item.stash.get(RESUMED, False) else RESULT_PROPERTY
            report.user_properties.append((name, result.to_json()))
            item.user_properties.extend(properties_of(result))
            item.stash[RECORDED] = True
            if result.execution:
                report.duration = result.execution.wall_seconds  # for --durations: the rest is waiting for others
            if RESULT in item.stash:
                del item.stash[RESULT]
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, object] | None:
        """Show the model's faults as `w`, ours as errors."""
        status = getattr(report, "mathbench", None)
        if not status or report.when == "teardown":
            return None
        if status == "not_measured":
            return "error", "E", "ERROR"
        word = "WRONG" if status == Outcome.WRONG else f"WRONG ({status})"
        return "wrong", "w", (word, {"yellow": True})


def _has_a_limit(item: pytest.Item) -> bool:
    """Whether the nearest timeout mark names a limit: it may only choose a method."""
    mark = item.get_closest_marker("timeout")
    return mark is not None and bool(mark.args or "timeout" in mark.kwargs)


def _fault(error: BaseException) -> str:
    return str(error) if isinstance(error, MathbenchError) else f"{type(error).__name__}: {error}"
