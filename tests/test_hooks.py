"""The plugin's own hooks do what docs/hooks.md says; the examples are taken from there."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from factories import results_of

from conftest import WORKERS, ScriptedServer, row

PAGE = (Path(__file__).parent.parent / "docs" / "hooks.md").read_text()
SUITE = "def test_problem(problem, mathbench): mathbench(problem)"

Run = Callable[..., pytest.RunResult]


def example(heading: str) -> str:
    """Return the example of a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```python\n(.*?)^```", section, flags=re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run three problems of levels 1, 5 and 5, the second answered wrongly, with a conftest.py beside them."""
    problems = problem_file(row("a-1"), row("a-2", answer="43", level=5), row("a-3", level=5))

    def start(conftest: str, *arguments: str, suite: str = SUITE) -> pytest.RunResult:
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_suite=suite)
        given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest("test_suite.py", *given, *arguments)

    return start


def only_run() -> Path:
    """The folder of the one run."""
    (folder,) = Path(".mathbench").iterdir()
    return folder


EXAMPLES = "\n".join(
    map(example, ("Change a request", "Each result", "A section of the report", "The finished report"))
)


@WORKERS
def test_hooks_do_what_the_page_says(
    run: Run, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    """All of its examples in one suite; all but requests, which a worker makes, in the process that owns the run."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(Path("summary").absolute()))
    shown = run(EXAMPLES, workers)
    shown.stdout.fnmatch_lines(["outcomes: 2 correct, 1 wrong; 0 not measured"])

    # A request is changed before it is made: once for each attempt, the same where it is announced and waited for.
    asked = [request["max_tokens"] for request in server.requests if "Problem" in request["messages"][-1]["content"]]
    assert sorted(asked) == [1024, 4096, 4096]
    recorded = {each.problem.id: each.request.sampling.max_tokens for each in results_of(only_run()) if each.request}
    assert recorded == {"a-1": 1024, "a-2": 4096, "a-3": 4096}

    # Each result is told.
    lines = sorted(Path("seconds.csv").read_text().splitlines())
    assert [line.rpartition(",")[0] for line in lines] == ["a-1,correct", "a-2,wrong", "a-3,correct"]

    # The finished report is told, once.
    badge = json.loads((only_run() / "badge.json").read_text())
    assert badge == {"schemaVersion": 1, "label": "m", "message": "66.7% of 3"}

    # A section stands in every report, after ours: in the terminal, in report.json, in a job's summary, on the page.
    shown.stdout.fnmatch_lines(["pass rate *", "*", "lines of programs: 3 by m", "*", "recorded in *"])
    assert json.loads((only_run() / "report.json").read_text())["lengths"] == 3
    assert "**lines of programs**: 3 by m" in Path("summary").read_text()
    page = (only_run() / "report.html").read_text()
    assert "Lengths of programs" in page
    assert "3 by m" in page


def test_a_resumed_run_makes_again_what_is_asked_otherwise_now(run: Run, server: ScriptedServer) -> None:
    """A result counts for the request that it was made for."""
    run("")
    server.requests.clear()
    run(example("Change a request"), "--mathbench-resume")
    assert sorted(request["max_tokens"] for request in server.requests if request["max_tokens"] > 1024) == [4096, 4096]
    assert [each.reruns for each in results_of(only_run())] == [0, 1, 1]


def test_what_is_told_is_written_down_already(run: Run) -> None:
    """Whoever listens finds it in the run's folder; what could not be measured is told as well."""
    run(
        """
        from pathlib import Path

        def pytest_mathbench_result(result):
            (results,) = Path(".mathbench").glob("*/results.jsonl")
            last = results.read_text().splitlines()[-1]
            with Path("told").open("a") as file:
                print(result.problem.id, result.to_json() == last, file=file)
        """
    )
    assert Path("told").read_text().splitlines() == ["a-1 True", "a-2 True", "a-3 True"]


def test_what_a_resumed_run_had_is_not_told_again(run: Run) -> None:
    """Only what is measured now is."""
    run("", "-k", "a-1")
    run(example("Each result"), "--mathbench-resume")
    assert [line.partition(",")[0] for line in Path("seconds.csv").read_text().splitlines()] == ["a-2", "a-3"]


def test_the_verdicts_are_told_with_the_report(run: Run) -> None:
    """And all files are there by then."""
    result = run(
        """
        def pytest_mathbench_report(run, report, decisions, folder):
            print("\\nSTATUS", *[decision.status for decision in decisions])
            print("FILES", *sorted(path.name for path in folder.iterdir()))
        """,
        "--mathbench-gates=overall >= 60%; overall >= 90%",
        "-s",
    )
    files = "completions.jsonl report.html report.json results.jsonl run.json"
    result.stdout.fnmatch_lines(["STATUS PASS FAIL", f"FILES {files}"])


def test_a_section_counts_what_counts(run: Run) -> None:
    """Of an attempt that was made again, the last result; of a resumed run, those that it had."""
    twice = "def test_problem(problem, mathbench):\n    mathbench.evaluate(problem)\n    mathbench(problem)\n"
    run(example("A section of the report"), "-k", "a-1", suite=twice)
    resumed = run(example("A section of the report"), "--mathbench-resume", suite=twice)
    resumed.stdout.fnmatch_lines(["lines of programs: 3 by m"])


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("def __init__(self): {}", "a section of pytest_mathbench_sections could not be made at conftest.py:*"),
        ("def add(self, result): {}", "the section Own failed at conftest.py:*; the report is without it"),
        ("def blocks(self, context): {}", "the section Own failed at conftest.py:*; the report is without it"),
        ("def as_json(self, context): {}", "the section Own failed at conftest.py:*; the report is without it"),
        ("def as_json(self, context): return {{1, 2}}", "the section Own failed at *: TypeError: *; the report *"),
        ("name = 'outcomes'", "two sections of the report are named 'outcomes'*; sections of plugins are left out"),
    ],
)
def test_a_section_that_fails_is_left_out(run: Run, broken: str, said: str) -> None:
    """Every other report is whole, and one warning says where it failed."""
    conftest = f"""
class Own:
    name, title, schema = "own", "Own", {{}}
    def add(self, result): pass
    def blocks(self, context): return ["seen"]
    def as_json(self, context): return 1
    {broken.format("1 / 0")}

def pytest_mathbench_sections():
    return [Own]
"""
    result = run(conftest)
    result.stdout.fnmatch_lines([f"mathbench: WARNING: {said}", "outcomes: 2 correct, 1 wrong; 0 not measured"])
    assert result.stdout.str().count("WARNING") == 1
    assert json.loads((only_run() / "report.json").read_text()).get("own") is (1 if "blocks" in broken else None)
    assert (only_run() / "report.html").is_file()


