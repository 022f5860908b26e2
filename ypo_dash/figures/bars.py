"""Lying bars: one number a row, or two side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.rows import Rows
from ypo_dash.figures.svg import Look, Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Bar = tuple[str, float, str, bool]
Pair = tuple[str, float, float, str, str]


def bars(
    rows: Sequence[Bar],
    *,
    against: Sequence[float | None] | None = None,
    **look: Unpack[Look],
) -> str:
    """Draw a bar a row from zero, its number at the right.

    Parameters
    ----------
    rows
        Name, value (NaN: no bar), number as it is written, whether it is in focus.
    against
        What each is compared with, as a tick across the bar; None or NaN for none.
    """
    picture = Picture(**look)
    if not rows:
        return picture.nothing()
    ticks = [None if value is None else float(value) for value in against or [None] * len(rows)]
    place = Rows.of(picture, [row[0] for row in rows], [row[2] for row in rows])
    scale = (place.right - place.left) / _top([row[1] for row in rows], ticks)
    theme, size = picture.theme, place.size
    for index, ((label, value, number, strong), tick) in enumerate(zip(rows, ticks, strict=True)):
        place.label(index, label, strong=strong)
        place.number(index, number, strong=strong)
        high = min(place.high * 0.62, size * 1.1)
        middle = place.middle(index)
        if _known(value):
            picture.rect(
                (place.left, middle - high / 2), (value * scale, high),
                fill=theme.accent if strong else theme.ramp[2], stroke=theme.edge,
                stroke_width=size * 0.04,
            )  # fmt: skip
        if tick is not None and _known(tick):
            _tick(picture, (place.left + tick * scale, middle), high * 1.35)
    _axis(place, len(rows))
    return picture.svg()


def pairs(rows: Sequence[Pair], *, names: tuple[str, str], **look: Unpack[Look]) -> str:
    """Draw two bars a row, one filled and one open, each with its number at its end.

    Parameters
    ----------
    rows
        Name, the two values (NaN: no bar), and the two numbers as they are written.
    names
        What the two are, written above.
    """
    picture = Picture(**look)
    if not rows:
        return picture.nothing()
    text, theme = picture.text, picture.theme
    place = Rows.of(picture, [row[0] for row in rows], [], top=text * 1.8)
    size = min(place.size, place.high * 0.42)
    numbers = max(picture.wide(number, size) for row in rows for number in row[3:])
    room = max(place.right - place.left - numbers - size * 0.5, 1e-3)
    scale = room / _top([row[1] for row in rows], [row[2] for row in rows])
    fills = (theme.accent, theme.ground)
    _names(picture, place.left, names, fills)
    for index, (label, *values, first, second) in enumerate(rows):
        place.label(index, label)
        for side, (value, number) in enumerate(zip(values, (first, second), strict=True)):
            high = place.high * 0.38
            top = place.middle(index) + (side - 1) * high
            long = value * scale if _known(value) else 0.0
            picture.rect(
                (place.left, top), (long, high * 0.92), fill=fills[side], stroke=theme.accent,
                stroke_width=size * 0.08,
            )  # fmt: skip
            picture.write(
                number, (place.left + long + size * 0.3, top + high * 0.46 + size * 0.35), size=size
            )
    _axis(place, len(rows))
    return picture.svg()


def _names(picture: Picture, left: float, names: tuple[str, str], fills: tuple[str, str]) -> None:
    text, x = picture.text, left
    room = (picture.width - left) / 2 - text * 1.5
    for name, fill in zip(names, fills, strict=True):
        picture.rect(
            (x, text * 0.35), (text * 0.8, text * 0.7), fill=fill, stroke=picture.theme.accent,
            stroke_width=text * 0.08,
        )  # fmt: skip
        picture.fitted(name, (x + text * 1.1, text * 1.05), room)
        x += text * 2.1 + min(picture.wide(name), room)


def _tick(picture: Picture, at: tuple[float, float], high: float) -> None:
    (x, y), theme, size = at, picture.theme, picture.text
    for colour, wide in ((theme.ground, 0.36), (theme.ink, 0.16)):
        picture.line((x, y - high / 2), (x, y + high / 2), stroke=colour, stroke_width=size * wide)


def _axis(place: Rows, rows: int) -> None:
    place.picture.line(
        (place.left, place.top), (place.left, place.top + rows * place.high),
        stroke=place.picture.theme.edge, stroke_width=place.size * 0.07,
    )  # fmt: skip


def _top(*columns: Iterable[float | None]) -> float:
    """Return the largest number; 1 where there is none above zero."""
    known = [value for column in columns for value in column if value is not None and _known(value)]
    return max(known, default=0.0) or 1.0


def _known(value: float) -> bool:
    return math.isfinite(value) and value >= 0
