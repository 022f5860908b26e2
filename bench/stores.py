"""The stores that are measured: built once through the command line, kept in ``bench/out``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from incidents import ROOT, files

from ypo_dash.store.demo import INPUTS
from ypo_dash.store.workspace import Workspace

OUT = Path(__file__).parent / "out"


def ypo(home: Path, *argv: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ypo_dash.cli", *map(str, argv)],
        env={**os.environ, "YPO_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"ypo {argv}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def empty(home: Path) -> Path:
    """Set up the reference district without incidents."""
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    ypo(
        home,
        *("init", "--name", "Bench", "--timezone", "Europe/Copenhagen", "--crs", "EPSG:25832"),
        *("--sectors", ROOT / "data/sectors.geojson", "--sector-id", "sector_id"),
        *("--sector-name", "name", "--station", "station", "--population", "population"),
        *("--offences", ROOT / "data/offences.csv", "--scenes", ROOT / "data/scenes.csv"),
    )
    for kind, name in INPUTS:
        ypo(home, "import", kind, ROOT / "data" / name)
    return home


def load(home: Path, rows: int) -> float:
    """Import ``rows`` incidents from CSV, with coordinates and times; return the seconds."""
    sources = files(OUT, rows)
    started = time.perf_counter()
    found = json.loads(ypo(home, "import", "incidents", *sources, "--json"))
    seconds = time.perf_counter() - started
    if found["new"] != rows:
        raise SystemExit(f"{rows} incidents were written, the import says {found}")
    return seconds


def usable(home: Path, rows: int) -> bool:
    """Whether this version of the program reads the store."""
    try:
        return bool(json.loads(ypo(home, "status", "--json"))["incidents"] == rows)
    except SystemExit:
        return False


def store(rows: int) -> Path:
    """Return a workspace of ``rows`` incidents, built if it is not there or cannot be read."""
    home = OUT / f"home-{rows}"
    marker = OUT / f"home-{rows}.inputs.done"
    if not marker.exists() or not usable(home, rows):
        print(f"... building a store of {rows:,} incidents (once)", flush=True)
        empty(home)
        load(home, rows)
        marker.touch()
    _open(home)
    return home


def _open(home: Path) -> None:
    """Mark the store as simulated, which it is, so that it is served without sign-in."""
    space = Workspace(home)
    manifest = space.files.read()
    if not manifest.is_simulated:
        space.publish_layers(replace(manifest, simulated=manifest.snapshot), {})


def parquet(rows: int) -> Path:
    """Return the same incidents as one Parquet file, for the peer."""
    (source,) = files(OUT, rows)
    return source.with_suffix(".parquet")


def demo() -> Path:
    """Return the simulated district as a first start has it; built once."""
    home = OUT / "home-demo"
    if not (home / "store").exists():
        print("... building the simulated district (once)", flush=True)
        ypo(home, "demo")
    return home
