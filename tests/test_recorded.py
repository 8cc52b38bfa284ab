"""Recorded runs are read in one way: one result an attempt, as a person has it; damage is told and left out."""

import json
import os
import re
import tracemalloc
from pathlib import Path

import pytest
from factories import make_fault, make_problem, make_result, make_ruling, make_run_info, results_of

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.recording.folder import RunFolder
from pytest_mathbench.recording.recorded import (
    RESULTS,
    RUN,
    RecordedRun,
    Resumption,
    check_keys,
    check_replay,
    find,
    read_info,
)
from pytest_mathbench.recording.rulings import RULINGS, rule
from pytest_mathbench.recording.run_info import FORMAT
from pytest_mathbench.records import ItemResult, Outcome, Sampling
from pytest_mathbench.settings import LATEST

RIGHT = make_result(problem=make_problem(id="right"))
WRONG = make_result(Outcome.WRONG, problem=make_problem(id="wrong"))
CRASHED = make_result(Outcome.CRASHED, problem=make_problem(id="crashed"), grade=None)
FAULT = make_fault("the server died", problem=make_problem(id="fault"))
ALL = [RIGHT, WRONG, CRASHED, FAULT]


def record(parent: Path, *results: ItemResult, **info: object) -> Path:
    """Record a run, and return its folder."""
    with RunFolder.create(parent, make_run_info(**info)) as folder:
        for result in results:
            folder.append(result)
    return folder.path


def opened(folder: Path) -> RecordedRun:
    """Open a run; damage fails the test."""
    return RecordedRun.open(folder, pytest.fail)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Record a run of four results, and return its folder."""
    return record(tmp_path, *ALL)


# Results


def test_a_run_that_nobody_ruled_on_is_read_as_it_was_measured(run: Path) -> None:
    """Without rulings there is one way to read it."""
    assert ALL == list(opened(run).results())
    assert ALL == list(opened(run).raw_results())


@pytest.mark.parametrize("result", [WRONG, CRASHED], ids=["wrong", "crashed"])
def test_a_ruling_makes_an_answer_right(run: Path, result: ItemResult) -> None:
    """The outcome is the person's, and what was overruled can be seen."""
    ruling = make_ruling(result.problem.id)
    rule(run, ruling)
    read = opened(run).result_of(result.attempt)
    assert read is not None
    assert Outcome.CORRECT == read.outcome
    assert result.outcome == read.overruled
    assert ruling == read.ruling


def test_a_ruling_makes_an_answer_wrong(run: Path) -> None:
    """What is not right by a person's word is wrong."""
    rule(run, make_ruling("right", correct=False))
    read = opened(run).result_of(RIGHT.attempt)
    assert read is not None
    assert Outcome.WRONG == read.outcome
    assert Outcome.CORRECT == read.overruled


@pytest.mark.parametrize(("result", "correct"), [(RIGHT, True), (WRONG, False), (CRASHED, False)])
def test_a_ruling_that_agrees_overrules_nothing(run: Path, result: ItemResult, *, correct: bool) -> None:
    """Who confirms what was measured leaves the outcome as it is, a crash included."""
    rule(run, make_ruling(result.problem.id, correct=correct))
    read = opened(run).result_of(result.attempt)
    assert read is not None
    assert result.outcome == read.outcome
    assert read.overruled is None
    assert read.ruling is not None


def test_a_ruling_holds_for_its_attempt_only(tmp_path: Path) -> None:
    """Other samples and other problems are as they were."""
    others = [make_result(Outcome.WRONG, sample=1), WRONG]
    folder = record(tmp_path, make_result(Outcome.WRONG), *others)
    rule(folder, make_ruling(make_problem().id, 0))
    ruled, *rest = opened(folder).results()
    assert Outcome.CORRECT == ruled.outcome
    assert others == rest


def test_what_was_not_measured_cannot_be_ruled_on(run: Path) -> None:
    """There is no answer to have an opinion on."""
    rule(run, make_ruling("fault"))
    assert FAULT == opened(run).result_of(FAULT.attempt)


def test_the_last_ruling_counts(run: Path) -> None:
    """A person may change his mind."""
    rule(run, make_ruling("wrong"))
    rule(run, make_ruling("wrong", correct=False))
    read = opened(run).result_of(WRONG.attempt)
    assert read is not None
    assert Outcome.WRONG == read.outcome


