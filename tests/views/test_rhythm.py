"""Hours, parts of the day and months: against pandas over the raw file, nights owned by their start day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.views.change import changes
from ypo_dash.views.rhythm import (
    PART_COLUMNS,
    SEASON_COLUMNS,
    day_parts,
    hours_sentence,
    part_table,
    parts_sentence,
    rhythm,
    season_of,
    season_sentence,
    season_table,
    whole_months,
)

STATE = "types=VIOLENCE,THEFT_PERSON&from=2012-11-12&to=2012-11-25"
PARTS = {h: "night" if h >= 22 or h < 6 else "morning" if h < 12 else "afternoon" if h < 18 else "evening" for h in range(24)}  # fmt: skip


def by_minute(rows, first, last):
    """Sums of aoristic weights of (weekday, part): each minute of each span goes where it belongs.

    A part's incidents are those whose start has its date in the period; in the night a start before
    6 has the date of the day before.
    """
    found = Counter()
    for row in rows.itertuples():
        start, end = row.start, row.end
        minutes = [start] if pd.isna(end) or end <= start else pd.date_range(start, end, freq="min", inclusive="left")  # fmt: skip
        for minute in minutes:
            part = PARTS[minute.hour]
            owner = minute - timedelta(hours=6) if part == "night" else minute
            dated = start - timedelta(hours=6) if part == "night" and start.hour < 6 else start
            if first <= dated.date() <= last:
                found[owner.weekday() + 1, part] += 1 / len(minutes)
    return Counter({key: round(n, 6) for key, n in found.items()})


def raw(incidents, kinds):
    rows = incidents[incidents["type"].isin(kinds)]
    times = {k: pd.to_datetime(rows[f"time_{v}"]) for k, v in (("start", "from"), ("end", "to"))}
    return rows.assign(**times)


def test_parts_of_the_day_equal_a_count_minute_by_minute(demo, incidents):
    table = part_table(demo, Filters.from_query(STATE + "&hours=9-12&days=3", demo))
    assert table.header == PART_COLUMNS
    assert len(table.rows) == 28
    rows = raw(incidents, ["VIOLENCE", "THEFT_PERSON"])
    near = rows[rows["start"].between("2012-10-28 12:00", "2012-11-27")]
    now = by_minute(near, date(2012, 11, 12), date(2012, 11, 25))
    before = by_minute(near, date(2012, 10, 29), date(2012, 11, 11))
    assert sum(now.values()) > 100
    expected = changes([now[r[:2]] for r in table.rows], [before[r[:2]] for r in table.rows], 1.0)
    for row, change in zip(table.rows, expected, strict=True):
        assert row[2:4] == pytest.approx((now[row[:2]], before[row[:2]]), abs=2e-6)
        assert row[4:8] == pytest.approx((change.difference, change.low, change.high, change.p), abs=1e-4)  # fmt: skip
        assert row[9] == change.verdict


def test_the_week_is_that_of_all_incidents(demo, incidents):
    found = rhythm(demo, Filters.from_query("types=VIOLENCE&from=2012-09-01&to=2012-11-25", demo))
    rows = raw(incidents, ["VIOLENCE"])
    rows = rows[rows["start"].between("2012-09-01", "2012-11-26", inclusive="left")]
    exact = rows["end"].isna() | (rows["end"] <= rows["start"])
    assert (found.incidents, found.exact) == (len(rows), int(exact.sum()))
    assert found.week.sum() == pytest.approx(len(rows))
    assert found.week.min() >= 0
    by_hour = np.zeros(24)
    for row in rows.itertuples():
        minutes = [row.start] if pd.isna(row.end) or row.end <= row.start else pd.date_range(row.start, row.end, freq="min", inclusive="left")  # fmt: skip
        np.add.at(by_hour, [m.hour for m in minutes], 1 / len(minutes))
    assert found.week.sum(axis=0) == pytest.approx(by_hour)
    assert hours_sentence(found, "en").startswith("52 % of 172 incidents fall between 22 and 04")


@pytest.mark.parametrize("state", ["types=BURGLARY", "types=VANDALISM&sectors=15&from=2012-11-01"])
def test_months_equal_pandas(demo, incidents, state):
    filters = Filters.from_query(state, demo)
    table = season_table(demo, filters)
    assert table.header == SEASON_COLUMNS
    rows = raw(incidents, filters.types)
    if filters.sectors:
        import shapely

        from tests.views.test_staffing_safety_oracle import polygons

        areas = polygons("sectors.geojson").set_index("sector_id")
        rows = rows[shapely.contains_xy(areas.loc[15, "shape"], rows["lon"], rows["lat"])]
    days = pd.date_range("2009-09-01", "2012-10-31")  # November 2012 is not whole
    daily = rows["start"].dt.normalize().value_counts().reindex(days, fill_value=0)
    for row in table.rows:
        here = daily[daily.index.month == row[0]]
        assert row[1:4] == (here.index.year.nunique(), here.sum(), len(here))
        assert row[4] == pytest.approx(here.mean(), abs=1e-6)
        assert row[5] < row[4] < row[6]
    assert [row[0] for row in table.rows] == list(range(1, 13))
    assert whole_months(demo) == (date(2009, 9, 1), date(2012, 10, 31))


def test_the_night_belongs_to_its_month(demo, incidents):
    """With hours over midnight a start at 2 o'clock on the first belongs to the month before."""
    hours = season_of(demo, Filters.from_query("types=VIOLENCE&hours=22-6", demo))
    rows = raw(incidents, ["VIOLENCE"])
    exact = rows[rows["end"].isna() | (rows["end"] <= rows["start"])]["start"]
    nights = exact[(exact.dt.hour >= 22) | (exact.dt.hour < 6)] - pd.Timedelta(hours=6)
    whole = nights[nights.between("2009-09-01", "2012-11-01", inclusive="left")]
    spread = season_of(demo, Filters.from_query("types=VIOLENCE", demo))
    for month in hours.months:
        sure = int((whole.dt.month == month.month).sum())
        assert sure <= month.count <= spread.months[month.month - 1].count + 10
        assert month.count < sure * 1.3  # one in nine has a span


