"""A run's folder keeps what was measured, whatever cuts the run off; a run that was stopped is resumed in it."""

import json
import re
from pathlib import Path

import pytest
from factories import PROPERTY, make_fault, make_problem, make_result, make_ruling, make_run_info, results_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.recording.folder import RunFolder, prepare_output
from pytest_mathbench.recording.recorded import RESULTS, RUN, RecordedRun, read_info
from pytest_mathbench.recording.rulings import rule
from pytest_mathbench.recording.run_info import FORMAT
from pytest_mathbench.records import ItemResult, Outcome

MEASURED = make_result(problem=make_problem(id="1", statement="line\nline\u2028line \ud800 \x00"))
NOT_MEASURED = make_fault("the server died", problem=make_problem(id="2"))
NO_PROGRAM = make_result(Outcome.NO_PROGRAM, problem=make_problem(id="3"), program=None, execution=None, grade=None)
ALL = [MEASURED, NOT_MEASURED, NO_PROGRAM]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Record a run of three results, and return its folder."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        for result in ALL:
            folder.append(result)
    return folder.path


# Writing


def test_a_run_is_read_as_it_was_recorded(run: Path) -> None:
    """Results, in order, and information come back equal."""
    assert ALL == results_of(run)
    assert make_run_info() == read_info(run)


def test_a_result_is_on_disk_at_once(tmp_path: Path) -> None:
    """Each result can be read while the run goes on."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        for number, result in enumerate(ALL, start=1):
            folder.append(result)
            assert ALL[:number] == results_of(folder.path)


def test_a_line_is_written_as_it_came(tmp_path: Path) -> None:
    """A result that is JSON already is not read and made again, however it is spelt."""
    line = json.dumps(json.loads(MEASURED.to_json()), separators=(",", ":"))
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.append_line(line)
    assert f"{line}\n".encode() == (folder.path / RESULTS).read_bytes()


def test_the_information_can_be_read_by_people_and_others(run: Path) -> None:
    """run.json is JSON, indented, with the fields' names, and the number of the folder's format first."""
    lines = (run / RUN).read_text(encoding="utf-8").splitlines()
    assert f'  "format": {FORMAT},' == lines[1]
    assert '  "model": "mistral",' == lines[2]


def test_run_json_is_whole_or_not_there(run: Path) -> None:
    """It is written under another name first: nothing of that is left."""
    assert [RESULTS, RUN] == sorted(path.name for path in run.iterdir())


@pytest.mark.parametrize(
    ("model", "slug"),
    [
        ("mistral", "mistral"),
        ("org/Model-7B_v0.1", "org-Model-7B-v0.1"),
        ("/home/me/../mein Modell ü/", "home-me-..-mein-Modell"),
        ("a" * 500 + "x" * 60, "x" * 60),
    ],
)
def test_a_folder_is_named_by_time_and_model(tmp_path: Path, model: str, slug: str) -> None:
    """The name sorts by time, and holds of the model's name what every file system takes."""
    path = RunFolder.create(tmp_path / "new" / ".mathbench", make_run_info(model=model)).path
    assert path.is_dir()
    assert tmp_path / "new" / ".mathbench" == path.parent
    assert re.fullmatch(rf"\d{{8}}-\d{{6}}-{re.escape(slug)}", path.name)


def test_two_runs_never_share_a_folder(tmp_path: Path) -> None:
    """Runs that start in the same second get folders of their own."""
    paths = {RunFolder.create(tmp_path, make_run_info()).path for _ in range(5)}
    assert 5 == len(paths)
    assert paths == set(tmp_path.iterdir())


def test_a_run_lasted_as_long_as_its_sessions(tmp_path: Path) -> None:
    """What each session took is added up."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.took(2.25)
        folder.took(1.5)
    assert 3.75 == RecordedRun.open(folder.path, pytest.fail).wall_seconds


# The folder of all runs


def test_the_output_folder_is_made(tmp_path: Path) -> None:
    """The folder for runs is made with its parents, and may be there already."""
    folder = tmp_path / "a" / "b"
    prepare_output(folder)
    prepare_output(folder)
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["file", "file/inside"])
def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path: Path, name: str) -> None:
    """Before any work starts, a place where no run can be recorded is named."""
    (tmp_path / "file").touch()
    folder = tmp_path / name
    with pytest.raises(ConfigurationError, match=f"^the output folder {re.escape(str(folder))} cannot be made: "):
        prepare_output(folder)


def test_an_output_folder_that_cannot_be_written_to_is_refused() -> None:
    """By writing into it, before any work starts; in /proc not even root can."""
    with pytest.raises(ConfigurationError) as caught:
        prepare_output(Path("/proc/self"))
    assert str(caught.value).startswith("the output folder /proc/self cannot be written to: ")
    assert str(caught.value).endswith("\n→ name another with --mathbench-output")


# Resuming


def resume(path: Path, **changed: object) -> RunFolder:
    """Resume a run; a line that is damaged fails the test."""
    return RunFolder.resume(path, make_run_info(**changed), pytest.fail)


def test_what_was_measured_is_recalled(run: Path) -> None:
    """A resumed run has the results that it had, and none of what could not be measured."""
    with resume(run) as folder:
        assert {("1", 0), ("3", 0)} == set(folder.recorded)
        assert MEASURED == folder.recall(("1", 0))
        assert folder.recall(("2", 0)) is None


def test_a_new_run_recalls_nothing(tmp_path: Path) -> None:
    """There is nothing that it had measured before, whatever it measures now."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.append(MEASURED)
        assert not folder.recorded
        assert folder.recall(MEASURED.attempt) is None


