"""Published protocols: what a paper states, what it leaves open, and the figures that it reports."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure: what was measured, of which model, and the value as it was published."""

    measure: str
    model: str
    value: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """A way to measure that somebody has published.

    `settings` are the options that the paper decides, as a user would write them; `stated` says so in words, with what
    the paper says. `open_choices` names what it does not say, with the reason for our choice.
    """

    name: str
    source: str
    settings: Mapping[str, str]
    stated: Mapping[str, str]
    open_choices: Mapping[str, str]
    figures: tuple[Figure, ...]


ACCURACY = "accuracy"
UNSAFE = "unsafe programs"
EXECUTION = "mean execution time"
UNSOLVED = "unsolved problems"
REGENERATION = "token-by-token regeneration"

_EVSTAFEV = Protocol(
    name="evstafev2025",
    source="E. Evstafev, Token-by-Token Regeneration and Domain Biases, arXiv 2501.17084v1 (January 2025)",
    settings={
        "per_cell": "27",
        "samples": "1",
        "strategy": "single",
        "judge": "all",
        "judge_model": "mistral-large-2411",
        "verdict": "judge",
    },
    stated={
        "problems": "945 of MATH, stratified: 27 of each of the 7 subjects and 5 levels (per-cell)",
        "tries": "one for each model and problem (samples); regeneration is a variant, not the rule (strategy)",
        "program": "the model writes Python, which is executed; its console output is the answer",
        "judge": "mistral-large-2411 rates each answer from 1 to 5 against the reference (judge, judge-model)",
        "accuracy": "the share of answers rated 4 or 5, which the paper calls weighted accuracy (verdict)",
        "unsafe": "the share of unsafe programs is reported",
        "unsolved": "the problems that no model solved are listed (mathbench matrix)",
    },
    open_choices={
        "problem ids": "the paper names none: ours are drawn by the seed, from the problem set that is given",
        "prompt": "chosen by measurement, docs/prompt.md",
        "temperature": "greedy: a run can be repeated",
        "completion limit": "enough for the programs of small models, docs/prompt.md",
        "time limit": "CPU time, so that the machine's load does not decide",
        "memory limit": "enough for sympy",
        "libraries": "what models import, docs/sandbox.md",
        "sandbox": "the strictest that the machine offers",
        "judge's rubric": "five sentences of ours, docs/grading.md",
        "unsafe means": "the program tried what the sandbox refuses: network, processes, writing, reading elsewhere",
        "regeneration": "several stated forms with controls, docs/strategies.md",
    },
    figures=(
        Figure(ACCURACY, "gpt-4o-mini-2024-07-18 (best of ten)", "83.7%"),
        Figure(ACCURACY, "open-codestral-mamba:v0.1 (last of ten)", "49.2%"),
        Figure(ACCURACY, "llama3.1:8b", "63.3%"),
        Figure(UNSAFE, "all ten models", "below 1%"),
        Figure(EXECUTION, "a fast one of the ten", "0.94 s"),
        Figure(UNSOLVED, "by none of ten models", "30 of 945 (3.17%)"),
        Figure(REGENERATION, "llama3.1:8b", "63.3% → 64.1%, execution time -36.7%"),
    ),
)

PROTOCOLS = {_EVSTAFEV.name: _EVSTAFEV}
"""All that are known, by name."""
