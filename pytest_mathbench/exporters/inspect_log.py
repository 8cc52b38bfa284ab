"""A run as a log of Inspect, which its viewer and its data frames read."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalError,
    EvalLog,
    EvalMetric,
    EvalPlan,
    EvalPlanStep,
    EvalResults,
    EvalRevision,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
    write_eval_log,
)
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.scorer import CORRECT, INCORRECT, Score

from pytest_mathbench.analysis.scores import Score as PassRate
from pytest_mathbench.exporters import figures
from pytest_mathbench.exporters.finished import Finished, answer_of, prompt_of, text
from pytest_mathbench.recording.recorded import RESULTS
from pytest_mathbench.records import Completion, ItemResult, Outcome

TASK = "mathbench"
SCORER = "mathbench"

_DIRTY = "-dirty"


def export(finished: Finished, where: str) -> str:
    """Write the log into a folder of logs. The same run has the same name and ids each time."""
    info = finished.context.info
    samples = [_sample(result, info.model) for result in finished.results()]
    name = sha256(f"{info.started} {finished.run.folder.name}".encode()).hexdigest()[:22]
    config = GenerateConfig(
        temperature=info.sampling.temperature,
        top_p=info.sampling.top_p,
        max_tokens=info.sampling.max_tokens,
        seed=info.sampling.seed,
        system_message=text(info.system) or None,
    )
    log = EvalLog(
        status="success",
        eval=_specification(finished, name, config),
        plan=EvalPlan(steps=[EvalPlanStep(solver="generate")], config=config),
        results=_results(finished, samples),
        stats=EvalStats(
            started_at=info.started,
            completed_at=_ended(finished),
            model_usage={text(info.model): _usage(samples)},
        ),
        samples=samples,
    )
    stamp = re.sub(r"[^0-9T+-]", "-", info.started)
    path = Path(where) / f"{stamp}_{TASK}_{name}.eval"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_eval_log(log, path)
    return f"{path}; to look at it: inspect view --log-dir {path.parent}"


def _specification(finished: Finished, name: str, config: GenerateConfig) -> EvalSpec:
    info = finished.context.info
    identity = figures.identity(finished)
    commit = identity.get("commit", "")
    return EvalSpec(
        eval_id=name,
        run_id=name,
        task_id=name,
        created=info.started,
        task=TASK,
        task_display_name=f"{TASK}: {text(info.problem_set)}",
        dataset=EvalDataset(name=text(info.problem_set), samples=info.problem_count),
        model=text(info.model),
        model_generate_config=config,
        config=EvalConfig(epochs=info.samples),
        revision=EvalRevision(type="git", origin="", commit=commit.removesuffix(_DIRTY), dirty=commit.endswith(_DIRTY))
        if commit
        else None,
        packages={name: text(version) for name, version in info.versions.items()},
        metadata={**identity, "settings": figures.parameters(finished)},
    )


def _results(finished: Finished, samples: list[EvalSample]) -> EvalResults:
    scores = finished.report.scores
    measured = [("accuracy", scores.total), *((bucket.name, scores.of(bucket)) for bucket in figures.buckets(finished))]
    metrics = {name: metric for name, score in measured for metric in [_metric(name, score)] if metric}
    if (error := figures.standard_error(scores.total)) is not None:
        metrics["stderr"] = EvalMetric(name="stderr", value=error)
    return EvalResults(
        total_samples=len(samples),
        completed_samples=scores.total.measured,
        scores=[
            EvalScore(
                name=SCORER,
                scorer=SCORER,
                scored_samples=scores.total.measured,
                unscored_samples=len(samples) - scores.total.measured,
                metrics=metrics,
            )
        ],
    )


def _metric(name: str, score: PassRate) -> EvalMetric | None:
    return None if score.rate is None else EvalMetric(name=name, value=score.rate)


def _ended(finished: Finished) -> str:
    """Return when the run had ended if its sessions came without a pause, or else when it had its last result."""
    seconds = finished.run.wall_seconds
    if seconds is None:
        return datetime.fromtimestamp((finished.run.folder / RESULTS).stat().st_mtime, UTC).isoformat()
    return (datetime.fromisoformat(finished.context.info.started) + timedelta(seconds=seconds)).isoformat()


def _usage(samples: list[EvalSample]) -> ModelUsage:
    usages = [sample.output.usage for sample in samples if sample.output.usage]
    return ModelUsage(
        input_tokens=sum(usage.input_tokens for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        total_tokens=sum(usage.total_tokens for usage in usages),
    )


def _sample(result: ItemResult, model: str) -> EvalSample:
    """Return an attempt: the conversation, how its program ended, and the verdict; the sample is Inspect's epoch."""
    problem, request = result.problem, result.request
    asked: list[ChatMessage] = []
    if request and request.prompt.system:
        asked.append(ChatMessageSystem(content=text(request.prompt.system)))
    if request:
        asked.append(ChatMessageUser(content=prompt_of(result)))
    output = _output(result.completion, text(model)) if result.completion else ModelOutput(model=text(model))
    answered = [choice.message for choice in output.choices]
    return EvalSample(
        id=text(problem.id),
        epoch=result.sample + 1,
        input=text(problem.statement),
        target=problem.answer,
        messages=[*asked, *answered],
        output=output,
        scores={SCORER: _score(result)} if result.outcome else None,
        error=EvalError(message=text(result.fault), traceback="", traceback_ansi="") if result.fault else None,
        metadata=_known(result),
        model_usage={text(model): output.usage} if output.usage else {},
        total_time=_seconds(result),
    )


