"""Gates decide the exit status, where the model's wrong answers are all that failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from pytest_mathbench.analysis import decisions, gates
from pytest_mathbench.analysis.comparison import Comparison, Measured, measured, unmade
from pytest_mathbench.analysis.decisions import Evidence
from pytest_mathbench.analysis.gates import Decision, Gate, Status
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.records import Attempt, ItemResult, Problem
from pytest_mathbench.settings import Settings

SETTLED = "mathbench: every gate is settled, whatever the rest would show"

_CHECKS = 50
"""How often a session looks whether its gates are settled."""

_AT_MAXFAIL = "stopping after"
"""How xdist begins to say so; it calls that an interruption, where pytest alone calls it a failure."""

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

    def __init__(self, chosen: Sequence[Gate], baseline: Baseline | None, allowed: int, *, early: bool) -> None:
        """With `early` the session is stopped once every gate is settled."""
        self.decisions: list[Decision] = []
        self._gates = chosen
        self._baseline = baseline
        self._allowed = allowed
        self._early = early
        self._expected: dict[Attempt, Measured] = {}
        self._run: dict[Attempt, Measured] = {}
        self._not_measured: set[Attempt] = set()
        self._unrelated = 0

    def expect(self, attempts: Iterable[tuple[Problem, int]]) -> None:
        """Hear which attempts the session will make."""
        self._expected = {(problem.id, sample): unmade(problem) for problem, sample in attempts}

    def add(self, result: ItemResult, session: pytest.Session | None) -> None:
        """Take a result; stop the session if that settles every gate."""
        attempt = (result.problem.id, result.sample)
        if result.outcome is None:
            self._not_measured.add(attempt)
        self._run |= measured([result])
        step = max(1, len(self._expected) // _CHECKS)
        if self._early and session and not self.decisions and len(self._run) % step == 0:
            self._decide_early(session)

    def _decide_early(self, session: pytest.Session) -> None:
        remaining = self._expected.keys() - self._run.keys() - self._not_measured
        if not remaining:
            return
        evidence = self._evidence()
        rest = [(attempt, self._expected[attempt]) for attempt in sorted(remaining)]
        if found := decisions.settled(self._gates, evidence, rest, self._allowed):
            self.decisions = found
            scheduler: Any = session.config.pluginmanager.getplugin("dsession")
            session.shouldstop = SETTLED
            if scheduler:
                scheduler.shouldstop = SETTLED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what failed that is no answer of the model's: gates forgive nothing else."""
        if report.failed and not getattr(report, "mathbench", None) and str(report.when) != "???":
            self._unrelated += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected."""
        self._unrelated += report.failed

    @property
    def comparison(self) -> Comparison | None:
        """What was measured so far, held against the baseline."""
        return self._evidence().comparison

    def decide(self, session: pytest.Session) -> None:
        """Decide when the session has ended, and set its exit status; what else has failed keeps its own."""
        if not self._gates:
            return
        if self.decisions:  # early
            if not self._unrelated:
                session.exitstatus = gates.EXIT_STATUS[gates.overall(self.decisions)]
            return
        self.decisions = decisions.decide(self._gates, self._evidence(), self._allowed)
        if why := _stopped(session):
            self.decisions.append(
                Decision(status=Status.INCONCLUSIVE, gate="every selected problem is run", sentence=str(why))
            )
        at_maxfail = str(_scheduler_stopped(session)).startswith(_AT_MAXFAIL)
        if (session.exitstatus in _DECIDABLE or at_maxfail) and not self._unrelated:
            session.exitstatus = gates.EXIT_STATUS[gates.overall(self.decisions)]

    def _evidence(self) -> Evidence:
        baseline = self._baseline.attempts if self._baseline else None
        return Evidence(self._run, baseline, len(self._not_measured - self._run.keys()))


def _stopped(session: pytest.Session) -> Any:  # noqa: ANN401 - pytest keeps a text, or False
    """Return why the session stopped before its end (-x, --maxfail); falsy if it did not."""
    return session.shouldfail or session.shouldstop or _scheduler_stopped(session)


def _scheduler_stopped(session: pytest.Session) -> Any:  # noqa: ANN401 - as above
    """Return why xdist stopped its workers; falsy if it did not."""
    scheduler: Any = session.config.pluginmanager.getplugin("dsession")
    return getattr(scheduler, "shouldstop", False)
