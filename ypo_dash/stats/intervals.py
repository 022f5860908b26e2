"""Intervals for shares and rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

# scipy.special alone: scipy.stats takes a second and 50 MB to import in every worker.
from scipy.special import gammaincinv, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def wilson(hits: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    hits, n
        Answers of a kind, and all answers (n > 0).

    Returns
    -------
    Lower and upper share, 0-1.

    Raises
    ------
    ValueError
        ``n`` is not positive or ``hits`` not between 0 and ``n``.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    if n <= 0 or not 0 <= hits <= n:
        raise ValueError(f"hits={hits} of n={n} is not a share; need 0 <= hits <= n and n > 0")
    z = float(ndtri(0.5 + level / 2))
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson_exact(count: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (Garwood) interval of a Poisson count's mean.

    For aoristic sums, which are not whole, it is taken at the sum itself and is then approximate.

    Raises
    ------
    ValueError
        ``count`` is negative.

    References
    ----------
    Garwood (1936), doi:10.1093/biomet/28.3-4.437
    """
    if count < 0:
        raise ValueError(f"count={count} is negative")
    low, high = poisson_exact_all(np.array([count]), level)
    return float(low[0]), float(high[0])


def poisson_exact_all(counts: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and upper limits of `poisson_exact` for an array of counts (none negative)."""
    tail = (1 - level) / 2
    # Half the chi-square quantile of 2c (and 2c + 2) degrees of freedom is a gamma quantile.
    low = np.where(counts > 0, gammaincinv(np.where(counts > 0, counts, 1.0), tail), 0.0)
    return low, gammaincinv(counts + 1.0, 1 - tail)
