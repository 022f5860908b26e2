"""All sectors of the district, each with who answers for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.model.desk import Contact
from ypo_dash.people import database
from ypo_dash.people import desk as entries
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot


def sector_list(snapshot: Snapshot, edited: Edited, lang: str) -> dict[str, Any]:  # noqa: ARG001
    """Return the sectors by local station, with their managers."""
    day = desk_day(snapshot, database.now()).isoformat()
    managers: dict[str, Contact] = {}
    for contact in entries.entries(g.access, Contact):
        holds = contact.since <= day and (not contact.until or contact.until >= day)
        if holds and contact.role == "manager":
            managers[contact.sector] = contact
    stations: dict[str, list[Any]] = {}
    for sector in snapshot.sectors:
        stations.setdefault(sector.station or "", []).append(sector)
    names = {key: found[lang] for key, found in snapshot.station_names.items()}
    return {
        "stations": [(names.get(key, ""), found) for key, found in stations.items()],
        "managers": managers,
        "simulated": snapshot.district.simulated,
    }
