"""Import incidents: all or nothing, idempotent, and aware that the register changes backwards."""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.store.areas import AreaIndex, sector_ids
from ypo_dash.store.compare import compare
from ypo_dash.store.manifest import check_space
from ypo_dash.store.place import CellIds, sector_of
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.reading import H3_COLUMNS, WORKDIR, Reading, read_files
from ypo_dash.store.report import ImportReport
from ypo_dash.store.segments import CELL_COLUMNS, SCHEMA, read_segment, write_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources import Profile
    from ypo_dash.store.compare import Changes
    from ypo_dash.store.manifest import Manifest, SegmentEntry
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.store.workspace import Workspace

_SPACE_FACTOR = 3  # a file's bytes against what an import of it may write


def import_incidents(
    workspace: Workspace,
    paths: Sequence[Path],
    profile: Profile,
    *,
    dry_run: bool = False,
    rejects: Path | None = None,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> ImportReport:
    """Import files of incidents as one change of the store.

    Parameters
    ----------
    profile
        How to read them.
    dry_run
        Do everything but publish.
    rejects
        Where to write refused rows; they are always kept in the workspace too.
    progress
        Called with what is being done and its share done, 0 to 1.

    Raises
    ------
    InputError
        A file was refused. The store is unchanged.
    """
    report = ImportReport(files=[p.name for p in paths], profile=profile.name, dry_run=dry_run)
    with workspace.files.writing(lambda: progress("another import is running; waiting for it", 0)):
        for debris in workspace.home.glob(f"{WORKDIR}*"):
            shutil.rmtree(debris, ignore_errors=True)  # of a killed import; the lock is ours
        # What is there is read and written anew: damage must not get fresh checksums.
        snapshot = open_snapshot(workspace)
        manifest = snapshot.manifest
        report.snapshot = snapshot.id
        key = _key(paths, profile, manifest)
        before = None if dry_run else _nothing_since(manifest, key)
        if before is not None and not (rejects and before["rejected"]):
            return _already(report, before)
        check_space(workspace.files.root, _SPACE_FACTOR * sum(p.stat().st_size for p in paths))
        rows = read_files(Reading(snapshot, profile, report, rejects, progress), paths)
        progress("comparing with what is there", 0)
        changes = compare(snapshot, rows, report)
        if dry_run:
            return report
        record = report.record(key)
        manifest = replace(manifest, imports=(*manifest.imports, record))
        if changes.rows.empty:
            workspace.publish_layers(manifest, {})
            return report
        published = _write(workspace, snapshot, manifest, changes, progress)
    report.snapshot, report.changed = published.snapshot, published.snapshot != snapshot.id
    return report


def remap(
    workspace: Workspace, snapshot: Snapshot, progress: Callable[[str, float], None]
) -> dict[str, Any]:
    """Return manifest changes that give every stored incident its sector in ``snapshot``'s layers."""
    entries: list[SegmentEntry] = []
    digests: dict[str, str] = {}
    polygons, areas = snapshot.polygons(), AreaIndex.of(snapshot)
    for done, entry in enumerate(snapshot.manifest.segments):
        progress("placing incidents in the new sectors", done / len(snapshot.manifest.segments))
        rows = read_segment(workspace.files, entry)
        index = sector_of(rows["lon"].to_numpy(), rows["lat"].to_numpy(), polygons)
        rows["sector"] = sector_ids(index, rows["area"], snapshot, areas)
        written, files = write_segment(workspace.files, entry.month, rows, snapshot.coding)
        entries.append(written)
        digests |= files
    return {"segments": tuple(entries), "files": digests}


def _nothing_since(manifest: Manifest, key: str) -> dict[str, Any] | None:
    """Return the earlier import of the same, if no other changed a row after it."""
    for record in reversed(manifest.imports):
        if record["key"] == key:
            return dict(record)
        if record["new"] or record["updated"]:
            return None
    return None


def _key(paths: Sequence[Path], profile: Profile, manifest: Manifest) -> str:
    """Return what an import depends on: its files, how they are read, and where places are."""
    parts = [profile.digest, *(manifest.layers.get(name, "") for name in ("sectors", "areas"))]
    for path in paths:
        try:
            with path.open("rb") as handle:
                parts.append(hashlib.file_digest(handle, "sha256").hexdigest())
        except FileNotFoundError:
            raise InputError("there is no such file", file=path) from None
        except IsADirectoryError:
            raise InputError("this is a folder, not a file", file=path) from None
        except OSError as error:
            raise InputError(f"the file can't be read: {error.strerror}", file=path) from error
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _already(report: ImportReport, before: dict[str, Any]) -> ImportReport:
    report.already = before["time"]
    report.read = before["read"]
    report.rejected, report.filtered = before["rejected"], before["filtered"]
    report.unchanged = report.read - report.rejected - report.filtered
    for name in ("no_coordinates", "outside", "sector_only"):
        setattr(report, name, before[name])
    return report


def _write(
    workspace: Workspace,
    snapshot: Snapshot,
    manifest: Manifest,
    changes: Changes,
    progress: Callable[[str, float], None],
) -> Manifest:
    """Rewrite the months that changes touch and publish."""
    rows, ids = changes.rows, CellIds(dict(snapshot.cells.cells))
    for res, h3_name, name in zip(RESOLUTIONS, H3_COLUMNS, CELL_COLUMNS, strict=True):
        rows[name] = ids.add(rows[h3_name].to_numpy(), res)
    rows = rows[[*SCHEMA.names, *CELL_COLUMNS]]
    local = rows["start_utc"].dt.tz_localize("UTC").dt.tz_convert(snapshot.district.timezone)
    months = (local.dt.year * 12 + local.dt.month - 1).to_numpy()
    entries = {e.month: e for e in manifest.segments}
    stale = {snapshot.manifest.segments[s].month: lines for s, lines in changes.replaced.items()}
    order = np.argsort(months, kind="stable")
    bounds = np.searchsorted(months[order], np.unique(months))
    groups = {
        _month_name(months[order[b]]): rows.iloc[part]
        for b, part in zip(bounds, np.split(order, bounds[1:]), strict=True)
    }
    digests: dict[str, str] = {}
    touched = sorted(set(groups) | set(stale))

    def rewrite(month: str) -> tuple[str, tuple[SegmentEntry, dict[str, str]] | None]:
        content = _merge(workspace, entries.get(month), stale.get(month), groups.get(month))
        return month, write_segment(workspace.files, month, content, snapshot.coding) if len(
            content
        ) else None

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        for done, (month, written) in enumerate(threads.map(rewrite, touched)):
            progress("writing", done / len(touched))
            if written is None:
                del entries[month]
            else:
                entries[month] = written[0]
                digests |= written[1]
    table = ids.table()
    cells, digest = workspace.files.add("cells", ".arrow", lambda path: _write_table(table, path))
    digests[cells] = digest
    segments = tuple(sorted(entries.values(), key=lambda e: e.month))
    return workspace.publish_layers(manifest, {}, segments=segments, cells=cells, files=digests)


def _month_name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _merge(
    workspace: Workspace,
    entry: SegmentEntry | None,
    stale: NDArray[np.int64] | None,
    new: pd.DataFrame | None,
) -> pd.DataFrame:
    if entry is None:
        assert new is not None  # noqa: S101 - a month without rows is not touched
        return new
    old = read_segment(workspace.files, entry)
    if stale is not None:
        old = old.drop(index=stale.tolist())
    if new is None:
        return old
    both = [f.astype({"type": object, "scene": object, "sector": object}) for f in (old, new)]
    return pd.concat(both, ignore_index=True)


def _write_table(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
