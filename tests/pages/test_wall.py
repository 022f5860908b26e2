"""The wall's answers: equal to Explore's, said to be stale, arranged, and with notices, without sign-in."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tomllib
from datetime import UTC, datetime
from html import unescape

import pytest

from app import create_app
from ypo_dash.i18n import number
from ypo_dash.model.errors import InputError
from ypo_dash.model.personal import has_cpr
from ypo_dash.model.rotation import Rotation
from ypo_dash.pages import wall, wall_arrange
from ypo_dash.people import walls
from ypo_dash.people.access import Access


@pytest.fixture(scope="module")
def app(demo_home, tmp_path_factory):
    home = shutil.copytree(demo_home, tmp_path_factory.mktemp("wall") / "workspace")
    made = create_app(home)
    made.home = home
    return made


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture
def clean(app):
    """Leave no file and no arrangement behind."""
    yield
    (app.home / "wall.toml").unlink(missing_ok=True)
    access = Access(app.home)
    held = walls.arranged(access, app.home)
    if held.origin == "arranged":
        walls.save_arrangement(access.database, None, seen=held.version, by="test")
    for told in walls.notices(access):
        walls.remove_notice(access.database, told.key, seen=told.version, by="test")


def at(monkeypatch, moment):
    for module in (wall, wall_arrange):
        monkeypatch.setattr(module, "now", lambda: moment)


def text_of(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def rows_of(markup):
    found = re.findall(r"<tr><th[^>]*>(.*?)</th><td>(.*?)</td></tr>", markup)
    return {unescape(name): value for name, value in found}


@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize(
    "state",
    ["", "types=BURGLARY&hours=22-6", "from=2012-11-23&to=2012-11-25", "station=F&days=5,6", "sectors=14"],
)  # fmt: skip
def test_a_states_slide_equals_its_export(client, demo, state, lang):
    answer = client.get(f"/api/wall/slide?kind=state&{state}&lang={lang}")
    assert answer.status_code == 200
    exported = csv.DictReader(io.StringIO(client.get(f"/export/types.csv?{state}").text))
    masked = "hours" in state or "days" in state
    names = {o.code: o.name(lang) for o in demo.taxonomy.offences}
    shown = rows_of(answer.text)
    total = 0.0
    for row in exported:
        count = float(row["count"])
        total += count
        if names[row["code"]] in shown:
            assert shown[names[row["code"]]] == number(count, lang, 1 if masked else 0)
        else:
            assert count == 0
    assert f"<b>{number(round(total, 6), lang, 1 if masked else 0)}</b>" in answer.text
    assert demo.id[:8] in answer.text
    assert answer.headers["X-Snapshot"] == demo.id


def test_every_slide_says_what_it_is_of(client, demo):
    rotation = client.get("/api/wall/rotation?lang=da&theme=light").json
    assert rotation["snapshot"] == demo.id
    assert rotation["zone"] == "Europe/Copenhagen"
    assert rotation["band"] == ""
    for slide in rotation["slides"]:
        answer = client.get(slide["url"])
        said = text_of(answer.text)
        assert "Simulerede data" in said
        assert "data til 25/11/2012" in said
        assert demo.id[:8] in said
        assert f'data-key="{slide["key"]}"' in answer.text or slide["key"] == "sector"
        assert 'data-theme="light"' in answer.text
        for part in ("<script", "onload", "javascript:", "<image", "href="):
            assert part not in answer.text


def test_what_did_not_change_is_not_sent_again(client):
    url = "/api/wall/slide?kind=briefing&lang=en"
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(f"{url}&theme=light", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=state&tier=partner", 400),
        ("kind=state&tier=public", 400),
        ("kind=state&types=NOPE", 400),
        ("kind=state&kind=state", 400),
        ("kind=briefing&types=FIRE", 400),
        ("kind=nope", 400),
        ("", 400),
        ("kind=briefing&theme=blue", 400),
        ("kind=briefing&lang=de", 400),
        ("kind=notice&notice=gone", 404),
        ("kind=unusual&finding=FIRE@nowhere", 404),
    ],
)
def test_what_is_refused(client, query, status):
    assert client.get(f"/api/wall/slide?{query}").status_code == status


def test_only_the_frame_may_stand_in_a_frame_and_only_of_this_server(client):
    for path, ours in (("/wall", "'none'"), ("/wall/frame", "'self'"), ("/staffing", "'none'")):
        headers = client.get(path).headers
        assert f"frame-ancestors {ours}" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == ("SAMEORIGIN" if ours == "'self'" else "DENY")


def test_explore_does_not_load_the_walls_assets(client):
    page = client.get("/").text
    for name in ("wall.css", "wall.js", "wall_shell.js", "arrange.css", "device.js"):
        assert name not in page
        with client.get(f"/assets/{name}") as answer:
            assert answer.status_code == 200


# Data that stop coming, settings that are wrong


def test_the_band_says_that_no_data_come(client, app, monkeypatch):
    settings = app.home / "district.toml"
    kept = settings.read_text("utf-8")
    real = kept.replace("simulated = true", "simulated = false")
    assert real != kept

    def band(moment):
        at(monkeypatch, moment)
        return client.get("/api/wall/rotation?lang=en").json["band"]

    late = datetime(2012, 11, 28, 6, tzinfo=UTC)
    assert band(late) == ""
    settings.write_text(real, "utf-8")
    try:
        fresh = create_app(app.home).server.test_client()
        monkeypatch.setattr(Access, "admits", lambda *_: True)
        for moment, expected in (
            (datetime(2012, 11, 26, 22, tzinfo=UTC), ""),
            (datetime(2012, 11, 26, 23, tzinfo=UTC), "No new data since Sunday 25/11/2012"),
            (late, "No new data since Sunday 25/11/2012"),
            (datetime(2026, 1, 1, tzinfo=UTC), "No new data since Sunday 25/11/2012"),
        ):
            at(monkeypatch, moment)
            assert fresh.get("/api/wall/rotation?lang=en").json["band"] == expected
    finally:
        settings.write_text(kept, "utf-8")


def test_a_snapshot_that_can_not_be_read_is_told(client, app, monkeypatch):
    monkeypatch.setattr(app.server.extensions["ypo"], "problem", "damaged")
    band = client.get("/api/wall/rotation?lang=en").json["band"]
    assert band == "The newest data can't be read; older ones are shown."


@pytest.mark.usefixtures("clean")
def test_the_file_is_in_force_at_once_and_a_wrong_one_is_told(client, app):
    (app.home / "wall.toml").write_text(
        'theme = "light"\nseconds = 9\n[[slides]]\nkind = "nights"\n', "utf-8"
    )
    rotation = client.get("/api/wall/rotation?lang=en").json
    assert [(s["key"], s["seconds"]) for s in rotation["slides"]] == [("nights", 9)]
    assert rotation["theme"] == "light"
    (app.home / "wall.toml").write_text("seconds = 1\n", "utf-8")
    rotation = client.get("/api/wall/rotation?lang=en").json
    assert len(rotation["slides"]) > 8
    assert rotation["band"] == "wall.toml can't be read; the default is shown."
    assert "seconds" in client.get("/wall/arrange").text


def test_the_edition_changes_with_what_is_shown(client, monkeypatch):
    first = client.get("/api/wall/rotation?lang=en").json["edition"]
    assert client.get("/api/wall/rotation?lang=en").json["edition"] == first
    at(monkeypatch, datetime(2012, 11, 24, 12, tzinfo=UTC))
    client.get("/api/wall/rotation?lang=en")
    briefing = client.get("/api/wall/slide?kind=briefing&lang=en")
    assert "hours=6-13" not in briefing.text  # an address is no text of a slide
    assert "Sat 24/11/2012" in briefing.text
    assert "at 06-13" in briefing.text


# Arranging


def form_of(client):
    page = client.get("/wall/arrange?lang=en").text
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page.split('id="notices"')[0]):
        name, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            fields[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', body)[1]
    return fields


@pytest.mark.usefixtures("clean")
def test_an_arrangement_stands_over_the_file(client, app):
    (app.home / "wall.toml").write_text('[[slides]]\nkind = "nights"\n', "utf-8")
    form = form_of(client)
    assert form["kind.1"] == "nights"
    form |= {
        "theme": "light", "seconds": "12", "briefings": "22:45, 6:45", "shifts": "7-19, 19-7",
        "order.1": "20", "every.1": "2",
        "kind.2": "state", "order.2": "10", "state.2": "types=FIRE&hours=22-6", "seconds.2": "30",
        "kind.3": "station", "station.3": "F", "order.3": "30",
        "do": "save",
    }  # fmt: skip
    form.pop("on.1")
    answer = client.post("/wall/arrange", data=form)
    assert answer.status_code == 303
    rotation = client.get("/api/wall/rotation?lang=en").json
    assert [(s["key"], s["seconds"], s["every"]) for s in rotation["slides"]] == [
        ("state-types=FIRE&hours=22-6", 30, 1),
        ("station-F", 12, 1),
    ]
    assert rotation["theme"] == "light"
    page = client.get("/wall/arrange?lang=en").text
    assert "it stands over the file wall.toml" in page
    kept = tomllib.loads(client.get("/wall/wall.toml").text)
    assert [s["kind"] for s in kept["slides"]] == ["state", "nights", "station"]
    assert kept["briefings"] == ["06:45", "22:45"]
    assert Rotation.of(kept).slides[1].on is False
    form = form_of(client)
    assert client.post("/wall/arrange", data=form | {"do": "reset"}).status_code == 303
    assert [s["key"] for s in client.get("/api/wall/rotation").json["slides"]] == ["nights"]


@pytest.mark.usefixtures("clean")
def test_of_two_who_arrange_at_once_one_is_told(client):
    form = form_of(client) | {"do": "save", "seconds": "11"}
    assert client.post("/wall/arrange", data=form).status_code == 303
    answer = client.post("/wall/arrange", data=form | {"seconds": "13"})
    assert answer.status_code == 409
    assert "Not saved" in answer.text
    assert 'value="13"' in answer.text  # what was written is still there
    assert client.get("/api/wall/rotation").json["slides"][0]["seconds"] == 11


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seconds": "4"}, "Seconds: a whole number from 5 to 600."),
        ({"seconds.1": "9999"}, "Seconds: a whole number from 5 to 600."),
        ({"every.1": "77"}, "Every n-th round: a whole number from 1 to 50."),
        ({"briefings": "25:00"}, "Briefings: 1 to 12 times"),
        ({"shifts": "7"}, "Shifts: hours such as"),
        ({"kind.1": "state", "state.1": ""}, "A state needs its query"),
        ({"kind.1": "state", "state.1": "types=NOPE"}, "types:"),
        ({"kind.1": "state", "state.1": "tier=partner"}, "tier:"),
        ({"kind.1": "station", "station.1": "XX"}, "station:"),
        ({"theme": "blue"}, "This setting is not possible: theme"),
    ],
)
def test_a_wrong_arrangement_is_told_and_not_lost(client, wrong, words):
    form = form_of(client) | {"do": "save"} | wrong
    answer = client.post("/wall/arrange?lang=en", data=form)
    assert answer.status_code == 400
    assert words in unescape(answer.text)
    name, value = next(iter(wrong.items()))
    assert value in answer.text or name == "theme"
    home = client.application.extensions["ypo"].workspace.home
    assert walls.arranged(Access(home), home).origin == "default"


def test_an_empty_arrangement_is_refused(client):
    form = {k: v for k, v in form_of(client).items() if not k.startswith("kind.")}
    answer = client.post("/wall/arrange", data=form | {"do": "save"})
    assert answer.status_code == 400
    assert "Choose at least one slide." in answer.text


# Notices


def put_up(client, words, since="2012-11-25T06:00", until="2012-11-25T15:00"):
    data = {"do": "add", "words": words, "since": since, "until": until, "query": "lang=en"}
    return client.post("/wall/notices", data=data)


@pytest.mark.usefixtures("clean")
def test_a_notice_comes_and_goes_by_the_clock(client, monkeypatch):
    at(monkeypatch, datetime(2012, 11, 25, 6, tzinfo=UTC))
    assert put_up(client, "  The bridge is <closed>.  ").status_code == 303
    keys = [s["key"] for s in client.get("/api/wall/rotation").json["slides"]]
    assert keys[0].startswith("notice-")
    url = client.get("/api/wall/rotation").json["slides"][0]["url"]
    assert "<span>The bridge is &lt;closed&gt;.</span>" in client.get(url).text
    for moment in (datetime(2012, 11, 25, 4, 59), datetime(2012, 11, 25, 14)):
        at(monkeypatch, moment.replace(tzinfo=UTC))
        assert client.get("/api/wall/rotation").json["slides"][0]["key"] == "briefing"
        assert client.get(url).status_code == 404
    page = client.get("/wall/arrange?lang=en").text
    assert "ended" in page
    key, seen = re.search(r'name="key" value="(\w+)"><input type="hidden" name="seen" value="(\d+)"', page).groups()  # fmt: skip
    gone = client.post("/wall/notices", data={"do": "remove", "key": key, "seen": seen})
    assert gone.status_code == 303
    assert "The bridge" not in client.get("/wall/arrange").text


@pytest.mark.parametrize(
    ("words", "since", "until", "why"),
    [
        ("", "2012-11-25T06:00", "2012-11-25T15:00", walls.NO_WORDS),
        ("x" * 141, "2012-11-25T06:00", "2012-11-25T15:00", walls.NO_WORDS),
        ("Look for 010190-1234", "2012-11-25T06:00", "2012-11-25T15:00", walls.HAS_CPR),
        ("Look", "2012-11-25T15:00", "2012-11-25T06:00", walls.NO_TIMES),
        ("Look", "today", "2012-11-25T06:00", walls.NO_TIMES),
    ],
)
def test_a_notice_is_refused_with_why(client, words, since, until, why):
    answer = put_up(client, words, since, until)
    assert answer.status_code == 400
    assert why in unescape(answer.text)
    assert words in unescape(answer.text)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("0101901234", True),
        ("010190-1234", True),
        ("(290212 1234)", True),
        ("2902121234", True),
        ("290211-1234", False),
        ("320190-1234", False),
        ("411390-1234", False),
        ("10-16 kl. 12", False),
        ("01019012345", False),
        ("telefon 33141448", False),
    ],
)
def test_numbers_of_persons(words, found):
    assert has_cpr(words) is found


def test_texts_of_a_notice_have_their_danish():
    from ypo_dash.i18n import catalogue

    danish = catalogue("da")
    for words in (walls.NO_WORDS, walls.NO_TIMES, walls.HAS_CPR, "Choose at least one slide."):
        assert words in danish
    with pytest.raises(InputError):
        walls.notice_content("a\u0007b", "2012-11-25T06:00", "2012-11-25T15:00", "x")
