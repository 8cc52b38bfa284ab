"""A problem goes through all stages: the model's faults become outcomes, ours become exceptions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_completion, make_problem

from conftest import ScriptedServer
from pytest_mathbench.errors import GenerationError, SandboxError
from pytest_mathbench.execution import Ending, Limits
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.pipeline import Questionnaire, evaluate, limits
from pytest_mathbench.prompts import Template
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Completion, ItemResult, Outcome, Prompt, Request, Sampling
from pytest_mathbench.sandbox.host import WALL_FACTOR, Sandbox
from pytest_mathbench.serving.endpoint import Endpoint

PROBLEM = make_problem()
QUESTIONNAIRE = Questionnaire(Template("Solve: {problem}"), Sampling())
LIMITS = limits(5.0, 256 << 20)


class Recorded:
    """A source of one completion, as a suite that replays recorded completions would write it."""

    def __init__(self, completion: Completion) -> None:
        self.completion = completion
        self.requests: list[Request] = []

    def complete(self, request: Request) -> Completion:
        """Return the completion, whatever is asked."""
        self.requests.append(request)
        return self.completion


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Start a sandbox that is warm for grading."""
    with Sandbox([WARM_MODULE]) as warm:
        yield warm


def attempt(sandbox: Sandbox, text: str, given: Limits = LIMITS, finish_reason: str = "stop") -> ItemResult:
    """Evaluate the problem, 6 · 7, with a model that answers `text`."""
    source = Recorded(make_completion(text=text, finish_reason=finish_reason))
    return evaluate(PROBLEM, QUESTIONNAIRE.request(PROBLEM), source=source, sandbox=sandbox, limits=given)


def fenced(program: str) -> str:
    """Answer with a program."""
    return f"Here it is:\n```python\n{program}\n```\n"


# The whole way


def test_a_result_holds_all_that_happened(sandbox: Sandbox) -> None:
    """Every stage's record is in the result, which goes to JSON and back."""
    text = fenced("x = 6 * 7\nprint('Answer:', float(x))")
    result = attempt(sandbox, text)
    assert PROBLEM == result.problem
    assert LIMITS == result.limits
    assert QUESTIONNAIRE.request(PROBLEM) == result.request
    assert make_completion(text=text) == result.completion
    assert "x = 6 * 7\nprint('Answer:', float(x))\n" == result.program
    assert result.execution is not None
    assert Ending.FINISHED == result.execution.ending
    assert result.execution.stdout == "Answer: 42.0\n"
    assert result.grade is not None
    assert result.grade.strict is True
    assert result.grade.rule == "numeric"
    assert result.grade.answer == "42.0"
    assert Outcome.CORRECT == result.outcome
    assert result.fault is None
    assert result == ItemResult.from_json(result.to_json())


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (fenced("print(42)"), Outcome.CORRECT),
        (fenced("from sympy import sqrt\nprint(21 * sqrt(4))"), Outcome.CORRECT),
        (fenced("print('the work')\nprint(43 - 1)\nprint()"), Outcome.CORRECT),
        (fenced("print(41)"), Outcome.WRONG),
        (fenced("print(42)\nprint('Done.')"), Outcome.WRONG),
        (fenced("print([42, 43])"), Outcome.WRONG),
        (fenced("print(None)"), Outcome.WRONG),
        (fenced("x = 42"), Outcome.NO_ANSWER),
        (fenced("print(' \\n')"), Outcome.NO_ANSWER),
        (fenced("import sys\nprint(42, file=sys.stderr)"), Outcome.NO_ANSWER),
        (fenced("print(42)\n1 / 0"), Outcome.CRASHED),
        (fenced("print(42"), Outcome.CRASHED),
        (fenced("import nowhere"), Outcome.CRASHED),
        (fenced("print(42)\nraise SystemExit(3)"), Outcome.CRASHED),
        (fenced("import os\nos.abort()"), Outcome.CRASHED),
        (fenced("print(len(bytearray(1 << 40)))"), Outcome.CRASHED),
        (fenced("while True:\n    print('x' * 10_000)"), Outcome.CRASHED),
        (fenced("print(input())"), Outcome.CRASHED),
        ("It is 42.", Outcome.NO_PROGRAM),
        ("", Outcome.NO_PROGRAM),
        ("<think>" + fenced("print(42)"), Outcome.NO_PROGRAM),
        ("```javascript\nconsole.log(42)\n```", Outcome.NO_PROGRAM),
    ],
)
def test_every_fault_of_the_models_is_an_outcome(sandbox: Sandbox, text: str, outcome: Outcome) -> None:
    """Whatever a model answers is measured: a right answer, or one kind of fault."""
    result = attempt(sandbox, text)
    assert outcome == result.outcome
    assert result.fault is None


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (fenced("print(42)"), Outcome.CORRECT),
        (fenced("print(42)") + "This program", Outcome.CORRECT),
        (fenced("print(41)"), Outcome.CUT_OFF),
        (fenced("x = 42"), Outcome.CUT_OFF),
        (fenced("1 / 0"), Outcome.CUT_OFF),
        ("```python\nprint(4", Outcome.CUT_OFF),
        ("<think>It is", Outcome.CUT_OFF),
        ("", Outcome.CUT_OFF),
    ],
)
def test_what_is_not_right_when_the_tokens_ran_out_is_cut_off(sandbox: Sandbox, text: str, outcome: Outcome) -> None:
    """Whatever the part that there is comes to; a right answer is right."""
    assert outcome == attempt(sandbox, text, finish_reason="length").outcome


