"""Rows: bars, pairs and intervals are as long as their numbers, and say their names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.figures.samples import (
    FIGURES,
    LONG,
    NAN,
    SVG,
    drawn,
    look,
    numbers_in,
    parsed,
    rects,
    texts,
)
from ypo_dash.figures.bars import bars, pairs
from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.theme import DARK


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


@settings(deadline=None)
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
