"""Near repeats of the district: the simulated ones are found, others not; against raw points."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Transformer

from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.knox import knox
from ypo_dash.views.nearrepeat import BANDS, COLUMNS, near_repeat, sentence

STATE = "types=BURGLARY&from=2012-09-01&to=2012-11-25"


def test_burglary_repeats_and_the_counts_are_those_of_the_raw_file(demo, incidents, demo_home):
    result = near_repeat(demo, Filters.from_query(STATE, demo))
    day = pd.to_datetime(incidents["time_from"]).dt.normalize()
    here = incidents[
        incidents["type"].eq("BURGLARY")
        & day.between("2012-09-01", "2012-11-25")
        & incidents["lat"].notna()
    ]
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True).transform(here["lon"], here["lat"])  # fmt: skip
    days = (day[here.index] - pd.Timestamp("1970-01-01")).dt.days.to_numpy()
    raw = knox(pd.DataFrame({"x": x, "y": y}).to_numpy(), days, BANDS, shuffles=9)
    assert result.incidents == len(here)
    assert result.found.observed.tolist() == raw.observed.tolist()
    said = sentence(result, "en")
    assert "times as many pairs as by chance" in said
    assert result.found.p[0, 0] == 0.001
    printed = CliRunner().invoke(main, ["query", "nearrepeat", STATE], env={"YPO_HOME": str(demo_home)})  # fmt: skip
    assert printed.stdout.splitlines()[0] == ",".join(COLUMNS)
    assert printed.stdout.splitlines()[1].split(",")[4] == str(int(raw.observed[0, 0]))
    assert said in printed.stderr


@pytest.mark.parametrize(
    ("kind", "says"),
    [("VIOLENCE", "no more pairs than chance"), ("HARASSMENT", "no more pairs than chance"), ("THEFT_CAR", "times as many")],
)  # fmt: skip
def test_only_what_follows_each_other_is_told(demo, kind, says):
    """Violence stays at its places without following itself; thefts at the station (P02) come in a wave."""
    state = f"types={kind}&from=2012-03-01&to=2012-08-31"
    assert says in sentence(near_repeat(demo, Filters.from_query(state, demo)), "en")


def test_too_few_and_too_many(demo):
    few = near_repeat(demo, Filters.from_query("types=INDECENT&from=2012-11-24", demo))
    assert few.table().rows == []
    assert "too few" in sentence(few, "en")
    with pytest.raises(FilterError, match="too many"):
        near_repeat(demo, Filters.from_query("from=2009-09-01", demo))
