"""The whole completion is made anew: the control for keeping anything."""

from pytest_mathbench.generation.strategies.draws import draw
from pytest_mathbench.generation.strategies.search import Renewal, Search
from pytest_mathbench.generation.strategies.strategy import Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Request


class Resample(Search):
    """Makes the whole completion anew: the control for regenerating at all."""

    needs_tokens = False

    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:  # noqa: ARG002 - as all have it
        """Draw."""
        return lambda _, __, step: (0, ledger.ask(limited(draw(request, step + 1), ledger.left)))
