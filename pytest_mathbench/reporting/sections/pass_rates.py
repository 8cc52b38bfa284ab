"""Pass rates by domain and level."""

from collections.abc import Iterator
from typing import Any

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.scores import Scores
from pytest_mathbench.domains import NO_LEVEL, label
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Chart, Fact, Headline, Part, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import (
    COUNT,
    SCORE,
    SCORE_FIELDS,
    TEXT,
    array,
    closed,
    described,
    mapping,
    score,
)
from pytest_mathbench.reporting.sections.wording import DASH, bounds, percent


class PassRates:
    """How many of the measured attempts are correct."""

    name, title = "pass_rates", "Pass rates"
    schema = described(
        closed(
            total=SCORE,
            domains=mapping(SCORE),
            levels=described(mapping(SCORE), "By level; 0 is of problems whose data set knows none"),
            cells=array(closed(domain=TEXT, level=COUNT, **SCORE_FIELDS)),
        ),
        "Rates with their 95 % intervals, for problems of this kind and for this set (docs/gates.md)",
    )

    def __init__(self) -> None:
        self.scores = Scores()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt."""
        self.scores.add(result)

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the rate, then the table of domains and levels, then the domains beside the baseline's."""
        scores, total = self.scores, self.scores.total
        if not total.measured:
            yield Headline("pass rate", DASH, "nothing was measured")
            yield Fact("pass rate", "nothing was measured")
            return
        worth = "" if total.effective == total.measured else f", worth {total.effective:.0f} independent ones"
        interval = f"{bounds(total.interval)} for problems of this kind"
        if of_the_set := total.interval_of_the_set:
            interval += f", {bounds(of_the_set)} for this very set (sampling noise alone)"
        yield Headline(
            "pass rate", percent(total.rate), f"95% interval {interval}, {total.correct:,} of {total.measured:,}{worth}"
        )
        levels = [level for level in scores.levels if level != NO_LEVEL]
        yield Table(
            ["pass rate", *(f"level {level}" for level in levels), "all"],
            [
                [
                    label(domain) if domain else "all",
                    *(
                        Part(scores.of(bucket), bucket)
                        for level in (*levels, None)
                        for bucket in [Bucket(domain, level)]
                    ),
                ]
                for domain in (*scores.domains, None)
            ],
        )
        ring = "; the ring is the baseline on the same problems" if context.comparison else ""
        yield Chart(
            "bars",
            f"Pass rate by domain, with its 95% interval for problems of this kind{ring}",
            [self._bar(domain, context) for domain in scores.domains],
        )

    def _bar(self, domain: str, context: Context) -> dict[str, Any]:
        before = context.comparison.domains.get(domain) if context.comparison else None
        baseline = {"baseline": before.first.rate} if before else {}
        return {"name": label(domain), **score(self.scores.of(Bucket(domain))), **baseline}

    def as_json(self, context: Context) -> object:
        """Return the scores of all, of each domain, each level and each cell."""
        scores = self.scores
        return {
            "total": score(scores.total),
            "domains": {domain: score(scores.of(Bucket(domain))) for domain in scores.domains},
            "levels": {str(level): score(scores.of(Bucket(level=level))) for level in scores.levels},
            "cells": [
                {"domain": domain, "level": level, **score(found)} for (domain, level), found in scores.cells.items()
            ],
        }
