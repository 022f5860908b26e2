"""The page Method over HTTP: whole in both languages, headings in order, and its links."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from app import create_app
from ypo_dash.views.method import anchors


class Reader(HTMLParser):
    """Collects headings, ids, links and unclosed tags of a page."""

    VOID = ("meta", "link", "input", "path", "br", "mspace")

    def __init__(self):
        super().__init__()
        self.headings, self.ids, self.links, self.stack, self.lang = [], [], [], [], None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.lang = given["lang"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.stack.pop() == tag, f"</{tag}> at {self.getpos()}"


@pytest.fixture(scope="module")
def client(demo_home):
    return create_app(demo_home).server.test_client()


@pytest.mark.parametrize(("lang", "title"), [("da", "Metode"), ("en", "Method")])
def test_page_is_whole_in_both_languages(client, lang, title):
    answer = client.get(f"/method?lang={lang}")
    assert answer.status_code == 200
    page = Reader()
    page.feed(answer.text)
    assert page.stack == []
    assert page.lang == lang
    assert f"<title>{title}" in answer.text
    assert len(page.ids) == len(set(page.ids))
    assert set(anchors()) <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(page.headings, page.headings[1:], strict=False))
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside == set(anchors())
    outside = [link for link in page.links if "://" in link]
    assert outside
    assert all(link.startswith("https://doi.org/10.") for link in outside)
    other = "en" if lang == "da" else "da"
    assert f"/method?lang={other}" in page.links
    assert 'aria-current="page"' in answer.text.split(f">{title}</a>")[0].rsplit("<a", 1)[1]


def test_without_a_language_the_browser_s_is_taken(client):
    assert '<html lang="da">' in client.get("/method", headers={"Accept-Language": "da-DK"}).text
    assert '<html lang="en">' in client.get("/method", headers={"Accept-Language": "fr"}).text
    assert client.get("/method?lang=xx").status_code == 200


def test_page_is_there_before_any_data(tmp_path):
    answer = create_app(tmp_path).server.test_client().get("/method?lang=en")
    assert answer.status_code == 200
    assert "Simulated data</span>" not in answer.text


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/staffing?sector=5&lang=da", {"need", "factor"}),
        ("/staffing?table=figures&lang=da", {"need", "factor"}),
        ("/safety?area=12&lang=da", {"survey", "index", "comparisons"}),
        ("/shared?lang=da", {"disclosure"}),
    ],
)
def test_figures_of_other_pages_lead_to_their_method(client, path, wanted):
    page = Reader()
    page.feed(client.get(path).text)
    found = {link.partition("#")[2] for link in page.links if link.startswith("/method?lang=da#")}
    assert found == wanted
