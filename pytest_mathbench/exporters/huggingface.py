"""A run as a model's evaluation results on the Hugging Face Hub: in its model card, and in `.eval_results`."""

from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import EvalResult, EvalResultEntry, ModelCard, ModelCardData, eval_result_entries_to_yaml

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.exporters.finished import Finished, text
from pytest_mathbench.reporting.export import plain

CARD = "README.md"
RESULTS = ".eval_results/pytest-mathbench.yaml"

_HUB = "hub:"
_TASK = "text-generation"
_DIGITS = 4


def export(finished: Finished, where: str) -> str:
    """Write a model's card into a folder, such as a clone of its repository; a card that is there keeps all else.

    Of a run on a benchmark of the Hub, the newer format's file is written as well: it knows no other problems.
    """
    path = Path(where) / CARD
    path.parent.mkdir(parents=True, exist_ok=True)
    card = ModelCard.load(path) if path.exists() else _new_card(finished)
    data: Any = card.data  # of a ModelCard, which its type does not tell
    others = [each for each in data.eval_results or [] if each.dataset_type != _dataset(finished)[0]]
    data.eval_results = [*others, *_model_index(finished)]
    data.model_name = data.model_name or text(finished.context.info.model)
    card.save(path)
    if not (entries := _entries(finished)):
        return str(path)
    newer = path.parent / RESULTS
    newer.parent.mkdir(exist_ok=True)
    newer.write_text(yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False), encoding="utf-8")
    return f"{path}, and {RESULTS} beside it"


def _new_card(finished: Finished) -> ModelCard:
    model = finished.context.info.model
    data = ModelCardData(model_name=text(model))
    return ModelCard(f"---\n{data.to_yaml()}\n---\n\n# {plain(model)}\n\nThe results are of pytest-mathbench.\n")


def _dataset(finished: Finished) -> tuple[str, str | None, str | None]:
    """Return a data set's name, configuration and split, as the Hub has them; of other problems, a name alone."""
    name = text(finished.context.info.problem_set)
    if not name.startswith(_HUB):
        return f"pytest-mathbench/{name}", None, None
    place, *more = name.removeprefix(_HUB).split(":")
    return place, more[0] if len(more) > 1 else None, more[-1] if more else None


def _model_index(finished: Finished) -> list[EvalResult]:
    """Return a result for all problems, and one for each domain: the card shows them below each other."""
    info, scores = finished.context.info, finished.report.scores
    place, configuration, split = _dataset(finished)
    measured = [(domain, scores.of(Bucket(domain))) for domain in (None, *scores.domains)]
    return [
        EvalResult(
            task_type=_TASK,
            task_name="Mathematics by programs",
            dataset_type=place,
            dataset_name=text(info.problem_set),
            dataset_config=configuration,
            dataset_split=split,
            dataset_args={"problems": info.problem_count, "sha256": info.problems_sha256},
            metric_type="accuracy",
            metric_name=f"pass rate, {domain or 'all'}",
            metric_value=round(score.rate, _DIGITS),
            metric_args={
                "measured": score.measured,
                "interval_95": [round(bound, _DIGITS) for bound in score.interval],
            },
        )
        for domain, score in measured
        if score.rate is not None
    ]


def _entries(finished: Finished) -> list[EvalResultEntry]:
    """Return the result as a benchmark's leaderboard has it; none of problems that are no data set of the Hub."""
    info, total = finished.context.info, finished.report.scores.total
    place, configuration, _ = _dataset(finished)
    if not info.problem_set.startswith(_HUB) or total.rate is None:
        return []
    return [
        EvalResultEntry(
            dataset_id=place,
            task_id=configuration or "default",
            value=round(total.rate, _DIGITS),
            date=info.started,
            notes=f"pytest-mathbench: the model writes Python, which is run; {total.measured} attempts",
        )
    ]
