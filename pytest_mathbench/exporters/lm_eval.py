"""A run as lm-evaluation-harness leaves one: results_*.json, and samples_*.jsonl for each domain."""

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.exporters import figures
from pytest_mathbench.exporters.finished import Finished, answer_of, prompt_of, text
from pytest_mathbench.records import ItemResult, Outcome

GROUP = "mathbench"

_METRIC, _FILTER = "exact_match", "none"
_NO_ANSWER = "[invalid]"
"""What the harness calls an answer that could not be found."""


def export(finished: Finished, where: str) -> str:
    """Write both kinds of files into a folder's own folder of the model, as `lm_eval --output_path` does."""
    info = finished.context.info
    model = re.sub(r'["<>:/|\\?*\[\]]+', "__", text(info.model))
    folder = Path(where) / (model.strip(".") or "_")
    folder.mkdir(parents=True, exist_ok=True)
    began = datetime.fromisoformat(info.started).astimezone(UTC).replace(tzinfo=None)
    stamp = began.isoformat(timespec="microseconds").replace(":", "-")
    hashes = _write_samples(finished, folder, stamp)
    results = folder / f"results_{stamp}.json"
    results.write_text(json.dumps(_results(finished, hashes, model), indent=2), encoding="ascii")
    return str(results)


def _task(domain: str) -> str:
    return re.sub(r"\W", "_", f"{GROUP}_{domain}")


def _write_samples(finished: Finished, folder: Path, stamp: str) -> dict[str, str]:
    """Write the measured attempts of each domain; return the hash of each task's samples, as the harness makes it."""
    counts, hashes = dict[str, int](), dict[str, Any]()
    paths = {
        _task(domain): folder / f"samples_{_task(domain)}_{stamp}.jsonl" for domain in finished.report.scores.domains
    }
    for path in paths.values():
        path.write_bytes(b"")
    for result in finished.results():
        if result.outcome is None:
            continue
        task = _task(result.problem.domain)
        sample = _sample(result, counts.get(task, 0))
        counts[task] = sample["doc_id"] + 1
        with paths[task].open("a", encoding="ascii") as file:
            file.write(json.dumps(sample) + "\n")
        hashes.setdefault(task, sha256()).update(
            f"{sample['doc_hash']}{sample['prompt_hash']}{sample['target_hash']}".encode()
        )
    return {task: found.hexdigest() for task, found in hashes.items()}


def _sample(result: ItemResult, number: int) -> dict[str, Any]:
    problem, request = result.problem, result.request
    sampling = request.sampling if request else None
    doc = {
        "id": text(problem.id),
        "sample": result.sample,
        "domain": text(problem.domain),
        "level": problem.level,
        "problem": text(problem.statement),
    }
    prompt, target = prompt_of(result), problem.answer
    options = {"temperature": sampling.temperature, "max_gen_toks": sampling.max_tokens} if sampling else {}
    return {
        "doc_id": number,
        "doc": doc,
        "target": target,
        "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": options}},
        "resps": [[text(result.completion.text) if result.completion else ""]],
        "filtered_resps": [answer_of(result) or _NO_ANSWER],
        "filter": _FILTER,
        "metrics": [_METRIC],
        "doc_hash": _hash(json.dumps(doc, indent=2, ensure_ascii=False)),
        "prompt_hash": _hash(prompt),
        "target_hash": _hash(target),
        _METRIC: float(result.outcome == Outcome.CORRECT),
        "outcome": str(result.outcome),
        "program": text(result.program or ""),
    }


def _hash(written: str) -> str:
    return sha256(written.encode()).hexdigest()


def _results(finished: Finished, hashes: dict[str, str], model: str) -> dict[str, Any]:
    info, scores = finished.context.info, finished.report.scores
    tasks = {_task(domain): scores.of(Bucket(domain)) for domain in scores.domains}
    group = {GROUP: _metrics(GROUP, scores.total)}
    began = datetime.fromisoformat(info.started)
    sampling = info.sampling
    everything = [GROUP, *tasks]
    return {
        "results": group | {name: _metrics(name, score) for name, score in tasks.items()},
        "groups": group,
        "group_subtasks": {GROUP: list(tasks)},
        "configs": {name: _configuration(name, finished) for name in tasks},
        "versions": dict.fromkeys(everything, text(info.problem_set)),
        "n-shot": dict.fromkeys(everything, 0),
        "higher_is_better": {name: {_METRIC: True} for name in everything},
        "n-samples": {name: {"original": score.measured, "effective": score.measured} for name, score in tasks.items()},
        "config": {
            "model": "pytest-mathbench",
            "model_args": {"model": text(info.model)},
            "gen_kwargs": {"temperature": sampling.temperature, "top_p": sampling.top_p},
            "limit": None,
            "random_seed": sampling.seed,
        },
        "git_hash": figures.identity(finished).get("commit"),
        "date": began.timestamp(),
        "pytest_mathbench_version": info.versions.get("pytest-mathbench"),
        "model_source": "pytest-mathbench",
        "model_name": text(info.model),
        "model_name_sanitized": model,
        "system_instruction": text(info.system) or None,
        "system_instruction_sha": _hash(text(info.system)) if info.system else None,
        "fewshot_as_multiturn": False,
        "chat_template": None,
        "chat_template_sha": None,
        "task_hashes": hashes,
        "total_evaluation_time_seconds": str(finished.run.wall_seconds or 0.0),
    }


def _metrics(name: str, score: Score) -> dict[str, Any]:
    error = figures.standard_error(score)
    measured = {f"{_METRIC},{_FILTER}": score.rate, f"{_METRIC}_stderr,{_FILTER}": error} if score.measured else {}
    return {"name": name, "alias": name, "sample_len": score.measured, **measured}


def _configuration(name: str, finished: Finished) -> dict[str, Any]:
    """Return what viewers read of a task's configuration."""
    info = finished.context.info
    return {
        "task": name,
        "tag": [GROUP],
        "dataset_path": text(info.problem_set),
        "doc_to_text": text(info.prompt),
        "doc_to_target": "",
        "description": "",
        "num_fewshot": 0,
        "output_type": "generate_until",
        "metric_list": [{"metric": _METRIC, "aggregation": "mean", "higher_is_better": True}],
        "generation_kwargs": {"max_gen_toks": info.sampling.max_tokens, "temperature": info.sampling.temperature},
        "repeats": 1,
        "should_decontaminate": False,
        "metadata": {"version": text(info.problem_set), "problems_sha256": info.problems_sha256},
    }
