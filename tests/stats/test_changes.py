"""Differences of shares and their tests, against the paper, scipy and chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ypo_dash.stats.changes import adjust, share_difference, share_test, smallest_shown
from ypo_dash.stats.position import position, value_at
from ypo_dash.stats.ranks import joint_level, rank_intervals


@pytest.mark.parametrize(
    ("x", "n", "y", "m", "low", "high"),
    # Newcombe (1998), table II, method 10.
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
    ],
)
def test_newcombe_worked_examples(x, n, y, m, low, high):
    assert share_difference((x / n, n), (y / m, m))[1:] == pytest.approx((low, high), abs=6e-5)


def test_the_test_is_the_square_root_of_chi_square():
    for x, n, y, m in ((20, 229, 35, 231), (3, 40, 9, 300), (100, 250, 100, 250)):
        table = [[x, n - x], [y, m - y]]
        expected = stats.chi2_contingency(table, correction=False).pvalue
        assert share_test((x / n, n), (y / m, m)) == pytest.approx(expected)
    assert share_test((0, 30), (0, 40)) == 1


def test_domain_arithmetic():
    """Two years of 229 answers show 5.7 points at 11 %, and 7.6 at 22 %: see the method page."""
    assert smallest_shown(0.11, 229, 229) == pytest.approx(0.0573, abs=2e-4)
    assert smallest_shown(0.22, 229, 229) == pytest.approx(0.0759, abs=2e-4)


def test_adjustments():
    rng = np.random.default_rng(1)
    p = list(rng.uniform(size=40) ** 2)
    assert adjust(p, "bh") == pytest.approx(stats.false_discovery_control(p))
    # Holm by its definition: sorted p times the number of hypotheses still in.
    order = np.argsort(p)
    expected, most = np.zeros(40), 0.0
    for step, i in enumerate(order):
        most = max(most, min(1.0, (40 - step) * p[i]))
        expected[i] = most
    assert adjust(p, "holm") == pytest.approx(expected)
    assert adjust([], "holm") == []
    with pytest.raises(ValueError, match="holm, bh"):
        adjust(p, "none")


def test_without_any_change_findings_are_rare():
    """29 areas x 4 measures, 300 pairs of equal years: any finding in at most 5 % (Holm) of them."""
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(300):
        counts = rng.binomial(229, 0.12, (2, 116)) / 229
        p = [share_test((a, 229), (b, 229)) for a, b in counts.T]
        found += min(adjust(p, "holm")) < 0.05
    assert found <= 0.05 * 300 + 2 * (300 * 0.05 * 0.95) ** 0.5


def test_ranks():
    assert rank_intervals([(0.5, 0.6), (0.1, 0.2), (0.15, 0.3)]) == [(1, 1), (2, 3), (2, 3)]
    assert rank_intervals([]) == []
    assert joint_level(1) == 0.95
    assert joint_level(29) == pytest.approx(0.95 ** (1 / 29))


def test_rank_intervals_hold_together():
    from ypo_dash.stats.intervals import wilson

    rng = np.random.default_rng(5)
    truth = np.linspace(0.05, 0.4, 29)
    right = 0
    for _ in range(300):
        hits = rng.binomial(229, truth)
        ranks = rank_intervals([wilson(h, 229, joint_level(29)) for h in hits])
        right += all(low <= 29 - i <= high for i, (low, high) in enumerate(ranks))
    assert right / 300 >= 0.95


def test_position():
    assert [position(v, 76) for v in (0, 38, 76, 152, 500)] == [0, 25, 50, 100, 100]
    assert value_at(position(61, 76), 76) == pytest.approx(61)
    for value, reference in ((-1, 1), (1, 0)):
        with pytest.raises(ValueError, match="need value"):
            position(value, reference)
