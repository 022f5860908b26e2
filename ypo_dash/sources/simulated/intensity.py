"""Expected reports by stratum, zone and day: level, season, place and the planted changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.city import City
    from ypo_dash.sources.simulated.days import Days
    from ypo_dash.sources.simulated.inputs import Inputs

_YEAR_DAYS = 365.25
_WEEK_DAYS = 7


@dataclass(frozen=True)
class Intensity:
    """Expected reports.

    ``expected`` has one row per pair of stratum and zone and one column per day; ``stratum`` and
    ``zone`` give each row's numbers.
    """

    expected: NDArray[np.float64]
    stratum: NDArray[np.int16]
    zone: NDArray[np.int16]


def build_intensity(inputs: Inputs, city: City, days: Days) -> Intensity:
    """Return the expected reports, with the planted changes, without chance."""
    levels = inputs["levels"].set_index("type")
    blocks, strata, zones = [], [], []
    for number, row in enumerate(inputs.rows("strata")):
        shares = _zone_shares(inputs, city, row.kind, row.exposure, row.risk)
        inside = np.flatnonzero(shares)
        level = levels.loc[row.type]
        daily = _trend(inputs, days, level) * days.season[row.season].to_numpy()
        daily = daily * days.week_shape(row.hours)[days.weekday] / _YEAR_DAYS
        blocks.append(np.outer(shares[inside], daily) * level["reports_2009"] * row.share)
        strata.append(np.full(len(inside), number, dtype=np.int16))
        zones.append(inside.astype(np.int16))
    intensity = Intensity(np.vstack(blocks), np.concatenate(strata), np.concatenate(zones))
    _plant(inputs, city, days, intensity)
    return intensity


def add_chance(
    inputs: Inputs, city: City, days: Days, intensity: Intensity, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the expected reports times gamma noise by type, sector and week.

    Weekly counts are then negative binomial with about the overdispersion of ``levels.csv``; a
    part of it hits a type in all sectors at once.
    """
    levels = inputs["levels"]
    common = inputs.settings["level"]["common_overdispersion"]
    week = np.arange(len(days.dates)) // _WEEK_DAYS
    sectors, weeks = len(inputs.layers["sectors"]), week[-1] + 1
    type_of = inputs["strata"]["type"].to_numpy()[intensity.stratum]
    sector_of = city.zones["sector"].to_numpy()[intensity.zone]
    noisy = intensity.expected.copy()
    for code, spread in zip(levels["type"], levels["overdispersion"], strict=True):
        local = _noise(rng, spread * (1 - common), (sectors, weeks))
        noise = local * _noise(rng, spread * common, (1, weeks))
        rows = np.flatnonzero(type_of == code)
        noisy[rows] *= noise[sector_of[rows]][:, week]
    return noisy


def _noise(
    rng: np.random.Generator, variance: float, shape: tuple[int, int]
) -> NDArray[np.float64]:
    return rng.gamma(1 / variance, variance, size=shape)


def _zone_shares(
    inputs: Inputs, city: City, kind: str, exposure: str, risk: str
) -> NDArray[np.float64]:
    zones = city.zones
    risks = inputs["sector_risk"].set_index("sector_id")
    factor = risks[risk].loc[inputs.sector_ids].to_numpy(dtype=np.float64)
    weight = zones[exposure].to_numpy(dtype=np.float64)
    weight = weight * factor[zones["sector"]]
    weight[(zones["kind"] != kind).to_numpy()] = 0
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares


def _trend(inputs: Inputs, days: Days, level: pd.Series) -> NDArray[np.float64]:
    change = 1 + level["change_2012_pct"] / 100
    trend: NDArray[np.float64] = change ** (days.years / inputs.settings["level"]["change_years"])
    return trend


def _plant(inputs: Inputs, city: City, days: Days, intensity: Intensity) -> None:
    types = inputs["strata"]["type"].to_numpy()[intensity.stratum]
    for change in inputs["planted_changes"].to_dict("records"):
        rows = planted_zones(inputs, city, change)[intensity.zone]
        if change["type"]:
            rows &= np.isin(types, change["type"].split(";"))
        when = (days.dates >= change["from"]) & (days.dates <= change["to"])
        intensity.expected[np.ix_(rows, when)] *= change["factor"]


def planted_zones(inputs: Inputs, city: City, change: dict[Any, Any]) -> NDArray[np.bool_]:
    """Return which zones a row of ``planted_changes.csv`` is about; an empty cell means all."""
    zones = city.zones
    found = np.ones(len(zones), dtype=bool)
    if change["kind"]:
        found &= (zones["kind"] == change["kind"]).to_numpy()
    if change["place"]:
        found &= (zones["name"] == change["place"]).to_numpy()
    if change["sector"]:
        sector = np.array(inputs.sector_ids, dtype=str)[zones["sector"]]
        found &= np.isin(sector, change["sector"].split(";"))
    return found
