"""Where a point lies: sector by exact point in polygon, H3 cell of every resolution by the point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3
import numpy as np
import pyarrow as pa
import shapely

from ypo_dash.model.filters import RESOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def sector_of(
    lng: NDArray[np.float64], lat: NDArray[np.float64], polygons: Sequence[Any]
) -> NDArray[np.int32]:
    """Return the index of the first polygon that touches each point; -1 for none, -2 for no point.

    Parameters
    ----------
    lng, lat
        WGS84 degrees; NaN for no point.
    polygons
        Sectors in ascending id, so that a point on a border gets the lowest one.
    """
    found = np.full(len(lng), -1, np.int32)
    missing = np.isnan(lng) | np.isnan(lat)
    found[missing] = -2
    order = np.argsort(lng, kind="stable")
    x, y = lng[order], lat[order]
    for index, polygon in enumerate(polygons):
        west, south, east, north = polygon.bounds
        a, b = np.searchsorted(x, [west, np.nextafter(east, np.inf)])
        rows = order[a:b]
        inside_box = (y[a:b] >= south) & (y[a:b] <= north) & (found[rows] == -1)
        rows = rows[inside_box]
        if not len(rows):
            continue
        shapely.prepare(polygon)
        hit = shapely.intersects_xy(polygon, lng[rows], lat[rows])
        found[rows[hit]] = index
    return found


def cells_of(lng: NDArray[np.float64], lat: NDArray[np.float64], res: int) -> NDArray[np.uint64]:
    """Return each point's H3 cell at ``res``, from the point itself; 0 for no point."""
    from h3ronpy.vector import coordinates_to_cells

    result = np.zeros(len(lng), np.uint64)
    known = np.flatnonzero(~(np.isnan(lng) | np.isnan(lat)))
    if len(known):
        cells = coordinates_to_cells(lat[known], lng[known], res)
        result[known] = pa.array(cells).to_numpy(zero_copy_only=False)
    return result


def cell_ring(cell: str) -> list[tuple[float, float]]:
    """Return a hexagon's corners as (lng, lat), counter-clockwise, not closed.

    A cell across the antimeridian goes on beyond 180 degrees rather than round the world.
    """
    ring = [(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]
    if max(lng for lng, _ in ring) - min(lng for lng, _ in ring) > 180:
        ring = [(lng % 360, lat) for lng, lat in ring]
    return ring


class CellIds:
    """Dense ids of the H3 cells seen so far, per resolution; append-only, id 0 is "no cell"."""

    def __init__(self, cells: dict[int, NDArray[np.uint64]] | None = None) -> None:
        self.cells = cells or {res: np.zeros(1, np.uint64) for res in RESOLUTIONS}

    def count(self, res: int) -> int:
        """Return the number of ids at ``res``, "no cell" included."""
        return len(self.cells[res])

    def add(self, cells: NDArray[np.uint64], res: int) -> NDArray[np.uint32]:
        """Return the ids of ``cells``, giving new ids to new ones."""
        known = self.cells[res]
        distinct, inverse = np.unique(cells, return_inverse=True)
        order = np.argsort(known)
        at = np.searchsorted(known[order], distinct).clip(0, len(known) - 1)
        ids = order[at].astype(np.uint32)
        fresh = known[ids] != distinct
        ids[fresh] = len(known) + np.arange(fresh.sum(), dtype=np.uint32)
        self.cells[res] = np.concatenate([known, distinct[fresh]])
        dense: NDArray[np.uint32] = ids[inverse]
        return dense

    def find(self, cell: str) -> int:
        """Return the id of a cell given as text; -1 if it has none."""
        known = self.cells.get(h3.get_resolution(cell))
        if known is None:
            return -1
        hit = np.flatnonzero(known == np.uint64(h3.str_to_int(cell)))
        return int(hit[0]) if len(hit) else -1

    def table(self) -> pa.Table:
        """Return all ids as a table ``res, cell`` in the order of the ids."""
        res = np.concatenate([np.full(len(c), r, np.uint8) for r, c in self.cells.items()])
        return pa.table({"res": res, "cell": np.concatenate(list(self.cells.values()))})

    @classmethod
    def from_table(cls, table: pa.Table) -> CellIds:
        """Read what `table` wrote."""
        res, cell = table["res"].to_numpy(), table["cell"].to_numpy()
        return cls({r: cell[res == r] for r in RESOLUTIONS})
