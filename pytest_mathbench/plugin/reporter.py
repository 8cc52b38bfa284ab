"""The reading end of a run: header, live files, table. It runs once, in the controller."""

import re
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.items import RESULT_PROPERTY
from pytest_mathbench.records import ItemResult, Problem, RunInfo
from pytest_mathbench.reporting import table
from pytest_mathbench.reporting.files import RunFolder, machine, prepare, versions
from pytest_mathbench.sandbox.host import LAYERS

_HASH_SHOWN = 12
_PARAMETERS = re.compile(r"\[(.*)\]$")


class Reporter:
    """Takes the results out of the reports, writes them down at once, and shows the table at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]
        self._results: list[ItemResult] = []
        self._problems = {problem.id: problem for problem in self._benchmark.problem_set.problems}

    @cached_property
    def folder(self) -> RunFolder:
        """The run's folder, made when the first thing is to be written into it."""
        settings = self._benchmark.settings
        folder = RunFolder.create(Path(settings.output), settings.model)
        folder.write_info(self._info())
        return folder

    def progress(self, message: str) -> None:
        """Show a line while nothing else happens; called from any thread."""
        terminal: Any = self._config.pluginmanager.getplugin("terminalreporter")
        if terminal is None:
            return
        capture: Any = self._config.pluginmanager.getplugin("capturemanager")
        writer = self._config.get_terminal_writer()
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            if self._config.get_verbosity() > 0:
                terminal.ensure_newline()  # the item's name comes again, before its word
            elif writer.width_of_current_line:
                writer.line()  # the letters go on below, without the file's name
            writer.line(f"mathbench: {message}")
            writer.flush()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """See that a run can be recorded, before it costs anything."""
        if session.config.option.collectonly:
            return
        try:
            prepare(Path(self._benchmark.settings.output))
        except ConfigurationError as error:
            raise pytest.UsageError(f"mathbench: {error}") from None

    def pytest_report_header(self) -> list[str]:
        """Say what is measured, with what."""
        settings, problem_set = self._benchmark.settings, self._benchmark.problem_set
        left_out = f", {problem_set.left_out} without a level left out" if problem_set.left_out else ""
        sampling = f"temperature {settings.temperature:g}, at most {settings.max_tokens} tokens"
        return [
            f"mathbench: model {settings.model} on {self._endpoint()}; {sampling}",
            f"mathbench: problems {problem_set.name}, {len(problem_set.problems)} selected{left_out} "
            f"(sha256 {problem_set.sha256[:_HASH_SHOWN]}); "
            f"prompt {self._prompt_name()} (sha256 {self._benchmark.questionnaire.template.sha256[:_HASH_SHOWN]})",
            f"mathbench: sandbox: {LAYERS}",
        ]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the result that a report carries."""
        carried = [value for name, value in report.user_properties if name == RESULT_PROPERTY]
        if carried:
            self._record(ItemResult.from_json(str(carried[0])))
        elif str(report.when) == "???" and (problem := self._problem_of(report.nodeid)):  # xdist: its worker crashed
            self._record(ItemResult(problem=problem, fault=str(report.longrepr)))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - not public in pytest
        """Show the table."""
        if not self._results:
            return
        terminalreporter.section(f"mathbench: {self._benchmark.settings.model}")
        for line in table.lines(scores.report(self._results)):
            terminalreporter.write_line(line)
        terminalreporter.write_line("")
        terminalreporter.write_line(f"recorded in {self.folder.path}")

    def pytest_unconfigure(self) -> None:
        """Close the files."""
        if self._results:
            self.folder.close()

    def _record(self, result: ItemResult) -> None:
        self._results.append(result)
        self.folder.append(result)

    def _problem_of(self, nodeid: str) -> Problem | None:
        """Find the problem in the brackets of a node id, alone or among other parameters."""
        match = _PARAMETERS.search(nodeid)
        if not match:
            return None
        candidates = [id_ for id_ in self._problems if id_ in match[1]]
        return self._problems[max(candidates, key=len)] if candidates else None

    def _endpoint(self) -> str:
        return self._benchmark.settings.base_url or "a vLLM server of this run"

    def _prompt_name(self) -> str:
        return self._benchmark.settings.prompt or "built-in"

    def _info(self) -> RunInfo:
        settings, problem_set = self._benchmark.settings, self._benchmark.problem_set
        template = self._benchmark.questionnaire.template
        return RunInfo(
            model=settings.model,
            endpoint=self._endpoint(),
            problem_set=problem_set.name,
            problem_count=len(problem_set.problems),
            problems_sha256=problem_set.sha256,
            prompt=template.text,
            prompt_sha256=template.sha256,
            sampling=self._benchmark.questionnaire.sampling,
            sandbox=LAYERS,
            memory_bytes=settings.memory,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=machine(),
            versions=versions(),
        )
