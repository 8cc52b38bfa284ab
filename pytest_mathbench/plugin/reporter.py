"""The reading end of a run: header, live files, table. It runs once, in the controller."""

import json
import os
import re
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench.analysis import scores
from pytest_mathbench.analysis.gates import Decision
from pytest_mathbench.analysis.scores import RunReport
from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.gating import Baseline, Gating
from pytest_mathbench.plugin.identity import Identity
from pytest_mathbench.plugin.items import RESULT_PROPERTY, RESUMED_PROPERTY, runs_a_program
from pytest_mathbench.plugin.junit import add_to_junit
from pytest_mathbench.plugin.terminal import Terminal, progress_line
from pytest_mathbench.records import ItemResult, Problem, RunInfo
from pytest_mathbench.reporting import baselines, comparison, export, protocol, table, verdicts
from pytest_mathbench.reporting.files import RunFolder, differences, prepare, read_info, read_results

_UNSOLVED_SHOWN = 10
_PARAMETERS = re.compile(r"\[(.*)\]$")
_SAMPLE = re.compile(r"sample(\d+)")
_OF_A_COMPLETION = ("model", "prompt_sha256", "sampling")
"""What decides a completion."""


class Reporter:
    """Takes the results out of the reports, writes them down at once, and shows the table at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]
        self._identity = Identity(config)
        self._tally = scores.Tally(self._benchmark.settings.samples)
        # As pytest writes them in node ids.
        self._problems = {
            problem.id.encode("unicode_escape").decode(): problem for problem in self._benchmark.problem_set.problems
        }
        self._recorded: set[str] = set()
        self._damage: list[str] = []
        self._gating: Gating | None = None
        self._session: pytest.Session | None = None
        self._started = time.monotonic()
        self._making = threading.Lock()
        self._folder: RunFolder | None = None
        self.terminal = Terminal(config)

    @property
    def folder(self) -> RunFolder:
        """The run's folder, made when the first thing is to be written into it."""
        with self._making:
            if self._folder is None:
                self._folder = RunFolder.create(self._benchmark.output, self._identity.info())
            return self._folder

    @cached_property
    def _report(self) -> RunReport:
        """What was measured, once all of it is."""
        return self._tally.report()

    @property
    def _decisions(self) -> list[Decision]:
        return self._gating.decisions if self._gating else []

    def warn(self, damage: str) -> None:
        """Tell the user, at the end, of a recorded line that could not be read."""
        self._damage.append(damage)

    def follow(self, backend: LocalBackend) -> None:
        """Show from now on how far the completions are."""
        self._backend = backend

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """See that a run can be recorded, or gone on with, before it costs anything."""
        if session.config.option.collectonly:
            return
        self._session = session
        resumed, replayed = self._benchmark.resumed, self._benchmark.replayed
        try:
            prepare(self._benchmark.output)
            self._prepare_gates()
            if resumed:
                self._folder = RunFolder.resume(resumed, self._identity.info(), self.warn)
            if replayed:
                self._check_recording(replayed)
        except ConfigurationError as error:
            raise pytest.UsageError(f"mathbench: {error}") from None
        self.terminal.watch(self._describe)

    def _prepare_gates(self) -> None:
        """Find the baseline, and prepare what is held against it; a run that cannot be is refused."""
        benchmark, baseline = self._benchmark, None
        if not benchmark.gates and not benchmark.settings.baseline:
            return
        if name := benchmark.settings.baseline:
            place, info, attempts = baselines.find(name, benchmark.output, self._config.rootpath, self.warn)
            baselines.check(place, info, self._identity.info())
            baseline = Baseline(place, attempts)
        settings = benchmark.settings
        self._gating = Gating(benchmark.gates, baseline, settings.unmeasured, early=settings.decide_early)
        self._config.pluginmanager.register(self._gating, "mathbench-gating")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Hear which attempts this process will make."""
        self._expect([item.nodeid for item in session.items if runs_a_program(item)])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Hear which attempts the workers will make."""
        self._expect(ids)

    def _expect(self, nodeids: list[str]) -> None:
        if self._gating and nodeids:
            self._gating.expect(filter(None, map(self._attempt_of, nodeids)))

    def _check_recording(self, replayed: Path) -> None:
        if different := differences(read_info(replayed), self._identity.info(), _OF_A_COMPLETION):
            raise ConfigurationError(
                f"{replayed} holds completions of another kind: {'; '.join(different)}; ask as it did"
            )

    def _describe(self) -> str:
        """Say how far the completions are; nothing when there is nothing to wait for."""
        return "; ".join(filter(None, (progress_line(*each) for each in self._backend.progress())))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, object, object]:
        """Let pytest write undisturbed."""
        with self.terminal.quiet():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self) -> Generator[None, object, object]:
        """Let pytest write undisturbed."""
        with self.terminal.quiet():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Decide the gates, and leave what others read: report.json, a CI job's summary. The rest is pytest's."""
        self.terminal.stop()
        if self._gating:
            self._gating.decide(session)
        if len(self._tally):
            self._leave_reports()
        return (yield)

    def _leave_reports(self) -> None:
        """Write each report on its own: one that cannot be written keeps no other from being."""
        info = self._identity.info()
        for write in (self._write_json, self._write_summary, self._write_page):
            try:
                write(info)
            except OSError as error:
                self.warn(f"a report could not be written: {error}")
        add_to_junit(self._config, info, self._report, self._decisions)

    def _write_json(self, info: RunInfo) -> None:
        text = json.dumps(export.as_json(info, self._report, self._decisions), indent=1)
        (self.folder.path / export.REPORT).write_text(text + "\n", encoding="ascii")

    def _write_summary(self, info: RunInfo) -> None:
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            with Path(summary).open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write("\n".join(export.as_markdown(info, self._report, self._decisions)) + "\n")

    def _write_page(self, info: RunInfo) -> None:
        from pytest_mathbench.reporting import page  # noqa: PLC0415 - a page's libraries take a moment

        results = read_results(self.folder.path, warn=lambda _: None)  # whoever went on with a run has been told
        against = self._gating.comparison if self._gating else None
        text = page.render(page.Side("this run", info, results), self._report, self._decisions, against)
        (self.folder.path / export.PAGE).write_text(text, encoding="utf-8")

    def pytest_report_header(self) -> list[str]:
        """Say what is measured, with what."""
        return [*self._identity.header(), *self._continued(), *self._identity.warnings()]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        """Record the result that a report carries."""
        with self.terminal.quiet():
            self._take(report)
            return (yield)

    def _take(self, report: pytest.TestReport) -> None:
        carried = dict(report.user_properties)
        if RESULT_PROPERTY in carried:
            self._record(ItemResult.from_json(str(carried[RESULT_PROPERTY])))
        elif RESUMED_PROPERTY in carried:
            self._add(ItemResult.from_json(str(carried[RESUMED_PROPERTY])))
        elif self._worker_crashed(report) and report.nodeid not in self._recorded:
            if attempt := self._attempt_of(report.nodeid):
                problem, sample = attempt
                self._record(ItemResult(problem=problem, sample=sample, fault=str(report.longrepr)))
            return
        else:
            return
        self._recorded.add(report.nodeid)
        # pytest keeps every report until the end; the texts in it lie in the folder now.
        report.user_properties = [
            (name, value) for name, value in report.user_properties if name not in {RESULT_PROPERTY, RESUMED_PROPERTY}
        ]

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show the item of a crashed worker as the error that it is."""
        if self._worker_crashed(report) and self._attempt_of(report.nodeid):
            return "error", "E", "ERROR"
        return None

    @staticmethod
    def _worker_crashed(report: pytest.TestReport) -> bool:
        """Whether xdist made this report in place of a worker that died."""
        return str(report.when) == "???"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - not public in pytest
        """Show the table."""
        for damage in self._damage:
            terminalreporter.write_line(f"mathbench: WARNING: {damage}", yellow=True)
        if len(self._tally):
            terminalreporter.section(f"mathbench: {self._benchmark.settings.model}")
        for line in verdicts.lines(self._decisions):
            terminalreporter.write_line(line)
        if not len(self._tally):
            return
        figures = protocol.lines(self._identity.info(), self._report, most=_UNSOLVED_SHOWN)
        for line in [*table.lines(self._report, self.terminal.width), *figures, *self._against_baseline()]:
            terminalreporter.write_line(line)
        for line in self._identity.warnings():
            terminalreporter.write_line(line, yellow=True)
        terminalreporter.write_line("")
        path = _shown(self.folder.path, self._config)
        terminalreporter.write_line(f"recorded in {path}; its page is {export.PAGE}")

    def _against_baseline(self) -> Iterator[str]:
        """Yield the comparison with the baseline, where no gate tells of it."""
        if self._gating and not self._benchmark.gates and (found := self._gating.comparison):
            yield ""
            yield from comparison.lines(found, ("baseline", "this run"), (None, None))

    def pytest_unconfigure(self) -> None:
        """Close the files."""
        self.terminal.stop()
        if self._folder:
            with suppress(OSError):  # a full disk has been told of
                self._folder.took(time.monotonic() - self._started)
            self._folder.close()

    def _add(self, result: ItemResult) -> None:
        self._tally.add(result)
        if self._gating:
            self._gating.add(result, self._session)

    def _record(self, result: ItemResult) -> None:
        self._add(result)
        try:
            self.folder.append(result)
        except RecordingError as error:
            pytest.exit(f"mathbench: {error}")  # what is measured from now on would be lost

    def _continued(self) -> list[str]:
        if self._benchmark.resumed is None or self._folder is None:
            return []
        path = _shown(self._folder.path, self._config)
        return [f"mathbench: going on with {path}: {self._folder.resumed} results are there"]

    def _attempt_of(self, nodeid: str) -> tuple[Problem, int] | None:
        """Find problem and sample in the brackets of a node id, alone or among other parameters."""
        match = _PARAMETERS.search(nodeid)
        if not match:
            return None
        parts = match[1].split("-")
        spans = ("-".join(parts[start:end]) for start in range(len(parts)) for end in range(len(parts), start, -1))
        problem = next((self._problems[span] for span in spans if span in self._problems), None)
        sample = next((int(found[1]) - 1 for part in parts if (found := _SAMPLE.fullmatch(part))), 0)
        return (problem, sample) if problem else None


def _shown(path: Path, config: pytest.Config) -> Path:
    """Return a path as seen from where pytest was started, if it is below."""
    start = config.invocation_params.dir
    return path.relative_to(start) if path.is_relative_to(start) else path
