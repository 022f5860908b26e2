"""Northumbria and Manchester: only the month is known, sectors in metres of the British grid."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.reference.compare import check
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.change import change_of, earlier
from ypo_dash.views.nearrepeat import near_repeat

if TYPE_CHECKING:
    from tests.reference.cities import City

pytestmark = pytest.mark.reference


def assert_accounted_for(city: City, rows: int) -> None:
    assert city.summary["read"] == city.summary["new"] == rows
    assert city.summary["rejected"] == 0
    wanted = city.oracle.status()
    status = city.workspace.status()
    assert {key: status[key] for key in wanted} == wanted


def test_northumbria_is_read_whole(northumbria: City) -> None:
    assert_accounted_for(northumbria, 39_706)
    assert northumbria.summary["identical_rows"] == 14_005


def test_manchester_is_read_whole(manchester: City) -> None:
    assert_accounted_for(manchester, 92_666)
    assert manchester.summary["identical_rows"] == 11_183


def test_a_month_spreads_evenly_over_the_week(northumbria: City) -> None:
    hours = northumbria.workspace.query("hours", "from=2022-01-01&to=2022-12-31")
    np.testing.assert_allclose(hours["count"].astype(float), 39_706 / 168, atol=1e-5)


@pytest.mark.parametrize(
    "query",
    ["", "from=2022-01-01&to=2022-12-31&res=8", "from=2022-04-01&to=2022-04-30&hours=22-6&days=5"],
)
def test_northumbria(northumbria: City, query: str) -> None:
    check(northumbria, query)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2016-02-01&to=2019-01-31",
        "from=2017-01-01&to=2017-12-31&station=Salford&res=10",
        "from=2018-03-01&to=2018-03-31&station=Wigan&sectors=E05000851,E05000852,E05000650",
        "from=2018-06-01&to=2018-06-30&hours=9-17&days=1,2,3,4,5",
    ],
)
def test_manchester(manchester: City, query: str) -> None:
    check(manchester, query)


def test_months_are_compared_with_months_and_days_with_nothing(manchester: City) -> None:
    """All of a month starts on its first: 28 days hold one first or none, which is no change."""
    snapshot = Store(Workspace(manchester.workspace.home)).snapshot()
    assert is_coarse(snapshot)
    for state in ("", "from=2018-03-02&to=2018-03-31"):
        with pytest.raises(FilterError, match="whole months"):
            change_of(snapshot, Filters.from_query(state, snapshot))
    two = Filters.from_query("from=2018-03-01&to=2018-04-30", snapshot)
    change, then = change_of(snapshot, two)
    assert (then.date_from, then.date_to) == (date(2018, 1, 1), date(2018, 2, 28))
    months = manchester.oracle.rows["start"].pipe(lambda s: pd.to_datetime(s, unit="s", utc=True).dt.tz_convert("Europe/London").dt.strftime("%Y-%m"))  # fmt: skip
    assert change.count == months.isin(["2018-03", "2018-04"]).sum()
    assert change.before == months.isin(["2018-01", "2018-02"]).sum()
    year = Filters.from_query("from=2018-03-01&to=2018-04-30&compare=year", snapshot)
    assert (earlier(year, snapshot)[0].date_from, earlier(year, snapshot)[0].date_to) == (date(2017, 3, 1), date(2017, 4, 30))  # fmt: skip
    with pytest.raises(FilterError, match="too coarse"):
        near_repeat(snapshot, two)
