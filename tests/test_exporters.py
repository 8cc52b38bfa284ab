"""A finished run is handed to other tools, in a session and by command; none of it touches the run."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from finished import ALGEBRA, RATE, REFERENCE, SHARDED, finished
from huggingface_hub import ModelCard, parse_eval_result_entries
from yaml import safe_load

from conftest import ScriptedServer, row
from pytest_mathbench.cli import main
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.exporters import catalog, figures
from pytest_mathbench.exporters.catalog import EXPORTERS, Exporter
from pytest_mathbench.exporters.finished import Finished
from pytest_mathbench.settings import EXPORTERS as NAMES
from pytest_mathbench.values import named_places

Run = Callable[..., pytest.RunResult]
NEEDS_NOTHING = ("comment", "lm-eval", "huggingface")


@pytest.fixture
def ended(tmp_path: Path) -> Finished:
    """A run that is over."""
    return finished(tmp_path / "runs")


# Which there are


def test_the_options_names_are_the_catalogs() -> None:
    """Whoever adds an exporter says so where options are declared."""
    assert NAMES == tuple(EXPORTERS)


def test_an_exporter_is_named_with_a_place() -> None:
    """A place may have colons of its own; what is said twice is made once."""
    assert (("mlflow", "sqlite:///a.db"), ("comment", "")) == named_places("mlflow", "comment")(
        "mlflow:sqlite:///a.db\ncomment\n\ncomment"
    )
    with pytest.raises(ValueError, match="expected one of mlflow, comment, or NAME:WHERE; found 'x'"):
        named_places("mlflow", "comment")("x:y")


def test_a_missing_package_is_told_before_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(EXPORTERS, "mlflow", Exporter("mlflow", ("no_such_package",)))
    expected = "the export to mlflow needs the package no_such_package: pip install 'pytest-mathbench[mlflow]'"
    with pytest.raises(ConfigurationError, match=expected.replace("[", r"\[")):
        catalog.prepared([("mlflow", "")])


def test_a_place_that_cannot_be_is_told_before_anything(tmp_path: Path) -> None:
    """Below a file there is no folder."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="file is in the way"):
        catalog.prepared([("lm-eval", str(tmp_path / "file" / "below"))])


def test_a_place_stays_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may change directory before the run has ended."""
    monkeypatch.chdir(tmp_path)
    assert [("comment", str(tmp_path / "c.md"))] == catalog.prepared([("comment", "c.md")])


# What trackers hold


def test_parameters_are_what_decides_a_result(ended: Finished) -> None:
    """By names as in `sampling.seed`; neither where nor when it was made, nor what is not set."""
    found = figures.parameters(ended)
    assert {"model": "mistral-7b-instruct", "sampling.temperature": "0.0", "samples": "3"}.items() <= found.items()
    assert set() == {"endpoint", "started", "prompt", "adapter", "order"} & found.keys()


def test_totals_are_by_bucket(ended: Finished) -> None:
    """Pass rates by domain and level, outcomes, and the difference from the baseline."""
    found = figures.totals(ended)
    assert RATE == found["pass_rate"]
    assert ALGEBRA == found["pass_rate/algebra"]
    assert 10 / 18 == found["pass_rate/level1"]
    assert 6 == found["attempts/not_measured"]
    assert -8 / 54 == pytest.approx(found["against_baseline"])


def test_curves_have_a_step_for_each_level(ended: Finished) -> None:
    """Of all problems, and of each domain that has the level."""
    found = figures.by_level(ended)
    assert [1, 2, 3, 4] == list(found)
    assert {"all", "algebra", "number_theory"} == {name.rpartition("/")[2] for name in found[3]}


def test_the_gates_are_what_a_run_is_found_by(ended: Finished) -> None:
    """With the model and the problem set."""
    found = figures.identity(ended)
    assert ("FAIL", "bundled") == (found["gates"], found["problem_set"])


# What is written


def written(folder: Path) -> str:
    """Return all that the files of a folder hold."""
    return "\n".join(path.read_text() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("name", NEEDS_NOTHING)
def test_no_reference_answer_leaves_the_run(ended: Finished, tmp_path: Path, name: str) -> None:
    """Nor what a judge or a person who has seen it said."""
    catalog.export(name, str(tmp_path / "out" / "made"), ended)
    found = written(tmp_path / "out")
    assert "mistral-7b-instruct" in found
    assert REFERENCE not in found


def test_lm_eval_has_a_task_for_each_domain(ended: Finished, tmp_path: Path) -> None:
    """Results in one file, samples in one for each, all of the same time, in a folder of the model."""
    catalog.export("lm-eval", str(tmp_path / "out"), ended)
    stamp = "2025-01-28T12-00-00.000000"
    assert [
        f"results_{stamp}.json",
        *(f"samples_mathbench_{domain}_{stamp}.jsonl" for domain in ("algebra", "geometry", "number_theory")),
    ] == sorted(path.name for path in (tmp_path / "out" / "mistral-7b-instruct").iterdir())


def test_lm_eval_has_every_measured_attempt(ended: Finished, tmp_path: Path) -> None:
    """Prompt, completion, answer and score, in order; what was not measured has no score, and is not there."""
    catalog.export("lm-eval", str(tmp_path / "out"), ended)
    (path,) = tmp_path.glob("out/*/samples_mathbench_algebra_*")
    samples = [json.loads(line) for line in path.read_text().splitlines()]
    assert list(range(24)) == [sample["doc_id"] for sample in samples]
    assert 13 == sum(sample["exact_match"] for sample in samples)
    first = samples[0]
    assert "What is $6 \\cdot 7$?" == first["arguments"]["gen_args_0"]["arg_0"]
    assert [["```python\nprint(42)\n```"]] == first["resps"]
    assert ["0"] == first["filtered_resps"]


def test_a_model_card_has_the_results(ended: Finished, tmp_path: Path) -> None:
    """Read by the Hub's own library: all problems, and each domain."""
    catalog.export("huggingface", str(tmp_path / "out"), ended)
    results = ModelCard.load(tmp_path / "out" / "README.md").data.eval_results
    assert results is not None
    found = {each.metric_name: each.metric_value for each in results}
    assert {"pass rate, all": RATE, "pass rate, algebra": round(ALGEBRA, 4)}.items() <= found.items()


