"""The slide of any state, with exactly Explore's numbers, and the duty officer's notices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_date, text, weekday_names
from ypo_dash.model.filters import Filters
from ypo_dash.model.tiers import require_internal
from ypo_dash.store.query import summarise
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.facts import Fact
from ypo_dash.views.slide import Footer, Slide, footer
from ypo_dash.views.slide_words import facts, lost_fact
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text, incidents_text

if TYPE_CHECKING:
    from ypo_dash.people.walls import Notice
    from ypo_dash.views.slide import Wall


def state(wall: Wall, query: str) -> Slide:
    """Return the numbers of a state: its total, what is not on the map, its types.

    Raises
    ------
    FilterError
        The state is impossible, or not of the tier *internal*.
    """
    lang = wall.lang
    filters = Filters.from_query(query, wall.snapshot)
    require_internal(filters.tier)
    summary = summarise(wall.snapshot, filters)
    total = count_value(summary.total)
    rows = tuple(
        (offence.name(lang), count_text(summary, count_value(n), lang))
        for offence, n in zip(wall.snapshot.taxonomy.offences, summary.types, strict=True)
        if not filters.types or offence.code in filters.types
    )
    told = footer(wall, filters)
    return Slide(
        key=f"state-{told.query}",
        place=told.caption,
        sentence=text(lang, "{incidents} in the period.", incidents=incidents_text(summary, total, lang)),
        picture=pictures.count_map(wall, filters, text(lang, "Incidents by sector"), narrow=True),
        numbers=facts(
            Fact(text(lang, "Incidents"), count_text(summary, total, lang)),
            None if filters.has_place else lost_fact(summary, lang),
        ),
        rows=rows,
        footer=told,
    )  # fmt: skip


def notice(wall: Wall, told: Notice) -> Slide:
    """Return a notice as a slide of its own; its words are the duty officer's."""
    until = datetime.fromisoformat(told.until)
    names, lang = weekday_names(wall.lang), wall.lang
    ends = f"{names[until.weekday()]} {format_date(until.date(), lang)} {until:%H:%M}"
    return Slide(
        key=f"notice-{told.key}",
        place=text(lang, "Notice"),
        sentence=told.words,
        footer=Footer(caption=text(lang, "Notice until {time}", time=ends)),
        what="notice on the wall",
    )


def shown_notices(notices: tuple[Notice, ...], now: datetime) -> tuple[Notice, ...]:
    """Return the notices that hold at ``now``; their times are local, as they were written."""
    here = now.replace(tzinfo=None)
    return tuple(
        n
        for n in notices
        if datetime.fromisoformat(n.since) <= here < datetime.fromisoformat(n.until)
    )
