"""Change on the map: page, export and command line say the same, by mouse and by keyboard."""

from __future__ import annotations

import csv
import io
import time
import urllib.request
from collections import Counter
from urllib.parse import unquote

import pytest

from tests.browser.explore import printed
from ypo_dash.model.filters import Filters
from ypo_dash.views.usual import band, latest_week

pytestmark = pytest.mark.browser

STATE = "types=BURGLARY&from=2012-11-02&to=2012-11-25&res=8&measure=change"


def export(address, name, query):
    with urllib.request.urlopen(f"{address}/export/{name}.csv?{query}") as answer:
        return answer.read().decode()


def records(text):
    return list(csv.DictReader(io.StringIO(text)))


def signed(value):
    whole = round(float(value))
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def test_page_export_and_command_line_agree(explore, address, demo_home):
    explore.open(f"?{STATE}&lang=en")
    exported = export(address, "change-cells", STATE)
    assert exported == printed(demo_home, "query", "change", "cells", STATE)
    verdicts = Counter(row["verdict"] for row in records(exported))
    legend = {
        row.locator(".swatch").get_attribute("class").split("is-")[1]: int(row.locator(".count").inner_text())
        for row in explore.page.locator("#legend-steps li").all()
    }  # fmt: skip
    assert legend["more"] == verdicts["more"] == 1
    assert sum(n for code, n in legend.items() if code.startswith("none")) == verdicts["none"]
    assert legend["few"] == verdicts["few"]
    assert "more in sector 14" in explore.page.inner_text("#measured")
    assert explore.page.locator(".sector-label.more").get_attribute("data-sector") == "14"
    explore.key("Escape", "Alt+t")
    rows = explore.page.locator("dialog table").first.locator("tbody tr:not(.sum)").all()
    page = {(cells := row.locator("th, td").all_inner_texts())[0].split(" ")[0]: cells[1:] for row in rows}  # fmt: skip
    words = {"more": "more, beyond chance", "none": "no demonstrable change", "few": "too few to tell"}  # fmt: skip
    lean = {True: "rather more, not demonstrable", False: "rather fewer, not demonstrable"}
    for row in records(export(address, "change-sectors", STATE)):
        unsure = row["verdict"] == "none" and float(row["p"]) < 0.05
        assert page[row["id"]] == [
            row["count"],
            row["before"],
            signed(row["difference"]),
            f"{signed(row['low'])} – {signed(row['high'])}",
            lean[float(row["difference"]) > 0] if unsure else words[row["verdict"]],
        ]
    found = next(row for row in records(exported) if row["verdict"] == "more")
    first = explore.page.locator("dialog table").nth(1).locator("tbody tr").first
    assert first.locator("th, td").all_inner_texts()[1:4] == [found["id"], found["count"], found["before"]]  # fmt: skip


def test_hover_and_choice_say_what_the_map_says(explore, address):
    explore.open(f"?{STATE}&lang=en")
    found = next(row for row in records(export(address, "change-cells", STATE)) if row["verdict"] == "more")  # fmt: skip
    import h3

    lat, lng = h3.cell_to_latlng(found["id"])
    x, y = explore.read(
        f"(() => {{ const p = ypoMap.map.latLngToContainerPoint([{lat}, {lng}]); return [p.x, p.y]; }})()"
    )
    left, top, _, _ = explore.box(".leaflet-container")
    explore.page.mouse.move(left + x, top + y)
    card = explore.page.inner_text(".hover-card")
    assert f"{found['before']} before: more, beyond chance" in card
    assert f"{signed(found['low'])} to {signed(found['high'])} (95 %)" in card
    before = explore.read(f"ypoMap.cellAt({lat}, {lng}).finding")
    explore.page.mouse.click(left + x, top + y)
    explore.settle()
    assert explore.state["cell"] == found["id"]
    assert before == explore.read(f"ypoMap.cellAt({lat}, {lng}).finding") == "more"


