"""Small-area estimates: each area's own answers, steadied by what registers say of areas like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_STEPS = 200
_CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class FayHerriot:
    """A fitted model.

    ``estimate`` (EBLUP) and ``mse`` by area, ``weight`` 0-1 of each area's own answers in it;
    ``variance`` between areas that the covariates do not explain; ``beta`` and ``beta_se``.
    """

    beta: Array
    beta_se: Array
    variance: float
    estimate: Array
    mse: Array
    weight: Array


def fay_herriot(direct: Array, sampling_variance: Array, covariates: Array) -> FayHerriot | None:
    """Fit the area-level model by REML; None where there are too few areas for the covariates.

    Parameters
    ----------
    direct, sampling_variance
        Direct estimates and their known variances, one per area.
    covariates
        One row per area, the constant among the columns.

    Raises
    ------
    ValueError
        A sampling variance is not positive.

    References
    ----------
    Fay, Herriot (1979), doi:10.1080/01621459.1979.10482505; the mean squared error
    g1 + g2 + 2 g3 after Datta, Lahiri (2000), Statistica Sinica 10, 613-627.
    """
    y, psi, x = (np.asarray(a, float) for a in (direct, sampling_variance, covariates))
    if not (psi > 0).all():
        raise ValueError("sampling variances must be positive")
    if len(y) < x.shape[1] + 3 or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    between = _reml(y, psi, x)
    total = between + psi
    inverse = np.linalg.inv((x.T / total) @ x)
    beta = inverse @ (x.T @ (y / total))
    weight = between / total
    estimate = weight * y + (1 - weight) * (x @ beta)
    g1 = weight * psi
    g2 = (1 - weight) ** 2 * np.einsum("ij,jk,ik->i", x, inverse, x)
    g3 = psi**2 / total**3 * 2 / (1 / total**2).sum()
    return FayHerriot(beta, np.sqrt(np.diag(inverse)), between, estimate, g1 + g2 + 2 * g3, weight)


def _reml(y: Array, psi: Array, x: Array) -> float:
    """Return the variance between areas by Fisher scoring of the restricted likelihood, at least 0."""
    between = float(np.median(psi))
    for _ in range(_STEPS):
        v = 1 / (between + psi)
        inverse = np.linalg.inv((x.T * v) @ x)
        p = np.diag(v) - (v[:, None] * x) @ inverse @ (x.T * v)
        py = p @ y
        score = 0.5 * (py @ py - np.trace(p))
        information = 0.5 * np.einsum("ij,ji->", p, p)
        after = max(0.0, between + float(score / information))
        if abs(after - between) < _CLOSE * max(1.0, between):
            return after
        between = after
    return between
