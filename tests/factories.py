"""Valid records with something in every field, and what several test modules need to make or to find more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pytest_mathbench.analysis.gates import Gate
from pytest_mathbench.analysis.sequential import Settlement, Trace
from pytest_mathbench.domains import Domain
from pytest_mathbench.execution import Ending, Execution, Limits
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.inspection.inspector import Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.plugin.benchmark import Benchmark
from pytest_mathbench.problems import ProblemSet
from pytest_mathbench.prompts import Template
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import Completion, Grade, ItemResult, Outcome, Problem, Prompt, Request, Ruling, Sampling
from pytest_mathbench.settings import Settings
from pytest_mathbench.verdicts import Verdict

PROPERTY = settings(derandomize=True, deadline=None)
"""For property tests: the same examples in every run, however slow the machine."""

BY_ARGUMENT = frozenset("""
    open openat clone kill tgkill prlimit64 getpriority sendmsg recvmsg fcntl ioctl prctl madvise futex
    preadv2 pwritev2 fsync fdatasync clock_gettime clock_getres clock_nanosleep
    sched_getaffinity sched_getparam sched_getscheduler sched_rr_get_interval getpgid getsid
""".split())  # fmt: skip  # noqa: SIM905 - a table of names is read better as text
"""The system calls that the sandbox allows with some arguments only."""

_SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return a file of real material from beside the repository, or skip the test."""
    path = _SHARED_DATA / name
    if not path.is_file():
        pytest.skip(f"the real material {path} is not here")
    return path


def results_of(folder: Path) -> list[ItemResult]:
    """Read the results of a recorded run as they were measured; a line that is none fails the test."""
    return list(RecordedRun.open(folder, pytest.fail).raw_results())


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


def make_benchmark(*problems: Problem, gates: tuple[Gate, ...] = (), **settings: Any) -> Benchmark:
    """Make what the plugin works from: these problems, asked as they are, and settings of other values."""
    chosen = Settings(**{"model": "m", **settings})
    return Benchmark(
        settings=chosen,
        selection=ProblemSet("a few", problems),
        problem_set=ProblemSet("a few", problems),
        questionnaire=Questionnaire(Template("{problem}"), Sampling()),
        strategy=Single(),
        triggers=Triggers(chosen.triggers, chosen.margin, chosen.entropy),
        output=Path(chosen.output),
        gates=gates,
    )


def make_settlement(**fields: Any) -> Settlement:
    """Tell when a run of 100 problems was decided."""
    trace = Trace(
        gate="overall >= 50%", subject="overall", at=(1, 2, 24), for_pass=(0.1, 0.2, 1.01), for_fail=(-0.1, -0.2, -0.4),
        decided=24,
    )  # fmt: skip
    made = Settlement(
        decided=24, problems=100, attempts=24, tokens=2400, beyond_attempts=2, beyond_tokens=150, saved=7400,
        traces=(trace,),
    )  # fmt: skip
    return replace(made, **fields)


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
        shard=None,
        prompt="{problem}",
        prompt_sha256="fedcba9876543210" * 4,
        sampling=Sampling(),
        samples=1,
        strategy="single",
        protocol="",
        deviations={},
        cpu_seconds=10.0,
        sandbox="landlock 7, seccomp, bubblewrap",
        memory_bytes=1 << 30,
        scratch_bytes=0,
        preload=("sympy", "numpy"),
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


def make_ruling(problem: str = "a", sample: int = 0, **fields: Any) -> Ruling:
    """Rule on an attempt; by itself that it is right."""
    ruling = Ruling(
        problem=problem, sample=sample, correct=True, who="Ada", when="2025-01-28T12:00:00+00:00", why="it says 42"
    )
    return replace(ruling, **fields)
