"""Each option, in a real pytest session on a scripted endpoint: one test or more per option."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import results_of

from conftest import ScriptedServer, row
from pytest_mathbench.execution import Ending
from pytest_mathbench.recording.recorded import read_info
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult
from pytest_mathbench.sandbox.layers import probe
from pytest_mathbench.settings import options

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, server: ScriptedServer, problem_file: Callable[..., Path]) -> Run:
    """Run the bundled suite on the scripted server, with three problems unless a test says otherwise."""
    problems = problem_file(row("a-1"), row("a-2", answer="43"), row("g-1", domain="geometry", level=3))

    def start(*arguments: str, model: str = "m", source: str | Path = problems) -> pytest.RunResult:
        given = [f"--mathbench-model={model}", f"--mathbench-problems={source}", f"--mathbench-base-url={server.url}"]
        return pytester.runpytest(*given, *arguments)

    return start


def recorded(folder: Path = Path(".mathbench")) -> tuple[RunInfo, list[ItemResult]]:
    """Read the one run that was recorded."""
    (path,) = folder.iterdir()
    return read_info(path), results_of(path)


def usage_error(result: pytest.RunResult) -> str:
    """Return the one error that a refused session prints, after seeing that it was refused."""
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    lines = [*result.errlines, *result.outlines]
    (start,) = [number for number, line in enumerate(lines) if line.startswith("ERROR: ")]
    return "\n".join(lines[start:]).removeprefix("ERROR: ")


def test_model_turns_the_benchmark_on(run: Run, pytester: pytest.Pytester, server: ScriptedServer) -> None:
    """With a model and no paths the packaged suite runs, and the model's name reaches the endpoint unchanged."""
    result = run(model="org/Some-Model")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*= 2 passed, 1 wrong in *"])
    assert {"org/Some-Model"} == {request["model"] for request in server.requests}


def test_without_a_model_nothing_happens(pytester: pytest.Pytester) -> None:
    """Ordinary sessions see neither header nor table; a mathbench test is skipped with the reason."""
    pytester.makepyfile("def test_problem(problem, mathbench): mathbench(problem)\ndef test_other(): pass")
    result = pytester.runpytest("-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*name a model with --mathbench-model*"])
    result.stdout.no_fnmatch_line("mathbench: *")


def test_without_a_model_a_fixture_called_problem_is_the_users(pytester: pytest.Pytester) -> None:
    """The plugin does not take a common name from suites that do not benchmark."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def problem():
            return 1

        def test_mine(problem):
            assert problem == 1
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_base_url_uses_a_running_endpoint(run: Run, server: ScriptedServer) -> None:
    """The endpoint is probed once, then asked once for each problem; no server is started."""
    run()
    assert 4 == len(server.requests)
    assert 3 == len(server.asked)


def test_base_url_that_does_not_answer_is_refused(run: Run, pytester: pytest.Pytester) -> None:
    """An unreachable endpoint ends the session before any item, and nothing is recorded."""
    message = usage_error(run("--mathbench-base-url=http://127.0.0.1:1/v1"))
    assert message.startswith("mathbench: http://127.0.0.1:1/v1 (model 'm'): unreachable")
    assert not list(Path(".mathbench").glob("*"))


def test_api_key_env_names_the_variable(run: Run, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key comes from the named variable, and appears nowhere in what is recorded."""
    server.key = "sesame-5e5a"
    monkeypatch.setenv("MY_KEY", "sesame-5e5a")
    result = run("--mathbench-api-key-env=MY_KEY")
    result.stdout.no_fnmatch_line("*sesame*")
    written = "".join(path.read_text() for path in Path(".mathbench").rglob("*") if path.is_file())
    assert 3 == len(recorded()[1])
    assert "sesame" not in written


def test_a_refused_key_is_a_usage_error(run: Run, server: ScriptedServer) -> None:
    """Without the key the session ends with a sentence that names the option."""
    server.key = "sesame-5e5a"
    assert "--mathbench-api-key-env names" in usage_error(run())


def test_a_key_that_is_not_there_is_a_usage_error(run: Run) -> None:
    """A variable that is named and not set is a mistake."""
    assert "variable MY_KEY should hold the API key" in usage_error(run("--mathbench-api-key-env=MY_KEY"))


