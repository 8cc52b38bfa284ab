"""Benchmark language models on competition mathematics with pytest.

The names in `__all__` are what suites and other plugins may rely on (docs/own-suite.md); everything else is private and
may change with any version. A name is imported when it is first asked for: importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Completion",
    "CompletionSource",
    "Context",
    "Decision",
    "Endpoint",
    "Execution",
    "Fact",
    "Family",
    "GenerationError",
    "Grade",
    "ItemResult",
    "Limits",
    "Mathbench",
    "MathbenchError",
    "Outcome",
    "Problem",
    "Prompt",
    "Report",
    "Request",
    "RunInfo",
    "Sampling",
    "Sandbox",
    "Section",
    "ServerError",
    "Settled",
    "Table",
    "settle_at_least",
    "settle_no_worse",
]

if TYPE_CHECKING:
    from pytest_mathbench.analysis.betting import Settled, settle_at_least, settle_no_worse
    from pytest_mathbench.analysis.gates import Decision
    from pytest_mathbench.errors import GenerationError, MathbenchError, ServerError
    from pytest_mathbench.execution import Execution, Limits
    from pytest_mathbench.families.family import Family
    from pytest_mathbench.generation import CompletionSource
    from pytest_mathbench.plugin.evaluation import Mathbench
    from pytest_mathbench.recording.run_info import RunInfo
    from pytest_mathbench.records import Completion, Grade, ItemResult, Outcome, Problem, Prompt, Request, Sampling
    from pytest_mathbench.reporting.blocks import Fact, Table
    from pytest_mathbench.reporting.report import Report
    from pytest_mathbench.reporting.sections.section import Context, Section
    from pytest_mathbench.sandbox import Sandbox
    from pytest_mathbench.serving.endpoint import Endpoint
else:  # a type checker has the names from above, and knows that there are no others
    _HOMES = {
        "analysis.betting": ["Settled", "settle_at_least", "settle_no_worse"],
        "analysis.gates": ["Decision"],
        "errors": ["GenerationError", "MathbenchError", "ServerError"],
        "execution": ["Execution", "Limits"],
        "families.family": ["Family"],
        "generation": ["CompletionSource"],
        "plugin.evaluation": ["Mathbench"],
        "recording.run_info": ["RunInfo"],
        "records": ["Completion", "Grade", "ItemResult", "Outcome", "Problem", "Prompt", "Request", "Sampling"],
        "reporting.blocks": ["Fact", "Table"],
        "reporting.report": ["Report"],
        "reporting.sections.section": ["Context", "Section"],
        "sandbox": ["Sandbox"],
        "serving.endpoint": ["Endpoint"],
    }  # fmt: skip

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(f"{__name__}.{home}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
