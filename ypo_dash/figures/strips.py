"""Hours: of the week as a table of classes, of the day as columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.classes import CLASSES, even_limits, level_of
from ypo_dash.figures.hatches import Paint, fill, paint_of
from ypo_dash.figures.svg import Look, Picture, box_path, number
from ypo_dash.figures.theme import ink_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOURS, WEEKDAYS = 24, 7


def heat_limits(values: Sequence[float | None]) -> list[float]:
    """Return the lower limits of the classes that `hour_heat` shows, for its legend."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return even_limits(known, whole=all(value % 1 == 0 for value in known))


def hour_heat(
    values: Sequence[float | None],
    *,
    weekdays: Sequence[str],
    numbers: Sequence[str] | None = None,
    band: tuple[int, int] | None = None,
    below: tuple[int, int] | None = None,
    **look: Unpack[Look],
) -> str:
    """Draw the 168 hours of the week, Monday 0-1 first, as classes.

    Parameters
    ----------
    values
        None or NaN where there is no number: a struck cell.
    numbers
        What is written in the cells, where they are large enough.
    band
        Hours (begin, end; end before begin: past midnight) to point out above.
    below
        Hours with a quiet line below them.

    Raises
    ------
    ValueError
        There are not 168 values.
    """
    _check(values, HOURS * WEEKDAYS)
    picture = Picture(**look)
    if not any(value is not None and value > 0 for value in values):
        return picture.nothing()
    text, small = picture.text, picture.text * 0.85
    left = max(picture.wide(day) for day in weekdays) + text * 0.5
    left = max(min(left, picture.width * 0.3), picture.wide("24", small) / 2)
    top = text * 0.55 if band else text * 0.1
    cell = (
        (picture.width - left - picture.wide("24", small) / 2) / HOURS,
        (picture.height - top - small * 1.5) / WEEKDAYS,
    )
    _cells(picture, values, numbers, ((left, top), cell))
    for row, day in enumerate(weekdays):
        y = top + (row + 0.5) * cell[1] + min(text, cell[1]) * 0.35
        picture.fitted(day, (0, y), left - text * 0.3, size=min(text, cell[1]))
    _hour_names(picture, (left, top + WEEKDAYS * cell[1] + small * 1.2), cell[0])
    for begin, end in _pieces(band):
        picture.rect(
            (left + begin * cell[0], text * 0.12), ((end - begin) * cell[0], text * 0.26),
            fill=picture.theme.accent,
        )  # fmt: skip
    _line_below(picture, below, (left, top + WEEKDAYS * cell[1] + text * 0.08), cell[0])
    return picture.svg()


def _line_below(
    picture: Picture, hours: tuple[int, int] | None, at: tuple[float, float], each: float
) -> None:
    for begin, end in _pieces(hours):
        picture.rect(
            (at[0] + begin * each, at[1]), ((end - begin) * each, picture.text * 0.14),
            fill=picture.theme.edge,
        )  # fmt: skip


