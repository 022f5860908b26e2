"""Where a point lies: its sector by exact borders, and the designated and survey areas it lies in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from ypo_dash.i18n import number
from ypo_dash.store.designated import estates_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.place import sector_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.store.snapshot import Sector, Snapshot

_shapes = Lru(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point and what it lies in; ``sector`` is None outside all of them. Areas are by name."""

    lat: float
    lng: float
    sector: Sector | None
    designated: tuple[str, ...]
    survey: str


@dataclass(frozen=True, slots=True)
class _Shapes:
    sectors: list[Any]
    designated: list[tuple[str, Any]]
    survey: list[tuple[str, Any]]


def place_of(snapshot: Snapshot, lat: float, lng: float) -> Place:
    """Return what a point (WGS84) lies in; one on a border belongs to the lowest id."""
    shapes = _of(snapshot)
    x, y = np.array([lng], float), np.array([lat], float)
    index = int(sector_of(x, y, shapes.sectors)[0])
    survey = int(sector_of(x, y, [shape for _, shape in shapes.survey])[0])
    return Place(
        lat=lat,
        lng=lng,
        sector=snapshot.sectors[index] if index >= 0 else None,
        designated=tuple(
            name for name, shape in shapes.designated if shapely.intersects_xy(shape, lng, lat)
        ),
        survey=shapes.survey[survey][0] if survey >= 0 else "",
    )


def sector_shapes(snapshot: Snapshot) -> dict[str, Any]:
    """Return the sectors' polygons (WGS84) by id."""
    return dict(zip(snapshot.sector_names, _of(snapshot).sectors, strict=True))


def outside(snapshot: Snapshot, lats: Sequence[float], lngs: Sequence[float]) -> int:
    """Return how many of the points lie in no sector."""
    found = sector_of(np.array(lngs, float), np.array(lats, float), _of(snapshot).sectors)
    return int((found < 0).sum())


def _of(snapshot: Snapshot) -> _Shapes:
    found: _Shapes = _shapes.fetch(snapshot.revision, lambda: _read(snapshot))
    return found


def _read(snapshot: Snapshot) -> _Shapes:
    return _Shapes(
        snapshot.polygons(),
        [(estate.name, estate.shape) for estate in estates_of(snapshot)],
        _survey_areas(snapshot),
    )


def _survey_areas(snapshot: Snapshot) -> list[tuple[str, Any]]:
    """Return the survey's areas with their names, the id before where there is one."""
    features = json.loads(snapshot.layer_text("areas"))["features"]
    found = []
    for feature in features:
        p = feature["properties"]
        name = " ".join(str(p[part]) for part in ("id", "name") if p.get(part))
        found.append((name, shapely.from_geojson(json.dumps(feature["geometry"]))))
    return found


def point_words(snapshot: Snapshot, lat: float, lng: float, lang: str) -> str:
    """Return a point in degrees and in the district's metres, so that one sees how it was read."""
    from pyproj import Transformer

    across = Transformer.from_crs("EPSG:4326", snapshot.district.crs, always_xy=True)
    x, y = across.transform(lng, lat)
    degrees = f"{number(lat, lang, 5)} N {number(lng, lang, 5)} {'Ø' if lang == 'da' else 'E'}"
    metres = f"{snapshot.district.crs} {x:.0f} {y:.0f}"
    return f"{degrees} · {metres}"


def ring_around(snapshot: Snapshot, lat: float, lng: float) -> list[list[tuple[float, float]]]:
    """Return two rings of (lng, lat) round a point, to be seen on a map of the whole district."""
    west, south, east, north = snapshot.bounds
    shrink = max(float(np.cos(np.radians(lat))), 0.01)
    size = max((east - west) * shrink, north - south)
    turns = np.linspace(0, 2 * np.pi, 25)
    return [
        [(lng + r * size * float(np.cos(t)) / shrink, lat + r * size * float(np.sin(t))) for t in turns]
        for r in (0.002, 0.014)
    ]  # fmt: skip
