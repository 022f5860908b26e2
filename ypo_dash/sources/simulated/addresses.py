"""Invented addresses of a district: doors along streets, and outdoor spots.

Side streets are drawn as a grid turned to the direction of each sector's main streets; doors
stand on both sides of them, inside the sector, outside water and parks. Nothing here is a real
address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from ypo_dash.sources.simulated.inputs import Inputs

HOUSE, FLATS, SPOT = 0, 1, 2


@dataclass(frozen=True)
class _Sector:
    row: Any
    free: BaseGeometry
    streets: list[BaseGeometry]
    estates: BaseGeometry


def draw_addresses(inputs: Inputs) -> pd.DataFrame:
    """Return the doors of the district.

    Returns
    -------
    DataFrame
        ``x``, ``y`` (metres), ``sector`` (position in the sector layer), ``building`` (0 house,
        1 flats) and ``dwellings``.
    """
    city = inputs.settings["city"]
    streets = [line for _, line in inputs.layers["streets"]]
    margin = city["border_margin_m"]
    layers = inputs.layers["parks"] + inputs.layers["water"]
    blocked = shapely.union_all([shape for _, shape in layers]).buffer(margin)
    estates = shapely.union_all([shape for _, shape in inputs.layers["designated_areas"]])
    risk = inputs["sector_risk"].set_index("sector_id")
    found = []
    for position, (properties, shape) in enumerate(inputs.layers["sectors"]):
        rng = np.random.default_rng([city["seed"], position])
        free = shape.buffer(-margin).difference(blocked)
        shapely.prepare(free)
        near = [
            part for part in (line.intersection(shape) for line in streets) if not part.is_empty
        ]
        sector = _Sector(risk.loc[properties["sector_id"]], free, near, estates)
        found.append(_sector_addresses(sector, city, rng).assign(sector=position))
    return pd.concat(found, ignore_index=True)


def draw_spots(inputs: Inputs) -> pd.DataFrame:
    """Return outdoor spots in the parks and at the stations named in ``attractors.csv``.

    Returns
    -------
    DataFrame
        ``x``, ``y``, ``sector``, ``kind`` (park or station) and ``name``.
    """
    city = inputs.settings["city"]
    rng = np.random.default_rng([city["seed"], 1000])
    water = shapely.union_all([shape for _, shape in inputs.layers["water"]])
    listed = inputs["attractors"]
    found = []
    for kind, layer, reach in (
        ("park", "parks", 0),
        ("station", "stations", city["spot_radius_m"]),
    ):
        named = set(listed.loc[listed["kind"] == kind, "name"])
        for properties, shape in inputs.layers[layer]:
            if properties["name"] in named:
                area = (shape.buffer(reach) if reach else shape).difference(water)
                step = city["spot_spacing_m"] / (4 if reach else 1)
                points = _grid_points(area, step, rng)
                found.append(points.assign(kind=kind, name=properties["name"]))
    spots = pd.concat(found, ignore_index=True)
    return (
        spots.assign(sector=_sector_of(inputs, spots)).query("sector >= 0").reset_index(drop=True)
    )


def _sector_of(inputs: Inputs, points: pd.DataFrame) -> NDArray[np.int64]:
    sector = np.full(len(points), -1)
    margin = inputs.settings["city"]["border_margin_m"]
    for position, (_, shape) in enumerate(inputs.layers["sectors"]):
        inside = shapely.contains_xy(shape.buffer(-margin), points["x"], points["y"])
        sector[inside] = position
    return sector


def _grid_points(area: BaseGeometry, step: float, rng: np.random.Generator) -> pd.DataFrame:
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
    x = x.ravel() + rng.uniform(-step / 3, step / 3, x.size)
    y = y.ravel() + rng.uniform(-step / 3, step / 3, y.size)
    inside = shapely.contains_xy(area, x, y)
    return pd.DataFrame({"x": x[inside], "y": y[inside]})


def _sector_addresses(
    sector: _Sector, city: dict[str, Any], rng: np.random.Generator
) -> pd.DataFrame:
    side = _side_street_doors(sector, city, rng)
    main = _main_street_doors(sector, city)
    doors = np.vstack([side, main])
    inside = shapely.contains_xy(sector.free, doors[:, 0], doors[:, 1])
    on_main = (np.arange(len(doors)) >= len(side))[inside]
    doors = doors[inside]
    estate = shapely.contains_xy(sector.estates, doors[:, 0], doors[:, 1])
    fixed = estate | on_main
    houses = int(sector.row["houses"])
    entrances = (sector.row["households"] - houses) / sector.row["flats_per_entrance"]
    building = _buildings(doors, fixed, houses, entrances, city, rng)
    kept = building >= 0
    frame = pd.DataFrame(doors[kept], columns=["x", "y"]).assign(building=building[kept])
    flats = (frame["building"] == FLATS).to_numpy()
    mean = (sector.row["households"] - (~flats).sum()) / max(flats.sum(), 1)
    dwellings = np.where(flats, 1 + rng.poisson(max(mean - 1, 0), len(frame)), 1)
    return frame.assign(dwellings=dwellings)


def _buildings(
    doors: NDArray[np.float64],
    fixed: NDArray[np.bool_],
    houses: int,
    entrances: float,
    city: dict[str, Any],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Choose which candidate doors exist (others -1): houses lie together, so do flats."""
    building = np.full(len(doors), -1)
    building[fixed] = FLATS
    loose = np.flatnonzero(~fixed)
    wanted = max(round(entrances - fixed.sum()), 0)
    length = city["house_wave_m"]
    waves = [
        np.cos(2 * np.pi * (doors[loose] @ direction) / length + phase)
        for direction, phase in zip(
            rng.normal(0, 0.7, (4, 2)), rng.uniform(0, 2 * np.pi, 4), strict=True
        )
    ]
    order = loose[np.argsort(-np.sum(waves, axis=0), kind="stable")]
    border = round(len(order) * houses / max(houses + wanted, 1))
    for code, part, number in ((HOUSE, order[:border], houses), (FLATS, order[border:], wanted)):
        building[rng.choice(part, min(number, len(part)), replace=False)] = code
    return building


