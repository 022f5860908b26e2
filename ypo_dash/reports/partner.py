"""The weekend, the week and the fortnight for partners: no incident, no place finer than a sector, no small count.

Of days and weeks partners get steps of the whole district (`views.partner_period`), of a sector the
calendar months that are complete (`views.disclosure`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier, periods
from ypo_dash.reports.blocks import WIDE, legend
from ypo_dash.reports.document import (
    Beside,
    Block,
    Column,
    Heading,
    Lead,
    Notes,
    Page,
    Picture,
    TableBlock,
)
from ypo_dash.reports.printing import (
    build,
    period_words,
    sector_place,
    sector_title,
    short_period,
)
from ypo_dash.views import map_layers
from ypo_dash.views.disclosure import period_name, published, rate_text
from ypo_dash.views.partner_period import partner_period

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.disclosure import Published

_MONTHS = 3
_WEEK = timedelta(days=7)


def partner_weekend(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing
) -> Document:
    """Return the district's weekend for partners.

    Raises
    ------
    FilterError
        The state has a place, or a period that partners don't get.
    """
    title = f"{text(lang, 'Crime overview')}, {_words(filters, lang)}"
    pages = [_district(snapshot, _whole_district(filters), lang, title)]
    return build(snapshot, title, pages, (lang, filters.tier), printing)


def partner_week(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return the district's week for partners, and the sectors' latest whole months.

    Raises
    ------
    FilterError
        The period is none that partners get.
    """
    wanted = filters.place_sectors(snapshot)
    title = f"{text(lang, 'Weekly crime overview')}, {_words(filters, lang)}"
    bare = replace(filters, sectors=(), station=None)
    pages = [_district(snapshot, bare, lang, title)]
    pages += [
        _sector(snapshot, filters, s.id, lang)
        for s in snapshot.sectors
        if wanted is None or s.id in wanted
    ]
    return build(snapshot, title, pages, (lang, filters.tier), printing)


def partner_fortnight(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing
) -> Document:
    """Return one sector for partners: its latest whole months, and the district's two weeks.

    Raises
    ------
    FilterError
        The period is none that partners get.
    """
    sector = filters.sectors[0]
    first = _sector(snapshot, filters, sector, lang)
    title = f"{text(lang, 'The whole district')}, {_words(filters, lang)}"
    bare = replace(filters, sectors=(), station=None)
    pages = [first, _district(snapshot, bare, lang, title)]
    return build(snapshot, first.title, pages, (lang, filters.tier), printing)


def _words(filters: Filters, lang: str) -> str:
    first, last = _dates(filters)
    return period_words(first, last, lang)


def _dates(filters: Filters) -> tuple[date, date]:
    first, last = filters.date_from, filters.date_to
    assert first is not None and last is not None  # noqa: S101, PT018 - `kinds.dated` gave them
    return first, last


def _whole_district(filters: Filters) -> Filters:
    for name in ("sectors", "station"):
        if getattr(filters, name):
            raise FilterError(name, "partners get days and weeks of the whole district only; leave {name} out", name=name)  # fmt: skip
    return filters


def _months(
    snapshot: Snapshot, filters: Filters, sectors: tuple[str, ...], lang: str
) -> list[Published]:
    """Return the latest months that are complete by the period's end, newest last."""
    last = _dates(filters)[1]
    known = [p for p in periods(Tier.PARTNER, snapshot.span) if p[1] <= last][:_MONTHS]
    bare = replace(filters, station=None)
    return [
        published(snapshot, replace(bare, date_from=p[0], date_to=p[1], sectors=sectors), lang)
        for p in reversed(known)
    ]


def _district(snapshot: Snapshot, filters: Filters, lang: str, title: str) -> Page:
    first, last = _dates(filters)
    now = partner_period(snapshot, first, last, filters.types, lang)
    before = _before(snapshot, filters, lang)
    months = _months(snapshot, filters, (), lang)
    head = [
        Column(""),
        Column(text(lang, "Type"), share=1),
        Column(short_period(first, last), "right"),
    ]
    columns = [[row.count.text(lang) for row in now.rows] + [now.total.text(lang)]]
    if before is not None:
        head.append(Column(before[0], "right"))
        columns.append(before[1])
    for month in months[-1:]:
        head.append(Column(period_name(month.period, month.tier, lang), "right"))
        columns.append([v.text(lang) for v in (*month.all.values, month.all.total)])
    letters = [snapshot.taxonomy.offence[row.code].letter for row in now.rows]
    names = [*(row.name for row in now.rows), text(lang, "All")]
    rows = tuple(zip([*letters, ""], names, *columns, strict=True))
    lead = text(lang, "Incidents in the whole district: {n}.", n=now.total.text(lang))
    blocks: list[Block] = [
        Lead(lead),
        *_month_map(snapshot, months, lang),
        Heading(text(lang, "By type")),
        TableBlock(columns=tuple(head), rows=rows, strong=(len(rows) - 1,)),
        Notes((*now.notes, *(months[-1].notes if months else ()))),
    ]
    return Page(
        title=title,
        place=snapshot.district.name,
        period=period_words(first, last, lang),
        foot=_foot(lang),
        blocks=tuple(blocks),
    )


