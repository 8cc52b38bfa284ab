"""The fixtures are the extension API: each may be overridden."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ScriptedServer, row

SUITE = "def test_problem(problem, mathbench): mathbench(problem)"


@pytest.fixture
def arguments(pytester: pytest.Pytester, problem_file: Callable[..., Path]) -> list[str]:
    """A suite of the user's own and two problems, without any endpoint."""
    pytester.makepyfile(test_suite=SUITE)
    return ["test_suite.py", "--mathbench-model=m", f"--mathbench-problems={problem_file(row('a-1'), row('a-2'))}"]


def test_another_client_needs_no_server(pytester: pytest.Pytester, arguments: list[str]) -> None:
    """Whoever has `complete` can be the model."""
    pytester.makeconftest(
        """
        import pytest
        from pytest_mathbench.records import Completion

        class Client:
            def complete(self, request):
                return Completion(text="```python\\nprint(42)\\n```", finish_reason="stop", prompt_tokens=1,
                                  completion_tokens=1, queued_seconds=0.0, seconds=0.0)

        @pytest.fixture(scope="session")
        def mathbench_client():
            return Client()
        """
    )
    pytester.runpytest(*arguments).assert_outcomes(passed=2)


def test_another_server_is_used_through_the_plugins_client(
    pytester: pytest.Pytester, arguments: list[str], server: ScriptedServer
) -> None:
    """A suite may start its own server: the generation service saturates that one."""
    pytester.makeconftest(
        f"""
        import pytest
        from pytest_mathbench.serving.endpoint import Endpoint

        @pytest.fixture(scope="session")
        def mathbench_server():
            return Endpoint(base_url={server.url!r}, model="mine")
        """
    )
    pytester.runpytest(*arguments).assert_outcomes(passed=2)
    assert [("mine", 2)] == [(server.requests[0]["model"], len(server.requests))]


def test_another_problem_is_asked_and_only_that(
    pytester: pytest.Pytester, arguments: list[str], server: ScriptedServer
) -> None:
    """A suite may reword its problems; the original wording is not generated in vain."""
    pytester.makeconftest(
        """
        import dataclasses
        import pytest

        @pytest.fixture
        def problem(problem):
            return dataclasses.replace(problem, statement=problem.statement.upper())
        """
    )
    pytester.runpytest(*arguments, f"--mathbench-base-url={server.url}").assert_outcomes(passed=2)
    assert [True, True] == ["PROBLEM A-" in text for text in server.asked]


def test_evaluate_returns_the_result_whatever_the_outcome(
    pytester: pytest.Pytester, arguments: list[str], server: ScriptedServer
) -> None:
    """A suite may look at the whole result and judge by itself."""
    server.default = "```python\nprint(41)\n```"
    pytester.makepyfile(
        test_suite="""
        def test_problem(problem, mathbench):
            result = mathbench.evaluate(problem)
            assert (result.outcome, result.execution.stdout) == ("wrong", "41\\n")
        """
    )
    pytester.runpytest(*arguments, f"--mathbench-base-url={server.url}").assert_outcomes(passed=2)


def test_fixtures_are_documented(pytester: pytest.Pytester, arguments: list[str]) -> None:
    """`--fixtures` tells a newcomer what there is."""
    text = pytester.runpytest(*arguments, "--fixtures").stdout.str()
    names = ("problem", "mathbench_server [session scope]", "mathbench_client [session scope]", "mathbench ")
    assert [] == [name for name in names if f"\n{name}" not in text]


def test_without_a_server_the_session_stops_at_once(pytester: pytest.Pytester, arguments: list[str]) -> None:
    """A model that cannot be served is one error with what to do, not one per item."""
    folder = pytester.mkdir("model")
    (folder / "config.json").write_text("{}")
    result = pytester.runpytest(*arguments, f"--mathbench-model={folder}", "--mathbench-vllm-args=--no-such-option")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*not measured: *vLLM*", "outcomes: none; 1 not measured", "*Interrupted: mathbench: there is no model*"]
    )
    assert pytest.ExitCode.INTERRUPTED == result.ret
