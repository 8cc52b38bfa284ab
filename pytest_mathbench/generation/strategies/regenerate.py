"""A completion is mended where it goes wrong; and the control that mends it anywhere."""

import random
from dataclasses import dataclass, replace

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.mending import Work
from pytest_mathbench.generation.strategies.prefixes import prompt_ids_of, tokens_of
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Finding, Regeneration, Request

_REPEATS = 2
"""Texts in a row that had been there before, after which nothing new is to be expected."""

DOUBTS = {"margin", "entropy"}
"""Triggers that tell of a token in doubt, which is no fault of the program."""


@dataclass(frozen=True, slots=True)
class Regenerate:
    """Where a completion goes wrong, the tokens before are kept, the token is forbidden, and the model goes on.

    Ends when the inspector finds nothing, after so many `regenerations`, or when `budget` tokens have been made for the
    attempt. The answer is then the last version in which no fault of the program is known, or else the first.
    """

    regenerations: int
    budget: int
    needs_tokens = True

    def first(self, request: Request) -> Request:
        """Ask for the completion with its tokens."""
        return limited(replace(request, tokens=True), self.budget)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:
        """Make a completion, and mend it."""
        ledger = Ledger(source)
        current = ledger.ask(self.first(request))
        work = Work(request, ledger, prompt_ids_of(current), self.budget)
        versions, faulty, seen = [current], list[bool](), {current.text}
        steps: list[Regeneration] = []
        settled = repeats = 0
        while True:
            finding = inspector.inspect(current, settled)
            faulty[len(versions) - 1 :] = [finding is not None and finding.trigger not in DOUBTS]
            if ended := self._end(finding, len(steps), repeats, work):
                break
            assert finding is not None  # noqa: S101 - or it had ended
            renewed = self._renew(work, current, finding, len(steps))
            if renewed is None:
                ended = "no place left"
                break
            position, new = renewed
            repeat = new.text in seen
            repeats = repeats + 1 if repeat else 0
            steps.append(_step(finding, position, current, new, repeat=repeat))
            if not repeat:
                seen.add(new.text)
                versions.append(new)
                current, settled = new, position + 1
        sound = [number for number, is_faulty in enumerate(faulty) if not is_faulty]
        return ledger.attempt(versions, ended, sound[-1] if sound else 0, steps)

    def _end(self, finding: Finding | None, steps: int, repeats: int, work: Work) -> str:
        """Return why there is to be no further regeneration; empty if there may be one."""
        if finding is None:
            return "nothing found"
        if repeats == _REPEATS:
            return "loop"
        if steps == self.regenerations:
            return "regenerations"
        return "" if work.left > 0 else "tokens"

    def _renew(self, work: Work, current: Completion, finding: Finding, _: int) -> tuple[int, Completion] | None:
        """Return where the completion was cut, and the new one; None if there is no place left to cut."""
        return work.go_on(current, finding.positions)


class Random(Regenerate):
    """Cuts at a random token, whatever the finding: the control for knowing where."""

    def _renew(self, work: Work, current: Completion, finding: Finding, step: int) -> tuple[int, Completion] | None:  # noqa: ARG002
        positions = list(range(len(tokens_of(current).ids)))
        random.Random(f"{work.request.key}:{step}").shuffle(positions)  # noqa: S311 - a draw that can be drawn again
        return work.go_on(current, positions)


def _step(finding: Finding, position: int, old: Completion, new: Completion, *, repeat: bool) -> Regeneration:
    return Regeneration(
        trigger=finding.trigger,
        detail=finding.detail,
        position=position,
        before=_text_at(old, position),
        after=_text_at(new, position),
        tokens_before=len(tokens_of(old).ids),
        tokens_after=len(tokens_of(new).ids),
        repeat=repeat,
    )


def _text_at(completion: Completion, position: int) -> str:
    """Return a token's text; of what ends before it, none."""
    return "".join(tokens_of(completion).texts[position : position + 1])
