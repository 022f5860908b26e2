"""What is due in a sector on a day: follow-ups of its log, visits to its partners, reviews of its efforts.

Pure functions of dates: a day is a local date, so a day of 23 or 25 hours is one day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import format_date, plural, text
from ypo_dash.model.desk import Effort, LogEntry, Partner, Visit
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier
from ypo_dash.people import desk
from ypo_dash.people.documents import Only

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ypo_dash.model.filters import Filters
    from ypo_dash.model.rights import Person
    from ypo_dash.people.access import Access
    from ypo_dash.store.snapshot import Snapshot

AHEAD = 14  # days: what is due within two weeks is told with what is due


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An open follow-up of a log entry; ``day`` is when it is due, ``partner`` a name or empty."""

    entry: LogEntry
    day: date
    overdue: int
    partner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """A partner's visits as they stand on a day.

    ``next`` is the planned visit's date, else last visit (or ``since``) plus the agreed interval;
    None where neither is known, or the partnership has ended. ``never``: visits are agreed, and
    there is no day yet to count from. ``overdue`` counts days past ``next``, 0 where it is not past.
    ``made`` are visits done, newest first, ``planned`` the open one that counts, ``missed`` planned
    ones that a later visit has overtaken.
    """

    partner: Partner
    made: tuple[Visit, ...]
    planned: Visit | None
    missed: tuple[Visit, ...]
    next: date | None
    never: bool
    overdue: int

    @property
    def last(self) -> date | None:
        """The date of the last visit made."""
        return date.fromisoformat(self.made[0].date) if self.made else None

    def is_due(self, day: date, ahead: int = AHEAD) -> bool:
        """Whether a visit is due on ``day`` or within ``ahead`` days of it."""
        return self.never or (self.next is not None and self.next <= day + timedelta(days=ahead))


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An effort whose review is due and not held."""

    effort: Effort
    day: date
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is open in a sector on a day, soonest first.

    ``follow_ups`` are all open ones, also later ones; ``visits`` and ``reviews`` those due by the
    end of the days ahead. Log entries with personal data are only there where they were asked for.
    """

    sector: str
    day: date
    follow_ups: tuple[FollowUp, ...] = ()
    visits: tuple[Visits, ...] = ()
    reviews: tuple[Review, ...] = ()

    @property
    def overdue(self) -> int:
        """How many of all are past their day."""
        days = [
            *(one.overdue for one in self.follow_ups),
            *(one.overdue for one in self.visits),
            *(one.overdue for one in self.reviews),
        ]
        return sum(n > 0 for n in days)

    @property
    def count(self) -> int:
        """How many there are of all."""
        return len(self.follow_ups) + len(self.visits) + len(self.reviews)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is open."""
        return self.count == 0


def due_in(
    snapshot: Snapshot,
    access: Access,
    sector: str,
    day: date,
    *,
    personal: bool = False,
    ahead: int = AHEAD,
) -> Due:
    """Return what is open in a sector on ``day``; whoever calls has asked whether it may be shown.

    Parameters
    ----------
    personal
        Log entries that contain personal data as well: for those who write in the sector, never
        for wall or paper.
    ahead
        Days after ``day`` within which visits and reviews are told already.

    Raises
    ------
    FilterError
        There is no such sector.
    """
    if sector not in snapshot.sector_names:
        raise FilterError("sectors", "'{value}' is unknown; use {known}", value=sector[:40], known=", ".join(snapshot.sector_names))  # fmt: skip
    partners = desk.entries(access, Partner)
    known = visits_of(partners_in(partners, sector), desk.entries(access, Visit), day)
    log = open_entries(access, sector, personal=personal)
    return Due(
        sector=sector,
        day=day,
        follow_ups=follow_ups(log, day, partners),
        visits=soonest([one for one in known if one.is_due(day, ahead)]),
        reviews=reviews(desk.entries(access, Effort, sector), day, ahead),
    )


def due_by_sector(
    snapshot: Snapshot, access: Access, sectors: Collection[str], day: date
) -> dict[str, Due]:
    """Return what is open in each of several sectors, without entries that hold personal data."""
    partners = desk.entries(access, Partner)
    visits, efforts = desk.entries(access, Visit), desk.entries(access, Effort)
    log = open_entries(access)
    known = [one for one in visits_of(partners, visits, day) if one.is_due(day)]
    return {
        sector: Due(
            sector=sector,
            day=day,
            follow_ups=follow_ups([e for e in log if e.sector == sector], day, partners),
            visits=soonest([v for v in known if partners_in([v.partner], sector)]),
            reviews=reviews([e for e in efforts if e.sector == sector], day),
        )
        for sector in snapshot.sector_names
        if sector in sectors
    }


def open_entries(
    access: Access, sector: str | None = None, *, personal: bool = False
) -> list[LogEntry]:
    """Return the log entries that wait for their follow-up; with personal data only where asked for.

    The others stay in the store: a log of years is not read for the few that are open.
    """
    empty = ("done",) if personal else ("done", "personal")
    return desk.entries(access, LogEntry, sector, only=Only(filled=("follow_up",), empty=empty))


def printed_due(
    snapshot: Snapshot, access: Access, filters: Filters, person: Person, day: date
) -> Due | None:
    """Return what a print of one sector tells of its desk; None where ``person`` does not read its log.

    Never with personal data, and nothing outside the house.
    """
    sectors = filters.sectors
    if filters.tier != Tier.INTERNAL or len(sectors) != 1 or not person.points_in(sectors):
        return None
    return due_in(snapshot, access, sectors[0], day)


def days_overdue(due: date, day: date) -> int:
    """Return by how many days ``due`` is past; 0 on the day itself and before it."""
    return max(0, (day - due).days)


def follow_ups(
    log: Iterable[LogEntry], day: date, partners: Iterable[Partner] = ()
) -> tuple[FollowUp, ...]:
    """Return the open follow-ups of log entries, soonest first."""
    names = {one.key: one.name for one in partners}
    found = []
    for entry in log:
        if entry.follow_up and not entry.done:
            due = date.fromisoformat(entry.follow_up)
            found.append(FollowUp(entry=entry, day=due, overdue=days_overdue(due, day), partner=names.get(entry.partner, "")))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.day, one.entry.key)))


def partners_in(partners: Iterable[Partner], sector: str) -> list[Partner]:
    """Return the partners of a sector: its own, and those that are also there."""
    return [one for one in partners if one.sector == sector or sector in one.also.split(";")]


def visits_of(
    partners: Iterable[Partner], visits: Iterable[Visit], day: date
) -> tuple[Visits, ...]:
    """Return the visits of each partner as they stand on ``day``, in the partners' order."""
    by_partner: dict[str, list[Visit]] = {}
    for visit in visits:
        by_partner.setdefault(visit.partner, []).append(visit)
    return tuple(_visits(one, by_partner.get(one.key, []), day) for one in partners)


