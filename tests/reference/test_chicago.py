"""Chicago: 536,605 incidents of two years, with the profile that is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
import pytest

from tests.oracle import State
from tests.reference.compare import check, check_incidents

if TYPE_CHECKING:
    from tests.reference.cities import City

pytestmark = pytest.mark.reference
WHOLE = "from=2016-01-01&to=2017-12-31"
ROWS = 536_605


def test_every_row_is_read_and_accounted_for(chicago: City) -> None:
    assert chicago.summary["read"] == chicago.summary["new"] == ROWS
    assert [chicago.summary[k] for k in ("updated", "unchanged", "rejected", "filtered")] == [0] * 4
    wanted = chicago.oracle.status()
    status = chicago.workspace.status()
    assert {key: status[key] for key in wanted} == wanted
    assert status["no_coordinates"] == chicago.summary["no_coordinates"] == 4383
    assert status["outside"] == chicago.summary["outside"] > 0


def test_the_whole_period_counts_every_incident_once(chicago: City) -> None:
    check(chicago, WHOLE, ("sectors", "types", "scenes", "weeks", "hours"), context=False)
    hours = chicago.workspace.query("hours", WHOLE)["count"].astype(float)
    types = chicago.workspace.query("types", WHOLE)["count"].astype(float)
    sectors = chicago.workspace.query("sectors", WHOLE)["count"].astype(float)
    assert hours.sum() == types.sum() == ROWS
    assert sectors.sum() == chicago.oracle.status()["mapped"]


@pytest.mark.parametrize("res", [8, 9, 10, 11])
def test_cells_of_every_resolution_come_from_the_point(chicago: City, res: int) -> None:
    check(chicago, f"from=2017-06-01&to=2017-06-30&res={res}", ("cells",))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2016-11-01&to=2017-02-28&types=BURGLARY,VANDALISM",
        "from=2017-03-10&to=2017-03-12&hours=22-6",  # the clock goes forward in the last night
        "from=2016-11-05&to=2016-11-05&hours=20-4&days=5,6",  # and back
        "from=2017-01-01&to=2017-12-31&days=6,7&types=VIOLENT",
        "from=2017-07-01&to=2017-07-31&sectors=7,11,25&scenes=STREET",
    ],
)
def test_states(chicago: City, query: str) -> None:
    assert check(chicago, query) > 0


def test_the_incidents_of_a_night(chicago: City) -> None:
    check_incidents(chicago, "from=2017-03-10&to=2017-03-12&hours=22-6&res=10")


@pytest.mark.parametrize("res", [7, 9, 12])
def test_a_cell_of_any_resolution_is_looked_into(chicago: City, res: int) -> None:
    days = "from=2017-05-01&to=2017-05-31"
    busiest = chicago.oracle.by_cell(State.read(f"{days}&res=9")).idxmax()
    lat, lng = h3.cell_to_latlng(busiest)
    inside = chicago.oracle.incidents(State.read(f"{days}&cell={busiest}"))
    if res > 9:
        lat, lng = inside[["lat", "lon"]].mode().iloc[0]
    cell = h3.latlng_to_cell(lat, lng, res)
    assert check(chicago, f"{days}&cell={cell}&res=10", ("cells", "sectors", "types")) > 0