@pytest.mark.parametrize("argument", ["--port 9000", "--api-key=x", "--served-model-name m"])
def test_vllm_args_leave_the_plugins_own_alone(pytester: pytest.Pytester, argument: str) -> None:
    """What the plugin sets itself cannot be set twice."""
    message = usage_error(pytester.runpytest("--mathbench-model=m", f"--mathbench-vllm-args={argument}"))
    assert "is set by the plugin itself" in message


def test_vllm_args_are_for_a_server_of_our_own(run: Run) -> None:
    """Arguments for a server that is not started are a contradiction."""
    assert "exclude each other" in usage_error(run("--mathbench-vllm-args=--max-model-len 100"))


def test_server_timeout_is_a_number_of_seconds(run: Run) -> None:
    """A bad value names the option; that it ends a start is for test_vllm_server."""
    assert "--mathbench-server-timeout: 'soon'" in usage_error(run("--mathbench-server-timeout=soon"))


def test_problems_may_be_a_file(run: Run) -> None:
    """The items' ids are the problems', in the file's order."""
    run("-v").stdout.fnmatch_lines(
        ["*test_problem?a-1? PASSED *", "*test_problem?a-2? WRONG *", "*test_problem?g-1? PASSED *"]
    )


def test_a_bad_problem_file_is_refused_before_work(
    run: Run, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """File and line are named, and no request is made."""
    bad = problem_file(row("a"), "{", name="bad.jsonl")
    message = usage_error(run(source=bad))
    assert message.startswith(f"mathbench: {bad}, line 2: not JSON")
    assert [] == server.requests


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "the file is empty"),
        ([row("a"), "[1]"], "line 2: expected a JSON object, found list"),
        ([row("a"), row("b", level=6)], "line 2: 'level' must be 1 to 5"),
        ([row("a", domain="topology")], "line 1: unknown domain 'topology'"),
        ([{"id": "a", "domain": "algebra", "level": 1, "problem": "?"}], "line 1: lacks the field 'answer'"),
        ([row("a\ud800")], "line 1: an id has at most 200 printable characters"),
        ([row("a") | {"id": ["a"]}], "line 1: the id must be a number or text"),
        ([row("a"), row("b"), row("a")], "line 3: repeats the id 'a' of"),
    ],
)
def test_what_is_wrong_in_a_problem_file_is_said_in_one_sentence(
    run: Run, server: ScriptedServer, problem_file: Callable[..., Path], lines: list[Any], said: str
) -> None:
    """Each fault names file and line, ends the session with status 4, and costs no request."""
    bad = problem_file(*lines, name="bad.jsonl")
    message = usage_error(run(source=bad))
    assert str(bad) in message
    assert said in message
    assert [] == server.requests


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--mathbench-problems=missing.jsonl", "problem set missing.jsonl: no such file or folder"),
        ("--mathbench-variant=seven", "--mathbench-variant: 'seven': expected seeds"),
        ("--mathbench-level=0", "--mathbench-level: '0': unknown level '0'"),
        ("--mathbench-limit=none", "--mathbench-limit: 'none': expected a whole number"),
        ("--mathbench-memory=lots", "--mathbench-memory: 'lots': expected a size"),
        ("--mathbench-sandbox=maybe", "--mathbench-sandbox: 'maybe': expected one of strict, auto, off"),
        ("--mathbench-scratch=some", "--mathbench-scratch: 'some': expected a size"),
        ("--mathbench-preload=numpy;sympy", "--mathbench-preload: 'numpy;sympy': 'numpy;sympy' is no module name"),
        ("--mathbench-temperature=9", "--mathbench-temperature: '9': expected a number from 0 to 2"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence(run: Run, server: ScriptedServer, option: str, said: str) -> None:
    """Option, value and what would do are named; nothing is asked."""
    message = usage_error(run(option))
    assert said in message
    assert [] == server.requests


def test_a_model_folder_without_a_model_is_refused(pytester: pytest.Pytester) -> None:
    """A folder must be a Hugging Face model folder, and is looked at before a server starts."""
    folder = pytester.mkdir("build")
    message = usage_error(pytester.runpytest(f"--mathbench-model={folder}"))
    assert message.startswith(
        f"mathbench: model folder {folder}: no config.json in it\n→ name a Hugging Face model folder"
    )


def test_domain_selects(run: Run) -> None:
    """Only the named domains are run."""
    run("--mathbench-domain=geometry").assert_outcomes(passed=1)


def test_level_selects(run: Run) -> None:
    """Only the named levels are run."""
    run("--mathbench-level=2-5").assert_outcomes(passed=1)


def test_limit_takes_the_first(run: Run) -> None:
    """The first problems of the selection are run."""
    run("--mathbench-limit=1").assert_outcomes(passed=1)


def test_per_cell_draws_and_seed_changes_the_draw(run: Run, problem_file: Callable[..., Path]) -> None:
    """So many of each cell are drawn; the seed decides which, the same each time."""
    source = problem_file(*(row(f"a-{number}") for number in range(40)), name="many.jsonl")

    def drawn(seed: int) -> list[str]:
        selection = ("--mathbench-domain=algebra", "--mathbench-level=1", "--mathbench-per-cell=5")
        result = run(*selection, f"--mathbench-seed={seed}", "--collect-only", "-q", source=source)
        return [line.partition("[")[2] for line in result.outlines if "[a-" in line]

    assert 5 == len(drawn(1))
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_per_cell_that_cannot_be_filled_names_the_cell(run: Run) -> None:
    """The cell and what it has are named."""
    assert "algebra level 3 has only 0" in usage_error(run("--mathbench-per-cell=1"))


@pytest.mark.parametrize(
    ("option", "field", "value"),
    [
        ("--mathbench-temperature=0.5", "temperature", 0.5),
        ("--mathbench-top-p=0.9", "top_p", 0.9),
        ("--mathbench-max-tokens=77", "max_tokens", 77),
    ],
)
def test_sampling_reaches_the_endpoint(run: Run, server: ScriptedServer, option: str, field: str, value: float) -> None:
    """Sampling parameters are sent with every request, and recorded."""
    run(option)
    sent = {request[field] for request in server.questions}
    assert {value} == sent
    assert value == getattr(recorded()[0].sampling, field)


def test_drawn_samples_have_their_own_seeds(run: Run, server: ScriptedServer) -> None:
    """Above temperature 0 each problem's request carries a seed made of the run's seed and its id."""
    run("--mathbench-temperature=1", "--mathbench-seed=7")
    assert len({request.get("seed") for request in server.questions}) == 3


def test_concurrency_bounds_what_is_in_flight(
    run: Run, server: ScriptedServer, problem_file: Callable[..., Path]
) -> None:
    """With one place, requests come one after another."""
    run("--mathbench-concurrency=1", source=problem_file(*(row(f"a-{number}") for number in range(8)), name="8.jsonl"))
    assert 8 == len(server.asked)
    assert 1 == server.most_in_flight


def test_prompt_replaces_the_template(run: Run, server: ScriptedServer, tmp_path: Path) -> None:
    """The user's template is filled and sent, and its text and hash are recorded."""
    template = tmp_path / "prompt.txt"
    template.write_text("Solve {problem} in {Python}!")
    run(f"--mathbench-prompt={template}", "--mathbench-limit=1")
    assert ["Solve Problem a-1. in {Python}!"] == server.asked
    assert recorded()[0].prompt == "Solve {problem} in {Python}!"


def test_a_prompt_without_a_place_for_the_problem_is_refused(run: Run, tmp_path: Path) -> None:
    """A template that would ask every problem the same is a mistake."""
    template = tmp_path / "prompt.txt"
    template.write_text("Solve it!")
    assert "it needs {problem}" in usage_error(run(f"--mathbench-prompt={template}"))


def test_memory_limits_the_programs(run: Run, server: ScriptedServer) -> None:
    """A program that takes more has crashed, for that reason."""
    server.default = "```python\nx = bytearray(100 << 20)\nprint(42)\n```"
    run("--mathbench-memory=50M", "--mathbench-limit=1")
    (result,) = recorded()[1]
    assert "crashed" == result.outcome
    assert "memory" == (result.execution and result.execution.ending)


def test_sandbox_off_runs_programs_with_the_users_rights(run: Run, server: ScriptedServer, tmp_path: Path) -> None:
    """By default a program is refused what it has no business with, and named; switched off, it is not."""
    (tmp_path / "mine.txt").write_text("42")
    server.default = f"```python\nprint(open({str(tmp_path / 'mine.txt')!r}).read())\n```"
    run("--mathbench-limit=1", "--mathbench-output=strict").stdout.fnmatch_lines(
        ["outcomes: 1 crashed; 0 not measured", "unsafe: 1 of 1 program (100.0%) tried: 1 read"]
    )
    run("--mathbench-limit=1", "--mathbench-output=off", "--mathbench-sandbox=off").stdout.fnmatch_lines(
        ["mathbench: sandbox: off: *", "mathbench: WARNING: *", "outcomes: 1 correct; 0 not measured"]
    )
    info, (result,) = recorded(Path("strict"))
    assert str(probe()) == info.sandbox
    assert Ending.FORBIDDEN == (result.execution and result.execution.ending)


@pytest.mark.skipif(not (probe().bubblewrap and probe().landlock), reason="needs bubblewrap and Landlock")
def test_scratch_gives_programs_a_folder(run: Run, server: ScriptedServer) -> None:
    """With it a program may write beside itself; without it may not."""
    server.default = "```python\nopen('x', 'w').write('42')\nprint(open('x').read())\n```"
    run("--mathbench-limit=1", "--mathbench-output=without").stdout.fnmatch_lines(["*1 crashed*", "unsafe: *1 write"])
    run("--mathbench-limit=1", "--mathbench-output=with", "--mathbench-scratch=1M").stdout.fnmatch_lines(
        ["*1 correct*"]
    )
    assert 0 == recorded(Path("without"))[0].scratch_bytes
    assert 1 << 20 == recorded(Path("with"))[0].scratch_bytes


def test_preload_changes_what_is_warm(run: Run, server: ScriptedServer) -> None:
    """Named modules are imported already, and header and run.json tell the versions of what is installed."""
    server.default = "```python\nimport sys\nprint(42 if 'psutil' in sys.modules else 0)\n```"
    result = run("--mathbench-limit=1", "--mathbench-preload=psutil,json,no_such_thing")
    result.stdout.fnmatch_lines(["mathbench: sandbox: *, psutil [0-9]*, no no_such_thing", "outcomes: 1 correct*"])
    info, _ = recorded()
    assert ("psutil", "json", "no_such_thing") == info.preload
    assert "psutil" in info.versions


def test_echo_prints_a_last_expression(run: Run, server: ScriptedServer) -> None:
    """A notebook's habit is no answer by default; with echo it is one, and counted."""
    server.default = "```python\nx = 42\nx\n```"
    run("--mathbench-limit=1", "--mathbench-output=without").stdout.fnmatch_lines(["outcomes: 1 no_answer*"])
    run("--mathbench-limit=1", "--mathbench-output=with", "--mathbench-echo").stdout.fnmatch_lines(
        ["mathbench: sandbox: *, a last expression is echoed", "outcomes: 1 correct*", "*1 whose last line was echoed"]
    )
    assert not recorded(Path("without"))[0].echo
    assert recorded(Path("with"))[0].echo


def test_output_names_the_folder(run: Run, tmp_path: Path) -> None:
    """Runs are recorded where the user wants them."""
    run(f"--mathbench-output={tmp_path / 'deep' / 'runs'}", "--mathbench-limit=1")
    assert ["a-1"] == [result.problem.id for result in recorded(tmp_path / "deep" / "runs")[1]]


def test_an_output_that_cannot_be_written_is_refused(run: Run, tmp_path: Path, server: ScriptedServer) -> None:
    """A run that could not be recorded is not started."""
    (tmp_path / "file").touch()
    assert "the output folder" in usage_error(run(f"--mathbench-output={tmp_path / 'file' / 'runs'}"))
    assert server.asked == []


def test_timeout_is_pytest_timeouts(run: Run, server: ScriptedServer) -> None:
    """`--timeout` is the program's CPU limit; the item itself has no clock."""
    server.default = "```python\nwhile True: pass\n```"
    run("--timeout=1", "--mathbench-limit=1").stdout.fnmatch_lines(["*1 timed_out*"])
    (result,) = recorded()[1]
    assert "timed_out" == result.outcome
    assert 1.0 == (result.limits and result.limits.cpu_seconds)


def test_the_timeout_ini_value_and_environment_count_too(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every way of pytest-timeout to set a limit sets the program's."""
    run("-o", "timeout=3", "--mathbench-limit=1", "--mathbench-output=ini")
    monkeypatch.setenv("PYTEST_TIMEOUT", "4")
    run("--mathbench-limit=1", "--mathbench-output=environment")
    limits = [recorded(Path(name))[1][0].limits for name in ("ini", "environment")]
    assert [3.0, 4.0] == [limit and limit.cpu_seconds for limit in limits]


def test_the_timeout_marker_wins(run: Run, pytester: pytest.Pytester) -> None:
    """A mark on the user's own test is nearer than any option."""
    path = pytester.makepyfile(
        """
        import pytest

        @pytest.mark.timeout(2)
        def test_problem(problem, mathbench):
            mathbench(problem)
        """
    )
    run("--timeout=9", "--mathbench-limit=1", str(path))
    assert recorded()[1][0].limits.cpu_seconds == 2.0  # type: ignore[union-attr]


def test_the_default_limit_is_ten_seconds_and_zero_lifts_it(run: Run) -> None:
    """Without a word from the user a program has 10 s; a limit of 0 is none, as pytest-timeout has it."""
    run("--mathbench-limit=1", "--mathbench-output=default")
    run("--timeout=0", "--mathbench-limit=1", "--mathbench-output=none")
    limits = [recorded(Path(name))[1][0].limits for name in ("default", "none")]
    assert [10.0, None] == [limit and limit.cpu_seconds for limit in limits]


def test_the_plugin_needs_pytest_timeout(run: Run) -> None:
    """Without the plugin that limits programs no program runs."""
    assert "pytest-timeout is switched off" in usage_error(run("-p", "no:timeout"))


def test_every_option_has_an_ini_twin(run: Run, pytester: pytest.Pytester) -> None:
    """The ini file sets what the command line does not, and loses where both speak."""
    pytester.makeini("[pytest]\nmathbench_limit = 2\nmathbench_max_tokens = 9\n")
    run("--mathbench-max-tokens=11")
    info, results = recorded()
    assert 2 == len(results)
    assert 11 == info.sampling.max_tokens


def test_a_bad_ini_value_names_the_file(run: Run, pytester: pytest.Pytester) -> None:
    """The user learns where the bad value was written."""
    ini = pytester.makeini("[pytest]\nmathbench_level = 7\n")
    assert f"mathbench_level in {ini}: '7': unknown level '7'" in usage_error(run())


def test_help_lists_every_option(pytester: pytest.Pytester) -> None:
    """`--help` names each option, with its default."""
    text = pytester.runpytest("--help").stdout.str()
    missing = [option.name for option in options() if f"--mathbench-{option.name.replace('_', '-')}" not in text]
    assert [] == missing
    assert "Nucleus sampling: the probability mass to draw from (default: 1)" in " ".join(text.split())


def test_collect_only_touches_no_endpoint(run: Run, server: ScriptedServer) -> None:
    """Listing the items asks nobody and records nothing."""
    result = run("--collect-only", "-q")
    assert "3 tests collected" in result.stdout.str()
    assert [] == server.requests
    assert [] == list(Path().glob(".mathbench/*"))


def test_results_hold_all_of_every_attempt(run: Run) -> None:
    """A line of results.jsonl tells the whole story: what was asked, answered, run, printed, decided."""
    run("--mathbench-limit=1")
    (line,) = next(Path(".mathbench").glob("*/results.jsonl")).read_text().splitlines()
    result: dict[str, Any] = json.loads(line)
    assert "Problem a-1." == result["problem"]["statement"]
    assert "print(42)\n" == result["program"]
    assert "42\n" == result["execution"]["stdout"]
    assert result["grade"]["strict"]
    assert "correct" == result["outcome"]
    assert result["fault"] is None


def test_variant_draws_fresh_problems(run: Run) -> None:
    """With the bundled set beside them, the header names both and the table compares them."""
    result = run("--mathbench-variant=0,7", "--mathbench-level=1", "--mathbench-per-cell=1", source="")
    result.stdout.fnmatch_lines(
        [
            "mathbench: problems bundled and variant 7 2, 14 selected *",
            "contamination: bundled *, fresh *; fresh minus bundled * points (95% interval *), paired by 7 families",
        ]
    )


def test_columns_map_a_data_set(run: Run, problem_file: Callable[..., Path]) -> None:
    """Another data set's names are understood as they are mapped, and its domains make marks and rows."""
    path = problem_file(*({"text": f"Problem {n}.", "final": "42", "area": "Group Theory"} for n in (1, 2)))
    columns = "--mathbench-columns=problem=text,answer=final,domain=area"
    result = run(columns, "-m", "group_theory", source=path)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["Group theory  2/2 100.0%"])
