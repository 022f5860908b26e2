"""Which list an area is on at a quarter's end, which gang incidents it had, which efforts are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.desk import LISTS, Effort, GangIncident, Listing
from ypo_dash.model.extent import Extent
from ypo_dash.people import desk
from ypo_dash.views.extents import cells_shapes
from ypo_dash.views.threat_model import EffortLine, Gang, GangLine, OnList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.model.quarter import Quarter
    from ypo_dash.people.access import Access
    from ypo_dash.store.designated import Estate

OFFICIAL = "official"
_ON = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatEntries:
    """What people have entered that an assessment rests on."""

    gang: tuple[GangIncident, ...] = ()
    listings: tuple[Listing, ...] = ()
    efforts: tuple[Effort, ...] = ()


NO_ENTRIES = ThreatEntries()


def threat_entries(access: Access) -> ThreatEntries:
    """Return what stands now; nothing is created by looking."""
    return ThreatEntries(
        gang=tuple(desk.entries(access, GangIncident)),
        listings=tuple(desk.entries(access, Listing)),
        efforts=tuple(desk.entries(access, Effort)),
    )


def lists_of(
    estate: Estate, listings: Sequence[Listing], quarter: Quarter, until: date
) -> tuple[OnList, ...]:
    """Return how an area stands to each list on the last day counted.

    Where nobody entered the official list, the layer's own date is taken, and that is said.
    """
    found = []
    for which in LISTS:
        own = [one for one in listings if one.area == estate.name and one.list == which]
        status = _status(which, own, quarter, until)
        if status is None and which == OFFICIAL and not own:
            status = _of_layer(estate, quarter, until)
        if status is not None:
            found.append(status)
    return tuple(found)


def _status(which: str, own: Sequence[Listing], quarter: Quarter, until: date) -> OnList | None:
    begun = sorted((o for o in own if o.since <= until.isoformat()), key=lambda o: o.since)
    if not begun:
        return None
    now = next((o for o in reversed(begun) if not o.until or o.until >= until.isoformat()), None)
    one = now or begun[-1]
    return OnList(
        list=which, on=now is not None, since=one.since, until=one.until, source=one.source,
        event=_event(begun, one, quarter, until), from_layer=False,
    )  # fmt: skip


def _event(begun: Sequence[Listing], one: Listing, quarter: Quarter, until: date) -> str:
    since = date.fromisoformat(one.since)
    # Who came off one list the day before the next began has not been away.
    stayed = any(o.until and date.fromisoformat(o.until) + _ON == since for o in begun)
    if since >= quarter.first and not stayed:
        return "came"
    gone = date.fromisoformat(one.until) + _ON if one.until else None
    return "left" if gone is not None and quarter.first <= gone <= until else ""


def _of_layer(estate: Estate, quarter: Quarter, until: date) -> OnList | None:
    try:
        day = date.fromisoformat(estate.listed)
    except ValueError:
        return None
    if day > until:
        return None
    event = "came" if day >= quarter.first else ""
    return OnList(list=OFFICIAL, on=True, since=estate.listed, until="", source="", event=event, from_layer=True)  # fmt: skip


def gang_of(name: str, gang: Sequence[GangIncident], quarter: Quarter, until: date) -> Gang:
    """Return an area's gang-related incidents of the quarter up to the last day counted, by date."""
    before = quarter.moved(-1)
    own = [one for one in gang if one.area == name]
    now = [o for o in own if quarter.first <= date.fromisoformat(o.date) <= until]
    last = [o for o in own if before.first <= date.fromisoformat(o.date) <= before.last]
    lines = [
        GangLine(
            date=o.date, kind=o.kind, killed=int(o.killed or 0), injured=int(o.injured or 0),
            judged_by=o.judged_by, judged_on=o.judged_on, certainty=o.certainty, note=o.note,
        )
        for o in sorted(now, key=lambda o: (o.date, o.kind, o.key))
    ]  # fmt: skip
    return Gang(lines=tuple(lines), last=len(last))


def efforts_of(
    estate: Estate, efforts: Sequence[Effort], quarter: Quarter, until: date
) -> tuple[EffortLine, ...]:
    """Return the efforts that were in force in the quarter and whose place touches the area."""
    found = [
        EffortLine(
            key=e.key, sector=e.sector, title=e.title, place_name=e.place_name, start=e.start,
            review=e.review, end=e.end, result=e.result,
        )
        for e in efforts
        if e.start <= until.isoformat()
        and e.end >= quarter.first.isoformat()
        and _touches(estate, e.place)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda e: (e.start, e.title)))


def _touches(estate: Estate, ground: str) -> bool:
    extent = Extent.read(ground)
    inside = set(extent.sectors) & set(estate.sectors)
    return bool(inside) or any(estate.shape.intersects(shape) for shape in cells_shapes(extent))
