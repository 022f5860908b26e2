"""The command line: what it prints, its exit codes, and that it never shows a traceback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.conftest import DATA
from ypo_dash.cli import QUERIES, main
from ypo_dash.cli_statistics import STATISTICS
from ypo_dash.model.filters import Filters
from ypo_dash.views.tables import OUTSIDE, TABLES, table
from ypo_dash.views.workbench import WORKBENCH


@pytest.fixture
def ypo(monkeypatch):
    def run(*args, home):
        monkeypatch.setenv("YPO_HOME", str(home))
        result = CliRunner().invoke(main, list(map(str, args)))
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return run


@pytest.fixture(scope="module")
def spare_home(demo_home, tmp_path_factory):
    """A copy: also a refused import is recorded, in the workspace it was meant for."""
    return shutil.copytree(demo_home, tmp_path_factory.mktemp("spare") / "workspace")


def test_all_breakdowns_can_be_asked():
    assert set(QUERIES) == {*TABLES, *OUTSIDE, *WORKBENCH, *STATISTICS, "threat"}


@pytest.mark.parametrize("what", list(TABLES))
def test_query_prints_the_table(ypo, demo, demo_home, what):
    state = "types=PROPERTY&hours=22-6"
    result = ypo("query", what, state, home=demo_home)
    expected = table(demo, what, Filters.from_query(state, demo))
    assert result.exit_code == 0
    assert result.stdout == expected.csv()
    as_json = ypo("query", what, state, "--format", "json", "--context", home=demo_home)
    assert (
        json.loads(as_json.stdout)
        == table(demo, what, Filters.from_query(state, demo), context=True).records()
    )


def test_status_as_text_and_json(ypo, demo, demo_home):
    record = json.loads(ypo("status", "--json", home=demo_home).stdout)
    assert record["snapshot"] == demo.id
    assert record["incidents"] == record["mapped"] + record["not_mapped"]
    assert record["not_mapped"] == record["no_coordinates"] + record["outside"]
    assert (record["from"], record["to"]) == ("2009-09-01", "2012-11-25")
    assert record["imports"][0]["read"] == record["incidents"]
    assert f"incidents {record['incidents']}" in ypo("status", home=demo_home).stdout


def test_verify_says_that_all_is_well(ypo, demo_home):
    result = ypo("verify", home=demo_home)
    assert result.exit_code == 0
    assert "whole" in result.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["query", "types", "types=NOPE"], 2, "types: 'NOPE' is unknown"),
        (["query", "types", "baseline=people"], 2, "baseline: 'people' is unknown"),
        (["query", "nothing"], 2, "Invalid value"),
        (["import", "incidents", "gone.csv", "--profile", "polsas"], 1, "no such file"),
        (["import", "incidents", "gone.csv", "--profile", "gotham"], 1, "no such import profile"),
        (["import", "sectors", "gone.geojson"], 1, "no such file"),
        (["import", "incidents"], 2, "Missing argument"),
        (["demo"], 1, "already holds something"),
        (["init", "--name", "X"], 2, "Missing option"),
    ],
)
def test_refusals(ypo, spare_home, args, code, says):
    result = ypo(*args, home=spare_home)
    assert result.exit_code == code
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_without_a_workspace(ypo, tmp_path):
    for args in (["status"], ["query", "types"], ["verify"], ["import", "posts", "x.csv"]):
        result = ypo(*args, home=tmp_path / "none")
        assert result.exit_code == 1
        assert "no workspace here" in result.stderr


def test_a_new_district_from_nothing_to_numbers(ypo, tmp_path):
    home = tmp_path / "home"
    made = ypo(
        "init",
        "--name",
        "Nord",
        "--timezone",
        "Europe/Copenhagen",
        "--crs",
        "EPSG:25832",
        "--sectors",
        DATA / "sectors.geojson",
        "--sector-id",
        "sector_id",
        "--sector-name",
        "name",
        "--station",
        "station",
        "--population",
        "population",
        home=home,
    )
    assert made.exit_code == 0
    assert "21 sectors, 21 with a population" in made.stdout
    assert "no incidents yet" in ypo("status", home=home).stdout
    assert ypo("query", "sectors", home=home).exit_code == 0
    rows = tmp_path / "rows.csv"
    rows.write_text(
        "incident_id,type,scene,time_from,time_to,lat,lon\na,FIRE,FLAT,2012-11-23T22:00,,55.6866,12.5569\n",
        encoding="utf-8",
    )
    found = ypo("import", "incidents", rows, "--json", home=home)
    assert json.loads(found.stdout)["new"] == 1
    assert "Profile found by its columns: ypo" in found.stderr
    again = ypo("import", "incidents", rows, home=home)
    assert "nothing was changed" in again.stdout
    assert ypo("query", "sectors", "sectors=8", home=home).stdout.splitlines()[8].endswith(",1")
    for kind, name in (
        ("areas", "safety_areas.geojson"),
        ("designated", "designated_areas.geojson"),
        ("survey", "survey.csv"),
        ("posts", "posts.csv"),
    ):
        assert ypo("import", kind, DATA / name, home=home).exit_code == 0
    other = ypo(
        "import",
        "sectors",
        DATA / "safety_areas.geojson",
        "--id-column",
        "area_id",
        "--name-column",
        "name",
        home=home,
    )
    assert "35 sectors" in other.stdout


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--timezone", "Mars/Base", "unknown time zone"),
        ("--crs", "EPSG:1", "unknown coordinate system"),
        ("--sector-id", "nr", "no such column"),
        ("--sectors", "gone.geojson", "no such file"),
        ("--offences", "gone.csv", "no such file"),
        ("--name", " ", "needs a name"),
    ],
)
def test_a_refused_district_leaves_nothing_behind(ypo, tmp_path, option, value, says):
    options = {
        "--name": "N",
        "--timezone": "Europe/Copenhagen",
        "--crs": "EPSG:25832",
        "--sectors": DATA / "sectors.geojson",
        "--sector-id": "sector_id",
    }
    options[option] = value
    result = ypo("init", *[x for pair in options.items() for x in pair], home=tmp_path / "home")
    assert result.exit_code == 1
    assert says in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_said_at_once(demo_home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ypo_dash.cli", "serve", "--port", str(port)],
            env=os.environ | {"YPO_HOME": str(demo_home)},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr
    assert "Ctrl+C" not in done.stderr


def test_output_is_utf8_whatever_the_terminal_says(demo_home):
    done = subprocess.run(
        [sys.executable, "-m", "ypo_dash.cli", "query", "sectors"],
        env=os.environ | {"YPO_HOME": str(demo_home), "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert "Nørrebro" in done.stdout.decode("utf-8")
