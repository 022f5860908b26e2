"""Import incidents: all or nothing, idempotent, and aware that the register changes backwards."""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.sources import SourceContext, read_incidents
from ypo_dash.store.manifest import check_space
from ypo_dash.store.place import CellIds, cells_of, sector_of
from ypo_dash.store.segments import (
    CELL_COLUMNS,
    CONTENT,
    SCHEMA,
    read_segment,
    read_truth,
    write_segment,
)
from ypo_dash.store.snapshot import Snapshot
from ypo_dash.store.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ypo_dash.sources import Profile
    from ypo_dash.store.manifest import Manifest, SegmentEntry

_H3_COLUMNS = [f"h3_{res}" for res in RESOLUTIONS]
REJECT_COLUMNS = ("file", "line", "column", "value", "reason")
_SPACE_FACTOR = 3  # a file's bytes against what an import of it may write


@dataclass(kw_only=True)
class ImportReport:
    """What an import did, in rows.

    ``read`` = ``new`` + ``updated`` + ``unchanged`` + ``rejected`` + ``filtered``. ``no_coordinates``
    and ``outside`` are accepted rows that no sector holds, ``sector_only`` have a sector but no
    point. ``changed`` is False where the store stayed as it was.
    """

    files: list[str]
    profile: str = ""
    snapshot: str = ""
    changed: bool = False
    already: str | None = None
    dry_run: bool = False
    rejects_file: str | None = None
    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    filtered: int = 0
    no_coordinates: int = 0
    outside: int = 0
    sector_only: int = 0
    times_ambiguous: int = 0
    times_nonexistent: int = 0
    ends_before_start: int = 0
    identical_rows: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def not_mapped(self) -> int:
        """Accepted rows that no sector holds."""
        return self.no_coordinates + self.outside

    def record(self, key: str) -> dict[str, Any]:
        """Return what the manifest keeps of this import."""
        kept = {
            k: v for k, v in asdict(self).items() if isinstance(v, int) and not isinstance(v, bool)
        }
        time = datetime.now(UTC).isoformat(timespec="seconds")
        return {
            "key": key,
            "files": self.files,
            "time": time,
            "profile": self.profile,
            **kept,
            "not_mapped": self.not_mapped,
        }


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
        manifest = workspace.files.read()
        snapshot = Snapshot(workspace, manifest)
        report.snapshot = snapshot.id
        key = _key(paths, profile)
        before = next((i for i in manifest.imports if i["key"] == key), None)
        if before is not None and not dry_run:
            return _already(report, before)
        check_space(workspace.files.root, _SPACE_FACTOR * sum(p.stat().st_size for p in paths))
        rows = _read(workspace, snapshot, paths, profile, report, rejects, progress)
        progress("comparing with what is there", 0)
        changes = _compare(snapshot, rows, report)
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
    entries, digests = [], {}
    polygons, areas = snapshot.polygons(), AreaIndex.of(snapshot)
    for done, entry in enumerate(snapshot.manifest.segments):
        progress("placing incidents in the new sectors", done / len(snapshot.manifest.segments))
        rows = read_segment(workspace.files, entry)
        index = sector_of(rows["lon"].to_numpy(), rows["lat"].to_numpy(), polygons)
        rows["sector"] = _sector_ids(index, rows["area"], snapshot, areas)
        written, files = write_segment(workspace.files, entry.month, rows, snapshot.coding)
        entries.append(written)
        digests |= files
    return {"segments": tuple(entries), "files": digests}


