"""The mask over the hours of the week and the rule of the night."""

from __future__ import annotations

import numpy as np
import pytest

from ypo_dash.model.hours import Hours, night_end, week_mask


def hours_of(mask):
    return {(int(h) // 24 + 1, int(h) % 24) for h in np.flatnonzero(mask)}


def test_a_friday_night_is_friday_evening_and_saturday_morning():
    assert hours_of(week_mask(Hours(22, 6), (5,))) == {
        (5, 22),
        (5, 23),
        *((6, h) for h in range(6)),
    }


def test_a_sunday_night_ends_on_monday():
    assert hours_of(week_mask(Hours(23, 2), (7,))) == {(7, 23), (1, 0), (1, 1)}


def test_plain_hours_and_days():
    assert hours_of(week_mask(Hours(7, 9), (1, 3))) == {(1, 7), (1, 8), (3, 7), (3, 8)}
    assert week_mask(Hours(7, 23), ()).sum() == 7 * 16
    assert week_mask(None, (6,)).sum() == 24
    assert week_mask(None, ()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22-6", Hours(22, 6)),
        ("7-23", Hours(7, 23)),
        ("22-0", Hours(22, 24)),
        ("0-24", None),
        ("0-7", Hours(0, 7)),
    ],
)
def test_parse(text, expected):
    assert Hours.parse(text) == expected


def test_only_a_wrap_moves_a_start_to_the_day_before():
    assert night_end(Hours(22, 6)) == 6
    assert night_end(Hours(6, 22)) == 0
    assert night_end(None) == 0
