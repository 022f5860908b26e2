"""Incidents per 1,000 inhabitants of a sector, without what the police themselves find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.store.query import summarise

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

PER = 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """Incidents per 1,000 inhabitants in the period, with the exact 95 % Poisson interval."""

    count: float
    rate: float
    low: float
    high: float


def rate_filters(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state that rates count: without police-initiated types unless they were chosen."""
    if filters.types:
        return filters
    kept = tuple(o.code for o in snapshot.taxonomy.offences if o.detection != "police_initiated")
    return replace(filters, types=kept) if len(kept) < len(snapshot.taxonomy.offences) else filters


def sector_rates(snapshot: Snapshot, filters: Filters) -> list[Rate | None]:
    """Return the rate of each sector, in the order of sectors; None without a population."""
    summary = summarise(snapshot, rate_filters(snapshot, filters))
    found: list[Rate | None] = []
    for sector, n in zip(snapshot.sectors, summary.sectors[:-2], strict=True):
        if not sector.population:
            found.append(None)
            continue
        low, high = poisson_exact(n)
        per = PER / sector.population
        found.append(Rate(float(n), *(round(v * per, 6) for v in (float(n), low, high))))
    return found
