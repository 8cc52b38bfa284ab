"""Where a completion goes wrong, what failed becomes less likely, and the model goes on from there."""

from collections import Counter

from pytest_mathbench.generation.strategies.mending import CHOICES, Work
from pytest_mathbench.generation.strategies.prefixes import prompt_ids_of, tokens_of
from pytest_mathbench.generation.strategies.search import Renewal, Search
from pytest_mathbench.generation.strategies.strategy import Inspector, Ledger
from pytest_mathbench.records import Completion, Finding, Request

_WINDOW = 4
"""Tokens that are made under a penalty."""

_PENALTY = 6.0
"""What the first token that failed loses, in nats, at each failure."""

_DECAY = 0.5
"""How much of the penalty is left one position on."""


class Penalty(Search):
    """Keeps the tokens before the blamed one; those that failed lose by logits, the less the more positions away.

    After the idea of ROCODE (Jiang et al. 2024), in a form of our own: an endpoint takes one bias for all tokens of a
    request, so the next four tokens are made under the penalty, and the rest without. Failures at one place add up.
    """

    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:  # noqa: ARG002 - as all have it
        """Cut at the blamed tokens."""
        work = Work(request, ledger, prompt_ids_of(first))
        failures: dict[tuple[int, ...], list[dict[int, float]]] = {}

        def renew(current: Completion, finding: Finding, _: int) -> tuple[int, Completion] | None:
            tokens = tokens_of(current)
            for position in finding.positions:
                failed = failures.setdefault(tokens.ids[:position], [])
                if tokens.can_be_cut(position) and len(failed) < CHOICES - 1:
                    failed.append(_penalties(tokens.ids[position : position + _WINDOW]))
                    if new := work.go_on_softly(current, position, _sum(failed), _WINDOW):
                        return position, new
            return None

        return renew


def _penalties(failed: tuple[int, ...]) -> dict[int, float]:
    """Return what each token that failed loses, as its first place has it."""
    penalties: dict[int, float] = {}
    for distance, token in enumerate(failed):
        penalties.setdefault(token, _PENALTY * _DECAY**distance)
    return penalties


def _sum(failures: list[dict[int, float]]) -> dict[int, float]:
    total = Counter[int]()
    for each in failures:
        total.update(each)
    return dict(sorted(total.items()))
