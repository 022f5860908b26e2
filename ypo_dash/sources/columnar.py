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
from ypo_dash.sources.files import PARQUET
from ypo_dash.sources.tables import BATCH_ROWS, Head, Points, RawBatch, no_rejects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Whole numbers beyond this are not exact in a float.
EXACT = 2.0**53


def as_text(column: pa.Array) -> pa.Array:
    """Return a typed column as texts without nulls.

    Whole floats lose their point, dates and times are ISO 8601, points in time end in ``Z``.
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
    return text.fill_null("")


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
        schema = file.schema_arrow
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


def _geometry(schema: pa.Schema) -> tuple[str | None, str | None]:
    """Return a GeoParquet's main geometry column and its coordinate system."""
    stated = (schema.metadata or {}).get(b"geo")
    if stated is None:
        return None, None
    geo = json.loads(stated)
    name = geo.get("primary_column")
    crs = geo.get("columns", {}).get(name, {}).get("crs")
    return (name if name in schema.names else None), (json.dumps(crs) if crs else None)
