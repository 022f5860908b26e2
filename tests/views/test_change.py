"""Change: counts by pandas over the raw incidents, verdicts by hand, and what can't be compared."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from tests.views.test_staffing_safety_oracle import polygons
from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.etest import difference_interval, e_test
from ypo_dash.views.change import COLUMNS, change_of, change_table, changes, earlier
from ypo_dash.views.panel import panel


@pytest.mark.parametrize(
    ("state", "periods"),
    [
        ("from=2012-11-05&to=2012-11-18&types=BURGLARY", [("2012-11-05", "2012-11-18"), ("2012-10-22", "2012-11-04")]),
        ("from=2012-02-01&to=2012-02-29&compare=year", [("2012-02-01", "2012-02-29"), ("2011-02-01", "2011-02-28")]),
    ],
)  # fmt: skip
def test_counts_equal_pandas_over_the_raw_file(demo, incidents, state, periods):
    filters = Filters.from_query(state, demo)
    table = change_table(demo, filters, "sectors")
    assert table.header == COLUMNS
    day = pd.to_datetime(incidents["time_from"]).dt.date
    kinds = incidents["type"].isin(filters.types) if filters.types else day.notna()
    counts = []
    for first, last in periods:
        here = incidents[kinds & day.between(date.fromisoformat(first), date.fromisoformat(last))]
        counts.append([int(shapely.contains_xy(s.shape, here["lon"], here["lat"]).sum()) for s in polygons("sectors.geojson").itertuples()])  # fmt: skip
    assert [row[1] for row in table.rows] == counts[0]
    assert [row[2] for row in table.rows] == counts[1]
    days = [(date.fromisoformat(b) - date.fromisoformat(a)).days + 1 for a, b in periods]
    for row in table.rows:
        assert row[6] == pytest.approx(e_test(row[1], row[2], days[0] / days[1]), abs=1e-6)
        expected = difference_interval(row[1], row[2], days[0] / days[1])
        assert row[3:6] == pytest.approx(expected, abs=1e-6)


def test_verdicts():
    found = changes([40, 2, 10, 1], [10, 30, 11, 0], 1.0)
    assert [c.verdict for c in found] == ["more", "fewer", "none", "few"]
    assert found[3].q is None  # in no test, and none is made harder by it
    assert found[0].q >= found[0].p
    alone = changes([12], [4], 1.0)[0]
    among = changes([12, *[5] * 40], [4, *[5] * 40], 1.0)[0]
    assert (alone.verdict, among.verdict) == ("none" if alone.p >= 0.05 else "more", "none")


def test_noise_lights_up_nothing(demo):
    """Four weeks of every hexagon against the four before: nothing is called a change for a few more."""
    rows = change_table(demo, Filters(), "cells").rows
    assert len(rows) > 300
    assert {row[-1] for row in rows} <= {"none", "few"}
    assert all(row[7] == "" for row in rows if row[-1] == "few")


@pytest.mark.parametrize("state", ["from=2009-09-01&to=2009-09-30", "compare=year&from=2010-08-01&to=2010-08-31", "from=2012-12-01&to=2012-12-31"])  # fmt: skip
def test_what_can_not_be_compared_is_refused(demo, state):
    with pytest.raises(FilterError):
        change_table(demo, Filters.from_query(state, demo), "sectors")


def test_a_period_that_runs_beyond_the_data_counts_its_days_with_data(demo):
    filters = Filters.from_query("from=2012-11-12&to=2012-12-09", demo)
    then, exposure = earlier(filters, demo)
    assert (then.date_from, then.date_to) == (date(2012, 10, 15), date(2012, 11, 11))
    assert exposure == 14 / 28


def test_panel_and_command_line_say_the_same(demo, demo_home):
    state = "sectors=5&from=2012-11-05&to=2012-11-18"
    result = CliRunner().invoke(main, ["query", "change", "sectors", state], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    row = result.stdout.splitlines()[1].split(",")
    change, _ = change_of(demo, Filters.from_query(state, demo))
    assert (row[0], float(row[3]), row[-1]) == ("5", change.difference, change.verdict)
    facts = {
        f.label: f for f in panel(demo, Filters.from_query(state, demo), "en").sections[0].facts
    }
    fact = facts["Against 22/10–4/11/2012"]
    assert fact.value.replace("−", "-") == f"{round(change.difference):+d}"
    assert "no demonstrable change" in fact.note
    # What one test alone would show and the many do not is told as the map tells it.
    leaning = change_of(demo, Filters.from_query("sectors=14", demo))[0]
    assert (leaning.verdict, leaning.p < 0.05, leaning.difference > 0) == ("none", True, True)
    notes = [f.note for f in panel(demo, Filters.from_query("sectors=14", demo), "en").sections[0].facts]  # fmt: skip
    assert any(note.endswith("rather more, not demonstrable") for note in notes)
    two = CliRunner().invoke(main, ["query", "change", "cells", "a", "b"], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    assert two.exit_code == 2
