"""A point as it is typed, against the numbers worked out by other means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from ypo_dash.model.errors import InputError
from ypo_dash.sources.typed_point import read_point

CRS = "EPSG:25832"
BOUNDS = (12.44, 55.66, 12.61, 55.74)
LAT, LNG = 55.7038, 12.5421
X, Y = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(LNG, LAT)


@pytest.mark.parametrize(
    "text",
    [
        "55.7038, 12.5421", "55.7038 12.5421", "55.7038,12.5421", "55,7038 12,5421", "55,7038; 12,5421",
        "55,7038, 12,5421", "55,7038,12,5421", "12.5421, 55.7038", "N 55.7038 E 12.5421", "55.7038N 12.5421E",
        "12,5421 Ø 55,7038 N", "55° 42.228' N 12° 32.526' E", "55 42,228 N, 12 32,526 Ø", "55 42.228 12 32.526",
        "55°42′13.68″N 12°32′31.56″E", "55° 42' 13,68\" n 12° 32' 31,56\" ø", f"{X:.2f} {Y:.2f}",
        f"{Y:.0f} {X:.0f}", f"{X:.0f},{Y:.0f}", f"E {X:.0f} N {Y:.0f}", f"N {Y:.0f} E {X:.0f}",
        f"x={X:.1f} y={Y:.1f}", f"32U {X:.0f} {Y:.0f}", f"32 {X:.0f} {Y:.0f}", f"UTM 32V {X:.0f} {Y:.0f}",
        f"{X:,.0f} {Y:,.0f}".replace(",", "."), f"{X:,.0f} {Y:,.0f}".replace(",", ".").replace(" ", ",0 ") + ",0",
    ],
)  # fmt: skip
def test_notations(text):
    lat, lng = read_point(text, CRS, BOUNDS)
    assert lat == pytest.approx(LAT, abs=2e-5)
    assert lng == pytest.approx(LNG, abs=3e-5)


def test_a_zone_beside_the_district_s_is_that_zone():
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32633", always_xy=True).transform(LNG, LAT)
    assert read_point(f"33U {x:.0f} {y:.0f}", CRS, BOUNDS) == pytest.approx((LAT, LNG), abs=3e-5)


def test_south_and_west_are_below_zero():
    assert read_point("33.9 S 18.4 W", CRS, BOUNDS) == (-33.9, -18.4)
    assert read_point("-33.9, -18.4", CRS, BOUNDS) == (-33.9, -18.4)
    assert read_point("-33 54 18 24", CRS, BOUNDS) == pytest.approx((-33.9, 18.4))


@pytest.mark.parametrize("text", ["", "Mimersgade 12B", "2200", "Nørre Allé 5, 2200", "55", "ydre 55 12"])  # fmt: skip
def test_what_is_no_coordinates_is_left_to_the_addresses(text):
    assert read_point(text, CRS, BOUNDS) is None


@pytest.mark.parametrize(
    "text",
    ["95.0, 190.0", "55.7 12.5 3", "55 61 12 32", "55.5 30 12.5 30", "N 55.7 N 12.5", "55.7 N 12.5", "99 722456 6178001", "1 2 3 4 5 6 7 8"],
)  # fmt: skip
def test_what_is_no_point_is_refused(text):
    with pytest.raises(InputError, match="coordinates can't be read"):
        read_point(text, CRS, BOUNDS)


@given(st.text(alphabet="0123456789.,;:° '\"NSEWØVXYUTM=+-", max_size=40))
def test_any_text_is_a_point_or_refused(text):
    try:
        found = read_point(text, CRS, BOUNDS)
    except InputError:
        return
    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)
