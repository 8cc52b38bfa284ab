"""A person's word on an answer is kept: who, when, why; the last one counts."""

import os
import re
import tempfile
from pathlib import Path

import pytest
from factories import PROPERTY, make_result, make_ruling
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.recording.journal import Journal
from pytest_mathbench.recording.rulings import RULINGS, read_rulings, rule
from pytest_mathbench.records import Ruling


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
    assert len(made) == (tmp_path / RULINGS).read_bytes().count(b"\n")


def test_a_run_that_nobody_ruled_on_has_no_rulings(tmp_path: Path) -> None:
    """Reading makes no file."""
    assert {} == rulings_of(tmp_path)
    assert not (tmp_path / RULINGS).exists()


def test_an_empty_file_holds_no_ruling(tmp_path: Path) -> None:
    """A file that a full disk left empty is no damage."""
    (tmp_path / RULINGS).touch()
    assert {} == rulings_of(tmp_path)


@settings(PROPERTY, max_examples=25)
@given(st.lists(st.builds(make_ruling, st.sampled_from("ab"), st.integers(0, 1), correct=st.booleans(), why=st.text())))
def test_the_last_word_on_an_attempt_counts(made: list[Ruling]) -> None:
    """Of several rulings on one sample of a problem the last is read; all are kept in the file."""
    with tempfile.TemporaryDirectory() as folder:
        for ruling in made:
            rule(Path(folder), ruling)
        assert {(ruling.problem, ruling.sample): ruling for ruling in made} == rulings_of(Path(folder))
        lines = (Path(folder) / RULINGS).read_bytes().splitlines() if made else []
        assert made == [Ruling.from_json(line) for line in lines]


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
        (make_result().to_json().encode(), "Ruling: unknown field "),
    ],
    ids=["empty", "list", "text", "bytes", "deep", "cut", "word", "number", "float", "field", "result"],
)
def test_a_line_that_is_not_a_ruling_is_named_and_left_out(tmp_path: Path, line: bytes, reason: str) -> None:
    """A foreign or broken line is told with its file, its number and its fault; every other line is read."""
    path = tmp_path / RULINGS
    rule(tmp_path, make_ruling("a"))
    path.write_bytes(b"\n" + path.read_bytes() + line + b"\n")
    rule(tmp_path, make_ruling("b"))
    told: list[str] = []
    assert {("a", 0): make_ruling("a"), ("b", 0): make_ruling("b")} == read_rulings(tmp_path, told.append)
    (damage,) = told
    assert damage.startswith(f"{path}, line 3: not a ruling, left out: ")
    assert reason in damage


def test_any_beginning_of_the_file_gives_the_rulings_that_were_whole(tmp_path: Path) -> None:
    """Wherever a kill cuts the file off, what was written whole is read, and nothing else."""
    made = [make_ruling("a", correct=False), make_ruling("b"), make_ruling("a")]
    for ruling in made:
        rule(tmp_path, ruling)
    path = tmp_path / RULINGS
    content = path.read_bytes()
    for length in range(len(content), -1, -1):
        os.truncate(path, length)
        whole = made[: content[:length].count(b"\n")]
        assert {(ruling.problem, ruling.sample): ruling for ruling in whole} == rulings_of(tmp_path)


def test_a_ruling_after_one_that_was_cut_off_is_whole(tmp_path: Path) -> None:
    """What a kill left of a ruling does not spoil the next one: it is a line of its own, and named as such."""
    path = tmp_path / RULINGS
    rule(tmp_path, make_ruling("a"))
    rule(tmp_path, make_ruling("b"))
    os.truncate(path, path.stat().st_size - 5)
    rule(tmp_path, make_ruling("c"))
    told: list[str] = []
    assert {("a", 0): make_ruling("a"), ("c", 0): make_ruling("c")} == read_rulings(tmp_path, told.append)
    (damage,) = told
    assert damage.startswith(f"{path}, line 2: not a ruling, left out: ")


def test_a_ruling_on_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The file that cannot be written is named."""
    missing = tmp_path / "missing"
    with pytest.raises(ConfigurationError, match=f"^{re.escape(str(missing / RULINGS))} cannot be written: "):
        rule(missing, make_ruling())


def test_two_people_do_not_write_at_once(tmp_path: Path) -> None:
    """While another process rules, a ruling is refused, and not written."""
    rule(tmp_path, make_ruling("a"))
    other = Journal(tmp_path / RULINGS)
    with pytest.raises(ConfigurationError, match=r"rulings\.jsonl is being written by another"):
        rule(tmp_path, make_ruling("b"))
    other.close()
    assert [("a", 0)] == list(rulings_of(tmp_path))


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """A ruling that does not reach the disk is an error with the system's reason."""
    (tmp_path / RULINGS).symlink_to("/dev/full")
    with pytest.raises(RecordingError, match=r"rulings\.jsonl cannot be written: No space left on device"):
        rule(tmp_path, make_ruling())


def test_the_file_can_be_written_again_after_a_full_disk(tmp_path: Path) -> None:
    """A failed ruling holds no lock on the file."""
    (tmp_path / RULINGS).symlink_to("/dev/full")
    with pytest.raises(RecordingError):
        rule(tmp_path, make_ruling())
    (tmp_path / RULINGS).unlink()
    rule(tmp_path, make_ruling("a"))
    assert [("a", 0)] == list(rulings_of(tmp_path))