def test_a_ruling_leaves_what_was_measured(run: Path) -> None:
    """results.jsonl stays as it was, and can be read raw."""
    content = (run / RESULTS).read_bytes()
    rule(run, make_ruling("wrong"))
    list(opened(run).results())
    assert content == (run / RESULTS).read_bytes()
    assert ALL == list(opened(run).raw_results())


def test_a_ruled_result_goes_to_json_and_back(run: Path) -> None:
    """It travels to an xdist worker when a run is resumed."""
    rule(run, make_ruling("wrong"))
    read = opened(run).result_of(WRONG.attempt)
    assert read is not None
    assert read == ItemResult.from_json(read.to_json())


# Reruns


def test_a_rerun_replaces_the_result_before(tmp_path: Path) -> None:
    """An attempt has one result, the last, at the last one's place; how many it replaces is kept."""
    first, second = make_result(Outcome.WRONG), make_result(Outcome.CRASHED)
    folder = record(tmp_path, first, RIGHT, second, WRONG, make_result())
    assert [RIGHT, WRONG, make_result(reruns=2)] == results_of(folder)


def test_a_rerun_that_could_not_be_measured_counts(tmp_path: Path) -> None:
    """The last result is the last, even if it is a fault: so pytest reports it."""
    folder = record(tmp_path, make_result(), make_fault())
    assert [make_fault(reruns=1)] == results_of(folder)
    assert not opened(folder).measured_attempts


def test_samples_are_no_reruns(tmp_path: Path) -> None:
    """Attempts at one problem are told apart by their sample."""
    results = [make_result(sample=0), make_result(sample=1)]
    assert results == results_of(record(tmp_path, *results))


@pytest.mark.parametrize("counted", [0, 3])
def test_what_a_copied_result_replaced_still_counts(tmp_path: Path, counted: int) -> None:
    """The next result of its attempt replaces it as well, whether or not whoever wrote it has counted."""
    folder = record(tmp_path, make_result(reruns=2), make_result(reruns=counted))
    assert [make_result(reruns=3)] == results_of(folder)


def test_a_damaged_rerun_replaces_nothing(tmp_path: Path) -> None:
    """Where the last line of an attempt cannot be read, the one before it is its result."""
    folder = record(tmp_path, make_result(), make_result(Outcome.WRONG))
    content = (folder / RESULTS).read_bytes()
    (folder / RESULTS).write_bytes(content[:-10] + b"\n")
    assert [make_result()] == list(RecordedRun.open(folder, lambda _: None).raw_results())


def test_what_was_not_measured_is_forgotten_when_a_run_is_resumed(tmp_path: Path) -> None:
    """A fault counts until then, and takes with it what it replaced."""
    folder = record(tmp_path, RIGHT, make_result(), make_fault(), FAULT)
    with (folder / RESULTS).open("a") as file:
        file.write(Resumption(resumed="2025-01-29T12:00:00+00:00").to_json() + "\n")
    assert [RIGHT] == results_of(folder)


def test_a_ruling_holds_for_the_last_result(tmp_path: Path) -> None:
    """A ruling is on the attempt: of its results, the last is the one that is read."""
    folder = record(tmp_path, make_result(Outcome.CRASHED), make_result(Outcome.WRONG))
    rule(folder, make_ruling(make_problem().id))
    (read,) = opened(folder).results()
    assert Outcome.WRONG == read.overruled
    assert 1 == read.reruns


def test_no_text_is_held_in_memory(tmp_path: Path) -> None:
    """Reading thousands of results takes the memory of their places, and of one result at a time."""
    long = make_result(program="x" * 100_000)
    results = (make_result(problem=make_problem(id=str(number)), program=long.program) for number in range(200))
    folder = record(tmp_path, *results)
    run = opened(folder)
    tracemalloc.start()
    count = sum(1 for _ in run.results())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 200 == count
    assert peak < (folder / RESULTS).stat().st_size / 5


