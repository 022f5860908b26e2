"""The small files of the simulated district: complete, consistent, calibrated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.sources.simulated.infrastructure import draw_infrastructure
from ypo_dash.sources.simulated.inputs import Inputs, read_inputs
from ypo_dash.sources.simulated.survey import draw_population, draw_survey
from ypo_dash.sources.survey_profile import MEASURES

DATA = Path(__file__).parents[2] / "data"
CITY = {2009: (10.9, 22.0), 2010: (10.9, 20.9), 2011: (10.0, 19.75), 2012: (9.0, 18.6)}


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return read_inputs(DATA)


@pytest.fixture(scope="module")
def survey(inputs: Inputs) -> pd.DataFrame:
    """Respondents, with their weight to the population of their area by sex and age."""
    areas = pd.DataFrame([properties for properties, _ in inputs.layers["safety_areas"]])
    found = pd.read_csv(DATA / "survey.csv")
    people = pd.read_csv(DATA / "area_population.csv")
    of = ["area_id", "year", "sex", "age"]
    found["weight"] = found.merge(people)["population"] / found.groupby(of)["unsafe"].transform(
        "size"
    )
    return found.merge(areas[["area_id", "name", "bydel"]], on="area_id", validate="m:1")


def share(rows: pd.DataFrame, measure: str) -> float:
    return float((rows[measure] * rows["weight"]).sum() / rows["weight"].sum())


def test_district():
    district = District.read(DATA / "district.toml")
    district.check()
    assert (district.name, district.timezone, district.crs) == (
        "Bellahøj",
        "Europe/Copenhagen",
        "EPSG:25832",
    )
    assert district.simulated
    assert set(district.stations) == {"NE", "NW", "F"}
    assert all(set(names) == {"da", "en"} for names in district.stations.values())
    assert "Københavns Kommune (CC BY 4.0)" in district.attribution


def test_posts(inputs):
    posts = pd.read_csv(DATA / "posts.csv").set_index("sector_id")
    station = {p["sector_id"]: p["station"] for p, _ in inputs.layers["sectors"]}
    assert set(posts.index) == set(station)
    assert posts.groupby(station)["posts"].sum().to_dict() == {"NE": 18, "NW": 12, "F": 12}
    assert set(posts["factor"]) == {1, 2, 3, 4, 5}
    assert posts["reason"].str.startswith("Simuleret").all()
    assert posts["approved_by"].str.startswith("Leder af lokalstation").all()
    assert pd.to_datetime(posts["date"]).between("2011-09-01", "2012-11-25").all()


def test_files_are_the_draws_of_their_tables(inputs):
    for name, draw in (
        ("survey", draw_survey),
        ("area_population", draw_population),
        ("infrastructure", draw_infrastructure),
    ):
        pd.testing.assert_frame_equal(pd.read_csv(DATA / f"{name}.csv"), draw(inputs))


def test_survey_covers_all_areas_but_frederiksberg(survey):
    assert survey["area_id"].nunique() == 29
    assert "Frederiksberg" not in set(survey["bydel"])
    answers = survey.groupby(["year", "area_id"]).size()
    assert (answers.groupby("year").size() == 29).all()
    assert set(survey["year"]) == set(CITY)
    assert answers.mean() == pytest.approx(229, abs=8)
    assert answers.min() >= 100
    for measure in MEASURES:
        assert set(survey[measure]) == {0, 1}


def test_survey_has_the_published_levels_and_falls(survey):
    shares = {
        year: (100 * share(rows, "unsafe"), 100 * share(rows, "unsafe_night"))
        for year, rows in survey.groupby("year")
    }
    for year, (unsafe, night) in CITY.items():
        assert shares[year][0] == pytest.approx(unsafe, abs=1.2)
        assert shares[year][1] == pytest.approx(night, abs=1.5)
    assert shares[2012][1] < shares[2009][1] - 2
    assert shares[2012][0] < shares[2009][0] - 1


def test_survey_differs_between_districts_and_people(survey):
    place = {name: share(rows, "unsafe") for name, rows in survey.groupby("bydel")}
    assert place["Nørrebro"] > 2 * place["Østerbro"]
    assert share(survey[survey["name"] == "Tingbjerg"], "unsafe") > 0.2
    women, men = (survey[survey["sex"] == sex] for sex in "fm")
    assert share(women, "unsafe_night") > 1.3 * share(men, "unsafe_night")
    # Who answers is not who lives there: that is what the weights are for.
    young = survey["age"].eq("16-29")
    assert young.mean() < survey.loc[young, "weight"].sum() / survey["weight"].sum() - 0.02


def test_population_is_that_of_the_areas(inputs):
    people = pd.read_csv(DATA / "area_population.csv").groupby("area_id")["population"].sum()
    areas = {p["area_id"]: p["population"] for p, _ in inputs.layers["safety_areas"]}
    assert set(people.index) == set(areas)
    for area, adults in people.items():
        assert 0.75 * areas[area] < adults < 0.9 * areas[area]


def test_holidays():
    holidays = pd.read_csv(DATA / "holidays.csv")
    named = holidays.set_index("date")["name_da"]
    assert len(holidays) == 14 * 4
    assert named["2012-04-08"] == "Påskedag"
    assert named["2010-04-30"] == "Store bededag"
    assert named["2011-06-02"] == "Kristi himmelfartsdag"
    assert holidays["date"].is_monotonic_increasing


def test_every_table_names_its_source():
    tables = sorted((DATA / "simulation").glob("*.csv"))
    assert len(tables) == 16
    for path in tables:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert (frame["source"] != "").all(), path.name


def test_no_inputs_about_who_people_are():
    banned = ("income", "ethnic", "citizen", "origin", "unemploy", "religion", "gender")
    for path in (DATA / "simulation").glob("*.csv"):
        header = path.read_text(encoding="utf-8").splitlines()[0].lower()
        assert not any(word in header for word in banned), path.name


@pytest.fixture
def copy(tmp_path):
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("strata.csv", ",home_flat,", ",nowhere,", "hours.csv"),
        ("strata.csv", "BURGLARY,residential,0.1,", "BURGLARY,residential,0.2,", "sum to 1"),
        ("strata.csv", "BURGLARY,estate,0.02", "BURGLARY,castle,0.02", "does not know"),
        ("levels.csv", "no_coordinates_pct", "other", "no such column"),
        ("scene_places.csv", "CELLAR,", "DUNGEON,", "DUNGEON|CELLAR"),
        ("levels.csv", "OTHER,", "NEW,", "NEW|OTHER"),
        ("sector_risk.csv", "\n21,", "\n22,", "21"),
        ("settings.toml", "[period]", "[period", "settings"),
        ("hours.csv", None, None, "cannot read"),
    ],
)
def test_contradicting_inputs_are_refused(copy, name, old, new, message):
    path = copy / "simulation" / name
    if old is None:
        path.unlink()
    else:
        _replace(path, old, new)
    with pytest.raises(InputError, match=message):
        read_inputs(copy)


def test_a_new_code_in_scenes_must_be_in_the_taxonomy(copy):
    path = copy / "simulation"
    _replace(path / "scene_places.csv", "CELLAR,", "DUNGEON,")
    _replace(path / "stratum_scenes.csv", ",CELLAR,", ",DUNGEON,")
    with pytest.raises(InputError, match="DUNGEON"):
        read_inputs(copy)
