"""A period beside its like before it: counts against plain pandas, ranges against what they promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from ypo_dash.model.filters import Filters
from ypo_dash.store.query import daily_counts
from ypo_dash.store.segments import read_truth
from ypo_dash.store.span_counts import day_counts
from ypo_dash.views.by_day import weeks_by_day
from ypo_dash.views.compared import compared
from ypo_dash.views.usual_days import FEW, FEWER, HISTORY, MORE, NORMAL, recent

DAY = timedelta(days=1)
WEEKEND = Filters(date_from=date(2012, 11, 23), date_to=date(2012, 11, 25))


@pytest.fixture(scope="module")
def days(demo):
    """Counts of the raw incidents by local day, sector (empty: none) and type."""
    raw = pd.concat([read_truth(demo.files, s).to_pandas() for s in demo.manifest.segments])
    local = pd.to_datetime(raw["start_utc"], utc=True).dt.tz_convert("Europe/Copenhagen")
    frame = pd.DataFrame(
        {
            "day": local.dt.tz_localize(None).dt.normalize().to_numpy(),
            "sector": raw["sector"].astype(object).fillna("").to_numpy(),
            "type": raw["type"].astype(str).to_numpy(),
        }
    )
    return frame.groupby(["day", "sector", "type"]).size()


def count(days, first, last, kind=None, sectors=None):
    inside = days.loc[pd.Timestamp(first) : pd.Timestamp(last)]
    if kind:
        inside = inside[inside.index.get_level_values("type") == kind]
    if sectors is not None:
        inside = inside[inside.index.get_level_values("sector").isin(sectors)]
    return int(inside.sum())


@pytest.mark.parametrize(
    ("filters", "step", "year"),
    [
        (WEEKEND, 7, (date(2011, 11, 25), date(2011, 11, 27))),
        (replace(WEEKEND, sectors=("5",)), 7, (date(2011, 11, 25), date(2011, 11, 27))),
        (replace(WEEKEND, date_from=date(2012, 11, 12)), 14, (date(2011, 11, 14), date(2011, 11, 27))),
        (replace(WEEKEND, date_from=date(2012, 11, 1)), 28, (date(2011, 11, 1), date(2011, 11, 25))),
    ],
)  # fmt: skip
def test_counts_equal_a_count_of_the_raw_rows(demo, days, filters, step, year):
    found = compared(demo, filters)
    first, last = found.period
    back = timedelta(days=step)
    assert found.previous == (first - back, last - back)
    assert found.year == year
    sectors = filters.sectors or None
    for row in (*found.rows, found.all):
        kind = row.code or None
        assert row.count == count(days, first, last, kind, sectors)
        assert row.previous == count(days, first - back, last - back, kind, sectors)
        four = [count(days, first - k * back, last - k * back, kind, sectors) for k in range(1, 5)]
        assert row.mean == pytest.approx(np.mean(four))
        assert row.year == count(days, *year, kind, sectors)


def test_what_the_data_do_not_cover_is_not_compared(demo):
    first = demo.span[0] + 10 * DAY
    found = compared(demo, Filters(date_from=first, date_to=first + 2 * DAY))
    assert found.previous is not None
    assert found.year is None
    assert found.before == 1
    assert all(row.mean is None and row.year is None for row in found.rows)
    assert {row.usual.verdict for row in found.rows} == {HISTORY}
    later = compared(demo, Filters(date_from=demo.span[1] - DAY, date_to=demo.span[1] + DAY))
    assert not later.ranged  # its last day is no quiet day: it is not in the data


def test_a_leap_day_has_no_year_before(demo):
    found = compared(demo, Filters(date_from=date(2012, 2, 1), date_to=date(2012, 2, 29)))
    assert found.year is None
    assert found.previous is not None


@pytest.mark.parametrize(
    "query",
    ["", "hours=22-6", "days=5,6&scenes=STREET,FLAT", "sectors=3,7", "station=NE&hours=7-23"],
)
def test_days_by_type_add_up_to_the_days_of_the_state(demo, query):
    """Two ways through the rows: by day and type, and the summary's own days."""
    filters = Filters.from_query(query, demo)
    found = day_counts(demo, filters)
    first, total = daily_counts(demo, filters)
    at = (found.first - first).days
    assert found.counts.sum(axis=1) == pytest.approx(total[at : at + len(found.counts)], abs=1e-6)
    assert total[:at].sum() == 0
    for kind in ("BURGLARY", "VIOLENCE"):
        one = daily_counts(demo, replace(filters, types=(kind,)))[1]
        place = list(demo.taxonomy.offence).index(kind)
        assert found.counts[:, place] == pytest.approx(one[at : at + len(found.counts)], abs=1e-6)