# Damage


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}", "ItemResult: lacks the field 'problem'"),
        (b"[]", "ItemResult: expected an object, found list"),
        (b" ", "Expecting value"),
        (b"\xff", "can't decode byte 0xff"),
        (b'{"resumed": 3}', "ItemResult: unknown field 'resumed'"),
        (
            make_result().to_json().replace('"outcome": "correct"', '"outcome": "splendid"').encode(),
            "ItemResult.outcome: 'splendid' is not a valid Outcome",
        ),
    ],
)
def test_a_line_that_is_not_a_result_is_named_and_left_out(run: Path, line: bytes, reason: str) -> None:
    """A broken line within the file is told with its place and its fault; every other line is read."""
    path = run / RESULTS
    path.write_bytes(path.read_bytes() + line + b"\n" + make_result().to_json().encode() + b"\n")
    told: list[str] = []
    assert [*ALL, make_result()] == list(RecordedRun.open(run, told.append).results())
    (damage,) = told
    assert damage.startswith(f"{path}, line 5: not a result, left out: ")
    assert reason in damage


def test_damage_is_told_once_however_often_a_run_is_read(run: Path) -> None:
    """A report and its page read the same results."""
    with (run / RESULTS).open("ab") as file:
        file.write(b"garbage\n")
    told: list[str] = []
    recorded = RecordedRun.open(run, told.append)
    assert list(recorded.results()) == list(recorded.results())
    assert 1 == len(told)


def test_an_empty_line_is_nothing(run: Path) -> None:
    """An empty line holds no result and is no damage; the numbers of the lines after it count it."""
    path = run / RESULTS
    path.write_bytes(b"\n" + path.read_bytes() + b"{}\n")
    told: list[str] = []
    assert ALL == list(RecordedRun.open(run, told.append).results())
    assert [f"{path}, line 6: not a result, left out: ItemResult: lacks the field 'problem'"] == told


def test_any_beginning_of_the_file_gives_the_results_that_were_whole(tmp_path: Path) -> None:
    """Wherever a kill cuts the file off, what was written whole is read, and nothing else."""
    folder = record(tmp_path, RIGHT, FAULT)
    content = (folder / RESULTS).read_bytes()
    first = content.index(b"\n") + 1
    for length in range(len(content), -1, -1):
        os.truncate(folder / RESULTS, length)
        whole = [RIGHT, FAULT][: (first <= length) + (len(content) <= length)]
        assert whole == results_of(folder)


def test_a_file_that_changes_while_it_is_read_is_told(run: Path) -> None:
    """A result that was there and is not any more is an error that names the file."""
    recorded = opened(run)
    results = recorded.raw_results()
    next(results)
    (run / RESULTS).write_text("something else\n")
    with pytest.raises(
        RecordingError, match=rf"^{re.escape(str(run / RESULTS))} was changed while it was being read: "
    ):
        next(results)


def test_a_run_that_measured_nothing_has_no_results(tmp_path: Path) -> None:
    """A run that was stopped before its first item is an empty one, not an error."""
    assert [] == results_of(record(tmp_path))


def test_a_run_without_results_is_empty(run: Path) -> None:
    """A folder that has only its run.json was stopped just then."""
    (run / RESULTS).unlink()
    assert [] == results_of(run)
    assert opened(run).result_of(RIGHT.attempt) is None


@pytest.mark.parametrize("content", ["", "0.0\n", "a\n", "1.5\nnonsense\n"])
def test_how_long_a_run_took_is_unknown_where_it_was_not_written(run: Path, content: str) -> None:
    """An empty or damaged file tells of no duration."""
    (run / "durations.jsonl").write_text(content)
    assert opened(run).wall_seconds is None


def test_how_long_a_run_took_is_unknown_without_the_file(run: Path) -> None:
    """A killed session writes none."""
    assert opened(run).wall_seconds is None


# Where runs are


def test_a_run_is_found_by_its_path(run: Path, tmp_path: Path) -> None:
    """A path is taken as it is."""
    assert run == find(str(run), tmp_path / "elsewhere")


def test_a_run_is_found_by_its_name(run: Path) -> None:
    """A name is looked for in the folder of all runs."""
    assert run == find(run.name, run.parent)


