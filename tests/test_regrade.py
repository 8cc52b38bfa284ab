"""A recorded run evaluated again, without a model: the same outcomes, and what is other is told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import make_completion, make_problem, make_request, make_result, make_run_info, results_of

from conftest import ScriptedServer, row
from pytest_mathbench import pipeline, prompts
from pytest_mathbench.cli import main
from pytest_mathbench.recording.completions import CompletionStore
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import RESULTS, read_info
from pytest_mathbench.recording.run_info import differences
from pytest_mathbench.records import ItemResult, Sampling


@pytest.fixture
def recorded(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Path:
    """A run with every outcome that is quickly had, of two samples each, and one that was not measured."""
    server.answers |= {
        "right": "```python\nprint(42)\n```",
        "wrong": "```python\nprint(7)\n```",
        "silent": "```python\nx = 42\n```",
        "crashed": "```python\n1 / 0\n```",
        "refusal": "I cannot.",
        "fault": (400, '{"error": {"message": "no"}}'),
    }
    pytester.runpytest(
        "--mathbench-model=m",
        f"--mathbench-problems={problem_file(*(row(name) for name in server.answers))}",
        f"--mathbench-base-url={server.url}",
        "--mathbench-samples=2",
        "--mathbench-temperature=1",
        "--mathbench-preload=math",
        "--timeout=7",
        "--mathbench-output=recorded",
    )
    (folder,) = Path("recorded").absolute().iterdir()
    return folder


def outcomes(folder: Path) -> list[tuple[str, int, str]]:
    """What is recorded of each sample, in the order of the file."""
    return [(result.problem.id, result.sample, str(result.outcome or result.fault)) for result in results_of(folder)]


def test_a_run_regraded_is_the_same_and_what_differs_is_listed(
    recorded: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is asked; each attempt is executed and graded again under its own limits; the new run can be read."""
    before = outcomes(recorded)
    server.requests.clear()
    content = {path: path.read_bytes() for path in recorded.iterdir()}
    assert 0 == main(["regrade", str(recorded)])
    (again,) = (path for path in recorded.parent.iterdir() if path != recorded)
    said = capsys.readouterr().out
    assert before == outcomes(again)
    assert [] == server.requests
    assert content == {path: path.read_bytes() for path in content}
    assert "0 of 12 outcomes changed\n" in said
    assert f"recorded in {again}\n" in said
    info, was = read_info(again), read_info(recorded)
    assert [] == differences(was, info)
    assert f"regrade of {recorded.name}" == info.endpoint
    assert [result.limits for result in results_of(recorded)] == [result.limits for result in results_of(again)]
    assert len(content[recorded / "completions.jsonl"].splitlines()) == len(
        (again / "completions.jsonl").read_text().splitlines()
    )

    # Another grader would have other outcomes: here the recorded ones are made other.
    lines = [json.loads(line) for line in (recorded / RESULTS).read_text().splitlines()]
    for line in lines:
        if line["problem"]["id"] == "right" and line["sample"] == 1:
            line["outcome"] = "wrong"
            line["grade"] |= {"strict": False, "rule": "symbolic"}
        if line["problem"]["id"] == "wrong" and line["sample"] == 0:
            line["problem"]["answer"] = "7"
    (recorded / RESULTS).write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert 0 == main(["regrade", str(recorded), "--output", str(recorded.parent / "elsewhere")])
    said = capsys.readouterr().out
    assert "2 of 12 outcomes changed:\n" in said
    changed = sorted(line for line in said.splitlines() if "→" in line)
    assert [
        "  right: wrong (symbolic) → correct (exact)",
        "  wrong: wrong (exact) → correct (exact)",
    ] == [line.replace("(numeric)", "(exact)") for line in changed]


def fault_with_a_completion(folder: Path) -> tuple[RunFolder, ItemResult]:
    """A run that was not measured for another reason than the completion, which is there."""
    info = make_run_info(sampling=Sampling(), prompt=prompts.DEFAULT_TEMPLATE, preload=("math",), sandbox="off")
    run = RunFolder.create(folder, info)
    questionnaire = pipeline.Questionnaire(prompts.Template(info.prompt), info.sampling)
    store = CompletionStore(run.path)
    store.put(info.model, questionnaire.request(make_problem()), make_completion())
    store.close()
    return run, ItemResult(problem=make_problem(id="fault"), fault="the sandbox could not run a program")


def test_what_was_not_measured_is_if_its_completion_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fault after the completion came is mended by evaluating again; one without a completion stays."""
    run, fault = fault_with_a_completion(tmp_path)
    other = ItemResult(problem=make_problem(id="other", statement="?"), fault="no answer")
    with run:
        run.append(make_result(request=make_request()))
        run.append(fault)
        run.append(other)
    assert 0 == main(["regrade", str(run.path), "--output", str(tmp_path / "again")])
    (again,) = (tmp_path / "again").iterdir()
    assert ["correct", "correct", "no answer"] == [outcome for _, _, outcome in outcomes(again)]
    assert "  fault: not measured → correct (" in capsys.readouterr().out


def test_damaged_lines_are_told_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is named by file and line; the others are evaluated."""
    run, _ = fault_with_a_completion(tmp_path)
    with run:
        run.append(make_result())
    with (run.path / RESULTS).open("a") as results, (run.path / "completions.jsonl").open("a") as completions:
        results.write("garbage\n")
        completions.write("garbage\n")
    assert 0 == main(["regrade", str(run.path), "--output", str(tmp_path / "again")])
    said = capsys.readouterr()
    assert [
        f"mathbench: WARNING: {run.path}/completions.jsonl, line 2: not a completion, left out",
        f"mathbench: WARNING: {run.path}/results.jsonl, line 2: not a result, left out",
    ] == sorted(line[: line.index(" left out") + 9] for line in said.err.splitlines())
    assert "0 of 1 outcomes changed\n" in said.out


def test_what_is_no_run_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is not there, or that holds no completions, ends with status 4, and leaves no new run behind."""
    monkeypatch.chdir(tmp_path)
    without = RunFolder.create(tmp_path / "runs", make_run_info())
    without.close()
    statuses = [main(["regrade", *run]) for run in ([], ["no-such"], [str(without.path)])]
    said = capsys.readouterr().err.splitlines()
    assert [4, 4, 4] == statuses
    assert [without.path] == list((tmp_path / "runs").iterdir())
    assert [
        "mathbench: no run is recorded in .mathbench/; name a run's folder",
        "mathbench: no-such: no run is recorded here, nor in .mathbench/ under this name",
        f"mathbench: {without.path}/completions.jsonl: no completions are recorded here: No such file or directory",
    ] == said
