"""The wall in a real browser: it goes on, it is read from eight metres, and it is never blank."""

from __future__ import annotations

import itertools
import shutil
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from app import create_app
from tests.browser.wall import SMALLEST, Screen
from tests.people.conftest import House
from tests.serving import serving, start, stop
from ypo_dash.pages import wall
from ypo_dash.people import devices

pytestmark = pytest.mark.browser
FAST = "seconds=0.5"


@pytest.fixture(scope="module")
def app(demo_home, tmp_path_factory):
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("wall") / "workspace")
    made = create_app(home)
    made.home = home
    client = made.server.test_client()
    for slide in client.get("/api/wall/rotation?lang=en").json["slides"]:
        client.get(slide["url"])  # the first time numbers are counted and code compiled
    return made


@pytest.fixture(scope="module")
def address(app):
    with serving(app.server) as found:
        yield found


@pytest.fixture
def screen(browser, address):
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    found = Screen(context.new_page(), address)
    found.context = context
    yield found
    context.close()


def keys_of(app):
    answer = app.server.test_client().get("/api/wall/rotation?lang=en")
    return [s["key"] for s in answer.json["slides"] if s["every"] == 1]


def test_the_rotation_goes_round(screen, app):
    # Those of every second and fourth round come between, and the sector's key names it.
    steady = [key for key in keys_of(app) if key != "sector"]
    screen.open("seconds=0.25")
    screen.page.wait_for_function(
        "(keys) => keys.every((key) => window.seen.keys.includes(key))", arg=steady, timeout=40000
    )
    shown = [key for key in screen.seen["keys"] if key in steady]
    for one, other in itertools.pairwise(shown):
        assert other == steady[(steady.index(one) + 1) % len(steady)]
    screen.is_calm()


def test_keys(screen):
    screen.open("seconds=600")
    first = screen.key
    screen.press("ArrowRight")
    screen.wait_for_other(first)
    second = screen.key
    screen.press("ArrowLeft")
    screen.wait(f"(page, key) => key === {first!r}")
    screen.press(" ")
    assert screen.frame.is_visible("#paused")
    screen.press("ArrowRight")
    screen.wait(f"(page, key) => key === {second!r}")
    screen.press("t")
    screen.wait("(page) => page.documentElement.dataset.theme === 'light'")
    assert screen.key == second
    assert screen.frame.is_visible("#paused")
    screen.press("?")
    assert screen.frame.is_visible("#help")
    screen.press("Escape")
    assert not screen.frame.is_visible("#help")
    assert screen.frame.is_visible("#paused")
    screen.press("Escape")
    assert not screen.frame.is_visible("#paused")
    screen.press("f")
    screen.page.wait_for_function("() => document.fullscreenElement !== null")
    screen.press("f")
    screen.page.wait_for_function("() => document.fullscreenElement === null")
    screen.is_calm()


def test_a_pause_holds_the_slide(screen):
    screen.open(FAST)
    screen.press(" ")
    key = screen.key
    time.sleep(1.2)
    assert screen.key == key
    screen.press(" ")
    screen.wait_for_other(key)
    screen.is_calm()


def test_the_pointer_hides(screen):
    screen.open("seconds=600")
    screen.page.mouse.move(300, 300)
    idle = "(page) => page.documentElement.classList.contains('idle')"
    assert not screen.frame.evaluate("() => document.documentElement.classList.contains('idle')")
    screen.wait(idle, timeout=6000)
    assert screen.frame.evaluate("() => getComputedStyle(document.body).cursor") == "none"
    screen.page.mouse.move(310, 300)
    assert not screen.frame.evaluate("() => document.documentElement.classList.contains('idle')")


def test_a_server_that_dies_and_comes_back(browser, app):
    server = start(app.server)
    port = server.server_port
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    screen = Screen(context.new_page(), f"http://127.0.0.1:{port}").open(FAST)
    stop(server)
    screen.wait("(page, key, band) => band.startsWith('Stale since ')")
    key, looks = screen.key, screen.seen["looks"]
    shown = screen.band.removeprefix("Stale since ")
    now = datetime.now(UTC).astimezone(app.server.extensions["ypo"].workspace.district.zone)
    assert shown in {f"{now - timedelta(minutes=m):%H:%M}" for m in (0, 1)}
    time.sleep(1)
    assert screen.key == key
    server = start(app.server, port)
    try:
        screen.wait(f"(page, key, band) => key !== {key!r} && !band", timeout=10000)
        assert screen.seen["looks"] > looks
        screen.is_calm()
    finally:
        context.close()
        stop(server)


