"""The weekly crime overview: a page for the district and one for each sector."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.reports.blocks import (
    compared_notes,
    legend,
    range_words,
    type_table,
    verdict_words,
)
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
from ypo_dash.reports.opening import lead, state_line
from ypo_dash.reports.printing import (
    build,
    counted_words,
    left_out,
    period_words,
    place_of,
    short_period,
)
from ypo_dash.reports.week_sector import TEXT, sector_page, week_title, weeks_chart
from ypo_dash.views import map_layers
from ypo_dash.views.compared import Compared, compared
from ypo_dash.views.normal import normal
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual_days import FEWER, MORE
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot

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
    pages += [sector_page(snapshot, states[key], lang, printing, each[key]) for key in sectors]
    return build(snapshot, pages[0].title, pages, (lang, filters.tier), printing)


def _district(snapshot: Snapshot, filters: Filters, lang: str, each: dict[str, Compared]) -> Page:
    found = compared(snapshot, filters)
    title = f"{text(lang, 'Weekly crime overview')}, {week_title(*found.period, lang)}"
    blocks: list[Block] = [
        Lead(lead(snapshot, found, lang)),
        *state_line(snapshot, filters, lang),
        Beside(
            tuple(_sector_map(snapshot, filters, lang)),
            (
                *_findings(snapshot, filters, lang),
                *weeks_chart(snapshot, filters, lang, (68.0, 32.0)),
            ),
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


def _sector_map(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    counts = map_layers.sector_counts(snapshot, filters)
    inside = filters.place_sectors(snapshot)
    levels, limits = map_layers.levels_of(counts, whole=filters.mask is None)
    drawn = district_map(
        map_layers.regions(snapshot, levels, inside=inside),
        ground=map_layers.ground(snapshot),
        theme=PAPER,
        size=(116.0, 64.0),
        text=TEXT,
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
