"""An effort: counts by pandas over the raw file, the planted one found, and what can't be evaluated."""

from __future__ import annotations

from datetime import date

import h3
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.wdd import Pair, in_proportion, wdd
from ypo_dash.views import effort
from ypo_dash.views.effort import COLUMNS, effort_of, evaluate, sentence

P03 = {"place": "7,8", "start": "2011-09-01", "before": "year"}
ELSEWHERE = ",".join(str(s) for s in range(1, 22) if s not in (7, 8))


def state(text, demo):
    return Filters.from_query(text, demo)


def counts(incidents, codes, kind, *periods):
    day = pd.to_datetime(incidents["time_from"]).dt.date
    shapes = polygons("sectors.geojson").set_index("sector_id")["shape"]
    found = []
    for first, last in periods:
        rows = incidents[incidents["type"].eq(kind) & day.between(first, last)]
        if len(codes[0]) == 15:
            rows = rows[rows["lat"].notna()]
            found.append(sum(h3.latlng_to_cell(*p, 9) in codes for p in zip(rows["lat"], rows["lon"], strict=True)))  # fmt: skip
        else:
            found.append(sum(int(shapely.contains_xy(shapes[int(c)], rows["lon"], rows["lat"]).sum()) for c in codes))  # fmt: skip
    return found


def test_counts_equal_pandas_and_the_effort_that_was_planted_is_found(demo, incidents):
    """P03: violence falls to 0.55 in nightlife of sectors 7 and 8; 97 fewer than without, in the simulation's means."""
    found = evaluate(demo, state("types=VIOLENCE", demo), {**P03, "against": ELSEWHERE})
    # The year before is within the effort, which lasts longer than one.
    assert found.effort.before == (date(2009, 9, 1), date(2010, 11, 25))
    periods = found.effort.before, found.effort.period
    place = counts(incidents, ["7", "8"], "VIOLENCE", *periods)
    against = counts(incidents, ELSEWHERE.split(","), "VIOLENCE", *periods)
    assert found.counts == {"place": Pair(*place), "against": Pair(*against)}
    assert found.wdd.local == wdd(Pair(*place), Pair(*against), exposure=452 / 451).local
    assert found.scaled == in_proportion(Pair(*place), Pair(*against))
    assert found.scaled.low <= -97 <= found.scaled.high < 0
    assert found.verdict == "fewer"
    expected = place[0] * against[1] / against[0]
    assert (place[1], round(expected), round(place[1] - expected)) == (182, 305, -123)
    assert found.expected == pytest.approx(expected)
    assert sentence(found, "en") == (
        "182 incidents in the place of the effort 1/9/2011–25/11/2012, 123 fewer than had it changed as the"
        " comparison did (305 expected; difference −176 to −71)."
    )
    rows = {row["part"]: row for row in found.table().records()}
    assert rows["place"]["difference"] == pytest.approx(place[1] - place[0] * 452 / 451, abs=1e-6)


def test_a_wave_that_was_planted_is_found_and_reads_as_more(demo):
    """P06: five times the robberies in sector 6, eight weeks; 17.5 more in the simulation's means."""
    given = {"place": "6", "start": "2012-01-09", "end": "2012-03-04", "before": "year"}
    others = ",".join(str(s) for s in range(1, 22) if s != 6)
    found = evaluate(demo, state("types=ROBBERY", demo), {**given, "against": others})
    assert (found.verdict, found.scaled.low <= 17.5 <= found.scaled.high) == ("more", True)
    # The plain difference is more than all that happened: the comparison is thirty times as large.
    assert found.wdd.local.value > found.counts["place"].after


def test_where_nothing_was_done_findings_are_rare(demo):
    """Sector 20, the control, against all others: one in twenty, not the plain difference's every third."""
    others = ",".join(str(s) for s in range(1, 22) if s != 20)
    given = {"place": "20", "against": others, "before": "year"}
    periods = [("2011-09-01", "2012-08-31"), ("2010-11-01", "2011-10-31"), ("2012-01-01", "2012-06-30"), ("2012-08-27", "2012-11-25")]  # fmt: skip
    found = plain = 0
    for kind in demo.taxonomy.offence:
        for start, end in periods:
            told = evaluate(demo, Filters(types=(kind,)), {**given, "start": start, "end": end})
            found += told.verdict in ("more", "fewer")
            plain += not told.wdd.local.low <= 0 <= told.wdd.local.high
    assert found <= 8  # of 56; more than 8 have a chance of 0.3 %
    assert plain > 2 * found


