"""From a finding on the map to an effort, to its weeks, to its review with the command's numbers. By keyboard."""

from __future__ import annotations

import re
import shutil
import time

import h3
import pytest
from click.testing import CliRunner

from app import create_app
from tests.browser.explore import Explore
from tests.browser.wall import SMALLEST
from tests.desk_entries import effort, log_entry
from tests.serving import serving
from ypo_dash.cli import main
from ypo_dash.model.desk import Effort, LogEntry
from ypo_dash.people import desk
from ypo_dash.people.access import Access
from ypo_dash.people.desk import Writing
from ypo_dash.views.desk_efforts import fields_of

pytestmark = pytest.mark.browser
CELL = "891f0582607ffff"
SIZE = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def app(demo_home, tmp_path_factory):
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("efforts") / "workspace")
    made = create_app(home)
    made.home = home
    return made


@pytest.fixture(scope="module")
def at(app):
    with serving(app.server) as found:
        yield found


@pytest.fixture
def page(contexts, at):
    context = contexts.take(viewport=SIZE, locale="en-GB")
    found = Explore(context.new_page(), at)
    yield found
    complaints = list(found.complaints)
    contexts.end()
    assert complaints == []
    assert found.foreign == []


def wait(page, what):
    end = time.monotonic() + 30
    while not what():
        assert time.monotonic() < end, "it did not come"
        page.page.wait_for_timeout(30)


def tab_to(page, locator, most=120):
    """Go by Tab until the element has the focus."""
    for _ in range(most):
        if locator.evaluate("(node) => node === document.activeElement"):
            return
        page.page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not reach it")


def typed(page, label, words):
    field = page.page.get_by_label(label).first
    tab_to(page, field)
    field.press("Control+a")
    if field.get_attribute("type") == "date":
        year, month, day = words.split("-")
        page.page.keyboard.type(f"{month}{day}{year}")
        if field.input_value() != words:  # the browser's own language writes the day first
            field.fill(words)
        return
    page.page.keyboard.type(words)


def the_one(app):
    (found,) = desk.entries(Access(app.home), Effort)
    return found


