"""The exact test of a part of the inhabitants, against sums of binomial probabilities and a worked example."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from ypo_dash.stats.poisson_share import share_test


def by_hand(here, total, share):
    exact = Fraction(share)
    each = [comb(total, k) * exact**k * (1 - exact) ** (total - k) for k in range(total + 1)]
    return float(min(Fraction(1), 2 * min(sum(each[: here + 1]), sum(each[here:]))))


@pytest.mark.parametrize("share", [0.005, 0.1, 0.5, 0.9])
@pytest.mark.parametrize(("here", "total"), [(0, 0), (0, 1), (1, 1), (3, 12), (12, 12), (7, 290), (0, 290)])  # fmt: skip
def test_against_sums(here, total, share):
    assert share_test(here, total, share) == pytest.approx(by_hand(here, total, share), rel=1e-9)


def test_a_worked_example():
    """Seven heads of eight: twice 9/256."""
    assert share_test(7, 8, 0.5) == pytest.approx(18 / 256)


def test_unequal_parts_do_not_hide_a_difference():
    """Seven of 290 in half a per cent of the people is far beyond chance."""
    assert share_test(7, 290, 0.005) < 0.003
    assert share_test(1, 290, 0.005) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("wrong", [(-1, 3, 0.5), (4, 3, 0.5), (1, 3, 0.0), (1, 3, 1.0)])
def test_what_is_impossible_is_refused(wrong):
    with pytest.raises(ValueError, match="need 0 <= here"):
        share_test(*wrong)
