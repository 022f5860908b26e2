"""Zones of a simulated district and, in each, the places where a kind of scene is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from ypo_dash.sources.simulated.addresses import FLATS, HOUSE, SPOT, draw_addresses, draw_spots
from ypo_dash.sources.simulated.inputs import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ypo_dash.sources.simulated.inputs import Inputs

# An attractor's part of a sector with fewer doors than this belongs to its surroundings.
_SMALLEST_ZONE = 3


@dataclass(frozen=True)
class City:
    """Places, zones and pools.

    ``places`` has ``lat``, ``lon``, ``x``, ``y``, ``sector``, ``building``, ``dwellings``,
    ``zone``; ``zones`` has ``kind``, ``name``, ``sector``, ``scene`` and the exposures ``houses``,
    ``flats``, ``dwellings``, ``addresses``, ``cars``, ``weight``. Pool ``pool[zone, scene]`` is
    the stretch of ``pool_place`` in which ``pool_cumulative`` runs from its number to the next.
    ``scenes`` names the scenes; ``outside`` has points outside all sectors.
    """

    places: pd.DataFrame
    zones: pd.DataFrame
    scenes: list[str]
    pool: NDArray[np.int32]
    pool_cumulative: NDArray[np.float64]
    pool_place: NDArray[np.int32]
    neighbours: NDArray[np.int32]
    outside: NDArray[np.float64]


def build_city(inputs: Inputs) -> City:
    """Draw the district's places; the same for every seed of the incidents."""
    doors = draw_addresses(inputs)
    doors = doors.join(_door_zones(inputs, doors))
    spots = draw_spots(inputs).assign(building=SPOT, dwellings=0)
    places = pd.concat([doors, spots], ignore_index=True)
    keys = ["kind", "name", "sector"]
    places["zone"] = places.groupby(keys, sort=True).ngroup().astype("int16")
    lon, lat = inputs.to_degrees.transform(places["x"].to_numpy(), places["y"].to_numpy())
    places = places.assign(lat=np.round(lat, 6), lon=np.round(lon, 6))
    zones = _zones(inputs, places)
    scenes = list(inputs["scene_places"]["scene"])
    rng = np.random.default_rng([inputs.settings["city"]["seed"], 2000])
    pool, cumulative, members = _pools(inputs, places, zones, rng)
    near = _neighbours(places, inputs.settings["near_repeat"])
    outside = _outside(inputs, rng)
    return City(places, zones, scenes, pool, cumulative, members, near, outside)


def _door_zones(inputs: Inputs, doors: pd.DataFrame) -> pd.DataFrame:
    """Give each door the first attractor that reaches it, in the order of ``KINDS``."""
    kind = np.full(len(doors), "residential", dtype=object)
    name = np.full(len(doors), "", dtype=object)
    points = shapely.points(doors["x"], doors["y"])
    sector = doors["sector"].to_numpy()
    shapes = _shapes(inputs)
    for wanted in KINDS[1:-1]:
        for row in inputs.rows("attractors", kind=wanted):
            shape = shapes[wanted, row.name]
            shapely.prepare(shape)
            hit = shapely.intersects(shape, points) & (kind == "residential")
            large = np.bincount(sector[hit], minlength=sector.max() + 1) >= _SMALLEST_ZONE
            hit &= large[sector]
            kind[hit], name[hit] = wanted, row.name
    return pd.DataFrame({"kind": kind, "name": name}, index=doors.index)


def _shapes(inputs: Inputs) -> dict[tuple[str, str], BaseGeometry]:
    layer = {"estate": "designated_areas", "station": "stations", "shopping": "streets"}
    shapes: dict[tuple[str, str], BaseGeometry] = {}
    to_metres = inputs.to_metres
    for row in inputs.rows("attractors"):
        if row.kind == "nightlife":
            centre = to_metres.transform(float(row.lon), float(row.lat))
            shapes[row.kind, row.name] = shapely.Point(centre).buffer(float(row.radius_m))
        elif row.kind in layer:
            features = inputs.layers[layer[row.kind]]
            parts = [shape for properties, shape in features if properties["name"] == row.name]
            whole = shapely.union_all(parts)
            shapes[row.kind, row.name] = whole.buffer(np.nan_to_num(row.radius_m))
    return shapes