def test_a_card_that_is_there_keeps_all_else(ended: Finished, tmp_path: Path) -> None:
    """Its text, its other data, others' results; ours are replaced, and not doubled."""
    other = (
        "model-index:\n- name: own\n  results:\n  - task: {type: text-generation}\n"
        "    dataset: {name: Other, type: other}\n    metrics: [{type: accuracy, value: 0.25}]\n"
    )
    card = tmp_path / "README.md"
    card.write_text(f"---\nlicense: mit\n{other}---\n\n# Mine\n")
    for _ in range(2):
        catalog.export("huggingface", str(tmp_path), ended)
    found = ModelCard.load(card)
    assert ("mit", "own") == (found.data.license, found.data.model_name)
    assert [0.25, RATE] == [each.metric_value for each in found.data.eval_results or []][:2]
    assert 5 == len(found.data.eval_results or [])
    assert found.text.strip() == "# Mine"


def test_a_benchmark_of_the_hub_has_its_own_file(tmp_path: Path) -> None:
    """In the newer format, which names a data set of the Hub; read by the Hub's own library."""
    run = finished(tmp_path / "runs", replace(SHARDED, problem_set="hub:org/math:hard:test"))
    catalog.export("huggingface", str(tmp_path / "out"), run)
    (entry,) = parse_eval_result_entries(safe_load((tmp_path / "out/.eval_results/pytest-mathbench.yaml").read_text()))
    assert ("org/math", "hard", RATE) == (entry.dataset_id, entry.task_id, entry.value)


# In a session, and by command


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run two problems, the second answered wrongly."""
    problems = problem_file(row("a-1"), row("a-2", answer="43"))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def test_a_session_exports_its_run(run: Run, pytester: pytest.Pytester) -> None:
    """Once or more, in the run's folder or elsewhere; what fails besides, or before, keeps none from being made."""
    Path("a-folder").mkdir()
    pytester.makeconftest("def pytest_mathbench_report(context): raise KeyError(context.info.model)")
    exports = ("comment:a-folder", "comment", "lm-eval:elsewhere")
    result = run(*(f"--mathbench-export={each}" for each in exports))
    result.stdout.fnmatch_lines(
        [
            "*WARNING: the export to comment failed, and the run is as it was: IsADirectoryError: *",
            "*WARNING: the hook pytest_mathbench_report of *conftest.py failed *: KeyError: 'm'",
            "exported to comment: *comment.md",
            "exported to lm-eval: *elsewhere/m/results_*.json",
        ]
    )
    (folder,) = Path(".mathbench").iterdir()
    assert "### mathbench: m" in (folder / "comment.md").read_text()
    assert 0.5 == json.loads((folder / "report.json").read_text())["pass_rates"]["total"]["rate"]
    assert pytest.ExitCode.TESTS_FAILED == result.ret


def test_a_session_that_cannot_export_does_not_start(
    run: Run, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, the usage error's status, and no model is asked."""
    monkeypatch.setitem(EXPORTERS, "wandb", Exporter("wandb", ("no_such_package",), "."))
    result = run("--mathbench-export=wandb")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["ERROR: *pip install 'pytest-mathbench[[]wandb[]]'"])
    assert [] == server.requests


def test_an_ini_file_has_a_line_for_each(run: Run, pytester: pytest.Pytester) -> None:
    """As with gates."""
    pytester.makeini("[pytest]\nmathbench_export =\n  comment:c.md\n  lm-eval:e\n")
    run()
    assert (True, True) == (Path("c.md").is_file(), Path("e").is_dir())


def test_a_recorded_run_is_exported(
    ended: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the same code: `mathbench export RUN NAME[:WHERE]`, with a baseline if one is named."""
    monkeypatch.chdir(tmp_path)
    run = str(ended.run.folder)
    assert 0 == main(["export", run, "comment:c.md", "lm-eval", "--baseline", run])
    assert "**points against the baseline**: +0.0" in Path("c.md").read_text()
    assert (ended.run.folder / "lm-eval").is_dir()
    assert capsys.readouterr().out.startswith(f"exported to comment: {tmp_path / 'c.md'}\nexported to lm-eval: ")


@pytest.mark.parametrize(
    ("export", "said"),
    [
        ("nothing", "mathbench: expected one of mlflow, wandb, comment, huggingface, lm-eval, inspect, or NAME:WHERE"),
        ("comment:/", "mathbench: the export to comment failed, and the run is as it was: IsADirectoryError"),
    ],
)
def test_a_failed_export_has_the_status_of_an_error(
    ended: Finished, capsys: pytest.CaptureFixture[str], export: str, said: str
) -> None:
    """4, with one sentence."""
    assert 4 == main(["export", str(ended.run.folder), export])
    assert capsys.readouterr().err.startswith(said)


def test_no_exporter_is_imported_unless_it_is_asked_for() -> None:
    """The catalogue knows them by name."""
    command = "import pytest_mathbench.exporters.catalog, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    modules = {f"pytest_mathbench.exporters.{each.module}" for each in EXPORTERS.values()}
    assert set() == modules & set(loaded.stdout.split())
