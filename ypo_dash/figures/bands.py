"""Weeks, with the range that is normal as a band behind them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.marks import Mark, draw_marks, lanes_of, rows_high
from ypo_dash.figures.svg import Look, Picture, number, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def week_band(
    starts: Sequence[str],
    counts: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    *,
    last_marked: bool = True,
    marks: Sequence[Mark] = (),
    **look: Unpack[Look],
) -> str:
    """Draw weekly counts as dots on a line over the band of what is normal.

    A week above its band is a triangle upwards in the alarm colour, one below a triangle
    downwards: told apart without colours. Without a band a week is a plain dot.

    Parameters
    ----------
    starts
        Name of each week, oldest first; as many are written as there is room for, the last always.
    low, high
        The normal range of each week, both ends in it; NaN where there is none.
    last_marked
        Whether the last week is pointed out, with its number.
    marks
        Stretches of time, named above the weeks.

    Raises
    ------
    ValueError
        The series are not equally long.
    """
    lengths = [len(series) for series in (starts, counts, low, high)]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"starts, counts, low and high are {lengths} long; give one of each a week"
        )
    picture = Picture(**look)
    shown = [value for value in counts if math.isfinite(value)]
    if not shown:
        return picture.nothing()
    top = max([*shown, *(value for value in high if math.isfinite(value))])
    lanes = lanes_of(picture, marks, len(counts))
    chart = _Chart(picture, len(counts), _ticks(top, picture), rows_high(picture, lanes))
    draw_marks(picture, marks, lanes, (chart.left, chart.each), (chart.top, chart.foot))
    chart.grid()
    chart.band(low, high)
    chart.weeks(counts, low, high)
    if last_marked and math.isfinite(counts[-1]):
        chart.last(counts[-1])
    chart.names(starts)
    return picture.svg()


def _ticks(top: float, picture: Picture) -> list[int]:
    """Return whole numbers from 0 to at least ``top``, as few as the height has room for."""
    most = max(1, min(4, int(picture.height / (picture.text * 2.6))))
    for power in range(9):
        for step in (1, 2, 5):
            each = step * 10**power
            if math.ceil(top / each) <= most:
                return list(range(0, max(1, math.ceil(top / each)) * each + 1, each))
    return [0, math.ceil(top)]


class _Chart:
    def __init__(self, picture: Picture, weeks: int, ticks: list[int], above: float = 0) -> None:
        self.picture, self.theme, self.text = picture, picture.theme, picture.text
        self.small = picture.text * 0.85
        self.ticks, self.weeks_shown = ticks, weeks
        self.left = max(picture.wide(str(tick), self.small) for tick in ticks) + self.text * 0.5
        # Room for half of the last week's number, which stands above its dot.
        self.right = picture.width - self.text * 0.9
        self.top, self.foot = above + self.text * 1.3, picture.height - self.text * 1.4
        self.each = (self.right - self.left) / max(weeks, 1)

    def x(self, week: float) -> float:
        """Return the middle of a week."""
        return self.left + (week + 0.5) * self.each

    def y(self, value: float) -> float:
        """Return the height of a value."""
        return self.foot - (self.foot - self.top) * value / self.ticks[-1]

    def grid(self) -> None:
        """Draw few quiet lines with their numbers."""
        for tick in self.ticks:
            y, first = self.y(tick), tick == 0
            self.picture.line(
                (self.left, y), (self.right, y), stroke=self.theme.edge if first else self.theme.faint,
                stroke_width=self.text * (0.07 if first else 0.05),
            )  # fmt: skip
            self.picture.write(
                str(tick), (self.left - self.text * 0.4, y + self.small * 0.35), size=self.small,
                text_anchor="end", fill=self.theme.quiet,
            )  # fmt: skip

    def band(self, low: Sequence[float], high: Sequence[float]) -> None:
        """Draw the normal range, each week as wide as it is."""
        for begin, end in _runs(low, high):
            steps = [
                (self.left + w * self.each, self.left + (w + 1) * self.each, w)
                for w in range(begin, end)
            ]
            upper = [(x, self.y(high[w])) for a, b, w in steps for x in (a, b)]
            lower = [(x, self.y(max(low[w], 0))) for a, b, w in steps for x in (a, b)]
            self.picture.shape(
                path_of([*upper, *reversed(lower)]), fill=self.theme.ramp[1], fill_opacity=0.75
            )
            for side in (upper, lower):
                self.picture.shape(
                    path_of(side, closed=False), fill="none", stroke=self.theme.edge,
                    stroke_width=self.text * 0.05,
                )  # fmt: skip

    def weeks(self, counts: Sequence[float], low: Sequence[float], high: Sequence[float]) -> None:
        """Draw the line and a sign for each week."""
        for begin, end in _runs(counts):
            line = [(self.x(w), self.y(counts[w])) for w in range(begin, end)]
            self.picture.shape(
                path_of(line, closed=False), fill="none", stroke=self.theme.ink,
                stroke_width=self.text * 0.09, stroke_linejoin="round",
            )  # fmt: skip
        small = min(self.text * 0.2, self.each * 0.3)
        for week, value in enumerate(counts):
            if not math.isfinite(value):
                continue
            at = (self.x(week), self.y(value))
            if value > high[week]:
                self._triangle(at, up=True)
            elif value < low[week]:
                self._triangle(at, up=False)
            else:
                self.picture.draw("circle", cx=at[0], cy=at[1], r=small, fill=self.theme.ink)

    def _triangle(self, at: tuple[float, float], *, up: bool) -> None:
        r, theme = self.text * 0.42, self.theme
        turn = -1 if up else 1
        x, y = at
        data = path_of(
            [(x, y + turn * r), (x - r, y - turn * r * 0.7), (x + r, y - turn * r * 0.7)]
        )
        self.picture.shape(
            data, fill=theme.alarm if up else theme.ground, stroke=theme.ground if up else theme.fewer,
            stroke_width=self.text * (0.06 if up else 0.12),
        )  # fmt: skip

    def last(self, value: float) -> None:
        """Ring the last week, and write its number where it is a whole one."""
        x, y = self.x(self.weeks_shown - 1), self.y(value)
        self.picture.draw(
            "circle", cx=x, cy=y, r=self.text * 0.6, fill="none", stroke=self.theme.accent,
            stroke_width=self.text * 0.1,
        )  # fmt: skip
        if value % 1 == 0:
            name = number(value)
            half = self.picture.wide(name) / 2
            self.picture.write(
                name, (min(x, self.picture.width - half), y - self.text * 0.8), text_anchor="middle",
                font_weight="600", stroke=self.theme.ground, stroke_width=self.text * 0.25,
                paint_order="stroke",
            )  # fmt: skip

    def names(self, starts: Sequence[str]) -> None:
        """Write as many weeks' names as there is room for, counted from the last."""
        if not starts:
            return
        widest = max(self.picture.wide(start, self.small) for start in starts) + self.text * 0.8
        step = max(1, math.ceil(widest / self.each))
        for week in range(len(starts) - 1, -1, -step):
            half = self.picture.wide(starts[week], self.small) / 2
            x = min(max(self.x(week), half), self.picture.width - half)
            self.picture.write(
                starts[week], (x, self.foot + self.small * 1.35), size=self.small, text_anchor="middle",
                fill=self.theme.quiet,
            )  # fmt: skip


def _runs(*series: Sequence[float]) -> list[tuple[int, int]]:
    """Return the stretches (begin, end) in which all series have numbers."""
    runs: list[tuple[int, int]] = []
    for index, values in enumerate(zip(*series, strict=True)):
        if not all(map(math.isfinite, values)):
            continue
        if runs and runs[-1][1] == index:
            runs[-1] = (runs[-1][0], index + 1)
        else:
            runs.append((index, index + 1))
    return runs