def test_against_which_period_by_keyboard_and_what_can_not_be_compared(explore):
    explore.open("?lang=en")
    explore.page.locator("[data-measure=change]").focus()
    explore.key("Enter")
    assert explore.state == {"lang": "en", "measure": "change"}
    assert "against 1/10–28/10/2012" in explore.page.inner_text("#legend-title")
    explore.key(*["Tab"] * 7, "Enter")
    assert explore.state["compare"] == "year"
    assert "against 29/10–25/11/2011" in explore.page.inner_text("#legend-title")
    explore.open("?lang=en&measure=change&from=2009-09-01&to=2009-09-20")
    assert "the data begin on" in explore.page.inner_text("#measured")
    assert explore.page.locator("#legend-steps li").count() == 0
    assert explore.read("Math.max(...ypoTest.view.arrays.cells)") > 0  # counts and charts are there
    explore.do("[data-measure=count]")
    assert explore.page.inner_text("#measured") == ""
    assert explore.page.locator("#legend-steps li").count() > 2
    explore.complaints.clear()  # the browser logs the refused comparison


SPOTS = "types=ROBBERY&from=2012-01-09&to=2012-03-04&measure=hotspot"


def test_hot_spots_on_page_export_and_command_line(explore, address, demo_home):
    explore.open(f"?{SPOTS}&lang=en")
    exported = export(address, "hotspots", SPOTS)
    assert exported == printed(demo_home, "query", "hotspots", SPOTS)
    rows = {row["cell"]: row for row in records(exported)}
    drawn = explore.read(
        "(() => { const { head, arrays } = ypoMap.found; const ids = ypoMap.ids();"
        " return ids.map((id, i) => [id, arrays.classes[i] ? head.classes[arrays.classes[i] - 1].code : '',"
        " arrays.around[i], arrays.expected[i], arrays.pale[i]]); })()"
    )
    seen = 0
    for cell, code, around, expected, pale in drawn:
        row = rows.get(cell)
        assert (row is None) == (around == 0), cell
        if row is None:
            continue
        seen += 1
        assert (float(row["count"]), float(row["expected"])) == pytest.approx((around, expected), rel=1e-5)  # fmt: skip
        assert row["class"] == (code if code not in ("hot", "incidents") else "")
        assert bool(pale) == (row["stable"] == "false")
        if code == "hot":
            assert row["stable"] in ("true", "false")
    assert seen > 50
    assert "hot spot" in explore.page.inner_text("#measured")
    explore.page.wait_for_selector("#explore-panel h3:has-text('Hot spots')")
    explore.do("[data-baseline=gistar]")
    assert explore.state["baseline"] == "gistar"
    assert "Gi* takes counts as normal" in explore.page.inner_text("#measured")


def test_the_usual_range_of_each_week_stands_over_the_weeks(explore, address, demo):
    explore.open("?types=BURGLARY&sectors=14&lang=en")
    end = time.monotonic() + 60
    while not explore.read("document.querySelector('.weeks .usual').getAttribute('d')"):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert explore.page.inner_text("#readout-weeks") == "lines: usual range"
    state = Filters.from_query("types=BURGLARY&sectors=14", demo)
    week = explore.page.locator("#week-said")
    assert week.inner_text() == latest_week(demo, state, "en")
    assert week.get_attribute("href") == "/analysis/normal?types=BURGLARY&sectors=14&lang=en"
    left, top, width, height = explore.box("svg.weeks")
    explore.page.mouse.move(left + width - 3, top + height / 2)
    said = explore.page.inner_text("#readout-weeks")
    found = band(demo, state)
    assert (
        said
        == f"week 47/2012: {found.count[-1]:.0f}, usual {found.low[-1]:.0f}–{found.high[-1]:.0f}"
    )
    row = records(export(address, "normal", "types=BURGLARY&sectors=14"))[-1]
    assert (row["week_start"], float(row["count"])) == ("2012-11-19", found.count[-1])


