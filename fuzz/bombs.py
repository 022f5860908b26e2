"""Small files that are huge inside."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pyarrow as pa
from homes import gz, incidents
from pyarrow import parquet
from seeds import workbook

_MEGA = 1 << 20


def packed_gigabyte() -> bytes:
    """Return a gz of about one megabyte that unpacks to one gigabyte."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as target:
        target.write(b"incident_id,type,time_from,lat,lon\n")
        for _ in range(1024):
            target.write(b"0" * _MEGA)
    return out.getvalue()


def gz_of_gz() -> bytes:
    """Return a gz within a gz: the inner one is not a table, however often it is unpacked."""
    return gz(packed_gigabyte())


def _changed(**parts: bytes) -> bytes:
    """Return our workbook with other sheets or texts; ``sheet`` and ``texts`` are their parts."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "texts": "xl/sharedStrings.xml"}
    given = {names[key]: content for key, content in parts.items()}
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(incidents(), typed=False))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in sorted({*source.namelist(), *given}):
            made.writestr(name, given[name] if name in given else source.read(name))
    return target.getvalue()


def _sheet(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def far_cell() -> bytes:
    """Return a workbook of two cells, one in the first and one in the last corner of the grid."""
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    )
    return _changed(sheet=_sheet(rows))


def column_of_blanks() -> bytes:
    """Return a workbook whose second row is in the last line of the grid."""
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c></row>'
        '<row r="1048576"><c r="CV1048576"><v>2</v></c></row>'
    )
    return _changed(sheet=_sheet(rows))


def repeated_string() -> bytes:
    """Return a workbook of many cells that all are the same long shared string."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    texts = f'<sst xmlns="{space}"><si><t>{"A" * _MEGA}</t></si></sst>'.encode()
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 20_001))
    return _changed(sheet=_sheet(rows), texts=texts)


def laughing_entities() -> bytes:
    """Return a workbook whose sheet is XML with entities that multiply."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    sheet = _sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>')
    return _changed(sheet=f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>'.encode() + sheet)


def deep_xml() -> bytes:
    """Return a workbook whose sheet is nested very deeply."""
    return _changed(sheet=_sheet("<row>" * 200_000))


def long_texts() -> bytes:
    """Return a Parquet file of 65,536 rows that all have the same megabyte of text."""
    out = io.BytesIO()
    frame = incidents()
    rows = 65_536
    text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["A" * _MEGA])
    columns = {name: pa.array([str(frame[name].iloc[0])] * rows) for name in frame.columns}
    table = pa.table({**columns, "scene": text})
    parquet.write_table(table, out, compression="zstd", store_schema=False)
    return out.getvalue()


def deep_json() -> list[bytes]:
    """Return GeoJSON that nests deeper than a reader's stack."""
    head = b'{"type":"FeatureCollection","features":['
    start = b'{"type":"Feature","properties":{"type":"BURGLARY","time_from":"2012-11-05","a":'
    shape = b'},"geometry":{"type":"Polygon","coordinates":'
    deep = 200_000
    return [
        head + start + b"[" * deep + b"]" * deep + b'},"geometry":null}]}',
        head + start + b"1" + shape + b"[" * deep + b"1" + b"]" * deep + b"}}]}",
        head + start + b'{"a":' * deep + b"1" + b"}" * deep + b'},"geometry":null}]}',
        b'{"type":' * deep,
    ]


def collection_of_collections() -> bytes:
    """Return a GeoJSON geometry collection of collections of collections."""
    shape: object = {"type": "Point", "coordinates": [12.55, 55.7]}
    for _ in range(300):
        shape = {"type": "GeometryCollection", "geometries": [shape]}
    properties = {"id": "1", "name": "a", "type": "BURGLARY", "time_from": "2012-11-05T10:00"}
    feature = {"type": "Feature", "properties": properties, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
