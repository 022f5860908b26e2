"""What an import knows of the district, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ypo_dash.model.taxonomy import Taxonomy


@dataclass(frozen=True)
class SourceContext:
    """What an import knows of the district.

    Parameters
    ----------
    taxonomy
        Offences and scenes.
    timezone
        IANA name of the district's zone.
    bounds
        West, south, east, north of the sectors in WGS84.
    sector_ids, area_ids
        The codes that an ``area`` column may name.
    """

    taxonomy: Taxonomy
    timezone: str
    bounds: tuple[float, float, float, float]
    sector_ids: frozenset[str]
    area_ids: frozenset[str]


@dataclass
class Counts:
    """What became of a file's rows.

    ``times_*`` count clock times (a row has up to two), ``identical_rows`` those beyond the first
    of their kind where the ids come from the rows' content.
    """

    read: int = 0
    filtered: int = 0
    rejected: int = 0
    times_ambiguous: int = 0
    times_nonexistent: int = 0
    ends_before_start: int = 0
    identical_rows: int = 0
