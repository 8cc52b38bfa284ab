"""A run beside the published protocol that it follows."""

from collections.abc import Iterator

from pytest_mathbench.analysis.durations import DurationTally, Stage
from pytest_mathbench.analysis.samples import SampleTally
from pytest_mathbench.analysis.scores import Scores
from pytest_mathbench.protocols import ACCURACY, EXECUTION, PROTOCOLS, UNSAFE, UNSOLVED
from pytest_mathbench.recording.run_info import RunInfo
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Item, Listing, Table
from pytest_mathbench.reporting.sections.outcomes import Outcomes
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import TEXT, array, closed, described, mapping, nullable
from pytest_mathbench.reporting.sections.wording import DASH, percent, rate


class PublishedProtocol:
    """The run's own figures beside those that were published; nothing where it follows no protocol."""

    name, title = "protocol", "Published protocol"
    schema = described(
        nullable(
            closed(
                name=TEXT,
                source=TEXT,
                deviations=described(mapping(TEXT), "Options that depart from the paper, and how"),
                choices=described(mapping(TEXT), "What the paper leaves open, and the run chose"),
                figures=array(closed(measure=TEXT, own=TEXT, published=TEXT, model=TEXT)),
            )
        ),
        "Published figures are of other models, problems and choices: shown for reference, not compared",
    )

    def __init__(self) -> None:
        self._scores = Scores()
        self._durations = DurationTally()
        self._samples = SampleTally()
        self._outcomes = Outcomes()

    def add(self, result: ItemResult) -> None:
        """Add to each of the figures that protocols publish."""
        for each in (self._scores, self._durations, self._samples, self._outcomes):
            each.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield what protocol it is and how it is followed, then the figures."""
        if not context.info.protocol:
            return
        yield from followed(context.info)
        own = self._own()
        yield Table(
            ["this run, and what was published", "this run", "published", "of"],
            [
                [each.measure, own.get(each.measure, DASH), each.value, each.model]
                for each in PROTOCOLS[context.info.protocol].figures
            ],
        )
        yield "published figures are of other models, problems and choices: shown for reference, not compared"

    def as_json(self, context: Context) -> object:
        """Return the same, and null without a protocol."""
        info = context.info
        if not info.protocol:
            return None
        protocol, own = PROTOCOLS[info.protocol], self._own()
        return {
            "name": protocol.name,
            "source": protocol.source,
            "deviations": info.deviations,
            "choices": {name: choices(info)[name] for name in protocol.open_choices},
            "figures": [
                {
                    "measure": each.measure,
                    "own": own.get(each.measure, DASH),
                    "published": each.value,
                    "model": each.model,
                }
                for each in protocol.figures
            ],
        }

    def _own(self) -> dict[str, str]:
        execution = self._durations.overall.get(Stage.EXECUTION)
        return {
            ACCURACY: rate(self._scores.total),
            UNSAFE: percent(self._outcomes.unsafe_rate),
            EXECUTION: f"{execution.mean:.2f} s" if execution else DASH,
            UNSOLVED: f"{len(self._samples.unsolved)} of {self._samples.problems}",
        }


def followed(info: RunInfo) -> Iterator[Block]:
    """Yield which protocol is followed, in what it is not, and what it leaves open; nothing without a protocol."""
    if not info.protocol:
        return
    protocol, found = PROTOCOLS[info.protocol], choices(info)
    yield Fact(f"protocol {protocol.name}", protocol.source)
    departures = "; ".join(f"{name} {how}" for name, how in info.deviations.items())
    yield Fact("as the paper states, except", departures or "nothing")
    yield "left open by the paper, and chosen here:"
    yield Listing([Item(f"{name}: {found[name]}") for name in protocol.open_choices])


def choices(info: RunInfo) -> dict[str, str]:
    """Return what a run chose where its protocol leaves the choice open."""
    seconds = "none" if info.cpu_seconds is None else f"{info.cpu_seconds:g} s of CPU time"
    return {
        "problem ids": f"{info.problem_set} (sha256 {info.problems_sha256[:12]}), seed {info.sampling.seed}",
        "prompt": f"sha256 {info.prompt_sha256[:12]}",
        "temperature": f"{info.sampling.temperature:g}, top-p {info.sampling.top_p:g}",
        "completion limit": f"{info.sampling.max_tokens} tokens",
        "time limit": seconds,
        "memory limit": f"{info.memory_bytes >> 20} MiB",
        "libraries": ", ".join(info.preload),
        "sandbox": info.sandbox,
        "judge's rubric": f"sha256 {info.judge_sha256[:12]}" if info.judge_sha256 else "no judge",
        "unsafe means": "tried what the sandbox refuses",
        "regeneration": info.strategy,
    }
