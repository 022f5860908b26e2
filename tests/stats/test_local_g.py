"""Local G and Gi* against three other programs, and the formula summed place by place."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.reference_data import reference
from ypo_dash.stats.local_g import local_g, upper_p


def within(points, radius, *, own):
    """The matrix of who is within ``radius`` of whom."""
    distance = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    near = (distance <= radius + 1e-9).astype(float)
    if not own:
        np.fill_diagonal(near, 0.0)
    return near


@pytest.mark.reference
def test_equals_esda():
    case = json.loads(reference("methods/localG_esda.json").read_text("utf-8"))
    near = within(np.array(case["points"], float), case["distance_threshold"], own=False)
    y = np.array(case["y"])
    z = local_g(y, near @ y, near.sum(axis=1), own=False)
    assert z[0] == pytest.approx(case["G_local_binary_z_first"], abs=1e-6)


@pytest.mark.reference
def test_equals_spdep():
    with reference("methods/localG_getisord_remotesensing.csv").open(encoding="utf-8") as handle:
        rows = [[float(r[k]) for k in ("x", "y", "val")] for r in csv.DictReader(handle)]
    expected = json.loads(reference("methods/localG_spdep_expected.json").read_text("utf-8"))
    table = np.array(rows)
    assert len(table) == 256
    assert len(expected["G_binary_no_self"]) == 5
    for metres, g in expected["G_binary_no_self"].items():
        near = within(table[:, :2], float(metres), own=False)
        z = local_g(table[:, 2], near @ table[:, 2], near.sum(axis=1), own=False)
        assert z[expected["index_1based"] - 1] == pytest.approx(g, abs=1e-6)


@pytest.mark.reference
def test_equals_sfhotspot():
    """206 robberies on 2,715 squares: ten values of Gi* with the square itself."""
    given = json.loads(
        reference("methods/gistar_sfhotspot_500m_parameters.json").read_text("utf-8")
    )
    with reference("methods/gistar_memphis_robberies_jan2019.csv").open(encoding="utf-8") as handle:
        places = [(float(r["longitude"]), float(r["latitude"])) for r in csv.DictReader(handle)]
    with reference("methods/gistar_sfhotspot_500m_expected.csv").open(encoding="utf-8") as handle:
        expected = list(csv.DictReader(handle))
    size = given["cell_size_m"]
    metres = Transformer.from_crs("EPSG:4326", given["crs"], always_xy=True)
    x, y = metres.transform(*np.array(places).T)
    hull = shapely.convex_hull(
        shapely.buffer(shapely.MultiPoint(np.column_stack([x, y])), size / 2)
    )
    west, south, east, north = given["bbox"]
    west, south = hull.bounds[:2]
    across, up = np.arange(west, east - 1, size), np.arange(south, north - 1, size)
    corners = np.array([(a, b) for b in up for a in across])
    squares = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + size, corners[:, 1] + size)
    corners = corners[shapely.intersects(squares, hull)]
    assert len(corners) == given["cells"]
    counts = np.array([((x >= a) & (x < a + size) & (y >= b) & (y < b + size)).sum() for a, b in corners], float)  # fmt: skip
    near = within(corners, size * 2**0.5, own=True)
    z = local_g(counts, near @ counts, near.sum(axis=1))
    two_sided = 2 * np.minimum(upper_p(z), 1 - upper_p(z))
    assert len(expected) == 10
    for row in expected:
        at = np.abs(
            corners - [float(row["cell_xmin"]), float(row["cell_ymin"])]
        ).sum(axis=1).argmin()  # fmt: skip
        assert counts[at] == float(row["n"])
        assert z[at] == pytest.approx(float(row["gistar"]), abs=6e-4)
        assert two_sided[at] == pytest.approx(float(row["pvalue"]), abs=6e-4)


@pytest.mark.parametrize("own", [True, False])
def test_equals_its_formula_place_by_place(own):
    rng = np.random.default_rng(3)
    near = within(rng.random((40, 2)), 0.3, own=own)
    y = rng.poisson(2, (2, 40)).astype(float)
    z = local_g(y, y @ near, near.sum(axis=0), own=own)
    for k, row in enumerate(y):
        for i in range(40):
            others = row if own else np.delete(row, i)
            n = len(others)
            w = near[i].sum()
            spread = others.std() * ((n * w - w**2) / (n - 1)) ** 0.5
            assert z[k, i] == pytest.approx((near[i] @ row - others.mean() * w) / spread)


def test_equal_values_are_no_spot():
    z = local_g(np.full(9, 3.0), np.full(9, 21.0), np.full(9, 7.0))
    assert not z.any()
    assert upper_p(z).tolist() == [0.5] * 9
    assert upper_p(np.array([1.6448536])) == pytest.approx(0.05, abs=1e-6)
