from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyproj import CRS, Transformer

from tests.sources.loading import CONTEXT, Loaded, in_zone, load, profile, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources.coordinates import find_decimal, read_numbers

if TYPE_CHECKING:
    from pathlib import Path

XY = 'x = "x"\ny = "y"'
UTM = 'crs = "EPSG:25832"'
INSIDE = [(55.67 + i / 400, 12.45 + i / 300) for i in range(20)]


def degrees(folder: Path, pairs: list[tuple[object, object]], **parts: str) -> Loaded:
    rows = [f'{i},FIRE,2012-11-05 10:00,"{a}","{b}"' for i, (a, b) in enumerate(pairs)]
    path = write(folder / "places.csv", "\n".join(["id,type,from,lat,lon", *rows]))
    return load(path, profile(**parts))


def metres(folder: Path, pairs: list[tuple[object, object]], **parts: str) -> Loaded:
    rows = [f'{i},FIRE,2012-11-05 10:00,"{a}","{b}"' for i, (a, b) in enumerate(pairs)]
    path = write(folder / "places.csv", "\n".join(["id,type,from,x,y", *rows]))
    return load(path, profile(XY, **({"place": UTM} | parts)))


def in_utm(pairs: list[tuple[float, float]], code: int = 25832) -> list[tuple[float, float]]:
    convert = Transformer.from_crs(4326, code, always_xy=True)
    return [convert.transform(lon, lat) for lat, lon in pairs]


def test_metres_become_degrees(tmp_path: Path) -> None:
    found = metres(tmp_path, in_utm(INSIDE)).rows
    np.testing.assert_allclose(found[["lat", "lon"]], INSIDE, atol=1e-8)


def test_feet_become_degrees(tmp_path: Path) -> None:
    chicago = in_zone("America/Chicago", (-87.94, 41.64, -87.52, 42.03))
    rows = "id,type,from,x,y\n1,FIRE,2016-01-01 00:01,1150945,1892794\n"
    path = write(tmp_path / "feet.csv", rows)
    found = load(path, profile(XY, place='crs = "EPSG:3435"'), chicago).rows.iloc[0]
    assert (found["lat"], found["lon"]) == pytest.approx((41.861717546, -87.721386272), abs=2e-5)


def test_no_point_is_none_and_no_reject(tmp_path: Path) -> None:
    pairs = [("", ""), ("NULL", "NA"), (0, 0), ("-1", "-1.0"), (55.69, 12.5)]
    found = degrees(tmp_path, pairs, place="missing = [[0, 0], [-1, -1]]")
    assert found.rows["lat"].isna().tolist() == [True, True, True, True, False]
    assert found.rejects.empty


def test_missing_pairs_are_in_the_order_of_the_columns(tmp_path: Path) -> None:
    found = degrees(tmp_path, [(1, 2), (55.69, 12.5)], place="missing = [[1, 2]]")
    assert found.rows["lat"].isna().tolist() == [True, False]
    found = metres(tmp_path, [(1, 2), *in_utm(INSIDE[:1])], place=UTM + "\nmissing = [[1, 2]]")
    assert found.rows["lat"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("pair", "column", "reason"),
    [
        (("north", 12.5), "lat", "the coordinate is not a number"),
        ((55.69, "12.5°"), "lon", "the coordinate is not a number"),
        (("inf", 12.5), "lat", "the coordinate is not a number"),
        (("55.6.9", 12.5), "lat", "the coordinate is not a number"),
        ((55.69, ""), "lon", "the coordinate is empty, and the other one is not"),
        (("", 12.5), "lat", "the coordinate is empty, and the other one is not"),
        ((0, 0), "lat", "0, 0 is no place here"),
        ((12.5, 55.69), "lat", "latitude and longitude are swapped"),
        ((95.5, 12.5), "lat", "no such place: latitudes end at 90"),
        ((55.69, 190.5), "lon", "no such place: longitudes end at 180"),
        ((55.69, 512.5), "lon", "no such place: longitudes end at 180"),
        ((6176000.5, 724000.5), "lat", "metres or feet where the profile says degrees (EPSG:4326)"),
    ],
)
def test_faulty_degrees(
    tmp_path: Path, pair: tuple[object, object], column: str, reason: str
) -> None:
    found = degrees(tmp_path, [*INSIDE, pair])
    assert len(found.rows) == len(INSIDE)
    ((line, named, why),) = found.reasons
    assert (line, named) == (22, column)
    assert why.startswith(reason)


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ((12.5, 55.69), "degrees where the profile says metres (EPSG:25832)"),
        ((6176000, 720000), "x and y are swapped"),
        ((1e15, 1e15), "no such place in EPSG:25832"),
        ((0, 0), "0, 0 is no place here"),
    ],
)
def test_faulty_metres(tmp_path: Path, pair: tuple[object, object], reason: str) -> None:
    found = metres(tmp_path, [*in_utm(INSIDE), pair])
    ((line, column, why),) = found.reasons
    assert (line, column) == (22, "y")
    assert why.startswith(reason)


