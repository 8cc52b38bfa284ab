"""Lines beside pytest's own: one live line below them on a terminal, plain lines now and then in a log.

pytest writes from hooks in the main thread, and holds `quiet` meanwhile; whoever else writes takes its turn. What is
shown goes to a copy of the stream, since pytest captures the original while an item runs.
"""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import pytest

if TYPE_CHECKING:
    from pytest_mathbench.generation.service import Progress

_LIVE_SECONDS = 0.5
_PLAIN_SECONDS = 30.0
_MINUTE = 60


class Terminal:
    """Shows how a run is getting on. Every method may be called from any thread."""

    def __init__(self, config: pytest.Config) -> None:
        """Take the stream that pytest writes to; without pytest's terminal reporter nothing is shown."""
        self._config = config
        self._lock = threading.RLock()
        self._stream = _copy(sys.stdout)
        self._is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._is_drawn = False
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def width(self) -> int | None:
        """How many columns a terminal has; None in a log, which has as many as are needed."""
        writer = self._writer()
        return writer.fullwidth if writer and self._is_terminal else None

    def say(self, message: str) -> None:
        """Write a line of its own."""
        writer = self._writer()
        if writer is None:
            return
        with self.quiet():
            if writer.width_of_current_line:
                self._stream.write("\n")
                writer._current_line = ""  # noqa: SLF001 - pytest goes on below, and has no public way to hear of it
            self._stream.write(f"mathbench: {message}\n")
            self._stream.flush()

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
            if self._is_drawn:
                self._is_drawn = False
                self._write_below("")
            yield

    def _show(self, describe: Callable[[], str]) -> None:
        while not self._stopped.wait(_LIVE_SECONDS if self._is_terminal else _PLAIN_SECONDS):
            if not (text := describe()):
                continue
            if self._is_terminal:
                with self._lock:
                    self._is_drawn = True
                    self._write_below(text)
            else:
                self.say(text)

    def _write_below(self, text: str) -> None:
        """Write the line below pytest's, and return to where pytest writes next."""
        writer = self._writer()
        if writer is None:
            return
        width = max(writer.fullwidth, 2)
        column = writer.width_of_current_line % width
        back = f"\x1b[{column}C" if column else ""
        self._stream.write(f"\n\r\x1b[2K{text[: width - 1]}\x1b[A\r{back}")
        self._stream.flush()

    def _writer(self) -> Any:  # noqa: ANN401 - pytest's is not public
        reporter: Any = self._config.pluginmanager.getplugin("terminalreporter")
        return reporter._tw if reporter else None  # noqa: SLF001 - the one that counts the columns


def _copy(stream: TextIO) -> TextIO:
    """Return a stream to the same place that a later redirection of the descriptor does not touch."""
    try:
        return os.fdopen(os.dup(stream.fileno()), "w", encoding=stream.encoding, errors="replace")
    except io.UnsupportedOperation:
        return stream  # no descriptor: a test's own


def progress_line(announced: int, progress: "Progress") -> str:
    """Say how far one service is; nothing when nothing is in flight."""
    if not progress.in_flight:
        return ""
    announced = max(announced, progress.done + progress.in_flight)  # items may ask for more
    said = f"{progress.done} of {announced} completions, {progress.in_flight} in flight"
    if progress.done and progress.seconds:
        left = (announced - progress.done) * progress.seconds / progress.done
        said += f", {progress.tokens / progress.seconds:,.0f} tokens/s, about {_duration(left)} left"
    return said


def _duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= _MINUTE else f"{whole} s"
