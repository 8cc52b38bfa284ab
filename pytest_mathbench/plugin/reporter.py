"""The reading end of a run: header, live files, table. It runs once, in the controller."""

import re
import shlex
import threading
import time
from collections.abc import Generator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pytest_mathbench.analysis import scores
from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.generation import strategies
from pytest_mathbench.grading import judge
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.backend import LocalBackend
from pytest_mathbench.plugin.gating import Baseline, Gating
from pytest_mathbench.plugin.items import RESULT_PROPERTY, RESUMED_PROPERTY, default_limit
from pytest_mathbench.plugin.terminal import Terminal, progress_line
from pytest_mathbench.plugin.xdist import LAYERS
from pytest_mathbench.records import ItemResult, Problem, RunInfo
from pytest_mathbench.reporting import baselines, protocol, table, verdicts
from pytest_mathbench.reporting.files import RunFolder, differences, machine, packages, prepare, read_info, versions
from pytest_mathbench.serving.models import resolve
from pytest_mathbench.settings import deviations
from pytest_mathbench.verdicts import Verdict

_HASH_SHOWN = 12
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
        self._tally = scores.Tally(self._benchmark.settings.samples)
        # As pytest writes them in node ids.
        self._problems = {
            problem.id.encode("unicode_escape").decode(): problem for problem in self._benchmark.problem_set.problems
        }
        self._recorded: set[str] = set()
        self._damage: list[str] = []
        self._gating: Gating | None = None
        self._started = time.monotonic()
        self._making = threading.Lock()
        self._folder: RunFolder | None = None
        self.terminal = Terminal(config)

    @property
    def folder(self) -> RunFolder:
        """The run's folder, made when the first thing is to be written into it."""
        with self._making:
            if self._folder is None:
                self._folder = RunFolder.create(self._benchmark.output, self._info())
            return self._folder

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
        resumed, replayed = self._benchmark.resumed, self._benchmark.replayed
        try:
            prepare(self._benchmark.output)
            self._prepare_gates()
            if resumed:
                self._folder = RunFolder.resume(resumed, self._info(), self.warn)
            if replayed:
                self._check_recording(replayed)
        except ConfigurationError as error:
            raise pytest.UsageError(f"mathbench: {error}") from None
        self.terminal.watch(self._describe)

    def _prepare_gates(self) -> None:
        """Find the baseline, if gates are to be decided; a run that cannot be held against it is refused."""
        benchmark, baseline = self._benchmark, None
        if not benchmark.gates:
            return
        if name := benchmark.settings.baseline:
            place, info, attempts = baselines.find(name, benchmark.output, self._config.rootpath, self.warn)
            if different := baselines.differences(info, self._info()):
                raise ConfigurationError(f"the baseline {place} was measured otherwise: {'; '.join(different)}")
            baseline = Baseline(place, attempts)
        self._gating = Gating(benchmark.gates, baseline, benchmark.settings.unmeasured)
        self._config.pluginmanager.register(self._gating, "mathbench-gating")

    def _check_recording(self, replayed: Path) -> None:
        if different := differences(read_info(replayed), self._info(), _OF_A_COMPLETION):
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
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Show nothing more: the rest is pytest's."""
        self.terminal.stop()
        return (yield)

    def pytest_report_header(self) -> list[str]:
        """Say what is measured, with what."""
        settings, problem_set = self._benchmark.settings, self._benchmark.problem_set
        shard = (
            f" in shard {_written(settings.shard)} of {len(self._benchmark.selection.problems)}"
            if settings.shard
            else ""
        )
        left_out = f", {problem_set.left_out} without a level left out" if problem_set.left_out else ""
        samples = f", {settings.samples} samples" if settings.samples > 1 else ""
        sampling = f"temperature {settings.temperature:g}, at most {settings.max_tokens} tokens{samples}"
        return [
            f"mathbench: model {settings.model} on {self._endpoint()}; {sampling}",
            f"mathbench: problems {problem_set.name}, {len(problem_set.problems)} selected{shard}{left_out} "
            f"(sha256 {self._benchmark.selection.sha256[:_HASH_SHOWN]}); "
            f"prompt {self._prompt_name()} (sha256 {self._benchmark.questionnaire.template.sha256[:_HASH_SHOWN]})",
            f"mathbench: sandbox: {self._sandbox()}; {self._libraries()}",
            *self._strategy(),
            *self._judge(),
            *(f"mathbench: {line}" for line in protocol.header(self._info())),
            *self._continued(),
            *self._warnings(),
        ]

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
        decisions = self._gating.decisions if self._gating else []
        if not len(self._tally):
            for line in verdicts.lines(decisions):
                terminalreporter.write_line(line)
            return
        terminalreporter.section(f"mathbench: {self._benchmark.settings.model}")
        for line in verdicts.lines(decisions):
            terminalreporter.write_line(line)
        report, info = self._tally.report(), self._info()
        for line in [*table.lines(report), *protocol.lines(info, report, most=_UNSOLVED_SHOWN)]:
            terminalreporter.write_line(line)
        for line in self._warnings():
            terminalreporter.write_line(line, yellow=True)
        if self._gating:
            (self.folder.path / verdicts.GATES).write_text(self._gating.text, encoding="ascii")
        terminalreporter.write_line("")
        terminalreporter.write_line(f"recorded in {_shown(self.folder.path, self._config)}")

    def pytest_unconfigure(self) -> None:
        """Close the files."""
        self.terminal.stop()
        if self._folder:
            self._folder.took(time.monotonic() - self._started)
            self._folder.close()

    def _add(self, result: ItemResult) -> None:
        self._tally.add(result)
        if self._gating:
            self._gating.add(result)

    def _record(self, result: ItemResult) -> None:
        self._add(result)
        try:
            self.folder.append(result)
        except RecordingError as error:
            pytest.exit(f"mathbench: {error}")  # what is measured from now on would be lost

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

    def _strategy(self) -> list[str]:
        """Name the strategy where it is not the usual one."""
        settings = self._benchmark.settings
        return [] if settings.strategy == "single" else [f"mathbench: strategy {strategies.describe(settings)}"]

    def _judge(self) -> list[str]:
        """Name the judge, and whose word counts, where that is not the strict symbols' alone."""
        settings = self._benchmark.settings
        if settings.judging == "off":
            return (
                [] if settings.verdict == Verdict.STRICT else [f"mathbench: the verdict is the {settings.verdict} one"]
            )
        asked = "all answers" if settings.judging == "all" else "answers that strict symbols reject"
        return [f"mathbench: the verdict is the {settings.verdict} one; {settings.judge_model} judges {asked}"]

    def _continued(self) -> list[str]:
        if self._benchmark.resumed is None or self._folder is None:
            return []
        path = _shown(self._folder.path, self._config)
        return [f"mathbench: going on with {path}: {self._folder.resumed} results are there"]

    def _endpoint(self) -> str:
        if self._benchmark.replayed:
            return f"replay of {self._benchmark.replayed.name}"
        url = urlsplit(self._benchmark.settings.base_url)
        host = url.netloc.rpartition("@")[2]  # a password in it is nobody's business
        return url._replace(netloc=host).geturl() or "a vLLM server of this run"

    def _sandbox(self) -> str:
        """Name the layers; a session that only looks has found out none."""
        layers = self._config.stash.get(LAYERS, None)
        return str(layers) if layers else self._benchmark.settings.sandbox

    @cached_property
    def _versions(self) -> dict[str, str]:
        return versions(*packages(self._benchmark.settings.preload))

    def _libraries(self) -> str:
        """Name what programs find imported, with the versions: a score depends on them."""
        names, found = packages(self._benchmark.settings.preload), self._versions
        here = [f"{name} {found[name]}" for name in names if name in found]
        absent = [f"no {name}" for name in names if name not in found]
        echo = ["a last expression is echoed"] if self._benchmark.settings.echo else []
        return ", ".join([f"python {found['python']}", *here, *absent, *echo])

    def _warnings(self) -> list[str]:
        """Say what a program could do that it should not."""
        layers = self._config.stash.get(LAYERS, None)
        return [f"mathbench: WARNING: a program can {danger}" for danger in layers.dangers] if layers else []

    def _prompt_name(self) -> str:
        return self._benchmark.settings.prompt or "built-in"

    def _info(self) -> RunInfo:
        settings, selection = self._benchmark.settings, self._benchmark.selection
        template = self._benchmark.questionnaire.template
        return RunInfo(
            model=settings.model,
            resolved_model=settings.model if settings.base_url or settings.replay else resolve(settings.model),
            endpoint=self._endpoint(),
            vllm_args=shlex.join(settings.vllm_args),
            problem_set=selection.name,
            problem_count=len(selection.problems),
            problems_sha256=selection.sha256,
            shard=_written(settings.shard),
            prompt=template.text,
            prompt_sha256=template.sha256,
            sampling=self._benchmark.questionnaire.sampling,
            samples=settings.samples,
            strategy=strategies.describe(settings),
            protocol=settings.protocol,
            deviations="; ".join(f"{name} {how}" for name, how in deviations(settings).items()),
            sandbox=self._sandbox(),
            cpu_seconds=default_limit(self._config),
            memory_bytes=settings.memory,
            scratch_bytes=settings.scratch or 0,
            preload=",".join(settings.preload),
            echo=settings.echo,
            verdict=settings.verdict,
            judge=settings.judging,
            judge_model=settings.judge_model if settings.judging != "off" else "",
            judge_sha256=judge.SHA256 if settings.judging != "off" else "",
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=machine(),
            versions=self._versions,
        )


def _written(shard: tuple[int, int] | None) -> str:
    return "/".join(map(str, shard)) if shard else ""


def _shown(path: Path, config: pytest.Config) -> Path:
    """Return a path as seen from where pytest was started, if it is below."""
    start = config.invocation_params.dir
    return path.relative_to(start) if path.is_relative_to(start) else path
