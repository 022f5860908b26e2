"""The briefing card of a sector: where, when, why here, do what, who; what is unusual; what is open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import plural, text
from ypo_dash.model.briefings import BRIEFING_LASTS, coming_shift
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import Hours
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views.desk_efforts import is_on
from ypo_dash.views.due import follow_ups
from ypo_dash.views.effort_words import type_words, when_words, where_words
from ypo_dash.views.extents import sectors_of
from ypo_dash.views.normal import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ypo_dash.model.desk import Effort, LogEntry
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.briefing_held import Held
    from ypo_dash.views.due import FollowUp

AHEAD = 7  # days: follow-ups due within a week are on the card


@dataclass(frozen=True, slots=True)
class Shift:
    """The day a shift begins on and its hours; None for all day, where no shifts are set."""

    day: date
    hours: Hours | None

    def each_hour(self) -> list[datetime]:
        """Return the beginnings of its hours on the clock on the wall, past midnight too."""
        first, last = (self.hours.start, self.hours.end) if self.hours else (0, 24)
        midnight = datetime.combine(self.day, time())
        last += 24 if last <= first else 0
        return [midnight + timedelta(hours=h) for h in range(first, last)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A running effort in words; ``now`` says whether its hours meet the shift's."""

    entry: Effort
    where: str
    when: str
    why: str
    what: str
    who: str
    types: str
    now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A sector's card for a shift; ``unusual`` are sentences of what lies beyond the normal."""

    sector: str
    shift: Shift
    tasks: tuple[Task, ...]
    unusual: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.tasks or self.unusual or self.follow_ups)


def next_shift(now: datetime, shifts: Sequence[Hours]) -> Shift:
    """Return the shift that begins next, or began within the last hour, with the day it begins on."""
    hours = coming_shift(now, shifts)
    if hours is None:
        return Shift(now.date(), None)
    begun = (now - BRIEFING_LASTS).replace(tzinfo=None)  # the clock on the wall decides
    begins = begun.replace(hour=hours.start, minute=0, second=0, microsecond=0)
    return Shift(begins.date() + timedelta(days=1 if begins < begun else 0), hours)


def card(snapshot: Snapshot, held: Held, filters: Filters, shift: Shift, lang: str) -> Card:
    """Return the card of a state's one sector; its dates are those that are looked at for what is unusual."""
    sector = filters.sectors[0]
    tasks = [
        _task(snapshot, entry, shift, lang)
        for entry in held.efforts
        if (is_on(entry, shift.day) or runs(entry, shift)) and sector in sectors_of(snapshot, entry)
    ]
    return Card(
        sector=sector,
        shift=shift,
        tasks=tuple(sorted(tasks, key=lambda t: (not t.now, t.entry.start, t.entry.key))),
        unusual=unusual(snapshot, filters, lang),
        follow_ups=open_in(held.log, sector, shift.day),
    )  # fmt: skip


def _task(snapshot: Snapshot, entry: Effort, shift: Shift, lang: str) -> Task:
    return Task(
        entry=entry,
        where=where_words(snapshot, entry, lang),
        when=when_words(entry, lang),
        why=entry.problem_words,
        what=entry.measures,
        who="; ".join(part for part in (entry.lead, entry.partners) if part),
        types=type_words(snapshot, entry, lang),
        now=runs(entry, shift),
    )


def runs(entry: Effort, shift: Shift) -> bool:
    """Whether an hour of a shift lies in an effort's hours on one of its days.

    A night of the effort belongs to the day on which it starts, as in every filter of hours.
    """
    own = Hours.parse(entry.hours) if entry.hours else None
    for at in shift.each_hour():
        early = own is not None and own.wraps and at.hour < own.end
        inside = own is None or early or own.start <= at.hour < (24 if own.wraps else own.end)
        if inside and is_on(entry, at.date() - timedelta(days=1 if early else 0)):
            return True
    return False


def unusual(snapshot: Snapshot, filters: Filters, lang: str) -> tuple[str, ...]:
    """Return what is demonstrably beyond the normal in the latest whole week of a state."""
    if is_coarse(snapshot):
        return ()
    try:
        return tuple(
            f.sentence for f in normal(snapshot, replace(filters, lang=lang), lang).findings
        )
    except FilterError:  # no whole week, or too little history
        return ()


def open_in(log: Iterable[LogEntry], sector: str, day: date) -> tuple[FollowUp, ...]:
    """Return a sector's open follow-ups that are due within a week, what is overdue longest first."""
    own = [entry for entry in log if entry.sector == sector]
    return tuple(f for f in follow_ups(own, day) if f.day <= day + timedelta(days=AHEAD))


def summary_words(found: Card, lang: str) -> str:
    """Return how many efforts run and how many follow-ups are due, in a sentence."""
    efforts = plural(lang, "{n} effort runs", "{n} efforts run", len(found.tasks))
    open_ = plural(lang, "{n} follow-up is due within {days} days", "{n} follow-ups are due within {days} days", len(found.follow_ups), days=AHEAD)  # fmt: skip
    said = text(lang, "nothing beyond the normal")
    if found.unusual:
        said = plural(lang, "{n} finding outside the normal", "{n} findings outside the normal", len(found.unusual))  # fmt: skip
    return f"{efforts}; {said}; {open_}."


def cut(words: str, longest: int) -> str:
    """Return words in one line, cut at a word where they are too long."""
    line = " ".join(words.split())
    if len(line) <= longest:
        return line
    return f"{line[:longest].rsplit(' ', 1)[0].rstrip(',.;:')} …"
