"""The expected range: quantiles and tails by their definition, families, flags, breaks, and pure chance."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from tools.calibrate_normal import CLASSES, District, chance
from ypo_dash.stats.normal_range import (
    FEW,
    FEWER,
    HISTORY,
    MORE,
    NONE,
    Ranges,
    adjusted,
    flags,
    negative_binomial,
    ranges,
    series_ranges,
    with_totals,
)
from ypo_dash.stats.normal_range import _ranges as quantiles
from ypo_dash.stats.week_design import week_design

STARTS = [date(2009, 9, 7) + timedelta(days=7 * i) for i in range(170)]
WHOLE = np.ones(170, bool)
NO_BREAKS = np.zeros((0, 3))
LAST = [169]


def chance_of(k, mean, variance):
    """A negative binomial's mass by its gamma functions, a Poisson's where there is no surplus."""
    if variance <= mean:
        return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
    size, p = mean**2 / (variance - mean), mean / variance
    log = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
    return math.exp(log + size * math.log(p) + k * math.log(1 - p))


@pytest.mark.parametrize(
    ("mean", "variance", "low", "high"),
    [(8, 8, 3, 14), (8, 8 + 0.2 * 64, 1, 19), (0.4, 0.5, None, None), (120.0, 300.0, None, None)],
)
def test_quantiles_and_tails_are_those_of_the_definition(mean, variance, low, high):
    """At mean 8, 3-14 for Poisson counts and 1-19 where alpha is 0.2: values from another program."""
    counts = np.arange(0, 220.0)
    found = quantiles(np.full(220, mean), np.full(220, variance), counts)
    mass = [chance_of(k, mean, variance) for k in range(900)]
    below = np.cumsum(mass)
    by_hand = [int(np.argmax(below >= level)) for level in (0.025, 0.975)]
    assert [found.low[0], found.high[0]] == by_hand
    if low is not None:
        assert by_hand == [low, high]
    for k in (0, 1, 5, 19, 60, 150):
        tails = sum(mass[: k + 1]), sum(mass[k:])
        assert found.p[k] == pytest.approx(min(1, 2 * min(tails)), rel=1e-4, abs=1e-12)
    # A count inside the range never has a p below 0.05, one outside always has.
    inside = (counts >= found.low) & (counts <= found.high)
    assert (found.p[inside] >= 0.05).all()
    assert (found.p[~inside] < 0.05).all()


def test_moments_of_the_negative_binomial():
    size, p = negative_binomial(np.array([3.0, 3.0]), np.array([9.0, 2.0]))
    mean, variance = size * (1 - p) / p, size * (1 - p) / p**2
    assert mean == pytest.approx([3, 3])
    assert variance == pytest.approx([9, 3], rel=1e-5)  # never less than a Poisson's


def test_totals_have_what_lies_in_no_sector():
    counts = np.arange(24.0).reshape(1, 4, 6)  # two sectors, no coordinates, outside
    grid = with_totals(counts, 2)
    assert grid.shape == (1, 3, 7)
    assert grid[0, :2, :6].tolist() == counts[0, :2].tolist()
    assert grid[0, 0, 6] == counts[0, 0].sum()
    assert grid[0, 2, :6].tolist() == counts[0].sum(axis=0).tolist()
    assert grid[0, 2, 6] == counts.sum()


def test_q_is_adjusted_in_three_families():
    p = np.full((1, 3, 3), 0.9)
    p[0, 0, 0], p[0, 1, 1], p[0, 2, 2] = 0.01, 0.02, 0.01
    expected = np.full((1, 3, 3), 9.0)
    q = adjusted(p, expected)
    assert q[0, 0, 0] == pytest.approx(0.04)  # 4 sectors x types: 0.01 x 4 / 1, 0.02 x 4 / 2
    assert q[0, 1, 1] == pytest.approx(0.04)
    assert q[0, 2, 2] == pytest.approx(0.05)  # 5 totals
    expected[0, 0, 1] = expected[0, 1, 0] = 1.2  # fewer than 5 in 4 weeks: a family of their own
    q = adjusted(p, expected)
    assert q[0, 0, 0] == q[0, 1, 1] == pytest.approx(0.02)
    assert q[0, 0, 1] == pytest.approx(0.9)
    p[0, 0, 1] = expected[0, 0, 1] = np.nan  # too little history: in no family
    expected[0, 1, 0] = 9
    q = adjusted(p, expected)
    assert q[0, 0, 0] == pytest.approx(0.03)
    assert np.isnan(q[0, 0, 1])


def test_flags():
    """Beyond chance alone is not enough: five cases in four weeks, or as many expected."""
    grid = np.zeros((6, 1, 7))
    grid[:, 0, 0] = 5, 5, 5, 5, 5, 20
    grid[:, 0, 1] = 8, 8, 8, 8, 8, 0
    grid[:, 0, 2] = 0, 0, 0, 0, 0, 4  # four cases in four weeks
    grid[:, 0, 3] = 0, 0, 0, 1, 0, 4  # five
    grid[:, 0, 4] = 2, 2, 0, 0, 0, 0  # stopped: 8 would be expected in four weeks
    grid[:, 0, 5] = 5
    grid[:, 0, 6] = 3
    expected = np.array([[[5, 8, 0.1, 0.2, 2, 5, np.nan]]])
    q = np.array([[[0.01, 0.01, 0.001, 0.001, 0.04, 0.05, np.nan]]])
    found = Ranges(expected, expected, expected, expected, q)
    assert flags(grid, found, q, [5])[0, 0].tolist() == [MORE, FEWER, FEW, MORE, FEWER, NONE, HISTORY]  # fmt: skip


def series(mean, seed=5, weeks=170, types=3, sectors=4):
    return np.random.default_rng(seed).poisson(mean, (weeks, sectors, types)).astype(float)


def test_a_planted_rise_and_fall_are_flagged_and_nothing_else():
    counts = series(10.0)
    counts[169, 1, 2] = 32
    counts[169, 3, 0] = 0
    grid = with_totals(counts, 4)
    found = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, LAST)
    said = flags(grid, found, adjusted(found.p, found.expected), LAST)[0]
    assert said[1, 2] == MORE
    assert said[3, 0] == FEWER
    assert {tuple(at) for at in np.argwhere(said[:-1, :-1] != NONE)} == {(1, 2), (3, 0)}
    assert found.expected[0, :-1, :-1] == pytest.approx(10, abs=1.2)
    assert (found.variance[0] > found.expected[0]).all()


def test_an_ongoing_change_does_not_hide_itself():
    counts = series(10.0)
    counts[150:, 1, 2] *= 3
    grid = with_totals(counts, 4)
    found = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, [155, 169])
    assert found.expected[:, 1, 2] == pytest.approx(10, abs=1.5)


def test_season_and_trend_are_followed():
    """A sector of few incidents has the season of its type, which it could not show itself."""
    week = np.arange(170)
    curve = np.exp(0.5 * np.cos(2 * np.pi * (week - 17) / 52.18) - 0.15 * week / 52.18)
    counts = np.random.default_rng(2).poisson(2 * curve[:, None, None], (170, 20, 3)).astype(float)
    grid = with_totals(counts, 20)
    found = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, list(range(130, 170)))
    truth = 2 * curve[130:]
    assert found.expected[:, -1, 0] == pytest.approx(20 * truth, rel=0.12)
    error = found.expected[:, :-1, :-1] / truth[:, None, None] - 1
    assert abs(error.mean()) < 0.05
    assert error.std() < 0.2
    assert truth.max() > 2 * truth.min()  # there is a season to follow


def test_a_recording_break_that_is_known_is_no_finding():
    rng = np.random.default_rng(6)
    mean = np.full((170, 6, 3), 15.0)
    start = STARTS[150]
    mean[150:, :, 1] *= 1.6
    grid = with_totals(rng.poisson(mean).astype(float), 6)
    concerns = np.array([[0.0, 1.0, 0.0]])
    knowing = ranges(grid, week_design(STARTS, WHOLE, (), [start]), concerns, LAST)
    blind = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, LAST)
    said = [flags(grid, r, adjusted(r.p, r.expected), LAST)[0] for r in (knowing, blind)]
    assert (said[0] == NONE).all()
    assert said[1][-1, 1] == MORE
    assert knowing.expected[0, -1, 1] == pytest.approx(6 * 15 * 1.6, rel=0.08)
    assert knowing.expected[0, -1, 0] == pytest.approx(6 * 15, rel=0.08)
    just = ranges(grid, week_design(STARTS, WHOLE, (), [start]), concerns, [151])
    width = just.high - just.low
    assert width[0, -1, 1] > 2 * width[0, -1, 0]  # nothing is known yet of the step


def test_counts_that_vary_more_have_a_wider_range():
    rng = np.random.default_rng(12)
    counts = rng.negative_binomial(20 / 3, 1 / 4, (170, 4, 3)).astype(float)  # mean 20, variance 80
    even = series(20.0)
    found, narrow = (
        ranges(with_totals(c, 4), week_design(STARTS, WHOLE), NO_BREAKS, LAST)
        for c in (counts, even)
    )
    spread = (found.variance / found.expected)[0, :-1, :-1].mean()
    assert 3.3 < spread < 5.5  # 4, and what is not known of the mean
    assert 1 < (narrow.variance / narrow.expected)[0, :-1, :-1].mean() < 1.7


def test_too_little_history_says_nothing():
    grid = with_totals(series(10.0), 4)
    design = week_design(STARTS, WHOLE)
    found = ranges(grid, design, NO_BREAKS, [0, 29, 30])
    assert np.isnan(found.p[:2]).all()
    assert not np.isnan(found.p[2]).any()
    assert (flags(grid, found, adjusted(found.p, found.expected), [0, 29, 30])[:2] == HISTORY).all()
    none = ranges(grid, design, NO_BREAKS, [])
    assert none.p.shape == (0, 5, 4)


def test_under_a_year_of_history_the_range_is_wider():
    """The season is not known yet, and the range says so."""
    grid = with_totals(series(40.0), 4)
    found = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, [35, 169])
    width = (found.high - found.low)[:, -1, 0]
    assert width[0] > 1.5 * width[1]


def test_series_without_incidents_have_a_range():
    counts = series(10.0)
    counts[:, 0, 0] = 0
    counts[169, 0, 0] = 6
    grid = with_totals(counts, 4)
    found = ranges(grid, week_design(STARTS, WHOLE), NO_BREAKS, LAST)
    assert found.low[0, 0, 0] == found.high[0, 0, 0] == 0
    assert flags(grid, found, adjusted(found.p, found.expected), LAST)[0, 0, 0] == MORE
    assert np.isfinite(found.p).all()


def test_one_series_alone_has_the_range_of_the_same_total():
    grid = with_totals(series(10.0), 4)
    design = week_design(STARTS, WHOLE)
    found = ranges(grid, design, NO_BREAKS, [100, 169])
    alone = series_ranges(grid[:, -1, 1][:, None], design, np.zeros((1, 0)), [100, 169])
    assert alone.expected[:, 0] == pytest.approx(found.expected[:, -1, 1], rel=1e-4)
    assert alone.low[:, 0].tolist() == found.low[:, -1, 1].tolist()


@pytest.fixture(scope="module")
def noise():
    return chance(District(), rounds=2, seed=20, every=9)


def test_on_pure_chance_there_is_less_than_one_flag_a_week(noise):
    """Season, school holidays, Christmas and shared noise of the simulated district, nothing planted."""
    flagged = noise[0]
    assert flagged.size >= 30
    assert flagged.mean() <= 0.5  # contract: 1; tools/calibrate_normal.py has it at 0.1 or less
    assert (flagged > 0).mean() <= 0.25


def test_the_range_holds_what_it_promises(noise):
    """Of new counts 93-97 % lie inside, but for what discrete counts add; means from 2 to 50."""
    _, inside, smooth, number = noise
    wanted = slice(CLASSES.index(2), CLASSES.index(50))
    assert number[0, wanted].sum() > 2000
    for family in (0, 1):
        share = inside[family, wanted].sum() / number[family, wanted].sum()
        assert 0.94 <= share <= 0.985
    assert 0.93 <= smooth[:, wanted].sum() / number[:, wanted].sum() <= 0.97
