"""Post-stratification: weights add up to the population; the intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference_data import reference
from ypo_dash.stats.strata import merge_small, stratum_factors, weighted_share


@pytest.mark.reference
def test_equal_weights_give_wilson_as_r_has_it():
    frame = pd.read_csv(reference("methods/proportion_intervals_expected.csv"))
    rows = frame[frame["method"] == "wilson"]
    assert len(rows) > 3
    for row in rows.itertuples():
        found = weighted_share(row.n, 2.0 * row.n, 4.0 * row.n, 2.0 * row.x)
        assert found.n_eff == pytest.approx(row.n)
        assert (found.low, found.high) == pytest.approx((row.ci_low, row.ci_upp), abs=1e-6)


COUNTS = st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=2, max_size=2)


@settings(max_examples=300, deadline=None)
@given(COUNTS)
def test_weights_sum_to_the_population_of_every_group(rows):
    counts = np.array(rows, float)
    population = np.arange(1000, 1008).reshape(2, 4).astype(float)
    groups = merge_small(counts)
    factors = stratum_factors(counts, population, counts)
    if not counts.sum():
        assert not factors.any()
        return
    assert (factors * counts).sum() == pytest.approx(population.sum())
    for group in np.unique(groups):
        here = groups == group
        # Everything of a group has one weight, and only a lone group may be smaller than asked.
        assert len(set(factors[here])) == 1
        assert counts[here].sum() >= 5 or len(np.unique(groups)) == 1


def test_merging_by_hand():
    counts = np.array([[9, 2, 9, 9], [9, 9, 9, 1]], float)
    groups = merge_small(counts)
    assert groups[0, 1] == groups[0, 0] != groups[0, 2]
    assert groups[1, 3] == groups[1, 2] != groups[1, 1]
    lonely = merge_small(np.array([[1, 1, 1, 1], [9, 9, 9, 9]], float))
    assert len(np.unique(lonely)) == 4 or (lonely[0] == lonely[1].flat[0]).all()


def test_a_skewed_sample_is_put_right():
    """Young women answer half as often and feel unsafe most: unweighted shares are wrong."""
    counts = np.array([[10, 90], [40, 60]], float)
    hits = np.array([[6, 9], [4, 3]], float)
    population = np.array([[500, 500], [500, 500]], float)
    factors = stratum_factors(counts, population, counts)
    found = weighted_share(
        200, (factors * counts).sum(), (factors**2 * counts).sum(), (factors * hits).sum()
    )
    assert found.share == pytest.approx((6 / 10 + 9 / 90 + 4 / 40 + 3 / 60) / 4)
    by_person = np.repeat(factors, counts.ravel().astype(int))
    assert found.n_eff == pytest.approx(by_person.sum() ** 2 / (by_person**2).sum())
    assert found.n_eff < 200
    assert found.low < found.share < found.high


@pytest.mark.parametrize("level", [0.06, 0.12, 0.3])
def test_coverage(level):
    """The 95 % intervals of post-stratified shares hold the truth in 93-97 % of 4,000 surveys."""
    rng = np.random.default_rng(2012)
    population = np.array([[1500, 2400, 1100, 1000], [1450, 2350, 1000, 800]], float)
    reach = np.array([[0.7, 0.9, 1.2, 1.3], [0.6, 0.8, 1.1, 1.2]])
    truth = np.clip(level * np.array([[1.5, 1.2, 1.1, 1.3], [0.8, 0.7, 0.7, 0.8]]), 0, 1)
    of_all = (truth * population).sum() / population.sum()
    chance = (population * reach / (population * reach).sum()).ravel()
    inside = 0
    for _ in range(4000):
        counts = rng.multinomial(229, chance).reshape(2, 4).astype(float)
        hits = rng.binomial(counts.astype(int), truth)
        factors = stratum_factors(counts, population, counts)
        found = weighted_share(
            229, (factors * counts).sum(), (factors**2 * counts).sum(), (factors * hits).sum()
        )
        inside += found.low <= of_all <= found.high
    assert 0.93 <= inside / 4000 <= 0.97


def test_nobody_answered():
    assert weighted_share(0, 0, 0, 0) is None
