"""The print page in headless Chromium: chosen by keyboard alone, and the file has the export's numbers."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest

from tests.browser.heard import Heard
from tests.printed import text_of

pytestmark = pytest.mark.browser


class Print(Heard):
    """An open print page, and what one does with it."""

    def wait(self, what):
        end = time.monotonic() + 15
        while not what():
            assert time.monotonic() < end, f"it did not come: {self.page.url}"
            self.page.wait_for_timeout(20)

    @property
    def focus(self):
        return self.page.evaluate("document.activeElement.id")

    def tab_to(self, name):
        for _ in range(60):
            if self.focus == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {name}")

    def press(self, key, at):
        """Press a key and wait for the page that it leads to, sheets and all."""
        self.page.keyboard.press(key)
        self.wait(lambda: at in self.page.url)
        self.shown()

    def shown(self):
        first = "(document.querySelector('.sheet img') || {}).naturalWidth > 0"
        self.wait(lambda: self.page.evaluate(first))

    def numbers(self, folder):
        """Take the file by its button; return its words and the numbers of its table of types."""
        self.tab_to("download")
        with self.page.expect_download() as taken:
            self.page.keyboard.press("Enter")
        path = folder / taken.value.suggested_filename
        taken.value.save_as(path)
        words = text_of(path.read_bytes())
        return words, dict(re.findall(r"^ *[A-Z] +(\S.*?) {2,}(\d+)(?: |$)", words, re.MULTILINE))


@pytest.fixture
def printing(browser, address):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB", accept_downloads=True)  # fmt: skip
    found = Print(context.new_page(), address)
    yield found
    complaints = found.complaints + found.foreign  # before it is left
    context.close()
    assert complaints == []


def test_a_document_is_chosen_and_taken_by_keyboard_in_both_languages(printing, demo, tmp_path):
    printing.page.goto(f"{printing.address}/print?lang=en&sectors=5")
    printing.shown()
    printing.tab_to("kind-weekend")
    printing.press("ArrowDown", "kind=fortnight")
    assert printing.focus == "kind-fortnight"  # the place is kept
    printing.tab_to("period-2")
    printing.press("Enter", "from=2012-11-05&to=2012-11-18")
    printing.tab_to("tier-internal")
    printing.page.keyboard.press("ArrowDown")
    printing.wait(lambda: "tier=partner" in printing.page.url)
    printing.press("ArrowUp", "kind=fortnight&lang=en")
    printing.tab_to("period-2")
    printing.press("Enter", "from=2012-11-05&to=2012-11-18")
    state = "from=2012-11-05&to=2012-11-18&sectors=5"
    exported = printing.page.request.get(f"{printing.address}/export/types.csv?{state}").text()
    counts = {row["code"]: row["count"] for row in csv.DictReader(io.StringIO(exported))}
    for lang in ("en", "da"):
        if lang == "da":
            printing.tab_to("lang-en")
            printing.press("ArrowUp", "lang=da")
            assert printing.page.evaluate("document.documentElement.lang") == "da"
        words, numbers = printing.numbers(tmp_path)
        offences = demo.taxonomy.offence.values()
        assert {o.name(lang): numbers.get(o.name(lang)) for o in offences} == {
            o.name(lang): counts.get(o.code, "0") for o in offences
        }
        assert demo.id in words
        assert ("5/11 – Sunday 18/11/2012" if lang == "en" else "5/11 – søndag 18/11/2012") in words


def test_it_works_without_scripts_and_from_explore(browser, address):
    context = browser.new_context(java_script_enabled=False, locale="da-DK")
    page = context.new_page()
    page.goto(f"{address}/print?types=BURGLARY&lang=da")
    page.locator("#kind-fortnight").check()
    page.locator("#print-place").select_option("sectors:5")
    page.get_by_role("button", name="Vis").click()
    assert "kind=fortnight" in page.url
    assert "sectors=5" in page.url
    assert "types=BURGLARY" in page.url
    assert page.locator(".sheet img").count() >= 1
    context.close()


def test_explore_leads_to_the_print_of_its_state(explore):
    explore.open("?types=BURGLARY&from=2012-11-05&to=2012-11-18&lang=en")
    explore.page.get_by_role("link", name="Print", exact=True).click()
    explore.page.wait_for_selector(".sheet img")
    for part in ("types=BURGLARY", "from=2012-11-05", "to=2012-11-18"):
        assert part in explore.page.url
