"""All sectors of the district: who answers for each, what is due there, what is out of the ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.model.desk import Contact, Effort
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.pages import bench
from ypo_dash.pages.sector_overview import running
from ypo_dash.people import desk as entries
from ypo_dash.reports.kinds import latest
from ypo_dash.views.contacts import holding
from ypo_dash.views.due import due_by_sector
from ypo_dash.views.extents import sectors_of
from ypo_dash.views.normal import normal

if TYPE_CHECKING:
    from datetime import date

    from ypo_dash.store.snapshot import Sector, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sector of the list; ``due`` and ``overdue`` are None for those who do not read its log."""

    sector: Sector
    manager: Contact | None
    unusual: int
    efforts: int
    due: int | None
    overdue: int | None


def sector_list(snapshot: Snapshot, lang: str, day: date) -> dict[str, Any]:
    """Return the sectors by local station, and which week "unusual" is of."""
    contacts = holding(entries.entries(g.access, Contact), day)
    managers = {c.sector: c for c in contacts if c.role == "manager"}
    efforts = [sectors_of(snapshot, e) for e in running(entries.entries(g.access, Effort), day)]
    unusual, week = _unusual(snapshot, lang)
    mine = g.person.points_in(snapshot.sector_names)
    stations: dict[str, list[Row]] = {}
    due = due_by_sector(snapshot, g.access, mine, day)
    for sector in snapshot.sectors:
        here = due.get(sector.id)
        row = Row(
            sector=sector,
            manager=managers.get(sector.id),
            unusual=unusual.count(sector.id),
            efforts=sum(sector.id in reached for reached in efforts),
            due=None if here is None else here.count,
            overdue=None if here is None else here.overdue,
        )
        stations.setdefault(sector.station or "", []).append(row)
    names = {key: found[lang] for key, found in snapshot.station_names.items()}
    return {
        "stations": [(names.get(key, ""), found) for key, found in stations.items()],
        "week": week,
        "map": _map(snapshot, unusual),
        "simulated": snapshot.district.simulated,
    }


def _map(snapshot: Snapshot, unusual: list[str]) -> dict[str, Any]:
    shades = {
        s.id: bench.Shade(None, f"{s.id} {s.own_name}", "more" if s.id in unusual else "same")
        for s in snapshot.sectors
    }
    labels = {s.id: s.label for s in snapshot.sectors}
    return bench.picture(snapshot.layer_text("outline"), "sector_id", labels, shades, [])


def _unusual(snapshot: Snapshot, lang: str) -> tuple[list[str], date | None]:
    """Return the sectors with a flagged series, once for each, and the week's Monday."""
    if snapshot.span is None:
        return [], None
    try:
        found = normal(snapshot, latest(snapshot, "week", Filters()), lang)
    except FilterError:  # no whole week in the data
        return [], None
    return [one.sector for one in found.findings], found.week
