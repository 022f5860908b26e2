"""The ground of efforts on the map of a district: its shape, and the sectors that it reaches into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h3
import shapely

from ypo_dash.model.extent import Extent
from ypo_dash.store.place import cell_ring
from ypo_dash.views.find_sector import place_of, sector_shapes

if TYPE_CHECKING:
    from ypo_dash.model.desk import Effort
    from ypo_dash.store.snapshot import Snapshot


def shape_of(snapshot: Snapshot, extent: Extent) -> Any:
    """Return the shape of sectors or hexagons (WGS84); sectors that are gone are left out."""
    known = sector_shapes(snapshot)
    sectors = [known[code] for code in extent.sectors if code in known]
    return shapely.union_all([*sectors, *cells_shapes(extent)])


def cells_shapes(extent: Extent) -> list[Any]:
    """Return the hexagons of an extent as polygons (WGS84)."""
    return [shapely.Polygon(cell_ring(cell)) for cell in extent.cells]


def sectors_of(snapshot: Snapshot, entry: Effort) -> tuple[str, ...]:
    """Return the sector whose effort it is, and those that it reaches into: named, or with a hexagon's middle."""
    extent = Extent.read(entry.place)
    middles = (place_of(snapshot, *h3.cell_to_latlng(cell)).sector for cell in extent.cells)
    reached = (sector.id for sector in middles if sector is not None)
    return tuple(dict.fromkeys((entry.sector, *extent.sectors, *reached)))
