"""Valid records with something in every field, and what several test modules need to make or to find more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pytest_mathbench.domains import Domain
from pytest_mathbench.records import (
    Completion,
    Ending,
    Execution,
    Grade,
    ItemResult,
    Limits,
    Outcome,
    Problem,
    Prompt,
    Request,
    RunInfo,
    Sampling,
)
from pytest_mathbench.reporting.files import read_results
from pytest_mathbench.verdicts import Verdict

PROPERTY = settings(derandomize=True, deadline=None)
"""For property tests: the same examples in every run, however slow the machine."""

BY_ARGUMENT = {
    "open",
    "openat",
    "clone",
    "kill",
    "tgkill",
    "prlimit64",
    "sendmsg",
    "recvmsg",
    "fcntl",
    "ioctl",
    "prctl",
}
"""The system calls that the sandbox allows with some arguments only."""

_SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return a file of real material from beside the repository, or skip the test."""
    path = _SHARED_DATA / name
    if not path.is_file():
        pytest.skip(f"the real material {path} is not here")
    return path


def results_of(folder: Path) -> list[ItemResult]:
    """Read the results of a recorded run; a line that is none fails the test."""
    return list(read_results(folder, pytest.fail))


def make_problem(**fields: Any) -> Problem:
    """Make a problem; fields may be given another value."""
    problem = Problem(
        id="algebra-1-001", domain=Domain.ALGEBRA, level=1, statement="What is $6 \\cdot 7$?", answer="42"
    )
    return replace(problem, **fields)


def make_request(**sampling: Any) -> Request:
    """Make a request; sampling parameters may be given another value."""
    return Request(prompt=Prompt(user="What is $6 \\cdot 7$?"), sampling=Sampling(**sampling))


def make_completion(**fields: Any) -> Completion:
    """Make a completion that was not cut off."""
    completion = Completion(
        text="```python\nprint(42)\n```",
        finish_reason="stop",
        prompt_tokens=10,
        completion_tokens=20,
        queued_seconds=0.5,
        seconds=2.0,
    )
    return replace(completion, **fields)


def make_execution(**fields: Any) -> Execution:
    """Make a program's good end."""
    execution = Execution(
        ending=Ending.FINISHED, detail="", stdout="42\n", stderr="", cpu_seconds=0.25, wall_seconds=0.3
    )
    return replace(execution, **fields)


def make_grade(*, correct: bool = True, **fields: Any) -> Grade:
    """Make an answer's grade, by both symbolic verdicts right or wrong."""
    return replace(Grade(strict=correct, rule="exact", lenient=correct, answer="42", seconds=0.01), **fields)


def make_result(outcome: Outcome = Outcome.CORRECT, **fields: Any) -> ItemResult:
    """Make a measured result of all stages; by itself a correct one."""
    result = ItemResult(
        problem=make_problem(),
        limits=Limits(cpu_seconds=10.0, wall_seconds=40.0, memory_bytes=1 << 30),
        request=make_request(),
        completion=make_completion(),
        program="print(42)\n",
        execution=make_execution(),
        grade=make_grade(correct=outcome == Outcome.CORRECT),
        outcome=outcome,
    )
    return replace(result, **fields)


def make_fault(fault: str = "the server died", **fields: Any) -> ItemResult:
    """Make a result that was not measured."""
    return replace(ItemResult(problem=make_problem(), fault=fault), **fields)


def make_run_info(**fields: Any) -> RunInfo:
    """Tell what was measured."""
    info = RunInfo(
        model="mistral",
        resolved_model="mistralai/Mistral-7B-Instruct-v0.3",
        endpoint="http://127.0.0.1:8000/v1",
        vllm_args="",
        problem_set="bundled",
        problem_count=3,
        problems_sha256="0123456789abcdef" * 4,
        shard="",
        prompt="{problem}",
        prompt_sha256="fedcba9876543210" * 4,
        sampling=Sampling(),
        samples=1,
        strategy="single",
        protocol="",
        deviations="",
        cpu_seconds=10.0,
        sandbox="landlock 7, seccomp, bubblewrap",
        memory_bytes=1 << 30,
        scratch_bytes=0,
        preload="sympy,numpy",
        echo=False,
        verdict=Verdict.STRICT,
        judge="off",
        judge_model="",
        judge_sha256="",
        started="2025-01-28T12:00:00+00:00",
        machine={"cpus": "2"},
        versions={"python": "3.11.7"},
    )
    return replace(info, **fields)