BROKEN = """
def pytest_mathbench_{name}({argument}):
    raise KeyError("x")
"""


@WORKERS
def test_a_request_that_cannot_be_changed_leaves_its_attempt_not_measured(run: Run, workers: str) -> None:
    """The others are measured; the cause names the hook, the plugin and the line."""
    conftest = """
        def pytest_mathbench_request(problem):
            if problem.id == "a-1":
                raise KeyError("x")
        """
    run(conftest, workers).stdout.fnmatch_lines(
        [
            "outcomes: 1 correct, 1 wrong; 1 not measured",
            "*the hook pytest_mathbench_request of */conftest.py failed at conftest.py:3: KeyError: 'x'*",
        ]
    )


def test_what_is_no_request_is_refused(run: Run) -> None:
    """Whoever returns something else hears of it."""
    run("def pytest_mathbench_request(request): return 'more tokens'").stdout.fnmatch_lines(
        [
            "outcomes: none; 3 not measured",
            "*3 × pytest_mathbench_request must return a Request or None; it returned str",
        ]
    )


@pytest.mark.parametrize(("name", "argument"), [("result", "result"), ("report", "report"), ("sections", "run")])
def test_a_listener_that_fails_costs_nothing(run: Run, name: str, argument: str) -> None:
    """All is measured, written and shown, and one warning names the hook, the plugin and the line."""
    result = run(BROKEN.format(name=name, argument=argument))
    warning = (
        f"mathbench: WARNING: the hook pytest_mathbench_{name} of */conftest.py failed at conftest.py:2: KeyError: 'x'"
    )
    result.stdout.fnmatch_lines([warning, "outcomes: 2 correct, 1 wrong; 0 not measured"])
    assert result.stdout.str().count("WARNING") == 1
    assert len(results_of(only_run())) == 3
    assert (only_run() / "report.json").is_file()


def test_a_listener_may_end_the_session(run: Run) -> None:
    """`pytest.exit` is heeded, and what was measured is kept and shown."""
    result = run("import pytest\ndef pytest_mathbench_result(result): pytest.exit('the budget is spent')")
    result.stdout.fnmatch_lines(["outcomes: 1 correct; 0 not measured", "*Exit: the budget is spent*"])
    assert len(results_of(only_run())) == 1


def test_without_a_model_hooks_are_known_and_not_called(pytester: pytest.Pytester) -> None:
    """A suite with hooks runs as any other."""
    pytester.makeconftest(BROKEN.format(name="result", argument="result"))
    pytester.makepyfile("def test_other(): pass")
    pytester.runpytest().assert_outcomes(passed=1)


def test_without_the_plugin_optional_hooks_are_left_alone(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As documented: marked so, an implementation does not need the plugin."""
    monkeypatch.delenv("PYTEST_ADDOPTS")
    pytester.makeconftest(example("Without the plugin"))
    pytester.makepyfile("def test_other(): pass")
    pytester.runpytest_subprocess("-p", "no:mathbench").assert_outcomes(passed=1)


@pytest.mark.parametrize("model", [[], ["--mathbench-model=m", "--collect-only"]])
def test_a_misspelt_hook_is_refused(pytester: pytest.Pytester, model: list[str]) -> None:
    """By pytest, with and without a model: what is never called would be missed only later."""
    pytester.makeconftest("def pytest_mathbench_results(result): pass")
    result = pytester.runpytest(*model)
    result.stdout.fnmatch_lines(["*unknown hook 'pytest_mathbench_results' in plugin *conftest.py'>"])
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR


def test_an_argument_that_a_hook_does_not_have_is_refused(pytester: pytest.Pytester) -> None:
    """By pytest, with the names of those that it has."""
    pytester.makeconftest("def pytest_mathbench_result(results): pass")
    result = pytester.runpytest()
    result.stderr.fnmatch_lines(["*Argument(s) {'results'} are declared in the hookimpl but can not be found in *"])
