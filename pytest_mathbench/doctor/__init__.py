"""Can a run start here? Each thing that it needs, looked at as the run itself does, before it costs anything."""

from collections.abc import Iterator

from pytest_mathbench.doctor import confinement, endpoints, machine, server
from pytest_mathbench.doctor.finding import Finding, State
from pytest_mathbench.settings import Settings

__all__ = ["Finding", "State", "examine"]


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, one by one: some of it takes a moment."""
    yield from machine.findings(settings)
    yield from confinement.findings(settings)
    yield from (endpoints if settings.base_url else server).findings(settings)
