"""Typed columns as texts, and Parquet files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import parquet

from ypo_dash.model.errors import InputError
from ypo_dash.sources.batches import point_coordinates
from ypo_dash.sources.files import PARQUET, check_archive
from ypo_dash.sources.tables import BATCH_ROWS, Head, Points, RawBatch, no_rejects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Whole numbers beyond this are not exact in a float.
EXACT = 2.0**53
SPREAD_LIMIT = 1 << 29
_BINARY = (pa.types.is_binary, pa.types.is_large_binary)


def as_text(column: pa.Array) -> pa.Array:
    """Return a typed column as texts without nulls.

    Whole floats lose their point, dates and times are ISO 8601, points in time end in ``Z``.

    Raises
    ------
    pyarrow.ArrowException
        Its bytes are no text, or its values none of their type.
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_floating(kind):
        text = _float_text(column)
    elif pa.types.is_timestamp(kind):
        text = _timestamp_text(column)
    elif (
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_nested(kind)
        or pa.types.is_null(kind)
    ):
        text = pa.array([""] * len(column), pa.string())
    else:
        text = column.cast(pa.string())
    text = text.fill_null("")
    text.validate(full=True)  # a damaged file's bytes may be no text, which every use would trip on
    return text


def is_instant(kind: pa.DataType) -> bool:
    """Return whether a column type states points in time."""
    return bool(pa.types.is_timestamp(kind) and kind.tz is not None)


def _float_text(column: pa.Array) -> pa.Array:
    values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    whole = np.isfinite(values) & (np.floor(values) == values) & (np.abs(values) < EXACT)
    integers = pa.array(np.where(whole, values, 0).astype(np.int64), mask=~whole).cast(pa.string())
    missing = pa.array(np.isnan(values))
    plain = pc.if_else(missing, pa.scalar(None, pa.string()), column.cast(pa.string()))
    return pc.coalesce(integers, plain)


def _timestamp_text(column: pa.Array) -> pa.Array:
    seconds = pc.floor_temporal(column, unit="second").cast(
        pa.timestamp("s", column.type.tz), safe=False
    )
    if column.type.tz is None:
        return seconds.cast(pa.string())
    utc = seconds.cast(pa.timestamp("s", "UTC")).cast(pa.timestamp("s"))
    return pc.binary_join_element_wise(utc.cast(pa.string()), "Z", "")


@dataclass
class Parquet:
    """An opened Parquet file; a GeoParquet's main geometry is its points."""

    path: Path
    head: Head
    file: parquet.ParquetFile
    geometry: str | None

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Yield the rows; only ``wanted`` columns, in that order.

        Raises
        ------
        InputError
            The file is damaged.
        """
        read = list(dict.fromkeys([*wanted, *([self.geometry] if self.geometry else [])]))
        done, total = 0, max(self.file.metadata.num_rows, 1)
        try:
            for found in self.file.iter_batches(batch_size=BATCH_ROWS, columns=read):
                lines = np.arange(done + 2, done + 2 + len(found), dtype=np.int64)
                done += len(found)
                _check_spread(found, self.path)
                texts = {name: as_text(found.column(name)) for name in wanted}
                points = wkb_points(found.column(self.geometry)) if self.geometry else None
                yield RawBatch(
                    texts, lines, no_rejects(), self.head.total_bytes * done // total, points
                )
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"the Parquet file is damaged: {error}", file=self.path, remedy="Fetch it again"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self.file.close()


def wkb_points(column: pa.Array) -> Points:
    """Return the points of a column of WKB."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return Points(*point_coordinates(_shapes(column)))


def _shapes(column: pa.Array) -> NDArray[np.object_]:
    found: NDArray[np.object_] = shapely.from_wkb(
        column.to_numpy(zero_copy_only=False), on_invalid="ignore"
    )
    return found


def open_parquet(path: Path) -> Parquet:
    """Open a Parquet file.

    Raises
    ------
    InputError
        It is damaged.
    """
    try:
        file = parquet.ParquetFile(path)
        schema, texts = file.schema_arrow, _shared_texts(file)
        check_archive(path, _sizes(file))
        file.close()
        file = parquet.ParquetFile(path, read_dictionary=texts)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"the Parquet file cannot be read: {error}",
            file=path,
            remedy="It is damaged or cut off; fetch it again",
        ) from error
    geometry, crs = _geometry(schema)
    head = Head(
        format=PARQUET,
        columns=tuple(name for name in schema.names if name != geometry),
        total_bytes=path.stat().st_size,
        typed=True,
        instants=frozenset(f.name for f in schema if is_instant(f.type)),
        geometry=geometry is not None,
        crs=crs,
        facts={"rows": f"{file.metadata.num_rows:,}"}
        | ({"geometry": geometry} if geometry else {}),
    )
    return Parquet(path, head, file, geometry)


def _sizes(file: parquet.ParquetFile) -> tuple[int, int]:
    groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    chunks = [group.column(n) for group in groups for n in range(group.num_columns)]
    return sum(c.total_compressed_size for c in chunks), sum(c.total_byte_size for c in groups)


def _shared_texts(file: parquet.ParquetFile) -> list[str]:
    """Return the columns whose texts stand once in the file, however many rows name them.

    They are read as they stand, so that it is known how much they make before it is made.
    """
    groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
    chunks = [group.column(n) for group in groups for n in range(group.num_columns)]
    shared = {c.path_in_schema for c in chunks if c.has_dictionary_page}
    plain = (pa.types.is_string, pa.types.is_large_string, *_BINARY)
    return [f.name for f in file.schema_arrow if f.name in shared and any(t(f.type) for t in plain)]


def _check_spread(batch: pa.RecordBatch, path: Path) -> None:
    """Refuse texts that stand once in the file, and come to gigabytes in its rows."""
    spread = 0
    for column in batch.columns:
        if pa.types.is_dictionary(column.type) and len(column.dictionary):
            lengths = pc.fill_null(pc.binary_length(column.dictionary), 0)
            spread += pc.sum(lengths.cast(pa.int64()).take(column.indices)).as_py() or 0
    if spread > SPREAD_LIMIT:
        raise InputError(
            "the texts come to far more than a table would have",
            file=path,
            value=f"{spread:,} bytes",
            remedy="If it is sound, save it as CSV",
        )


def _geometry(schema: pa.Schema) -> tuple[str | None, str | None]:
    """Return a GeoParquet's main geometry column and its coordinate system.

    What the file says of itself is foreign text: where it makes no sense, there is no geometry.
    """
    try:
        geo = json.loads((schema.metadata or {}).get(b"geo") or b"null")
    except (ValueError, RecursionError):
        return None, None
    columns = geo.get("columns") if isinstance(geo, dict) else None
    if not isinstance(columns, dict):
        return None, None
    name = geo.get("primary_column")
    if not isinstance(name, str) or schema.names.count(name) != 1:
        return None, None
    if not _is_wkb(schema.field(name).type):
        return None, None
    about: object = columns.get(name)
    crs = about.get("crs") if isinstance(about, dict) else None
    return name, (json.dumps(crs) if crs else None)


def _is_wkb(kind: pa.DataType) -> bool:
    return any(test(kind) for test in _BINARY)
