"""A sector's log as somebody reads it: what he may see, what he looks for, where it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.model.desk import LOG_KINDS, LogEntry, Partner
from ypo_dash.model.errors import FilterError
from ypo_dash.model.rights import Right
from ypo_dash.people import desk
from ypo_dash.views.due import days_overdue, follow_ups
from ypo_dash.views.searching import has_all, wanted_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ypo_dash.model.rights import Person
    from ypo_dash.people.access import Access
    from ypo_dash.store.snapshot import Snapshot

PAGE = 50
LONGEST_QUERY = 200
PARAMETERS = ("q", "kind", "open", "everywhere", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """What of a log is asked for: words, a kind, open follow-ups alone, all sectors, which page."""

    q: str = ""
    kind: str = ""
    open_only: bool = False
    everywhere: bool = False
    page: int = 1
    words: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, given: Mapping[str, str]) -> LogQuery:
        """Read an address.

        Raises
        ------
        FilterError
            A parameter is unknown or impossible.
        """
        q = given.get("q", "").strip()
        if len(q) > LONGEST_QUERY:
            raise FilterError("q", "at most {n} characters", n=LONGEST_QUERY)
        kind = given.get("kind", "")
        if kind and kind not in LOG_KINDS:
            raise FilterError("kind", "'{value}' is unknown; use {known}", value=kind[:40], known=", ".join(LOG_KINDS))  # fmt: skip
        page = given.get("page", "1")
        if not (page.isascii() and page.isdigit() and len(page) < 6 and int(page)):
            raise FilterError("page", "'{value}' is no page", value=page[:40])
        return cls(
            q=q,
            kind=kind,
            open_only=_yes("open", given),
            everywhere=_yes("everywhere", given),
            page=int(page),
            words=wanted_words(q),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.words or self.kind or self.open_only)


def _yes(name: str, given: Mapping[str, str]) -> bool:
    value = given.get(name, "")
    if value not in ("", "yes"):
        raise FilterError(name, "'{value}' is unknown; use {known}", value=value[:40], known="yes")
    return value == "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry is about, in words; ``link`` opens it in Explore, empty where nothing is to open."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it is shown; ``partner`` is None where it names none or one that is gone."""

    entry: LogEntry
    day: date
    place: Place | None
    partner: Partner | None
    follow_up: date | None
    overdue: int

    @property
    def is_open(self) -> bool:
        """Whether its follow-up is still to be done."""
        return self.follow_up is not None and not self.entry.done


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A page of a log, newest first; ``found`` counts all pages, ``there`` all entries he may read."""

    lines: tuple[Line, ...]
    found: int
    there: int
    open: int
    overdue: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.found // PAGE))

    @property
    def months(self) -> list[tuple[tuple[int, int], list[Line]]]:
        """The lines of the page by (year, month), newest first."""
        by_month: dict[tuple[int, int], list[Line]] = {}
        for line in self.lines:
            by_month.setdefault((line.day.year, line.day.month), []).append(line)
        return list(by_month.items())


def readable(entries: Iterable[LogEntry], person: Person) -> list[LogEntry]:
    """Return the entries that a person may read.

    Those of sectors whose incidents he sees one by one; entries with personal data only where he writes.
    """
    given = list(entries)
    sectors = person.points_in({one.sector for one in given})
    return [
        one
        for one in given
        if one.sector in sectors and (not one.personal or person.may_in(Right.WRITE, one.sector))
    ]


def log_page(
    snapshot: Snapshot,
    access: Access,
    person: Person,
    sector: str,
    about: tuple[LogQuery, date, str],
) -> Log:
    """Return a page of a sector's log, or of all that he may read.

    Parameters
    ----------
    about
        What is asked for, the desk's day, the language of the words.
    """
    query, day, lang = about
    held = desk.entries(access, LogEntry, None if query.everywhere else sector)
    mine = [one for one in readable(held, person) if query.everywhere or one.sector == sector]
    partners = {one.key: one for one in desk.entries(access, Partner)}
    told = _Telling(snapshot, partners, day, lang)
    found = [one for one in mine if told.is_wanted(one, query)]
    newest_first = sorted(found, key=lambda one: one.date)[::-1]  # of one day the last written
    page = min(query.page, max(1, -(-len(found) // PAGE)))
    shown = newest_first[(page - 1) * PAGE : page * PAGE]
    waiting = follow_ups(mine, day)
    return Log(
        lines=tuple(told.line(one) for one in shown),
        found=len(found),
        there=len(mine),
        open=len(waiting),
        overdue=sum(one.overdue > 0 for one in waiting),
        page=page,
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    """What stands beside an entry's own words: places, partners, days."""

    snapshot: Snapshot
    partners: Mapping[str, Partner]
    day: date
    lang: str

    def is_wanted(self, entry: LogEntry, query: LogQuery) -> bool:
        if query.kind and entry.kind != query.kind:
            return False
        if query.open_only and (not entry.follow_up or entry.done):
            return False
        if not query.words:
            return True
        place = place_words(self.snapshot, entry.place, self.lang)
        partner = self.partners.get(entry.partner)
        beside = (place.words if place else "", partner.name if partner else "", entry.author)
        return has_all((entry.words, *beside), query.words)

    def line(self, entry: LogEntry) -> Line:
        follow_up = date.fromisoformat(entry.follow_up) if entry.follow_up else None
        return Line(
            entry=entry,
            day=date.fromisoformat(entry.date),
            place=place_words(self.snapshot, entry.place, self.lang),
            partner=self.partners.get(entry.partner),
            follow_up=follow_up,
            overdue=days_overdue(follow_up, self.day) if follow_up and not entry.done else 0,
        )


def place_words(snapshot: Snapshot, place: str, lang: str) -> Place | None:
    """Return a place as people call it; None where there is none."""
    sort, _, code = place.partition(":")
    if sort == "cell":
        return Place(words=text(lang, "Hexagon {cell}", cell=code), link=f"/?cell={code}")
    if sort == "scene":
        scene = snapshot.taxonomy.scene.get(code)
        return Place(words=scene.name(lang) if scene else code)
    return Place(words=code) if sort == "area" else None
