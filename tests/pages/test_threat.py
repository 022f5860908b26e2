"""The threat assessment of the open district: page, files, command line and paper have the same numbers."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app
from tests.printed import text_of
from ypo_dash.cli import main
from ypo_dash.i18n import number
from ypo_dash.model.desk import Effort, GangIncident, Listing
from ypo_dash.model.quarter import Quarter
from ypo_dash.people import desk, desk_files
from ypo_dash.people.access import Access
from ypo_dash.people.assessments import assessments
from ypo_dash.people.desk import Writing
from ypo_dash.reports.document import Picture
from ypo_dash.reports.threat_blocks import area_blocks
from ypo_dash.views import threat_words
from ypo_dash.views.simulated_threat import QUARTERS, simulate_assessments
from ypo_dash.views.threat_model import TYPES
from ypo_dash.views.threat_shown import assessed, shown

DESK = Path(__file__).resolve().parents[2] / "data" / "desk"
EFFORT = {
    "sector": "8", "title": "Lys ved pladsen", "problem_words": "mørkt", "place": "8", "measures": "lys",
    "lead": "Sektoransvarlig", "start": "2012-08-01", "review": "2012-11-01", "end": "2012-12-31",
}  # fmt: skip


@pytest.fixture(scope="module")
def app(demo_home, demo, tmp_path_factory):
    """The district filled as the demonstration has it, with one effort."""
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("threat") / "workspace")
    access = Access(home)
    for kind in (GangIncident, Listing):
        desk_files.take(access.database, kind, DESK / f"{kind.KIND}.csv", desk.known(demo), "test")
    desk.add(access.database, Effort, EFFORT, desk.known(demo), Writing(by="test"))
    assert simulate_assessments(access, demo) == 4
    assert simulate_assessments(access, demo) == 0
    made = create_app(home)
    made.home, made.access = home, access
    return made


@pytest.fixture
def client(app):
    return app.server.test_client()


def words(text):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def exported(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_demonstration_has_three_signed_quarters_and_a_draft(app):
    found = assessments(app.access)
    assert [(one.quarter, one.state, one.problem) for one in found] == [
        *((name, "signed", "") for name in QUARTERS), ("2012-Q4", "draft", ""),
    ]  # fmt: skip
    for one in found:
        for part, said in one.texts.parts.items():
            assert not said.text or said.text.startswith("Simuleret"), part
            assert not (said.share and re.search(r"\d", said.text)), "counts for partners"


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("quarter", ["2012-Q3", "2012-Q4", "2011-Q2", "2010-Q1"])
def test_page_and_file_have_the_same_numbers(client, quarter, lang):
    rows = exported(client.get(f"/export/threat.csv?quarter={quarter}"))
    page = client.get(f"/threat?quarter={quarter}&lang={lang}").text
    sections = re.findall(r'<section class="work-main area".*?</section>', page, re.DOTALL)
    assert len(sections) == 7
    assert len(rows) == 49
    for section in sections:
        name = unescape(re.search(r'aria-label="([^"]+)"', section)[1])
        body = section[section.index("figures-table") :].split("</table>")[0]
        shown = {}
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)[1:]:
            cells = [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]  # fmt: skip
            shown[cells[0]] = cells
        for kind in (*TYPES, "all"):
            row = next(r for r in rows if (r["area"], r["type"]) == (name, kind))
            label = threat_words.text(lang, threat_words.TYPE_NAMES[kind])
            cells = next(c for key, c in shown.items() if key.startswith(label))
            assert cells[1] == number(int(row["count"]), lang)
            before = number(float(row["before"]), lang, 1) if row["before"] else "–"
            assert cells[2].split()[0] == before
            assert cells[3] == threat_words.text(lang, threat_words.VERDICT_NAMES[row["verdict"]])
            assert cells[4].split()[0] == number(float(row["per_1000"]), lang, 1)
            assert cells[5] == "–".join(number(float(row[k]), lang, 1) for k in ("low", "high"))
            assert cells[6].split()[0] == number(float(row["sector_per_1000"]), lang, 1)
            assert cells[7].split()[0] == number(float(row["district_per_1000"]), lang, 1)


def test_the_command_prints_what_the_page_exports(app, client):
    environment = {"YPO_HOME": str(app.home)}
    for state in ("quarter=2012-Q3", "quarter=2012-Q4", "quarter=2012-Q3&against=2012-Q2", "quarter=2012-Q3&area=Bispeparken"):  # fmt: skip
        result = CliRunner().invoke(main, ["query", "threat", state], env=environment)
        assert result.exit_code == 0, result.output
        assert result.stdout.splitlines() == client.get(f"/export/threat.csv?{state}").text.splitlines()  # fmt: skip
        as_json = CliRunner().invoke(main, ["query", "threat", state, "--format", "json"], env=environment)  # fmt: skip
        assert as_json.stdout.strip() == client.get(f"/export/threat.json?{state}").text
    signed = CliRunner().invoke(main, ["query", "threat", "quarter=2012-Q3"], env=environment)
    assert "Signed figures: version 1, digest" in signed.stderr
    draft = CliRunner().invoke(main, ["query", "threat", "quarter=2012-Q4"], env=environment)
    assert "Figures of the register today" in draft.stderr
    for what in ("assessment", "gang"):
        result = CliRunner().invoke(main, ["threat", "export", what, "quarter=2012-Q3"], env=environment)  # fmt: skip
        assert result.stdout.splitlines() == client.get(f"/export/{what}.csv?quarter=2012-Q3").text.splitlines()  # fmt: skip
    checked = CliRunner().invoke(main, ["threat", "verify"], env=environment)
    assert (checked.exit_code, checked.stdout) == (0, "4 assessments, 3 of them signed: all are what was written.\n")  # fmt: skip


@pytest.mark.parametrize("lang", ["da", "en"])
def test_paper_has_the_signed_figures_and_who_signed(app, client, lang):
    one = next(a for a in assessments(app.access) if a.quarter == "2012-Q3")
    rows = exported(client.get("/export/threat.csv?quarter=2012-Q3"))
    answer = client.get(f"/export/report.pdf?kind=threat&quarter=2012-Q3&lang={lang}")
    assert answer.status_code == 200, answer.text
    sheets = text_of(answer.data).split("\f")[:-1]
    for sheet in sheets:
        assert one.sha256[:16] in sheet
        assert "Ledelse (simuleret)" in sheet
    paper = " ".join(" ".join(sheets).split())
    for row in rows:
        rate, low, high = (number(float(row[k]), lang, 1) for k in ("per_1000", "low", "high"))
        assert f"{rate} ({low}–{high})" in paper
    assert "Lys ved pladsen" in paper
    draft = text_of(client.get(f"/export/report.pdf?kind=threat&quarter=2012-Q4&lang={lang}").data)
    mark = {"da": "UDKAST, ikke underskrevet", "en": "DRAFT, not signed"}[lang]
    assert all(mark in sheet for sheet in draft.split("\f")[:-1])
    assert "Ledelse (simuleret)" not in draft


def test_partners_get_no_detail_of_gangs_no_names_and_shared_words_alone(app, client):
    answer = client.get("/export/report.pdf?kind=threat&quarter=2012-Q3&lang=da&tier=partner")
    paper = " ".join(text_of(answer.data).split())
    one = next(a for a in assessments(app.access) if a.quarter == "2012-Q3")
    for said in one.texts.parts.values():
        assert (said.text[:60] in paper) == said.share
        assert not said.reason or said.reason not in paper
    for secret in ("Skud", "Overfald", "Efterforskning", "Analyseenheden", "Ledelse", "kvæstede", "Lys ved pladsen", "patronhylstre"):  # fmt: skip
        assert secret not in paper, secret
    assert one.sha256[:16] in paper
    assert "<3" in paper
    assert "Kun til politiets brug" not in paper
    refused = client.get("/export/report.pdf?kind=threat&quarter=2012-Q4&tier=partner")
    assert refused.status_code == 400


def test_efforts_lists_and_gang_incidents_stand_with_their_area(client):
    page = client.get("/threat?quarter=2012-Q3&lang=en").text
    section = page[page.index('id="a-2"') : page.index('id="a-3"')]
    said = words(section)
    assert "Lys ved pladsen" in said
    assert "particularly disadvantaged residential area (list of 1/10/2010)" in said
    assert "Police list (SUB): since 1/1/2012 · Simuleret" in said
    assert "2,200 inhabitants (1/1/2012), Simuleret" in said
    other = words(page[page.index('id="a-3"') : page.index('id="a-4"')])
    assert "Police list (SUB): no longer, was on it 1/1/2012 to 30/6/2012 · left this quarter" in other  # fmt: skip
    danish = words(client.get("/threat?quarter=2012-Q4&lang=da").text)
    assert "udsat boligområde (liste pr. 1/10/2012)" in danish
    assert "ghetto" not in danish.lower()


def test_what_changed_is_against_the_quarter_before_as_signed(client):
    page = words(client.get("/threat?quarter=2012-Q3&lang=en").text)
    assert "Level very high, was raised." in page


@pytest.mark.parametrize("lang", ["da", "en"])
def test_two_quarters_side_by_side(client, lang):
    page = client.get(f"/threat?quarter=2012-Q3&against=2012-Q2&lang={lang}").text
    rows = exported(client.get("/export/threat.csv?quarter=2012-Q3&against=2012-Q2"))
    body = page[page.index("compared") :].split("</table>")[0]
    for row in rows:
        group = body[body.index(f'colspan="2">{row["area"]}<') :].split("</tbody>")[0]
        label = threat_words.text(lang, threat_words.TYPE_NAMES[row["type"]])
        line = next(words(r) for r in re.findall(r"<tr.*?</tr>", group, re.DOTALL) if f">{label}" in r)  # fmt: skip
        numbers = [number(float(row[k]), lang, 1) for k in ("per_1000", "against_per_1000")]
        assert f" {number(int(row['count']), lang)} {numbers[0]} (" in line
        assert f" {number(int(row['against_count']), lang)} {numbers[1]} (" in line
        assert threat_words.text(lang, threat_words.VERDICT_NAMES[row["verdict"]]) in line


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("quarter=2012-Q9", "quarter"), ("quarter=2009-Q3", "quarter"), ("quarter=2013-Q1", "quarter"),
        ("quarter=2012-Q3&against=x", "against"), ("quarter=2012-Q3&version=9", "version"),
        ("quarter=2012-Q3&version=two", "version"), ("types=FIRE", "types"), ("lang=fr", "lang"),
        ("quarter=2012-Q3&tier=partner", "tier"), ("quarter=%3Cscript%3E", "quarter"),
    ],
)  # fmt: skip
def test_what_is_impossible_is_said_with_its_name(client, query, parameter):
    for lang in ("", "&lang=da") if "lang" not in query else ("",):
        page = client.get(f"/threat?{query}{lang}")
        assert page.status_code == 400
        assert f"{parameter}: " in words(page.text)
        assert "<script>" not in page.text.replace('<script src="', "")
    export = client.get(f"/export/threat.csv?{query}")
    assert export.status_code == 400
    assert export.json["parameter"] == parameter


def test_the_print_page_takes_a_quarter(client):
    answer = client.get("/print?kind=threat&from=2012-07-01&to=2012-09-30&lang=en")
    assert answer.status_code == 200
    assert "Threat assessment, quarter 3 of 2012" in answer.text
    for wrong in ("types=FIRE", "from=2012-04-01&to=2012-09-30", "sectors=3"):
        assert client.get(f"/print?kind=threat&lang=en&{wrong}").status_code == 400
    one = client.get("/print?kind=threat&lang=en&sectors=8")
    assert one.status_code == 200


def test_nothing_of_persons_in_files_of_the_demonstration():
    for name in ("gang", "listing"):
        rows = list(csv.DictReader((DESK / f"{name}.csv").read_text("utf-8").splitlines()))
        assert rows
        if name == "gang":
            assert all(row["note"].startswith("Simuleret") for row in rows)
        else:
            assert {row["list"] for row in rows} == {"police", "official"}


def test_the_areas_charts_have_one_axis_on_paper(app):
    snapshot = app.server.extensions["ypo"].snapshot()
    found = shown(assessed(app.access), snapshot, Quarter.parse("2012-Q3"))
    axes, highest = set(), []
    for area in found.threat.areas:
        (chart,) = [b for b in area_blocks(found, area, "en") if isinstance(b, Picture)]
        axes.add(tuple(re.findall(r">(\d+)</text>", chart.svg)))
        highest += [f.here.high for f in area.figures]
    (axis,) = axes
    assert int(axis[0]) == 0
    assert int(axis[-2]) <= max(highest) <= int(axis[-1])


def test_simulated_directions_follow_the_levels_as_signed(app):
    ranks = ["low", "raised", "high", "very_high"]
    every = {a.quarter: a for a in assessments(app.access)}
    seen = set()
    for before, quarter in pairwise(QUARTERS):
        for name, said in every[quarter].texts.parts.items():
            if said.level:
                steps = ranks.index(said.level) - ranks.index(every[before].texts.of(name).level)
                way = "rising" if steps > 0 else "falling" if steps < 0 else "steady"
                assert said.direction == way, (quarter, name)
                seen.add(way)
    assert seen == {"rising", "falling", "steady"}
