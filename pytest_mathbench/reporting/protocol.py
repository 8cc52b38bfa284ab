"""A run beside the protocol that it follows → lines for a terminal."""

from collections.abc import Iterator

from pytest_mathbench.analysis.scores import RunReport, Stage
from pytest_mathbench.protocols import ACCURACY, EXECUTION, PROTOCOLS, UNSAFE, UNSOLVED, Protocol, choices
from pytest_mathbench.records import RunInfo
from pytest_mathbench.reporting.table import aligned, rate


def header(info: RunInfo) -> Iterator[str]:
    """Yield which protocol is followed, in what it is not, and what it leaves open; nothing without a protocol."""
    if not info.protocol:
        return
    protocol = PROTOCOLS[info.protocol]
    yield f"protocol {protocol.name}: {protocol.source}"
    yield f"as the paper states, except: {info.deviations or 'nothing'}"
    yield "left open by the paper, and chosen here:"
    found = choices(info)
    yield from (f"  {name}: {found[name]}" for name in protocol.open_choices)


def lines(info: RunInfo, report: RunReport, most: int | None = None) -> Iterator[str]:
    """Yield a run's own figures beside the published ones, and its unsolved problems, `most` of them."""
    if not info.protocol:
        return
    protocol = PROTOCOLS[info.protocol]
    yield ""
    yield from header(info)
    yield ""
    own = _own(report)
    yield from aligned(
        [
            ["this run, and what was published", "this run", "published", "of"],
            *([each.measure, own.get(each.measure, "-"), each.value, each.model] for each in protocol.figures),
        ]
    )
    yield "published figures are of other models, problems and choices: they are shown, not compared"
    yield ""
    yield f"unsolved by this model: {len(report.unsolved)}"
    yield from (f"  {problem}" for problem in report.unsolved[:most])
    if most is not None and len(report.unsolved) > most:
        yield f"  and {len(report.unsolved) - most} others: mathbench report lists them"


def _own(report: RunReport) -> dict[str, str]:
    execution = report.overall_durations.get(Stage.EXECUTION)
    return {
        ACCURACY: rate(report.total),
        UNSAFE: f"{report.unsafe_programs / report.programs:.1%}" if report.programs else "-",
        EXECUTION: f"{execution.mean:.2f} s" if execution else "-",
        UNSOLVED: f"{len(report.unsolved)} of {report.total.measured}",
    }


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