def test_hexagons_and_displacement(demo, incidents):
    day = pd.to_datetime(incidents["time_from"])
    rows = incidents[
        incidents["type"].eq("VIOLENCE") & (day >= "2012-01-01") & incidents["lat"].notna()
    ]
    inside = shapely.contains_xy(
        shapely.union_all(list(polygons("sectors.geojson")["shape"])), rows["lon"], rows["lat"]
    )
    most = pd.Series(
        [
            h3.latlng_to_cell(*p, 9)
            for p in zip(rows["lat"][inside], rows["lon"][inside], strict=True)
        ]
    ).value_counts()
    cells = list(most.index[:4])
    given = dict(zip(("place", "against", "near", "near_against"), cells, strict=True))
    found = evaluate(demo, state("types=VIOLENCE&res=10&sectors=3", demo), {**given, "start": "2012-01-01"})  # fmt: skip
    for name, cell in given.items():
        assert list(found.counts[name])[:2] == counts(incidents, [cell], "VIOLENCE", found.effort.before, found.effort.period)  # fmt: skip
    assert [name for name, _ in found.estimates()] == [
        "local",
        "displaced",
        "total",
        "in_proportion",
    ]
    assert [row[0] for row in found.table().rows] == [*given, "local", "displaced", "total", "in_proportion"]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "verdict"),
    [
        (("2012-01-01", "2012-11-25"), "none"),  # 8 expected, give or take 7: none at all would have shown
        (("2012-05-01", "2012-08-31"), "few"),  # 1 expected, give or take 3: nothing could have shown
    ],
)  # fmt: skip
def test_no_difference_is_told_from_too_few(demo, dates, verdict):
    given = {"place": "20", "against": "1,2,3,4,5", "start": dates[0], "end": dates[1]}
    found = evaluate(demo, state("types=ROBBERY", demo), given)
    half = (found.scaled.high - found.scaled.low) / 2
    assert (found.verdict, half < found.expected) == (verdict, verdict == "none")


def test_too_few_is_said(demo):
    found = evaluate(demo, state("types=FIRE", demo), {"place": "2", "against": "3", "start": "2012-11-19"})  # fmt: skip
    assert found.verdict == "few"
    assert "too few" in sentence(found, "en")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "place: is missing"),
        ({"place": "7", "against": "8"}, "start: is missing"),
        ({"place": "7,77", "against": "8", "start": "2012-01-01"}, "'77' is neither a sector"),
        ({"place": "7", "against": "8,7", "start": "2012-01-01"}, "against: overlaps place"),
        ({"place": "7", "against": "8", "near": "9", "near_against": "8", "start": "2012-01-01"}, "near_against: overlaps against"),
        ({"place": "7", "against": "8", "near_against": "9", "start": "2012-01-01"}, "near: is missing"),
        ({"place": "7", "against": "8", "start": "2012-11-26"}, "after the last date of data"),
        ({"place": "7", "against": "8", "start": "2012-11-01", "end": "2012-12-01"}, "end: 2012-12-01 is after"),
        ({"place": "7", "against": "8", "start": "2012-11-02", "end": "2012-11-01"}, "is after end"),
        ({"place": "7", "against": "8", "start": "2010-01-01", "end": "2011-01-01"}, "the data begin on"),
        ({"place": "7", "against": "8", "start": "2010-01-01", "end": "2010-02-01", "before": "year"}, "the data begin on"),
        ({"place": "7", "against": "8", "start": "1/1/2012"}, "is not a date"),
        ({"place": "7", "against": "8", "start": "2012-01-01", "before": "ever"}, "use previous, year"),
    ],
)  # fmt: skip
def test_what_can_not_be_evaluated_is_refused(demo, given, says):
    with pytest.raises(FilterError, match=says):
        evaluate(demo, Filters(), given)


