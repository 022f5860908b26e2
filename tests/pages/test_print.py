"""The print page of the open district: what it offers, what it refuses, and that a file is what was shown."""

from __future__ import annotations

import io
import re
from html import unescape

import pikepdf
import pytest

from app import create_app
from ypo_dash.reports.kinds import KINDS

DATES = "from=2012-11-23&to=2012-11-25"


@pytest.fixture(scope="module")
def client(demo_home):
    return create_app(demo_home).server.test_client()


def addresses(page, pattern):
    return [unescape(found) for found in re.findall(pattern, page)]


def sheets(page):
    return addresses(page, r'<img src="(/print/sheet/[^"]+)"')


def test_the_page_opens_with_the_latest_weekend(client):
    answer = client.get("/print?lang=en")
    assert answer.status_code == 200
    found = sheets(answer.text)
    assert found[0] == f"/print/sheet/1.svg?kind=weekend&{DATES}&lang=en"
    assert f"Sheet 1 of {len(found)}: Crime overview, Friday 23/11 – Sunday 25/11/2012" in answer.text  # fmt: skip
    assert 'value="2012-11-23"' in answer.text
    assert len(re.findall(r'aria-current="true"', answer.text)) == 1
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_without_figures_asks_for_no_period_build_or_types(client):
    fields = ('id="print-from"', 'id="tier-partner"', "Choose types, hours and more")
    contact = client.get("/print?kind=contact&sectors=3&tier=partner&from=2012-11-01&lang=en").text
    assert not any(field in contact for field in fields)
    # What the address named is not lost where another document is chosen next.
    assert '<input type="hidden" name="tier" value="partner">' in contact
    assert '<input type="hidden" name="from" value="2012-11-01">' in contact
    assert all(field in client.get("/print?lang=en").text for field in fields)
    unknown = client.get("/print?kind=nothing&lang=en")
    assert (unknown.status_code, 'id="print-from"' in unknown.text) == (400, True)


def test_every_sheet_is_there_and_none_beyond(client):
    found = sheets(client.get(f"/print?lang=en&{DATES}").text)
    for address in found:
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert answer.text.startswith("<svg")
    for number in (0, len(found) + 1):
        assert client.get(found[0].replace("sheet/1.", f"sheet/{number}.")).status_code == 404
    packed = client.get(found[0], headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(client.get(found[0]).data) / 2


def test_the_file_has_as_many_pages_as_the_preview_has_sheets(client, demo):
    page = client.get(f"/print?lang=da&{DATES}").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('id="download-form"')[1]))  # fmt: skip
    answer = client.get("/export/report.pdf", query_string=fields)
    assert answer.status_code == 200
    assert answer.headers["X-Snapshot"] == demo.id
    name = f"weekend_2012-11-23_2012-11-25_internal_da_{demo.id}.pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == len(sheets(page))
        assert "da" in str(pdf.Root.Lang)


def test_a_preview_is_made_once_for_all_its_sheets(client, monkeypatch):
    from ypo_dash.reports import prints

    made, real = [], prints.document
    monkeypatch.setattr(prints, "document", lambda *a: made.append(a) or real(*a))
    page = client.get("/print?lang=en&from=2012-10-05&to=2012-10-07").text
    for address in sheets(page):
        assert client.get(address).status_code == 200
    client.get(f"/export/report.pdf?{sheets(page)[0].split('?')[1]}")
    assert len(made) == 1


def test_the_state_of_explore_is_taken_over(client):
    state = f"{DATES}&types=BURGLARY,ROBBERY&hours=22-6&station=NE&lang=en"
    page = client.get(f"/print?{state}").text
    assert set(sheets(page)[0].split("?")[1].split("&")) == {*state.split("&"), "kind=weekend"}
    assert '<option value="station:NE" selected>' in page
    assert '<input type="hidden" name="types" value="BURGLARY,ROBBERY">' in page
    assert '<input type="hidden" name="hours" value="22-6">' in page
    (back,) = addresses(page, r'href="/[?]([^"]+)">Choose types')
    assert set(back.split("&")) == set(state.split("&"))  # it goes back as it came


