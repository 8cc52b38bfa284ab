"""A run's report: results are added to its sections."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pytest_mathbench.analysis.scores import Scores
from pytest_mathbench.errors import ConfigurationError
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.sections import SECTIONS
from pytest_mathbench.reporting.sections.pass_rates import PassRates
from pytest_mathbench.reporting.sections.section import Section

_Kind = TypeVar("_Kind", bound=Section)


class Report:
    """The sections of a report, in their order; a section of ours is found by its class."""

    def __init__(self, more: Iterable[Callable[[], Section]] = ()) -> None:
        """Begin at nothing; `more` makes others' sections, which stand after ours.

        Raises `ConfigurationError` if two sections have one name.
        """
        self.sections = [make() for make in (*SECTIONS, *more)]
        names = [section.name for section in self.sections]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ConfigurationError(f"two sections of the report are named {twice!r}: rename one of them")
        self._count = 0

    def add(self, result: ItemResult) -> None:
        """Add a result, measured or not, to every section."""
        self._count += 1
        for section in self.sections:
            section.add(result)

    def __len__(self) -> int:
        """Return the number of results."""
        return self._count

    def __getitem__(self, kind: type[_Kind]) -> _Kind:
        """Return the section of this class. Raises `KeyError` if there is none."""
        for section in self.sections:
            if type(section) is kind:
                return section
        raise KeyError(kind)

    @property
    def scores(self) -> Scores:
        """The pass rates, which others than the report ask for."""
        return self[PassRates].scores


def report(results: Iterable[ItemResult], more: Iterable[Callable[[], Section]] = ()) -> Report:
    """Add up a run's results, in any order."""
    found = Report(more)
    for result in results:
        found.add(result)
    return found
