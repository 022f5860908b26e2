"""Which sector a point is in, against shapely over the raw file: inside, outside, on borders and corners."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, shape

from ypo_dash.figures.outline import Projection
from ypo_dash.views.find_sector import place_of, point_words, ring_around

DATA = Path(__file__).resolve().parents[2] / "data"
SEED, MANY = 20121126, 5000


def raw(name, key):
    features = json.loads((DATA / name).read_text("utf-8"))["features"]
    return [(f["properties"][key], shape(f["geometry"])) for f in features]


@pytest.fixture(scope="module")
def sectors():
    """Sectors of the raw file, lowest id first."""
    return sorted(raw("sectors.geojson", "sector_id"), key=lambda one: int(one[0]))


def expected(sectors, lat, lng):
    """The lowest sector that the point lies in or on, one polygon after the other."""
    return next((str(code) for code, polygon in sectors if polygon.intersects(Point(lng, lat))), None)  # fmt: skip


def test_random_points_and_points_on_borders(demo, sectors):
    dice = np.random.default_rng(SEED)
    west, south, east, north = shapely.total_bounds([p for _, p in sectors])
    points = [(dice.uniform(south - 0.01, north + 0.01), dice.uniform(west - 0.01, east + 0.01)) for _ in range(MANY - 1000)]  # fmt: skip
    corners = np.vstack([shapely.get_coordinates(p) for _, p in sectors])
    points += [(lat, lng) for lng, lat in dice.choice(corners, 600)]
    for _ in range(400):  # the middle of an edge, as far as numbers hold it
        ring = shapely.get_coordinates(sectors[dice.integers(len(sectors))][1])
        i = dice.integers(len(ring) - 1)
        lng, lat = (ring[i] + ring[i + 1]) / 2
        points.append((lat, lng))
    found = [place_of(demo, lat, lng).sector for lat, lng in points]
    wanted = [expected(sectors, lat, lng) for lat, lng in points]
    assert [s.id if s else None for s in found] == wanted
    assert 300 < wanted.count(None) < MANY - 1500
    assert len(set(wanted)) == len(sectors) + 1


def test_a_corner_of_several_sectors_is_the_lowest_one_s(demo, sectors):
    corners = [tuple(c) for _, p in sectors for c in set(map(tuple, shapely.get_coordinates(p)))]
    shared = {c for c in corners if corners.count(c) > 1}
    assert len(shared) > 50
    for lng, lat in sorted(shared)[::5]:
        touching = [int(code) for code, p in sectors if p.intersects(Point(lng, lat))]
        assert place_of(demo, lat, lng).sector.id == str(min(touching))


def test_the_areas_it_lies_in(demo):
    estates = raw("designated_areas.geojson", "name")
    areas = [(f"{code}", polygon) for code, polygon in raw("safety_areas.geojson", "area_id")]
    dice = np.random.default_rng(SEED)
    inside = [(polygon.representative_point(), name) for name, polygon in estates]
    for point, name in inside:
        assert name in place_of(demo, point.y, point.x).designated
    for _ in range(300):
        lat, lng = dice.uniform(55.66, 55.74), dice.uniform(12.44, 12.61)
        place = place_of(demo, lat, lng)
        assert set(place.designated) == {n for n, p in estates if p.intersects(Point(lng, lat))}
        assert place.survey.partition(" ")[0] in {c for c, p in areas if p.intersects(Point(lng, lat))} | ({""} if not any(p.intersects(Point(lng, lat)) for _, p in areas) else set())  # fmt: skip


def test_how_it_was_read_is_said(demo):
    assert point_words(demo, 55.7038, 12.5421, "da") == "55,70380 N 12,54210 Ø · EPSG:25832 722548 6178800"  # fmt: skip
    assert point_words(demo, 55.7038, 12.5421, "en").startswith("55.70380 N 12.54210 E")


def test_the_rings_are_round_the_point(demo):
    for ring in ring_around(demo, 55.70, 12.54):
        metres = [((lng - 12.54) * np.cos(np.radians(55.70)), lat - 55.70) for lng, lat in ring]
        sizes = [np.hypot(*m) for m in metres]
        assert max(sizes) == pytest.approx(min(sizes), rel=1e-6)


def test_a_click_is_the_place_that_was_drawn_there():
    projection = Projection.within((12.44, 55.66, 12.61, 55.74), (600, 520), 6)
    for lng, lat in ((12.44, 55.66), (12.61, 55.74), (12.5421, 55.7038)):
        x, y = projection.place(lng, lat)
        assert projection.point(x, y) == pytest.approx((lng, lat), abs=2e-5)
