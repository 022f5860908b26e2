"""Compare every breakdown of a state with the oracle, value for value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
import numpy as np
import pandas as pd

from tests.oracle import State
from tests.reference.cities import BREAKDOWNS

if TYPE_CHECKING:
    from tests.reference.cities import City

# Numbers are written with six decimals.
CLOSE = 1.1e-6


def check(
    city: City, query: str, breakdowns: tuple[str, ...] = BREAKDOWNS, *, context: bool = True
) -> float:
    """Compare ``query`` with and without context; return the state's total."""
    state = State.read(query)
    for what in breakdowns:
        for own_left_out in (False, True) if context else (False,):
            check_one(city, what, query, state, context=own_left_out)
    total = city.oracle.total(state)
    if not (state.hours or state.days):
        assert total == int(total)
    return total


def check_one(city: City, what: str, query: str, state: State, *, context: bool) -> None:
    oracle = city.oracle
    by = {
        "sectors": oracle.by_sector,
        "cells": oracle.by_cell,
        "hours": oracle.by_hour,
        "weeks": oracle.by_week,
        "types": oracle.by_type,
        "scenes": oracle.by_scene,
    }
    wanted = by[what](state, context=context)
    given = city.workspace.query(what, query, context=context)
    place = f"{what} of {query!r}{' --context' if context else ''}"
    assert list(given.columns) == COLUMNS[what], place
    assert not given.duplicated(given.columns[0] if what != "hours" else ["weekday", "hour"]).any()
    found = given["count"].astype(float)
    assert (found >= 0).all(), place
    if what == "hours":
        check_hours(given, place)
        found.index, wanted.index = range(168), range(168)
    else:
        found.index = given[given.columns[0]]
    if what == "sectors":
        assert list(found.index) == list(wanted.index), place
        assert list(given["name"]) == list(oracle.sectors["name"]), place
    if what == "weeks":
        assert list(found.index) == sorted(found.index), place
        assert (pd.to_datetime(found.index).day_of_week == 0).all(), place
    if what == "cells":
        areas = [h3.cell_area(cell, unit="km^2") for cell in found.index]
        np.testing.assert_allclose(given["area_km2"].astype(float), areas, atol=CLOSE)
        assert {h3.get_resolution(c) for c in found.index} <= {state.res}, place
    if not (state.hours or state.days) and what != "hours":
        assert (found == found.round()).all(), place
    both = pd.DataFrame({"found": found, "wanted": wanted}).fillna(0.0)
    off = both[(both["found"] - both["wanted"]).abs() > CLOSE]
    assert off.empty, f"{place}\n{off.head(10)}\nsums {both.sum().to_dict()}"


def check_hours(given: pd.DataFrame, place: str) -> None:
    weekday, hour = given["weekday"].astype(int), given["hour"].astype(int)
    assert list(zip(weekday, hour, strict=True)) == [
        (d, h) for d in range(1, 8) for h in range(24)
    ], place


COLUMNS = {
    "cells": ["cell", "count", "area_km2"],
    "sectors": ["sector_id", "name", "count"],
    "hours": ["weekday", "hour", "count"],
    "weeks": ["week_start", "count"],
    "types": ["code", "count"],
    "scenes": ["code", "count"],
    "incidents": [
        "incident_id",
        "type",
        "scene",
        "time_from",
        "time_to",
        "sector_id",
        "cell",
        "lat",
        "lon",
    ],
}


def check_incidents(city: City, query: str) -> None:
    """Compare the list of incidents; ids only where the source has its own."""
    wanted = city.oracle.incidents(State.read(query))
    given = city.workspace.query("incidents", query)
    assert list(given.columns) == COLUMNS["incidents"]
    assert len(given) == len(wanted)
    assert given["incident_id"].is_unique
    expected = pd.DataFrame(
        {
            "type": wanted["type"],
            "scene": wanted["scene"],
            "start": wanted["start"].astype("int64"),
            "end": wanted["end"].astype("Int64").fillna(wanted["start"]).astype("int64"),
            "sector_id": wanted["sector"].fillna(""),
            "cell": wanted["cell"],
            "lat": wanted["lat"].round(6).fillna(0.0),
            "lon": wanted["lon"].round(6).fillna(0.0),
        }
    )
    zone = city.oracle.zone
    start = read_times(given["time_from"], zone)
    found = pd.DataFrame(
        {
            "type": given["type"],
            "scene": given["scene"],
            "start": start,
            "end": read_times(
                given["time_to"].where(given["time_to"] != "", given["time_from"]), zone
            ),
            "sector_id": given["sector_id"],
            "cell": given["cell"],
            "lat": pd.to_numeric(given["lat"]).round(6).fillna(0.0),
            "lon": pd.to_numeric(given["lon"]).round(6).fillna(0.0),
        }
    )
    order = list(found.columns)
    found = found.sort_values(order, ignore_index=True)
    expected = expected.sort_values(order, ignore_index=True)
    for column in order[:6]:
        off = found[column].astype(str) != expected[column].astype(str)
        assert not off.any(), f"{column} of {query!r}\n{found[off].head()}\n{expected[off].head()}"
    np.testing.assert_allclose(found[["lat", "lon"]], expected[["lat", "lon"]], atol=2e-6)


def read_times(written: pd.Series, zone: str) -> pd.Series:
    """Seconds since 1970 of ISO times with their offset, which must be the zone's."""
    moments = pd.to_datetime(written, utc=True, format="ISO8601")
    local = moments.dt.tz_convert(zone)
    assert (
        local.dt.strftime("%Y-%m-%dT%H:%M:%S") == written.str.slice(0, 19).str.replace(" ", "T")
    ).all()
    return (moments.astype("datetime64[s, UTC]").astype("int64")).astype("int64")
