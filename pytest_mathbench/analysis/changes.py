"""Where a model's pass rate changed, in runs on the same problems one after another.

*One cut.* Are the runs after a cut better or worse than those before it? A p-value is the larger of two:

- A model that does not change solves a problem with the same chance in every run, whatever that chance is. Then the
  right answers of a problem may be dealt anew among all of its attempts: an exact test, for any difficulty and
  temperature (`statistics.worse_by_permutation`: Kübler et al. 2026, arXiv 2602.10144).
- At temperature 0 runs repeat each other, until a library or a machine changes and some answers flip for good. Six runs
  before and six after are then two draws, not twelve. So the signs of the problems' own differences are flipped, too,
  which asks nothing of the runs on one side. The tail of such a sum is at most 3.18 times the normal distribution's
  (Bentkus and Dzindzalieta 2015, Bernoulli 21, 1231-1237).

*The whole history.* It is looked at after each run, t = 2, 3, …: every stretch of runs s … t is tested at every cut, at

    error x 1 / (t (t - 1)) x 1 / (t (t - 1) / 2)

The first factor is the look's share, which add up to 1 over all looks there will ever be; the second shares it among
the t (t - 1) / 2 pairs of a beginning s and a cut. By Bonferroni, the chance that a stretch without a change is *ever*
cut is at most the error, however long the history grows and however often it is looked at. Stretches that begin at a
cut, wherever chance or a change has put it, are among those that are counted, so that this holds after a change as
before it. What it costs: at the twelfth run a difference must be some 5 standard deviations, where a test that is made
once asks for 2.

Of the cuts of a stretch only the likeliest is tested exactly; leaving tests out makes no false alarm. (Binary
segmentation: Vostrikova 1981; looks that spend the error: Lan and DeMets 1983.)
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pytest_mathbench.analysis.statistics import ERROR, worse_by_permutation

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import ArrayLike, NDArray

_RADEMACHER = 3.18
"""By so much at most a weighted sum of random signs has a heavier tail than the normal distribution."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the pass rate; runs are counted from 0.

    `first` is likeliest the first run after it. It lies between the runs `between`: any other place would leave a
    difference on one of its sides that is no chance (at 5 %, by the normal approximation). At the run `seen` it was
    told from noise, by a two-sided `p_value` of at most `allowed`.
    """

    first: int
    between: tuple[int, int]
    seen: int
    p_value: float
    allowed: float


def find(right: "ArrayLike", measured: "ArrayLike", error: float = ERROR) -> list[Change]:
    """Return the changes in a history, the earliest first; `error` is the chance of any where the model is unchanged.

    Both arrays have a row for each problem and a column for each run: how many of its attempts are right, how many were
    measured.
    """
    counts, changes, start = _Counts(right, measured), list[Change](), 0
    for end in range(2, counts.runs + 1):
        allowed = 2 * error / (end * (end - 1)) ** 2
        while change := counts.change(start, end, allowed):
            changes.append(change)
            start = change.first
    return changes


class _Counts:
    """The counts of a history, summed up run by run."""

    def __init__(self, right: "ArrayLike", measured: "ArrayLike") -> None:
        import numpy as np  # a session that shows no history pays for none of it

        counts = np.asarray(right, dtype=np.int64), np.asarray(measured, dtype=np.int64)
        self.runs = counts[0].shape[1]
        self._right, self._measured = (np.pad(each.cumsum(axis=1), ((0, 0), (1, 0))) for each in counts)

    def change(self, start: int, end: int, allowed: float) -> Change | None:
        """Return the change within the runs from `start` to before `end`; None if there is none beyond chance."""
        dealt, larger = self._deviates(start, end)
        p_values = _RADEMACHER * _two_sided(larger)
        if not (p_values <= allowed).any():
            return None
        cut = int((abs(dealt) * (p_values <= allowed)).argmax())
        p_value = max(float(p_values[cut]), self._dealt_anew(start, start + 1 + cut, end))
        if p_value > allowed:
            return None
        first = start + 1 + cut
        return Change(first, self._between(start, first, end), end - 1, p_value, allowed)

    def _sides(self, start: int, cuts: "NDArray[int64]", end: int) -> "list[NDArray[int64]]":
        """Return right and measured before each cut, then after it, of the problems that were measured on both sides.

        Those of another problem are 0.
        """
        import numpy as np  # as above

        columns = []
        for first, last in (([start], cuts), (cuts, [end])):
            columns += [each[:, last] - each[:, first] for each in (self._right, self._measured)]
        paired = (columns[1] > 0) & (columns[3] > 0)
        return [np.where(paired, each, 0) for each in columns]

    def _deviates(self, start: int, end: int) -> "tuple[NDArray[float64], NDArray[float64]]":
        """Return by how many standard deviations the runs after each cut are better than those before it.

        First by the deviation of samples that are dealt anew, which says best where a change is; then by that or the
        problems' own differences, whichever is larger.
        """
        import numpy as np  # as above

        before, of_before, after, of_after = self._sides(start, np.arange(start + 1, end), end)
        of = np.maximum(of_before + of_after, 2)  # of 0 there is nothing on either side
        share = (before + after) / of
        gained = after - of_after * share
        dealt = (of_before * of_after * share * (1 - share) / (of - 1)).sum(axis=0)
        larger = np.maximum(dealt, (gained**2).sum(axis=0))
        first, second = (
            gained.sum(axis=0) / np.sqrt(np.where(variance > 0, variance, np.inf)) for variance in (dealt, larger)
        )
        return first, second

    def _dealt_anew(self, start: int, cut: int, end: int) -> float:
        """Return the exact two-sided p-value of a cut, of samples that are dealt anew to its sides."""
        import numpy as np  # as above

        columns = self._sides(start, np.array([cut]), end)
        problems = [each for each in zip(*(column[:, 0].tolist() for column in columns), strict=True) if each[1]]
        other_way = [(after, of_after, before, of_before) for before, of_before, after, of_after in problems]
        return min(1.0, 2 * min(map(worse_by_permutation, (problems, other_way))))

    def _between(self, start: int, cut: int, end: int) -> tuple[int, int]:
        """Return the last run before a change and the first after it, wherever it may be."""
        possible = [each for each in range(start + 1, end) if self._is_even(start, each) and self._is_even(each, end)]
        return min([*possible, cut]) - 1, max([*possible, cut])

    def _is_even(self, start: int, end: int) -> bool:
        """Whether no cut of a stretch shows a difference beyond chance, all of its cuts together."""
        _, deviates = self._deviates(start, end)
        return bool((_two_sided(deviates) * len(deviates) > ERROR / 2).all())


def _two_sided(deviates: "NDArray[float64]") -> "NDArray[float64]":
    from scipy.special import ndtr  # as numpy

    return 2 * cast("NDArray[float64]", ndtr(-abs(deviates)))
