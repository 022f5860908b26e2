"""Broken files, each refused with a message that says what is wrong, where, and what to do."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from tests.sources.loading import GOOD, HEADER, load, profile, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources import guess_profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = [GOOD.replace("7,", f"{i},", 1) for i in range(12)]
TEXT = "\n".join([HEADER, *ROWS]) + "\n"
Made = "Path | str | bytes"


def zipped(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "in.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    return folder / "in.xlsx"


def bomb(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "in.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (140 << 20))
    return folder / "in.xlsx"


def workbook(folder: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "in.xlsx")
    book.close()
    return folder / "in.xlsx"


def damaged_parquet(folder: Path) -> Path:
    frame = pd.read_csv(write(folder / "in.csv", TEXT), dtype=str)
    pd.concat([frame] * 2000).to_parquet(folder / "in.parquet", compression="none")
    data = bytearray((folder / "in.parquet").read_bytes())
    data[5:400] = bytes(395)
    return write(folder / "in.parquet", bytes(data))


def geojson(folder: Path, content: object) -> Path:
    return write(
        folder / "in.geojson", content if isinstance(content, str) else json.dumps(content)
    )


def changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


REFUSED: dict[str, tuple[Callable[[Path], Path] | str | bytes, str]] = {
    "not there": (lambda folder: folder / "nowhere.csv", "nowhere.csv: there is no such file"),
    "folder": (lambda folder: folder, "this is a folder, not a file"),
    "empty": ("", "in.csv: the file is empty"),
    "blank lines": ("\n\r\n \n", "the file is empty"),
    "mark alone": (b"\xef\xbb\xbf", "the file is empty"),
    "empty gzip": (gzip.compress(b""), "the file is empty"),
    "gzip cut off": (gzip.compress(TEXT.encode())[:-12], "the file cannot be unpacked: .*fetch it again"),
    "gzip garbage": (b"\x1f\x8b" + b"garbage" * 9, "the file cannot be unpacked"),
    "gzip of a workbook": (gzip.compress(b"PK\x03\x04" + bytes(99)), "only CSV can be read packed. Unpack the file first"),
    "gzip bomb": (gzip.compress(b"0" * (140 << 20)), "unpacks to far more than a table would"),
    "PDF": (b"%PDF-1.7\n1 0 obj", "this is a PDF document. Use CSV"),
    "web page": ("<!DOCTYPE html><html>Log in</html>", r"a web page \(HTML\) or XML, not a table. Download the file itself"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 60, "not a table of any known format"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c" + bytes(60), "a 7-Zip archive. Unpack it first"),
    "JSON": ('{"rows": []}', "this is JSON, but not GeoJSON"),
    "UTF-16 without mark": (TEXT.encode("utf-16-le"), 'looks like UTF-16-LE.*Write encoding = "utf-16-le"'),
    "neither encoding": (changed("FLAT", "Fæ").encode("cp1252") + b"\x81\x8d", r"line 2: the text is neither UTF-8 nor Windows-1252"),
    "broken UTF-8": (("æøå\n" * 40).encode() + b"\xff", "line 41: a character cannot be read as utf-8"),
    "header alone": (HEADER + "\n", "the file has a header and no rows"),
    "one column": ("number\n1\n2\n", "only one column was found.*file] delimiter|column is missing|columns are missing"),
    "empty header": (",,,,\n1,2,3,4,5\n", "the header is empty"),
    "no latitude": (changed(",lat,", ",latt,"), "a column is missing: 'lat'; did you mean 'latt'?.*The file has incident_id, type"),
    "no time": (changed("time_from", "colour"), "a column is missing: 'time_from'"),
    "no type": (changed(",type,", ",kind_of_thing,"), "a column is missing: 'type'"),
    "no place": (changed("lat,lon", "a,b"), "columns are missing: 'lat', 'lon'"),
    "no header": ("\n".join(ROWS), "The first line looks like a row, not like a header"),
    "column twice": (changed("scene", "lat"), "column 'lat': this column stands twice in the header. Rename"),
    "quote never closed": (changed("\n3,", '\n"3,'), "line 5: a quotation mark is opened and never closed"),
    "impossible dates": (changed("2012-11-05 22:15", "2012-02-30 22:15"), "all 12 rows were rejected: time_from: not a possible date and time of the form iso"),
    "no dates": (changed("2012-11-05 22:15", ""), "all 12 rows were rejected: time_from: the row has no time"),
    "long ago": (changed("2012-11-05 22:15", "1812-11-05 22:15"), "time_from: the date is before 1900"),
    "far future": (changed("2012-11-0", "2345-11-0"), "time_from: the date is later than tomorrow"),
    "words for coordinates": (changed("55.69,12.5", "north,east"), "lat: the coordinate is not a number"),
    "infinite": (changed("55.69,12.5", "inf,12.5"), "lat: the coordinate is not a number"),
    "swapped": (changed("55.69,12.5", "12.5,55.69"), "12 of 12 points cannot be used: latitude and longitude are swapped"),
    "metres": (changed("55.69,12.5", "6176000,720000"), r"metres or feet where the profile says degrees \(EPSG:4326\)"),
    "null island": (changed("55.69,12.5", "0,0"), "0, 0 is no place here"),
    "another town": (changed("55.69,12.5", "40.69,12.5"), "the coordinates lie far outside the district"),
    "half coordinates": (changed("55.69,12.5", "55.69,"), "lon: the coordinate is empty"),
    "unknown type": (changed("BURGLARY", "WITCHCRAFT"), r"column 'type': 1 word has no type: 'WITCHCRAFT' \(12 times\)"),
    "no types": (changed("BURGLARY", ""), "type: the row has no type"),
    "no ids": (re.sub(r"(?m)^\d+,", ",", TEXT), "incident_id: the row has no incident id"),
    "wrong number of fields": (re.sub(r"12\.5$", "12.5,x", TEXT, flags=re.MULTILINE), "the row has 8 fields, the header 7"),
    "workbook of nothing": (lambda folder: workbook(folder), "the header row is empty or not there"),
    "workbook with a header": (lambda folder: workbook(folder, HEADER.split(",")), "the file has a header and no rows"),
    "workbook that is none": (b"PK\x03\x04 this is no workbook", "the workbook cannot be read"),
    "another ZIP": (zipped, "this is a ZIP archive, not a workbook. Unpack it"),
    "workbook bomb": (bomb, "unpacks to far more than a table would"),
    "old workbook garbage": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "the workbook cannot be read"),
    "Parquet garbage": (b"PAR1" + b"\x17" * 500 + b"PAR1", "the Parquet file cannot be read"),
    "Parquet damaged": (damaged_parquet, "the Parquet file is damaged"),
    "GeoPackage garbage": (b"SQLite format 3\x00" + b"\x17" * 900, "the GeoPackage cannot be read"),
    "GeoJSON cut off": ('{"type": "FeatureCollection", "features": [', "the GeoJSON cannot be read"),
    "GeoJSON of nothing": (lambda folder: geojson(folder, {"type": "FeatureCollection", "features": []}), "no rows|no features|missing"),
    "part of a shapefile": (lambda folder: write(folder / "in.dbf", b"\x03" * 99), "one part of a shapefile. Name the file that ends in .shp"),
    "shapefile alone": (b"\x00\x00\x27\x0a" + bytes(200), "the Shapefile cannot be read.*needs its .shx and .dbf"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "message"), list(REFUSED.values()), ids=list(REFUSED))
def test_refused(tmp_path: Path, made: Callable[[Path], Path] | str | bytes, message: str) -> None:
    name = "in.shp" if isinstance(made, bytes) and made.startswith(b"\x00\x00\x27") else "in.csv"
    path = made(tmp_path) if callable(made) else write(tmp_path / name, made)
    with pytest.raises(InputError) as refused:
        load(path)
    text = str(refused.value)
    assert re.search(message, text, re.DOTALL), text
    assert path.name in text
    assert len(text) < 1500


def test_a_delimiter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"columns are missing|only one column"):
        load(write(tmp_path / "in.csv", TEXT), profile(file='delimiter = ";"'))


def test_a_header_row_beyond_the_end(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 400: the header row is not there"):
        load(write(tmp_path / "in.csv", TEXT), profile(file="header_row = 400"))


def test_an_optional_place_that_is_not_there(tmp_path: Path) -> None:
    text = TEXT.replace("incident_id", "id").replace("time_from", "from")
    path = write(tmp_path / "in.csv", text)
    with pytest.raises(InputError, match="the file has no place: none of the profile's"):
        load(path, profile('area = "beat?"'))


def test_a_filter_on_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = write(
        tmp_path / "in.csv", TEXT.replace("incident_id", "id").replace("time_from", "from")
    )
    with pytest.raises(InputError, match="a column is missing: 'Staus'; did you mean"):
        load(
            write(path, path.read_text().replace("scene", "Status")),
            profile(rest='[filter]\nStaus = ["x"]'),
        )


def test_one_good_row_among_faulty_ones_is_enough(tmp_path: Path) -> None:
    text = TEXT.replace("2012-11-05 22:15", "never").replace("\n3,", "\n3,", 1) + GOOD + "\n"
    found = load(write(tmp_path / "in.csv", text))
    assert found.rows["incident_id"].tolist() == ["7"]
    assert found.counts.rejected == 12


def test_a_file_that_the_filter_leaves_empty_is_no_fault(tmp_path: Path) -> None:
    text = TEXT.replace("incident_id", "id").replace("time_from", "from")
    found = load(write(tmp_path / "in.csv", text), profile(rest='[filter]\nscene = ["PARK"]'))
    assert (found.counts.filtered, len(found.rows)) == (12, 0)


def test_no_file_is_left_open_or_behind(tmp_path: Path) -> None:
    path = write(tmp_path / "in.csv", TEXT.encode("utf-16"))
    assert guess_profile(path).name == "ypo"
    load(path)
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]
