"""Made-up rows where rules meet: borders, switches of the clock, open, reversed and long spans."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from tests.oracle import Oracle, read_sectors, to_utc
from tests.reference.cities import City, make_rows, set_up
from tests.reference.compare import check, check_incidents

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "Europe/Copenhagen"
STEP = 1 / 32
"""Degrees; exact in binary, so that points can lie on borders to the last bit."""
SOUTH, WEST = 55.5, 12.5
IDS = ["10", "2", "9", "A", "7b", "31", "100", "1", "B"]
PROFILE = """
[columns]
incident_id = "nr"
type = "type"
scene = "scene"
time_from = "from"
time_to = "to"
lat = "lat"
lon = "lon"
[time]
format = "%Y-%m-%d %H:%M"
timezone = "Europe/Copenhagen"
precision = "PRECISION"
"""
SWITCHES = ("2012-03-25 02:10", "2012-03-25 02:30", "2012-10-28 02:10", "2012-10-28 02:50")


def write_sectors(path: Path) -> Path:
    squares = [
        box(WEST + STEP * (i % 3), SOUTH + STEP * (i // 3), WEST + STEP * (i % 3 + 1), SOUTH + STEP * (i // 3 + 1))
        for i in range(9)
    ]  # fmt: skip
    frame = gpd.GeoDataFrame({"id": IDS, "station": list("NNNMMMSSS")}, geometry=squares, crs=4326)
    frame.to_file(path, driver="GeoJSON")
    return path


def write_rows(path: Path, seed: int) -> pd.DataFrame:
    """Half of the points lie on borders and corners, some outside, some nowhere."""
    rng = random.Random(seed)
    rows = []
    for number in range(600):
        start = pd.Timestamp(2012, 3, 18) + pd.Timedelta(minutes=rng.randrange(230 * 1440))
        if rng.random() < 0.3:
            start = pd.Timestamp(rng.choice(SWITCHES)) + pd.Timedelta(
                hours=rng.choice([0, 0, -1, -3, -30])
            )
        long = rng.choice([None, 0, 0, 45, 600, 3 * 1440, 10_080, 10_081, 20_000, -30])
        end = None if long is None else start + pd.Timedelta(minutes=long)
        on_border = rng.random() < 0.5
        lat = SOUTH + STEP * (rng.randrange(-1, 14) / 4 if on_border else 3.2 * rng.random())
        lon = WEST + STEP * (rng.randrange(-1, 14) / 4 if on_border else 3.2 * rng.random())
        place = ("", "") if rng.random() < 0.05 else (repr(lat), repr(lon))
        rows.append(
            {
                "nr": f"2012-{number:04d}",
                "type": rng.choice(["BURGLARY", "ROBBERY", "VIOL_SIMPLE", "75211", "DRUG_DEAL"]),
                "scene": rng.choice(["FLAT", "STREET", "", "PARK"]),
                "from": f"{start:%Y-%m-%d %H:%M}",
                "to": "" if end is None else f"{end:%Y-%m-%d %H:%M}",
                "lat": place[0],
                "lon": place[1],
            }
        )
    frame = pd.DataFrame(rows)
    frame.to_csv(path, sep=";", index=False)
    return frame


COUNTED_AS = {"VIOL_SIMPLE": "VIOLENCE", "75211": "BURGLARY"}


def make_city(folder: Path, precision: str) -> City:
    given = write_rows(folder / "rows.csv", seed=7)
    sectors = write_sectors(folder / "sectors.geojson")
    profile = folder / "profile.toml"
    profile.write_text(PROFILE.replace("PRECISION", precision), encoding="utf-8")
    names = {"sector_id": "id", "station": "station"}
    space = set_up(folder / "home", "Grid", ZONE, "EPSG:25832", sectors, **names)
    summary = space.load(folder / "rows.csv", profile=profile)
    start, end = (pd.to_datetime(given[c].replace("", None)) for c in ("from", "to"))
    if precision == "day":
        start, end = start.dt.normalize(), end.dt.normalize()
        # Without an end that can be true, the day of the start is what is known.
        end = end.where(end >= start, start) + pd.Timedelta(days=1)
    begins, ends = to_utc(start, ZONE), to_utc(end, ZONE)
    scene = given["scene"].replace("", "UNKNOWN").where(given["type"] != "75211", "HOUSE")
    rows = make_rows(
        incident_id=given["nr"],
        kind=given["type"].replace(COUNTED_AS),
        scene=scene,
        start=begins,
        end=ends.mask((ends < begins).fillna(value=False)),
        place=(pd.to_numeric(given["lat"]), pd.to_numeric(given["lon"])),
    )
    places = read_sectors(sectors, code="id", station="station")
    return City(space, Oracle(rows, places, ZONE), summary)


@pytest.fixture(scope="module")
def to_the_minute(tmp_path_factory: pytest.TempPathFactory) -> City:
    return make_city(tmp_path_factory.mktemp("minute"), "minute")


@pytest.fixture(scope="module")
def whole_days(tmp_path_factory: pytest.TempPathFactory) -> City:
    return make_city(tmp_path_factory.mktemp("day"), "day")


def test_every_row_is_accounted_for(to_the_minute: City) -> None:
    summary, status = to_the_minute.summary, to_the_minute.workspace.status()
    assert (summary["read"], summary["new"], summary["rejected"]) == (600, 600, 0)
    assert summary["ends_before_start"] > 0
    assert summary["times_ambiguous"] > 0
    assert summary["times_nonexistent"] > 0
    wanted = to_the_minute.oracle.status()
    assert {key: status[key] for key in wanted} == wanted


def test_a_border_belongs_to_the_lowest_id(to_the_minute: City) -> None:
    rows = to_the_minute.workspace.query("incidents", "from=2012-01-01&to=2013-12-31")
    found = rows.set_index("incident_id")["sector_id"]
    oracle = to_the_minute.oracle.rows.set_index("incident_id")["sector"].fillna("")
    assert (found == oracle.reindex(found.index)).all()
    order = to_the_minute.workspace.query("sectors", "")["sector_id"]
    assert list(order) == ["1", "2", "7b", "9", "10", "31", "100", "A", "B"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2012-01-01&to=2013-12-31",
        "from=2012-03-24&to=2012-03-25&hours=22-6",
        "from=2012-10-27&to=2012-10-28&hours=0-3",
        "from=2012-03-01&to=2012-11-30&hours=2-3&days=7",
        "from=2012-03-01&to=2012-11-30&hours=23-1&days=6,7&types=PROPERTY&scenes=HOUSE,UNKNOWN",
        "from=2012-03-01&to=2012-11-30&sectors=2,7b,A&days=1",
        "from=2012-03-01&to=2012-11-30&station=M&res=11",
        "from=2012-03-01&to=2012-11-30&station=M&sectors=1,2,31",
        "from=2012-03-01&to=2012-11-30&station=M&sectors=1",
    ],
)
def test_states(to_the_minute: City, query: str) -> None:
    check(to_the_minute, query)
    check_incidents(to_the_minute, query)


@pytest.mark.parametrize(
    "query",
    [
        "from=2012-01-01&to=2013-12-31",
        "from=2012-03-25&to=2012-03-25&hours=2-4",
        "from=2012-10-28&to=2012-10-28&hours=22-6&days=6,7",
    ],
)
def test_days_of_23_and_25_hours(whole_days: City, query: str) -> None:
    check(whole_days, query)
    check_incidents(whole_days, query)
