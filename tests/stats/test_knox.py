"""Near repeats against the Near Repeat Calculator, a count pair by pair, and chance."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest

from tests.reference_data import reference
from ypo_dash.stats.knox import Bands, knox


@pytest.mark.reference
def test_equals_the_near_repeat_calculator():
    """970 burglaries of Chicago: all 20 counts exactly, ratios and p within its 20 shuffles' noise."""
    expected = json.loads(reference("methods/nearrepeat_chicago_be_month1_expected.json").read_text("utf-8"))  # fmt: skip
    rows = pd.read_csv(reference("methods/nearrepeat_chicago_be_month1.csv"), parse_dates=["date"])
    days = (rows["date"] - pd.Timestamp("1970-01-01")).dt.days.to_numpy()
    found = knox(rows[["x", "y"]].to_numpy(), days, Bands((1, 100, 200, 300), (7, 14, 21)))
    assert found.observed.tolist() == [row[1:] for row in expected["observed_pairs"]]
    theirs = np.array([row[1:] for row in expected["observed_over_mean_expected"]])
    many = found.expected >= 15
    assert found.ratio[many] == pytest.approx(theirs[many], rel=0.12)
    chance = np.array([row[1:] for row in expected["p_value_monte_carlo"]])
    assert found.p[:3, 0] == pytest.approx([0.001] * 3, abs=0.004)  # theirs: 0.05, their floor
    assert np.abs(found.p - chance)[many].max() < 0.4


@pytest.mark.parametrize(("metric", "order"), [("manhattan", 1), ("euclid", 2)])
def test_equals_a_count_pair_by_pair(metric, order):
    rng = np.random.default_rng(2)
    points, days = rng.uniform(0, 500, (60, 2)), rng.integers(0, 40, 60)
    points[7] = points[3]
    found = knox(points, days, Bands((1, 120, 250), (3, 14)), metric=metric, shuffles=9)
    expected = np.zeros((4, 3))
    for i, j in itertools.combinations(range(60), 2):
        apart = np.linalg.norm(points[i] - points[j], ord=order)
        lag = abs(days[i] - days[j])
        expected[sum(apart >= e for e in (1, 120, 250)), sum(lag >= e for e in (3, 14))] += 1
    assert found.observed.tolist() == expected.tolist()
    assert found.expected.sum() == pytest.approx(60 * 59 / 2)


def test_without_contagion_findings_are_rare():
    rng = np.random.default_rng(3)
    small = 0
    for seed in range(100):
        points, days = rng.uniform(0, 2000, (150, 2)), rng.integers(0, 60, 150)
        small += knox(points, days, Bands((200,), (7,)), shuffles=99, seed=seed).p[0, 0] <= 0.05
    assert small <= 5 + 2 * (100 * 0.05 * 0.95) ** 0.5


def test_planted_repeats_are_found():
    rng = np.random.default_rng(4)
    first = rng.uniform(0, 5000, (200, 2))
    days = rng.integers(0, 90, 200)
    again = first[:40] + rng.normal(0, 60, (40, 2))
    points, when = np.vstack([first, again]), np.concatenate([days, days[:40] + rng.integers(1, 5, 40)])  # fmt: skip
    found = knox(points, when, Bands((1, 200), (7,)))
    assert found.ratio[1, 0] > 2
    assert found.p[1, 0] == pytest.approx(0.001)


def test_nothing_and_nonsense():
    empty = knox(np.zeros((0, 2)), np.zeros(0, int), Bands((1,), (7,)), shuffles=3)
    assert empty.observed.sum() == 0
    with pytest.raises(ValueError, match="manhattan"):
        knox(np.zeros((2, 2)), np.zeros(2, int), Bands((1,), (7,)), metric="crow")
