"""Mann-Kendall and Sen's slope against another program, and pair by pair."""

from __future__ import annotations

import csv
import json
from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from tests.reference_data import reference
from ypo_dash.stats.mann_kendall import mann_kendall


@pytest.mark.reference
def test_equals_pymannkendall():
    expected = json.loads(reference("methods/mannkendall_expected.json").read_text("utf-8"))
    with reference("methods/mannkendall_series.csv").open(encoding="utf-8") as handle:
        values = [float(row["value"] or "nan") for row in csv.DictReader(handle)]
    assert np.isnan(values).sum() == expected["missing"]
    found, original = mann_kendall(values), expected["original"]
    assert found.s == original["s"]
    assert found.variance == pytest.approx(original["var_s"])
    assert found.z == pytest.approx(original["z"])
    assert found.p == pytest.approx(original["p"])
    assert found.tau == pytest.approx(original["tau"])
    assert found.slope == pytest.approx(expected["sens_slope"]["slope"])
    same = mann_kendall(np.full(20, 4.0))
    constant = expected["constant_series"]
    assert [same.s, same.variance, same.z, same.p, same.tau] == [
        constant[k] for k in ("s", "var_s", "z", "p", "tau")
    ]


@pytest.mark.parametrize("seed", range(6))
def test_equals_its_definition_pair_by_pair(seed):
    x = np.random.default_rng(seed).poisson(1 + 2 * (seed % 3), 13 - seed).astype(float)
    found, n = mann_kendall(x), len(x)
    s = sum((b > a) - (b < a) for a, b in combinations(x.tolist(), 2))
    ties = sum(t * (t - 1) * (2 * t + 5) for t in Counter(x.tolist()).values())
    assert found.s == s
    assert found.variance == pytest.approx((n * (n - 1) * (2 * n + 5) - ties) / 18)
    slopes = [(x[j] - x[i]) / (j - i) for i, j in combinations(range(n), 2)]
    assert found.slope == pytest.approx(np.median(slopes))


def test_many_series_at_once_equal_each_alone():
    x = np.random.default_rng(1).poisson(3, (13, 5)).astype(float)
    together = mann_kendall(x)
    for k in range(5):
        alone = mann_kendall(x[:, k])
        for name in ("s", "variance", "z", "p", "tau", "slope"):
            assert getattr(together, name)[k] == getattr(alone, name)


def test_known_directions_and_bad_input():
    falling = mann_kendall(range(13, 0, -1))
    assert (falling.s, falling.tau, falling.slope) == (-78, -1, -1)
    assert falling.p < 1e-4
    gap = mann_kendall([1.0, np.nan, 5.0, 7.0])
    assert (gap.s, gap.slope) == (3, 2)
    for bad in ([1.0], [1.0, np.nan], 3.0):
        with pytest.raises(ValueError, match="two values"):
            mann_kendall(bad)


def test_without_a_trend_findings_are_rare():
    found = mann_kendall(np.random.default_rng(2).poisson(4, (13, 4000)).astype(float))
    assert np.mean(found.p < 0.05) <= 0.05
