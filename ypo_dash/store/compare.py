"""Tell new, updated and unchanged incidents apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.store.areas import AreaIndex, sector_ids
from ypo_dash.store.segments import CONTENT, read_truth

if TYPE_CHECKING:
    from ypo_dash.store.report import ImportReport
    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to write, and per segment the row numbers they replace."""

    rows: pd.DataFrame
    replaced: dict[int, np.ndarray[Any, np.dtype[np.int64]]]


def compare(snapshot: Snapshot, rows: pd.DataFrame, report: ImportReport) -> Changes:
    """Tell new, updated and unchanged rows apart; the last row of an id in a file wins."""
    if rows.empty:
        return Changes(rows, {})
    areas = AreaIndex.of(snapshot)
    rows["sector"] = sector_ids(rows["sector_index"].to_numpy(), rows["area"], snapshot, areas)
    no_place = rows["lat"].isna() & rows["area"].isna()
    report.no_coordinates = int(no_place.sum())
    report.outside = int((rows["sector"].isna() & ~no_place).sum())
    report.sector_only = int((rows["sector"].notna() & rows["lat"].isna()).sum())
    repeats_updated = repeats_unchanged = 0
    first = last = rows
    if rows["incident_id"].nunique() < len(rows):
        repeats_updated, repeats_unchanged = _repeats(rows)
        first = rows.drop_duplicates("incident_id", keep="first")
        last = rows.drop_duplicates("incident_id", keep="last")
        last = last.set_index("incident_id").loc[first["incident_id"]].reset_index()
    segment, at = _find(snapshot, last["incident_id"])
    same_first = _same(snapshot, first, segment, at)
    known = segment >= 0
    report.new = int((~known).sum())
    report.unchanged = int(same_first.sum()) + repeats_unchanged
    report.updated = int((known & ~same_first).sum()) + repeats_updated
    same_last = same_first if repeats_updated == 0 else _same(snapshot, last, segment, at)
    changed = known & ~same_last
    replaced = {int(s): np.sort(at[changed & (segment == s)]) for s in np.unique(segment[changed])}
    return Changes(last[~same_last].reset_index(drop=True), replaced)


def _repeats(rows: pd.DataFrame) -> tuple[int, int]:
    """Count, among rows whose id stood before in the same import, changed and equal ones."""
    again = rows.loc[rows["incident_id"].duplicated(keep=False), ["incident_id", *CONTENT]]
    if again.empty:
        return 0, 0
    again = (
        again.astype({"type": str, "scene": str})
        .sort_values("incident_id", kind="stable")
        .reset_index(drop=True)
    )
    before = again.shift(1)
    repeat = (again["incident_id"] == before["incident_id"]).to_numpy()
    equal = np.ones(len(again), bool)
    for name in CONTENT:
        equal &= (
            ((again[name] == before[name]) | (again[name].isna() & before[name].isna()))
            .fillna(False)
            .to_numpy(dtype=bool)
        )
    return int((repeat & ~equal).sum()), int((repeat & equal).sum())


def _find(snapshot: Snapshot, ids: pd.Series[str]) -> tuple[Any, Any]:
    """Return for each id the segment and row where the store has it; -1 where it has not."""
    segment, at = np.full(len(ids), -1), np.full(len(ids), -1)
    wanted = pa.array(ids.astype(object), pa.string())
    entries = snapshot.manifest.segments
    stored = [read_truth(snapshot.files, e, ["incident_id"])["incident_id"] for e in entries]
    if not stored:
        return segment, at
    everything = pa.chunked_array(
        [chunk for column in stored for chunk in column.chunks], pa.string()
    )
    hit = pc.index_in(everything, value_set=wanted).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(~np.isnan(hit.astype(float)))
    starts = np.concatenate([[0], np.cumsum([e.rows for e in entries])])
    which = hit[rows].astype(np.int64)
    segment[which] = np.searchsorted(starts, rows, side="right") - 1
    at[which] = rows - starts[segment[which]]
    return segment, at


def _same(snapshot: Snapshot, rows: pd.DataFrame, segment: Any, at: Any) -> Any:
    """Return which rows have the content that the store has for their id."""
    same = np.zeros(len(rows), bool)
    for s in np.unique(segment[segment >= 0]):
        mine = np.flatnonzero(segment == s)
        old = (
            read_truth(snapshot.files, snapshot.manifest.segments[s])
            .select(CONTENT)
            .take(pa.array(at[mine]))
            .to_pandas()
        )
        new = rows.iloc[mine][CONTENT].reset_index(drop=True)
        equal = np.ones(len(mine), bool)
        for name in CONTENT:
            a, b = new[name].astype(object), old[name].astype(object)
            equal &= ((a == b) | (a.isna() & b.isna())).to_numpy(dtype=bool)
        same[mine] = equal
    return same
