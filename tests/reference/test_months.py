"""Northumbria and Manchester: only the month is known, sectors in metres of the British grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.reference.compare import check

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
