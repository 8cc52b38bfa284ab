"""The sections of a report: each module is one, and `SECTIONS` is the report, in its order."""

from collections.abc import Callable

from pytest_mathbench.reporting.sections.baseline import AgainstBaseline
from pytest_mathbench.reporting.sections.contamination import Contamination
from pytest_mathbench.reporting.sections.cost import Cost
from pytest_mathbench.reporting.sections.durations import Durations
from pytest_mathbench.reporting.sections.gates import Gates
from pytest_mathbench.reporting.sections.judge import Judge
from pytest_mathbench.reporting.sections.not_measured import NotMeasured
from pytest_mathbench.reporting.sections.outcomes import Outcomes
from pytest_mathbench.reporting.sections.pass_rates import PassRates
from pytest_mathbench.reporting.sections.protocol import PublishedProtocol
from pytest_mathbench.reporting.sections.samples import Samples
from pytest_mathbench.reporting.sections.section import Section
from pytest_mathbench.reporting.sections.strategy import Strategy
from pytest_mathbench.reporting.sections.unsolved import Unsolved
from pytest_mathbench.reporting.sections.verdicts import Verdicts

SECTIONS: tuple[Callable[[], Section], ...] = (
    Gates,
    PassRates,
    Samples,
    Contamination,
    Verdicts,
    Judge,
    Outcomes,
    Cost,
    Strategy,
    Durations,
    NotMeasured,
    PublishedProtocol,
    Unsolved,
    AgainstBaseline,
)
