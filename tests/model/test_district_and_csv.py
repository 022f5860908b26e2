"""District settings, and CSV that a spreadsheet does not run."""

from __future__ import annotations

import pytest

from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.model.safe_csv import cell_text, to_csv

GOOD = District(
    name="Nord «æøå»",
    timezone="Europe/Copenhagen",
    crs="EPSG:25832",
    stations={"N": {"da": "Nord", "en": "North"}},
)


def test_settings_survive_the_file(tmp_path):
    GOOD.write(tmp_path / "district.toml")
    assert District.read(tmp_path / "district.toml") == GOOD


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('timezone = "Europe/Copenhague"', "unknown time zone"),
        ('crs = "EPSG:999999"', "unknown coordinate system"),
        ('languages = ["sv"]', "languages must be"),
        ('colour = "red"', "unknown or missing"),
        ("name = ", "not a TOML file"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, line, says):
    key = line.split(" =")[0]
    base = {"name": '"N"', "timezone": '"Europe/Copenhagen"', "crs": '"EPSG:25832"'}
    lines = [f"{k} = {v}" for k, v in base.items() if k != key]
    path = tmp_path / "district.toml"
    path.write_text("\n".join([*lines, line]), encoding="utf-8")
    with pytest.raises(InputError, match=says):
        District.read(path)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=cmd()|' /C calc'!A0", "'=cmd()|' /C calc'!A0"),
        ("+1+1", "'+1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("-87.6", "-87.6"),
        ("+4512", "+4512"),
        ("plain", "plain"),
        (-87.6, "-87.6"),
        (12.0, "12"),
        (None, ""),
        (float("nan"), ""),
        (7, "7"),
    ],
)
def test_formulas_are_marked_and_numbers_stay(value, shown):
    assert cell_text(value) == shown


def test_csv_without_a_header():
    assert to_csv(None, [("a", 1)]) == "a,1\n"
