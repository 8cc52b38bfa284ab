"""Sections as tests look at them, and a run of which every section has something to show."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import jsonschema
from factories import make_completion, make_execution, make_fault, make_grade, make_problem, make_result, make_run_info

from pytest_mathbench.analysis.comparison import Measured, compare, measured
from pytest_mathbench.analysis.decisions import Evidence, decide
from pytest_mathbench.analysis.gates import read
from pytest_mathbench.domains import Domain
from pytest_mathbench.records import (
    UNDECIDED,
    AttemptId,
    Effort,
    ItemResult,
    Judgement,
    Outcome,
    Problem,
    Regeneration,
    Ruling,
)
from pytest_mathbench.reporting.sections.section import Context, Section
from pytest_mathbench.reporting.sections.shapes import DEFINITIONS
from pytest_mathbench.reporting.table import written

NOTHING = Context(make_run_info())
"""A run of which nothing is known besides its results: no gates, no baseline, no protocol."""

_Kind = TypeVar("_Kind", bound=Section)


def filled(section: _Kind, results: Iterable[ItemResult]) -> _Kind:
    """Add results to a section."""
    for result in results:
        section.add(result)
    return section


def lines_of(section: Section, context: Context = NOTHING, *, whole: bool = True) -> list[str]:
    """Return what a terminal shows of a section."""
    return list(written(section.blocks(context), whole=whole))


def json_of(section: Section, context: Context = NOTHING) -> Any:
    """Return what report.json holds of a section, read back, and seen to be as its schema says."""
    found = json.loads(json.dumps(section.as_json(context)))
    jsonschema.Draft202012Validator({**section.schema, "$defs": DEFINITIONS}).validate(found)
    return found


# A rich run

SAMPLES = 3
GATES = (
    "overall >= 60%",
    "every domain >= 10% with 90% confidence",
    "unsafe <= 1%",
    "equal-level >= 20%",
    "every level no worse than baseline by more than 2 points",
    "overall no worse than baseline by more than 30 points with 95% confidence",
    "execution p95 <= 2 s",
    "cost <= 2.50",
    "cut off in every level <= 5%",
    "tokens per problem no more than 1.2 x baseline",
)
DOMAINS = (Domain.ALGEBRA, Domain.GEOMETRY, Domain.NUMBER_THEORY)
INFO = make_run_info(
    model="mistral-7b-instruct",
    protocol="evstafev2025",
    deviations={"per_cell": "2 instead of 27"},
    samples=SAMPLES,
    strategy="regenerate for syntax, verdict; at most 8 times",
    shard="1/2",
    judge="all",
    judge_model="mistral-large-2411",
    problem_count=20,
    price=(0.15, 0.6),
)


def rich_results(*, worse: bool = False) -> list[ItemResult]:
    """Return attempts at bundled, fresh and other problems: judged, mended, overruled, unsafe, faulty."""
    return [
        _attempt(number, problem, sample, worse=worse)
        for number, problem in enumerate(_problems())
        for sample in range(SAMPLES)
    ]


def rich_context() -> Context:
    """Hold the run against a better one, and decide gates of every form."""
    run, before = measured(rich_results(worse=True)), measured(rich_results())
    cells = list(dict.fromkeys(str(each.domain) for each in run.values()))
    evidence = Evidence(run, before, not_measured=_not_measured(run, before))
    return Context(INFO, decide([read(text, cells) for text in GATES], evidence, 1), compare(before, run))


def _not_measured(run: Mapping[AttemptId, Measured], before: Mapping[AttemptId, Measured]) -> int:
    return max(len(list(_problems())) * SAMPLES - len(run), len(before) - len(run))


def _problems() -> Iterator[Problem]:
    for number in range(20):
        domain, level = DOMAINS[number // 2 % 3], 1 + number // 2 % 4
        family = f"family-{number // 2}" if number < 16 else ""
        yield make_problem(
            id=f"{domain}-{level}-{number:03}", domain=domain, level=level, family=family,
            variant=(7 if number % 2 else 0) if family else None, statement=f"What is $x_{{{number}}}$?",
        )  # fmt: skip


def _attempt(number: int, problem: Problem, sample: int, *, worse: bool) -> ItemResult:
    if number in {3, 11}:
        fault = "the server died\nof this" if sample else f"no answer from {number}"
        return make_fault(fault, problem=problem, sample=sample)
    right = (number + sample) % 3 > 0 and not (worse and number % 5 == 0) and number not in {7, 13}
    completion = make_completion(
        seconds=1.0 + number / 7 + sample, completion_tokens=100 + number, prompt_tokens=40 + sample,
        finish_reason="length" if number == 5 else "stop", first_token_seconds=0.1 + number / 100,
    )  # fmt: skip
    unsafe = {"network": "socket", "write": "openat"} if number == 8 else {"process": "clone"} if number == 9 else {}
    made = make_result(
        Outcome.CORRECT if right else Outcome.WRONG,
        problem=problem,
        sample=sample,
        completion=completion,
        execution=make_execution(
            cpu_seconds=0.05 + number / 50, wall_seconds=0.1 + number / 40, unsafe=unsafe, echoed=number == 4
        ),
        grade=make_grade(
            correct=right,
            lenient=right or number == 13,
            rule=UNDECIDED if number == 17 and not right else "exact",
            answer=str(42 if right else number % 2),
            judgement=_judgement(number, right=right),
        ),
        effort=_effort(number, sample),
    )
    if number == 14:
        made = replace(made, reruns=1 + sample)
    if number == 2 and not right:
        made = replace(made, outcome=Outcome.CRASHED, grade=None)
    if number == 7:
        ruling = Ruling(problem=problem.id, sample=sample, correct=True, who="Ada", when="now", why="notation")
        return made.ruled(ruling)
    return made


def _judgement(number: int, *, right: bool) -> Judgement:
    costs = {"prompt_tokens": 11, "completion_tokens": 13, "seconds": 0.25}
    if number == 6:
        return Judgement(fault="no rating", **costs)  # type: ignore[arg-type]
    rating = (5 if right else 1) if number % 4 else 4 if not right else 3
    return Judgement(rating=rating, reason="said so", **costs)  # type: ignore[arg-type]


def _effort(number: int, sample: int) -> Effort:
    step = Regeneration(
        trigger="verdict" if number % 2 else "syntax", detail="", position=3, before="a", after="b", tokens_before=5,
        tokens_after=6, repeat=number % 7 == 0, outcome=Outcome.CORRECT if number % 3 else Outcome.CRASHED,
    )  # fmt: skip
    return Effort(
        requests=2 + sample, prompt_tokens=90 + number, completion_tokens=210 + sample, seconds=2.5 + number,
        executions=1 + sample, ended="nothing found" if number % 2 else "the budget", first=Outcome.WRONG,
        regenerations=(step,) if number % 3 else (),
    )  # fmt: skip
