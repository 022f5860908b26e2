"""The real cities: how to set each one up with ``ypo``, and the same rows read by plain pandas."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
from click.testing import CliRunner

from tests.oracle import DATA, Oracle, to_utc
from ypo_dash.store.reader import open_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.store.workspace import Workspace as Opened

REPOSITORY = DATA.parent
PROFILES = REPOSITORY / "docs" / "cities"
BREAKDOWNS = ("sectors", "cells", "hours", "weeks", "types", "scenes")
DEGREES = "EPSG:4326"


_open: dict[tuple[Path, int], Snapshot] = {}


def _kept_open(workspace: Opened) -> Snapshot:
    """The snapshot in force, open since the question before: a city's borders take long to read."""
    key = (workspace.home, workspace.files.read().serial)
    if key not in _open:
        _open.clear()
        _open[key] = open_snapshot(workspace)
    return _open[key]


@dataclass(frozen=True)
class Workspace:
    """A workspace that is driven by the command line alone."""

    home: Path

    def run(self, *args: object) -> subprocess.CompletedProcess[str]:
        """Run ``ypo`` in a process of its own."""
        return subprocess.run(
            [sys.executable, "-m", "ypo_dash.cli", *map(str, args)],
            env={**os.environ, "YPO_HOME": str(self.home)},
            cwd=REPOSITORY,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    def ask(self, *args: object) -> str:
        """Return what ``ypo`` writes; in this process, because a start costs a second."""
        from ypo_dash.cli import main

        env = {"YPO_HOME": str(self.home)}
        with mock.patch("ypo_dash.store.reader.open_snapshot", _kept_open):
            done = CliRunner().invoke(main, [str(a) for a in args], env=env)
        assert done.exit_code == 0, (args, done.output)
        return done.stdout

    def do(self, *args: object) -> str:
        """Run a command that must succeed, and return what it wrote."""
        done = self.run(*args)
        assert done.returncode == 0, (args, done.stdout, done.stderr)
        return done.stdout

    def load(self, *files: Path, profile: object) -> dict[str, object]:
        """Import incidents; return the summary."""
        text = self.do("import", "incidents", *files, "--profile", profile, "--json")
        return json.loads(text)

    def status(self) -> dict[str, object]:
        """What the workspace says it holds."""
        return json.loads(self.ask("status", "--json"))

    def query(self, what: str, state: str, *, context: bool = False) -> pd.DataFrame:
        """A breakdown of a state, every value as it is written."""
        options = ["--context"] if context else []
        text = self.ask("query", what, state, "--format", "csv", *options)
        return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


@dataclass(frozen=True)
class City:
    """A workspace, and the oracle over the same rows and sectors."""

    workspace: Workspace
    oracle: Oracle
    summary: dict[str, object]


def set_up(home: Path, name: str, zone: str, crs: str, sectors: Path, **columns: str) -> Workspace:
    """Run ``ypo init``; ``columns`` are ``sector_id``, ``sector_name``, ``station``, ``population``."""
    space = Workspace(home)
    options = [
        part for key, value in columns.items() for part in (f"--{key.replace('_', '-')}", value)
    ]
    space.do(
        "init", "--name", name, "--timezone", zone, "--crs", crs, "--sectors", sectors, *options
    )
    return space


@cache
def _counted_as() -> dict[str, str]:
    """Each offence code and finer code, and the code it counts under."""
    with (DATA / "offences.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return {r["code"]: r["code"] if r["level"] == "core" else r["parent"] or "OTHER" for r in rows}


def profile_of(name: str) -> dict[str, dict[str, object]]:
    """The words of a profile: a shipped one, or one of the documentation."""
    shipped = REPOSITORY / "ypo_dash" / "sources" / "profiles" / f"{name}.toml"
    path = shipped if shipped.exists() else PROFILES / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def codes(words: pd.Series, given: dict[str, str]) -> pd.Series:
    """Offence codes of a source's words; a word that means nothing must not occur."""
    found = {}
    for word in words.unique():
        meant = given.get(word, word if word in _counted_as() else given.get("*"))
        found[word] = _counted_as()[meant]
    return words.map(found)


def scenes(words: pd.Series, given: dict[str, str]) -> pd.Series:
    """Scene codes of a source's words; UNKNOWN for the rest."""
    with (DATA / "scenes.csv").open(newline="", encoding="utf-8") as handle:
        known = {row["code"] for row in csv.DictReader(handle)}
    fallback = given.get("*", "UNKNOWN")
    return words.map(
        {w: given.get(w, w if w in known else fallback) for w in words.dropna().unique()}
    ).fillna("UNKNOWN")


def make_rows(
    *,
    kind: pd.Series | str,
    start: pd.Series,
    end: pd.Series | None = None,
    scene: pd.Series | str = "UNKNOWN",
    place: tuple[pd.Series, pd.Series] | None = None,
    area: pd.Series | None = None,
    incident_id: pd.Series | None = None,
) -> pd.DataFrame:
    """Rows for the oracle; ``place`` is ``(lat, lon)``."""
    n = len(start)
    return pd.DataFrame(
        {
            "incident_id": (
                [f"row {i}" for i in range(n)] if incident_id is None else incident_id.to_numpy()
            ),
            "type": kind if isinstance(kind, str) else kind.to_numpy(),
            "scene": scene if isinstance(scene, str) else scene.to_numpy(),
            "start": start.to_numpy(),
            "end": pd.array([pd.NA] * n if end is None else end.to_numpy(), dtype="Int64"),
            "lat": np.nan if place is None else place[0].to_numpy(dtype=float),
            "lon": np.nan if place is None else place[1].to_numpy(dtype=float),
            "area": None if area is None else area.to_numpy(dtype=object),
        }
    )


def to_degrees(x: pd.Series, y: pd.Series, crs: str) -> tuple[pd.Series, pd.Series]:
    """Latitude and longitude of projected points."""
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=crs).to_crs(DEGREES)
    empty = x.isna() | y.isna()
    return points.y.mask(empty.to_numpy()), points.x.mask(empty.to_numpy())


def chicago(path: Path) -> pd.DataFrame:
    used = ["ID", "Primary Type", "Location Description", "Date", "Latitude", "Longitude"]
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=used)
    profile = profile_of("chicago")
    return make_rows(
        incident_id=raw["ID"],
        kind=codes(raw["Primary Type"], profile["types"]),
        scene=scenes(raw["Location Description"], profile["scenes"]),
        start=to_utc(pd.to_datetime(raw["Date"], format="%m/%d/%Y %I:%M:%S %p"), "America/Chicago"),
        place=(pd.to_numeric(raw["Latitude"]), pd.to_numeric(raw["Longitude"])),
    )


