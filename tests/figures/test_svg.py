"""Every picture is sound SVG: escaped, self-contained, accessible, the same each time."""

from __future__ import annotations

import re

import pytest

from tests.figures.samples import ODD, SVG, every_picture, numbers_in, parsed, texts
from ypo_dash.figures.lettering import measure, shortened, wrapped
from ypo_dash.figures.svg import Picture, escaped, number
from ypo_dash.figures.theme import DARK, LIGHT, PAPER

NAMES = list(every_picture())
TAGS = {"svg", "title", "desc", "defs", "g", "path", "rect", "line", "circle", "text", "use", "clipPath"}  # fmt: skip


@pytest.fixture(scope="module", params=[PAPER, DARK, LIGHT], ids=lambda t: t.name)
def pictures(request):
    return every_picture(request.param, ODD)


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_escaped_and_nothing_else_gets_in(pictures, name):
    svg = pictures[name]
    assert "<b>" not in svg
    root = parsed(svg)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= TAGS
    allowed = re.compile(r"^(on|style|xlink)")
    assert not [a for node in root.iter() for a in node.attrib if allowed.match(a)]
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == "<b>&\"' Æ"
    assert root.find(f"{SVG}desc").text == "<b>&\"' Æ"
    assert root.get("viewBox") == "0 0 120 90"


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_finite_and_plain(pictures, name):
    assert not re.search(r"nan|inf|e-\d", re.sub(r">[^<]*<|aria-label=\"[^\"]*\"|font-family=\"[^\"]*\"|id=\"[^\"]*\"|#[^\"]*\"|pointer-events=\"[^\"]*\"|stroke-line[a-z]+=\"[^\"]*\"|<[a-z]+", "", pictures[name]))  # fmt: skip
    assert numbers_in(pictures[name])


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_one_each_and_all_found(pictures, name):
    root = parsed(pictures[name])
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    asked = re.findall(r'(?:href="#|url\(#)([^")]+)', pictures[name])
    assert set(asked) <= set(ids)
    assert "~" not in pictures[name]


def test_ids_of_pictures_in_one_page_differ(pictures):
    ids = [i for svg in set(pictures.values()) for i in re.findall(r' id="([^"]+)"', svg)]
    assert ids
    assert len(ids) == len(set(ids))


def test_the_same_picture_is_the_same_text():
    assert every_picture() == every_picture()


def test_the_empty_picture_says_the_callers_words(pictures):
    assert texts(pictures["nothing"])[0].startswith("<b>&")


@pytest.mark.parametrize(
    ("value", "written"), [(3, "3"), (3.0, "3"), (3.456, "3.46"), (-0.5, "-0.5"), (10.101, "10.1"), (0.001, "0")]
)  # fmt: skip
def test_number(value, written):
    assert float(number(value)) == float(written)
    assert number(value).lstrip("-") == written.lstrip("-")


def test_characters_that_xml_has_no_place_for_are_left_out():
    assert escaped("a\x00b\x1f\ufffe<\ud800") == "ab&lt;"
    assert escaped("line\nbreak\t") == "line\nbreak\t"


def test_a_text_is_never_wider_than_measured():
    # Widths in Source Sans 3 Semibold, from its hmtx table; the embedded font of the printouts.
    real = {"Burglary": 3.701, "Mjølnerparken": 6.31, "1.234.567": 4.141, "Wall": 1.858}
    for text, ems in real.items():
        assert ems <= measure(text, 1, PAPER) <= ems * 1.3, text


def test_shortened_keeps_what_fits():
    text = "Burglary in cellar, loft or storage room"
    short = shortened(text, 10, 100, PAPER)
    assert short.endswith("…")
    assert text.startswith(short[:-1])
    assert measure(short, 10, PAPER) <= 100
    assert shortened(text, 10, 1000, PAPER) == text
    assert shortened(text, 10, 3, PAPER) == ""


def test_wrapped_keeps_all_words():
    lines = wrapped("No incidents in these three days", 10, 80, PAPER)
    assert len(lines) > 1
    assert " ".join(lines) == "No incidents in these three days"
    assert all(measure(line, 10, PAPER) <= 80 for line in lines)
    assert wrapped("", 10, 80, PAPER) == []


def test_a_shortened_text_has_the_whole_in_its_title():
    picture = Picture(theme=PAPER, size=(10, 10), text=3, title="t")
    picture.fitted("Mimersgade & Mjølnerparken", (0, 5), 9)
    text = parsed(picture.svg()).find(f"{SVG}text")
    assert text.find(f"{SVG}title").text == "Mimersgade & Mjølnerparken"
    assert text.find(f"{SVG}title").tail.endswith("…")
