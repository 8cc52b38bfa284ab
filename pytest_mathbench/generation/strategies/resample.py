"""The whole completion is made anew: the control for keeping anything."""

from pytest_mathbench.generation.strategies.mending import Work
from pytest_mathbench.generation.strategies.regenerate import Regenerate
from pytest_mathbench.records import Completion, Finding


class Resample(Regenerate):
    """Makes the whole completion anew: the control for regenerating at all."""

    def _renew(self, work: Work, current: Completion, finding: Finding, step: int) -> tuple[int, Completion] | None:  # noqa: ARG002
        return 0, work.start_again(step)
