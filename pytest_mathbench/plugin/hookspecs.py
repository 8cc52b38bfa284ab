"""The hooks that suites and other plugins may implement (docs/hooks.md).

An implementation takes the arguments that it needs, by name. It is found where pytest finds hooks: in a plugin, or in a
`conftest.py` that pytest reads at its start, beside the tests that are named or above them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_mathbench.analysis.gates import Decision
    from pytest_mathbench.recording.run_info import RunInfo
    from pytest_mathbench.records import ItemResult, Problem, Request
    from pytest_mathbench.reporting.report import Report
    from pytest_mathbench.reporting.sections.section import Context, Section


@pytest.hookspec(firstresult=True)
def pytest_mathbench_request(
    config: pytest.Config, problem: "Problem", sample: int, request: "Request"
) -> "Request | None":
    """Return what is asked of the model for an attempt instead of `request`, or None to leave it as it is.

    The first implementation that returns a request decides. It is called wherever a request is made: in the process
    that makes completions ahead, in xdist's workers, from several threads, more than once for an attempt. So it must
    return the same for the same arguments: a completion is found by its request. What it raises leaves the attempt not
    measured.
    """


def pytest_mathbench_result(config: pytest.Config, result: "ItemResult") -> None:
    """Hear of a result, once it is written down. Called in the process that owns the run, in the order of arrival.

    A result whose `reruns` is not 0 replaces an earlier one of the same problem and sample. The results that a resumed
    run has already are not told again. What it raises is shown at the end; the run goes on.
    """


def pytest_mathbench_sections(config: pytest.Config, run: "RunInfo") -> "Iterable[Callable[[], Section]]":  # type: ignore[empty-body]
    """Return what makes sections of your own, a class each as a rule; docs/hooks.md and docs/report.md describe them.

    They stand after ours. Called in the process that owns the run, when the session has ended. Every result that counts
    is added to each section, and each is asked for what the terminal, a job's summary, the page and report.json show. A
    section that raises is left out, and a warning says so.
    """


def pytest_mathbench_report(  # noqa: PLR0913, PLR0917 - an implementation names those that it needs
    config: pytest.Config,
    run: "RunInfo",
    report: "Report",
    context: "Context",
    decisions: "Sequence[Decision]",
    folder: Path,
) -> None:
    """Hear of the finished report, once all files in the run's `folder` are written.

    Called in the process that owns the run, unless nothing was measured. `decisions` are the verdicts on the gates;
    the `context` has them as well, and the comparison with a baseline, as sections are given it. What it raises is
    shown at the end.
    """
