"""Hot spots: everything again by pandas over the raw incidents, h3 one by one, and plain loops."""

from __future__ import annotations

import csv
import io
import threading
from collections import Counter
from datetime import date, timedelta

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from scipy import stats

from app import create_app
from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.changes import adjust
from ypo_dash.store.windows import has_data
from ypo_dash.views import spot_tests
from ypo_dash.views.hotspots import (
    COLUMNS,
    cell_sentence,
    clear_hotspots,
    hotspot_table,
    hotspots,
    method_sentence,
    sentence,
)
from ypo_dash.views.tables import table

CELLS = {}


def state(demo, query):
    return Filters.from_query(query, demo)


def rows_of(demo, query):
    return {row[0]: row for row in hotspot_table(demo, state(demo, query)).rows}


@pytest.fixture(scope="module")
def mapped(incidents):
    """The raw incidents that lie in a sector, with their date."""
    whole = shapely.union_all(polygons("sectors.geojson")["shape"].to_numpy())
    known = incidents.dropna(subset=["lat", "lon"])
    inside = known[shapely.intersects_xy(whole, known["lon"], known["lat"])]
    return inside.assign(day=pd.to_datetime(inside["time_from"]).dt.date)


def by_hand(mapped, first, last, types, res):
    """Counts by cell; sums over grid_disk; expected by area; p by scipy (Poisson); q by loops."""
    chosen = mapped[mapped["day"].between(first, last)]
    if types:
        chosen = chosen[chosen["type"].isin(types)]
    cells = [h3.latlng_to_cell(a, b, res) for a, b in zip(chosen["lat"], chosen["lon"], strict=True)]  # fmt: skip
    counts = Counter(cells)
    whole = shapely.union_all(polygons("sectors.geojson")["shape"].to_numpy())
    if res not in CELLS:
        near = set(h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(whole), res, "overlap"))
        sizes = {}
        for cell in near:
            shape = shapely.Polygon([(x, y) for y, x in h3.cell_to_boundary(cell)])
            part = shape.intersection(whole).area / shape.area
            if part > 1e-9:
                sizes[cell] = part * h3.cell_area(cell)
        CELLS[res] = sizes
    sizes, total = CELLS[res], sum(CELLS[res].values())
    found = {}
    for cell in sizes:
        ring = h3.grid_disk(cell, 1)
        count = sum(counts[c] for c in ring)
        expected = len(chosen) * sum(sizes.get(c, 0.0) for c in ring) / total
        found[cell] = (count, expected, float(stats.poisson.sf(count - 1, expected)))
    return found


@pytest.mark.parametrize(
    "query",
    [
        "types=BURGLARY&from=2011-12-01&to=2012-11-25",
        "types=THEFT_CAR,ROBBERY&from=2011-05-01&to=2012-10-31&res=8",
        "from=2009-10-01&to=2009-11-30&types=VANDALISM",
    ],
)
def test_table_equals_pandas_over_the_raw_file(demo, mapped, query):
    """Periods without four equal ones before: the counts are taken as Poisson."""
    filters = state(demo, query)
    first, last = filters.period(demo.span)
    expected = by_hand(mapped, first, last, filters.types, filters.res)
    found = hotspots(demo, filters)
    assert found.dispersion is None
    assert found.tests == len(expected)
    q = dict(zip(expected, adjust([p for *_, p in expected.values()], "bh"), strict=True))
    table = hotspot_table(demo, filters)
    assert table.header == COLUMNS
    assert [row[0] for row in table.rows] == sorted(c for c, v in expected.items() if v[0] > 0)
    assert any(row[5] < 0.05 for row in table.rows)
    for cell, count, mean, ratio, p, adjusted, kind, stable in table.rows:
        assert count == expected[cell][0]
        assert mean == pytest.approx(expected[cell][1], rel=1e-5, abs=1e-6)
        assert ratio == pytest.approx(count / expected[cell][1], rel=1e-5, abs=1e-6)
        assert p == pytest.approx(expected[cell][2], rel=1e-4, abs=1e-300)
        assert adjusted == pytest.approx(q[cell], rel=1e-4)
        assert stable in (("true", "false") if adjusted < 0.05 else ("",))
        assert kind in ("", "new", "persistent", "intermittent", "fading", "former")


