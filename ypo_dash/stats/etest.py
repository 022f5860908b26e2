"""Did a count change? The E-test of two Poisson counts, and the interval of their difference."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from ypo_dash.stats.intervals import poisson_exact_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_REACH = 9.0  # standard deviations that the sums go to; beyond lies less than 1e-15
_SLACK = 1e-9  # equal statistics must count as equal


@lru_cache(maxsize=65536)
def e_test(now: int, before: int, exposure: float = 1.0) -> float:
    """Return the two-sided p of equal rates.

    Parameters
    ----------
    now, before
        Counts of the two periods.
    exposure
        Length of the present period over that of the earlier one.

    Raises
    ------
    ValueError
        A count is negative or ``exposure`` not positive.

    References
    ----------
    Krishnamoorthy, Thomson (2004), doi:10.1016/S0378-3758(02)00408-1: the distribution of the
    standardised difference is summed exactly at the estimate of the common rate.
    """
    if now < 0 or before < 0 or exposure <= 0:
        raise ValueError(f"now={now}, before={before}, exposure={exposure}: need counts >= 0")
    if now + before == 0:
        return 1.0
    rate = (now + before) / (1 + exposure)
    one, chance_one = _poisson(rate * exposure)
    two, chance_two = _poisson(rate)
    observed = abs(
        float(_statistic(np.array([float(now)]), np.array([float(before)]), exposure)[0])
    )
    # The statistic rises with the present count, so beyond two limits all counts are as extreme.
    upper = _first_at_least(one, two, exposure, observed - _SLACK)
    lower = _first_at_least(one, two, exposure, -observed + _SLACK, above=True)
    below = np.concatenate([[0.0], np.cumsum(chance_one)])
    extreme = below[lower] + (below[-1] - below[upper])
    if observed <= _SLACK:
        return 1.0
    return float(min(1.0, extreme @ chance_two))


def e_tests(now: Floats, before: Floats, exposure: float | Floats = 1.0) -> Floats:
    """Return `e_test` of every pair of whole counts; equal ones are worked out once."""
    each = np.broadcast_to(np.asarray(exposure, np.float64), now.shape)
    asked, which = np.unique(np.column_stack([now, before, each]), axis=0, return_inverse=True)
    found = np.array([e_test(int(a), int(b), float(e)) for a, b, e in asked], np.float64)
    return found[which.ravel()]


def _poisson(mean: float) -> tuple[Floats, Floats]:
    """Return the counts that are at all likely, and their chances."""
    spread = _REACH * (mean + 1) ** 0.5 + _REACH
    counts = np.arange(max(0, int(mean - spread)), int(mean + spread) + 1, dtype=np.float64)
    return counts, np.exp(counts * np.log(mean) - mean - gammaln(counts + 1))


def _statistic(one: Floats, two: Floats, exposure: float) -> Floats:
    """Return the standardised difference of pairs of counts; 0 where both are 0."""
    variance = one / exposure**2 + two
    found: Floats = (one / exposure - two) / np.sqrt(np.where(variance > 0, variance, 1.0))
    return found


def _first_at_least(
    one: Floats, two: Floats, exposure: float, limit: float, *, above: bool = False
) -> NDArray[np.int64]:
    """Return for each of ``two`` the first index of ``one`` whose statistic reaches (or is above) a limit."""
    low = np.zeros(len(two), np.int64)
    high = np.full(len(two), len(one), np.int64)
    while (open_ := low < high).any():
        middle = (low + high) // 2
        value = _statistic(one[np.minimum(middle, len(one) - 1)], two, exposure)
        reached = (value > limit) if above else (value >= limit)
        high = np.where(open_ & reached, middle, high)
        low = np.where(open_ & ~reached, middle + 1, low)
    return low


def difference_interval(
    now: float, before: float, exposure: float = 1.0, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the difference of the counts of two periods, and its interval.

    The earlier count is scaled to the present period. The interval combines the exact intervals of
    both counts (MOVER, Zou and Donner 2008, doi:10.1002/sim.3095).

    Parameters
    ----------
    now, before, exposure
        As in `e_test`; counts may be sums of weights.
    """
    found = difference_intervals(np.array([now]), np.array([before]), exposure, level)
    return float(found[0][0]), float(found[1][0]), float(found[2][0])


def difference_intervals(
    now: Floats, before: Floats, exposure: float | Floats = 1.0, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return `difference_interval` of arrays of counts: differences, lower and upper limits."""
    low, high = poisson_exact_all(now, level)
    low_before, high_before = (v * exposure for v in poisson_exact_all(before, level))
    scaled = before * exposure
    difference = now - scaled
    down = np.hypot(now - low, high_before - scaled)
    up = np.hypot(high - now, scaled - low_before)
    return difference, difference - down, difference + up


def can_tell(total: int, exposure: float = 1.0, level: float = 0.05) -> bool:
    """Whether ``total`` incidents in both periods could show a change at all, however they fell."""
    return min(e_test(total, 0, exposure), e_test(0, total, exposure)) < level
