"""Vancouver: XLSX and CSV, times in five columns, withheld places, two years thirteen years apart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.reference.cities import PROFILES
from tests.reference.compare import check, check_incidents
from tests.reference_data import reference
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.store.gaps import gaps_of
from ypo_dash.store.query import summarise
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace
from ypo_dash.views.change import change_of
from ypo_dash.views.explore import finding

if TYPE_CHECKING:
    from tests.reference.cities import City

pytestmark = pytest.mark.reference


def test_both_files_are_read_and_withheld_places_counted(vancouver: City) -> None:
    summary = vancouver.summary
    assert summary["read"] == summary["new"] == 29_217 + 32_411
    assert summary["rejected"] == 0
    wanted = vancouver.oracle.status()
    status = vancouver.workspace.status()
    assert {key: status[key] for key in wanted} == wanted
    assert status["no_coordinates"] == 3789 + 3148


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2012-01-01&to=2025-12-31",
        "from=2012-03-10&to=2012-03-11&hours=22-6",
        "from=2025-06-01&to=2025-08-31&hours=7-23&days=6,7&types=THEFT_CAR,BURGLARY",
        "from=2012-11-01&to=2012-11-30&sectors=CBD,WE&res=11",
        "from=2013-01-01&to=2024-12-31",
    ],
)
def test_states(vancouver: City, query: str) -> None:
    check(vancouver, query)


def test_incidents(vancouver: City) -> None:
    check_incidents(vancouver, "from=2012-12-30&to=2025-01-02&hours=21-3")


def test_the_same_file_again_changes_nothing(vancouver: City) -> None:
    before = vancouver.workspace.status()
    path = reference("incidents/vancouver/CrimeData_2012.xlsx")
    again = vancouver.workspace.load(path, profile=PROFILES / "vancouver.toml")
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 0, 29_217)
    after = vancouver.workspace.status()
    assert before["snapshot"] == after["snapshot"]
    assert before["incidents"] == after["incidents"]


def test_years_that_were_never_imported_are_not_years_without_incidents(vancouver: City) -> None:
    snapshot = Store(Workspace(vancouver.workspace.home)).snapshot()
    assert gaps_of(snapshot) == ((date(2013, 1, 1), date(2024, 12, 31)),)
    state = Filters.from_query("from=2025-03-01&to=2025-03-28&compare=year", snapshot)
    with pytest.raises(FilterError, match="nothing at all is recorded from 2013-01-01"):
        change_of(snapshot, state)
    long = Filters.from_query("from=2012-12-01&to=2025-01-31", snapshot)
    said = finding(summarise(snapshot, long), snapshot, "en")
    assert "Nothing at all is recorded from 1/1/2013 to 31/12/2024." in said
