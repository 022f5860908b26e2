"""One month of incidents: the Parquet truth and its derivable, memory-mapped twin for counting."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ypo_dash.model.errors import InputError
from ypo_dash.model.filters import RESOLUTIONS
from ypo_dash.store.manifest import Files, SegmentEntry, StoreDamagedError
from ypo_dash.store.vectors import NO_CELL, Partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

# The truth. Signed and plain types only, so that any engine reads it.
SCHEMA = pa.schema(
    [
        ("incident_id", pa.string()),
        ("type", pa.dictionary(pa.int32(), pa.string())),
        ("scene", pa.dictionary(pa.int32(), pa.string())),
        ("start_utc", pa.timestamp("s")),
        ("end_utc", pa.timestamp("s")),
        ("reported_utc", pa.timestamp("s")),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("area", pa.string()),
        ("sector", pa.dictionary(pa.int32(), pa.string())),
    ]
)
CONTENT = [name for name in SCHEMA.names if name not in ("incident_id", "sector")]
MOST_CODES = 2**16  # the hot columns are 16 bits wide
CELL_COLUMNS = tuple(f"c{res}" for res in RESOLUTIONS)
_TWIN = {
    "pair": np.uint16,
    "sector": np.uint16,
    "start": np.uint16,
    "span": np.uint16,
    **dict.fromkeys(CELL_COLUMNS, np.uint32),
}
_PIECES = ("piece_row", "piece_offset", "piece_start", "piece_length")


@dataclass(frozen=True, slots=True)
class Coding:
    """How words of the truth become the small integers of the twin.

    ``sectors`` has the index by sector id; the two indices after the last are *no coordinates*
    and *outside*. A pair is ``type index * number of scenes + scene index``.
    """

    offences: Mapping[str, int]
    scenes: Mapping[str, int]
    sectors: Mapping[str, int]
    zone: str

    @property
    def no_coordinates(self) -> int:
        """The sector index of incidents without a place."""
        return len(self.sectors)

    @property
    def outside(self) -> int:
        """The sector index of incidents outside every sector."""
        return len(self.sectors) + 1

    @classmethod
    def of(
        cls, offences: Sequence[str], scenes: Sequence[str], sectors: Sequence[str], zone: str
    ) -> Coding:
        """Return the coding that numbers codes in their order.

        Raises
        ------
        InputError
            There are more pairs or sectors than the hot columns can tell apart.
        """
        if len(offences) * len(scenes) > MOST_CODES or len(sectors) + 2 > MOST_CODES:
            raise InputError(
                f"{len(offences)} offences x {len(scenes)} scenes and {len(sectors)} sectors are more than can be numbered",
                remedy=f"Both may be up to {MOST_CODES:,}; count finer codes under coarser ones",
            )

        def numbered(codes: Sequence[str]) -> dict[str, int]:
            return {code: i for i, code in enumerate(codes)}

        return cls(numbered(offences), numbered(scenes), numbered(sectors), zone)


def write_segment(
    files: Files, month: str, rows: pd.DataFrame, coding: Coding
) -> tuple[SegmentEntry, dict[str, str]]:
    """Write one month.

    Parameters
    ----------
    rows
        Columns of `SCHEMA` and the dense cell ids ``c8`` to ``c11``, in any order of rows.

    Returns
    -------
    The manifest's entry, and the SHA-256 of both files by name.
    """
    from ypo_dash.store.local import local_times

    truth = pa.Table.from_pandas(
        rows[SCHEMA.names], schema=SCHEMA, preserve_index=False
    ).replace_schema_metadata()
    days = local_times(rows["start_utc"], rows["end_utc"], coding.zone).day
    keys = pa.table({"day": days, "start": truth["start_utc"], "id": truth["incident_id"]})
    order = pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names])
    truth = truth.take(order).combine_chunks()
    for name in ("type", "scene", "sector"):
        # Words numbered in the order of the rows, so that equal months are equal files.
        place = truth.schema.get_field_index(name)
        words = truth[name].cast(pa.string()).dictionary_encode()
        truth = truth.set_column(place, SCHEMA.field(name), words.combine_chunks())
    cells = {name: rows[name].to_numpy()[order.to_numpy()] for name in CELL_COLUMNS}
    twin, facts = derive_twin(truth, cells, coding)
    digests: dict[str, str] = {}
    parquet, digests_parquet = files.add(
        month, ".parquet", lambda path: _write_parquet(truth, path)
    )
    arrow, digests_arrow = files.add(month, ".arrow", lambda path: _write_arrow(twin, path))
    digests |= {parquet: digests_parquet, arrow: digests_arrow}
    return SegmentEntry(month=month, parquet=parquet, twin=arrow, **facts), digests


def derive_twin(
    truth: pa.Table, cells: Mapping[str, Any], coding: Coding
) -> tuple[pa.Table, dict[str, int]]:
    """Derive a month's hot columns.

    Parameters
    ----------
    truth
        The month's rows in their final order.
    cells
        Dense cell ids by column name, in that order.

    Returns
    -------
    The twin, and what the manifest says of the month: rows, days, how many are not mapped.
    """
    from ypo_dash.store.local import local_times

    start, end = (truth[name].to_pandas() for name in ("start_utc", "end_utc"))
    times = local_times(start, end, coding.zone)
    first, last = int(times.day[0]), int(times.day[-1])
    sector = _sector_codes(truth, coding)
    columns: dict[str, Any] = {
        "pair": _coded(truth["type"], coding.offences) * len(coding.scenes)
        + _coded(truth["scene"], coding.scenes),
        "sector": sector,
        "start": times.start,
        "span": times.span,
        **cells,
    }
    twin = pa.table(
        {name: pa.array(np.asarray(columns[name]).astype(kind)) for name, kind in _TWIN.items()}
    )
    offsets = np.searchsorted(times.day, np.arange(first, last + 2)).astype(np.int64)
    extra = {"first_day": str(first).encode(), "offsets": offsets.tobytes()}
    extra |= {name: getattr(times, name).astype(np.int32).tobytes() for name in _PIECES}
    facts = {"rows": len(truth), "first_day": first, "last_day": last}
    return twin.replace_schema_metadata(extra), facts | _mapped(sector, cells["c9"], coding)


def read_segment(files: Files, entry: SegmentEntry) -> pd.DataFrame:
    """Return a month's truth with its dense cell ids, as `write_segment` takes them."""
    frame: pd.DataFrame = read_truth(files, entry).to_pandas()
    for name, column in zip(
        CELL_COLUMNS, read_twin(files, entry).select(CELL_COLUMNS).columns, strict=True
    ):
        frame[name] = column.to_numpy()
    return frame