def test_points_outside_are_no_fault(tmp_path: Path) -> None:
    pairs = [*INSIDE[:1], *((56.1 + i / 100, 10.2) for i in range(30))]
    assert degrees(tmp_path, pairs).rejects.empty


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(b, a) for a, b in INSIDE], "latitude and longitude are swapped .*Swap the two coordinate"),
        ([(y, x) for x, y in in_utm(INSIDE)], 'metres or feet .*Write crs = "EPSG:25832"'),
        ([(a, -b) for a, b in INSIDE], "lie far outside .*minus sign"),
        ([(a - 15, b) for a, b in INSIDE], "the coordinates lie far outside the district"),
        ([(0, 0)] * 20, "all 20 rows were rejected: lat: 0, 0 is no place"),
    ],
)  # fmt: skip
def test_files_with_wrong_degrees(
    tmp_path: Path, pairs: list[tuple[object, object]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        degrees(tmp_path, pairs)


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([(b, a) for a, b in INSIDE], 'degrees where the profile says metres .*Write crs = "EPSG:4326"'),
        ([(y, x) for x, y in in_utm(INSIDE)], "x and y are swapped .*Swap the two coordinate"),
        (in_utm(INSIDE, 25833), 'lie far outside the district .*Write crs = "EPSG:25833"'),
        (in_utm(INSIDE, 3857), 'lie far outside the district .*Write crs = "EPSG:3857"'),
        ([(490246 + i, 5458367) for i in range(20)], r"lie far outside .*Correct \[place\] crs"),
    ],
)  # fmt: skip
def test_files_with_wrong_metres(
    tmp_path: Path, pairs: list[tuple[object, object]], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        metres(tmp_path, pairs)


def test_few_wrong_points_of_many_are_rejected_one_by_one(tmp_path: Path) -> None:
    swapped = [(b, a) for a, b in INSIDE]
    found = degrees(tmp_path, INSIDE + swapped)
    assert (len(found.rows), len(found.rejects)) == (20, 20)


@pytest.mark.parametrize(
    ("texts", "decimal", "numbers"),
    [
        (["12,5", "55,69"], ",", [12.5, 55.69]),
        (["12.5", "55"], ".", [12.5, 55]),
        (["6.176.432,5", "724.001,25"], ",", [6176432.5, 724001.25]),
        (["-87.5", "+1e2"], ".", [-87.5, 100]),
        (["12,5", "55,69", "55.690"], ",", [12.5, 55.69, None]),
        (["12.5", "55.69", "12,5"], ".", [12.5, 55.69, None]),
    ],
)
def test_decimal_signs(texts: list[str], decimal: str, numbers: list[float | None]) -> None:
    column = pa.array(texts)
    assert find_decimal([column]) == decimal
    found, bad = read_numbers(column, decimal)
    assert [None if b else n for n, b in zip(found.tolist(), bad, strict=True)] == numbers


def test_no_coordinates_tell_no_decimal_sign() -> None:
    assert find_decimal([pa.array(["", "NA"])]) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("POINT (12.5 55.69)", None),
        ("MULTIPOINT ((12.5 55.69))", None),
        ("", None),
        ("POINT EMPTY", None),
        ("POINT (12.5", "not a point such as"),
        ("LINESTRING (12 55, 13 56)", "not a point such as"),
        ("12.5 55.69", "not a point such as"),
    ],
)
def test_wkt(tmp_path: Path, text: str, reason: str | None) -> None:
    rows = f'id;type;from;wkt\n0;FIRE;2012-11-05;POINT (12.5 55.69)\n1;FIRE;2012-11-05;"{text}"\n'
    found = load(write(tmp_path / "wkt.csv", rows), profile('geometry = "wkt"'))
    assert found.rows["lat"][0] == 55.69
    if reason is None:
        assert found.rejects.empty
        assert np.isnan(found.rows["lat"][1]) == (text in ("", "POINT EMPTY"))
    else:
        assert found.reasons[0][2].startswith(reason)


def test_another_geographic_system_is_transformed(tmp_path: Path) -> None:
    found = degrees(tmp_path, INSIDE, place='crs = "EPSG:4230"').rows
    assert np.abs(found["lat"] - [a for a, _ in INSIDE]).max() > 1e-5
    assert CRS.from_epsg(4230).is_geographic


def test_areas_stand_in_where_there_is_no_point(tmp_path: Path) -> None:
    rows = ["1,FIRE,2012-11-05,55.69,12.5,2", "2,FIRE,2012-11-05,,,2", "3,FIRE,2012-11-05,,,"]
    rows += ["4,FIRE,2012-11-05,,,10", "5,FIRE,2012-11-05,,,420", "6,FIRE,2012-11-05,,,elsewhere"]
    path = write(tmp_path / "areas.csv", "\n".join(["id,type,from,lat,lon,area", *rows]))
    found = load(path, profile('lat = "lat"\nlon = "lon"\narea = "area"')).rows
    areas = [a if isinstance(a, str) else None for a in found["area"]]
    assert areas == [None, "2", None, "010", "00420", "elsewhere"]


def test_area_codes_of_another_district_stop_the_file(tmp_path: Path) -> None:
    rows = [f"{i},FIRE,2012-11-05,PLR{i}" for i in range(12)]
    path = write(tmp_path / "areas.csv", "\n".join(["id,type,from,area", *rows]))
    message = r"none of its 12 area codes is a sector .*'PLR0'.*district's: 00420, 010"
    with pytest.raises(InputError, match=message):
        load(path, profile('area = "area"'))
    assert CONTEXT.sector_ids
