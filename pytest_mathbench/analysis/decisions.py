"""Gates and what was measured → the verdict on each gate.

- A threshold without "with confidence": the point decides, and the interval is shown. With it, PASS and FAIL each need
  the one-sided bound; between them the gate is INCONCLUSIVE.
- "no worse than baseline" without it: FAIL needs a drop beyond the margin that is not chance. All such comparisons of
  a run are one family: the chance of any false FAIL among them is at most 5 % (exact one-sided McNemar, Holm 1979).
  With it, the bounds of the paired difference decide.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import NormalDist

from pytest_mathbench.analysis.comparison import Comparison, Measured, Pairs, compare
from pytest_mathbench.analysis.gates import (
    EQUAL_LEVEL,
    TOKENS,
    UNSAFE,
    Decision,
    Form,
    Gate,
    Status,
    buckets,
    cell_of,
    worst,
)
from pytest_mathbench.analysis.statistics import (
    detectable_drop,
    holm,
    spread,
    wilson,
)
from pytest_mathbench.domains import in_order
from pytest_mathbench.records import Attempt, Outcome

ERROR = 0.05
"""The chance of any false FAIL among all comparisons with a baseline."""

Measurements = Mapping[Attempt, Measured]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gates are decided on: a run's measured attempts, a baseline's, and how many were not measured."""

    run: Measurements
    baseline: Measurements | None = None
    not_measured: int = 0
    comparison: Comparison | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "comparison", compare(self.baseline, self.run) if self.baseline else None)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """The cells that were measured, in the order of reports."""
        domains = in_order({each.domain for each in self.run.values()})
        found = {(each.domain, each.level) for each in self.run.values()}
        return sorted(found, key=lambda cell: (domains.index(cell[0]), cell[1]))


def decide(gates: Sequence[Gate], evidence: Evidence, allowed: int = 0, *, explain: bool = True) -> list[Decision]:
    """Return the verdict on each gate; and one more, if more than `allowed` attempts were not measured.

    `explain` has each comparison say which drop it would find, which takes a moment.
    """
    family = [pairs.worse_by_chance for pairs in _family(gates, evidence)]
    chances = iter(holm(family))
    by_chance = partial(_by_chance, chances=chances, comparisons=len(family), explain=explain)
    decisions = []
    for gate in gates:
        if gate.form == Form.RATE:
            decisions.append(_rate(gate, evidence))
        elif gate.form == Form.NO_WORSE and gate.confidence is None:
            decisions.append(_no_worse(gate, evidence, by_chance))
        elif gate.form == Form.NO_WORSE:
            decisions.append(_no_worse(gate, evidence, _by_bounds))
        elif gate.form == Form.VALUE:
            decisions.append(_value(gate, evidence))
        else:
            decisions.append(_ratio(gate, evidence))
    if evidence.not_measured > allowed:
        sentence = f"{evidence.not_measured} attempts were not measured, {allowed} are allowed (--mathbench-unmeasured)"
        decisions.append(Decision(status=Status.INCONCLUSIVE, gate="everything is measured", sentence=sentence))
    return decisions


def settled(
    gates: Sequence[Gate], evidence: Evidence, remaining: Collection[tuple[Attempt, Measured]], allowed: int = 0
) -> list[Decision] | None:
    """Return the verdicts, if they stand whatever the `remaining` attempts would show; else None.

    The two extremes are tried: all of them right and safe, and all of them wrong and unsafe. Rates, and with them
    p-values and bounds, are monotonous in each answer: what both extremes give, everything between gives. Durations and
    tokens have no extremes: their gates are settled by the last attempt only.
    """
    if evidence.not_measured > allowed or any(gate.form in {Form.VALUE, Form.RATIO} for gate in gates):
        return None
    found = []
    for outcome, unsafe in ((Outcome.CORRECT, False), (Outcome.WRONG, True)):
        rest = {attempt: replace(each, outcome=outcome, unsafe=unsafe) for attempt, each in remaining}
        extreme = Evidence({**evidence.run, **rest}, evidence.baseline, evidence.not_measured)
        found.append(decide(gates, extreme, allowed, explain=False))
    if [each.status for each in found[0]] != [each.status for each in found[1]]:
        return None
    done, count = len(evidence.run), len(evidence.run) + len(remaining)
    return [
        replace(
            sure, sentence=f"settled by {done} of {count} attempts, whatever the others show; so far: {now.sentence}"
        )
        for sure, now in zip(found[0], decide(gates, evidence, allowed, explain=False), strict=True)
    ]


