"""Organisation, contact card and the search for a sector in a browser: by mouse, by keyboard, without scripts."""

from __future__ import annotations

import shutil

import pytest

from tests.browser.heard import Heard
from tests.people.conftest import House
from tests.serving import serving
from ypo_dash.model.desk import Contact, Group
from ypo_dash.people import desk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(desk_home, tmp_path_factory):
    home = shutil.copytree(desk_home, tmp_path_factory.mktemp("organisation") / "workspace")
    house = House(home)
    with serving(house.app.server) as house.address:
        yield house


@pytest.fixture
def visit(contexts, served):
    pages = []

    def start(who, path, **more):
        options = {"viewport": {"width": 1366, "height": 768}, "locale": "en-GB", **more}
        context = contexts.take(**options)
        context.add_cookies([{"name": "ypo", "value": served.token(who), "url": served.address}])
        pages.append(Heard(context.new_page(), served.address))
        pages[-1].page.goto(served.address + path)
        return pages[-1].page

    yield start
    complaints = [page.complaints + page.foreign for page in pages]
    contexts.end()
    assert complaints == [[]] * len(pages)


def tab_to(page, name, most=80):
    """Press Tab until what has the focus is called ``name``."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(document.activeElement.labels?.[0] || document.activeElement).textContent.trim()"
        )
        if said.startswith(name):
            return
    raise AssertionError(f"{name} is not reached")


def test_posts_are_changed_by_keyboard(visit, served):
    page = visit("leader", "/organisation?lang=en")
    for _ in range(60):
        page.keyboard.press("Tab")
        if "Special group, North-East, 6" in str(page.evaluate("document.activeElement.getAttribute('aria-label')")):  # fmt: skip
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#edit")
    tab_to(page, "Posts")
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organisation?lang=en#saved")
    assert page.locator("#saved").is_visible()
    assert "69 posts" in page.locator(".org-chart svg").text_content()
    (group,) = [g for g in desk.entries(served.access, Group) if (g.station, g.group) == ("NE", "special")]  # fmt: skip
    assert group.posts == "7"


def test_a_sector_is_found_by_keyboard_and_its_manager_followed(visit, served):
    page = visit("sector_manager", "/sector?lang=en")
    tab_to(page, "Which sector is this?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#find-how")
    page.wait_for_selector("[name=q]:focus")
    page.keyboard.type("55,6968 12,5590")  # the field has the focus already
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer")
    assert "Sector 7" in page.inner_text("#answer h2")
    tab_to(page, "Contact card")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Who answers, and when")
    tab_to(page, "Another manager")
    page.keyboard.press("Enter")
    tab_to(page, "Name")
    page.keyboard.type("Somebody New")
    tab_to(page, "Since")
    page.keyboard.type("12122012")
    page.keyboard.press("Enter")
    page.wait_for_url("**part=contact**#saved")
    assert "Somebody New" in page.inner_text(".contact-list")
    names = {c.name: (c.since, c.until) for c in desk.entries(served.access, Contact) if c.sector == "7" and c.role == "manager"}  # fmt: skip
    assert names.pop("Somebody New") == ("2012-12-12", "")
    assert [until for _, until in names.values()] == ["2012-12-11"]


@pytest.mark.parametrize(
    ("scripts", "size", "times"),
    [(True, (1366, 768), 1), (False, (1366, 768), 1), (True, (3840, 2160), 2), (False, (3840, 2160), 1)],
)  # fmt: skip
def test_a_click_on_the_map_tells_the_sector(visit, scripts, size, times):
    """The map grows with the text; without scripts it stays as it was drawn. A click tells the same."""
    viewport = {"width": size[0], "height": size[1]}
    page = visit("viewer", "/sector/find?lang=da", java_script_enabled=scripts, viewport=viewport)
    shown = page.locator(".find-map input:visible")
    assert shown.count() == 1
    box = shown.bounding_box()
    assert (box["width"], box["height"]) == (600 * times, 520 * times)
    shown.click(
        position={"x": 312 * times, "y": 235 * times}
    )  # where the map of the simulated district writes 5
    page.wait_for_selector("#answer")
    page.wait_for_load_state()  # with its styles, which show one of the two maps
    assert page.inner_text("#answer h2").startswith("Sektor 5 ")
    ringed = page.locator(".find-map input:visible").get_attribute("src")
    assert "lat=55.70" in ringed


def test_the_map_s_key_is_no_place(visit):
    page = visit("viewer", "/sector/find?lang=en")
    page.locator(".find-map input:visible").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#problem")
    assert "needs a pointer" in page.inner_text("#problem")


def test_explore_leads_to_who_answers(visit):
    page = visit("analyst", "/?sectors=5&lang=en")
    page.wait_for_selector("#explore-panel h2")
    page.locator("#explore-panel a", has_text="Contact card").click()
    page.wait_for_selector(".contact-card")
    assert "Sector 5" in page.inner_text(".contact-card h2")
    page = visit("analyst", "/?cell=891f05ac32bffff&lang=en")
    page.locator("#explore-panel a", has_text="Sector and contact of this place").click()
    page.wait_for_selector("#answer")


@pytest.mark.parametrize("size", [(1366, 768), (3840, 2160), (400, 800)])
@pytest.mark.parametrize("path", ["/organisation", "/sector/find?q=55.7038+12.5421", "/sector/3?part=contact"])  # fmt: skip
def test_nothing_is_wider_than_its_window(visit, size, path):
    page = visit("sector_manager", path, viewport={"width": size[0], "height": size[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("path", ["/?types=FIRE", "/organisation?"])
def test_the_head_has_room_for_all_pages(visit, path, lang):
    """The smallest laptop, signed in, the longer language: nothing of the head lies beyond the window."""
    page = visit("sector_manager", f"{path}&lang={lang}")
    page.wait_for_selector("#explore-panel h2" if path.startswith("/?") else "main h1")
    wide = page.evaluate("[...document.querySelectorAll('.head *')].map(n => n.getBoundingClientRect().right)")  # fmt: skip
    assert max(wide) <= 1366
