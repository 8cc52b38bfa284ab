"""What is begun before the first item, and when nothing is."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import WARM_LITTLE, ScriptedServer, row
from pytest_mathbench.plugin.preparation import runs_everything

Configure = Callable[..., pytest.Config]


@pytest.fixture
def configured(
    pytester: pytest.Pytester, problem_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Configure:
    """Return a function that makes the configuration of a session with these arguments."""
    path = problem_file(row("a"), row("b"))
    pytester.makepyfile(test_own="def test_own(problem, mathbench):\n    mathbench(problem)\n")
    pytester.makepyfile(leaves_out="def pytest_collection_modifyitems(items):\n    del items[1:]\n")
    pytester.syspathinsert()

    def configure(*arguments: str) -> pytest.Config:
        monkeypatch.setattr("sys.stdout", io.StringIO())  # no descriptor of ours is left open
        return pytester.parseconfigure("-s", "--mathbench-model=m", f"--mathbench-problems={path}", *arguments)

    return configure


@pytest.mark.parametrize("arguments", [[], ["-n2"], ["-x"], ["--mathbench-samples=2", "--mathbench-temperature=1"]])
def test_the_bundled_suite_runs_every_attempt(configured: Configure, arguments: list[str]) -> None:
    """Where no tests are named and none is left out, all is known before anything is collected."""
    assert runs_everything(configured(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["-k", "a"],
        ["-m", "level1"],
        ["--deselect=x"],
        ["--lf"],
        ["--collect-only"],
        ["--setup-plan"],
        ["test_own.py"],
        ["-p", "leaves_out"],
    ],
    ids=" ".join,
)
def test_what_may_leave_items_out_is_waited_for(configured: Configure, arguments: list[str]) -> None:
    """Options that deselect, tests that are named, and plugins that change what was collected: nobody pays for more."""
    assert not runs_everything(configured(*arguments))


def test_requests_are_made_before_workers_have_collected(
    pytester: pytest.Pytester,
    server: ScriptedServer,
    problem_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The controller announces them: here a worker does not begin before a completion is there."""
    pytester.makepyfile(
        late="""
        import time
        from pathlib import Path

        def pytest_sessionstart(session):
            deadline = time.monotonic() + 60
            made = Path(session.config.rootpath, "runs")
            while hasattr(session.config, "workerinput"):
                if any(path.stat().st_size for path in made.glob("*/completions.jsonl")):
                    return
                assert time.monotonic() < deadline, "nothing was asked for"
                time.sleep(0.05)
        """
    )
    pytester.syspathinsert()
    monkeypatch.setenv("PYTHONPATH", str(pytester.path))  # the worker's
    result = pytester.runpytest_subprocess(
        "--mathbench-model=m",
        f"--mathbench-base-url={server.url}",
        f"--mathbench-problems={problem_file(row('a'), row('b'))}",
        f"--mathbench-output={pytester.path / 'runs'}",
        *WARM_LITTLE.split(),
        *("-n1", "-p", "late"),
    )
    result.assert_outcomes(passed=2)
    assert 2 == len(server.asked)