def test_dispersion_and_tail_equal_a_plain_loop_over_the_raw_file(demo, mapped):
    """Twelve earlier equal periods; variance around each ring's own mean times the period's level."""
    filters = state(demo, "types=BURGLARY")
    found = hotspots(demo, filters)
    first, last = filters.period(demo.span)
    maps = []
    for k in range(13):
        back = timedelta(days=28 * k)
        maps.append(by_hand(mapped, first - back, last - back, ("BURGLARY",), 9))
    earlier = np.array([[m[c][0] for c in maps[0]] for m in maps[1:]], float)
    level = earlier.sum(axis=1) / earlier.sum(axis=1).mean()
    excess = squares = 0.0
    for ring in earlier.T:
        mean = ring.mean()
        for f, count in zip(level, ring, strict=True):
            excess += (count - f * mean) ** 2 * 12 / 11 - f * mean
            squares += f**2 * (mean**2 - mean / 12)
    assert found.earlier == 12
    assert found.dispersion == pytest.approx(excess / squares, rel=1e-6)
    assert found.dispersion > 0.01
    for cell, row in rows_of(demo, "types=BURGLARY").items():
        count, mean, _ = maps[0][cell]
        size = 1 / found.dispersion
        p = stats.nbinom.sf(count - 1, size, size / (size + mean))
        assert row[4] == pytest.approx(p, rel=1e-4)


def test_hours_count_with_their_weight_and_the_nearest_whole_number_is_tested(demo):
    query = "hours=22-6&from=2011-12-01&types=BURGLARY"
    found = hotspots(demo, state(demo, query))
    at = found.tested & (found.count != np.rint(found.count))
    assert at.sum() > 50
    p = stats.poisson.sf(np.rint(found.count[at]) - 1, found.expected[at])
    assert found.p[at] == pytest.approx(p, rel=1e-9)
    assert found.own.sum() == pytest.approx(found.incidents)


def test_a_place_limits_the_rows_and_changes_no_number(demo):
    """The q of a hexagon must not depend on whether one looks at it."""
    query = "types=THEFT_CAR&from=2012-03-15&to=2012-05-31"
    everything = rows_of(demo, query)
    parts = [rows_of(demo, f"{query}&sectors={s.id}") for s in demo.sectors]
    assert sum(map(len, parts)) == len(everything)  # each hexagon is of one sector
    assert {k: v for part in parts for k, v in part.items()} == everything
    by_station = [rows_of(demo, f"{query}&station={s}") for s in demo.station_sectors]
    assert {k: v for part in by_station for k, v in part.items()} == everything
    cell = max(everything, key=lambda c: everything[c][1])
    assert rows_of(demo, f"{query}&cell={cell}") == {cell: everything[cell]}
    parent = h3.latlng_to_cell(*h3.cell_to_latlng(cell), 8)
    inside = {c for c in everything if h3.latlng_to_cell(*h3.cell_to_latlng(c), 8) == parent}
    assert len(inside) > 2
    assert set(rows_of(demo, f"{query}&cell={parent}")) == inside
    child = h3.cell_to_center_child(cell, 11)
    assert set(rows_of(demo, f"{query}&cell={child}")) == {cell}
    whole = hotspots(demo, state(demo, query))
    part = hotspots(demo, state(demo, f"{query}&sectors=3"))
    assert (part.tests, part.incidents, part.power) == (whole.tests, whole.incidents, whole.power)
    assert 0 < part.shown.sum() < whole.shown.sum()


def hot_at(demo, query, res):
    found = hotspots(demo, state(demo, f"{query}&res={res}"))
    return {h3.int_to_str(int(c)) for c in found.cells[found.hot]}


