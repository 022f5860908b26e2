"""Focus areas: top shares and PAI by pandas, H3 and polygons in metres over the raw file."""

from __future__ import annotations

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from pyproj import Transformer

from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.views.concentration import COLUMNS, concentration, concentration_table, sentence

METRES = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)


@pytest.fixture(scope="module")
def district():
    return shapely.union_all(list(polygons("sectors.geojson")["shape"]))


def in_metres(shape):
    return shapely.transform(shape, lambda xy: np.column_stack(METRES.transform(xy[:, 0], xy[:, 1])))  # fmt: skip


def ground(district, res):
    """Share inside of each hexagon near the district; those that do not touch it have none."""
    middle = h3.latlng_to_cell(district.centroid.y, district.centroid.x, res)
    area = in_metres(district)
    found = {}
    for cell in h3.grid_disk(middle, {8: 10, 9: 26}[res]):
        ring = shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)])
        hexagon = in_metres(ring)
        share = hexagon.intersection(area).area / hexagon.area
        if share > 0:
            found[cell] = (1.0 if share > 1 - 1e-9 else share, hexagon.area / 1e6)
    return pd.DataFrame.from_dict(found, orient="index", columns=["part", "whole"])


def counted(incidents, district, filters, res, first, last):
    day = pd.to_datetime(incidents["time_from"]).dt.normalize()
    rows = incidents[day.between(first, last)]
    rows = rows[rows["type"].isin(filters.types)] if filters.types else rows
    rows = rows[shapely.intersects_xy(district, rows["lon"], rows["lat"])]
    return pd.Series([h3.latlng_to_cell(*p, res) for p in zip(rows["lat"], rows["lon"], strict=True)]).value_counts()  # fmt: skip


@pytest.mark.parametrize(("state", "res"), [("", 9), ("types=BURGLARY&res=8", 8)])
def test_focus_areas_equal_pandas_over_the_raw_file(demo, incidents, district, state, res):
    filters = Filters.from_query(state, demo)
    cells = ground(district, res)
    cells["now"] = counted(incidents, district, filters, res, "2012-10-29", "2012-11-25")
    cells["before"] = counted(incidents, district, filters, res, "2012-10-01", "2012-10-28")
    cells = cells.fillna(0)
    cells["km2"] = cells["part"] * cells["whole"]
    whole, total = cells["km2"].sum(), cells["now"].sum()
    table = concentration_table(demo, filters)
    assert table.header == COLUMNS
    for row in table.rows:
        order = cells.assign(d=-cells["before"] / cells["part"], b=-cells["now"] / cells["part"])
        chosen = order.sort_values(["d", "now"]).head(row[1])
        assert row[2] == pytest.approx(chosen["km2"].sum(), rel=8e-3)  # sphere and ellipsoid
        assert row[2] <= row[0] * whole * 1.008
        assert row[3] == chosen["now"].sum()
        assert row[4] == pytest.approx(chosen["now"].sum() / total, abs=1e-6)
        assert row[5] == pytest.approx(row[4] / (chosen["km2"].sum() / whole), rel=2e-3)
        best = order.sort_values("b")
        best = best[best["km2"].cumsum() <= row[0] * whole]
        ideal = best["now"].sum() / total / (best["km2"].sum() / whole)
        assert row[6] == pytest.approx(min(1, row[5] / ideal), rel=5e-3)
        assert row[7] < row[4] < row[8]
    found = concentration(demo, filters)
    assert found.incidents == total
    assert found.before == cells["before"].sum()
    assert [r.share for r in found.afterwards] == [r.best for r in found.afterwards]
    assert len(table.rows) == len([r for r in found.again if r.cells])


def test_concentration_is_read_against_chance(demo):
    found = concentration(demo, Filters())
    for now, chance in zip(found.afterwards, found.chance, strict=True):
        assert now.share > chance > now.share_of_area
    assert found.gini > found.gini_by_chance
    assert "times its share of the area" in sentence(found, "en")


def test_one_sector_is_its_own_area(demo):
    found = concentration(demo, Filters.from_query("sectors=20&res=10&from=2012-01-01", demo))
    shape = in_metres(polygons("sectors.geojson").set_index("sector_id").loc[20, "shape"])
    assert found.ground.km2.sum() == pytest.approx(shape.area / 1e6, rel=8e-3)
    assert found.incidents > 100


def test_too_few_no_earlier_period_and_a_single_hexagon(demo):
    few = concentration(demo, Filters.from_query("types=INDECENT", demo))
    assert (few.again, few.afterwards, few.gini) == (None, None, None)
    assert "too few to tell" in sentence(few, "en")
    early = Filters.from_query("from=2009-09-01&to=2009-09-28", demo)
    assert "Seen afterwards" in sentence(concentration(demo, early), "en")
    with pytest.raises(FilterError, match="the data begin on"):
        concentration_table(demo, early)
    with pytest.raises(FilterError, match="one hexagon"):
        concentration(demo, Filters(cell="891f05a0003ffff"))
    tied = concentration(demo, Filters.from_query("types=BURGLARY&res=10", demo))
    assert sentence(tied, "en").startswith("Too many hexagons had equally many")
    coarse = concentration(demo, Filters.from_query("sectors=7&res=8&from=2012-01-01", demo))
    assert "choose a finer resolution" in sentence(coarse, "en")


def test_command_line(demo, demo_home):
    state = "types=BURGLARY&from=2012-09-01&to=2012-11-25"
    result = CliRunner().invoke(main, ["query", "concentration", state], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    assert result.stdout == concentration_table(demo, Filters.from_query(state, demo)).csv()
    assert result.stdout.splitlines()[0] == ",".join(COLUMNS)
