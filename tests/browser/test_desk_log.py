"""The log and the partners of a sector's desk in headless Chromium, by keyboard alone, in both languages."""

from __future__ import annotations

import shutil

import pytest

from app import create_app
from tests.browser.test_bench import Page
from tests.serving import serving
from ypo_dash.i18n import text

pytestmark = pytest.mark.browser

CPR = "Mødte 010190-1234 i gården"


@pytest.fixture
def address(demo_home, tmp_path):
    home = shutil.copytree(demo_home, tmp_path / "workspace")
    with serving(create_app(home).server) as found:
        yield found


class Keys(Page):
    """A page that is used by its keys."""

    lang = "en"

    def t(self, message, **values):
        return text(self.lang, message, **values)

    @property
    def focused(self):
        """Name, words and outline of what has the focus."""
        return self.page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return {name: e.getAttribute('name') || '', words: (e.innerText || '').trim(), tag: e.tagName,"
            " outline: s.outlineStyle}; })()"
        )

    def tab_to(self, name="", words="", within=120):
        """Press Tab until a field or a control of these words has the focus."""
        for _ in range(within):
            self.page.keyboard.press("Tab")
            found = self.focused
            if name and found["name"] == name:
                return self
            if words and found["words"].startswith(words):
                assert found["outline"] != "none", f"no focus to be seen on {words}"
                return self
        raise AssertionError(f"Tab never came to {name or words}")

    def type(self, name, words):
        self.tab_to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        return self

    def choose(self, name, shown):
        """Choose of a list by typing how it begins."""
        self.tab_to(name)
        self.page.keyboard.type(shown[:12])
        return self

    def press(self, words):
        self.tab_to(words=words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def opened(self, words):
        self.tab_to(words=words)
        self.page.keyboard.press("Enter")
        return self

    @property
    def said(self):
        return " ".join(self.page.locator("main").inner_text().split())


@pytest.fixture(params=["en", "da"])
def keys(request, contexts, address):
    context = contexts.take(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page = Keys(context.new_page(), address)
    page.lang = request.param
    yield page
    complaints = page.complaints + page.foreign
    contexts.end()
    assert complaints == []


def new_entry(page, words):
    page.opened(page.t("Write an entry"))
    page.choose("kind", page.t("Agreement")).type("words", words)
    page.tab_to("follow_up").page.keyboard.type("12122012")  # day and month in either order
    page.type("author", "Din Betjent")
    return page.press(page.t("Save"))


def test_an_entry_is_written_refused_mended_changed_found_and_followed_up(keys):
    keys.open(f"/sector/5?part=log&lang={keys.lang}")
    new_entry(keys, CPR)
    assert keys.focused["name"] == "words"  # where it is wrong
    area = keys.page.locator("textarea[name=words]")
    assert area.input_value() == CPR
    problem = keys.page.locator("#field-problem")
    assert "CPR" in problem.inner_text()
    described = area.get_attribute("aria-describedby")
    assert described == problem.get_attribute("id")
    assert keys.page.locator("input[name=follow_up]").input_value() == "2012-12-12"
    keys.page.keyboard.press("Control+A")
    keys.page.keyboard.type("Gårdens bænk flyttes")
    keys.press(keys.t("Save"))
    assert keys.page.url.endswith("#saved")
    assert keys.page.locator("#saved").is_visible()
    assert "Gårdens bænk flyttes" in keys.said
    assert keys.t("Agreement") in keys.said

    keys.press(keys.t("Edit")).type("words", "Gårdens bænk er flyttet").press(keys.t("Save"))
    keys.opened(keys.t("Earlier versions"))
    assert keys.page.locator(".log-earlier li .log-words").inner_text() == "Gårdens bænk flyttes"
    assert keys.page.locator(".log-earlier li .log-words").is_visible()

    keys.type("q", "BÆNK gård")
    with keys.page.expect_navigation():
        keys.page.keyboard.press("Enter")
    assert keys.page.locator(".log-words mark").all_inner_texts() == ["Gård", "bænk"]
    keys.open(f"/sector/5?part=log&lang={keys.lang}&open=yes").press(keys.t("Done"))
    assert keys.t("No open follow-up.") in keys.said
    keys.open(f"/sector/5?part=log&lang={keys.lang}")
    assert keys.t("Followed up on {date}", date="26/11/2012") in keys.said


def test_a_partner_is_written_down_a_visit_planned_and_made(keys):
    keys.open(f"/sector/5?part=log&lang={keys.lang}").press(keys.t("Partners"))
    keys.opened(keys.t("New partner")).type("name", "Ungdomsklubben")
    keys.choose("kind", keys.t("Club")).type("interval", "28").press(keys.t("Save"))
    assert keys.t("to be planned") in keys.said

    keys.press(keys.t("Plan a visit"))
    keys.tab_to("date").page.keyboard.type("12122012")
    keys.type("by", "Din Betjent").press(keys.t("Save"))
    assert f"12/12/2012 {keys.t('planned')}" in keys.said

    keys.press(keys.t("Visit made"))
    keys.tab_to("date").page.keyboard.type("11112012")
    keys.type("words", "Gik en tur om klubben").press(keys.t("Save"))
    row = " ".join(keys.page.locator("article.partner").inner_text().split())
    assert f"{keys.t('Last visit')} 11/11/2012" in row
    assert f"{keys.t('Next visit')} 9/12/2012" in row
    keys.opened(keys.t("Visits so far"))
    assert keys.page.get_by_text("Gik en tur om klubben").is_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (390, 844)])
@pytest.mark.parametrize("part", ["log", "partners"])
def test_nothing_is_wider_than_its_window(contexts, address, size, part):
    viewport = {"width": size[0], "height": size[1]}
    for scheme, lang in (("dark", "da"), ("light", "en")):
        context = contexts.take(viewport=viewport, color_scheme=scheme, locale="en-GB")
        page = Page(context.new_page(), address).open(f"/sector/5?part={part}&lang={lang}&new=1")
        assert page.page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.complaints == []


def test_without_scripts_an_entry_is_written_all_the_same(contexts, address):
    context = contexts.take(viewport={"width": 1366, "height": 768}, locale="en-GB", java_script_enabled=False)  # fmt: skip
    page = context.new_page()
    page.goto(f"{address}/sector/5?part=log&lang=en")
    page.get_by_text("Write an entry", exact=True).click()
    page.get_by_label("Kind", exact=False).first.select_option("place")
    page.locator("textarea[name=words]").fill("Uden scripts")
    page.locator("input[name=author]").fill("A")
    page.get_by_role("button", name="Save").click()
    assert page.url.endswith("#saved")
    assert page.locator(".log-words").inner_text() == "Uden scripts"
