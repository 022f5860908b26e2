"""Every print as a sheet of paper: tagged, embedded, nothing cut off or on top of another, each alone complete."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import UTC, datetime

import pdfua
import pikepdf
import pytest

from tests.printed import poppler, printed, text_of
from ypo_dash.model.desk import Contact
from ypo_dash.model.filters import Filters
from ypo_dash.reports.kinds import KINDS, dated, document
from ypo_dash.reports.printing import Printing

NOW = datetime(2012, 11, 26, 6, 45, tzinfo=UTC)
# The founding text's own dates.
STATES = {
    "weekend": "from=2012-11-23&to=2012-11-25",
    "fortnight": "sectors=5&from=2012-11-05&to=2012-11-18",
    "week": "from=2012-11-19&to=2012-11-25&station=NW",
    "quarter": "from=2012-07-01&to=2012-09-30",
    "briefing": "from=2012-11-19&to=2012-11-25&sectors=5,14",
    "threat": "from=2012-07-01&to=2012-09-30",
    "contact": "sectors=5",
}
ONLY_INTERNAL = ("briefing",)
MOST_SHEETS = {"weekend": 6, "fortnight": 4, "week": 8, "quarter": 6, "briefing": 2, "threat": 6, "contact": 2}  # fmt: skip
MARGIN = 11.5 * 72 / 25.4  # points; the margins are 12 mm
WORDS = {
    "en": {"internal": "For police use only", "partner": "For named partners", "sheet": r"page {n} of {all}"},
    "da": {"internal": "Kun til politiets brug", "partner": "Til navngivne", "sheet": r"side {n} af {all}"},
}  # fmt: skip
FOR_ANYBODY = {"en": "May be given to anybody", "da": "Må gives til alle"}
CONTACTS = (
    Contact(sector="5", role="manager", name="Anna Andersen", phone="35 21 00 05", email="sektor5@politi.example"),
    Contact(sector="5", role="deputy", name="Bo Berg", phone="35 21 00 06", email="sektor5b@politi.example"),
)  # fmt: skip


def test_there_is_a_state_for_every_kind():
    assert set(STATES) == set(KINDS)


@pytest.fixture(scope="module", params=[(k, t, lg) for k in STATES for t in ("internal", "partner") for lg in ("da", "en") if t == "internal" or k not in ONLY_INTERNAL], ids="-".join)  # fmt: skip
def sheets(request, demo):
    """A print: kind, tier, language, the PDF and its text by sheet."""
    kind, tier, lang = request.param
    state = (
        STATES[kind] if (kind, tier) != ("week", "partner") else STATES[kind].split("&station")[0]
    )
    filters = Filters.from_query(f"{state}&tier={tier}&lang={lang}", demo)
    how = Printing(printed_by="Anna And", now=NOW, points=frozenset(demo.sector_names), contacts=CONTACTS)  # fmt: skip
    pdf = printed(document(demo, kind, dated(demo, kind, filters), how))
    return kind, tier, lang, pdf, text_of(pdf).split("\f")[:-1]


def test_the_validator_finds_nothing(sheets, tmp_path):
    """Of PDF/UA-1 the part that pdfua checks; Typst itself refuses more of it when it exports."""
    path = tmp_path / "print.pdf"
    path.write_bytes(sheets[3])
    report = pdfua.validate(str(path))
    assert [f for outcome in report.outcomes for f in outcome.findings] == []
    assert sum(not outcome.skipped_reason for outcome in report.outcomes) >= 10


def test_it_is_tagged_and_its_fonts_are_inside(sheets):
    kind, _, lang, pdf, _ = sheets
    with pikepdf.open(io.BytesIO(pdf)) as found:
        assert found.Root.MarkInfo.Marked
        assert str(found.Root.Lang).split("-")[0] == lang
        assert "pdfuaid" in found.Root.Metadata.read_bytes().decode()
        assert str(found.docinfo["/Title"])
        tags = [str(node.S) for node in _nodes(found.Root.StructTreeRoot) if "/S" in node]
        figures = [n for n in _nodes(found.Root.StructTreeRoot) if n.get("/S") == "/Figure"]
        assert all(len(str(n.Alt)) > 10 for n in figures)
        assert ({"/H1"} if kind == "contact" else {"/H1", "/Table", "/TH", "/TD"}) <= set(tags)
        assert kind in ("quarter", "threat") or figures
        fonts = [o for o in found.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]  # fmt: skip
        assert fonts
        assert all("/FontFile2" in f or "/FontFile3" in f for f in fonts)
        assert all("SourceSans3" in str(f.FontName) for f in fonts)
        # Maps and charts are drawn, not photographed.
        assert not [o for o in found.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]  # fmt: skip


def _nodes(node):
    """All structure elements below one."""
    children = node.get("/K", [])
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _nodes(child)


def test_each_sheet_stands_alone(sheets, demo):
    kind, tier, lang, _, texts = sheets
    assert 1 <= len(texts) <= (MOST_SHEETS[kind] if (kind, tier) != ("week", "partner") else 22)
    for n, sheet in enumerate(texts, start=1):
        assert (FOR_ANYBODY[lang] if kind == "contact" else WORDS[lang][tier]) in sheet
        assert ("Simulerede data" if lang == "da" else "Simulated data") in sheet
        assert demo.id in sheet
        assert "Anna And" in sheet
        assert "Bellahøj" in sheet
        assert re.search(r"(udtræk|extract) \d+/\d+/\d{4} \d\d:\d\d", sheet)
        assert re.search(r"(?:dag|day) \d+/\d+", sheet)
        assert WORDS[lang]["sheet"].format(n=n, all=len(texts)) in sheet
        assert len(sheet.split()) > 60, "a sheet for next to nothing"


def test_nothing_is_cut_off_or_on_top_of_another(sheets):
    pages = words_of(sheets[3])
    for number, words in enumerate(pages, start=1):
        for x0, y0, x1, y1, word in words:
            inside = x0 >= MARGIN and y0 > 20 and x1 <= 595.3 - MARGIN and y1 < 830
            assert inside, (number, word, x0, x1)
        words.sort()
        for i, one in enumerate(words):
            for other in words[i + 1 :]:
                if other[0] >= one[2]:
                    break
                assert not overlaps(one, other), (number, one, other)


def overlaps(one, other):
    """Whether two words' inner boxes share a fourth of the smaller; line boxes are taller than letters."""
    high = (min(one[3], other[3]) - max(one[1], other[1])) / min(
        one[3] - one[1], other[3] - other[1]
    )
    wide = (min(one[2], other[2]) - max(one[0], other[0])) / min(
        one[2] - one[0], other[2] - other[0]
    )
    return high > 0.5 and wide > 0.25


