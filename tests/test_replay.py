"""A run's completions serve another run, without any model."""

from collections.abc import Callable
from pathlib import Path

import pytest
from factories import make_completion, make_request, results_of

from conftest import ScriptedServer, row
from pytest_mathbench.errors import GenerationError
from pytest_mathbench.generation.replay import Replay
from pytest_mathbench.recording.completions import CompletionStore, RecordedCompletions

ROWS = [row("a-1"), row("a-2", answer="7"), row("a-3"), row("a-4")]


@pytest.fixture
def problems(problem_file: Callable[..., Path]) -> Path:
    """Four problems."""
    return problem_file(*ROWS)


@pytest.fixture
def recorded(pytester: pytest.Pytester, server: ScriptedServer, problems: Path) -> Path:
    """A run on them whose server is gone: one right, one wrong, one that crashed, one without completion."""
    server.answers |= {"a-3": "```python\n1 / 0\n```", "a-4": (400, '{"error": {"message": "no"}}')}
    pytester.runpytest(
        "--mathbench-model=m",
        f"--mathbench-problems={problems}",
        f"--mathbench-base-url={server.url}",
        "--mathbench-output=recorded",
    )
    server.close()
    (folder,) = Path("recorded").absolute().iterdir()
    return folder


def outcomes(folder: Path) -> dict[str, str]:
    """What is recorded of each problem."""
    return {result.problem.id: str(result.outcome or result.fault) for result in results_of(folder)}


def test_a_replay_gives_the_same_outcomes_without_a_server(
    pytester: pytest.Pytester, recorded: Path, problems: Path
) -> None:
    """Alone and on workers: the recorded completions are evaluated; what has none is not measured, and says why.

    What is replayed can be replayed again: the new run holds its completions.
    """
    before = outcomes(recorded)
    missing = f"{recorded}/completions.jsonl has no completion of m for this request"
    for workers, run in (("-n0", recorded), ("-n1", recorded), ("-n0", None)):
        source = run or next(Path("from-n1").absolute().iterdir())
        result = pytester.runpytest(
            f"--mathbench-replay={source}",
            f"--mathbench-problems={problems}",
            f"--mathbench-output=from{workers if run else '-replay'}",
            workers,
        )
        result.stdout.fnmatch_lines(
            [
                f"mathbench: model m on replay of {source.name}; *",
                "outcomes: 1 correct, 1 wrong, 1 crashed; 1 not measured",
            ]
        )
        (folder,) = Path(f"from{workers if run else '-replay'}").iterdir()
        assert before | {"a-4": missing.replace(str(recorded), str(source))} == outcomes(folder)
        assert pytest.ExitCode.TESTS_FAILED == result.ret


def test_a_replay_that_asks_otherwise_is_refused(
    pytester: pytest.Pytester, recorded: Path, problems: Path, tmp_path: Path
) -> None:
    """Another prompt, model or sampling has no completions here: each difference is named, and nothing recorded."""
    prompt = tmp_path / "prompt.txt"
    prompt.write_text("Solve: {problem}")
    for option, said in (
        ("--mathbench-temperature=0.5", "sampling.temperature was 0.0, now 0.5"),
        ("--mathbench-max-tokens=9", "sampling.max_tokens was 1024, now 9"),
        ("--mathbench-model=n", "model was 'm', now 'n'"),
        (f"--mathbench-prompt={prompt}", "prompt_sha256 was '*"),
    ):
        refused = pytester.runpytest(f"--mathbench-replay={recorded}", f"--mathbench-problems={problems}", option)
        refused.stderr.fnmatch_lines(
            [f"ERROR: mathbench: {recorded} cannot be replayed: its completions were made with other settings: {said}"]
        )
        assert pytest.ExitCode.USAGE_ERROR == refused.ret
        assert [] == list(Path(".mathbench").glob("*"))


def test_other_programs_and_answers_may_be_tried(
    pytester: pytest.Pytester, recorded: Path, problem_file: Callable[..., Path]
) -> None:
    """What decides no completion may differ: selection, references, limits; an endpoint may not be named."""
    problems = problem_file(*ROWS[:1], row("a-2", answer="42"), name="corrected.jsonl")
    arguments = [f"--mathbench-replay={recorded}", f"--mathbench-problems={problems}", "--timeout=5"]
    pytester.runpytest(*arguments).stdout.fnmatch_lines(["outcomes: 2 correct; 0 not measured"])
    refused = pytester.runpytest(*arguments, "--mathbench-base-url=http://127.0.0.1:1/v1")
    refused.stderr.fnmatch_lines(["ERROR: mathbench: --mathbench-replay and --mathbench-base-url exclude each other*"])


def test_a_replayed_completion_is_copied_once(tmp_path: Path) -> None:
    """The run's own store gets what was given, and nothing else."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = CompletionStore(tmp_path / "old")
    for seed in (1, 2):
        old.put("m", make_request(seed=seed), make_completion(text=str(seed)))
    old.close()
    new = CompletionStore(tmp_path / "new")
    replay = Replay("m", RecordedCompletions(tmp_path / "old", pytest.fail), new)
    given = [replay.complete(make_request(seed=1)) for _ in range(3)]
    with pytest.raises(GenerationError, match="has no completion of m for this request"):
        replay.complete(make_request(seed=3))
    replay.close()
    new.close()
    assert [make_completion(text="1")] * 3 == given
    assert 1 == len((tmp_path / "new" / "completions.jsonl").read_text().splitlines())
