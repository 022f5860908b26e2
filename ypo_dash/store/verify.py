"""Check the store against its manifest, and the twins against the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.store.local import local_times
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.place import cells_of
from ypo_dash.store.reader import check_file
from ypo_dash.store.segments import column, read_truth
from ypo_dash.store.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from ypo_dash.store.manifest import SegmentEntry
    from ypo_dash.store.workspace import Workspace


def verify(
    workspace: Workspace, progress: Callable[[str, float], None] = lambda _what, _share: None
) -> list[str]:
    """Return what is wrong with the store; an empty list if nothing is."""
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
    snapshot = Snapshot(workspace, manifest)
    seen: set[str] = set()
    for index, entry in enumerate(manifest.segments):
        progress("checking incidents", index / len(manifest.segments))
        found += _segment(snapshot, index, entry, seen)
    return found


def _segment(snapshot: Snapshot, index: int, entry: SegmentEntry, seen: set[str]) -> list[str]:
    """Derive a month's hot columns anew from the truth and compare."""
    truth = read_truth(snapshot.files, entry).to_pandas()
    twin, name = snapshot.twins[index], entry.parquet
    if len(truth) != entry.rows or twin.num_rows != entry.rows:
        return [
            f"{name}: {len(truth)} incidents, its twin {twin.num_rows}, the manifest {entry.rows}"
        ]
    ids = set(truth["incident_id"])
    problems = []
    if len(ids) != len(truth) or ids & seen:
        problems.append(f"{name}: an incident_id stands twice")
    seen |= ids
    times = local_times(truth["start_utc"], truth["end_utc"], snapshot.district.timezone)
    lat, lng = truth["lat"].to_numpy(), truth["lon"].to_numpy()
    expected: dict[str, Any] = {"start": times.start, "span": times.span}
    for res in RESOLUTIONS:
        expected[f"c{res}"] = cells_of(lng, lat, res)
    for key, values in expected.items():
        stored = column(twin, key)
        if key.startswith("c"):
            stored = snapshot.cells.cells[int(key[1:])][stored]
        if not np.array_equal(stored, values):
            problems.append(f"{entry.twin}: column {key} is not what {name} says")
    return problems