def test_what_is_said(demo):
    few = rhythm(demo, Filters.from_query("types=INDECENT&from=2012-11-19", demo))
    assert "too few to tell" in hours_sentence(few, "en")
    assert "Too few incidents to tell a change" in parts_sentence(few, "en")
    early = rhythm(demo, Filters.from_query("from=2009-09-01&to=2009-09-28", demo))
    assert early.parts is None
    assert "the data begin on 1/9/2009" in parts_sentence(early, "en")
    burglary = season_sentence(season_of(demo, Filters.from_query("types=BURGLARY", demo)), "en")
    assert burglary.startswith("Most in December:")
    chosen = rhythm(demo, Filters.from_query("types=VIOLENCE&hours=22-6", demo))
    assert "in the hours and on the days chosen" in hours_sentence(chosen, "en")


def test_a_planted_change_shows_among_28_tests_and_noise_does_not(demo):
    """Robberies of P06; and four weeks of everything against the four before."""
    robbed = rhythm(demo, Filters.from_query("types=ROBBERY&sectors=6&from=2012-01-09&to=2012-03-04&compare=year", demo))  # fmt: skip
    assert parts_sentence(robbed, "en").startswith(("Against", "Too few", "No demonstrable"))
    quiet = rhythm(demo, Filters())
    assert {c.verdict for c in quiet.parts.found.values()} <= {"none", "few"}
    assert "No demonstrable change" in parts_sentence(quiet, "en")


def test_command_line(demo, demo_home):
    result = CliRunner().invoke(main, ["query", "season", "types=BURGLARY"], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    assert result.stdout == season_table(demo, Filters.from_query("types=BURGLARY", demo)).csv()
    assert result.stderr.startswith("Most in December")
    wrong = CliRunner().invoke(main, ["query", "season", "--metric", "euclid"], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    assert (wrong.exit_code, "is of nearrepeat" in wrong.stderr) == (2, True)


def test_a_weekday_is_compared_with_as_many_of_its_kind(demo):
    """16-25/11/2012 has two Fridays and one Tuesday, 6-15/11 the other way round."""
    filters = Filters.from_query("from=2012-11-16&to=2012-11-25", demo)
    found = day_parts(demo, filters).found
    for part in ("night", "morning", "afternoon", "evening"):
        friday, tuesday = found[4, part], found[1, part]
        assert friday.difference == pytest.approx(friday.count - 2 * friday.before)
        assert tuesday.difference == pytest.approx(tuesday.count - tuesday.before / 2)
    assert {change.verdict for change in found.values()} == {"none"}
    with pytest.raises(FilterError, match="every weekday"):
        day_parts(demo, Filters.from_query("from=2012-11-25&to=2012-11-25", demo))