def test_a_result_is_recalled_whenever_it_is_asked_for(tmp_path: Path) -> None:
    """Two tests may ask for one attempt, and a failed one may be rerun: each gets the last result."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.append(make_result())
        folder.append(make_result(Outcome.WRONG))
        folder.append(make_result(sample=1))
    attempt = make_problem().id, 0
    with resume(folder.path) as resumed:
        recalled = [resumed.recall(attempt) for _ in range(2)]
    assert [make_result(Outcome.WRONG, reruns=1)] * 2 == recalled


def test_samples_are_told_apart(tmp_path: Path) -> None:
    """An attempt is a sample of a problem."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.append(make_result(sample=1))
    with resume(folder.path) as resumed:
        assert resumed.recall((make_problem().id, 0)) is None
        assert make_result(sample=1) == resumed.recall((make_problem().id, 1))


def test_a_ruling_counts_when_a_run_is_resumed(tmp_path: Path) -> None:
    """What a person ruled before is the outcome of the resumed run, too."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        folder.append(make_result(Outcome.WRONG))
    ruling = make_ruling(make_problem().id)
    rule(folder.path, ruling)
    with resume(folder.path) as resumed:
        recalled = resumed.recall(ruling_attempt := (ruling.problem, ruling.sample))
    assert make_result(Outcome.WRONG).ruled(ruling) == recalled
    assert recalled is not None
    assert ruling_attempt == recalled.attempt


def test_a_resumed_run_stays_the_run_that_it_was(run: Path) -> None:
    """Its information, the time of its start included, is what the first session recorded."""
    content = (run / RUN).read_bytes()
    with resume(run, started="2026-01-01T00:00:00+00:00", endpoint="http://other/v1", machine={"cpus": "9"}) as folder:
        assert make_run_info() == folder.info
    assert content == (run / RUN).read_bytes()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"versions": {"python": "3.12.0"}}, "versions.python was '3.11.7', now '3.12.0'"),
        ({"versions": {"python": "3.11.7", "vllm": "1"}}, "versions.vllm was unset, now '1'"),
        ({"model": "m", "echo": True}, "model was 'mistral', now 'm'; echo was False, now True"),
    ],
    ids=["version", "package", "two"],
)
def test_other_settings_are_refused(run: Path, changed: dict[str, object], said: str) -> None:
    """Whatever a result depends on must be as it was; each difference is told, and nothing is written."""
    content = (run / RESULTS).read_bytes()
    with pytest.raises(ConfigurationError) as error:
        resume(run, **changed)
    assert f"{run} cannot be resumed: its settings differ: {said}" == str(error.value)
    assert content == (run / RESULTS).read_bytes()


def test_a_run_that_another_session_writes_is_left_alone(run: Path) -> None:
    """Two sessions would mix their results."""
    with resume(run), pytest.raises(ConfigurationError, match=r"results\.jsonl is being written by another run"):
        resume(run)


def test_a_folder_of_format_1_is_not_resumed(run: Path) -> None:
    """Its completions have keys that are no longer made, so that all would be asked again: the user is told."""
    document = json.loads((run / RUN).read_text())
    del document["format"]
    (run / RUN).write_text(json.dumps(document))
    with pytest.raises(ConfigurationError) as error:
        resume(run)
    assert (
        f"{run} cannot be resumed, replayed or merged: it is of format 1, whose completions had other keys; "
        "run it again, or use the version of pytest-mathbench that recorded it"
    ) == str(error.value)


def test_damage_is_told_once(run: Path) -> None:
    """A line that cannot be read is named when the run is resumed, and never again."""
    with (run / RESULTS).open("ab") as file:
        file.write(b"garbage\n")
    told: list[str] = []
    with RunFolder.resume(run, make_run_info(), told.append) as folder:
        folder.recall(("1", 0))
        folder.recall(("3", 0))
    assert 1 == len(told)
    assert told[0].startswith(f"{run / RESULTS}, line 4: not a result, left out: ")


@given(sessions=st.lists(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=5), min_size=1, max_size=4))
@settings(PROPERTY, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_attempt_has_its_last_result_and_faults_are_forgotten(
    sessions: list[list[tuple[int, bool]]], tmp_path: Path
) -> None:
    """Of all sessions of a run the last result of each attempt counts; what was not measured, until it is resumed."""
    folder = RunFolder.create(tmp_path, make_run_info())
    expected: dict[str, ItemResult] = {}
    for number, session in enumerate(sessions):
        if number:
            folder = resume(folder.path)
            expected = {name: result for name, result in expected.items() if result.outcome}
            assert expected.keys() == {name for name, _ in folder.recorded}
        for name, is_measured in session:
            problem = make_problem(id=f"p-{name}")
            result = make_result(problem=problem) if is_measured else make_fault(problem=problem)
            folder.append(result)
            replaced = expected.pop(problem.id, None)
            reruns = 0 if replaced is None else replaced.reruns + 1
            kind = make_result if is_measured else make_fault
            expected[problem.id] = kind(problem=problem, reruns=reruns)
        folder.close()
    assert list(expected.values()) == results_of(folder.path)
