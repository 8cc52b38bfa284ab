"""Execute and grade a recorded run's completions again: a new grader or sandbox needs no model."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pytest_mathbench import pipeline, problems
from pytest_mathbench.errors import ConfigurationError, MathbenchError, SandboxError
from pytest_mathbench.generation.store import CompletionStore, Recording
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.prompts import Template
from pytest_mathbench.records import Completion, ItemResult, Request, RunInfo
from pytest_mathbench.reporting.files import RunFolder, machine, packages, read_info, read_results, versions
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import choose
from pytest_mathbench.verdicts import Verdict

Changed = tuple[ItemResult, ItemResult]
"""A result as it was recorded, and as it is now."""


@dataclass(frozen=True, slots=True)
class _Given:
    """A source of one completion."""

    completion: Completion

    def complete(self, _: Request) -> Completion:
        """Return it."""
        return self.completion


class Regrading:
    """A recorded run, and the new one that is made of its completions."""

    def __init__(self, run: Path, output: Path, policy: str, warn: Callable[[str], None]) -> None:
        """Open both. Raises `ConfigurationError` if the run cannot be read or the new one not be written."""
        self._run = run
        self._warn = warn
        self._recorded = read_info(run)
        self._recording = Recording(run, warn)
        try:
            self._layers = choose(policy, scratch=bool(self._recorded.scratch_bytes))
        except SandboxError as error:
            raise ConfigurationError(str(error)) from None
        self.info: RunInfo = replace(
            self._recorded,
            endpoint=f"regrade of {run.name}",
            sandbox=str(self._layers),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            verdict=Verdict.STRICT if self._recorded.verdict == Verdict.JUDGE else self._recorded.verdict,
            judge="off",  # a regrade asks no model
            judge_model="",
            judge_sha256="",
            machine=machine(),
            versions=versions(*packages(self._preload)),
        )
        self.folder = RunFolder.create(output, self.info)
        self._store = CompletionStore(self.folder.path)

    def run(self) -> Iterator[Changed]:
        """Evaluate all recorded attempts, as many at once as there are cores; yields each in the recorded order."""
        hidden = [path.absolute() for path in (problems.bundled_folder(), self._run.parent, self.folder.path.parent)]
        cores = len(os.sched_getaffinity(0))
        with (
            Sandbox(
                (*self._preload, WARM_MODULE),
                layers=self._layers,
                hidden=hidden,
                scratch_bytes=self._recorded.scratch_bytes,
            ) as sandbox,
            ThreadPoolExecutor(cores) as threads,
        ):
            recorded = list(read_results(self._run, self._warn))
            for before, after in zip(recorded, threads.map(partial(self._again, sandbox), recorded), strict=True):
                self.folder.append(after)
                yield before, after

    def close(self) -> None:
        """Close the files."""
        self._recording.close()
        self._store.close()
        self.folder.close()

    @property
    def _preload(self) -> list[str]:
        return [name for name in self._recorded.preload.split(",") if name]

    def _again(self, sandbox: Sandbox, result: ItemResult) -> ItemResult:
        """Evaluate an attempt again; one that got no completion stays as it was."""
        info = self._recorded
        questionnaire = Questionnaire(Template(info.prompt), info.sampling)
        request = result.request or questionnaire.request(result.problem, result.sample)
        completion = result.completion or self._recording.get(info.model, request)
        if completion is None:
            return result
        if not self._store.has(info.model, request):
            self._store.put(info.model, request, completion)
        try:
            again = pipeline.evaluate(
                result.problem,
                request,
                source=_Given(completion),
                sandbox=sandbox,
                limits=result.limits or pipeline.limits(info.cpu_seconds, info.memory_bytes),
                sample=result.sample,
                echo=info.echo,
                verdict=self.info.verdict,
            )
            return replace(again, effort=result.effort)
        except MathbenchError as error:
            return ItemResult(problem=result.problem, sample=result.sample, fault=str(error))
