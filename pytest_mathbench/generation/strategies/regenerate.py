"""A completion is mended where it goes wrong; and the control that mends it anywhere."""

import random

from pytest_mathbench.generation.strategies.mending import Work
from pytest_mathbench.generation.strategies.prefixes import prompt_ids_of, tokens_of
from pytest_mathbench.generation.strategies.search import Renewal, Search
from pytest_mathbench.generation.strategies.strategy import Inspector, Ledger
from pytest_mathbench.records import Completion, Finding, Request


class Regenerate(Search):
    """Where a completion goes wrong, the tokens before are kept, the token is forbidden, and the model goes on."""

    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:  # noqa: ARG002 - as all have it
        """Cut at the blamed tokens."""
        work = Work(request, ledger, prompt_ids_of(first))
        return lambda current, finding, _: work.go_on(current, finding.positions, finding.lead, finding.allowed)


class Random(Search):
    """Cuts at a random token, whatever the finding: the control for knowing where."""

    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:  # noqa: ARG002 - as all have it
        """Cut anywhere."""
        work = Work(request, ledger, prompt_ids_of(first))

        def renew(current: Completion, _: Finding, step: int) -> tuple[int, Completion] | None:
            positions = list(range(len(tokens_of(current).ids)))
            random.Random(f"{request.key}:{step}").shuffle(positions)  # noqa: S311 - a draw that can be drawn again
            return work.go_on(current, positions)

        return renew
