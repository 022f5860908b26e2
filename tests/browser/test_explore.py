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


def test_weeks_show_two_years_until_more_is_wanted(explore):
    """169 weeks in a narrow chart leave no room to choose one; the drawn part never moves under the hand."""
    explore.open("?lang=en")
    weeks = "(ypoTest.weeksShown())"
    assert explore.read(weeks) == 104
    left, top, width, height = explore.box("svg.weeks")
    y = top + 0.6 * height
    explore.drag([(left + 0.5 * width, y), (left - 30, y)])
    assert explore.read(weeks) == 104
    first = explore.state["from"]
    explore.page.click("#scope-weeks")
    assert explore.read(weeks) == explore.read("ypoTest.view.head.weeks.count.length") > 104
    assert explore.state["from"] == first
    explore.open("?lang=en&from=2009-09-07&to=2009-09-20")
    assert explore.read(weeks) > 104
    assert not explore.page.is_visible("#scope-weeks")


def test_keyboard_reaches_hours_and_table(explore):
    explore.open()
    explore.page.focus("svg.heat")
    explore.key("ArrowRight", "Enter", "Shift+ArrowRight", "Shift+ArrowDown")
    assert explore.state == {"hours": "1-3", "days": "1,2"}
    explore.key("Escape", "t")
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
    assert "types" in explore.page.inner_text("#notice.refused")
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
    explore.key("t")
    explore.page.wait_for_timeout(200)
    assert explore.page.inner_text("#district") == evil
    assert explore.read("window.broken") is None


def test_language_and_theme_stay(explore):
    explore.open()
    explore.do("#lang-da")
    assert explore.state == {"lang": "da"}
    assert explore.page.inner_text("#section-period h2") == "Periode"
    explore.page.click("#theme")
    explore.page.reload()
    explore.page.wait_for_function("window.ypoTest")
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
