"""Many quasi-Poisson regressions with one design at once: log link, ridge, robust to past outliers.

Every series has its own weights, offset and penalty, so that thousands of weekly series of few
incidents are fitted in a few matrix products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

OUTLIER = 2.58  # standardised Anscombe residual, Noufaily et al. 2013
_FLAT = 1e-4  # precision that keeps an intercept finite and moves nothing
_STEPS, EXACT, ROUGH = 30, 1e-6, 0.02  # of a coefficient: where iteration stops
_MOST_STEP = 3.0  # of a coefficient in one iteration


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients (series x columns), their covariance, and the overdispersion of each series."""

    beta: Array
    covariance: Array
    phi: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class Problem:
    """What is fitted.

    Parameters
    ----------
    y, offset, weights
        Weeks x series; a week of weight 0 is not in the fit.
    x
        Weeks x columns, one design for all.
    precision
        Series x columns: 1 over the variance of the normal prior of each coefficient, 0 where
        there is none.
    """

    y: Array
    offset: Array
    weights: Array
    x: Array
    precision: Array


def fit(problem: Problem, phi: Array, start: Array | None = None, exact: float = EXACT) -> Array:
    """Return the coefficients that maximise the penalised quasi-likelihood, by Fisher scoring.

    Maximised is, for each series, ``sum(w (y log mu - mu)) / phi - sum(precision beta^2) / 2`` with
    ``log mu = offset + x beta``.
    """
    p = problem
    beta = _start(p) if start is None else start.copy()
    for _ in range(_STEPS):
        mu = _mean(p, beta)
        score = (p.weights * (p.y - mu)).T @ p.x / phi[:, None] - p.precision * beta
        step = np.linalg.solve(_information(p, mu, phi), score[:, :, None])[:, :, 0]
        beta += np.clip(step, -_MOST_STEP, _MOST_STEP)
        if np.abs(step).max(initial=0) < exact:
            break
    return beta


def robust_fit(problem: Problem) -> Fit:
    """Fit, weigh down past outliers by their residuals, and fit again; phi is never below 1.

    Notes
    -----
    A week with a standardised Anscombe residual s beyond 2.58 weighs 1/s^2, so that a past series
    of incidents does not make the next one look normal. Unlike the outbreak method, low outliers
    are weighed down too, as both directions are tested.

    References
    ----------
    Farrington et al. (1996), doi:10.2307/2983331; Noufaily et al. (2013), doi:10.1002/sim.5595.
    """
    phi = np.ones(problem.y.shape[1])
    # Steps are quadratic: what moves by 0.02 no more is right to about 0.0004.
    beta = fit(problem, phi, exact=ROUGH)
    phi = _dispersion(problem, beta, phi)
    beta = fit(problem, phi, beta, exact=ROUGH)
    weighed = Problem(
        problem.y, problem.offset, _weigh(problem, beta, phi), problem.x, problem.precision
    )
    beta = fit(weighed, phi, beta, exact=ROUGH)
    phi = _dispersion(weighed, beta, phi)
    beta = fit(weighed, phi, beta)
    information = _information(weighed, _mean(weighed, beta), phi)
    covariance = np.linalg.inv(information).astype(np.float64)
    return Fit(beta, covariance, phi, weighed.weights)


def _start(p: Problem) -> Array:
    beta = np.zeros((p.y.shape[1], p.x.shape[1]))
    seen = (p.weights * p.y).sum(axis=0)
    expected = (p.weights * np.exp(p.offset)).sum(axis=0)
    beta[:, 0] = np.log(np.maximum(seen, 1e-3) / np.maximum(expected, 1e-9))
    return beta


def _mean(p: Problem, beta: Array) -> Array:
    return np.exp(np.clip(p.offset + p.x @ beta.T, -30, 30))


def _information(p: Problem, mu: Array, phi: Array) -> Array:
    one, two = np.triu_indices(p.x.shape[1])
    upper = (p.weights * mu).T @ (p.x[:, one] * p.x[:, two]) / phi[:, None]
    found = np.empty((len(upper), p.x.shape[1], p.x.shape[1]))
    found[:, one, two] = found[:, two, one] = upper
    at = np.arange(p.x.shape[1])
    found[:, at, at] += p.precision + _FLAT
    return found


def _leverage(p: Problem, mu: Array, phi: Array) -> Array:
    inverse = np.linalg.inv(_information(p, mu, phi))
    one, two = np.triu_indices(p.x.shape[1])
    twice = np.where(one == two, 1.0, 2.0)
    shape = (p.x[:, one] * p.x[:, two] * twice) @ inverse[:, one, two].T
    return np.clip(shape * p.weights * mu / phi, 0, 0.99)


def _dispersion(p: Problem, beta: Array, phi: Array) -> Array:
    """Return Pearson's estimate, at least 1."""
    mu = _mean(p, beta)
    squares = np.einsum("ts,ts->s", p.weights, (p.y - mu) ** 2 / mu)
    information = _information(p, mu, phi)
    # The trace of the hat matrix, without the matrix.
    at = np.arange(information.shape[1])
    known = information.copy()
    known[:, at, at] -= p.precision + _FLAT
    taken = np.trace(np.linalg.solve(information, known), axis1=1, axis2=2)
    free = (p.weights > 0).sum(axis=0) - taken
    return np.maximum(1.0, squares / np.maximum(free, 1.0))  # type: ignore[no-any-return]


def _weigh(p: Problem, beta: Array, phi: Array) -> Array:
    mu = _mean(p, beta)
    spread = np.sqrt(phi * (1 - _leverage(p, mu, phi)))
    residual = 1.5 * (p.y ** (2 / 3) - mu ** (2 / 3)) / (mu ** (1 / 6) * spread)
    weights = p.weights / np.maximum(1.0, np.where(np.abs(residual) > OUTLIER, residual, 1) ** 2)
    scale = p.weights.sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-9)
    return weights * scale  # type: ignore[no-any-return]
