"""A run's folder keeps what was measured, whatever cuts the run off."""

import json
import os
import platform
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
from factories import PROPERTY, make_fault, make_problem, make_result, make_run_info, results_of
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.journal import Journal
from pytest_mathbench.records import ItemResult, Outcome, Ruling
from pytest_mathbench.reporting import files
from pytest_mathbench.reporting.files import (
    RunFolder,
    machine,
    prepare,
    read_info,
    read_results,
    read_rulings,
    rule,
    versions,
)

RESULTS = [
    make_result(problem=make_problem(id="1", statement="line\nline\u2028line \ud800 \x00")),
    make_fault("the server died", problem=make_problem(id="2")),
    make_result(Outcome.NO_PROGRAM, problem=make_problem(id="3"), program=None, execution=None, grade=None),
]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Record a run of three results, and return its folder."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        for result in RESULTS:
            folder.append(result)
    return folder.path


def test_a_run_is_read_as_it_was_recorded(run: Path) -> None:
    """Results, in order, and information come back equal."""
    assert (RESULTS, make_run_info()) == (results_of(run), read_info(run))


def test_a_result_is_on_disk_at_once(tmp_path: Path) -> None:
    """Each result can be read while the run goes on."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        seen = []
        for result in RESULTS:
            folder.append(result)
            seen.append(results_of(folder.path))
    assert [RESULTS[:1], RESULTS[:2], RESULTS] == seen


def test_any_beginning_of_the_file_gives_the_results_that_were_whole(run: Path) -> None:
    """Wherever a kill cuts the file off, what was written whole is read, and nothing else."""
    path = run / files.RESULTS
    content = path.read_bytes()
    ends = [position + 1 for position, byte in enumerate(content) if byte == ord("\n")]
    read: dict[int, list[ItemResult]] = {}
    for length in range(len(content), -1, -1):
        os.truncate(path, length)
        read[length] = results_of(run)
    whole = {length: RESULTS[: sum(end <= length for end in ends)] for length in read}
    assert whole == read


def test_a_run_that_measured_nothing_has_no_results(tmp_path: Path) -> None:
    """A run that was stopped before its first item is an empty one, not an error."""
    with RunFolder.create(tmp_path, make_run_info()) as folder:
        pass
    assert [] == results_of(folder.path)


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
            "not a valid Outcome",
        ),
    ],
)
def test_a_line_that_is_no_result_is_named_and_left_out(run: Path, line: bytes, reason: str) -> None:
    """A broken line within the file is told with its place and its fault; every other line is read."""
    path = run / files.RESULTS
    path.write_bytes(path.read_bytes() + line + b"\n" + RESULTS[0].to_json().encode() + b"\n")
    told: list[str] = []
    assert [*RESULTS, RESULTS[0]] == list(read_results(run, told.append))
    (damage,) = told
    assert (True, True) == (damage.startswith(f"{path}, line 4: no result, left out: "), reason in damage)


def test_an_empty_line_is_nothing(run: Path) -> None:
    """An empty line holds no result and is no damage; the numbers of the lines after it count it."""
    path = run / files.RESULTS
    path.write_bytes(b"\n" + path.read_bytes() + b"{}\n")
    told: list[str] = []
    assert RESULTS == list(read_results(run, told.append))
    assert [f"{path}, line 5: no result, left out: ItemResult: lacks the field 'problem'"] == told


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"model": "m"', b"\xff"])
def test_a_folder_without_a_run_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A folder whose run.json is missing or broken is named."""
    path = tmp_path / files.RUN
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(path))}: no run is recorded here: "):
        read_info(tmp_path)


def test_the_information_can_be_read_by_people_and_others(run: Path) -> None:
    """run.json is JSON, indented, with the fields' names."""
    text = (run / files.RUN).read_text(encoding="utf-8")
    assert ('  "model": "mistral",', 3) == (text.splitlines()[1], json.loads(text)["problem_count"])


