"""Briefings, shifts and the wall's clock: which dates and hours "since the last briefing" are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.hours import Hours

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

BRIEFING_LASTS = timedelta(hours=1)
FRESH_DAYS = 3
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Window:
    """Dates, both included, and hours if it is less than a day; see `window`.

    ``start`` and ``end`` are the moments that it covers, in the district's zone.
    """

    first: date
    last: date
    hours: Hours | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """What time the wall goes by.

    ``is_live`` is False where the data ended days ago: then it is the first briefing after them.
    """

    now: datetime
    is_live: bool


def parse_time(text: str) -> time | None:
    """Read ``06:45``; None for what is none."""
    match = _TIME.fullmatch(text.strip())
    return time(int(match[1]), int(match[2])) if match else None


def clock_of(
    now: datetime, zone: ZoneInfo, last_day: date | None, briefings: Sequence[time]
) -> Clock:
    """Return the clock of a wall whose data end on ``last_day``, at the moment ``now``."""
    local = now.astimezone(zone)
    if last_day is None or (local.date() - last_day).days <= FRESH_DAYS:
        return Clock(local, True)
    return Clock(_at(last_day + timedelta(days=1), min(briefings), zone), False)


def since_briefing(now: datetime, briefings: Sequence[time]) -> Window:
    """Return the window from the last briefing until ``now``.

    In the hour after a briefing began it is still the one that this briefing is about: from the
    one before until it.
    """
    zone = now.tzinfo
    begun = [
        moment
        for back in range(3)
        for at in briefings
        if _utc(moment := _at(now.date() - timedelta(days=back), at, zone)) <= _utc(now)
    ]
    latest, before = sorted(begun, key=_utc)[-2:][::-1]
    if _utc(now) - _utc(latest) < BRIEFING_LASTS:
        return window(before, latest)
    return window(latest, now)


def window(start: datetime, end: datetime) -> Window:
    """Return the dates and whole hours that hold everything from ``start`` to ``end``.

    Less than a day that one night-aware day can name (a night belongs to the day it starts on) is
    that day with hours, the first rounded down and the last up; anything else is whole dates. Hours
    are those of the clock on the wall, whatever happens to it in between.
    """
    low = start.hour
    high = end.hour + (1 if end.minute or end.second or end.microsecond else 0)
    same, next_day = end.date() == start.date(), end.date() == start.date() + timedelta(days=1)
    if same and low < high:
        whole = (low, high) == (0, 24)
        hours = None if whole else Hours(low, high)
        return Window(start.date(), start.date(), hours, start, end)
    if next_day and high == 0:  # until midnight
        hours = None if low == 0 else Hours(low, 24)
        return Window(start.date(), start.date(), hours, start, end)
    if next_day and high < low:
        return Window(start.date(), start.date(), Hours(low, high), start, end)
    return Window(start.date(), end.date(), None, start, end)


def coming_shift(now: datetime, shifts: Sequence[Hours]) -> Hours | None:
    """Return the shift that begins next, or began within the last hour; None without shifts."""
    if not shifts:
        return None

    def wait(shift: Hours) -> int:
        minutes = shift.start * 60 - (now.hour * 60 + now.minute)
        return (minutes + 60) % (24 * 60)

    return min(shifts, key=wait)


def _at(day: date, at: time, zone: object) -> datetime:
    """Return a local moment; one that exists twice is the first, as in the register."""
    return datetime.combine(day, at, tzinfo=zone)  # type: ignore[arg-type]


def _utc(moment: datetime) -> datetime:
    """Return the moment on a clock that never jumps; local ones compare by what the wall shows."""
    return moment.astimezone(UTC)
