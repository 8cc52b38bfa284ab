"""What is shown while completions are made: one live line on a terminal, whole lines in a log, and no remains."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vendors import Reply, Vendor, answers, chunk, first, message

from conftest import ScriptedServer, row
from pytest_mathbench.generation.calls import Progress
from pytest_mathbench.plugin.terminal import ending, long_run, pause, progress_line, silent_run

pyte = pytest.importorskip("pyte", reason="it plays the terminal")

SECONDS = 60.0
COLUMNS = 100
LIVE = re.compile(r"^\d+ of 8 completions, \d+ in flight")


class Screen:
    """A pytest session on a terminal, as a user sees it."""

    def __init__(self, folder: Path, arguments: list[str], lines: int, term: str) -> None:
        self._screen = pyte.HistoryScreen(COLUMNS, lines, history=1000)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, COLUMNS, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "CI"}}
        folder.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment | {"TERM": term},
            start_new_session=True,
        )
        os.close(theirs)

    @property
    def rows(self) -> list[str]:
        """All rows that hold something, those scrolled away included."""
        scrolled = ["".join(row[x].data for x in range(COLUMNS)) for row in self._screen.history.top]
        return [row.rstrip() for row in (*scrolled, *self._screen.display) if row.strip()]

    def read(self, until: Callable[[], bool]) -> None:
        """Show what the session writes, until something is so or it ends."""
        deadline = time.monotonic() + SECONDS
        while not until():
            assert time.monotonic() < deadline, "\n".join(self.rows)
            if not select.select([self._ours], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._ours, 1 << 16)
            except OSError:  # nobody writes any more
                return
            self._stream.feed(data)

    def end(self) -> list[str]:
        """Wait for the end; return what is on the screen then."""
        self.read(lambda: False)
        self._process.wait(SECONDS)
        return self.rows

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


def clockless(rows: list[str]) -> list[str]:
    """What depends on no clock, port, worker or folder, in no order."""
    kept = [re.sub(r"=+", "=", re.sub(r"\d+", "N", each)) for each in rows if not each.startswith("rootdir")]
    return sorted(re.sub(r"\s+", " ", re.sub(r"N min N s|N s", "N s", each)) for each in kept)


@pytest.fixture
def held(server: ScriptedServer) -> Iterator[threading.Event]:
    """Let one of eight completions wait for this."""
    release = threading.Event()

    def answer(_: dict[str, Any]) -> str:
        release.wait(SECONDS)
        return "```python\nprint(42)\n```"

    server.answers["a-5"] = answer
    yield release
    release.set()


@pytest.fixture
def arguments(server: ScriptedServer, problem_file: Callable[..., Path]) -> list[str]:
    """Eight problems, all of them solved."""
    problems = problem_file(*(row(f"a-{number}") for number in range(8)))
    given = ["--mathbench-model=m", f"--mathbench-problems={problems}", f"--mathbench-base-url={server.url}"]
    return [*given, "--mathbench-preload=math"]


@pytest.mark.parametrize(
    ("options", "lines"), [(["-q"], 60), (["-v"], 9), (["-v", "-n2"], 9)], ids=["quiet", "scrolling", "xdist"]
)
def test_the_live_line_is_there_and_leaves_no_remains(
    tmp_path: Path, held: threading.Event, arguments: list[str], options: list[str], lines: int
) -> None:
    """While an answer is owed the last row says so; at the end the screen holds what it holds without a live line."""
    live = Screen(tmp_path / "live", [*arguments, *options], lines, "xterm")
    plain = Screen(tmp_path / "plain", [*arguments, *options], lines, "dumb")
    try:
        live.read(lambda: any(map(LIVE.match, live.rows)))
        assert [True] == [bool(LIVE.match(each)) for each in live.rows if " in flight" in each]
        assert LIVE.match(live.rows[-1])
        held.set()
        seen, expected = live.end(), plain.end()
    finally:
        live.close()
        plain.close()
    assert clockless(expected) == clockless(seen)
    assert any("8 passed" in each for each in seen)


def test_a_log_has_whole_lines(tmp_path: Path, held: threading.Event, arguments: list[str]) -> None:
    """Without a terminal: now and then a line of its own, no control characters, in the order of what happened."""
    (tmp_path / "often.py").write_text("import pytest_mathbench.plugin.terminal as it\nit._PLAIN_SECONDS = 0.05\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "often", *arguments]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    said = []
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, env=environment) as session:
        assert session.stdout
        for line in session.stdout:
            said.append(line.decode().rstrip("\n"))
            if sum("completions, " in each for each in said) == 3:
                held.set()
    progress = [each for each in said if "completions, " in each]
    assert [] == [each for each in progress if not re.match(r"^mathbench: \d+ of 8 completions, \d+ in flight", each)]
    others = [each for each in said if each not in progress]
    dots = "".join(match[1] for each in others if (match := re.match(r"^(?:\S+ )?(\.+)(?: +\[100%\])?$", each)))
    assert "........" == dots
    assert [] == [each for each in said if re.search(r"[\x00-\x1f]", each)]
    assert others[0].strip("= ") == "test session starts"
    first = said.index(progress[0])
    assert "collected 8 items" in said[:first]
    assert any("8 passed" in each for each in said[first:])


@pytest.fixture
def streamed() -> Iterator[tuple[Vendor, threading.Event]]:
    """An endpoint that writes a program with a control sequence in it, and waits in its middle."""
    release = threading.Event()

    def text() -> Iterator[dict[str, Any]]:
        yield chunk(content="```python\nx = 6 # \x1b[31mred")
        release.wait(SECONDS)
        yield chunk(content="\nprint(42)\n```")
        yield chunk("stop", {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3})

    with Vendor() as vendor:
        vendor.rules = [first(1, answers(message())), lambda _: Reply(text())]  # the first is the trial
        yield vendor, release
        release.set()


def test_the_text_of_a_completion_is_seen_while_it_comes(
    tmp_path: Path, streamed: tuple[Vendor, threading.Event], arguments: list[str]
) -> None:
    """In a line of its own below the live one, harmless; both are gone at the end."""
    vendor, release = streamed
    given = [each for each in arguments if "base-url" not in each]
    given += [f"--mathbench-base-url={vendor.url}", "--mathbench-watch", "-q", "-n0"]
    live = Screen(tmp_path / "live", given, 40, "xterm")
    try:
        live.read(lambda: SEEN in live.rows)
        assert LIVE.match(live.rows[live.rows.index(SEEN) - 1])
        release.set()
        seen = live.end()
    finally:
        release.set()
        live.close()
    assert any("8 passed" in each for each in seen)
    assert [] == [each for each in seen if "\\x1b[31mred" in each or LIVE.match(each)]


SEEN = r"  ```python x = 6 # \x1b[31mred"


@given(st.text())
def test_the_end_of_a_text_fits_a_terminal(text: str) -> None:
    """One line of less than 80 columns, also of characters that take two; nothing in it does anything."""
    line = ending(text)
    assert line.isprintable()
    assert sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line) < 80


def test_a_short_text_is_seen_whole_and_a_long_one_by_its_end() -> None:
    """Spaces and line ends are drawn together."""
    assert "  x = 1 print(x)" == ending("x = 1\n\nprint(x)\n")
    assert ending("a" * 100 + "b" * 74) == "  … a" + "b" * 74


def test_where_the_output_is_not_shown_nothing_is_said(
    pytester: pytest.Pytester, server: ScriptedServer, arguments: list[str]
) -> None:
    """Without pytest's terminal reporter the session runs all the same."""
    result = pytester.runpytest(*arguments, "-p", "no:terminal")
    assert pytest.ExitCode.OK == result.ret
    assert 8 == len(server.asked)
    assert "" == result.stdout.str().strip()


