"""Class limits for choropleth maps: few, round, and stable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CLASSES = 6
_STEEP = np.array([0.4, 0.65, 0.82, 0.92, 0.98])
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def class_limits(
    values: Sequence[float] | NDArray[np.float64],
    *,
    classes: int = CLASSES,
    whole: bool = True,
    steep: bool = True,
) -> list[float]:
    """Return ascending lower limits of at most ``classes`` classes for values above zero.

    Quantiles rounded to numbers that people read easily; zero has no class. Counts of hexagons
    concentrate in few places, so their top class starts at the 98th percentile.

    Parameters
    ----------
    values
        Counts or rates; zeros and NaN are left out.
    whole
        Whether limits are whole numbers (counts of incidents, not of weights).
    steep
        Whether the upper classes hold ever fewer places, or all equally many.

    Returns
    -------
    Lower limits; empty where nothing is above zero.
    """
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found) & (found > 0)]
    if not len(found):
        return []
    shares = _STEEP[-(classes - 1) :] if steep else np.linspace(0, 1, classes)[1:-1]
    raw = np.quantile(found, shares)
    low = 1.0 if whole else _rounded(float(found.min()), down=True)
    limits = [low]
    for value in raw:
        limit = _rounded(float(value))
        if whole:
            limit = max(1.0, float(round(limit)))
        if limit > limits[-1]:
            limits.append(limit)
    return limits


def _rounded(value: float, *, down: bool = False) -> float:
    """Return the nearest (or next lower) number with one or two easy digits."""
    power = 10.0 ** np.floor(np.log10(value))
    steps = np.array(_STEPS) * power
    if down:
        return float(steps[steps <= value * (1 + 1e-9)].max())
    return float(steps[np.abs(steps - value).argmin()])


def even_limits(values: Sequence[float], *, whole: bool = True) -> list[float]:
    """Return ascending lower limits of at most `CLASSES` classes of one width, for values above zero.

    Where a table is read across, twice as dark should be twice as much; quantiles hide that.
    """
    found = [value for value in values if np.isfinite(value) and value > 0]
    if not found:
        return []
    top, low = max(found), 1.0 if whole else _rounded(min(found), down=True)
    power = 10.0 ** np.floor(np.log10(top / CLASSES))
    for width in (float(power * tens * step) for tens in (1, 10, 100) for step in (1, 2, 2.5, 5)):
        if whole and width % 1:
            continue
        limits = [low, *(k * width for k in range(1, int(top / width) + 1) if k * width > low)]
        if len(limits) <= CLASSES:
            return limits
    return [low]


def level_of(value: float | None, limits: Sequence[float]) -> int | None:
    """Return the class 1 to 6 of ``value``; 0 for zero, None for none.

    Fewer than six limits are spread over the ramp, so that the highest is always the darkest.
    """
    if value is None or not np.isfinite(value):
        return None
    if value <= 0 or not limits:
        return 0
    index = max(0, sum(value >= limit for limit in limits) - 1)
    return spread_level(index, len(limits))


def spread_level(index: int, count: int) -> int:
    """Return the class on the ramp of the limit ``index`` (from 0) of ``count``."""
    if count == 1:
        return 3
    return 1 + round(index * (CLASSES - 1) / (count - 1))
