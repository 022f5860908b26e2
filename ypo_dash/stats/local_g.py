"""Local G and Gi*: the sum around a place against the mean of all, as a normal z."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def local_g(values: Floats, sums: Floats, weights: Floats, *, own: bool = True) -> Floats:
    """Return z of Gi* (``own``) or Gi (the place itself left out), for binary weights.

    Parameters
    ----------
    values
        What each of n places has; may have a leading axis of periods.
    sums
        The sums of the values of each place's neighbours, with its own where ``own``.
    weights
        The number of these neighbours.

    Returns
    -------
    z; 0 where all values are the same.

    References
    ----------
    Ord, Getis (1995), doi:10.1111/j.1538-4632.1995.tb00912.x, equations 5 and 7.
    """
    n = values.shape[-1] if own else values.shape[-1] - 1
    total, squares = values.sum(axis=-1, keepdims=True), (values**2).sum(axis=-1, keepdims=True)
    if not own:
        total, squares = total - values, squares - values**2
    mean = total / n
    variance = np.maximum(squares / n - mean**2, 0.0)
    spread = np.sqrt(variance * np.maximum(n * weights - weights**2, 0.0) / (n - 1))
    z: Floats = np.where(
        spread > 1e-12 * np.maximum(mean, 1.0), (sums - mean * weights) / np.where(spread > 0, spread, 1.0), 0.0
    )  # fmt: skip
    return z


def upper_p(z: Floats) -> Floats:
    """Return the one-sided p of a high z."""
    p: Floats = ndtr(-z)
    return p
