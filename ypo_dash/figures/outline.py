"""Where places are in a picture, and sector outlines as SVG paths for maps that need no scripts."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDTH = 480.0
# About 100 m: a place of no extent is shown with that much around it.
_LEAST = 0.001

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """North up; longitudes are shrunk by the cosine of the middle latitude, true to shape at a district's size."""

    west: float
    north: float
    shrink: float
    scale: float
    left: float = 0.0
    top: float = 0.0
    decimals: int = 2

    @classmethod
    def wide(cls, bounds: Bounds, width: float) -> Projection:
        """Return what makes ``bounds`` (west, south, east, north) ``width`` wide, as high as it gets."""
        west, south, east, north = bounds
        shrink = math.cos(math.radians((south + north) / 2))
        return cls(west, north, shrink, width / (max(east - west, _LEAST) * shrink), decimals=1)

    @classmethod
    def within(cls, bounds: Bounds, size: tuple[float, float], padding: float = 0.0) -> Projection:
        """Return what fits ``bounds`` into the middle of ``size`` with ``padding`` on all sides."""
        west, south, east, north = bounds
        shrink = max(math.cos(math.radians((south + north) / 2)), 0.01)
        across, up = max(east - west, _LEAST) * shrink, max(north - south, _LEAST)
        width, height = (max(side - 2 * padding, 1e-6) for side in size)
        scale = min(width / across, height / up)
        left = size[0] / 2 - (east - west) * shrink * scale / 2
        top = size[1] / 2 - (north - south) * scale / 2
        return cls(west, north, shrink, scale, left, top)

    def sight(self, size: tuple[float, float], margin: float = 0.0) -> Bounds:
        """Return west, south, east, north of a picture of ``size`` with ``margin`` around."""
        across, up = self.shrink * self.scale, self.scale
        return (
            self.west - (self.left + margin) / across,
            self.north - (size[1] + margin - self.top) / up,
            self.west + (size[0] + margin - self.left) / across,
            self.north + (self.top + margin) / up,
        )

    def place(self, lng: float, lat: float) -> tuple[float, float]:
        """Return where a point is in the picture."""
        x = self.left + (lng - self.west) * self.shrink * self.scale
        y = self.top + (self.north - lat) * self.scale
        return round(x, self.decimals), round(y, self.decimals)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a place of the picture: the way back from `place`."""
        across, up = self.shrink * self.scale, self.scale
        return self.west + (x - self.left) / across, self.north - (y - self.top) / up

    def places(self, ring: Iterable[Sequence[float]]) -> Iterator[tuple[float, float]]:
        """Yield where the known points of a ring are in the picture."""
        across, up, decimals = self.shrink * self.scale, self.scale, self.decimals
        west, north, left, top = self.west, self.north, self.left, self.top
        for corner in ring:
            x = left + (corner[0] - west) * across
            y = top + (north - corner[1]) * up
            if math.isfinite(x) and math.isfinite(y):
                yield round(x, decimals), round(y, decimals)

    def path(self, rings: Iterable[Sequence[Sequence[float]]]) -> str:
        """Return rings of (lng, lat) as path data."""
        return "".join(f"M{'L'.join(f'{x},{y}' for x, y in self.places(ring))}Z" for ring in rings)

    @property
    def metre(self) -> float:
        """Return how long a metre is in the picture."""
        return self.scale / 111_195.0


def bounds_of(points: Iterable[Sequence[float]]) -> Bounds | None:
    """Return west, south, east and north of points (lng, lat); None without any."""
    known = [(p[0], p[1]) for p in points if math.isfinite(p[0]) and math.isfinite(p[1])]
    if not known:
        return None
    lngs, lats = zip(*known, strict=True)
    return min(lngs), min(lats), max(lngs), max(lats)


@dataclass(frozen=True, slots=True)
class Outline:
    """A picture `WIDTH` wide: its height, paths by sector id, and where places are in it."""

    projection: Projection
    height: float
    shapes: dict[str, list[list[list[float]]]]

    @classmethod
    def of(cls, geojson: str, key: str = "sector_id") -> Outline:
        """Read polygons of a GeoJSON text (WGS84) by their property ``key``."""
        shapes = {
            str(f["properties"][key]): polygon_rings(f["geometry"])
            for f in json.loads(geojson)["features"]
        }
        bounds = bounds_of(corner for rings in shapes.values() for ring in rings for corner in ring)
        if bounds is None:
            return cls(Projection(0, 0, 1, 1), 0.0, shapes)
        projection = Projection.wide(bounds, WIDTH)
        height = round((bounds[3] - bounds[1]) * projection.scale, 1)
        return cls(projection, height, shapes)

    def place(self, lng: float, lat: float) -> tuple[float, float]:
        """Return where a point is in the picture."""
        return self.projection.place(lng, lat)

    def path(self, sector: str) -> str:
        """Return a sector's outline as path data; empty for one that is not there."""
        return self.projection.path(self.shapes.get(sector, []))


def polygon_rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    """Return all rings of a GeoJSON Polygon or MultiPolygon."""
    parts = geometry["coordinates"]
    rings: list[list[list[float]]] = (
        parts if geometry["type"] == "Polygon" else [ring for part in parts for ring in part]
    )
    return rings
