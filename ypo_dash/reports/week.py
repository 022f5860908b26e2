"""The weekly crime overview: a page for the district and one for each sector."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.figures.bands import week_band
from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.strips import hour_strip
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_date, number, percent, text
from ypo_dash.model.errors import FilterError
from ypo_dash.reports.blocks import (
    WIDE,
    compared_notes,
    incident_map,
    legend,
    provisional_note,
    range_words,
    type_table,
    verdict_words,
)
from ypo_dash.reports.document import (
    Beside,
    Block,
    Column,
    Facts,
    Heading,
    Lead,
    Notes,
    Page,
    Picture,
    TableBlock,
    Text,
)
from ypo_dash.reports.printing import (
    build,
    counted_words,
    left_out,
    period_words,
    place_of,
    sector_place,
    sector_title,
    short_period,
    state_words,
)
from ypo_dash.views import map_layers
from ypo_dash.views.compared import FEWER, MORE, Compared, compared, recent
from ypo_dash.views.explore import finding
from ypo_dash.views.normal import normal
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot

_TEXT = 2.9  # mm
_MOST_FINDINGS = 8


def with_week(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with the latest whole ISO week of the data where it names no date.

    Raises
    ------
    FilterError
        The data hold no whole week, ``from`` alone is no Monday, or the state is of a hexagon.
    """
    if filters.cell is not None:
        raise FilterError("cell", "the weekly overview is of sectors; leave the hexagon out")
    if filters.date_to is not None:
        return filters
    if filters.date_from is not None:
        return replace(filters, date_to=_monday(filters.date_from) + timedelta(days=6))
    assert snapshot.span is not None  # noqa: S101 - the caller has asked
    sunday = snapshot.span[1] - timedelta(days=snapshot.span[1].isoweekday() % 7)
    monday = sunday - timedelta(days=6)
    if monday < snapshot.span[0]:
        raise FilterError("from", "the data hold no whole week yet; give from and to")
    return replace(filters, date_from=monday, date_to=sunday)


def _monday(day: date) -> date:
    if day.isoweekday() != 1:
        raise FilterError(
            "from", "{value} is not a Monday; give to as well for other days", value=day
        )
    return day


