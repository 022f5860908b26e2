"""Pictures of wall slides, drawn on the server; sizes are pixels of a screen 1,080 high."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
import numpy as np

from ypo_dash.figures.bands import week_band
from ypo_dash.figures.bars import bars, pairs
from ypo_dash.figures.classes import class_limits, level_of
from ypo_dash.figures.district_map import Hexagon, district_map, level_legend
from ypo_dash.figures.intervals import intervals
from ypo_dash.figures.strips import hour_heat, hour_strip
from ypo_dash.i18n import format_date, number, text, weekday_names
from ypo_dash.store.place import cell_ring
from ypo_dash.views import map_layers as layers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from ypo_dash.figures.bars import Bar, Pair
    from ypo_dash.figures.intervals import Interval
    from ypo_dash.model.filters import Filters
    from ypo_dash.model.hours import Hours
    from ypo_dash.views.hotspots import HotSpots
    from ypo_dash.views.slide import Wall
    from ypo_dash.views.usual import Band

WIDE, NARROW, HIGH, LEGEND = 1190.0, 720.0, 640.0, 80.0
TEXT = 52.0  # the smallest that charts write is 0.85 of it: 44 pixels, for eight metres
_PLAIN_TEXT = 44.0  # what maps and legends write at, all of it
_PAIR_TEXT = 48.0
_WEEKS = 26
_CLASSES = 5  # no more can be told apart across a room


def count_map(
    wall: Wall,
    filters: Filters,
    title: str,
    *,
    inside: Collection[str] | None = None,
    narrow: bool = False,
) -> str:
    """Draw the sectors' counts in classes; those not ``inside`` faintly and without a class."""
    counts = layers.sector_counts(wall.snapshot, filters)
    shown = {s: n for s, n in counts.items() if inside is None or s in inside}
    limits = class_limits(
        list(shown.values()), classes=_CLASSES, whole=filters.mask is None, steep=False
    )
    levels = {s: level_of(n, limits) or 0 for s, n in shown.items()}
    regions = layers.regions(wall.snapshot, levels, inside=inside)
    bounds = layers.bounds_of_sectors(wall.snapshot, set(shown), 0.02)
    wide = NARROW if narrow else WIDE
    drawn = district_map(
        regions, ground=layers.ground(wall.snapshot), bounds=bounds, theme=wall.theme,
        size=(wide, HIGH - LEGEND), text=_PLAIN_TEXT, title=title, empty=_empty(wall),
    )  # fmt: skip
    named = [(level_of(low, limits) or 1, words) for low, words in _classes(wall, limits, narrow)]
    return drawn.svg + _legend(wall, named, wide, "" if narrow else text(wall.lang, "per sector"))


def sector_map(wall: Wall, key: str, filters: Filters) -> str:
    """Draw one sector with the classes of its hexagons; hexagons are never points."""
    hexagons, limits = layers.hexagons(wall.snapshot, filters)
    regions = layers.regions(wall.snapshot, strong={key}, inside={key})
    drawn = district_map(
        regions, hexagons=hexagons, ground=layers.ground(wall.snapshot),
        bounds=layers.bounds_of_sectors(wall.snapshot, {key}), theme=wall.theme,
        size=(WIDE, HIGH - LEGEND), text=_PLAIN_TEXT, title=text(wall.lang, "Sector {id}", id=key),
        empty=_empty(wall),
    )  # fmt: skip
    named = layers.limit_labels(limits, wall.snapshot, filters, wall.lang)
    return drawn.svg + _legend(wall, named, WIDE, text(wall.lang, "per hexagon"))


def spot_map(wall: Wall, found: HotSpots, title: str) -> str:
    """Draw the hexagons of hot spots: new ones, and the others."""
    hot = np.flatnonzero(found.hot & found.shown)
    hexagons = [
        Hexagon(
            ring=cell_ring(h3.int_to_str(int(found.cells[i]))), level=6 if found.code[i] == 1 else 4
        )
        for i in hot
    ]
    drawn = district_map(
        layers.regions(wall.snapshot), hexagons=hexagons, ground=layers.ground(wall.snapshot),
        theme=wall.theme, size=(WIDE, HIGH - LEGEND), text=_PLAIN_TEXT, title=title, empty=_empty(wall),
    )  # fmt: skip
    named = [(6, text(wall.lang, "new hot spot")), (4, text(wall.lang, "hot spot for longer"))]
    return drawn.svg + level_legend(
        named, theme=wall.theme, size=(WIDE, LEGEND), text=_PLAIN_TEXT, title=title
    )