def read_truth(files: Files, entry: SegmentEntry, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a month's truth, in the order of its twin."""
    with _naming(files.path(entry.parquet)):
        return pq.read_table(
            files.path(entry.parquet),
            columns=list(columns) if columns else None,
            schema=None if columns else SCHEMA,
            page_checksum_verification=True,
        )


def read_twin(files: Files, entry: SegmentEntry) -> pa.Table:
    """Memory-map a month's hot columns."""
    path = files.path(entry.twin)
    with _naming(path):
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def partition(twin: pa.Table, res: int) -> Partition:
    """Return the hot columns of a month for one resolution, without copying."""
    meta = {k.decode(): v for k, v in twin.schema.metadata.items()}
    return Partition(
        offence_scene=column(twin, "pair"),
        sector=column(twin, "sector"),
        start=column(twin, "start"),
        span=column(twin, "span"),
        cell=column(twin, f"c{res}"),
        first_day=int(meta["first_day"]),
        offsets=np.frombuffer(meta["offsets"], np.int64),
        **{name: np.frombuffer(meta[name], np.int32) for name in _PIECES},
    )


def column(twin: pa.Table, name: str) -> Any:
    """Return one hot column as a view of the memory map."""
    return twin[name].chunk(0).to_numpy(zero_copy_only=True)


def _coded(words: pa.ChunkedArray, codes: Mapping[str, int], missing: int = -1) -> Any:
    """Return dictionary-encoded words as numbers; ``missing`` where there is no word."""
    dictionary = words.chunk(0)
    numbers = np.array([*(codes[w] for w in dictionary.dictionary.to_pylist()), missing])
    return numbers[dictionary.indices.fill_null(len(numbers) - 1).to_numpy(zero_copy_only=False)]


def _sector_codes(truth: pa.Table, coding: Coding) -> Any:
    known = _coded(truth["sector"], coding.sectors)
    has_place = pc.or_(truth["lat"].is_valid(), truth["area"].is_valid()).to_numpy()
    return np.where(
        known >= 0, known, np.where(has_place, coding.outside, coding.no_coordinates)
    ).astype(np.uint16)


def _mapped(sector: Any, cell: Any, coding: Coding) -> dict[str, int]:
    return {
        "no_coordinates": int((sector == coding.no_coordinates).sum()),
        "outside": int((sector == coding.outside).sum()),
        "sector_only": int(
            ((sector < coding.no_coordinates) & (np.asarray(cell) == NO_CELL)).sum()
        ),
    }


def _write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, write_page_checksum=True)


def _write_arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())


class _naming:  # noqa: N801 - reads as a phrase
    """Turn a reader's error into one that names the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(
            error, (pa.ArrowException, OSError, ValueError, json.JSONDecodeError)
        ) and not isinstance(error, StoreDamagedError):
            raise StoreDamagedError(
                f"{self.path}: this stored file is missing or damaged: {error}"
            ) from error
