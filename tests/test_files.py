"""A run's folder keeps what was measured, whatever cuts the run off."""

import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from factories import make_fault, make_problem, make_result, make_run_info, results_of

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting import files
from pytest_mathbench.reporting.files import RunFolder, machine, prepare, read_info, read_results, versions

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
