"""The model is told what is wrong with its program, and mends it itself."""

from collections import Counter
from dataclasses import replace

from pytest_mathbench.generation.strategies.draws import draw
from pytest_mathbench.generation.strategies.search import Renewal, Search
from pytest_mathbench.generation.strategies.strategy import Inspector, Ledger, limited
from pytest_mathbench.records import Completion, Finding, Request

_MEND = "That does not work: {fault}\n\nMend it, and answer with the whole program."


class Repair(Search):
    """One more turn with the last answer and its fault. Olausson et al. 2024, with the interpreter for a critic.

    An answer that was mended in vain is mended again with chances of its own; an empty one is made anew.
    """

    needs_tokens = False

    def renewal(self, request: Request, ledger: Ledger, first: Completion, inspector: Inspector) -> Renewal:  # noqa: ARG002 - as all have it
        """Take a turn."""
        tried = Counter[str]()

        def renew(current: Completion, finding: Finding, step: int) -> tuple[int, Completion]:
            if current.text.strip():
                fault = inspector.traceback(current) or finding.detail
                asked = draw(_turn(request, current.text, fault), tried[current.text])
            else:
                asked = draw(request, step + 1)
            tried[current.text] += 1
            return 0, ledger.ask(limited(asked, ledger.left))

        return renew


def _turn(request: Request, answer: str, fault: str) -> Request:
    prompt = replace(request.prompt, turns=(answer, _MEND.format(fault=fault.strip())))
    return replace(request, prompt=prompt)