@pytest.mark.parametrize(("res", "others"), [(8, (9, 10)), (9, (8, 10)), (10, (8, 9)), (11, (9, 10))])  # fmt: skip
def test_stable_is_hot_at_the_other_resolutions_cell_by_cell(demo, res, others):
    query = "types=BURGLARY,VIOLENCE&from=2012-01-01&to=2012-06-30"
    hot = {r: hot_at(demo, query, r) for r in (res, *others)}
    verdicts = set()
    for cell, row in rows_of(demo, f"{query}&res={res}").items():
        if cell not in hot[res]:
            assert row[7] == ""
            continue
        confirmed = []
        for other in others:
            if other < res:
                holder = h3.cell_to_parent(cell, other)
                confirmed.append(bool(hot[other] & set(h3.grid_disk(holder, 1))))
            else:
                holders = {h3.cell_to_parent(c, res) for c in hot[other]}
                confirmed.append(bool(holders & set(h3.grid_disk(cell, 1))))
        assert row[7] == str(all(confirmed)).lower()
        verdicts.add(row[7])
    assert "true" in verdicts


def test_classes_come_from_thirteen_maps_of_four_weeks(demo):
    """Each window is what the map of its own 28 days shows, but for the dispersion, which is shared."""
    query = "types=VIOLENCE&baseline=gistar&to=2012-06-24"
    last = date(2012, 6, 24)
    hot = []
    for k in range(13):
        end = last - timedelta(days=28 * k)
        found = hotspots(demo, state(demo, f"types=VIOLENCE&baseline=gistar&to={end}"))
        hot.append(found.hot)
    times, now, recent = sum(hot), hot[0], hot[1] | hot[2]
    for cell, row in rows_of(demo, query).items():
        i = int(np.flatnonzero(found.cells == h3.str_to_int(cell))[0])
        if times[i] == 0:
            assert row[6] == ""
        elif now[i]:
            often, run = times[i] >= 0.8 * 13, [h[i] for h in hot[: times[i]]]
            young = times[i] <= 3 and all(run)
            assert row[6] in (("persistent", "fading") if often else ("new",) if young else ("intermittent",))  # fmt: skip
        else:
            assert row[6] == ("fading" if recent[i] else "former")
    kinds = Counter(row[6] for row in rows_of(demo, query).values())
    assert {"persistent", "intermittent", "former"} <= set(kinds)


def test_now_is_the_same_on_the_map_and_in_its_classes(demo):
    found = hotspots(demo, state(demo, "types=BURGLARY"))
    assert found.same_period
    assert found.hot.any()
    assert (found.hot == np.isin(found.code, (1, 2, 3)) | (found.hot & (found.code == 4))).all()
    assert (found.code[found.hot] > 0).all()


def test_what_the_data_do_not_reach(demo):
    early = hotspots(demo, state(demo, "to=2009-10-31"))
    assert (early.periods, early.dispersion) == (0, None)
    assert set(early.code) == {0}
    assert "No classes" in method_sentence(early, "en")
    five = hotspots(demo, state(demo, "to=2010-02-10"))
    assert five.periods == 5
    assert "5 periods of four weeks" in method_sentence(five, "en")
    year = hotspots(demo, state(demo, "from=2011-11-26"))
    assert (year.periods, year.same_period) == (13, False)
    assert "not of the period shown" in method_sentence(year, "en")
    beyond = hotspots(demo, state(demo, "from=2012-11-12&to=2012-12-31"))
    assert beyond.period == (date(2012, 11, 12), date(2012, 11, 25))
    with pytest.raises(FilterError) as raised:
        hotspots(demo, state(demo, "from=2013-01-01&to=2013-02-01"))
    assert raised.value.parameter == "from"


def test_a_gap_in_the_data_is_not_a_quiet_time(demo, monkeypatch):
    """Without the rows of November 2011 to February 2012 nothing goes back beyond these."""
    whole = hotspots(demo, state(demo, "types=FIRE&to=2012-04-01"))
    assert (whole.earlier, whole.periods) == (12, 13)
    real = demo.partitions
    low, high = ((date(*m, 1) - date(1970, 1, 1)).days for m in ((2011, 11), (2012, 3)))

    def gappy(res):
        return [p for p in real(res) if not low <= p.first_day < high]

    clear_hotspots()
    spot_tests.clear_tests()
    monkeypatch.setattr(demo, "partitions", gappy)
    assert not has_data(demo, (date(2012, 2, 1), date(2012, 2, 29)), 9)
    assert has_data(demo, (date(2012, 2, 1), date(2012, 3, 31)), 9)
    try:
        part = hotspots(demo, state(demo, "types=FIRE&to=2012-04-01"))
        assert (part.earlier, part.periods) == (1, 0)  # 6 February to 4 March has four days
    finally:
        clear_hotspots()
        spot_tests.clear_tests()


