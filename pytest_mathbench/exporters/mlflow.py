"""A run in MLflow: settings, figures by bucket, the report and the page, on a server or in a SQLite file."""

import os
import time
from datetime import datetime
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

from pytest_mathbench.exporters import figures
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.reporting import export as reports

EXPERIMENT = "pytest-mathbench"
"""The experiment that holds runs, unless MLFLOW_EXPERIMENT_NAME names another."""

_SQLITE = "sqlite:///"

_AT_ONCE = 100
"""How much of each kind MLflow takes in one call."""


def export(finished: Finished, where: str) -> str:
    """Log a run to the tracking server or store at an address; to MLflow's own choice where that is empty."""
    client = MlflowClient(tracking_uri=where or None)
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    known = client.get_experiment_by_name(name)
    run = client.create_run(
        known.experiment_id if known else client.create_experiment(name, artifact_location=_artifacts(where)),
        start_time=round(1000 * datetime.fromisoformat(finished.context.info.started).timestamp()),
        tags={f"mathbench.{key}": value for key, value in figures.identity(finished).items()},
        run_name=finished.run.folder.name,
    ).info.run_id
    status = "FAILED"
    try:
        _log(client, run, finished)
        status = "FINISHED"
    finally:
        client.set_terminated(run, status)
    return f"run {run} of the experiment {name} in {client.tracking_uri}"


def _artifacts(where: str) -> str | None:
    """Return where a new experiment keeps its files: beside a store in a file, and not wherever the run was made."""
    path = Path(where.removeprefix(_SQLITE))
    return (path.absolute().parent / "mlartifacts").as_uri() if where.startswith(_SQLITE) else None


def _log(client: MlflowClient, run: str, finished: Finished) -> None:
    from pytest_mathbench.reporting import page  # a page's libraries take a moment

    now = round(1000 * time.time())
    logged = [
        *(Param(name, value) for name, value in figures.parameters(finished).items()),
        *(Metric(name, value, now, 0) for name, value in figures.totals(finished).items()),
        *(
            Metric(name, rate, now, level)
            for level, rates in figures.by_level(finished).items()
            for name, rate in rates.items()
        ),
    ]
    for start in range(0, len(logged), _AT_ONCE):
        part = logged[start : start + _AT_ONCE]
        client.log_batch(
            run,
            metrics=[each for each in part if isinstance(each, Metric)],
            params=[each for each in part if isinstance(each, Param)],
        )
    client.log_text(run, reports.as_text(finished.report, finished.context), reports.REPORT)
    pieces = page.render(finished.report, finished.context, finished.results())
    client.log_text(run, "".join(pieces), reports.PAGE)
