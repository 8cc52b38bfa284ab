"""Gates decide the exit status, where the model's wrong answers are all that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_mathbench.analysis import decisions, gates
from pytest_mathbench.analysis.comparison import Attempt, Measured, measured
from pytest_mathbench.analysis.decisions import Evidence
from pytest_mathbench.analysis.gates import Decision, Gate, Status
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import ItemResult
from pytest_mathbench.settings import Settings

EXIT_STATUS = {Status.PASS: 0, Status.FAIL: 1, Status.INCONCLUSIVE: 6}

_DECIDABLE = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
"""An interrupted, empty or broken session keeps the exit status that pytest gives it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another run's measured attempts, and where they were found."""

    place: str
    attempts: dict[Attempt, Measured]


def read(settings: Settings, problem_set: ProblemSet) -> tuple[Gate, ...]:
    """Read the gates. Raises `ConfigurationError` for one that cannot be decided on these problems."""
    cells = {(problem.domain, problem.level) for problem in problem_set.problems}
    try:
        return gates.read_all(settings.all_gates, cells, baseline=bool(settings.baseline))
    except ValueError as error:
        raise ConfigurationError(f"gate: {error}") from None


class Gating:
    """Collects what gates are decided on, decides them when the session ends, and sets the exit status."""

    def __init__(self, chosen: Sequence[Gate], baseline: Baseline | None, allowed: int) -> None:
        self.decisions: list[Decision] = []
        self._gates = chosen
        self._baseline = baseline
        self._allowed = allowed
        self._run: dict[Attempt, Measured] = {}
        self._not_measured: set[Attempt] = set()
        self._unrelated = 0

    def add(self, result: ItemResult) -> None:
        """Take a result."""
        attempt = (result.problem.id, result.sample)
        if result.outcome is None:
            self._not_measured.add(attempt)
        self._run |= measured([result])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what failed that is no answer of the model's: gates forgive nothing else."""
        if report.failed and not getattr(report, "mathbench", None) and str(report.when) != "???":
            self._unrelated += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected."""
        self._unrelated += report.failed

    def decide(self, session: pytest.Session) -> None:
        """Decide when the session has ended, and set its exit status; what else has failed keeps its own."""
        baseline = self._baseline.attempts if self._baseline else None
        evidence = Evidence(self._run, baseline, len(self._not_measured - self._run.keys()))
        self.decisions = decisions.decide(self._gates, evidence, self._allowed)
        if why := _stopped(session):
            self.decisions.append(
                Decision(status=Status.INCONCLUSIVE, gate="every selected problem is run", sentence=str(why))
            )
        if session.exitstatus in _DECIDABLE and not self._unrelated:
            session.exitstatus = EXIT_STATUS[gates.overall(self.decisions)]


def _stopped(session: pytest.Session) -> Any:  # noqa: ANN401 - pytest keeps a text, or False
    """Return why the session stopped before its end (-x, --maxfail); falsy if it did not."""
    scheduler: Any = session.config.pluginmanager.getplugin("dsession")
    return session.shouldfail or session.shouldstop or getattr(scheduler, "shouldstop", False)
