"""The same prompts as an inspect-ai task, with its simplest scorer; generation.py runs it with a Python that has it."""

import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate


@task
def mathbench_stub(path: str) -> Task:
    """Ask each prompt of the file once; right is what holds the answer."""
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    samples = [Sample(id=row["id"], input=row["prompt"], target=row["answer"]) for row in rows]
    return Task(dataset=MemoryDataset(samples), solver=generate(), scorer=includes())
