"""What goes into a JUnit file: properties of each test case, and of the suite."""

from collections.abc import Sequence

import pytest
from _pytest.junitxml import xml_key

from pytest_mathbench.analysis.gates import Decision, overall
from pytest_mathbench.analysis.scores import RunReport
from pytest_mathbench.records import ItemResult, RunInfo


def add_to_junit(config: pytest.Config, info: RunInfo, report: RunReport, decisions: Sequence[Decision]) -> None:
    """Say of the whole suite what was measured, and how it went; nothing without --junitxml."""
    if (xml := config.stash.get(xml_key, None)) is None:
        return
    total = report.total
    properties = {
        "mathbench_model": info.model,
        "mathbench_strategy": info.strategy,
        "mathbench_problems": f"{info.problem_set} {info.problems_sha256}",
        "mathbench_prompt": info.prompt_sha256,
        "mathbench_correct": total.correct,
        "mathbench_measured": total.measured,
        "mathbench_not_measured": len(report.faults),
        "mathbench_pass_rate": "" if total.rate is None else f"{total.rate:.4f}",
        **({"mathbench_gates": str(overall(decisions))} if decisions else {}),
    }
    for name, value in properties.items():
        xml.add_global_property(name, str(value))


def properties_of(result: ItemResult) -> list[tuple[str, object]]:
    """Return the properties of one test case."""
    properties: list[tuple[str, object]] = [
        ("domain", str(result.problem.domain)),
        ("level", result.problem.level),
        ("sample", result.sample),
        ("outcome", str(result.outcome or "not_measured")),
    ]
    if result.completion:
        properties.append(("generation_seconds", round(result.completion.seconds, 3)))
        properties.append(("completion_tokens", result.completion.completion_tokens))
    if result.execution and result.execution.unsafe:
        properties.append(("unsafe", ", ".join(result.execution.unsafe)))
    if result.execution:
        properties.append(("execution_cpu_seconds", round(result.execution.cpu_seconds, 3)))
    return properties
