"""Sign-in through a real OpenID provider process, and what a wrong answer of it meets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from app import create_app
from ypo_dash.model.rights import Person
from ypo_dash.people import accounts
from ypo_dash.people.access import Access
from ypo_dash.people.audit import newest

PROVIDER = Path(__file__).parent / "provider.py"


@pytest.fixture(scope="module")
def faults(tmp_path_factory):
    path = tmp_path_factory.mktemp("faults") / "faults.json"
    path.write_text("{}")
    return path


@pytest.fixture(scope="module")
def provider(faults):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (faults.parent / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(PROVIDER), str(port), str(faults)], stderr=log, stdout=log
        )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield address
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def office(provider, tmp_path_factory):
    """A workspace that signs people in at the provider, and has one local account."""
    home = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider of the test speaks no TLS
        (home / "access.toml").write_text(f"""
[oidc]
issuer = "{provider}"
client_id = "ypo"
client_secret_variable = "YPO_TEST_SECRET"
unit_claim = "unit"
roles = {{ ypo-analysts = "analyst", ypo-officers = "officer" }}
sectors = {{ sector-3 = ["3"] }}
""")
        patch.setenv("YPO_TEST_SECRET", "secret")
        access = Access(home)
        with access.database.session() as session:
            accounts.add(session, Person(name="local", roles=("viewer",)))
        yield create_app(home).server, access


def to_provider(client, subject):
    """Go there and say who one is; returns the address one is sent back to."""
    there = client.get("/sign-in/provider").headers["Location"]
    answer = requests.post(there, data={"sub": subject}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return there, f"{back.path}?{back.query}"


@pytest.fixture(autouse=True)
def no_limit(office):
    """These tests come back from the provider more often than anyone does in a minute."""
    office[0].extensions["ypo_limiter"].enabled = False


@pytest.fixture
def broken(faults):
    def order(**wrong):
        faults.write_text(json.dumps(wrong))

    yield order
    faults.write_text("{}")


def last(access):
    return newest(access.record, limit=1)[0]


def test_code_flow_with_pkce_and_groups(office):
    app, access = office
    client = app.test_client()
    there, back = to_provider(client, "s-anna")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["nonce"]
    answer = client.get(back)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    entry = last(access)
    assert (entry["person"], entry["role"], entry["result"]) == ("anna", "analyst", "done")
    assert client.get("/record/me").status_code == 200


def test_groups_give_sectors_and_units(office):
    app, access = office
    client = app.test_client()
    assert client.get(to_provider(client, "s-olav")[1]).status_code == 302
    with access.database.session() as session:
        found = accounts.find(session, "olav")
    assert (found.roles, found.sectors, found.unit, found.password) == (
        ["officer"],
        ["3"],
        "NE",
        None,
    )


def test_no_group_no_access(office):
    app, access = office
    client = app.test_client()
    answer = client.get(to_provider(client, "s-guest")[1])
    assert answer.status_code == 403
    assert "none of your groups" in answer.text
    assert last(access)["result"] == "refused: no group with a role"
    assert client.get_cookie("ypo") is None


def test_a_local_account_is_not_taken_over(office):
    app, access = office
    client = app.test_client()
    assert client.get(to_provider(client, "s-fake")[1]).status_code == 302
    with access.database.session() as session:
        assert accounts.find(session, "local").roles == ["viewer"]
        assert accounts.find(session, "local").issuer is None
    assert last(access)["person"].startswith("s-fake@")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"claims": {"aud": ["another-client"]}}, "aud"),
        ({"claims": {"iss": "https://evil.example"}}, "iss"),
        ({"claims": {"nonce": "of another sign-in"}}, "nonce"),
        ({"claims": {"sub": ""}}, "sub"),
        ({"lives": -120}, "expired"),
        ({"skew": -3600 - 120}, "expired"),  # made by a clock that is far behind
        ({"skew": 600}, "in the future"),  # and by one that is far ahead
        ({"alg": "none"}, ""),
        ({"alg": "HS256"}, ""),
    ],
)  # fmt: skip
def test_wrong_tokens_are_refused_and_recorded(office, broken, wrong, why):
    app, access = office
    client = app.test_client()
    _, back = to_provider(client, "s-anna")
    broken(**wrong)
    answer = client.get(back)
    assert answer.status_code == 403, answer.headers
    assert client.get_cookie("ypo") is None
    assert last(access)["result"].startswith("refused")
    assert why in last(access)["result"].lower()


def test_a_clock_that_is_a_little_off_is_accepted(office, broken):
    app, _ = office
    for skew in (-40, 40):
        client = app.test_client()
        _, back = to_provider(client, "s-anna")
        broken(skew=skew)
        assert client.get(back).status_code == 302


def test_a_state_is_used_once_and_by_its_browser_alone(office):
    app, access = office
    client = app.test_client()
    _, back = to_provider(client, "s-anna")
    stranger = app.test_client()
    assert stranger.get(back).status_code == 403  # another browser
    assert client.get(back).status_code == 403  # used up by the try
    _, back = to_provider(client, "s-anna")
    form = client.get_cookie("ypo_form").value
    assert client.get(back).status_code == 302
    replay = app.test_client()
    replay.set_cookie("ypo_form", form)  # the very cookie of then
    assert replay.get(back).status_code == 403
    assert "state" in last(access)["result"].lower()


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=y", "?error=access_denied"]
)
def test_answers_that_nobody_asked_for(office, query):
    app, access = office
    assert app.test_client().get(f"/sign-in/provider/back{query}").status_code == 403
    assert last(access)["result"].startswith("refused")


def test_a_provider_that_is_away_is_told(office, monkeypatch):
    app, _ = office
    client = app.extensions["ypo_provider"]._client
    monkeypatch.setattr(client, "server_metadata", {})
    monkeypatch.setattr(client, "_server_metadata_url", "http://127.0.0.1:9/none")
    answer = app.test_client().get("/sign-in/provider")
    assert answer.status_code == 502
    assert "did not work" in answer.text


def test_a_disabled_person_of_the_provider_stays_out(office):
    app, access = office
    client = app.test_client()
    client.get(to_provider(client, "s-olav")[1])
    with access.database.session() as session:
        accounts.disable(session, "olav")
    assert client.get("/record/me").status_code == 302
    assert client.get(to_provider(client, "s-olav")[1]).status_code == 403