@pytest.mark.parametrize(
    ("model", "slug"),
    [
        ("mistral", "mistral"),
        ("org/Model-7B_v0.1", "org-Model-7B-v0.1"),
        ("/home/me/../mein Modell ü/", "home-me-..-mein-Modell"),
        ("x" * 500, "x" * 60),
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
    assert (5, paths) == (len(paths), set(tmp_path.iterdir()))


def test_the_output_folder_is_made(tmp_path: Path) -> None:
    """The folder for runs is made with its parents, and may be there already."""
    folder = tmp_path / "a" / "b"
    prepare(folder)
    prepare(folder)
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["file", "file/inside"])
def test_an_output_folder_that_cannot_be_made_is_refused(tmp_path: Path, name: str) -> None:
    """Before any work starts, a place where no run can be recorded is named."""
    (tmp_path / "file").touch()
    folder = tmp_path / name
    with pytest.raises(ConfigurationError, match=f"^the output folder {re.escape(str(folder))} cannot be made: "):
        prepare(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    """A folder without permission is named before any work starts."""
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match=f"^the output folder {re.escape(str(tmp_path))} cannot be written"):
        prepare(tmp_path)


def test_the_versions_of_what_decides_a_score_are_known() -> None:
    """Python and the installed packages are listed with their versions; what is not installed is not."""
    found = versions()
    python = found.pop("python")
    expected = {name: version(name) for name in ("pytest-mathbench", "sympy", "math-verify", "openai")}
    assert expected == {name: found[name] for name in expected}
    assert {name: version(name) for name in found} == found
    assert platform.python_version() == python


def test_the_machine_is_described_in_words() -> None:
    """What is known of the machine fits the record of a run."""
    info = make_run_info(machine=machine(), versions=versions())
    assert info == type(info).from_json(info.to_json())


def make_ruling(problem: str = "a", sample: int = 0, **fields: bool | str) -> Ruling:
    """Rule on an attempt."""
    more = {"correct": True, "who": "Ada", "when": "2025-01-28T12:00:00+00:00", "why": "it says 42"} | fields
    return Ruling(problem=problem, sample=sample, **more)  # type: ignore[arg-type]  # the fields of each name


def rulings_of(folder: Path) -> dict[tuple[str, int], Ruling]:
    """Read rulings; a line that is none fails the test."""
    return read_rulings(folder, pytest.fail)


def test_rulings_are_read_as_they_were_made(tmp_path: Path) -> None:
    """Who ruled, when, why and how comes back equal, whatever characters it holds; each ruling is one line."""
    hostile = make_ruling("a\nb\u2028 \ud800 \x00", 1, correct=False, who="", why='{"correct": true}\n\r\n"')
    made = [make_ruling("a"), make_ruling("a", 1), make_ruling("b"), hostile]
    for ruling in made:
        rule(tmp_path, ruling)
    assert {(ruling.problem, ruling.sample): ruling for ruling in made} == rulings_of(tmp_path)
    assert len(made) == (tmp_path / files.RULINGS).read_bytes().count(b"\n")


def test_a_run_that_nobody_ruled_on_has_no_rulings(run: Path) -> None:
    """No file, or an empty one, is no ruling, and reading makes none."""
    assert ({}, False) == (rulings_of(run), (run / files.RULINGS).exists())
    (run / files.RULINGS).touch()
    assert {} == rulings_of(run)


@settings(PROPERTY, max_examples=25)
@given(st.lists(st.builds(make_ruling, st.sampled_from("ab"), st.integers(0, 1), correct=st.booleans(), why=st.text())))
def test_the_last_word_on_an_attempt_counts(made: list[Ruling]) -> None:
    """Of several rulings on one sample of a problem the last is read; all are kept in the file."""
    with tempfile.TemporaryDirectory() as folder:
        for ruling in made:
            rule(Path(folder), ruling)
        assert {(ruling.problem, ruling.sample): ruling for ruling in made} == rulings_of(Path(folder))
        lines = (Path(folder) / files.RULINGS).read_bytes().splitlines() if made else []
        assert made == [Ruling.from_json(line) for line in lines]


def test_a_ruling_leaves_the_results_as_they_were(run: Path) -> None:
    """What was measured stays what was measured."""
    before = (run / files.RESULTS).read_bytes()
    rule(run, make_ruling("1", correct=False))
    assert (before, RESULTS) == ((run / files.RESULTS).read_bytes(), results_of(run))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{}", "Ruling: lacks the field 'problem'"),
        (b"[]", "Ruling: expected an object, found list"),
        (b"right", "Expecting value"),
        (b"\xff", "can't decode byte 0xff"),
        (b"[" * 100_000, "nested too deeply"),
        (make_ruling("c").to_json().encode()[:-5], "Unterminated string"),
        (make_ruling("c").to_json().replace("true", '"yes"').encode(), "Ruling.correct: expected bool, found str"),
        (make_ruling("c").to_json().replace("true", "1").encode(), "Ruling.correct: expected bool, found int"),
        (make_ruling("c").to_json().replace("0,", "0.0,").encode(), "Ruling.sample: expected int, found float"),
        (make_ruling("c").to_json().replace("why", "because").encode(), "Ruling: unknown field 'because'"),
        (RESULTS[0].to_json().encode(), "Ruling: unknown field "),
    ],
    ids=["empty", "list", "text", "bytes", "deep", "cut", "word", "number", "float", "field", "result"],
)
def test_a_line_that_is_no_ruling_is_named_and_left_out(tmp_path: Path, line: bytes, reason: str) -> None:
    """A foreign or broken line is told with its file, its number and its fault; every other line is read."""
    path = tmp_path / files.RULINGS
    rule(tmp_path, make_ruling("a"))
    path.write_bytes(b"\n" + path.read_bytes() + line + b"\n")
    rule(tmp_path, make_ruling("b"))
    told: list[str] = []
    assert {("a", 0): make_ruling("a"), ("b", 0): make_ruling("b")} == read_rulings(tmp_path, told.append)
    (damage,) = told
    assert (True, True) == (damage.startswith(f"{path}, line 3: no ruling, left out: "), reason in damage)


