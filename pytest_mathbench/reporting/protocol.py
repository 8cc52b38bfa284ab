"""Published protocols → lines for a terminal."""

from collections.abc import Iterator

from pytest_mathbench.protocols import Protocol
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.reporting.sections.protocol import followed
from pytest_mathbench.reporting.table import aligned, written


def header(info: RunInfo) -> Iterator[str]:
    """Yield which protocol a run follows, in what it is not, and what it leaves open; nothing without a protocol."""
    return written(followed(info))


def description(protocol: Protocol) -> Iterator[str]:
    """Yield all that a protocol states and leaves open, and its figures."""
    yield f"{protocol.name}: {protocol.source}"
    yield "\nWhat the paper states:"
    yield from (f"  {name}: {text}" for name, text in protocol.stated.items())
    given = " ".join(f"--mathbench-{name.replace('_', '-')}={text}" for name, text in protocol.settings.items())
    yield f"  which sets {given}"
    yield "\nWhat it leaves open, and the reason for our choice:"
    yield from (f"  {name}: {text}" for name, text in protocol.open_choices.items())
    yield "\nWhat it reports (reference data, never mixed with a run's own):"
    yield from (f"  {line}" for line in aligned([[each.measure, each.value, each.model] for each in protocol.figures]))
