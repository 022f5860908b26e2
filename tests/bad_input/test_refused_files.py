"""Files that are refused whole: exit 1, a message that names what matters, nothing changed."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from tests.faults.harness import COPENHAGEN, Workspace, write_csv

Maker = Callable[[Path], Path]
REFUSED: list[tuple[str, Maker, tuple[str, ...]]] = []
HEADER = "incident_id,type,scene,time_from,time_to,lat,lon\n"


def refused(name: str, *words: str) -> Callable[[Maker], Maker]:
    """Register a maker of a broken file; the message must name the file and have ``words``."""

    def register(make: Maker) -> Maker:
        REFUSED.append((name, make, words))
        return make

    return register


def _rows(n: int = 40, **changed: object) -> list[dict[str, object]]:
    return [row | changed for row in COPENHAGEN.rows(n, seed=5, prefix="R")]


def _points(n: int = 40) -> list[dict[str, object]]:
    return [row for row in _rows(n) if row["lat"] != ""]


def _frame() -> pd.DataFrame:
    return pd.DataFrame(_points())


def _layer() -> gpd.GeoDataFrame:
    frame = _frame()
    points = gpd.points_from_xy(frame["lon"], frame["lat"])
    return gpd.GeoDataFrame(frame.drop(columns=["lat", "lon"]), geometry=points, crs="EPSG:4326")


def _text(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _renamed(path: Path, names: dict[str, str]) -> Path:
    return write_csv(path, [{names.get(k, k): v for k, v in row.items()} for row in _rows()])


@refused("missing file")
def _(folder: Path) -> Path:
    return folder / "nowhere.csv"


@refused("directory instead of a file", "folder|director")
def _(folder: Path) -> Path:
    path = folder / "folder.csv"
    path.mkdir()
    return path


@refused("empty file", "empty")
def _(folder: Path) -> Path:
    return _text(folder / "empty.csv", "")


@refused("byte order mark alone", "empty")
def _(folder: Path) -> Path:
    return _text(folder / "bom.csv", b"\xef\xbb\xbf")


@refused("blank lines alone", "empty")
def _(folder: Path) -> Path:
    return _text(folder / "blank.csv", "\n\n\r\n \n")


@refused("header only", "row|empty")
def _(folder: Path) -> Path:
    return _text(folder / "header.csv", HEADER)


@refused("empty gz", "empty")
def _(folder: Path) -> Path:
    path = folder / "empty.csv.gz"
    with gzip.open(path, "wb"):
        pass
    return path


@refused("a picture called csv")
def _(folder: Path) -> Path:
    return _text(folder / "picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)


@refused("an unknown format", ".pdf|format")
def _(folder: Path) -> Path:
    return _text(folder / "letter.pdf", b"%PDF-1.7 nothing")


@refused("a saved web page", "column|header|html")
def _(folder: Path) -> Path:
    return _text(
        folder / "page.csv", "<!DOCTYPE html>\n<html><body>Log in, please</body></html>\n" * 9
    )


@refused("UTF-16 without a mark", "encoding|nul|utf-16")
def _(folder: Path) -> Path:
    plain = write_csv(folder / "plain.csv", _rows()).read_text()
    return _text(folder / "wide.csv", plain.encode("utf-16-le"))


@refused("no latitude", "lat", "latt")
def _(folder: Path) -> Path:
    return _renamed(folder / "no_lat.csv", {"lat": "latt"})


@refused("no time", "time_from")
def _(folder: Path) -> Path:
    return _renamed(folder / "no_time.csv", {"time_from": "colour", "time_to": "smell"})


@refused("no type", "type")
def _(folder: Path) -> Path:
    return _renamed(folder / "no_type.csv", {"type": "kind_of_thing"})


@refused("no place", "lat")
def _(folder: Path) -> Path:
    return _renamed(folder / "no_place.csv", {"lat": "a", "lon": "b"})


@refused("a column twice", "lat", "twice|duplicate")
def _(folder: Path) -> Path:
    text = write_csv(folder / "plain.csv", _rows()).read_text().splitlines()
    head = text[0].replace("scene", "lat")
    return _text(folder / "twice.csv", "\n".join([head, *text[1:]]))


@refused("no header", "header|column")
def _(folder: Path) -> Path:
    text = write_csv(folder / "plain.csv", _rows()).read_text().splitlines()
    return _text(folder / "headless.csv", "\n".join(text[1:]))


@refused("an unclosed quote", "quote")
def _(folder: Path) -> Path:
    text = write_csv(folder / "plain.csv", _rows()).read_text()
    return _text(folder / "quote.csv", text.replace("R3,", '"R3,', 1))


@refused("impossible dates in every row", "2012-02-30|date|time")
def _(folder: Path) -> Path:
    return write_csv(folder / "dates.csv", _rows(time_from="2012-02-30T10:00", time_to=""))


@refused("all in the far future", "2345|later|future")
def _(folder: Path) -> Path:
    return write_csv(folder / "future.csv", _rows(time_from="2345-03-01T10:00", time_to=""))


@refused("latitude and longitude swapped", "swap")
def _(folder: Path) -> Path:
    rows = [row | {"lat": row["lon"], "lon": row["lat"]} for row in _points()]
    return write_csv(folder / "swapped.csv", rows)


@refused("metres where degrees are named", "metre|degree")
def _(folder: Path) -> Path:
    metres = _layer().to_crs("EPSG:25832").geometry
    rows = [r | {"lat": p.y, "lon": p.x} for r, p in zip(_points(), metres, strict=True)]
    return write_csv(folder / "metres.csv", rows)


@refused("0,0 everywhere", "0")
def _(folder: Path) -> Path:
    return write_csv(folder / "null_island.csv", _rows(lat=0, lon=0))


@refused("coordinates are words", "lat|lon|number")
def _(folder: Path) -> Path:
    return write_csv(folder / "words.csv", _rows(lat="north", lon="east"))


@refused("coordinates are infinite", "lat|lon|number")
def _(folder: Path) -> Path:
    return write_csv(folder / "infinite.csv", _rows(lat="inf", lon="nan"))


@refused("coordinates of another city", "outside|crs|coordinate")
def _(folder: Path) -> Path:
    rows = [row | {"lat": float(str(row["lat"])) - 15} for row in _points()]
    return write_csv(folder / "elsewhere.csv", rows)


@refused("unknown types", "WITCHCRAFT", "40|38")
def _(folder: Path) -> Path:
    return write_csv(folder / "types.csv", _rows(type="WITCHCRAFT"))


@refused("one unknown type among many", "WITCHCRAFT", "1")
def _(folder: Path) -> Path:
    rows = _rows()
    rows[11]["type"] = "WITCHCRAFT"
    return write_csv(folder / "type.csv", rows)


@refused("not gzip", "gz")
def _(folder: Path) -> Path:
    return _text(folder / "not.csv.gz", HEADER)


@refused("xlsx that is no zip")
def _(folder: Path) -> Path:
    return _text(folder / "book.xlsx", b"PK\x03\x04 this is not a workbook")


@refused("xlsx that is another zip")
def _(folder: Path) -> Path:
    path = folder / "zip.xlsx"
    with zipfile.ZipFile(path, "w") as handle:
        handle.writestr("hello.txt", "hello")
    return path


@refused("xlsx with a header alone", "row|empty")
def _(folder: Path) -> Path:
    path = folder / "header.xlsx"
    _frame().head(0).to_excel(path, index=False)
    return path


@refused("xlsx with an empty sheet", "empty|header|row")
def _(folder: Path) -> Path:
    path = folder / "blank.xlsx"
    pd.DataFrame().to_excel(path, index=False)
    return path


@refused("parquet of garbage")
def _(folder: Path) -> Path:
    return _text(folder / "garbage.parquet", b"PAR1" + b"\x17" * 500 + b"PAR1")


@refused("parquet without rows", "row|empty")
def _(folder: Path) -> Path:
    path = folder / "none.parquet"
    _frame().head(0).to_parquet(path)
    return path


@refused("gpkg of garbage")
def _(folder: Path) -> Path:
    return _text(folder / "garbage.gpkg", b"SQLite format 3\x00" + b"\x17" * 900)


@refused("gpkg cut off")
def _(folder: Path) -> Path:
    whole = folder / "whole.gpkg"
    _layer().to_file(whole, driver="GPKG")
    return _text(folder / "cut.gpkg", whole.read_bytes()[:30_000])


@refused("geojson that is no JSON")
def _(folder: Path) -> Path:
    return _text(folder / "broken.geojson", '{"type": "FeatureCollection", "features": [')


@refused("geojson without features", "empty|row|feature")
def _(folder: Path) -> Path:
    nothing = json.dumps({"type": "FeatureCollection", "features": []})
    return _text(folder / "no_features.geojson", nothing)


@refused("shapefile without its other parts")
def _(folder: Path) -> Path:
    layer = _layer()[["type", "geometry"]]
    layer.to_file(folder / "alone.shp")
    for path in folder.glob("alone.*"):
        if path.suffix != ".shp":
            path.unlink()
    return folder / "alone.shp"


def has(err: str, choice: str) -> bool:
    """Whether ``err`` has one of the words of ``choice`` (``a|b``)."""
    return any(word.lower() in err.lower() for word in choice.split("|"))


@pytest.mark.parametrize(
    ("make", "words"), [pytest.param(make, words, id=name) for name, make, words in REFUSED]
)
def test_refused(
    space: Workspace, snapshot: object, tmp_path: Path, make: Maker, words: tuple[str, ...]
) -> None:
    path = make(tmp_path)
    # Without a profile, a file that lacks a column may fit none; with one, the column is named.
    named = ("--profile", "ypo") if path.name.startswith("no_") else ()
    done = space.load(path, options=named)
    done.refused(path.name)
    missing = [choice for choice in words if not has(done.err, choice)]
    assert not missing, f"{missing} is not in: {done.err}"
    assert len(done.err) < 4000, "the message is longer than anyone reads"
    assert space.status()["snapshot"] == snapshot


def test_columns_that_fit_no_profile(space: Workspace, snapshot: object, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "own.csv", [{"a": 1, "b": 2, "c": 3}] * 9)
    space.load(path).refused("own.csv", "profile", "--dry-run")
    assert space.status()["snapshot"] == snapshot


def test_one_bad_file_of_two_leaves_both_out(
    space: Workspace, snapshot: object, tmp_path: Path
) -> None:
    good = write_csv(tmp_path / "good.csv", _rows())
    bad = _text(tmp_path / "bad.csv", HEADER)
    for files in ((good, bad), (bad, good)):
        space.load(*files).refused("bad.csv")
        assert space.status()["snapshot"] == snapshot


def test_a_dry_run_changes_nothing(space: Workspace, snapshot: object, tmp_path: Path) -> None:
    done = space.load(write_csv(tmp_path / "good.csv", _rows()), options=("--dry-run",))
    assert done.code == 0, done.err
    assert space.status()["snapshot"] == snapshot


@pytest.mark.parametrize(
    "argv",
    [
        ("import",),
        ("import", "incidents"),
        ("import", "weather", "x.csv"),
        ("query", "colours", ""),
        ("frobnicate",),
        ("status", "--jsonn"),
    ],
)
def test_wrong_usage(space: Workspace, argv: tuple[str, ...]) -> None:
    done = space.run(*argv)
    assert done.code == 2, (done.code, done.err)
    assert done.err.strip()
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("types=NONSENSE", "types"),
        ("type=BURGLARY", "type"),
        ("hours=25-3", "hours"),
        ("hours=6-6", "hours"),
        ("days=0", "days"),
        ("days=1,,2", "days"),
        ("from=2012-02-30", "from"),
        ("from=2013-01-01&to=2012-01-01", "from"),
        ("to=yesterday", "to"),
        ("sectors=99", "sectors"),
        ("station=XX", "station"),
        ("scenes=%3Cscript%3E", "scenes"),
        ("cell=123", "cell"),
        ("res=7", "res"),
        ("res=9&res=10", "res"),
        ("measure=beauty", "measure"),
        ("lang=xx", "lang"),
    ],
)
def test_impossible_states(space: Workspace, state: str, names: str) -> None:
    done = space.run("query", "types", state)
    assert done.code in (1, 2), (done.code, done.out)
    assert names in done.err
    assert "Traceback" not in done.err
    assert not done.out.strip()
