"""Hot spots: the exact tail of a count against an expected one, its adjustment, and its power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainc, betaincinv, gammainc, gammaincinv

from ypo_dash.stats.false_discovery import benjamini_hochberg

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.05
POWER = 0.8  # the chance to be found that a spot of the power figures has
MOST_FACTOR = 3.0  # a spot must be found from this factor on, else there are too few incidents
LEAST_PERIODS = 4  # earlier periods that an estimate of the variation over time needs
_POISSON_BELOW = 1e-6  # a dispersion that changes no digit
_LONGEST = 1000.0  # times the present period that a longer one is looked for


def upper_tail(counts: ArrayLike, means: ArrayLike, dispersion: float = 0.0) -> Floats:
    """Return P(X >= count) for Poisson counts, or negative binomial ones.

    Parameters
    ----------
    counts
        Whole numbers.
    means
        Expected counts; where one is 0, P is 1 for a count of 0 and 0 for others.
    dispersion
        alpha of the variance mean + alpha mean^2; 0 is Poisson.

    Raises
    ------
    ValueError
        A count or mean is negative, or ``dispersion`` is.
    """
    x, m = np.broadcast_arrays(np.asarray(counts, float), np.asarray(means, float))
    if (x < 0).any() or (m < 0).any() or dispersion < 0:
        raise ValueError("counts, means and dispersion must not be negative")
    at_least_one = np.maximum(x, 1.0)
    if dispersion < _POISSON_BELOW:
        tail = gammainc(at_least_one, m)
    else:
        tail = betainc(at_least_one, 1.0 / dispersion, m / (m + 1.0 / dispersion))
    found: Floats = np.where(x > 0, tail, 1.0)
    return found


def false_discovery(p: Floats) -> Floats:
    """Return p adjusted by Benjamini-Hochberg (1995) over the last axis.

    The tests of neighbouring cells share incidents and so depend positively on each other, for which
    the rule holds (Benjamini and Yekutieli 2001, doi:10.1214/aos/1013699998).
    """
    if p.shape[-1] == 0:
        return p.copy()
    found: Floats = benjamini_hochberg(p)
    return found


def dispersion_over_time(counts: Floats) -> float | None:
    """Return alpha of the variance mean + alpha mean^2 from how counts vary over equal periods.

    Each cell varies around its own mean times the period's level, so a place that always has many
    adds nothing. Moment estimator pooled over cells, never below 0: the mean squares of Poisson
    counts around fitted means are (n - 1)/n of the means, and squared means of n periods are too
    large by mean/n; both are set right.

    Parameters
    ----------
    counts
        Periods x cells.

    Returns
    -------
    None with fewer than `LEAST_PERIODS` periods or without counts.
    """
    totals = counts.sum(axis=1)
    if len(counts) < LEAST_PERIODS or totals.sum() <= 0:
        return None
    n = len(counts)
    means = counts.mean(axis=0)
    level = totals / totals.mean()
    expected = level[:, None] * means
    excess = ((counts - expected) ** 2).sum() * n / (n - 1) - expected.sum()
    squares = (level**2).sum() * (means**2 - means / n).sum()
    return float(max(0.0, excess / squares)) if squares > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Power:
    """How strong a spot must be to be found with 80 % chance.

    Attributes
    ----------
    expected
        Incidents that a hexagon and its ring have on average.
    needed
        The count at which one such place alone would be a hot spot.
    factor
        Times its expected count that a spot of seven hexagons must have to be found with 80 %
        chance; infinite without incidents.
    longer
        How many times as long a period finds factor 3; 1 where this one does, None where none would.
    """

    expected: float
    needed: int
    factor: float
    longer: float | None

    @property
    def is_enough(self) -> bool:
        """Whether a spot of `MOST_FACTOR` times its share would be found."""
        return self.factor <= MOST_FACTOR


def threshold(mean: float, tests: int, dispersion: float = 0.0) -> int:
    """Return the smallest count that is a hot spot when it is the only one of ``tests``."""
    limit = LEVEL / tests
    high = 1
    while upper_tail(high, mean, dispersion) >= limit:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if upper_tail(middle, mean, dispersion) >= limit else (low, middle)
        )
    return high


def smallest_factor(mean: float, tests: int, dispersion: float = 0.0) -> float:
    """Return the factor from which a spot is found with 80 % chance; infinite for a mean of 0."""
    if mean <= 0 or tests < 1:
        return float("inf")
    needed = threshold(mean, tests, dispersion)
    if dispersion < _POISSON_BELOW:
        return float(gammaincinv(needed, POWER)) / mean
    share = float(betaincinv(needed, 1.0 / dispersion, POWER))
    return share / (1.0 - share) / dispersion / mean if share < 1 else float("inf")


def power(mean: float, tests: int, dispersion: float = 0.0) -> Power:
    """Return how strong a spot must be that is found at ``mean`` expected incidents.

    The spot is the only one, which Benjamini-Hochberg then tests at 0.05 / ``tests``: with several,
    a weaker one would do. Over k periods the dispersion is taken as a k-th: how one period lies to
    its level says nothing of the next.
    """
    if mean <= 0 or tests < 1:
        return Power(max(mean, 0.0), 0, float("inf"), None)

    def enough(longer: float) -> bool:
        return smallest_factor(mean * longer, tests, dispersion / longer) <= MOST_FACTOR

    low, high = 1.0, 1.0
    while not enough(high) and high < _LONGEST:
        low, high = high, 2 * high
    for _ in range(12 if high > 1 else 0):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return Power(
        expected=mean,
        needed=threshold(mean, tests, dispersion),
        factor=smallest_factor(mean, tests, dispersion),
        longer=high if enough(high) else None,
    )