def bar_chart(wall: Wall, rows: Sequence[Bar], title: str, against: Sequence[float] | None = None) -> str:  # fmt: skip
    """Draw bars, with a mark for what each is compared with."""
    return bars(
        rows, against=against, theme=wall.theme, size=(WIDE, HIGH), text=TEXT, title=title,
        empty=_empty(wall),
    )  # fmt: skip


def pair_chart(wall: Wall, rows: Sequence[Pair], names: tuple[str, str]) -> str:
    """Draw two bars a row."""
    return pairs(
        rows, names=names, theme=wall.theme, size=(WIDE, HIGH), text=_PAIR_TEXT, title=" – ".join(names),
        empty=_empty(wall),
    )  # fmt: skip


def interval_chart(wall: Wall, rows: Sequence[Interval], title: str) -> str:
    """Draw shares with their intervals over an axis of per cent."""
    top = max((row[3] for row in rows), default=0.1)
    step = next(s for s in (0.05, 0.1, 0.2, 0.25, 0.5) if top / s <= 2 or s == 0.5)
    axis = [
        (i * step, f"{number(100 * i * step, wall.lang)} %") for i in range(int(top / step) + 2)
    ]
    return intervals(
        rows, axis=axis, theme=wall.theme, size=(WIDE, HIGH), text=TEXT, title=title,
        empty=_empty(wall),
    )  # fmt: skip


def week_heat(wall: Wall, hours: NDArray[np.float64], night: Hours) -> str:
    """Draw the 168 hours of the week, those of the night pointed out above."""
    return hour_heat(
        [max(0.0, float(v)) for v in hours],
        weekdays=[name.rstrip(".") for name in weekday_names(wall.lang, "abbreviated")],
        band=(night.start, night.end),
        below=_duty(wall),
        theme=wall.theme,
        size=(WIDE, HIGH),
        text=TEXT,
        title=text(wall.lang, "Hours of the week"),
        empty=_empty(wall),
    )


def _duty(wall: Wall) -> tuple[int, int]:
    hours = wall.snapshot.district.duty
    return hours.start, hours.end


def day_strip(wall: Wall, hours: NDArray[np.float64], shift: Hours) -> str:
    """Draw the 24 hours of the day, those of the shift in focus."""
    return hour_strip(
        [max(0.0, float(v)) for v in hours],
        highlight=(shift.start, shift.end),
        below=_duty(wall),
        theme=wall.theme,
        size=(WIDE, HIGH),
        text=TEXT,
        title=text(wall.lang, "Hours of the day"),
        empty=_empty(wall),
    )


def weeks(wall: Wall, found: Band, title: str) -> str:
    """Draw the last half year of whole weeks over their normal range."""
    whole = np.flatnonzero(found.whole)[-_WEEKS:]
    span = slice(int(whole[0]), int(whole[-1]) + 1) if len(whole) else slice(0, 0)
    gap = ~found.whole[span]
    counts = np.where(gap, np.nan, found.count[span])
    return week_band(
        [format_date(day, wall.lang, year=False) for day in found.starts[span]],
        counts.tolist(),
        found.low[span].tolist(),
        found.high[span].tolist(),
        theme=wall.theme,
        size=(WIDE, HIGH),
        text=TEXT,
        title=title,
        empty=_empty(wall),
    )


def _classes(wall: Wall, limits: Sequence[float], narrow: bool) -> list[tuple[float, str]]:
    """Return each class's lower limit and its words: "4–6", or "4+" where there is little room."""
    found = []
    for i, low in enumerate(limits):
        last = limits[i + 1] - 1 if i + 1 < len(limits) else None
        first = number(low, wall.lang)
        whole = not narrow and last is not None and last % 1 == low % 1 == 0
        ranged = first if last == low else f"{first}–{number(last or low, wall.lang)}"
        found.append((low, ranged if whole else f"{first}+"))
    return found


def _legend(wall: Wall, named: Sequence[tuple[int, str]], wide: float, unit: str) -> str:
    """Return the classes' strip, with what is counted at its end; nothing where there is no class."""
    if not named:
        return ""
    *others, (level, words) = named
    named = [*others, (level, f"{words} {unit}".rstrip())]
    title = text(wall.lang, "Incidents")
    return level_legend(named, theme=wall.theme, size=(wide, LEGEND), text=_PLAIN_TEXT, title=title)


def _empty(wall: Wall) -> str:
    return text(wall.lang, "No incidents matched.")
