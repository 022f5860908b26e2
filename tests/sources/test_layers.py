"""Sectors and other layers from files of any kind."""

from __future__ import annotations

import json
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ypo_dash.model.errors import InputError
from ypo_dash.sources.layers import natural_key, read_polygons
from ypo_dash.sources.small_tables import match_ids, read_table


def square(x, y=55.0, size=0.1):
    return shapely.box(x, y, x + size, y + size)


def frame(**columns):
    n = len(next(iter(columns.values())))
    shapes = columns.pop("geometry", [square(12 + i) for i in range(n)])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def write(tmp_path, content, name="s.geojson"):
    path = tmp_path / name
    content.to_file(path)
    return path


def test_ids_are_in_natural_order_and_stay_text(tmp_path):
    path = write(tmp_path, frame(code=["10", "2", "A1", "017"], title=["x", None, "z", "w"]))
    layer = read_polygons(path, id_column="code", name_column="title")
    assert layer.frame["id"].tolist() == ["2", "10", "017", "A1"]
    assert layer.frame["name"].tolist() == ["", "x", "w", "z"]
    assert sorted(["b2", "b10", "a"], key=natural_key) == ["a", "b2", "b10"]


def test_numbers_as_ids_have_no_decimals(tmp_path):
    layer = read_polygons(
        write(tmp_path, frame(code=[1.0, 2.0], people=[5, 7])),
        id_column="code",
        population_column="people",
    )
    assert layer.frame["id"].tolist() == ["1", "2"]
    assert layer.frame["population"].tolist() == [5, 7]


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb", "kml"])
def test_formats_and_coordinate_systems(tmp_path, suffix):
    given = frame(Name=["7", "8"])
    given = given if suffix == "kml" else given.to_crs("EPSG:25832")
    layer = read_polygons(write(tmp_path, given, f"s.{suffix}"), id_column="Name")
    assert layer.frame.crs == "EPSG:4326"
    assert layer.frame.total_bounds == pytest.approx([12, 55, 13.1, 55.1], abs=1e-3)


def test_a_zipped_shapefile_under_any_ending(tmp_path):
    write(tmp_path, frame(code=["7", "8"]), "s.shp")
    with zipfile.ZipFile(tmp_path / "sectors.kmz", "w") as archive:
        for part in tmp_path.glob("s.*"):
            archive.write(part, part.name)
    assert len(read_polygons(tmp_path / "sectors.kmz", id_column="code").frame) == 2


def test_parts_of_one_sector_are_joined_and_noted(tmp_path):
    layer = read_polygons(write(tmp_path, frame(code=["31", "31", "2"])), id_column="code")
    assert layer.frame["id"].tolist() == ["2", "31"]
    assert layer.frame.geometry.iloc[1].geom_type == "MultiPolygon"
    assert "share an id" in layer.notes[0]


def test_a_bow_tie_is_mended_and_noted(tmp_path):
    bow = shapely.Polygon([(12, 55), (12.1, 55.1), (12.1, 55), (12, 55.1)])
    layer = read_polygons(write(tmp_path, frame(code=["1"], geometry=[bow])), id_column="code")
    assert layer.frame.geometry.is_valid.all()
    assert "mended" in layer.notes[0]


def test_overlaps_are_noted(tmp_path):
    layer = read_polygons(
        write(tmp_path, frame(code=["1", "2"], geometry=[square(12), square(12.05)])),
        id_column="code",
    )
    assert "1 and 2" in layer.notes[0]


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (frame(code=["1"]), {"id_column": "cod"}, "Did you mean 'code'"),
        (frame(code=["1", None]), {"id_column": "code"}, "have no id"),
        (
            frame(code=["1"], geometry=[shapely.Point(12, 55)]),
            {"id_column": "code"},
            "not polygons",
        ),
        (
            frame(code=["1"], people=["many"]),
            {"id_column": "code", "population_column": "people"},
            "not a number of inhabitants",
        ),
    ],
)
def test_refused_layers(tmp_path, content, options, says):
    with pytest.raises(InputError, match=says):
        read_polygons(write(tmp_path, content), **options)


def test_metres_in_a_geojson_that_says_degrees(tmp_path):
    ring = [[359198, 403803], [359298, 403803], [359298, 403903], [359198, 403803]]
    feature = {
        "type": "Feature",
        "properties": {"code": "1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "s.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    with pytest.raises(InputError, match="look like metres"):
        read_polygons(path, id_column="code")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.geojson", b"{"),
        ("s.gpkg", b"nothing"),
        ("s.geojson", b'{"type":"FeatureCollection","features":[]}'),
    ],
)
def test_what_is_not_a_map_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"map file|no shapes"):
        read_polygons(path, id_column="code")
    with pytest.raises(InputError, match="no such file"):
        read_polygons(tmp_path / "gone.gpkg", id_column="code")


def test_spreadsheets_lose_leading_zeros_and_get_them_back(tmp_path):
    known = ["01100101", "01100102", "12345678"]
    assert match_ids(pd.Series(["1100101", "12345678"]), known, tmp_path, "id").tolist() == [
        "01100101",
        "12345678",
    ]
    with pytest.raises(InputError, match="1 of 2 ids are not known"):
        match_ids(pd.Series(["1100101", "9"]), known, tmp_path, "id")
    with pytest.raises(InputError, match="not known"):
        match_ids(pd.Series(["7"]), ["07", "007"], tmp_path, "id")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_small_tables(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    rows = pd.DataFrame({"Sector_ID": ["01", "02"], "Population": ["5", "6"]})
    rows.to_csv(path, index=False) if suffix == "csv" else rows.to_excel(path, index=False)
    assert read_table(path, ("sector_id", "population"))["sector_id"].tolist() == ["01", "02"]