def _visits(partner: Partner, visits: Sequence[Visit], day: date) -> Visits:
    in_order = sorted(visits, key=lambda one: (one.date, one.key))
    made = tuple(one for one in reversed(in_order) if one.done and one.date <= day.isoformat())
    last = made[0].date if made else ""
    open_ = [one for one in in_order if not one.done]
    planned = next((one for one in open_ if one.date > last), None)
    ended = has_ended(partner, day)
    due = None if ended else _next(partner, planned, last)
    return Visits(
        partner=partner,
        made=made,
        planned=planned,
        missed=tuple(one for one in open_ if one.date <= last),
        next=due,
        never=due is None and not ended and bool(partner.interval),
        overdue=0 if due is None else days_overdue(due, day),
    )


def _next(partner: Partner, planned: Visit | None, last: str) -> date | None:
    if planned is not None:
        return date.fromisoformat(planned.date)
    begin = last or partner.since
    if not partner.interval or not begin:
        return None
    return date.fromisoformat(begin) + timedelta(days=int(partner.interval))


def has_ended(partner: Partner, day: date) -> bool:
    """Whether a partnership has ended before ``day``; its last day still counts."""
    return bool(partner.until) and partner.until < day.isoformat()


def soonest(found: Iterable[Visits]) -> tuple[Visits, ...]:
    """Return visits soonest first, those without a day at the end."""
    return tuple(sorted(found, key=lambda one: (one.next or date.max, one.partner.name)))


def reviews(efforts: Iterable[Effort], day: date, ahead: int = AHEAD) -> tuple[Review, ...]:
    """Return the efforts whose review is due by ``ahead`` days after ``day`` and not held."""
    end = day + timedelta(days=ahead)
    found = [
        Review(effort=one, day=due, overdue=days_overdue(due, day))
        for one in efforts
        if not one.reviewed and (due := date.fromisoformat(one.review)) <= end
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.effort.key)))


def due_words(due: date, day: date, lang: str) -> str:
    """Return a due date for people: the date, and in words where it is today or past."""
    shown = format_date(due, lang)
    past = days_overdue(due, day)
    if past:
        return plural(lang, "{date}, {n} day ago", "{date}, {n} days ago", past, date=shown)
    return text(lang, "{date}, today", date=shown) if due == day else shown
