"""How concentrated a state's incidents are, and whether the earlier period's focus areas held them again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import format_period, number, percent, plural, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.concentration import TopShare, by_chance, focus, generalised_gini
from ypo_dash.stats.intervals import wilson
from ypo_dash.store.exposure import grid_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import summarise
from ypo_dash.views.change import earlier
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Floats = NDArray[np.float64]

SHARES = (0.01, 0.02, 0.05)
FEWEST = 30
COLUMNS = ("share_of_area", "cells", "area_km2", "incidents", "share", "pai", "pei", "low", "high")
_LEAST = 1e-3  # of a hexagon: what lies on the very border still has some area


@dataclass(frozen=True, slots=True)
class Ground:
    """The hexagons that touch the chosen sectors, by their place in the grid: the part inside, and km²."""

    at: NDArray[np.int64]
    parts: Floats
    km2: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """What little area holds of a state's ``incidents`` with a hexagon.

    ``again``: focus areas of the earlier period (``before`` incidents) on the present one, None
    where too few or ``why_not``. ``afterwards``: the densest area of the present period itself, and
    ``chance`` what that would be if incidents fell anywhere alike; likewise ``gini``. Both None
    where incidents are too few.
    """

    incidents: float
    before: float | None
    then: Filters | None
    ground: Ground
    again: list[TopShare] | None
    why_not: FilterError | None
    afterwards: list[TopShare] | None
    chance: list[float] | None
    gini: float | None
    gini_by_chance: float | None


_answers = Lru(32)


def ground_of(snapshot: Snapshot, filters: Filters) -> Ground:
    """Return the hexagons of a state's resolution in its sectors."""
    grid = grid_of(snapshot, filters.res)
    chosen = filters.place_sectors(snapshot)
    taken = np.array([chosen is None or s.id in chosen for s in snapshot.sectors], np.float64)
    shares = grid.sectors.per_hexagon(len(grid.cells), taken)
    at = np.flatnonzero(shares > 0)
    # Rounded, so that whole hexagons with equal counts are equal however their parts were summed.
    parts = np.maximum(shares[at].round(6), _LEAST)
    return Ground(at, parts, parts * grid.sizes[at])


def concentration(snapshot: Snapshot, filters: Filters) -> Concentration:
    """Return how concentrated a state is at its resolution.

    Raises
    ------
    FilterError
        The state is of a single hexagon.
    """
    require_internal(filters.tier)
    if filters.cell is not None:
        raise FilterError("cell", "one hexagon has no concentration; leave it out")
    key = (snapshot.revision, filters, filters.period(snapshot.span))
    return _answers.fetch(key, lambda: _concentration(snapshot, filters))


def _concentration(snapshot: Snapshot, filters: Filters) -> Concentration:
    ground = ground_of(snapshot, filters)
    now = _counts(snapshot, filters, ground)
    then, before, why_not, again = None, None, None, None
    try:
        then, _ = earlier(filters, snapshot)
        scores = _counts(snapshot, then, ground)
        before = float(scores.sum())
        if min(now.sum(), before) >= FEWEST:
            again = focus(now, scores, (ground.parts, ground.km2), SHARES)
    except FilterError as error:
        why_not = error
    afterwards, chance, gini, even = None, None, None, None
    if now.sum() >= FEWEST:
        afterwards = focus(now, now, (ground.parts, ground.km2), SHARES)
        gini = generalised_gini(now, ground.km2)
        chance, even = by_chance(round(float(now.sum())), ground.km2, SHARES)
    return Concentration(
        incidents=float(now.sum()), before=before, then=then, ground=ground, again=again,
        why_not=why_not, afterwards=afterwards, chance=chance, gini=gini, gini_by_chance=even,
    )  # fmt: skip


def _counts(snapshot: Snapshot, filters: Filters, ground: Ground) -> Floats:
    """Return the mapped incidents of each hexagon of the ground; the grid begins with the dense ids."""
    counts = summarise(snapshot, filters).cells
    found = np.zeros(max(len(counts), int(ground.at.max(initial=0)) + 1))
    found[: len(counts)] = counts
    taken: Floats = found[ground.at]
    return taken


def concentration_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return the earlier period's focus areas on the present one as `COLUMNS`; no rows with too few.

    Raises
    ------
    FilterError
        The data do not reach back to the earlier period.
    """
    found = concentration(snapshot, filters)
    if found.why_not is not None:
        raise found.why_not
    rows = [
        (
            r.share_of_area, r.cells, round(r.area, DIGITS), count_value(r.count),
            *(_rounded(v) for v in (r.share, r.pai, r.pei, r.low, r.high)),
        )
        for r in found.again or []
    ]  # fmt: skip
    return Table(COLUMNS, rows)


def _rounded(value: float) -> float | str:
    return round(value, DIGITS) if np.isfinite(value) else ""


def sentence(found: Concentration, lang: str) -> str:
    """Return what 5 % of the area hold, chosen by the earlier period where there is one."""
    if found.afterwards is None or found.chance is None:
        incidents = plural(lang, "{n} incident", "{n} incidents", round(found.incidents, 1))
        return text(lang, "{what} with a hexagon: too few to tell how concentrated they are.", what=incidents)  # fmt: skip
    if (found.again is None or found.then is None) and found.afterwards:
        top = found.afterwards[-1]
        return text(
            lang, "Seen afterwards, {share} of the incidents lie in {area} of the area; had they fallen anywhere alike, it would be {chance}.",
            share=percent(top.share, lang), area=percent(top.share_of_area, lang), chance=percent(found.chance[-1], lang),
        )  # fmt: skip
    if not found.again or found.then is None:
        return text(lang, "A hexagon is larger than {area} of the area; choose a finer resolution.", area=percent(SHARES[-1], lang))  # fmt: skip
    top = found.again[-1]
    then = format_period(*found.then.period(None), lang=lang)
    values = {
        "area": percent(top.share_of_area, lang), "then": then, "share": percent(top.share, lang),
        "low": number(100 * top.low, lang, 0), "high": percent(top.high, lang), "pai": number(top.pai, lang, 1),
    }  # fmt: skip
    if top.low > top.share_of_area:
        return text(lang, "The {area} of the area with the most incidents {then} had {share} of them this time ({low}–{high}), {pai} times its share of the area.", **values)  # fmt: skip
    if wilson(top.even * found.incidents, found.incidents)[0] > top.share_of_area:
        values["even"] = percent(top.even, lang)
        return text(lang, "Too many hexagons had equally many {then} to choose {area} of the area by: in the worst order they had {share} this time, at random {even}.", **values)  # fmt: skip
    return text(lang, "The {area} of the area with the most incidents {then} had {share} of them this time ({low}–{high}): no more than chance explains.", **values)  # fmt: skip
