"""One workspace per city and session: setting up and importing is what takes time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from tests.oracle import Oracle, read_sectors
from tests.reference import cities
from tests.reference.cities import PROFILES, City, set_up
from tests.reference_data import reference

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cities")


@pytest.fixture(scope="session")
def chicago(folder: Path) -> City:
    rows = reference("incidents/chicago/chicago_2016_2017.csv.gz")
    sectors = reference("incidents/chicago/policeDistricts.geojson")
    zone = "America/Chicago"
    space = set_up(folder / "chicago", "Chicago", zone, "EPSG:26916", sectors, sector_id="District")
    summary = space.load(rows, profile="chicago")
    return City(
        space, Oracle(cities.chicago(rows), read_sectors(sectors, code="District"), zone), summary
    )


@pytest.fixture(scope="session")
def vancouver(folder: Path) -> City:
    old = reference("incidents/vancouver/CrimeData_2012.xlsx")
    new = reference("incidents/vancouver/crimedata_csv_AllNeighbourhoods_2025.csv.gz")
    areas = gpd.read_file(reference("incidents/vancouver/local-area-boundary.geojson"))
    people = pd.read_csv(reference("incidents/vancouver/van_pop_2016.csv"))
    sectors = folder / "vancouver_areas.geojson"
    areas.merge(people, left_on="name", right_on="NEIGHBOURHOOD").to_file(sectors, driver="GeoJSON")
    zone = "America/Vancouver"
    names = {"sector_id": "mapid", "sector_name": "name", "population": "POPULATION"}
    space = set_up(folder / "vancouver", "Vancouver", zone, "EPSG:26910", sectors, **names)
    summary = space.load(old, new, profile=PROFILES / "vancouver.toml")
    rows = pd.concat([cities.vancouver(old), cities.vancouver(new)], ignore_index=True)
    rows["incident_id"] = [f"row {i}" for i in rows.index]
    places = read_sectors(sectors, code="mapid", name="name", population="POPULATION")
    return City(space, Oracle(rows, places, zone), summary)


@pytest.fixture(scope="session")
def berlin(folder: Path) -> City:
    new = reference("incidents/berlin/Fahrraddiebstahl_2024_2025_latin1.csv.gz")
    old = reference("incidents/berlin/Fahrraddiebstahl_2021_2022_utf8.csv")
    sectors = reference("incidents/berlin/LOR_2023-01-01_PLR_EPSG_25833_nur_ID.shp")
    zone = "Europe/Berlin"
    space = set_up(folder / "berlin", "Berlin", zone, "EPSG:25833", sectors, sector_id="PLR_ID")
    summary = space.load(new, old, profile=PROFILES / "berlin.toml")
    rows = [cities.berlin(new, "latin-1"), cities.berlin(old, "utf-8")]
    rows = pd.concat(rows, ignore_index=True)
    rows["incident_id"] = [f"row {i}" for i in rows.index]
    return City(space, Oracle(rows, read_sectors(sectors, code="PLR_ID"), zone), summary)


@pytest.fixture(scope="session")
def northumbria(folder: Path) -> City:
    path = reference("incidents/northumbria/northumbria_asb.tab")
    sectors = reference("incidents/northumbria/northumbria_wards.gpkg")
    zone = "Europe/London"
    names = {"sector_id": "ward_code", "sector_name": "ward_name"}
    space = set_up(folder / "northumbria", "Northumbria", zone, "EPSG:27700", sectors, **names)
    summary = space.load(path, profile=PROFILES / "northumbria.toml")
    places = read_sectors(sectors, code="ward_code", name="ward_name")
    return City(space, Oracle(cities.northumbria(path), places, zone), summary)


@pytest.fixture(scope="session")
def manchester(folder: Path) -> City:
    path = reference("incidents/manchester/gmp_bur.csv.gz")
    sectors = reference("incidents/manchester/manchester_ward.geojson")
    zone = "Europe/London"
    names = {"sector_id": "wd16cd", "sector_name": "wd16nm", "station": "lad16nm"}
    space = set_up(
        folder / "manchester", "Greater Manchester", zone, "EPSG:27700", sectors, **names
    )
    summary = space.load(path, profile=PROFILES / "manchester.toml")
    places = read_sectors(sectors, code="wd16cd", name="wd16nm", station="lad16nm")
    return City(space, Oracle(cities.manchester(path), places, zone), summary)


@pytest.fixture(scope="session")
def memphis(folder: Path) -> City:
    path = reference("incidents/memphis/memphis_robberies_2019.csv")
    sectors = reference("incidents/memphis/memphis_precincts.geojson")
    zone = "America/Chicago"
    space = set_up(folder / "memphis", "Memphis", zone, "EPSG:26915", sectors, sector_id="precinct")
    summary = space.load(path, profile=PROFILES / "memphis.toml")
    return City(
        space, Oracle(cities.memphis(path), read_sectors(sectors, code="precinct"), zone), summary
    )


@pytest.fixture(scope="session")
def cincinnati(folder: Path) -> City:
    """Police districts of Cincinnati as rough boxes: their borders are not in the data."""
    path = reference("incidents/cincinnati/cincinnati_2013_2016_sample.csv")
    raw = pd.read_csv(path, dtype=str)
    raw = raw[raw["lat"].notna() & raw["District"].isin(list("12345"))]
    points = gpd.GeoSeries(gpd.points_from_xy(raw["lon"], raw["lat"]), crs=cities.DEGREES)
    middle = points.groupby(raw["District"].to_numpy()).apply(lambda p: p.union_all().centroid)
    boxes = middle.set_crs(cities.DEGREES).to_crs("EPSG:26916").buffer(3000, cap_style="square")
    sectors = folder / "cincinnati_districts.gpkg"
    frame = gpd.GeoDataFrame(
        {"district": boxes.index.astype(int)}, geometry=boxes.to_numpy(), crs=boxes.crs
    )
    frame.to_file(sectors, driver="GPKG")
    zone = "America/New_York"
    space = set_up(
        folder / "cincinnati", "Cincinnati", zone, "EPSG:26916", sectors, sector_id="district"
    )
    summary = space.load(path, profile=PROFILES / "cincinnati.toml")
    return City(
        space,
        Oracle(cities.cincinnati(path), read_sectors(sectors, code="district"), zone),
        summary,
    )
