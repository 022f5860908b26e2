"""A map's scale bar and north arrow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ypo_dash.figures.placing import Box
from ypo_dash.figures.svg import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.outline import Projection
    from ypo_dash.figures.svg import Picture


def furniture_box(picture: Picture, busy: Sequence[tuple[float, float]]) -> Box:
    """Return the corner of the picture with the fewest ``busy`` points, for the scale bar."""
    text = picture.text
    width, height = min(picture.width * 0.28, text * 11), text * 1.9
    right, bottom = picture.width - width, picture.height - height
    corners = [Box(right, bottom, width, height), Box(0, bottom, width, height),
               Box(right, 0, width, height), Box(0, 0, width, height)]  # fmt: skip
    return min(corners, key=lambda box: sum(_inside(box, point) for point in busy))


def draw_furniture(picture: Picture, projection: Projection, box: Box) -> Box:
    """Draw scale bar and north arrow into ``box``; returns what they take."""
    theme, text = picture.theme, picture.text
    small = text * 0.98
    arrow = small * 0.9
    metres = _round_down((box.width - arrow - small * 2.2) / projection.metre)
    long = metres * projection.metre
    name = f"{number(metres / 1000)} km" if metres >= 1000 else f"{number(metres)} m"
    taken = max(long, picture.wide(name, small)) + arrow + small * 1.3
    x = box.x + small * 0.4 if box.x == 0 else box.x + box.width - taken + small * 0.4
    y = box.y + box.height - small * 0.55
    halo = {"stroke": theme.ground, "paint_order": "stroke", "stroke_linejoin": "round"}
    top = y - small * 1.1
    picture.draw(
        "path", d=f"M{number(x + arrow / 2)} {number(top)}l{number(arrow / 2)} {number(small * 1.1)}"
        f"l{number(-arrow / 2)} {number(-small * 0.3)}l{number(-arrow / 2)} {number(small * 0.3)}z",
        fill=theme.ink, stroke_width=small * 0.2, **halo,
    )  # fmt: skip
    start = x + arrow + small * 0.5
    bar = f"M{number(start)} {number(y - small * 0.35)}v{number(small * 0.35)}h{number(long)}v{number(-small * 0.35)}"
    for colour, wide in ((theme.ground, 0.3), (theme.ink, 0.1)):
        picture.draw("path", d=bar, fill="none", stroke=colour, stroke_width=small * wide)
    picture.write(name, (start, y - small * 0.55), size=small, stroke_width=small * 0.25, **halo)
    return Box(x - small * 0.3, top - small * 0.4, taken, y - top + small * 0.8)


def _inside(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def _round_down(metres: float) -> float:
    """Return the longest easy length: 1, 2 or 5 with zeros."""
    if metres <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(metres))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= metres * (1 + 1e-9))
