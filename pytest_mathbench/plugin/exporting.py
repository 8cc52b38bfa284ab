"""The finished run goes to the tools that were asked for: by our own hook, as any plugin may do it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench.errors import ExportError
from pytest_mathbench.exporters import catalog
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.plugin.terminal import Terminal
from pytest_mathbench.printable import printable
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.reporting.report import Report
from pytest_mathbench.reporting.sections.section import Context


class Exporting:
    """Makes each export that was asked for; one that fails is told, and changes neither the run nor its status."""

    def __init__(self, exports: Sequence[tuple[str, str]], terminal: Terminal) -> None:
        """Raise `ConfigurationError` if an export could not be made here."""
        self._exports = catalog.prepared(exports)
        self._terminal = terminal
        self._made: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_mathbench_report(self, report: Report, context: Context, folder: Path) -> None:
        """Hand the run over, before an implementation of somebody else's may fail."""
        finished = Finished(RecordedRun(folder, context.info, warn=lambda _: None), report, context)
        for name, where in self._exports:
            try:
                self._made.append(catalog.export(name, where, finished))
            except ExportError as error:
                self._terminal.warn(str(error))

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # not public in pytest
        """Say what was made, below the report."""
        for line in self._made:
            terminalreporter.write_line(printable(line))
