"""The first part of a sector's desk: who answers, what is due, and the sector's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import g

from ypo_dash.i18n import format_period, text
from ypo_dash.model.desk import Contact, Effort, Listing
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.quarter import Quarter
from ypo_dash.people import desk as entries
from ypo_dash.reports.blocks import compared_notes, provisional_note, type_table
from ypo_dash.reports.kinds import latest
from ypo_dash.reports.opening import lead
from ypo_dash.store.designated import estates_of
from ypo_dash.views.compared import compared
from ypo_dash.views.contacts import holding
from ypo_dash.views.due import AHEAD, due_in, due_words
from ypo_dash.views.extents import sectors_of
from ypo_dash.views.normal import normal
from ypo_dash.views.panel import figures_of
from ypo_dash.views.threat_lists import lists_of
from ypo_dash.views.threat_words import list_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ypo_dash.pages.sector import Desk
    from ypo_dash.reports.document import TableBlock
    from ypo_dash.views.due import Due
    from ypo_dash.views.facts import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The latest whole week: its numbers by type, as the weekly print has them."""

    title: str
    lead: str
    unusual: tuple[str, ...]
    table: TableBlock
    notes: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do: ``when`` in words, whether its day is past, of which kind, and what."""

    when: str
    late: bool
    kind: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A designated residential area in the sector: its inhabitants, and the lists it is or was on."""

    name: str
    population: float | None
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the part shows; ``tasks`` is None for those who do not read the log."""

    contacts: tuple[Contact, ...]
    areas: tuple[Area, ...]
    tasks: tuple[Task, ...] | None
    efforts: tuple[Effort, ...]
    week: Week | None
    sections: tuple[Section, ...]
    period: str


def overview(desk: Desk) -> Overview:
    """Return what the overview shows."""
    snapshot, sector = desk.snapshot, desk.sector.id
    filters = Filters(sectors=(sector,))
    sections: tuple[Section, ...] = ()
    period = ""
    if snapshot.span is not None:
        sections = figures_of(snapshot, filters, desk.lang, desk.edited)
        period = format_period(*filters.period(snapshot.span), lang=desk.lang)
    tasks = None
    if desk.may_log:
        due = due_in(snapshot, g.access, sector, desk.day, personal=desk.may_write)
        tasks = tuple(_tasks(due, desk.lang))
    return Overview(
        contacts=tuple(holding(entries.entries(g.access, Contact, sector), desk.day)),
        tasks=tasks,
        areas=tuple(_areas(desk)),
        efforts=tuple(
            e
            for e in running(entries.entries(g.access, Effort), desk.day)
            if sector in sectors_of(snapshot, e)
        ),
        week=_week(desk, filters),
        sections=sections,
        period=period,
    )


def _areas(desk: Desk) -> list[Area]:
    """Return the sector's designated areas as the lists have them on the desk's day."""
    listings = entries.entries(g.access, Listing)
    quarter = Quarter.of(desk.day)
    return [
        Area(
            name=estate.name,
            population=estate.population,
            lists=tuple(list_words(one, desk.lang) for one in lists_of(estate, listings, quarter, desk.day)),
        )
        for estate in estates_of(desk.snapshot)
        if desk.sector.id in estate.sectors
    ]  # fmt: skip


def _tasks(due: Due, lang: str) -> list[Task]:
    """Return all that is open, soonest first."""
    kinds = [text(lang, name) for name in ("Follow-up", "Visit", "Review of an effort")]
    found: list[tuple[date, int, str, str]] = [
        *((one.day, one.overdue, kinds[0], one.entry.words) for one in due.follow_ups),
        *((one.next or date.min, one.overdue, kinds[1], one.partner.name) for one in due.visits),
        *((one.day, one.overdue, kinds[2], one.effort.title) for one in due.reviews),
    ]
    never = text(lang, "not yet visited")
    return [
        Task(
            when=due_words(day, due.day, lang) if day > date.min else never,
            late=overdue > 0,
            kind=kind,
            words=words,
        )
        for day, overdue, kind, words in sorted(found, key=lambda one: one[0])
    ]


def _week(desk: Desk, filters: Filters) -> Week | None:
    snapshot, lang = desk.snapshot, desk.lang
    if snapshot.span is None:
        return None
    try:
        dated = latest(snapshot, "week", filters)
        found = compared(snapshot, dated)
        flagged = normal(snapshot, dated, lang).findings
    except FilterError:  # no whole week in the data
        return None
    return Week(
        title=text(lang, "Week {n}, {period}", n=found.period[0].isocalendar().week, period=format_period(*found.period, lang=lang)),
        lead=lead(snapshot, found, lang),
        unusual=tuple(one.sentence for one in flagged),
        table=type_table(snapshot, found, lang, small=True),
        notes=tuple(provisional_note(snapshot, found.period[0], lang) + compared_notes(snapshot, found, lang)),
        query=dated.to_query(),
    )  # fmt: skip


def running(efforts: Iterable[Effort], day: date) -> tuple[Effort, ...]:
    """Return the efforts that are under way on a day, or begin within two weeks of it."""
    on = day.isoformat()
    found = [
        e for e in efforts if e.end >= on and (date.fromisoformat(e.start) - day).days <= AHEAD
    ]
    return tuple(sorted(found, key=lambda e: (e.start, e.key)))
