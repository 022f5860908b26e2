"""One sector's two weeks: where, what, when, which scenes, and what was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_date, join_words, plural, text
from ypo_dash.model.errors import FilterError
from ypo_dash.reports.blocks import (
    WIDE,
    compared_notes,
    incident_list,
    incident_map,
    type_table,
    verdict_words,
    week_note,
)
from ypo_dash.reports.document import Block, Heading, Lead, Notes, Page
from ypo_dash.reports.opening import state_line
from ypo_dash.reports.printing import (
    build,
    counted_words,
    left_out,
    period_words,
    place_of,
    sector_title,
)
from ypo_dash.reports.sector_blocks import agreements, day_table, heat_table, scene_table
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views.by_day import weeks_by_day
from ypo_dash.views.compared import compared
from ypo_dash.views.explore import finding
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual_days import FEWER, HISTORY, MORE
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.by_day import Week

_MAP_MM, _EMPTY_MM = 94.0, 80.0
_DAYS = 14
_MOST_LISTED = 240  # three sheets
_FEW_WEEKS = 3  # so many are said one by one


def with_fortnight(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with its dates: two whole ISO weeks, unless it names both ends.

    Raises
    ------
    FilterError
        The state is not of one sector, its one date does not bound two weeks, or the data hold no
        two whole weeks.
    """
    if len(filters.sectors) != 1 or filters.place_sectors(snapshot) != filters.sectors:
        known = next(iter(snapshot.sector_names), "")
        raise FilterError("sectors", "this print is of one sector; name one, such as sectors={sector}", sector=known)  # fmt: skip
    if filters.date_from and filters.date_to:
        return filters
    first = _monday(snapshot, filters)
    return replace(filters, date_from=first, date_to=first + timedelta(days=_DAYS - 1))


def _monday(snapshot: Snapshot, filters: Filters) -> date:
    if filters.date_from:
        if filters.date_from.weekday():
            before = filters.date_from - timedelta(days=filters.date_from.weekday())
            raise FilterError("from", "{value} is no Monday; two weeks begin on one, such as {monday}, or give 'to' as well", value=filters.date_from, monday=before)  # fmt: skip
        return filters.date_from
    if filters.date_to:
        if filters.date_to.isoweekday() != 7:
            before = filters.date_to - timedelta(days=filters.date_to.isoweekday())
            raise FilterError("to", "{value} is no Sunday; two weeks end on one, such as {sunday}, or give 'from' as well", value=filters.date_to, sunday=before)  # fmt: skip
        return filters.date_to - timedelta(days=_DAYS - 1)
    if snapshot.span is None:
        raise FilterError("from", "there are no data yet")
    sunday = snapshot.span[1] - timedelta(days=snapshot.span[1].isoweekday() % 7)
    first = sunday - timedelta(days=_DAYS - 1)
    if first < snapshot.span[0]:
        raise FilterError("from", "the data hold no two whole weeks yet; give from and to")
    return first


def fortnight(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return the two weeks of a state's one sector.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    found = compared(snapshot, filters)
    summary = found.summary
    weeks = weeks_by_day(snapshot, filters)
    period = period_words(*found.period, lang)
    sector = filters.sectors[0]
    named = sector_title(snapshot, sector, lang)
    title = f"{named}, {period}"
    high = _MAP_MM if summary.rows else _EMPTY_MM
    drawn = incident_map(snapshot, filters, lang, printing, (WIDE, high))
    list_blocks, list_notes = incident_list(snapshot, filters, lang, printing, _MOST_LISTED)
    notes = [
        *compared_notes(snapshot, found, lang),
        *_week_notes(weeks, lang),
        *drawn.notes,
        *list_notes,
    ]
    blocks: list[Block] = [
        Lead(_lead(snapshot, summary, weeks, lang)),
        *state_line(snapshot, filters, lang),
        *drawn.blocks,
        Heading(text(lang, "By type")),
        type_table(snapshot, found, lang),
        *_days(snapshot, summary, weeks, lang),
        Notes(tuple(notes)),
    ]
    if summary.rows:
        blocks += [
            Heading(text(lang, "By weekday and hour")),
            heat_table(snapshot, filters, summary, lang),
            Heading(text(lang, "By scene")),
            scene_table(snapshot, summary, lang),
        ]
    if list_blocks:
        blocks += [Heading(text(lang, "Incidents")), *list_blocks]
    blocks += agreements(sector, printing, lang)
    page = Page(
        title=title,
        place=place_of(snapshot, filters, lang),
        period=period,
        foot=(counted_words(filters, lang), left_out(summary, list_notes, lang)),
        blocks=tuple(blocks),
    )
    return build(snapshot, title, [page], (lang, filters.tier), printing)


def _days(snapshot: Snapshot, summary: Summary, weeks: tuple[Week, ...], lang: str) -> list[Block]:
    """Return the counts by day; none where the first of a month stands for all of it."""
    if is_coarse(snapshot):
        return []
    return [Heading(text(lang, "By day")), day_table(summary, weeks, lang)]


def _lead(snapshot: Snapshot, summary: Summary, weeks: tuple[Week, ...], lang: str) -> str:
    known = [week for week in weeks if week.usual is not None]
    said = [finding(summary, snapshot, lang)]
    if len(known) <= _FEW_WEEKS:
        said += [_week_sentence(week, summary, lang) for week in known]
    else:
        said += _week_counts(known, lang)
    return " ".join(said)


def _week_sentence(week: Week, summary: Summary, lang: str) -> str:
    usual = week.usual
    assert usual is not None  # noqa: S101 - the caller takes those that have one
    start, n = format_date(week.start, lang, year=False), count_text(summary, count_value(week.count), lang)  # fmt: skip
    verdict = verdict_words(usual, lang, week.count)
    if usual.verdict == HISTORY or usual.low is None or usual.high is None:
        return text(lang, "Week of {date}: {n}, {verdict}.", date=start, n=n, verdict=verdict)
    return text(
        lang,
        "Week of {date}: {n}, normal range {low}–{high}: {verdict}.",
        date=start,
        n=n,
        low=count_text(summary, usual.low, lang),
        high=count_text(summary, usual.high, lang),
        verdict=verdict,
    )


def _week_counts(known: list[Week], lang: str) -> list[str]:
    out = [week for week in known if week.usual and week.usual.verdict in (MORE, FEWER)]
    if not out:
        return [plural(lang, "{n} whole week, not out of the normal.", "{n} whole weeks, none of them out of the normal.", len(known))]  # fmt: skip
    named = [f"{format_date(w.start, lang, year=False)} ({verdict_words(w.usual, lang)})" for w in out]  # fmt: skip
    return [text(lang, "Of {n} whole weeks these stand out: {weeks}.", n=len(known), weeks=join_words(named, lang))]  # fmt: skip


def _week_notes(weeks: tuple[Week, ...], lang: str) -> list[str]:
    notes = []
    if any(week.usual for week in weeks):
        notes.append(week_note(lang))
    if any(week.provisional for week in weeks):
        notes.append(text(lang, "* Provisional: reports of this week are still to come."))
    return notes
