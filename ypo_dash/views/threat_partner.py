"""The threat assessment outside the house: censored counts by area and quarter, and shared words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.tiers import RATE_EVENTS, SMALL, Range, censor
from ypo_dash.views.rates import PER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.views.threat_model import AreaThreat, Threat


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerArea:
    """An area as partners get it; ``reported`` is None where its sector's table would tell the rest."""

    area: AreaThreat
    reported: Range | None
    rate: float | None
    gang: Range


def partner_areas(found: Threat, areas: Sequence[AreaThreat]) -> list[PartnerArea]:
    """Return the areas' censored counts.

    Partners have tables of sectors too: what a sector has beside its areas must not be a small
    count either, or it could be found by subtraction.
    """
    hidden = _hidden(found)
    return [_partner(area, hide=area.name in hidden) for area in areas]


def _partner(area: AreaThreat, *, hide: bool) -> PartnerArea:
    count = area.all.here.count
    shown = None if hide else censor(count)
    rate = None
    if shown is not None and area.population and count >= RATE_EVENTS:
        rate = count * PER / area.population
    return PartnerArea(area=area, reported=shown, rate=rate, gang=censor(area.gang.count))


def _hidden(found: Threat) -> set[str]:
    """Return the areas whose sectors have nearly nothing beside them, or share them unevenly."""
    hidden: set[str] = set()
    for area in found.areas:
        sharing = [a for a in found.areas if set(a.sectors) & set(area.sectors)]
        if any(a.sectors != area.sectors for a in sharing):
            hidden.add(area.name)
            continue
        rest = area.all.sector.count - sum(a.all.here.count for a in sharing)
        if rest != 0 and rest <= SMALL:
            hidden.add(area.name)
    return hidden
