"""The journal: lines come back whole and in order, whatever dies and whatever was damaged."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from factories import PROPERTY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_mathbench.errors import ConfigurationError, RecordingError
from pytest_mathbench.recording.journal import Journal, line_at, whole_lines

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=6
)
GARBAGE = st.binary(max_size=40).map(lambda data: data + b"\n")
IN_ONE_FOLDER = settings(PROPERTY, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

WRITER = """
import sys
from pathlib import Path
from pytest_mathbench.recording.journal import Journal

journal = Journal(Path(sys.argv[1]))
journal.append("of the other process")
print("holding", flush=True)
sys.stdin.read()
"""

FULL = """
import json, resource, signal, sys
from pathlib import Path
from pytest_mathbench.errors import RecordingError
from pytest_mathbench.recording.journal import Journal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
journal.append("before")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    journal.append("x" * 1000)
    said = ""
except RecordingError as error:
    said = str(error)
size = Path(sys.argv[1]).stat().st_size
offset = journal.append("after")
journal.close()
print(json.dumps([said, size, offset]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a journal is."""
    return tmp_path / "lines.jsonl"


@pytest.fixture
def other(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes the journal until its input ends."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert "holding\n" == process.stdout.readline()
        yield process
        process.kill()


def lines(path: Path) -> list[bytes]:
    """The whole lines of a journal."""
    return [line for _, _, line in whole_lines(path)]


def write(path: Path, *texts: str) -> list[int]:
    """Write lines with a journal of its own; return their offsets."""
    journal = Journal(path)
    try:
        return [journal.append(text) for text in texts]
    finally:
        journal.close()


@IN_ONE_FOLDER
@given(texts=LINES)
def test_lines_come_back_whole_and_in_order(texts: list[str], path: Path) -> None:
    """What was written is read, each line under its number and the offset that `append` returned."""
    path.unlink(missing_ok=True)
    offsets = write(path, *texts)
    expected = [
        (number, offset, text.encode()) for number, (offset, text) in enumerate(zip(offsets, texts, strict=True), 1)
    ]
    assert expected == list(whole_lines(path))
    with path.open("rb") as file:
        assert [text.encode() for text in texts] == [line_at(file.fileno(), offset) for offset in offsets]


@IN_ONE_FOLDER
@given(texts=LINES, data=st.data())
def test_cut_off_anywhere_the_whole_lines_before_are_there(texts: list[str], data: st.DataObject, path: Path) -> None:
    """A file that ends at any byte gives the lines whose end is before it, and a new journal goes on after them."""
    path.unlink(missing_ok=True)
    write(path, *texts)
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:cut])
    *whole, torn = content[:cut].split(b"\n")
    assert whole == lines(path)
    (offset,) = write(path, "next")
    assert [*whole, *([torn] if torn else []), b"next"] == lines(path)
    assert content[:cut] + (b"\n" if torn else b"") + b"next\n" == path.read_bytes()
    assert b"next\n" == path.read_bytes()[offset:]


@IN_ONE_FOLDER
@given(texts=LINES, data=st.data())
def test_garbage_between_lines_loses_no_other(texts: list[str], data: st.DataObject, path: Path) -> None:
    """Bytes of any kind between two lines leave every line readable, at its own place."""
    content, places = b"", {}
    for text in texts:
        content += b"".join(data.draw(st.lists(GARBAGE, max_size=2)))
        places[len(content)] = text.encode()
        content += text.encode() + b"\n"
    path.write_bytes(content)
    found = {offset: line for _, offset, line in whole_lines(path)}
    assert places == {offset: found.get(offset) for offset in places}


def test_no_file_is_no_line(path: Path) -> None:
    """A journal that was never begun is empty."""
    assert [] == lines(path)


def test_lines_are_numbered_as_an_editor_numbers_them(path: Path) -> None:
    """Empty lines are left out, and counted."""
    path.write_bytes(b"one\n\n\nfour\r\nfi\x0bve\x85\n")
    assert [(1, 0, b"one"), (4, 6, b"four\r"), (5, 12, b"fi\x0bve\x85")] == list(whole_lines(path))


@pytest.mark.parametrize("length", [1, (1 << 14) - 1, 1 << 14, (1 << 14) + 1, 3 << 14, 5_000_000])
def test_a_line_is_read_at_its_offset_however_long(path: Path, length: int) -> None:
    """A line that is longer than what is read at once, or ends just there, comes back whole."""
    offsets = write(path, "before", "é" * length, "x" * length, "after")
    with path.open("rb") as file:
        found = [line_at(file.fileno(), offset).decode() for offset in offsets]
    assert ["before", "é" * length, "x" * length, "after"] == found


def test_threads_write_whole_lines(path: Path) -> None:
    """Lines of several threads come whole, each thread's in its order, all at the offsets that were told."""
    journal, told = Journal(path), dict[int, str]()
    together = threading.Barrier(8)

    def work(name: int) -> None:
        together.wait(timeout=20)
        for number in range(200):
            line = f"{name} {number} " + "x" * (number * 37 % 1000)
            told[journal.append(line)] = line

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    found = {offset: line.decode() for _, offset, line in whole_lines(path)}
    assert told == found
    by_name = [[int(line.split()[1]) for line in found.values() if line.startswith(f"{name} ")] for name in range(8)]
    assert [list(range(200))] * 8 == by_name


def test_a_second_writer_of_the_same_process_is_refused(path: Path) -> None:
    """Two journals on one file would mix their lines; after the first is closed, the next one writes."""
    journal = Journal(path)
    with pytest.raises(ConfigurationError, match=r"lines\.jsonl is being written by another run; wait for it to end"):
        Journal(path)
    journal.append("first")
    journal.close()
    write(path, "second")
    assert [b"first", b"second"] == lines(path)


def test_who_is_refused_leaves_no_file_open(path: Path) -> None:
    """A session that is refused again and again uses up no descriptors."""
    journal = Journal(path)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are counted
    for _ in range(3):
        with pytest.raises(ConfigurationError):
            Journal(path)
    assert before == len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as above
    journal.close()


def kill(other: subprocess.Popen[str]) -> None:
    """End it as kill -9 does."""
    other.send_signal(signal.SIGKILL)


def finish(other: subprocess.Popen[str]) -> None:
    """Let it end by itself, without closing the journal."""
    assert other.stdin
    other.stdin.close()


@pytest.mark.parametrize("end", [kill, finish])
def test_another_process_is_waited_for_by_nobody(
    path: Path, other: subprocess.Popen[str], end: Callable[[subprocess.Popen[str]], None]
) -> None:
    """While another process writes, a second writer is refused; what it wrote is there when it is gone, however."""
    with pytest.raises(ConfigurationError, match="is being written by another run; wait for it to end, or stop it"):
        Journal(path)
    assert [b"of the other process"] == lines(path)
    end(other)
    other.wait(20)
    write(path, "next")
    assert [b"of the other process", b"next"] == lines(path)


def test_a_full_disk_is_told_and_leaves_no_part_of_a_line(path: Path) -> None:
    """A line that does not fit is taken back, with a sentence; the lines before are kept, and a shorter one fits."""
    run = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    said, size, offset = json.loads(run.stdout)
    assert (
        f"{path} cannot be written: File too large; what was written before is kept: "
        "fix that, then continue with --mathbench-resume"
    ) == said
    assert len("before\n") == size
    assert len("before\n") == offset
    assert [b"before", b"after"] == lines(path)


def test_a_full_device_is_told(tmp_path: Path) -> None:
    """No space left is a fault of the recording, with the reason that the system gives."""
    path = tmp_path / "full"
    path.symlink_to("/dev/full")
    journal = Journal(path)
    with pytest.raises(
        RecordingError, match="cannot be written: No space left on device; what was written before is kept"
    ):
        journal.append("x")
    journal.close()


def test_a_text_of_several_lines_is_refused(path: Path) -> None:
    """It would be read as several lines, of which none is whole; nothing of it is written."""
    journal = Journal(path)
    with pytest.raises(ValueError, match="cannot contain a line break"):
        journal.append("one\ntwo")
    journal.close()
    assert b"" == path.read_bytes()


def test_what_was_written_is_handed_to_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut costs no more than the last second: each journal has its file synced while it is open."""
    synced = threading.Event()
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        sync(descriptor)
        synced.set()

    monkeypatch.setattr(os, "fsync", fsync)
    journal = Journal(path)
    journal.append("x")
    was_synced = synced.wait(timeout=30)
    journal.close()
    assert was_synced


def test_a_line_that_the_system_takes_in_pieces_is_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write may end early, by a signal or for want of room: the rest follows, from where it ended."""
    write_all = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write_all(descriptor, data[:7]))
    texts = ["0123456789" * 5, "short", "abcdefghij" * 3]
    offsets = write(path, *texts)
    assert [text.encode() for text in texts] == lines(path)
    assert [0, 51, 57] == offsets


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    """A folder in the file's place is told before any work starts."""
    with pytest.raises(ConfigurationError, match="cannot be written: Is a directory"):
        Journal(tmp_path)


def test_a_closed_journal_writes_into_no_other_file(path: Path, tmp_path: Path) -> None:
    """A line that comes too late is refused: its descriptor may be another file's by now."""
    journal = Journal(path)
    journal.close()
    journal.close()
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)
    others = [other, *(os.dup(other) for _ in range(20))]  # one of these has the number that the journal had
    try:
        with pytest.raises(RecordingError):
            journal.append("late")
    finally:
        for descriptor in others:
            os.close(descriptor)
    assert b"" == (tmp_path / "other").read_bytes()
    assert [] == lines(path)


def test_the_journal_is_left_to_no_child(path: Path) -> None:
    """A process that outlives the run neither holds nor writes its files."""
    journal = Journal(path)
    journal.append("x")
    command = ["/bin/sh", "-c", "readlink /proc/self/fd/*"]
    links = subprocess.run(command, capture_output=True, text=True, close_fds=False, check=False).stdout
    journal.close()
    assert "lines.jsonl" not in links
