"""Real files, compared with plain pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from tests.reference_data import reference
from tests.sources.loading import CONTEXT, Loaded, in_zone, load, profile
from ypo_dash.sources.profile import Profile, parse_profile

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.reference
ANY = '[types]\n"*" = "OTHER"'


def utc(naive: pd.Series, zone: str) -> pd.Series:
    local = naive.dt.tz_localize(
        zone, ambiguous=np.ones(len(naive), bool), nonexistent="shift_forward"
    )
    return local.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[s]")


def same(found: pd.Series, wanted: pd.Series) -> None:
    assert (found.to_numpy() == wanted.to_numpy()).all()


def without_id(toml: str) -> Profile:
    return parse_profile(toml.replace('incident_id = "id"\n', ""), name="made up")


def read(path: Path, toml: str, zone: str, bounds: tuple[float, float, float, float]) -> Loaded:
    return load(path, without_id(toml), in_zone(zone, bounds))


def test_chicago() -> None:
    path = reference("incidents/chicago/chicago_2016_2017.csv.gz")
    context = in_zone("America/Chicago", (-87.94, 41.64, -87.52, 42.03))
    found, raw = load(path, None, context), pd.read_csv(path, dtype=str)
    assert found.counts.read == len(found.rows) == len(raw) == 536_605
    same(found.rows["incident_id"], raw["ID"])
    same(
        found.rows["start_utc"],
        utc(pd.to_datetime(raw["Date"], format="%m/%d/%Y %I:%M:%S %p"), context.timezone),
    )
    assert found.rows["lat"].isna().sum() == raw["Latitude"].isna().sum() == 4383
    np.testing.assert_array_equal(found.rows["lat"], raw["Latitude"].astype(float))
    assert (found.rows["type"] == "BURGLARY").sum() == (raw["Primary Type"] == "BURGLARY").sum()
    violent = ["ASSAULT", "BATTERY", "HOMICIDE"]
    assert (found.rows["type"] == "VIOLENCE").sum() == raw["Primary Type"].isin(violent).sum()
    scenes = raw["Location Description"]
    assert ((found.rows["scene"] == "UNKNOWN") == scenes.isna()).all()
    assert (found.rows["scene"] == "BANK").sum() > (scenes == "BANK").sum()


def test_chicago_in_feet() -> None:
    path = reference("incidents/chicago/chicago_2016_2017.csv.gz")
    toml = profile(
        'x = "X Coordinate"\ny = "Y Coordinate"',
        time='format = "%m/%d/%Y %I:%M:%S %p"',
        place='crs = "EPSG:3435"',
        rest=ANY,
    )
    toml = (
        toml.replace('"id"', '"ID"').replace('"type"', '"Primary Type"').replace('"from"', '"Date"')
    )
    found = load(path, toml, in_zone("America/Chicago", (-87.94, 41.64, -87.52, 42.03))).rows
    raw = pd.read_csv(path)
    assert np.nanmax(np.abs(found["lat"] - raw["Latitude"])) < 2e-5
    assert np.nanmax(np.abs(found["lon"] - raw["Longitude"])) < 2e-5


def test_vancouver() -> None:
    path = reference("incidents/vancouver/CrimeData_2012.xlsx")
    toml = profile(
        'x = "X"\ny = "Y"',
        time='format = "%Y %m %d %H %M"',
        place='crs = "EPSG:26910"\nmissing = [[0, 0]]',
        rest=ANY,
    )
    toml = toml.replace('"type"', '"TYPE"').replace(
        '"from"', '["YEAR", "MONTH", "DAY", "HOUR", "MINUTE"]'
    )
    found = read(path, toml, "America/Vancouver", (-123.3, 49.1, -123.0, 49.4))
    raw = pd.read_excel(path, sheet_name="Sheet1", engine="calamine")
    assert len(found.rows) == len(raw) == 29_217
    hidden = raw["HOUR"].isna()
    assert hidden.sum() == found.rows["lat"].isna().sum() == 3789
    parts = raw[["YEAR", "MONTH", "DAY", "HOUR", "MINUTE"]].fillna(0)
    same(
        found.rows["start_utc"],
        utc(pd.to_datetime(parts.rename(columns=str.lower)), "America/Vancouver"),
    )
    # Without an hour, the day is what is known.
    spans = found.rows["end_utc"] - found.rows["start_utc"]
    assert (spans.notna().to_numpy() == hidden.to_numpy()).all()
    assert set(spans.dropna() / pd.Timedelta(hours=1)) <= {23.0, 24.0, 25.0}
    assert found.rows["lat"].between(49.19, 49.32)[~hidden].all()


def test_berlin() -> None:
    path = reference("incidents/berlin/Fahrraddiebstahl_2024_2025_latin1.csv.gz")
    columns = 'time_to = ["TATZEIT_ENDE_DATUM", "TATZEIT_ENDE_STUNDE"]\nreported_at = "ANGELEGT_AM"\narea = "LOR"'
    toml = profile(
        columns, time='format = ["%d.%m.%Y %H", "%d.%m.%Y"]\nprecision = "hour"', rest=ANY
    )
    toml = toml.replace('"type"', '"DELIKT"').replace(
        '"from"', '["TATZEIT_ANFANG_DATUM", "TATZEIT_ANFANG_STUNDE"]'
    )
    raw = pd.read_csv(path, dtype=str, encoding="latin-1")
    context = in_zone("Europe/Berlin", (13.0, 52.3, 13.8, 52.7))
    context = type(context)(
        context.taxonomy, context.timezone, context.bounds, frozenset(raw["LOR"]), frozenset()
    )
    found = load(path, without_id(toml), context)
    assert len(found.rows) == len(raw) == 27_701
    same(found.rows["area"], raw["LOR"])
    start, end = (
        utc(
            pd.to_datetime(
                raw[f"TATZEIT_{w}_DATUM"] + raw[f"TATZEIT_{w}_STUNDE"], format="%d.%m.%Y%H"
            ),
            "Europe/Berlin",
        )
        for w in ("ANFANG", "ENDE")
    )
    same(found.rows["start_utc"], start)
    same(found.rows["end_utc"], end + pd.Timedelta(hours=1))
    assert found.counts.identical_rows == raw.duplicated().sum() == 46
    assert found.counts.ends_before_start == 0


def test_northumbria() -> None:
    path = reference("incidents/northumbria/northumbria_asb.tab")
    toml = profile('lat = "latitude"\nlon = "longitude"', time='precision = "month"').replace(
        '"type"', '"=PUBLIC_ORDER"'
    )
    found = read(path, toml.replace('"from"', '"month"'), "Europe/London", (-2.7, 54.7, -1.3, 55.9))
    raw = pd.read_csv(path, sep="\t")
    month = pd.to_datetime(raw["month"])
    assert len(found.rows) == len(raw) == 39_706
    same(found.rows["start_utc"], utc(month, "Europe/London"))
    same(found.rows["end_utc"], utc(month + pd.DateOffset(months=1), "Europe/London"))
    np.testing.assert_array_equal(found.rows[["lat", "lon"]], raw[["latitude", "longitude"]])
    assert found.counts.identical_rows == raw.duplicated().sum()


def test_manchester() -> None:
    path = reference("incidents/manchester/gmp_bur.csv.gz")
    toml = profile(
        'lat = "Latitude"\nlon = "Longitude"',
        time='format = "%Y-%m"',
        rest='[types]\nBurglary = "BURGLARY"',
    )
    toml = toml.replace('"type"', '"Crime.type"').replace('"from"', '"Month"')
    found = read(path, toml, "Europe/London", (-2.8, 53.3, -1.9, 53.7))
    raw = pd.read_csv(path)
    assert len(found.rows) == len(raw) == 92_666
    same(found.rows["start_utc"], utc(pd.to_datetime(raw["Month"]), "Europe/London"))
    assert found.rows["incident_id"].is_unique
    assert found.counts.identical_rows == raw.duplicated().sum()


def test_memphis() -> None:
    path = reference("incidents/memphis/memphis_robberies_2019.csv")
    toml = profile(
        'lat = "latitude"\nlon = "longitude"', rest='[types]\n"personal robbery" = "ROB_STREET"'
    )
    toml = (
        toml.replace('"id"', '"uid"')
        .replace('"type"', '"offense_type"')
        .replace('"from"', '"date"')
    )
    found = load(path, toml, in_zone("America/Chicago", (-90.4, 34.9, -89.6, 35.3))).rows
    raw = pd.read_csv(path, dtype={"uid": str}, parse_dates=["date"])
    same(found["incident_id"], raw["uid"])
    same(found["start_utc"], utc(raw["date"], "America/Chicago"))
    assert set(found["type"]) == {"ROBBERY"}


def test_cincinnati_whose_offsets_are_not_true() -> None:
    path = reference("incidents/cincinnati/cincinnati_2013_2016_sample.csv")
    time = 'format = "%m/%d/%Y %I:%M:%S %p %z"\ntimezone = "America/New_York"'
    toml = profile('reported_at = "Reported.On"\nlat = "lat"\nlon = "lon"', time=time, rest=ANY)
    toml = toml.replace('"type"', '"Crime.Group"').replace('"from"', '"Occurred.On"')
    found = read(path, toml, "America/New_York", (-84.8, 39.0, -84.3, 39.3)).rows
    raw = pd.read_csv(path, dtype=str)
    clock = pd.to_datetime(
        raw["Occurred.On"].str.removesuffix(" +0000"), format="%m/%d/%Y %I:%M:%S %p"
    )
    same(found["start_utc"], utc(clock, "America/New_York"))
    assert found["lat"].isna().sum() == raw["lat"].isna().sum()


def test_points_without_any_properties_lack_a_time() -> None:
    from ypo_dash.model.errors import InputError
    from ypo_dash.sources import describe_file

    path = reference("incidents/chicago/burglaries17_no_properties.geojson")
    with pytest.raises(InputError, match=r"columns are missing: 'id', 'type', 'from'.*no columns"):
        load(path, profile('geometry = "geometry"'))
    assert 'geometry = "geometry"' in describe_file(path, CONTEXT)
