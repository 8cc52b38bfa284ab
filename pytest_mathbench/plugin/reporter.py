"""The reading end of a run: header, live files, table. It runs once, in the controller."""

import re
import shlex
import sys
import threading
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.items import RESULT_PROPERTY
from pytest_mathbench.plugin.xdist import LAYERS
from pytest_mathbench.records import ItemResult, Problem, RunInfo
from pytest_mathbench.reporting import table
from pytest_mathbench.reporting.files import RunFolder, machine, prepare, versions
from pytest_mathbench.serving.models import resolve

_HASH_SHOWN = 12
_PARAMETERS = re.compile(r"\[(.*)\]$")


class Reporter:
    """Takes the results out of the reports, writes them down at once, and shows the table at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]
        self._results: list[ItemResult] = []
        # As pytest writes them in node ids.
        self._problems = {
            problem.id.encode("unicode_escape").decode(): problem for problem in self._benchmark.problem_set.problems
        }
        self._recorded: set[str] = set()
        self._output = Path(self._benchmark.settings.output).expanduser().absolute()  # a test may change directory
        self._making = threading.Lock()
        self._folder: RunFolder | None = None

    @property
    def folder(self) -> RunFolder:
        """The run's folder, made when the first thing is to be written into it."""
        with self._making:
            if self._folder is None:
                self._folder = RunFolder.create(self._output, self._benchmark.settings.model)
                self._folder.write_info(self._info())
            return self._folder

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
            prepare(self._output)
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
            f"mathbench: sandbox: {self._sandbox()}; {self._libraries()}",
            *self._warnings(),
        ]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the result that a report carries."""
        carried = [value for name, value in report.user_properties if name == RESULT_PROPERTY]
        if carried:
            self._record(ItemResult.from_json(str(carried[0])))
            self._recorded.add(report.nodeid)
        elif self._worker_crashed(report) and report.nodeid not in self._recorded:
            problem = self._problem_of(report.nodeid)
            if problem:
                self._record(ItemResult(problem=problem, fault=str(report.longrepr)))

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Show the item of a crashed worker as the error that it is."""
        if self._worker_crashed(report) and self._problem_of(report.nodeid):
            return "error", "E", "ERROR"
        return None

    @staticmethod
    def _worker_crashed(report: pytest.TestReport) -> bool:
        """Whether xdist made this report in place of a worker that died."""
        return str(report.when) == "???"

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:  # noqa: ANN401 - not public in pytest
        """Show the table."""
        if not self._results:
            return
        terminalreporter.section(f"mathbench: {self._benchmark.settings.model}")
        for line in table.lines(scores.report(self._results)):
            terminalreporter.write_line(line)
        for line in self._warnings():
            terminalreporter.write_line(line, yellow=True)
        terminalreporter.write_line("")
        terminalreporter.write_line(f"recorded in {_shown(self.folder.path, self._config)}")

    def pytest_unconfigure(self) -> None:
        """Close the files."""
        if self._folder:
            self._folder.close()

    def _record(self, result: ItemResult) -> None:
        self._results.append(result)
        self.folder.append(result)

    def _problem_of(self, nodeid: str) -> Problem | None:
        """Find the problem in the brackets of a node id, alone or among other parameters."""
        match = _PARAMETERS.search(nodeid)
        if not match:
            return None
        parts = match[1].split("-")
        spans = ("-".join(parts[start:end]) for start in range(len(parts)) for end in range(len(parts), start, -1))
        return next((self._problems[span] for span in spans if span in self._problems), None)

    def _endpoint(self) -> str:
        url = urlsplit(self._benchmark.settings.base_url)
        host = url.netloc.rpartition("@")[2]  # a password in it is nobody's business
        return url._replace(netloc=host).geturl() or "a vLLM server of this run"

    def _sandbox(self) -> str:
        """Name the layers; a session that only looks has found out none."""
        layers = self._config.stash.get(LAYERS, None)
        return str(layers) if layers else self._benchmark.settings.sandbox

    def _libraries(self) -> str:
        """Name what programs find imported, with the versions: a score depends on them."""
        packages = _packages(self._benchmark.settings.preload)
        found = versions(*packages)
        here = [f"{name} {found[name]}" for name in packages if name in found]
        absent = [f"no {name}" for name in packages if name not in found]
        echo = ["a last expression is echoed"] if self._benchmark.settings.echo else []
        return ", ".join([f"python {found['python']}", *here, *absent, *echo])

    def _warnings(self) -> list[str]:
        """Say what a program could do that it should not."""
        layers = self._config.stash.get(LAYERS, None)
        return [f"mathbench: WARNING: a program can {danger}" for danger in layers.dangers] if layers else []

    def _prompt_name(self) -> str:
        return self._benchmark.settings.prompt or "built-in"

    def _info(self) -> RunInfo:
        settings, problem_set = self._benchmark.settings, self._benchmark.problem_set
        template = self._benchmark.questionnaire.template
        return RunInfo(
            model=settings.model,
            resolved_model=settings.model if settings.base_url else resolve(settings.model),
            endpoint=self._endpoint(),
            vllm_args=shlex.join(settings.vllm_args),
            problem_set=problem_set.name,
            problem_count=len(problem_set.problems),
            problems_sha256=problem_set.sha256,
            prompt=template.text,
            prompt_sha256=template.sha256,
            sampling=self._benchmark.questionnaire.sampling,
            sandbox=self._sandbox(),
            memory_bytes=settings.memory,
            scratch_bytes=settings.scratch or 0,
            preload=",".join(settings.preload),
            echo=settings.echo,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=machine(),
            versions=versions(*_packages(settings.preload)),
        )


def _packages(modules: Iterable[str]) -> list[str]:
    """Return the top-level packages of modules, without Python's own."""
    return sorted({name.partition(".")[0] for name in modules} - sys.stdlib_module_names)


def _shown(path: Path, config: pytest.Config) -> Path:
    """Return a path as seen from where pytest was started, if it is below."""
    start = config.invocation_params.dir
    return path.relative_to(start) if path.is_relative_to(start) else path