def test_from_the_map_to_an_effort_to_its_review(page, app):
    # A hexagon on the map, and the way to an effort there.
    page.open(f"?cell={CELL}&types=VIOLENCE,ROBBERY,VANDALISM&hours=10-4&lang=en")
    start = page.page.get_by_role("link", name="Start an effort here")
    start.wait_for()
    start.focus()
    page.page.keyboard.press("Enter")
    page.page.wait_for_url("**/sector/*part=efforts*")
    sector = re.search(r"/sector/(\w+)", page.page.url)[1]
    form = page.page.locator("#effort-form")
    assert form.get_by_label("Place *").input_value() == CELL
    assert form.get_by_label("Hours").input_value() == "10-4"
    assert page.page.locator(".type-choices input:checked").count() == 3
    # Written by the keyboard alone.
    typed(page, "Title *", "Evenings at the station")
    typed(page, "Problem *", "Trouble in the evening.")
    typed(page, "Compared with", ";".join(str(s) for s in range(1, 22) if str(s) != sector))
    typed(page, "Measures *", "On foot from 20 to 2.")
    typed(page, "In charge *", "Sector manager")
    typed(page, "Start *", "2012-06-01")
    typed(page, "Review on *", "2012-11-20")
    typed(page, "End *", "2012-12-20")
    save = form.get_by_role("button", name="Save")
    tab_to(page, save)
    page.page.keyboard.press("Enter")
    page.page.locator("#saved:target").wait_for()
    one = the_one(app)
    assert (one.title, one.place, one.types, one.hours) == ("Evenings at the station", CELL, "ROBBERY;VIOLENCE;VANDALISM", "10-4")  # fmt: skip
    assert (one.start, one.review, one.end) == ("2012-06-01", "2012-11-20", "2012-12-20")
    # In the weeks of its sector.
    weeks = page.page.locator(".effort-series > svg")
    assert weeks.get_by_text("Evenings at the station", exact=True).count() >= 1
    assert "To review 1" in " ".join(page.page.locator("main").inner_text().split())

    # On the map again: outlined, named from near, off and on by the legend.
    page.open("?lang=en")
    outline = page.page.locator("path.effort-outline.review")
    wait(page, lambda: outline.count() == 1)
    toggle = page.page.locator("#legend-efforts-toggle")
    tab_to(page, toggle)
    assert toggle.get_attribute("aria-pressed") == "true"
    assert outline.is_visible()
    assert not page.page.locator("#legend-planned").is_visible()
    page.page.keyboard.press("Enter")
    wait(page, lambda: toggle.get_attribute("aria-pressed") == "false")
    assert not outline.is_visible()
    page.open("?lang=en")  # it stays off until it is asked for
    wait(page, lambda: outline.count() == 1)
    assert not outline.is_visible()
    tab_to(page, toggle)
    page.page.keyboard.press("Space")
    wait(page, outline.is_visible)
    name = page.page.locator("a.effort-name")
    assert not name.is_visible()
    lat, lng = h3.cell_to_latlng(CELL)
    page.read(f"void ypoMap.map.setView([{lat}, {lng}], 15, {{ animate: false }})")
    wait(page, lambda: page.page.locator(".leaflet-container.near").count() == 1)
    assert name.inner_text() == "Evenings at the station"
    # The names stand in the legend too, for the keyboard.
    names = page.page.locator(".legend-efforts summary")
    tab_to(page, names)
    page.page.keyboard.press("Enter")
    link = page.page.locator("#legend-efforts-names a")
    tab_to(page, link, 4)
    page.page.keyboard.press("Enter")
    page.page.wait_for_url(f"**/sector/{sector}?part=efforts*")

    # Reviewed with the command's numbers.
    look = page.page.get_by_role("link", name="Review", exact=True)
    look.focus()
    page.page.keyboard.press("Enter")
    review = page.page.locator("#effort-review")
    review.wait_for()
    shown = review.locator(".verdict").inner_text()
    assert shown == told(app, one)
    result = review.get_by_label("Result")
    tab_to(page, result)
    page.page.keyboard.type("Goes on to the end of the year.")
    tab_to(page, review.get_by_role("button", name="Save the review"))
    page.page.keyboard.press("Enter")
    page.page.locator("#saved:target").wait_for()
    card = page.page.locator("article.effort")
    assert "state-running" in card.get_attribute("class")
    said = " ".join(card.inner_text().split())
    assert "Goes on to the end of the year." in said
    assert f"What the review went by {shown} snapshot" in said
    # The same on the page of analysis.
    card.get_by_role("link", name="The whole evaluation").click()
    page.page.wait_for_url("**/analysis/effort*")
    assert shown in " ".join(page.page.locator("main").inner_text().split())


def told(app, one):
    """What ``ypo query effort`` says of the same fields."""
    span = app.server.extensions["ypo"].snapshot().span
    options = [part for name, value in fields_of(one, span[1]).items() for part in (f"--{name.replace('_', '-')}", value)]  # fmt: skip
    state = f"types={one.types.replace(';', ',')}&hours={one.hours}"
    done = CliRunner().invoke(main, ["query", "effort", state, *options], env={"YPO_HOME": str(app.home)})  # fmt: skip
    assert done.exit_code == 0, done.output
    return done.stderr.strip()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["da", "en"])
def test_nothing_is_cut_off(contexts, at, theme, lang):
    context = contexts.take(viewport=SIZE, locale="en-GB", color_scheme=theme)
    found = Explore(context.new_page(), at)
    for more in ("", "&new=1"):
        found.page.goto(f"{at}/sector/3?part=efforts&lang={lang}{more}")
        wide = found.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SIZE["width"]
    assert found.complaints == []
    contexts.end()


