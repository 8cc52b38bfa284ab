"""A completion is looked at, and made anew as long as something is found: what several strategies have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

from pytest_mathbench.generation import CompletionSource
from pytest_mathbench.generation.strategies.strategy import Attempt, Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Finding, Regeneration, Request

Renewal = Callable[[Completion, Finding, int], tuple[int, Completion] | None]
"""Makes a version that follows one in which something was found, after so many others.

Returns at which token the old one was cut, and the new one; None if there is no place left to cut.
"""

DOUBTS = {"margin", "entropy"}
"""Triggers that tell of a token in doubt, which is no fault of the program."""

_REPEATS = 2
"""Texts in a row that had been there before, after which nothing new is to be expected."""


@dataclass(frozen=True, slots=True)
class Search(ABC):
    """Ends when the inspector finds nothing, after so many `regenerations`, or when `budget` tokens have been made.

    The answer is then the last version in which no fault of the program is known, or else the first. With `cut`,
    each version ends where nothing can mend it any more.
    """

    regenerations: int
    budget: int
    cut: bool = False
    needs_tokens = True

    @abstractmethod
    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:
        """Return what makes each version after the first."""

    def first(self, request: Request) -> Request:
        """Ask for the completion, with its tokens where they are needed."""
        return limited(replace(request, tokens=self.needs_tokens, cut=self.cut), self.budget)

    def attempt(self, request: Request, source: CompletionSource, inspector: Inspector) -> Attempt:
        """Make a completion, and others as long as something is found."""
        ledger = Ledger(source, self.budget)
        current = ledger.ask(self.first(request))
        renew = self.renewal(replace(request, cut=self.cut), ledger, current, inspector)
        versions, faulty, seen = [current], list[bool](), {current.text}
        steps: list[Regeneration] = []
        settled = repeats = 0
        while True:
            finding = inspector.inspect(current, settled)
            faulty[len(versions) - 1 :] = [finding is not None and finding.trigger not in DOUBTS]
            chosen = max((number for number, is_faulty in enumerate(faulty) if not is_faulty), default=0)
            ledger.stands(chosen)
            if ended := self._end(finding, len(steps), repeats, ledger):
                break
            assert finding is not None  # noqa: S101 - or it had ended
            renewed = renew(current, finding, len(steps))
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
        return ledger.attempt(versions, ended, chosen, steps)

    def _end(self, finding: Finding | None, steps: int, repeats: int, ledger: Ledger) -> str:
        """Return why there is to be no further regeneration; empty if there may be one."""
        if finding is None:
            return "nothing found"
        if repeats == _REPEATS:
            return "loop"
        if steps == self.regenerations:
            return "regenerations"
        return "" if ledger.left > 0 else "tokens"


def _step(finding: Finding, position: int, old: Completion, new: Completion, *, repeat: bool) -> Regeneration:
    return Regeneration(
        trigger=finding.trigger,
        detail=finding.detail,
        position=position,
        before=_text_at(old, position),
        after=_text_at(new, position),
        tokens_before=old.completion_tokens,
        tokens_after=new.completion_tokens,
        repeat=repeat,
    )


def _text_at(completion: Completion, position: int) -> str:
    """Return a token's text; none of what ends before it, or has no tokens."""
    return "".join(completion.tokens.texts[position : position + 1]) if completion.tokens else ""
