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
from ypo_dash.figures.outline import bounds_of
from ypo_dash.figures.strips import hour_heat, hour_strip
from ypo_dash.i18n import format_date, number, text, weekday_names
from ypo_dash.store.place import cell_ring
from ypo_dash.store.vectors import NO_CELL
from ypo_dash.views.ground import ground_of, regions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from ypo_dash.figures.bars import Bar, Pair
    from ypo_dash.figures.intervals import Interval
    from ypo_dash.model.hours import Hours
    from ypo_dash.store.query import Summary
    from ypo_dash.views.hotspots import HotSpots
    from ypo_dash.views.slide import Wall
    from ypo_dash.views.usual import Band

WIDE, NARROW, HIGH, LEGEND = 1190.0, 800.0, 640.0, 104.0
TEXT = 52.0  # the smallest that charts write is 0.85 of it: 44 pixels, for eight metres
_LEGEND_TEXT = 58.0  # legends write down to 0.75 of it
_WEEKS = 26
_FRAME = 0.08  # of a sector's size, around it


def count_map(
    wall: Wall,
    summary: Summary,
    title: str,
    *,
    inside: Collection[str] | None = None,
    narrow: bool = False,
) -> str:
    """Draw the sectors' counts in classes; those not ``inside`` faintly and without a class."""
    counts = {
        s.id: float(n) for s, n in zip(wall.snapshot.sectors, summary.sectors[:-2], strict=True)
    }
    shown = {s: n for s, n in counts.items() if inside is None or s in inside}
    limits = class_limits(list(shown.values()), whole=not summary.masked, steep=False)
    levels = {s: level_of(n, limits) for s, n in shown.items()}
    regions = regions_of(wall.snapshot, levels, faded=set(counts) - set(shown))
    wanted = [r for r in regions if inside is None or r.id in shown]
    bounds = bounds_of(corner for r in wanted for ring in r.rings for corner in ring)
    wide = NARROW if narrow else WIDE
    drawn = district_map(
        regions, ground=ground_of(wall.snapshot), bounds=bounds, theme=wall.theme,
        size=(wide, HIGH - LEGEND), text=TEXT, title=title, empty=_empty(wall),
    )  # fmt: skip
    return drawn.svg + _legend(wall, limits, wide)


def sector_map(wall: Wall, key: str, summary: Summary) -> str:
    """Draw one sector with the classes of its hexagons; hexagons are never points."""
    counts = np.asarray(summary.cells)
    ids = [int(i) for i in np.flatnonzero(counts) if i != NO_CELL]
    limits = class_limits(counts[ids], whole=not summary.masked)
    cells = wall.snapshot.cells.cells[9]
    hexagons = [
        Hexagon(ring=cell_ring(h3.int_to_str(int(cells[i]))), level=level_of(counts[i], limits) or 0)
        for i in ids
    ]  # fmt: skip
    others = {s.id for s in wall.snapshot.sectors} - {key}
    regions = regions_of(wall.snapshot, {}, faded=others, strong={key})
    rings = next((r.rings for r in regions if r.id == key), [])
    drawn = district_map(
        regions, hexagons=hexagons, ground=ground_of(wall.snapshot), bounds=_around(rings),
        theme=wall.theme, size=(WIDE, HIGH - LEGEND), text=TEXT,
        title=text(wall.lang, "Sector {id}", id=key), empty=_empty(wall),
    )  # fmt: skip
    return drawn.svg + _legend(wall, limits, WIDE)


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
        regions_of(wall.snapshot, {}), hexagons=hexagons, ground=ground_of(wall.snapshot),
        theme=wall.theme, size=(WIDE, HIGH - LEGEND), text=TEXT, title=title, empty=_empty(wall),
    )  # fmt: skip
    named = [(6, text(wall.lang, "new hot spot")), (4, text(wall.lang, "hot spot for longer"))]
    return drawn.svg + level_legend(
        named, theme=wall.theme, size=(WIDE, LEGEND), text=_LEGEND_TEXT, title=title
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
        rows, names=names, theme=wall.theme, size=(WIDE, HIGH), text=TEXT, title=" – ".join(names),
        empty=_empty(wall),
    )  # fmt: skip


def interval_chart(wall: Wall, rows: Sequence[Interval], title: str) -> str:
    """Draw shares with their intervals over an axis of per cent."""
    top = max((row[3] for row in rows), default=0.1)
    step = next(s for s in (0.05, 0.1, 0.2, 0.25) if top / s <= 4 or s == 0.25)
    axis = [(i * step, f"{number(100 * i * step, wall.lang)} %") for i in range(int(top / step) + 2)]
    return intervals(
        rows, axis=axis, theme=wall.theme, size=(WIDE, HIGH), text=TEXT, title=title,
        empty=_empty(wall),
    )  # fmt: skip


def week_heat(wall: Wall, hours: NDArray[np.float64]) -> str:
    """Draw the 168 hours of the week."""
    return hour_heat(
        [max(0.0, float(v)) for v in hours],
        weekdays=[name.rstrip(".") for name in weekday_names(wall.lang, "abbreviated")],
        theme=wall.theme,
        size=(WIDE, HIGH),
        text=TEXT,
        title=text(wall.lang, "Hours of the week"),
        empty=_empty(wall),
    )


def day_strip(wall: Wall, hours: NDArray[np.float64], shift: Hours) -> str:
    """Draw the 24 hours of the day, those of the shift in focus."""
    return hour_strip(
        [max(0.0, float(v)) for v in hours],
        highlight=(shift.start, shift.end),
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


def _legend(wall: Wall, limits: Sequence[float], wide: float) -> str:
    """Return the classes' strip; nothing where there is no class."""
    levels = []
    for i, low in enumerate(limits):
        ends = limits[i + 1] if i + 1 < len(limits) else None
        levels.append((level_of(low, limits) or 1, _class_words(low, ends, wall.lang)))
    if not levels:
        return ""
    title = text(wall.lang, "Incidents")
    return level_legend(
        levels, theme=wall.theme, size=(wide, LEGEND), text=_LEGEND_TEXT, title=title
    )


def _class_words(low: float, ends: float | None, lang: str) -> str:
    first = number(low, lang)
    if ends is None:
        return f"{first}+"
    last = ends - 1 if float(low).is_integer() and float(ends).is_integer() else ends
    return first if last == low else f"{first}–{number(last, lang)}"


def _around(rings: Sequence[Sequence[Sequence[float]]]) -> tuple[float, float, float, float] | None:
    """Return a sector's frame with a margin."""
    found = bounds_of(corner for ring in rings for corner in ring)
    if found is None:
        return None
    west, south, east, north = found
    x, y = (east - west) * _FRAME, (north - south) * _FRAME
    return west - x, south - y, east + x, north + y


def _empty(wall: Wall) -> str:
    return text(wall.lang, "No incidents matched.")
