"""Stretches of time above a chart's weeks: a bar each with its name, and where it begins and ends below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.svg import Picture

_ROW = 1.75  # heights of a line of text that a row of names takes
_BAR = 0.28
_HAIR = 1e-6  # what sums of widths may be off


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch from ``begin`` to ``end`` in weeks from the chart's left edge; a ``strong`` one is shaded.

    An ``open`` one has not begun: its bar is outlined.
    """

    begin: float
    end: float
    name: str
    strong: bool = False
    open: bool = False


def lanes_of(picture: Picture, marks: Sequence[Mark], weeks: int) -> list[int]:
    """Return each mark's row, so that no name meets another; -1 for one outside the weeks."""
    each = picture.width / max(weeks, 1)
    ends: list[float] = []
    lanes = []
    for mark in marks:
        begin, end = max(mark.begin, 0.0) * each, min(mark.end, weeks) * each
        if begin >= end:
            lanes.append(-1)
            continue
        wide = min(picture.wide(mark.name), picture.width)
        begin = min(begin, picture.width - wide)
        end = max(end, begin + wide) + picture.text
        lane = next((i for i, taken in enumerate(ends) if taken <= begin), len(ends))
        ends[lane:] = [end, *ends[lane + 1 :]]
        lanes.append(lane)
    return lanes


def rows_high(picture: Picture, lanes: Sequence[int]) -> float:
    """Return the height that the names take above the chart."""
    return (max(lanes, default=-1) + 1) * picture.text * _ROW


def draw_marks(
    picture: Picture,
    marks: Sequence[Mark],
    lanes: Sequence[int],
    across: tuple[float, float],
    down: tuple[float, float],
) -> None:
    """Draw marks; ``across`` is the left edge and a week's width, ``down`` the chart's top and foot."""
    (left, each), text = across, picture.text
    right = picture.width - text * 0.9
    for mark, lane in sorted(zip(marks, lanes, strict=True), key=lambda pair: pair[0].strong):
        if lane < 0:
            continue
        whole = [left + each * x for x in (mark.begin, mark.end)]
        begin, end = (min(max(x, left), right) for x in whole)
        base = (lane + 1) * text * _ROW - text * _BAR
        # An end that lies outside the chart has no edge: the stretch goes on.
        edges = [x for x in whole if left - _HAIR <= x <= right + _HAIR]
        _stretch(picture, mark, (begin, end), (base, down[1]), edges)
        wide = picture.width - left
        size = min(picture.wide(mark.name), wide)
        picture.fitted(
            mark.name, (min(begin, picture.width - size), base - text * 0.4), wide,
            fill=picture.theme.ink if mark.strong else picture.theme.quiet,
            font_weight="600" if mark.strong else None,
        )  # fmt: skip


def _stretch(
    picture: Picture,
    mark: Mark,
    across: tuple[float, float],
    down: tuple[float, float],
    edges: Sequence[float],
) -> None:
    theme, text = picture.theme, picture.text
    (begin, end), (base, foot) = across, down
    colour = theme.accent if mark.strong else theme.edge
    if mark.strong:
        picture.rect(
            (begin, base), (end - begin, foot - base), fill=theme.accent, fill_opacity=0.08
        )
    for x in edges:
        picture.line(
            (x, base), (x, foot), stroke=colour, stroke_width=text * 0.07,
            stroke_dasharray=None if mark.strong else f"{text * 0.25:.2f} {text * 0.25:.2f}",
        )  # fmt: skip
    picture.rect(
        (begin, base - text * _BAR / 2), (end - begin, text * _BAR),
        fill="none" if mark.open else colour, stroke=colour, stroke_width=text * 0.07,
    )  # fmt: skip
