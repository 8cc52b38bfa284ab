"""What became of the attempts, of their programs, and how many tokens they took."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.cutoffs import CutOffs, CutOffTally
from pytest_mathbench.analysis.cutprompts import is_cut
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.domains import NO_LEVEL, label
from pytest_mathbench.records import UNDECIDED, UNREAD, ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, RATE, TEXT, array, closed, described, mapping, nullable
from pytest_mathbench.reporting.sections.wording import counted, percent

_CUT_OFF = {"cut_off": COUNT, "measured": COUNT, "rate": nullable(RATE)}


class Outcomes:
    """How often each outcome occurred, what else is to be known of the attempts, and what programs tried."""

    name, title = "outcomes", "Outcomes"
    schema = closed(
        counts=closed(**{str(outcome): COUNT for outcome in Outcome}),
        not_measured=COUNT,
        truncated=described(COUNT, "Completions that the token limit cut off, right answers among them"),
        cut_off=described(
            closed(
                total=closed(**_CUT_OFF),
                domains=mapping(closed(**_CUT_OFF)),
                levels=mapping(closed(**_CUT_OFF)),
                cells=array(closed(domain=TEXT, level=COUNT, **_CUT_OFF)),
                only_thought=described(COUNT, "Of all, those whose tokens all went into thinking"),
                longest_thought=described(COUNT, "The most tokens of one of these"),
            ),
            "Attempts whose tokens ran out before there was a right answer, counted as failures",
        ),
        cut_prompts=described(COUNT, "Prompts of which the endpoint counted fewer tokens than they must have"),
        undecided=described(COUNT, "Answers that could not be compared within the limits, counted as wrong"),
        unread=described(COUNT, "Answers in no notation that the grader reads, counted as wrong"),
        rerun=described(COUNT, "Attempts that were made more than once; the last result of each counts"),
        echoed=described(COUNT, "Programs whose last expression was printed for them"),
        unsafe=described(
            closed(programs=COUNT, unsafe=COUNT, rate=nullable(RATE), kinds=mapping(COUNT)),
            "Of the programs that were run, those that tried what the sandbox refuses; and how many of each kind",
        ),
        tokens=closed(
            prompt=COUNT,
            completion=COUNT,
            thinking=described(COUNT, "Of the completions' tokens; by share of characters where nobody tells"),
        ),
    )

    def __init__(self) -> None:
        self.programs = 0
        self.unsafe_programs = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.thinking_tokens = 0
        self.cut_offs = CutOffTally()
        self._outcomes: Counter[Outcome | None] = Counter()
        self._truncated = 0
        self._cut_prompts = 0
        self._undecided = 0
        self._unread = 0
        self._echoed = 0
        self._rerun = 0
        self._unsafe: Counter[str] = Counter()

    def add(self, result: ItemResult) -> None:
        """Count an attempt; what was not measured has tokens all the same, and may have had a program."""
        self._outcomes[result.outcome] += 1
        self._rerun += result.reruns > 0
        if completion := result.completion:
            cost = result.effort or completion
            self.prompt_tokens += cost.prompt_tokens
            self.completion_tokens += cost.completion_tokens
            self.thinking_tokens += completion.thinking_tokens
            self._truncated += completion.truncated
        self.cut_offs.add(result)
        self._cut_prompts += is_cut(result)
        if execution := result.execution:
            self.programs += 1
            self.unsafe_programs += bool(execution.unsafe)
            self._unsafe.update(execution.unsafe.keys())
            self._echoed += execution.echoed
        if result.outcome and result.grade:
            self._undecided += result.grade.rule == UNDECIDED
            self._unread += result.grade.rule == UNREAD

    @property
    def unsafe_rate(self) -> float | None:
        """The share of programs that tried what the sandbox refuses, from 0 to 1; None where none was run."""
        return self.unsafe_programs / self.programs if self.programs else None

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the outcomes that occurred, and whatever else did."""
        counts = {outcome: self._outcomes[outcome] for outcome in Outcome}
        said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
        cut_off = self.cut_offs.total
        yield Headline(
            "cut off", str(cut_off.cut_off), f"of {cut_off.measured:,}: tokens ran out before a right answer"
        )
        yield Headline("unsafe programs", str(self.unsafe_programs), f"of {self.programs:,} that were run")
        yield Headline("completion tokens", f"{self.completion_tokens:,}", f"and {self.prompt_tokens:,} prompt tokens")
        yield Fact("outcomes", f"{said or 'none'}; {self._outcomes[None]} not measured")
        if asides := list(self._asides()):
            yield Fact("of these", ", ".join(asides))
        if self.unsafe_rate:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self._unsafe.items()))
            of_all = f"{self.unsafe_programs} of {counted(self.programs, 'program')} ({self.unsafe_rate:.1%})"
            yield Fact("unsafe", f"{of_all} tried: {kinds}")
        if self.completion_tokens:
            thinking = f", {self._thinking_share:.1%} of them thinking" if self.thinking_tokens else ""
            yield Fact("tokens", f"{self.prompt_tokens:,} prompt, {self.completion_tokens:,} completion{thinking}")
        yield from self._cut_off()
        if self._cut_prompts:
            yield Fact(
                "prompts cut off, it seems",
                f"of {counted(self._cut_prompts, 'prompt')} the endpoint counted fewer tokens than it has words: "
                "it may have cut off the beginning and not said so, and then these answers are to other questions. "
                "Ollama does that beyond num_ctx: raise OLLAMA_CONTEXT_LENGTH where it runs",
            )
        if said:
            yield Chart(
                "counts",
                "What became of each attempt",
                [{"name": str(outcome).replace("_", " "), "count": count} for outcome, count in counts.items()],
            )

    @property
    def _thinking_share(self) -> float:
        return min(self.thinking_tokens / self.completion_tokens, 1.0)

    def _cut_off(self) -> Iterator[Block]:
        """Yield how many attempts were cut off, and in which cells; nothing if none was."""
        found = self.cut_offs
        if not (total := found.total).cut_off:
            return
        thought = (
            f"; in {found.only_thought} of them all {found.longest_thought:,} tokens went into thinking"
            if found.only_thought
            else ""
        )
        yield Fact(
            "cut off",
            f"{_share(total)} before a right answer, counted as failures{thought}; --mathbench-max-tokens allows more",
        )
        levels = [level for level in found.levels if level != NO_LEVEL]
        yield Table(
            ["cut off", *(f"level {level}" for level in levels), "all"],
            [
                [
                    label(domain) if domain else "all",
                    *map(_cell, (found.of(Bucket(domain, level)) for level in (*levels, None))),
                ]
                for domain in (*found.domains, None)
            ],
        )

    def _asides(self) -> Iterator[str]:
        if others := self._truncated - self.cut_offs.total.cut_off:
            yield f"{others} cut off by the token limit and counted as it came"
        if self._undecided:
            yield f"{self._undecided} undecided (not comparable within the limits, counted as wrong)"
        if self._unread:
            yield f"{self._unread} unread (in no notation that the grader reads, counted as wrong)"
        if self._echoed:
            yield f"{self._echoed} whose last line was echoed"
        if self._rerun:
            yield f"{self._rerun} made more than once (the last result counts)"

    def as_json(self, context: Context) -> object:
        """Return all counts."""
        return {
            "counts": {str(outcome): self._outcomes[outcome] for outcome in Outcome},
            "not_measured": self._outcomes[None],
            "truncated": self._truncated,
            "cut_off": _json(self.cut_offs),
            "cut_prompts": self._cut_prompts,
            "undecided": self._undecided,
            "unread": self._unread,
            "rerun": self._rerun,
            "echoed": self._echoed,
            "unsafe": {
                "programs": self.programs,
                "unsafe": self.unsafe_programs,
                "rate": self.unsafe_rate,
                "kinds": dict(sorted(self._unsafe.items())),
            },
            "tokens": {
                "prompt": self.prompt_tokens,
                "completion": self.completion_tokens,
                "thinking": self.thinking_tokens,
            },
        }


def _cell(found: CutOffs) -> Score:
    """Return how many of all were cut off, to be laid out as the right ones are."""
    return Score(found.cut_off, found.measured)


def _share(found: CutOffs) -> str:
    return f"{found.cut_off}/{found.measured} {percent(found.rate)}"


def _json(found: CutOffTally) -> dict[str, Any]:
    return {
        "total": _fields(found.total),
        "domains": {domain: _fields(found.of(Bucket(domain))) for domain in found.domains},
        "levels": {str(level): _fields(found.of(Bucket(level=level))) for level in found.levels},
        "cells": [
            {"domain": domain, "level": level, **_fields(each)} for (domain, level), each in sorted(found.cells.items())
        ],
        "only_thought": found.only_thought,
        "longest_thought": found.longest_thought,
    }


def _fields(found: CutOffs) -> dict[str, Any]:
    return {"cut_off": found.cut_off, "measured": found.measured, "rate": found.rate}
