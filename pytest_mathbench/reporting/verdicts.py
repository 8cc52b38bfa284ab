"""Decisions on gates → lines for a terminal, and back from a run's folder."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_mathbench.analysis.gates import Decision, Status, overall
from pytest_mathbench.reporting.export import REPORT

_MEANING = {
    Status.PASS: "every gate holds",
    Status.FAIL: "a gate does not hold",
    Status.INCONCLUSIVE: "what was measured does not decide",
}


def lines(decisions: Sequence[Decision]) -> Iterator[str]:
    """Yield the verdict on all gates, then each gate's with its numbers; nothing without gates."""
    if not decisions:
        return
    status = overall(decisions)
    yield f"gates: {status}: {_MEANING[status]}"
    width = max(len(decision.status) for decision in decisions)
    for decision in decisions:
        yield f"  {decision.status:{width}}  {decision.gate}"
        yield from (f"  {'':{width}}    {sentence}" for sentence in decision.sentence.split("; "))
    yield ""


def read(folder: Path) -> list[Decision]:
    """Return the decisions that a run's folder holds; none if it holds none that can be read."""
    try:
        gates = json.loads((folder / REPORT).read_bytes())["gates"]
        return [Decision.from_json(json.dumps(each)) for each in gates["decisions"]] if gates else []
    except (OSError, ValueError, LookupError, TypeError):
        return []
