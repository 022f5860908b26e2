"""A trend in a series: Mann-Kendall's S, and Sen's slope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trend:
    """A series' trend: ``z`` is corrected for continuity, ``p`` two-sided, ``slope`` Sen's, per step.

    All are arrays where several series were given.
    """

    s: Floats
    variance: Floats
    z: Floats
    p: Floats
    tau: Floats
    slope: Floats


def mann_kendall(series: ArrayLike) -> Trend:
    """Return the trend along the first axis; NaN is a missing value and keeps its step.

    ``tau`` is S over the number of pairs (tau-a). It takes for granted that successive values do
    not depend on each other.

    Raises
    ------
    ValueError
        A series has fewer than two values.

    References
    ----------
    Mann (1945), doi:10.2307/1907187; Kendall (1975); Sen (1968), doi:10.1080/01621459.1968.10480934.
    """
    x = np.asarray(series, float)
    if x.ndim == 0 or ((n := (~np.isnan(x)).sum(axis=0)) < 2).any():
        raise ValueError("a trend needs two values or more")
    first, second = np.triu_indices(len(x), 1)
    rises = x[second] - x[first]
    s = np.nansum(np.sign(rises), axis=0)
    variance = (n * (n - 1) * (2 * n + 5) - _ties(x)) / 18.0
    z = np.where(variance > 0, (s - np.sign(s)) / np.sqrt(np.maximum(variance, 1.0)), 0.0)
    steps = (second - first).reshape(-1, *([1] * (x.ndim - 1)))
    return Trend(
        s=s,
        variance=variance,
        z=z,
        p=2 * ndtr(-np.abs(z)),
        tau=s / (n * (n - 1) / 2),
        slope=np.nanmedian(rises / steps, axis=0),
    )


def _ties(x: Floats) -> Floats:
    """Return the sum of t(t-1)(2t+5) over the groups of equal values."""
    # Each member of a group of t brings (t-1)(2t+5), so no group has to be found.
    group = np.maximum((x[:, None] == x[None, :]).sum(axis=1), 1)
    found: Floats = ((group - 1) * (2 * group + 5)).sum(axis=0).astype(float)
    return found
