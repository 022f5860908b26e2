"""What a wall slide is: one finding as a sentence, a picture of it, at most three numbers, its footer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_date, percent, text, weekday_names
from ypo_dash.people.plans import NOTHING_EDITED, Edited
from ypo_dash.store.query import summarise
from ypo_dash.views.briefing_held import NOTHING_HELD, Held

if TYPE_CHECKING:
    from ypo_dash.figures.theme import Theme
    from ypo_dash.model.briefings import Clock
    from ypo_dash.model.filters import Filters
    from ypo_dash.model.rotation import Rotation
    from ypo_dash.people.walls import Notice
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.facts import Fact

MOST_WORDS = 12
RECENT_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """All that a slide is made of beside its own kind and place; ``notices`` are those that hold now.

    ``held`` is what the sectors' desks hold for briefing cards.
    """

    snapshot: Snapshot
    clock: Clock
    rotation: Rotation
    lang: str
    theme: Theme
    edited: Edited = NOTHING_EDITED
    notices: tuple[Notice, ...] = ()
    held: Held = NOTHING_HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What a slide's numbers are of: the period with weekdays, the filters, the state as a query."""

    period: str = ""
    caption: str = ""
    query: str = ""


NO_FOOTER = Footer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One slide.

    ``place`` stands above the sentence, ``lines`` beside the picture, ``rows`` are a table of name
    and number; ``what`` is its name in the record of who saw what.
    """

    key: str
    place: str
    sentence: str
    picture: str = ""
    numbers: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    footer: Footer = NO_FOOTER
    what: str = "wall slide"


def dated_query(filters: Filters, snapshot: Snapshot) -> str:
    """Return a state with its period written out, so that it means the same tomorrow."""
    first, last = filters.period(snapshot.span)
    return replace(filters, date_from=first, date_to=last, lang=None).to_query()


def period_words(first: date, last: date, lang: str) -> str:
    """Return ``Fri 23/11–Sun 25/11/2012``, with the first year where it differs."""
    names = weekday_names(lang, "abbreviated")
    end = f"{_short(names, last)} {format_date(last, lang)}"
    if first == last:
        return end
    return f"{_short(names, first)} {format_date(first, lang, year=first.year != last.year)}–{end}"


def day_words(day: date, lang: str) -> str:
    """Return ``Sunday 25/11``."""
    return f"{weekday_names(lang)[day.weekday()]} {format_date(day, lang, year=False)}"


def hours_words(start: int, end: int) -> str:
    """Return ``22–07``."""
    return f"{start:02d}–{end:02d}"


def footer(wall: Wall, filters: Filters) -> Footer:
    """Return the footer of a state."""
    described = filters.describe(wall.snapshot, wall.lang)
    return Footer(
        period=period_words(*filters.period(wall.snapshot.span), wall.lang),
        # The period ends it, and is said with weekdays.
        caption=described.rpartition(", ")[0] + exact_words(wall, filters),
        query=dated_query(filters, wall.snapshot),
    )


def exact_words(wall: Wall, filters: Filters) -> str:
    """Return the share with an exact time, which belongs beside counts with decimals; else nothing."""
    summary = summarise(wall.snapshot, filters)
    if not summary.masked or not summary.rows:
        return ""
    share = percent(summary.exact / summary.rows, wall.lang)
    return ", " + text(wall.lang, "{share} with an exact time", share=share)


def _short(names: tuple[str, ...], day: date) -> str:
    return names[day.weekday()].rstrip(".")