def test_a_network_that_is_cut(screen):
    screen.open(FAST)
    screen.context.set_offline(True)
    screen.wait("(page, key, band) => band.startsWith('Stale since ')")
    screen.context.set_offline(False)
    screen.wait("(page, key, band) => !band", timeout=4000)  # it does not wait for its next try
    key = screen.key
    screen.wait_for_other(key)
    screen.is_calm()


def answer(status, body, route):
    route.fulfill(status=status, body=body)


def test_a_server_that_answers_with_errors_or_nonsense(screen):
    screen.open(FAST)
    for status, body in ((503, '{"error": "record"}'), (200, "<html>no slide</html>")):
        screen.page.route("**/api/wall/slide*", partial(answer, status, body))
        screen.wait("(page, key, band) => band.startsWith('Stale since ')")
        screen.page.unroute("**/api/wall/slide*")
        screen.wait("(page, key, band) => !band", timeout=12000)
    screen.is_calm()


def test_a_slide_that_is_refused_is_passed_over(screen, app):
    keys = keys_of(app)
    gone = keys[1]
    screen.page.route("**/api/wall/slide?kind=unusual*", partial(answer, 404, ""))
    screen.open("seconds=0.3")
    screen.page.wait_for_function("() => window.seen.keys.length > 3")
    assert gone.startswith("unusual")
    assert gone not in screen.seen["keys"]
    assert screen.band == ""
    screen.is_calm()


def test_slow_answers_skip_ticks_and_never_pile_up(screen):
    asked = []

    def slow(route):
        asked.append(time.monotonic())
        time.sleep(0.6)
        route.continue_()

    screen.page.route("**/api/wall/slide*", slow)
    screen.open("seconds=0.2")
    screen.page.wait_for_function("() => window.seen.keys.length > 3", timeout=15000)
    gaps = [b - a for a, b in itertools.pairwise(asked)]
    assert min(gaps) >= 0.6  # the next is asked for after the last one came
    assert screen.seen["keys"][:3] == list(dict.fromkeys(screen.seen["keys"]))[:3]
    screen.is_calm()


def test_a_jump_of_the_computers_clock_changes_nothing(screen):
    screen.open(FAST)
    for jump in (timedelta(hours=1), timedelta(hours=-3), timedelta(days=400)):
        screen.page.clock.set_system_time(datetime.now(UTC) + jump)
        key = screen.key
        begun = time.monotonic()
        screen.wait_for_other(key)
        assert time.monotonic() - begun < 4
        assert screen.band == ""
    shown = screen.frame.inner_text("#clock")
    now = datetime.now(ZoneInfo("Europe/Copenhagen"))
    assert shown in {f"{now - timedelta(minutes=m):%H:%M}" for m in (0, 1)}
    screen.is_calm()


@pytest.mark.parametrize(
    ("moment", "before", "after"),
    [
        (datetime(2012, 10, 28, 0, 59, 59, tzinfo=UTC), "02:59", "02:00"),
        (datetime(2012, 3, 25, 0, 59, 59, tzinfo=UTC), "01:59", "03:00"),
    ],
)
def test_a_night_of_the_clock_change(screen, monkeypatch, moment, before, after):
    begun = []
    monkeypatch.setattr(
        wall,
        "now",
        lambda: moment + timedelta(seconds=time.monotonic() - begun[0] if begun else 0),
    )
    screen.open("seconds=0.3")
    assert screen.frame.inner_text("#clock") == before
    begun.append(time.monotonic())
    clock = "page.getElementById('clock').textContent"
    screen.wait(f"(page) => {clock} === {after!r}", timeout=6000)
    key = screen.key
    screen.wait_for_other(key)
    assert screen.band == ""
    screen.is_calm()


