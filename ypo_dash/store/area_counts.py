"""Incidents by area of a layer, month and type: exact points in polygons, counted once per month's file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ypo_dash.store.lru import Lru
from ypo_dash.store.place import sector_of
from ypo_dash.store.segments import column, read_truth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A survey area; ``population`` is None where unknown, ``sectors`` has those it touches by share.

    ``sectors`` are pairs of sector id and the share of *that sector's* area which lies in this one.
    """

    id: str
    name: str
    population: float | None
    label: tuple[float, float]
    sectors: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCounts:
    """Counts by month, area and type; the row after the last area is "in none, or without a point".

    ``pointless`` has those without a point alone, by month and type.
    """

    months: tuple[str, ...]
    counts: NDArray[np.int64]
    pointless: NDArray[np.int64]

    def in_months(self, wanted: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return counts by area and type of some months (``2012-07``), and those without a point by type."""
        here = [i for i, month in enumerate(self.months) if month in wanted]
        return self.counts[here].sum(axis=0), self.pointless[here].sum(axis=0)

    def in_year(self, year: int) -> NDArray[np.int64]:
        """Return counts by area and type of a calendar year."""
        here = [i for i, month in enumerate(self.months) if month.startswith(f"{year}-")]
        total: NDArray[np.int64] = self.counts[here].sum(axis=0)
        return total


_counts = Lru(4)
_months = Lru(4000)
_areas = Lru(4)


def clear_counts() -> None:
    """Forget all counts; for benchmarks."""
    _counts.clear()
    _months.clear()


def areas_of(snapshot: Snapshot) -> tuple[Area, ...]:
    """Return the survey areas, in the order of their layer (ascending id)."""
    key = (snapshot.layer_text("areas"), snapshot.layer_text("sectors"))
    found = _areas.get(key)
    if not isinstance(found, tuple):
        found = _read_areas(*key)
        _areas.put(key, found)
    return found


def _read_areas(areas: str, sectors: str) -> tuple[Area, ...]:
    polygons = [
        (str(f["properties"]["sector_id"]), shapely.from_geojson(json.dumps(f["geometry"])))
        for f in json.loads(sectors)["features"]
    ]
    found = []
    for feature in json.loads(areas)["features"]:
        p = feature["properties"]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        shares = [
            (sector, float(shapely.intersection(shape, polygon).area / polygon.area))
            for sector, polygon in polygons
            if shape.intersects(polygon)
        ]
        point = shape.representative_point()
        people = p.get("population")
        found.append(
            Area(
                id=str(p["id"]),
                name=str(p.get("name") or p["id"]),
                population=float(people) if people is not None and people == people else None,  # noqa: PLR0124 - NaN
                label=(point.y, point.x),
                sectors=tuple(
                    sorted((s for s in shares if s[1] > LEAST_SHARE), key=lambda s: -s[1])
                ),
            )
        )
    return tuple(found)


NO_POINT = -2  # of `sector_of`
LEAST_SHARE = 0.01  # of a sector: what touches less is a drawing's inaccuracy


def area_counts(snapshot: Snapshot, layer: str = "areas") -> AreaCounts:
    """Return the incidents of every area of a layer (survey areas without) by month and type.

    Areas come in the layer's order; where two overlap a point belongs to the first.
    """
    return _counts.fetch((snapshot.revision, layer), lambda: _count_all(snapshot, layer))


def _count_all(snapshot: Snapshot, layer: str) -> AreaCounts:
    polygons = [
        shapely.from_geojson(json.dumps(f["geometry"]))
        for f in json.loads(snapshot.layer_text(layer))["features"]
    ]
    file = snapshot.manifest.layers.get(layer)
    months, parts = [], []
    for at, entry in enumerate(snapshot.manifest.segments):
        key = (entry.twin, entry.parquet, file)
        counts = _months.get(key)
        if not isinstance(counts, np.ndarray):
            counts = _count(snapshot, at, polygons)
            _months.put(key, counts)
        months.append(entry.month)
        parts.append(counts)
    types = len(snapshot.taxonomy.offences)
    stacked = np.stack(parts) if parts else np.zeros((0, len(polygons) + 2, types), np.int64)
    counts = stacked[:, :-1].copy()
    counts[:, -1] += stacked[:, -1]
    return AreaCounts(months=tuple(months), counts=counts, pointless=stacked[:, -1])


def _count(snapshot: Snapshot, at: int, polygons: Sequence[object]) -> NDArray[np.int64]:
    """Return a month's counts by area, in none of them, without a point (rows) and type."""
    points = read_truth(snapshot.files, snapshot.manifest.segments[at], ["lon", "lat"])
    lng, lat = (
        points[name].to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat")
    )
    found = sector_of(lng, lat, polygons)
    index = np.where(found == NO_POINT, len(polygons) + 1, np.where(found < 0, len(polygons), found))  # fmt: skip
    kinds = column(snapshot.twins[at], "pair").astype(np.int64) // len(snapshot.taxonomy.scenes)
    types = len(snapshot.taxonomy.offences)
    rows = len(polygons) + 2
    return np.bincount(index * types + kinds, minlength=rows * types).reshape(rows, types)
