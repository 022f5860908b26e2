"""Holidays and recording breaks: what is stored, what is refused, and that nothing needs them."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from tests.conftest import DATA
from ypo_dash.cli import main
from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.store.calendar import Break, breaks_of, holidays_of
from ypo_dash.store.inputs import import_layer, polygons_from
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.workspace import Workspace, sector_layers


@pytest.fixture
def space(tmp_path):
    layers = {key: (".csv", (DATA / f"{key}.csv").read_bytes()) for key in ("offences", "scenes")}
    layers |= sector_layers(polygons_from(DATA / "sectors.geojson", "sectors", {}))
    return Workspace.create(tmp_path / "home", District.read(DATA / "district.toml"), layers)


def load(space, tmp_path, kind, text):
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return import_layer(space, kind, path, columns={})[1]


def test_what_is_stored(space, tmp_path):
    assert holidays_of(open_snapshot(space)) == ()
    assert breaks_of(open_snapshot(space)) == ()
    notes = load(
        space, tmp_path, "holidays", "Date;Name\n2012-12-25;Juledag\n2012-12-26 00:00:00;\n"
    )
    assert notes == ["2 public holidays, 2012-12-25 to 2012-12-26"]
    load(
        space, tmp_path, "breaks", "date,types,note\n2012-05-01,,all\n2012-03-01,FIRE; BURGLARY,\n"
    )
    snapshot = open_snapshot(space)
    assert holidays_of(snapshot) == (date(2012, 12, 25), date(2012, 12, 26))
    assert breaks_of(snapshot) == (
        Break(start=date(2012, 3, 1), types=("FIRE", "BURGLARY"), note=""),
        Break(start=date(2012, 5, 1), types=(), note="all"),
    )
    load(
        space, tmp_path, "holidays", "date,name\n2013-01-01,New Year\n"
    )  # a new file replaces the old one
    assert holidays_of(open_snapshot(space)) == (date(2013, 1, 1),)


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("holidays", "date,name\n2012-12-25,a\n25/12/2012,b\n", "line 3, column 'date': not a date .*2011-09-01"),
        ("holidays", "date,name\n,a\n", "line 2, column 'date': not a date"),
        ("holidays", "date,name\n2012-12-25,a\n2012-12-25,b\n", "line 3, column 'date': this row stands twice"),
        ("holidays", "day,name\n2012-12-25,a\n", "column 'date': there is no such column"),
        ("breaks", "date,types\n2012-03-01,FIRES\n", "line 2, column 'types': not a type .*'FIRES'.*FIRE"),
        ("breaks", "date,types\n2012-13-01,FIRE\n", "line 2, column 'date': not a date"),
        ("breaks", "date,note\n2012-03-01,x\n", "column 'types': there is no such column"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(space, tmp_path, kind, text, says):
    before = space.files.read()
    with pytest.raises(InputError, match=says):
        load(space, tmp_path, kind, text)
    assert space.files.read() == before


def test_the_simulated_district_has_them(demo):
    days = holidays_of(demo)
    assert date(2012, 12, 25) in days
    assert date(2012, 12, 24) not in days  # kind "partial": not a public holiday
    assert [(b.start, b.types) for b in breaks_of(demo)] == [(date(2012, 3, 1), ("HARASSMENT",))]
    planted = {row["id"]: row for row in demo.table("planted_changes")}
    assert planted["P02"]["sectors"] == "3"  # Svanemøllen
    assert planted["P03"]["sectors"] == "7;8"
    assert planted["P05"]["sectors"] == ""  # everywhere


def test_command_line(space, tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("date,types\n2012-03-01,NOPE\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["import", "breaks", str(path)], env={"YPO_HOME": str(space.home)})  # fmt: skip
    assert result.exit_code == 1
    assert "column 'types'" in result.stderr
    result = CliRunner().invoke(main, ["import", "holidays", str(DATA / "holidays.csv")], env={"YPO_HOME": str(space.home)})  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "44 public holidays" in result.stdout
    assert "12 rows of another kind are left out" in result.stdout
