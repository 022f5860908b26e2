"""Where a sector's efforts are, as a map: whole sectors in focus, hexagons filled. No points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ypo_dash.figures.district_map import district_map
from ypo_dash.figures.map_parts import Hexagon
from ypo_dash.model.extent import Extent
from ypo_dash.store.place import cell_ring
from ypo_dash.views import map_layers as layers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.svg import Look
    from ypo_dash.model.desk import Effort
    from ypo_dash.store.snapshot import Snapshot

_LEVEL = 4  # of the ramp: of one kind, so one shade


def place_map(
    snapshot: Snapshot, sector: str, entries: Sequence[Effort], **look: Unpack[Look]
) -> str:
    """Draw a sector with the places of efforts; other sectors only as far as an effort reaches there."""
    places = [Extent.read(entry.place) for entry in entries]
    cells = dict.fromkeys(cell for place in places for cell in place.cells)
    whole = {code for place in places for code in place.sectors if code in snapshot.sector_names}
    shown = {sector, *whole}
    return district_map(
        layers.regions(snapshot, dict.fromkeys(whole, 2), strong={sector}, inside=shown),
        hexagons=[Hexagon(ring=cell_ring(code), level=_LEVEL) for code in cells],
        ground=layers.ground(snapshot),
        bounds=layers.bounds_of_sectors(snapshot, shown),
        **look,
    ).svg
