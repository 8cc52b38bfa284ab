"""Gates decide the exit status, where the model's wrong answers are all that failed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

from pytest_mathbench.analysis import decisions, gates
from pytest_mathbench.analysis.comparison import Comparison, Measured, measured
from pytest_mathbench.analysis.course import Course, course
from pytest_mathbench.analysis.decisions import Evidence
from pytest_mathbench.analysis.gates import Decision, Gate
from pytest_mathbench.analysis.outlook import Certified
from pytest_mathbench.analysis.sequential import Settlement, decide_run, settle, settlement
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.plugin.benchmark import Benchmark
from pytest_mathbench.plugin.items import runs_a_program
from pytest_mathbench.plugin.nodeids import NodeIds
from pytest_mathbench.plugin.workers import stands_for_a_crash, stop, stopped_at_maxfail, why_stopped
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.recording.order import place_of
from pytest_mathbench.records import AttemptId, ItemResult
from pytest_mathbench.reporting.baselines import Certificate
from pytest_mathbench.settings import Settings

SETTLED = "mathbench: the gates are decided"

_LOOKS = 100
"""How often a session looks whether its gates are decided: what it finds is the first problem that was enough."""

_DECIDABLE = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
"""An interrupted, empty or broken session keeps the exit status that pytest gives it."""


def read_gates(settings: Settings, problem_set: ProblemSet) -> tuple[Gate, ...]:
    """Read the gates. Raises `ConfigurationError` for one that cannot be decided on these problems."""
    cells = {(problem.domain, problem.level) for problem in problem_set.problems}
    try:
        return gates.read_all(settings.all_gates, cells, baseline=bool(settings.baseline), early=_is_early(settings))
    except ValueError as error:
        raise ConfigurationError(f"gate: {error}") from None


def _is_early(settings: Settings) -> bool:
    """Whether this session may decide before its end. A shard's beginning is not the run's: it is made whole."""
    return settings.decide == "early" and bool(settings.all_gates) and settings.shard is None


def exit_status(decisions: Sequence[Decision], status: int, *, unrelated: int, stop_was_meant: bool) -> int:
    """Return the exit status of a session that pytest gives this `status`.

    The gates decide it where the model's answers are all that failed. `unrelated` failures keep pytest's status, and so
    does a session that was interrupted, empty or broken; a stop that was meant (at the allowed number of failures, or
    because the gates were decided) is no interruption, whatever pytest or xdist calls it.
    """
    if not decisions or unrelated or not (status in _DECIDABLE or stop_was_meant):
        return status
    return gates.EXIT_STATUS[gates.overall(decisions)]


class Gating:
    """Decides a run's gates, early or when the session ends, and sets the exit status."""

    def __init__(self, benchmark: Benchmark, nodeids: NodeIds) -> None:
        self.decisions: list[Decision] = []
        self.comparison: Comparison | None = None
        """The run held against the baseline, when the session has ended."""
        self.settlement: Settlement | None = None
        """When the gates were decided, of a run that may be decided early; when the session has ended."""
        self.remarks: list[str] = []
        """What is to be said before the run: of the baseline, and of gates that the problems will not decide."""
        self._gates = benchmark.gates
        self._problems = benchmark.problem_set.problems
        self._allowed = benchmark.settings.unmeasured
        self._order = benchmark.order if _is_early(benchmark.settings) else ()
        self._samples = benchmark.settings.samples
        self._price = benchmark.settings.price
        self._nodeids = nodeids
        self._baseline: dict[AttemptId, Measured] | None = None
        self._session: pytest.Session | None = None
        self._expected: set[str] = set()
        self._so_far: dict[AttemptId, Measured | None] = {}
        """What each attempt was measured as, None if it was not: what an early decision is made on."""
        self._looked_at = 0
        self._stopped = False
        self._unrelated = 0

    def compare_with(self, baseline: dict[AttemptId, Measured]) -> None:
        """Take another run's attempts, which this one is held against."""
        self._baseline = baseline

    def foresee(self, certificate: Certificate | None) -> None:
        """Find out which gates the selected problems will not decide, by the noise that was measured, if any was."""
        sizes = Counter((problem.domain, problem.level) for problem in self._problems)
        compared = [gate for gate in self._gates if gate.compares and not gate.advisory]
        way = Course([place_of(problem) for problem in self._problems], [])
        comparisons = sum(len(gate.questions(way)) for gate in compared)
        noise = certificate.discordant if certificate else lambda _: None
        known = Certified(noise, max(1, comparisons), self._samples)
        self.remarks += [line for gate in self._gates for line in gate.prospects(sizes, known)]

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know which session to stop, once the gates are decided."""
        self._session = session

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Hear which items this process will run."""
        self.expect(item.nodeid for item in session.items if runs_a_program(item))

    def expect(self, nodeids: Iterable[str]) -> None:
        """Hear which items will be run, here or by workers."""
        if not self._order:  # who looks at them meanwhile
            return
        self._expected.update(problem.id for problem, _ in filter(None, map(self._nodeids.attempt_of, nodeids)))

    def add(self, result: ItemResult) -> None:
        """Take an attempt's result, its last so far; stop the session if the gates are decided by it."""
        if not self._order or self._stopped:
            return
        self._so_far[result.attempt] = measured([result], self._price).get(result.attempt)
        if len(self._so_far) - self._looked_at < len(self._expected) * self._samples / _LOOKS or not self._session:
            return
        self._looked_at = len(self._so_far)
        way = self._course(self._so_far)
        if decided := settle(self._gates, way, self._allowed).decided:
            self._stopped = True
            stop(self._session, f"{SETTLED}, by {decided} of {len(way.places)} problems")

    def _course(self, found: Mapping[AttemptId, Measured | None]) -> Course:
        places = [place_of(problem) for problem in self._order if problem.id in self._expected]
        return course(places, self._samples, found, self._baseline)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what failed that is no answer of the model's: gates forgive nothing else.

        First, since pytest lets a test fail for its subtests when it shows it: these were counted themselves.
        """
        if report.failed and not getattr(report, "mathbench", None) and not stands_for_a_crash(report):
            self._unrelated += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count files that could not be collected."""
        self._unrelated += report.failed

    def decide(
        self, session: pytest.Session, results: Iterable[ItemResult], on_their_way: Callable[[], Sequence[int]]
    ) -> None:
        """Decide on the run's `results` when the session has ended, and set the exit status.

        What is decided early follows from the beginning of the order, whatever else there is. `on_their_way` returns
        the tokens of each completion that has no result.
        """
        found = {each.attempt: measured([each], self._price).get(each.attempt) for each in results}
        run = {attempt: each for attempt, each in found.items() if each}
        evidence = Evidence(run, self._baseline, len(found) - len(run))
        self.comparison = evidence.comparison
        if not self._gates:
            return
        way = self._course(found) if self._order else None
        verdict = decide_run(self._gates, evidence, way, self._allowed)
        self.decisions = verdict.decisions
        if way:
            self.settlement = settlement(verdict, way, run, self._samples, on_their_way())
        if verdict.decided is None and (why := why_stopped(session)):
            self.decisions.append(decisions.undecided("every selected problem is run", why))
        session.exitstatus = exit_status(
            self.decisions,
            session.exitstatus,
            unrelated=self._unrelated,
            stop_was_meant=self._stopped or stopped_at_maxfail(session),
        )