def _before(snapshot: Snapshot, filters: Filters, lang: str) -> tuple[str, list[str]] | None:
    """Return the head and the counts of the equal period before; None where the data have none."""
    first, last = _dates(filters)
    back = _WEEK * -(-((last - first).days + 1) // 7)
    try:
        then = partner_period(snapshot, first - back, last - back, filters.types, lang)
    except FilterError:
        return None
    counts = [*(row.count.text(lang) for row in then.rows), then.total.text(lang)]
    return short_period(first - back, last - back), counts


def _month_map(snapshot: Snapshot, months: list[Published], lang: str) -> list[Block]:
    if not months:
        return []
    month = months[-1]
    known = {row.id: float(row.total.low) for row in month.rows if row.kind == "sector"}
    levels, _ = map_layers.levels_of(known)
    words = text(lang, "Sectors by reported incidents in {period}: the darker, the more.", period=period_name(month.period, month.tier, lang))  # fmt: skip
    drawn = district_map(
        map_layers.regions(snapshot, levels),
        ground=map_layers.ground(snapshot),
        theme=PAPER,
        size=(WIDE, 92.0),
        text=3.1,
        title=words,
    )
    return [Picture(drawn.svg, words, words), *_class_order(max(levels.values(), default=0), lang)]


def _class_order(highest: int, lang: str) -> list[Block]:
    """Return which class has more than which: hatches don't say it by themselves."""
    if highest < 2:  # one class needs no order
        return []
    named = [(level, str(level)) for level in range(1, highest + 1)]
    named[0] = (1, text(lang, "{n} (fewest)", n=1))
    named[-1] = (highest, text(lang, "{n} (most)", n=highest))
    return [legend(named, text(lang, "Classes by number of incidents"), WIDE)]


def _sector(snapshot: Snapshot, filters: Filters, sector: str, lang: str) -> Page:
    months = _months(snapshot, filters, (sector,), lang)
    name = sector_title(snapshot, sector, lang)
    drawn = district_map(
        map_layers.regions(snapshot, strong=(sector,), inside=(sector,)),
        ground=map_layers.ground(snapshot),
        theme=PAPER,
        size=(70.0, 60.0),
        text=2.6,
        title=text(lang, "Where the sector is"),
    )
    where = Picture(drawn.svg, text(lang, "Where the sector is"))
    blocks: list[Block] = [
        Lead(_sector_lead(months, lang)),
        Beside(tuple(_month_table(snapshot, months, lang)), (where,), (1.6, 1)),
        Notes(months[-1].notes if months else ()),
    ]
    return Page(
        title=f"{name}, {_month_span(months, lang)}",
        place=" · ".join([snapshot.district.name, *sector_place(snapshot, sector, lang)]),
        period=_month_span(months, lang) if months else _words(filters, lang),
        foot=_foot(lang),
        blocks=tuple(blocks),
    )


def _sector_lead(months: list[Published], lang: str) -> str:
    if not months:
        return text(lang, "No calendar month is complete yet, so nothing of a sector is shown.")
    said = text(lang, "Partners get a sector by whole calendar months.")
    newest = months[-1]
    count = text(lang, "In {period}: {n} incidents.", period=period_name(newest.period, newest.tier, lang), n=newest.all.total.text(lang))  # fmt: skip
    rate = rate_text(newest.all.rate, lang)
    return " ".join([count, *([text(lang, "Per 1,000 inhabitants: {rate}.", rate=rate)] if newest.all.rate else []), said])  # fmt: skip


def _month_span(months: list[Published], lang: str) -> str:
    if not months:
        return text(lang, "whole months")
    return period_words(months[0].period[0], months[-1].period[1], lang)


def _month_table(snapshot: Snapshot, months: list[Published], lang: str) -> list[Block]:
    if not months:
        return []
    head = [Column(""), Column(text(lang, "Type"), share=1)]
    head += [Column(period_name(m.period, m.tier, lang), "right") for m in months]
    rows = [
        (
            snapshot.taxonomy.offence[code].letter,
            name,
            *(m.all.values[i].text(lang) for m in months),
        )
        for i, (code, name) in enumerate(months[-1].columns)
    ]
    rows.append(("", text(lang, "All"), *(m.all.total.text(lang) for m in months)))
    return [TableBlock(columns=tuple(head), rows=tuple(rows), strong=(len(rows) - 1,))]


def _foot(lang: str) -> tuple[str, ...]:
    return (
        text(lang, "An incident is counted on the local date it began. Registers are corrected later."),
        text(lang, "Left out for partners: incidents one by one, places finer than a sector, hours, and counts from which small ones could be found."),
    )  # fmt: skip