@pytest.mark.parametrize(
    ("program", "cpu_seconds", "wall_seconds", "ending"),
    [
        ("while True: pass", 0.3, 60.0, Ending.CPU_TIME),
        ("print(42)\nwhile True: pass", 0.3, 60.0, Ending.CPU_TIME),
        ("import time\ntime.sleep(60)", 60.0, 0.3, Ending.WALL_TIME),
    ],
)
def test_a_program_over_its_time_is_timed_out(
    sandbox: Sandbox, program: str, cpu_seconds: float, wall_seconds: float, ending: Ending
) -> None:
    """Both clocks end a program in one outcome, even one that has printed the answer; which clock it was is kept."""
    given = Limits(cpu_seconds=cpu_seconds, wall_seconds=wall_seconds, memory_bytes=1 << 28)
    result = attempt(sandbox, fenced(program), given)
    assert result.execution is not None
    assert Outcome.TIMED_OUT == result.outcome
    assert ending == result.execution.ending
    assert result.grade is None


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("It is 42.", (False, False, False)),
        (fenced("1 / 0"), (True, True, False)),
        (fenced("x = 42"), (True, True, False)),
        (fenced("print(41)"), (True, True, True)),
    ],
)
def test_a_stage_that_was_not_reached_is_none(sandbox: Sandbox, text: str, reached: tuple[bool, bool, bool]) -> None:
    """The result tells how far the attempt got: a program, its execution, its grade."""
    result = attempt(sandbox, text)
    assert reached == tuple(stage is not None for stage in (result.program, result.execution, result.grade))


def test_a_cut_off_completion_is_run_as_far_as_it_goes(sandbox: Sandbox) -> None:
    """A block that the token limit cut off is a program still, and the result says that it was cut off."""
    result = attempt(sandbox, "```python\nprint(42)\nprint(4", finish_reason="length")
    assert result.completion is not None
    assert Outcome.CUT_OFF == result.outcome
    assert result.completion.truncated is True


# Our own faults


class Refused(Recorded):
    """A source whose endpoint refuses."""

    def complete(self, request: Request) -> Completion:
        """Fail as a client does."""
        raise GenerationError(f"the endpoint refused {request.prompt.user!r}")


def test_a_source_without_a_completion_is_no_wrong_answer(sandbox: Sandbox) -> None:
    """An exception of the source's passes through: there is no result."""
    request = QUESTIONNAIRE.request(PROBLEM)
    with pytest.raises(GenerationError, match="the endpoint refused 'Solve: What is"):
        evaluate(PROBLEM, request, source=Refused(make_completion()), sandbox=sandbox, limits=LIMITS)


def test_a_sandbox_that_cannot_run_is_no_wrong_answer(sandbox: Sandbox) -> None:
    """A limit that the kernel refuses is not the program's fault: there is no result."""
    with pytest.raises(SandboxError):
        attempt(sandbox, fenced("print(42)"), Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_bytes=1 << 70))
    assert Outcome.CORRECT == attempt(sandbox, fenced("print(42)")).outcome


# Over the wire


def test_an_endpoint_is_asked_what_the_questionnaire_says(
    sandbox: Sandbox, server: ScriptedServer, tmp_path: Path
) -> None:
    """Through the real client, the endpoint gets the rendered problem once, and its answer is graded."""
    server.answers["6 \\cdot 7"] = fenced("print(6 * 7)")
    store = CompletionStore(tmp_path)
    service = GenerationService(Endpoint(base_url=server.url, model="m"), store, concurrency=2)
    request = QUESTIONNAIRE.request(PROBLEM)
    try:
        service.announce([request])
        result = evaluate(PROBLEM, request, source=service, sandbox=sandbox, limits=LIMITS)
    finally:
        service.close()
        store.close()
    assert Outcome.CORRECT == result.outcome
    assert ["Solve: What is $6 \\cdot 7$?"] == server.asked


# Requests and limits


def test_greedy_sampling_carries_no_seed() -> None:
    """Where nothing is drawn, the request is the template's prompt and the sampling without a seed."""
    questionnaire = replace(QUESTIONNAIRE, sampling=Sampling(temperature=0.0, max_tokens=7, seed=5))
    expected = Request(prompt=Prompt(user="Solve: What is $6 \\cdot 7$?"), sampling=Sampling(max_tokens=7))
    assert expected == questionnaire.request(PROBLEM)


def test_every_problem_has_a_seed_of_its_own() -> None:
    """A problem's seed is made of the run's and of its id: the same in every run, another for another of either."""
    seeds = []
    for seed, id_ in ((0, "a"), (0, "a"), (0, "b"), (1, "a")):
        questionnaire = replace(QUESTIONNAIRE, sampling=Sampling(temperature=0.5, seed=seed))
        seeds.append(questionnaire.request(make_problem(id=id_)).sampling.seed)
    assert len(set(seeds)) == 3
    assert seeds[0] == seeds[1]
    assert [] == [seed for seed in seeds if seed is None or not 0 <= seed < 1 << 31]


@pytest.mark.parametrize(
    ("cpu_seconds", "expected"),
    [
        (2.0, Limits(cpu_seconds=2.0, wall_seconds=2.0 * WALL_FACTOR, memory_bytes=7)),
        (None, Limits(cpu_seconds=None, wall_seconds=None, memory_bytes=7)),
    ],
)
def test_wall_time_is_the_backstop(cpu_seconds: float | None, expected: Limits) -> None:
    """The wall limit is a multiple of the CPU limit, and lifted with it."""
    assert expected == limits(cpu_seconds, 7)
