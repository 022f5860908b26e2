"""Safe by default: what starts without sign-in, what is refused, and how it is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import create_app
from ypo_dash.cli import main
from ypo_dash.model.errors import InputError
from ypo_dash.people.settings import AccessSettings

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def simulated(demo_home, tmp_path):
    shutil.copytree(demo_home, tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def served(monkeypatch):
    """What `ypo serve` would have started, instead of starting it."""
    from ypo_dash import server

    started = []
    monkeypatch.setattr(server, "run", lambda *_a, **k: started.append(k["host"]))
    monkeypatch.setattr(server, "check_port", lambda *_a: None)
    return started


def ypo(home, *arguments):
    return CliRunner(env={"YPO_HOME": str(home)}).invoke(main, list(arguments))


def test_the_simulated_district_starts_on_loopback_without_sign_in(simulated, served):
    assert ypo(simulated, "serve").exit_code == 0
    assert ypo(simulated, "serve", "--host", "::1").exit_code == 0
    assert served == ["127.0.0.1", "::1"]
    assert not (simulated / "people.sqlite").exists()  # nothing is made by looking
    assert not (simulated / "record").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::", "ypo.example"])  # noqa: S104
def test_beyond_loopback_sign_in_is_needed(simulated, served, host):
    refused = ypo(simulated, "serve", "--host", host)
    assert refused.exit_code == 1
    assert "ypo user add" in refused.output
    assert ypo(simulated, "user", "add", "anna", "--role", "analyst").exit_code == 0
    assert ypo(simulated, "serve", "--host", host).exit_code == 0
    assert served == [host]


def test_anything_but_the_simulated_district_needs_sign_in(simulated, served):
    app = create_app(simulated).server.test_client()
    assert app.get("/api/view").status_code == 200
    assert ypo(simulated, "import", "posts", str(DATA / "posts.csv")).exit_code == 0
    assert ypo(simulated, "serve").exit_code == 0  # the same posts: nothing else is held
    (simulated.parent / "more.csv").write_text(
        "incident_id,type,scene,time_from,lat,lon\nx1,BURGLARY,FLAT,2012-11-20T10:00,55.7,12.53\n"
    )
    added = ypo(
        simulated, "import", "incidents", str(simulated.parent / "more.csv"), "--profile", "ypo"
    )
    assert added.exit_code == 0, added.output
    refused = ypo(simulated, "serve")
    assert refused.exit_code == 1
    assert "more than the simulated district" in refused.output
    assert "ypo user add" in refused.output
    assert served == ["127.0.0.1"]
    # A server that was started before shows nothing of it either.
    import time

    for _ in range(100):
        answer = app.get("/api/view")
        if answer.status_code != 200:
            break
        time.sleep(0.05)
    assert answer.status_code == 503
    assert "sign-in" in answer.json["error"]
    assert app.get("/shared").status_code == 503


def test_another_district_needs_sign_in(tmp_path, served):
    home = tmp_path / "other"
    made = ypo(
        home, "init", "--name", "X", "--timezone", "UTC", "--crs", "EPSG:25832",
        "--sectors", str(DATA / "sectors.geojson"), "--sector-id", "sector_id",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert ypo(home, "serve").exit_code == 1
    assert ypo(home, "query", "types").exit_code in (0, 2)
    assert "query types" in ypo(home, "audit", "show").output  # recorded without any account
    assert served == []


def test_open_servers_answer_to_loopback_names_alone(simulated):
    client = create_app(simulated).server.test_client()
    for host, code in [
        ("localhost:8050", 200),
        ("127.0.0.1", 200),
        ("evil.example", 400),
        ("10.0.0.1", 400),
    ]:
        assert client.get("/api/config", headers={"Host": host}).status_code == code, host
    for path in ("/sign-in", "/record", "/shared/abc", "/password"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[server]\nhost = 1", "server.host"),
        ("[server]\nhosts = 'x'", "server.hosts"),
        ("[sessions]\nidle_minutes = 0", "idle_minutes"),
        ("[sessions]\nhours = true", "sessions.hours"),
        ("[oidc]\nissuer = 'x'", "client_id"),
        ("[oidc]\nissuer='x'\nclient_id='y'\nroles={g='king'}", "king"),
        ("[else]\nx = 1", "else"),
        ("not toml", "TOML"),
        ("server = 3", "section"),
        ("[server]\ncertificate = 'a'", "belong together"),
    ],
)
def test_wrong_settings_are_named(tmp_path, toml, said):
    path = tmp_path / "access.toml"
    path.write_text(toml)
    with pytest.raises(InputError, match=said):
        AccessSettings.read(path)


def test_commands_are_recorded_with_login_and_state(simulated):
    ypo(simulated, "user", "add", "anna", "--role", "analyst")
    found = ypo(
        simulated, "query", "types", "types=FIRE", "--reason", "audit", "--recipient", "FSB"
    )
    assert found.exit_code == 0
    entry = ypo(simulated, "audit", "show", "--limit", "1", "--find", "query").output
    assert "disclosure  query types  filter=types=FIRE" in entry
    assert "reason=audit" in entry
    shutil.move(simulated / "record", simulated / "kept")
    gone = ypo(simulated, "audit", "verify")
    assert (gone.exit_code, "no entries" in gone.output) == (1, True)
    shutil.rmtree(simulated / "record", ignore_errors=True)
    shutil.move(simulated / "kept", simulated / "record")
    (simulated / "record" / "head").unlink()
    refused = ypo(simulated, "query", "types", "types=FIRE")
    assert refused.exit_code == 1
    assert "BURGLARY" not in refused.output
    broken = ypo(simulated, "audit", "verify")
    assert broken.exit_code == 1
    assert "head" in broken.output


def test_the_record_as_files(simulated, tmp_path):
    ypo(simulated, "user", "add", "anna", "--full-name", "=HYPERLINK(1)", "--role", "viewer")
    ypo(simulated, "query", "types", "types=FIRE", "--reason", "=1+1")
    for suffix in ("csv", "jsonl"):
        out = tmp_path / f"record.{suffix}"
        made = ypo(simulated, "audit", "export", "-o", str(out), "--reason", "inspection")
        assert made.exit_code == 0, made.output
        again = ypo(simulated, "audit", "export", "-o", str(out))
        assert (again.exit_code, "already" in again.output) == (1, True)
    assert "'=1+1" in (tmp_path / "record.csv").read_text()
    whole = ypo(simulated, "audit", "verify", "--log", str(simulated / "record" / "record.log"))
    assert whole.exit_code == 0
    cut = tmp_path / "cut.log"
    cut.write_bytes((tmp_path / "record.jsonl").read_bytes().split(b"\n", 1)[1])
    assert ypo(simulated, "audit", "verify", "--log", str(cut)).exit_code == 1
