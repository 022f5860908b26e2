"""The list of sectors and a sector's overview: their numbers against plain pandas, and who sees what."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from app import create_app
from tests.desk_entries import effort
from ypo_dash.pages.sector_overview import running

WEEK = ("2012-11-19", "2012-11-25")
DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def client(desk_home):
    return create_app(desk_home).server.test_client()


@pytest.fixture(scope="module")
def week(incidents):
    """The raw rows of the week, each with its sector: the lowest of those that a point touches."""
    days = incidents["time_from"].str[:10]
    rows = incidents[days.between(*WEEK)].dropna(subset=["lat", "lon"]).copy()
    sectors = gpd.read_file(DATA / "sectors.geojson").sort_values("sector_id")
    points = shapely.points(rows["lon"].to_numpy(float), rows["lat"].to_numpy(float))
    inside = np.array([shapely.intersects(shape, points) for shape in sectors.geometry])
    ids = sectors["sector_id"].to_numpy()
    rows["sector"] = np.where(inside.any(axis=0), ids[inside.argmax(axis=0)], 0)
    return rows


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(page, name):
    body = page[page.index(f'class="{name}"') :]
    body = body[: body.index("</table>")]
    return [
        [words(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    ]


@pytest.mark.parametrize("sector", ["5", "14"])
def test_the_week_by_type_is_what_pandas_counts(client, week, demo, sector):
    page = client.get(f"/sector/{sector}?lang=en").text
    shown = {row[1]: int(row[2]) for row in rows(page, "list by-type")[1:]}
    counted = week[week["sector"] == int(sector)]["type"].value_counts()
    assert shown.pop("All") == counted.sum() > 20
    codes = {offence.name("en"): offence.code for offence in demo.taxonomy.offences}
    assert shown == {name: counted.get(codes[name], 0) for name in shown}
    assert set(counted.index) <= {codes[name] for name in shown}


def test_what_stands_on_the_desk(client):
    page = words(client.get("/sector/14?lang=en").text)
    for said in (
        "Simuleret person 27", "00 00 14 01", "Burglary in sector 14: 27 in the week of 19/11/2012, 3–17 would be normal.",
        "Indbrud op til jul i Brønshøj-Husum", "review 17/12/2012", "Per 1,000 inhabitants", "Need by the model",
    ):  # fmt: skip
        assert said in page or said.replace("/2012, 3", ", 3") in page, said
    five = words(client.get("/sector/5?lang=da").text)
    assert "Udsatte boligområder Mjølnerparken 1.900 indbyggere" in five
    assert "Den officielle liste: siden 1/10/2012" in five
    # An effort that reaches into a neighbour stands there too.
    assert "Natteliv på Indre Nørrebro" in words(client.get("/sector/8?lang=en").text)
    assert "Natteliv på Indre Nørrebro" not in words(client.get("/sector/9?lang=en").text)


def test_what_is_due_is_told_soonest_first_and_past_days_in_words(client):
    found = rows(client.get("/sector/8?lang=en").text, "list due")[1:]
    assert len(found) >= 5
    days = [re.match(r"(\d+)/(\d+)/(\d+)", row[0]).groups() for row in found]
    order = [(int(y), int(m), int(d)) for d, m, y in days]
    assert order == sorted(order)
    for (year, month, day), row in zip(order, found, strict=True):
        assert ("ago" in row[0]) == ((year, month, day) < (2012, 11, 26))


def test_the_list_has_every_sector_its_manager_and_what_is_unusual(client, demo):
    page = client.get("/sector?lang=en").text
    found = {row[0].split()[0]: row for row in rows(page, "list sectors") if len(row) == 6 and row[0][0].isdigit()}  # fmt: skip
    assert list(found) == list(demo.sector_names)
    for sector, row in found.items():
        assert row[1] == f"Simuleret person {2 * int(sector) - 1}"
    assert [sector for sector, row in found.items() if row[3]] == ["14"]


def test_an_effort_is_told_two_weeks_ahead_and_to_its_last_day():
    dates = {"a": ("2012-11-01", "2012-11-25"), "b": ("2012-11-01", "2012-11-26"), "c": ("2012-12-10", "2012-12-31"), "d": ("2012-12-11", "2012-12-31")}  # fmt: skip
    ones = [effort(key=f"7/{name}", start=start, end=end) for name, (start, end) in dates.items()]
    assert [e.key for e in running(ones, date(2012, 11, 26))] == ["7/b", "7/c"]


def test_an_unknown_sector_or_part_is_told(client):
    for path in ("/sector/99", "/sector/5?part=gossip"):
        assert client.get(path).status_code == 404
