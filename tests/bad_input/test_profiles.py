"""Broken import profiles, and files that don't fit their profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from tests.faults.harness import COPENHAGEN, write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.harness import Result, Workspace

GOOD = """
[columns]
incident_id = "incident_id"
type = "type"
scene = "scene"
time_from = "time_from"
time_to = "time_to"
lat = "lat"
lon = "lon"
[time]
format = "iso"
timezone = "Europe/Copenhagen"
precision = "minute"
[place]
crs = "EPSG:4326"
"""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return COPENHAGEN.rows(40, seed=6, prefix="F")


def _load(space: Workspace, folder: Path, profile: str | bytes, file: Path) -> Result:
    path = folder / "mine.toml"
    path.write_bytes(profile if isinstance(profile, bytes) else profile.encode())
    return space.load(file, options=("--profile", path))


def test_the_profile_itself_is_good(
    space: Workspace, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    copy = space.copy(tmp_path / "home")
    done = _load(copy, tmp_path, GOOD, write_csv(tmp_path / "in.csv", rows))
    assert done.code == 0, done.err
    assert copy.incidents() == 100


BROKEN = {
    "unknown key": (GOOD.replace('scene = "scene"', 'szene = "scene"'), ("szene",)),
    "unknown section": (GOOD + '\n[colours]\nred = "1"\n', ("colours",)),
    "unknown key of time": (GOOD.replace("precision", "precission"), ("precission",)),
    "unknown type code": (GOOD + '\n[types]\nX = "BURGLERY"\n', ("BURGLERY",)),
    "unknown fallback code": (GOOD + '\n[types]\n"*" = "NOPE"\n', ("NOPE",)),
    "unknown scene code": (GOOD + '\n[scenes]\nX = "CASTLE"\n', ("CASTLE",)),
    "unknown constant": (GOOD.replace('"type"', '"=BURGLERY"'), ("BURGLERY",)),
    "unknown code for unmapped": (GOOD + '\n[unmapped]\ntypes = "ALL"\n', ("ALL",)),
    "broken TOML": (GOOD + "\n[filter\n", ("mine.toml",)),
    "not text": (b"\xff\xfe\x00" + GOOD.encode(), ("mine.toml",)),
    "empty": ("", ("mine.toml",)),
    "unknown CRS": (GOOD.replace("EPSG:4326", "EPSG:99999999"), ("EPSG:99999999",)),
    "unknown time zone": (GOOD.replace("Europe/C", "Europe/K"), ("Europe/Kopenhagen",)),
    "unknown precision": (GOOD.replace('"minute"', '"fortnight"'), ("fortnight",)),
    "a number where a word belongs": (GOOD.replace('"EPSG:4326"', "4326.5"), ("crs",)),
    "a list where a table belongs": ("columns = [1, 2]\n", ("columns",)),
    "no time": (GOOD.replace('time_from = "time_from"\n', ""), ("time_from",)),
    "no type": (GOOD.replace('type = "type"\n', ""), ("type",)),
    "half a place": (GOOD.replace('lon = "lon"\n', ""), ("lon",)),
    "a column that isn't there": (GOOD.replace('"scene"', '"skene"'), ("skene",)),
    "a delimiter that isn't there": ('[file]\ndelimiter = ";"\n' + GOOD, ("column",)),
    "a delimiter of two characters": ('[file]\ndelimiter = "ab"\n' + GOOD, ("delimiter",)),
    "an unknown encoding": ('[file]\nencoding = "klingon"\n' + GOOD, ("klingon",)),
    "a header row beyond the end": ("[file]\nheader_row = 4000\n" + GOOD, ("header",)),
    "a time format that never fits": (GOOD.replace('"iso"', '"%d/%m/%Y %H:%M"'), ("time_from",)),
    "a time format without fields": (GOOD.replace('"iso"', '"today"'), ("format|today|time",)),
    "degrees where metres are named": (
        GOOD.replace('lat = "lat"\nlon = "lon"', 'x = "lon"\ny = "lat"').replace(
            "EPSG:4326", "EPSG:25832"
        ),
        ("metre|degree",),
    ),
}


@pytest.mark.parametrize(
    ("profile", "words"), [pytest.param(*value, id=name) for name, value in BROKEN.items()]
)
def test_broken_profile(
    space: Workspace,
    snapshot: object,
    tmp_path: Path,
    rows: list[dict[str, object]],
    profile: str | bytes,
    words: tuple[str, ...],
) -> None:
    done = _load(space, tmp_path, profile, write_csv(tmp_path / "in.csv", rows))
    done.refused()
    for choice in words:
        assert any(w.lower() in done.err.lower() for w in choice.split("|")), done.err
    assert space.status()["snapshot"] == snapshot


def test_missing_profile(
    space: Workspace, snapshot: object, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    file = write_csv(tmp_path / "in.csv", rows)
    for name in ("gotham", str(tmp_path / "gotham.toml")):
        space.load(file, options=("--profile", name)).refused("gotham")
    assert space.status()["snapshot"] == snapshot


def test_declared_encoding_does_not_fit(
    space: Workspace, snapshot: object, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    file = tmp_path / "in.csv"
    text = write_csv(file, rows).read_text().replace("F3,", "Fæ3,", 1)
    file.write_bytes(text.encode("latin-1"))
    done = _load(space, tmp_path, '[file]\nencoding = "utf-8"\n' + GOOD, file)
    done.refused("in.csv", "utf-8")
    assert space.status()["snapshot"] == snapshot


def test_missing_sheet_and_layer(
    space: Workspace, snapshot: object, tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    frame = pd.DataFrame([row for row in rows if row["lat"] != ""])
    book = tmp_path / "in.xlsx"
    frame.to_excel(book, index=False, sheet_name="Sager")
    done = _load(space, tmp_path, '[file]\nsheet = "Anmeldelser"\n' + GOOD, book)
    done.refused("Anmeldelser", "Sager")
    package = tmp_path / "in.gpkg"
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    layer = gpd.GeoDataFrame(frame.astype(str), geometry=points, crs="EPSG:4326")
    layer.to_file(package, layer="sager", driver="GPKG")
    done = _load(space, tmp_path, '[file]\nlayer = "anmeldelser"\n' + GOOD, package)
    done.refused("anmeldelser", "sager")
    assert space.status()["snapshot"] == snapshot
