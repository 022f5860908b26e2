"""Months of the year: by hand, with years that differ by more than chance, and without a season."""

from __future__ import annotations

import numpy as np
import pytest

from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.stats.seasons import season

MONTHS = np.tile(np.arange(1, 13), 4)
DAYS = np.tile([31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 4)


def test_by_hand():
    """Two Januaries of 31 and 62, one February: Pearson's (15.5^2/46.5) x 2 over one degree of freedom."""
    found = season(np.array([1, 2, 1]), np.array([31.0, 56, 62]), np.array([31.0, 28, 31]))
    january, february = found.months
    assert found.dispersion == pytest.approx(2 * 15.5**2 / 46.5)
    assert (january.years, january.count, january.days, january.per_day) == (2, 93, 62, 1.5)
    low, high = poisson_exact(93 / found.dispersion)
    assert (january.low, january.high) == pytest.approx((low * found.dispersion / 62, high * found.dispersion / 62))  # fmt: skip
    assert (february.years, february.per_day, february.low) == (1, 2, None)


def test_one_year_tells_nothing():
    found = season(MONTHS[:12], DAYS[:12], DAYS[:12])
    assert not found.tells
    assert {m.low for m in found.months} == {None}


@pytest.mark.parametrize(("spread", "rate"), [(0, 0.2), (0, 4), (0.05, 4)])
def test_intervals_hold_the_mean_and_noise_is_no_season(spread, rate):
    """``spread``: each month of each year has a level of its own (gamma), so counts are negative binomial."""
    rng = np.random.default_rng(7)
    inside = flagged = 0
    for _ in range(300):
        level = rng.gamma(1 / spread, spread, len(DAYS)) if spread else 1.0
        found = season(MONTHS, rng.poisson(rate * DAYS * level).astype(float), DAYS)
        inside += sum(m.low <= rate <= m.high for m in found.months)
        flagged += found.p < 0.05
    assert 0.93 <= inside / 3600 <= 0.98
    assert flagged / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_a_season_is_found_and_no_incidents_are_none():
    rng = np.random.default_rng(8)
    rates = np.where(MONTHS == 12, 3.0, 1.5)
    found = season(MONTHS, rng.poisson(rates * DAYS).astype(float), DAYS)
    assert found.p < 0.001
    assert max(found.months, key=lambda m: m.per_day).month == 12
    nothing = season(MONTHS, np.zeros(48), DAYS)
    assert (nothing.p, nothing.months[0].low) == (1.0, 0)
    assert nothing.months[0].high > 0
