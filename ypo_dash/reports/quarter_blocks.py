"""The quarter's crime on paper: by type against the quarters before, for all and by local station."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_quarter, text
from ypo_dash.model.quarter import Quarter
from ypo_dash.reports.document import Beside, Block, Column, Heading, TableBlock
from ypo_dash.views.absent import absent_types, absent_words
from ypo_dash.views.quarters import quarter_counts
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.quarters import QuarterCounts, QuarterRow


def quarter_name(period: tuple[date, date], lang: str) -> str:
    """Return "3rd quarter 2012", or the first and last of several."""
    first, last = (format_quarter(day, lang) for day in period)
    return first if first == last else text(lang, "{first} to {last}", first=first, last=last)


def short_name(period: tuple[date, date] | None, lang: str) -> str:
    """Return ``Q3 2012`` for the head of a column."""
    if period is None:
        return "–"
    first, last = (Quarter.of(day) for day in period)
    names = [text(lang, "Q{n} {year}", n=one.n, year=one.year) for one in (first, last)]
    return names[0] if first == last else f"{names[0]}–{names[1]}"


def crime_blocks(
    snapshot: Snapshot, found: QuarterCounts, filters: Filters, lang: str
) -> list[Block]:
    """Return a table of all, then one of each local station, two side by side."""
    absent = absent_types(snapshot, filters)
    parts: list[tuple[Block, ...]] = [_part(text(lang, "All"), snapshot, found, absent, lang)]
    for station in _stations(snapshot, filters):
        name = text(lang, "Local station {name}", name=snapshot.station_names[station][lang])
        of = quarter_counts(snapshot, replace(filters, station=station))
        parts.append(_part(name, snapshot, of, absent, lang))
    if len(parts) == 1:
        return list(parts[0])
    return [Beside(*pair) for pair in _pairs(parts)]


def _stations(snapshot: Snapshot, filters: Filters) -> list[str]:
    """Return the local stations that a state's place has sectors of, if several."""
    chosen = filters.place_sectors(snapshot)
    found = [
        station
        for station, sectors in snapshot.station_sectors.items()
        if chosen is None or set(sectors) & set(chosen)
    ]
    return found if len(found) > 1 and filters.station is None else []


def _pairs(
    parts: list[tuple[Block, ...]],
) -> list[tuple[tuple[Block, ...], tuple[Block, ...]]]:
    padded = [*parts, ()] if len(parts) % 2 else parts
    return list(zip(padded[::2], padded[1::2], strict=True))


def _part(
    name: str, snapshot: Snapshot, found: QuarterCounts, absent: frozenset[str], lang: str
) -> tuple[Block, ...]:
    head = (
        Column(""),
        Column(text(lang, "Type"), share=1),
        Column(short_name(found.period, lang), "right"),
        Column(short_name(found.previous, lang), "right"),
        Column(short_name(found.year, lang), "right"),
    )
    shown = [row for row in found.rows if row.code not in absent]
    rows = [_row(snapshot, found, row, lang) for row in (*shown, found.all)]
    return (Heading(name), TableBlock(columns=head, rows=tuple(rows), strong=(len(rows) - 1,)))


def _row(snapshot: Snapshot, found: QuarterCounts, row: QuarterRow, lang: str) -> tuple[str, ...]:
    offence = snapshot.taxonomy.offence.get(row.code)
    counts = (
        "–" if n is None else count_text(found.summary, count_value(n), lang)
        for n in (row.count, row.previous, row.year)
    )
    return (
        offence.letter if offence else "",
        offence.name(lang) if offence else text(lang, "All"),
        *counts,
    )


def crime_notes(snapshot: Snapshot, found: QuarterCounts, filters: Filters, lang: str) -> list[str]:
    """Return what the columns are, and what no station has."""
    notes = absent_words(snapshot, absent_types(snapshot, filters), lang)
    notes += [text(lang, "For comparison: as many quarters before, and the same of the year before; quarters have 90 to 92 days. A dash where the data do not cover one whole.")]  # fmt: skip
    if not filters.has_place and _stations(snapshot, filters):
        summary = found.summary
        lost = count_text(summary, count_value(summary.no_coordinates + summary.outside), lang)
        notes.append(text(lang, "All counts also what is not on the map, {n} in the period, and so in no local station.", n=lost))  # fmt: skip
    return notes