@pytest.mark.parametrize(
    ("announced", "progress", "line"),
    [
        (8, Progress(), ""),
        (8, Progress(done=8, in_flight=0, tokens=100, seconds=10.0), ""),
        (8, Progress(in_flight=3, seconds=10.0), "0 of 8 completions, 3 in flight"),
        (8, Progress(done=1, in_flight=3), "1 of 8 completions, 3 in flight"),
        (
            8,
            Progress(done=2, in_flight=3, tokens=50_000, seconds=10.0),
            "2 of 8 completions, 3 in flight, 50,000 tokens, 5,000 tokens/s, about 30 s left",
        ),
        (
            1000,
            Progress(done=10, in_flight=64, tokens=5, seconds=10.0),
            "10 of 1000 completions, 64 in flight, 5 tokens, 0 tokens/s, about 16 min 30 s left",
        ),
        # A server of our own states its speed: what is in flight counts, and one short answer is no measure of time.
        (
            70,
            Progress(in_flight=64, seconds=60.0, speed=80.4),
            "0 of 70 completions, 64 in flight, 80 tokens/s, at most 14 min 52 s left",
        ),
        (
            71,
            Progress(done=1, in_flight=64, tokens=120, seconds=120.0, speed=80.0),
            "1 of 71 completions, 64 in flight, 120 tokens, 80 tokens/s, about 1 min 45 s left",
        ),
        # What is on its way is known from streams, or from a server's metrics.
        (
            8,
            Progress(in_flight=8, seconds=10.0, pending=1000),
            "0 of 8 completions, 8 in flight, 1,000 tokens, 100 tokens/s, at most 1 min 12 s left",
        ),
        (
            8,
            Progress(done=1, in_flight=7, tokens=500, seconds=10.0, pending=500, thoughts=3, cut_off=1),
            "1 of 8 completions, 7 in flight, 1,000 tokens, 100 tokens/s, about 35 s left; "
            "3 thoughts finished; 1 cut off",
        ),
        # What was recorded before took no time, and is no measure of what is left.
        (945, Progress(done=500, found=500, in_flight=64, seconds=10.0), "500 of 945 completions, 64 in flight"),
        (
            945,
            Progress(done=510, found=500, in_flight=64, tokens=1000, seconds=10.0),
            "510 of 945 completions, 64 in flight, 1,000 tokens, 100 tokens/s, about 7 min 15 s left",
        ),
        # More than were announced: what items ask for themselves.
        (
            2,
            Progress(done=4, in_flight=1, tokens=40, seconds=4.0),
            "4 of 5 completions, 1 in flight, 40 tokens, 10 tokens/s, about 1 s left",
        ),
    ],
)
def test_the_line_says_what_is_done_and_what_is_left(announced: int, progress: Progress, line: str) -> None:
    """Done, in flight, speed, and the time left at this speed; nothing when nothing is in flight."""
    assert line == progress_line(announced, progress, 1024)


