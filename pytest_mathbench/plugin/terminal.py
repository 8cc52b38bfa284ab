"""Lines beside pytest's own: live ones below them on a terminal, plain lines now and then in a log.

pytest writes from hooks in the main thread, and holds `quiet` meanwhile; whoever else writes takes its turn. What is
shown goes to a copy of the stream, since pytest captures the original while an item runs.
"""

import io
import os
import sys
import threading
import unicodedata
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from pytest_mathbench.printable import printable

if TYPE_CHECKING:
    from pytest_mathbench.generation.calls import Progress

_LIVE_SECONDS = 0.5
_PLAIN_SECONDS = 30.0
_LONGEST_PAUSE = 600.0
_LINES = 10
"""Lines of a log after which the pause between them doubles."""

_DOUBLINGS = 10

_TEXT_COLUMNS = 75

_MINUTE = 60
_HOUR = 3600


class Terminal:
    """Shows how a run is getting on. Every method may be called from any thread."""

    def __init__(self, config: pytest.Config) -> None:
        """Take the stream that pytest writes to; without pytest's terminal reporter nothing is shown."""
        self._config = config
        self._lock = threading.RLock()
        self._stream = _copy(sys.stdout)
        self._is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = 0
        """Live lines that are there now."""
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.warnings: list[str] = []
        """What is told at the end."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logstart(self) -> Generator[None, object, object]:
        """Let pytest write undisturbed."""
        with self.quiet():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self) -> Generator[None, object, object]:
        """Let pytest write undisturbed."""
        with self.quiet():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logfinish(self) -> Generator[None, object, object]:
        """Let pytest write undisturbed."""
        with self.quiet():
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Close the copy of the stream, when all others have had their last word."""
        if self._stream is not sys.stdout:
            self._stream.close()

    @property
    def width(self) -> int | None:
        """How many columns a terminal has; None in a log, which has as many as are needed."""
        writer = self._writer()
        return writer.fullwidth if writer and self._stream.isatty() else None

    def say(self, message: str) -> None:
        """Write a line of its own."""
        writer = self._writer()
        if writer is None:
            return
        with self.quiet():
            if writer.width_of_current_line:
                self._stream.write("\n")
                writer._current_line = ""  # noqa: SLF001 - pytest goes on below, and has no public way to hear of it
            self._stream.write(printable(f"mathbench: {message}\n", keep="\n"))
            self._stream.flush()

    def warn(self, warning: str) -> None:
        """Tell the user at the end, where it is seen."""
        self.warnings.append(warning)

    def watch(self, describe: Callable[[], str]) -> None:
        """Show from now on what `describe` returns; nothing while that is empty."""
        if self._thread or self._writer() is None:
            return
        self._thread = threading.Thread(target=self._show, args=(describe,), name="mathbench-terminal", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Show nothing more."""
        self._stopped.set()
        if self._thread:
            self._thread.join()
        with self.quiet():
            pass

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Take the live line away, and let nobody else write meanwhile."""
        with self._lock:
            if self._drawn:
                self._write_below([""] * self._drawn)
                self._drawn = 0
            yield

    def _show(self, describe: Callable[[], str]) -> None:
        shown = 0
        while not self._stopped.wait(_LIVE_SECONDS if self._is_terminal else pause(shown)):
            shown += 1
            if not (text := describe()):
                continue
            if self._is_terminal:
                lines = text.split("\n")
                with self._lock:
                    self._write_below(lines + [""] * (self._drawn - len(lines)))
                    self._drawn = len(lines)
            else:
                self.say(text)

    def _write_below(self, lines: Sequence[str]) -> None:
        """Write lines below pytest's, and return to where pytest writes next."""
        writer = self._writer()
        if writer is None:
            return
        width = max(writer.fullwidth, 2)
        column = writer.width_of_current_line % width
        back = f"\x1b[{column}C" if column else ""
        below = "".join(f"\n\r\x1b[2K{line[: width - 1]}" for line in lines)
        self._stream.write(f"{below}\x1b[{len(lines)}A\r{back}")
        self._stream.flush()

    def _writer(self) -> Any:  # pytest's is not public
        reporter: Any = self._config.pluginmanager.getplugin("terminalreporter")
        return reporter._tw if reporter else None  # noqa: SLF001 - the one that counts the columns


def _copy(stream: TextIO) -> TextIO:
    """Return a stream to the same place that a later redirection of the descriptor does not touch."""
    try:
        return os.fdopen(os.dup(stream.fileno()), "w", encoding=stream.encoding, errors="replace")
    except io.UnsupportedOperation:
        return stream  # no descriptor: a test's own


def pause(lines: int) -> float:
    """Return for how many seconds a log waits after so many lines: a long run fills no log."""
    return min(_PLAIN_SECONDS * 2.0 ** min(lines // _LINES, _DOUBLINGS), _LONGEST_PAUSE)


def progress_line(announced: int, progress: "Progress", max_tokens: int = 0) -> str:
    """Say how far one service is; nothing when nothing is in flight.

    `max_tokens` of a completion bound the time that is left before any is done.
    """
    if not progress.in_flight:
        return ""
    announced = max(announced, progress.done + progress.in_flight)  # items may ask for more
    left, made = announced - progress.done, progress.done - progress.found
    tokens = progress.tokens + progress.pending
    said = f"{progress.done} of {announced} completions, {progress.in_flight} in flight"
    if tokens:
        said += f", {tokens:,} tokens"
    speed = progress.speed or (tokens / progress.seconds if progress.seconds else 0.0)
    if progress.speed or ((made or tokens) and progress.seconds):
        said += f", {speed:,.0f} tokens/s"
    if made and progress.seconds:
        # What is on its way is as good as done in so far as it is known.
        seconds = progress.tokens / speed if speed and (progress.speed or progress.pending) else progress.seconds
        said += f", about {_duration(left * seconds / made)} left"
    elif speed and max_tokens:
        said += f", at most {_duration(max(left * max_tokens - progress.pending, 0) / speed)} left"
    if progress.thoughts:
        said += f"; {progress.thoughts} {'thought' if progress.thoughts == 1 else 'thoughts'} finished"
    if progress.cut_off:
        said += f"; {progress.cut_off} cut off"
    return said


def ending(text: str) -> str:
    """Return the end of a model's text in a line that fits 80 columns, its spaces and line ends drawn together."""
    line = printable(" ".join(text.split()))
    room = _TEXT_COLUMNS
    for number, sign in enumerate(reversed(line)):
        room -= 1 + (unicodedata.east_asian_width(sign) in {"W", "F"})
        if room < 0:
            return f"  … {line[len(line) - number :]}"
    return f"  {line}"


def long_run(announced: int, progress: "Progress", max_tokens: int) -> str:
    """Say that a run may take hours on its server, and what would make it shorter; nothing if it will not."""
    left = announced - progress.done
    if not progress.speed or (seconds := left * max_tokens / progress.speed) < _HOUR:
        return ""
    return (
        f"this server makes {progress.speed:,.1f} tokens/s: {left} completions of at most {max_tokens} tokens may take "
        f"{_duration(seconds)}. Fewer problems (--mathbench-per-cell=1), shorter completions "
        "(--mathbench-max-tokens), a smaller model, or a faster server (--mathbench-base-url) make it shorter"
    )


def silent_run(progress: "Progress") -> str:
    """Say what would show that something moves, where nothing has come for a minute; nothing otherwise."""
    came = progress.done or progress.tokens or progress.pending
    if came or not progress.in_flight or progress.seconds < _MINUTE:
        return ""
    return (
        "no answer has come yet; --mathbench-watch shows the text of one as it comes, --mathbench-stream counts tokens"
    )


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole >= _HOUR:
        return f"{whole // _HOUR} h {whole % _HOUR // 60} min"
    return f"{whole // 60} min {whole % 60} s" if whole >= _MINUTE else f"{whole} s"
