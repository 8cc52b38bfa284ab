"""Gates decided early: at the first problem of a recorded order that is enough.

What is decided follows from the beginning of the order alone. So it does not matter in which order answers came, in how
many processes they were made, or whether the run was interrupted: the verdict is the same, at the same problem.

A run fails as soon as one of its gates does, and passes as soon as all have. That is why the chances of a false fail
are shared out among all comparisons by Bonferroni: Holm's method gains from the second finding on, and there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import NamedTuple

from pytest_mathbench.analysis.betting import EARLY
from pytest_mathbench.analysis.course import Course, Question
from pytest_mathbench.analysis.decisions import Decision, Evidence, Gate, Ground, Measurements, Status, decide, worst
from pytest_mathbench.analysis.statistics import ERROR
from pytest_mathbench.record import Record

LEFT = 1 - EARLY / ERROR
"""The share of every error that is left for the full run's decision, where gates may be decided early."""

_POINTS = 300
"""How many points of a trace are kept, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Record):
    """How the evidence on one subject of a gate grew: for PASS and for FAIL after so many problems; 1 is enough.

    `decided` is after how many problems it was enough; None if it never was.
    """

    gate: str
    subject: str
    at: tuple[int, ...]
    for_pass: tuple[float, ...]
    for_fail: tuple[float, ...]
    decided: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(Record):
    """After how many of a run's problems, in its random order, the gates were decided; None if at the end only.

    `attempts` and `tokens` are those that decided, and of each there are those that were made `beyond` it: all the
    answers that were on their way. `saved` are the tokens that the attempts would have taken which were not made, at
    the mean of those that were.
    """

    decided: int | None
    problems: int
    attempts: int
    tokens: int
    beyond_attempts: int
    beyond_tokens: int
    saved: int
    traces: tuple[Trace, ...]

    @property
    def share(self) -> float:
        """The share of the problems that was needed."""
        return 1.0 if self.decided is None else self.decided / self.problems


class _Answer(NamedTuple):
    question: Question
    status: Status
    at: int
    """After how many problems, infinitely many where it is open."""
    trace: Trace


_NEVER = 1 << 62


class Verdict(NamedTuple):
    """What a run comes to: after how many problems its beginning decides, None if it does not, and how."""

    decided: int | None
    decisions: list[Decision]
    traces: tuple[Trace, ...]


def decide_run(gates: Sequence[Gate], evidence: Evidence, course: Course | None, allowed: int = 0) -> Verdict:
    """Decide a run by the beginning of its order, if that is enough; else by all of it, at what is left of the error.

    Without a `course` the gates could be decided at the end only, and have the whole error.
    """
    if course is None:
        return Verdict(None, decide(gates, evidence, allowed), ())
    verdict = settle(gates, course, allowed)
    if verdict.decisions:
        return verdict
    return verdict._replace(decisions=decide(gates, replace(evidence, left=LEFT), allowed))


def settle(gates: Sequence[Gate], course: Course, allowed: int = 0) -> Verdict:
    """Decide gates by the beginning of the order that is made, if they can be: a run passes with all that it requires.

    More than `allowed` attempts that were not measured before that decide nothing.
    """
    answers = [_answers(gate, gates, course) for gate in gates]
    required = [each for gate, found in zip(gates, answers, strict=True) if not gate.advisory for each in found]
    fails = min((each.at for each in required if each.status == Status.FAIL), default=_NEVER)
    passes = max((each.at if each.status == Status.PASS else _NEVER for each in required), default=_NEVER)
    if any(gate.late and not gate.advisory for gate in gates):
        passes = _NEVER
    decided = min(fails, passes)
    tolerated = len(course.faults) <= allowed or course.faults[allowed] > decided
    traces = tuple(each.trace for found in answers for each in found)
    if decided == _NEVER or not tolerated:
        return Verdict(None, [], traces)
    found = [_decision(gate, each, decided) for gate, each in zip(gates, answers, strict=True)]
    return Verdict(decided, found, traces)


def settlement(
    verdict: Verdict, course: Course, made: Measurements, samples: int, on_their_way: Sequence[int]
) -> Settlement:
    """Say what a verdict took of all that was made; `on_their_way` are the tokens of answers without a result."""
    decided = len(course.places) if verdict.decided is None else verdict.decided
    needed = {place.problem for place in course.places[:decided]}
    tokens = {attempt: each.cost.completion_tokens for attempt, each in made.items()}
    used = [count for (problem, _), count in tokens.items() if problem in needed]
    beyond = [*(count for (problem, _), count in tokens.items() if problem not in needed), *on_their_way]
    every = [*used, *beyond]
    unmade = max(0, len(course.places) * samples - len(every))
    return Settlement(
        decided=verdict.decided,
        problems=len(course.places),
        attempts=len(used),
        tokens=sum(used),
        beyond_attempts=len(beyond),
        beyond_tokens=sum(beyond),
        saved=round(unmade * fmean(every)) if every else 0,
        traces=verdict.traces,
    )


def _answers(gate: Gate, gates: Sequence[Gate], course: Course) -> list[_Answer]:
    """Return when each question of a gate is answered, and how."""
    tier = [each for each in gates if not each.late and each.advisory == gate.advisory]
    if gate not in tier:
        return []
    comparisons = sum(len(each.questions(course)) for each in tier)
    return [_answer(gate, question, comparisons) for question in gate.questions(course)]


def _answer(gate: Gate, question: Question, comparisons: int) -> _Answer:
    if not question.at:
        trace = Trace(gate=gate.text, subject=question.subject, at=(), for_pass=(), for_fail=())
        return _Answer(question, Status.INCONCLUSIVE, _NEVER, trace)
    bet = question.bet(comparisons, ERROR)
    for_pass, for_fail = bet.for_pass, bet.for_fail
    passed, failed = ((share >= 1).nonzero()[0] for share in (for_pass, for_fail))
    when = {
        status: question.at[int(places[0])]
        for status, places in ((Status.PASS, passed), (Status.FAIL, failed))
        if places.size
    }
    status = min(when, key=lambda each: when[each], default=Status.INCONCLUSIVE)
    step = max(1, -(-len(question.at) // _POINTS))
    kept = sorted({*range(0, len(question.at), step), len(question.at) - 1})
    trace = Trace(
        gate=gate.text,
        subject=question.subject,
        at=tuple(question.at[place] for place in kept),
        for_pass=tuple(_shown(float(for_pass[place])) for place in kept),
        for_fail=tuple(_shown(float(for_fail[place])) for place in kept),
        decided=when.get(status),
    )
    return _Answer(question, status, when.get(status, _NEVER), trace)


def _shown(share: float) -> float:
    """Round what is drawn; the bound is at 1, and there is no need to see far beyond."""
    return round(max(-1.0, min(2.0, share)), 4)


def _decision(gate: Gate, answers: Sequence[_Answer], decided: int) -> Decision:
    """Say what became of a gate by the problem that decided the run; what was open then stays so."""
    if not answers:
        open_ = Ground(status=Status.INCONCLUSIVE, sentence="open: only a whole run decides it")
        return Decision(status=Status.INCONCLUSIVE, gate=gate.text, grounds=(open_,), advisory=gate.advisory)
    grounds = tuple(_ground(gate, each, decided) for each in answers)
    status = worst([each.status for each in grounds])
    return Decision(status=status, gate=gate.text, grounds=grounds, advisory=gate.advisory)


def _ground(gate: Gate, answer: _Answer, decided: int) -> Ground:
    question, is_open = answer.question, answer.at > decided
    value, count = question.shown_until(min(answer.at, decided))
    units = "problems" if question.doubt is None else "problems, one of each family"
    how = f"open at problem {decided} of the run, which decided it" if is_open else f"decided at problem {answer.at}"
    shown = "" if value is None else f" {gate.written(value)} on the first {count} of {question.size} {units}"
    return Ground(
        status=Status.INCONCLUSIVE if is_open else answer.status,
        subject=question.subject,
        sentence=f"{question.subject}{shown}: {how}",
        value=value,
        count=count,
    )
