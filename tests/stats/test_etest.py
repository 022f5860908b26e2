"""The E-test against another program, the definition summed pair by pair, and chance."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tests.reference_data import reference
from ypo_dash.stats.etest import can_tell, difference_interval, e_test


@pytest.mark.reference
def test_equals_ptools():
    cases = json.loads(reference("methods/etest_expected.json").read_text("utf-8"))["cases"]
    assert cases
    for case in cases:
        assert e_test(case["k1"], case["k2"]) == pytest.approx(case["p"], abs=case["tolerance"])


def by_hand(one, two, exposure):
    """The sum of the paper's definition, one pair after the other."""
    rate = (one + two) / (1 + exposure)

    def size(a, b):
        variance = a / exposure**2 + b
        return abs(a / exposure - b) / math.sqrt(variance) if variance else 0.0

    def chance(k, mean):
        return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))

    most = int(4 * rate * max(1, exposure) + 60)
    return sum(
        chance(a, rate * exposure) * chance(b, rate)
        for a in range(most)
        for b in range(most)
        if size(a, b) >= size(one, two) - 1e-9
    )


@pytest.mark.parametrize(("one", "two", "exposure"), [(0, 3, 1), (5, 1, 1), (12, 4, 1), (7, 7, 1), (3, 9, 0.5), (20, 5, 2)])  # fmt: skip
def test_equals_its_definition(one, two, exposure):
    assert e_test(one, two, exposure) == pytest.approx(
        min(1, by_hand(one, two, exposure)), abs=1e-9
    )


def test_the_documented_trap():
    """25 against 16: p is about .165, while 2(sqrt 25 - sqrt 16) = 2 would read as .046."""
    assert e_test(25, 16) == pytest.approx(0.165, abs=0.005)
    assert e_test(0, 0) == 1
    assert e_test(16, 25) == pytest.approx(e_test(25, 16))


@pytest.mark.parametrize("mean", [0.3, 2, 12])
def test_without_a_change_findings_are_rare(mean):
    rng = np.random.default_rng(4)
    pairs = rng.poisson(mean, (4000, 2))
    found = np.mean([e_test(int(a), int(b)) < 0.05 for a, b in pairs])
    assert found <= 0.05 + 2 * (0.05 * 0.95 / 4000) ** 0.5


@pytest.mark.parametrize(("now", "before"), [(0.5, 0.5), (3, 5), (20, 8), (200, 230)])
def test_the_interval_holds(now, before):
    """In 4,000 pairs the 95 % interval holds the true difference at least 94 times of 100."""
    rng = np.random.default_rng(5)
    inside = 0
    for a, b in zip(rng.poisson(now, 4000), rng.poisson(before, 4000), strict=True):
        _, low, high = difference_interval(a, b)
        inside += low <= now - before <= high
    assert inside / 4000 >= 0.94


def test_lengths_and_what_can_be_told():
    difference, low, high = difference_interval(10, 40, exposure=0.25)
    assert difference == 0
    assert low < 0 < high
    assert [can_tell(n) for n in (0, 2, 3, 4, 8)] == [False, False, False, True, True]
    with pytest.raises(ValueError, match="need counts"):
        e_test(-1, 2)
