"""Prints where people sign in: who sees which incidents, who takes a file, and what the record says."""

from __future__ import annotations

import base64
import re
from dataclasses import fields, is_dataclass
from html import unescape

import pytest

from ypo_dash.pages import print as page
from ypo_dash.reports import asked
from ypo_dash.reports.document import TableBlock

STATE = "kind=weekend&from=2012-11-23&to=2012-11-25&lang=en"


def tables(value):
    """All tables of a document, however deep."""
    if isinstance(value, TableBlock):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from tables(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from tables(each)


def listed(document):
    """Sectors of the incidents that a document lists one by one."""
    found = [t for t in tables(document) if "Scene" in [column.name for column in t.columns]]
    return [row[-1].split()[0] for t in found for row in t.rows if row[-1][:1].isdigit()]


@pytest.fixture
def made(monkeypatch):
    """The documents that are made, none kept from before."""
    from ypo_dash.reports import prints

    page._prints = prints.Prints()
    found, real = [], prints.document

    def remember(*arguments):
        found.append(real(*arguments))
        return found[-1]

    monkeypatch.setattr(prints, "document", remember)
    return found


def drawings(svg):
    """The drawings inside a sheet, as text."""
    return [
        base64.b64decode(found).decode()
        for found in re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", svg)
    ]


def test_a_viewer_sees_the_preview_without_any_incident(house, made):
    viewer = house.client("viewer")
    answer = viewer.get(f"/print?{STATE}")
    assert answer.status_code == 200
    assert listed(made[0]) == []
    assert "/export/report.pdf" not in answer.text
    assert "does not take them as files" in answer.text
    sheet = unescape(re.search(r'<img src="([^"]+)"', answer.text)[1])
    shown = viewer.get(sheet)
    assert shown.status_code == 200
    assert drawings(shown.text)
    assert viewer.get(f"/export/report.pdf?{STATE}&reason=Briefing").status_code == 403


def test_an_officers_list_is_of_own_sectors_alone(house, made):
    for who in ("officer", "analyst"):
        assert house.client(who).get(f"/print?{STATE}").status_code == 200
    officer, analyst = made
    assert set(listed(officer)) == {"3", "7"}
    assert listed(officer) == [sector for sector in listed(analyst) if sector in ("3", "7")]
    assert len(set(listed(analyst))) > 10


def test_nobody_gets_what_was_made_for_another(house, made):
    """The officer's sheets come after the analyst's of the very same address."""
    clients = [house.client(who) for who in ("analyst", "officer", "viewer")]
    pages = [client.get(f"/print?{STATE}").text for client in clients]
    assert len(made) == 3
    address = unescape(re.search(r'<img src="([^"]+)"', pages[0])[1])
    assert all(f'<img src="{address.replace("&", "&amp;")}"' in text for text in pages)
    found = [client.get(address).text for client in clients]
    assert len(set(found)) == 3
    marks = [sum(len(re.findall("<use|<path", d)) for d in drawings(svg)) for svg in found]
    assert marks[0] > marks[1] > marks[2]
    assert len(made) == 3


def test_for_partners_nobody_gets_a_list(house, made):
    from ypo_dash.reports.kinds import KINDS

    for who in ("analyst", "officer", "viewer"):
        for kind in KINDS:
            for more in ("", "&from=2012-10-01&to=2012-10-31"):
                client = house.client(who)
                answer = client.get(f"/print?kind={kind}&tier=partner&sectors=3&lang=en{more}")
                assert answer.status_code in (200, 400), answer.text[:300]
    assert [listed(document) for document in made] == [[]] * len(made)


def test_no_partner_print_is_made_with_anybodys_sectors(house, monkeypatch):
    """Whatever a document does with them, outside the house it is not told of any."""
    seen = []

    class Told(asked.Printing):
        def __init__(self, **values):
            super().__init__(**values)
            seen.append(values["points"])

    monkeypatch.setattr(asked, "Printing", Told)
    analyst = house.client("analyst")
    analyst.get("/print/sheet/1.svg?kind=weekend&tier=partner&from=2012-10-01&to=2012-10-31")
    analyst.get(f"/print/sheet/1.svg?{STATE}")
    assert seen[0] == frozenset()
    assert len(seen[1]) == 21


def test_a_file_needs_a_reason_and_is_recorded(house):
    analyst = house.client("analyst")
    for reason in ("", "&reason=%20", "&reason=" + "x" * 301):
        refused = analyst.get(f"/export/report.pdf?{STATE}{reason}")
        assert refused.status_code == 400
        assert refused.json["parameter"] == "reason"
    own = analyst.get(f"/export/report.pdf?{STATE}&reason=Briefing&recipient=")
    other = analyst.get(f"/export/report.pdf?{STATE}&reason=Briefing&recipient=Kommunen")
    assert (own.status_code, other.status_code) == (200, 200)
    found = sorted(house.entries(), key=lambda entry: entry["n"])[-2:]
    assert [entry["action"] for entry in found] == ["consultation", "disclosure"]
    for entry in found:
        assert entry["object"] == "print weekend"
        assert entry["reason"] == "Briefing"
        assert entry["filter"] == "from=2012-11-23&to=2012-11-25&kind=weekend"
        assert entry["rows"] == 239


def test_a_preview_is_one_look_and_its_sheets_belong_to_it(house):
    officer = house.client("officer")
    before = len(house.entries())
    text = officer.get(f"/print?{STATE}").text
    for address in re.findall(r'<img src="([^"]+)"', text):
        assert officer.get(unescape(address)).status_code == 200
    assert len(house.entries()) == before + 1
    # A sheet that no page led to is a look of its own.
    other = house.client("officer")
    assert other.get(f"/print/sheet/1.svg?{STATE}").status_code == 200
    assert len(house.entries()) == before + 2


def test_nothing_is_shown_that_cant_be_recorded(house, monkeypatch):
    from ypo_dash.model.errors import RecordError

    analyst = house.client("analyst")

    def fail(*_a, **_k):
        raise RecordError("the record is full")

    monkeypatch.setattr(page, "watch", fail)
    assert analyst.get(f"/print?{STATE}").status_code == 503
    for path in ("/print/sheet/1.svg", "/export/report.pdf"):
        answer = analyst.get(f"{path}?{STATE}&reason=Briefing")
        assert (answer.status_code, answer.json["refused"]) == (503, "record")


def test_a_print_names_who_takes_it(house, made):
    house.client("officer").get(f"/print?{STATE}")
    assert made[0].printed.startswith("printed by officer, ")
