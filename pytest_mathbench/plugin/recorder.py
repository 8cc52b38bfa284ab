"""Takes the results out of pytest's reports and writes them down at once, in the process that owns the run."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pytest_mathbench.errors import RecordingError
from pytest_mathbench.plugin import junit
from pytest_mathbench.plugin.gating import Gating
from pytest_mathbench.plugin.hooks import Listeners
from pytest_mathbench.plugin.items import RESULT_PROPERTY, RESUMED_PROPERTY
from pytest_mathbench.plugin.nodeids import NodeIds
from pytest_mathbench.plugin.run import Run
from pytest_mathbench.plugin.workers import stands_for_a_crash
from pytest_mathbench.records import AttemptId, ItemResult

_CARRIERS = {RESULT_PROPERTY, RESUMED_PROPERTY}
_RERUN = "rerun"
"""The outcome that pytest-rerunfailures gives a failure which it will try again."""


class Recorder:
    """Records each result as it comes; a later one of the same attempt replaces it."""

    def __init__(self, run: Run, gating: Gating, nodeids: NodeIds, listeners: Listeners) -> None:
        self._run = run
        self._gating = gating
        self._nodeids = nodeids
        self._listeners = listeners
        self._reruns: dict[AttemptId, int] = {}
        """How many results were replaced by that which this session has recorded of an attempt."""
        self._told: set[str] = set()
        """The node ids that had a result in their present run, so that a crash after it costs nothing."""
        self._superseded: set[str] = set()
        """The node ids that are about to be run again."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record what a report carries, before any other plugin keeps or shows it."""
        results = list(self._carried(report))
        if stands_for_a_crash(report) and report.nodeid not in self._told:
            results += self._crashed(report)
        if report.outcome == _RERUN:
            self._expect_another(report)
        else:
            for result in results:
                self._gating.add(result)
        self._tell_junit(report)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show the item of a crashed worker as the error that it is."""
        if stands_for_a_crash(report) and report.failed and self._nodeids.attempt_of(report.nodeid):
            return "error", "E", "ERROR"
        return None

    def _carried(self, report: pytest.TestReport) -> Iterator[ItemResult]:
        """Take the results out of a report, which pytest keeps until the end: their texts are in the folder."""
        carried = [(name, str(value)) for name, value in report.user_properties if name in _CARRIERS]
        if not carried:
            return
        report.user_properties = [each for each in report.user_properties if each[0] not in _CARRIERS]
        self._told.add(report.nodeid)
        for name, line in carried:
            result = ItemResult.from_json(line)
            yield self._recorded(result, line) if name == RESULT_PROPERTY else result

    def _crashed(self, report: pytest.TestReport) -> Iterator[ItemResult]:
        """Say that the worker died which was to make an attempt."""
        if attempt := self._nodeids.attempt_of(report.nodeid):
            problem, sample = attempt
            result = ItemResult(problem=problem, sample=sample, fault=str(report.longrepr))
            yield self._recorded(result, result.to_json())

    def _recorded(self, result: ItemResult, line: str) -> ItemResult:
        """Write a result, which is this line unless it replaces another one, and tell those who listen."""
        if reruns := self._earlier_results(result.attempt):
            result = replace(result, reruns=reruns)
            line = result.to_json()
        try:
            self._run.folder.append_line(line)
        except RecordingError as error:
            pytest.exit(f"mathbench: {error}")  # what is measured from now on would be lost
        self._reruns[result.attempt] = reruns
        self._listeners.tell("result", result=result)
        return result

    def _earlier_results(self, attempt: AttemptId) -> int:
        """Return how many results of an attempt the next one replaces, those of a resumed run among them."""
        if attempt in self._reruns:
            return self._reruns[attempt] + 1
        recalled = self._run.folder.recall(attempt)
        return recalled.reruns + 1 if recalled else 0

    def _expect_another(self, report: pytest.TestReport) -> None:
        """Begin anew with an item that will be run again."""
        self._told.discard(report.nodeid)
        if not stands_for_a_crash(report):  # after which nothing more comes of that run
            self._superseded.add(report.nodeid)

    def _tell_junit(self, report: pytest.TestReport) -> None:
        """Leave a run that another one follows without a result: JUnit has a test case for each of them."""
        if report.nodeid in self._superseded:
            report.user_properties = junit.without_result(report.user_properties)
        if report.when == "teardown":
            self._superseded.discard(report.nodeid)
