"""Each class of hot spot by hand, and that exactly one holds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ypo_dash.stats.spot_classes import CLASSES, spot_classes

FLAT = [2.0] * 13


def the_class(hot, ratio=None):
    marks = np.array([[c == "x"] for c in hot])
    series = FLAT[: len(hot)] if ratio is None else ratio
    return CLASSES[spot_classes(marks, np.array(series, float)[:, None])[0]]


@pytest.mark.parametrize(
    ("hot", "name"),
    [
        (".............", ""),
        ("............x", "new"),
        ("xxxxxxxxxxxxx", "persistent"),
        ("..xxxxxxxxxxx", "persistent"),  # 11 of 13 is 85 %
        ("...xxxxxxxxxx", "intermittent"),  # 10 of 13 is 77 %
        ("x...........x", "intermittent"),
        ("..........xxx", "new"),
        (".........xxxx", "intermittent"),
        ("..........x.x", "intermittent"),
        ("x..........xx", "intermittent"),
        (".x.......xx..", "fading"),
        ("xxxxxxxxxxxx.", "fading"),
        ("..........x..", "fading"),
        ("xxxxxxxxxx...", "former"),
        ("x............", "former"),
        ("...x", "new"),
        ("xxxx", "persistent"),
        (".xxx", "new"),
        ("xx.x", "intermittent"),
        ("x...", "former"),
        (".x..", "fading"),
    ],
)
def test_by_hand(hot, name):
    assert the_class(hot) == name


def test_a_demonstrable_fall_makes_a_persistent_one_fading():
    falling, rising = list(range(26, 13, -1)), list(range(13, 26))
    assert the_class("x" * 13, falling) == "fading"
    assert the_class("x" * 13, rising) == "persistent"
    assert the_class("x" * 9 + "...x", falling) == "intermittent"
    # Among twenty that fall by chance alone, one p of 0.03 is no finding.
    little = [4, 5, 4, 5, 4, 4, 3, 5, 4, 3, 4, 3, 3]
    assert the_class("x" * 13, little) == "fading"
    ratio = np.column_stack([little, *[FLAT] * 20]).astype(float)
    assert CLASSES[spot_classes(np.ones((13, 21), bool), ratio)[0]] == "persistent"


def test_exactly_one_class_for_every_history():
    """All 2^9 histories of nine periods against the definitions, one by one."""
    histories = np.array(list(itertools.product([False, True], repeat=9))).T
    found = spot_classes(histories, np.ones(histories.shape))
    for k, history in enumerate(histories.T):
        now, times, recent = history[-1], history.sum(), history[-3:-1].any()
        began = "".join("x" if h else "." for h in history).strip(".")
        young = now and began == "x" * len(began) and len(began) <= 3
        holds = {
            "": times == 0,
            "new": young,
            "persistent": now and times >= 8,
            "intermittent": now and not young and times < 8,
            "fading": not now and recent,
            "former": not now and times > 0 and not recent,
        }
        assert sum(holds.values()) == 1
        assert holds[CLASSES[found[k]]]


def test_too_few_periods_are_refused():
    with pytest.raises(ValueError, match="too few"):
        spot_classes(np.ones((3, 2), bool), np.ones((3, 2)))
