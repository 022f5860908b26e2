"""Where incidents could be: the hexagons of the district, their neighbours, and what each holds.

A baseline says what share of a district's incidents a hexagon would have if nothing were special
about it: its share of the area, of the inhabitants, or of the length of the streets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from ypo_dash.model.errors import FilterError
from ypo_dash.store.lru import Lru

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot

    Floats = NDArray[np.float64]

LEAST_SHARE = 1e-9  # of a hexagon; less is rounding along a border
COVERED = 0.9  # of a sector that areas with a known population must cover to spread its inhabitants
RING = 7


def _sums(where: NDArray[np.int64], values: Floats, number: int) -> Floats:
    return np.bincount(where, values, number).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Which hexagon lies in which polygon with which share of its area; one entry per pair."""

    hexagon: NDArray[np.int64]
    polygon: NDArray[np.int64]
    share: Floats

    def per_hexagon(self, number: int, weights: Floats | None = None) -> Floats:
        """Return the sum of shares per hexagon, each times its polygon's weight."""
        values = self.share if weights is None else self.share * weights[self.polygon]
        return _sums(self.hexagon, values, number)

    def largest(self, number: int) -> NDArray[np.int64]:
        """Return the polygon with most of each hexagon, the first of equals; -1 for none."""
        found = np.full(number, -1, np.int64)
        order = np.lexsort((-self.polygon, self.share))
        found[self.hexagon[order]] = self.polygon[order]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The hexagons of one resolution that the district has, or that ever had an incident.

    The first ``dense`` stand under their dense ids (0 is "no cell"); those of the district that
    never had an incident come after. ``neighbours`` has, per hexagon, its own number and those of
    the six around it; the number ``len(cells)`` stands for one that is not here. ``sizes`` are km2,
    ``sectors`` says what lies in which sector, ``sector`` which holds the most of it (-1: none).
    """

    res: int
    cells: NDArray[np.uint64]
    dense: int
    neighbours: NDArray[np.int64]
    sizes: Floats
    sectors: Overlaps
    sector: NDArray[np.int64]

    @property
    def km2(self) -> Floats:
        """The area inside the sectors."""
        return self.sizes * self.sectors.per_hexagon(len(self.cells))

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which hexagons have some of their area in the district."""
        return self.sector >= 0


_grids = Lru(8)
_shares = Lru(24)


def clear_exposure() -> None:
    """Forget all hexagons; for benchmarks."""
    _grids.clear()
    _shares.clear()


def grid_of(snapshot: Snapshot, res: int) -> Grid:
    """Return the hexagons of ``res``; worked out once per geometry."""
    return _grids.fetch((snapshot.geometry_key, res), lambda: _grid(snapshot, res))


def _grid(snapshot: Snapshot, res: int) -> Grid:
    from h3ronpy import ContainmentMode, cells_area_km2
    from h3ronpy.vector import geometry_to_cells

    known = snapshot.cells.cells[res]
    polygons = snapshot.polygons()
    touching = _numbers(
        geometry_to_cells(shapely.union_all(polygons), res, containment_mode=ContainmentMode.Covers)
    )
    cells = np.concatenate([known, np.setdiff1d(touching, known)])
    named = pa.array(cells[1:])
    sizes = np.concatenate([[0.0], pa.array(cells_area_km2(named)).to_numpy(zero_copy_only=False)])
    sectors = _overlaps(_hexagons(cells[1:]), polygons)
    return Grid(
        res=res,
        cells=cells,
        dense=len(known),
        neighbours=neighbours_of(cells),
        sizes=sizes,
        sectors=sectors,
        sector=sectors.largest(len(cells)),
    )


