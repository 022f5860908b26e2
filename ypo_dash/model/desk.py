"""What the sector desk and the threat assessment hold, by kind; see `ypo_dash.model.entries`.

Every kind is about places, agreements and counts. Persons appear as those who work here or answer
for a partner, never as subjects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ypo_dash.model.entries import Entry, Form, column
from ypo_dash.model.errors import InputError

GROUPS = ("your_police_officer", "special", "investigator", "case_management", "crime_prevention")
LOG_KINDS = ("place", "meeting", "agreement", "observation", "activity")
PARTNER_KINDS = (
    "housing", "school", "ssp", "municipality", "club", "committee", "shop", "association", "other",
)  # fmt: skip
VISIT_KINDS = ("visit", "meeting", "phone", "event")
GANG_KINDS = (
    "shots_fired", "stabbing", "assault", "threat", "weapon_find", "explosion_arson", "show_of_force",
)  # fmt: skip
CERTAINTIES = ("certain", "probable", "possible")
BEFORE = ("previous", "year")  # what an effort is compared with: see `ypo_dash.views.effort`
LISTS = ("police", "official")  # the police's SUB list, and the government's list: two lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(Entry):
    """Who answers for a sector: its manager and deputies, as citizens may know them."""

    KIND: ClassVar[str] = "contact"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("since", "until"),)

    sector: str = column(Form.SECTOR, required=True)
    role: str = column(Form.CHOICE, required=True, choices=("manager", "deputy"))
    name: str = column(required=True)
    phone: str = column(Form.PHONE, longest=30)
    email: str = column(Form.EMAIL)
    since: str = column(Form.DATE)
    until: str = column(Form.DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry(Entry):
    """An entry of a sector's log; ``partner`` is a partner's key, ``done`` the day its follow-up was done."""

    KIND: ClassVar[str] = "log"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("date", "follow_up"), ("date", "done"))

    sector: str = column(Form.SECTOR, required=True)
    date: str = column(Form.DATE, required=True)
    kind: str = column(Form.CHOICE, required=True, choices=LOG_KINDS)
    words: str = column(Form.WORDS, required=True, longest=4000)
    place: str = column(Form.PLACE)
    partner: str = column(Form.PARTNER)
    follow_up: str = column(Form.DATE)
    done: str = column(Form.DATE)
    personal: str = column(Form.FLAG)
    author: str = column(required=True)

    @staticmethod
    def problem(found: dict[str, str]) -> None:
        """Raise InputError for a follow-up that was done and never due."""
        if found["done"] and not found["follow_up"]:
            raise InputError("there is no follow-up to be done", column="done", value=found["done"], remedy="Give follow_up a date")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner(Entry):
    """Whom a sector works with; ``also`` are further sectors, ``interval`` days between visits."""

    KIND: ClassVar[str] = "partner"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("since", "until"),)

    sector: str = column(Form.SECTOR, required=True)
    also: str = column(Form.SECTORS, longest=2000)
    name: str = column(required=True)
    kind: str = column(Form.CHOICE, required=True, choices=PARTNER_KINDS)
    contact: str = column()
    phone: str = column(Form.PHONE, longest=30)
    email: str = column(Form.EMAIL)
    address: str = column()
    interval: str = column(Form.NUMBER, limits=(1, 1500))
    since: str = column(Form.DATE)
    until: str = column(Form.DATE)
    note: str = column(Form.WORDS, longest=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Entry):
    """A visit to a partner, planned (``done`` empty) or made."""

    KIND: ClassVar[str] = "visit"

    sector: str = column(Form.SECTOR, required=True)
    partner: str = column(Form.PARTNER, required=True)
    date: str = column(Form.DATE, required=True)
    kind: str = column(Form.CHOICE, required=True, choices=VISIT_KINDS)
    done: str = column(Form.FLAG)
    by: str = column()
    words: str = column(Form.WORDS, longest=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort(Entry):
    """A problem at a place and what is done about it; places as `ypo_dash.views.effort` takes them.

    ``agreed`` says whether the sector's manager agrees that the place is the right one, ``evaluated``
    holds the figures that its review went by, as they were then.
    """

    KIND: ClassVar[str] = "effort"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (
        ("start", "review"),
        ("start", "end"),
        ("start", "reviewed"),
    )

    sector: str = column(Form.SECTOR, required=True)
    title: str = column(required=True, longest=120)
    problem_words: str = column(Form.WORDS, required=True, longest=2000)
    place: str = column(Form.GROUND, required=True, longest=4000)
    place_name: str = column(longest=120)
    against: str = column(Form.GROUND, longest=4000)
    near: str = column(Form.GROUND, longest=4000)
    near_against: str = column(Form.GROUND, longest=4000)
    before: str = column(Form.CHOICE, choices=BEFORE)
    types: str = column(Form.TYPES, longest=1000)
    hours: str = column(Form.HOURS)
    measures: str = column(Form.WORDS, required=True, longest=2000)
    partners: str = column(longest=1000)
    lead: str = column(required=True)
    proposed_by: str = column()
    agreed: str = column(Form.FLAG)
    start: str = column(Form.DATE, required=True)
    review: str = column(Form.DATE, required=True)
    end: str = column(Form.DATE, required=True)
    reviewed: str = column(Form.DATE)
    result: str = column(Form.WORDS, longest=2000)
    evaluated: str = column(Form.FIGURES, longest=4000)

    @staticmethod
    def problem(found: dict[str, str]) -> None:
        """Raise InputError for a review without its result."""
        if bool(found["reviewed"]) != bool(found["result"]):
            name = "result" if found["reviewed"] else "reviewed"
            raise InputError("a review has a day and a result", column=name, remedy="Fill in both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Entry):
    """A group of a local station and its posts; one without a station belongs to the whole district."""

    KIND: ClassVar[str] = "group"
    ONCE: ClassVar[tuple[str, ...]] = ("station", "group")

    station: str = column(Form.STATION)
    group: str = column(Form.CHOICE, required=True, choices=GROUPS)
    posts: str = column(Form.NUMBER, required=True, limits=(0, 10_000))
    leader: str = column()
    note: str = column()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover(Entry):
    """Which sectors a post covers: ``post`` is its name or number, never needed to be a person's."""

    KIND: ClassVar[str] = "cover"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("since", "until"),)

    station: str = column(Form.STATION, required=True)
    group: str = column(Form.CHOICE, required=True, choices=GROUPS)
    post: str = column(required=True, longest=60)
    sectors: str = column(Form.SECTORS, required=True, longest=2000)
    since: str = column(Form.DATE)
    until: str = column(Form.DATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GangIncident(Entry):
    """An incident that somebody judged to be gang-related: counts and an area, no persons."""

    KIND: ClassVar[str] = "gang"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("date", "judged_on"),)

    date: str = column(Form.DATE, required=True)
    area: str = column(Form.AREA, required=True)
    kind: str = column(Form.CHOICE, required=True, choices=GANG_KINDS)
    killed: str = column(Form.NUMBER, limits=(0, 1000))
    injured: str = column(Form.NUMBER, limits=(0, 1000))
    judged_by: str = column(required=True)
    judged_on: str = column(Form.DATE, required=True)
    certainty: str = column(Form.CHOICE, required=True, choices=CERTAINTIES)
    note: str = column(Form.WORDS, longest=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Entry):
    """A designated area on one of the two lists, from ``since`` to ``until`` (both included)."""

    KIND: ClassVar[str] = "listing"
    IN_ORDER: ClassVar[tuple[tuple[str, str], ...]] = (("since", "until"),)

    area: str = column(Form.AREA, required=True)
    list: str = column(Form.CHOICE, required=True, choices=LISTS)
    since: str = column(Form.DATE, required=True)
    until: str = column(Form.DATE)
    source: str = column(required=True)


# In the order in which files of a whole desk can be read: entries name partners.
KINDS: dict[str, type[Entry]] = {
    kind.KIND: kind
    for kind in (Contact, Partner, LogEntry, Visit, Effort, Group, Cover, GangIncident, Listing)
}
