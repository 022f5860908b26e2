"""The analysis page: each section at its address, in both languages, with the numbers of its file."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest

from app import create_app
from ypo_dash.i18n import catalogue, number, weekday_names
from ypo_dash.model.filters import Filters
from ypo_dash.pages.analysis import SECTIONS, _tidied
from ypo_dash.views import effort, rhythm
from ypo_dash.views.analysis import METRIC_NAMES, PART_NAMES

EFFORT = "types=VIOLENCE&place=7,8&against=1,2,3&start=2011-09-01&before=year"


@pytest.fixture(scope="module")
def client(demo_home):
    return create_app(demo_home).server.test_client()


@pytest.mark.parametrize("state", ["types=VIOLENCE", "sectors=5", "sectors=7&types=ROBBERY", ""])
def test_hours_with_the_same_number_have_the_same_shade(client, state):
    page = client.get(f"/analysis/time?lang=en&{state}").text
    found = re.findall(r'<td class="heat-(\d)">([^<]+)</td>', page)
    assert len(found) == 168
    shades = {}
    for shade, shown in found:
        assert shades.setdefault(shown, shade) == shade, shown
    assert len(set(shades.values())) > 1


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main>") :])).split())


def table(page, name):
    body = page[page.index(f'class="{name}') :]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body[: body.index("</table>")], re.DOTALL)
    return [[" ".join(unescape(re.sub(r"<[^>]+>", " ", c)).split()) for c in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]  # fmt: skip


def exported(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_says_what_it_shows(client, demo, section, lang):
    own = EFFORT.removeprefix("types=VIOLENCE&") if section == "effort" else ""
    page = client.get(f"/analysis/{section}?types=VIOLENCE&lang={lang}&{own}".rstrip("&")).text
    said = words(page)
    assert f'<html lang="{lang}">' in page
    title = catalogue(lang).get(SECTIONS[section].title, SECTIONS[section].title)
    assert f'aria-current="page">{title}</a>' in page
    assert demo.id in said
    assert {"da": "Simulerede data", "en": "Simulated data"}[lang] in page
    assert Filters(types=("VIOLENCE",)).describe(demo, lang).split(",")[0] in said
    assert f'/?types=VIOLENCE&amp;lang={lang}"' in page  # back to Explore
    for anchor in SECTIONS[section].anchors:
        assert f'href="/method?lang={lang}#{anchor}"' in page
    assert 'class="verdict finding"' in page
    for name in SECTIONS[section].exports:
        link = unescape(re.search(rf'href="(/export/{name}\.csv[^"]*)"', page)[1])
        assert client.get(link).status_code == 200


def test_every_name_of_the_page_has_its_danish():
    danish = catalogue("da")
    names = [s.title for s in SECTIONS.values()]
    for some in (METRIC_NAMES, PART_NAMES, effort.PART_NAMES):
        names += some.values()
    names += ["{day} night", "{day} morning", "{day} afternoon", "{day} evening", "more on {names}", "fewer on {names}", "more", "fewer"]  # fmt: skip
    names += effort.SAID.values()
    assert [name for name in names if name not in danish] == []


@pytest.mark.parametrize("lang", ["da", "en"])
def test_time_has_the_numbers_of_its_files(client, lang):
    state = "types=BURGLARY&from=2012-09-01&to=2012-11-25"
    page = client.get(f"/analysis/time?{state}&lang={lang}").text
    months = table(page, "list season")[1:]
    for row, file in zip(months, exported(client, f"/export/season.csv?{state}"), strict=True):
        low, high = (number(float(file[k]), lang, 2) for k in ("low", "high"))
        assert row[1:3] == [number(float(file["per_day"]), lang, 2), f"{low}–{high}"]
        assert row[4:] == [number(float(file[k]), lang) for k in ("count", "days", "years")]
    cells = [cell for row in table(page, "list parts-table")[1:] for cell in row[1:]]
    for cell, file in zip(cells, exported(client, f"/export/dayparts.csv?{state}"), strict=True):
        assert cell.split()[0] == number(float(file["count"]), lang, 0)
        assert f"({number(float(file['low']), lang, 0)}; {number(float(file['high']), lang, 0)})" in cell  # fmt: skip
    hours = [row for row in table(page, "heat") if row[0] in weekday_names(lang)]
    week = exported(client, f"/export/hours.csv?{state}")
    assert sum(len(row) - 2 for row in hours) == len(week) == 168
    for h, file in enumerate(week):
        shown = float(hours[h // 24][1 + h % 24].replace(",", "."))
        assert shown == pytest.approx(float(file["count"]), abs=0.51)


def test_concentration_and_near_repeats_have_the_numbers_of_their_files(client):
    page = client.get("/analysis/concentration?lang=en").text
    for row, file in zip(table(page, "list focus")[1:4], exported(client, "/export/concentration.csv"), strict=True):  # fmt: skip
        assert row[1] == file["cells"]
        assert row[3] == number(float(file["incidents"]), "en")
        assert row[7:9] == [
            number(float(file["pai"]), "en", 1),
            number(float(file["pei"]), "en", 2),
        ]
    assert re.search(r"2,050 incidents in [56]\d\d hexagons of resolution 9, 44.1 km²", words(page))
    page = client.get("/analysis/nearrepeat?lang=en&metric=euclid").text
    assert "this is burglary" in page
    link = unescape(re.search(r'href="(/export/nearrepeat\.csv[^"]*)"', page)[1])
    assert "types=BURGLARY" in link  # the file of a state without a type has all of them
    assert "metric=euclid" in link
    cells = [cell for row in table(page, "list repeat")[1:] for cell in row[1:]]
    for cell, file in zip(cells, exported(client, link), strict=True):
        assert f"{number(float(file['pairs']), 'en', 0)} pairs" in cell
    assert re.search(r'<td class="more"><b>1.7', page)  # same place, first week
    other = client.get("/analysis/nearrepeat?lang=en").text
    assert table(other, "list repeat") != table(page, "list repeat")


def test_an_effort_has_the_numbers_of_its_file_and_its_own_dates(client):
    page = client.get(f"/analysis/effort?{EFFORT}&lang=en").text
    assert "Violence, 1/9/2011–25/11/2012" in words(page)  # not the last four weeks
    rows, files = table(page, "list effort-table")[1:], exported(client, f"/export/effort.csv?{EFFORT}")  # fmt: skip
    assert [row[1:3] for row in rows[:2]] == [[f["before"], f["after"]] for f in files[:2]]
    by_part = {f["part"]: f for f in files}
    assert rows[2][3].replace("−", "-") == f"{float(by_part['in_proportion']['difference']):.0f}"
    empty = client.get("/analysis/effort?lang=en")
    assert (empty.status_code, "/export/effort.csv" in empty.text) == (200, False)
    assert 'value="7,8"' in client.get("/analysis/effort?place=7,8&against=8&start=2012-01-01").text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/analysis?hours=99-3", "hours:"),
        ("/analysis?typ=FIRE", "did you mean"),
        ("/analysis/time?metric=euclid", "unknown parameter"),
        ("/analysis/nearrepeat?metric=crow", "use manhattan, euclid"),
        ("/analysis/nearrepeat?metric=euclid&metric=euclid", "stands twice"),
        ("/analysis/nearrepeat?types=BURGLARY&from=2009-09-01", "at most 5000"),
        ("/analysis/concentration?cell=891f05a0003ffff", "one hexagon has no concentration"),
        ("/analysis/effort?place=7&against=7&start=2012-01-01", "overlaps place"),
        ("/analysis?tier=partner&from=2012-01-01&to=2012-03-31", "tier"),
        ("/analysis?from=2013-01-01", "after the last date"),
    ],
)
def test_a_bad_value_is_said_in_the_page(client, path, says):
    answer = client.get(path + "&lang=en")
    assert answer.status_code == 400
    problem = unescape(re.search(r'id="problem">([^<]*)', answer.text)[1])
    assert says in problem
    assert 'class="verdict' not in answer.text


def test_what_a_form_sends_becomes_a_short_address(client):
    answer = client.get("/analysis/time?lang=en&from=2012-11-01&to=2012-11-25&types=BURGLARY&types=FIRE&sectors=7&hours=&compare=previous")  # fmt: skip
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/analysis/time?lang=en&from=2012-11-01&to=2012-11-25&types=BURGLARY,FIRE&sectors=7&compare=previous"  # fmt: skip
    assert client.get(answer.headers["Location"]).status_code == 200
    assert _tidied("types=A%2CB&hours=22-6") == "types=A%2CB&hours=22-6"
    assert client.get("/analysis/nothing").status_code == 404


def test_types_that_the_police_find_are_named(client):
    assert "The police find these themselves" in client.get("/analysis/concentration?lang=en").text
    assert "The police find" not in client.get("/analysis/concentration?types=FIRE&lang=en").text


def test_an_export_takes_its_own_parameters_alone(client):
    assert client.get("/export/season.csv?metric=euclid").status_code == 400
    assert client.get("/export/types.csv?place=7").status_code == 400
    answer = client.get("/export/effort.csv?place=7&against=7&start=2012-01-01")
    assert (answer.status_code, answer.json["parameter"]) == (400, "against")


def test_what_was_written_is_shown_as_text(client):
    answer = client.get(
        "/analysis/effort", query_string={"place": '7"><img src=x>', "against": "8"}
    )
    assert (answer.status_code, "<img" in answer.text) == (400, False)
    assert "7&#34;&gt;&lt;img" in answer.text


def test_months_are_in_their_order():
    assert rhythm.month_names("da")[0] == "januar"
    assert rhythm.month_names("en")[11] == "December"
