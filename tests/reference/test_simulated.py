"""The simulated district: random states over its own list of incidents."""

from __future__ import annotations

import json
import random
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest

from tests.oracle import State, shipped_offences
from tests.reference.cities import BREAKDOWNS, City
from tests.reference.compare import check, check_incidents

EVERYTHING = "from=1990-01-01&to=2040-12-31"
ZONE = "Europe/Copenhagen"
STATES = 48


def random_state(rng: random.Random, city: City) -> str:
    """A state of any filters, each with its own chance."""
    start, end = rng.sample(range(24), 2)
    cells = city.oracle.cells_of(rng.choice([7, 8, 9]))
    choices = {
        "hours": (0.5, f"{start}-{end or 24}"),
        "days": (0.4, some(rng, [str(d) for d in range(1, 8)], 4)),
        "types": (0.4, some(rng, list(shipped_offences()), 4)),
        "scenes": (0.3, some(rng, sorted(city.oracle.rows["scene"].unique()), 5)),
        "sectors": (0.3, some(rng, list(city.oracle.sectors["id"]), 5)),
        "station": (0.2, rng.choice(sorted(city.oracle.sectors["station"].unique()))),
        "cell": (0.15, rng.choice([c for c in cells if c])),
        "res": (0.8, str(rng.choice([8, 9, 10, 11]))),
    }
    parts = random_dates(rng, city)
    parts |= {name: value for name, (chance, value) in choices.items() if rng.random() < chance}
    return "&".join(f"{k}={quote(v, safe=',')}" for k, v in parts.items())


def random_dates(rng: random.Random, city: City) -> dict[str, str]:
    """From a day to years of data; now and then the default."""
    first, last = (pd.Timestamp(day) for day in city.oracle.span)
    begin = first + pd.Timedelta(days=rng.randrange((last - first).days))
    end = begin + pd.Timedelta(days=rng.choice([0, 2, 13, 27, 90, 365, 3650]))
    if rng.random() < 0.1:
        return {}
    return {"from": f"{begin:%Y-%m-%d}", "to": f"{end:%Y-%m-%d}"}


def some(rng: random.Random, choices: list[str], most: int) -> str:
    return ",".join(rng.sample(choices, rng.randint(1, most)))


def test_status(district: City) -> None:
    wanted = district.oracle.status()
    status = district.workspace.status()
    assert {key: status[key] for key in wanted} == wanted
    assert status["not_mapped"] > 0


@pytest.mark.parametrize("seed", range(STATES))
def test_random_states(district: City, seed: int) -> None:
    rng = random.Random(20121123 + seed)
    query = random_state(rng, district)
    check(district, query, context=False)
    check(district, query, (rng.choice(BREAKDOWNS), "hours"))
    if seed % 4 == 0:
        check_incidents(district, query)


def test_the_random_states_are_no_empty_exercise(district: City) -> None:
    queries = [random_state(random.Random(20121123 + seed), district) for seed in range(STATES)]
    totals = [district.oracle.total(State.read(query)) for query in queries]
    assert sum(total > 0 for total in totals) > STATES / 2
    assert sum("hours" in query for query in queries) > STATES / 4


@pytest.mark.parametrize("what", [*BREAKDOWNS, "incidents"])
def test_json_and_csv_are_the_same(district: City, what: str) -> None:
    query = "hours=18-4&days=5,6"
    table = district.workspace.query(what, query)
    given = json.loads(district.workspace.ask("query", what, query, "--format", "json"))
    rows = given if isinstance(given, list) else given["rows"]
    assert len(rows) == len(table)
    for column in table.columns:
        values = ["" if row[column] is None else row[column] for row in rows]
        if column in ("count", "area_km2", "lat", "lon"):
            numbers = pd.to_numeric(table[column]).to_numpy()
            np.testing.assert_allclose(numbers, pd.to_numeric(pd.Series(values).replace("", None)))
        else:
            assert list(table[column]) == [str(v) for v in values]


def test_the_nights_of_the_contract(district: City) -> None:
    """Three nights from the first Friday of data: they end on Monday at six."""
    friday = pd.Timestamp(district.oracle.span[0]) + pd.offsets.Week(weekday=4)
    sunday = friday + pd.Timedelta(days=2)
    query = f"from={friday:%Y-%m-%d}&to={sunday:%Y-%m-%d}&hours=22-6"
    check(district, query)
    rows = district.workspace.query("incidents", query)
    start = pd.to_datetime(rows["time_from"], utc=True, format="ISO8601").dt.tz_convert(ZONE)
    assert (start.dt.tz_localize(None) < sunday + pd.Timedelta(days=1, hours=6)).all()
    assert (start.dt.tz_localize(None) >= friday + pd.Timedelta(hours=6)).all()
