"""Broken sector files and settings at ``ypo init``: refused with a name, nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from tests.faults.harness import COPENHAGEN, Result, Workspace, init_options

W, S = COPENHAGEN.west, COPENHAGEN.south
SQUARES = [box(W + 0.02 * i, S, W + 0.02 * (i + 1), S + 0.02) for i in range(3)]


def _frame(shapes: list[BaseGeometry | None], ids: list[object] | None = None) -> gpd.GeoDataFrame:
    n = len(shapes)
    data = {
        "nr": ids or list(range(1, n + 1)),
        "navn": [f"Sector {i}" for i in range(n)],
        "station": ["N"] * n,
        "people": [1000] * n,
    }
    return gpd.GeoDataFrame(data, geometry=shapes, crs="EPSG:4326")


def _save(folder: Path, frame: gpd.GeoDataFrame) -> Path:
    path = folder / "sectors.gpkg"
    frame.to_file(path, driver="GPKG")
    return path


def _json(folder: Path, text: str) -> Path:
    path = folder / "sectors.geojson"
    path.write_text(text)
    return path


def _init(folder: Path, sectors: Path, *extra: object) -> Result:
    return Workspace(folder / "home").run("init", *init_options(COPENHAGEN, sectors), *extra)


def _missing(folder: Path) -> Path:
    return folder / "sectors.gpkg"


def _points(folder: Path) -> Path:
    return _save(folder, _frame([Point(W, S), Point(W + 0.01, S)]))


def _overlapping(folder: Path) -> Path:
    second = box(W + 0.01, S, W + 0.03, S + 0.02)
    return _save(folder, _frame([SQUARES[0], second, SQUARES[2]], ["alpha", "beta", "gamma"]))


def _bow_tie(folder: Path) -> Path:
    tie = Polygon([(W, S), (W + 0.02, S + 0.02), (W + 0.02, S), (W, S + 0.02)])
    return _save(folder, _frame([tie, *SQUARES[1:]], ["alpha", "beta", "gamma"]))


def _no_crs(folder: Path, crs: str = "EPSG:25832") -> Path:
    path = folder / "sectors.shp"
    _frame(SQUARES).to_crs(crs).to_file(path)
    path.with_suffix(".prj").unlink()
    return path


def _degrees_without_crs(folder: Path) -> Path:
    return _no_crs(folder, "EPSG:4326")


def _wrong_column(folder: Path) -> Path:
    return _save(folder, _frame(SQUARES).rename(columns={"nr": "number"}))


def _duplicates(folder: Path) -> Path:
    return _save(folder, _frame(SQUARES, ["alpha", "beta", "alpha"]))


def _empty_id(folder: Path) -> Path:
    return _save(folder, _frame(SQUARES, ["alpha", None, "gamma"]))


def _comma_id(folder: Path) -> Path:
    return _save(folder, _frame(SQUARES, ["alpha", "be,ta", "gamma"]))


def _no_geometry(folder: Path) -> Path:
    return _save(folder, _frame([SQUARES[0], None, SQUARES[2]], ["alpha", "beta", "gamma"]))


def _nothing(folder: Path) -> Path:
    return _json(folder, json.dumps({"type": "FeatureCollection", "features": []}))


def _empty_file(folder: Path) -> Path:
    return _json(folder, "")


def _broken_json(folder: Path) -> Path:
    return _json(folder, '{"type": "FeatureCollection", "features": [{')


def _metres_called_degrees(folder: Path) -> Path:
    frame = _frame(SQUARES).to_crs("EPSG:25832").set_crs("EPSG:4326", allow_override=True)
    return _json(folder, frame.to_json())


REFUSED: list[tuple[Callable[[Path], Path], tuple[str, ...]]] = [
    (_missing, ("sectors.gpkg",)),
    (_points, ("polygon",)),
    (_no_crs, ("coordinate system|crs",)),
    (_wrong_column, ("nr", "number")),
    (_empty_id, ("nr|id",)),
    (_comma_id, ("be,ta",)),
    (_no_geometry, ("beta|polygon",)),
    (_nothing, ("sectors.geojson",)),
    (_empty_file, ("sectors.geojson",)),
    (_broken_json, ("sectors.geojson",)),
    (_metres_called_degrees, ("sectors.geojson",)),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
def test_refused(tmp_path: Path, make: Callable[[Path], Path], words: tuple[str, ...]) -> None:
    done = _init(tmp_path, make(tmp_path))
    done.refused()
    for choice in words:
        assert any(w.lower() in done.err.lower() for w in choice.split("|")), done.err
    # The next try, with a good file, must not meet half a workspace.
    again = _init(tmp_path, _save(tmp_path, _frame(SQUARES)))
    assert again.code == 0, again.err


DOUBTFUL: list[tuple[Callable[[Path], Path], tuple[str, ...]]] = [
    (_bow_tie, ("alpha",)),
    (_overlapping, ("alpha", "beta")),
    (_duplicates, ("alpha",)),
    (_degrees_without_crs, ("crs|coordinate system|wgs84|wgs 84|4326",)),
]


@pytest.mark.parametrize(("make", "words"), DOUBTFUL)
def test_doubtful_sectors_are_named(
    tmp_path: Path, make: Callable[[Path], Path], words: tuple[str, ...]
) -> None:
    """They may be refused, mended or read by a rule, but never in silence."""
    done = _init(tmp_path, make(tmp_path))
    assert done.code in (0, 1)
    said = done.err + done.out
    assert "Traceback" not in said
    for choice in words:
        assert any(w in said.lower() for w in choice.split("|")), said


@pytest.mark.parametrize(
    ("option", "value"),
    [("--timezone", "Mars/Olympus"), ("--crs", "EPSG:0"), ("--sector-name", "nom")],
)
def test_impossible_settings(tmp_path: Path, option: str, value: str) -> None:
    sectors = _save(tmp_path, _frame(SQUARES))
    _init(tmp_path, sectors, option, value).refused(value)
    assert _init(tmp_path, sectors).code == 0


TAXONOMIES = {
    "no code": ("kode,name_en\nA,Alpha\n", "code"),
    "a code twice": ("code,name_en\nA,Alpha\nB,Beta\nA,Gamma\n", "A"),
    "no rows": ("code,name_en\n", "row"),
    "an impossible severity": ("code,name_en,severity\nA,Alpha,9\n", "severity"),
    "not text": ("code,name_en\nA,\xe6\n", "offences.csv"),
}


@pytest.mark.parametrize(("text", "word"), list(TAXONOMIES.values()), ids=list(TAXONOMIES))
def test_broken_taxonomy(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "offences.csv"
    path.write_bytes(text.encode("latin-1"))
    sectors = _save(tmp_path, _frame(SQUARES))
    _init(tmp_path, sectors, "--offences", path).refused("offences.csv", word)
    assert _init(tmp_path, sectors).code == 0


def test_new_sectors_that_are_broken_leave_the_old(
    space: Workspace, snapshot: object, tmp_path: Path
) -> None:
    for make in (_points, _comma_id):
        path = make(tmp_path)
        space.run("import", "sectors", path).refused(path.name)
        path.unlink()
    assert space.status()["snapshot"] == snapshot


def test_init_does_not_overwrite_a_workspace(space: Workspace, snapshot: object) -> None:
    sectors = space.home.parent / "home-sectors.geojson"
    space.run("init", *init_options(COPENHAGEN, sectors)).refused()
    assert space.status()["snapshot"] == snapshot
