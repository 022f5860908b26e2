"""Who asks for a print, and what of the desk its kind is made of: the same for page and command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ypo_dash.model.desk import Contact
from ypo_dash.model.tiers import Tier
from ypo_dash.people.desk import entries
from ypo_dash.reports.printing import Printing
from ypo_dash.views.briefing_held import held
from ypo_dash.views.due import printed_due
from ypo_dash.views.threat_shown import assessed
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ypo_dash.model.filters import Filters
    from ypo_dash.model.rights import Person
    from ypo_dash.people.access import Access
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, through which door, when (UTC); ``name`` is what the sheets say."""

    access: Access
    person: Person
    name: str
    now: datetime
    edited: Edited


def _due(snapshot: Snapshot, filters: Filters, who: Asker) -> dict[str, Any]:
    day = desk_day(snapshot, who.now)
    return {"due": printed_due(snapshot, who.access, filters, who.person, day)}


def _held(_snapshot: Snapshot, _filters: Filters, who: Asker) -> dict[str, Any]:
    return {"held": held(who.access, who.access.home)}


def _assessed(_snapshot: Snapshot, _filters: Filters, who: Asker) -> dict[str, Any]:
    return {"assessed": assessed(who.access)}


def _contacts(_snapshot: Snapshot, _filters: Filters, who: Asker) -> dict[str, Any]:
    return {"contacts": tuple(entries(who.access, Contact))}


# Kinds that are made of more than the register and what is edited there.
_DESK: dict[str, Callable[[Snapshot, Filters, Asker], dict[str, Any]]] = {
    "fortnight": _due,
    "briefing": _held,
    "threat": _assessed,
    "contact": _contacts,
}


def printing_for(snapshot: Snapshot, kind: str, filters: Filters, who: Asker) -> Printing:
    """Return what a print of ``kind`` is made of beside the register; outside the house no points."""
    inside = filters.tier == Tier.INTERNAL
    more = _DESK[kind](snapshot, filters, who) if kind in _DESK else {}
    return Printing(
        printed_by=who.name,
        now=who.now,
        points=who.person.points_in(snapshot.sector_names) if inside else frozenset(),
        edited=who.edited,
        **more,
    )
