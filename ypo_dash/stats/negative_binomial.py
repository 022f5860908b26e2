"""The negative binomial by its size and chance: distribution, upper tail, quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

# scipy.special alone: scipy.stats takes half a second and 50 MB to import in every worker and command.
from scipy.special import betainc, betaincc, nbdtrik

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


def cdf(k: Array, size: Array, chance: Array) -> Array:
    """Return the chance of ``k`` or fewer; 0 below 0."""
    found: Array = np.where(k < 0, 0.0, betainc(size, np.maximum(k, 0) + 1, chance))
    return found


def sf(k: Array, size: Array, chance: Array) -> Array:
    """Return the chance of more than ``k``; 1 below 0."""
    found: Array = np.where(k < 0, 1.0, betaincc(size, np.maximum(k, 0) + 1, chance))
    return found


def quantile(q: float, size: Array, chance: Array) -> Array:
    """Return the smallest count whose distribution reaches ``q``."""
    # The inverse in real numbers ends a hair beside the whole number; the distribution decides.
    k: Array = np.maximum(0.0, np.ceil(nbdtrik(q, size, chance)) - 1)
    while True:
        short = cdf(k, size, chance) < q
        if not short.any():
            return k
        k = np.where(short, k + 1, k)
