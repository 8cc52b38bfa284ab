"""The interval between the verdicts, and what people decided otherwise."""

from collections import Counter
from collections.abc import Iterator

from pytest_mathbench.analysis.scores import Score
from pytest_mathbench.records import ItemResult, Outcome
from pytest_mathbench.reporting.blocks import Block, Fact
from pytest_mathbench.reporting.sections.section import Context
from pytest_mathbench.reporting.sections.shapes import COUNT, SCORE, array, closed, described, nullable, score
from pytest_mathbench.reporting.sections.wording import rate
from pytest_mathbench.verdicts import Verdict

_OUTCOME = {"enum": list(map(str, Outcome))}


class Verdicts:
    """The scores by strict symbols, by lenient ones and by the judge, whichever of them counts in the pass rates."""

    name, title = "verdicts", "Verdicts"
    schema = closed(
        strict=SCORE,
        lenient=SCORE,
        judge=described(nullable(SCORE), "Null where no judge has rated an answer"),
        overruled=described(
            array(closed(before=_OUTCOME, after=_OUTCOME, count=COUNT)), "What people ruled, as the pass rates count it"
        ),
    )

    def __init__(self) -> None:
        self._scores = dict.fromkeys(Verdict, Score())
        self._judged = False
        self._overruled: Counter[tuple[Outcome, Outcome]] = Counter()

    def add(self, result: ItemResult) -> None:
        """Count a measured attempt; an answer for which the judge has no rating is none to it."""
        if result.outcome is None:
            return
        grade = result.grade
        for verdict in Verdict:
            correct = grade.correct(verdict) if grade else False
            if correct is not None:
                self._scores[verdict] += Score(int(correct), 1)
        self._judged |= bool(grade and grade.judgement and grade.judgement.rating is not None)
        if result.overruled:
            self._overruled[result.overruled, result.outcome] += 1

    def blocks(self, context: Context) -> Iterator[Block]:
        """Yield the scores by each verdict, and what was overruled."""
        shown = [verdict for verdict in Verdict if verdict != Verdict.JUDGE or self._judged]
        if self._scores[Verdict.STRICT].measured:
            yield Fact("verdicts", ", ".join(f"{verdict} {rate(self._scores[verdict])}" for verdict in shown))
        if self._overruled:
            changes = ", ".join(f"{count} {old} → {new}" for (old, new), count in sorted(self._overruled.items()))
            yield Fact("overruled by a person", f"{changes}, counted so in the pass rates")

    def as_json(self, context: Context) -> object:
        """Return the scores by each verdict, and what was overruled."""
        return {
            "strict": score(self._scores[Verdict.STRICT]),
            "lenient": score(self._scores[Verdict.LENIENT]),
            "judge": score(self._scores[Verdict.JUDGE]) if self._judged else None,
            "overruled": [
                {"before": before, "after": after, "count": count}
                for (before, after), count in sorted(self._overruled.items())
            ],
        }
