"""An attempt has one result, its last, however often it was made; everywhere the same number of them."""

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest
from factories import results_of

from conftest import WORKERS, ScriptedServer, row
from pytest_mathbench.cli import main
from pytest_mathbench.recording.journal import whole_lines
from pytest_mathbench.recording.recorded import RESULTS
from pytest_mathbench.records import ItemResult, Outcome

SUITE = "def test_problem(problem, mathbench): mathbench(problem)"

Run = Callable[..., pytest.RunResult]

CHANGING = """
import threading
from collections import Counter

import pytest

from pytest_mathbench import Completion, GenerationError

ANSWERS = {"a-0": "R", "a-1": "WR", "a-2": "WWW", "a-3": "FR", "a-4": "WFF"}  # right, wrong, or a fault

class Changing:
    def __init__(self):
        self._calls = Counter()
        self._lock = threading.Lock()

    def complete(self, request):
        name = request.prompt.user.partition("Problem ")[2].partition(".")[0]
        with self._lock:
            answer = ANSWERS[name][self._calls[name]]
            self._calls[name] += 1
        if answer == "F":
            raise GenerationError("no answer")
        text = f"```python\\nprint({42 if answer == 'R' else 41})\\n```"
        return Completion(text=text, finish_reason="stop", prompt_tokens=1, completion_tokens=1, queued_seconds=0.0,
                          seconds=0.0)

@pytest.fixture(scope="session")
def mathbench_client():
    return Changing()

def pytest_mathbench_result(config, result):
    with (config.rootpath / "told").open("a") as file:
        print(result.problem.id, result.outcome, result.reruns, file=file)
"""
"""A model that answers otherwise each time that it is asked, and a listener."""

MADE: dict[str, list[tuple[Outcome | None, int]]] = {
    "a-0": [(Outcome.CORRECT, 0)],
    "a-1": [(Outcome.WRONG, 0), (Outcome.CORRECT, 1)],
    "a-2": [(Outcome.WRONG, 0), (Outcome.WRONG, 1), (Outcome.WRONG, 2)],
    "a-3": [(None, 0), (Outcome.CORRECT, 1)],
    "a-4": [(Outcome.WRONG, 0), (None, 1), (None, 2)],
}
"""What is made of each problem with two reruns: outcome, and how many results it replaces."""


@pytest.fixture
def run(pytester: pytest.Pytester, problem_file: Callable[..., Path], server: ScriptedServer) -> Run:
    """Run five problems by a suite of one's own."""
    problems = problem_file(*(row(f"a-{number}") for number in range(5)))

    def start(suite: str, *arguments: str, conftest: str = "") -> pytest.RunResult:
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_suite=suite)
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest("test_suite.py", *given, *arguments)

    return start


def only_run() -> Path:
    """The folder of the one run."""
    (folder,) = Path(".mathbench").iterdir()
    return folder


def lines_of(folder: Path) -> dict[str, list[tuple[Outcome | None, int]]]:
    """All that is written of each problem, in its order."""
    found: dict[str, list[tuple[Outcome | None, int]]] = {}
    for _, _, line in whole_lines(folder / RESULTS):
        if not line.startswith(b'{"resumed"'):
            result = ItemResult.from_json(line)
            found.setdefault(result.problem.id, []).append((result.outcome, result.reruns))
    return found


