"""Did a count change? The E-test of two Poisson counts, and the interval of their difference."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from ypo_dash.stats.intervals import poisson_exact

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
    observed = abs(_statistic(np.array([float(now)]), np.array([float(before)]), exposure)[0, 0])
    extreme = np.abs(_statistic(one, two, exposure)) >= observed - _SLACK
    return float(min(1.0, chance_one @ extreme @ chance_two))


def _poisson(mean: float) -> tuple[Floats, Floats]:
    """Return the counts that are at all likely, and their chances."""
    spread = _REACH * (mean + 1) ** 0.5 + _REACH
    counts = np.arange(max(0, int(mean - spread)), int(mean + spread) + 1, dtype=np.float64)
    return counts, np.exp(counts * np.log(mean) - mean - gammaln(counts + 1))


def _statistic(one: Floats, two: Floats, exposure: float) -> Floats:
    """Return the standardised difference of every pair of counts; 0 where both are 0."""
    rates = one[:, None] / exposure, two[None, :]
    variance = one[:, None] / exposure**2 + two[None, :]
    size = np.sqrt(np.where(variance > 0, variance, 1.0))
    found: Floats = (rates[0] - rates[1]) / size
    return found


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
    low, high = poisson_exact(now, level)
    low_before, high_before = (v * exposure for v in poisson_exact(before, level))
    scaled = before * exposure
    difference = now - scaled
    down = ((now - low) ** 2 + (high_before - scaled) ** 2) ** 0.5
    up = ((high - now) ** 2 + (scaled - low_before) ** 2) ** 0.5
    return difference, difference - down, difference + up


def can_tell(total: int, exposure: float = 1.0, level: float = 0.05) -> bool:
    """Whether ``total`` incidents in both periods could show a change at all, however they fell."""
    return min(e_test(total, 0, exposure), e_test(0, total, exposure)) < level
