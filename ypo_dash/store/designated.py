"""The designated residential areas of a district: names, inhabitants, sectors, shapes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from ypo_dash.store.lru import Lru

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot

LAYER = "designated"
HOLDS = 0.1  # of an area's surface: a sector that has less is not the area's sector
_areas = Lru(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """A designated area: ``rows`` are its places in the layer, ``sectors`` those that hold it.

    ``population`` is None where unknown, ``listed`` the date of the list as the layer has it
    (empty: none), ``label`` where its name stands (lat, lng).
    """

    name: str
    rows: tuple[int, ...]
    population: float | None
    population_date: str
    population_source: str
    listed: str
    sectors: tuple[str, ...]
    label: tuple[float, float]
    shape: Any


def estates_of(snapshot: Snapshot) -> tuple[Estate, ...]:
    """Return the designated areas by name in the layer's order; polygons of one name are one area."""
    return _areas.fetch(snapshot.revision, lambda: _read(snapshot))


def _read(snapshot: Snapshot) -> tuple[Estate, ...]:
    features = json.loads(snapshot.layer_text(LAYER))["features"]
    names = dict.fromkeys(str(f["properties"]["name"]) for f in features)
    sectors = list(zip(snapshot.sector_names, snapshot.polygons(), strict=True))
    return tuple(_estate(name, features, sectors) for name in names)


def _estate(name: str, features: list[Any], sectors: list[tuple[str, Any]]) -> Estate:
    rows = tuple(i for i, f in enumerate(features) if str(f["properties"]["name"]) == name)
    shapes = [shapely.from_geojson(json.dumps(features[i]["geometry"])) for i in rows]
    shape = shapely.union_all(shapes)
    people = [_number(features[i]["properties"].get("population")) for i in rows]
    first = features[rows[0]]["properties"]
    parts = [
        (shapely.intersection(shape, polygon).area / shape.area, sector)
        for sector, polygon in sectors
        if shape.intersects(polygon)
    ]
    point = shape.representative_point()
    return Estate(
        name=name,
        rows=rows,
        population=None if None in people else sum(n for n in people if n) or None,
        population_date=str(first.get("population_date") or ""),
        population_source=str(first.get("population_source") or ""),
        listed=str(first.get("list") or ""),
        sectors=tuple(s for share, s in sorted(parts, key=lambda p: -p[0]) if share >= HOLDS),
        label=(point.y, point.x),
        shape=shape,
    )


def _number(value: object) -> float | None:
    found = float(value) if isinstance(value, int | float) else math.nan
    return None if math.isnan(found) else found
