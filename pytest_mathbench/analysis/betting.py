"""Tests by betting: what may be looked at after every problem, and decided at the first look that is sure.

A gambler begins with 1 and bets, before each value is seen, that the mean is above 0. Where that is not so, what he
owns is a supermartingale, and the chance that it ever reaches 20 is at most 1 in 20 (Ville 1939): however often one
looks, and whenever one stops. The bets are those of Waudby-Smith and Ramdas 2024 (doi 10.1093/jrsssb/qkad009, sections
4 and 5), with a mixture of four fixed stakes instead of one that is fitted as it goes: a mean of martingales is one.

This is a page of numpy rather than a library: confseq is C++ that needs Boost to be built, and what of it would be used
here is the one formula in `log_wealth`.
"""

from dataclasses import dataclass
from math import inf, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import float64, int64
    from numpy.typing import ArrayLike, NDArray

AGREEMENT = 0.05
"""The chance, on each side, that a gate is decided early otherwise than the full run decides it."""

EARLY = 0.01
"""The chance that an unchanged model fails early, by any gate of its run; what is left of 5 % is the full run's."""

_STAKES = (0.15, 0.3, 0.6, 0.9)
_BOLDEST = 0.9
"""The largest share of all that is owned which one value may cost."""

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Settled:
    """After how many values each run passed and failed, 0 where it never did; what comes first counts."""

    passed: "NDArray[int64]"
    failed: "NDArray[int64]"


def log_wealth(values: "ArrayLike", low: float, size: float = inf) -> "NDArray[float64]":
    """Return the logarithm of what the gambler owns after each value, along the last axis.

    With a finite `size` the values are the first of so many that are drawn without replacement, and what is refuted is
    that the sum of all of them is at most 0: the next value is then expected to be at most m = -(sum so far) / (number
    left). Without, it is that each value is expected to be at most 0, whatever came before; m is then 0. No value is
    below `low`. One that is NaN was not measured: it is left out of the sum, and nobody bets on it.

    The wealth is the mean over four stakes s of Π (1 + min(s, 0.9 / (m - low)) (value - m)). It is infinite once no
    value of the rest could bring the sum down to 0. Raises `ValueError` for more values than there are.
    """
    import numpy as np  # a session without gates that are decided early pays for none of it

    given = np.asarray(values, dtype=float)
    if given.shape[-1] > size:
        raise ValueError(f"{given.shape[-1]} values are more than the {size} that there are")
    counted = np.nan_to_num(given)
    after = np.cumsum(counted, axis=-1)
    left = size - np.arange(given.shape[-1])
    mean = -(after - counted) / left
    gain = np.where(np.isnan(given), 0.0, counted - mean)
    most = _BOLDEST / np.maximum(mean - low, _ROUNDING)
    logs = np.array([np.cumsum(np.log1p(np.minimum(stake, most) * gain), axis=-1) for stake in _STAKES])
    largest = logs.max(axis=0)
    wealth = largest + np.log(np.exp(logs - largest).mean(axis=0))
    if size == inf:
        return np.asarray(wealth)
    sure = -after < low * (left - 1) - _ROUNDING
    return np.where(np.maximum.accumulate(sure, axis=-1), inf, wealth)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bet:
    """Values whose mean is to be at least 0, and what is enough to say that it is, or is not.

    The values lie from `low` to `high`. With a finite `size` the mean is that of so many, of which these are the first;
    without, it is what is expected of each. `passes` is the chance of passing where the mean is below 0, `fails` that
    of failing where it is not. Where there are `drops`, which are from -1 to 1, it fails only if it is refuted as well,
    at `by_chance`, that none of them is expected to be above 0.
    """

    values: "ArrayLike"
    low: float
    high: float
    size: float = inf
    passes: float = AGREEMENT
    fails: float = EARLY
    drops: "ArrayLike | None" = None
    by_chance: float = EARLY

    @property
    def for_pass(self) -> "NDArray[float64]":
        """The evidence that it is met, after each value: 1 is enough, and what was enough once stays so."""
        return _share(log_wealth(self.values, self.low, self.size), self.passes)

    @property
    def for_fail(self) -> "NDArray[float64]":
        """The evidence that it is not met, likewise."""
        import numpy as np  # as above

        missed = _share(log_wealth(-np.asarray(self.values, dtype=float), -self.high, self.size), self.fails)
        if self.drops is None:
            return missed
        return np.minimum(missed, _share(log_wealth(self.drops, -1.0), self.by_chance))

    @property
    def settled(self) -> Settled:
        """When it is decided."""
        return Settled(_first(self.for_pass), _first(self.for_fail))


def settle_no_worse(
    differences: "ArrayLike", margin: float, *, size: int | None = None, comparisons: int = 1
) -> Settled:
    """Decide "no worse than baseline by more than `margin`" at the first of a run's problems that is enough.

    `differences` are, problem by problem in the recorded order along the last axis, the run's rate less the baseline's,
    from -1 to 1; NaN stands for a problem that was not measured. `size` is the number of problems of the whole run,
    as many as are given by default; `comparisons` is the number of buckets that all gates of the run are about.

    It passes where a mean of all differences below -margin is refuted (`AGREEMENT`). It fails where a mean of at least
    -margin is refuted (`AGREEMENT`), and also that the model is no worse at all (`EARLY` / comparisons): that each
    difference is expected to be at least 0, which is so for an unchanged model in whatever order, if the order does not
    depend on its answers. What is never decided is left to the full run's test (`gates.comparisons`).
    """
    import numpy as np  # as above

    given = np.asarray(differences, dtype=float)
    return Bet(
        values=given + margin,
        low=margin - 1,
        high=margin + 1,
        size=given.shape[-1] if size is None else size,
        fails=AGREEMENT,
        drops=-given,
        by_chance=EARLY / comparisons,
    ).settled


def settle_at_least(values: "ArrayLike", threshold: float, *, size: int | None = None, comparisons: int = 1) -> Settled:
    """Decide "at least `threshold`" of values from 0 to 1, the first of `size`, as `settle_no_worse` does.

    It passes where a mean of all values below the threshold is refuted (`AGREEMENT`), and fails where one of at least
    the threshold is (`EARLY` / comparisons).
    """
    import numpy as np  # as above

    given = np.asarray(values, dtype=float) - threshold
    count = given.shape[-1] if size is None else size
    return Bet(values=given, low=-threshold, high=1 - threshold, size=count, fails=EARLY / comparisons).settled


def _share(wealth: "NDArray[float64]", error: float) -> "NDArray[float64]":
    """Return the largest wealth so far as a share of what refutes at this error, both as logarithms."""
    import numpy as np  # as above

    return np.maximum.accumulate(wealth, axis=-1) / -log(error)


def _first(share: "NDArray[float64]") -> "NDArray[int64]":
    """Return which value is the first that is enough, counted from 1; 0 if none is."""
    import numpy as np  # as above

    enough = share >= 1
    return np.asarray(np.where(enough.any(axis=-1), enough.argmax(axis=-1) + 1, 0))
