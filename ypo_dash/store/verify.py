"""Check the store against its manifest, and all that is derived against the incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.store.areas import AreaIndex, sector_ids
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.place import cells_of, sector_of
from ypo_dash.store.reader import check_file
from ypo_dash.store.segments import CELL_COLUMNS, column, derive_twin, read_truth
from ypo_dash.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import pyarrow as pa

    from ypo_dash.store.workspace import Workspace


def verify(
    workspace: Workspace, progress: Callable[[str, float], None] = lambda _what, _share: None
) -> list[str]:
    """Return what is wrong with the store; an empty list if nothing is.

    Checked are the files of the snapshot in force; what older ones still hold serves nobody.
    """
    workspace.require()
    try:
        manifest = workspace.files.read()
    except StoreDamagedError as error:
        return [str(error)]
    names = sorted(manifest.names())
    found = []
    for done, name in enumerate(names):
        progress("checking files", done / len(names))
        problem = check_file(workspace.files.path(name), manifest.files.get(name, ""))
        if problem:
            found.append(problem)
    if found:
        return found
    try:
        snapshot = Snapshot(workspace, manifest)
    except InputError as error:
        return [str(error)]
    seen: set[str] = set()
    places = snapshot.polygons(), AreaIndex.of(snapshot)
    for index in range(len(manifest.segments)):
        progress("checking incidents", index / len(manifest.segments))
        found += _segment(snapshot, index, seen, places)
    return found


def _segment(
    snapshot: Snapshot, index: int, seen: set[str], places: tuple[list[Any], AreaIndex]
) -> list[str]:
    """Derive everything of a month anew from its truth and compare."""
    entry = snapshot.manifest.segments[index]
    truth, twin, name = read_truth(snapshot.files, entry), snapshot.twins[index], entry.parquet
    if truth.num_rows != entry.rows or twin.num_rows != entry.rows:
        return [
            f"{name}: {truth.num_rows} incidents, its twin {twin.num_rows}, the manifest {entry.rows}"
        ]
    rows = truth.to_pandas()
    ids = set(rows["incident_id"])
    problems = []
    if len(ids) != len(rows) or ids & seen:
        problems.append(f"{name}: an incident_id stands twice")
    seen |= ids
    problems += [f"{entry.twin}: {problem}" for problem in _cells(snapshot, rows, twin)]
    stored = {c: column(twin, c) for c in CELL_COLUMNS}
    derived, facts = derive_twin(truth, stored, snapshot.coding)
    if not derived.equals(twin, check_metadata=True):
        problems.append(f"{entry.twin}: its columns are not what {name} says")
    if any(getattr(entry, key) != value for key, value in facts.items()):
        problems.append(f"the manifest's counts of {entry.month} are not what {name} says")
    sector = sector_of(rows["lon"].to_numpy(), rows["lat"].to_numpy(), places[0])
    placed = sector_ids(sector, rows["area"], snapshot, places[1])
    known = rows["sector"].astype(object)
    if not np.array_equal(known.where(known.notna(), None).to_numpy(), placed):
        problems.append(f"{name}: an incident is not in the sector of its point")
    return problems


def _cells(snapshot: Snapshot, rows: pd.DataFrame, twin: pa.Table) -> list[str]:
    lat, lng = rows["lat"].to_numpy(), rows["lon"].to_numpy()
    problems = []
    for res in RESOLUTIONS:
        known, stored = snapshot.cells.cells[res], column(twin, f"c{res}")
        if stored.max(initial=0) >= len(known) or not np.array_equal(
            known[stored], cells_of(lng, lat, res)
        ):
            problems.append(f"column c{res} is not the cell of the point")
    return problems
