"""What an exporter has written is read back by the tool that it is for (make test-exporters)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from finished import ALGEBRA, RATE, REFERENCE, finished

from pytest_mathbench.exporters import catalog
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.records import Outcome

pytestmark = [pytest.mark.exporters, pytest.mark.filterwarnings("ignore")]  # the tools' own warnings are theirs


@pytest.fixture
def ended(tmp_path: Path) -> Finished:
    """A run that is over."""
    return finished(tmp_path / "runs")


def test_mlflow_has_the_run(ended: Finished, tmp_path: Path) -> None:
    """In a SQLite file: parameters, figures by bucket, curves by level, tags, the report and the page."""
    from mlflow import MlflowClient

    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    catalog.export("mlflow", store, ended)
    client = MlflowClient(tracking_uri=store)
    experiment = client.get_experiment_by_name("pytest-mathbench")
    (run,) = client.search_runs([experiment.experiment_id])
    assert ("FINISHED", ended.run.folder.name) == (run.info.status, run.info.run_name)
    assert "0.0" == run.data.params["sampling.temperature"]
    assert (RATE, ALGEBRA) == (run.data.metrics["pass_rate"], run.data.metrics["pass_rate/algebra"])
    assert ("bundled", "FAIL") == tuple(run.data.tags[f"mathbench.{name}"] for name in ("problem_set", "gates"))
    curve = client.get_metric_history(run.info.run_id, "pass_rate_by_level/all")
    assert {1: 10 / 18, 2: 6 / 12, 3: 4 / 12, 4: 7 / 12} == {point.step: point.value for point in curve}
    assert ["report.html", "report.json"] == sorted(file.path for file in client.list_artifacts(run.info.run_id))
    texts = [path.read_text() for path in (tmp_path / "mlartifacts").rglob("report.*")]
    assert [False, False] == [REFERENCE in text for text in texts]
    assert RATE == json.loads(next(text for text in texts if text.startswith("{")))["pass_rates"]["total"]["rate"]


def _records(path: Path) -> Iterator[Any]:
    """Read a file of Weights & Biases by its own messages: they lie in blocks of LevelDB's log format."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, place, whole, block, head = path.read_bytes(), 7, b"", 1 << 15, 7
    while place + head <= len(data):
        if block - place % block < head:
            place += block - place % block
            continue
        length, kind = int.from_bytes(data[place + 4 : place + 6], "little"), data[place + 6]
        whole += data[place + head : place + head + length]
        place += head + length
        if kind in {1, 4}:  # whole, or the last part
            record = Record()
            record.ParseFromString(whole)
            whole = b""
            yield record


def test_wandb_has_the_run(ended: Finished, tmp_path: Path) -> None:
    """In an offline folder, which its own command would upload: settings, curves by level, the totals, the report."""
    catalog.export("wandb", str(tmp_path / "out"), ended)
    (file,) = tmp_path.glob("out/wandb/offline-run-*/*.wandb")
    command = [sys.executable, "-m", "wandb", "sync", "--dry-run", str(file.parent)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Would sync 1 run" in said.stdout + said.stderr
    settings: dict[str, Any] = {}
    summary: dict[str, str] = {}
    steps, artifacts = [], []
    for record in _records(file):
        match record.WhichOneof("record_type"):
            case "run":
                assert "pytest-mathbench" == record.run.project
                settings |= {each.key: json.loads(each.value_json) for each in record.run.config.update}
            case "summary":
                summary |= {"/".join(each.nested_key) or each.key: each.value_json for each in record.summary.update}
            case "history":
                steps.append({"/".join(each.nested_key): json.loads(each.value_json) for each in record.history.item})
            case "artifact" | "request":
                artifacts.append(str(record))
    assert ("0.0", "FAIL") == (settings["sampling.temperature"], settings["mathbench"]["gates"])
    assert [1, 2, 3, 4] == [step["_step"] for step in steps]
    assert [10 / 18, 6 / 12, 4 / 12, 7 / 12] == [step["pass_rate_by_level/all"] for step in steps]
    assert (RATE, ALGEBRA) == tuple(float(summary[name]) for name in ("pass_rate", "pass_rate/algebra"))
    assert any("mathbench-report" in artifact for artifact in artifacts)
    assert REFERENCE.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("out/**/*") if path.is_file())


