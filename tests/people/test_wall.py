"""The wall with people: what is recorded of it, a screen that is signed out, the link that opens it."""

from __future__ import annotations

import time

import pytest
from click.testing import CliRunner

from tests.people.conftest import form_token
from tests.people.test_roles import post
from ypo_dash.cli import main
from ypo_dash.model.errors import RecordError
from ypo_dash.pages import wall_looks
from ypo_dash.people import devices

SLIDE = "/api/wall/slide?kind=briefing&lang=en"


@pytest.fixture(autouse=True)
def forgotten():
    wall_looks._recorded.clear()


def looks(house):
    return [e for e in house.entries() if "wall" in e["object"] and e["action"] == "consultation"]


def test_a_slide_is_recorded_once_an_hour_for_each_screen_and_state(house, demo, monkeypatch):
    client, other = house.client("wall"), house.client("viewer")
    before = len(looks(house))
    for _ in range(3):
        assert client.get(SLIDE).status_code == 200
    (entry,) = looks(house)[before:]
    assert entry["person"] == "device briefing"
    assert entry["filter"] == "briefing from=2012-11-25&to=2012-11-25"
    assert entry["snapshot"] == demo.id
    assert (
        client.get(f"{SLIDE}&theme=light").status_code == 200
    )  # the same numbers in other colours
    assert len(looks(house)) == before + 1
    assert client.get("/api/wall/slide?kind=station&station=NE").status_code == 200
    assert client.get("/api/wall/slide?kind=station&station=NW").status_code == 200
    assert other.get(SLIDE).status_code == 200
    assert len(looks(house)) == before + 4
    monkeypatch.setattr(wall_looks, "EVERY_S", -1.0)
    assert client.get(SLIDE).status_code == 200
    assert len(looks(house)) == before + 5


def test_a_screen_gets_the_slides_of_its_rotation_and_no_other_state(house):
    """Its token must not be worth more than what hangs on the wall: no hexagon, no street's scene."""
    screen, viewer = house.client("wall"), house.client("viewer")
    other = ("kind=state&types=FIRE", "kind=state&cell=891f05831dbffff", "kind=sector&sector=3", "kind=station")  # fmt: skip
    for query in other:
        assert screen.get(f"/api/wall/slide?{query}").status_code == 404, query
        assert viewer.get(f"/api/wall/slide?{query}").status_code == 200, query
    for ref in screen.get("/api/wall/rotation?lang=en").json["slides"]:
        assert screen.get(ref["url"]).status_code == 200, ref
    arranged = house.home / "wall.toml"
    arranged.write_text('[[slides]]\nkind = "state"\nstate = "types=FIRE&hours=22-6"\n', "utf-8")
    try:
        assert screen.get("/api/wall/slide?kind=state&types=FIRE&hours=22-6").status_code == 200
        assert screen.get("/api/wall/slide?kind=state&types=FIRE").status_code == 404
        assert screen.get("/api/wall/slide?kind=nights").status_code == 404
    finally:
        arranged.unlink()


def test_what_can_not_be_recorded_is_not_shown(house, monkeypatch):
    def broken(*_):
        raise RecordError("disk full")

    client = house.client("wall")
    monkeypatch.setattr("ypo_dash.pages.wall_looks.watch", broken)
    answer = client.get("/api/wall/slide?kind=nights")
    assert answer.status_code == 503
    assert b"incidents" not in answer.data
    assert wall_looks._recorded == {}


def test_the_record_keeps_what_is_arranged_and_put_up(house):
    client = house.client("leader")
    token = form_token(client, "/wall/arrange")
    data = {"csrf_token": token, "do": "add", "words": "Road closed.", "since": "2012-11-25T06:00", "until": "2012-11-25T07:00"}  # fmt: skip
    assert client.post("/wall/notices", data=data).status_code == 303
    assert house.entries()[-1]["object"] == "notice put up: Road closed."
    assert house.entries()[-1]["person"] == "leader"
    page = client.get("/wall/arrange").text
    assert "Road closed." in page
    analyst = house.client("analyst")
    assert "Your role may look at the arrangement, not change it." in analyst.get("/wall/arrange?lang=en").text  # fmt: skip
    assert 'name="words"' not in analyst.get("/wall/arrange").text
    assert post(analyst, "/wall/notices").status_code == 403


def test_a_revoked_screen_gets_no_slide(house):
    with house.access.database.session() as session:
        token = devices.add(session, "hall", "test")
    client = house.client()
    data = {"token": token, "csrf_token": form_token(client, "/sign-in/device")}
    assert client.post("/sign-in/device", data=data).status_code == 302
    assert client.get(SLIDE).status_code == 200
    with house.access.database.session() as session:
        devices.revoke(session, "hall")
    assert client.get(SLIDE).status_code == 401
    assert client.get("/api/wall/rotation").status_code == 401
    assert "/sign-in/device" in client.get("/wall").headers["Location"]


def test_a_new_screen_gets_a_link_whose_token_no_server_sees(house, monkeypatch):
    monkeypatch.setenv("YPO_HOME", str(house.home))
    result = CliRunner().invoke(main, ["device", "add", f"screen {time.monotonic_ns()}"])
    assert result.exit_code == 0, result.output
    token = result.output.split("shown this once: ")[1].split()[0]
    assert result.output.rstrip().endswith(f"/sign-in/device#token={token}")
