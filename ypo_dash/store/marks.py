"""Which rows lie in one H3 cell of any resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import h3
import numpy as np

from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.store.lru import Lru
from ypo_dash.store.place import cells_of
from ypo_dash.store.segments import column, read_truth

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot

_KEPT = 4
_marks_of = Lru(_KEPT)


@dataclass(frozen=True, slots=True)
class Marks:
    """Per month, a column to compare with ``wanted``."""

    columns: list[NDArray[np.uint32]]
    wanted: int

    def __getitem__(self, index: int) -> NDArray[np.uint32]:
        return self.columns[index]


def cell_marks(snapshot: Snapshot, cell: str | None) -> Marks | None:
    """Return the columns that say which rows lie in ``cell``; None for no cell.

    Stored resolutions compare dense ids. For others every point's cell is computed (slow, kept
    for a while): a cell's ancestor would not do, hexagons do not nest.
    """
    if cell is None:
        return None
    key = (snapshot.revision, cell)
    found = _marks_of.get(key)
    if not isinstance(found, Marks):
        found = _marks(snapshot, cell)
        _marks_of.put(key, found)
    return found


def _marks(snapshot: Snapshot, cell: str) -> Marks:
    res = h3.get_resolution(cell)
    if res in RESOLUTIONS:
        found = snapshot.cells.find(cell)
        # A cell without incidents has no id; no row carries this number.
        return Marks(
            [column(twin, f"c{res}") for twin in snapshot.twins], 2**32 if found < 0 else found
        )
    target = np.uint64(h3.str_to_int(cell))
    columns = []
    for entry in snapshot.manifest.segments:
        truth = read_truth(snapshot.files, entry, ["lat", "lon"])
        lat, lng = (truth[name].to_numpy(zero_copy_only=False) for name in ("lat", "lon"))
        columns.append((cells_of(lng, lat, res) == target).astype(np.uint32))
    return Marks(columns, 1)
