"""Items behave as pytest items, and the model's faults are told from ours."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from conftest import ScriptedServer, row

Run = Callable[..., pytest.RunResult]

SUITE = "def test_problem(problem, mathbench): mathbench(problem)"


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run a suite of the user's own on three problems."""
    problems = problem_file(row("a-1"), row("a-2", answer="43", level=5), row("g-1", domain="geometry", level=3))
    pytester.makepyfile(test_suite=SUITE)

    def start(*arguments: str, suite: str = "test_suite.py") -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(suite, *given, *arguments)

    return start


def ids(result: pytest.RunResult) -> list[str]:
    """The problems of a quiet collection."""
    return [line.partition("[")[2].rstrip("]") for line in result.outlines if "test_problem[" in line]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (["-m", "algebra"], ["a-1", "a-2"]),
        (["-m", "algebra and level5"], ["a-2"]),
        (["-m", "not algebra"], ["g-1"]),
        (["-k", "a-2 or g-1"], ["a-2", "g-1"]),
    ],
)
def test_items_are_selected_by_mark_and_name(run: Run, selection: list[str], expected: list[str]) -> None:
    """Domains and levels are marks, problem ids are names."""
    assert expected == ids(run("--collect-only", "-q", *selection))


def test_what_is_deselected_is_not_generated(run: Run, server: ScriptedServer) -> None:
    """Only the session's items are announced to the endpoint."""
    run("-m", "geometry")
    assert ["g-1"] == [text.split("Problem ")[1].split(".")[0] for text in server.asked]


def test_a_session_without_items_starts_nothing(run: Run, server: ScriptedServer) -> None:
    """Nothing selected, nothing asked, nothing recorded; pytest's own exit status says so."""
    result = run("-k", "nothing")
    assert pytest.ExitCode.NO_TESTS_COLLECTED == result.ret
    assert [] == server.asked


def test_a_wrong_answer_is_a_w_and_no_traceback(run: Run) -> None:
    """The model's fault fails the item and the session, without a page of our own code."""
    result = run()
    result.stdout.fnmatch_lines(["*.py .w. *", "*= 2 passed, 1 wrong in *"])
    result.stdout.no_fnmatch_line("*Error*")
    result.stdout.no_fnmatch_line("*FAILURES*")
    assert pytest.ExitCode.TESTS_FAILED == result.ret


@pytest.mark.parametrize(
    ("completion", "word", "counted"),
    [
        ("```python\nprint(41)\n```", "WRONG ", "1 wrong"),
        ("```python\npass\n```", "WRONG (no_answer)", "1 no_answer"),
        ("```python\n1/0\n```", "WRONG (crashed)", "1 crashed"),
        ("```python\nimport time; time.sleep(60)\n```", "WRONG (timed_out)", "1 timed_out"),
        ("I do not know.", "WRONG (no_program)", "1 no_program"),
        ("```python\nprint(42)\n```", "PASSED", "1 correct"),
    ],
)
def test_every_outcome_has_its_word(run: Run, server: ScriptedServer, completion: str, word: str, counted: str) -> None:
    """`-v` names what went wrong, and the table counts it."""
    server.answers["a-1"] = completion
    result = run("-v", "-k", "a-1", "--timeout=1")
    assert word in result.stdout.str()
    assert f"outcomes: {counted}; 0 not measured" in result.stdout.str()


def test_a_fault_of_the_endpoint_is_an_error_and_no_wrong_answer(run: Run, server: ScriptedServer) -> None:
    """What could not be measured is outside the pass rate, with its cause in the report."""
    server.answers["a-2"] = (400, '{"error": {"message": "context too short"}}')
    result = run()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*.py .E. *",
            "*not measured: the endpoint refused*context too short*",
            "all *2/2 100.0%",
            "outcomes: 2 correct; 1 not measured",
            "*1 × the endpoint refused*context too short*",
        ]
    )
    assert pytest.ExitCode.TESTS_FAILED == result.ret


def test_a_fault_in_a_fixture_is_not_measured(run: Run, pytester: pytest.Pytester) -> None:
    """A broken fixture of the user's own is our side of the line too."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(autouse=True)
        def broken(problem):
            if problem.id == "a-1":
                raise OSError("disk gone")
        """
    )
    run().stdout.fnmatch_lines(["outcomes: 1 correct, 1 wrong; 1 not measured", "*1 × OSError: disk gone*"])


