"""What makes a pytest item of a problem: parameters, marks, time limit, and the result in its report."""

import os
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pytest
from pytest_timeout import Settings as TimeoutSettings

from pytest_mathbench.errors import MathbenchError
from pytest_mathbench.plugin.benchmark import BENCHMARK
from pytest_mathbench.plugin.junit import properties_of
from pytest_mathbench.printable import printable
from pytest_mathbench.records import Completion, ItemResult, Outcome, Problem
from pytest_mathbench.settings import DEFAULT_TIMEOUT_SECONDS

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

RESULT_PROPERTY = "mathbench"
"""The user property of a report that carries a result as JSON."""

RESUMED_PROPERTY = "mathbench_resumed"
"""The same, for a result that a resumed run had already."""

SAMPLE_FIXTURE = "mathbench_sample"
NOT_MEASURED = "not_measured"

TIME_LIMIT = pytest.StashKey[float]()


@dataclass(slots=True)
class Results:
    """What an item has measured since it was set up; a rerun begins anew."""

    unreported: list[tuple[str, ItemResult]] = field(default_factory=list)
    """What no report carries yet, each with the name of its property."""
    has_any: bool = False
    test_runs: bool = False
    failed_subtests: list[str | None] = field(default_factory=list)
    """Whose fault each was, as `_mark` says it; None for the suite's own."""
    in_junit: list[tuple[str, object]] = field(default_factory=list)
    """The item's user properties that tell of its last result."""

    def add(self, result: ItemResult, *, resumed: bool = False) -> None:
        """Take a result; a later one of the same attempt will replace it."""
        self.unreported.append((RESUMED_PROPERTY if resumed else RESULT_PROPERTY, result))
        self.has_any = True


RESULTS = pytest.StashKey[Results]()


class WrongAnswer(pytest.fail.Exception):  # type: ignore[misc, name-defined]  # pytest types it as Any
    """The model's fault: the item fails, with one line instead of a traceback."""

    def __init__(self, result: ItemResult) -> None:
        super().__init__(printable(describe(result)), pytrace=False)
        self.result = result


def describe(result: ItemResult) -> str:
    """Say in one line how an attempt went."""
    if result.outcome == Outcome.CUT_OFF and result.completion:
        return f"{result.outcome}: {_cut_off(result.completion)}"
    if result.grade:
        printed = result.grade.answer[:200]
        return (
            f"{result.outcome} ({result.grade.rule}): printed {printed!r}, the reference is {result.problem.answer!r}"
        )
    return f"{result.outcome}: {result.execution.detail}" if result.execution else str(result.outcome)


def _cut_off(completion: Completion) -> str:
    """Say what the tokens went into that ran out."""
    tokens, thinking = completion.completion_tokens, completion.thinking_tokens
    if thinking and thinking >= tokens:
        return f"all {tokens:,} tokens went into thinking"
    share = f", {thinking:,} of them into thinking" if thinking else ""
    return f"the completion was cut off after {tokens:,} tokens{share}"


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
        self._problems = config.stash[BENCHMARK].problems
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
        """Begin anew: what an earlier run of the item left (a rerun) is not this one's."""
        if former := item.stash.get(RESULTS, None):
            _tell_junit(item, former, [])
        if former or runs_a_program(item):
            item.stash[RESULTS] = Results()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Know whether the test runs: a report that is made meanwhile is a subtest's."""
        results = item.stash.get(RESULTS, Results())
        results.test_runs = True
        try:
            return (yield)
        finally:
            results.test_runs = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put into a report what its item has measured since the last one, and whose fault a failure is."""
        report = yield
        if RESULTS in item.stash and report.when != "teardown":
            results = item.stash[RESULTS]
            if call.excinfo and report.failed:
                _explain(report, item, call.excinfo.value, results)
            _account_for_subtests(report, results)
            _carry(report, item, results)
        elif RESULTS in item.stash and not item.stash[RESULTS].in_junit:
            del item.stash[RESULTS]  # pytest keeps items to the end
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, object] | None:
        """Show the model's faults as `w`, ours as errors."""
        status = getattr(report, "mathbench", None)
        if not status or not report.failed:  # a rerun will follow, or it was expected to fail
            return None
        if status == NOT_MEASURED:
            return "error", "E", "ERROR"
        word = "WRONG" if status == Outcome.WRONG else f"WRONG ({status})"
        return "wrong", "w", (word, {"yellow": True})


def _has_a_limit(item: pytest.Item) -> bool:
    """Whether the nearest timeout mark names a limit: it may only choose a method."""
    mark = item.get_closest_marker("timeout")
    return mark is not None and bool(mark.args or "timeout" in mark.kwargs)


def _explain(report: pytest.TestReport, item: pytest.Item, error: BaseException, results: Results) -> None:
    """Say whose fault a failure is: the model's, ours (the attempt is not measured), or, unmarked, the suite's own."""
    if isinstance(error, WrongAnswer):
        _mark(report, str(error.result.outcome))
        return
    if isinstance(error, MathbenchError):
        report.longrepr = f"not measured: {error}"
    fault = fault_of(error)
    if not (results.unreported and results.unreported[-1][1].fault == fault):  # its evaluation has noted it
        nothing_measured = not (results.has_any or results.test_runs)
        problem = problem_of(item)
        if problem is None or not (nothing_measured or isinstance(error, MathbenchError)):
            return
        results.add(ItemResult(problem=problem, sample=sample_of(item), fault=fault))
    _mark(report, NOT_MEASURED)


def _account_for_subtests(report: pytest.TestReport, results: Results) -> None:
    """Let a test that pytest fails for its subtests be the fault of whoever was at fault in all of them."""
    if results.test_runs and report.failed:
        results.failed_subtests.append(getattr(report, "mathbench", None))
    elif report.passed and results.failed_subtests and all(results.failed_subtests):
        _mark(report, str(results.failed_subtests[-1]))


def _mark(report: pytest.TestReport, what: str) -> None:
    report.mathbench = what  # type: ignore[attr-defined]  # reports carry extra attributes, through xdist too


def _carry(report: pytest.TestReport, item: pytest.Item, results: Results) -> None:
    """Move what was measured into a report; JUnit takes the item's own properties, at teardown."""
    if not results.unreported:
        return
    report.user_properties.extend((name, result.to_json()) for name, result in results.unreported)
    executions = [result.execution for _, result in results.unreported if result.execution]
    if executions:
        report.duration = sum(each.wall_seconds for each in executions)  # for --durations: the rest is waiting
    if item.config.getoption("xmlpath", None):  # pytest keeps each report's copy to the end
        _tell_junit(item, results, properties_of(results.unreported[-1][1]))
    results.unreported.clear()


def _tell_junit(item: pytest.Item, results: Results, properties: list[tuple[str, object]]) -> None:
    """Let an item's user properties tell of its last result only."""
    item.user_properties[:] = [each for each in item.user_properties if each not in results.in_junit]
    item.user_properties.extend(properties)
    results.in_junit = properties


def fault_of(error: BaseException) -> str:
    """Say why an attempt was not measured."""
    return str(error) if isinstance(error, MathbenchError) else f"{type(error).__name__}: {error}"
