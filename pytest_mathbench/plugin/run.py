"""The run of this session: what it measures, with what; the header that says so; the folder that keeps it."""

import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pytest_mathbench.generation.strategies import catalog
from pytest_mathbench.grading import judge
from pytest_mathbench.plugin.benchmark import BENCHMARK, LAYERS
from pytest_mathbench.plugin.items import default_limit
from pytest_mathbench.recording.environment import commit, machine, packages, versions
from pytest_mathbench.recording.folder import RunFolder, prepare_output
from pytest_mathbench.recording.order import place_of
from pytest_mathbench.recording.recorded import RecordedRun, check_keys, check_replay
from pytest_mathbench.recording.run_info import REPLAY, RunInfo, Shard
from pytest_mathbench.reporting import protocol
from pytest_mathbench.serving.endpoint import without_secrets
from pytest_mathbench.serving.engines import asked_model, engine_of
from pytest_mathbench.serving.models import resolve
from pytest_mathbench.settings import deviations
from pytest_mathbench.verdicts import Verdict

_HASH_SHOWN = 12


class Run:
    """One run, in the process that owns it: its `info` is made once, and its folder when it is first written to."""

    info: RunInfo
    """What is measured, with what; from `start` on, and the same for all that show or record it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]
        self._began = time.monotonic()
        self._making = threading.Lock()
        self._folder: RunFolder | None = None

    def start(self) -> None:
        """Settle what is measured. Called when the session has started, and the sandbox's layers are known."""
        self.info = self._measured()

    def prepare(self, warn: Callable[[str], None]) -> None:
        """See that the run can be recorded, resumed or replayed, before it costs anything.

        `warn` is told of each recorded line that cannot be read. Raises `ConfigurationError`.
        """
        prepare_output(self._benchmark.output)
        if replayed := self._benchmark.replayed:
            check_replay(replayed, self.info)
        for reused in self._benchmark.reused:
            check_keys(reused)
        if resumed := self._benchmark.resumed:
            self._folder = RunFolder.resume(resumed, self.info, warn)
            self.info = self._folder.info  # it is the run that was started then

    @property
    def folder(self) -> RunFolder:
        """The run's folder, made when the first thing is to be written into it."""
        with self._making:
            if self._folder is None:
                self._folder = RunFolder.create(self._benchmark.output, self.info)
            return self._folder

    def recorded(self) -> RecordedRun | None:
        """Return the run as it is recorded by now; None if nothing was written yet."""
        if self._folder is None:
            return None
        return RecordedRun(self._folder.path, self.info, warn=lambda _: None)  # who resumed the run has been told

    @property
    def place(self) -> Path:
        """Where the folder is, as seen from where pytest was started if it is below."""
        path, start = self.folder.path, self._config.invocation_params.dir
        return path.relative_to(start) if path.is_relative_to(start) else path

    def close(self) -> None:
        """Write down how long the session took, and close the folder, if there is one."""
        if self._folder:
            with suppress(OSError):  # the user was told when the disk was full
                self._folder.took(time.monotonic() - self._began)
            self._folder.close()

    def header(self) -> list[str]:
        """Say in lines what is measured, with what, and how safely."""
        settings, problem_set = self._benchmark.settings, self._benchmark.problem_set
        shard = f" in shard {self.info.shard} of {len(self._benchmark.selection.problems)}" if self.info.shard else ""
        left_out = f", {problem_set.left_out} without a level left out" if problem_set.left_out else ""
        samples = f", {settings.samples} samples" if settings.samples > 1 else ""
        adapter = f" with the adapter {settings.adapter}" if settings.adapter else ""
        sampling = f"temperature {settings.temperature:g}, at most {settings.max_tokens} tokens{samples}"
        return [
            f"mathbench: model {settings.model}{adapter} on {self._endpoint()}; {sampling}",
            f"mathbench: problems {problem_set.name}, {len(problem_set.problems)} selected{shard}{left_out} "
            f"(sha256 {self.info.problems_sha256[:_HASH_SHOWN]}); "
            f"prompt {self._prompt_name()} (sha256 {self._benchmark.questionnaire.template.sha256[:_HASH_SHOWN]})",
            f"mathbench: sandbox: {self._sandbox()}{self._remedy()}; {self._libraries()}",
            *self._asked(),
            *self._strategy(),
            *(f"mathbench: what {name} has asked for already is taken from it" for name in self.info.reused),
            *self._judge(),
            *(f"mathbench: {line}" for line in protocol.header(self.info)),
            *self._resumed(),
        ]

    def warnings(self) -> list[str]:
        """Say what a program could do that it should not."""
        layers = self._config.stash.get(LAYERS, None)
        return [f"mathbench: WARNING: a program can {danger}" for danger in layers.dangers] if layers else []

    def _measured(self) -> RunInfo:
        settings, selection = self._benchmark.settings, self._benchmark.selection
        template = self._benchmark.questionnaire.template
        judged = settings.judging != "off"
        return RunInfo(
            model=settings.model,
            resolved_model=settings.model if settings.base_url or settings.replay else resolve(settings.model),
            endpoint=self._endpoint(),
            vllm_args=shlex.join(settings.vllm_args),
            problem_set=selection.name,
            problem_count=len(selection.problems),
            problems_sha256=selection.sha256,
            shard=Shard(number=settings.shard[0], count=settings.shard[1]) if settings.shard else None,
            prompt=template.text,
            prompt_sha256=template.sha256,
            sampling=self._benchmark.questionnaire.sampling,
            samples=settings.samples,
            strategy=catalog.describe(settings),
            protocol=settings.protocol,
            deviations=deviations(settings),
            sandbox=self._sandbox(),
            cpu_seconds=default_limit(self._config),
            memory_bytes=settings.memory,
            scratch_bytes=settings.scratch or 0,
            preload=settings.preload,
            echo=settings.echo,
            verdict=settings.verdict,
            judge=settings.judging,
            judge_model=settings.judge_model if judged else "",
            judge_sha256=judge.SHA256 if judged else "",
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            machine=machine(),
            versions=self._versions,
            system=template.system,
            request=settings.request,
            raw_prompt=settings.raw_prompt,
            query=without_secrets(settings.query),
            headers=tuple(name for name, _ in settings.headers),
            judge_request=settings.judge_request if judged else "",
            judge_query=without_secrets(settings.judge_query) if judged else {},
            judge_headers=tuple(name for name, _ in settings.judge_headers) if judged else (),
            engine=settings.engine,
            sglang_args=shlex.join(settings.sglang_args),
            adapter=settings.adapter,
            asked_model=asked_model(settings) if settings.adapter else "",
            price=settings.price,
            judge_price=settings.judge_price if judged else (),
            order_seed=settings.seed if self._benchmark.order else None,
            order=tuple(map(place_of, self._benchmark.order)),
            commit=commit(self._config.rootpath),
            reused=tuple(folder.name for folder in self._benchmark.reused),
        )

    @cached_property
    def _versions(self) -> dict[str, str]:
        return versions(*packages(self._benchmark.settings.preload))

    def _resumed(self) -> list[str]:
        if not (self._folder and self._benchmark.resumed):
            return []
        return [f"mathbench: resuming {self.place}, which holds {len(self.folder.recorded)} results"]

    def _asked(self) -> list[str]:
        """Say what goes along with every request besides the prompt and the sampling; nothing where nothing does."""
        return [
            *(["mathbench: every prompt is a text to go on with (/completions)"] if self.info.raw_prompt else []),
            *_carried("every request", self.info.request, self.info.query, self.info.headers, self.info.system),
            *_carried(
                "every request to the judge", self.info.judge_request, self.info.judge_query, self.info.judge_headers
            ),
        ]

    def _strategy(self) -> list[str]:
        """Name the strategy where it is not the usual one."""
        settings = self._benchmark.settings
        return [] if settings.strategy == "single" else [f"mathbench: strategy {catalog.describe(settings)}"]

    def _judge(self) -> list[str]:
        """Name the judge, and whose word counts, where that is not the strict symbols' alone."""
        settings = self._benchmark.settings
        if settings.judging == "off":
            return (
                [] if settings.verdict == Verdict.STRICT else [f"mathbench: the verdict is the {settings.verdict} one"]
            )
        asked = "all answers" if settings.judging == "all" else "answers that strict symbols reject"
        return [f"mathbench: the verdict is the {settings.verdict} one; {settings.judge_model} judges {asked}"]

    def _endpoint(self) -> str:
        if self._benchmark.replayed:
            return f"{REPLAY}{self._benchmark.replayed.name}"
        shown = []
        for address in self._benchmark.settings.base_url:
            url = urlsplit(address)
            host = url.netloc.rpartition("@")[2]  # without a password
            shown.append(url._replace(netloc=host).geturl())
        return ", ".join(shown) or f"a {engine_of(self._benchmark.settings).name} server of this run{self._engine}"

    @cached_property
    def _engine(self) -> str:
        """Say how the engine is run, where that is chosen by the machine: it may change what a model answers."""
        summary = engine_of(self._benchmark.settings).summary
        return f" ({summary})" if summary else ""

    def _sandbox(self) -> str:
        """Name the layers; a session that only lists items has found out none."""
        layers = self._config.stash.get(LAYERS, None)
        return str(layers) if layers else self._benchmark.settings.sandbox

    def _remedy(self) -> str:
        """Say who knows what brings the layers that are missing."""
        layers = self._config.stash.get(LAYERS, None)
        return "; mathbench doctor says what brings it" if layers and layers.missing else ""

    def _libraries(self) -> str:
        """Name what programs find imported, with the versions: a score depends on them."""
        names, found = packages(self._benchmark.settings.preload), self._versions
        here = [f"{name} {found[name]}" for name in names if name in found]
        absent = [f"no {name}" for name in names if name not in found]
        echo = ["a last expression is echoed"] if self._benchmark.settings.echo else []
        return ", ".join([f"python {found['python']}", *here, *absent, *echo])

    def _prompt_name(self) -> str:
        return self._benchmark.settings.prompt or "built-in"


def _carried(
    what: str, patch: str, query: Mapping[str, str], headers: Sequence[str], system: str = ""
) -> Iterator[str]:
    """Yield a line that says what requests carry; none if that is nothing."""
    queried = "&".join(f"{name}={value}" for name, value in query.items())
    said = [
        *([f"patched with {patch}"] if patch else []),
        *(["with a system prompt"] if system else []),
        *([f"with the query {queried}"] if query else []),
        *([f"with the header{'s' if len(headers) > 1 else ''} {', '.join(headers)}"] if headers else []),
    ]
    if said:
        yield f"mathbench: {what} is sent {', '.join(said)}"
