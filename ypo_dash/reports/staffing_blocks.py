"""Staffing on paper: need and posts by sector side by side, the gap on a map, factors and why."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.figures.bars import pairs
from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_date, number, text
from ypo_dash.reports.blocks import legend
from ypo_dash.reports.document import Beside, Block, Column, Heading, Picture, TableBlock, Text
from ypo_dash.views import map_layers
from ypo_dash.views.staffing import NO_STATION
from ypo_dash.views.workbench import problem_texts

if TYPE_CHECKING:
    from ypo_dash.views.rates import Rate
    from ypo_dash.views.staffing import Row, Staffing, Totals

_MAP = (106.0, 86.0)
_PAIRS_MM = 74.0
_SHARES = (_MAP[0], _PAIRS_MM)
_PAIR_ROW = 5.0
_TEXT = 2.8
_MOST_PAIRS = 30  # sectors; of more the stations are drawn


def is_known(staffing: Staffing) -> bool:
    """Whether there is anything to say: posts or factors of the sectors shown."""
    return any(row.posts is not None or row.held is not None for row in staffing.shown)


def lead_words(staffing: Staffing, lang: str) -> str:
    """Return need and posts in a sentence, each for itself."""
    totals = staffing.totals(staffing.shown)
    if totals.need is None or totals.posts is None:
        return text(lang, "No factor is set for every sector, so no need is shown.")
    return text(
        lang,
        "By the model {need} officers are needed; {posts} posts are there.",
        need=_one(totals.need, lang),
        posts=_whole(totals.posts, lang),
    )


def staffing_table(staffing: Staffing, lang: str, *, rates: bool = True) -> TableBlock:
    """Return sectors by local station with sums; ``rates`` are the reports, which partners don't see."""
    head = [
        Column(""),
        Column(text(lang, "Sector"), share=1),
        Column(text(lang, "Inhabitants"), "right"),
    ]
    if rates:
        head.append(Column(text(lang, "Reported per 1,000 a year"), "right"))
    names = ("Factor", "Need", "Posts", "Gap", "Share by need", "Band")
    head += [Column(text(lang, name), "right") for name in names]
    rows: list[tuple[str, ...]] = []
    strong: list[int] = []
    groups = _groups(staffing)
    for station, held in groups:
        rows += [_row(staffing, row, lang, rates=rates) for row in held]
        if station:
            strong.append(len(rows))
            names_of = staffing.snapshot.station_names[station][lang]
            said = text(lang, "Local station {name}", name=names_of)
            rows.append(_sums(said, staffing.totals(held), None, lang, rates=rates))
    if len(groups) > 1 or not groups[0][0]:
        strong.append(len(rows))
        everywhere = staffing.reported.get(NO_STATION) if len(staffing.shown) == len(staffing.rows) else None  # fmt: skip
        totals = staffing.totals(staffing.shown)
        rows.append(_sums(text(lang, "All"), totals, everywhere, lang, rates=rates))
    return TableBlock(columns=tuple(head), rows=tuple(rows), strong=tuple(strong))


def _groups(staffing: Staffing) -> list[tuple[str, list[Row]]]:
    """Return the rows shown by local station; those of none last."""
    found: dict[str, list[Row]] = {}
    for row in staffing.shown:
        found.setdefault(row.sector.station or NO_STATION, []).append(row)
    return sorted(found.items(), key=lambda pair: not pair[0])


def _row(staffing: Staffing, row: Row, lang: str, *, rates: bool) -> tuple[str, ...]:
    sector = row.sector
    rate = (rate_words(staffing.reported.get(sector.id), lang),) if rates else ()
    band = staffing.bands.get(sector.id)
    spread = "–"
    if band is not None:
        low, high = number(band.low, lang), number(band.high, lang)
        spread = low if low == high else f"{low}–{high}"
    return (
        sector.id,
        sector.own_name,
        _whole(sector.population, lang),
        *rate,
        _whole(row.factor, lang),
        _one(row.need, lang),
        _whole(row.posts, lang),
        _one(row.gap, lang),
        _whole(row.allocation, lang),
        spread,
    )


def _sums(
    name: str, totals: Totals, rate: Rate | None, lang: str, *, rates: bool
) -> tuple[str, ...]:
    return (
        "",
        name,
        _whole(totals.population, lang),
        *((rate_words(rate, lang) if rate else "",) if rates else ()),
        "",
        _one(totals.need, lang),
        _whole(totals.posts, lang),
        _one(totals.gap, lang),
        _whole(totals.allocation, lang),
        "",
    )


def rate_words(rate: Rate | None, lang: str) -> str:
    """Return a rate with its interval: ``48.2 (41.0–56.3)``."""
    if rate is None:
        return "–"
    value, low, high = (number(v, lang, 1) for v in (rate.rate, rate.low, rate.high))
    return f"{value} ({low}–{high})"


def _one(value: float | None, lang: str) -> str:
    return "–" if value is None else number(value, lang, 1)


def _whole(value: float | None, lang: str) -> str:
    return "–" if value is None else number(value, lang)


def pictures(staffing: Staffing, lang: str) -> list[Block]:
    """Return the map of the gaps and the chart beside it, as far as there are any."""
    gap, chart = gap_map(staffing, lang), pairs_chart(staffing, lang)
    if not gap or chart is None:
        return [*gap, *([chart] if chart else [])]
    return [Beside(tuple(gap), (chart,), _SHARES)]