@dataclass(frozen=True, slots=True)
class AreaIndex:
    """Sector id by area code: a sector's own id, or an area that lies in one sector."""

    sector: dict[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot) -> AreaIndex:
        """Build from a snapshot's layers; leading zeros lost by a spreadsheet are forgiven."""
        import json

        import shapely

        found = {}
        collection = json.loads(snapshot.layer_text("areas"))
        polygons = snapshot.polygons() if collection["features"] else []
        for feature in collection["features"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            inside = [
                i
                for i, p in enumerate(polygons)
                if shapely.intersection(p, shape).area >= 0.99 * shape.area
            ]
            if inside:
                found[str(feature["properties"]["id"])] = snapshot.sectors[inside[0]].id
        found |= {s.id: s.id for s in snapshot.sectors}
        bare: dict[str, list[str]] = {}
        for code, sector in found.items():
            bare.setdefault(code.lstrip("0"), []).append(sector)
        forgiven = {code: sectors[0] for code, sectors in bare.items() if len(set(sectors)) == 1}
        return cls({**forgiven, **found})


def source_context(snapshot: Snapshot) -> SourceContext:
    """Return what reading a source needs to know of the district."""
    import json

    areas = json.loads(snapshot.layer_text("areas"))["features"]
    return SourceContext(
        taxonomy=snapshot.taxonomy,
        timezone=snapshot.district.timezone,
        bounds=snapshot.bounds,
        sector_ids=frozenset(snapshot.sector_names),
        area_ids=frozenset(str(a["properties"]["id"]) for a in areas),
    )


def _key(paths: Sequence[Path], profile: Profile) -> str:
    parts = [profile.digest]
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


def _read(
    workspace: Workspace,
    snapshot: Snapshot,
    paths: Sequence[Path],
    profile: Profile,
    report: ImportReport,
    rejects: Path | None,
    progress: Callable[[str, float], None],
) -> pd.DataFrame:
    """Read all files into canonical rows with sector index and H3 cells; count and keep rejects."""
    context, polygons = source_context(snapshot), snapshot.polygons()
    workdir = workspace.home / f".import-{os.getpid()}"
    workdir.mkdir(exist_ok=True)
    located, refused = [], []
    counted = (
        "read",
        "filtered",
        "times_ambiguous",
        "times_nonexistent",
        "ends_before_start",
        "identical_rows",
    )
    try:
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            for path in paths:
                source = read_incidents(path, profile, context, workdir=workdir)
                for batch in source:
                    progress(f"reading {path.name}", batch.bytes_done / max(1, source.total_bytes))
                    located.append(threads.submit(_locate, batch.rows, polygons))
                    refused.append(batch.rejects)
                for name in counted:
                    setattr(report, name, getattr(report, name) + getattr(source.counts, name))
        frames = [job.result() for job in located]
    finally:
        shutil.rmtree(workdir, ignore_errors=True)
    _keep_rejects(workspace, report, refused, rejects)
    rows = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if rows.empty and report.rejected:
        worst = max(report.reasons, key=lambda reason: report.reasons[reason])
        raise InputError(
            f"all {report.rejected} rows were rejected, most of them because: {worst}",
            file=", ".join(map(str, paths)),
            remedy=f"See {report.rejects_file} for each row",
        )
    if rows.empty and not report.filtered:
        raise InputError("the file has no rows", file=", ".join(map(str, paths)))
    return rows


def _locate(rows: pd.DataFrame, polygons: list[Any]) -> pd.DataFrame:
    lat, lng = rows["lat"].to_numpy(dtype=float), rows["lon"].to_numpy(dtype=float)
    rows = rows.drop(columns="line").reset_index(drop=True)
    rows["sector_index"] = sector_of(lng, lat, polygons)
    for res, name in zip(RESOLUTIONS, _H3_COLUMNS, strict=True):
        rows[name] = cells_of(lng, lat, res)
    for name in ("type", "scene"):
        rows[name] = rows[name].astype("category")
    return rows


def _keep_rejects(
    workspace: Workspace, report: ImportReport, refused: list[pd.DataFrame], wanted: Path | None
) -> None:
    frames = [f for f in refused if len(f)]
    report.rejected = sum(len(f) for f in frames)
    rows = (
        pd.concat(frames)[list(REJECT_COLUMNS)]
        if frames
        else pd.DataFrame(columns=list(REJECT_COLUMNS))
    )
    report.reasons = {str(k): int(v) for k, v in rows["reason"].value_counts().items()}
    if wanted is None and rows.empty:
        return
    text = to_csv(
        REJECT_COLUMNS, rows.astype(object).where(rows.notna(), None).itertuples(index=False)
    )
    kept = workspace.home / "rejects" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.csv"
    targets = [wanted] if wanted is not None else []
    if len(rows):
        kept.parent.mkdir(exist_ok=True)
        targets.append(kept)
    for path in targets:
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"the rejects file can't be written: {error.strerror}", file=path
            ) from error
    report.rejects_file = str(targets[0])


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows to write, and per segment the row numbers they replace."""

    rows: pd.DataFrame
    replaced: dict[int, np.ndarray[Any, np.dtype[np.int64]]]


def _compare(snapshot: Snapshot, rows: pd.DataFrame, report: ImportReport) -> Changes:
    """Tell new, updated and unchanged rows apart; the last row of an id in a file wins."""
    if rows.empty:
        return Changes(rows, {})
    areas = AreaIndex.of(snapshot)
    rows["sector"] = _sector_ids(rows["sector_index"].to_numpy(), rows["area"], snapshot, areas)
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


def _same(snapshot: Snapshot, rows: pd.DataFrame, segment: Any, at: Any) -> Any:  # noqa: ANN401 - arrays
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


def _sector_ids(index: Any, area: pd.Series[str], snapshot: Snapshot, areas: AreaIndex) -> Any:  # noqa: ANN401
    names = np.array([*(s.id for s in snapshot.sectors), None, None], dtype=object)
    found = pd.Series(names[index], dtype=object)  # -1 and -2 pick the two Nones
    by_area = (index == -2) & area.notna().to_numpy()
    if by_area.any():
        found[by_area] = area[by_area].astype(str).map(areas.sector).astype(object).to_numpy()
    return found.where(found.notna(), None).to_numpy()


def _write(
    workspace: Workspace,
    snapshot: Snapshot,
    manifest: Manifest,
    changes: Changes,
    progress: Callable[[str, float], None],
) -> Manifest:
    """Rewrite the months that changes touch and publish."""
    rows, ids = changes.rows, CellIds(dict(snapshot.cells.cells))
    for res, h3_name, name in zip(RESOLUTIONS, _H3_COLUMNS, CELL_COLUMNS, strict=True):
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
    workspace: Workspace, entry: SegmentEntry | None, stale: Any, new: pd.DataFrame | None
) -> pd.DataFrame:
    if entry is None:
        assert new is not None  # noqa: S101 - a month without rows is not touched
        return new
    old = read_segment(workspace.files, entry)
    if stale is not None:
        old = old.drop(index=stale)
    if new is None:
        return old
    both = [f.astype({"type": object, "scene": object, "sector": object}) for f in (old, new)]
    return pd.concat(both, ignore_index=True)


def _write_table(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


__all__ = ["AreaIndex", "ImportReport", "import_incidents", "remap", "source_context"]
