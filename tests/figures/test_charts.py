"""Charts: lengths are the numbers, every label is there, odd numbers end in an honest picture."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.figures.samples import DAYS, NAN, SVG, drawn, look, numbers_in, parsed, texts
from ypo_dash.figures.bands import week_band
from ypo_dash.figures.bars import bars, pairs
from ypo_dash.figures.classes import CLASSES, even_limits, level_of, spread_level
from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.strips import heat_limits, hour_heat, hour_strip
from ypo_dash.figures.theme import DARK, LIGHT, PAPER

LONG = "Burglary in cellar, loft or storage room"
FIGURES = st.one_of(st.floats(0, 1e6), st.just(NAN), st.just(float("inf")))


def rects(svg: str, fill: str) -> list[dict[str, float]]:
    return [
        {k: float(a[k]) for k in ("x", "y", "width", "height")}
        for a in drawn(svg, "rect")
        if a["fill"] == fill
    ]


def cells(svg: str, fill: str) -> int:
    """Return how many cells of the heat table have a colour."""
    return sum(a["d"].count("z") for a in drawn(svg, "path") if a.get("fill") == fill)


# ---- classes


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
    ("value", "level"), [(None, None), (NAN, None), (0, 0), (1, 1), (4, 1), (5, 3), (9, 3), (10, 6), (99, 6)]
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


@given(st.lists(st.tuples(FIGURES, FIGURES, FIGURES), max_size=12))
def test_any_weeks_are_drawn(weeks):
    counts, low, high = ([w[k] for w in weeks] for k in range(3))
    numbers_in(
        week_band([str(k) for k in range(len(weeks))], counts, low, high, **look(empty="none"))
    )


def test_series_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one of each"):
        week_band(["1", "2"], [1, 2], [0], [3], **look())


# ---- rows


def test_bars_are_as_long_as_their_numbers():
    rows = [
        ("A", 10.0, "10", False),
        ("B", 5.0, "5", True),
        ("C", 0.0, "0", False),
        ("D", NAN, "–", False),
    ]
    svg = bars(rows, against=[20.0, None, NAN, 1.0], **look(DARK))
    (plain,), (strong,) = rects(svg, DARK.ramp[2]), rects(svg, DARK.accent)
    assert plain["width"] == pytest.approx(2 * strong["width"], abs=0.02)
    ticks = [a for a in drawn(svg, "line") if a["stroke"] == DARK.ink]
    assert len(ticks) == 2
    assert float(ticks[0]["x1"]) - plain["x"] == pytest.approx(2 * plain["width"], abs=0.05)
    assert [t for t in texts(svg) if t in {"10", "5", "0", "–"}] == ["10", "5", "0", "–"]


def test_numbers_of_bars_stand_below_each_other():
    svg = bars([("A", 10.0, "1.234", False), ("B", 5.0, "5", False)], **look())
    ends = {n.get("x") for n in parsed(svg).iter(f"{SVG}text") if n.get("text-anchor") == "end"}
    assert ends == {"120"}


def test_long_names_take_two_lines_before_they_are_shortened():
    two = texts(bars([(LONG, 1.0, "1", False)] * 3, **look(size=(70.0, 30.0))))
    assert " ".join(two[:2]) == LONG
    one = bars([(LONG, 1.0, "1", False)] * 9, **look(size=(70.0, 30.0)))
    short = parsed(one).find(f"{SVG}text")
    assert short.find(f"{SVG}title").text == LONG


def test_pairs_have_both_numbers_and_names():
    svg = pairs(
        [("1", 3.5, 2.0, "3,5", "2"), ("2", NAN, 0.0, "–", "0")],
        names=("Need", "Posts"),
        **look(DARK),
    )
    assert set(texts(svg)) == {"Need", "Posts", "1", "2", "3,5", "–", "0"}
    bodies = [a for a in drawn(svg, "rect") if float(a["x"]) > 0 and float(a["y"]) > 5]
    need, posts = (float(a["width"]) for a in bodies)
    assert need / posts == pytest.approx(3.5 / 2, abs=0.01)


def test_intervals_stand_on_their_axis():
    svg = intervals(
        [("A", 10.0, 20.0, 40.0, "20 %", True), ("B", NAN, NAN, NAN, "–", False)],
        axis=[(0.0, "0"), (40.0, "40 %")], **look(DARK),
    )  # fmt: skip
    at = {
        n.text: float(n.get("x"))
        for n in parsed(svg).iter(f"{SVG}text")
        if n.get("text-anchor") == "middle"
    }
    (dot,) = drawn(svg, "circle")
    assert float(dot["cx"]) == pytest.approx((at["0"] + at["40 %"]) / 2, abs=0.02)
    (line,) = [a for a in drawn(svg, "line") if a["stroke"] == DARK.accent]
    assert float(line["x2"]) == pytest.approx(at["40 %"], abs=0.02)
    assert float(line["x1"]) == pytest.approx(at["0"] + (at["40 %"] - at["0"]) / 4, abs=0.02)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=60), FIGURES, FIGURES, FIGURES, st.text(max_size=8), st.booleans()
        ),
        max_size=20,
    )
)
def test_any_rows_are_drawn(rows):
    numbers_in(intervals(rows, axis=[], **look(empty="none")))
    numbers_in(
        bars(
            [(a, b, e, f) for a, b, _, _, e, f in rows],
            against=[c for _, _, c, *_ in rows],
            **look(empty="none"),
        )
    )
    numbers_in(
        pairs(
            [(a, b, c, e, e) for a, b, c, _, e, _ in rows], names=("x", "y"), **look(empty="none")
        )
    )


@pytest.mark.parametrize("size", [(120.0, 90.0), (60.0, 20.0), (1800.0, 300.0)])
def test_nothing_is_written_outside(size):
    rows = [(LONG, float(k), f"{k}.000", False) for k in range(8)]
    for svg in (
        bars(rows, **look(size=size)),
        pairs([(a, b, b, c, c) for a, b, c, _ in rows], names=(LONG, LONG), **look(size=size)),
        intervals([(a, b, b, b, c, d) for a, b, c, d in rows], axis=[(0, "0 %"), (8, "8 %")], **look(size=size)),
    ):  # fmt: skip
        for node in parsed(svg).iter(f"{SVG}text"):
            assert -0.01 <= float(node.get("x")) <= size[0] + 0.01
            assert 0 <= float(node.get("y")) <= size[1] + 0.01
        for bar in drawn(svg, "rect"):
            assert float(bar["x"]) + float(bar["width"]) <= size[0] + 0.01
