"""A run that was stopped goes on: nothing is asked or executed twice, and the result is that of one run."""

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from factories import make_ruling, results_of
from sessions import Session

from conftest import WORKERS, ScriptedServer, row
from pytest_mathbench.recording.journal import whole_lines
from pytest_mathbench.recording.recorded import RESULTS, RUN, RecordedRun
from pytest_mathbench.recording.rulings import rule
from pytest_mathbench.records import ItemResult

SECONDS = 60.0

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def arguments(problem_file: Callable[..., Path], server: ScriptedServer) -> list[str]:
    """Eight problems, of which every third is answered wrongly."""
    problems = problem_file(*(row(f"a-{number}", answer="42" if number % 3 else "7") for number in range(8)))
    return ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]


@pytest.fixture
def run(pytester: pytest.Pytester, arguments: list[str]) -> Run:
    """Run the eight problems in this process."""

    def start(*more: str) -> pytest.RunResult:
        return pytester.runpytest(*arguments, *more)

    return start


def only_run(output: str = ".mathbench") -> Path:
    """The one folder of the output folder."""
    (folder,) = Path(output).glob("*/")
    return folder


def outcomes(folder: Path) -> list[tuple[str, str]]:
    """What is recorded of each problem, in the problems' order."""
    return sorted((result.problem.id, str(result.outcome or result.fault)) for result in results_of(folder))


def count(folder: Path, name: str) -> int:
    """The number of whole lines."""
    return len(list(whole_lines(folder / name)))


def asked(server: ScriptedServer) -> list[str]:
    """The ids of the problems that the server was asked."""
    return sorted(text.partition("Problem ")[2].partition(".")[0] for text in server.asked)


def table(result: pytest.RunResult) -> list[str]:
    """The part of the report that depends on no clock."""
    return [line for line in result.outlines if line.startswith(("pass rate", "algebra ", "outcomes:", "tokens:"))][:4]


