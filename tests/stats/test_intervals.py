"""Intervals against R's binom.confint and textbook values."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.reference_data import reference
from ypo_dash.stats.intervals import poisson_exact, wilson


@pytest.mark.reference
def test_wilson_equals_r():
    frame = pd.read_csv(reference("methods/proportion_intervals_expected.csv"))
    rows = frame[frame["method"] == "wilson"]
    assert len(rows) > 3
    for row in rows.itertuples():
        assert wilson(row.x, row.n) == pytest.approx((row.ci_low, row.ci_upp), abs=1e-6)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1.0)],
)
def test_wilson_worked_examples(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (10, 4.795389, 18.390356)],
)
def test_garwood_worked_examples(count, low, high):
    assert poisson_exact(count) == pytest.approx((low, high), abs=1e-5)


@pytest.mark.parametrize(("hits", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_shares_are_refused(hits, n):
    with pytest.raises(ValueError, match="is not a share"):
        wilson(hits, n)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        poisson_exact(-1)
