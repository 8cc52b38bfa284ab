"""Is `stepwise` greedy decoding `single` greedy decoding? Token for token, on a real server, and at what price.

    python benchmarks/stepwise.py URL MODEL [--problems 21] [--max-tokens 256] [--concurrency 1]

The API key is read from OPENAI_API_KEY. Prints each problem's first differing token, with the margin that the greedy
choice had there, and the cost of both. Run it on a server with and one without --no-enable-prefix-caching.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_mathbench import problems, prompts
from pytest_mathbench.execution import Limits
from pytest_mathbench.generation.service import GenerationService
from pytest_mathbench.generation.strategies.single import Single
from pytest_mathbench.generation.strategies.stepwise import Stepwise
from pytest_mathbench.generation.strategies.strategy import Attempt, Strategy
from pytest_mathbench.inspection.inspector import Inspector, Triggers
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.records import Problem, Sampling
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.serving.endpoint import Endpoint
from pytest_mathbench.serving.probe import probe


def measure(
    strategy: Strategy, endpoint: Endpoint, questionnaire: Questionnaire, chosen: list[Problem], concurrency: int
) -> tuple[list[Attempt], float]:
    """Make all completions with a store of their own; return them, and the seconds that it took."""
    idle = Inspector(  # without triggers it looks at nothing, and its sandbox never starts
        Sandbox(), Limits(cpu_seconds=1.0, wall_seconds=1.0, memory_bytes=1 << 30), Triggers((), 0.0, 0.0)
    )
    with TemporaryDirectory() as folder:
        store = CompletionStore(Path(folder))
        service = GenerationService(endpoint, store, concurrency=concurrency)
        start = time.monotonic()
        with ThreadPoolExecutor(concurrency) as threads:
            attempts = list(
                threads.map(
                    lambda problem: strategy.attempt(
                        replace(questionnaire.request(problem), tokens=True), service, idle
                    ),
                    chosen,
                )
            )
        seconds = time.monotonic() - start
        service.close()
        store.close()
    return attempts, seconds


def main() -> None:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("--problems", type=int, default=21)
    parser.add_argument("--max-tokens", type=int, default=256)
    parser.add_argument("--concurrency", type=int, default=1)
    options = parser.parse_args()
    endpoint = Endpoint(base_url=options.url, model=options.model, api_key=os.environ.get("OPENAI_API_KEY", "none"))
    probe(endpoint, tokens=True)
    whole = problems.load("", (), {})
    chosen = list(
        problems.select(whole, domains=(), levels=(1, 2, 3), per_cell=1, limit=options.problems, seed=0).problems
    )
    questionnaire = Questionnaire(prompts.load(""), Sampling(max_tokens=options.max_tokens))
    single, single_seconds = measure(Single(), endpoint, questionnaire, chosen, options.concurrency)
    stepwise, stepwise_seconds = measure(Stepwise(), endpoint, questionnaire, chosen, options.concurrency)
    equal = 0
    for problem, one, other in zip(chosen, single, stepwise, strict=True):
        first, second = one.completion.tokens, other.completion.tokens
        assert first is not None
        assert second is not None
        if first.ids == second.ids:
            equal += 1
            continue
        pairs = zip_longest(first.ids, second.ids)
        place = next(number for number, (left, right) in enumerate(pairs) if left != right)
        print(
            f"{problem.id}: token {place} of {len(first.ids)} differs: {first.texts[place : place + 1]} and "
            f"{second.texts[place : place + 1]}, margin {first.margins[place : place + 1]}"
        )
    print(f"{equal} of {len(chosen)} equal, token for token; {sum(len(a.completion.text) for a in single)} characters")
    for name, attempts, seconds in (("single", single, single_seconds), ("stepwise", stepwise, stepwise_seconds)):
        print(
            f"{name}: {sum(a.cost.requests for a in attempts)} requests, "
            f"{sum(a.cost.prompt_tokens for a in attempts)} tokens of prompts, "
            f"{sum(a.cost.completion_tokens for a in attempts)} of completions, {seconds:.1f} s"
        )
    print(f"stepwise / single: {stepwise_seconds / single_seconds:.2f} of the time")


if __name__ == "__main__":
    main()
