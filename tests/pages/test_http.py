"""The answers over HTTP: exports equal the command line, errors name the parameter."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from app import create_app
from ypo_dash.model.filters import Filters
from ypo_dash.views.tables import TABLES, table

STATE = "types=PROPERTY&from=2012-11-05&to=2012-11-18&hours=22-6"


@pytest.fixture(scope="module")
def client(demo_home):
    return create_app(demo_home).server.test_client()


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize("context", [False, True])
def test_exports_equal_the_tables(client, demo, name, context):
    answer = client.get(f"/export/{name}.csv?{STATE}{'&context=1' if context else ''}")
    assert answer.status_code == 200
    assert answer.headers["X-Snapshot"] == demo.id
    assert answer.text == table(demo, name, Filters.from_query(STATE, demo), context=context).csv()


def test_geojson_export(client):
    found = client.get(f"/export/cells.geojson?{STATE}").json
    assert found["type"] == "FeatureCollection"
    assert found["features"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/view",
        "/api/card",
        "/api/pins",
        "/export/types.csv",
        "/export/cells.geojson",
        "/export/incidents.csv",
    ],
)
def test_an_impossible_state_is_400_and_named(client, path):
    answer = client.get(f"{path}?types=NOPE")
    assert answer.status_code == 400
    assert answer.json["parameter"] == "types"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/export/nothing.csv",
        "/export/cells.xlsx",
        "/api/layers/secret.geojson",
        "/api/geometry/000000000000/9",
    ],
)
def test_what_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


def test_health_config_and_layers(client, demo):
    assert client.get("/healthz").json == {
        "status": "ok",
        "snapshot": demo.id,
        "incidents": demo.totals["incidents"],
        "version": "0.1.0",
    }
    config = client.get("/api/config?lang=da").json
    assert config["simulated"] is True
    assert len(config["sectors"]) == 21
    assert config["weekdays_long"][0] == "mandag"
    for name in ("sectors", "designated", "land", "water", "parks", "streets", "rail", "stations"):
        layer = json.loads(client.get(f"/api/layers/{name}.geojson").text)
        assert layer["features"], name


def test_large_answers_are_zipped_for_who_asks(client):
    plain = client.get("/api/view")
    packed = client.get("/api/view", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 20_000


def test_geometry_is_cacheable_under_its_numbering(client, demo):
    answer = client.get(f"/api/geometry/{demo.geometry_key}/9", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    plain = client.get(
        f"/api/geometry/{demo.geometry_key}/9", headers={"Accept-Encoding": "gzip;q=0"}
    )
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(answer.data) == plain.data
    assert client.get(f"/api/geometry/{demo.id}/9").json["geometry"] == demo.geometry_key


@pytest.mark.parametrize("path", ["/api/view?types=FIRE", "/api/config", "/api/card?sectors=1"])
def test_what_did_not_change_is_not_sent_again(client, path):
    first = client.get(path, headers={"Accept-Language": "en"})
    tag = first.headers["ETag"]
    again = client.get(path, headers={"Accept-Language": "en", "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    danish = client.get(path, headers={"Accept-Language": "da", "If-None-Match": tag})
    assert danish.status_code == 200
    other = client.get(
        path + ("&" if "?" in path else "?") + "lang=da", headers={"If-None-Match": tag}
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/export/",
        "/export/a/b",
        "/api/",
        "/api/layers/..%2f..%2fdistrict.geojson",
        "/api/geometry/x/%2F0",
    ],
)
def test_programs_asking_wrongly_do_not_get_the_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json["error"]


@pytest.mark.parametrize(
    "query", ["context=true", "context=0&context=1", "to=0001-01-05", "from=2201-01-01",
              "from=2012-W45-1", "hours=٢٢-٦", "cell=0x891f05abcdfffff"]
)  # fmt: skip
def test_near_misses_are_refused_by_name(client, query):
    answer = client.get(f"/export/weeks.csv?{query}")
    assert answer.status_code == 400
    assert answer.json["parameter"] == query.split("=")[0]


def test_a_worker_that_served_no_page_yet_serves_its_scripts(client, demo_home):
    named = re.findall(r'src="(/[^"]+)"', client.get("/").text)
    assert len(named) > 10
    other = create_app(demo_home).server.test_client()
    refused = []
    for path in named:
        with other.get(path) as answer:
            refused += [path] if answer.status_code != 200 else []
    assert refused == []


def test_pages_load_and_send_nothing_elsewhere(client):
    answer = client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'")
    assert "http" not in policy
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert client.get("/export/incidents.csv").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("given", [None, 7, ["a"], {"a": 1}, "types=NONSENSE"])
def test_the_side_panel_survives_anything(demo_store, given):
    from ypo_dash.pages.explore import update

    assert update(demo_store, given)


def test_the_browsers_language_is_the_default(client):
    danish = client.get("/api/config", headers={"Accept-Language": "da-DK,da;q=0.9,en;q=0.5"})
    assert danish.json["lang"] == "da"


def test_without_a_workspace_answers_say_so(tmp_path):
    client = create_app(tmp_path / "none").server.test_client()
    assert client.get("/healthz").status_code == 503
    assert "no workspace" in client.get("/api/view").json["error"]


def test_the_page_asks_nothing_of_the_net(client):
    page = client.get("/").text
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert addresses
    assert not [a for a in addresses if "//" in a]
