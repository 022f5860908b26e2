"""Near repeats of the district: the simulated ones are found, others not; against raw points."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Transformer

from ypo_dash.cli import main
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.stats.knox import Knox, knox
from ypo_dash.views import nearrepeat
from ypo_dash.views.nearrepeat import (
    BANDS,
    COLUMNS,
    NearRepeat,
    clear_fields,
    near_repeat,
    sentence,
)

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
    crow = near_repeat(demo, Filters.from_query(STATE, demo), "euclid")
    direct = knox(
        pd.DataFrame({"x": x, "y": y}).to_numpy(), days, BANDS, metric="euclid", shuffles=9
    )
    assert crow.found.observed.tolist() == direct.observed.tolist() != raw.observed.tolist()
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


def made(p, observed):
    """A matrix of 5 x 4 with these in its first column; ten pairs expected everywhere."""
    tables = [np.full((5, 4), 10.0), np.full((5, 4), 10.0), np.full((5, 4), 0.5)]
    tables[0][:, 0], tables[2][:, 0] = observed, p
    return NearRepeat(100, Knox(tables[0], tables[1], tables[0] / tables[1], tables[2]))


def test_the_sentence_names_the_bands_that_it_is_about():
    """Twice as many at the same place and none beyond is not "within 200 m"."""
    one = made([0.001, 0.5, 0.5, 0.5, 0.5], [20, 10, 9, 10, 10])
    assert (
        sentence(one, "en")
        == "Within 7 days there are at the same place 2.0 times as many pairs as by chance (100 incidents)."
    )
    two = made([0.001, 0.5, 0.01, 0.5, 0.5], [20, 10, 15, 10, 10])
    assert "at the same place 2.0 and 100 to 200 m apart 1.5 times as many" in sentence(two, "en")
    three = made([0.001, 0.001, 0.001, 0.5, 0.5], [20, 15, 15, 10, 10])
    assert sentence(three, "en").startswith("Within 7 days and 200 m there are 1.7 times as many")
    none = made([0.03, 0.5, 0.5, 0.001, 0.5], [20, 10, 10, 30, 10])  # 0.03 x 3 bands
    assert "no more pairs than chance" in sentence(none, "en")


def test_fields_hold_over_all_twelve_near_ones():
    assert np.argwhere(clear_fields(made([0.001, 0.03, 0.5, 0.5, 0.001], [20] * 5).found)).tolist() == [[0, 0]]  # fmt: skip
    assert not clear_fields(made([0.04] * 5, [20] * 5).found)[4].any()


def test_a_page_does_not_wait(demo, monkeypatch):
    state = Filters.from_query("types=VANDALISM&from=2012-07-01&to=2012-09-30", demo)
    monkeypatch.setattr(nearrepeat, "MOST_PAIRS_ON_PAGE", 1000)
    with pytest.raises(FilterError, match="pairs of incidents within 400 m"):
        near_repeat(demo, state, on_page=True)
    with pytest.raises(FilterError, match="use manhattan, euclid"):
        near_repeat(demo, state, "crow")
