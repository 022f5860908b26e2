"""Efforts on the map: their outlines, names and dates, and what the side panel says of them."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import h3
import shapely
from shapely import affinity
from shapely.geometry import mapping

from ypo_dash.i18n import format_date, format_period, text
from ypo_dash.model.extent import Extent
from ypo_dash.store.place import cell_ring
from ypo_dash.views.desk_efforts import ENDED, PLANNED, STATE_NAMES, state_of
from ypo_dash.views.extents import sectors_of, shape_of
from ypo_dash.views.facts import Fact, Section
from ypo_dash.views.find_sector import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ypo_dash.model.desk import Effort
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

_INSIDE = 60 / 111_200  # 60 metres in degrees of latitude
_DIGITS = 6  # of a degree: a decimetre


def effort_features(
    snapshot: Snapshot, entries: Iterable[Effort], day: date, lang: str
) -> dict[str, Any]:
    """Return the efforts that run, wait for their review or are planned as GeoJSON.

    A feature has ``key, sector, title, state, wide (whole sectors), words, at`` (lat, lng of its name) and ``href``.
    """
    features = []
    for entry in sorted(entries, key=lambda e: (e.start, e.key)):
        state = state_of(entry, day)
        shape = _outline(snapshot, Extent.read(entry.place))
        if state == ENDED or shape.is_empty:
            continue
        at = shape.representative_point()
        features.append({
            "type": "Feature",
            "geometry": mapping(shapely.set_precision(shape, 10**-_DIGITS)),
            "properties": {
                "key": entry.key,
                "sector": entry.sector,
                "title": entry.title,
                "state": state,
                "wide": not Extent.read(entry.place).cells,
                "words": f"{text(lang, STATE_NAMES[state])}, {period_words(entry, lang)}",
                "at": [round(at.y, _DIGITS), round(at.x, _DIGITS)],
                "href": desk_address(entry.sector, lang, effort=entry.key) + f"#{anchor(entry)}",
            },
        })  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _outline(snapshot: Snapshot, extent: Extent) -> Any:
    """Return what is drawn of a place: a whole sector's outline lies inside its border, to be told from it."""
    shape = shape_of(snapshot, extent)
    if extent.cells or shape.is_empty:
        return shape
    narrow = math.cos(math.radians(shape.centroid.y))
    even = affinity.scale(shape, narrow, 1, origin=(0, 0)).buffer(-_INSIDE)
    return shape if even.is_empty else affinity.scale(even, 1 / narrow, 1, origin=(0, 0))


def period_words(entry: Effort, lang: str) -> str:
    """Return an effort's first and last day."""
    return format_period(date.fromisoformat(entry.start), date.fromisoformat(entry.end), lang=lang)


def anchor(entry: Effort) -> str:
    """Return an effort's place on its sector's page."""
    return f"effort-{entry.key.rpartition('/')[2]}"


def desk_address(sector: str, lang: str, **more: str) -> str:
    """Return the address of the efforts of a sector's desk."""
    query = {"part": "efforts", "lang": lang, **more}
    return f"/sector/{sector}?{urlencode({k: v for k, v in query.items() if v}, safe=',:')}"


def effort_section(
    snapshot: Snapshot,
    filters: Filters,
    entries: Iterable[Effort],
    how: tuple[date, str, frozenset[str]],
) -> Section | None:
    """Return what the side panel says of efforts at the chosen place; None for more than a sector.

    Parameters
    ----------
    how
        The desk's date, the language, and the sectors in which a new one may be started.
    """
    day, lang, writes = how
    sector = chosen_sector(snapshot, filters)
    if sector is None:
        return None
    here = [
        e for e in entries if state_of(e, day) != ENDED and _is_at(snapshot, e, filters, sector)
    ]
    facts = tuple(_fact(entry, day, lang) for entry in sorted(here, key=lambda e: e.start))
    link = (text(lang, "Start an effort here"), new_address(filters, sector)) if sector in writes else None  # fmt: skip
    if link is None and facts:
        owners = {entry.sector for entry in here}
        owner = sector if sector in owners else min(owners)
        link = (text(lang, "To the sector's efforts"), desk_address(owner, filters.lang or ""))
    notes = () if facts else (text(lang, "No effort here now."),)
    return Section(text(lang, "Efforts"), facts, notes, link) if facts or link else None


def _fact(entry: Effort, day: date, lang: str) -> Fact:
    state = state_of(entry, day)
    until = entry.start if state == PLANNED else entry.end
    said = "from {date}" if state == PLANNED else "until {date}"
    return Fact(entry.title, text(lang, said, date=format_date(date.fromisoformat(until), lang)), text(lang, STATE_NAMES[state]))  # fmt: skip


def chosen_sector(snapshot: Snapshot, filters: Filters) -> str | None:
    """Return the one sector of a state, or the one that its hexagon's middle lies in."""
    if filters.cell is not None:
        found = place_of(snapshot, *h3.cell_to_latlng(filters.cell)).sector
        return found.id if found is not None else None
    places = filters.place_sectors(snapshot)
    return places[0] if places is not None and len(places) == 1 else None


def _is_at(snapshot: Snapshot, entry: Effort, filters: Filters, sector: str) -> bool:
    if filters.cell is None:
        return sector in sectors_of(snapshot, entry)
    shape = shape_of(snapshot, Extent.read(entry.place))
    own = shapely.Polygon(cell_ring(filters.cell))
    return bool(shape.intersection(own).area > 0.01 * own.area)


def new_address(filters: Filters, sector: str) -> str:
    """Return where an effort of a state's place, types and hours is begun."""
    return desk_address(
        sector, filters.lang or "", new="1", place=filters.cell or sector,
        types=",".join(filters.types), hours=str(filters.hours or ""),
    ) + "#effort-form"  # fmt: skip
