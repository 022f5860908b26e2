"""The weekend's crime overview: the district (or what a state leaves of it) in a few days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier
from ypo_dash.reports.blocks import (
    WIDE,
    compared_notes,
    incident_list,
    incident_map,
    provisional_note,
    sector_table,
    type_table,
)
from ypo_dash.reports.document import Block, Facts, Heading, Lead, Notes, Page, Text
from ypo_dash.reports.opening import lead
from ypo_dash.reports.printing import (
    build,
    counted_words,
    left_out,
    period_words,
    place_of,
    short_period,
    state_words,
)
from ypo_dash.views.compared import compared
from ypo_dash.views.pins import MOST_PINS
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.compared import Compared

_MAP_MM = 130.0
_LEGEND_MM = 14.0  # the first sheet has room for the numbers and what they mean
_WEEK = 7


def with_weekend(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with the latest weekend (Friday to Sunday) of the data where it names no date.

    One date alone has Explore's other one, in every tier.

    Raises
    ------
    FilterError
        The data hold no whole weekend, or end before a ``from`` that stands alone.
    """
    if filters.date_from or filters.date_to:
        first, last = replace(filters, tier=Tier.INTERNAL.value).period(snapshot.span)
        return replace(filters, date_from=first, date_to=last)
    if snapshot.span is None:
        raise FilterError("from", "there are no data yet")
    sunday = snapshot.span[1] - timedelta(days=snapshot.span[1].isoweekday() % 7)
    friday = sunday - timedelta(days=2)
    if friday < snapshot.span[0]:
        raise FilterError("from", "the data hold no whole weekend yet; give from and to")
    return replace(filters, date_from=friday, date_to=sunday)


def weekend(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return the overview of a state's period.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    found = compared(snapshot, filters)
    period = period_words(*found.period, lang)
    title = f"{text(lang, 'Crime overview')}, {period}"
    place = place_of(snapshot, filters, lang)
    plain = filters.place_sectors(snapshot) is None and found.summary.rows <= MOST_PINS
    high = _MAP_MM if plain and printing.points else _MAP_MM - _LEGEND_MM
    drawn = incident_map(snapshot, filters, lang, printing, (WIDE, high))
    list_blocks, list_notes = incident_list(snapshot, filters, lang, printing)
    notes = [
        *provisional_note(snapshot, found.period[1], lang),
        *compared_notes(snapshot, found, lang),
    ]
    blocks: list[Block] = [
        Lead(lead(snapshot, found, lang)),
        *_state_line(snapshot, filters, lang),
        *drawn.blocks,
        _facts(found, filters, lang),
        Heading(text(lang, "By type")),
        type_table(snapshot, found, lang),
        Notes(tuple(notes)),
        Heading(text(lang, "By sector")),
        sector_table(snapshot, filters, lang),
    ]
    if list_blocks:
        blocks += [Heading(text(lang, "Incidents")), *list_blocks]
    foot = (
        counted_words(filters, lang),
        left_out(found.summary, [*drawn.notes, *list_notes], lang),
    )
    page = Page(title=title, place=place, period=period, foot=foot, blocks=tuple(blocks))
    return build(snapshot, title, [page], (lang, filters.tier), printing)


def _state_line(snapshot: Snapshot, filters: Filters, lang: str) -> list[Block]:
    words = state_words(snapshot, filters, lang)
    return [Text(words)] if words else []


def _facts(found: Compared, filters: Filters, lang: str) -> Facts:
    summary = found.summary
    lost = count_value(summary.no_coordinates + summary.outside)
    items = [(text(lang, "Incidents"), count_text(summary, count_value(summary.total), lang), "")]
    if not filters.has_place:  # of a place it is not known
        items.append((text(lang, "Not on the map"), count_text(summary, lost, lang), ""))
    if found.all.previous is not None and found.previous is not None:
        value = count_text(summary, count_value(found.all.previous), lang)
        items.append((_before_words(found, lang), value, ""))
    if found.all.mean is not None:
        items.append((text(lang, "Mean of the four before"), number(found.all.mean, lang, 1), ""))
    return Facts(tuple(items))


def _before_words(found: Compared, lang: str) -> str:
    first, last = found.period
    if (last - first).days < 7:  # the same weekdays lie a week back
        return text(lang, "Same days the week before")
    assert found.previous is not None  # noqa: S101 - the caller has asked
    return text(lang, "Before, {period}", period=short_period(*found.previous))
