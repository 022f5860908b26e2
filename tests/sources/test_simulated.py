"""The simulated district: its levels, shapes, faults on purpose and planted changes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

from ypo_dash.model.taxonomy import Taxonomy
from ypo_dash.sources.simulated import generate
from ypo_dash.sources.simulated.city import build_city
from ypo_dash.sources.simulated.days import build_days
from ypo_dash.sources.simulated.inputs import read_inputs
from ypo_dash.sources.simulated.intensity import build_intensity

DATA = Path(__file__).parents[2] / "data"
LARGE = 200_000
COLUMNS = ["incident_id", "type", "scene", "time_from", "time_to", "reported_at", "lat", "lon"]
HOMES = ["HOUSE", "FLAT", "ROOM"]
POPULATION = 378_200
_METRES = Transformer.from_crs("EPSG:4326", "EPSG:25832", always_xy=True)


def _features(name: str) -> list[tuple[dict, shapely.Geometry]]:
    features = json.loads((DATA / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in features])
    metres = shapely.transform(shapes, _METRES.transform, interleaved=False)
    return [(f["properties"], shape) for f, shape in zip(features, metres, strict=True)]


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    start, end, reported = (
        pd.to_datetime(frame[column]) for column in ("time_from", "time_to", "reported_at")
    )
    x, y = _METRES.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    sector = np.zeros(len(frame), dtype=int)
    for properties, shape in _features("sectors"):
        shapely.prepare(shape)
        sector[shapely.contains_xy(shape, x, y)] = properties["sector_id"]
    return frame.assign(start=start, end=end, reported=reported, x=x, y=y, sector=sector)


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return generate(DATA)


@pytest.fixture(scope="module")
def usual(plain: pd.DataFrame) -> pd.DataFrame:
    return _prepared(plain)


@pytest.fixture(scope="module")
def large() -> pd.DataFrame:
    return _prepared(generate(DATA, incidents=LARGE))


def _of(frame: pd.DataFrame, types: str, scenes: list[str] | None = None) -> pd.DataFrame:
    chosen = frame[frame["type"].isin(types.split(";"))]
    return chosen if scenes is None else chosen[chosen["scene"].isin(scenes)]


def _between(frame: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    start = frame["start"]
    return frame[(start >= first) & (start < pd.Timestamp(last) + pd.Timedelta(days=1))]


def _hours(frame: pd.DataFrame, first: int, last: int) -> float:
    return float(frame["start"].dt.hour.between(first, last - 1).mean())


def _middle(frame: pd.DataFrame) -> pd.Series:
    return frame["start"] + (frame["end"].fillna(frame["start"]) - frame["start"]) / 2


# --- the table -----------------------------------------------------------------------------


def test_columns_codes_and_order(plain):
    assert list(plain.columns) == COLUMNS
    taxonomy = Taxonomy.read(DATA / "offences.csv", DATA / "scenes.csv")
    assert set(plain["type"]) == set(taxonomy.offence)
    assert set(plain["scene"]) <= set(taxonomy.scene)
    assert plain["reported_at"].is_monotonic_increasing
    assert plain["incident_id"].is_unique
    assert plain["incident_id"].str.fullmatch(r"0100-\d{5}-(09|10|11|12)").all()
    assert (plain["incident_id"].str[-2:] == plain["reported_at"].str[2:4]).all()
    for column in ("time_from", "time_to", "reported_at"):
        known = plain[column].dropna()
        assert known.str.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d").all()
    for column in ("lat", "lon"):
        assert (plain[column].round(6).dropna() == plain[column].dropna()).all()


def test_the_period(usual):
    assert usual["start"].min() >= pd.Timestamp("2009-09-01")
    assert usual["start"].dt.date.astype(str).min() == "2009-09-01"
    assert usual["start"].max() < pd.Timestamp("2012-11-26")
    assert usual["start"].dt.date.astype(str).max() == "2012-11-25"
    assert usual["reported"].max() <= pd.Timestamp("2012-11-26T06:00")
    assert (usual["reported"] >= usual[["start", "end"]].max(axis=1)).all()
    assert (usual["reported"] == usual["reported"].max()).sum() < 20


def test_same_seed_same_incidents_other_seed_other_incidents_same_city(plain, usual):
    again = generate(DATA)
    pd.testing.assert_frame_equal(plain, again)
    counts = usual.groupby(["type", "sector", usual["start"].dt.to_period("M")]).size()
    text = counts.rename("n").reset_index().to_csv(index=False, lineterminator="\n")
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "0484746ea766899f"
    other = generate(DATA, seed=7)
    assert len(other) == len(plain)
    assert not other["type"].equals(plain["type"])
    places = {tuple(point) for point in plain[["lat", "lon"]].dropna().to_numpy()}
    found = {tuple(point) for point in other[["lat", "lon"]].dropna().to_numpy()}
    assert len(places & found) / len(found) > 0.6


def test_exactly_as_many_as_asked_for_telling_the_progress(large):
    assert len(large) == LARGE
    assert large["incident_id"].is_unique
    for number in (1, 1000):
        told: list[float] = []
        frame = generate(DATA, incidents=number, progress=told.append)
        assert len(frame) == number
        assert told == sorted(told)
        assert (told[0], told[-1]) == (0, 1)


@pytest.mark.parametrize("number", [0, -5])
def test_refuses_no_incidents(number):
    with pytest.raises(ValueError, match="incidents="):
        generate(DATA, incidents=number)


# --- levels --------------------------------------------------------------------------------


def test_levels_by_year(plain, usual):
    assert 85_000 <= len(plain) <= 95_000
    by_year = usual["start"].dt.year.value_counts()
    assert 27_500 <= by_year[2010] <= 30_500
    assert by_year[2011] < by_year[2010]
    assert by_year[2012] * 366 / 330 < by_year[2011]
    levels = pd.read_csv(DATA / "simulation" / "levels.csv").set_index("type")["reports_2009"]
    found = levels.drop(["DRUG_DEAL", "DRUG_ACT_SALE", "WEAPONS"]).sum()
    assert found / POPULATION * 1000 == pytest.approx(76, abs=0.5)


def test_published_falls_are_what_the_levels_aim_at():
    inputs = read_inputs(DATA)
    city, days = build_city(inputs), build_days(inputs)
    intensity = build_intensity(inputs, city, days)
    types = inputs["strata"]["type"].to_numpy()[intensity.stratum]
    month = days.dates.strftime("%Y-%m")
    for wanted, published in (
        ("BURGLARY", -16),
        ("VANDALISM", -31),
        ("VIOLENCE", -22),
        ("DRUG_ACT_SALE", -7),
    ):
        daily = intensity.expected[types == wanted].sum(axis=0)
        before, after = (daily[month.isin([f"{y}-09", f"{y}-10"])].sum() for y in (2009, 2012))
        assert (after / before - 1) * 100 == pytest.approx(published, abs=2)


@pytest.mark.parametrize(
    ("types", "published", "tolerance"),
    [
        ("BURGLARY", -16, 7),
        ("VANDALISM", -31, 6),
        ("VIOLENCE", -22, 9),
        ("DRUG_DEAL;DRUG_ACT_SALE", -7, 16),
    ],
)
def test_published_falls_2012_against_2009(large, types, published, tolerance):
    # September and October: 2009 has no earlier months, and P01 runs in November 2012.
    before = len(_between(_of(large, types), "2009-09-01", "2009-10-31"))
    after = len(_between(_of(large, types), "2012-09-01", "2012-10-31"))
    assert (after / before - 1) * 100 == pytest.approx(published, abs=tolerance)


def test_mix_of_types(usual):
    share = usual["type"].value_counts(normalize=True)
    levels = pd.read_csv(DATA / "simulation" / "levels.csv").set_index("type")
    grown = levels["reports_2009"] * (1 + levels["change_2012_pct"] / 200)
    planned = grown / grown.sum()
    assert (share - planned).abs().max() < 0.02
    assert share["OTHER"] < 0.02
    homes = _of(usual, "BURGLARY", HOMES)
    # 5,020 in the whole police district in 2011, of which this district is a good half.
    assert 2_300 < len(_between(homes, "2011-01-01", "2011-12-31")) < 3_300


# --- hours, weekdays, season ---------------------------------------------------------------


def test_home_burglary_by_day_and_towards_the_weekend(large):
    homes = _of(large, "BURGLARY", HOMES)
    assert _hours(homes, 8, 16) > 0.5
    middle = _middle(homes[homes["end"] - homes["start"] < pd.Timedelta(hours=168)])
    assert 0.2 < (middle.dt.hour >= 18).mean() < 0.3
    assert (middle.dt.hour < 6).mean() < 0.12
    houses = _middle(_of(large, "BURGLARY", ["HOUSE"])).dt.hour.value_counts()
    assert houses.idxmax() in range(16, 20)
    flats = _middle(_of(large, "BURGLARY", ["FLAT"])).dt.hour
    assert flats.between(11, 18).mean() > 0.5
    weekday = homes["start"].dt.day_of_week.value_counts()
    assert set(weekday.index[:2]) == {4, 5}
    assert weekday.idxmax() == 4


def test_violence_friday_and_saturday_night(large):
    violence = _of(large, "VIOLENCE")
    assert _hours(violence, 0, 6) > 0.4
    night = (violence["start"] - pd.Timedelta(hours=6)).dt.day_of_week.value_counts(normalize=True)
    assert set(night.index[:2]) == {4, 5}
    assert night[[4, 5]].sum() > 0.45


def test_theft_from_person_in_shopping_hours_and_in_the_nightlife(large):
    thefts = _of(large, "THEFT_PERSON")
    assert _hours(thefts, 11, 19) > 0.45
    bars = thefts[thefts["scene"] == "NIGHTLIFE"]
    assert _hours(bars, 22, 24) + _hours(bars, 0, 6) > 0.6
    month = thefts["start"].dt.to_period("M").value_counts().sort_index()
    whole = month["2010-01":"2011-12"].groupby(lambda period: period.month).sum()
    assert whole.idxmax() == 7
    assert whole[10] > whole[[9, 11]].max()


def test_vandalism_at_night_and_at_weekends(large):
    vandalism = _of(large, "VANDALISM")
    assert _hours(vandalism, 20, 24) + _hours(vandalism, 0, 6) > 0.5
    assert vandalism["start"].dt.day_of_week.isin([4, 5, 6]).mean() > 0.48


def test_harassment_in_the_afternoon_and_evening(large):
    assert _hours(_of(large, "HARASSMENT"), 12, 22) > 0.6


def test_police_initiated_types_follow_patrol_hours(large):
    found = _of(large, "DRUG_ACT_SALE;DRUG_DEAL")
    assert _hours(found, 14, 24) > 0.55
    assert _hours(found, 3, 8) < 0.08
    assert found["start"].dt.day_of_week.value_counts().idxmax() == 4


def test_burglary_in_the_dark_half_year_and_the_holiday_weeks(large):
    homes = _between(_of(large, "BURGLARY", HOMES), "2009-10-01", "2012-09-30")
    dark = homes["start"].dt.month.isin([10, 11, 12, 1, 2, 3]).mean()
    assert 0.56 < dark < 0.70
    # The store sees the start; the true moment of a long absence is somewhere after it.
    week = _middle(homes).dt.isocalendar().week.value_counts()
    around = week[[21, 22, 23, 24, 25, 33, 34, 35]].mean()
    assert (week[[27, 28, 29]] > 1.15 * around).all()
    assert week[42] > week[[39, 40]].mean()
    assert week[7] > week[[9, 10, 11]].mean()


def test_christmas_eve_and_new_year(large):
    homes = _of(large, "BURGLARY", HOMES)
    days = homes["start"].dt.strftime("%m-%d").value_counts()
    assert days["12-24"] / 3 > 2.7 * len(homes) / 1182
    for types, factor in (("FIRE", 4), ("VANDALISM", 2)):
        days = _of(large, types)["start"].dt.strftime("%m-%d").value_counts()
        assert days[["12-31", "01-01"]].mean() > factor * days.median()


# --- spans and clerks ----------------------------------------------------------------------


def test_spans(usual):
    hours = (usual["end"] - usual["start"]).dt.total_seconds() / 3600
    exact = hours.fillna(0) <= 0
    share = exact.groupby(usual["type"]).mean()
    assert (share[["BURGLARY", "THEFT_CAR"]] < 0.15).all()
    assert share["VANDALISM"] < 0.35
    assert (share[["VIOLENCE", "ROBBERY", "DRUG_DEAL", "WEAPONS"]] > 0.85).all()
    assert 0.03 < usual["end"].isna().mean() < 0.12
    homes = hours[_of(usual, "BURGLARY", HOMES).index]
    assert 0.005 < (homes > 168).mean() < 0.05
    assert homes.max() > 400


def test_long_absences_fall_in_holiday_weeks(large):
    homes = _of(large, "BURGLARY", HOMES)
    long = homes["end"] - homes["start"] > pd.Timedelta(hours=168)
    week = _middle(homes).dt.isocalendar().week
    holiday = week.isin([7, 27, 28, 29, 42])
    assert long[holiday].mean() > 3 * long[~holiday].mean()


def test_times_are_heaped(usual):
    minute = usual["start"].dt.minute
    assert (minute == 0).mean() > 0.35
    assert minute.isin([15, 30, 45]).mean() > 0.12
    assert (usual["time_from"].str[-5:] == "00:00").mean() > 0.015
    found = _of(usual, "DRUG_ACT_SALE;WEAPONS")
    assert (found["start"].dt.minute == 0).mean() < 0.3


def test_reports_come_late_and_police_ones_at_once(usual):
    known = usual[["start", "end"]].max(axis=1)
    delay = (usual["reported"] - known).dt.total_seconds() / 3600
    middle = delay.groupby(usual["type"]).median()
    assert middle["VANDALISM"] > 5
    assert middle["DRUG_ACT_SALE"] < 1
    assert delay.quantile(0.99) > 24 * 10


def test_daylight_saving_and_the_faults_on_purpose(usual):
    zone, first = "Europe/Copenhagen", np.ones(len(usual), dtype=bool)
    local = usual["start"].dt.tz_localize(zone, nonexistent="NaT", ambiguous=first)
    assert local.isna().sum() == 5
    for column in ("end", "reported"):
        known = usual[column].dropna()
        local = known.dt.tz_localize(zone, nonexistent="NaT", ambiguous=first[: len(known)])
        assert local.notna().all()
    twice = usual["start"].dt.tz_localize(zone, nonexistent="shift_forward", ambiguous="NaT")
    assert twice.isna().sum() > 5
    assert (usual["end"] < usual["start"]).sum() == 20


# --- places --------------------------------------------------------------------------------


def test_share_without_coordinates_and_outside(usual):
    missing = usual["lat"].isna()
    assert missing.mean() == pytest.approx(0.03, abs=0.003)
    assert (missing == usual["lon"].isna()).all()
    outside = ~missing & (usual["sector"] == 0)
    assert outside.mean() == pytest.approx(0.01, abs=0.002)


def test_mapped_incidents_lie_inside_sectors_on_land(usual):
    mapped = usual[usual["sector"] > 0]
    assert set(mapped["sector"]) == set(range(1, 22))
    water = shapely.union_all([shape for _, shape in _features("water")])
    assert not shapely.contains_xy(water, mapped["x"], mapped["y"]).any()
    land = shapely.union_all([shape for _, shape in _features("land")])
    # The sectors' generalised coast runs up to some metres outside the land's.
    assert shapely.contains_xy(land, mapped["x"], mapped["y"]).mean() > 0.999


def test_addresses_repeat_but_not_everywhere(usual):
    mapped = usual[usual["sector"] > 0]
    visits = mapped.groupby(["lat", "lon"]).size().sort_values(ascending=False)
    assert 15_000 < len(visits) < 40_000
    top = visits.iloc[: len(visits) // 100].sum() / visits.sum()
    assert 0.1 < top < 0.3
    homes = _of(mapped, "BURGLARY", HOMES).groupby(["lat", "lon"]).size()
    assert homes.max() < 40


def test_sectors_differ(usual):
    per_year = len(usual["start"].dt.date.unique()) / 365.25
    people = {p["sector_id"]: p["population"] for p, _ in _features("sectors")}
    rate = usual["sector"].value_counts().drop(0) / pd.Series(people) * 1000 / per_year
    assert rate.idxmax() == 8
    assert rate[8] > 1.6 * rate.median()
    assert rate[[14, 15, 20, 21]].max() < rate[[5, 7, 8]].min()
    violence = _of(usual, "VIOLENCE")["sector"].value_counts() / pd.Series(people)
    assert violence[8] > 4 * violence[[15, 20, 21]].max()
    houses = usual[usual["scene"] == "HOUSE"]["sector"].value_counts(normalize=True)
    assert houses[14] > 0.2
    assert houses.get(8, 0) < 0.01


def test_near_repeats_beyond_chance(usual):
    homes = _of(usual[usual["sector"] > 0], "BURGLARY", HOMES)
    pairs = cKDTree(homes[["x", "y"]]).query_pairs(200, output_type="ndarray")
    day = homes["start"].dt.normalize().to_numpy().astype("datetime64[D]").astype(int)
    rng = np.random.default_rng(1)

    def close(days: np.ndarray) -> int:
        return int((np.abs(days[pairs[:, 0]] - days[pairs[:, 1]]) <= 14).sum())

    # Shuffling within sectors keeps the series P01 where it is.
    shuffled = []
    for _ in range(5):
        days = day.copy()
        for sector in homes["sector"].unique():
            here = np.flatnonzero(homes["sector"] == sector)
            days[here] = rng.permutation(days[here])
        shuffled.append(close(days))
    assert close(day) > 1.15 * max(shuffled)


# --- what the founding text prints ---------------------------------------------------------


def test_the_founding_weekend_and_fortnight_are_lively(usual):
    weekend = _between(usual, "2012-11-23", "2012-11-25")
    assert len(weekend) > 180
    assert weekend["type"].nunique() >= 10
    fortnight = _between(usual, "2012-11-05", "2012-11-18")
    counts = fortnight["sector"].value_counts().drop(0)
    assert counts.min() > 15
    assert counts[14] > 70


# --- planted changes -----------------------------------------------------------------------


def _planted() -> list[dict[str, str]]:
    frame = pd.read_csv(DATA / "planted_changes.csv", dtype=str, keep_default_na=False)
    return frame.to_dict("records")


def _reach(change: dict[str, str]) -> shapely.Geometry | None:
    """Return the ground of a planted change, from the published layers alone."""
    if change["kind"] == "nightlife":
        listed = pd.read_csv(DATA / "simulation" / "attractors.csv")
        bars = listed[listed["kind"] == "nightlife"]
        x, y = _METRES.transform(bars["lon"].to_numpy(), bars["lat"].to_numpy())
        return shapely.union_all(shapely.buffer(shapely.points(x, y), bars["radius_m"]))
    layer = {"station": "stations", "estate": "designated_areas", "shopping": "streets"}
    if change["kind"] not in layer:
        return None
    reach = {"station": 150, "estate": 0, "shopping": 32}[change["kind"]]
    shapes = [s for p, s in _features(layer[change["kind"]]) if p["name"] == change["place"]]
    return shapely.union_all(shapes).buffer(reach)


def test_there_are_ten_planted_changes():
    changes = _planted()
    assert [change["id"] for change in changes] == [f"P{n:02d}" for n in range(1, 11)]
    assert all(change["note"] and change["what"] for change in changes)


@pytest.mark.parametrize("change", _planted(), ids=lambda change: change["id"])
def test_planted_changes_can_be_measured(large, change):
    frame = _of(large, change["type"]) if change["type"] else large[large["type"] != "HARASSMENT"]
    here = np.ones(len(frame), dtype=bool)
    if change["sector"]:
        here &= frame["sector"].isin([int(s) for s in change["sector"].split(";")]).to_numpy()
    ground = _reach(change)
    if ground is not None:
        inside = shapely.contains_xy(ground, frame["x"], frame["y"])
        # An effort in the nightlife of two sectors is compared with nightlife elsewhere.
        frame, here = (frame[inside], here[inside]) if change["sector"] else (frame, inside)
    until = pd.Timestamp(change["to"]) + pd.Timedelta(days=1)
    when = ((frame["start"] >= change["from"]) & (frame["start"] < until)).to_numpy()
    factor = float(change["factor"])
    if change["id"] == "P10":
        year = frame["start"].dt.year.to_numpy()
        ratio = _ratio(here, year == 2011, year == 2010)
        assert ratio == pytest.approx(1, abs=0.1)
    elif change["id"] == "P05":
        before, after = (_between(frame, f"{y}-03-01", f"{y}-11-25") for y in (2011, 2012))
        assert len(after) / len(before) == pytest.approx(factor, rel=0.12)
    else:
        assert _ratio(here, when, ~when) == pytest.approx(factor, rel=0.4)


def _ratio(here: np.ndarray, after: np.ndarray, before: np.ndarray) -> float:
    change = (here & after).sum() / (here & before).sum()
    return float(change / ((~here & after).sum() / (~here & before).sum()))