def test_lm_eval_shows_the_run(ended: Finished, tmp_path: Path) -> None:
    """Its own table is made of the results, and its own search finds the latest files of both kinds."""
    from lm_eval.utils import get_latest_filename, get_results_filenames, get_sample_results_filenames, make_table

    catalog.export("lm-eval", str(tmp_path / "out"), ended)
    files = [path.as_posix() for path in (tmp_path / "out" / "mistral-7b-instruct").iterdir()]
    results = json.loads(Path(get_latest_filename(get_results_filenames(files))).read_text())
    table = [[cell.strip() for cell in line.split("|")] for line in make_table(results).splitlines()]
    assert ["mathbench", "bundled", "none", "0", "exact_match", "↑", "0.5000", "±"] == table[2][1:9]
    assert ["- mathbench_algebra", "bundled", "none", "0", "exact_match", "↑", f"{ALGEBRA:.4f}", "±"] == table[3][1:9]
    assert 3 == len(get_sample_results_filenames(files))


def test_lm_eval_s_logger_reads_the_samples(ended: Finished, tmp_path: Path) -> None:
    """What it would show of each task in Weights & Biases: prompts, answers, scores."""
    from lm_eval.loggers.wandb_logger import WandbLogger

    catalog.export("lm-eval", str(tmp_path / "out"), ended)
    results = json.loads(next(tmp_path.glob("out/*/results_*")).read_text())
    samples = [json.loads(line) for line in next(tmp_path.glob("out/*/samples_mathbench_algebra_*")).open()]
    for sample in samples:  # there, arguments are still as they were in memory
        sample["arguments"] = [list(sample["arguments"]["gen_args_0"].values())]
    logger = WandbLogger.__new__(WandbLogger)
    frame = logger._generate_dataset(samples, results["configs"]["mathbench_algebra"])
    assert (24, 13.0) == (len(frame), frame["exact_match"].sum())
    assert {"What is $6 \\cdot 7$?"} == set(frame["data"])


def test_inspect_reads_the_log(ended: Finished, tmp_path: Path) -> None:
    """By its own reader: figures, conversations, verdicts, and what was not measured as an error."""
    from inspect_ai.log import list_eval_logs, read_eval_log

    catalog.export("inspect", str(tmp_path / "out"), ended)
    (found,) = list_eval_logs(str(tmp_path / "out"))
    log = read_eval_log(found)
    assert ("success", "mathbench", "mistral-7b-instruct") == (log.status, log.eval.task, log.eval.model)
    metrics = {name: metric.value for name, metric in log.results.scores[0].metrics.items()}
    assert {"accuracy": RATE, "algebra": ALGEBRA, "level1": 10 / 18}.items() <= metrics.items()
    assert log.stats.started_at < log.stats.completed_at
    assert (60, 54) == (log.results.total_samples, log.results.completed_samples)
    measured = [sample for sample in log.samples if sample.scores]
    expected = sum(result.outcome == Outcome.CORRECT for result in ended.results())
    assert expected == sum(sample.scores["mathbench"].value == "C" for sample in measured)
    assert ["user", "assistant"] == [message.role for message in measured[0].messages]
    assert "print(42)" in measured[0].scores["mathbench"].explanation
    assert 6 == sum(sample.error is not None for sample in log.samples)
    assert {1, 2, 3} == {sample.epoch for sample in log.samples}
    assert REFERENCE not in log.model_dump_json()


def test_inspect_s_log_is_replaced(ended: Finished, tmp_path: Path) -> None:
    """The same run has one log, however often it is exported, after rulings say."""
    for _ in range(2):
        catalog.export("inspect", str(tmp_path / "out"), ended)
    assert 1 == len(list((tmp_path / "out").iterdir()))