def _output(completion: Completion, model: str) -> ModelOutput:
    content: list[Content] = [ContentText(text=text(completion.text))]
    if completion.reasoning:
        content.insert(0, ContentReasoning(reasoning=text(completion.reasoning)))
    message = ChatMessageAssistant(content=content, model=model, source="generate")
    return ModelOutput(
        model=model,
        choices=[ChatCompletionChoice(message=message, stop_reason="max_tokens" if completion.truncated else "stop")],
        usage=ModelUsage(
            input_tokens=completion.prompt_tokens,
            output_tokens=completion.completion_tokens,
            total_tokens=completion.prompt_tokens + completion.completion_tokens,
            reasoning_tokens=completion.thinking_tokens or None,
        ),
        time=completion.seconds,
    )


def _score(result: ItemResult) -> Score:
    grade, execution = result.grade, result.execution
    said = [f"{result.outcome}{f', by the rule {grade.rule}' if grade else ''}"]
    if result.program is not None:
        said.append(_fenced(result.program, "python"))
    if execution:
        detail = f": {text(execution.detail)}" if execution.detail else ""
        said += [f"The program's end: {execution.ending.replace('_', ' ')}{detail}", _fenced(execution.stdout)]
        if execution.stderr:
            said.append(_fenced(execution.stderr))
    return Score(
        value=CORRECT if result.outcome == Outcome.CORRECT else INCORRECT,
        answer=answer_of(result) or None,
        explanation="\n\n".join(said),
    )


def _fenced(written: str, language: str = "") -> str:
    """Return a block of code that nothing in it can close."""
    longest = max((len(run) for run in re.findall(r"`+", written)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text(written)}\n{fence}"


def _known(result: ItemResult) -> dict[str, Any]:
    problem, execution, effort = result.problem, result.execution, result.effort
    return {
        "domain": text(problem.domain),
        "level": problem.level,
        "family": text(problem.family),
        "outcome": str(result.outcome or "not_measured"),
        **({"cpu_seconds": execution.cpu_seconds, "unsafe": execution.unsafe} if execution else {}),
        **({"requests": effort.requests, "ended": text(effort.ended)} if effort else {}),
    }


def _seconds(result: ItemResult) -> float:
    """Return how long the attempt took, without its waiting for a place."""
    completion, execution, grade = result.completion, result.execution, result.grade
    return sum(
        [
            completion.seconds if completion else 0.0,
            execution.wall_seconds if execution else 0.0,
            grade.seconds if grade else 0.0,
        ]
    )
