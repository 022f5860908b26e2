"""The threat assessment in headless Chromium: written, reviewed, signed and corrected, by keyboard alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app import create_app
from tests.browser.heard import Heard
from tests.serving import serving
from ypo_dash.model.desk import GangIncident, Listing
from ypo_dash.people import desk, desk_files
from ypo_dash.people.access import Access
from ypo_dash.people.assessments import find
from ypo_dash.views.simulated_threat import simulate_assessments

pytestmark = pytest.mark.browser
DESK = Path(__file__).resolve().parents[2] / "data" / "desk"
SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]


@pytest.fixture
def home(demo_home, demo, tmp_path):
    """The district with the demonstration's gang incidents, lists and assessments."""
    made = shutil.copytree(demo_home, tmp_path / "workspace")
    access = Access(made)
    for kind in (GangIncident, Listing):
        desk_files.take(access.database, kind, DESK / f"{kind.KIND}.csv", desk.known(demo), "test")
    simulate_assessments(access, demo)
    return made


@pytest.fixture
def visit(contexts, home):
    pages = []
    with serving(create_app(home).server) as address:

        def start(path, **more):
            options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", **more}
            heard = Heard(contexts.take(**options).new_page(), address)
            pages.append(heard)
            heard.page.goto(address + path)
            return heard.page

        yield start
        complaints = [page.complaints + page.foreign for page in pages]  # before they are left
        contexts.end()
    assert complaints == [[]] * len(pages)


def reach(page, script, most=220):
    """Press Tab until the focused element answers to a question; the way of who has no mouse."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const e = document.activeElement; return {script}; }})()"):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", "the focus is not seen"
            return
    raise AssertionError(f"not reached: {script}")


def said(page):
    return " ".join(page.locator("main").inner_text().split())


def press_button(page, name):
    reach(page, f"e.tagName === 'BUTTON' && e.textContent.trim() === '{name}'")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def open_summary(page, name):
    reach(page, f"e.tagName === 'SUMMARY' && e.textContent.trim().startsWith('{name}')")
    page.keyboard.press("Enter")


def test_a_quarter_is_written_reviewed_signed_and_corrected_by_keyboard(visit, home, demo):
    page = visit("/threat?lang=en")
    reach(page, "e.tagName === 'A' && e.textContent.trim() === 'quarter 4 of 2011'")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "No assessment was begun of this quarter" in said(page)
    press_button(page, "Begin a draft")
    for place, area in enumerate(desk.known(demo).areas, 1):
        page.goto(f"{page.url.partition('#')[0]}#a-{place}")
        reach(page, f"e.tagName === 'SUMMARY' && e.textContent.trim() === 'Write {area}'")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Raised")
        page.keyboard.press("Tab")
        page.keyboard.type("Steady")
        page.keyboard.press("Tab")
        page.keyboard.type(f"as the figures of {area} say")
        page.keyboard.press("Tab")
        page.keyboard.type("Written by keyboard.")
        reach(page, "e.tagName === 'BUTTON' && e.textContent.trim() === 'Save'", most=3)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        section = " ".join(page.locator(f"#a-{place}").inner_text().split())
        assert "Raised" in section
        assert f"as the figures of {area} say" in section
    press_button(page, "Send to review")
    assert "In review: nothing here is signed yet." in said(page)
    press_button(page, "Sign")
    one = find(Access(home), "2011-Q4", 1)
    assert one.is_signed
    assert "Signed by anybody on" in said(page) or "Signed by somebody without sign-in on" in said(page)  # fmt: skip
    assert one.sha256[:16] in said(page)
    assert page.locator("main textarea:visible").count() == 0
    open_summary(page, "Correct it with a new version")
    page.keyboard.press("Tab")
    page.keyboard.type("an area was judged too high")
    press_button(page, "Begin a new version")
    assert "Corrects version 1: an area was judged too high" in said(page)
    assert find(Access(home), "2011-Q4", 1) == one
    # Everything is on paper too, with the signature's digest.
    page.goto(page.url.partition("?")[0] + "?quarter=2011-Q4&lang=en")
    reach(page, "e.tagName === 'A' && e.href.includes('kind=threat')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "kind=threat" in page.url
    assert page.locator("img").count() >= 5


def test_two_browsers_write_of_one_area(visit, home):
    address = "/threat?quarter=2012-Q4&lang=en"
    one, two = visit(address), visit(address)
    for page, text in ((one, "the first one's words"), (two, "the second one's words")):
        section = page.locator("#a-1")
        section.get_by_text("Write Mjølnerparken").click()
        section.locator("textarea[name=text]").fill(text)
    one.locator("#a-1").get_by_role("button", name="Save").click()
    one.wait_for_url("**#saved")
    two.locator("#a-1").get_by_role("button", name="Save").click()
    two.wait_for_load_state()
    assert "Not saved:" in two.locator("#problem").inner_text()
    assert "the first one's words" in two.locator("#a-1").inner_text()
    assert two.locator("#a-1 textarea[name=text]").input_value() == "the second one's words"
    assert find(Access(home), "2012-Q4", 1).texts.of("Mjølnerparken").text == "the first one's words"  # fmt: skip
    two.locator("#a-1").get_by_role("button", name="Save").click()
    two.wait_for_url("**#saved")
    assert find(Access(home), "2012-Q4", 1).texts.of("Mjølnerparken").text == "the second one's words"  # fmt: skip


def test_a_gang_incident_is_entered_and_counted(visit):
    page = visit("/threat?quarter=2012-Q4&lang=en")
    assert "Bispeparken" in page.locator("#a-4").inner_text()
    assert "None was judged to be gang-related." in page.locator("#a-4").inner_text()
    box = page.locator(".enter > details").first
    box.locator("> summary").click()
    box.locator("details.entry").last.locator("> summary").click()
    form = box.locator("details.entry").last.locator("form").first
    form.locator("[name=date]").fill("2012-11-02")
    form.locator("[name=area]").select_option("Bispeparken")
    form.locator("[name=kind]").select_option("weapon_find")
    form.locator("[name=judged_by]").fill("Unit")
    form.locator("[name=judged_on]").fill("2012-11-03")
    form.locator("[name=certainty]").select_option("possible")
    form.get_by_role("button", name="Save").click()
    page.wait_for_url("**#saved")
    assert "Weapon find 1. Killed 0, injured 0. possible 1" in " ".join(page.locator("#a-4").inner_text().split())  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_its_window(visit, size):
    for path in ("/threat?", "/threat?quarter=2012-Q3", "/threat?quarter=2012-Q4", "/threat?quarter=2012-Q3&against=2012-Q2"):  # fmt: skip
        for lang, scheme in (("da", "dark"), ("en", "light")):
            viewport = {"width": size[0], "height": size[1]}
            page = visit(f"{path}&lang={lang}", viewport=viewport, color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert page.evaluate("document.documentElement.lang") == lang
            wide = page.evaluate(
                "[...document.querySelectorAll('.threat-main .scroll')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
            )
            assert wide == 0, "a table is cut off"


def test_without_scripts_all_of_it_works(visit):
    page = visit("/threat?quarter=2012-Q4&lang=en", java_script_enabled=False)
    page.get_by_label("Compare with").select_option("2012-Q3")
    page.get_by_role("button", name="Show").click()
    assert "against=2012-Q3" in page.url
    assert "quarter 4 of 2012 against quarter 3 of 2012".capitalize() in said(page)