def test_a_long_run_fills_no_log() -> None:
    """The longer it takes, the rarer are the lines: first two a minute, in the end one in ten minutes."""
    assert [30.0] * 10 == [pause(lines) for lines in range(10)]
    assert 60.0 == pause(10)
    assert 600.0 == pause(1_000_000)


@pytest.mark.parametrize(
    ("progress", "is_told"),
    [
        (Progress(in_flight=8, seconds=61.0), True),
        (Progress(in_flight=8, seconds=59.0), False),
        (Progress(in_flight=8, seconds=61.0, pending=1), False),
        (Progress(in_flight=8, seconds=61.0, done=1), False),
        (Progress(seconds=61.0), False),
    ],
)
def test_a_minute_of_silence_names_what_would_show_more(progress: Progress, *, is_told: bool) -> None:
    """Answers that come in one piece show nothing before they are there."""
    assert is_told == ("--mathbench-stream" in silent_run(progress))


def test_a_run_of_hours_says_so_and_what_makes_it_shorter() -> None:
    """At the speed that the server states, before anything is done: how long at most, and the options that help."""
    said = long_run(945, Progress(in_flight=64, seconds=30.0, speed=5.0), 1024)
    assert said.startswith(
        "this server makes 5.0 tokens/s: 945 completions of at most 1024 tokens may take 53 h 45 min."
    )
    for option in ("--mathbench-per-cell", "--mathbench-max-tokens", "--mathbench-base-url"):
        assert option in said


@pytest.mark.parametrize(
    ("announced", "progress", "max_tokens"),
    [
        (945, Progress(in_flight=64, seconds=30.0), 1024),  # nothing is known yet
        (70, Progress(in_flight=64, seconds=30.0, speed=5.0), 256),  # 59 min 44 s
        (945, Progress(done=940, in_flight=5, seconds=30.0, speed=5.0), 1024),  # nearly done
    ],
)
def test_a_shorter_run_is_not_warned_of(announced: int, progress: Progress, max_tokens: int) -> None:
    """What is over within the hour, or of unknown speed, needs no warning."""
    assert "" == long_run(announced, progress, max_tokens)
