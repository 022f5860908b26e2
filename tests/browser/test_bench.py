"""Staffing and safety in headless Chromium: the questions of a meeting, by mouse and by keyboard."""

from __future__ import annotations

import shutil
import time

import pytest

from app import create_app
from tests.browser.heard import Heard
from tests.postgres import on_postgres
from tests.serving import start, stop
from ypo_dash.model.plan import IndexRules
from ypo_dash.people.access import Access
from ypo_dash.people.plans import NOTHING_EDITED, edited
from ypo_dash.views.safety import share_text
from ypo_dash.views.survey import survey_of
from ypo_dash.views.workbench import workbench_table

pytestmark = pytest.mark.browser

SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]


class Page(Heard):
    """An open page, and what one does with it."""

    def open(self, path):
        self.page.goto(self.address + path)
        return self

    def wait(self, what):
        """Wait until a question about the page is true; its policy forbids to evaluate texts in it."""
        end = time.monotonic() + 60
        while not what():
            assert time.monotonic() < end, "it did not come"
            self.page.wait_for_timeout(20)  # also lets the driver hear what happened
        return self

    def at(self, part):
        return self.wait(lambda: part in self.page.url)

    def row(self, name):
        cells = self.page.locator("table.bench tr", has=self.page.get_by_role("link", name=name)).locator("td, th")  # fmt: skip
        return [" ".join(text.split()) for text in cells.all_inner_texts()]


@pytest.fixture
def visit(contexts, address):
    pages = []

    def start(at=address, **more):
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", **more}
        pages.append(Page(contexts.take(**options).new_page(), at))
        return pages[-1]

    yield start
    complaints = [page.complaints + page.foreign for page in pages]  # before they are left
    contexts.end()
    assert complaints == [[]] * len(pages)


def test_is_area_12_less_safe_than_last_year_and_does_it_matter(visit, demo):
    page = visit().open("/")
    page.page.get_by_role("link", name="Safety", exact=True).click()
    page.at("/safety").page.get_by_role("link", name="12 Stefansgade & Lundtoftegade").click()
    page.at("area=12").wait(lambda: page.page.locator("#detail").count())
    said = " ".join(page.page.locator("#detail").inner_text().split())
    survey = survey_of(demo, IndexRules())
    change = next(
        c for c in survey.changes(2012, 2011, "holm") if c.area.id == "12" and c.measure == "unsafe"
    )
    assert share_text(change.now, "en") in said
    assert share_text(change.before, "en") in said
    assert "No demonstrable change. With so many answers only about 7 percentage points or more would show." in said  # fmt: skip
    index = survey.all[("12", 2012)].index
    assert (
        f"Safety index {index.value:.0f} ({index.low:.0f}–{index.high:.0f}) ordinary effort" in said
    )
    assert page.page.locator("tr.chosen th").inner_text().startswith("12")


def test_what_if_north_east_loses_two_posts(visit, demo):
    page = visit().open("/staffing")
    field = page.page.get_by_label("North-East")
    assert field.input_value() == "18"
    field.fill("16")
    field.press("Tab")
    page.at("posts=NE:16")
    table, _ = workbench_table(demo, "staffing", "posts=NE:16", NOTHING_EDITED)
    today, _ = workbench_table(demo, "staffing", "", NOTHING_EDITED)
    moved = 0
    for row, before in zip(table.rows, today.rows, strict=True):
        shown = page.row(f"{row[0]} {row[1]}")
        assert shown[7] == f"{before[7]}"
        lost = row[7] - before[7]
        assert shown[8].replace("−", "-") == (f"{row[7]} {lost:+d}" if lost else f"{row[7]}")
        moved += lost
    assert moved == -2
    assert "Draft, not saved" in page.page.locator("h1").inner_text()
    page.page.locator("#to-today").click()
    page.wait(lambda: "posts" not in page.page.url)
    assert page.page.get_by_label("North-East").input_value() == "18"
    page.page.go_back()
    page.at("posts=NE:16").wait(lambda: page.page.get_by_label("North-East").input_value() == "16")


