"""Many tests and the negative binomial against scipy.stats, which is too slow to import in the product."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, nbinom

from ypo_dash.stats.false_discovery import benjamini_hochberg
from ypo_dash.stats.negative_binomial import cdf, quantile, sf


@pytest.mark.parametrize("shape", [(1,), (7,), (500,), (4, 30), (2, 3, 5)])
def test_q_values_are_those_of_scipy(shape):
    p = np.random.default_rng(3).uniform(size=shape) ** 3
    p.flat[0] = 1.0
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p, axis=-1), rel=1e-12)


def test_equal_p_values_have_equal_q_values():
    assert benjamini_hochberg(np.array([0.01, 0.01, 0.5])).tolist() == [0.015, 0.015, 0.5]


@pytest.fixture(scope="module")
def parameters():
    """Means from a ten-thousandth to 50,000, from as good as Poisson to very uneven."""
    random = np.random.default_rng(1)
    mean = np.exp(random.uniform(np.log(1e-4), np.log(5e4), 20_000))
    more = mean * np.exp(random.uniform(-14, 6, len(mean)))
    more = np.maximum(more, 1e-6 * mean)
    return mean, mean**2 / more, mean / (mean + more)


@pytest.mark.parametrize("q", [0.025, 0.5, 0.975, 0.999])
def test_quantiles_are_those_of_scipy(parameters, q):
    _, size, chance = parameters
    assert np.array_equal(quantile(q, size, chance), nbinom.ppf(q, size, chance))


def test_distribution_and_tail_are_those_of_scipy(parameters):
    mean, size, chance = parameters
    k = np.round(mean * np.random.default_rng(2).uniform(0, 3, len(mean)))
    assert cdf(k, size, chance) == pytest.approx(nbinom.cdf(k, size, chance), abs=1e-10)
    assert sf(k - 1, size, chance) == pytest.approx(nbinom.sf(k - 1, size, chance), abs=1e-10)


def test_below_zero_there_is_nothing(parameters):
    below, size, chance = np.array([-1.0]), parameters[1][:1], parameters[2][:1]
    assert (cdf(below, size, chance), sf(below, size, chance)) == (0, 1)
