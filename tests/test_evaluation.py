"""Evaluations run ahead of the items: together, each once, and nothing of them is lost or waited for in vain."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import PROPERTY, make_problem, make_result, results_of
from hypothesis import given
from hypothesis import strategies as st
from waiting import SECONDS, wait_until

from conftest import ScriptedServer, row
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.pipeline import limits
from pytest_mathbench.plugin.evaluation import Ahead, Job
from pytest_mathbench.records import ItemResult


def job(number: int) -> Job:
    """Make the job of an item."""
    return Job(f"test[{number}]", make_problem(id=f"p-{number}"), 0, limits(10.0, 1 << 30))


def result_of(one: Job) -> ItemResult:
    """The result that tells its job."""
    return make_result(problem=one.problem)


class Evaluating:
    """Evaluates, and knows in which threads how often."""

    def __init__(self) -> None:
        self.done: list[tuple[Job, bool]] = []

    def __call__(self, one: Job) -> ItemResult:
        self.done.append((one, threading.current_thread().name == "mathbench-ahead"))
        return result_of(one)


@given(order=st.permutations(range(8)), threads=st.integers(1, 4))
@PROPERTY
def test_each_job_is_evaluated_once_whoever_is_first(order: list[int], threads: int) -> None:
    """In whatever order items ask, each gets its own result, made once."""
    evaluating = Evaluating()
    jobs = [job(number) for number in range(8)]
    ahead = Ahead(iter(jobs), evaluating, threads)
    found = [ahead.result(jobs[number]) for number in order]
    ahead.close()
    assert [result_of(jobs[number]) for number in order] == found
    assert [1] * 8 == [sum(one == each for one, _ in evaluating.done) for each in jobs]


def test_later_items_are_evaluated_while_the_first_still_is() -> None:
    """As many evaluations run at once as there are threads: each of these waits for the others."""
    together = threading.Barrier(4)

    def evaluate(one: Job) -> ItemResult:
        together.wait(SECONDS)
        return result_of(one)

    jobs = [job(number) for number in range(4)]
    ahead = Ahead(iter(jobs), evaluate, 4)
    found = [ahead.result(each) for each in jobs]
    ahead.close()
    assert [result_of(each) for each in jobs] == found


def test_jobs_are_begun_in_the_order_of_the_items() -> None:
    """What is needed first is made first."""
    evaluating = Evaluating()
    jobs = [job(number) for number in range(20)]
    ahead = Ahead(iter(jobs), evaluating, 1)
    wait_until(lambda: len(evaluating.done) == 20)
    ahead.close()
    assert [(each, True) for each in jobs] == evaluating.done


@pytest.mark.parametrize(
    "error", [GenerationError("no answer"), ZeroDivisionError(), KeyboardInterrupt(), SystemExit(3)]
)
def test_an_exception_reaches_the_item(error: BaseException) -> None:
    """Whatever evaluating raises is raised where the result is asked for, and costs no other item its own."""

    def evaluate(one: Job) -> ItemResult:
        if one == job(0):
            raise error
        return result_of(one)

    ahead = Ahead(iter([job(0), job(1)]), evaluate, 1)
    wait_until(lambda: job(0) in ahead._begun and ahead._begun[job(0)].done())
    with pytest.raises(type(error)) as caught:
        ahead.result(job(0))
    assert error == caught.value
    assert result_of(job(1)) == ahead.result(job(1))
    ahead.close()


def test_what_an_item_needs_sooner_it_evaluates_itself() -> None:
    """An item that comes before its turn waits for no thread, and none evaluates it again."""
    release = threading.Event()
    begun = threading.Event()
    evaluating = Evaluating()

    def evaluate(one: Job) -> ItemResult:
        if one == job(0):
            begun.set()
            release.wait(SECONDS)
        return evaluating(one)

    ahead = Ahead(iter([job(0), job(1), job(2)]), evaluate, 1)
    assert begun.wait(SECONDS)
    overtaken = ahead.result(job(1))
    release.set()
    found = [ahead.result(job(0)), ahead.result(job(2))]
    ahead.close()
    assert [result_of(job(1)), result_of(job(0)), result_of(job(2))] == [overtaken, *found]
    assert [(job(1), False)] == [each for each in evaluating.done if each[0] == job(1)]


def test_an_unknown_job_is_evaluated_by_its_item() -> None:
    """An item whose job was not foreseen, or that asks again (a rerun), evaluates it itself."""
    evaluating = Evaluating()
    ahead = Ahead(iter([job(0)]), evaluating, 1)
    wait_until(lambda: len(evaluating.done) == 1)
    found = [ahead.result(job(number)) for number in (0, 0, 5)]
    ahead.close()
    assert [result_of(job(number)) for number in (0, 0, 5)] == found
    assert [True, False, False] == [is_ahead for _, is_ahead in evaluating.done]


def test_closing_waits_for_what_was_begun_and_begins_nothing_more() -> None:
    """No thread is left, and what was not begun is not evaluated."""
    release = threading.Event()
    evaluating = Evaluating()
    begun: list[Job] = []

    def evaluate(one: Job) -> ItemResult:
        begun.append(one)
        release.wait(SECONDS)
        return evaluating(one)

    ahead = Ahead((job(number) for number in range(9)), evaluate, 2)
    wait_until(lambda: len(begun) == 2)
    closing = threading.Thread(target=ahead.close)
    closing.start()
    wait_until(lambda: ahead._closed)
    assert closing.is_alive()
    assert 0 == len(evaluating.done)
    release.set()
    closing.join(SECONDS)
    assert not closing.is_alive()
    assert 2 == len(evaluating.done)
    assert [] == [thread for thread in ahead._threads if thread.is_alive()]


@pytest.fixture
def run(
    pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]
) -> Callable[..., pytest.RunResult]:
    """Run four problems in one process."""
    problems = problem_file(*(row(f"a-{number}") for number in range(4)))

    def start(*arguments: str) -> pytest.RunResult:
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def test_one_process_runs_several_programs_at_once(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], server: ScriptedServer
) -> None:
    """Without xdist: each of four programs begins only when all of them are about to begin."""
    pytester.makepyfile(
        test_suite="""
        import threading

        import pytest

        from pytest_mathbench.sandbox import Sandbox

        together = threading.Barrier(4)

        class Meeting:
            def __init__(self, sandbox):
                self._sandbox = sandbox

            def run(self, program, *arguments, **more):
                if "meet" in program:
                    together.wait(30)
                return self._sandbox.run(program, *arguments, **more)

            def __getattr__(self, name):
                return getattr(self._sandbox, name)

        @pytest.fixture(scope="session")
        def mathbench_sandbox(mathbench_sandbox):
            return Meeting(mathbench_sandbox)

        def test_problem(problem, mathbench):
            mathbench(problem)
        """
    )
    server.default = "```python\nmeet = 42\nprint(meet)\n```"
    run("test_suite.py").stdout.fnmatch_lines(["outcomes: 4 correct; 0 not measured"])


def test_two_tests_of_a_problem_have_a_result_each(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], server: ScriptedServer
) -> None:
    """The completion is made once, and evaluated for each of the two; of an attempt the last result counts."""
    pytester.makepyfile(
        test_suite="""
        def test_one(problem, mathbench): mathbench(problem)
        def test_other(problem, mathbench): mathbench(problem)
        """
    )
    run("test_suite.py").stdout.fnmatch_lines(["outcomes: 4 correct; 0 not measured"])
    assert 4 == len(server.asked)


def test_a_stopped_session_of_two_tests_a_problem_ends(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], server: ScriptedServer
) -> None:
    """-x with many evaluations of the same completions under way: all of them are let go."""
    release = threading.Event()
    waited_out: list[bool] = []

    def wrong_once_all_are_asked(_: dict[str, Any]) -> str:
        wait_until(lambda: server.in_flight == 4)
        return "no program"

    def held(_: dict[str, Any]) -> str:
        waited_out.append(not release.wait(SECONDS))
        return "late"

    pytester.makepyfile(
        test_suite="""
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_problem(problem, mathbench, number): mathbench(problem)
        """
    )
    server.answers |= {"a-0": wrong_once_all_are_asked, "a-": held}
    run("test_suite.py", "-x").stdout.fnmatch_lines(["outcomes: 1 no_program; 0 not measured"])
    assert server.in_flight == 3
    assert waited_out == []
    release.set()


def test_faults_of_what_ran_ahead_are_the_items_own(
    run: Callable[..., pytest.RunResult], server: ScriptedServer
) -> None:
    """A completion that failed before its item began is that item's fault, told once."""
    server.answers["a-2"] = (400, '{"error": {"message": "no room"}}')
    run().stdout.fnmatch_lines(["outcomes: 3 correct; 1 not measured"])
    (folder,) = Path(".mathbench").iterdir()
    assert {"a-2": True} == {
        result.problem.id: "no room" in str(result.fault) for result in results_of(folder) if result.outcome is None
    }
