"""What server-drawn maps are made of: sectors, hexagons, incidents and the base map of a snapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ypo_dash.figures.classes import class_limits
from ypo_dash.figures.map_parts import Ground, Hexagon, Mark, Region
from ypo_dash.figures.outline import polygon_rings
from ypo_dash.store.lru import Lru
from ypo_dash.store.place import cell_ring
from ypo_dash.store.query import summarise
from ypo_dash.views.tables import cell_counts, count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from typing import Any

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Rings = list[list[list[float]]]

_shapes = Lru(4)
_grounds = Lru(4)
_TINY = 0.05  # below which one decimal would read as nothing
_BELOW = ("land", "water", "parks", "rail", "streets")


def sector_rings(snapshot: Snapshot) -> dict[str, Rings]:
    """Return the sectors' outlines, simplified for drawing: rings of (lng, lat) by sector id."""
    return _shapes.fetch(snapshot.revision, lambda: _sector_rings(snapshot))


def _sector_rings(snapshot: Snapshot) -> dict[str, Rings]:
    features = json.loads(snapshot.layer_text("outline"))["features"]
    return {str(f["properties"]["sector_id"]): polygon_rings(f["geometry"]) for f in features}


def regions(
    snapshot: Snapshot,
    levels: Mapping[str, int] | None = None,
    *,
    strong: Collection[str] = (),
    inside: Collection[str] | None = None,
) -> list[Region]:
    """Return the sectors to draw.

    Parameters
    ----------
    levels
        Class by sector id; none is filled without.
    strong
        Sectors in focus.
    inside
        The sectors that the state is of, None for all; the others are faded.
    """
    shapes = sector_rings(snapshot)
    return [
        Region(
            id=s.id,
            label=s.id,
            rings=shapes.get(s.id, []),
            at=(s.label[1], s.label[0]),
            level=None if levels is None else levels.get(s.id),
            strong=s.id in strong,
            faded=inside is not None and s.id not in inside,
        )
        for s in snapshot.sectors
    ]


def bounds_of_sectors(
    snapshot: Snapshot, sectors: Collection[str], margin: float = 0.06
) -> tuple[float, float, float, float]:
    """Return west, south, east, north of some sectors with a margin around (a part of their size)."""
    shapes = sector_rings(snapshot)
    corners = [c for s in sectors for ring in shapes.get(s, []) for c in ring]
    if not corners:
        return snapshot.bounds
    lngs, lats = [c[0] for c in corners], [c[1] for c in corners]
    wide, high = (max(lngs) - min(lngs)) * margin, (max(lats) - min(lats)) * margin
    return min(lngs) - wide, min(lats) - high, max(lngs) + wide, max(lats) + high


def focus(cell: str | None) -> list[Region]:
    """Return the outline of the hexagon that a state looks into, none where it looks into none."""
    if cell is None:
        return []
    ring = [list(corner) for corner in cell_ring(cell)]
    return [Region(id=cell, label="", rings=[[*ring, ring[0]]], at=(ring[0][0], ring[0][1]), strong=True)]  # fmt: skip


def bounds_around(cell: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a hexagon with as much again on every side."""
    ring = cell_ring(cell)
    lngs, lats = [lng for lng, _ in ring], [lat for _, lat in ring]
    wide, high = max(lngs) - min(lngs), max(lats) - min(lats)
    return min(lngs) - wide, min(lats) - high, max(lngs) + wide, max(lats) + high


def levels_of(
    values: Mapping[str, float], *, whole: bool = True
) -> tuple[dict[str, int], list[float]]:
    """Return the class of each value (0 for none) and the classes' lower limits."""
    limits = class_limits(list(values.values()), whole=whole, steep=False)[:6]
    return {
        key: sum(v >= limit for limit in limits) if v > 0 else 0 for key, v in values.items()
    }, limits


def hexagons(snapshot: Snapshot, filters: Filters) -> tuple[list[Hexagon], list[float]]:
    """Return the state's hexagons with incidents, classed as Explore classes them, and the limits."""
    found = dict(cell_counts(snapshot, filters))
    summary = summarise(snapshot, filters)
    limits = class_limits(summary.cells_context[1:], whole=not summary.masked)[:6]
    drawn = [
        Hexagon(ring=cell_ring(cell), level=max(1, sum(n >= limit for limit in limits)))
        for cell, n in found.items()
    ]
    return drawn, limits


def limit_labels(
    limits: Sequence[float], snapshot: Snapshot, filters: Filters, lang: str
) -> list[tuple[int, str]]:
    """Return class and words of each class: "2–4", the last "10+"."""
    summary = summarise(snapshot, filters)
    words = [count_text(summary, limit, lang) for limit in limits]
    if summary.masked:
        return [
            (i + 1, f"≥ {word}" if limit >= _TINY else "> 0")
            for i, (limit, word) in enumerate(zip(limits, words, strict=True))
        ]
    ends = [count_text(summary, limit - 1, lang) for limit in limits[1:]]
    closed = [
        low if low == high else f"{low}–{high}" for low, high in zip(words, ends, strict=False)
    ]
    return [(i + 1, word) for i, word in enumerate([*closed, *(f"{w}+" for w in words[-1:])])]


def sector_counts(snapshot: Snapshot, filters: Filters) -> dict[str, float]:
    """Return the state's count by sector id."""
    summary = summarise(snapshot, filters)
    pairs = zip(snapshot.sectors, summary.sectors[:-2], strict=True)
    return {s.id: float(count_value(n)) for s, n in pairs}


def marks(pins: Sequence[dict[str, Any]]) -> list[Mark]:
    """Return incidents that may be drawn as points (`views.pins`), as symbols."""
    return [
        Mark(
            lng=p["lng"], lat=p["lat"], code=p["type"], letter=p["letter"],
            title=f"{p['type_name']}, {p['when']}", sector=p["sector"],
        )
        for p in pins
    ]  # fmt: skip


def ground(snapshot: Snapshot) -> Ground:
    """Return the base map, empty where the workspace has none."""
    return _grounds.fetch(snapshot.revision, lambda: _ground(snapshot))


def _ground(snapshot: Snapshot) -> Ground:
    folder = snapshot.workspace.home / "map"
    found = {
        name: _parts(json.loads((folder / f"{name}.geojson").read_text("utf-8")))
        for name in _BELOW
        if (folder / f"{name}.geojson").is_file()
    }
    return Ground(**found)


def _parts(collection: dict[str, Any]) -> Rings:
    parts: Rings = []
    for feature in collection["features"]:
        geometry = feature["geometry"]
        kind, at = geometry["type"], geometry["coordinates"]
        if kind in ("Polygon", "MultiPolygon"):
            parts += polygon_rings(geometry)
        elif kind == "LineString":
            parts.append(at)
        elif kind == "MultiLineString":
            parts += at
    return parts