def week(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return the overview of a week: the district (or the chosen sectors), then each sector.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    wanted = filters.place_sectors(snapshot)
    sectors = [s.id for s in snapshot.sectors if wanted is None or s.id in wanted]
    states = {key: replace(filters, sectors=(key,), station=None) for key in sectors}
    each = {key: compared(snapshot, state) for key, state in states.items()}
    pages = [] if len(sectors) == 1 else [_district(snapshot, filters, lang, each)]
    pages += [_sector(snapshot, states[key], lang, printing, each[key]) for key in sectors]
    return build(snapshot, pages[0].title, pages, (lang, filters.tier), printing)


def week_title(first: date, last: date, lang: str) -> str:
    """Return "Weekly crime overview, week 47: Monday 19/11 – Sunday 25/11/2012"."""
    words = period_words(first, last, lang)
    if first.isoweekday() == 1 and (last - first).days == 6:
        words = f"{text(lang, 'week {n}', n=first.isocalendar().week)}: {words}"
    return words


def _district(snapshot: Snapshot, filters: Filters, lang: str, each: dict[str, Compared]) -> Page:
    found = compared(snapshot, filters)
    title = f"{text(lang, 'Weekly crime overview')}, {week_title(*found.period, lang)}"
    blocks: list[Block] = [
        Lead(_lead(snapshot, found, lang)),
        *state_line(snapshot, filters, lang),
        Beside(
            tuple(_sector_map(snapshot, filters, lang)),
            (*_findings(snapshot, filters, lang), *_weeks(snapshot, filters, lang, (68.0, 32.0))),
            (1.7, 1),
        ),
        Heading(text(lang, "By sector")),
        _sector_rows(snapshot, found, each, lang),
        Heading(text(lang, "By type")),
        type_table(snapshot, found, lang, small=True),
        Notes(tuple(compared_notes(snapshot, found, lang))),
    ]
    return Page(
        title=title,
        place=place_of(snapshot, filters, lang),
        period=period_words(*found.period, lang),
        foot=(counted_words(filters, lang), left_out(found.summary, [], lang)),
        blocks=tuple(blocks),
    )


def _lead(snapshot: Snapshot, found: Compared, lang: str) -> str:
    said = finding(found.summary, snapshot, lang)
    usual = found.all.usual
    if usual is None or usual.low is None:
        return said
    normal_, verdict = range_words(usual, lang), verdict_words(usual, lang, found.all.count)
    return (
        f"{said} {text(lang, 'Normal range {range}: {verdict}.', range=normal_, verdict=verdict)}"
    )


def state_line(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    """Return what the state selects beside period and place, where it does."""
    bare = replace(filters, sectors=(), station=None)
    words = state_words(snapshot, bare, lang)
    return [Text(words)] if bare.types or bare.scenes or bare.mask is not None else []


def _sector_map(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    counts = map_layers.sector_counts(snapshot, filters)
    inside = filters.place_sectors(snapshot)
    levels, limits = map_layers.levels_of(counts, whole=filters.mask is None)
    drawn = district_map(
        map_layers.regions(snapshot, levels, inside=inside),
        ground=map_layers.ground(snapshot),
        theme=PAPER,
        size=(116.0, 64.0),
        text=_TEXT,
        title=text(lang, "Map"),
        desc=text(lang, "Map of the sectors by number of incidents."),
    )
    labels = map_layers.limit_labels(limits, snapshot, filters, lang)
    picture = Picture(drawn.svg, text(lang, "Map of the sectors by number of incidents."))
    return [
        picture,
        *([legend(labels, text(lang, "Incidents per sector"), 116.0)] if limits else []),
    ]


def _findings(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    """Return what is out of the ordinary, a sentence each, or that nothing is."""
    found = normal(snapshot, filters, lang)
    said = [f.sentence for f in found.findings]
    shown = said[:_MOST_FINDINGS]
    if len(said) > len(shown):
        shown.append(text(lang, "And {n} more.", n=number(len(said) - len(shown), lang)))
    return [Heading(text(lang, "Out of the ordinary")), Notes((*shown, *found.sentences))]


def _weeks(
    snapshot: Snapshot, filters: Filters, lang: str, size: tuple[float, float]
) -> list[Block]:
    found = recent(snapshot, filters)
    if found is None:
        return []
    words = text(
        lang,
        "The last {n} weeks; the band is the normal range, triangles lie outside it.",
        n=len(found.starts),
    )
    svg = week_band(
        [format_date(day, lang, year=False) for day in found.starts],
        list(found.counts),
        list(found.low),
        list(found.high),
        theme=PAPER,
        size=size,
        text=_TEXT,
        title=words,
    )
    return [Picture(svg, words, words)]


def _sector_rows(
    snapshot: Snapshot, found: Compared, each: dict[str, Compared], lang: str
) -> TableBlock:
    head = [
        Column(""),
        Column(text(lang, "Sector"), share=1),
        Column(short_period(*found.period), "right"),
        Column(short_period(*found.previous) if found.previous else text(lang, "before"), "right"),
        Column(text(lang, "mean of 4"), "right"),
    ]
    if found.ranged:
        head += [Column(text(lang, "Normal range"), "right"), Column(text(lang, "In words"))]
    head.append(Column(text(lang, "Most frequent")))
    rows = [_sector_row(snapshot, key, one, found.ranged, lang) for key, one in each.items()]
    strong = [
        i
        for i, one in enumerate(each.values())
        if one.all.usual is not None and one.all.usual.verdict in (MORE, FEWER)
    ]
    return TableBlock(columns=tuple(head), rows=tuple(rows), strong=tuple(strong), small=True)


def _sector_row(
    snapshot: Snapshot, key: str, one: Compared, ranged: bool, lang: str
) -> tuple[str, ...]:
    row, summary = one.all, one.summary
    previous = "–" if row.previous is None else count_text(summary, count_value(row.previous), lang)
    cells = [
        key,
        snapshot.own_names[key],
        count_text(summary, count_value(row.count), lang),
        previous,
        "–" if row.mean is None else number(row.mean, lang, 1),
    ]
    if ranged:
        cells += [range_words(row.usual, lang), verdict_words(row.usual, lang, row.count)]
    return (*cells, _most_of(snapshot, one, lang))


def _most_of(snapshot: Snapshot, one: Compared, lang: str) -> str:
    top = max(one.rows, key=lambda row: row.count, default=None)
    if top is None or not top.count:
        return "–"
    name = snapshot.taxonomy.offence[top.code].name(lang)
    return f"{name} {count_text(one.summary, count_value(top.count), lang)}"


def _sector(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing, found: Compared
) -> Page:
    sector = filters.sectors[0]
    name = sector_title(snapshot, sector, lang)
    drawn = incident_map(snapshot, filters, lang, printing, (106.0, 76.0))
    counted = counted_words(filters, lang)
    notes = provisional_note(snapshot, found.period[0], lang) + compared_notes(
        snapshot, found, lang
    )
    blocks: list[Block] = [
        Lead(_lead(snapshot, found, lang)),
        *state_line(snapshot, filters, lang),
        Beside(
            drawn.blocks,
            (_facts(found, lang), *_weeks(snapshot, filters, lang, (74.0, 40.0))),
            (106, 74),
        ),
        Heading(text(lang, "By type")),
        type_table(snapshot, found, lang, small=True),
        *_hours(found, lang),
        Notes((*notes, *drawn.notes)),
    ]
    return Page(
        title=f"{name}, {week_title(*found.period, lang)}",
        place=" · ".join([snapshot.district.name, *sector_place(snapshot, sector, lang)]),
        period=period_words(*found.period, lang),
        foot=(counted, left_out(found.summary, list(drawn.notes), lang)),
        blocks=tuple(blocks),
    )


def _facts(found: Compared, lang: str) -> Facts:
    summary = found.summary
    normal_ = range_words(found.all.usual, lang)
    note = text(lang, "normal {range}", range=normal_) if normal_ != "–" else ""
    items = [(text(lang, "Incidents"), count_text(summary, count_value(summary.total), lang), note)]
    if found.all.mean is not None:
        items.append((text(lang, "Mean of the four before"), number(found.all.mean, lang, 1), ""))
    return Facts(tuple(items))


def _hours(found: Compared, lang: str) -> list[Block]:
    """Return the hours of the day; incidents whose time is a span are spread over it."""
    summary = found.summary
    if not summary.rows:
        return []
    exact = percent(summary.exact / summary.rows, lang)
    words = text(lang, "Hour of the day; {share} have an exact time, the others are spread over their span. Dark: duty hours, 7–23.", share=exact)  # fmt: skip
    by_hour = summary.hours.reshape(7, 24).sum(axis=0)
    svg = hour_strip(
        list(by_hour),
        numbers=[number(v, lang, 1) if v >= 0.05 else "" for v in by_hour],
        theme=PAPER,
        size=(WIDE, 28.0),
        text=2.6,
        title=words,
        highlight=(7, 23),
    )
    return [Heading(text(lang, "When")), Picture(svg, words, words)]
