"""Largest remainder: properties for any posts, needs and minimum; and textbook cases."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ypo_dash.stats.apportion import TooFewPostsError, apportion

NEEDS = st.lists(st.integers(0, 40_000).map(lambda n: n / 1000), min_size=1, max_size=30)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 400), NEEDS, st.integers(0, 4), st.sampled_from([0, 0.25, 0.5]))
def test_sums_to_the_posts_and_gives_everyone_the_minimum(posts, needs, minimum, part):
    total = posts + part
    if minimum * len(needs) > total:
        with pytest.raises(TooFewPostsError, match="at least"):
            apportion(total, needs, minimum)
        return
    given_ = apportion(total, needs, minimum)
    assert sum(map(Fraction, given_)) == Fraction(total)
    assert min(given_) >= minimum
    assert sum(g != int(g) for g in given_) <= 1  # posts are whole; only what is not goes undivided
    for need, got in zip(needs, given_, strict=True):
        for other, theirs in zip(needs, given_, strict=True):
            if need > other:
                assert got >= theirs - (1 if part else 0)  # who needs more never gets less


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), NEEDS)
def test_without_a_minimum_everyone_is_within_one_of_his_quota(posts, needs):
    if not sum(needs):
        needs = [1.0] * len(needs)
    scale = Fraction(posts) / sum(map(Fraction, needs))
    for need, got in zip(needs, apportion(posts, needs), strict=True):
        assert abs(Fraction(got) - Fraction(need) * scale) < 1


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 100), NEEDS, st.integers(0, 2))
def test_scale_of_needs_does_not_matter(posts, needs, minimum):
    if minimum * len(needs) <= posts:
        assert apportion(posts, needs, minimum) == apportion(posts, [4 * n for n in needs], minimum)


@pytest.mark.parametrize(
    ("posts", "needs", "minimum", "expected"),
    [
        (10, [1, 1, 1], 0, [4, 3, 3]),  # a tie goes to the earlier one
        (10, [1, 2, 2], 0, [2, 4, 4]),
        (4, [9, 1, 1], 1, [2, 1, 1]),  # the minimum is larger than the need
        (3, [100, 0, 0], 1, [1, 1, 1]),
        (5, [0, 0], 0, [3, 2]),  # no need at all: equal
        (7, [0, 0, 5], 2, [2, 2, 3]),
        (2.5, [1, 1], 0, [1.5, 1]),
        (0, [3, 4], 0, [0, 0]),
        (5, [], 0, []),
    ],
)  # fmt: skip
def test_worked_examples(posts, needs, minimum, expected):
    assert apportion(posts, needs, minimum) == expected


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.lists(st.integers(1, 10**6), min_size=1, max_size=25, unique=True))
def test_equals_the_method_in_plain_integers(posts, needs):
    """As one would with pencil and paper."""
    total = sum(needs)
    given_ = [posts * need // total for need in needs]
    rest = sorted(range(len(needs)), key=lambda i: (-(posts * needs[i] % total), -needs[i]))
    for i in rest[: posts - sum(given_)]:
        given_[i] += 1
    assert apportion(posts, needs) == given_


@pytest.mark.parametrize(("posts", "needs", "minimum"), [(-1, [1], 0), (1, [-1], 0), (1, [float("nan")], 0), (1, [1], -1), (float("inf"), [1], 0)])  # fmt: skip
def test_impossible_numbers_are_refused(posts, needs, minimum):
    with pytest.raises(ValueError, match="need numbers"):
        apportion(posts, needs, minimum)


def test_more_sectors_than_posts_says_how_many():
    with pytest.raises(TooFewPostsError) as raised:
        apportion(20, [1.0] * 21, 1)
    assert (raised.value.posts, raised.value.claims, raised.value.minimum) == (20, 21, 1)
