"""Whether a family bites: its solution is right on every draw, its naive program on none.

Both go the way of a model's completion, through `pipeline.evaluate`: extracted, confined, graded. What is too slow is
hopelessly so: a naive program that was stopped at the limit on one draw has a tenth of the time on the next.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from pytest_mathbench.execution import Limits
from pytest_mathbench.families.drawing import Draw, draws, name_of
from pytest_mathbench.families.family import Family
from pytest_mathbench.families.programs import program
from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.given import Given
from pytest_mathbench.pipeline import evaluate, limits
from pytest_mathbench.records import Completion, ItemResult, Outcome, Prompt, Request, Sampling
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.settings import DEFAULT_TIMEOUT_SECONDS, Settings

DRAWS = 10
"""Problems of a family on which its programs are tried."""

_SEED = 1

LIMITS = limits(DEFAULT_TIMEOUT_SECONDS, Settings().memory)
"""What a program may use in a run without options."""

SHORT_LIMITS = limits(DEFAULT_TIMEOUT_SECONDS / 10, Settings().memory)
LONGEST_SOLUTION_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Bite:
    """What became of a family's two programs on each of its draws; nothing of one that it does not have."""

    family: type[Family]
    solved: tuple[ItemResult, ...]
    naive: tuple[ItemResult, ...]

    def findings(self) -> Iterator[str]:
        """Yield what is wrong, a sentence each."""
        name = f"family {self.family.__name__} ({self.family.domain} level {self.family.level})"
        for result in self.solved:
            seconds = result.execution.cpu_seconds if result.execution else 0.0
            printed = result.execution.stdout.strip()[:200] if result.execution else ""
            if result.outcome != Outcome.CORRECT:
                yield f"{name}: its solution is {result.outcome} ({printed!r}) on {result.problem.statement!r}"
            elif seconds > LONGEST_SOLUTION_SECONDS:
                yield f"{name}: its solution takes {seconds:.1f} s of CPU time on {result.problem.statement!r}"
        for result in self.naive:
            if result.outcome == Outcome.CORRECT:
                yield f"{name}: its naive program is right on {result.problem.statement!r}"


def try_programs(families: Sequence[type[Family]], sandbox: Sandbox, *, parallel: int = 1) -> Iterator[Bite]:
    """Yield each family that has programs, with what they do on ten of its draws, in order; `parallel` at a time.

    Raises `MathbenchError` for faults that are not the programs'.
    """
    with ThreadPoolExecutor(parallel) as pool:
        chosen = [family for family in families if family.solution_program or family.naive_program]
        yield from pool.map(lambda family: tried(family, sandbox), chosen)


def summary(bites: Sequence[Bite]) -> str:
    """Say on how many draws each kind of program was right."""
    solved = [result for bite in bites for result in bite.solved]
    naive = [result for bite in bites for result in bite.naive]
    return (
        f"programs of {len(bites)} families: solutions right on {_right(solved)} of {len(solved)} draws, "
        f"naive ones on {_right(naive)} of {len(naive)}"
    )


def _right(results: Sequence[ItemResult]) -> int:
    return sum(result.outcome == Outcome.CORRECT for result in results)


def tried(family: type[Family], sandbox: Sandbox) -> Bite:
    """Try the programs of one family, on draws that are not those of the bundled set."""
    chosen = list(islice(draws(family, _SEED), DRAWS))
    solved = [_result(draw, family.solution_program, sandbox, LIMITS) for draw in chosen if family.solution_program]
    naive: list[ItemResult] = []
    for draw in chosen if family.naive_program else ():
        stopped = any(result.outcome == Outcome.TIMED_OUT for result in naive)
        naive.append(_result(draw, family.naive_program, sandbox, SHORT_LIMITS if stopped else LIMITS))
    return Bite(family, tuple(solved), tuple(naive))


def _result(draw: Draw, text: str, sandbox: Sandbox, limits: Limits) -> ItemResult:
    problem = draw.problem(name_of(type(draw.family)), _SEED)
    request = Request(prompt=Prompt(user=draw.statement), sampling=Sampling())
    return evaluate(problem, request, source=written(program(draw.family, text)), sandbox=sandbox, limits=limits)


def written(text: str) -> CompletionSource:
    """Return a source of completions that answers every request with one program, as a model would."""
    return Given(
        Completion(
            text=f"```python\n{text}\n```",
            finish_reason="stop",
            prompt_tokens=0,
            completion_tokens=0,
            queued_seconds=0.0,
            seconds=0.0,
        )
    )