def test_only_inside_the_house(demo):
    with pytest.raises(FilterError, match="tier"):
        hotspot_table(demo, state(demo, "tier=partner"))


@pytest.mark.parametrize("baseline", ["residents", "streets"])
def test_other_baselines_share_out_the_same_incidents(demo, baseline):
    area = hotspots(demo, state(demo, "types=VIOLENCE"))
    other = hotspots(demo, state(demo, f"types=VIOLENCE&baseline={baseline}"))
    assert (other.count == area.count).all()
    assert other.incidents == area.incidents
    assert not np.allclose(other.expected, area.expected)
    assert (other.tested == (area.tested & (other.expected > 0))).all()
    assert np.isnan(other.q[~other.tested]).all()
    assert all(row[2] > 0 for row in rows_of(demo, f"types=VIOLENCE&baseline={baseline}").values())
    at = int(np.flatnonzero(~other.tested)[0])
    assert "Not tested" in cell_sentence(other, at, "en")


def test_gistar_by_its_formula_and_with_its_warning(demo):
    found = hotspots(demo, state(demo, "types=ROBBERY&baseline=gistar"))
    own = found.own[found.tested]
    n, mean, spread = len(own), own.mean(), own.std()
    inside = {h3.int_to_str(int(c)): v for c, v in zip(found.cells[found.tested], own, strict=True)}
    p = []
    for cell in inside:
        ring = [inside[c] for c in h3.grid_disk(cell, 1) if c in inside]
        w = len(ring)
        z = (sum(ring) - mean * w) / (spread * ((n * w - w**2) / (n - 1)) ** 0.5)
        p.append(stats.norm.sf(z))
    assert found.p[found.tested] == pytest.approx(p, rel=1e-9)
    assert found.q[found.tested] == pytest.approx(adjust(p, "bh"), rel=1e-9)
    assert found.hot.any()
    assert not hotspots(demo, state(demo, "types=ROBBERY")).hot.any()  # chance, says the exact test
    assert "with few incidents it finds hot spots in pure chance" in sentence(found, "en")


@pytest.mark.parametrize("res", [8, 9, 10])
def test_planted_thefts_at_a_station_are_found(demo, res):
    """P02: a station's car park, one season."""
    cell = h3.latlng_to_cell(55.7157, 12.5783, res)
    row = rows_of(demo, f"types=THEFT_CAR&from=2012-03-15&to=2012-05-31&res={res}")[cell]
    assert row[5] < 0.001
    assert row[7] == "true"
    if res == 9:
        assert row[6] == "new"


def test_planted_robberies_are_found_in_their_sector_and_not_the_year_before(demo):
    """P06: eight weeks around a park in sector 6."""
    found = [
        rows_of(demo, f"types=ROBBERY&from={year}-01-09&to={year}-03-04&sectors=6")
        for year in (2012, 2011)
    ]
    hot = [[row for row in rows.values() if row[5] < 0.05] for rows in found]
    assert len(hot[0]) > 5 > len(hot[1])
    best = min(hot[0], key=lambda row: row[5])
    assert best[6:] == ("new", "true")


def test_too_few_is_said_with_the_period_that_would_do(demo):
    found = hotspots(demo, state(demo, "types=ROBBERY"))
    assert (found.verdict, found.too_few) == ("few", True)
    assert found.needed_days > 10 * 28
    longer = f"types=ROBBERY&from={demo.span[1] - timedelta(days=found.needed_days - 1)}"
    assert hotspots(demo, state(demo, longer)).power.factor == pytest.approx(3, abs=0.4)
    said = sentence(found, "en")
    assert said.startswith("No hot spot")
    assert f"{found.needed_days:,} days" in said
    assert "forlænges" in sentence(found, "da")
    assert "Too few" not in sentence(hotspots(demo, state(demo, "from=2012-01-01")), "en")