def _zones(inputs: Inputs, places: pd.DataFrame) -> pd.DataFrame:
    building, dwellings = places["building"], places["dwellings"]
    counted = places[["zone", "kind", "name", "sector"]].assign(
        houses=building == HOUSE,
        flats=dwellings.where(building == FLATS, 0),
        dwellings=dwellings,
        addresses=1,
    )
    keys = ["zone", "kind", "name", "sector"]
    zones = counted.groupby(keys).sum().reset_index().drop(columns="zone")
    risk = inputs["sector_risk"].set_index("sector_id")
    cars = risk["cars_per_household"].loc[inputs.sector_ids].to_numpy()
    zones["cars"] = zones["dwellings"] * cars[zones["sector"]]
    listed = inputs["attractors"][["kind", "name", "weight", "scene"]]
    zones = zones.merge(listed, on=["kind", "name"], how="left")
    part = zones["addresses"] / zones.groupby(["kind", "name"])["addresses"].transform("sum")
    zones["weight"] = zones["weight"].astype(float).fillna(0) * part
    return zones.assign(scene=zones["scene"].fillna(""))


def _pools(
    inputs: Inputs, places: pd.DataFrame, zones: pd.DataFrame, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    rows = inputs.rows("scene_places")
    pool = np.full((len(zones), len(rows)), -1, dtype=np.int32)
    members: list[NDArray[np.int64]] = []
    cumulative: list[NDArray[np.float64]] = []
    building = places["building"].to_numpy()
    size = np.maximum(places["dwellings"].to_numpy(), 1)
    wanted = {"house": HOUSE, "flat": FLATS, "spot": SPOT}
    by_zone = places.groupby("zone").indices
    used = _scenes_by_kind(inputs)
    for zone, kind in enumerate(zones["kind"]):
        here = np.sort(by_zone[zone])
        for number, row in enumerate(rows):
            if row.scene not in used[kind]:
                continue
            fit = here if row.places == "any" else here[building[here] == wanted[row.places]]
            fit = fit if len(fit) else here
            chosen = np.sort(rng.choice(fit, max(1, round(row.share * len(fit))), replace=False))
            weight = rng.gamma(row.evenness, size=len(chosen)) + 1e-6
            weight *= size[chosen] if row.places == "flat" else 1
            pool[zone, number] = len(members)
            cumulative.append(len(members) + np.cumsum(weight) / weight.sum())
            members.append(chosen)
    return pool, np.concatenate(cumulative), np.concatenate(members).astype(np.int32)


def _scenes_by_kind(inputs: Inputs) -> dict[str, set[str]]:
    pairs = inputs["strata"][["kind", "scenes"]].merge(inputs["stratum_scenes"], on="scenes")
    found = {kind: set(pairs.loc[pairs["kind"] == kind, "scene"]) for kind in KINDS}
    attractors = inputs["attractors"]
    for kind, scene in zip(attractors["kind"], attractors["scene"], strict=True):
        found[kind] |= {scene} - {""}
    return found


def _neighbours(places: pd.DataFrame, settings: dict[str, float]) -> NDArray[np.int32]:
    """Nearest doors of the same kind of building; a door without any is its own neighbour."""
    number = int(settings["neighbours"])
    near = np.repeat(np.arange(len(places), dtype=np.int32)[:, None], number, axis=1)
    for code in (HOUSE, FLATS):
        rows = np.flatnonzero(places["building"] == code)
        xy = places[["x", "y"]].to_numpy()[rows]
        limit = float(settings["distance_m"])
        _, found = cKDTree(xy).query(xy, k=number + 1, distance_upper_bound=limit)
        other = found[:, 1:]
        near[rows] = np.where(other < len(rows), rows[np.minimum(other, len(rows) - 1)], near[rows])
    return near


def _outside(inputs: Inputs, rng: np.random.Generator) -> NDArray[np.float64]:
    """Points around stations that lie in no sector: wrongly placed or just across the border."""
    district = shapely.union_all([shape for _, shape in inputs.layers["sectors"]])
    water = shapely.union_all([shape for _, shape in inputs.layers["water"]])
    barred = shapely.union(district, water).buffer(inputs.settings["city"]["border_margin_m"])
    stations = [shape for _, shape in inputs.layers["stations"] if not barred.contains(shape)]
    centres = np.repeat(shapely.get_coordinates(stations), 20, axis=0)
    spread = inputs.settings["quality"]["outside_spread_m"]
    points = centres + rng.normal(0, spread, centres.shape)
    points = points[~shapely.contains_xy(barred, points[:, 0], points[:, 1])]
    lon, lat = inputs.to_degrees.transform(points[:, 0], points[:, 1])
    return np.round(np.column_stack([lat, lon]), 6)