def test_any_beginning_of_the_file_gives_the_rulings_that_were_whole(tmp_path: Path) -> None:
    """Wherever a kill cuts the file off, what was written whole is read, and nothing else."""
    made = [make_ruling("a", correct=False), make_ruling("b"), make_ruling("a")]
    for ruling in made:
        rule(tmp_path, ruling)
    path = tmp_path / files.RULINGS
    content = path.read_bytes()
    for length in range(len(content), -1, -1):
        os.truncate(path, length)
        whole = made[: content[:length].count(b"\n")]
        assert {(ruling.problem, ruling.sample): ruling for ruling in whole} == rulings_of(tmp_path)


def test_a_ruling_after_one_that_was_cut_off_is_whole(tmp_path: Path) -> None:
    """What a kill left of a ruling does not spoil the next one: it is a line of its own, and named as such."""
    path = tmp_path / files.RULINGS
    rule(tmp_path, make_ruling("a"))
    rule(tmp_path, make_ruling("b"))
    os.truncate(path, path.stat().st_size - 5)
    rule(tmp_path, make_ruling("c"))
    told: list[str] = []
    assert {("a", 0): make_ruling("a"), ("c", 0): make_ruling("c")} == read_rulings(tmp_path, told.append)
    (damage,) = told
    assert damage.startswith(f"{path}, line 2: no ruling, left out: ")


def test_a_ruling_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """A folder that is not there, another who is ruling, and a full disk are told; no half ruling is left."""
    missing = tmp_path / "missing"
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(missing / files.RULINGS))} cannot be written: "):
        rule(missing, make_ruling())
    rule(tmp_path, make_ruling("a"))
    other = Journal(tmp_path / files.RULINGS)
    with pytest.raises(ConfigurationError, match=r"rulings\.jsonl is being written by another"):
        rule(tmp_path, make_ruling("b"))
    other.close()
    full = tmp_path / "full"
    full.mkdir()
    (full / files.RULINGS).symlink_to("/dev/full")
    with pytest.raises(RecordingError, match=r"rulings\.jsonl cannot be written: No space left on device"):
        rule(full, make_ruling())
    assert [("a", 0)] == list(rulings_of(tmp_path))
