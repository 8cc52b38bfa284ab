"""What all commands say in the same way. Data sets, models and endpoints are quoted in it: all of it is printable."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.printable import printable


def say(*words: object, end: str = "\n", file: TextIO | None = None) -> None:
    """Print words and lines, as `print` does, and have them seen at once."""
    print(printable(" ".join(map(str, words)), keep="\n"), end=end, file=file, flush=True)


def width() -> int | None:
    """Return how many columns a terminal has; None for a file or a pipe, which has as many as are needed."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def warn(damage: str) -> None:
    """Warn of a recorded line that could not be read."""
    say(f"mathbench: WARNING: {damage}", file=sys.stderr)


def progress(words: str) -> None:
    """Show how far a long command is, in a line that the next one overwrites; nothing where nobody watches."""
    if sys.stderr.isatty():
        print(f"\r{words}", end="\r", file=sys.stderr, flush=True)


def write(path: Path, text: Iterable[str]) -> None:
    """Write a file that was asked for, piece by piece, and say how large it is.

    Raises `ConfigurationError` if it cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(text)
    except OSError as error:
        raise ConfigurationError(f"{path} could not be written: {error}") from None
    say(f"\n{path}: {path.stat().st_size / 1e6:.1f} MB")
