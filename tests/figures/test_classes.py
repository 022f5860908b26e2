"""Class limits are few, round, ascending, and cover every value."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ypo_dash.figures.classes import CLASSES, class_limits


@given(st.lists(st.integers(0, 5000), max_size=300))
def test_limits_of_counts(values):
    limits = class_limits(values)
    positive = [v for v in values if v > 0]
    assert bool(limits) == bool(positive)
    assert len(limits) <= CLASSES
    assert all(a < b for a, b in itertools.pairwise(limits))
    assert all(float(x).is_integer() for x in limits)
    assert not limits or limits[0] <= min(positive)


@given(st.lists(st.floats(0.001, 900), min_size=1, max_size=100))
def test_limits_of_rates(values):
    limits = class_limits(values, whole=False)
    assert limits[0] <= min(values) * (1 + 1e-6)
    assert all(a < b for a, b in itertools.pairwise(limits))


def test_zeros_and_missing_have_no_class():
    assert class_limits([0, float("nan")]) == []


def test_a_typical_map():
    counts = np.random.default_rng(1).negative_binomial(1, 0.12, 500)
    assert class_limits(counts) == pytest.approx([1, 6, 10, 15, 20, 30], abs=10)