def test_by_keyboard_alone(visit):
    page = visit().open("/staffing")
    keys = page.page.keyboard
    for _ in range(40):
        keys.press("Tab")
        if page.page.evaluate("document.activeElement.id") == "p-1":
            break
    keys.press("ArrowDown")
    page.at("posts=NE:17")
    assert page.page.evaluate("document.activeElement.id") == "p-1"  # the place is kept
    page.page.locator("#f-5").focus()
    keys.press("ArrowUp")
    page.at("factors=5:1")
    assert page.page.evaluate("document.activeElement.id") == "f-5"
    for _ in range(2):
        keys.press("Tab")
    assert page.page.evaluate("document.activeElement.textContent").startswith("6")
    keys.press("Enter")
    page.at("sector=6").wait(lambda: page.page.locator("#detail h2").inner_text().startswith("6 "))
    outline = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


def test_nothing_typed_or_half_written_is_lost(visit):
    """One figure after another without waiting; a reason half written while the plan changes."""
    page = visit().open("/staffing?sector=5")
    keys = page.page.keyboard
    page.page.get_by_text("Set another factor").click()
    page.page.locator("#factor-form [name=reason]").fill("half a reason")
    page.page.locator("#p-1").click()
    for text_ in ("16", "11"):
        keys.press("Control+A")
        keys.type(text_)
        keys.press("Tab")
    page.at("posts=NE:16,NW:11")
    page.wait(lambda: page.page.locator("#p-2").input_value() == "11")
    assert page.page.evaluate("document.activeElement.id") == "p-3"
    assert page.page.locator("#factor-form [name=reason]").input_value() == "half a reason"
    page.page.locator("#p-3").fill("-4")
    page.page.locator("#minimum").select_option("0")  # a wrong value stops nothing but itself
    page.page.wait_for_timeout(200)
    assert "minimum" not in page.page.url


def test_a_scenario_is_saved_opened_set_back_and_taken_away(visit, serving_sqlite):
    page = visit(at=serving_sqlite.address).open("/staffing?posts=NE:16")
    north_east = page.page.locator("#p-1")
    page.page.get_by_label("Name").fill("Two fewer up there")
    page.page.get_by_role("button", name="Save", exact=True).click()
    page.at("#stored")
    assert "Two fewer" in page.page.locator("h1").inner_text()
    assert "posts" not in page.page.url  # its name says it all
    assert north_east.input_value() == "16"
    north_east.fill("18")
    north_east.press("Tab")
    page.wait(lambda: "changed, not saved" in page.page.locator("h1").inner_text())
    assert north_east.input_value() == "18"
    page.open("/staffing")
    page.page.locator(".scenarios input").check()
    page.at("with=").wait(lambda: page.page.locator("td.beside").count() > 20)
    page.page.locator(".scenarios a").click()
    page.at("scenario=").wait(lambda: north_east.input_value() == "16")
    page.page.once("dialog", lambda dialog: dialog.accept())
    page.page.get_by_role("button", name="Remove").click()
    page.at("#stored")
    assert page.page.locator(".scenarios").count() == 0
    assert north_east.input_value() == "18"


def test_only_an_earlier_year_is_compared_with(visit):
    page = visit().open("/safety")
    assert page.page.locator("#against").input_value() == "2011"
    page.page.locator("#year").select_option("2011")
    page.at("year=2011").wait(lambda: page.page.locator("#against").input_value() == "2010")
    assert "10.0 % in 2011, 11.0 % in 2010" in page.page.locator(".finding-line").inner_text()
    page.page.locator("#year").select_option("2009")
    page.at("year=2009").wait(lambda: page.page.locator("#against option").count() == 1)
    assert "beyond chance" not in page.page.locator("#work").inner_text().split("Area numbers")[0]


def test_the_maps_lead_to_the_same_places(visit):
    page = visit().open("/staffing")
    page.page.locator(".bench-map [data-href]").nth(14).click()
    page.at("sector=15")
    assert page.page.locator("#detail h2").inner_text().startswith("15 ")
    page.page.locator("#show").select_option("reported")
    page.at("show=reported")
    assert page.page.locator(".bench-map path.chosen").count() == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["/staffing?sector=8&posts=NE:16", "/safety?area=12"])
