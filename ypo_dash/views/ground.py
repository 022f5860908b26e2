"""What maps drawn on the server lie on: the sectors, and the base map of the workspace."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ypo_dash.figures.map_parts import Ground, Region
from ypo_dash.figures.outline import polygon_rings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ypo_dash.store.snapshot import Snapshot

    Rings = list[list[list[float]]]


def ground_of(snapshot: Snapshot) -> Ground:
    """Return the base map: land, water, parks, rail; empty parts where the workspace has none."""
    folder = snapshot.workspace.home / "map"
    parts = {name: folder / f"{name}.geojson" for name in ("land", "water", "parks", "rail")}
    stamps = tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in parts.values())
    return _ground(folder, stamps)


@lru_cache(maxsize=4)
def _ground(folder: Path, _stamps: tuple[int, ...]) -> Ground:
    return Ground(
        **{name: _shapes(folder / f"{name}.geojson") for name in ("land", "water", "parks", "rail")}
    )


def _shapes(path: Path) -> Rings:
    if not path.exists():
        return []
    found: Rings = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        found += _lines(feature["geometry"])
    return found


def _lines(geometry: dict[str, Any]) -> Rings:
    """Return the rings of an area, or the lines of a line."""
    kind = geometry["type"]
    if kind in ("Polygon", "MultiPolygon"):
        return polygon_rings(geometry)
    if kind == "LineString":
        return [geometry["coordinates"]]
    lines: Rings = geometry["coordinates"] if kind == "MultiLineString" else []
    return lines


def regions_of(
    snapshot: Snapshot,
    levels: Mapping[str, int | None],
    *,
    faded: Collection[str] = (),
    strong: Collection[str] = (),
) -> list[Region]:
    """Return the sectors with their ids as labels, and a class each where ``levels`` has one."""
    shapes = _outlines(snapshot.layer_text("outline"))
    return [
        Region(
            id=s.id,
            label=s.id,
            rings=shapes.get(s.id, []),
            at=(s.label[1], s.label[0]),
            level=levels.get(s.id),
            faded=s.id in faded,
            strong=s.id in strong,
        )
        for s in snapshot.sectors
    ]


@lru_cache(maxsize=4)
def _outlines(geojson: str) -> dict[str, Rings]:
    return {
        str(f["properties"]["sector_id"]): polygon_rings(f["geometry"])
        for f in json.loads(geojson)["features"]
    }
