"""Execute and grade a recorded run's completions again: a new grader or sandbox needs no model."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pytest_mathbench import pipeline, problems
from pytest_mathbench.errors import ConfigurationError, MathbenchError, SandboxError
from pytest_mathbench.generation.given import Given
from pytest_mathbench.grading.grade import WARM_MODULE
from pytest_mathbench.pipeline import Questionnaire
from pytest_mathbench.prompts import Template
from pytest_mathbench.recording.completions import CompletionStore, RecordedCompletions
from pytest_mathbench.recording.environment import machine, packages, versions
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RecordedRun
from pytest_mathbench.recording.run_info import REGRADE
from pytest_mathbench.records import ItemResult
from pytest_mathbench.sandbox import Sandbox
from pytest_mathbench.sandbox.layers import choose
from pytest_mathbench.verdicts import Verdict

Changed = tuple[ItemResult, ItemResult]
"""A result as it was measured, and as it is measured now."""

_AHEAD = 8
"""Attempts for each core that are read before the first of them is done."""


class Regrading:
    """A recorded run, and the new one that is made of its completions."""

    def __init__(self, run: RecordedRun, output: Path, policy: str) -> None:
        """Begin the new run in `output`. Raises `ConfigurationError` if it cannot be made of the recorded one."""
        self._run = run
        self._completions = RecordedCompletions(run.folder, run.warn)
        try:
            self._layers = choose(policy, scratch=bool(run.info.scratch_bytes))
        except SandboxError as error:
            raise ConfigurationError(str(error)) from None
        self.info = replace(
            run.info,
            endpoint=f"{REGRADE}{run.folder.name}",
            sandbox=str(self._layers),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            verdict=Verdict.STRICT if run.info.verdict == Verdict.JUDGE else run.info.verdict,
            judge="off",  # a regrade asks no model
            judge_model="",
            judge_sha256="",
            judge_request="",
            judge_query={},
            judge_headers=(),
            machine=machine(),
            versions=versions(*packages(run.info.preload)),
        )
        self.folder = RunFolder.create(output, self.info)
        self._store = CompletionStore(self.folder.path)

    def run(self) -> Iterator[Changed]:
        """Evaluate all recorded attempts, as many at once as there are cores; yields each in the recorded order."""
        answers = (*problems.files_of(self.info.problem_set), self._run.folder.parent, self.folder.path.parent)
        cores = len(os.sched_getaffinity(0))
        with (
            Sandbox(
                (*self.info.preload, WARM_MODULE),
                layers=self._layers,
                hidden=[path.absolute() for path in answers],
                scratch_bytes=self.info.scratch_bytes,
            ) as sandbox,
            ThreadPoolExecutor(cores) as threads,
        ):
            waiting: deque[tuple[ItemResult, Future[ItemResult]]] = deque()
            for before in self._run.raw_results():
                waiting.append((before, threads.submit(self._again, sandbox, before)))
                if len(waiting) > _AHEAD * cores:  # no more results in memory than that
                    yield self._recorded(*waiting.popleft())
            while waiting:
                yield self._recorded(*waiting.popleft())

    def close(self) -> None:
        """Close the files."""
        self._completions.close()
        self._store.close()
        self.folder.close()

    def _recorded(self, before: ItemResult, evaluation: Future[ItemResult]) -> Changed:
        after = evaluation.result()
        self.folder.append(after)
        return before, after

    def _again(self, sandbox: Sandbox, result: ItemResult) -> ItemResult:
        """Evaluate an attempt again; one that got no completion stays as it was."""
        info = self._run.info
        questionnaire = Questionnaire(Template(info.prompt, info.system), info.sampling, info.request, info.raw_prompt)
        request = result.request or questionnaire.request(result.problem, result.sample)
        model = info.asked_model or info.model
        completion = result.completion or self._completions.get(model, request)
        if completion is None:
            return result
        if not self._store.has(model, request):
            self._store.put(model, request, completion)
        try:
            again = pipeline.evaluate(
                result.problem,
                request,
                source=Given(completion),
                sandbox=sandbox,
                limits=result.limits or pipeline.limits(info.cpu_seconds, info.memory_bytes),
                sample=result.sample,
                echo=info.echo,
                verdict=self.info.verdict,
            )
            return replace(again, effort=result.effort)
        except MathbenchError as error:
            return ItemResult(problem=result.problem, sample=result.sample, fault=str(error))