def neighbours_of(cells: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return for each cell the positions in ``cells`` of itself and its first ring.

    The position ``len(cells)`` stands for a cell that is not there; the cell 0 is "no cell".
    """
    from h3ronpy import grid_disk

    found = np.full((len(cells), RING), len(cells), np.int64)
    named = np.flatnonzero(cells)
    if not len(named):
        return found
    lists = pa.array(grid_disk(pa.array(cells[named]), 1))
    ends = lists.offsets.to_numpy()
    values = lists.flatten().to_numpy()
    row = np.repeat(np.arange(len(named)), np.diff(ends))
    order = np.argsort(cells)
    at = np.searchsorted(cells[order], values).clip(0, len(cells) - 1)
    position = np.where(cells[order[at]] == values, order[at], len(cells))
    found[named[row], np.arange(len(values)) - ends[:-1][row]] = position
    return found


def ring_sums(values: Floats, neighbours: NDArray[np.int64]) -> Floats:
    """Return the sums over each cell and its first ring; ``values`` end in the cells' axis."""
    padded = np.concatenate([values, np.zeros((*values.shape[:-1], 1))], axis=-1)
    total: Floats = padded[..., neighbours[:, 0]]
    for k in range(1, neighbours.shape[1]):
        total = total + padded[..., neighbours[:, k]]
    return total


def _numbers(cells: Any) -> NDArray[np.uint64]:
    found: NDArray[np.uint64] = pa.array(cells).to_numpy(zero_copy_only=False)
    return found


def _hexagons(cells: NDArray[np.uint64]) -> NDArray[Any]:
    from h3ronpy.vector import cells_to_wkb_polygons

    texts = pa.array(cells_to_wkb_polygons(pa.array(cells))).to_numpy(zero_copy_only=False)
    found: NDArray[Any] = shapely.from_wkb(texts)
    return found


def _overlaps(hexagons: NDArray[Any], polygons: list[Any]) -> Overlaps:
    """Return how hexagons and polygons overlap; hexagons are numbered from 1, 0 being "no cell"."""
    # Degrees will do: within one hexagon a degree is as long everywhere.
    tree = shapely.STRtree(hexagons)
    where, which, shares = [], [], []
    for k, polygon in enumerate(polygons):
        shapely.prepare(polygon)
        near = tree.query(polygon, "intersects")
        share = np.ones(len(near))
        part = ~shapely.contains_properly(polygon, hexagons[near])
        cut = hexagons[near[part]]
        share[part] = shapely.area(shapely.intersection(cut, polygon)) / shapely.area(cut)
        where.append(near + 1)
        which.append(np.full(len(near), k))
        shares.append(share)
    found = Overlaps(*(np.concatenate(each) for each in (where, which, shares)))
    kept = found.share > LEAST_SHARE
    return Overlaps(found.hexagon[kept], found.polygon[kept], found.share[kept])


def exposure_of(snapshot: Snapshot, baseline: str, res: int) -> Floats:
    """Return each hexagon's share of the district by a baseline; the shares sum to 1.

    Raises
    ------
    FilterError
        The district's data do not have what the baseline needs.
    """
    streets = snapshot.workspace.home / "map" / "streets.geojson"
    stamp = streets.stat().st_mtime_ns if baseline == "streets" and streets.exists() else 0
    people = tuple(s.population for s in snapshot.sectors) if baseline == "residents" else ()
    key = (snapshot.geometry_key, snapshot.layer_text("areas") if people else "", stamp)
    return _shares.fetch((*key, people, baseline, res), lambda: _exposure(snapshot, baseline, res))


def _exposure(snapshot: Snapshot, baseline: str, res: int) -> Floats:
    grid = grid_of(snapshot, res)
    if baseline == "residents":
        held = _residents(snapshot, grid)
    elif baseline == "streets":
        held = _street_metres(snapshot, grid)
    else:
        held = grid.km2
    share: Floats = held / held.sum()
    return share


def _residents(snapshot: Snapshot, grid: Grid) -> Floats:
    """Return inhabitants, each sector's spread evenly by area, or as finer areas have them."""
    people = np.array([np.nan if s.population is None else s.population for s in snapshot.sectors])
    if np.isnan(people).any():
        raise FilterError(
            "baseline", "the inhabitants of some sectors are not known; use baseline=area"
        )
    inside, number = grid.sectors, len(people)
    area = inside.share * grid.sizes[inside.hexagon]
    density, covered = (each[inside.hexagon] for each in _finer(snapshot, grid))
    size = _sums(inside.polygon, area, number)
    known = _sums(inside.polygon, area * covered, number)
    middle = _sums(inside.polygon, area * covered * density, number) / np.maximum(known, 1e-12)
    finer = known >= COVERED * size
    weight = area * np.where(covered > 0, density, middle[inside.polygon])
    weight = np.where(finer[inside.polygon], weight, area)
    per_weight = people / np.maximum(_sums(inside.polygon, weight, number), 1e-12)
    total = _sums(inside.hexagon, weight * per_weight[inside.polygon], len(grid.cells))
    if total.sum() <= 0:
        raise FilterError("baseline", "no inhabitants are known here; use baseline=area")
    return total


def _finer(snapshot: Snapshot, grid: Grid) -> tuple[Floats, Floats]:
    """Return inhabitants per area by the survey areas, and the share of a hexagon that they cover."""
    features = json.loads(snapshot.layer_text("areas"))["features"]
    known = [f for f in features if (f["properties"].get("population") or 0) > 0]
    number = len(grid.cells)
    if not known:
        return np.zeros(number), np.zeros(number)
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in known]
    per_area = np.array([f["properties"]["population"] for f in known]) / shapely.area(shapes)
    areas = _overlaps(_hexagons(grid.cells[1:]), shapes)
    covered = areas.per_hexagon(number)
    density = areas.per_hexagon(number, per_area) / np.maximum(covered, 1e-12)
    return density, np.minimum(covered, 1.0)


def _street_metres(snapshot: Snapshot, grid: Grid) -> Floats:
    """Return the length of the base map's streets inside the district, in metres."""
    from pyproj import Transformer

    path = snapshot.workspace.home / "map" / "streets.geojson"
    features = json.loads(path.read_text("utf-8"))["features"] if path.exists() else []
    lines = [shapely.from_geojson(json.dumps(f["geometry"])) for f in features]
    if not lines:
        raise FilterError(
            "baseline", "the base map here has no streets; use baseline=area or residents"
        )
    metres = Transformer.from_crs("EPSG:4326", snapshot.district.crs, always_xy=True)
    inside = shapely.intersection(shapely.union_all(lines), shapely.union_all(snapshot.polygons()))
    hexagons = _hexagons(grid.cells[1:])
    near = shapely.STRtree(hexagons).query(inside, "intersects")
    pieces = shapely.intersection(hexagons[near], inside)
    length = np.zeros(len(grid.cells))
    points = shapely.get_coordinates(pieces)
    projected = np.column_stack(metres.transform(points[:, 0], points[:, 1]))
    length[1:][near] = shapely.length(shapely.set_coordinates(pieces, projected))
    if length.sum() <= 0:
        raise FilterError(
            "baseline", "the base map here has no streets; use baseline=area or residents"
        )
    return length
