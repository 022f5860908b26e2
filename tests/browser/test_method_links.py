"""From the figures to their method, by mouse and by keyboard, and the page as it is drawn."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_figure_leads_to_its_method_by_keyboard_in_the_reader_s_language(explore):
    page = explore.open("?lang=en&measure=rate").page
    explore.do("#lang-da")  # after the links were written
    page.locator("#legend .method-link").focus()
    assert page.evaluate("document.activeElement.title") == "Metode: hvad kortet viser"
    page.keyboard.press("Enter")
    page.wait_for_url("**/method?lang=da#rates")
    assert page.evaluate("document.documentElement.lang") == "da"
    assert page.locator("#rates h3").inner_text() == "Hændelser pr. 1.000 indbyggere"
    top = page.locator("#rates").bounding_box()["y"]
    assert 0 <= top < 200
    # The next Tab goes on from the entry, not from the top of the page.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article').id") == "rates"


@pytest.mark.parametrize("width", [1366, 3840, 700])
def test_page_as_it_is_drawn(explore, width):
    page = explore.page
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(explore.address + "/method?lang=da")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    drawn = page.evaluate("[...document.querySelectorAll('math')].map(m => m.getBoundingClientRect().height)")  # fmt: skip
    assert len(drawn) > 40
    assert min(drawn) > 10
    small = page.evaluate(
        "[...document.querySelectorAll('.method-link, .contents a')].filter(a => a.getBoundingClientRect().height < 22).length"
    )
    assert small == 0
