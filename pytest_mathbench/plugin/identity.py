"""What is measured, with what: the header of a session, and the run.json of its run."""

import shlex
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlsplit

import pytest

from pytest_mathbench.generation import strategies
from pytest_mathbench.grading import judge
from pytest_mathbench.plugin.activation import BENCHMARK
from pytest_mathbench.plugin.items import default_limit
from pytest_mathbench.plugin.xdist import LAYERS
from pytest_mathbench.records import RunInfo
from pytest_mathbench.reporting import protocol
from pytest_mathbench.reporting.files import machine, packages, versions
from pytest_mathbench.serving.models import resolve
from pytest_mathbench.settings import deviations
from pytest_mathbench.verdicts import Verdict

_HASH_SHOWN = 12


class Identity:
    """Tells what this session measures; the sandbox's layers are known once the session has started."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._benchmark = config.stash[BENCHMARK]

    def header(self) -> list[str]:
        """Say in lines what is measured, with what, and how safely."""
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
            *(f"mathbench: {line}" for line in protocol.header(self.info())),
        ]

    def warnings(self) -> list[str]:
        """Say what a program could do that it should not."""
        layers = self._config.stash.get(LAYERS, None)
        return [f"mathbench: WARNING: a program can {danger}" for danger in layers.dangers] if layers else []

    def info(self) -> RunInfo:
        """Return what goes into run.json."""
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

    @cached_property
    def _versions(self) -> dict[str, str]:
        return versions(*packages(self._benchmark.settings.preload))

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

    def _libraries(self) -> str:
        """Name what programs find imported, with the versions: a score depends on them."""
        names, found = packages(self._benchmark.settings.preload), self._versions
        here = [f"{name} {found[name]}" for name in names if name in found]
        absent = [f"no {name}" for name in names if name not in found]
        echo = ["a last expression is echoed"] if self._benchmark.settings.echo else []
        return ", ".join([f"python {found['python']}", *here, *absent, *echo])

    def _prompt_name(self) -> str:
        return self._benchmark.settings.prompt or "built-in"


def _written(shard: tuple[int, int] | None) -> str:
    return "/".join(map(str, shard)) if shard else ""
