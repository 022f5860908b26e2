"""Class limits are few, round, ascending, and cover every value."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ypo_dash.figures.classes import (
    CLASSES,
    class_limits,
    even_limits,
    level_of,
    spread_level,
)


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


@given(st.lists(st.integers(0, 100_000), max_size=200))
def test_even_limits_of_counts(values):
    limits = even_limits(values)
    assert bool(limits) == any(values)
    assert len(limits) <= CLASSES
    assert all(a < b for a, b in itertools.pairwise(limits))
    assert all(limit % 1 == 0 for limit in limits)
    if limits:
        assert limits[0] == 1
        assert limits[-1] <= max(values)
        steps = {b - a for a, b in itertools.pairwise(limits[1:])}
        assert len(steps) <= 1


@given(st.lists(st.floats(0.001, 5000), min_size=1, max_size=50))
def test_even_limits_of_rates(values):
    limits = even_limits(values, whole=False)
    assert 1 <= len(limits) <= CLASSES
    assert 0 < limits[0] <= min(values) * (1 + 1e-9)
    assert limits[-1] <= max(values) * (1 + 1e-9)
    assert all(a < b for a, b in itertools.pairwise(limits))


def test_even_limits_of_a_typical_week():
    assert even_limits([*range(28)]) == [1, 5, 10, 15, 20, 25]
    assert even_limits([1, 2, 3]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "level"), [(None, None), (float("nan"), None), (0, 0), (1, 1), (4, 1), (5, 3), (9, 3), (10, 6), (99, 6)]
)  # fmt: skip
def test_level_of(value, level):
    assert level_of(value, [1, 5, 10]) == (level if level != 3 else spread_level(1, 3))


def test_levels_spread_over_the_ramp():
    assert [spread_level(k, 6) for k in range(6)] == [1, 2, 3, 4, 5, 6]
    assert spread_level(0, 1) == 3
    for count in range(2, 7):
        levels = [spread_level(k, count) for k in range(count)]
        assert levels[0] == 1
        assert levels[-1] == 6
        assert all(a < b for a, b in itertools.pairwise(levels))
