"""The tail against scipy and sums, the adjustment, the dispersion, the power, and maps of pure chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from tools.calibrate_hotspots import (
    district_cells,
    false_maps,
    found_share,
    gistar_false_cells,
    round_cells,
)
from ypo_dash.stats.changes import adjust
from ypo_dash.stats.hot_spots import (
    MOST_FACTOR,
    dispersion_over_time,
    false_discovery,
    power,
    smallest_factor,
    threshold,
    upper_tail,
)
from ypo_dash.store.exposure import neighbours_of

COUNTS = np.array([0, 1, 2, 5, 11, 40, 3])
MEANS = np.array([0.4, 0.4, 2.1, 2.1, 2.1, 14.0, 900.0])


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.7, 3.0])
def test_the_tail_equals_scipy_and_a_plain_sum(alpha):
    found = upper_tail(COUNTS, MEANS, alpha)
    if alpha:
        other = stats.nbinom.sf(COUNTS - 1, 1 / alpha, 1 / (1 + alpha * MEANS))
    else:
        other = stats.poisson.sf(COUNTS - 1, MEANS)
    assert found == pytest.approx(other, rel=1e-9)

    def chance(k, mean):
        if not alpha:
            return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        size = 1 / alpha
        return math.exp(
            math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
            - size * math.log1p(alpha * mean) + k * math.log(alpha * mean / (1 + alpha * mean))
        )  # fmt: skip

    for k, mean, p in zip(COUNTS[:6], MEANS, found, strict=False):
        assert p == pytest.approx(1 - sum(chance(i, mean) for i in range(k)), abs=1e-12)


def test_the_tail_at_its_edges():
    assert upper_tail([0, 1, 0], [0, 0, 5]).tolist() == [1, 0, 1]
    assert upper_tail(9, 3.0, 1e-9) == pytest.approx(upper_tail(9, 3.0), abs=1e-12)
    for bad in ((-1, 2, 0), (1, -2, 0), (1, 2, -0.1)):
        with pytest.raises(ValueError, match="negative"):
            upper_tail(*bad)


def test_the_adjustment_is_benjamini_hochberg_map_by_map():
    p = np.random.default_rng(1).random((3, 50)) ** 3
    q = false_discovery(p)
    for row, adjusted in zip(p, q, strict=True):
        assert adjusted == pytest.approx(adjust(row.tolist(), "bh"))
        passing = [k for k in range(1, 51) if np.sort(row)[k - 1] <= 0.05 * k / 50]
        assert (adjusted <= 0.05).sum() == (max(passing) if passing else 0)
    assert false_discovery(np.zeros((2, 0))).shape == (2, 0)


def test_a_place_that_always_has_many_adds_no_dispersion():
    rng = np.random.default_rng(2)
    rates = np.r_[np.full(400, 1.0), np.full(40, 30.0)]
    levels = np.linspace(0.6, 1.4, 12)[:, None]
    found = dispersion_over_time(rng.poisson(rates * levels).astype(float))
    assert found == pytest.approx(0, abs=0.006)  # three standard errors of the forty


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_the_dispersion_is_found_again(alpha):
    rng = np.random.default_rng(3)
    rates = rng.gamma(2, 3, 600)
    level = rng.gamma(1 / alpha, alpha, (12, 600))
    assert dispersion_over_time(rng.poisson(rates * level).astype(float)) == pytest.approx(
        alpha, rel=0.15
    )


def test_no_dispersion_without_periods_or_counts():
    assert dispersion_over_time(np.ones((3, 5))) is None
    assert dispersion_over_time(np.zeros((12, 5))) is None
    assert dispersion_over_time(np.ones((12, 5))) == 0


@pytest.mark.parametrize("alpha", [0.0, 0.2])
@pytest.mark.parametrize("mean", [0.35, 2.1, 14.0])
def test_the_smallest_factor_is_found_four_times_of_five(mean, alpha):
    needed = threshold(mean, 1657, alpha)
    assert upper_tail(needed, mean, alpha) < 0.05 / 1657 <= upper_tail(needed - 1, mean, alpha)
    factor = smallest_factor(mean, 1657, alpha)
    assert upper_tail(needed, mean * factor, alpha) == pytest.approx(0.8, abs=1e-9)


def test_the_period_that_would_do_does_and_a_shorter_one_does_not():
    found = power(2.1, 1657)
    assert not found.is_enough
    longer = 2.1 * found.longer
    assert smallest_factor(longer, 1657) <= MOST_FACTOR
    assert smallest_factor(longer * 0.9, 1657) > MOST_FACTOR
    assert power(14.0, 1657).longer == 1
    assert power(14.0, 1657).is_enough
    assert power(0.0, 1657).factor == math.inf
    assert power(1e-6, 1657).longer is None


@pytest.mark.parametrize("mean", [0.3, 2.0])
def test_power_equals_simulation(mean):
    """In 400 maps with a spot of the smallest factor, 80 % find its middle (+- 3 standard errors)."""
    near = neighbours_of(district_cells())
    factor = smallest_factor(7 * mean, len(near))
    assert found_share(near, mean, factor, 400) == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("mean", [0.05, 0.3, 2.0])
def test_pure_chance_lights_up_a_map_at_most_one_time_in_twenty(mean):
    near = neighbours_of(district_cells())
    assert 480 < len(near) < 620
    share, _ = false_maps(near, mean, 300)
    assert share <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5


def test_with_counts_that_vary_over_time_as_well():
    near = neighbours_of(district_cells())
    share, alpha = false_maps(near, 2.0, 150, over_time=0.5)
    assert alpha == pytest.approx(0.5 / 7, rel=0.2)  # of seven cells together
    assert share <= 0.05 + 2 * (0.05 * 0.95 / 150) ** 0.5


def test_gistar_lights_up_chance_as_its_warning_says():
    near = neighbours_of(round_cells())
    assert len(near) == 1657
    false = [gistar_false_cells(near, mean, 40) for mean in (0.05, 0.3, 2)]
    assert false[0] > 20
    assert false[0] > false[1] > 2 > false[2]
