"""The weighted displacement difference: other software's values, and intervals that hold the truth."""

from __future__ import annotations

import json
from statistics import NormalDist

import numpy as np
import pytest

from tests.reference_data import reference
from ypo_dash.stats.wdd import Pair, in_proportion, wdd

Z = NormalDist().inv_cdf(0.975)


@pytest.mark.reference
def test_wdd_is_that_of_ptools():
    known = json.loads(reference("methods/wdd_ptools_expected.json").read_text("utf-8"))["cases"]
    assert wdd(Pair(20, 10), Pair(20, 20)).local.value == known[0]["Est_Local"]
    # Their order is control, treated, displacement control, displacement treated.
    found = wdd(Pair(207, 110), Pair(308, 318), Pair(178, 157), Pair(150, 140)).total
    assert found.value == known[1]["Est_Total"]
    assert found.error**2 == pytest.approx(known[1]["SE_Total_squared"])
    assert round(found.z, 2) == known[1]["Z_2dp"]
    assert [round(found.low), round(found.high)] == known[1]["CI95_rounded"]


def test_local_and_displacement_add_up():
    found = wdd(Pair(50, 30), Pair(40, 41), Pair(20, 26), Pair(22, 21))
    assert (found.local.value, found.around.value, found.total.value) == (-21, 7, -14)
    assert found.total.error**2 == pytest.approx(found.local.error**2 + found.around.error**2)
    assert found.local.error**2 == 50 + 30 + 40 + 41
    assert (found.local.low, found.local.high) == pytest.approx((-21 - Z * 161**0.5, -21 + Z * 161**0.5))  # fmt: skip


def test_a_shorter_period_after_and_a_larger_comparison():
    """Half as long after: the counts before are halved; a comparison ten times as large counts a tenth."""
    found = wdd(Pair(100, 30), Pair(1000, 480, 10), exposure=0.5).local
    assert found.value == (30 - 50) - (480 - 500) / 10
    assert found.error**2 == pytest.approx(30 + 100 / 4 + (480 + 1000 / 4) / 100)


def test_in_proportion_is_the_difference_with_the_comparison_at_the_size_of_the_place():
    found, weighted = in_proportion(Pair(40, 30), Pair(400, 400)), wdd(Pair(40, 30), Pair(400, 400, 10)).local  # fmt: skip
    assert found.value == weighted.value == -10
    assert found.error == pytest.approx(
        weighted.error
    )  # alike where the comparison stays as it was
    # Everything falls by a fifth, in a place of a tenth of the size: no effect, and the plain one sees one.
    assert in_proportion(Pair(100, 80), Pair(1000, 800)).value == 0
    assert wdd(Pair(100, 80), Pair(1000, 800)).local.low > 0


@pytest.mark.parametrize("means", [(20, 10, 20, 20), (2, 2, 60, 40), (2, 20, 60, 45), (320, 180, 770, 730)])  # fmt: skip
def test_intervals_hold_the_truth(means):
    rng = np.random.default_rng(3)
    counts = rng.poisson(means, (3000, 4)).astype(float)
    t0, t1, c0, c1 = means
    plain = proportional = 0
    for a, b, c, d in counts:
        one, two = wdd(Pair(a, b), Pair(c, d)).local, in_proportion(Pair(a, b), Pair(c, d))
        plain += one.low <= t1 - t0 - (c1 - c0) <= one.high
        proportional += two.low <= t1 - t0 * c1 / c0 <= two.high
    assert 0.93 <= plain / len(counts) <= 0.97
    # With two incidents the interval is rather too wide than too narrow.
    assert 0.93 <= proportional / len(counts) <= (0.97 if min(means) > 2 else 0.995)


def test_nothing_and_bad_input():
    assert np.isnan(wdd(Pair(0, 0), Pair(0, 0)).total.z)
    assert in_proportion(Pair(3, 4), Pair(0, 9)) is None
    assert in_proportion(Pair(0, 0), Pair(10, 10)).high > 0  # no incident is not no doubt
    for bad in ({"treated": Pair(-1, 0)}, {"exposure": 0}, {"control": Pair(1, 1, 0)}):
        with pytest.raises(ValueError, match="need counts"):
            wdd(**{"treated": Pair(1, 1), "control": Pair(1, 1), **bad})
