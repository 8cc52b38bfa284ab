"""Gates: sentences that a run must bear out, and the verdict on each."""

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_mathbench.domains import LEVELS
from pytest_mathbench.record import Record


class Status(StrEnum):
    """What became of a gate."""

    PASS = "PASS"  # noqa: S105 - no password
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


EXIT_STATUS = {Status.PASS: 0, Status.FAIL: 1, Status.INCONCLUSIVE: 6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """The verdict on one gate, with one plain sentence of its numbers."""

    status: Status
    gate: str
    sentence: str


class Form(StrEnum):
    """What kind of sentence a gate is."""

    RATE = "rate"
    NO_WORSE = "no worse"
    VALUE = "value"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One sentence, read.

    `subject` is a bucket of problems, "unsafe", or a measure such as "execution p95". `at_least` tells the direction of
    a threshold. `bound` is a share from 0 to 1, a margin likewise, seconds, tokens or a factor. `confidence` is a share
    too, None where the point decides.
    """

    text: str
    form: Form
    subject: str
    bound: float
    at_least: bool = False
    confidence: float | None = None

    @property
    def needs_baseline(self) -> bool:
        """Whether it compares with another run."""
        return self.form in {Form.NO_WORSE, Form.RATIO}


OVERALL = "overall"
EQUAL_LEVEL = "equal-level"
UNSAFE = "unsafe"
EVERY = ("every domain", "every level", "every bucket")
MEASURES = ("execution", "generation", "program CPU")
STATISTICS = ("mean", "median", "p95")
TOKENS = "tokens per problem"

EXAMPLES = (
    "overall >= 60%",
    "level5 >= 30% with 95% confidence",
    "algebra/level3 >= 70%",
    "every domain no worse than baseline by more than 5 points",
    "execution p95 <= 2 s",
    "unsafe <= 1%",
    "tokens per problem no more than 1.2 x baseline",
)

_NUMBER = r"(\d+(?:\.\d+)?)"
_CONFIDENCE = rf"(?:\s+with\s+{_NUMBER}\s*%\s+confidence)?"
_RATE = re.compile(rf"(.+?)\s*(>=|<=)\s*{_NUMBER}\s*%{_CONFIDENCE}")
_NO_WORSE = re.compile(
    rf"(.+?)\s+no\s+worse\s+than\s+baseline(?:\s+by\s+more\s+than\s+{_NUMBER}\s+points?)?{_CONFIDENCE}"
)
_VALUE = re.compile(rf"(.+?)\s*(>=|<=)\s*{_NUMBER}\s*(s|tokens)?")
_RATIO = re.compile(rf"(.+?)\s+no\s+more\s+than\s+{_NUMBER}\s*x\s+baseline")
_WORDS = ["with", "confidence", "no", "worse", "than", "baseline", "by", "more", "points", "x", "s", "tokens"]


def read(text: str, domains: Collection[str]) -> Gate:
    """Read a gate; `domains` are those of the problem set.

    Raises `ValueError`, which names the nearest valid words, for anything else.
    """
    sentence = " ".join(text.split())
    if match := _RATE.fullmatch(sentence):
        subject, relation, bound, confidence = match.groups()
        return Gate(
            text=sentence,
            form=Form.RATE,
            subject=_bucket(subject, domains, (UNSAFE, EQUAL_LEVEL)),
            at_least=relation == ">=",
            bound=_share(bound),
            confidence=_confidence(confidence),
        )
    if match := _NO_WORSE.fullmatch(sentence):
        subject, points, confidence = match.groups()
        return Gate(
            text=sentence,
            form=Form.NO_WORSE,
            subject=_bucket(subject, domains, ()),
            bound=_share(points or "0"),
            confidence=_confidence(confidence),
        )
    if match := _VALUE.fullmatch(sentence):
        subject, relation, bound, unit = match.groups()
        if (measure := _measure(subject)) and (unit == "s") == (measure != TOKENS):
            return Gate(text=sentence, form=Form.VALUE, subject=measure, at_least=relation == ">=", bound=float(bound))
    if (match := _RATIO.fullmatch(sentence)) and (measure := _measure(match[1])):
        if not float(match[2]):
            raise ValueError(f"{sentence!r}: nothing is no more than 0 x baseline")
        return Gate(text=sentence, form=Form.RATIO, subject=measure, bound=float(match[2]))
    raise ValueError(f"{sentence!r} is no gate{_nearest(sentence, domains)}; gates read like: {'; '.join(EXAMPLES)}")


def read_all(sentences: Sequence[str], cells: Collection[tuple[str, int]], *, baseline: bool) -> tuple[Gate, ...]:
    """Read all gates of a run on problems of these cells.

    Raises `ValueError` for one that cannot be decided: no gate, on no problem, without the baseline that it needs, or
    against another gate.
    """
    found = []
    for sentence in sentences:
        gate = read(sentence, list(dict.fromkeys(domain for domain, _ in cells)))
        bucket = gate.form in {Form.RATE, Form.NO_WORSE} and gate.subject not in {UNSAFE, EQUAL_LEVEL, *EVERY}
        domain, level = cell_of(gate.subject) if bucket else (None, None)
        if not any(domain in {None, cell[0]} and level in {None, cell[1]} for cell in cells):
            raise ValueError(f"{gate.text!r}: no problem of {gate.subject} is selected")
        if gate.needs_baseline and not baseline:
            raise ValueError(f"{gate.text!r}: there is no baseline; name one with --mathbench-baseline")
        found.append(gate)
    if clash := contradiction(found):
        raise ValueError(clash)
    return tuple(found)


def contradiction(gates: Sequence[Gate]) -> str | None:
    """Say which two gates no run can bear out both; None if there are none such."""
    absolute = [gate for gate in gates if gate.form in {Form.RATE, Form.VALUE}]
    for floor in absolute:
        for ceiling in absolute:
            opposed = floor.at_least and not ceiling.at_least
            if opposed and floor.subject == ceiling.subject and floor.bound > ceiling.bound:
                return f"no run can bear out both {floor.text!r} and {ceiling.text!r}"
    return None


def cell_of(bucket: str) -> tuple[str | None, int | None]:
    """Return the (domain, level) that a bucket names; None for all of either."""
    if bucket == OVERALL:
        return None, None
    domain, slash, level = bucket.partition("/")
    if not slash and re.fullmatch(r"level\d", bucket):
        domain, level = "", bucket
    return domain or None, int(level[-1]) if level else None


def buckets(subject: str, cells: Iterable[tuple[str, int]]) -> list[str]:
    """Return the buckets that a subject stands for, among the cells that there are."""
    found = list(cells)
    if subject == EVERY[0]:
        return list(dict.fromkeys(domain for domain, _ in found))
    if subject == EVERY[1]:
        return [f"level{level}" for level in sorted({level for _, level in found})]
    if subject == EVERY[2]:
        return [f"{domain}/level{level}" for domain, level in found]
    return [subject]


def overall(decisions: Sequence[Decision]) -> Status:
    """Return the verdict on all gates together."""
    return worst([decision.status for decision in decisions])


def worst(statuses: Collection[Status]) -> Status:
    """Return what several verdicts come to: one that fails decides, then one that is inconclusive."""
    return next((status for status in (Status.FAIL, Status.INCONCLUSIVE) if status in statuses), Status.PASS)


def _bucket(text: str, domains: Collection[str], others: Collection[str]) -> str:
    """Read the name of a bucket, or of one of the others that have a rate."""
    name = re.sub(r"\s*/\s*", "/", text.strip())
    levels = [f"level{level}" for level in LEVELS]
    domain, slash, level = name.partition("/")
    if slash and domain in domains and level in levels:
        return name
    valid = [OVERALL, *others, *EVERY, *domains, *levels]
    if name in valid:
        return name
    near = difflib.get_close_matches(name, [*valid, *(f"{each}/{level}" for each in domains for level in levels)], n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(valid)}, and domain/levelN"
    raise ValueError(f"unknown bucket {name!r}: {hint}")


def _measure(text: str) -> str | None:
    """Read a measure and its statistic; the mean, if none is named."""
    name = text.strip()
    if name == TOKENS:
        return TOKENS
    measure, _, statistic = name.rpartition(" ")
    if measure in MEASURES and statistic in STATISTICS:
        return name
    return f"{name} mean" if name in MEASURES else None


def _share(text: str) -> float:
    share = float(text) / 100
    if share > 1:
        raise ValueError(f"{text}% is more than all")
    return share


def _confidence(text: str | None) -> float | None:
    if text is None:
        return None
    confidence = float(text) / 100
    if not 0.5 < confidence < 1:  # noqa: PLR2004 - below a half it is none
        raise ValueError(f"a confidence of {text}% decides nothing: name one between 50% and 100%")
    return confidence


def _nearest(sentence: str, domains: Collection[str]) -> str:
    """Say which words come near those that are unknown."""
    known = [
        *_WORDS, OVERALL, EQUAL_LEVEL, UNSAFE, "every", "domain", "level", "bucket", *domains, *STATISTICS,
        *(word for measure in (*MEASURES, TOKENS) for word in measure.split()),
        *(f"level{level}" for level in LEVELS),
    ]  # fmt: skip
    unknown = [word for word in re.findall(r"[A-Za-z_][\w-]*", sentence) if word not in known]
    said = [f"{word!r} may be {near[0]!r}" for word in unknown if (near := difflib.get_close_matches(word, known, n=1))]
    return f" ({', '.join(said)})" if said else ""