def test_sentences(demo):
    found = hotspots(demo, state(demo, "types=BURGLARY"))
    groups = len(set(found.group[found.hot]))
    assert sentence(found, "en").startswith(f"{groups} hot spots ({found.hot.sum()} hexagons, in sectors")  # fmt: skip
    one = hotspots(demo, state(demo, "sectors=8&from=2012-01-01"))
    assert "in sector 8" in sentence(one, "en")
    hot = int(np.nanargmin(found.q))
    assert cell_sentence(found, hot, "en").startswith(
        f"{found.count[hot]:.0f} in this hexagon and the six around it, {found.expected[hot]:.1f} expected: demonstrably more ("
    )
    cold = int(np.nanargmax(found.q))
    assert "not demonstrably more" in cell_sentence(found, cold, "en")
    drugs = hotspots(demo, state(demo, "types=WEAPONS"))
    assert "where they looked" in sentence(drugs, "en")
    assert "where they looked" not in sentence(found, "en")
    assert (drugs.only_police_found, drugs.police_found) == (True, drugs.incidents)
    everything = hotspots(demo, state(demo, ""))
    kinds = dict(table(demo, "types", state(demo, "")).rows)
    by_police = sum(kinds[o.code] for o in demo.taxonomy.offences if o.detection == "police_initiated")  # fmt: skip
    assert everything.police_found == by_police > 0
    assert f"{by_police} of the district's incidents were found" in sentence(everything, "en")
    here = hotspots(demo, state(demo, "sectors=20"))
    assert sentence(here, "en").startswith("No hot spot here")
    for each in (found, one, drugs):
        assert sentence(each, "da") != sentence(each, "en")
        assert method_sentence(each, "da") != method_sentence(each, "en")
    nothing = hotspots(demo, state(demo, "types=FIRE&from=2012-11-25&scenes=STATION"))
    assert nothing.incidents == 0
    assert not nothing.hot.any()
    assert "nothing is tested" in sentence(nothing, "en")
    assert hotspot_table(demo, state(demo, "types=FIRE&from=2012-11-25&scenes=STATION")).rows == []


def test_groups_are_hot_hexagons_that_touch(demo):
    found = hotspots(demo, state(demo, "types=BURGLARY&from=2012-01-01"))
    hot = {h3.int_to_str(int(c)): int(g) for c, g in zip(found.cells[found.hot], found.group[found.hot], strict=True)}  # fmt: skip
    left, groups = set(hot), 0
    while left:
        reached, edge = set(), {next(iter(left))}
        while edge:
            reached |= edge
            edge = {n for c in edge for n in h3.grid_disk(c, 1) if n in hot} - reached
        assert len({hot[c] for c in reached}) == 1
        groups, left = groups + 1, left - reached
    assert groups == len(set(hot.values())) > 1
    assert (found.group[~found.hot] == -1).all()


def test_command_line_and_export_say_the_same(demo, demo_home):
    query = "types=BURGLARY&sectors=14&lang=da"
    result = CliRunner().invoke(main, ["query", "hotspots", query], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    expected = hotspot_table(demo, state(demo, query))
    assert result.exit_code == 0
    assert result.stdout == expected.csv()
    assert sentence(hotspots(demo, state(demo, query)), "da") in result.stderr
    client = create_app(demo_home).server.test_client()
    answer = client.get(f"/export/hotspots.csv?{query}")
    assert answer.text == result.stdout
    assert tuple(next(csv.reader(io.StringIO(answer.text)))) == COLUMNS
    refused = client.get("/export/hotspots.csv?from=2013-01-01&to=2013-02-01&lang=da")
    assert (refused.status_code, refused.json["parameter"]) == (400, "from")


def test_two_requests_do_not_work_out_the_same(demo, monkeypatch):
    clear_hotspots()
    spot_tests.clear_tests()
    real, ran = spot_tests._map_tests, []
    monkeypatch.setattr(spot_tests, "_map_tests", lambda *a: ran.append(a[1].res) or real(*a))
    filters = state(demo, "types=VANDALISM&res=9")
    threads = [threading.Thread(target=hotspots, args=(demo, filters)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == [8, 9, 10]