@pytest.mark.parametrize(
    ("dates", "before"),
    [
        ({"start": "2012-06-01", "end": "2012-06-30"}, ("2012-05-02", "2012-05-31")),
        ({"start": "2012-06-01", "end": "2012-06-01"}, ("2012-05-31", "2012-05-31")),
        # As the data begin on 1/9/2009.
        ({"start": "2010-01-01", "end": "2010-05-02"}, ("2009-09-01", "2009-12-31")),
        ({"start": "2011-11-26", "before": "year"}, ("2010-11-26", "2011-11-25")),
        # A day more than a year: it would have a day in common with itself.
        ({"start": "2011-11-25", "before": "year"}, ("2009-11-25", "2010-11-25")),
        ({"start": "2012-02-29", "end": "2012-03-31", "before": "year"}, ("2011-02-28", "2011-03-31")),
    ],
)  # fmt: skip
def test_the_days_that_it_is_compared_with(demo, dates, before):
    found = effort_of(demo, {"place": "7", "against": "8", **dates})
    assert found.before == tuple(date.fromisoformat(day) for day in before)


def test_the_place_is_the_efforts_own_wherever_one_looks_at(demo):
    given = {**P03, "against": "1,2,3"}
    counts = evaluate(demo, state("types=VIOLENCE", demo), given).counts
    for where in ("sectors=5", "station=F", "cell=891f0582607ffff"):
        assert evaluate(demo, state(f"types=VIOLENCE&{where}", demo), given).counts == counts


def test_a_place_that_is_named_twice_counts_once(demo):
    for place, against in (("7", "8"), ("891f0582607ffff", "891f0582623ffff")):
        one, two = (
            evaluate(demo, Filters(), {"place": given, "against": against, "start": "2012-01-01"})
            for given in (place, f"{place},{place}")
        )
        assert one.counts == two.counts


def test_days_without_any_data_are_no_comparison(demo, monkeypatch):
    given = {"place": "7", "against": "8", "start": "2012-06-01", "end": "2012-06-30"}
    for day, name in ((date(2012, 6, 10), "start"), (date(2012, 5, 10), "before")):
        gap = (day, day)
        monkeypatch.setattr(effort, "gap_between", lambda _, a, b, gap=gap: gap if a <= gap[0] <= b else None)  # fmt: skip
        with pytest.raises(FilterError, match=f"{name}: nothing at all is recorded from {day}"):
            evaluate(demo, Filters(), given)


@pytest.mark.parametrize("tier", ["partner", "public"])
def test_it_is_never_outside_the_house(demo, tier):
    with pytest.raises(FilterError, match="tier"):
        evaluate(demo, Filters(tier=tier), {**P03, "against": "1,2,3"})


def test_a_hexagon_within_the_comparison_overlaps(demo):
    area = polygons("sectors.geojson").set_index("sector_id").loc[7, "shape"].representative_point()  # fmt: skip
    cell = h3.latlng_to_cell(area.y, area.x, 10)
    with pytest.raises(FilterError, match="overlaps"):
        evaluate(demo, Filters(), {"place": cell, "against": "7,8", "start": "2012-01-01"})
    with pytest.raises(FilterError, match="one resolution"):
        evaluate(demo, Filters(), {"place": f"{cell},8", "against": "3", "start": "2012-01-01"})


def test_command_line(demo, demo_home):
    args = ["query", "effort", "types=VIOLENCE", "--place", "7,8", "--against", "1,2,3", "--start", "2011-09-01", "--before", "year"]  # fmt: skip
    result = CliRunner().invoke(main, args, env={"YPO_HOME": str(demo_home)})
    lines = result.stdout.splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert [line.split(",")[0] for line in lines[1:]] == ["place", "against", "local", "in_proportion"]  # fmt: skip
    found = evaluate(demo, state("types=VIOLENCE", demo), {**P03, "against": "1,2,3"})
    assert result.stdout == found.table().csv()
    assert sentence(found, "en") in result.stderr
