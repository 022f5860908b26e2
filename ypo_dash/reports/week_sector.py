"""A sector's page of the weekly overview, and what the district's page shares with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.figures.bands import week_band
from ypo_dash.figures.strips import hour_strip
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_date, number, percent, text
from ypo_dash.reports.blocks import (
    WIDE,
    compared_notes,
    incident_map,
    provisional_note,
    range_words,
    type_table,
)
from ypo_dash.reports.document import (
    Beside,
    Block,
    Facts,
    Heading,
    Lead,
    Notes,
    Page,
    Picture,
)
from ypo_dash.reports.opening import lead, state_line
from ypo_dash.reports.printing import (
    counted_words,
    left_out,
    period_words,
    sector_place,
    sector_title,
)
from ypo_dash.views.compared import Compared
from ypo_dash.views.duty import duty_of, hours_text, outside_words
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual_days import recent
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot

TEXT = 2.9  # mm


def week_title(first: date, last: date, lang: str) -> str:
    """Return "Weekly crime overview, week 47: Monday 19/11 – Sunday 25/11/2012"."""
    words = period_words(first, last, lang)
    if first.isoweekday() == 1 and (last - first).days == 6:
        words = f"{text(lang, 'week {n}', n=first.isocalendar().week)}: {words}"
    return words


def weeks_chart(
    snapshot: Snapshot, filters: Filters, lang: str, size: tuple[float, float]
) -> list[Block]:
    """Return the last weeks against their normal range; nothing where the period has none."""
    found = recent(snapshot, filters)
    if found is None:
        return []
    said = "The last {n} weeks; the band is the normal range, triangles lie outside it."
    if not filters.types:
        said = "All types in the last {n} weeks; the band is the normal range, triangles lie outside it."  # fmt: skip
    words = text(lang, said, n=len(found.starts))
    svg = week_band(
        [format_date(day, lang, year=False) for day in found.starts],
        list(found.counts),
        list(found.low),
        list(found.high),
        theme=PAPER,
        size=size,
        text=TEXT,
        title=words,
    )
    return [Picture(svg, words, words)]


def sector_page(
    snapshot: Snapshot, filters: Filters, lang: str, printing: Printing, found: Compared
) -> Page:
    """Return the page of the state's one sector."""
    sector = filters.sectors[0]
    name = sector_title(snapshot, sector, lang)
    drawn = incident_map(snapshot, filters, lang, printing, (106.0, 76.0))
    counted = counted_words(filters, lang)
    notes = provisional_note(snapshot, found.period[0], lang) + compared_notes(
        snapshot, found, lang
    )
    blocks: list[Block] = [
        Lead(lead(snapshot, found, lang)),
        *state_line(snapshot, filters, lang),
        Beside(
            drawn.blocks,
            (_facts(found, lang), *weeks_chart(snapshot, filters, lang, (74.0, 40.0))),
            (106, 74),
        ),
        Heading(text(lang, "By type")),
        type_table(snapshot, found, lang, small=True),
        *_hours(snapshot, found, lang),
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


def _hours(snapshot: Snapshot, found: Compared, lang: str) -> list[Block]:
    """Return the hours of the day; incidents whose time is a span are spread over it."""
    summary = found.summary
    if not summary.rows:
        return []
    duty = duty_of(snapshot, summary)
    exact = percent(summary.exact / summary.rows, lang)
    words = text(lang, "Hour of the day; {share} have an exact time, the others are spread over their span. Dark: duty hours, {hours}{outside}.", share=exact, hours=hours_text(duty.hours), outside=outside_words(duty, lang))  # fmt: skip
    by_hour = summary.hours.reshape(7, 24).sum(axis=0)
    svg = hour_strip(
        list(by_hour),
        numbers=[number(v, lang, 1) if v >= 0.05 else "" for v in by_hour],
        theme=PAPER,
        size=(WIDE, 28.0),
        text=2.6,
        title=words,
        highlight=(duty.hours.start, duty.hours.end),
    )
    return [Heading(text(lang, "When")), Picture(svg, words, words)]
