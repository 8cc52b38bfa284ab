"""The commands that README and documentation show, as they stand there.

A block of code whose first line is a command holds commands only, one a line; a workflow's are its `run` keys. What
cannot be run in a test says why in a comment before the block, which no reader of the page sees:

    <!-- not run: needs a GPU -->

`<!-- not run, line 2: … -->` is about one line of the block, `<!-- not run below: … -->` about all that follows on the
page.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

OURS = ("pytest", "mathbench")
CHECKED = ("make", "pip", "pipx", "python")
"""Programs whose arguments name things of this project, which have to be there."""
OTHERS = ("cd", "docker", "export", "gh", "git", "inspect", "jq", "podman", "setpriv", "wandb")
"""What their arguments mean, other projects decide: they are not run."""

_COMMAND = re.compile(rf"(?:[A-Z_]+=\S+ )*(?:{'|'.join(OURS + CHECKED + OTHERS)}) (?! |\(|\w+: )")
"""A line that is a command; `mathbench demo: …` is what one said, `pytest (the controller)` a drawing."""

_ENDS = {"&&", "||", "|", ";", ">", "<"}
_MARK = re.compile(r"<!-- not run( below|, line (?P<line>\d+))?: (?P<reason>.+?) -->", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command of a page: its words, as a shell would split them, and why it is not run, if it is not."""

    page: str
    line: int
    words: tuple[str, ...]
    not_run: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {shlex.join(self.words)}"


@cache
def commands() -> tuple[Command, ...]:
    """All of them, in the order of the pages."""
    return tuple(command for page in PAGES for command in of_page(page.name, page.read_text(encoding="utf-8")))


def blocks(language: str) -> list[tuple[str, str]]:
    """Page and text of each block in a language."""
    return [
        (page.name, token.content)
        for page in PAGES
        for token in MarkdownIt().parse(page.read_text(encoding="utf-8"))
        if token.type == "fence" and token.info == language
    ]


def of_page(name: str, text: str) -> Iterator[Command]:
    """Read those of a page. Raises `ValueError` for a line among commands that is none, and for a mark of nothing."""
    mark, below = None, ""
    for token in MarkdownIt().parse(text):
        if token.type == "html_block" and (found := _MARK.search(token.content)):
            if found[1] == " below":
                below = found["reason"]
            else:
                mark = found
            continue
        if token.type == "inline" and re.match(r"(?:pytest|mathbench)(?: \w+)? --", token.content):
            raise ValueError(f"{name}: a command that is no code: {token.content}")
        marked = 0
        if token.type in {"fence", "code_block"} and token.map:
            first = token.map[0] + 1 + (token.type == "fence")
            for number, (line, whole) in enumerate(_lines(token.content, first, token.info), start=1):
                is_marked = mark is not None and mark["line"] in {None, str(number)}
                marked += is_marked
                for words in _simple(whole):
                    if words[0] not in OURS + CHECKED + OTHERS:
                        raise ValueError(f"{name}:{line}: {words[0]} is what is no command, amidst of commands")
                    yield Command(name, line, words, mark["reason"] if mark and is_marked else below)
        if mark and not marked:
            raise ValueError(f"{name}: there is no command for the mark {mark[0]}")
        mark = None


def _lines(content: str, first: int, info: str) -> Iterator[tuple[int, str]]:
    """Return what a block has a shell run, by line number."""
    if info == "yaml":
        for text in _runs(yaml.safe_load(content)):
            yield from ((first, line) for line in text.splitlines())
        return
    whole, start = "", first
    is_console = bool(_COMMAND.match(content))
    for number, line in enumerate(content.splitlines(), start=first):
        whole, start = (whole + " " + line.strip(), start) if whole else (line, number)
        if whole.endswith("\\"):
            whole = whole.removesuffix("\\").rstrip()
            continue
        if is_console:
            yield start, whole
        elif _COMMAND.match(whole):
            raise ValueError(f"line {start}: a command amidst of what is none: {whole}")
        whole = ""


def _runs(node: Any) -> Iterator[str]:  # any YAML
    """Return what stands at every key `run` of a workflow."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("run"), str):
        yield node["run"]
    for child in children:
        yield from _runs(child)


def _simple(line: str) -> Iterator[tuple[str, ...]]:
    """Split a line into its simple commands: without comments, redirections, settings of variables and tests."""
    reader = shlex.shlex(re.sub(r"\$\{\{.*?\}\}", "1", line), posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    words: list[str] = []
    end = ""
    for word in [*reader, ";"]:
        if word in _ENDS:
            kept = words[next((n for n, each in enumerate(words) if not re.match(r"[A-Z_]+=", each)), len(words)) :]
            if kept and kept[0] != "test" and end not in {">", "<"}:
                yield tuple(kept)
            words, end = [], word
        else:
            words.append(word)
