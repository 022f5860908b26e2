"""Memphis and Cincinnati: rounded points, sectors with names for ids, points and areas mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reference.cities import PROFILES
from tests.reference.compare import check, check_incidents
from tests.reference_data import reference

if TYPE_CHECKING:
    from tests.reference.cities import City

pytestmark = pytest.mark.reference


def test_memphis_is_read_whole(memphis: City) -> None:
    assert memphis.summary["new"] == 2245
    wanted = memphis.oracle.status()
    status = memphis.workspace.status()
    assert {key: status[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2019-01-01&to=2019-12-31&res=8",
        "from=2019-03-08&to=2019-03-10&hours=21-5",
        "from=2019-01-01&to=2019-12-31&sectors=Airways,Mt. Moriah&days=5,6",
    ],
)
def test_memphis(memphis: City, query: str) -> None:
    check(memphis, query)
    check_incidents(memphis, query)


def test_cincinnati_places_rows_without_a_point_by_their_district(cincinnati: City) -> None:
    assert cincinnati.summary["new"] == 9858
    wanted = cincinnati.oracle.status()
    assert wanted["sector_only"] == 6001
    status = cincinnati.workspace.status()
    assert {key: status[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2013-01-01&to=2015-12-31",
        "from=2014-11-01&to=2014-11-02&hours=22-3",
        "from=2014-01-01&to=2014-06-30&sectors=1,4&types=PROPERTY,VIOLENCE&res=10",
    ],
)
def test_cincinnati(cincinnati: City, query: str) -> None:
    check(cincinnati, query)


def test_a_dry_run_changes_nothing(memphis: City) -> None:
    before = memphis.workspace.status()
    path = reference("incidents/memphis/memphis_robberies_2019.csv")
    memphis.workspace.do(
        "import", "incidents", path, "--profile", PROFILES / "memphis.toml", "--dry-run"
    )
    assert memphis.workspace.status() == before
