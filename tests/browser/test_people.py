"""Signing in, working and going out in a real browser, under the page's strict policy."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.browser.explore import Explore
from tests.people.conftest import PASSWORD, House
from tests.serving import serving


@pytest.fixture(scope="module")
def signed(demo_home, tmp_path_factory):
    home = tmp_path_factory.mktemp("signed") / "workspace"
    shutil.copytree(demo_home, home)
    house = House(home)
    with serving(house.app.server) as house.address:
        yield house


@pytest.fixture
def visit(browser, signed):
    """Open a page and sign in by keyboard."""
    contexts = []

    def go(who, path="/", locale="en-GB", scheme="light", *, clock=False):
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, locale=locale, color_scheme=scheme
        )
        contexts.append(context)
        if clock:  # one that the test can stop
            context.clock.install()
        seen = Explore(context.new_page(), signed.address)
        seen.page.goto(signed.address + path)
        if who:
            seen.page.wait_for_selector("[name=name]:focus")
            seen.page.keyboard.type(who)
            seen.page.keyboard.press("Tab")
            seen.page.keyboard.type(PASSWORD)
            seen.page.keyboard.press("Enter")
        seen.context = context
        return seen

    yield go
    for context in contexts:
        context.close()


def calm(seen):
    assert seen.complaints == []
    assert seen.foreign == []


def test_sign_in_by_keyboard_leads_to_what_was_asked(visit):
    seen = visit("analyst", "/?types=FIRE")
    seen.page.wait_for_selector("#explore-panel h2")
    assert seen.ready().settle().state == {"types": "FIRE"}
    seen.page.focus(".account summary")
    seen.key("Enter", "Tab")
    assert seen.read("document.activeElement.textContent") == "What is recorded about me"
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/record/me")
    assert "types=FIRE" in seen.page.inner_text("table")
    seen.page.click("text=Sign out")
    seen.page.wait_for_url("**/sign-in")
    seen.page.go_back()
    seen.page.wait_for_url("**/sign-in**")  # nothing comes back from the browser's memory
    calm(seen)


def test_a_drag_is_recorded_by_where_it_ends(visit, signed):
    seen = visit("leader", clock=True)
    seen.page.wait_for_selector("#explore-panel h2")
    seen.ready().settle()
    # Later than any step before it, and from here on no time passes: a pause would be a look as well.
    seen.context.clock.pause_at(seen.read("Date.now()") + 10_000)
    before = len(signed.entries())
    start, end = seen.heat_cell(1, 3), seen.heat_cell(3, 9)
    points = [
        (start[0] + (end[0] - start[0]) * i / 9, start[1] + (end[1] - start[1]) * i / 9)
        for i in range(10)
    ]
    seen.hold(points)

    def looks():
        return [e["filter"] for e in signed.entries()[before:] if e["object"] == "map"]

    assert looks() == []
    seen.page.mouse.up()
    seen.context.clock.resume()
    seen.settle()
    assert looks() == ["hours=3-10&days=2,3,4"]
    calm(seen)


def test_an_export_asks_why_and_says_so(visit, signed):
    seen = visit("analyst")
    seen.page.wait_for_selector("#explore-panel h2")
    seen.ready().settle()
    seen.page.click("#export")
    seen.page.click("#export-menu a >> nth=0")
    seen.page.select_option(".reason-dialog select", "Inspection")
    with seen.page.expect_download() as download:
        seen.page.click(".reason-dialog button[type=submit]")
    assert download.value.suggested_filename.endswith(".csv")
    entry = [e for e in signed.entries() if e["object"].startswith("export")][-1]
    assert entry["reason"] == "Inspection"
    calm(seen)


def test_roles_see_their_pages(visit, signed):
    viewer = visit("viewer", "/?types=ROBBERY&from=2012-11-20")
    viewer.page.wait_for_selector("#explore-panel h2")
    viewer.ready().settle()
    assert not viewer.page.is_visible("#export")
    viewer.page.wait_for_timeout(600)
    assert viewer.page.locator(".pin").count() == 0
    calm(viewer)
    officer = visit("officer", "/?types=ROBBERY,BURGLARY&from=2012-11-20")
    officer.page.wait_for_selector(".pin")
    assert "in other sectors than yours" in officer.page.inner_text("#withheld")
    calm(officer)
    administrator = visit("administrator", "/")
    administrator.page.wait_for_url("**/record")
    administrator.page.click("text=Check that it is whole")
    assert "The record is whole" in administrator.page.inner_text("main")
    administrator.page.goto(signed.address + "/")
    assert "Not for your role" in administrator.page.inner_text("main")


def test_a_session_that_ended_says_so_in_the_page(visit):
    seen = visit("analyst")
    seen.page.wait_for_selector("#explore-panel h2")
    seen.ready().settle()
    seen.context.clear_cookies()
    seen.page.click('[data-res="10"]')
    seen.page.wait_for_selector("#notice:not([hidden])")
    assert "Signed out" in seen.page.inner_text("#notice")
    seen.page.click("#notice button")
    seen.page.wait_for_url("**/sign-in?next=**res%3D10**")


def test_a_link_for_a_partner(visit, signed):
    seen = visit("analyst", "/shared")
    seen.page.fill("[name=recipient]", "FSB")
    seen.page.fill("[name=reason]", "meeting")
    seen.page.click("text=Make a link")
    link = seen.page.input_value("#link")
    total = seen.page.inner_text("tr.total:last-child td")
    calm(seen)
    outside = visit(None, link.removeprefix(signed.address), "da-DK", "dark")
    assert outside.page.inner_text("tr.total:last-child td") == total.replace(",", ".")
    assert outside.page.locator("nav").count() == 0
    assert re.search(r"\d+–\d+", total)
    wide = outside.read(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    assert wide
    calm(outside)
    with signed.access.database.session() as session:
        from ypo_dash.people import shares

        shares.revoke(session, shares.everything(session)[0].id)
    outside.page.reload()
    assert "Dette link åbner ikke" in outside.page.inner_text("main")