def pairs_chart(staffing: Staffing, lang: str) -> Picture | None:
    """Return need and posts side by side: by sector, or by local station where sectors are many.

    Too many for a sheet are no chart: the table has their numbers.
    """
    rows = [(r.sector.id, r.need, r.posts) for r in staffing.shown]
    if len(rows) > _MOST_PAIRS and len(_groups(staffing)) > 1:
        rows = [
            (staffing.snapshot.station_names[key][lang] if key else "–", t.need, t.posts)
            for key, held in _groups(staffing)
            for t in [staffing.totals(held)]
        ]
    if len(rows) > _MOST_PAIRS:
        return None
    names = (text(lang, "Need"), text(lang, "Posts"))
    alt = text(lang, "Need by the model and posts available, two bars each.")
    svg = pairs(
        [(name, _bar(a), _bar(b), _one(a, lang), _whole(b, lang)) for name, a, b in rows],
        names=names,
        theme=PAPER,
        size=(_PAIRS_MM, _PAIR_ROW * len(rows) + 6),
        text=_TEXT,
        title=text(lang, "Need and posts"),
        desc=alt,
        empty="–",
    )
    return Picture(svg, alt)


def _bar(value: float | None) -> float:
    return math.nan if value is None else value


def gap_map(staffing: Staffing, lang: str) -> list[Block]:
    """Return the map of the need beyond the posts, each sector with its number."""
    snapshot = staffing.snapshot
    missing = {r.sector.id: -r.gap for r in staffing.shown if r.gap is not None}
    if not missing:
        return []
    levels, limits = map_layers.levels_of(missing, whole=False)
    inside = staffing.filters.place_sectors(snapshot)
    regions = [
        replace(region, label=f"{region.id}\n{number(missing[region.id], lang, 1)}")
        if region.id in missing
        else region
        for region in map_layers.regions(snapshot, levels, inside=inside)
    ]
    alt = text(lang, "Map of the sectors by need beyond the posts; the table has the same numbers.")
    drawn = district_map(
        regions,
        bounds=map_layers.bounds_of_sectors(snapshot, inside) if inside else None,
        theme=PAPER,
        size=_MAP,
        text=_TEXT,
        title=text(lang, "Need beyond the posts"),
        desc=alt,
    )
    shown = [(0, text(lang, "none"))] if any(n <= 0 for n in missing.values()) else []
    shown += [(i + 1, f"≥ {number(limit, lang, 1)}") for i, limit in enumerate(limits)]
    return [Picture(drawn.svg, alt), legend(shown, text(lang, "Need beyond the posts"), _MAP[0])]


def factor_table(staffing: Staffing, lang: str) -> list[Block]:
    """Return the set factors with reason and approver, and what waits for approval."""
    held = [row for row in staffing.shown if row.held is not None]
    waiting = [
        text(
            lang,
            "Sector {id}: factor {n} is asked for and waits for approval.",
            id=row.sector.id,
            n=number(float(row.held.wanted.get("factor") or 0), lang),
        )
        for row in held
        if row.held and row.held.wanted
    ]
    head = (
        Column(""),
        Column(text(lang, "Sector"), share=1.2),
        Column(text(lang, "Factor"), "right"),
        Column(text(lang, "Reason"), share=2.6),
        Column(text(lang, "Approved by"), share=1.3),
        Column(text(lang, "Date"), "right"),
    )
    rows = tuple(_factor_row(row, lang) for row in held)
    if not rows:
        return []
    return [
        Heading(text(lang, "Factors and why")),
        TableBlock(columns=head, rows=rows, small=True),
        *(Text(words) for words in waiting),
    ]


def _factor_row(row: Row, lang: str) -> tuple[str, ...]:
    held = row.held
    assert held is not None  # noqa: S101 - the caller takes those that have one
    when = held.date
    with suppress(ValueError):
        when = format_date(date.fromisoformat(when), lang)
    factor = number(held.factor, lang)
    return (row.sector.id, row.sector.own_name, factor, held.reason or "–", held.approved_by or "–", when)  # fmt: skip


def staffing_notes(staffing: Staffing, lang: str, *, rates: bool = True) -> list[str]:
    """Return what the columns mean, and why a share could not be made."""
    notes = [
        text(lang, "One officer per 1,000 to 5,000 inhabitants, by a factor that people set. Need is what the model asks for, posts are what is there; they are two things."),
        text(lang, "Gap: posts minus need. Share by need: the posts of each local station by the sectors' need, at least one each, largest remainder."),
        text(lang, "Band, how sure the share is: how it moves when one factor is one step otherwise, or one population 5 % otherwise, one at a time."),
    ]  # fmt: skip
    if not rates:
        notes.append(text(lang, "Officers per inhabitants say nothing of workload or of who is there by day."))  # fmt: skip
    else:
        notes.append(text(lang, "Officers per inhabitants say nothing of workload or of who is there by day: see the figures beside."))  # fmt: skip
        notes.append(text(lang, "Reported per 1,000 a year: what residents reported in the period, scaled to a year, with its 95 % interval; what the police find themselves and other types are left out."))  # fmt: skip
    return notes + problem_texts(staffing, lang)
