"""A session has one run: what it measures is said once, and the same wherever it is said."""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from factories import results_of

from conftest import WORKERS, ScriptedServer, row
from pytest_mathbench.recording.recorded import RUN, RecordedRun, read_info
from pytest_mathbench.sandbox.layers import probe

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run four problems."""
    problems = problem_file(*(row(f"a-{number}") for number in range(4)))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def only_run() -> Path:
    """The folder of the one run."""
    (folder,) = Path(".mathbench").iterdir()
    return folder


def started(folder: Path) -> dict[str, str]:
    """When a run started, by each file that tells."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    (on_page,) = re.findall(r'<time datetime="([^"]*)">', page)
    return {
        "run.json": json.loads((folder / RUN).read_text())["started"],
        "report.json": json.loads((folder / "report.json").read_text())["run"]["started"],
        "report.html": on_page,
    }


def slowly(_: object) -> str:
    """Answer so late that the clock shows another second."""
    time.sleep(1.1)
    return "```python\nprint(42)\n```"


@WORKERS
def test_all_files_tell_the_same_start(run: Run, server: ScriptedServer, workers: str) -> None:
    """A run started once, however long it takes and whoever makes it; the sessions that resume it change nothing."""
    server.default = slowly
    before = datetime.now(UTC).isoformat(timespec="seconds")
    run("-k", "a-1", workers)
    after = datetime.now(UTC).isoformat(timespec="seconds")
    folder = only_run()
    (moment,) = set(started(folder).values())
    assert before <= moment < after
    run("--mathbench-resume", workers)
    assert 4 == len(results_of(folder))
    assert {moment} == set(started(folder).values())


@WORKERS
def test_the_run_is_described_once(run: Run, workers: str) -> None:
    """report.json repeats run.json, with the sandbox's layers that were found when the session had started.

    Which part of the selection was run need not be read out of a text.
    """
    run("--mathbench-shard=1/2", workers).stdout.fnmatch_lines(
        ["mathbench: problems *, 2 selected in shard 1/2 of 4 *"]
    )
    document = json.loads((only_run() / RUN).read_text())
    reported = json.loads((only_run() / "report.json").read_text())["run"]
    assert document == {"format": document["format"]} | reported
    assert str(probe()) == document["sandbox"]
    assert {"number": 1, "count": 2} == document["shard"]


def test_a_session_that_only_lists_items_records_nothing(run: Run) -> None:
    """It says what would be measured; no layers were found out, and no folder was made."""
    judged = ["--mathbench-protocol=evstafev2025", "--mathbench-judge-base-url=http://127.0.0.1:1/v1"]
    shown = run("--collect-only", *judged, "--mathbench-per-cell=2")
    shown.stdout.fnmatch_lines(["mathbench: sandbox: strict; *", "mathbench:   sandbox: strict"])
    assert not Path(".mathbench").exists()


def test_deviations_from_a_protocol_are_recorded_by_name(run: Run, server: ScriptedServer) -> None:
    """Each option that departs from the paper is an entry of its own."""
    given = ["--mathbench-protocol=evstafev2025", f"--mathbench-judge-base-url={server.url}", "--mathbench-per-cell=2"]
    run(*given, "--mathbench-judge-model=small").stdout.fnmatch_lines(
        [
            "mathbench: as the paper states, except: per_cell 2 instead of 27; "
            "judge_model small instead of mistral-large-2411"
        ]
    )
    assert {
        "per_cell": "2 instead of 27",
        "judge_model": "small instead of mistral-large-2411",
    } == read_info(only_run()).deviations


@WORKERS
def test_what_requests_carry_is_shown_and_recorded(run: Run, monkeypatch: pytest.MonkeyPatch, workers: str) -> None:
    """The patch, the system prompt, the query, and the names of headers; no secret is in any file of the run."""
    monkeypatch.setenv("TEAM", "s3cret")
    Path("system.txt").write_text("You write Python.\n")
    given = ["--mathbench-headers=x-team=TEAM", "--mathbench-query=api-version=1&key=s3cret"]
    run('--mathbench-request={"top_k": 20}', "--mathbench-system=system.txt", *given, workers).stdout.fnmatch_lines(
        [
            'mathbench: every request is sent patched with {"top_k": 20}, with a system prompt, '
            "with the query api-version=1&key=…, with the header x-team"
        ]
    )
    info = read_info(only_run())
    assert '{"top_k": 20}' == info.request
    assert "You write Python." == info.system
    assert {"api-version": "1", "key": "…"} == info.query
    assert ("x-team",) == info.headers
    assert not any(b"s3cret" in path.read_bytes() for path in only_run().iterdir())


def test_what_requests_to_the_judge_carry_is_recorded_where_one_is_asked(run: Run, server: ScriptedServer) -> None:
    """A patch on them may change ratings, and so the verdict."""
    judge = [f"--mathbench-judge-base-url={server.url}", "--mathbench-judge-model=j"]
    run('--mathbench-judge-request={"top_k": 20}')
    run('--mathbench-judge-request={"top_k": 20}', *judge, "--mathbench-output=judged").stdout.fnmatch_lines(
        ['mathbench: every request to the judge is sent patched with {"top_k": 20}']
    )
    assert not read_info(only_run()).judge_request
    (judged,) = Path("judged").iterdir()
    assert '{"top_k": 20}' == read_info(judged).judge_request


def test_a_run_is_not_resumed_with_another_patch(run: Run) -> None:
    """It decides what the model answers."""
    run("-k", "a-1")
    refused = run("--mathbench-resume", '--mathbench-request={"top_k": 20}')
    refused.stderr.fnmatch_lines(["ERROR: mathbench: * cannot be resumed: its settings differ: request was *"])


def test_a_run_that_cannot_be_recorded_is_refused_before_it_costs_anything(
    run: Run, server: ScriptedServer, tmp_path: Path
) -> None:
    """A file in the output folder's place."""
    (tmp_path / "file").touch()
    refused = run(f"--mathbench-output={tmp_path / 'file'}")
    refused.stderr.fnmatch_lines([f"ERROR: mathbench: the output folder {tmp_path / 'file'} cannot be made: *"])
    assert [] == server.asked


def test_a_run_that_a_gate_refuses_is_not_resumed(run: Run, server: ScriptedServer) -> None:
    """A session that ends before it begins leaves a run as it was: what was not measured is not forgotten."""
    server.answers["a-2"] = 400, '{"error": {"message": "no"}}'
    run()
    folder = only_run()
    content = {path: path.read_bytes() for path in folder.iterdir()}
    refused = run("--mathbench-resume", "--mathbench-baseline=no-such")
    assert pytest.ExitCode.USAGE_ERROR == refused.ret
    assert content == {path: path.read_bytes() for path in folder.iterdir()}


def test_how_long_each_session_took_is_recorded(run: Run) -> None:
    """A resumed run took as long as its sessions together."""
    run("-k", "a-1")
    folder = only_run()
    first = RecordedRun.open(folder, pytest.fail).wall_seconds
    run("--mathbench-resume")
    both = RecordedRun.open(folder, pytest.fail).wall_seconds
    assert first is not None
    assert both is not None
    assert 0 < first < both
