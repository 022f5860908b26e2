"""Where a point lies: borders, repeats, and ids of cells."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely

from ypo_dash.store.place import CellIds, cell_ring, cells_of, sector_of
from ypo_dash.store.reading import distinct_points

SQUARES = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0, 1, 2, 2)]


def test_a_point_on_a_border_belongs_to_the_lowest_sector_that_touches_it():
    lng = np.array([0.5, 1.0, 1.5, 1.0, 0.0, 2.0, 3.0, np.nan, 0.5])
    lat = np.array([0.5, 0.5, 0.5, 1.0, 0.0, 2.0, 0.5, 0.5, np.nan])
    assert sector_of(lng, lat, SQUARES).tolist() == [0, 0, 1, 0, 0, 2, -1, -2, -2]


@pytest.mark.parametrize("res", [7, 8, 9, 10, 11])
def test_cells_are_those_of_h3_itself(res):
    dice = np.random.default_rng(res)
    lat, lng = dice.uniform(-85, 85, 500), dice.uniform(-180, 180, 500)
    lat[0] = np.nan
    found = cells_of(lng, lat, res)
    assert found[0] == 0
    assert [h3.int_to_str(int(c)) for c in found[1:]] == [
        h3.latlng_to_cell(a, b, res) for a, b in zip(lat[1:], lng[1:], strict=True)
    ]


def test_cell_ids_only_grow():
    ids = CellIds()
    cells = cells_of(np.array([12.5, 12.6, 12.5]), np.array([55.7, 55.7, 55.7]), 9)
    first = ids.add(cells, 9)
    assert first[0] == first[2] != first[1]
    more = ids.add(np.concatenate([cells_of(np.array([12.4]), np.array([55.6]), 9), cells]), 9)
    assert more[1:].tolist() == first.tolist()
    again = CellIds.from_table(ids.table())
    assert again.find(h3.latlng_to_cell(55.7, 12.5, 9)) == first[0]
    assert again.find(h3.latlng_to_cell(1, 1, 9)) == -1
    assert again.find(h3.latlng_to_cell(1, 1, 5)) == -1


def test_distinct_points_keep_every_row_apart_that_differs():
    dice = np.random.default_rng(1)
    lat, lng = dice.integers(0, 40, 5000) / 7, dice.integers(0, 40, 5000) / 3
    lat[:5] = np.nan
    first, which = distinct_points(lat, lng)
    np.testing.assert_array_equal(lat[first][which], lat)
    np.testing.assert_array_equal(lng[first][which], lng)
    assert len(first) < 1700


@pytest.mark.parametrize(
    ("lat", "lng"), [(55.7, 12.5), (-16.8, 179.9995), (-16.8, -179.9995), (51.5, 0.0)]
)
def test_a_cells_corners_run_round_the_cell(lat, lng):
    """Also across the antimeridian (Fiji), where plain corners would run round the world."""
    cell = h3.latlng_to_cell(lat, lng, 9)
    ring = cell_ring(cell)
    shape = shapely.Polygon(ring)
    west, _, east, _ = shape.bounds
    assert east - west < 0.01
    assert shape.exterior.is_ccw
    assert shape.contains(shapely.Point(lng, lat)) or shape.contains(shapely.Point(lng % 360, lat))
