"""The judge, held against strict symbols."""

from collections import Counter
from collections.abc import Iterator

from pytest_mathbench.analysis.statistics import kappa
from pytest_mathbench.domains import in_order, label
from pytest_mathbench.records import ItemResult
from pytest_mathbench.reporting.blocks import Block, Fact, Table
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import (
    AMOUNT,
    COUNT,
    NUMBER,
    RATE,
    closed,
    described,
    mapping,
    nullable,
)
from pytest_mathbench.reporting.sections.wording import counted, percent

_RATINGS = range(1, 6)


class Judge:
    """What a judge said, how far that agrees with strict symbols, and what it cost; nothing without a judge."""

    name, title = "judge", "Judge"
    schema = described(
        nullable(
            closed(
                both=COUNT,
                only_judge=COUNT,
                only_strict=COUNT,
                neither=COUNT,
                rated=COUNT,
                agreement=nullable(RATE),
                kappa=described(nullable(NUMBER), "Cohen's; null where chance alone agrees always"),
                without_rating=COUNT,
                prompt_tokens=COUNT,
                completion_tokens=COUNT,
                seconds=AMOUNT,
                ratings=described(
                    mapping(mapping(COUNT, *map(str, _RATINGS))), "By domain, how often each rating from 1 to 5"
                ),
            )
        ),
        "Who passes the answers that a judge has rated, by 4 or 5, and what it cost. Null where no judge was asked",
    )

    def __init__(self) -> None:
        self._passed: Counter[tuple[bool, bool]] = Counter()
        self._ratings: dict[str, Counter[int]] = {}
        self._without_rating = 0
        self._prompt_tokens = 0
        self._completion_tokens = 0
        self._seconds = 0.0

    def add(self, result: ItemResult) -> None:
        """Count what the judge said of a measured answer: whether it, and whether strict symbols pass it."""
        grade = result.grade
        if result.outcome is None or grade is None or (judgement := grade.judgement) is None:
            return
        self._prompt_tokens += judgement.prompt_tokens
        self._completion_tokens += judgement.completion_tokens
        self._seconds += judgement.seconds
        if judgement.rating is None or judgement.correct is None:
            self._without_rating += 1
            return
        self._passed[judgement.correct, grade.strict] += 1
        self._ratings.setdefault(result.problem.domain, Counter())[judgement.rating] += 1

    @property
    def _rated(self) -> int:
        return self._passed.total()

    @property
    def _agreement(self) -> float | None:
        return (self._passed[True, True] + self._passed[False, False]) / self._rated if self._rated else None

    @property
    def _kappa(self) -> float | None:
        passed = self._passed
        return kappa(passed[True, True], passed[True, False], passed[False, True], passed[False, False])

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield judge against symbols, their agreement, the judge's cost, and its ratings by domain."""
        if not self._rated and not self._without_rating:
            return
        yield Table(
            [f"judge, {counted(self._rated, 'answer')}", "strict: right", "strict: wrong"],
            [
                [name, *(str(self._passed[judge, strict]) for strict in (True, False))]
                for name, judge in (("4 or 5", True), ("1 to 3", False))
            ],
        )
        chance = "undefined" if self._kappa is None else f"{self._kappa:.2f}"
        yield Fact(
            "agreement",
            f"{percent(self._agreement)}, Cohen's kappa {chance}; {self._without_rating} without a rating",
        )
        yield Fact(
            "cost of judging",
            f"{self._prompt_tokens:,} prompt tokens, {self._completion_tokens:,} completion tokens, "
            f"{self._seconds:,.1f} s",
        )
        yield Table(
            ["ratings", *map(str, _RATINGS)],
            [
                [label(domain), *(str(self._ratings[domain][rating]) for rating in _RATINGS)]
                for domain in in_order(self._ratings)
            ],
        )

    def as_json(self, context: Context) -> object:
        """Return the same, and null without a judge."""
        if not self._rated and not self._without_rating:
            return None
        return {
            "both": self._passed[True, True],
            "only_judge": self._passed[True, False],
            "only_strict": self._passed[False, True],
            "neither": self._passed[False, False],
            "rated": self._rated,
            "agreement": self._agreement,
            "kappa": self._kappa,
            "without_rating": self._without_rating,
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": self._completion_tokens,
            "seconds": self._seconds,
            "ratings": {
                domain: {str(rating): self._ratings[domain][rating] for rating in _RATINGS}
                for domain in in_order(self._ratings)
            },
        }
