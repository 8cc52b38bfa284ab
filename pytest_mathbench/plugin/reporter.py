"""What people and machines read of a run: header, table, report.json, page. In the process that owns the run."""

import os
import threading
from collections.abc import Generator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.plugin.benchmark import BENCHMARK, only_lists
from pytest_mathbench.plugin.gating import Gating
from pytest_mathbench.plugin.hooks import Listeners
from pytest_mathbench.plugin.junit import add_to_junit
from pytest_mathbench.plugin.run import Run
from pytest_mathbench.plugin.terminal import Terminal
from pytest_mathbench.printable import printable
from pytest_mathbench.recording.completions import tokens_without_result
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.reporting import export, mistakes, table
from pytest_mathbench.reporting.gathering import earlier_decisions
from pytest_mathbench.reporting.report import Report, report
from pytest_mathbench.reporting.sections.section import Context

_SLOW = ("scipy.special", "pytest_mathbench.reporting.page")
"""What reports need that takes a while to import."""


class Reporter:
    """Reads back what the run has recorded, once the session has ended, and reports it everywhere."""

    def __init__(
        self, config: pytest.Config, run: Run, gating: Gating, terminal: Terminal, listeners: Listeners
    ) -> None:
        self._config = config
        self._run = run
        self._gating = gating
        self._terminal = terminal
        self._listeners = listeners
        self._report = Report()
        self._has_page = False
        self._loading: threading.Thread | None = None

    def pytest_report_header(self) -> list[str]:
        """Say what is measured, with what."""
        remarks = [f"mathbench: {line}" for line in self._gating.remarks]
        return list(map(printable, [*self._run.header(), *remarks, *self._run.warnings()]))

    def pytest_runtest_logstart(self) -> None:
        """Import the libraries of reports while completions are awaited, and not when the last one is there."""
        if self._loading is None:
            self._loading = threading.Thread(target=_load, name="mathbench-load", daemon=True)
            self._loading.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Decide the gates, and leave what others read: report.json, a CI job's summary. The rest is pytest's.

        The page is made when the summary has been shown, unless a hook waits for it: nothing in it is waited for.
        """
        self._terminal.stop()
        if not only_lists(self._config):
            try:
                self._finish(session)
            except RecordingError as error:
                self._terminal.warn(f"there is no report: {error}")
        try:
            return (yield)
        finally:
            if (recorded := self._run.recorded()) and len(self._report) and not self._has_page:
                self._leave_page(recorded)

    def _finish(self, session: pytest.Session) -> None:
        """Decide and report what the run's folder holds: of each attempt the last result, as a person has it."""
        recorded = self._run.recorded()
        if recorded is None:
            self._gating.decide(session, (), lambda: ())
            return
        self._gating.decide(session, recorded.results(), lambda: list(tokens_without_result(recorded)))
        self._report = self._reported(recorded)
        if len(self._report):
            self._leave_files(recorded)

    def _reported(self, recorded: RecordedRun) -> Report:
        """Add up the results, in others' sections too."""
        more = self._listeners.sections(recorded.info)
        try:
            return report(recorded.results(), more)
        except ConfigurationError as error:  # two of one name
            self._terminal.warn(f"{error}; sections of plugins are left out")
            return report(recorded.results())

    @property
    def _context(self) -> Context:
        """What is known of the run besides its results, once the session has ended."""
        return Context(self._run.info, self._gating.decisions, self._gating.comparison, self._gating.settlement)

    def _leave_files(self, recorded: RecordedRun) -> None:
        """Write each report on its own: one that cannot be written keeps no other from being."""
        for write in (self._write_json, self._write_summary):
            try:
                write()
            except OSError as error:
                self._terminal.warn(f"a report could not be written: {error}")
        info, decisions = recorded.info, self._gating.decisions
        add_to_junit(self._config, info, self._report, decisions)
        if self._listeners.are_there("report"):  # they are promised all files
            self._leave_page(recorded)
        self._listeners.tell(
            "report",
            run=info,
            report=self._report,
            context=self._context,
            decisions=decisions,
            folder=recorded.folder,
        )

    def _write_json(self) -> None:
        text = export.as_text(self._report, self._context)
        (self._run.folder.path / export.REPORT).write_text(text, encoding="ascii")

    def _write_summary(self) -> None:
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write("\n".join(export.as_markdown(self._report, self._context)) + "\n")

    def _leave_page(self, recorded: RecordedRun) -> None:
        self._has_page = True
        from pytest_mathbench.reporting import page  # a page's libraries take a moment

        context = replace(self._context, earlier=earlier_decisions(recorded))
        try:
            with (recorded.folder / export.PAGE).open("w", encoding="utf-8") as file:
                file.writelines(page.render(self._report, context, recorded.results()))
        except (OSError, RecordingError) as error:
            cure = f"mathbench report --html {self._run.place} writes it"
            self._terminal.say(f"WARNING: the page could not be written: {error}; {cure}")

    def _show_mistakes(self, terminalreporter: Any) -> None:
        """Show what failed, with -v; all of it with -vv."""
        total, recorded = self._report.scores.total, self._run.recorded()
        verbosity = self._config.get_verbosity()
        if recorded and verbosity > 0 and (failed := total.measured - total.correct):
            terminalreporter.section("mathbench: wrong answers")
            for line in mistakes.lines(recorded.results(), failed, self._terminal.width, whole=verbosity > 1):
                terminalreporter.write_line(line)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # not public in pytest
        """Show the table."""
        if not only_lists(self._config) and (len(self._report) or self._gating.decisions):
            lines = [""] if self._terminal.warnings else []
            lines += table.lines(self._report, self._context, self._terminal.width, whole=False)
        else:
            lines = []
        for warning in self._terminal.warnings:  # of sections, too, which were asked for their lines by now
            terminalreporter.write_line(printable(f"mathbench: WARNING: {warning}"), yellow=True)
        self._show_mistakes(terminalreporter)
        if not lines:
            return
        terminalreporter.section(printable(f"mathbench: {self._config.stash[BENCHMARK].settings.model}"))
        for line in lines:
            terminalreporter.write_line(line)
        if not len(self._report):
            return
        for line in self._run.warnings():
            terminalreporter.write_line(printable(line), yellow=True)
        terminalreporter.write_line("")
        terminalreporter.write_line(printable(f"recorded in {self._run.place}; its page is {export.PAGE}"))


def _load() -> None:
    for name in _SLOW:
        import_module(name)
