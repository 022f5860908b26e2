"""Signing in, staying in, going out; and what is refused on the way."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from tests.people.conftest import PASSWORD, form_token
from tests.people.test_roles import panel_callback
from ypo_dash.people import accounts, database, sessions


def head_of(answer):
    size = int.from_bytes(answer.data[:4], "little")
    return json.loads(answer.data[4 : 4 + size])


def sign_in(client, name, password=PASSWORD, **more):
    data = {"name": name, "password": password, "csrf_token": form_token(client), **more}
    return client.post("/sign-in", data=data)


def travel(monkeypatch, **ahead):
    later = database.now() + timedelta(**ahead)
    monkeypatch.setattr(database, "now", lambda: later)


@pytest.fixture
def fresh(house):
    """A new account of its own, with its one-time password."""
    from ypo_dash.model.rights import Person

    def make(name, roles=("analyst",)):
        with house.access.database.session() as session:
            return accounts.add(session, Person(name=name, roles=roles))

    return make


def last(house):
    return house.entries()[-1]


def test_in_and_out(house):
    client = house.client()
    refused = client.get("/?types=FIRE")
    assert refused.headers["Location"] == "/sign-in?next=/%3Ftypes%3DFIRE"
    answer = sign_in(client, "analyst", next="/?types=FIRE")
    assert answer.headers["Location"] == "/?types=FIRE"
    cookie = answer.headers.getlist("Set-Cookie")[-1]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/api/view").status_code == 200
    held = client.get_cookie("ypo").value
    token = form_token(client, "/password")
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 302
    client.set_cookie("ypo", held)  # a copy of the cookie opens nothing either
    assert client.get("/api/view").status_code == 401
    assert last(house)["result"] == "refused: unknown session"


def test_cookies_are_for_tls_alone_behind_tls(house):
    client = house.client()
    answer = client.post(
        "/sign-in",
        base_url="https://localhost",
        data={"name": "analyst", "password": PASSWORD, "csrf_token": ""},
    )
    assert answer.status_code == 400
    page = client.get("/sign-in", base_url="https://localhost")
    import re

    token = re.search(r'csrf_token" value="([^"]+)', page.text)[1]
    answer = client.post(
        "/sign-in",
        base_url="https://localhost",
        data={"name": "analyst", "password": PASSWORD, "csrf_token": token},
        headers={"Referer": "https://localhost/sign-in"},
    )
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-ypo"))
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil", "/sign-out", "x"]
)
def test_signing_in_leads_to_no_other_place(house, target):
    assert sign_in(house.client(), "viewer", next=target).headers["Location"] == "/"


def test_a_session_taken_along_is_not_kept(house):
    """Whoever planted a cookie before the sign-in gains nothing by it."""
    client = house.client("viewer")
    planted = client.get_cookie("ypo").value
    client.delete_cookie("ypo")
    client.set_cookie("ypo", "planted-by-someone-else")
    sign_in(client, "analyst")
    assert client.get_cookie("ypo").value not in ("planted-by-someone-else", planted)


@pytest.mark.parametrize(("ahead", "why"), [({"minutes": 31}, "idle"), ({"hours": 11}, "expired")])
def test_sessions_end(house, monkeypatch, ahead, why):
    client = house.client("analyst")
    assert client.get("/api/view").status_code == 200
    travel(monkeypatch, **ahead)
    assert client.get("/api/view").status_code == 401
    assert why in last(house)["result"]


def test_use_keeps_a_session_but_not_for_ever(house, monkeypatch):
    client, real = house.client("analyst"), database.now()
    for minutes in range(25, 600, 25):
        monkeypatch.setattr(database, "now", lambda m=minutes: real + timedelta(minutes=m))
        assert client.get("/api/config").status_code == 200
    monkeypatch.setattr(database, "now", lambda: real + timedelta(minutes=601))
    assert client.get("/api/config").status_code == 401


@pytest.mark.parametrize("cookie", ["x" * 43, "", "a" * 3000, "ø", "' OR 1=1 --"])
def test_forged_sessions_are_refused_and_recorded(house, cookie):
    client = house.client()
    client.set_cookie("ypo", cookie)
    before = len(house.entries())
    for path in ("/api/view", "/export/types.csv?reason=x", "/api/pins"):
        assert client.get(path).status_code == 401
    answer = client.post("/_dash-update-component", json=panel_callback())
    assert answer.status_code == 401
    found = house.entries()[before:]
    assert len(found) == 4
    assert {e["action"] for e in found} == {"access"}
    assert all(e["result"].startswith("refused") for e in found)


def test_callbacks_without_a_form_token_are_refused(house):
    client = house.client("analyst")
    answer = client.post("/_dash-update-component", json=panel_callback())
    assert (answer.status_code, answer.json["refused"]) == (400, "form")
    other = form_token(house.client("viewer"), "/password")
    answer = client.post(
        "/_dash-update-component", json=panel_callback(), headers={"X-CSRFToken": other}
    )
    assert (answer.status_code, answer.json["refused"]) == (400, "form")
    assert "refused" in last(house)["result"]


def test_forms_sent_from_another_site_are_refused(house):
    client = house.client("analyst")
    token = form_token(client, "/password")
    answer = client.post(
        "/sign-out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 400
    assert client.get("/api/config").status_code == 200


def test_the_first_password_must_be_changed(house, fresh):
    once = fresh("newcomer")
    client = house.client()
    assert sign_in(client, "newcomer", once).headers["Location"] == "/password"
    assert client.get("/api/view").status_code == 403
    assert client.get("/").headers["Location"] == "/password"

    def change(old, new, again=None):
        data = {"old": old, "new": new, "again": again or new}
        data["csrf_token"] = form_token(client, "/password")
        return client.post("/password", data=data)

    for old, new, again in [
        (once, "short", None), (once, once, None), ("wrong", "a quite long one", None),
        (once, "newcomer-2026", None), (once, "passwordpassword", None), (once, "kbb-dkw-8912", "other-dkw-8912"),
        (once, "aaaaaaaaaaaaaaa", None),
    ]:  # fmt: skip
        assert change(old, new, again).status_code == 400, new
    other = house.client()
    sign_in(other, "newcomer", once)
    assert change(once, "green apples fall down").status_code == 302
    assert client.get("/api/view").status_code == 200
    assert other.get("/api/view").status_code == 401  # other sessions ended


def test_an_old_one_time_password_is_refused(house, fresh, monkeypatch):
    once = fresh("latecomer")
    travel(monkeypatch, days=8)
    assert sign_in(house.client(), "latecomer", once).status_code == 403
    assert "too old" in last(house)["result"]


def test_guessing_locks_and_waits_longer_each_time(house, fresh, monkeypatch):
    once, real = fresh("guessed"), database.now()
    at = 0.0
    waits = []
    for _ in range(5):
        assert (
            accounts.sign_in(house.access.database, "guessed", "x")[1] == "refused: wrong password"
        )
    for _ in range(6):
        start = at
        while True:
            monkeypatch.setattr(database, "now", lambda s=at: real + timedelta(seconds=s))
            result = accounts.sign_in(house.access.database, "guessed", "x")[1]
            if result == "refused: wrong password":
                break
            # The right one opens nothing either while it waits.
            assert accounts.sign_in(house.access.database, "guessed", once)[0] is None
            at += 30
        waits.append(at - start)
    assert waits == [0, 30, 60, 120, 240, 480]
    monkeypatch.setattr(database, "now", lambda: real + timedelta(seconds=at + 901))
    assert accounts.sign_in(house.access.database, "guessed", once)[0] is not None


def test_many_guesses_at_once_gain_nothing(house, fresh):
    fresh("hammered")
    results = []

    def guess():
        results.append(accounts.sign_in(house.access.database, "hammered", "x")[1])

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("refused: wrong password") <= 6
    assert results.count("refused: locked after failures") >= 10


def test_refusals_do_not_tell_which_accounts_there_are(house):
    known = sign_in(house.client(), "analyst", "wrong")
    unknown = sign_in(house.client(), "nobody-at-all", "wrong")
    assert known.status_code == unknown.status_code == 403

    def strip(text):
        return text.split("<main>")[1].replace("nobody-at-all", "analyst").split("csrf_token")[0]

    assert strip(known.text) == strip(unknown.text)
    assert last(house)["person"] == "nobody-at-all"
    assert "wrong" not in last(house).get("filter", "")


def test_disabling_and_resetting_hold_at_once(house, fresh):
    fresh("leaver")
    with house.access.database.session() as session:
        token = sessions.begin(
            session, house.access.settings, account=accounts.find(session, "leaver")
        )
        accounts.find(session, "leaver").change_password = False
    client = house.client()
    client.set_cookie("ypo", token)
    assert client.get("/api/config").status_code == 200
    with house.access.database.session() as session:
        accounts.find(session, "leaver").roles = ["administrator"]
    assert client.get("/api/config").status_code == 403
    with house.access.database.session() as session:
        accounts.disable(session, "leaver")
    assert client.get("/api/config").status_code == 401


def test_a_wall_screen_opens_wall_pages_until_it_is_revoked(house):
    from ypo_dash.people import devices

    with house.access.database.session() as session:
        token = devices.add(session, "screen 2", "test")
    client = house.client()
    data = {"token": "wrong", "csrf_token": form_token(client, "/sign-in/device")}
    assert client.post("/sign-in/device", data=data).status_code == 403
    answer = client.post("/sign-in/device", data=data | {"token": token})
    assert answer.headers["Location"] == "/wall"
    assert client.get("/wall").status_code == 200
    for path in ("/api/view", "/", "/export/types.csv?reason=x", "/record", "/password"):
        assert client.get(path).status_code == 403, path
    with house.access.database.session() as session:
        devices.revoke(session, "screen 2")
    assert client.get("/wall").status_code == 302
    again = {"token": token, "csrf_token": form_token(client, "/sign-in/device")}
    assert client.post("/sign-in/device", data=again).status_code == 403


def test_tries_are_limited(house):
    client = house.client()
    token = form_token(client)
    codes = [
        client.post(
            "/sign-in",
            data={"name": f"n{i}", "password": "x", "csrf_token": token},
            environ_base={"REMOTE_ADDR": "10.9.8.7"},
        ).status_code
        for i in range(22)
    ]
    assert codes[:20] == [403] * 20
    assert codes[20:] == [429, 429]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", ""])
def test_other_hosts_are_refused(house, host):
    assert house.client().get("/sign-in", headers={"Host": host}).status_code == 400


def test_large_requests_are_refused(house):
    client = house.client("analyst")
    answer = client.post("/sign-out", data={"csrf_token": "x" * 2_000_000})
    assert answer.status_code in (400, 413)


# What is looked at is recorded.


def entries_since(house, before):
    return [
        (e["action"], e["object"], e.get("filter"), e.get("rows")) for e in house.entries()[before:]
    ]


def test_one_settled_look_is_one_entry(house, demo):
    client = house.client("analyst")
    before = len(house.entries())
    state = "types=BURGLARY&hours=22-6&lang=da"
    assert client.get(f"/api/view?{state}").status_code == 200
    panel = panel_callback(state)
    token = form_token(client, "/password")
    shown = client.post("/_dash-update-component", json=panel, headers={"X-CSRFToken": token})
    assert shown.status_code == 200
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import summarise

    rows = summarise(demo, Filters.from_query("types=BURGLARY&hours=22-6", demo)).rows
    assert entries_since(house, before) == [
        ("consultation", "map", "types=BURGLARY&hours=22-6", rows)
    ]
    # The panel of a state that nobody looked at is a look of its own.
    client.post(
        "/_dash-update-component", json=panel_callback("types=FIRE"), headers={"X-CSRFToken": token}
    )
    assert entries_since(house, before)[-1][1:3] == ("side panel", "types=FIRE")


def test_a_look_that_is_not_sent_again_is_recorded_again(house):
    client = house.client("analyst")
    tag = client.get("/api/view?types=FIRE").headers["ETag"]
    before = len(house.entries())
    assert client.get("/api/view?types=FIRE", headers={"If-None-Match": tag}).status_code == 304
    assert len(house.entries()) == before + 1


def test_a_statistic_belongs_to_the_map_and_without_one_stands_alone(house):
    client = house.client("analyst")
    state = "types=BURGLARY&measure=change"
    client.get(f"/api/view?{state}")
    before = len(house.entries())
    assert client.get(f"/api/measure?{state}").status_code == 200
    assert len(house.entries()) == before
    assert client.get("/api/measure?types=FIRE&measure=change").status_code == 200
    entry = last(house)
    assert (entry["object"], entry["filter"]) == (
        "statistic on the map",
        "types=FIRE&measure=change",
    )


def test_a_drag_is_one_entry(house):
    client = house.client("analyst")
    client.get("/api/view?hours=1-2")
    before = len(house.entries())
    for hour in range(3, 13):
        client.get(f"/api/view?hours=1-{hour}", headers={"X-Ypo-Moving": "1"})
    client.get("/api/view?hours=1-13")
    assert [(e["filter"], e.get("steps")) for e in house.entries()[before:]] == [("hours=1-13", 10)]


def test_exports_need_a_reason_and_are_recorded_with_it(house):
    client = house.client("analyst")
    refused = client.get("/export/incidents.csv?types=FIRE")
    assert (refused.status_code, refused.json["parameter"]) == (400, "reason")
    taken = client.get("/export/incidents.csv?types=FIRE&reason=weekly+meeting&recipient=FSB")
    rows = len(taken.text.splitlines()) - 1
    entry = last(house)
    assert (entry["action"], entry["object"]) == ("disclosure", "export incidents.csv")
    assert (entry["reason"], entry["recipient"], entry["rows"]) == ("weekly meeting", "FSB", rows)
    assert entry["unit"] == "Bellahøj"


def test_nothing_is_shown_while_the_record_can_not_be_written(demo_home, tmp_path):
    import shutil

    from tests.people.conftest import House

    home = tmp_path / "w"
    shutil.copytree(demo_home, home)
    own = House(home)
    client = own.client("analyst")
    assert client.get("/api/view").status_code == 200
    token = form_token(client, "/password")
    shutil.rmtree(home / "record")
    (home / "record").write_text("in the way")
    for path in ("/api/view", "/api/pins?types=FIRE", "/export/types.csv?reason=x", "/shared"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "Burglary" not in answer.text
    panel = client.post(
        "/_dash-update-component", json=panel_callback("types=FIRE"), headers={"X-CSRFToken": token}
    )
    assert "can't be written" in panel.text
    assert "Incidents in the period" not in panel.text


def test_the_record_pages(house):
    house.client("analyst").get("/api/view?types=WEAPONS")
    mine = house.client("analyst").get("/record/me").text
    assert "types=WEAPONS" in mine
    assert "types=WEAPONS" not in house.client("viewer").get("/record/me").text
    everything = house.client("administrator").get("/record?q=types=WEAPONS").text
    assert "types=WEAPONS" in everything
    assert "The record is whole" not in everything  # reads all of it: only when asked to
    checked = house.client("administrator").get("/record?check=1").text
    assert "The record is whole" in checked
    assert house.entries()[-2]["filter"] == "text=types=WEAPONS"


def test_secrets_are_in_no_record_and_no_database(house):
    content = house.access.record.log.read_bytes() + (house.home / "people.sqlite").read_bytes()
    assert PASSWORD.encode() not in content
    assert house.device_token.encode() not in content


def test_the_share_form_shows_the_period_that_is_shown(house):
    page = house.client("analyst").get("/shared?tier=public&from=2012-04-01&to=2012-09-30").text
    assert '<option value="2012-04-01_2012-09-30" selected>1/4–30/9/2012</option>' in page
    assert page.count(" selected>") == 3  # the tier, the period, how long a link opens
    one = house.client("analyst").get("/shared?tier=public").text
    assert " selected>quarter 3 of 2012</option>" in one


def test_messages_name_the_district_and_lead_where_one_may_go(house):
    refused = house.client("administrator").get("/")
    assert refused.status_code == 403
    assert 'class="district">Bellahøj<' in refused.text
    assert '<a href="/record">To the first page</a>' in refused.text
    outside = house.client().get("/shared/no-such-link")
    assert "To the first page" not in outside.text
