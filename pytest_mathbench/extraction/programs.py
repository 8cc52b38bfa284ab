"""Which of an answer's blocks are the program, and where in the completion they stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pytest_mathbench.extraction import fences, prose
from pytest_mathbench.extraction.fences import Block
from pytest_mathbench.extraction.names import needed
from pytest_mathbench.extraction.strings import with_plain_spaces
from pytest_mathbench.thinking import split_thinking

MOST_READ = 1_000_000
"""Characters of an answer beyond which it is not read."""

MOST_BARE = 30_000
"""Characters at the end of a text in which a program is looked for that stands in no block."""

MOST_MENDED = 1 << 16
"""A block with more characters is taken as it is."""

MOST_JOINED = 1 << 14
"""Characters of a program and the blocks before it in which the names that it lacks are looked for."""

_PRINTS = re.compile(r"(?<![\w.])print\s*+\(|\bsys\.stdout\.write\s*+\(")
_LANGUAGE_ALONE = re.compile(r"\s*+(?:python3?|py)[ \t]*+\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extracted:
    """A program, and from and to where in its completion each of the blocks stands that it is made of."""

    program: str
    places: tuple[tuple[int, int], ...]

    @property
    def place(self) -> tuple[int, int]:
        """From and to where in the completion the program stands."""
        return self.places[0][0], self.places[-1][1]

    def line_place(self, completion: str, line: int) -> tuple[int, int]:
        """Return from and to where a line, counted from 1, stands; all of the program if that is unknown."""
        written = _lines(completion, self.places)
        start, end = self.place
        for wanted in self.program.removesuffix("\n").split("\n")[:line]:
            # What was taken away stood before the line, or in a line of its own.
            found = next((each for each in written if with_plain_spaces(each[1]).endswith(wanted)), None)
            if found is None:
                return self.place
            end = found[0] + len(found[1])
            start = max(found[0], end - len(wanted))
        return start, end


def _lines(text: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    for start, end in places:
        at = start
        for line in text[start:end].split("\n"):
            yield at, line.removesuffix("\r")
            at += len(line) + 1


def extract(completion: str) -> Extracted | None:
    """Return the program in a model's completion, or None if it holds none."""
    reply = split_thinking(completion)
    if reply.answer is None:
        return None
    answer = reply.answer[:MOST_READ]
    found = _fenced(answer)
    marked = [block for block in found if block.language == "python"]
    program = _chosen(answer, marked or [block for block in found if not block.language])
    if not marked and not (program and _PRINTS.search(program.program)):
        bare = _chosen(answer, list(_bare(answer, found)))
        program = bare if bare and _PRINTS.search(bare.program) else program
    if program is None:
        return None
    return Extracted(program.program, tuple((reply.start + start, reply.start + end) for start, end in program.places))


def _fenced(answer: str) -> list[Block]:
    """Return the fenced blocks; an answer may go on from a fence that the prompt opened."""
    found = fences.blocks(answer)
    if named := _LANGUAGE_ALONE.match(answer):
        first = answer[named.end() :].lstrip().partition("\n")[0]
        return fences.blocks(answer, named.end()) if prose.is_code(first) else found
    first_fence = fences.first(answer)
    if first_fence is None or first_fence.info or first_fence.place > MOST_BARE:
        return found
    if not prose.is_all_code(answer[: first_fence.place]):
        return found
    within = fences.blocks(answer, 0)
    # Whichever way the fences pair.
    return within if within[-1].closed or not (found and found[-1].closed) else found


def _bare(answer: str, found: Sequence[Block]) -> Iterator[Block]:
    """Yield what reads as a program before the first block; anywhere if there is none."""
    end = answer.rfind("\n", 0, max(0, found[0].start - 1)) + 1 if found else len(answer)
    start = 0 if end <= MOST_BARE else answer.find("\n", end - MOST_BARE, end) + 1
    for first, last in prose.bare_programs(answer[start:end]):
        yield Block("python", start + first, start + last)


def _chosen(answer: str, candidates: Sequence[Block]) -> Extracted | None:
    """Return the last candidate that prints, or else the last, and before it those that it needs."""
    blocks = [(block, content) for block in candidates if (content := fences.content(answer, block)).strip()]
    if not blocks:
        return None
    printing = (number for number in reversed(range(len(blocks))) if _PRINTS.search(blocks[number][1]))
    last = next(printing, len(blocks) - 1)
    first, room = last, MOST_JOINED - len(blocks[last][1])
    while first and (room := room - len(blocks[first - 1][1])) >= 0:
        first -= 1
    programs = [_mended(content, block) for block, content in blocks[first : last + 1]]
    numbers = needed(programs, last - first) if last > first else [0]
    if not (program := "".join(programs[number] for number in numbers)).strip():
        return None  # prompts without anything behind them
    return Extracted(
        program,
        tuple((blocks[first + number][0].start, blocks[first + number][0].end) for number in numbers),
    )


def _mended(content: str, block: Block) -> str:
    """Return a block's program without what its writer did not mean as a part of it."""
    if len(content) > MOST_MENDED:
        return content
    if not block.language and (named := _LANGUAGE_ALONE.match(content)):
        content = content[named.end() :]
    program = with_plain_spaces(content if block.closed else prose.without_prose_at_the_end(content))
    return _dedented(prose.without_prompts(program))


def _dedented(program: str) -> str:
    """Return a program without the indentation that all its lines share: Python takes none before the first."""
    lines = program.split("\n")
    if not (indentations := [line[: len(line) - len(line.lstrip())] for line in lines if line.strip()]):
        return program
    # What the least and the greatest have in common, all have.
    pairs = zip(min(indentations), max(indentations), strict=False)
    shared = "".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return "\n".join(line.removeprefix(shared) for line in lines) if shared else program
