"""Bytes inside sound files that are not what they should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.bad_input.test_profiles import GOOD
from ypo_dash.model.errors import InputError, first_line
from ypo_dash.sources.columnar import open_parquet
from ypo_dash.sources.files import GEOJSON
from ypo_dash.sources.opening import open_table
from ypo_dash.sources.profile import FileOptions, parse_profile
from ypo_dash.sources.vectors import open_layer

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.sources.tables import Fits

PLACE = b'{"type":"Point","coordinates":[12.5,55.7]}'


def _geojson(path: Path, properties: bytes) -> Path:
    feature = b'{"type":"Feature","properties":%b,"geometry":%b}' % (properties, PLACE)
    path.write_bytes(b'{"type":"FeatureCollection","features":[%b]}' % feature)
    return path


def _read(path: Path) -> None:
    layer = open_layer(path, GEOJSON, FileOptions(), None)
    for _ in layer.batches(layer.head.columns):
        pass


def test_geojson_whose_values_are_no_text(tmp_path: Path) -> None:
    path = _geojson(tmp_path / "values.geojson", b'{"type":"A\xff\xfeB"}')
    with pytest.raises(InputError, match=r"values\.geojson.*UTF8"):
        _read(path)


def test_geojson_whose_names_are_no_text(tmp_path: Path) -> None:
    path = _geojson(tmp_path / "names.geojson", b'{"ty\xffpe":"A"}')
    with pytest.raises(InputError, match=r"names\.geojson"):
        _read(path)


STATED = {
    "no JSON": b"{",
    "no text": b"\xff",
    "not a table": b"[]",
    "empty": b"{}",
    "too deep": b"[" * 100_000,
    "a number of many digits": b"9" * 5000,
    "columns in a list": b'{"primary_column":"shape","columns":[]}',
    "a list as name": b'{"primary_column":["shape"],"columns":{}}',
    "a column of texts": b'{"primary_column":"type","columns":{"type":{}}}',
    "a column that isn't there": b'{"primary_column":"x","columns":{"x":{}}}',
}


@pytest.mark.parametrize("geo", [pytest.param(v, id=k) for k, v in STATED.items()])
def test_geoparquet_that_says_nonsense(tmp_path: Path, geo: bytes) -> None:
    path = tmp_path / "in.parquet"
    table = pa.table({"type": ["BURGLARY"], "shape": pa.array([b"\x01"])})
    parquet.write_table(table.replace_schema_metadata({"geo": geo}), path)
    opened = open_parquet(path)
    assert not opened.head.geometry
    assert [b.texts["type"].to_pylist() for b in opened.batches(["type"])] == [["BURGLARY"]]


def test_geoparquet_with_an_odd_column_still_has_its_points(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    geo = json.dumps({"primary_column": "shape", "columns": {"shape": None}})
    table = pa.table({"type": ["BURGLARY"], "shape": pa.array([b"\x01"])})
    parquet.write_table(table.replace_schema_metadata({"geo": geo}), path)
    opened = open_parquet(path)
    assert opened.head.geometry
    assert opened.head.crs is None
    assert next(opened.batches(["type"])).points is not None


def test_parquet_whose_texts_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    parquet.write_table(pa.table({"type": ["BURGLARYX"]}), path, compression="none")
    path.write_bytes(path.read_bytes().replace(b"BURGLARYX", b"BURGLARY\xff"))
    opened = open_parquet(path)
    with pytest.raises(InputError, match="damaged"):
        next(opened.batches(["type"]))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8\\u0000", "base64", "rot13", "idna", "punycode", "undefined", "unicode_escape"],
)
def test_codecs_that_are_no_encodings(encoding: str) -> None:
    with pytest.raises(InputError, match=r"file\.encoding"):
        parse_profile(f'[file]\nencoding = "{encoding}"\n{GOOD}', name="mine")


@pytest.mark.parametrize("number", ["1" + "0" * 400, "nan", "inf", "1e300"])
def test_missing_pairs_that_no_number_can_be(number: str) -> None:
    text = GOOD.replace("[place]", f"[place]\nmissing = [[{number}, 0]]")
    with pytest.raises(InputError, match=r"place\.missing"):
        parse_profile(text, name="mine")


def test_a_number_of_more_digits_than_are_read() -> None:
    with pytest.raises(InputError, match="not TOML"):
        parse_profile(f"[file]\nheader_row = {'1' * 5000}\n{GOOD}", name="mine")


@pytest.mark.parametrize("fit", [None, lambda _found, **_points: False])
def test_a_header_of_a_very_long_field(tmp_path: Path, fit: Fits | None) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"type,{'a' * 200_000}\n")
    with pytest.raises(InputError, match=r"long\.csv, line 1: .*128 KB"):
        open_table(path, FileOptions(), fit, tmp_path)


def test_a_very_long_field_below_the_header(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"type,note\nA,b\nB,{'a' * 200_000}\n")
    table = open_table(path, FileOptions(), lambda _found, **_points: False, tmp_path)
    assert table.head.columns == ("type", "note")


def test_an_error_that_says_nothing_has_its_kind() -> None:
    assert first_line(MemoryError()) == "MemoryError"
    assert first_line(ValueError("one\ntwo")) == "one"
