"""Parquet, GeoJSON, GeoPackage and Shapefile: types, points and coordinate systems."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from tests.sources.loading import Loaded, load, profile, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources.columnar import as_text

if TYPE_CHECKING:
    from pathlib import Path

POINTS = [(55.67 + i / 400, 12.45 + i / 300) for i in range(20)]
GEOMETRY = 'geometry = "geometry"'


def frame(n: int = 20) -> gpd.GeoDataFrame:
    lat, lon = np.array(POINTS[:n]).T
    texts = pd.DataFrame(
        {"id": [f"J{i}" for i in range(n)], "type": "FIRE", "from": "2012-11-05 22:15"}
    )
    return gpd.GeoDataFrame(texts, geometry=gpd.points_from_xy(lon, lat), crs=4326)


def check(found: Loaded) -> None:
    np.testing.assert_allclose(found.rows[["lat", "lon"]], POINTS, atol=1e-7)
    assert found.rows["incident_id"].tolist() == [f"J{i}" for i in range(20)]
    assert found.rows["line"].tolist() == list(range(2, 22))
    assert set(found.rows["start_utc"].astype(str)) == {"2012-11-05 21:15:00"}


@pytest.mark.parametrize("name", ["in.geojson", "in.gpkg", "in.shp", "in.parquet"])
@pytest.mark.parametrize("crs", [4326, 25832])
def test_a_declared_coordinate_system_is_honoured(tmp_path: Path, name: str, crs: int) -> None:
    path = tmp_path / name
    made = frame().to_crs(crs)
    made.to_parquet(path) if name.endswith("parquet") else made.to_file(path)
    check(load(path, profile(GEOMETRY)))


def test_a_geojson_in_metres_that_does_not_say_so(tmp_path: Path) -> None:
    features = json.loads(frame().to_crs(25832).to_json(drop_id=True))
    features.pop("crs", None)
    path = write(tmp_path / "metres.geojson", json.dumps(features))
    with pytest.raises(InputError, match=r'metres or feet where .*Write crs = "EPSG:25832"'):
        load(path, profile(GEOMETRY))
    check(load(path, profile(GEOMETRY, place='crs = "EPSG:25832"')))


def test_no_point_and_other_shapes(tmp_path: Path) -> None:
    made = frame(4)
    made.loc[1, "geometry"] = None
    made.loc[2, "geometry"] = shapely.LineString([(12.5, 55.7), (12.6, 55.7)])
    path = tmp_path / "in.gpkg"
    made.to_file(path)
    found = load(path, profile(GEOMETRY))
    assert found.rows["lat"].isna().tolist() == [False, True, False]
    assert found.reasons == [(4, "geometry", "the geometry is not a point")]


def test_times_of_layers_keep_the_offset_they_were_written_with(tmp_path: Path) -> None:
    made = frame(1)
    made["from"] = pd.to_datetime(["2012-07-05 22:15"]).tz_localize("Europe/Copenhagen")
    made.to_file(tmp_path / "in.gpkg")
    found = load(tmp_path / "in.gpkg", profile(GEOMETRY))
    assert str(found.rows["start_utc"][0]) == "2012-07-05 20:15:00"


def test_a_layer_by_name_or_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "in.gpkg"
    frame(3).rename(columns={"from": "other"}).to_file(path, layer="first")
    frame(2).to_file(path, layer="second")
    assert len(load(path, profile(GEOMETRY)).rows) == 2
    frame(1).to_file(path, layer="third")
    with pytest.raises(InputError, match="layers second, third all have the columns"):
        load(path, profile(GEOMETRY))
    assert len(load(path, profile(GEOMETRY, file='layer = "third"')).rows) == 1
    with pytest.raises(InputError, match=r"no such layer .*'fourth'.*first, second, third"):
        load(path, profile(GEOMETRY, file='layer = "fourth"'))


def test_a_parquet_of_types(tmp_path: Path) -> None:
    made = pd.DataFrame(
        {
            "id": [10364665.0, 2.0],
            "type": pd.Categorical(["FIRE", "ROBBERY"]),
            "from": pd.to_datetime(["2012-11-05 22:15", "2012-11-06 00:00"]),
            "lat": [55.69, np.nan],
            "lon": [12.5, np.nan],
        }
    )
    made.to_parquet(tmp_path / "in.parquet")
    found = load(tmp_path / "in.parquet", profile(time='format = "%d-%m-%Y"')).rows
    assert found["incident_id"].tolist() == ["10364665", "2"]
    assert found["type"].tolist() == ["FIRE", "ROBBERY"]
    assert found["start_utc"].astype(str).tolist() == ["2012-11-05 21:15:00", "2012-11-05 23:00:00"]
    assert found["end_utc"].isna().all()


def test_instants_of_a_parquet_hold_whatever_zone_is_named(tmp_path: Path) -> None:
    made = frame(1).drop(columns="geometry").assign(lat=55.69, lon=12.5)
    made["from"] = pd.to_datetime(["2012-10-28 01:30"]).tz_localize("UTC")
    made.to_parquet(tmp_path / "in.parquet")
    found = load(tmp_path / "in.parquet", profile(time='timezone = "America/Chicago"')).rows
    assert str(found["start_utc"][0]) == "2012-10-28 01:30:00"


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1, None, -3]), ["1", "", "-3"]),
        (pa.array([1.0, 1.5, None, float("nan"), 1e20]), ["1", "1.5", "", "", "100000000000000000000"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([date(2012, 11, 5)]), ["2012-11-05"]),
        (pa.array([time(7, 30)], pa.time32("s")), ["07:30:00"]),
        (pa.array([Decimal("55.69")]), ["55.69"]),
        (pa.array([1352150100_999], pa.timestamp("ms")), ["2012-11-05 21:15:00"]),
        (pa.array([1352150100], pa.timestamp("s", "Europe/Copenhagen")), ["2012-11-05 21:15:00Z"]),
        (pa.array(["a", None]).dictionary_encode(), ["a", ""]),
        (pa.array([b"\x01"]), [""]),
        (pa.nulls(2), ["", ""]),
        (pa.chunked_array([["a"], ["b"]]), ["a", "b"]),
    ],
)  # fmt: skip
def test_typed_columns_as_texts(column: pa.Array, texts: list[str]) -> None:
    found = as_text(column).to_pylist()
    if found[-1].startswith("1e+"):
        found[-1] = f"{float(found[-1]):.0f}"
    assert found == texts
