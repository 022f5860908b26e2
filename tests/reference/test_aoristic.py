"""Washington DC burglaries: the 168 hours that the R package ``aoristic`` gives for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.oracle import Oracle, State, read_sectors
from tests.reference.cities import PROFILES, City, bounding_sector, set_up, washington_dc
from tests.reference.compare import check, check_incidents
from tests.reference_data import reference

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.reference
BURGLARIES = "methods/aoristic_dc_burglaries.csv"
WHOLE = "from=2016-01-01&to=2016-06-30"
LOCAL, PLAIN = "America/New_York", "UTC"
TO_THREE_DECIMALS = 0.0005 + 1e-9


@pytest.fixture(scope="module")
def published() -> np.ndarray:
    """Sums of weights by weekday (Monday first) and hour."""
    table = pd.read_csv(reference("methods/aoristic_dc_expected_hour_by_weekday.csv"))
    return table[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]].to_numpy().T


def make_city(home: Path, zone: str) -> City:
    path = reference(BURGLARIES)
    rows = washington_dc(path, zone)
    sectors = bounding_sector(rows["lat"], rows["lon"], home.with_suffix(".geojson"))
    profile = home.with_suffix(".toml")
    text = (PROFILES / "washington_dc.toml").read_text(encoding="utf-8")
    profile.write_text(text.replace(LOCAL, zone), encoding="utf-8")
    names = {"sector_id": "id", "sector_name": "name"}
    space = set_up(home, "Washington DC", zone, "EPSG:26985", sectors, **names)
    summary = space.load(path, profile=profile)
    return City(space, Oracle(rows, read_sectors(sectors, code="id", name="name"), zone), summary)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> City:
    """A clock without daylight saving, as the package reads the times."""
    return make_city(tmp_path_factory.mktemp("dc") / "plain", PLAIN)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The clock of Washington."""
    return make_city(tmp_path_factory.mktemp("dc") / "local", LOCAL)


def matrix(city: City) -> np.ndarray:
    hours = city.workspace.query("hours", WHOLE)
    return hours["count"].astype(float).to_numpy().reshape(7, 24)


def test_all_168_hours_are_the_published_ones(plain: City, published: np.ndarray) -> None:
    assert plain.summary["new"] == 1025
    assert plain.summary["ends_before_start"] == 0
    assert np.abs(matrix(plain) - published).max() <= TO_THREE_DECIMALS


def test_the_real_clock_moves_only_the_burglaries_of_the_night_it_was_moved(
    local: City, published: np.ndarray
) -> None:
    """The package knows no daylight saving; in 2016 it began on 13 March at two.

    One span of at most a week crosses that hour: 38 hours on the clock, 37 in truth. With its
    two spreads exchanged all 168 hours are the published ones again.
    """
    raw = pd.read_csv(reference(BURGLARIES), parse_dates=["StartDateTime", "EndDateTime"])
    start, end = raw["StartDateTime"], raw["EndDateTime"]
    across = (start < "2016-03-13 02:00") & (end > "2016-03-13 03:00")
    crossing = raw[across & (end - start <= pd.Timedelta(days=7))]
    assert len(crossing) == 1
    clock, truth = np.zeros((7, 24)), np.zeros((7, 24))
    minutes = pd.date_range(*crossing[["StartDateTime", "EndDateTime"]].iloc[0], freq="min")[:-1]
    for minute in minutes:
        clock[minute.day_of_week, minute.hour] += 1 / len(minutes)
        if (minute.month, minute.day, minute.hour) != (3, 13, 2):
            truth[minute.day_of_week, minute.hour] += 1 / (len(minutes) - 60)
    assert np.abs(matrix(local) - truth + clock - published).max() <= TO_THREE_DECIMALS


@pytest.mark.parametrize(
    "query",
    [
        WHOLE,
        f"{WHOLE}&hours=22-6",
        f"{WHOLE}&hours=6-22&days=1,2,3,4,5",
        "from=2016-03-11&to=2016-03-12&hours=20-4",
        "from=2016-03-12&to=2016-03-13&days=7",
    ],
)
def test_states(local: City, query: str) -> None:
    assert check(local, query) > 0
    check_incidents(local, query)


def test_the_oracle_gives_the_published_hours(plain: City, published: np.ndarray) -> None:
    hours = plain.oracle.by_hour(State.read(WHOLE)).to_numpy().reshape(7, 24)
    assert np.abs(hours - published).max() <= TO_THREE_DECIMALS
