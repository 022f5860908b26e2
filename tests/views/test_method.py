"""The page Method: every entry whole in both languages, true to the code, and nothing leads nowhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from ypo_dash.cli import QUERIES
from ypo_dash.components.method import method_link
from ypo_dash.pages.analysis import SECTIONS
from ypo_dash.pages.explore import CHARTS, METHODS
from ypo_dash.pages.needs import ADDRESSES, PAGES
from ypo_dash.views.formula import mathml
from ypo_dash.views.method import TEXTS, anchors, chapters, method_links, raw_texts
from ypo_dash.views.panel import panel
from ypo_dash.views.pins import MOST_PINS
from ypo_dash.views.statistics import STATISTICS
from ypo_dash.views.tables import OUTSIDE, TABLES

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = {a: c for part in raw_texts().values() for a, c in part.items() if a != "chapter"}
# Other pages link to these; a name that is gone would lead nowhere without a word.
FIXED = {
    "count", "map", "rates", "change", "normal", "backtest", "hotspots", "gistar", "classes", "nearrepeat",
    "time", "season", "concentration", "wdd", "need", "factor", "survey", "index", "points", "disclosure",
    "comparisons", "simulated", "threat",
}  # fmt: skip
DOI = re.compile(r"10\.\d{4,}/\S+")


def exports():
    found = {*TABLES, *OUTSIDE, "cells.geojson"}
    found |= {p.rsplit("/", 1)[1].removesuffix(".csv") for p in ADDRESSES if p.startswith("/export/") and p.endswith(".csv")}  # fmt: skip
    return found | {*STATISTICS}


def pages():
    found = {p.split("/<")[0] or "/" for p in {*ADDRESSES, *PAGES} if p != "/<path:path>"}
    return {p for p in found if not p.startswith(("/api", "/export"))}


def test_the_anchors_that_pages_link_to_are_there():
    assert set(anchors()) == FIXED
    assert len(anchors()) == len(FIXED)


@pytest.mark.parametrize("anchor", ENTRIES)
def test_every_entry_has_all_parts_in_both_languages(anchor):
    content = ENTRIES[anchor]
    for name in TEXTS:
        both = content[name]
        assert set(both) == {"en", "da"}, name
        lengths = set()
        for said in both.values():
            parts = said if isinstance(said, list) else [said]
            lengths.add(len(parts))
            assert parts
            assert all(part.strip() == part and part for part in parts), name
        assert len(lengths) == 1, f"{name}: a part stands in one language only"
        assert both["en"] != both["da"] or name in ("title", "name"), name
    assert content["formulas"]
    assert content.get("sources") or content.get("own"), "neither a source nor our construction"
    assert set(content.get("own", {"en": "", "da": ""})) == {"en", "da"}
    assert content["shown"]
    assert all(path == "" or path.startswith("/") for path, *_ in content["shown"])
    assert all(en and da for _, en, da in content["shown"])
    for source in content.get("sources", []):
        assert set(source) <= {"text", "doi"}
        assert "doi" not in source or DOI.fullmatch(source["doi"])
        assert "doi" not in source or re.search(r"\((18|19|20)\d\d\)", source["text"]), "no year"


def numbers(said, lang):
    """Numbers and fields of a text, as a number whatever the language writes."""
    point, thousands = (",", ".") if lang == "da" else (".", ",")
    found = re.findall(
        rf"\d+(?:{re.escape(thousands)}\d{{3}})+|\d+(?:{re.escape(point)}\d+)?", said
    )
    plain = [n.replace(thousands, "").replace(point, ".") for n in found]
    return Counter([float(n) for n in plain] + re.findall(r"\{\w+\}", said))


@pytest.mark.parametrize("anchor", ENTRIES)
def test_both_languages_name_the_same_numbers(anchor):
    content = ENTRIES[anchor]
    for name in (*TEXTS, "own"):
        both = content.get(name, {"en": "", "da": ""})
        en, da = (numbers(" ".join(v) if isinstance(v, list) else v, k) for k, v in sorted(both.items(), reverse=True))  # fmt: skip
        assert en == da, name


def test_limits_come_from_the_code():
    entries = {e.anchor: e for chapter in chapters("da") for e in chapter.entries}
    assert f"højst {MOST_PINS}" in entries["points"].definition[0]
    assert "20.000 hændelser" in " ".join(entries["nearrepeat"].defaults)
    assert "30, 42, 54, 66" in " ".join(entries["factor"].defaults)
    assert not any("{" in " ".join((*e.definition, *e.defaults, *e.limits, e.symbols)) for e in entries.values())  # fmt: skip


def test_commands_exports_and_pages_exist():
    for anchor, content in ENTRIES.items():
        for command in content.get("commands", []):
            name = command.split()[2] if command.startswith("ypo query ") else ""
            assert name in QUERIES or command == "ypo demo", (anchor, command)
        for name in content.get("exports", []):
            stem = name if name.endswith(".geojson") else name.removesuffix(".csv")
            assert stem in exports(), (anchor, name)
        for path, *_ in content["shown"]:
            page = "/" + path.split("?")[0].split("/")[1] if path else "/"
            assert page in pages(), (anchor, path)
            if page == "/analysis":
                assert path.split("/")[2] in SECTIONS, (anchor, path)


def test_every_link_to_an_entry_leads_to_one():
    found = {}
    for path in [*ROOT.glob("ypo_dash/**/*.py"), *ROOT.glob("ypo_dash/**/*.html"), *ROOT.glob("assets/*.js")]:  # fmt: skip
        text = path.read_text("utf-8")
        for pattern in (r"/method[^\"'\s]*#([a-z]+)", r"method\(\"([a-z]+)\"", r"method\(\"[a-z]+\" if [^,]+ else \"([a-z]+)\"", r"method_link\(\s*\"([a-z]+)\""):  # fmt: skip
            found |= dict.fromkeys(re.findall(pattern, text), path.name)
    for section in SECTIONS.values():
        found |= dict.fromkeys(section.anchors, "pages/analysis.py")
    assert {"need", "factor", "survey", "index", "disclosure", "comparisons", "map"} <= set(found)
    assert set(found) <= set(anchors()), {n: p for n, p in found.items() if n not in anchors()}
    legend = (ROOT / "ypo_dash/pages/explore.py").read_text("utf-8")
    by_measure = re.findall(r"(?:rate|change|hotspot|gistar)=\"([a-z]+)\"", legend)
    assert len(by_measure) == 4
    assert {*by_measure, *(anchor for anchor, _ in METHODS.values())} <= set(anchors())
    assert {name for name, _ in CHARTS} == set(METHODS)


def test_link_carries_the_reader_s_language():
    link = method_link("time", "Method: hours and weekdays", "da", rate="rates")
    assert link.href == "/method?lang=da#time"
    assert link.title == getattr(link, "aria-label") == "Metode: timer og ugedage"
    assert getattr(link, "data-rate") == "rates"
    with pytest.raises(KeyError):
        method_links(("nothing",), "en")


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_section_of_the_side_panel_leads_to_its_method(demo, lang):
    from ypo_dash.model.filters import Filters

    states = {"": 3, "sectors=14": 3, "from=2012-11-01&to=2012-11-25&types=BURGLARY": 3, "measure=hotspot&baseline=gistar": 4}  # fmt: skip
    for state, number in states.items():
        sections = panel(demo, Filters.from_query(state, demo), lang).sections
        if "sectors" in state:  # last the way to who answers there, which is no figure
            assert sections[-1].link[1] == f"/sector/14?part=contact&lang={lang}"
            assert not sections[-1].facts + sections[-1].notes
            sections = sections[:-1]
        assert len(sections) == number
        for section in sections:
            assert section.method is not None
            assert section.method.lead == {"da": "Metode", "en": "Method"}[lang]
            for name, address in section.method.links:
                assert name
                assert address.split("#")[0] == f"/method?lang={lang}"
                assert address.split("#")[1] in FIXED


@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_formula_is_whole(lang):
    for chapter in chapters(lang):
        for entry in chapter.entries:
            for formula in entry.formulas:
                for node in ET.fromstring(formula).iter():  # noqa: S314 - our own texts
                    children = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "munderover": 3, "msubsup": 3, "mover": 2}.get(node.tag)  # fmt: skip
                    assert children is None or len(node) == children
                    assert "{" not in (node.text or "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x_{i j}^2", "<msubsup><mi>x</mi><mrow><mi>i</mi><mi>j</mi></mrow><mn>2</mn></msubsup>"),
        ("frac{a}{1.5}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mn>1,5</mn></mrow></mfrac>"),
        ("sum_{i} w_i", "<munder><mo>∑</mo><mrow><mi>i</mi></mrow></munder><msub><mi>w</mi><mi>i</mi></msub>"),
        ("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        ("WDD", "<mi>WDD</mi>"),
    ],
)  # fmt: skip
def test_formula(line, expected):
    assert mathml(line, "da") == f'<math display="block"><mrow>{expected}</mrow></math>'


@pytest.mark.parametrize("line", ["frac{a", "frac a", "x_", "sqrt", "{a"])
def test_formula_that_is_not_whole(line):
    with pytest.raises(ValueError, match=r"ends too early|group in braces"):
        mathml(line, "en")