def words_of(pdf):
    """Boxes (x0, y0, x1, y1) in points and text of every word, sheet by sheet."""
    command = [poppler("pdftotext"), "-bbox", "-enc", "UTF-8", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    box = re.compile(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    )
    return [
        [(*map(float, parts[:4]), parts[4]) for parts in box.findall(page)]
        for page in found.split("<page ")[1:]
    ]


def test_no_heading_ends_a_sheet(sheets, demo):
    """Behind a heading something stands on the same sheet: its table, its picture, its words."""
    headings = {
        "By type", "By sector", "Incidents", "By day", "When", "Out of the ordinary", "Open agreements", "Efforts", "Follow-ups due within 7 days", "Areas",
        "Efter type", "Efter sektor", "Hændelser", "Efter dag", "Hvornår", "Usædvanligt", "Åbne aftaler", "Indsatser", "Opfølgninger, der forfalder inden for 7 dage", "Områder",
    }  # fmt: skip
    seen = 0
    for sheet in sheets[4]:
        lines = [line.strip() for line in sheet.splitlines() if line.strip()]
        foot = next(i for i, line in enumerate(lines) if demo.id in line) - 3
        at = [i for i, line in enumerate(lines) if line in headings]
        seen += len(at)
        assert all(i + 2 <= foot for i in at), lines[max(at) :]
    assert seen or sheets[0] in ("quarter", "contact")
