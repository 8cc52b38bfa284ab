"""What a session shows and records."""

import json
import os
import platform
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import results_of

from conftest import WORKERS, ScriptedServer, row
from pytest_mathbench.problems import load
from pytest_mathbench.prompts import DEFAULT_TEMPLATE, Template
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.sandbox.layers import probe

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run two problems."""
    problems = problem_file(row("a-1"), row("a-2", answer="43", level=2))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def test_header_says_what_is_measured(run: Run, server: ScriptedServer, tmp_path: Path) -> None:
    """Model, endpoint, sampling, problem set and prompt with their hashes, and the sandbox's layers."""
    problems = load(str(tmp_path / "set.jsonl")).sha256[:12]
    prompt = Template(DEFAULT_TEMPLATE).sha256[:12]
    run("--mathbench-preload=numpy,sympy").stdout.fnmatch_lines(
        [
            f"mathbench: model m on {server.url}; temperature 0, at most 1024 tokens",
            f"mathbench: problems *set.jsonl, 2 selected (sha256 {problems}); prompt built-in (sha256 {prompt})",
            f"mathbench: sandbox: {probe()}; python {platform.python_version()}, numpy *, sympy *",
        ]
    )


def test_table_shows_rates_counts_and_durations(run: Run) -> None:
    """Pass rates with counts by domain and level, outcomes, durations by domain, and where it is recorded."""
    run().stdout.fnmatch_lines(
        [
            "*= mathbench: m =*",
            "pass rate *level 1 *level 2 *all",
            "Algebra *1/1 100.0% *0/1   0.0% *1/2  50.0%",
            "all *1/1 100.0% *0/1   0.0% *1/2  50.0%",
            "outcomes: 1 correct, 1 wrong; 0 not measured",
            "Algebra *0.??*",
            "recorded in .mathbench/*-m; its page is report.html",
        ]
    )


def test_a_page_that_could_not_be_written_is_told_of(run: Run, pytester: pytest.Pytester) -> None:
    """A full disk, say: the run is kept, and what makes the page of it is said."""
    pytester.syspathinsert()
    pytester.makepyfile(
        in_its_way="""
        from pathlib import Path

        def pytest_runtest_teardown():
            for folder in Path(".mathbench").iterdir():
                (folder / "report.html").mkdir(exist_ok=True)
        """
    )
    run("-p", "in_its_way").stdout.fnmatch_lines(
        [
            "recorded in .mathbench/*-m; *",
            "mathbench: WARNING: the page could not be written: *; mathbench report --html .mathbench/*-m *",
        ]
    )


def test_v_shows_what_failed_with_its_program(run: Run) -> None:
    """Each wrong attempt with what the model wrote and what that printed; the reference stays on the page."""
    told = run("-v").stdout
    told.fnmatch_lines(
        [
            "*= mathbench: wrong answers =*",
            "a-2 (Algebra, level 2): wrong",
            "    print(42)",
            "  printed    42",
            "*= mathbench: m =*",
        ]
    )
    told.no_fnmatch_line("*reference*")


def test_run_json_tells_all_that_decides_a_score(run: Run, server: ScriptedServer) -> None:
    """Model, sampling, hashes, versions and machine are recorded with every run."""
    run("--mathbench-temperature=0.3", "--mathbench-seed=5")
    (folder,) = Path(".mathbench").iterdir()
    info = read_info(folder)
    assert "m" == info.model
    assert server.url == info.endpoint
    assert 2 == info.problem_count
    assert 0.3 == info.sampling.temperature
    assert 5 == info.sampling.seed
    assert DEFAULT_TEMPLATE == info.prompt
    assert {"python", "pytest", "sympy", "mpmath", "aiohttp"} <= info.versions.keys()


def test_a_terminated_run_keeps_what_it_measured(
    tmp_path: Path, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """Every result is on disk as soon as it is there: SIGKILL loses only what is under way."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(timeout=60)
        return "late"

    server.answers["a-3"] = answer
    problems = problem_file(row("a-1"), row("a-2"), row("a-3"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-v", "--mathbench-model=m"]
    command += [f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment) as session:
        assert session.stdout
        for line in session.stdout:
            if "a-2] PASSED" in line:
                break
        session.send_signal(signal.SIGKILL)
    release.set()
    (folder,) = (tmp_path / ".mathbench").iterdir()
    assert ["a-1", "a-2"] == [result.problem.id for result in results_of(folder)]


def test_progress_is_seen_while_output_is_captured(run: Run, pytester: pytest.Pytester) -> None:
    """What the server is doing is shown at once, on lines of its own, and not kept with a test's output."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True, scope="session")
        def slow(request):
            request.config.pluginmanager.getplugin("mathbench-terminal").say("loading the weights")
        """
    )
    pytester.makepyfile(test_suite="def test_problem(problem, mathbench): mathbench(problem)")
    run("test_suite.py").stdout.fnmatch_lines(["test_suite.py *", "mathbench: loading the weights", ".w *100%?"])


def test_quiet_sessions_still_show_the_table(run: Run) -> None:
    """The table is what the session is for."""
    run("-q").stdout.fnmatch_lines(["pass rate *", "1 passed, 1 wrong in *"])


@WORKERS
def test_an_attempt_that_is_made_twice_counts_once(run: Run, pytester: pytest.Pytester, workers: str) -> None:
    """In the terminal and in report.json as everywhere: its last result, and how many attempts were rerun."""
    pytester.makepyfile(
        test_suite="""
        def test_one(problem, mathbench): mathbench(problem)
        def test_other(problem, mathbench): mathbench(problem)
        """
    )
    run("test_suite.py", workers).stdout.fnmatch_lines(
        [
            "all *1/2  50.0%",
            "outcomes: 1 correct, 1 wrong; 0 not measured",
            "of these: 2 made more than once (the last result counts)",
        ]
    )
    (folder,) = Path(".mathbench").iterdir()
    made = json.loads((folder / "report.json").read_text())
    assert made["pass_rates"]["total"]["measured"] == 2
    assert made["outcomes"]["rerun"] == 2
