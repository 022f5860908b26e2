"""One projection for maps with and without scripts: true to shape, north up, always inside."""

from __future__ import annotations

import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ypo_dash.figures.outline import WIDTH, Outline, Projection, bounds_of, polygon_rings

PLACES = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


def feature(name, geometry):
    return {"type": "Feature", "properties": {"sector_id": name}, "geometry": geometry}


def square(x, y):
    return [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]


@settings(deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=20), st.floats(20, 2000), st.floats(20, 2000))
def test_all_places_lie_inside_the_padding(places, width, height):
    projection = Projection.within(bounds_of(places), (width, height), 5)
    for lng, lat in places:
        x, y = projection.place(lng, lat)
        assert 5 - 0.01 <= x <= width - 5 + 0.01
        assert 5 - 0.01 <= y <= height - 5 + 0.01


def test_a_kilometre_is_a_kilometre_in_both_directions():
    projection = Projection.within((12.4, 55.6, 12.7, 55.8), (300, 300))
    middle = projection.place(12.55, 55.7)
    north = projection.place(12.55, 55.7 + 1 / 111.195)
    east = projection.place(12.55 + 1 / 111.195 / math.cos(math.radians(55.7)), 55.7)
    assert middle[1] - north[1] == pytest.approx(1000 * projection.metre, abs=0.02)
    assert east[0] - middle[0] == pytest.approx(1000 * projection.metre, abs=0.02)
    assert middle == pytest.approx((150, 150), abs=0.01)


def test_a_place_without_extent_is_in_the_middle():
    assert Projection.within((12.5, 55.7, 12.5, 55.7), (100, 60)).place(12.5, 55.7) == (50, 30)
    assert Projection.wide((12.5, 55.7, 12.5, 55.7), 100).place(12.5, 55.7) == (0, 0)


def test_bounds_leave_out_what_is_no_place():
    assert bounds_of([(1, 2), (float("nan"), 9), (3, float("inf")), (-1, 5)]) == (-1, 2, 1, 5)
    assert bounds_of([]) is None


def test_path_skips_corners_that_are_no_places():
    ring = [[0, 0], [float("nan"), 1], [1, 1]]
    assert Projection.within((0, 0, 1, 1), (10, 10)).path([ring]) == "M0.0,10.0L10.0,0.0Z"


def test_outline_of_polygons_and_multipolygons():
    geojson = json.dumps(
        {"features": [
            feature("1", {"type": "Polygon", "coordinates": [square(0, 0)]}),
            feature("2", {"type": "MultiPolygon", "coordinates": [[square(1, 0)], [square(3, 0)]]}),
        ]}
    )  # fmt: skip
    outline = Outline.of(geojson)
    assert outline.place(0, 1) == (0, 0)
    assert outline.place(4, 0) == (WIDTH, outline.height)
    assert outline.height == pytest.approx(WIDTH / 4 / math.cos(math.radians(0.5)), abs=0.1)
    assert outline.path("2").count("M") == outline.path("2").count("Z") == 2
    assert outline.path("3") == ""
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+),", outline.path("1"))]
    assert (min(xs), max(xs)) == (0, WIDTH / 4)


def test_outline_of_nothing():
    outline = Outline.of('{"features": []}')
    assert (outline.height, outline.path("1")) == (0, "")


def test_rings():
    assert polygon_rings({"type": "Polygon", "coordinates": [square(0, 0)]}) == [square(0, 0)]
