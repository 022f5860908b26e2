"""Sector outlines as SVG paths, for maps that need no scripts."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

WIDTH = 480.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A picture `WIDTH` wide, north up: its height, paths by sector id, and where places are in it.

    Longitudes are shrunk by the cosine of the middle latitude: true to shape at a district's size.
    """

    west: float
    north: float
    shrink: float
    scale: float
    height: float
    shapes: dict[str, list[list[list[float]]]]

    @classmethod
    def of(cls, geojson: str, key: str = "sector_id") -> Outline:
        """Read polygons of a GeoJSON text (WGS84) by their property ``key``."""
        shapes = {
            str(f["properties"][key]): _rings(f["geometry"])
            for f in json.loads(geojson)["features"]
        }
        corners = [corner for rings in shapes.values() for ring in rings for corner in ring]
        lngs, lats = [c[0] for c in corners], [c[1] for c in corners]
        shrink = math.cos(math.radians((min(lats) + max(lats)) / 2))
        scale = WIDTH / ((max(lngs) - min(lngs)) * shrink)
        height = round((max(lats) - min(lats)) * scale, 1)
        return cls(min(lngs), max(lats), shrink, scale, height, shapes)

    def place(self, lng: float, lat: float) -> tuple[float, float]:
        """Return where a point is in the picture."""
        x, y = (lng - self.west) * self.shrink * self.scale, (self.north - lat) * self.scale
        return round(x, 1), round(y, 1)

    def path(self, sector: str) -> str:
        """Return a sector's outline as path data; empty for one that is not there."""
        rings = self.shapes.get(sector, [])
        return "".join(
            f"M{'L'.join('{},{}'.format(*self.place(*corner[:2])) for corner in ring)}Z"
            for ring in rings
        )


def _rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    parts = geometry["coordinates"]
    rings: list[list[list[float]]] = (
        parts if geometry["type"] == "Polygon" else [ring for part in parts for ring in part]
    )
    return rings
