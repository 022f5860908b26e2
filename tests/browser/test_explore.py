"""The Explore page in headless Chromium: every control changes address, map and charts alike."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"small": (1366, 768), "usual": (1440, 900), "large": (1920, 1080), "wall": (3840, 2160)}


def a_cell_with_incidents(explore):
    return explore.read(
        """(() => {
          const map = ypoMap.map, size = map.getSize(), frame = map.getContainer().getBoundingClientRect();
          for (let x = 160; x < size.x - 300; x += 9) for (let y = 120; y < size.y - 90; y += 9) {
            const at = map.containerPointToLatLng([x, y]), cell = ypoMap.cellAt(at.lat, at.lng);
            const top = document.elementFromPoint(frame.x + x, frame.y + y);
            if (cell && cell.count > 2 && !top.closest(".place"))
              return {...cell, x: frame.x + x, y: frame.y + y, pixel: ypoMap.pixelAt(at.lat, at.lng)};
          }
        })()"""
    )


def test_an_address_of_two_slashes_is_the_same_page(explore, address):
    explore.page.goto(f"{address}//?types=BURGLARY&lang=en")
    explore.ready().settle().do("[data-measure=change]")
    assert explore.page.evaluate("location.pathname") == "/"
    assert (explore.state["types"], explore.state["measure"]) == ("BURGLARY", "change")


def test_shows_the_numbers_of_the_query(explore):
    explore.open("?types=BURGLARY&lang=en")
    total = explore.read("ypoTest.view.head.total")
    assert explore.page.inner_text("#total").replace(",", "") == str(total)
    assert "not on the map" in explore.page.inner_text("#not-mapped")
    assert explore.page.inner_text("#sentence").startswith("Burglary")
    explore.page.wait_for_selector("#explore-panel h2")


def test_map_covers_more_than_half_at_1440(explore):
    explore.open()
    assert explore.box("#map-region")[2] >= 0.55 * 1440


def test_drag_over_hours_passes_midnight_and_is_one_step_back(explore):
    explore.open()
    length = explore.read("history.length")
    explore.drag([explore.heat_cell(4, 22), explore.heat_cell(4, 23), explore.heat_cell(5, 26)])
    assert explore.state == {"hours": "22-3", "days": "5,6"}
    assert explore.read("history.length") == length + 1
    explore.page.evaluate("window.same = document.getElementById('explore')")
    explore.page.go_back()
    explore.page.wait_for_timeout(100)
    explore.settle()
    assert explore.state == {}
    assert explore.read("window.same === document.getElementById('explore')")


def test_hour_strip_brush_passes_midnight_and_handles_cross(explore):
    explore.open()
    explore.drag([explore.hour(21.5), explore.hour(23.5), explore.hour(27.5)])
    assert explore.state == {"hours": "21-4"}
    left, top, width, height = explore.box("svg.hours .first .knob")
    explore.drag([(left + width / 2, top + height / 2), explore.hour(10), explore.hour(2)])
    assert explore.state == {"hours": "2-4"}


def test_weeks_brush_sets_whole_weeks(explore):
    explore.open()
    left, top, width, height = explore.box("svg.weeks")
    y = top + 0.6 * height
    explore.drag([(left + 0.3 * width, y), (left + 0.5 * width, y)])
    days = explore.read("Object.values(ypoTest.state).map((day) => new Date(day).getUTCDay() || 7)")
    assert days == [1, 7]
    explore.page.focus(".weeks .handle.first")
    explore.key("Escape")
    assert explore.state == {}


def test_weeks_show_what_leaves_room_until_more_is_wanted(explore):
    """169 weeks in a narrow chart leave no room to choose one; the drawn part never moves under the hand."""
    explore.open("?lang=en")
    weeks = "(ypoTest.weeksShown())"
    assert explore.read(weeks) == 53
    left, top, width, height = explore.box("svg.weeks")
    y = top + 0.6 * height
    explore.drag([(left + 0.5 * width, y), (left - 30, y)])
    assert explore.read(weeks) == 53
    first = explore.state["from"]
    explore.page.click("#scope-weeks")
    assert explore.read(weeks) == explore.read("ypoTest.view.head.weeks.count.length") > 106
    assert explore.state["from"] == first
    explore.open("?lang=en&from=2009-09-07&to=2009-09-20")
    assert explore.read(weeks) > 106
    assert not explore.page.is_visible("#scope-weeks")


def test_keyboard_reaches_hours_and_table(explore):
    explore.open()
    explore.page.focus("svg.heat")
    explore.key("ArrowRight", "Enter", "Shift+ArrowRight", "Shift+ArrowDown")
    assert explore.state == {"hours": "1-3", "days": "1,2"}
    explore.key("Escape", "Alt+t")
    explore.page.wait_for_selector("#table-twin[open]")
    explore.page.focus("#table-twin tbody button >> nth=0")
    explore.key("Enter")
    assert explore.state == {"sectors": "1"}


def test_lists_toggle_types_and_groups(explore):
    explore.open()
    explore.do("#filter-types [data-code=BURGLARY]").do("#chart-types [data-code=FIRE]")
    assert explore.state == {"types": "BURGLARY,FIRE"}
    explore.do("#filter-types .list-head >> nth=0")
    assert explore.state == {"types": "BURGLARY,THEFT_CAR,THEFT_PERSON,FIRE"}
    explore.do(".clear-all")
    assert explore.state == {}


def test_hexagon_hover_click_and_click_again(explore):
    explore.open()
    cell = a_cell_with_incidents(explore)
    assert cell["pixel"][3] > 0
    explore.page.mouse.move(cell["x"], cell["y"])
    explore.page.wait_for_selector(".hover-card ul li")
    explore.page.mouse.click(cell["x"], cell["y"])
    explore.settle()
    assert explore.state == {"cell": cell["id"]}
    assert explore.read("ypoTest.view.head.total") == cell["count"]
    explore.page.mouse.click(cell["x"], cell["y"])
    assert explore.settle().state == {}


@pytest.mark.parametrize("res", [8, 10, 11])
def test_cell_under_the_pointer_is_the_cell_of_the_place(explore, res):
    """At the centre of a hexagon, so that half a pixel of rounding cannot matter."""
    import h3

    explore.open(f"?res={res}")
    places = [(55.66 + 0.007 * i, 12.46 + 0.012 * j) for i in range(10) for j in range(12)]
    cells = sorted({h3.latlng_to_cell(lat, lng, res) for lat, lng in places})
    centres = [h3.cell_to_latlng(cell) for cell in cells]
    found = explore.read(
        f"{json.dumps(centres)}.map(([lat, lng]) => (ypoMap.cellAt(lat, lng) || {{}}).id || null)"
    )
    pairs = [(cell, got) for cell, got in zip(cells, found, strict=True) if got is not None]
    assert len(pairs) > 10
    assert [got for _, got in pairs] == [cell for cell, _ in pairs]


def test_class_limits_stay_until_asked(explore):
    explore.open()
    before = explore.page.inner_text("#legend-steps")
    explore.do("#filter-types [data-code=BURGLARY]")
    assert explore.page.inner_text("#legend-steps") == before
    explore.page.click("#legend-lock")
    explore.do("#filter-types [data-code=FIRE]").do("#filter-types [data-code=BURGLARY]")
    assert explore.page.inner_text("#legend-steps") != before


def test_refused_empty_and_lost_look_different(explore):
    explore.open("?types=NONSENSE")
    assert "Types: 'NONSENSE' is unknown" in explore.page.inner_text("#notice.refused")
    explore.open("?types=NONSENSE&lang=da")
    assert "Typer: 'NONSENSE' er ukendt" in explore.page.inner_text("#notice.refused")
    explore.open("?types=NONSENSE")
    explore.do("#notice button >> nth=0")
    assert explore.state == {}
    explore.open("?types=FIRE&scenes=BOAT&hours=4-5")
    assert explore.page.is_visible("#notice.empty")
    explore.page.route("**/api/view*", lambda route: route.abort())
    explore.page.click(".clear-all")
    explore.page.wait_for_selector("#band:visible")
    explore.page.unroute("**/api/view*")
    explore.do("#band-retry")
    assert not explore.page.is_visible("#band")


def test_names_never_become_markup(explore):
    evil = "<img src=x onerror=window.broken=1>"

    def poison(route):
        answer = route.fetch()
        config = json.loads(answer.text())
        config["sectors"][0]["name"] = config["scenes"][0]["name"] = config["name"] = evil
        route.fulfill(response=answer, json=config)

    explore.page.route("**/api/config*", poison)
    explore.open("?sectors=1")
    explore.key("Alt+t")
    explore.page.wait_for_timeout(200)
    assert explore.page.inner_text("#district") == evil
    assert explore.read("window.broken") is None


def test_language_and_theme_stay(explore):
    explore.open()
    explore.do("#lang-da")
    assert explore.state == {"lang": "da"}
    assert explore.page.inner_text("#section-period h2") == "Periode"
    explore.page.click("#theme")
    explore.reload()
    assert explore.read("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_clipped(explore, size):
    width, height = SIZES[size]
    explore.page.set_viewport_size({"width": width, "height": height})
    explore.open("?lang=da")
    assert explore.read("document.documentElement.scrollHeight <= innerHeight")
    assert explore.read("document.documentElement.scrollWidth <= innerWidth")
    clipped = explore.read(
        """[...document.querySelectorAll(".chip-button, .day-button, .plain-button, .segments button,"
          + " .card-head h2, .filter-section h2, .head > *")].filter((node) => node.offsetParent
          && (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline"))
          .map((node) => node.textContent)"""
    )
    assert clipped == []


def test_every_text_of_the_scripts_has_its_danish():
    danish = (ROOT / "ypo_dash/i18n/da.explore.po").read_text(encoding="utf-8")
    known = set(re.findall(r'^msgid "(.+)"$', danish, re.M))
    shown = set()
    for path in (ROOT / "assets").glob("*.js"):
        source = path.read_text(encoding="utf-8")
        shown |= set(re.findall(r'ypo\.t\("([^"]+)"', source))
        shown |= set(re.findall(r'"data-label": "([^"]+)"', source))
        shown |= set(re.findall(r'\b(?:title|note): "([^"]+)"', source))
        for heads in re.findall(r"Heads: \[([^\]]*)\]", source):
            shown |= set(re.findall(r'"([^"]+)"', heads))
    assert shown - known == set()


def test_no_asset_refers_to_the_net():
    allowed = "http://www.w3.org/2000/svg"
    for path in (ROOT / "assets").rglob("*.*"):
        text = path.read_text(encoding="utf-8").replace(allowed, "")
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", text), path.name
        assert not re.search(r"\son\w+=|innerHTML|insertAdjacentHTML|\beval\(", text), path.name


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("5/11/2012", {"from": "2012-11-05", "to": "2012-11-25"}),
        ("5.11.12", {"from": "2012-11-05", "to": "2012-11-25"}),
        ("5/11", {"from": "2012-11-05", "to": "2012-11-25"}),
        ("2012-11-05", {"from": "2012-11-05", "to": "2012-11-25"}),
        ("1/12/2012", {"from": "2012-12-01", "to": "2012-12-01"}),
        ("31/11/2012", {}),
        ("soon", {}),
    ],
)
def test_a_day_is_read_as_the_page_writes_it(explore, typed, state):
    explore.open("?lang=en")
    assert explore.page.input_value("#date-from") == "29/10/2012"
    explore.page.fill("#date-from", typed)
    explore.key("Tab")
    assert {k: v for k, v in explore.state.items() if k != "lang"} == state
    refused = explore.page.get_attribute("#date-from", "aria-invalid")
    assert refused == ("false" if state else "true")
    explore.page.focus("#date-from")
    explore.key("Escape")
    day, month, year = explore.page.input_value("#date-from").split("/")
    assert f"{year}-{int(month):02d}-{int(day):02d}" == state.get("from", "2012-10-29")


def test_export_menu_is_under_the_mouse(explore):
    """It opens over the map, not behind it."""
    explore.open("?types=FIRE")
    explore.page.click("#export")
    for number, link in enumerate(explore.page.locator("#export-menu a").all()):
        box = link.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        over = explore.read(f"document.elementFromPoint({x}, {y}).textContent")
        assert over == link.inner_text(), number
    with explore.page.expect_download() as saved:
        explore.page.mouse.click(x, y)
    assert saved.value.suggested_filename.startswith("incidents-")
    assert "FIRE" in Path(saved.value.path()).read_text()
    explore.page.click("#export")
    explore.key("Tab")
    assert not explore.page.is_visible("#export-menu")


def test_a_hexagon_outside_the_chosen_sector_can_be_chosen(explore):
    explore.open("?sectors=9&lang=en")
    cell = explore.read(
        """(() => {
          const { cells, cells_context: context } = ypoTest.view.arrays;
          const map = ypoMap.map, frame = map.getContainer().getBoundingClientRect(), size = map.getSize();
          for (let x = 160; x < size.x - 300; x += 9) for (let y = 120; y < size.y - 90; y += 9) {
            const at = map.containerPointToLatLng([x, y]), cell = ypoMap.cellAt(at.lat, at.lng);
            const top = document.elementFromPoint(frame.x + x, frame.y + y);
            if (cell && !cells[cell.index] && context[cell.index] && !top.closest(".place"))
              return {...cell, x: frame.x + x, y: frame.y + y};
          }
        })()"""
    )
    assert "without a known place" in explore.page.inner_text("#not-mapped")
    explore.page.mouse.click(cell["x"], cell["y"])
    explore.settle()
    assert explore.state == {"cell": cell["id"], "lang": "en"}
    assert explore.read("ypoTest.view.head.total") > 0
    explore.page.wait_for_selector("#explore-panel h2:has-text('Hexagon')")


def test_a_chosen_hexagon_keeps_its_outline_at_other_resolutions(explore):
    explore.open()
    cell = a_cell_with_incidents(explore)
    for res in (8, 9, 10, 11):
        explore.open(f"?cell={cell['id']}&res={res}")
        assert explore.page.get_attribute("path.outline-cell", "d").count("L") >= 4


def test_ground_of_a_sector_chooses_it_and_escape_lets_go(explore):
    explore.open("?types=FIRE&scenes=BOAT&hours=4-5")  # nothing matches: no hexagon is in the way
    explore.page.evaluate("document.querySelector('#notice').hidden = true")
    x, y = explore.read(
        """(() => {
          const map = ypoMap.map, frame = map.getContainer().getBoundingClientRect();
          const at = map.latLngToContainerPoint([55.69, 12.50]);
          return [frame.x + at.x, frame.y + at.y];
        })()"""
    )
    explore.page.mouse.click(x, y)
    explore.settle()
    assert explore.state["sectors"]
    explore.page.focus("#explore-map")
    explore.key("Escape")
    assert "sectors" not in explore.state


def test_enter_chooses_the_hexagon_in_the_middle_of_the_map(explore):
    explore.open()
    explore.page.focus("#explore-map")
    explore.key("Enter")
    assert set(explore.state) <= {"cell", "sectors"}
    assert explore.state


def test_lists_are_one_tab_stop_with_arrows(explore):
    explore.open()
    stops = explore.read("document.querySelectorAll('#filter-types button[tabindex=\"0\"]').length")
    assert stops == 1
    explore.page.focus("#filter-types button >> nth=0")
    explore.key("ArrowDown", "Enter")
    assert explore.state == {"types": "BURGLARY"}
    explore.key("End", "Enter")
    assert explore.state == {"types": "BURGLARY,OTHER"}
    chart = explore.read("document.querySelectorAll('#chart-scenes button[tabindex=\"0\"]').length")
    assert chart == 1


def test_focus_is_not_lost_when_what_had_it_goes(explore):
    explore.open("?types=FIRE&hours=22-6")
    inside = "document.activeElement !== document.body"
    for selector in ("#section-types > .clear", ".clear-all"):
        explore.page.focus(selector)
        explore.key("Enter")
        assert explore.read(inside), selector
    explore.open("?types=FIRE&scenes=BOAT&hours=4-5")
    explore.page.focus("#notice button >> nth=0")
    explore.key("Enter")
    assert explore.read(inside)


def test_colours_fit_again_when_all_is_cleared_or_one_asks(explore):
    explore.open("?types=ROBBERY")
    before = explore.page.inner_text("#legend-steps")
    explore.do(".clear-all")
    assert explore.page.inner_text("#legend-steps") != before
    explore.do("#filter-types [data-code=ROBBERY]")
    assert explore.page.inner_text("#legend-steps") != before
    explore.page.click("#legend-fit")
    assert explore.page.inner_text("#legend-steps") == before
    assert not explore.page.is_visible("#legend-fit")


def test_figures_stay_dimmed_while_the_server_is_away(explore):
    explore.open("?types=BURGLARY&lang=en")
    explore.page.route("**/api/view*", lambda route: route.abort())
    explore.page.click("#filter-types [data-code=THEFT_CAR]")
    explore.page.wait_for_selector("#band:visible")
    assert "for: Burglary" in explore.page.inner_text("#band")
    assert explore.read("document.getElementById('explore').classList.contains('stale')")
    shown = explore.page.inner_text("#chart-types [data-code=THEFT_CAR] .count")
    assert int(shown) > 0


def test_days_without_data_are_not_days_without_incidents(explore):
    explore.open("?from=2031-01-01&to=2031-02-01&lang=en")
    assert "No data in this period" in explore.page.inner_text("#notice")
    explore.page.wait_for_selector("#explore-panel h2")
    assert "Per 1,000" not in explore.page.inner_text("#explore-panel")
    explore.do("#notice button >> nth=0")
    assert explore.state == {"lang": "en"}


def test_the_first_paint_is_in_the_browsers_language(browser, address):
    context = browser.new_context(locale="da-DK")
    page = context.new_page()
    page.route("**/api/config*", lambda _route: None)  # never answered: what the server wrote stays
    page.goto(address + "/")
    page.wait_for_selector("#section-period h2")
    page.wait_for_timeout(300)
    assert page.inner_text("#section-period h2") == "Periode"
    context.close()


def test_table_twin_lists_pins_and_tells_where_hexagons_are(explore):
    explore.open("?types=ROBBERY&lang=en")
    explore.page.wait_for_selector(".pin")
    explore.key("Alt+t")
    tables = explore.page.locator("#table-twin table")
    assert tables.count() == 3
    pins = explore.page.locator(".pin").count()
    assert tables.nth(2).locator("tbody tr").count() == pins
    names = set(
        explore.read("[...document.querySelectorAll('.sector-label')].map((n) => n.dataset.sector)")
    )
    first = tables.nth(1).locator("tbody th").first.inner_text()
    assert first.split(" ")[0] in names


def test_a_callback_without_an_answer_is_a_complaint(explore):
    """What these tests take for a fault of the page, and what not: leaving it while it asks."""
    explore.page.route("**/_dash-update-component*", lambda route: route.abort())
    with explore.page.expect_event("requestfailed", lambda asked: "_dash-update" in asked.url):
        explore.page.goto(explore.address)
    assert any("_dash-update-component" in said for said in explore.complaints)
    explore.complaints.clear()
