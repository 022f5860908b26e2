"""A small simulated district beside the list of its incidents, for what is asked of it and of the oracle."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.oracle import DATA, Oracle, read_sectors
from tests.reference.cities import City, Workspace

EVERYTHING = "from=1990-01-01&to=2040-12-31"
ZONE = "Europe/Copenhagen"


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The demo, with the list of all its incidents as the raw rows."""
    space = Workspace(tmp_path_factory.mktemp("demo") / "home")
    space.do("demo", "--incidents", "6000")
    given = space.query("incidents", EVERYTHING)
    start = pd.to_datetime(given["time_from"], utc=True, format="ISO8601")
    end = pd.to_datetime(given["time_to"].replace("", None), utc=True, format="ISO8601")
    rows = pd.DataFrame(
        {
            "incident_id": given["incident_id"],
            "type": given["type"],
            "scene": given["scene"],
            "start": seconds(start),
            "end": seconds(end),
            "lat": pd.to_numeric(given["lat"]),
            "lon": pd.to_numeric(given["lon"]),
            "area": None,
        }
    )
    names = {"code": "sector_id", "name": "name", "station": "station", "population": "population"}
    sectors = read_sectors(DATA / "sectors.geojson", **names)
    city = City(space, Oracle(rows, sectors, ZONE), {})
    assert list(given["sector_id"]) == list(city.oracle.rows["sector"].fillna(""))
    return city


def seconds(moments: pd.Series) -> pd.Series:
    whole = moments.astype("datetime64[s, UTC]")
    return whole.astype("int64").astype("Int64").mask(whole.isna())
