"""Refresh what the pages show of what commands print.

    python website/outputs.py             # runs the commands, and rewrites README and docs
    python website/outputs.py report      # only those whose command has this word

A block of code after a comment `<!-- output: COMMAND -->` shows lines of what the command prints, in their order; where
some are left out stands a line `…`. Which lines are shown stays as it is, what they say is filled in anew. A line that
the command no longer prints ends this with an error: then the block is to be chosen anew, by hand.

Commands run in a folder of their own, in which RUN is the run of `mathbench demo`, and `main` the baseline of that.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

DEMO = "mathbench demo"

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"<!-- output: (?P<command>.+?) -->\n\n(?P<lines>(?:(?:    .*)?\n)+)")
_LEFT_OUT = "…"


def refreshed(page: str, printed: Callable[[str], str]) -> str:
    """Return a page with its marked blocks filled in; `printed` is asked what a command prints.

    Raises `ValueError` that names command and line if a line is no longer printed.
    """
    return _BLOCK.sub(lambda block: _filled(block, printed(block["command"])), page)


def commands(page: str) -> list[str]:
    """Return the commands of which a page shows something."""
    return [block["command"] for block in _BLOCK.finditer(page)]


def _filled(block: re.Match[str], printed: str) -> str:
    left = iter(printed.splitlines())
    lines = []
    for line in (line.removeprefix("    ") for line in block["lines"].rstrip("\n").split("\n")):
        if not line.strip() or line.strip() == _LEFT_OUT:
            lines.append(line)
            continue
        found = next((each for each in left if _shape(each) == _shape(line)), None)
        if found is None:
            raise ValueError(f"{block['command']} prints no such line, or not there: {line}")
        lines.append(found.rstrip())
    text = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"<!-- output: {block['command']} -->\n\n{text}\n\n"


def _shape(line: str) -> str:
    """Return what a line is when numbers, hashes, dates and the width of the terminal are left out."""
    short = re.sub(r"\(\d+:\d\d:\d\d\)", "", line)  # what pytest adds to more than a minute
    return " ".join(re.sub(r"\b[0-9a-f]{12,}\b|[+-]?[\d.,]+|=+", "0", short).split())


def _main(words: list[str]) -> None:
    binaries = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        said: dict[str, str] = {}

        def printed(command: str) -> str:
            if command not in said:
                program, *arguments = shlex.split(command)
                ended = subprocess.run(
                    [binaries / program, *arguments], cwd=place, capture_output=True, check=False, text=True
                )
                said[command] = ended.stdout
            return said[command]

        printed(DEMO)
        shutil.copytree(next((place / ".mathbench").iterdir()), place / "RUN")
        (place / "mathbench-baselines").mkdir()
        shutil.copy(ROOT / "pytest_mathbench/demonstration/baseline.json", place / "mathbench-baselines/main.json")
        for path in PAGES:
            text = path.read_text(encoding="utf-8")
            if all(word in " ".join(commands(text)) for word in words) and commands(text):
                path.write_text(refreshed(text, printed), encoding="utf-8")
                sys.stdout.write(f"{path.name}: {', '.join(commands(text))}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