def vancouver(path: Path) -> pd.DataFrame:
    if path.suffix == ".xlsx":
        raw = pd.read_excel(path, sheet_name="Sheet1", engine="calamine", dtype=object)
    else:
        raw = pd.read_csv(path, dtype={"TYPE": str})
    at = pd.DataFrame(
        {
            "year": raw["YEAR"],
            "month": raw["MONTH"],
            "day": raw["DAY"],
            "hour": raw["HOUR"].astype("Float64").fillna(0),
            "minute": raw["MINUTE"].astype("Float64").fillna(0),
        }
    ).astype(int)
    begin = pd.to_datetime(at)
    # Where the hour is withheld the day is what is known.
    end = (begin + pd.Timedelta(days=1)).where(raw["HOUR"].isna())
    x, y = raw["X"].astype(float), raw["Y"].astype(float)
    withheld = (x == 0) & (y == 0)
    return make_rows(
        kind=codes(raw["TYPE"].astype(str), profile_of("vancouver")["types"]),
        start=to_utc(begin, "America/Vancouver"),
        end=to_utc(end, "America/Vancouver"),
        place=to_degrees(x.mask(withheld), y.mask(withheld), "EPSG:26910"),
    )


def berlin(path: Path, encoding: str) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str, encoding=encoding)
    profile = profile_of("berlin")
    first, last = (
        to_utc(
            pd.to_datetime(
                raw[f"TATZEIT_{w}_DATUM"] + raw[f"TATZEIT_{w}_STUNDE"], format="%d.%m.%Y%H"
            ),
            "Europe/Berlin",
        )
        for w in ("ANFANG", "ENDE")
    )
    return make_rows(
        kind=codes(raw["DELIKT"], profile["types"]),
        scene=scenes(raw["DELIKT"], profile["scenes"]),
        start=first,
        end=last + 3600,  # the hour named as the end is over then
        area=raw["LOR"],
    )


def _month(names: pd.Series, pattern: str) -> tuple[pd.Series, pd.Series]:
    first = pd.to_datetime(names, format=pattern)
    zone = "Europe/London"
    return to_utc(first, zone), to_utc(first + pd.DateOffset(months=1), zone)


def northumbria(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, sep="\t", dtype=str)
    start, end = _month(raw["month"], "%Y-%m-%d")
    place = raw["latitude"].astype(float), raw["longitude"].astype(float)
    return make_rows(kind="HARASSMENT", start=start, end=end, place=place)


def manchester(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str)
    start, end = _month(raw["Month"], "%Y-%m")
    place = raw["Latitude"].astype(float), raw["Longitude"].astype(float)
    return make_rows(kind="BURGLARY", start=start, end=end, place=place)


def memphis(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str)
    return make_rows(
        incident_id=raw["uid"],
        kind="ROBBERY",
        start=to_utc(pd.to_datetime(raw["date"]), "America/Chicago"),
        place=(raw["latitude"].astype(float), raw["longitude"].astype(float)),
    )


def cincinnati(path: Path) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype=str)
    clock = raw["Occurred.On"].str.removesuffix(" +0000")
    return make_rows(
        incident_id=raw["Report.no"] + " " + raw["ORC"],
        kind=codes(raw["Crime.Group"], profile_of("cincinnati")["types"]),
        start=to_utc(pd.to_datetime(clock, format="%m/%d/%Y %I:%M:%S %p"), "America/New_York"),
        place=(raw["lat"].astype(float), raw["lon"].astype(float)),
        area=raw["District"],
    )


def washington_dc(path: Path, zone: str) -> pd.DataFrame:
    raw = pd.read_csv(path, dtype={"StartDateTime": str, "EndDateTime": str})
    return make_rows(
        kind="BURGLARY",
        start=to_utc(pd.to_datetime(raw["StartDateTime"]), zone),
        end=to_utc(pd.to_datetime(raw["EndDateTime"]), zone),
        place=to_degrees(raw["X"], raw["Y"], "EPSG:2248"),
    )


def bounding_sector(lat: Sequence[float], lon: Sequence[float], path: Path) -> Path:
    """Write one rectangle around all points as a sector file."""
    from shapely.geometry import box

    around = box(min(lon) - 0.01, min(lat) - 0.01, max(lon) + 0.01, max(lat) + 0.01)
    frame = gpd.GeoDataFrame({"id": ["1"], "name": ["All"]}, geometry=[around], crs=DEGREES)
    frame.to_file(path, driver="GeoJSON")
    return path