@WORKERS
def test_the_last_result_of_an_attempt_counts_everywhere(
    run: Run, workers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Terminal, gates, JUnit, report.json, page, folder, hook and `mathbench report` agree about what was run again.

    One got right, one stayed wrong, a fault went away, one came.
    """
    gates = "--mathbench-gates=overall >= 75%; overall >= 76%"
    result = run(SUITE, "--reruns=2", workers, gates, "--mathbench-unmeasured=1", "--junitxml=j.xml", conftest=CHANGING)
    folder = only_run()

    outcomes = "outcomes: 3 correct, 1 wrong; 1 not measured"
    result.stdout.fnmatch_lines(["  PASS  overall >= 75%", "*overall 75.0% (3/4)*", "  FAIL  overall >= 76%", outcomes])
    assert result.parseoutcomes() == {"passed": 3, "wrong": 1, "errors": 1, "rerun": 6}
    assert result.ret == 1

    suite = ET.parse("j.xml").getroot()  # noqa: S314 - our own file
    counted = {item.get("name"): item.get("value") for item in suite.iterfind("./testsuite/properties/property")}
    assert counted["mathbench_correct"] == "3"
    assert counted["mathbench_measured"] == "4"
    assert counted["mathbench_not_measured"] == "1"
    cases = [case.find("./properties/property[@name='outcome']") for case in suite.iter("testcase")]
    told = sorted(str(each.get("value")) for each in cases if each is not None)
    assert told == ["correct", "correct", "correct", "not_measured", "wrong"]

    decisions = json.loads((folder / "report.json").read_text())["gates"]["decisions"]
    assert [decision["status"] for decision in decisions] == ["PASS", "FAIL"]
    assert "<b>75.0%</b><span>3/4</span>" in (folder / "report.html").read_text()

    assert lines_of(folder) == MADE
    last = {name: made[-1] for name, made in MADE.items()}
    assert {each.problem.id: (each.outcome, each.reruns) for each in results_of(folder)} == last
    heard = sorted(f"{name} {outcome} {reruns}" for name, made in MADE.items() for outcome, reruns in made)
    assert sorted(Path("told").read_text().splitlines()) == heard
    assert main(["report", str(folder)]) == 0
    assert outcomes in capsys.readouterr().out


@WORKERS
def test_a_resumed_run_repeats_no_rerun(run: Run, workers: str) -> None:
    """What stayed wrong in all its runs is what it was, run again or not; nothing is written twice."""
    first = run(SUITE, "--reruns=2", workers, "-k", "a-0 or a-1 or a-2", conftest=CHANGING)
    before = lines_of(only_run())
    resumed = run(SUITE, "--reruns=2", workers, "-k", "a-0 or a-1 or a-2", "--mathbench-resume", conftest=CHANGING)
    for each in (first, resumed):
        each.stdout.fnmatch_lines(["outcomes: 2 correct, 1 wrong; 0 not measured"])
    assert lines_of(only_run()) == before


def test_what_a_resumed_run_makes_again_replaces_what_it_had(run: Run) -> None:
    """The count goes on where it was."""
    run(SUITE, "-k", "a-1")
    conftest = """
        from dataclasses import replace

        def pytest_mathbench_request(request):
            return replace(request, sampling=replace(request.sampling, max_tokens=7))
        """
    run(SUITE, "-k", "a-1", "--mathbench-resume", conftest=conftest)
    assert lines_of(only_run()) == {"a-1": [(Outcome.CORRECT, 0), (Outcome.CORRECT, 1)]}


def test_a_crash_that_is_run_again_is_replaced(run: Run) -> None:
    """A worker that dies leaves an attempt not measured until its next run; one that dies after a result, too."""
    suite = """
        import os
        from pathlib import Path

        def test_problem(problem, mathbench):
            dead = Path(problem.id)
            result = mathbench.evaluate(problem)
            if problem.id in {"a-1", "a-2"} and not dead.exists():
                dead.touch()
                os._exit(1)
            if problem.id == "a-2" and dead.read_text() == "":
                dead.write_text("failed once")
                raise OSError("again")
        """
    result = run(suite, "--reruns=2", "-n2")
    result.stdout.fnmatch_lines(["outcomes: 5 correct; 0 not measured"])
    assert lines_of(only_run()) == {
        "a-0": [(Outcome.CORRECT, 0)],
        "a-1": [(None, 0), (Outcome.CORRECT, 1)],
        "a-2": [(None, 0), (Outcome.CORRECT, 1), (Outcome.CORRECT, 2)],
        "a-3": [(Outcome.CORRECT, 0)],
        "a-4": [(Outcome.CORRECT, 0)],
    }


SEVERAL = {
    "two calls": """
        def test_calls(problem, mathbench):
            mathbench.evaluate(problem)
            mathbench.evaluate(problem)
        """,
    "subtests": """
        def test_subtests(problem, mathbench, subtests):
            for part in range(2):
                with subtests.test(part=part):
                    mathbench.evaluate(problem)
        """,
    "two tests": """
        def test_one(problem, mathbench): mathbench(problem)
        def test_other(problem, mathbench): mathbench(problem)
        """,
}
"""Suites that evaluate every attempt twice."""


@pytest.mark.parametrize("kind", SEVERAL)
def test_whatever_evaluates_twice_counts_once(run: Run, kind: str) -> None:
    """The later result replaces the earlier one, and says so."""
    run(SEVERAL[kind]).stdout.fnmatch_lines(["outcomes: 5 correct; 0 not measured"])
    twice = [(Outcome.CORRECT, 0), (Outcome.CORRECT, 1)]
    assert lines_of(only_run()) == {f"a-{number}": twice for number in range(5)}


def test_workers_evaluate_what_others_have_evaluated(run: Run) -> None:
    """Every kind in one suite, on two workers: each result replaces the one before it, whoever made that."""
    run("\n".join(map(dedent, SEVERAL.values())), "-n2").stdout.fnmatch_lines(["outcomes: 5 correct; 0 not measured"])
    made = [(Outcome.CORRECT, number) for number in range(2 * len(SEVERAL))]
    assert lines_of(only_run()) == {f"a-{number}": made for number in range(5)}


def test_different_problems_in_one_test_have_a_result_each(run: Run) -> None:
    """Each is an attempt, the one of which the model is wrong too."""
    suite = """
        from dataclasses import replace

        def test_problem(problem, mathbench):
            mathbench.evaluate(problem)
            mathbench(replace(problem, id=f"{problem.id}-hinted", answer="41"))
        """
    result = run(suite, "-k", "a-1 or a-2")
    assert result.parseoutcomes() == {"wrong": 2, "deselected": 3}
    assert {name: made[-1][0] for name, made in lines_of(only_run()).items()} == {
        "a-1": Outcome.CORRECT,
        "a-1-hinted": Outcome.WRONG,
        "a-2": Outcome.CORRECT,
        "a-2-hinted": Outcome.WRONG,
    }


def test_a_subtest_that_fails_before_an_evaluation_is_an_ordinary_failure(run: Run) -> None:
    """What is measured later counts, and gates do not forgive the failure."""
    suite = """
        def test_problem(problem, mathbench, subtests):
            with subtests.test("before"):
                assert False
            with subtests.test("evaluation"):
                mathbench(problem)
        """
    result = run(suite, "-k", "a-1", "--mathbench-gates=overall >= 50%")
    result.stdout.fnmatch_lines(["gates: PASS*", "outcomes: 1 correct; 0 not measured"])
    assert lines_of(only_run()) == {"a-1": [(Outcome.CORRECT, 0)]}
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@WORKERS
def test_a_wrong_answer_in_a_subtest_is_the_models(run: Run, server: ScriptedServer, workers: str) -> None:
    """Gates forgive it as they forgive it elsewhere."""
    server.default = "```python\nprint(41)\n```"
    suite = """
        def test_problem(problem, mathbench, subtests):
            with subtests.test("evaluation"):
                mathbench(problem)
        """
    result = run(suite, workers, "--mathbench-gates=overall >= 0%")
    result.stdout.fnmatch_lines(["gates: PASS*", "outcomes: 5 wrong; 0 not measured"])
    assert result.ret == pytest.ExitCode.OK


def test_a_fault_of_a_problem_of_the_tests_own_is_recorded(run: Run, server: ScriptedServer) -> None:
    """It is not measured, under its own name; no gate forgives it silently."""
    server.answers["own"] = (400, '{"error": {"message": "no"}}')
    suite = """
        from pytest_mathbench import Problem

        def test_own(mathbench):
            mathbench(Problem(id="own", domain="algebra", level=1, statement="own", answer="42"))
        """
    result = run(suite)
    result.stdout.fnmatch_lines(["*not measured: *no*", "outcomes: none; 1 not measured"])
    result.assert_outcomes(errors=1)
    assert lines_of(only_run()) == {"own": [(None, 0)]}


def test_a_fault_that_a_test_catches_is_recorded(run: Run, server: ScriptedServer) -> None:
    """The attempt was not measured, whatever the test makes of it."""
    server.answers["a-3"] = (400, '{"error": {"message": "no"}}')
    suite = """
        import pytest
        from pytest_mathbench import MathbenchError

        def test_problem(problem, mathbench):
            with pytest.raises(MathbenchError):
                mathbench(problem)
        """
    result = run(suite, "-k", "a-3")
    result.assert_outcomes(passed=1, deselected=4)
    result.stdout.fnmatch_lines(["outcomes: none; 1 not measured"])


def test_an_expected_failure_is_shown_as_one(run: Run, server: ScriptedServer) -> None:
    """Pytest's own word for it, and the result counts as it is."""
    server.default = "```python\nprint(41)\n```"
    suite = """
        import pytest

        @pytest.mark.xfail(reason="too hard")
        def test_problem(problem, mathbench): mathbench(problem)
        """
    result = run(suite)
    result.assert_outcomes(xfailed=5)
    result.stdout.fnmatch_lines(["outcomes: 5 wrong; 0 not measured"])


def test_mathbench_may_be_asked_for_while_a_test_runs(run: Run) -> None:
    """`request.getfixturevalue` gives what an argument gives: the result is recorded, the programs are limited."""
    suite = """
        def test_problem(problem, request):
            result = request.getfixturevalue("mathbench").evaluate(problem)
            assert result.limits.cpu_seconds == 10.0
        """
    run(suite).stdout.fnmatch_lines(["outcomes: 5 correct; 0 not measured"])
