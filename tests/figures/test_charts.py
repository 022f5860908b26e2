"""Charts: lengths are the numbers, every label is there, odd numbers end in an honest picture."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.figures.samples import (
    DAYS,
    FIGURES,
    NAN,
    SVG,
    drawn,
    look,
    numbers_in,
    parsed,
    rects,
    texts,
)
from ypo_dash.figures.bands import week_band
from ypo_dash.figures.classes import level_of
from ypo_dash.figures.marks import Mark
from ypo_dash.figures.strips import heat_limits, hour_heat, hour_strip
from ypo_dash.figures.theme import DARK, LIGHT, PAPER


def cells(svg: str, fill: str) -> int:
    """Return how many cells of the heat table have a colour."""
    return sum(a["d"].count("z") for a in drawn(svg, "path") if a.get("fill") == fill)


# ---- hours


def heat(values, theme=DARK, **more):
    return hour_heat(values, weekdays=DAYS, **look(theme, size=(180.0, 45.0), **more))


def test_every_hour_of_the_week_is_a_cell():
    values = [float(k % 7) for k in range(168)]
    svg = heat(values)
    limits = heat_limits(values)
    levels = [level_of(v, limits) for v in values]
    for level, colour in enumerate(DARK.ramp, 1):
        assert cells(svg, colour) == levels.count(level)
    assert cells(svg, DARK.ground) == levels.count(0) == 24


def test_an_hour_stands_in_its_place():
    values = [0.0] * 168
    values[2 * 24 + 5] = 1.0
    svg = heat(values)
    lit = next(a["d"] for a in drawn(svg, "path") if a.get("fill") in DARK.ramp)
    x, y = map(float, re.match(r"M([\d.]+) ([\d.]+)h", lit).groups())
    row = next(n for n in parsed(svg).iter(f"{SVG}text") if n.text == "Wed")
    column = {n.text: float(n.get("x")) for n in parsed(svg).iter(f"{SVG}text") if n.get("x")}
    assert abs(x - column["5"]) < 0.1
    assert 0 < float(row.get("y")) - y < 6


def test_hours_without_a_number_are_struck():
    values = [1.0] * 168
    values[3] = None
    values[4] = NAN
    svg = heat(values)
    struck = [a for a in drawn(svg, "path") if a.get("fill") == "none"]
    assert sum(a["d"].count("M") for a in struck) == 2


def test_numbers_are_written_where_they_fit():
    values = [float(1 + k % 20) for k in range(168)]
    names = [str(int(v)) for v in values]
    large = heat(values, numbers=names)
    assert [t for t in texts(large) if t in set(names)][:168] == names
    small = hour_heat(values, weekdays=DAYS, numbers=names, **look(size=(40.0, 30.0)))
    assert len(texts(small)) < 40


def test_hatches_of_hours_only_where_no_numbers_stand():
    values = [float(1 + k % 20) for k in range(168)]
    assert drawn(heat(values, PAPER), "clipPath")
    assert not drawn(heat(values, PAPER, numbers=["1"] * 168), "clipPath")


@pytest.mark.parametrize(
    ("band", "pieces"), [((22, 6), [(22, 24), (0, 6)]), ((7, 23), [(7, 23)]), ((20, 0), [(20, 24)])]
)
def test_band_past_midnight(band, pieces):
    svg = heat([1.0] * 168, band=band)
    column = {n.text: float(n.get("x")) for n in parsed(svg).iter(f"{SVG}text") if n.get("x")}
    each = (column["12"] - column["6"]) / 6
    first = column["6"] - 6 * each
    found = [(r["x"], r["x"] + r["width"]) for r in rects(svg, DARK.accent)]
    assert found == [
        pytest.approx((first + a * each, first + b * each), abs=0.05) for a, b in pieces
    ]


def test_columns_are_as_high_as_their_numbers():
    values = [float(k) for k in range(24)]
    found = rects(hour_strip(values, **look(DARK)), DARK.accent)
    heights = [r["height"] for r in found]
    assert len(heights) == 23  # none for zero
    assert np.allclose(np.array(heights) / heights[-1], np.arange(1, 24) / 23, atol=0.005)
    assert len({round(r["y"] + r["height"], 1) for r in found}) == 1


def test_highlight_may_pass_midnight():
    svg = hour_strip([1.0] * 24, highlight=(22, 6), **look(DARK))
    assert len(rects(svg, DARK.accent)) == 8
    assert len(rects(svg, DARK.ramp[1])) == 16


@pytest.mark.parametrize("values", [[0.0] * 24, [NAN] * 24])
def test_no_hours(values):
    assert texts(hour_strip(values, **look(empty="None"))) == ["None"]
    assert texts(hour_heat(values * 7, weekdays=DAYS, **look(empty="None"))) == ["None"]


def test_hours_that_are_not_all_there_are_refused():
    with pytest.raises(ValueError, match="give 24"):
        hour_strip([1.0] * 23, **look())
    with pytest.raises(ValueError, match="give 168"):
        heat([1.0] * 24)


# ---- weeks


STARTS = [f"{d}/11" for d in range(1, 10)]


def band(counts, low=2.0, high=8.0, **more):
    n = len(counts)
    return week_band(STARTS[:n], counts, [low] * n, [high] * n, **more)


@pytest.mark.parametrize(
    ("begin", "end", "edges"),
    [(1.0, 4.0, 2), (-2.0, 4.0, 1), (1.0, 9.0, 1), (-2.0, 9.0, 0), (0.0, 7.0, 2)],
)
def test_a_stretch_has_an_edge_where_it_ends_within_the_weeks(begin, end, edges):
    """Seven weeks: what goes on outside them ends nowhere in the chart."""

    def upright(**more):
        svg = band([3.0] * 7, last_marked=False, **more, **look())
        return sum(line["x1"] == line["x2"] for line in drawn(svg, "line"))

    stretch = Mark(begin, end, "Lights", strong=True)
    assert upright(marks=[stretch]) - upright() == edges


@pytest.mark.parametrize("theme", [PAPER, DARK, LIGHT], ids=lambda t: t.name)
def test_weeks_outside_the_band_differ_in_shape(theme):
    svg = band([5, 9, 1, 8, 2, 5], last_marked=False, **look(theme))
    marks = [
        a
        for a in drawn(svg, "path")
        if a.get("fill") in (theme.alarm, theme.ground) and a["d"].count("L") == 2
    ]
    assert [a["fill"] for a in marks] == [theme.alarm, theme.ground]
    up, down = ([float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", a["d"])] for a in marks)
    assert up[0] < up[1]
    assert down[0] > down[1]
    assert len(drawn(svg, "circle")) == 4  # both ends of the range are normal


def test_the_last_week_has_its_number():
    assert texts(band([5, 5, 7], **look())).count("7") == 1
    assert "7" not in texts(band([5, 5, 7], last_marked=False, **look()))
    assert len(drawn(band([5, 5, NAN], **look()), "circle")) == 2


def test_weeks_without_a_range_are_plain():
    nan = [NAN] * 3
    svg = week_band(STARTS[:3], [1, 99, 1], nan, nan, last_marked=False, **look(DARK))
    assert DARK.alarm not in svg
    assert DARK.ramp[1] not in svg
    assert len(drawn(svg, "circle")) == 3


def test_heights_follow_the_axis():
    svg = band([0, 5, 10], last_marked=False, low=0.0, high=10.0, **look())
    ys = [float(a["cy"]) for a in drawn(svg, "circle")]
    assert ys[0] - ys[1] == pytest.approx(ys[1] - ys[2], abs=0.02)
    lines = {
        n.text: float(n.get("y"))
        for n in parsed(svg).iter(f"{SVG}text")
        if n.get("text-anchor") == "end"
    }
    assert lines["0"] - lines["10"] == pytest.approx(ys[0] - ys[2], abs=0.02)


def test_names_of_weeks_do_not_touch_and_the_last_is_there():
    n = 60
    names = [f"{k:02}/11" for k in range(n)]
    svg = week_band(names, [3] * n, [1] * n, [5] * n, **look())
    found = [n for n in parsed(svg).iter(f"{SVG}text") if n.text and "/" in n.text]
    assert found[0].text == names[-1]
    xs = sorted(float(n.get("x")) for n in found)
    assert min(b - a for a, b in itertools.pairwise(xs)) > 3.2 * 0.85 * 5 * 0.45


@settings(deadline=None)
@given(st.lists(st.tuples(FIGURES, FIGURES, FIGURES), max_size=12))
def test_any_weeks_are_drawn(weeks):
    counts, low, high = ([w[k] for w in weeks] for k in range(3))
    numbers_in(
        week_band([str(k) for k in range(len(weeks))], counts, low, high, **look(empty="none"))
    )


def test_series_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one of each"):
        week_band(["1", "2"], [1, 2], [0], [3], **look())