def _cells(
    picture: Picture,
    values: Sequence[float | None],
    numbers: Sequence[str] | None,
    place: tuple[tuple[float, float], tuple[float, float]],
) -> None:
    theme, ((left, top), (wide, high)) = picture.theme, place
    limits, line = heat_limits(values), picture.text * 0.05
    size = _number_size(picture, numbers, (wide, high))
    levels = [level_of(value, limits) for value in values]
    at = [
        (left + index % HOURS * wide, top + index // HOURS * high) for index in range(len(levels))
    ]
    for level in [0, None, *range(1, CLASSES + 1)]:
        inside = [corner for corner, own in zip(at, levels, strict=True) if own == level]
        data = "".join(box_path(corner, (wide - line, high - line)) for corner in inside)
        if level:
            # Where the numbers stand in the cells, hatches would only make them hard to read.
            paint = Paint(theme.ramp[level - 1]) if size else paint_of(theme, level)
            fill(picture, data, paint)
        else:
            fill(picture, data, Paint(theme.ground), stroke=theme.faint, stroke_width=line)
        if level is None and inside:
            struck = "".join(
                f"M{number(x)} {number(y + high - line)}L{number(x + wide - line)} {number(y)}"
                for x, y in inside
            )
            picture.shape(struck, fill="none", stroke=theme.edge, stroke_width=line)
    if size and numbers is not None:
        _cell_numbers(picture, levels, numbers, (at, (wide, high), size))


def _cell_numbers(
    picture: Picture,
    levels: Sequence[int | None],
    numbers: Sequence[str],
    place: tuple[Sequence[tuple[float, float]], tuple[float, float], float],
) -> None:
    theme, (at, (wide, high), size) = picture.theme, place
    for (x, y), level, figure in zip(at, levels, numbers, strict=True):
        if level is None or not figure:
            continue
        ground = theme.ramp[level - 1] if level else theme.ground
        picture.write(
            figure, (x + wide / 2, y + high / 2 + size * 0.35), size=size, text_anchor="middle",
            fill=ink_on(theme, ground), stroke=ground, stroke_width=size * 0.3, paint_order="stroke",
        )  # fmt: skip


def _number_size(
    picture: Picture, numbers: Sequence[str] | None, cell: tuple[float, float]
) -> float:
    """Return the font size at which all numbers fit into their cells; 0 where none can be read."""
    widest = max((picture.wide(figure, 1.0) for figure in numbers or ()), default=0.0)
    if not widest:
        return 0.0
    size = min(picture.text * 0.9, cell[0] * 0.84 / widest, cell[1] * 0.8)
    return size if size >= picture.text * 0.6 else 0.0


def hour_strip(
    values: Sequence[float],
    *,
    numbers: Sequence[str] | None = None,
    highlight: tuple[int, int] | None = None,
    below: tuple[int, int] | None = None,
    **look: Unpack[Look],
) -> str:
    """Draw the 24 hours of the day as columns.

    Parameters
    ----------
    numbers
        What stands above the columns, where there is room for all.
    highlight
        Hours (begin, end; end before begin: past midnight) that are in focus.
    below
        Hours with a quiet line below them.

    Raises
    ------
    ValueError
        There are not 24 values.
    """
    _check(values, HOURS)
    picture = Picture(**look)
    known = [value for value in values if math.isfinite(value)]
    top = max(known, default=0.0)
    if top <= 0:
        return picture.nothing()
    theme, text = picture.theme, picture.text
    edge = picture.wide("24", text * 0.85) / 2
    each = (picture.width - 2 * edge) / HOURS
    size = _number_size(picture, numbers, (each, text))
    foot = picture.height - text * 1.25
    room = foot - (size * 1.25 if size else text * 0.2)
    focus = {hour for begin, end in _pieces(highlight) for hour in range(begin, end)}
    for hour, value in enumerate(values):
        high = room * value / top if math.isfinite(value) else 0.0
        strong = not focus or hour in focus
        x = edge + hour * each
        picture.rect(
            (x + each * 0.08, foot - high), (each * 0.84, high),
            fill=theme.accent if strong else theme.ramp[1], stroke=theme.edge,
            stroke_width=text * 0.04,
        )  # fmt: skip
        if size and numbers is not None and numbers[hour]:
            picture.write(
                numbers[hour], (x + each / 2, foot - high - size * 0.25), size=size,
                text_anchor="middle", fill=theme.ink if strong else theme.quiet,
            )  # fmt: skip
    picture.line(
        (edge, foot), (picture.width - edge, foot), stroke=theme.edge, stroke_width=text * 0.07
    )
    _line_below(picture, below, (edge, foot), each)
    _hour_names(picture, (edge, foot + text * 1.05), each)
    return picture.svg()


def _check(values: Sequence[float | None], wanted: int) -> None:
    if len(values) != wanted:
        raise ValueError(f"values has {len(values)} hours; give {wanted}")


def _hour_names(picture: Picture, at: tuple[float, float], each: float) -> None:
    """Write the hours below, at the lines between them."""
    size = picture.text * 0.85
    step = next((s for s in (1, 2, 3, 6, 12) if each * s >= picture.wide("24", size) * 1.6), 24)
    for hour in range(0, HOURS + 1, step):
        picture.write(
            str(hour), (at[0] + hour * each, at[1]), size=size, text_anchor="middle",
            fill=picture.theme.quiet,
        )  # fmt: skip


def _pieces(hours: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Split hours that run past midnight."""
    if hours is None:
        return
    begin, end = hours
    if begin < end:
        yield begin, end
    else:
        yield begin, HOURS
        if end:
            yield 0, end
