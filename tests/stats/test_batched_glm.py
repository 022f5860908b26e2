"""The batched regression against scipy's maximum of the same likelihood, one series after the other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from ypo_dash.stats.batched_glm import Problem, fit, robust_fit


def problem(seed=3, weeks=120, series=6):
    rng = np.random.default_rng(seed)
    angle = np.arange(weeks) * 2 * np.pi / 52
    x = np.column_stack(
        [np.ones(weeks), np.arange(weeks) / 52 - 1, np.cos(angle), np.sin(angle), rng.random(weeks)]
    )
    means = np.array([0.1, 0.6, 2.0, 8.0, 30.0, 400.0])[:series]
    offset = rng.normal(0, 0.2, (weeks, series))
    true = np.exp(offset + 0.3 * np.cos(angle)[:, None] - 0.2 * x[:, [1]]) * means
    weights = rng.choice([0.0, 0.4, 1.0], (weeks, series), p=[0.2, 0.1, 0.7])
    precision = np.tile([0.0, 25.0, 11.0, 11.0, 100.0], (series, 1)) * rng.uniform(
        0.5, 2, (series, 1)
    )
    return Problem(rng.poisson(true).astype(float), offset, weights, x, precision)


def test_equals_the_maximum_that_scipy_finds():
    p = problem()
    phi = np.array([1.0, 1.3, 1.0, 2.0, 1.1, 3.0])
    found = fit(p, phi)
    for s in range(p.y.shape[1]):

        def loss(beta, s=s):
            eta = p.offset[:, s] + p.x @ beta
            likelihood = (p.weights[:, s] * (p.y[:, s] * eta - np.exp(eta))).sum() / phi[s]
            return -likelihood + (p.precision[s] * beta**2).sum() / 2

        best = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-7})
        assert found[s] == pytest.approx(best.x, abs=2e-4), s
        assert loss(found[s]) <= best.fun + 1e-7 * abs(best.fun)


def test_covariance_is_the_curvature_of_that_likelihood():
    p = problem()
    found = robust_fit(Problem(p.y, p.offset, np.ones_like(p.y), p.x, p.precision))
    for s in (2, 4):
        mu = np.exp(p.offset[:, s] + p.x @ found.beta[s])
        curve = (p.x.T * (found.weights[:, s] * mu / found.phi[s])) @ p.x + np.diag(p.precision[s])
        assert np.linalg.inv(curve) == pytest.approx(found.covariance[s], rel=1e-3, abs=1e-7)


def test_phi_is_pearsons_and_never_below_one():
    """Counts of variance 4 times the mean have phi near 4; counts too even have 1."""
    rng = np.random.default_rng(8)
    weeks = 400
    wide = rng.negative_binomial(20 / 3, 1 / 4, (weeks, 40)).astype(float)  # mean 20, variance 80
    flat = np.full((weeks, 40), 20.0)
    y = np.hstack([wide, flat])
    found = robust_fit(
        Problem(y, np.zeros_like(y), np.ones_like(y), np.ones((weeks, 1)), np.zeros((80, 1)))
    )
    assert found.phi[:40].mean() == pytest.approx(4, abs=0.4)
    assert (found.phi[40:] == 1).all()


def test_a_past_series_of_incidents_does_not_look_normal():
    rng = np.random.default_rng(9)
    y = rng.poisson(5, (100, 1)).astype(float)
    y[60:64] += 25
    one = np.ones((100, 1))
    found = robust_fit(Problem(y, np.zeros_like(y), one, one, np.zeros((1, 1))))
    usual = float(np.delete(y, range(60, 64)).mean())
    plain = float(y.mean())
    assert plain > usual + 0.9
    assert float(np.exp(found.beta[0, 0])) == pytest.approx(usual, abs=0.25)
    assert found.weights[60:64].max() < 0.2
    assert found.weights.sum() == pytest.approx(100)


def test_series_do_not_know_of_each_other():
    p = problem()
    alone = Problem(p.y[:, [2]], p.offset[:, [2]], p.weights[:, [2]], p.x, p.precision[[2]])
    assert robust_fit(alone).beta[0] == pytest.approx(robust_fit(p).beta[2], abs=1e-4)
