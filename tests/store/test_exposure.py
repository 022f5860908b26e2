"""Hexagons of the district, their neighbours and their shares, against shapely and h3 one by one."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely

from tests.conftest import DATA
from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.model.errors import FilterError
from ypo_dash.store.exposure import (
    clear_exposure,
    exposure_of,
    grid_of,
    neighbours_of,
    ring_sums,
)
from ypo_dash.store.lru import Lru

CRS = "EPSG:25832"


def by_sector(grid, demo):
    """Area per hexagon and sector."""
    table = np.zeros((len(grid.cells), len(demo.sectors)))
    pairs = grid.sectors
    table[pairs.hexagon, pairs.polygon] = pairs.share * grid.sizes[pairs.hexagon]
    assert np.count_nonzero(table) == len(pairs.share)  # each pair once
    assert table.sum(axis=1) == pytest.approx(grid.km2)
    return table


def metres(frame):
    return gpd.GeoDataFrame(frame, geometry="shape", crs="EPSG:4326").to_crs(CRS)


def outline(cell):
    return shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(h3.int_to_str(int(cell)))])  # fmt: skip


@pytest.mark.parametrize("res", [8, 9, 10])
def test_area_by_sector_equals_the_sectors_areas(demo, res):
    grid = grid_of(demo, res)
    areas = metres(polygons("sectors.geojson")).area.to_numpy() / 1e6
    found = by_sector(grid, demo).sum(axis=0)
    assert found == pytest.approx(areas, rel=0.006)  # h3's areas are of a sphere
    assert found / found.sum() == pytest.approx(areas / areas.sum(), rel=5e-4)
    assert (grid.cells[: grid.dense] == demo.cells.cells[res]).all()
    assert len(np.unique(grid.cells)) == len(grid.cells)


def test_shares_of_single_hexagons(demo):
    grid = grid_of(demo, 9)
    sectors = polygons("sectors.geojson")
    rng = np.random.default_rng(1)
    table = by_sector(grid, demo)
    border = np.flatnonzero((table > 0).sum(axis=1) > 1)
    some = [*rng.choice(border, 15, replace=False), *rng.choice(len(grid.cells) - 1, 15) + 1]
    for i in some:
        hexagon = outline(grid.cells[i])
        shares = np.array([hexagon.intersection(s).area / hexagon.area for s in sectors["shape"]])
        size = h3.cell_area(h3.int_to_str(int(grid.cells[i])), unit="km^2")
        assert table[i] == pytest.approx(shares * size, abs=1e-9)
        assert grid.sector[i] == (shares.argmax() if shares.sum() > 1e-9 else -1)


def test_no_hexagon_of_the_district_is_missing(demo):
    """Every hexagon around a known one that touches the district is there too."""
    grid = grid_of(demo, 9)
    whole = shapely.union_all(polygons("sectors.geojson")["shape"].to_numpy())
    known = {h3.int_to_str(int(c)) for c in grid.cells[1:]}
    around = {n for c in known for n in h3.grid_disk(c, 1)} - known
    assert around
    for cell in around:
        assert outline(h3.str_to_int(cell)).intersection(whole).area < 1e-15


def test_neighbours_and_ring_sums_equal_grid_disk(demo):
    cells = grid_of(demo, 9).cells
    near = neighbours_of(cells)
    at = {int(c): i for i, c in enumerate(cells)}
    values = np.random.default_rng(2).poisson(2, (2, len(cells))).astype(float)
    values[:, 0] = 0
    sums = ring_sums(values, near)
    for i in range(1, len(cells)):
        ring = [at.get(h3.str_to_int(c)) for c in h3.grid_disk(h3.int_to_str(int(cells[i])), 1)]
        inside = [k for k in ring if k is not None]
        assert sorted(near[i]) == sorted([*inside, *[len(cells)] * (7 - len(inside))])
        assert sums[:, i].tolist() == values[:, inside].sum(axis=1).tolist()
    assert near[0].tolist() == [len(cells)] * 7  # "no cell" has none
    pentagon = h3.get_pentagons(9)[0]
    alone = np.array([h3.str_to_int(c) for c in h3.grid_disk(pentagon, 1)], np.uint64)
    first = list(alone).index(h3.str_to_int(pentagon))
    assert sorted(neighbours_of(alone)[first]) == [*range(6), 6]


@pytest.mark.parametrize("baseline", ["area", "residents", "streets", "gistar"])
def test_shares_sum_to_one_and_lie_inside(demo, baseline):
    share = exposure_of(demo, baseline, 9)
    assert share.sum() == pytest.approx(1)
    assert (share >= 0).all()
    assert not share[~grid_of(demo, 9).inside].any()


def inner(grid, sector, k):
    """Hexagons wholly in a sector: which, and their shapes in metres."""
    at = np.flatnonzero(grid.sector == k)
    shapes = gpd.GeoSeries([outline(c) for c in grid.cells[at]], crs="EPSG:4326").to_crs(CRS)
    whole = shapes.within(sector).to_numpy()
    return at[whole], shapes[whole]


def test_inhabitants_without_survey_areas_are_spread_evenly(demo, monkeypatch):
    text = demo.layer_text
    nothing = '{"type":"FeatureCollection","features":[]}'
    monkeypatch.setattr(demo, "layer_text", lambda n: nothing if n == "areas" else text(n))
    grid, share = grid_of(demo, 10), exposure_of(demo, "residents", 10)
    people = np.array([s.population for s in demo.sectors])
    for k, sector in enumerate(metres(polygons("sectors.geojson"))["shape"]):
        at, shapes = inner(grid, sector, k)
        assert len(at) > 20
        expected = people[k] * shapes.area.to_numpy() / sector.area
        assert share[at] * people.sum() == pytest.approx(expected, rel=0.005)


def test_inhabitants_follow_the_survey_areas_inside_their_sector(demo):
    grid, share = grid_of(demo, 10), exposure_of(demo, "residents", 10)
    areas = metres(polygons("safety_areas.geojson"))
    people = np.array([s.population for s in demo.sectors])
    density = areas["population"].to_numpy(float) / areas.area.to_numpy()
    spread = []
    for k, sector in list(enumerate(metres(polygons("sectors.geojson"))["shape"]))[::4]:
        at, shapes = inner(grid, sector, k)
        pieces = np.array([areas.intersection(c).area.to_numpy() for c in shapes])
        theirs = pieces @ density / pieces.sum(axis=1)
        factor = share[at] * people.sum() / shapes.area.to_numpy() / theirs
        assert factor == pytest.approx(np.full(len(at), factor[0]), rel=0.01)
        spread.append(theirs.max() / theirs.min())
        # The sector keeps its own inhabitants: those of its inner hexagons are no more than these.
        assert 0.5 * people[k] < (share[at] * people.sum()).sum() < people[k] * 1.001
    assert max(spread) > 1.5


def test_streets_are_metres_of_line_in_the_hexagon(demo):
    grid, share = grid_of(demo, 9), exposure_of(demo, "streets", 9)
    features = json.loads((DATA / "streets.geojson").read_text("utf-8"))["features"]
    lines = shapely.union_all([shapely.from_geojson(json.dumps(f["geometry"])) for f in features])
    whole = shapely.union_all(polygons("sectors.geojson")["shape"].to_numpy())
    inside = lines.intersection(whole)
    total = gpd.GeoSeries([inside], crs="EPSG:4326").to_crs(CRS).length[0]
    for i in np.random.default_rng(3).choice(np.flatnonzero(share), 12, replace=False):
        piece = gpd.GeoSeries([outline(grid.cells[i]).intersection(inside)], crs="EPSG:4326")
        assert share[i] * total == pytest.approx(piece.to_crs(CRS).length[0], rel=0.001, abs=0.01)


def test_what_is_not_known_is_refused(demo, tmp_path, monkeypatch):
    clear_exposure()
    unknown = (replace(demo.sectors[0], population=None), *demo.sectors[1:])
    monkeypatch.setattr(demo, "sectors", unknown)
    with pytest.raises(FilterError, match="inhabitants of some sectors"):
        exposure_of(demo, "residents", 9)
    monkeypatch.setattr(demo.workspace, "home", tmp_path)
    with pytest.raises(FilterError, match="no streets") as raised:
        exposure_of(demo, "streets", 9)
    assert raised.value.parameter == "baseline"
    assert "ingen gader" in raised.value.problem("da")
    clear_exposure()


def test_the_same_is_worked_out_once():
    kept, built = Lru(4), []

    def build():
        built.append(1)
        time.sleep(0.05)
        return "answer"

    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(kept.fetch("k", build))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["answer"] * 8
    assert len(built) == 1
    assert not kept.making

    def fails():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.fetch("other", fails)
    assert kept.fetch("other", lambda: 3) == 3  # a failure is not kept, and locks nobody out
