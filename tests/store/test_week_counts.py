"""Weekly counts by sector and type against pandas over the raw incidents; whole weeks; delays."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.model.filters import Filters
from ypo_dash.store.query import summarise
from ypo_dash.store.week_counts import _whole, covered_days, report_share, week_counts


@pytest.fixture(scope="module")
def raw(incidents, demo):
    """One row per incident with its sector's place in the arrays, by exact polygons."""
    frame = incidents[["type", "scene", "time_from", "reported_at", "lon", "lat"]].copy()
    shapes = list(polygons("sectors.geojson").itertuples())
    ids = [s.id for s in demo.sectors]
    frame["sector"] = len(ids) + 1
    for shape in reversed(shapes):
        inside = shapely.contains_xy(shape.shape, frame["lon"], frame["lat"])
        frame.loc[inside, "sector"] = ids.index(str(shape.sector_id))
    frame.loc[frame["lon"].isna(), "sector"] = len(ids)
    return frame


def test_counts_equal_pandas_over_the_raw_file(raw, demo):
    found = week_counts(demo, Filters())
    codes = list(demo.taxonomy.offence)
    assert found.first == date(2009, 8, 31)
    day = pd.to_datetime(raw["time_from"]).dt.normalize()
    # The five impossible times of the clock change move to the first possible one, the same day.
    week = ((day - pd.Timestamp(found.first)).dt.days // 7).to_numpy()
    counts = np.zeros_like(found.counts)
    np.add.at(counts, (week, raw["sector"].to_numpy(), raw["type"].map(codes.index).to_numpy()), 1)
    assert counts.sum() == len(raw)
    assert (found.counts == counts).all()
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0] = 1


@pytest.mark.parametrize(
    "state",
    ["hours=22-6", "hours=22-6&days=5,6", "days=6,7", "hours=7-23", "scenes=FLAT,STREET&hours=2-4"],
)
def test_weights_add_up_to_the_weeks_of_the_chart(demo, state):
    """The chart's weeks are tested against a clock read minute by minute; here by type and sector."""
    filters = Filters.from_query(state, demo)
    found = week_counts(demo, filters).counts
    weeks = len(found)
    assert found.sum(axis=(1, 2)) == pytest.approx(summarise(demo, filters).weeks_context[:weeks])
    for part in ("types=BURGLARY,FIRE", "sectors=3,14", "types=VIOLENCE&sectors=8"):
        one = Filters.from_query(f"{state}&{part}", demo)
        kinds = [i for i, c in enumerate(demo.taxonomy.offence) if not one.types or c in one.types]
        places = [i for i, s in enumerate(demo.sectors) if s.id in one.sectors] or list(
            range(len(demo.sectors) + 2)
        )
        chosen = found[:, places][:, :, kinds].sum(axis=(1, 2))
        assert chosen == pytest.approx(summarise(demo, one).weeks_context[:weeks])


def test_types_places_and_dates_of_a_state_do_not_matter(demo):
    plain = week_counts(demo, Filters())
    state = Filters.from_query("types=FIRE&sectors=3&from=2012-01-01&to=2012-02-01", demo)
    assert week_counts(demo, state) is plain


def test_whole_weeks(demo):
    """Data run from Tuesday 1/9/2009 to Sunday 25/11/2012; a night of that Sunday ends on Monday."""
    plain = week_counts(demo, Filters())
    assert plain.whole.tolist() == [False] + [True] * 168
    assert plain.starts[-1] == date(2012, 11, 19)
    nights = week_counts(demo, Filters.from_query("hours=22-6", demo))
    assert nights.whole.tolist() == [False] + [True] * 167 + [False]


class Days:
    """What of a partition says how many rows its days have."""

    def __init__(self, first_day, sizes):
        self.first_day, self.offsets = first_day, np.concatenate([[0], np.cumsum(sizes)])


def test_a_gap_in_a_busy_register_is_no_data():
    busy = [20] * 28
    busy[9:12] = 0, 0, 0
    assert covered_days([Days(0, busy)], 0, 28).tolist() == [n > 0 for n in busy]
    assert _whole(covered_days([Days(0, busy)], 0, 28), wraps=False).tolist() == [True, False, True, True]  # fmt: skip
    quiet = [0, 1, 0, 0, 2, *[0] * 22, 1]
    covered = covered_days([Days(0, quiet)], 0, 28)
    assert covered.tolist() == [False] + [True] * 27
    monthly = [0] * 84
    monthly[3], monthly[33], monthly[64] = 900, 900, 900  # a register that dates by the month
    assert not _whole(covered_days([Days(0, monthly)], 0, 84), wraps=False).any()


def test_delays_equal_pandas_over_the_raw_file(raw, demo):
    share = report_share(demo)
    start, told = (pd.to_datetime(raw[c]) for c in ("time_from", "reported_at"))
    months = start.dt.strftime("%Y-%m")
    # November, October, September 2012 are not settled; the twelve months before are.
    settled = months.between("2011-09", "2012-08") & told.notna()
    days = (told - start)[settled] / timedelta(days=1)
    for limit in (0, 1, 7, 30):
        assert share[limit] == pytest.approx((days < limit + 1).mean(), abs=0.002)
    assert share[-1] == 1
