"""How long the stages of an attempt took."""

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.durations import DurationTally, Stage
from pytest_mathbench.analysis.scores import Scores
from pytest_mathbench.analysis.statistics import Spread
from pytest_mathbench.domains import label
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import SPREAD, closed, described, mapping, score, spread
from pytest_mathbench.reporting.sections.wording import DASH

_MAIN_STAGES = {Stage.GENERATION: 2, Stage.PROGRAM_CPU: 3}
"""Stages shown by domain, and the decimal places that they are worth."""

_STAGES = mapping(SPREAD, *(stage.name.lower() for stage in Stage))


class Durations:
    """The spread of each stage's seconds, over measured attempts that came to it."""

    name, title = "durations", "Durations"
    schema = described(closed(stages=_STAGES, domains=mapping(_STAGES)), "By stage, over all domains and in each")

    def __init__(self) -> None:
        self._seconds = DurationTally()
        self._scores = Scores()

    def add(self, result: ItemResult) -> None:
        """Keep a measured attempt's durations."""
        self._seconds.add(result)
        self._scores.add(result)

    @property
    def overall(self) -> dict[Stage, Spread]:
        """The spread of each stage over all domains."""
        return self._seconds.overall

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the two main stages by domain, the means of the others, and time against accuracy."""
        domains, overall = self._seconds.domains, self.overall
        if not overall:
            return
        yield Table(
            ["seconds", *(name for stage in _MAIN_STAGES for name in (f"{stage}: mean", "p50", "p95"))],
            [
                *([label(domain), *_main_stages(stages)] for domain, stages in domains.items()),
                ["all", *_main_stages(overall)],
            ],
        )
        others = [(stage, each) for stage, each in overall.items() if stage not in _MAIN_STAGES]
        if others:
            yield Fact(
                "mean seconds of other stages",
                ", ".join(f"{stage} {each.mean:.3f} (p95 {each.p95:.3f})" for stage, each in others),
            )
        yield Chart("times", "Pass rate against mean generation time, by domain", list(self._times()))
        yield Chart("generation", "Generation time of each completion; blue where the answer is right")
        yield Chart("execution", "CPU time of each program; blue where the answer is right")

    def _times(self) -> Iterator[dict[str, Any]]:
        for domain, stages in self._seconds.domains.items():
            if found := stages.get(Stage.GENERATION):
                yield {"name": label(domain), "seconds": found.mean, **score(self._scores.of(Bucket(domain)))}

    def as_json(self, context: Context) -> object:
        """Return the spread of every stage."""
        return {
            "stages": _json(self.overall),
            "domains": {domain: _json(stages) for domain, stages in self._seconds.domains.items()},
        }


def _main_stages(stages: Mapping[Stage, Spread]) -> list[str]:
    return [cell for stage, places in _MAIN_STAGES.items() for cell in _cells(stages.get(stage), places)]


def _cells(found: Spread | None, places: int) -> list[str]:
    if found is None:
        return [DASH] * 3
    return [f"{value:.{places}f}" for value in (found.mean, found.p50, found.p95)]


def _json(stages: Mapping[Stage, Spread]) -> dict[str, Any]:
    return {stage.name.lower(): spread(found) for stage, found in stages.items()}
