"""``ypo report``: files by name, frozen ones kept, exit codes, and what a command does not load."""

from __future__ import annotations

import subprocess
import sys

import pikepdf
import pytest
from click.testing import CliRunner

from tests.conftest import DATA
from ypo_dash.cli import main
from ypo_dash.cli_report import REPORTS
from ypo_dash.reports.kinds import KINDS

DATES = "from=2012-11-23&to=2012-11-25"


@pytest.fixture
def report(monkeypatch, demo_home):
    def run(*args, home=demo_home):
        monkeypatch.setenv("YPO_HOME", str(home))
        result = CliRunner().invoke(main, ["report", *map(str, args)])
        assert result.exception is None or isinstance(result.exception, SystemExit), (
            result.exception
        )
        return result

    return run


def test_every_document_can_be_asked_for():
    assert set(KINDS) <= set(REPORTS)


def test_a_file_of_ones_own_name(report, tmp_path):
    path = tmp_path / "monday.pdf"
    result = report("weekend", DATES, "-o", path)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"Printed: {path}" in result.stderr
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) > 1
        assert "Kriminalitetsoverblik, fredag 23/11" in str(pdf.docinfo["/Title"])
    assert list(tmp_path.iterdir()) == [path]


def test_into_a_folder_by_name_and_a_frozen_one_is_kept(report, tmp_path, demo):
    expected = tmp_path / f"weekend_2012-11-23_2012-11-25_internal_en_{demo.id}.pdf"
    assert report("weekend", "lang=en", "--into", tmp_path, "--freeze").exit_code == 0
    assert [*tmp_path.iterdir()] == [expected]
    before = expected.read_bytes(), expected.stat().st_mtime_ns
    again = report("weekend", "lang=en", "--into", tmp_path, "--freeze")
    assert again.exit_code == 0  # a schedule that runs twice is no failure
    assert f"Kept: {expected}" in again.stderr
    assert (expected.read_bytes(), expected.stat().st_mtime_ns) == before
    for more in ([], ["--freeze"]):
        refused = report("weekend", "lang=en", "-o", expected, *more)
        assert refused.exit_code == 1
        assert "frozen" in refused.stderr
    assert report("weekend", "lang=en", "--into", tmp_path).exit_code == 1
    assert (expected.read_bytes(), expected.stat().st_mtime_ns) == before
    # Another state is another file, not the one that is kept.
    other = report("weekend", "types=BURGLARY&lang=en", "--into", tmp_path, "--freeze")
    assert other.exit_code == 0
    assert "Printed" in other.stderr
    assert len([*tmp_path.iterdir()]) == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["novel", "", "-o", "a.pdf"], "novel"),
        (["weekend", ""], "-o FILE.pdf or --into FOLDER"),
        (["weekend", "", "-o", "a.pdf", "--into", "."], "-o FILE.pdf or --into FOLDER"),
        (["weekend", "types=NOTHING", "-o", "a.pdf"], "types: 'NOTHING'"),
        (["weekend", "hours=25-6", "-o", "a.pdf"], "hours: "),
        (["weekend", "tpyes=BURGLARY", "-o", "a.pdf"], "did you mean 'types'"),
        (["weekend", "from=2012-11-25&to=2012-11-23", "-o", "a.pdf"], "from: "),
        (["weekend", "tier=public", "-o", "a.pdf"], "tier: "),
        (["weekend", "tier=partner&hours=22-6", "-o", "a.pdf"], "hours: "),
    ],
)
def test_what_is_asked_wrongly_ends_with_2_and_writes_nothing(report, tmp_path, monkeypatch, args, says):  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = report(*args)
    assert result.exit_code == 2
    assert says in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_what_the_machine_lacks_ends_with_1(report, tmp_path):
    away = report("weekend", DATES, "-o", tmp_path / "away" / "a.pdf")
    assert away.exit_code == 1
    assert "no such folder" in away.stderr
    folder = report("weekend", DATES, "-o", tmp_path)
    assert folder.exit_code == 1
    nothing = report("weekend", "", "--into", tmp_path, home=tmp_path / "nowhere")
    assert nothing.exit_code == 1
    assert nothing.stderr.strip()
    assert [*tmp_path.iterdir()] == []


def test_a_district_without_incidents_is_said_to_have_none(report, tmp_path, monkeypatch):
    home = tmp_path / "empty"
    monkeypatch.setenv("YPO_HOME", str(home))
    options = {
        "--name": "X", "--timezone": "Europe/Copenhagen", "--crs": "EPSG:25832",
        "--sectors": str(DATA / "sectors.geojson"), "--sector-id": "sector_id",
    }  # fmt: skip
    made = CliRunner().invoke(main, ["init", *[x for pair in options.items() for x in pair]])
    assert made.exit_code == 0, made.output
    for kind in KINDS:
        result = report(kind, "sectors=5", "-o", tmp_path / "a.pdf", home=home)
        assert result.exit_code == 2
        assert "there are no data yet" in result.stderr
    assert not (tmp_path / "a.pdf").exists()


def test_a_full_disk_ends_with_1_and_leaves_nothing(report, tmp_path, monkeypatch):
    from ypo_dash.reports import filing

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filing.os, "fsync", full)
    result = report("weekend", DATES, "-o", tmp_path / "a.pdf")
    assert result.exit_code == 1
    assert "the disk is full" in result.stderr
    assert [*tmp_path.iterdir()] == []


HEAVY = ("typst", "numba", "numpy", "h3", "scipy", "dash", "ypo_dash.reports")


def loaded(code):
    ends = f"\nimport sys\nprint([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code + ends], capture_output=True, text=True, check=True)  # fmt: skip
    return done.stdout.splitlines()[-1]


def test_a_command_that_prints_nothing_loads_none_of_it():
    assert loaded("import ypo_dash.cli") == "[]"


def test_a_server_that_never_prints_never_loads_typst(demo_home):
    code = (
        "from pathlib import Path\nfrom app import create_app\n"
        f"client = create_app(Path({str(demo_home)!r})).server.test_client()\n"
        "assert client.get('/api/view').status_code == 200\n"
        "assert client.get('/print?kind=novel').status_code == 400"
    )
    assert "typst" not in loaded(code)