def test_an_item_with_subtests_counts_once(run: Run, pytester: pytest.Pytester) -> None:
    """Each subtest makes a report of its own; the attempt is one."""
    pytester.makepyfile(
        test_sub="""
        def test_problem(problem, mathbench, subtests):
            result = mathbench.evaluate(problem)
            for part in range(3):
                with subtests.test(part=part):
                    assert result.problem.id != "a-2" or part != 1
        """
    )
    run(suite="test_sub.py").stdout.fnmatch_lines(["outcomes: 2 correct, 1 wrong; 0 not measured"])
    (results,) = Path(".mathbench").glob("*/results.jsonl")
    assert 3 == len(results.read_text().splitlines())


def test_problems_may_come_from_elsewhere(run: Run, pytester: pytest.Pytester) -> None:
    """A test that makes its own problem is recorded and limited like any other."""
    pytester.makepyfile(
        test_own="""
        from pytest_mathbench.domains import Domain
        from pytest_mathbench.records import Problem

        def test_one(mathbench):
            mathbench(Problem(id="own", domain=Domain.ALGEBRA, level=1, statement="?", answer="42"))

        def test_two(mathbench):
            mathbench(Problem(id="own-2", domain=Domain.ALGEBRA, level=1, statement="??", answer="41"))
        """
    )
    run("-v", suite="test_own.py").stdout.fnmatch_lines(
        ["*::test_one PASSED*", "*::test_two WRONG*", "all *1/2*", "outcomes: 1 correct, 1 wrong; 0 not measured"]
    )


def test_a_test_may_change_directory(run: Run, pytester: pytest.Pytester, tmp_path: Path) -> None:
    """Results are recorded where the session was started, wherever its tests go."""
    pytester.makepyfile(
        test_away="""
        def test_problem(problem, mathbench, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            mathbench(problem)
        """
    )
    run(suite="test_away.py").stdout.fnmatch_lines(["recorded in .mathbench/*"])
    (results,) = (pytester.path / ".mathbench").glob("*/results.jsonl")
    assert 3 == len(results.read_text().splitlines())


def test_an_assertion_of_the_users_own_is_an_ordinary_failure(run: Run, pytester: pytest.Pytester) -> None:
    """A suite may check more than the answer; its failures keep their traceback."""
    pytester.makepyfile(
        test_own="""
        def test_problem(problem, mathbench):
            result = mathbench.evaluate(problem)
            assert result.execution.cpu_seconds < 0, "too slow"
        """
    )
    result = run("-k", "a-1", suite="test_own.py")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*too slow*", "outcomes: 1 correct; 0 not measured"])


def test_exit_first_stops_at_the_first_wrong_answer(run: Run) -> None:
    """`-x` means what it always means."""
    run("-x").stdout.fnmatch_lines(["*.py .w", "*stopping after 1 failures*"])


def test_last_failed_runs_the_wrong_ones_again(run: Run, server: ScriptedServer) -> None:
    """`--lf` selects what was not correct."""
    run()
    server.requests.clear()
    run("--lf")
    assert 1 == len(server.asked)


def test_junit_has_the_buckets(run: Run, tmp_path: Path) -> None:
    """Each test case carries domain, level, sample, outcome and durations as properties, and nothing of the record."""
    run(f"--junitxml={tmp_path / 'junit.xml'}")
    cases = ET.parse(tmp_path / "junit.xml").getroot().iter("testcase")  # noqa: S314 - our own file
    properties = [{item.get("name"): item.get("value") for item in case.iter("property")} for case in cases]
    assert [
        ("algebra", "1", "0", "correct"),
        ("algebra", "5", "0", "wrong"),
        ("geometry", "3", "0", "correct"),
    ] == [(found["domain"], found["level"], found["sample"], found["outcome"]) for found in properties]
    assert {
        "domain",
        "level",
        "sample",
        "outcome",
        "generation_seconds",
        "completion_tokens",
        "execution_cpu_seconds",
    } == {name for found in properties for name in found}


def test_a_test_that_only_looks_at_problems_keeps_its_own_clock(run: Run, pytester: pytest.Pytester) -> None:
    """Without `mathbench` an item runs no program: pytest-timeout guards it as any other test."""
    pytester.makepyfile(test_look="import time\ndef test_problem(problem): time.sleep(30 * (problem.id == 'a-1'))")
    result = run("--timeout=0.3", "-k", "a-1 or a-2", suite="test_look.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Timeout*"])