def test_a_drag_ends_with_the_tests_of_where_it_ends(explore, address):
    """No step of a drag is tested, and what stands afterwards is of the last one."""
    explore.open("?measure=change&lang=en")
    asked = []
    explore.page.on("request", lambda r: asked.append(r.url) if "/api/measure" in r.url else None)
    before = explore.page.inner_text("#measured")
    points = [explore.heat_cell(4, 18), explore.heat_cell(5, 20), explore.heat_cell(6, 23)]
    explore.drag(points)
    state = "&".join(f"{k}={v}" for k, v in explore.state.items())
    assert {"hours", "days"} <= explore.state.keys()
    assert len(asked) == 1
    counted = Counter(row["verdict"] for row in records(export(address, "change-cells", state)))
    said = explore.page.inner_text("#measured")
    assert said != before
    assert f"{counted['few']} of {counted.total()} too few to tell" in said
    assert explore.page.locator(".outdated, .computing").count() == 0


def _held_answers(page):
    """Hold the figures of a step back on their way; the returned function lets them go."""
    routes, released = [], []
    page.route(
        "**/api/view?*", lambda route: route.continue_() if released else routes.append(route)
    )

    def release():
        released.append(True)
        for route in routes:
            route.continue_()

    return lambda: bool(routes), release


def _held_frames(page):
    """Let the figures of a step be drawn, but hold back the frame that shows them."""
    page.evaluate(
        "(() => { const real = requestAnimationFrame, held = []; let at = 1e9;"
        " window.requestAnimationFrame = (call) => held.push(call) + at;"
        " window.releaseFrames = () => { window.requestAnimationFrame = real; held.forEach(real); }; })()"
    )

    def release():
        page.evaluate("releaseFrames()")

    return lambda: page.locator(".outdated, .computing").count() > 0, release


@pytest.mark.parametrize("hold", [_held_answers, _held_frames])
def test_a_drag_that_ends_while_a_step_is_under_way(explore, hold):
    """Neither is the step tested that was on its way, nor is the last one forgotten."""
    explore.open("?measure=change&lang=en")
    page, asked = explore.page, []
    page.on("request", lambda r: asked.append(r.url) if "/api/measure" in r.url else None)
    under_way, release = hold(page)
    page.mouse.move(*explore.heat_cell(4, 18))
    page.mouse.down()
    page.mouse.move(*explore.heat_cell(5, 22))
    end = time.monotonic() + 60
    while not under_way():
        assert time.monotonic() < end
        page.wait_for_timeout(20)
    if hold is _held_answers:
        page.mouse.move(*explore.heat_cell(6, 23))  # waits for the step before
    page.mouse.up()
    release()
    explore.settle()
    state = explore.state
    assert len(asked) == 1
    assert f"hours={state['hours']}&days={state['days']}" in unquote(asked[0])
    assert explore.read("ypoMap.found !== null")
    assert page.locator(".outdated, .computing").count() == 0


def test_one_measure_never_stands_under_the_name_of_another(explore):
    explore.open("?measure=change&lang=en")
    explore.page.route("**/api/measure?*", lambda route: route.abort())
    explore.do("[data-measure=hotspot]")
    assert explore.page.locator("#legend-steps li").count() == 0
    assert explore.page.inner_text("#measured") == "This could not be worked out now."
    assert explore.read("ypoMap.found") is None
    explore.complaints.clear()  # the browser logs the broken connection


def test_the_analysis_opens_with_what_the_map_shows(explore):
    explore.open("?types=BURGLARY&lang=en")
    explore.do('[data-measure="hotspot"]')
    explore.page.click(".pages >> text=Analysis")
    explore.page.wait_for_url("**/analysis?types=BURGLARY&measure=hotspot&lang=en")
    assert "Burglary" in explore.page.inner_text(".caption")