class Held:
    """An answer that does not come until it is released."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.was_waited_out = False

    def __call__(self, _: dict[str, Any]) -> str:
        self.was_waited_out = not self.released.wait(SECONDS)
        return "late"


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    pytester: pytest.Pytester, server: ScriptedServer, arguments: list[str], run: Run, workers: str
) -> None:
    """Killed with -9, and on: only what is missing is asked and executed, and the report is an undisturbed run's."""
    undisturbed = run(workers, "--mathbench-output=undisturbed")
    server.requests.clear()
    held = Held()
    server.answers |= {"a-1": (400, '{"error": {"message": "not now"}}'), "a-5": held}
    session = Session(pytester.path, [*arguments, workers])
    session.wait_until(lambda: any(Path(".mathbench").glob("*/completions.jsonl")))
    folder = only_run()
    session.wait_until(lambda: count(folder, "completions.jsonl") == 6 and count(folder, RESULTS) >= 3)
    session.end(signal.SIGKILL)
    held.released.set()
    before = [line for _, _, line in whole_lines(folder / RESULTS)]
    was_not_measured = sum(ItemResult.from_json(line).outcome is None for line in before)
    assert ["a-0", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7"] == asked(server)

    server.requests.clear()
    server.answers.clear()
    resumed = run(workers, "--mathbench-resume")
    assert ["a-1", "a-5"] == asked(server)
    assert outcomes(only_run("undisturbed")) == outcomes(folder)
    assert table(undisturbed) == table(resumed)
    assert undisturbed.ret == resumed.ret
    assert undisturbed.parseoutcomes() == resumed.parseoutcomes()
    after = [line for _, _, line in whole_lines(folder / RESULTS)]
    assert before == after[: len(before)]
    assert 8 + was_not_measured + 1 == len(after)
    resumed.stdout.fnmatch_lines(
        [f"mathbench: resuming .mathbench/{folder.name}, which holds {len(before) - was_not_measured} results"]
    )


def test_a_run_that_goes_on_elsewhere_is_left_alone(
    pytester: pytest.Pytester, server: ScriptedServer, arguments: list[str], run: Run
) -> None:
    """While one session writes a run, another is refused; when that one was killed, it goes on."""
    held = Held()
    server.answers["a-0"] = held
    session = Session(pytester.path, arguments)
    session.wait_until(lambda: server.in_flight == 1 and any(Path(".mathbench").glob(f"*/{RESULTS}")))
    content = {path: path.read_bytes() for path in only_run().iterdir() if path.name != "completions.jsonl"}
    refused = run("--mathbench-resume")
    refused.stderr.fnmatch_lines([f"ERROR: mathbench: *{RESULTS} is being written by another run; wait for it to end*"])
    assert pytest.ExitCode.USAGE_ERROR == refused.ret
    assert content == {path: path.read_bytes() for path in content}
    session.end(signal.SIGKILL)
    held.released.set()
    server.answers.clear()
    run("--mathbench-resume").stdout.fnmatch_lines(["outcomes: 5 correct, 3 wrong; 0 not measured"])


def test_a_run_is_found_by_name_path_and_age(
    pytester: pytest.Pytester, server: ScriptedServer, arguments: list[str], run: Run
) -> None:
    """Alone the option takes the newest run; the model need not be named again, and what is done is not done again."""
    run("-k", "a-1 or a-2")
    folder = only_run()
    server.requests.clear()
    for option in (
        "--mathbench-resume",
        f"--mathbench-resume={folder.name}",
        f"--mathbench-resume={folder.absolute()}",
    ):
        result = pytester.runpytest(*arguments[1:], option, "-k", "a-1 or a-2")
        result.stdout.fnmatch_lines(
            [
                "mathbench: model m on *",
                f"mathbench: resuming .mathbench/{folder.name}, which holds 2 results",
                "outcomes: 2 correct; 0 not measured",
                f"recorded in .mathbench/{folder.name}; its page is report.html",
            ]
        )
    run("-k", "a-3")
    newest = run("--mathbench-resume", "-k", "a-3")
    newest.stdout.fnmatch_lines(["mathbench: resuming *, which holds 1 results"])
    assert ["a-3"] == asked(server)
    assert [("a-1", "correct"), ("a-2", "correct")] == outcomes(folder)
    assert 2 == len(list(Path(".mathbench").iterdir()))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "no run is recorded in *.mathbench/; name a run's folder"),
        ("=no-such", "no-such: no run is recorded here*"),
    ],
)
def test_a_run_that_is_not_there_is_told(run: Run, given: str, said: str) -> None:
    """What cannot be resumed ends the session before it begins."""
    result = run(f"--mathbench-resume{given}")
    result.stderr.fnmatch_lines([f"ERROR: mathbench: {said}"])
    assert pytest.ExitCode.USAGE_ERROR == result.ret


def test_other_settings_are_refused_by_name(run: Run, server: ScriptedServer, tmp_path: Path) -> None:
    """Whatever a result depends on must be as it was: each difference is told, and nothing is asked or written."""
    run("-k", "a-1")
    folder = only_run()
    content = {path: path.read_bytes() for path in folder.iterdir()}
    server.requests.clear()
    prompt = tmp_path / "prompt.txt"
    prompt.write_text("Solve: {problem}")
    for options, differences in (
        (["--mathbench-temperature=0.5"], ["sampling.temperature was 0.0, now 0.5"]),
        (["--mathbench-seed=7"], ["sampling.seed was 0, now 7"]),
        (["--timeout=3"], ["cpu_seconds was 10.0, now 3.0"]),
        (["--mathbench-limit=3"], ["problem_count was 8, now 3", "problems_sha256 was "]),
        (
            ["--mathbench-model=n", f"--mathbench-prompt={prompt}", "--mathbench-echo", "--mathbench-memory=2G"],
            [
                "model was 'm', now 'n'",
                "prompt_sha256 was ",
                "memory_bytes was 1073741824, now 2147483648",
                "echo was False, now True",
            ],
        ),
    ):
        refused = run("--mathbench-resume", *options)
        (line,) = (line for line in refused.stderr.lines if "cannot be resumed: its settings differ" in line)
        assert pytest.ExitCode.USAGE_ERROR == refused.ret
        assert [] == [each for each in differences if each not in line]
    assert [] == server.asked
    assert content == {path: path.read_bytes() for path in folder.iterdir()}


