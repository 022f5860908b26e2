"""Slides of hours: nights and weekend, and what the coming shift usually meets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import number, percent, text
from ypo_dash.model.briefings import coming_shift
from ypo_dash.model.filters import Filters
from ypo_dash.model.hours import Hours
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.query import summarise
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.compared import compared
from ypo_dash.views.duty import duty_of
from ypo_dash.views.duty import hours_text as duty_hours_text
from ypo_dash.views.facts import Fact
from ypo_dash.views.slide import RECENT_DAYS, Slide, footer, hours_words
from ypo_dash.views.slide_spans import recent
from ypo_dash.views.slide_words import (
    beyond,
    count_fact,
    count_sentence,
    facts,
    mean_fact,
    most_words,
    type_sentence,
)

if TYPE_CHECKING:
    from ypo_dash.store.query import Summary
    from ypo_dash.views.slide import Wall

NIGHT = Hours(22, 6)
_MOST_LINES = 3


def nights(wall: Wall) -> Slide:
    """Return the last whole Friday and Saturday night, beside the week's rhythm."""
    lang = wall.lang
    if is_coarse(wall.snapshot):
        return _no_hours(wall, "nights", text(lang, "Friday and Saturday night, 22–06"))
    friday = _last_friday(wall)
    filters = Filters(date_from=friday, date_to=friday + timedelta(days=1), hours=NIGHT)
    found = compared(wall.snapshot, filters)
    first, last = recent(wall)
    rhythm = summarise(wall.snapshot, Filters(date_from=first, date_to=last))
    lines = [type_sentence(wall, found, row) for row in beyond(found)[:_MOST_LINES]]
    lines = lines or [most_words(wall, found.summary)]
    return Slide(
        key="nights",
        place=text(lang, "Friday and Saturday night, 22–06"),
        sentence=count_sentence(found, text(lang, "on the two nights"), lang),
        picture=pictures.week_heat(wall, rhythm.hours, NIGHT),
        numbers=facts(count_fact(found, lang), mean_fact(found, lang)),
        lines=tuple(
            line
            for line in (
                *lines,
                _picture_line(wall, rhythm),
            )
            if line
        ),
        footer=footer(wall, filters),
    )


def _last_friday(wall: Wall) -> date:
    """Return the Friday of the last weekend whose Saturday night ends within the data, on Sunday."""
    span = wall.snapshot.span
    assert span is not None  # noqa: S101 - without data no slide is made
    sunday = span[1] - timedelta(days=(span[1].weekday() + 1) % 7)
    return sunday - timedelta(days=2)


def shift(wall: Wall) -> Slide | None:
    """Return what the coming shift's hours usually hold, from the last four weeks; None without shifts."""
    lang, hours = wall.lang, coming_shift(wall.clock.now, wall.rotation.shifts)
    if hours is None:
        return None
    if is_coarse(wall.snapshot):
        return _no_hours(wall, "shift", text(lang, "The coming shift"))
    first, last = recent(wall)
    filters = Filters(date_from=first, date_to=last, hours=hours)
    summary = summarise(wall.snapshot, filters)
    rhythm = summarise(wall.snapshot, Filters(date_from=first, date_to=last))
    mean = number(summary.total / RECENT_DAYS, lang, 1)
    span = hours_words(hours.start, hours.end)
    by_hour = rhythm.hours.reshape(7, 24).sum(axis=0)
    busiest = max(_hours_of(hours), key=lambda hour: by_hour[hour])
    return Slide(
        key="shift",
        place=text(lang, "The coming shift"),
        sentence=text(lang, "Shift {span} has {n} incidents on average.", span=span, n=mean),
        picture=pictures.day_strip(wall, by_hour / RECENT_DAYS, hours),
        numbers=facts(
            Fact(text(lang, "Mean per shift"), mean, text(lang, "in four weeks")),
            Fact(text(lang, "Most at"), hours_words(busiest, busiest + 1)),
            _outside_fact(wall, rhythm),
        ),
        lines=tuple(line for line in (most_words(wall, summary, RECENT_DAYS),) if line),
        footer=footer(wall, filters),
    )


def _picture_line(wall: Wall, rhythm: Summary) -> str:
    """Return what the picture of four weeks shows, and the share outside duty hours."""
    found = duty_of(wall.snapshot, rhythm)
    if found.share is None:
        return text(wall.lang, "The picture: all hours of four weeks, stronger is more.")
    share, hours = percent(found.share, wall.lang), duty_hours_text(found.hours)
    return text(wall.lang, "Four weeks by hour. Line below: duty {hours}, {share} outside.", share=share, hours=hours)  # fmt: skip


def _outside_fact(wall: Wall, rhythm: Summary) -> Fact | None:
    """Return the share of four weeks outside duty hours, which the line below the hours marks."""
    found = duty_of(wall.snapshot, rhythm)
    if found.share is None:
        return None
    label = text(wall.lang, "Outside duty {hours}", hours=duty_hours_text(found.hours))
    return Fact(label, percent(found.share, wall.lang), text(wall.lang, "line below"))


def _hours_of(hours: Hours) -> list[int]:
    length = (hours.end - hours.start) % 24 or 24
    return [int(hour) % 24 for hour in np.arange(hours.start, hours.start + length)]


def _no_hours(wall: Wall, key: str, place: str) -> Slide:
    """Return what is said where a source tells the month alone."""
    return Slide(
        key=key,
        place=place,
        sentence=text(wall.lang, "Incidents here are dated by the month: no hours."),
    )
