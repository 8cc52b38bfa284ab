"""A run's report as JSON for machines (docs/report.schema.json), and as Markdown for a CI job's summary."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from pytest_mathbench.analysis.gates import Decision, overall
from pytest_mathbench.analysis.scores import RunReport, Score
from pytest_mathbench.analysis.statistics import Spread, wilson
from pytest_mathbench.domains import NO_LEVEL
from pytest_mathbench.records import RunInfo
from pytest_mathbench.reporting.table import rate

SCHEMA = 1
REPORT = "report.json"
PAGE = "report.html"


def as_json(info: RunInfo, report: RunReport, decisions: Sequence[Decision] = ()) -> dict[str, Any]:
    """Return the report as what goes into JSON. Rates are from 0 to 1, intervals of 95 %, durations in seconds."""
    return {
        "schema": SCHEMA,
        "run": asdict(info),
        "gates": {"status": overall(decisions), "decisions": [asdict(each) for each in decisions]}
        if decisions
        else None,
        "total": _score(report.total),
        "domains": {domain: _score(report.score(domain)) for domain in report.domains},
        "levels": {str(level): _score(report.score(level=level)) for level in report.levels},
        "cells": [
            {"domain": domain, "level": level, **_score(score)} for (domain, level), score in report.cells.items()
        ],
        "verdicts": {str(verdict): _score(score) for verdict, score in report.verdicts.items()},
        "outcomes": {str(outcome): count for outcome, count in report.outcomes.items()},
        "not_measured": [{"problem": problem, "fault": fault} for problem, fault in report.faults],
        "unsolved": report.unsolved,
        "truncated": report.truncated,
        "unsafe": {"programs": report.programs, "unsafe": report.unsafe_programs, "kinds": report.unsafe},
        "tokens": {"prompts": report.prompt_tokens, "completions": report.completion_tokens},
        "durations": {str(stage): _spread(spread) for stage, spread in report.overall_durations.items()},
    }


def as_markdown(info: RunInfo, report: RunReport, decisions: Sequence[Decision] = ()) -> Iterator[str]:
    """Yield the lines of a summary: the gates first, then rates by domain and level."""
    yield f"### mathbench: {_cell(info.model)}"
    yield ""
    if decisions:
        yield f"**{overall(decisions)}**"
        yield ""
        yield "| gate | verdict | numbers |"
        yield "|---|---|---|"
        yield from (f"| {_cell(each.gate)} | {each.status} | {_cell(each.sentence)} |" for each in decisions)
        yield ""
    levels: list[int | None] = [*(level for level in report.levels if level != NO_LEVEL), None]
    yield "| pass rate | " + " | ".join("all" if level is None else f"level {level}" for level in levels) + " |"
    yield "|---|" + "---:|" * len(levels)
    for domain in (*report.domains, None):
        scores = " | ".join(rate(report.score(domain, level)) for level in levels)
        yield f"| {_cell(domain or 'all')} | {scores} |"
    yield ""
    yield f"{report.total.measured} measured, {len(report.faults)} not measured"
    yield f"({_cell(info.strategy)}; problems {_cell(info.problem_set)}, sha256 {info.problems_sha256[:12]})"


def _score(score: Score) -> dict[str, Any]:
    low, high = wilson(score.correct, score.measured) if score.measured else (None, None)
    return {"correct": score.correct, "measured": score.measured, "rate": score.rate, "low": low, "high": high}


def _spread(spread: Spread) -> dict[str, float]:
    return {"mean": spread.mean, "p50": spread.p50, "p95": spread.p95}


def _cell(text: str) -> str:
    """Write a text into a table's cell: what a model or a file is called is not markup."""
    plain = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "|<>`*_[]#\\" else sign for sign in plain)
