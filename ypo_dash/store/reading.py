"""Read the files of an import into canonical, placed rows, and keep what was rejected."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.sources import read_incidents
from ypo_dash.store.areas import source_context
from ypo_dash.store.place import cells_of, sector_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ypo_dash.sources import Profile
    from ypo_dash.store.report import ImportReport
    from ypo_dash.store.snapshot import Snapshot

WORKDIR = ".import-"
H3_COLUMNS = [f"h3_{res}" for res in RESOLUTIONS]
REJECT_COLUMNS = ("file", "line", "column", "value", "reason")
_COUNTED = (
    "read",
    "filtered",
    "times_ambiguous",
    "times_nonexistent",
    "ends_before_start",
    "identical_rows",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One import's reading: into what, how, and where its rejects go."""

    snapshot: Snapshot
    profile: Profile
    report: ImportReport
    rejects: Path | None
    progress: Callable[[str, float], None]


def read_files(job: Reading, paths: Sequence[Path]) -> pd.DataFrame:
    """Read files into canonical rows with sector index and H3 cells; count and keep rejects.

    Raises
    ------
    InputError
        A file was refused, or not one row was accepted.
    """
    workdir = job.snapshot.workspace.home / f"{WORKDIR}{os.getpid()}"
    workdir.mkdir(exist_ok=True)
    refused: list[pd.DataFrame] = []
    try:
        frames = _batches(job, paths, workdir, refused)
    finally:
        shutil.rmtree(workdir, ignore_errors=True)
        # Also of a file that is refused as a whole: each row's reason is what mends it.
        _keep_rejects(job, refused)
    report = job.report
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


def _batches(
    job: Reading, paths: Sequence[Path], workdir: Path, refused: list[pd.DataFrame]
) -> list[pd.DataFrame]:
    """Return located rows, and add rejects to ``refused``; placing runs beside reading."""
    context, polygons = source_context(job.snapshot), job.snapshot.polygons()
    located = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        for path in paths:
            source = read_incidents(path, job.profile, context, workdir=workdir)
            for batch in source:
                share = batch.bytes_done / max(1, source.total_bytes)
                job.progress(f"reading {path.name}", share)
                located.append(threads.submit(_locate, batch.rows, polygons))
                refused.append(batch.rejects)
            for name in _COUNTED:
                setattr(job.report, name, getattr(job.report, name) + getattr(source.counts, name))
    return [job_.result() for job_ in located]


def _locate(rows: pd.DataFrame, polygons: list[Any]) -> pd.DataFrame:
    """Add the sector index and the H3 cells; each distinct point is looked up once."""
    lat, lng = rows["lat"].to_numpy(dtype=float), rows["lon"].to_numpy(dtype=float)
    first, which = distinct_points(lat, lng)
    rows = rows.drop(columns="line").reset_index(drop=True)
    rows["sector_index"] = sector_of(lng[first], lat[first], polygons)[which]
    for res, name in zip(RESOLUTIONS, H3_COLUMNS, strict=True):
        rows[name] = cells_of(lng[first], lat[first], res)[which]
    for name in ("type", "scene"):
        rows[name] = rows[name].astype("category")
    return rows


def distinct_points(
    lat: NDArray[np.float64], lng: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows that have a point for the first time, and for each row which of these it has.

    Registers place incidents at addresses and corners, so points repeat. They are told apart by
    a hash of both numbers, and every row is compared with its first: should two points ever
    share a hash, all rows are taken as distinct.
    """
    bits = _mixed(_mixed(lat.view(np.uint64)) + lng.view(np.uint64))
    which, _ = pd.factorize(bits)
    first = np.full(which.max(initial=-1) + 1, -1, np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    same = (lat.view(np.uint64) == lat[first][which].view(np.uint64)) & (
        lng.view(np.uint64) == lng[first][which].view(np.uint64)
    )
    if not same.all():
        return np.arange(len(lat)), np.arange(len(lat))
    return first, which


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a bijection of 64 bits that spreads round numbers (the finaliser of MurmurHash3)."""
    bits = (bits ^ (bits >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    bits = (bits ^ (bits >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    mixed: NDArray[np.uint64] = bits ^ (bits >> np.uint64(33))
    return mixed


def _keep_rejects(job: Reading, refused: list[pd.DataFrame]) -> None:
    report, wanted = job.report, job.rejects
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
    kept = (
        job.snapshot.workspace.home
        / "rejects"
        / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.csv"
    )
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
