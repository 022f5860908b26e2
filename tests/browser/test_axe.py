"""Every page of the product under axe-core: WCAG 2.1 A and AA, Danish and English, light and dark.

A page is opened in Danish and light, then in English and dark, each with all rules of these levels
and none left out: names and landmarks go by the language, contrast by the theme, nothing by both.
`PAGES` is the one list: a new page gets a line there, and `test_no_address_is_left_out` fails
until it has one.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.people.conftest import House
from tests.serving import serving
from ypo_dash.pages.analysis import SECTIONS
from ypo_dash.pages.needs import ADDRESSES
from ypo_dash.pages.sector_parts import PARTS
from ypo_dash.people import shares
from ypo_dash.people.shares import Wanted

pytestmark = pytest.mark.browser

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
SHARED = Wanted(tier="partner", query="tier=partner&from=2012-10-01&to=2012-10-31", recipient="FSB", reason="meeting", days=7)  # fmt: skip
LOOKS = (("da", "light"), ("en", "dark"))


@dataclass(frozen=True)
class Seen:
    """A page as somebody sees it; ``shows`` is there once it is drawn, ``open`` is clicked first."""

    path: str
    who: str | None = "sector_manager"
    shows: str = "main"


PAGES = {
    "explore": Seen("/", "analyst", "#explore-panel h2"),
    "explore, a statistic": Seen("/?sectors=5&measure=hotspot", "analyst", "#explore-panel h2"),
    **{f"analysis, {name}": Seen(f"/analysis/{name}", "analyst") for name in SECTIONS},
    "sectors": Seen("/sector"),
    **{f"sector, {name}": Seen(f"/sector/3?part={name}") for name in PARTS},
    "find a sector": Seen("/sector/find?q=Mimersgade"),
    "find a sector, found": Seen("/sector/find?lat=55.7038&lon=12.5421"),
    "organisation": Seen("/organisation", "leader"),
    "organisation, a group": Seen("/organisation?group=NE/special", "leader"),
    "organisation, a cover": Seen("/organisation?cover=new"),
    "threat": Seen("/threat", "leader"),
    "threat, a draft": Seen("/threat?quarter=2012-Q4", "leader"),
    "threat, signed": Seen("/threat?quarter=2012-Q3", "leader"),
    "threat, two quarters": Seen("/threat?quarter=2012-Q3&against=2012-Q2", "leader"),
    "staffing": Seen("/staffing", "leader"),
    "staffing, a sector": Seen("/staffing?sector=8&posts=NE:16&table=figures", "leader"),
    "safety": Seen("/safety", "leader"),
    "safety, an area": Seen("/safety?area=12", "leader"),
    "wall": Seen("/wall?theme={theme}", "leader", "iframe"),
    "wall, a slide": Seen("/wall/frame?theme={theme}", "leader", ".slide.front"),
    "wall, arrange": Seen("/wall/arrange", "leader"),
    "print": Seen("/print", "analyst"),
    "print, of a sector": Seen("/print?kind=fortnight&sectors=5", "analyst"),
    "print, a briefing card": Seen("/print?kind=briefing&sectors=14", "analyst"),
    "share": Seen("/shared", "analyst"),
    "share, opened": Seen("/shared/{token}", None),
    "method": Seen("/method"),
    "sign in": Seen("/sign-in", None),
    "sign in, a screen": Seen("/sign-in/device", None),
    "password": Seen("/password"),
    "record": Seen("/record", "administrator"),
    "about me": Seen("/record/me"),
    "refused": Seen("/record", "viewer"),
    "nothing here": Seen("/no-such-page"),
}
# What axe must find in a page that is wrong in all the ways that ours were or could be.
WRONG = """<!doctype html><html><head><title>x</title><style>p { color: #999; background: #fff }
div { height: 40px; overflow: auto }</style></head><body><main><p>pale words</p><img src="/a.png">
<input><button></button><div>one<br>two<br>three<br>four<br>five</div><a href="/x"></a></main></body></html>"""
FOUND = {
    "button-name", "color-contrast", "html-has-lang", "image-alt", "label", "link-name",
    "scrollable-region-focusable",
}  # fmt: skip
# Addresses that are no pages: forms' targets, files, answers to scripts, leads to other pages.
NO_PAGES = re.compile(
    r"/((api|assets|export|_)|healthz|print/sheet|wall/(wall\.toml|notices)|sign-out|sign-in/provider"
    r"|shared/(links|<token>/<name>)|(staffing|safety|organisation|threat)/|analysis$"
    r"|sector/(find/map\.svg|<sector>/<part>)|<path:path>)"
)


@pytest.fixture(scope="module")
def served(desk_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("axe") / "workspace"
    shutil.copytree(desk_home, home)
    house = House(home)
    with house.access.database.session() as session:
        house.share = shares.add(session, SHARED, "analyst")
    with serving(house.app.server) as house.address:
        yield house


@pytest.fixture(scope="module")
def looks(browser, served):
    """A page of each role and look; axe needs a context of its own, past our policy against eval."""
    made = {}

    def page(who, lang, scheme):
        if (who, lang) not in made:
            context = browser.new_context(
                viewport={"width": 1366, "height": 768}, locale=lang, color_scheme=scheme,
                reduced_motion="reduce", bypass_csp=True,
            )  # fmt: skip
            context.add_init_script(AXE_SCRIPT)
            if who is not None:
                context.add_cookies([{"name": "ypo", "value": served.token(who), "url": served.address}])  # fmt: skip
            made[who, lang] = context.new_page()
        made[who, lang].emulate_media(color_scheme=scheme)
        return made[who, lang]

    yield page
    for found in made.values():
        found.context.close()


def violations(page, **only):
    """What axe finds, as lines: rule, where, and what it measured."""
    found = page.evaluate(
        "only => axe.run(document, { runOnly: only, resultTypes: ['violations'] })", only
    )
    return [
        f"{one['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1].strip()}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_violation(looks, served, name):
    seen, wrong = PAGES[name], []
    path = seen.path.replace("{token}", served.share)
    for lang, scheme in LOOKS:
        page = looks(seen.who, lang, scheme)
        asked = path.replace("{theme}", scheme)
        page.goto(f"{served.address}{asked}{'&' if '?' in asked else '?'}lang={lang}")
        page.wait_for_selector(seen.shows, state="attached", timeout=15_000)
        page.evaluate(
            "document.querySelectorAll('main details').forEach(one => { one.open = true; })"
        )
        assert page.evaluate("document.documentElement.lang") == lang
        wrong += [f"{lang} {scheme} {line}" for line in violations(page, type="tag", values=WCAG)]
    assert wrong == []


def test_axe_finds_what_is_wrong(looks, served):
    page = looks(None, "en", "light")
    page.goto(served.address + "/sign-in")
    page.set_content(WRONG)
    page.evaluate(AXE_SCRIPT)
    found = {line.partition(":")[0] for line in violations(page, type="tag", values=WCAG)}
    assert found == FOUND


def test_no_address_is_left_out():
    """Each address of the product is in `PAGES`, or is no page."""
    seen = {
        re.sub(r"^/shared/\{token\}", "/shared/<token>", p.path.partition("?")[0])
        for p in PAGES.values()
    }
    missing = [
        rule for rule in ADDRESSES
        if not NO_PAGES.match(rule)
        and not any(re.fullmatch(re.sub(r"<\w+>", "[^/]+", rule), path) or rule == path for path in seen)
    ]  # fmt: skip
    assert missing == []