def _side_street_doors(
    sector: _Sector, city: dict[str, Any], rng: np.random.Generator
) -> NDArray[np.float64]:
    turn = _direction(sector.streets)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    west, south, east, north = sector.free.bounds
    corners = np.array([[west, south], [west, north], [east, south], [east, north]]) @ axes.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    step, offset = city["address_spacing_m"], city["street_offset_m"]
    doors = []
    for across, block in enumerate(city["block_m"]):
        lines = np.arange(low[across] + rng.uniform(0, block), high[across], block)
        along = np.arange(low[1 - across], high[1 - across], step)
        for side in (-offset, offset):
            a, b = np.meshgrid(lines + side, along)
            pair = np.empty((a.size, 2))
            pair[:, across], pair[:, 1 - across] = a.ravel(), b.ravel()
            doors.append(pair)
    turned: NDArray[np.float64] = np.vstack(doors) @ axes
    return turned


def _direction(streets: list[BaseGeometry]) -> float:
    total = 0j
    for street in streets:
        for part in shapely.get_parts(street):
            steps = np.diff(shapely.get_coordinates(part), axis=0)
            vector = steps[:, 0] + 1j * steps[:, 1]
            # The fourth power makes the four directions of a grid the same direction.
            total += np.sum(np.abs(vector) * (vector / np.maximum(np.abs(vector), 1e-9)) ** 4)
    return float(np.angle(total)) / 4


def _main_street_doors(sector: _Sector, city: dict[str, Any]) -> NDArray[np.float64]:
    doors = [np.empty((0, 2))]
    for street in sector.streets:
        for part in shapely.get_parts(street):
            along = np.arange(city["address_spacing_m"], part.length - 1, city["address_spacing_m"])
            here = shapely.get_coordinates(shapely.line_interpolate_point(part, along))
            ahead = shapely.get_coordinates(shapely.line_interpolate_point(part, along + 1))
            normal = (ahead - here) @ np.array([[0.0, 1.0], [-1.0, 0.0]])
            doors += [here + side * city["street_offset_m"] * normal for side in (-1, 1)]
    return np.vstack(doors)
