"""Berlin: from-to times in whole hours, areas instead of points, Latin-1 and UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

from tests.oracle import Oracle, read_sectors
from tests.reference import cities
from tests.reference.cities import PROFILES, City, bounding_sector, set_up
from tests.reference.compare import check, check_incidents
from tests.reference_data import reference

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.reference
ROWS = 27_701 + 20_672
ZONE = "Europe/Berlin"
AREAS = "incidents/berlin/LOR_2023-01-01_PLR_EPSG_25833_nur_ID.shp"
LATIN = "incidents/berlin/Fahrraddiebstahl_2024_2025_latin1.csv.gz"


def test_every_theft_has_a_sector_and_no_cell(berlin: City) -> None:
    summary = berlin.summary
    assert summary["read"] == summary["new"] == ROWS
    assert (summary["rejected"], summary["ends_before_start"]) == (0, 0)
    assert summary["identical_rows"] == 46 + 32
    wanted = berlin.oracle.status()
    status = berlin.workspace.status()
    assert {key: status[key] for key in wanted} == wanted
    assert status["mapped"] == status["sector_only"] == ROWS
    assert berlin.workspace.query("cells", "from=2021-01-01&to=2025-12-31").empty


def test_leading_zeros_of_area_codes_stay(berlin: City) -> None:
    sectors = berlin.workspace.query("sectors", "from=2021-01-01&to=2025-12-31")
    assert len(sectors) == 542
    assert (sectors["sector_id"].str.len() == 8).all()
    assert sectors["count"].astype(float).sum() == ROWS


# No theft has a point, so there are no cells to compare.
BREAKDOWNS = ("sectors", "hours", "weeks", "types", "scenes")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "from=2021-01-01&to=2025-12-31",
        "from=2024-10-27&to=2024-10-27",
        "from=2021-10-30&to=2021-10-31&hours=2-3",
        "from=2024-10-26&to=2024-10-27&hours=22-6",
        "from=2024-03-25&to=2024-03-31&hours=1-4&days=7",
    ],
)
def test_states(berlin: City, query: str) -> None:
    assert check(berlin, query, BREAKDOWNS, context=False) > 0


@pytest.mark.parametrize(
    "query",
    [
        "from=2024-01-01&to=2024-12-31&days=5,6&hours=18-7&types=BURGLARY",
        "from=2021-06-01&to=2021-08-31&sectors=01100101,11300725&scenes=CELLAR,UNKNOWN",
    ],
)
def test_states_with_their_context(berlin: City, query: str) -> None:
    assert check(berlin, query, BREAKDOWNS) > 0


def test_incidents_around_the_switch_of_the_clock(berlin: City) -> None:
    check_incidents(berlin, "from=2024-10-25&to=2024-10-27")
    check_incidents(berlin, "from=2025-03-29&to=2025-03-30&hours=22-6")


def test_thefts_in_areas_that_are_no_sectors_are_not_mapped(tmp_path: Path) -> None:
    """The district is one borough; the rest of the city is outside, and counted."""
    path = reference(LATIN)
    areas = gpd.read_file(reference(AREAS))
    sectors = tmp_path / "neukoelln.gpkg"
    areas[areas["PLR_ID"].str.startswith("08")].to_file(sectors, driver="GPKG")
    space = set_up(tmp_path / "home", "Neukölln", ZONE, "EPSG:25833", sectors, sector_id="PLR_ID")
    summary = space.load(path, profile=PROFILES / "berlin.toml")
    city = City(
        space,
        Oracle(cities.berlin(path, "latin-1"), read_sectors(sectors, code="PLR_ID"), ZONE),
        summary,
    )
    wanted, status = city.oracle.status(), space.status()
    assert {key: status[key] for key in wanted} == wanted
    assert summary["not_mapped"] == wanted["outside"] > wanted["mapped"] > 1000
    check(city, "from=2024-01-01&to=2025-12-31", ("sectors", "types"))
    check(
        city,
        "from=2024-10-26&to=2024-10-27&hours=22-6&sectors=08100102,08401245",
        ("sectors", "hours"),
    )


def test_area_codes_of_another_city_stop_the_file(tmp_path: Path) -> None:
    sectors = bounding_sector([52.3, 52.7], [13.0, 13.8], tmp_path / "box.geojson")
    space = set_up(tmp_path / "home", "Berlin", ZONE, "EPSG:25833", sectors, sector_id="id")
    before = space.status()
    done = space.run("import", "incidents", reference(LATIN), "--profile", PROFILES / "berlin.toml")
    assert done.returncode == 1
    assert "27,701 area codes" in done.stderr
    assert "08301037" in done.stderr
    assert space.status() == before


def test_a_file_without_points_needs_an_area(berlin: City, tmp_path: Path) -> None:
    text = (PROFILES / "berlin.toml").read_text(encoding="utf-8").replace('area = "LOR"\n', "")
    assert 'LOR"' not in text
    profile = tmp_path / "no_area.toml"
    profile.write_text(text, encoding="utf-8")
    before = berlin.workspace.status()["snapshot"]
    done = berlin.workspace.run("import", "incidents", reference(LATIN), "--profile", profile)
    assert done.returncode == 1
    assert "area" in done.stderr
    assert "Traceback" not in done.stderr
    assert berlin.workspace.status()["snapshot"] == before


def test_latin_1_read_as_utf_8_is_the_same_city(berlin: City) -> None:
    """Both encodings give the same words, so both kinds of theft have their type."""
    rows = cities.berlin(reference(LATIN), "latin-1")
    types = berlin.workspace.query("types", "from=2024-01-01&to=2025-12-31").set_index("code")[
        "count"
    ]
    assert float(types["BURGLARY"]) == (rows["type"] == "BURGLARY").sum() == 1535
