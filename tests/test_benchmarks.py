"""One command runs every benchmark: those that have rows as a table, all others by name."""

import subprocess
import sys
from pathlib import Path

import pytest
from token_server import TokenServer

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "benchmarks"


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a developer does."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_the_list_has_every_benchmark() -> None:
    """Each script that has a `main` is there, with what it says of itself; what has rows says beside what."""
    listed = {line.split()[0] for line in benchmarks("--list").stdout.splitlines()}
    scripts = {path.stem for path in FOLDER.glob("*.py") if "\ndef main(" in path.read_text() and path.stem[0] != "_"}
    assert scripts == {name for name in listed if "." not in name}
    assert {"sandbox.trivial", "grading.hundred", "plugin_cost.start-up"} <= listed


def test_a_row_is_measured_beside_its_peer() -> None:
    """Chosen by its name, it is the only line of the table."""
    head, line = benchmarks("plugin_cost.start-up", "--quick").stdout.splitlines()
    assert head.split()[0] == "row"
    name, ours, peer, *_ = line.split()
    assert name == "plugin_cost.start-up"
    assert float(ours) > 0 < float(peer)


@pytest.mark.parametrize("name", ["nothing", "sandbox.nothing", "harness"])
def test_what_is_not_there_is_refused(name: str) -> None:
    """Before anything is measured."""
    ended = benchmarks(name, "--quick")
    assert ended.returncode == 2
    assert f"no such row or benchmark: {name}" in ended.stderr


def test_a_benchmark_without_rows_is_given_its_arguments() -> None:
    """What stands behind `--` is its own."""
    assert "--trials" in benchmarks("crash", "--", "--help").stdout


def test_strategies_are_run_on_the_same_completions_and_compared(tmp_path: Path) -> None:
    """Each in a run of its own; started again, it asks for nothing that is there."""
    server = TokenServer(["```python\n", "print", "(", "1", "/", "0", ")", "\n```"])
    folder = tmp_path / "runs"
    given = ["strategies", "--", server.url, "m", str(folder), "resample", "single", "--easy=1", "--hard=0"]
    given += ["--max-tokens=16", "--token-budget=40"]
    first = benchmarks(*given)
    assert first.returncode == 0, first.stdout + first.stderr
    asked = len(server.requests)
    again = benchmarks(*given)
    server.close()
    assert first.stdout.startswith("21 problems; resample, single\n")
    assert "== single: 0 of 21 before" in first.stdout
    assert "less 1st single" in first.stdout
    assert "before" not in again.stdout
    assert asked == len(server.requests)
