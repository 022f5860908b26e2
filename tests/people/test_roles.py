"""Every route, page, callback and command, for every role, against the written table roles.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.people.conftest import form_token
from ypo_dash.cli import main

TABLE = list(csv.DictReader((Path(__file__).parent / "roles.csv").read_text("utf-8").splitlines()))
ROLES = [name for name in TABLE[0] if name not in ("kind", "what")]
ROWS = {(row["kind"], row["what"]): row for row in TABLE}
ARGUMENTS = {
    "init": ["--name", "x", "--timezone", "UTC", "--crs", "EPSG:25832", "--sectors", "no", "--sector-id", "i"],
    "query": ["types"], "user roles": ["nobody-there", "--role", "viewer"],
    "report": ["weekend", "", "-o", "/dev/null/a.pdf"],
    "desk export": ["/dev/null/desk"], "desk addresses": ["/dev/null/addresses.csv"], "desk sector-at": ["no place at all"],
    "desk import": ["log", "/dev/null/log.csv"],
    "audit export": ["-o", "/dev/null/file.csv"], "share revoke": ["77"],
    "threat export": ["gang"],
}  # fmt: skip
TAKES_ONE = (
    "import",
    "user add",
    "user disable",
    "user enable",
    "user reset",
    "device add",
    "device revoke",
)


def routes(app):
    for rule in app.server.url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield method, rule.rule


def commands(group=main, before=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield "command", " ".join((*before, name))


def callbacks(app):
    return [("callback", name) for name in app.callback_map]


def test_every_route_callback_page_and_command_has_its_row(house):
    import dash

    pages = [("page", page["path"]) for page in dash.page_registry.values()]
    there = {*routes(house.app), *callbacks(house.app), *pages, *commands()}
    assert there == set(ROWS)


def address(rule, demo):
    parts = {
        "<path:filename>": "style.css", "<string:package_name>": "dash",
        "<path:fingerprinted_path>": "no.js", "<key>": demo.geometry_key, "<res>": "9",
        "<token>": "no-such-token", "<sector>": "5", "<part>": "overview", "<path:rest>": "nothing/here", "<path:path>": "no-page",
    }  # fmt: skip
    parts["<int:sheet>"] = "1"
    parts["<name>"] = "types.csv" if "export" in rule else "sectors"
    for part, value in parts.items():
        rule = rule.replace(part, value)
    return rule + ("?reason=test" if rule.startswith("/export/types") else "")


def is_let_in(answer):
    """Whether the gate let a request through; what the address then says is another matter."""
    if answer.status_code in (301, 302):
        out = "Clear-Site-Data" in answer.headers  # signed out, as asked
        return out or "/sign-in" not in answer.headers["Location"]
    if answer.status_code not in (400, 401, 403):
        return True
    said = answer.data.decode("utf-8", "replace")
    codes = [f'"refused": "{code}"' for code in ("signed_out", "role", "form")]
    return not any(word in said for word in (*codes, "Not for your role", "Please try again"))


@pytest.mark.parametrize("role", ROLES)
def test_routes(house, demo, role):
    wrong = []
    for method, rule in routes(house.app):
        client = house.client(None if role == "nobody" else role)
        path = address(rule, demo)
        if method == "POST":
            token = form_token(house.client(), "/sign-in") if role == "nobody" else None
            answer = post(client, path, token)
        else:
            answer = client.get(path)
        with answer:
            if is_let_in(answer) != (ROWS[method, rule][role] == "yes"):
                wrong.append(f"{method} {rule}: {answer.status_code} {answer.data[:90]!r}")
    assert wrong == []


def post(client, path, json=None):
    """POST with the form token that the client's own session has."""
    token = form_token(client, "/sign-in/device")
    if json is not None:
        return client.post(path, json=json, headers={"X-CSRFToken": token})
    return client.post(path, data={"csrf_token": token, "name": "x", "password": "y", "token": "z"})


@pytest.mark.parametrize("role", ROLES)
def test_pages(house, role):
    for (kind, path), row in ROWS.items():
        if kind != "page":
            continue
        client = house.client(None if role == "nobody" else role)
        assert is_let_in(client.get(path)) == (row[role] == "yes"), path
        # Dash fetches the page's content through its own callback: it must refuse as well.
        shown = post(client, "/_dash-update-component", json=pages_callback(path))
        inside = shown.status_code == 200 and "Not for your role" not in shown.text
        assert inside == (row[role] == "yes"), (path, shown.status_code)


def pages_callback(path):
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": path},
            {"id": "_pages_location", "property": "search", "value": ""},
        ],
        "changedPropIds": ["_pages_location.pathname"],
        "state": [],
    }


def panel_callback(state=""):
    return {
        "output": "explore-panel.children",
        "outputs": {"id": "explore-panel", "property": "children"},
        "inputs": [{"id": "explore-state", "property": "data", "value": state}],
        "changedPropIds": ["explore-state.data"],
        "state": [],
    }


@pytest.mark.parametrize("role", ROLES)
def test_callbacks(house, role):
    bodies = {
        "explore-panel.children": panel_callback(),
        pages_callback("/")["output"]: pages_callback("/"),
        # Runs in the browser alone; the server knows nothing of it and refuses.
        "_pages_dummy.children": panel_callback() | {"output": "_pages_dummy.children"},
    }
    assert {("callback", name) for name in bodies} == set(callbacks(house.app))
    for name, body in bodies.items():
        client = house.client(None if role == "nobody" else role)
        answer = post(client, "/_dash-update-component", json=body)
        allowed = ROWS["callback", name][role] == "yes"
        assert (answer.status_code == 200) == allowed, (name, answer.status_code, answer.text[:200])


@pytest.mark.parametrize("role", ROLES)
def test_commands(house, role, monkeypatch, tmp_path):
    """A login of the machine may do what its account may; who owns the folder may do all."""
    from ypo_dash import server
    from ypo_dash.people import acting

    monkeypatch.setenv("YPO_HOME", str(house.home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(acting.os, "geteuid", lambda: 54321)
    monkeypatch.setattr(acting, "login", lambda: role)
    monkeypatch.setattr(server, "run", lambda *_a, **_k: None)
    monkeypatch.setattr(server, "check_port", lambda *_a: None)
    wrong = []
    for kind, name in commands():
        arguments = ARGUMENTS.get(name, ["no-such"] if name.startswith(TAKES_ONE) else [])
        result = CliRunner().invoke(main, [*name.split(), *arguments])
        let_in = "needs the right" not in result.output
        if let_in != (ROWS[kind, name][role] == "yes"):
            wrong.append(f"{name}: {result.output[:120]}")
    assert wrong == []


def test_officers_see_points_of_own_sectors_only(house):
    state = "types=ROBBERY,BURGLARY&from=2012-11-20&to=2012-11-25"
    everything = house.client("analyst").get(f"/api/pins?{state}").json
    own = house.client("officer").get(f"/api/pins?{state}").json
    mine = [pin for pin in everything["pins"] if pin["sector"].split()[0] in ("3", "7")]
    assert mine
    assert own["pins"] == mine
    assert own["elsewhere"] > 0
    assert everything["elsewhere"] == 0


def test_viewers_are_not_told_to_ask_for_points(house):
    from tests.people.test_sign_in import head_of

    state = "/api/view?types=ROBBERY&from=2012-11-20"
    assert head_of(house.client("officer").get(state))["pins"] is True
    assert head_of(house.client("viewer").get(state))["pins"] is False
