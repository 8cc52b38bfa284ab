"""Wherever programs run, the problems that they are about are out of their reach: in each command, in each suite."""

import os
import shutil
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import results_of

from conftest import ScriptedServer, row
from pytest_mathbench import problems
from pytest_mathbench.cli import main, problem_sets
from pytest_mathbench.execution import Limits
from pytest_mathbench.recording.recorded import read_info

PURELIB = Path(sysconfig.get_path("purelib"))
LIMITS = Limits(cpu_seconds=5.0, wall_seconds=60.0, memory_bytes=512 << 20)

pytestmark = pytest.mark.skipif(not os.access(PURELIB, os.W_OK), reason="puts problems beside the libraries")


@pytest.fixture
def source() -> Iterator[Path]:
    """Make a problem file where programs may read nearly everything."""
    with tempfile.TemporaryDirectory(dir=PURELIB, prefix="mathbench_test_") as folder:
        path = Path(folder, "set.jsonl")
        path.write_text('{"id": "a-1", "domain": "algebra", "level": 1, "problem": "Problem a-1.", "answer": "4217"}\n')
        yield path


def thief(path: Path) -> str:
    """Return a program that prints the answer of the first problem of a file."""
    return f"import json\nprint(json.loads(open({str(path)!r}).readline())['answer'])"


@pytest.fixture
def options(source: Path, server: ScriptedServer) -> list[str]:
    """What a session is given whose model steals its answers."""
    server.default = f"```python\n{thief(source)}\n```"
    return ["--mathbench-model=m", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]


def outcomes(folder: Path) -> list[str]:
    """Return the outcomes of the last run in a folder."""
    return [str(result.outcome) for result in results_of(max(folder.iterdir(), key=os.path.getmtime))]


def test_a_run_hides_its_problems(pytester: pytest.Pytester, options: list[str]) -> None:
    """A program that opens the problem file is refused."""
    pytester.runpytest(*options)
    assert ["crashed"] == outcomes(pytester.path / ".mathbench")


def test_a_run_hides_what_its_problem_file_links_to(
    pytester: pytest.Pytester, options: list[str], source: Path
) -> None:
    """Where the option names a link, the file behind it is hidden."""
    (pytester.path / "link.jsonl").symlink_to(source)
    pytester.runpytest(*options, "--mathbench-problems=link.jsonl")
    assert ["crashed"] == outcomes(pytester.path / ".mathbench")


def test_a_test_that_changes_directory_uncovers_nothing(
    pytester: pytest.Pytester, options: list[str], source: Path
) -> None:
    """The problem file is where it was when the session began."""
    pytester.makepyfile(
        test_suite="""
        import os

        def test_first(tmp_path):
            os.chdir(tmp_path)

        def test_problem(problem, mathbench):
            mathbench(problem)
        """
    )
    link = pytester.path / "link.jsonl"
    link.symlink_to(source)
    output = f"--mathbench-output={pytester.path / 'runs'}"
    pytester.runpytest_subprocess("test_suite.py", *options, "--mathbench-problems=link.jsonl", output)
    assert ["crashed"] == outcomes(pytester.path / "runs")


def test_a_suites_own_sandbox_hides_the_problems(pytester: pytest.Pytester, options: list[str]) -> None:
    """A suite that brings its own need not know where they lie."""
    pytester.makeconftest(
        """
        import pytest
        from pytest_mathbench.sandbox import Sandbox

        @pytest.fixture(scope="session")
        def mathbench_sandbox():
            with Sandbox() as sandbox:
                yield sandbox
        """
    )
    pytester.makepyfile(test_suite="def test_problem(problem, mathbench): mathbench(problem)")
    pytester.runpytest("test_suite.py", *options)
    assert ["crashed"] == outcomes(pytester.path / ".mathbench")


def test_workers_hide_the_problems(pytester: pytest.Pytester, options: list[str]) -> None:
    """Under xdist as well."""
    pytester.runpytest_subprocess("-n1", *options)
    assert ["crashed"] == outcomes(pytester.path / ".mathbench")


@pytest.fixture
def recorded(pytester: pytest.Pytester, options: list[str]) -> Path:
    """Record a run of the thief."""
    pytester.runpytest(*options)
    (folder,) = (pytester.path / ".mathbench").iterdir()
    return folder


def test_a_regrade_hides_the_problems_of_the_run(recorded: Path) -> None:
    """They are named in run.json: what was refused then is refused now."""
    assert 0 == main(["regrade", str(recorded)])
    assert ["crashed"] == outcomes(recorded.parent)


def test_a_regrade_hides_the_run(recorded: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A recorded run holds the answers too, wherever it was put."""
    elsewhere = source.parent / "runs" / recorded.name
    shutil.copytree(recorded, elsewhere)
    results = elsewhere / "results.jsonl"
    program = f"import json\nprint(json.loads(open({str(results)!r}).readline())['problem']['answer'])"
    for path in (results, elsewhere / "completions.jsonl"):
        path.write_text(path.read_text().replace(repr(thief(source))[1:-1], repr(program)[1:-1]))
    assert 0 == main(["regrade", str(elsewhere), f"--output={recorded.parent / 'again'}"])
    assert ["crashed"] == outcomes(recorded.parent / "again")


def test_the_selftest_and_the_check_hide_the_problems(source: Path) -> None:
    """Commands that only grade have the same sandbox."""
    with problem_sets._sandbox("strict", problems.load(str(source))) as sandbox:
        assert "" == sandbox.run(thief(source), LIMITS).stdout


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        ("problems.jsonl", ["problems.jsonl"]),
        ("folder", ["folder"]),
        ("families.py", ["families.py"]),
        ("hub:owner/name:main", ["owner/name", "cache/datasets", "cache/hub/datasets--owner--name"]),
        ("bundled 1", ["bundled 1"]),
        ("bundled:1", []),
    ],
)
def test_where_a_problem_set_lies(
    source: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bundled problems always, what an option or a run.json names, and what a hub has left here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    assert (problems.bundled_folder(), *(tmp_path / name for name in expected)) == problems.files_of(source)


def test_a_selection_lies_where_its_set_does(tmp_path: Path) -> None:
    """Choosing and sharing out lose nothing of that."""
    path = tmp_path / "set.jsonl"
    path.write_text("".join(f"{line}\n" for line in map(str, (row("a-1"), row("a-2")))).replace("'", '"'))
    chosen = problems.part(problems.select(problems.load(str(path)), limit=2), 1, 2)
    assert path in chosen.files


def test_problems_among_the_libraries_themselves_are_refused(
    pytester: pytest.Pytester, options: list[str], source: Path
) -> None:
    """A folder that programs cannot do without cannot be hidden: it says so, and measures nothing."""
    misplaced = PURELIB / f"{source.parent.name}.jsonl"
    shutil.copy(source, misplaced)
    try:
        result = pytester.runpytest(*options, f"--mathbench-problems={PURELIB}")
    finally:
        misplaced.unlink()
    result.stdout.fnmatch_lines([f"*{PURELIB} cannot be hidden from programs: it holds the libraries*"])
    result.assert_outcomes(errors=1)


def test_the_record_of_a_thief_tells_what_it_tried(recorded: Path, source: Path) -> None:
    """The attempt stands in the result."""
    (result,) = results_of(recorded)
    assert result.execution
    assert {"read": f"open {source}"} == result.execution.unsafe


def test_a_run_names_its_problems(recorded: Path, source: Path) -> None:
    """As a regrade needs it."""
    assert str(source) == read_info(recorded).problem_set
