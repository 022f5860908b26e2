from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.sources.loading import CONTEXT, write
from ypo_dash.model.errors import InputError
from ypo_dash.sources import load_profile, shipped_profiles
from ypo_dash.sources.profile import Column, parse_profile
from ypo_dash.sources.profile_check import COLUMNS, KEYS
from ypo_dash.sources.words import WordBook

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
[file]
delimiter = ";"
encoding = "latin-1"
decimal = ","
sheet = "Sager"
layer = "sager"
header_row = 3
[columns]
incident_id = ["A", "B"]
type = "=BURGLARY"
scene = "S?"
time_from = ["D", "T"]
time_to = "E"
reported_at = "R"
x = "X"
y = "Y"
area = "LOR"
[time]
format = ["%d-%m-%Y %H:%M", "iso"]
timezone = "Europe/Copenhagen"
precision = "hour"
[place]
crs = "EPSG:25832"
missing = [[0, 0], [-1, -1.5]]
[types]
Indbrud = "BURGLARY"
"*" = "OTHER"
[scenes]
Lejlighed = "FLAT"
[unmapped]
types = "OTHER"
scenes = "refuse"
[filter]
Status = ["open"]
Kind = "a"
"""


def test_every_key_is_read() -> None:
    found = parse_profile(FULL.replace('Kind = "a"', ""), name="full")
    assert found.file.header_row == 3
    assert (found.file.delimiter, found.file.encoding, found.file.decimal) == (";", "latin-1", ",")
    assert (found.file.sheet, found.file.layer) == ("Sager", "sager")
    assert found.columns["incident_id"] == Column(names=("A", "B"))
    assert found.columns["type"] == Column(constant="BURGLARY")
    assert found.columns["scene"] == Column(names=("S",), optional=True)
    assert found.time.formats == ("%d-%m-%Y %H:%M", "iso")
    assert (found.time.timezone, found.time.precision) == ("Europe/Copenhagen", "hour")
    assert (found.place.crs, found.place.missing) == ("EPSG:25832", ((0, 0), (-1, -1.5)))
    assert (found.types["*"], found.scenes["Lejlighed"]) == ("OTHER", "FLAT")
    assert (found.unmapped_types, found.unmapped_scenes) == ("OTHER", "refuse")
    assert found.filter == {"Status": ("open",)}


def test_the_digest_is_that_of_the_meaning() -> None:
    text = FULL.replace('Kind = "a"', "")
    one = parse_profile(text, name="one")
    assert one.digest == parse_profile("# a remark\n" + text, name="other").digest
    assert one.digest != parse_profile(text.replace("LOR", "PLR"), name="one").digest
    assert re.fullmatch("[0-9a-f]{64}", one.digest)


@pytest.mark.parametrize("name", [*shipped_profiles(), "template"])
def test_shipped_profiles_are_sound(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    WordBook(profile, CONTEXT.taxonomy)


def test_what_is_shipped() -> None:
    assert shipped_profiles() == ("chicago", "data_police_uk", "polsas", "ypo")


def test_the_template_names_every_key(tmp_path: Path) -> None:
    text = (load_profile.__globals__["PROFILES"] / "template.toml").read_text()
    for section, keys in KEYS.items():
        assert f"[{section}]" in text
        for key in keys or ():
            assert re.search(rf"^(# )?{key} = ", text, re.MULTILINE), key
    assert all(column in text for column in COLUMNS)
    switched_on = re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE)
    load_profile(write(tmp_path / "all.toml", switched_on))


BASE = FULL.replace('Kind = "a"', "")
BROKEN = {
    "unknown section": ('[colums]\ntype = "a"', "colums: is unknown; did you mean 'columns'?"),
    "unknown key": (BASE.replace("scene =", "szene ="), "columns.szene: is unknown; did you mean 'scene'?"),
    "far key": (BASE.replace("scene =", "zz ="), "columns.zz: is unknown. Known are incident_id,"),
    "section is no table": ("columns = 3", "columns: must be a table"),
    "no TOML": ("[columns", "the profile is not TOML"),
    "no type": (BASE.replace('type = "=BURGLARY"', ""), "columns.type: is missing"),
    "no time": (BASE.replace('time_from = ["D", "T"]', ""), "columns.time_from: is missing"),
    "half a pair": (BASE.replace('y = "Y"', ""), "columns.y: is missing beside x"),
    "no place": (
        BASE.replace('x = "X"', "").replace('y = "Y"', "").replace('area = "LOR"', ""),
        "columns: has no place. Name lat and lon",
    ),
    "number for a column": (BASE.replace('"LOR"', "3"), "columns.area: must be a column name"),
    "empty list": (BASE.replace('["D", "T"]', "[]"), "columns.time_from: must be a column name"),
    "joined coordinate": (BASE.replace('"X"', '["X", "Z"]'), "columns.x: cannot join columns"),
    "constant time": (BASE.replace('["D", "T"]', '"=2012-11-05"'), "columns.time_from: cannot be a constant"),
    "empty constant": (BASE.replace("=BURGLARY", "="), "columns.type: cannot be a constant"),
    "delimiter": (BASE.replace('";"', '"ab"'), "file.delimiter: must be one plain character (value 'ab')"),
    "encoding": (BASE.replace("latin-1", "klingon"), "file.encoding: is not a known encoding (value 'klingon')"),
    "decimal": (BASE.replace('decimal = ","', 'decimal = "x"'), "file.decimal: must be a point or a comma"),
    "decimal is delimiter": (BASE.replace('";"', '","'), "file.decimal: cannot be the delimiter too"),
    "header row": (BASE.replace("= 3", "= 0"), "file.header_row: must be a whole number from 1"),
    "header row as truth": (BASE.replace("= 3", "= true"), "file.header_row: must be a whole number"),
    "sheet number": (BASE.replace('"Sager"', "2"), "file.sheet: must be a text in quotation marks"),
    "format": (BASE.replace("%d-%m-%Y", "%d-%Q-%Y"), "time.format: has the unknown directive %Q"),
    "format of a number": (BASE.replace('["%d-%m-%Y %H:%M", "iso"]', "3"), "time.format: must be a format"),
    "time zone": (BASE.replace("Europe/C", "Europe/K"), "time.timezone: is not a known time zone"),
    "precision": (BASE.replace('"hour"', '"week"'), "time.precision: is unknown (value 'week'). Use minute, hour"),
    "CRS": (BASE.replace("25832", "99999999"), "place.crs: is not a known coordinate system"),
    "no CRS": (BASE.replace('crs = "EPSG:25832"', ""), "place.crs: is missing: x and y need"),
    "missing": (BASE.replace("[0, 0]", "[0]"), "place.missing: must be a list of pairs of numbers"),
    "code of a number": (BASE.replace('"FLAT"', "1"), "scenes.Lejlighed: must be a code"),
    "filter": (BASE.replace('["open"]', '"open"'), "filter.Status: must be a list of values"),
}  # fmt: skip


@pytest.mark.parametrize(("toml", "message"), list(BROKEN.values()), ids=list(BROKEN))
def test_broken_profiles(tmp_path: Path, toml: str, message: str) -> None:
    path = write(tmp_path / "mine.toml", toml)
    with pytest.raises(InputError, match=re.escape(message)) as refused:
        load_profile(path)
    assert "mine.toml" in str(refused.value)


def test_profiles_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such import profile .*gotham.*Use chicago, data_"):
        load_profile("gotham")
    with pytest.raises(InputError, match="no such import profile"):
        load_profile(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        load_profile(write(tmp_path / "binary.toml", b"\xff\xfe\x00"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('"BURGLARY"', '"BURGLERY"'), "Did you mean BURGLARY?"),
        (('"FLAT"', '"CASTLE"'), "means a code that the district does not have (value 'CASTLE')"),
        (("=BURGLARY", "=NOPE"), "[columns] type"),
        (('types = "OTHER"', 'types = "ALL"'), "[unmapped] types"),
        (('scenes = "refuse"', 'scenes = "ALL"'), "[unmapped] scenes"),
    ],
)
def test_codes_that_the_district_lacks(change: tuple[str, str], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        WordBook(parse_profile(BASE.replace(*change), name="mine"), CONTEXT.taxonomy)
