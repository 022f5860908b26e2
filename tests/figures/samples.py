"""Every picture once, from small made-up numbers, and how to look into one."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import numpy as np
from hypothesis import strategies as st

from ypo_dash.figures.bands import week_band
from ypo_dash.figures.bars import bars, pairs
from ypo_dash.figures.district_map import Ground, Hexagon, Mark, Region, district_map
from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.legends import level_legend
from ypo_dash.figures.marks import Mark as Stretch
from ypo_dash.figures.org_chart import Branch, GroupBox, org_chart
from ypo_dash.figures.placing import Box
from ypo_dash.figures.strips import hour_heat, hour_strip
from ypo_dash.figures.theme import PAPER

SVG = "{http://www.w3.org/2000/svg}"
ODD = "<b>&\"'\x00\x0b Æ"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CODES = ("BURGLARY", "FIRE", "ROBBERY", "NO_SUCH_TYPE")
NAN = float("nan")
LONG = "Burglary in cellar, loft or storage room"
FIGURES = st.one_of(st.floats(0, 1e6), st.just(NAN), st.just(float("inf")))


def square(x: float, y: float, side: float = 0.01) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def grid(across: int, down: int, **more) -> list[Region]:
    """Square sectors around 12.5 east, 55.7 north."""
    return [
        Region(
            id=f"{i},{j}",
            label=f"{i * down + j}",
            rings=[square(12.5 + i * 0.01, 55.7 + j * 0.01)],
            at=(12.505 + i * 0.01, 55.705 + j * 0.01),
            **more,
        )
        for i in range(across)
        for j in range(down)
    ]


def random_marks(count: int, same: int = 0, seed: int = 1) -> list[Mark]:
    """Marks over a grid of 4 by 3, ``same`` of them at one point."""
    rng = np.random.default_rng(seed)
    places = [(12.5 + x * 0.04, 55.7 + y * 0.03) for x, y in rng.random((count - same, 2))]
    places += [(12.52, 55.715)] * same
    return [
        Mark(lng=x, lat=y, code=CODES[k % 4], letter="BFRX"[k % 4], title=f"{k}")
        for k, (x, y) in enumerate(places)
    ]


def look(theme=PAPER, size=(120.0, 90.0), text=3.2, **more):
    return {"theme": theme, "size": size, "text": text, "title": "Title", **more}


def every_picture(theme=PAPER, odd: str = "name", **more) -> dict[str, str]:
    """Return each function's picture with ``odd`` in all of its texts."""
    how = look(theme, desc=odd, empty=odd, **more) | {"title": odd}
    regions = [
        *grid(4, 2, level=3, title=odd),
        Region(id="x", label=f"{odd}\n{odd}", rings=[square(12.5, 55.72)], at=(12.505, 55.725), strong=True, level=6),
        Region(id="h", label=odd, rings=[square(12.51, 55.72)], at=(12.515, 55.725), hidden=True),
        Region(id="f", label=odd, rings=[square(12.52, 55.72)], at=(12.525, 55.725), faded=True, level=1),
    ]  # fmt: skip
    marks = [Mark(lng=12.51, lat=55.71, code=odd, letter="<", title=odd)] * 3
    cells = [
        Hexagon(ring=square(12.5 + k * 0.003, 55.705, 0.003), level=1 + k % 6, mark=m)
        for k, m in enumerate(["", "<", "cross", "dots", "back", "bars", "cut"])
    ]
    ground = Ground(
        land=[square(12.4, 55.6, 0.3)], water=[square(12.55, 55.7)], parks=[square(12.51, 55.7, 0.004)],
        rail=[[[12.5, 55.7], [12.54, 55.72]]], streets=[[[12.5, 55.72], [12.54, 55.7]]],
    )  # fmt: skip
    stretches = [
        Stretch(-3, 2.5, odd), Stretch(1, 5, odd, strong=True), Stretch(8, 40, odd, open=True), Stretch(30, 40, odd)
    ]  # fmt: skip
    heat = [float(k % 9) if k % 11 else None for k in range(168)]
    return {
        "map": district_map(regions, hexagons=cells, marks=marks, ground=ground, **how).svg,
        "legend": level_legend([(-1, odd), *((k, odd) for k in range(7))], **how),
        "heat": hour_heat(heat, weekdays=[odd] * 7, numbers=["<"] * 168, band=(22, 6), below=(7, 23), **how),
        "strip": hour_strip([float(k) for k in range(24)], numbers=["<"] * 24, highlight=(22, 6), below=(7, 23), **how),
        "band": week_band([odd] * 9, [5, 9, 0, 5, 5, 5, 5, 5, 9], [NAN] + [2] * 8, [NAN] + [8] * 8, **how),
        "marked": week_band([odd] * 9, [5.0] * 9, [2] * 9, [8] * 9, marks=stretches, **how),
        "bars": bars([(odd, 3, odd, True), (odd, NAN, odd, False)], against=[2, None], **how),
        "pairs": pairs([(odd, 3, 2, odd, odd), (odd, NAN, 0, odd, odd)], names=(odd, odd), **how),
        "intervals": intervals(
            [(odd, 1, 2, 3, odd, True), (odd, NAN, NAN, NAN, odd, False)], axis=[(0, odd), (4, odd)], **how
        ),
        "organisation": org_chart(
            (odd, odd), [Branch(odd, odd, (GroupBox(odd, odd, "a", odd), GroupBox(odd * 9, odd, "none")))] * 5,
            tints={"a": theme.ramp[0]}, key={"a": odd * 9}, **how
        ),
        "nothing": bars([], **how),
    }  # fmt: skip


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own text


def texts(svg: str) -> list[str]:
    """Return what is written in a picture, without what is only said of shortened texts."""
    found = []
    for node in parsed(svg).iter(f"{SVG}text"):
        title = node.find(f"{SVG}title")
        found.append((node.text or "") if title is None else (title.tail or ""))
    return found


def drawn(svg: str, tag: str) -> list[dict[str, str]]:
    return [dict(node.attrib) for node in parsed(svg).iter(SVG + tag)]


def numbers_in(svg: str) -> list[float]:
    """Return all numbers of all geometric attributes."""
    found = []
    for node in parsed(svg).iter():
        for name in (
            "x",
            "y",
            "x1",
            "x2",
            "y1",
            "y2",
            "cx",
            "cy",
            "r",
            "width",
            "height",
            "d",
            "font-size",
        ):
            found += [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", node.get(name, ""))]
    assert all(map(math.isfinite, found))
    return found


def rects(svg: str, fill: str) -> list[dict[str, float]]:
    return [
        {k: float(a[k]) for k in ("x", "y", "width", "height")}
        for a in drawn(svg, "rect")
        if a["fill"] == fill
    ]


def labels(svg: str) -> list[Box]:
    """Return boxes well inside the sectors' names."""
    found = []
    for node in parsed(svg).iter(f"{SVG}text"):
        if node.get("text-anchor") == "middle":
            size = float(node.get("font-size"))
            width = len(node.text or "") * size * 0.45
            x, y = float(node.get("x")), float(node.get("y"))
            found.append(Box(x - width / 2, y - size * 0.65, width, size * 0.65))
    return found
