"""The incidents of a state as points on the map, where they are few enough to read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ypo_dash.i18n import format_date, weekday_names
from ypo_dash.model.tiers import may_draw_point, require_internal
from ypo_dash.store.query import summarise
from ypo_dash.views.tables import incident_parts

if TYPE_CHECKING:
    from collections.abc import Collection

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

MOST_PINS = 300


def pins(
    snapshot: Snapshot, filters: Filters, lang: str, sectors: Collection[str] | None = None
) -> dict[str, Any]:
    """Return the incidents to draw as points, where they are few enough to read.

    Incidents whose type or scene must not be a point (homes in cases of violence, indecent
    exposure) are counted as withheld, those outside ``sectors`` (None: all) as elsewhere.
    """
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    if summary.rows > MOST_PINS:
        return {"pins": [], "too_many": True, "withheld": 0, "elsewhere": 0}
    shown, withheld, elsewhere = [], 0, 0
    rows = [row for part in incident_parts(snapshot, filters) for row in part]
    for incident, kind, scene, begin, end, sector, _cell, lat, lng in rows:
        if lat is None or sector is None:
            continue
        if sectors is not None and sector not in sectors:
            elsewhere += 1
            continue
        offence, place = snapshot.taxonomy.offence[kind], snapshot.taxonomy.scene[scene]
        if not may_draw_point(filters.tier, offence, place):
            withheld += 1
            continue
        shown.append(
            {
                "id": incident,
                "lat": lat,
                "lng": lng,
                "type": kind,
                "type_name": offence.name(lang),
                "letter": offence.letter,
                "scene_name": place.name(lang),
                "when": when_words(begin, end, lang),
                "sector": f"{sector} {snapshot.sector_names[sector]}",
            }
        )
    return {"pins": shown, "withheld": withheld, "elsewhere": elsewhere}


def when_words(begin: str, end: str | None, lang: str) -> str:
    """Return the span of an incident: ``Fri 23/11/2012 22:15–23:40``."""
    start = datetime.fromisoformat(begin)
    shown = f"{weekday_names(lang, 'abbreviated')[start.weekday()]} {format_date(start.date(), lang)} {start:%H:%M}"
    if end is None or end == begin:
        return shown
    stop = datetime.fromisoformat(end)
    same = stop.date() == start.date()
    return f"{shown}–{'' if same else format_date(stop.date(), lang, year=False) + ' '}{stop:%H:%M}"
