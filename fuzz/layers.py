"""Target: a district's other files, which `import_layer` publishes."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import bombs
import geopandas as gpd
import pandas as pd
from case import Case, Target, WrongAnswerError
from files import REFUSALS, check_refusal, look_at
from homes import Resettable
from hypothesis import strategies as st
from mutate import mutated, mutated_zips

from ypo_dash.store.demo import DATA
from ypo_dash.store.inputs import import_layer
from ypo_dash.store.reader import open_snapshot

_MAPS = {
    "sectors": "sectors.geojson",
    "areas": "safety_areas.geojson",
    "designated": "designated_areas.geojson",
}
_TABLES = {"posts": "posts.csv", "survey": "survey.csv"}
_FEW = 6


def _few(name: str) -> bytes:
    """Return the first shapes of a map, without the corners that make no difference."""
    frame = gpd.read_file(DATA / name).head(_FEW)
    frame["geometry"] = frame.geometry.simplify(0.003)
    return frame.to_json(drop_id=True).encode()


def _forms(folder: Path, name: str) -> dict[str, bytes]:
    """Return a map as a GeoPackage and as a packed shapefile."""
    frame = gpd.read_file(io.BytesIO(_few(name)))
    place = folder / "forms"
    place.mkdir()
    frame.to_file(place / "map.gpkg")
    package = (place / "map.gpkg").read_bytes()
    (place / "map.gpkg").unlink()
    frame.to_file(place / "map.shp")
    packed = Path(shutil.make_archive(str(folder / "map"), "zip", place)).read_bytes()
    shutil.rmtree(place)
    return {".gpkg": package, ".zip": packed}


def _sheet(content: bytes) -> bytes:
    out = io.BytesIO()
    pd.read_csv(io.BytesIO(content), dtype=str).to_excel(out, index=False)
    return out.getvalue()


def _seeds(folder: Path) -> dict[str, bytes]:
    found = {f"{kind}.geojson": _few(name) for kind, name in _MAPS.items()}
    found |= {f"sectors{suffix}": c for suffix, c in _forms(folder, _MAPS["sectors"]).items()}
    for kind, name in _TABLES.items():
        found[f"{kind}.csv"] = b"\n".join((DATA / name).read_bytes().splitlines()[:9])
    found["population.csv"] = b"sector_id,population\n1,1000\n2,20000\n03,5\n"
    found["posts.xlsx"] = _sheet(found["posts.csv"])
    return found


def layers(folder: Path) -> Target:
    """Return the target; whatever is accepted must leave a district that can be looked at."""
    space = Resettable(folder)

    def check(case: Case) -> None:
        path = folder / case.label
        path.write_bytes(case.data)
        before = space.workspace.files.current.read_bytes()
        try:
            _, notes = import_layer(space.workspace, path.stem, path, columns={})
            "\n".join(notes).encode("utf-8", "surrogateescape")
        except REFUSALS as error:
            check_refusal(error)
            if space.workspace.files.current.read_bytes() != before:
                raise WrongAnswerError("a refused import changed the store") from error
            return
        try:
            snapshot = open_snapshot(space.workspace)
            json.loads(snapshot.layer_text("outline"))
            look_at(snapshot)
        finally:
            space.reset()

    seeds = _seeds(folder)
    zips = (".xlsx", ".zip")
    every = [
        (mutated_zips if label.endswith(zips) else mutated)([content]).map(
            lambda data, label=label: Case(label, data)
        )
        for label, content in seeds.items()
    ]
    nasty = [Case(label, content) for label, content in seeds.items()]
    for deep in (*bombs.deep_json(), bombs.collection_of_collections()):
        nasty += [Case("sectors.geojson", deep), Case("designated.geojson", deep)]
    nasty += [Case("posts.xlsx", bombs.far_cell()), Case("posts.xlsx", bombs.repeated_string())]
    return Target(check, nasty, st.one_of(*every))
