"""Numbers with the interval they are sure to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.rows import Rows
from ypo_dash.figures.svg import Look, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

Interval = tuple[str, float, float, float, str, bool]


def intervals(
    rows: Sequence[Interval], *, axis: Sequence[tuple[float, str]], **look: Unpack[Look]
) -> str:
    """Draw a dot with its interval a row.

    Parameters
    ----------
    rows
        Name, low end, value, high end (NaN: nothing drawn), number as it is written, whether it is
        in focus.
    axis
        Values of the grid lines, and how they are written below.
    """
    picture = Picture(**look)
    if not rows:
        return picture.nothing()
    text, theme = picture.text, picture.theme
    small = text * 0.85
    place = Rows.of(picture, [row[0] for row in rows], [row[4] for row in rows], bottom=small * 1.6)
    # The outer grid lines' names need half of their width beside the lines.
    edge = max((picture.wide(name, small) / 2 for _, name in axis), default=0.0)
    left, right = place.left + edge, max(place.right - edge, place.left + edge + 1e-3)
    first, last = _span(rows, axis)
    scale = (right - left) / (last - first)
    foot = place.top + len(rows) * place.high
    for value, name in axis:
        x = left + (value - first) * scale
        picture.line((x, place.top), (x, foot), stroke=theme.faint, stroke_width=text * 0.05)
        picture.write(
            name, (x, foot + small * 1.2), size=small, text_anchor="middle", fill=theme.quiet
        )
    for index, (label, low, value, high, number, strong) in enumerate(rows):
        place.label(index, label, strong=strong)
        place.number(index, number, strong=strong)
        ends = [left + (end - first) * scale for end in (low, value, high)]
        _interval(place, place.middle(index), ends, strong=strong)
    return picture.svg()


def _interval(place: Rows, y: float, ends: list[float], *, strong: bool) -> None:
    picture, size = place.picture, place.size
    low, value, high = ends
    colour = picture.theme.accent if strong else picture.theme.edge
    if math.isfinite(low) and math.isfinite(high):
        picture.line(
            (low, y), (high, y), stroke=colour, stroke_width=size * (0.24 if strong else 0.16)
        )
    if math.isfinite(value):
        picture.draw(
            "circle", cx=value, cy=y, r=size * (0.36 if strong else 0.3),
            fill=colour if strong else picture.theme.ink, stroke=picture.theme.ground,
            stroke_width=size * 0.08,
        )  # fmt: skip


def _span(rows: Sequence[Interval], axis: Sequence[tuple[float, str]]) -> tuple[float, float]:
    ends = [value for value, _ in axis] + [end for row in rows for end in row[1:4]]
    known = [end for end in ends if math.isfinite(end)]
    first, last = min(known, default=0.0), max(known, default=1.0)
    return (first, last) if last > first else (first, first + 1.0)