def _of(evidence: Evidence, bucket: str) -> list[Measured]:
    """Return a bucket's attempts."""
    domain, level = cell_of(bucket)
    return [each for each in evidence.run.values() if domain in {None, each.domain} and level in {None, each.level}]


def _decision(gate: Gate, statuses: Collection[Status], sentences: Sequence[str]) -> Decision:
    return Decision(status=worst(statuses), gate=gate.text, sentence="; ".join(sentences))


# Thresholds


def _rate(gate: Gate, evidence: Evidence) -> Decision:
    if gate.subject == EQUAL_LEVEL:
        return _equal_level(gate, evidence)
    statuses, sentences = [], []
    for bucket in buckets(gate.subject, evidence.cells):
        found = list(evidence.run.values()) if bucket == UNSAFE else _of(evidence, bucket)
        hits = [each.unsafe if bucket == UNSAFE else each.correct for each in found]
        counted = [hit for hit in hits if hit is not None]
        if not counted:
            statuses.append(Status.INCONCLUSIVE)
            sentences.append(f"{bucket}: nothing was measured")
            continue
        low, high = wilson(sum(counted), len(counted), 2 * (gate.confidence or 0.975) - 1)
        rate = sum(counted) / len(counted)
        statuses.append(_against(gate, rate, low, high))
        sentences.append(f"{bucket} {rate:.1%} ({sum(counted)}/{len(counted)}), {_shown(gate, low, high)}")
    return _decision(gate, statuses, sentences)


def _equal_level(gate: Gate, evidence: Evidence) -> Decision:
    """Decide on the mean of the levels' rates; its variance is of rates with one added to right and to wrong."""
    levels = [_of(evidence, level) for level in buckets("every level", evidence.cells)]
    if not levels:
        return Decision(status=Status.INCONCLUSIVE, gate=gate.text, sentence="nothing was measured")
    counts = [(sum(each.correct for each in found), len(found)) for found in levels]
    mean = sum(right / count for right, count in counts) / len(counts)
    adjusted = [((right + 1) / (count + 2), count + 2) for right, count in counts]
    error = (sum(rate * (1 - rate) / count for rate, count in adjusted)) ** 0.5 / len(counts)
    reach = NormalDist().inv_cdf(gate.confidence or 0.975) * error
    low, high = max(0.0, mean - reach), min(1.0, mean + reach)
    sentence = f"mean of {len(counts)} levels {mean:.1%}, {_shown(gate, low, high)}"
    return _decision(gate, [_against(gate, mean, low, high)], [sentence])


def _against(gate: Gate, point: float, low: float, high: float) -> Status:
    """Hold a value against the threshold: the point decides, or with confidence the bounds."""
    if gate.confidence is None:
        low = high = point
    holds, fails = (low >= gate.bound, high < gate.bound) if gate.at_least else (high <= gate.bound, low > gate.bound)
    return Status.PASS if holds else Status.FAIL if fails else Status.INCONCLUSIVE


def _shown(gate: Gate, low: float, high: float) -> str:
    if gate.confidence is None:
        return f"95% interval {low:.1%} to {high:.1%}"
    return f"with {gate.confidence:.0%} confidence above {low:.1%}, and below {high:.1%}"


# Comparisons with a baseline


def _paired(gate: Gate, evidence: Evidence) -> Iterator[tuple[str, Pairs | None]]:
    """Yield each bucket's pairs; None where there is none."""
    comparison = evidence.comparison
    for bucket in buckets(gate.subject, evidence.cells):
        domain, level = cell_of(bucket)
        if comparison is None:
            yield bucket, None
        elif domain and level:
            yield bucket, comparison.cells.get((domain, level))
        elif domain:
            yield bucket, comparison.domains.get(domain)
        else:
            yield bucket, comparison.pairs if level is None else comparison.levels.get(level)


def _family(gates: Sequence[Gate], evidence: Evidence) -> Iterator[Pairs]:
    """Yield all pairs of which a drop by chance must not fail the run."""
    for gate in gates:
        if gate.form == Form.NO_WORSE and gate.confidence is None:
            yield from (pairs for _, pairs in _paired(gate, evidence) if pairs)


