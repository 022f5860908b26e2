"""The analysis page in headless Chromium: every section by keyboard, nothing in the console, nothing too wide."""

from __future__ import annotations

import pytest

from tests.browser.test_bench import visit  # noqa: F401 - a fixture
from ypo_dash.pages.analysis import SECTIONS

pytestmark = pytest.mark.browser

# The back-test goes over all weeks at its first look, which takes longer than a test may.
QUICK = [section for section in SECTIONS if section != "backtest"]
EFFORT = "types=VIOLENCE&place=7,8&against=1,2,3,4,5,6&start=2011-09-01&before=year"


def test_every_section_by_keyboard(visit):  # noqa: F811
    page = visit().open("/analysis?types=VIOLENCE&lang=en")
    keys = page.page.keyboard
    for section in QUICK:
        link = page.page.locator(f'nav.sections a[href^="/analysis/{section}"]')
        page.page.locator("#plan .button").focus()
        for _ in range(len(SECTIONS)):
            keys.press("Tab")
            if link.evaluate("node => node === document.activeElement"):
                break
        assert link.evaluate("node => getComputedStyle(node).outlineStyle") != "none"
        keys.press("Enter")
        page.at(f"/analysis/{section}?types=VIOLENCE")
        page.wait(lambda link=link: link.get_attribute("aria-current") == "page")
        assert page.page.locator(".finding").first.inner_text()


def test_types_are_chosen_by_keyboard_and_stay(visit):  # noqa: F811
    page = visit().open("/analysis/time?lang=en")
    page.page.locator("details.choose summary").first.focus()
    keys = page.page.keyboard
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Space")
    page.page.locator("#plan .button").press("Enter")
    page.at("types=BURGLARY,THEFT_CAR")
    assert page.page.locator(".choose summary b").first.inner_text() == "2 chosen"
    assert "Burglary" in page.page.locator(".caption").inner_text()


@pytest.mark.parametrize("size", [(1366, 768), (3840, 2160)])
def test_nothing_is_wider_than_the_screen(visit, size):  # noqa: F811
    page = visit(viewport={"width": size[0], "height": size[1]})
    for section in QUICK:
        page.open(f"/analysis/{section}?lang=da&{EFFORT if section == 'effort' else ''}".rstrip("&"))  # fmt: skip
        assert page.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        scroll = page.page.locator(".scroll").all()
        assert all(box.evaluate("node => node.scrollWidth <= node.clientWidth") for box in scroll)


def test_without_scripts_and_on_paper(visit):  # noqa: F811
    page = visit(java_script_enabled=False).open("/analysis/time?lang=en&types=FIRE")
    page.page.get_by_role("link", name="Concentration").click()
    page.at("/analysis/concentration?types=FIRE")
    page.page.locator("[name=hours]").fill("22-6")
    page.page.get_by_role("button", name="Show").click()
    page.at("hours=22-6")
    page.page.emulate_media(media="print")
    assert page.page.locator(".finding").first.is_visible()
    assert not page.page.locator("#plan").is_visible()
