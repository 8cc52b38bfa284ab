"""A run in Weights & Biases: written to files, which `wandb sync` uploads when somebody wants that."""

import os
from pathlib import Path
from typing import Any

import wandb

from pytest_mathbench.exporters import figures
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.reporting import export as reports

PROJECT = "pytest-mathbench"
"""The project that runs belong to, unless WANDB_PROJECT names another."""


def export(finished: Finished, where: str) -> str:
    """Write a run into a folder; nothing is sent unless WANDB_MODE says so."""
    Path(where).mkdir(parents=True, exist_ok=True)
    mode: Any = os.environ.get("WANDB_MODE") or "offline"  # one of its own words, or it says so
    run = wandb.init(
        project=os.environ.get("WANDB_PROJECT") or PROJECT,
        dir=where,
        mode=mode,
        name=finished.run.folder.name,
        config={**figures.parameters(finished), "mathbench": figures.identity(finished)},
        reinit="create_new",  # a run of the suite's own goes on
        settings=wandb.Settings(  # of this machine, of the command and of the repository nothing is taken along
            silent=True,
            console="off",
            disable_git=True,
            disable_code=True,
            x_disable_meta=True,
            x_disable_stats=True,
            x_save_requirements=False,
        ),
    )
    with run:
        for level, rates in figures.by_level(finished).items():
            run.log(rates, step=level)
        run.summary.update(figures.totals(finished))
        artifact = wandb.Artifact("mathbench-report", type="report")
        with artifact.new_file(reports.REPORT, encoding="utf-8") as file:
            file.write(reports.as_text(finished.report, finished.context))
        run.log_artifact(artifact)
    folder = Path(run.dir).parent
    return f"{folder}; to upload it: wandb sync {folder}" if mode == "offline" else str(run.url or folder)