def test_a_place_of_no_sector_has_no_days(demo):
    filters = Filters.from_query("sectors=3&station=F", demo)
    assert not filters.place_sectors(demo)
    assert day_counts(demo, filters).counts.sum() == 0


def test_ranges_hold_what_they_promise(demo):
    """Of the weekends of a year at most one count in twenty lies outside its 95 % range."""
    outside, known, said = 0, 0, []
    for k in range(1, 53):
        back = timedelta(days=7 * k)
        found = compared(demo, replace(WEEKEND, date_from=WEEKEND.date_from - back, date_to=WEEKEND.date_to - back))  # fmt: skip
        for row in (*found.rows, found.all):
            said.append(row.usual.verdict)
            if row.usual.low is not None:
                known += 1
                outside += not row.usual.low <= row.count <= row.usual.high
    assert known > 600
    assert 0.005 < outside / known <= 0.05
    assert set(said) <= {NORMAL, MORE, FEWER, FEW}
    assert sum(verdict in (MORE, FEWER) for verdict in said) <= 10


def test_a_planted_wave_is_more_than_normal(demo):
    """Burglary in sector 14 rises in the last weeks of the simulated data: it was planted."""
    week = Filters(date_from=date(2012, 11, 19), date_to=date(2012, 11, 25), sectors=("14",))
    by_code = {row.code: row.usual.verdict for row in compared(demo, week).rows}
    assert by_code["BURGLARY"] == MORE
    assert MORE not in {v for code, v in by_code.items() if code != "BURGLARY"}


def test_the_weeks_before_are_the_same_weekdays(demo, days):
    found = recent(demo, WEEKEND, 10)
    assert len(found.starts) == 10
    assert found.starts[-1] == WEEKEND.date_from
    for start, n in zip(found.starts, found.counts, strict=True):
        assert n == count(days, start, start + 2 * DAY)
    last = compared(demo, WEEKEND).all.usual
    assert (found.low[-1], found.high[-1]) == (last.low, last.high)


@pytest.mark.parametrize("query", ["from=2012-11-01&to=2012-11-25", "cell=891f05b1863ffff"])
def test_long_periods_and_hexagons_have_no_range(demo, query):
    filters = Filters.from_query(query, demo)
    assert recent(demo, filters) is None
    assert not compared(demo, filters).ranged


@pytest.mark.parametrize("place", ["", "&sectors=3", "&sectors=14", "&sectors=14&types=BURGLARY"])
@pytest.mark.parametrize("monday", [date(2012, 11, 5), date(2012, 11, 19), date(2011, 7, 4)])
def test_a_whole_week_has_one_range_and_one_verdict(demo, place, monday):
    """The week's overview, the fortnight and the wall say the same of one week."""
    filters = Filters.from_query(f"from={monday}&to={monday + 6 * DAY}{place}", demo)
    found = compared(demo, filters)
    (week,) = weeks_by_day(demo, filters)
    assert (found.all.count, found.all.usual) == (week.count, week.usual)
    assert found.among_week
    band = recent(demo, filters)
    assert (band.low[-1], band.high[-1]) == (week.usual.low, week.usual.high)


def test_a_period_that_the_data_hold_in_part_is_not_compared(demo):
    """Three days of data beside ten would look like a fall."""
    found = compared(demo, Filters(date_from=date(2012, 11, 23), date_to=date(2012, 12, 2)))
    assert found.all.count == compared(demo, WEEKEND).all.count
    assert (found.previous, found.year, found.before, found.ranged) == (None, None, 0, False)
    assert {(row.previous, row.mean, row.year) for row in found.rows} == {(None, None, None)}
