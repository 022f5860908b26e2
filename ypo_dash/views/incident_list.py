"""The incidents of a state as a list for paper: time, type, scene, sector; no places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.tiers import require_internal
from ypo_dash.store.query import summarise
from ypo_dash.views.pins import when_words
from ypo_dash.views.tables import incident_parts

if TYPE_CHECKING:
    from collections.abc import Collection

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

MOST_LISTED = 600
NO_SECTOR = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One incident in words."""

    letter: str
    when: str
    type: str
    scene: str
    sector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """The incidents in order of time; ``elsewhere`` counts those in sectors that may not be listed."""

    rows: tuple[Listed, ...]
    elsewhere: int
    too_many: bool
    most: int = MOST_LISTED


def listed(
    snapshot: Snapshot, filters: Filters, lang: str, sectors: Collection[str]
) -> IncidentList:
    """Return the incidents of a state in ``sectors``, with those in no sector where it is all of them.

    Too many for paper: none, and ``too_many``.
    """
    require_internal(filters.tier)
    if summarise(snapshot, filters).rows > MOST_LISTED:
        return IncidentList(rows=(), elsewhere=0, too_many=True)
    shown, elsewhere = [], 0
    taxonomy = snapshot.taxonomy
    allowed = {*sectors, *([None] if set(snapshot.sector_names) <= set(sectors) else [])}
    parts = (row for part in incident_parts(snapshot, filters) for row in part)
    for _, kind, scene, begin, end, sector, *_ in sorted(parts, key=lambda row: (row[3], row[0])):
        if sector not in allowed:
            elsewhere += 1
            continue
        offence = taxonomy.offence[kind]
        shown.append(
            Listed(
                letter=offence.letter,
                when=when_words(begin, end, lang),
                type=offence.name(lang),
                scene=taxonomy.scene[scene].name(lang),
                sector=f"{sector} {snapshot.own_names[sector]}".rstrip()
                if sector is not None
                else NO_SECTOR,
            )
        )
    return IncidentList(rows=tuple(shown), elsewhere=elsewhere, too_many=False)