def sent(**fields):
    """What the form sends, field by field."""
    plain = {"was": "weekend.internal", "kind": "weekend", "from": "", "to": "", "place": "", "tier": "internal", "lang": "en"}  # fmt: skip
    return plain | fields


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({}, "kind=weekend&lang=en"),
        ({"from": "2012-11-16", "to": "2012-11-18"}, "kind=weekend&from=2012-11-16&to=2012-11-18&lang=en"),
        ({"place": "sectors:5"}, "kind=weekend&lang=en&sectors=5"),
        ({"place": "station:NE"}, "kind=weekend&lang=en&station=NE"),
        ({"place": "sectors:5,6", "types": "BURGLARY"}, "kind=weekend&lang=en&types=BURGLARY&sectors=5,6"),
        ({"tier": "partner", "res": "8"}, "kind=weekend&tier=partner&lang=en"),
        # A suggestion for another document or build goes with it, dates of one's own stay.
        ({"from": "2012-11-16", "to": "2012-11-18", "tier": "partner"}, "kind=weekend&tier=partner&lang=en"),
        ({"from": "2012-11-16", "to": "2012-11-18", "kind": "week"}, "kind=week&lang=en"),
        ({"from": "2012-11-05", "to": "2012-11-18", "kind": "week"}, "kind=week&from=2012-11-05&to=2012-11-18&lang=en"),
        ({"measure": "rate", "compare": "year", "baseline": "streets"}, "kind=weekend&lang=en"),
    ],
)  # fmt: skip
def test_what_the_form_sends_becomes_a_short_address(client, fields, address):
    answer = client.get("/print", query_string=sent(**fields))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/print?{address}"
    again = client.get(answer.headers["Location"])
    assert again.status_code in (200, 400)  # no address leads on and on


@pytest.mark.parametrize(
    ("query", "says", "without"),
    [
        ("hours=25-6", "Time of day", "hours"),
        ("types=NOTHING", "Types", "types"),
        ("sectors=77", "Sectors", "sectors"),
        ("nonsense=1", "nonsense", "nonsense"),
        ("kind=novel", "Document", "kind"),
        ("tier=public", "For whom", "tier"),
        ("from=2012-11-25&to=2012-11-23", "From", None),
        ("from=2012-02-30", "From", None),
        ("lang=en&lang=da", "Language", "lang"),
    ],
)
@pytest.mark.parametrize("lang", ["da", "en"])
def test_what_cant_be_printed_says_why_and_what_to_do(client, query, says, without, lang):
    from ypo_dash.i18n import text

    address = query if "lang=" in query else f"{query}&lang={lang}"
    lang = lang if "lang=" not in query else "da"
    answer = client.get(f"/print?{address}")
    assert answer.status_code == 400
    assert sheets(answer.text) == []
    assert "/export/report.pdf" not in answer.text
    problem = answer.text.split('id="problem"')[1].split("</div>")[0]
    assert text(lang, "This can't be printed.").replace("'", "&#39;") in problem
    assert f"{text(lang, says)}: " in problem
    offered = addresses(problem, r'href="([^"]+)"')
    if without:
        assert not any(f"{without}=" in link for link in offered[:1] if without != "lang")
    assert client.get(offered[-1]).status_code == 200
    for path in ("/print/sheet/1.svg", "/export/report.pdf"):
        refused = client.get(f"{path}?{address}")
        assert refused.status_code == 400
        assert refused.json["parameter"]
        assert refused.json["problem"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tier", ["internal", "partner"])
@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_document_in_every_build_is_shown_or_says_why_not(client, kind, tier, lang):
    answer = client.get(f"/print?kind={kind}&tier={tier}&lang={lang}&sectors=5")
    if answer.status_code == 200:
        assert client.get(sheets(answer.text)[0]).status_code == 200
    else:
        assert answer.status_code == 400
        assert 'id="problem"' in answer.text
    assert f'<html lang="{lang}">' in answer.text


def test_texts_of_an_address_stay_texts(client):
    page = client.get("/print?types=%3Cscript%3Ealert(1)%3C/script%3E&sectors=%22%3E%3Cb%3E").text
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_who_needs_no_sign_in_is_said_to_be_anybody(client, monkeypatch):
    from ypo_dash.pages import print as page

    seen = []
    real = page._prints.pdf
    monkeypatch.setattr(page._prints, "pdf", lambda *a: seen.append(a[3]) or real(*a))
    for lang, words in (("en", "anybody (no sign-in)"), ("da", "uden login")):
        assert client.get(f"/export/report.pdf?{DATES}&lang={lang}").status_code == 200
        assert seen[-1].printed_by == words


def test_nothing_to_print_without_data(tmp_path):
    empty = create_app(tmp_path / "empty").server.test_client()
    assert empty.get("/print").status_code == 503
    for path in ("/print/sheet/1.svg", "/export/report.pdf"):
        assert empty.get(path).status_code == 503