@WORKERS
def test_damaged_files_are_told_and_the_rest_is_used(run: Run, server: ScriptedServer, workers: str) -> None:
    """Each line that cannot be read is named by file and line; only what was in it is asked or executed again."""
    whole = run()
    folder = only_run()
    expected = outcomes(folder)
    results, completions = folder.absolute() / RESULTS, folder.absolute() / "completions.jsonl"
    lines = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join([lines[0], b"\x00garbage\n", *lines[2:6], lines[6], lines[7][:-20]]))
    kept = [line for line in completions.read_bytes().splitlines(keepends=True) if _key_of(lines[7]) not in line]
    completions.write_bytes(b"".join([*kept, b'{"model": "m"}\n', b'{"mod']))
    server.requests.clear()
    resumed = run("--mathbench-resume", workers)
    resumed.stdout.fnmatch_lines(
        [
            f"mathbench: WARNING: {results}, line 2: not a result, left out: *",
            f"mathbench: WARNING: {completions}, line 8: not a completion, left out: *",
        ],
    )
    assert ["a-7"] == asked(server)
    assert table(whole) == table(resumed)
    results_now = RecordedRun.open(folder, lambda _: None).results()
    assert expected == sorted((result.problem.id, str(result.outcome)) for result in results_now)


def _key_of(line: bytes) -> bytes:
    request = ItemResult.from_json(line).request
    assert request
    return request.key.encode()


@WORKERS
def test_a_session_that_stops_waits_for_no_completion(run: Run, server: ScriptedServer, workers: str) -> None:
    """-x ends the session although the server still owes answers, and the rest can be measured later."""
    held = Held()
    server.answers |= {f"a-{number}": held for number in range(1, 8)}
    stopped = run("-x", workers)
    assert not held.was_waited_out
    held.released.set()
    assert "wrong" == dict(outcomes(only_run())).get("a-0")
    assert pytest.ExitCode.OK != stopped.ret
    server.requests.clear()
    server.answers.clear()
    resumed = run("--mathbench-resume", workers)
    resumed.stdout.fnmatch_lines(["outcomes: 5 correct, 3 wrong; 0 not measured"])
    assert [f"a-{number}" for number in range(1, 8)] == asked(server)


@WORKERS
def test_a_ruling_counts_when_a_run_is_resumed(run: Run, workers: str) -> None:
    """What a person ruled is the item's outcome in the resumed session: for its table, its gates, its report.json."""
    run()
    folder = only_run()
    for name in ("a-0", "a-3", "a-6"):
        rule(folder, make_ruling(name))
    resumed = run("--mathbench-resume", workers, "--mathbench-fail-under=100")
    resumed.stdout.fnmatch_lines(["  PASS  overall >= 100%", "outcomes: 8 correct; 0 not measured"])
    assert pytest.ExitCode.OK == resumed.ret
    assert 8 == json.loads((folder / "report.json").read_text())["pass_rates"]["total"]["correct"]


def test_nothing_is_evaluated_twice_when_a_run_is_resumed_twice(run: Run, server: ScriptedServer) -> None:
    """A resumed run that was whole gets no result more, however often it is resumed."""
    run()
    folder = only_run()
    for resumptions in (1, 2):
        run("--mathbench-resume")
        assert 8 + resumptions == count(folder, RESULTS)  # a line each time that says so


def test_a_folder_of_format_1_is_reported_and_not_resumed(run: Run, server: ScriptedServer) -> None:
    """A run of an earlier version can still be looked at; to resume it is refused in one sentence, by what to do."""
    run("-k", "a-1 or a-2")
    folder = only_run()
    path = folder.absolute() / RUN
    document = json.loads(path.read_text())
    del document["format"]
    joined = {"preload": ",".join(document["preload"]), "deviations": "", "shard": ""}
    path.write_text(json.dumps(document | joined))
    server.requests.clear()
    refused = run("--mathbench-resume")
    refused.stderr.fnmatch_lines(
        [
            f"ERROR: mathbench: {folder.absolute()} cannot be resumed, replayed or merged: it is of format 1, whose "
            "completions had other keys; run it again, or use the version of pytest-mathbench that recorded it"
        ]
    )
    assert pytest.ExitCode.USAGE_ERROR == refused.ret
    assert [] == server.asked
    assert 2 == len(results_of(folder))