def test_duty_hours_are_marked_under_the_hours_and_said(page):
    page.open("?lang=en")
    bar = page.page.locator("svg.heat rect.duty")
    assert bar.count() == 1
    left, _, wide, _ = page.box("svg.heat rect.duty")
    first = page.heat_cell(0, 7)[0]
    last = page.heat_cell(0, 22)[0]
    each = page.read("ypoTest.heatBox()")["cell"]
    assert left == pytest.approx(first - each / 2, abs=1.5)
    assert left + wide == pytest.approx(last + each / 2, abs=1.5)
    assert re.fullmatch(
        r"\d+ % outside duty hours \(7–23\)", page.page.locator("#exact").inner_text()
    )


@pytest.fixture
def efforts(app):
    """Three efforts of sector 7 that cover 7 and 8, with long words, one of sector 3, and a log entry."""
    store, words = Access(app.home).database, desk.known(app.server.extensions["ypo"].snapshot())
    long = (
        "Synlig patrulje på gågaden og ved stationen, aftaler med butikker og udskænkningssteder. "
        * 4
    )
    ones = [
        effort(title="Lommetyverier i juletravlheden på strøget og i centret", measures=long, problem_words=long),
        effort(title="Natteliv", hours="7-12", measures=long),
        effort(title="Cykelkældre", lead="Sektorleder i sektor 7 med et langt navn"),
        effort(sector="3", place=CELL, title="Tyveri fra biler", types="THEFT_CAR;BURGLARY", measures=long, problem_words=long),
    ]  # fmt: skip
    added = [
        desk.add(store, Effort, desk.content_of(one), words, Writing(by="test")) for one in ones
    ]
    added.append(desk.add(store, LogEntry, desk.content_of(log_entry()), words, Writing(by="test")))
    yield added
    for one in added:
        desk.erase(store, one)


def test_a_planned_effort_has_its_own_line_in_the_key(page, app):
    store, words = Access(app.home).database, desk.known(app.server.extensions["ypo"].snapshot())
    planned = effort(start="2012-12-10", review="2012-12-20")
    one = desk.add(store, Effort, desk.content_of(planned), words, Writing(by="test"))
    try:
        page.open("?lang=da")
        key = page.page.locator("#legend-planned")
        wait(page, key.is_visible)
        assert key.inner_text() == "Planlagt"
        assert page.page.locator("path.effort-outline.planned").count() == 1
        page.page.locator("#legend-efforts-toggle").click()
        wait(page, lambda: not key.is_visible())
        page.page.locator("#legend-efforts-toggle").click()
        wait(page, key.is_visible)
    finally:
        desk.erase(store, one)


@pytest.mark.parametrize(
    ("size", "lang"), [((1920, 1080), "en"), ((3840, 2160), "da"), ((1366, 768), "da")]
)
def test_cards_and_duty_hours_are_read_from_eight_metres(contexts, at, app, efforts, size, lang):
    assert len(efforts) == 5
    rotation = app.home / "wall.toml"
    rotation.write_text(
        "".join(f'[[slides]]\nkind = "{k}"\n' for k in ("card", "shift", "nights")), "utf-8"
    )
    context = contexts.take(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    try:
        page.goto(f"{at}/wall/frame?lang={lang}&paused=1")
        page.wait_for_selector(".slide.front")
        seen = []
        while (key := page.get_attribute(".slide.front", "data-key")) not in seen:
            seen.append(key)
            assert page.evaluate(SMALLEST) == [], key
            lines = page.locator(".slide.front .lines li")
            assert key == "shift" or lines.count() >= 1
            assert "Lamp at the square" not in page.inner_text(".slide.front")
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "(key) => document.querySelector('.slide.front').dataset.key !== key", arg=key
            )
        # Sector 8 has the efforts of its neighbour that cover it as well.
        assert sorted(seen) == ["card-3", "card-7", "card-8", "nights", "shift"]
    finally:
        rotation.unlink()
        contexts.end()
