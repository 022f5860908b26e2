"""Import a district's other inputs; each becomes a new snapshot, or nothing changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.sources.layers import read_designated, read_polygons, vector_name
from ypo_dash.sources.small_tables import match_ids, number_column, read_table
from ypo_dash.store.ingest import remap
from ypo_dash.store.manifest import Manifest
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.segments import Coding
from ypo_dash.store.snapshot import Snapshot
from ypo_dash.store.workspace import Workspace, geojson, sector_layers, writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from ypo_dash.sources.layers import Layer

Layers = dict[str, tuple[str, bytes]]
KINDS = ("sectors", "areas", "designated", "population", "survey", "posts")
_ID_NAMES = {"sectors": ("sector_id", "id"), "areas": ("area_id", "id")}


def import_layer(
    workspace: Workspace,
    kind: str,
    path: Path,
    *,
    columns: dict[str, str | None],
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> tuple[str, list[str]]:
    """Import one of `KINDS`.

    Parameters
    ----------
    columns
        For sectors and areas: ``id``, ``name``, ``station``, ``population``, where they have
        other names than ours.

    Returns
    -------
    The snapshot's id, and notes for the user.

    Raises
    ------
    InputError
        The file was refused. The store is unchanged.
    """
    workspace.require()
    with workspace.files.writing(lambda: progress("another import is running; waiting for it", 0)):
        snapshot = open_snapshot(workspace)
        if kind in _ID_NAMES:
            layer = polygons_from(path, kind, columns)
            notes = [f"{len(layer.frame)} {kind}", *layer.notes]
            dropped: set[str] = set()
            if kind == "sectors":
                dropped, told = _follow(snapshot, layer)
                notes += told
            layers = (
                sector_layers(layer)
                if kind == "sectors"
                else {"areas": (".geojson", geojson(layer.frame))}
            )
            placed, layers = _remapped(workspace, snapshot, layers, progress)
            kept = {name: file for name, file in placed.layers.items() if name not in dropped}
            manifest = workspace.publish_layers(replace(placed, layers=kept), layers)
            return manifest.snapshot, notes
        layers, note = _READERS[kind](snapshot, path)
        manifest = workspace.publish_layers(snapshot.manifest, layers)
    return manifest.snapshot, [note]


def _follow(snapshot: Snapshot, layer: Layer) -> tuple[set[str], list[str]]:
    """Return the layers that new sectors replace, and notes on those that no longer fit them.

    Raises
    ------
    InputError
        There are more sectors than can be numbered.
    """
    ids = list(layer.frame["id"])
    Coding.of(
        tuple(snapshot.taxonomy.offence), tuple(snapshot.taxonomy.scene), ids, snapshot.coding.zone
    )
    dropped, notes = set[str](), []
    if layer.frame["population"].notna().any() and "population" in snapshot.manifest.layers:
        dropped.add("population")
        notes.append(
            "the inhabitants are those of this file; an earlier import of them was dropped"
        )
    for name in ("population", "posts"):
        rows = () if name in dropped else snapshot.table(name)
        lost = [row["sector_id"] for row in rows if row["sector_id"] not in set(ids)]
        if lost:
            notes.append(
                f"{len(lost)} rows of {name} are of sectors that are no more: {', '.join(lost[:10])}"
            )
    return dropped, notes


def polygons_from(path: Path, kind: str, columns: dict[str, str | None]) -> Layer:
    """Read sectors or areas, finding our own column names where none are given."""
    found = {key: columns.get(key) for key in ("id", "name", "station", "population")}
    present = _column_names(path)
    if found["id"] is None:
        found["id"] = next((c for c in _ID_NAMES[kind] if c in present), _ID_NAMES[kind][0])
    for key in ("name", "station", "population"):
        if found[key] is None and key in present and columns.get("id") is None:
            found[key] = key
    assert found["id"] is not None  # noqa: S101 - set above
    return read_polygons(
        path,
        id_column=found["id"],
        name_column=found["name"],
        station_column=found["station"],
        population_column=found["population"],
    )


def _column_names(path: Path) -> list[str]:
    import pyogrio

    try:
        return list(pyogrio.read_info(vector_name(path))["fields"])
    except Exception:
        return []


def _remapped(
    workspace: Workspace, snapshot: Snapshot, layers: Layers, progress: Callable[[str, float], None]
) -> tuple[Manifest, Layers]:
    """Return the manifest with every incident placed in new polygons, and the layers to publish."""
    if not snapshot.manifest.segments:
        return snapshot.manifest, layers
    names, digests = dict(snapshot.manifest.layers), dict[str, str]()
    for name, (suffix, content) in layers.items():
        names[name], digest = workspace.files.add(name, suffix, writer(content))
        digests[names[name]] = digest
    placed = replace(snapshot.manifest, layers=names, files={**snapshot.manifest.files, **digests})
    changes = remap(workspace, Snapshot(workspace, placed), progress)
    return replace(
        placed, segments=changes["segments"], files={**placed.files, **changes["files"]}
    ), layers


def _csv_layer(name: str, frame: pd.DataFrame) -> Layers:
    return {name: (".csv", to_csv(list(frame.columns), frame.itertuples(index=False)).encode())}


def _population(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_table(path, ("sector_id", "population"))
    frame["sector_id"] = match_ids(
        frame["sector_id"], list(snapshot.sector_names), path, "sector_id"
    )
    _no_repeats(frame, ["sector_id"], path)
    number_column(frame, "population", path, whole=True)
    return _csv_layer(
        "population", frame
    ), f"population of {len(frame)} of {len(snapshot.sectors)} sectors"


def _survey(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_table(path, ("area_id", "year", "n", "unsafe", "unsafe_night"))
    import json

    areas = [
        str(f["properties"]["id"]) for f in json.loads(snapshot.layer_text("areas"))["features"]
    ]
    if not areas:
        raise InputError(
            "the district has no survey areas yet",
            file=path,
            remedy="Import them first: ypo import areas FILE",
        )
    frame["area_id"] = match_ids(frame["area_id"], areas, path, "area_id")
    _no_repeats(frame, ["area_id", "year"], path)
    number_column(frame, "year", path, low=1900, high=2200, whole=True)
    n = number_column(frame, "n", path, low=1, whole=True)
    for column in ("unsafe", "unsafe_night"):
        above = number_column(frame, column, path, whole=True) > n
        if above.any():
            at = int(above.to_numpy().argmax())
            raise InputError(
                "more answers of a kind than answers",
                file=path,
                line=at + 2,
                column=column,
                value=frame[column].iloc[at],
            )
    return _csv_layer("survey", frame), f"{len(frame)} rows of survey answers"


def _posts(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_table(path, ("sector_id", "posts"), ("factor", "reason", "approved_by", "date"))
    frame["sector_id"] = match_ids(
        frame["sector_id"], list(snapshot.sector_names), path, "sector_id"
    )
    _no_repeats(frame, ["sector_id"], path)
    posts = number_column(frame, "posts", path)
    if "factor" in frame:
        given = frame[frame["factor"] != ""].copy()
        number_column(given, "factor", path, low=1, high=5)
        frame.loc[given.index, "factor"] = given["factor"]
    if "date" in frame:
        _dates(frame, path)
    return _csv_layer("posts", frame), f"{posts.sum():g} posts in {len(frame)} sectors"


def _dates(frame: pd.DataFrame, path: Path) -> None:
    for at, text in enumerate(frame["date"]):
        try:
            date.fromisoformat(text or "2000-01-01")
        except ValueError:
            raise InputError(
                "not a date",
                file=path,
                line=at + 2,
                column="date",
                value=text,
                remedy="Write it as 2011-09-01",
            ) from None


def _designated(_snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_designated(path)
    return {"designated": (".geojson", geojson(frame))}, f"{len(frame)} designated areas"


def _no_repeats(frame: pd.DataFrame, keys: list[str], path: Path) -> None:
    again = frame.duplicated(keys)
    if again.any():
        at = int(again.to_numpy().argmax())
        raise InputError(
            "this stands twice",
            file=path,
            line=at + 2,
            column=", ".join(keys),
            value=" ".join(frame[keys].iloc[at]),
        )


_READERS: dict[str, Callable[[Snapshot, Path], tuple[Layers, str]]] = {
    "population": _population,
    "survey": _survey,
    "posts": _posts,
    "designated": _designated,
}
