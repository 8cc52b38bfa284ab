"""What several samples of a problem give."""

from collections.abc import Iterator, Mapping

from pytest_mathbench.analysis.buckets import Bucket, Cell
from pytest_mathbench.analysis.samples import Sampled, SampleTally, pooled
from pytest_mathbench.domains import NO_LEVEL, in_order, label
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, RATE, closed, described, mapping, nullable
from pytest_mathbench.reporting.sections.wording import percent

_SAMPLED = closed(problems=COUNT, pass_at_1=nullable(RATE), pass_at_k=nullable(RATE), majority=nullable(RATE))


class Samples:
    """pass@1, pass@k and the majority's answer, of runs that attempt each problem several times."""

    name, title = "samples", "Samples"
    schema = described(
        nullable(closed(samples=COUNT, total=_SAMPLED, domains=mapping(_SAMPLED), levels=mapping(_SAMPLED))),
        "Null where each problem is attempted once. A problem of which a sample was not measured is left out",
    )

    def __init__(self) -> None:
        self._samples = SampleTally()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt."""
        self._samples.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the rates by domain, then by level."""
        count = context.info.samples
        if not (cells := self._sampled(context)):
            return
        buckets = [
            *map(Bucket, _domains(cells)),
            *(Bucket(level=level) for level in _levels(cells) if level != NO_LEVEL),
        ]
        yield Table(
            [f"{count} samples", "problems", "pass@1", f"pass@{count}", f"maj@{count}"],
            [_row(bucket, pooled(cells, bucket)) for bucket in [*buckets, Bucket()]],
        )

    def as_json(self, context: Context) -> object:
        """Return the rates of all, of each domain and of each level."""
        if context.info.samples == 1:
            return None
        cells = self._sampled(context)
        return {
            "samples": context.info.samples,
            "total": _json(pooled(cells, Bucket())),
            "domains": {domain: _json(pooled(cells, Bucket(domain))) for domain in _domains(cells)},
            "levels": {str(level): _json(pooled(cells, Bucket(level=level))) for level in _levels(cells)},
        }

    def _sampled(self, context: Context) -> dict[Cell, Sampled]:
        return self._samples.sampled(context.info.samples) if context.info.samples > 1 else {}


def _domains(cells: Mapping[Cell, Sampled]) -> list[str]:
    return in_order(domain for domain, _ in cells)


def _levels(cells: Mapping[Cell, Sampled]) -> list[int]:
    return sorted({level for _, level in cells})


def _row(bucket: Bucket, sampled: Sampled) -> list[str]:
    level = "all" if bucket.level is None else f"level {bucket.level}"
    name = label(bucket.domain) if bucket.domain else level
    return [name, str(sampled.problems), *map(percent, _rates(sampled).values())]


def _json(sampled: Sampled) -> dict[str, float | None]:
    return {"problems": sampled.problems, **_rates(sampled)}


def _rates(sampled: Sampled) -> dict[str, float | None]:
    sums = {"pass_at_1": sampled.pass_at_1, "pass_at_k": sampled.pass_at_k, "majority": sampled.majority}
    return {name: each / sampled.problems if sampled.problems else None for name, each in sums.items()}
