"""Problem → ItemResult: the only place where the stages meet."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial

from pytest_mathbench.errors import GradingError
from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.strategy import Attempt, Strategy
from pytest_mathbench.grading.grade import grade, same_answer
from pytest_mathbench.grading.judge import Judge
from pytest_mathbench.inspection.inspector import Inspector, Trial, Triggers
from pytest_mathbench.prompts import Template
from pytest_mathbench.records import (
    Completion,
    Effort,
    Grade,
    ItemResult,
    Outcome,
    Problem,
    Prompt,
    Request,
    Sampling,
    Standing,
)
from pytest_mathbench.sandbox.host import WALL_FACTOR, Sandbox
from pytest_mathbench.verdicts import Verdict

TRIAL = "1+1="
"""What an endpoint is asked before the run."""

_LONGEST_SECONDS = 1e6
"""A longer limit is none: the kernel cannot hold it."""

_NO_TRIGGERS = Triggers((), margin=0.0, entropy=0.0)

_OUTCOMES = {
    Ending.CPU_TIME: Outcome.TIMED_OUT,
    Ending.WALL_TIME: Outcome.TIMED_OUT,
    Ending.EXCEPTION: Outcome.CRASHED,
    Ending.EXIT_STATUS: Outcome.CRASHED,
    Ending.SIGNAL: Outcome.CRASHED,
    Ending.MEMORY: Outcome.CRASHED,
    Ending.OUTPUT: Outcome.CRASHED,
    Ending.FORBIDDEN: Outcome.CRASHED,
}


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """How every problem of a run is asked: the template, and the sampling whose seed each problem's own is made of.

    `patch` is a merge patch on the body of every request, as JSON. A `raw` prompt is a text to go on with.
    """

    template: Template
    sampling: Sampling
    patch: str = ""
    raw: bool = False

    def trial(self) -> Request:
        """Return a request that is like the run's in all but the question, which takes a model few tokens to answer."""
        prompt = Prompt(user=TRIAL, system=self.template.system)
        seed = self.sampling.seed if self.sampling.temperature > 0 else None
        return Request(prompt=prompt, sampling=replace(self.sampling, seed=seed), patch=self.patch, raw=self.raw)

    def request(self, problem: Problem, sample: int = 0) -> Request:
        """Return the request for a sample of a problem. Greedy sampling carries no seed: there is nothing to draw."""
        seed = None
        if self.sampling.temperature > 0:
            name = f"{self.sampling.seed}:{problem.id}" + (f":{sample}" if sample else "")
            digest = hashlib.sha256(name.encode()).digest()
            seed = int.from_bytes(digest[:4]) >> 1
        sampling = replace(self.sampling, seed=seed)
        return Request(prompt=self.template.render(problem), sampling=sampling, patch=self.patch, raw=self.raw)


def limits(cpu_seconds: float | None, memory_bytes: int) -> Limits:
    """Return a program's limits: CPU time is the verdict, wall time the backstop for programs that wait."""
    if cpu_seconds is not None and cpu_seconds > _LONGEST_SECONDS:
        cpu_seconds = None
    wall_seconds = None if cpu_seconds is None else WALL_FACTOR * cpu_seconds
    return Limits(cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, memory_bytes=memory_bytes)


def evaluate(  # noqa: PLR0913 - each stage has its own
    problem: Problem,
    request: Request,
    *,
    source: CompletionSource,
    sandbox: Sandbox,
    limits: Limits,
    sample: int = 0,
    strategy: Strategy = Single(),  # noqa: B008 - it has no state
    triggers: Triggers = _NO_TRIGGERS,
    echo: bool = False,
    verdict: Verdict = Verdict.STRICT,
    judge: Judge | None = None,
) -> ItemResult:
    """Get the model's program, run it, grade what it printed. `echo` prints a last line that is an expression.

    `strategy` makes the completion, and may look for faults by the `triggers`. `verdict` says whose word makes the
    outcome. A judge's rating that could not be had is noted in the grade; only where the judge's word is the outcome is
    the item not measured.

    The model's faults are in the result's outcome. Raises `MathbenchError` for ours: the item is not measured.
    """
    inspector = Inspector(sandbox, limits, triggers, echo, partial(same_answer, sandbox))
    attempt = strategy.attempt(request, source, inspector)
    searched = inspector.executions
    trial = inspector.trial(attempt.completion)
    graded = None
    if trial.printed is None:
        outcome = _failure(trial)
    else:
        graded = _graded(sandbox, trial.printed, problem)
        if judge and judge.is_asked(graded):
            graded = replace(graded, judgement=judge.rate(problem, trial.printed))
        if (correct := graded.correct(verdict)) is None:
            raise GradingError(f"the judge gave no rating: {graded.judgement and graded.judgement.fault}")
        outcome = Outcome.CORRECT if correct else Outcome.WRONG
    outcome = _counted(attempt.completion, outcome)
    return ItemResult(
        problem=problem,
        sample=sample,
        limits=limits,
        request=request,
        completion=replace(attempt.completion, tokens=None, prompt_ids=()),  # the recording of completions has them
        program=trial.program,
        execution=trial.execution,
        grade=graded,
        effort=None
        if isinstance(strategy, Single)
        else _effort(problem, attempt, inspector, executions=searched, verdict=verdict, answer=outcome),
        outcome=outcome,
    )


def _counted(completion: Completion, outcome: Outcome) -> Outcome:
    """Return an outcome as it counts: where the tokens ran out, all that is not right is cut off."""
    return Outcome.CUT_OFF if completion.truncated and outcome != Outcome.CORRECT else outcome


def _failure(trial: Trial) -> Outcome:
    """Return the outcome of a program that has printed nothing to grade."""
    if trial.execution is None:
        return Outcome.NO_PROGRAM
    return _OUTCOMES.get(trial.execution.ending, Outcome.NO_ANSWER)


def _graded(sandbox: Sandbox, printed: str, problem: Problem) -> Grade:
    return grade(sandbox, printed, problem.answer, problem.statement, problem.answer_type)


def _effort(  # noqa: PLR0913 - what an attempt came to
    problem: Problem, attempt: Attempt, inspector: Inspector, *, executions: int, verdict: Verdict, answer: Outcome
) -> Effort:
    """Say what a strategy did, and grade what it passed through, which it never hears of; no judge is asked."""
    outcomes = [_outcome(problem, inspector, version, verdict) for version in attempt.versions]
    outcomes[attempt.chosen] = answer
    made = iter(outcomes[1:])
    cost = attempt.cost
    return Effort(
        requests=cost.requests,
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
        seconds=cost.seconds,
        executions=executions,
        ended=attempt.ended,
        cost=cost.cost,
        first=outcomes[0],
        regenerations=tuple(
            each if each.repeat else replace(each, outcome=next(made, None)) for each in attempt.regenerations
        ),
        standings=tuple(
            Standing(
                requests=so_far.requests,
                prompt_tokens=so_far.prompt_tokens,
                completion_tokens=so_far.completion_tokens,
                seconds=so_far.seconds,
                outcome=outcomes[version],
            )
            for so_far, version in attempt.standings
        ),
    )


def _outcome(problem: Problem, inspector: Inspector, version: Completion, verdict: Verdict) -> Outcome:
    trial = inspector.trial(version)
    if trial.printed is None:
        return _counted(version, _failure(trial))
    graded = _graded(inspector.sandbox, trial.printed, problem)
    return _counted(version, Outcome.CORRECT if graded.correct(verdict) else Outcome.WRONG)
