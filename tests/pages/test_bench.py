"""The staffing and the safety page of the open district: the same numbers everywhere, and every state."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html import unescape

import pytest

from app import create_app
from ypo_dash.i18n import number
from ypo_dash.people.access import Access
from ypo_dash.people.plans import edited


@pytest.fixture(scope="module")
def app(demo_home, tmp_path_factory):
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("bench") / "workspace")
    made = create_app(home)
    made.home = home
    return made


@pytest.fixture
def client(app):
    return app.server.test_client()


def cells(page):
    """The table of a page: rows of texts, the sector's or area's id first."""
    body = page[page.index('class="list bench"') :]
    body = body[: body.index("</table>")]
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL):
        found = re.search(r'<span class="id">(\w+)</span>', row)
        if found:
            parts = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
            yield found[1], [" ".join(unescape(re.sub(r"<[^>]+>", " ", p)).split()) for p in parts]


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("state", ["", "posts=NE:16", "pool=district&minimum=0&factors=5:1,14:4", "hand=1:3&station=NE"])  # fmt: skip
def test_page_and_export_have_the_same_numbers(client, state, lang):
    exported = {row["sector_id"]: row for row in rows(client.get(f"/export/staffing.csv?{state}"))}
    found = dict(cells(client.get(f"/staffing?{state}&lang={lang}").text))
    assert set(found) == set(exported)
    changed = bool(state)
    for sector, parts in found.items():
        row = exported[sector]
        assert parts[1] == number(float(row["population"]), lang)
        assert parts[4] == number(float(row["need"]), lang, 1)
        assert parts[5] == number(float(row["posts"]), lang)
        assert parts[6] == number(float(row["gap"]), lang, 1)
        share = parts[8 if changed else 7].split()[0]
        assert share == number(float(row["allocation"]), lang)


@pytest.mark.parametrize("year", [2009, 2012])
def test_safety_page_and_export_have_the_same_numbers(client, year):
    exported = {row["area_id"]: row for row in rows(client.get(f"/export/safety.csv?year={year}"))}
    found = dict(cells(client.get(f"/safety?year={year}&lang=en").text))
    assert len(found) == 35
    assert len(exported) == 29
    for area, parts in found.items():
        if area not in exported:
            assert parts[2] == "no survey here"
            continue
        row = exported[area]
        low, high = (number(100 * float(row[k]), "en", 0) for k in ("unsafe_low", "unsafe_high"))
        assert parts[1] == row["n"]
        assert parts[2] == number(100 * float(row["unsafe"]), "en", 0)
        assert parts[3] == f"{low}–{high}"
        index = number(float(row["index"]), "en", 0) if row["index"] else "–"
        assert parts[7 if year > 2009 else 6].split()[0] == index


def test_the_table_of_figures_has_the_views_numbers(client, demo):
    from ypo_dash.model.filters import Filters
    from ypo_dash.model.plan import Plan
    from ypo_dash.people.plans import NOTHING_EDITED
    from ypo_dash.views.staffing import Staffing

    staffing = Staffing(demo, Filters(), Plan(), NOTHING_EDITED)
    page = client.get("/staffing?table=figures&lang=da&posts=NE:16&factors=1:3&hand=2:4").text
    found = dict(cells(page))
    assert len(found) == 21
    for sector, parts in found.items():
        rate, proposal = staffing.reported[sector], staffing.proposal(sector)
        assert parts[2] == number(rate.rate, "da", 1)
        assert parts[3] == f"{number(rate.low, 'da', 1)}–{number(rate.high, 'da', 1)}"
        assert parts[5] == number(100 * staffing.designated[sector], "da", 1)
        assert parts[7] == number(proposal.score, "da", 1)
        assert parts[9] == number(staffing.held[sector].factor, "da")
    # The plan of the other table stays.
    hidden = re.findall(r'type="hidden" name="([fh]\.\w+)" value="(\w+)"', page)
    assert hidden == [("f.1", "3"), ("h.2", "4")]


def test_what_the_form_sends_becomes_a_short_address(client):
    answer = client.get("/staffing?lang=en&pool=station&minimum=1&show=factor&p.NE=16&p.NW=12&p.F=12&f.1=5&f.5=1&h.8=&h.9=2&with=")  # fmt: skip
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/staffing?lang=en&posts=NE:16&factors=5:1&hand=9:2"
    same = client.get("/staffing?p.NE=18&f.1=5&pool=station")
    assert same.headers["Location"] == "/staffing"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/staffing?minimum=x", "minimum"),
        ("/staffing?posts=XX:1", "XX"),
        ("/staffing?sector=77", "77"),
        ("/staffing?show=age", "age"),
        ("/staffing?with=nothing", "with"),
        ("/staffing?table=chairs", "chairs"),
        ("/staffing?types=BURGLARY", "does not depend"),
        ("/safety?year=1999", "1999"),
        ("/safety?area=99", "99"),
        ("/safety?show=age", "age"),
        ("/safety?hours=22-6", "does not depend"),
        ("/staffing?colour=%3Cscript%3Ealert(1)%3C/script%3E", "unknown parameter"),
    ],
)
def test_a_wrong_address_says_so_and_shows_today(client, path, says):
    answer = client.get(f"{path}&lang=en")
    assert answer.status_code == 400
    problem = re.search(r'id="problem">(.*?)</p>', answer.text)[1]
    assert says in unescape(problem)
    assert "<script>alert" not in answer.text
    assert len(list(cells(answer.text))) in (21, 35)


def test_too_few_posts_are_told_on_the_page(client):
    page = client.get("/staffing?minimum=3&lang=en")
    assert page.status_code == 200
    assert "18 posts can&#39;t give each of 8 sectors 3" in page.text
    assert client.get("/export/staffing.csv?minimum=3").status_code == 400


def test_another_site_can_not_change_the_open_district(app, client):
    form = {"sector": "3", "factor": "1", "seen": "0", "reason": "from another site", "date": "2012-11-25", "approved_by": "x"}  # fmt: skip
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        assert client.post("/staffing/set", data=form, headers=headers).status_code == 400
    assert edited(Access(app.home)).factors == {}
    assert not (app.home / "people.sqlite").exists()  # nothing was made by looking either


def test_anybody_tries_it_out_in_the_open_district(app, client):
    form = {"sector": "9", "factor": "3", "seen": "0", "reason": "because of the hospital", "date": "2012-11-25", "approved_by": "Leader", "query": "lang=da"}  # fmt: skip
    answer = client.post("/staffing/set", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/staffing?lang=da&sector=9#saved",
    )
    held = edited(Access(app.home)).factors["9"]
    assert (held.factor, held.approved_by, held.set_by) == (3, "Leader", "anybody")
    page = client.get("/staffing?sector=9&lang=da")
    assert "because of the hospital" in page.text
    assert 'lang="da"' in page.text
    stale = client.post("/staffing/set", data=form)
    assert stale.status_code == 409
    assert "Ikke gemt" in stale.text


def test_a_district_without_posts_survey_or_population(tmp_path):
    """Nothing is made up: every missing input has its own words."""
    import geopandas as gpd
    from shapely import box

    from ypo_dash.store.setup import create_district

    squares = [box(10 + i / 100, 55, 10 + (i + 1) / 100, 55.01) for i in range(3)]
    frame = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=squares, crs="EPSG:4326")
    frame.to_file(tmp_path / "s.geojson")
    create_district(tmp_path / "w", name="Test", timezone="UTC", crs="EPSG:25832", sectors=tmp_path / "s.geojson", sector_id="id", sector_name=None, station=None, population=None, offences=None, scenes=None)  # fmt: skip
    from ypo_dash.people.plans import NOTHING_EDITED
    from ypo_dash.store.reader import open_snapshot
    from ypo_dash.store.workspace import Workspace
    from ypo_dash.views.staffing import Staffing, staffing_state
    from ypo_dash.views.workbench import workbench_table

    snapshot = open_snapshot(Workspace(tmp_path / "w"))
    table, problems = workbench_table(snapshot, "staffing", "", NOTHING_EDITED)
    assert problems == []
    assert [row[3:] for row in table.rows] == [("",) * 6] * 3
    assert workbench_table(snapshot, "safety", "", NOTHING_EDITED)[0].rows == []
    filters, plan, _ = staffing_state("", snapshot)
    found = Staffing(snapshot, filters, plan, NOTHING_EDITED)
    assert found.proposal("a") is None
    assert found.bands == {}
    assert found.totals().need is None


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """A district with five invented survey areas, for the surveys of other cities."""
    import geopandas as gpd
    from shapely import box

    from ypo_dash.store.inputs import import_layer
    from ypo_dash.store.setup import create_district

    folder = tmp_path_factory.mktemp("squares")
    shapes = [box(10 + i / 100, 55, 10 + (i + 1) / 100, 55.01) for i in range(5)]
    frame = gpd.GeoDataFrame({"id": list("12345")}, geometry=shapes, crs="EPSG:4326")
    frame.to_file(folder / "s.geojson")
    space = create_district(folder / "w", name="Test", timezone="UTC", crs="EPSG:25832", sectors=folder / "s.geojson", sector_id="id", sector_name=None, station=None, population=None, offences=None, scenes=None)[0]  # fmt: skip
    import_layer(space, "areas", folder / "s.geojson", columns={"id": "id"})
    return space


@pytest.mark.reference
def test_melbourne_and_raleigh_show_their_sample_sizes(squares, tmp_path):
    """Imported by a profile, then read off the page by somebody who is signed in."""
    import pandas as pd

    from tests.people.conftest import House
    from tests.reference_data import reference
    from tests.sources.test_survey import MELBOURNE
    from ypo_dash.store.inputs import import_layer

    (tmp_path / "p.toml").write_text(MELBOURNE, encoding="utf-8")
    for year in (2018, 2019, 2020):
        path = reference(f"survey/melbourne_social_indicators_{year}.csv")
        import_layer(squares, "survey", path, columns={}, profile=tmp_path / "p.toml")
    client = House(squares.home).client("analyst")
    raw = pd.read_csv(
        reference("survey/melbourne_social_indicators_2019.csv"), encoding="utf-8-sig"
    )
    night = raw[raw["INDICATOR"].eq("7b")].set_index("RESPONDENT GROUP")
    shown = dict(cells(client.get("/safety?year=2019&show=unsafe_night&lang=en").text))
    for area, name in (("1", "Carlton 3053"), ("2", "Docklands 3008"), ("5", "Parkville 3052")):
        row = night.loc[name]
        assert shown[area][1] == str(row["SAMPLE SIZE"])
        assert shown[area][2].split()[0] == number(100 - row["RESULT"], "en", 0)
    assert "uncertain" in shown["5"][0]  # 91 answers
    answer = client.get("/export/safety.csv?reason=test")
    assert {row["year"] for row in rows(answer)} == {"2018", "2019", "2020"}
    assert all(row["index"] == "" for row in rows(answer))  # the survey asks no exposure