def _no_worse(gate: Gate, evidence: Evidence, hold: Callable[[Gate, Pairs], tuple[Status, str]]) -> Decision:
    """Hold each bucket's pairs against the margin."""
    statuses, sentences = [], []
    for bucket, pairs in _paired(gate, evidence):
        nothing = Status.INCONCLUSIVE, ": nothing was measured in both runs"
        status, sentence = hold(gate, pairs) if pairs else nothing
        statuses.append(status)
        sentences.append(f"{bucket}{sentence}")
    return _decision(gate, statuses, sentences)


def _by_chance(
    gate: Gate, pairs: Pairs, chances: Iterator[float], comparisons: int, *, explain: bool
) -> tuple[Status, str]:
    """Fail a drop beyond the margin that is not chance; `chances` are the comparisons' p-values, in their order."""
    chance = next(chances)
    drop = -pairs.difference.value
    failed = drop > gate.bound and chance <= ERROR
    beyond = "" if failed or drop <= gate.bound else ", which may be chance"
    power = f", {_power(pairs, ERROR / comparisons, gate.bound)}" if explain else ""
    return Status.FAIL if failed else Status.PASS, (
        f" {100 * pairs.difference.value:+.1f} points{beyond} "
        f"({pairs.count} pairs, p {chance:.3f} of {comparisons}{power})"
    )


def _power(pairs: Pairs, error: float, margin: float) -> str:
    """Say which drop so many pairs would show, at the discordance that was seen."""
    discordant = (pairs.only_first + pairs.only_second + 1) / (pairs.count + 2)
    smallest = detectable_drop(pairs.count, discordant, error, margin)
    return f"a drop of {100 * smallest:.0f} would be found with 80% power"


def _by_bounds(gate: Gate, pairs: Pairs) -> tuple[Status, str]:
    """Let the bounds of the paired difference decide."""
    confidence = gate.confidence or 0.95
    difference = pairs.difference_at(2 * confidence - 1)
    low, high = difference.low or 0.0, difference.high or 0.0
    return Status.PASS if low >= -gate.bound else Status.FAIL if high < -gate.bound else Status.INCONCLUSIVE, (
        f" {100 * difference.value:+.1f} points, with {confidence:.0%} confidence above {100 * low:+.1f}, "
        f"and below {100 * high:+.1f} ({pairs.count} pairs)"
    )


# Durations and tokens


def _value(gate: Gate, evidence: Evidence) -> Decision:
    found = _measure(gate.subject, evidence.run)
    if found is None:
        return Decision(status=Status.INCONCLUSIVE, gate=gate.text, sentence="nothing was measured")
    holds = found >= gate.bound if gate.at_least else found <= gate.bound
    unit = "" if gate.subject == TOKENS else " s"
    sentence = f"{gate.subject} {found:.4g}{unit}"
    return Decision(status=Status.PASS if holds else Status.FAIL, gate=gate.text, sentence=sentence)


def _ratio(gate: Gate, evidence: Evidence) -> Decision:
    """Compare on the attempts that both runs have measured."""
    baseline = evidence.baseline or {}
    shared = [each for each in evidence.run if each in baseline and evidence.run[each].text == baseline[each].text]
    after = _measure(gate.subject, {each: evidence.run[each] for each in shared})
    before = _measure(gate.subject, {each: baseline[each] for each in shared})
    if after is None or not before:
        return Decision(status=Status.INCONCLUSIVE, gate=gate.text, sentence="nothing was measured in both runs")
    ratio = after / before
    return Decision(
        status=Status.PASS if ratio <= gate.bound else Status.FAIL,
        gate=gate.text,
        sentence=f"{gate.subject} {after:.4g}, in the baseline {before:.4g}: {ratio:.2f} x",
    )


def _measure(subject: str, attempts: Measurements) -> float | None:
    """Return a measure's statistic over attempts; None where there is nothing to measure."""
    if subject == TOKENS:
        problems = {problem for problem, _ in attempts}
        return sum(each.cost.completion_tokens for each in attempts.values()) / len(problems) if problems else None
    measure, _, statistic = subject.rpartition(" ")
    values = [seconds for each in attempts.values() if (seconds := _seconds(measure, each)) is not None]
    if (found := spread(values)) is None:
        return None
    return {"mean": found.mean, "median": found.p50, "p95": found.p95}[statistic]


def _seconds(measure: str, attempt: Measured) -> float | None:
    if measure == "generation":
        return attempt.cost.seconds
    return attempt.execution_seconds if measure == "execution" else attempt.program_seconds
