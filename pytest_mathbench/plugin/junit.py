"""What goes into a JUnit file: properties of each test case, and of the suite."""

from collections.abc import Iterable, Sequence

import pytest
from _pytest.junitxml import xml_key

from pytest_mathbench.analysis.gates import Decision, overall
from pytest_mathbench.printable import printable
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections.not_measured import NotMeasured
from pytest_mathbench.reporting.sections.outcomes import Outcomes

_OF_A_RESULT = {
    "domain", "level", "sample", "outcome", "generation_seconds", "completion_tokens", "thinking_tokens", "unsafe",
    "execution_cpu_seconds",
}  # fmt: skip


def add_to_junit(config: pytest.Config, info: RunInfo, report: Report, decisions: Sequence[Decision]) -> None:
    """Say of the whole suite what was measured, and how it went; nothing without --junitxml."""
    if (xml := config.stash.get(xml_key, None)) is None:
        return
    total = report.scores.total
    properties = {
        "mathbench_model": info.model,
        "mathbench_strategy": info.strategy,
        "mathbench_problems": f"{info.problem_set} {info.problems_sha256}",
        "mathbench_prompt": info.prompt_sha256,
        "mathbench_correct": total.correct,
        "mathbench_measured": total.measured,
        "mathbench_not_measured": len(report[NotMeasured]),
        "mathbench_cut_off": report[Outcomes].cut_offs.total.cut_off,
        "mathbench_pass_rate": "" if total.rate is None else f"{total.rate:.4f}",
        **({"mathbench_gates": str(overall(decisions))} if decisions else {}),
    }
    for name, value in properties.items():
        xml.add_global_property(name, printable(str(value)))


def properties_of(result: ItemResult) -> list[tuple[str, object]]:
    """Return the properties of one test case."""
    properties: list[tuple[str, object]] = [
        ("domain", printable(str(result.problem.domain))),
        ("level", result.problem.level),
        ("sample", result.sample),
        ("outcome", str(result.outcome or "not_measured")),
    ]
    if result.completion:
        properties.append(("generation_seconds", round(result.completion.seconds, 3)))
        properties.append(("completion_tokens", result.completion.completion_tokens))
        if thinking := result.completion.thinking_tokens:
            properties.append(("thinking_tokens", thinking))
    if result.execution and result.execution.unsafe:
        properties.append(("unsafe", ", ".join(result.execution.unsafe)))
    if result.execution:
        properties.append(("execution_cpu_seconds", round(result.execution.cpu_seconds, 3)))
    return properties


def without_result(properties: Iterable[tuple[str, object]]) -> list[tuple[str, object]]:
    """Return the properties of a test case without those that tell of a result."""
    return [(name, value) for name, value in properties if name not in _OF_A_RESULT]