def test_a_run_is_found_in_the_home_folder(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tilde means what it means to a shell."""
    monkeypatch.setenv("HOME", str(run.parent))
    assert run == find(f"~/{run.name}", Path("nowhere"))


def test_the_newest_run_is_the_one_that_was_started_last(tmp_path: Path) -> None:
    """Whatever it is called."""
    newest, *older = (record(tmp_path, model=model) for model in ("m", "a", "z"))
    for age, folder in enumerate([newest, *older]):
        os.utime(folder / RUN, (1000 - age, 1000 - age))
    assert newest == find(LATEST, tmp_path)


def test_where_nothing_is_recorded_there_is_no_newest_run(tmp_path: Path) -> None:
    """The user is asked for a folder."""
    with pytest.raises(ConfigurationError, match=f"^no run is recorded in {re.escape(str(tmp_path))}/; name a run's"):
        find(LATEST, tmp_path)


def test_a_run_that_is_not_there_is_named_with_where_it_was_looked_for(tmp_path: Path) -> None:
    """A folder without run.json holds no run."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError) as error:
        find("empty", tmp_path)
    assert f"empty: no run is recorded here, nor in {tmp_path}/ under this name" == str(error.value)


def test_a_run_is_found_and_opened(run: Path) -> None:
    """Folder and information are there at once."""
    found = RecordedRun.find(run.name, run.parent, pytest.fail)
    assert run == found.folder
    assert make_run_info() == found.info


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"model": "m"', b"\xff", b"[" * 100_000, b'{"format": "x"}'])
def test_a_folder_without_a_run_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A folder whose run.json is missing or broken is named."""
    path = tmp_path / RUN
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: no run is recorded here: "):
        read_info(tmp_path)


def test_a_folder_of_a_later_version_is_refused_in_one_sentence(run: Path) -> None:
    """What this version might misread it does not read; the user is told what to do."""
    document = json.loads((run / RUN).read_text()) | {"format": FORMAT + 1, "new": "field"}
    (run / RUN).write_text(json.dumps(document))
    with pytest.raises(ConfigurationError) as error:
        RecordedRun.open(run, pytest.fail)
    assert (
        f"{run / RUN} was written by a later version of pytest-mathbench, in format {FORMAT + 1}; "
        f"this version reads formats up to {FORMAT}: upgrade pytest-mathbench"
    ) == str(error.value)


# Replaying


def test_a_run_of_the_same_completions_is_replayed(run: Path) -> None:
    """What decides no completion may differ: versions, limits, the problems."""
    check_replay(run, make_run_info(versions={}, cpu_seconds=1.0, problems_sha256="0" * 64, preload=(), samples=9))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"model": "m"}, "model was 'mistral', now 'm'"),
        ({"prompt_sha256": "0"}, f"prompt_sha256 was '{make_run_info().prompt_sha256}', now '0'"),
        ({"sampling": Sampling(seed=1)}, "sampling.seed was unset, now 1"),
        ({"strategy": "stepwise"}, "strategy was 'single', now 'stepwise'"),
    ],
    ids=["model", "prompt", "sampling", "strategy"],
)
def test_a_run_of_other_completions_is_not_replayed(run: Path, changed: dict[str, object], said: str) -> None:
    """Whatever the model was asked is named where it differs."""
    with pytest.raises(ConfigurationError) as error:
        check_replay(run, make_run_info(**changed))
    assert f"{run} cannot be replayed: its completions were made with other settings: {said}" == str(error.value)


def test_completions_of_format_1_are_not_replayed(run: Path) -> None:
    """They could not be found, and every item would be one that nobody ever asked for."""
    document = json.loads((run / RUN).read_text())
    del document["format"]
    (run / RUN).write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match="cannot be resumed, replayed or merged: it is of format 1, whose"):
        check_replay(run, make_run_info())


def test_completions_of_this_format_are_found(run: Path) -> None:
    """Nothing is said of a folder that this version wrote."""
    check_keys(run)


def test_rulings_beside_a_run_are_read_with_it(run: Path) -> None:
    """A damaged ruling is told as a damaged result is."""
    (run / RULINGS).write_text("garbage\n")
    told: list[str] = []
    list(RecordedRun.open(run, told.append).results())
    assert [f"{run / RULINGS}, line 1: not a ruling, left out"] == [text.rpartition(": Exp")[0] for text in told]
