"""What trackers of experiments hold of a run: its settings, what it is found by, and its figures by bucket."""

from collections.abc import Iterator

from pytest_mathbench.analysis.buckets import Bucket
from pytest_mathbench.analysis.decisions import overall
from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.exporters.finished import Finished, text
from pytest_mathbench.recording.run_info import settings_of
from pytest_mathbench.reporting.export import as_json


def parameters(finished: Finished) -> dict[str, str]:
    """Return what decides a run's results, by names as in `sampling.seed`; what is not set is left out."""
    found = settings_of(finished.context.info).items()
    return {text(name): text(str(value)) for name, value in found if value not in ("", None, ())}


def identity(finished: Finished) -> dict[str, str]:
    """Return what a run is found by: what was measured at which commit, on which problems, and what the gates said."""
    info, decisions = finished.context.info, finished.context.decisions
    found = {
        "run": finished.run.folder.name,
        "model": info.model,
        "commit": info.commit,
        "problem_set": info.problem_set,
        "problems_sha256": info.problems_sha256,
        "gates": str(overall(decisions)) if decisions else "",
    }
    return {name: text(value) for name, value in found.items() if value}


def totals(finished: Finished) -> dict[str, float]:
    """Return the figures of a whole run by names as in `pass_rate/algebra`, those that are known."""
    return {name: float(value) for name, value in _totals(finished) if value is not None}


def _totals(finished: Finished) -> Iterator[tuple[str, float | None]]:
    scores = finished.report.scores
    yield "pass_rate", scores.total.rate
    if scores.total.measured:
        low, high = scores.total.interval
        yield from (("pass_rate_low", low), ("pass_rate_high", high))
    for bucket in buckets(finished):
        yield f"pass_rate/{bucket.name}", scores.of(bucket).rate
    found = as_json(finished.report, finished.context)
    outcomes, cost = found["outcomes"], found["cost"]
    yield from ((f"attempts/{name}", count) for name, count in outcomes["counts"].items())
    yield "attempts/not_measured", outcomes["not_measured"]
    yield from ((f"tokens/{name}", count) for name, count in outcomes["tokens"].items())
    yield "unsafe_rate", outcomes["unsafe"]["rate"]
    yield "cost", cost and cost["total"]["total"]
    if comparison := finished.context.comparison:
        difference = comparison.pairs.difference
        yield "against_baseline", difference.value
        yield from (("against_baseline_low", difference.low), ("against_baseline_high", difference.high))
        for domain, pairs in comparison.domains.items():
            yield f"against_baseline/{domain}", pairs.difference.value


def by_level(finished: Finished) -> dict[int, dict[str, float]]:
    """Return the pass rates of each level, of all and by domain: a tracker draws them as curves, a level a step."""
    scores = finished.report.scores
    return {
        level: {
            f"pass_rate_by_level/{domain or 'all'}": rate
            for domain in (None, *scores.domains)
            if (rate := scores.of(Bucket(domain, level)).rate) is not None
        }
        for level in scores.levels
    }


def buckets(finished: Finished) -> list[Bucket]:
    """Return the domains and the levels that have a score of their own."""
    scores = finished.report.scores
    return [*(Bucket(domain) for domain in scores.domains), *(Bucket(level=level) for level in scores.levels)]


def standard_error(score: Score) -> float | None:
    """Return the standard error of a pass rate, of as many attempts as it is worth; None where nothing was measured."""
    rate = score.rate
    return None if rate is None else (rate * (1 - rate) / score.effective) ** 0.5