def test_nothing_is_wider_than_its_window(visit, size, path):
    for lang, scheme in (("da", "dark"), ("en", "light")):
        viewport = {"width": size[0], "height": size[1]}
        page = visit(viewport=viewport, color_scheme=scheme).open(f"{path}&lang={lang}")
        width = page.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
        assert page.page.evaluate("document.documentElement.lang") == lang


def test_without_scripts_the_form_and_the_links_still_work(visit):
    page = visit(java_script_enabled=False).open("/staffing")
    page.page.get_by_label("North-East").fill("16")
    page.page.get_by_role("button", name="Show", exact=True).click()
    assert page.page.url.endswith("/staffing?posts=NE:16")
    page.page.get_by_role("link", name="8 Blågården & Sankt Hans Torv").click()
    assert page.page.locator("#detail h2").inner_text().startswith("8 ")
    assert "posts=NE:16" in page.page.url


def test_a_lost_server_is_said_and_the_figures_stay(visit):
    page = visit().open("/safety?area=3")
    page.page.route("**/safety?*", lambda route: route.abort())
    page.page.locator("#year").select_option("2010")
    page.wait(lambda: page.page.locator("#work-band").count())
    assert "No connection" in page.page.locator("#work-band").inner_text()
    assert page.page.locator("table.bench tbody tr").count() == 35
    page.complaints.clear()  # the browser logs the broken connection


class Serving:
    """A server of a workspace that can be stopped and started anew at the same address."""

    def __init__(self, home):
        self.home, self.port = home, 0
        self.start()

    def start(self):
        self.server = start(create_app(self.home).server, self.port)
        self.port = self.server.server_port

    def stop(self):
        stop(self.server)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def serving_sqlite(demo_home, tmp_path):
    made = Serving(shutil.copytree(demo_home, tmp_path / "workspace"))
    yield made
    made.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def serving(request, demo_home, tmp_path):
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    if request.param == "postgresql":
        on_postgres(home, request.getfixturevalue("postgres"))
    made = Serving(home)
    yield made
    made.stop()


def write_factor(page, factor, reason, who):
    page.page.get_by_text("Set another factor").click()
    form = page.page.locator("#factor-form")
    form.locator("[name=factor]").select_option(factor)
    form.locator("[name=reason]").fill(reason)
    form.locator("[name=approved_by]").fill(who)
    return form


def test_two_browsers_edit_a_factor_and_the_server_restarts_in_between(visit, serving):
    """One saves, the server dies and comes back, the other is told, keeps his text, and may decide."""
    one, two = (visit(at=serving.address).open("/staffing?sector=10&lang=en") for _ in range(2))
    first = write_factor(one, "2", "two estates and the new night bus", "Leader A")
    second = write_factor(two, "4", "calmer since the summer, see the log", "Leader B")
    first.get_by_role("button", name="Save").click()
    one.wait(lambda: "two estates" in one.page.locator(".history").inner_text())
    serving.stop()
    serving.start()
    second.get_by_role("button", name="Save").click()
    two.wait(lambda: two.page.locator("#problem").count())
    assert (
        "Not saved: somebody without sign-in saved at" in two.page.locator("#problem").inner_text()
    )
    detail = two.page.locator("#detail")
    assert "two estates and the new night bus" in detail.inner_text()
    form = two.page.locator("#factor-form")
    assert form.locator("[name=reason]").input_value() == "calmer since the summer, see the log"
    assert form.locator("[name=factor]").input_value() == "4"
    assert edited(Access(serving.home)).factors["10"].factor == 2
    form.get_by_role("button", name="Save").click()
    two.wait(lambda: "calmer" in two.page.locator(".history").inner_text())
    history = two.page.locator(".history").inner_text()
    assert history.index("calmer since") < history.index("two estates") < history.index("imported")
    held = edited(Access(serving.home)).factors["10"]
    assert (held.factor, held.approved_by, held.version) == (4, "Leader B", 2)
    # Explore's side panel and the table count with it at once.
    one.open("/?sectors=10&lang=en")
    one.wait(lambda: "Leader B" in (one.page.locator("#explore-panel").inner_text() or ""))