def test_the_hourly_reload_is_not_seen(screen):
    screen.open("seconds=0.6&reload=1")
    for _ in range(2):
        before = screen.page.evaluate_handle("document.querySelector('iframe.front')")
        screen.page.wait_for_function(
            "(old) => { const f = document.querySelector('iframe.front'); return f && f !== old; }",
            arg=before, timeout=9000,
        )  # fmt: skip
        screen.page.wait_for_function("(old) => !old.isConnected", arg=before, timeout=9000)
    assert screen.page.evaluate("document.querySelectorAll('iframe').length") <= 3
    screen.is_calm()


def test_a_reload_while_the_server_is_away_keeps_the_frame(screen):
    screen.open("seconds=0.6&reload=1")
    screen.page.route("**/wall/frame*", lambda route: route.abort())
    time.sleep(2.2)
    key = screen.key
    screen.wait_for_other(key)  # the frame at hand goes on
    screen.is_calm()


def test_another_arrangement_is_taken_up_without_a_reload(screen, app):
    screen.open(FAST)
    path = app.home / "wall.toml"
    path.write_text(
        '[[slides]]\nkind = "nights"\n[[slides]]\nkind = "state"\nstate = "types=FIRE"\n', "utf-8"
    )
    try:
        screen.wait("(page, key) => key.startsWith('state-')")
        screen.wait("(page, key) => key === 'nights'")
        screen.is_calm()
    finally:
        path.unlink()


def test_a_picture_of_one_slide_stands_still(screen):
    screen.open("slide=hotspots&still=1&theme=light&seconds=0.2")
    assert screen.key == "hotspots"
    time.sleep(1.3)
    assert screen.key == "hotspots"
    assert screen.frame.evaluate("document.documentElement.dataset.theme") == "light"
    screen.is_calm()


@pytest.mark.parametrize(
    ("size", "lang"), [((1920, 1080), "en"), ((1920, 1080), "da"), ((3840, 2160), "da"), ((1366, 768), "da")]
)  # fmt: skip
def test_everything_is_read_from_eight_metres(browser, address, app, size, lang):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")  # fmt: skip
    page = context.new_page()
    path = app.home / "wall.toml"
    states = ["from=2012-01-01&to=2012-11-25", "types=BURGLARY,VIOLENCE&hours=22-6&station=NE"]
    kinds = ["briefing", "unusual", "shift", "station", "sectors", "sector", "nights", "hotspots", "staffing", "safety"]  # fmt: skip
    path.write_text(
        "".join(f'[[slides]]\nkind = "{k}"\n' for k in kinds)
        + "".join(f'[[slides]]\nkind = "state"\nstate = "{s}"\n' for s in states), "utf-8"
    )  # fmt: skip
    try:
        page.goto(f"{address}/wall/frame?lang={lang}&paused=1")
        page.wait_for_selector(".slide.front")
        seen, wrong = [], {}
        while (key := page.get_attribute(".slide.front", "data-key")) not in seen:
            seen.append(key)
            found = page.evaluate(SMALLEST)
            if found:
                wrong[key] = found
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "(key) => document.querySelector('.slide.front').dataset.key !== key", arg=key
            )
        assert len(seen) >= 13
        assert wrong == {}
    finally:
        path.unlink()
        context.close()


def test_a_link_signs_a_screen_in_until_it_is_revoked(browser, demo_home, tmp_path_factory):
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("hall") / "workspace")
    house = House(home)
    with house.access.database.session() as session:
        token = devices.add(session, "hall", "test")
    asked = []
    with serving(house.app.server) as address:
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        page = context.new_page()
        page.on("request", lambda request: asked.append((request.url, request.headers.get("referer", ""))))  # fmt: skip
        page.goto(f"{address}/sign-in/device#token={token}")
        page.wait_for_url("**/wall")
        page.wait_for_selector("iframe.front")
        assert not any(token in part for pair in asked for part in pair)
        page.go_back()
        page.wait_for_load_state()
        assert token not in page.url
        page.goto(f"{address}/wall?seconds=0.5")
        page.wait_for_selector("iframe.front")
        with house.access.database.session() as session:
            devices.revoke(session, "hall")
        page.wait_for_url("**/sign-in/device**", timeout=10000)
        assert page.query_selector("iframe") is None  # what stood there does not stay
        context.close()
