"""Files of every format, small and sound, and typed tables of columns nobody would expect."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
from homes import incidents
from hypothesis import strategies as st
from pyarrow import parquet

_COLUMNS = ("incident_id", "type", "scene", "time_from", "time_to", "lat", "lon", "sector_id")
_ARROW: tuple[tuple[pa.DataType, tuple[object, ...]], ...] = (
    (pa.string(), ("BURGLARY", "2012-11-05T22:15", "55.7", "", None, "²", "9" * 400, "a\x00b")),
    (pa.large_string(), ("BURGLARY", None)),
    (pa.int64(), (0, -1, 2**63 - 1, -(2**63), None)),
    (pa.uint64(), (2**64 - 1, None)),
    (pa.float64(), (55.7, 12.5, float("nan"), float("inf"), -1e308, 5e-324, None)),
    (pa.float16(), (1.0, None)),
    (pa.decimal128(20, 3), (Decimal("55.700"), None)),
    (pa.bool_(), (True, None)),
    (pa.binary(), (b"\xff\xfe", b"\x01\x01\x00\x00\x00", None)),
    (pa.timestamp("s"), (-(2**62), 2**62, 0, 1352153700, None)),
    (pa.timestamp("ns", "UTC"), (0, 2**63 - 1, -(2**63) + 1, None)),
    (pa.timestamp("us", "Europe/Copenhagen"), (1352153700000000, None)),
    (pa.timestamp("ms", "Nowhere/Land"), (1352153700000, None)),
    (pa.date32(), (15000, 2**31 - 1, -(2**31), None)),
    (pa.date64(), (86_400_000, 2**62, None)),
    (pa.time32("s"), (3600, None)),
    (pa.time64("ns"), (3600, None)),
    (pa.duration("s"), (2**62, -1, None)),
    (pa.list_(pa.int8()), ([1, 2], [], None)),
    (pa.struct({"a": pa.int8()}), ({"a": 1}, None)),
    (pa.map_(pa.string(), pa.int8()), ([("a", 1)], None)),
    (pa.null(), (None,)),
    (pa.dictionary(pa.int8(), pa.string()), ("BURGLARY", None)),
    (pa.dictionary(pa.int32(), pa.float64()), (55.7, None)),
)
_GEO = (
    b"{}",
    b"[]",
    b"{",
    b"\xff",
    b'{"primary_column":"lat","columns":{"lat":{"crs":5}}}',
    b'{"primary_column":["lat"],"columns":[]}',
    b'{"primary_column":"type","columns":{"type":null}}',
    b'{"primary_column":"lon","columns":{"lon":{"crs":{"a":1}}}}',
    b"[" * 100_000,
    b"9" * 5000,
)
_CELLS = (
    "BURGLARY",
    "2012-11-05T22:15",
    "",
    None,
    55.7,
    12.5,
    -1,
    1e300,
    True,
    dt.datetime(2012, 11, 5, 22, 15),
    dt.datetime(1900, 1, 1),
    dt.datetime(9999, 12, 31, 23, 59, 59),
    dt.date(2012, 11, 5),
    dt.time(22, 15),
    dt.timedelta(days=40_000),
    "#N/A",
    "=1/0",
    "²",
)


def points() -> gpd.GeoDataFrame:
    frame = incidents().dropna(subset=["lat", "lon"])
    shapes = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame.drop(columns=["lat", "lon"]), geometry=shapes, crs="EPSG:4326")


def workbook(frame: pd.DataFrame, *, typed: bool) -> bytes:
    out = io.BytesIO()
    if typed:
        frame = frame.assign(time_from=pd.to_datetime(frame["time_from"]))
    frame.to_excel(out, index=False)
    return out.getvalue()


def parquets() -> list[bytes]:
    found = []
    for options in ({"compression": "none"}, {"compression": "gzip"}, {"use_dictionary": False}):
        out = io.BytesIO()
        parquet.write_table(pa.Table.from_pandas(incidents()), out, **options)
        found.append(out.getvalue())
    out = io.BytesIO()
    points().to_parquet(out)
    return [*found, out.getvalue()]


def vector(folder: Path, frame: gpd.GeoDataFrame, suffix: str) -> bytes:
    path = folder / f"seed{suffix}"
    frame.to_file(path)
    content = path.read_bytes()
    path.unlink()
    return content


@st.composite
def typed_parquet(draw: st.DrawFn) -> bytes:
    """Return a sound Parquet file whose columns have our names and any type."""
    rows = draw(st.integers(0, 12))
    arrays, names = [], [n for n in _COLUMNS if draw(st.integers(0, 9))]
    for _ in names:
        kind, values = _ARROW[0] if draw(st.booleans()) else draw(st.sampled_from(_ARROW))
        chosen = draw(st.lists(st.sampled_from(values), min_size=rows, max_size=rows))
        arrays.append(pa.array(chosen, kind))
    table = pa.Table.from_arrays(arrays, names)
    if draw(st.integers(0, 3)) == 0:
        table = table.replace_schema_metadata({"geo": draw(st.sampled_from(_GEO))})
    out = io.BytesIO()
    parquet.write_table(table, out, store_schema=draw(st.booleans()))
    return out.getvalue()


@st.composite
def typed_workbook(draw: st.DrawFn) -> bytes:
    """Return a sound workbook whose cells are of any type, below our header or near it."""
    book = openpyxl.Workbook()
    for number in range(draw(st.integers(1, 2))):
        sheet = book.active if number == 0 else book.create_sheet()
        if draw(st.integers(0, 3)) == 0:
            sheet.append(["A title"])
        sheet.append([c if draw(st.integers(0, 30)) else None for c in _COLUMNS])
        for _ in range(draw(st.integers(0, 6))):
            sheet.append([draw(st.sampled_from(_CELLS)) for _ in _COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
