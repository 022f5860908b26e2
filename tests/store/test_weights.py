"""Worked examples of aoristic weights, daylight saving included."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from ypo_dash.store.weights import hour_weights, mask_weight

ZONE = "Europe/Copenhagen"


def weights(start, end):
    found = hour_weights(
        datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None, ZONE
    )
    return {
        (int(h) // 24 + 1, int(h) % 24): round(float(found[h]), 6)
        for h in np.flatnonzero(np.abs(found) > 1e-9)
    }


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2012-11-23T21:30", None, {(5, 22): 1.0}),
        ("2012-11-23T21:30", "2012-11-23T21:30", {(5, 22): 1.0}),
        ("2012-11-23T21:30", "2012-11-23T23:30", {(5, 22): 0.25, (5, 23): 0.5, (6, 0): 0.25}),
        # 25/3/2012: 02:00 does not exist; 01:30-03:30 local is one hour.
        ("2012-03-25T00:30", "2012-03-25T01:30", {(7, 1): 0.5, (7, 3): 0.5}),
        # 28/10/2012: 02:00-03:00 stands twice; 01:30-03:30 local is three hours.
        (
            "2012-10-27T23:30",
            "2012-10-28T02:30",
            {(7, 1): 0.166667, (7, 2): 0.666667, (7, 3): 0.166667},
        ),
        # Sunday night into Monday.
        ("2012-11-25T22:30", "2012-11-25T23:30", {(7, 23): 0.5, (1, 0): 0.5}),
    ],
)
def test_worked_examples(start, end, expected):
    assert weights(start, end) == expected


def test_more_than_a_week_spreads_evenly():
    found = hour_weights(datetime(2012, 11, 1), datetime(2012, 11, 20), ZONE)
    np.testing.assert_allclose(found, 1 / 168)
    exactly = hour_weights(datetime(2012, 11, 1), datetime(2012, 11, 8), ZONE)
    np.testing.assert_allclose(exactly, 1 / 168)


def test_mask_weight_is_the_sum_over_the_mask():
    mask = np.zeros(168, bool)
    mask[[4 * 24 + 22, 5 * 24]] = True
    start, end = datetime(2012, 11, 23, 21, 30), datetime(2012, 11, 23, 23, 30)
    assert mask_weight(start, end, ZONE, mask) == pytest.approx(0.5)
    assert mask_weight(start, end, ZONE, None) == 1.0
