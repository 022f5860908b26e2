"""Import a district's other inputs; each becomes a new snapshot, or nothing changes."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from ypo_dash.model.errors import InputError
from ypo_dash.model.safe_csv import to_csv
from ypo_dash.sources.layers import read_designated, read_polygons, vector_name
from ypo_dash.sources.small_tables import (
    match_ids,
    missing_column,
    number_column,
    raw_table,
    read_table,
)
from ypo_dash.sources.survey import (
    AGE_GROUPS,
    ANSWERS,
    KEYS,
    SEXES,
    SUMS,
    age_limits,
    read_survey,
    refuse_repeats,
)
from ypo_dash.sources.survey_profile import load_survey_profile
from ypo_dash.store.calendar import read_breaks, read_holidays, write_dates
from ypo_dash.store.ingest import remap
from ypo_dash.store.manifest import Manifest
from ypo_dash.store.reader import open_snapshot
from ypo_dash.store.segments import Coding
from ypo_dash.store.snapshot import Snapshot
from ypo_dash.store.survey import survey_sums
from ypo_dash.store.workspace import Workspace, geojson, sector_layers, writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ypo_dash.sources.layers import Layer

Layers = dict[str, tuple[str, bytes]]
KINDS = (
    "sectors",
    "areas",
    "designated",
    "population",
    "survey",
    "posts",
    "infrastructure",
    "holidays",
    "breaks",
)
INFRASTRUCTURE = ("stations", "nightlife", "shops", "schools", "through_roads_km")
_ID_NAMES = {"sectors": ("sector_id", "id"), "areas": ("area_id", "id")}


def import_layer(
    workspace: Workspace,
    kind: str,
    path: Path,
    *,
    columns: dict[str, str | None],
    profile: Path | None = None,
    progress: Callable[[str, float], None] = lambda _what, _share: None,
) -> tuple[str, list[str]]:
    """Import one of `KINDS`.

    Parameters
    ----------
    columns
        For sectors and areas: ``id``, ``name``, ``station``, ``population``, where they have
        other names than ours.
    profile
        How to read a survey file with other columns than ours.

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
            if kind == "areas":
                notes += _areas_told(snapshot, layer)
            layers = (
                sector_layers(layer)
                if kind == "sectors"
                else {"areas": (".geojson", geojson(layer.frame))}
            )
            placed, layers = _remapped(workspace, snapshot, layers, progress)
            kept = {name: file for name, file in placed.layers.items() if name not in dropped}
            manifest = workspace.publish_layers(replace(placed, layers=kept), layers)
            return manifest.snapshot, notes
        more = {"profile": profile} if profile else {}
        layers, note = _READERS[kind](snapshot, path, **more)
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
    for name in ("population", "posts", "infrastructure"):
        rows = () if name in dropped else snapshot.table(name)
        lost = [row["sector_id"] for row in rows if row["sector_id"] not in set(ids)]
        if lost:
            notes.append(
                f"{len(lost)} rows of {name} are of sectors that are no more: {', '.join(lost[:10])}"
            )
    return dropped, notes


def _areas_told(snapshot: Snapshot, layer: Layer) -> list[str]:
    """Return what new survey areas do to the survey that is there."""
    ids, notes = set(layer.frame["id"]), []
    surveyed = {row["area_id"] for row in snapshot.table("survey")}
    lost = sorted(surveyed - ids)
    if lost:
        notes.append(f"{len(lost)} areas of the survey are no more and will not be shown: {', '.join(lost[:10])}")  # fmt: skip
    people = layer.frame.set_index("id")["population"]
    unknown = sorted(str(code) for code in people.index[people.isna()])
    if surveyed and unknown:
        notes.append(
            f"no population of {len(unknown)} areas, so no index: {', '.join(unknown[:10])}"
        )
    return notes


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
    if {"area_id", "sex", "age"} <= {str(c).strip().lower() for c in raw_table(path).columns}:
        return _area_population(snapshot, path)
    frame = read_table(path, ("sector_id", "population"))
    frame["sector_id"] = match_ids(
        frame["sector_id"], list(snapshot.sector_names), path, "sector_id"
    )
    refuse_repeats(frame, ["sector_id"], path)
    number_column(frame, "population", path, whole=True)
    return _csv_layer(
        "population", frame
    ), f"population of {len(frame)} of {len(snapshot.sectors)} sectors"


def _area_population(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    """Read inhabitants by survey area, sex and age: what survey answers are weighted to."""
    frame = read_table(path, ("area_id", "sex", "age", "population"))
    frame["area_id"] = match_ids(frame["area_id"], _area_ids(snapshot, path), path, "area_id")
    frame["sex"] = frame["sex"].str.lower().map(lambda word: SEXES.get(word, word))
    frame["age"] = frame["age"].str.replace("–", "-", regex=False)
    for column, fits in (("sex", lambda t: t in ("f", "m")), ("age", _is_age_group)):
        strange = ~frame[column].map(fits)
        if strange.any():
            at = int(strange.to_numpy().argmax())
            raise InputError(
                "not a sex" if column == "sex" else "not an age group",
                file=path,
                line=int(frame.index[at]) + 2,
                column=column,
                value=frame[column].iloc[at],
                remedy="Write f or m" if column == "sex" else "Write it as 16-29 or 65+",
            )
    refuse_repeats(frame, ["area_id", "sex", "age"], path)
    people = number_column(frame, "population", path, whole=True)
    _no_overlaps(list(dict.fromkeys(frame["age"])), path)
    empty = people.groupby(frame["area_id"]).sum()
    if (empty == 0).any():
        raise InputError("an area has no inhabitants", file=path, column="population", value=str(empty.index[empty == 0][0]))  # fmt: skip
    note = f"{people.sum():.0f} inhabitants by sex and age in {frame['area_id'].nunique()} areas"
    layers = _csv_layer("strata", frame)
    told = _unweighted(survey_sums(snapshot.table("survey")), frame)
    return layers, f"{note}{told}"


def _no_overlaps(groups: list[str], path: Path) -> None:
    limits = sorted((age_limits(group), group) for group in groups)
    for ((_, last), group), ((first, _), other) in itertools.pairwise(limits):
        if first <= last:
            raise InputError("these age groups overlap", file=path, column="age", value=f"{group} and {other}")  # fmt: skip


def _unweighted(sums: pd.DataFrame, strata: pd.DataFrame) -> str:
    """Return what to tell of answers that can't be weighted to inhabitants by sex and age."""
    asked = sums[sums["measure"] == ANSWERS]
    if asked.empty or strata.empty:
        return ""
    known = set(zip(strata["area_id"], strata["sex"], strata["age"], strict=True))
    fits = [key in known for key in zip(asked["area_id"], asked["sex"], asked["age"], strict=True)]
    lost = asked.loc[[not fit for fit in fits], "n"].sum()
    if not lost:
        return ""
    ages = sorted(set(asked["age"]) - set(strata["age"]) - {""})
    other = f" (age groups {', '.join(ages)} are not those of the population)" if ages else ""
    return f"; {lost:.0f} of {asked['n'].sum():.0f} answers have no known sex and age group{other}"


def _is_age_group(text: str) -> bool:
    try:
        first, last = age_limits(text)
    except ValueError:
        return False
    return first <= last


def _area_ids(snapshot: Snapshot, path: Path) -> list[str]:
    areas = [
        str(f["properties"]["id"]) for f in json.loads(snapshot.layer_text("areas"))["features"]
    ]
    if not areas:
        raise InputError(
            "the district has no survey areas yet",
            file=path,
            remedy="Import them first: ypo import areas FILE",
        )
    return areas


def _survey(snapshot: Snapshot, path: Path, profile: Path | None = None) -> tuple[Layers, str]:
    """Read a survey; its years replace the same years of earlier imports, other years stay."""
    strata = snapshot.table("strata")
    groups = tuple(dict.fromkeys(row["age"] for row in strata)) or AGE_GROUPS
    how = load_survey_profile(profile) if profile else None
    frame, note = read_survey(path, _area_ids(snapshot, path), how, groups)
    earlier = survey_sums(snapshot.table("survey"))
    kept = earlier[~earlier["year"].isin(frame["year"])]
    years = sorted(set(frame["year"]))
    if len(kept):
        note += f"; years {', '.join(years)}, others are kept"
    merged = pd.concat([kept, frame], ignore_index=True)
    note += _unweighted(
        frame, pd.DataFrame(strata, columns=["area_id", "sex", "age", "population"])
    )
    merged = merged.sort_values(["year", *KEYS], kind="stable")
    for column in SUMS:
        merged[column] = [
            f"{v:.0f}" if float(v).is_integer() else repr(float(v)) for v in merged[column]
        ]
    return _csv_layer("survey", merged), note


def _infrastructure(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_table(path, ("sector_id",), INFRASTRUCTURE)
    counted = [name for name in INFRASTRUCTURE if name in frame]
    if not counted:
        raise missing_column(path, INFRASTRUCTURE[0], list(frame.columns))
    frame["sector_id"] = match_ids(
        frame["sector_id"], list(snapshot.sector_names), path, "sector_id"
    )
    refuse_repeats(frame, ["sector_id"], path)
    for name in counted:
        number_column(frame, name, path, decimal=name == "through_roads_km")
    return _csv_layer("infrastructure", frame), f"{', '.join(counted)} of {len(frame)} sectors"


def _posts(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_table(path, ("sector_id", "posts"), ("factor", "reason", "approved_by", "date"))
    frame["sector_id"] = match_ids(
        frame["sector_id"], list(snapshot.sector_names), path, "sector_id"
    )
    refuse_repeats(frame, ["sector_id"], path)
    posts = number_column(frame, "posts", path)
    if "factor" in frame:
        given = frame[frame["factor"] != ""].copy()
        number_column(given, "factor", path, low=1, high=5, decimal=True)
        frame.loc[given.index, "factor"] = given["factor"]
    if "date" in frame:
        frame = write_dates(frame, path, empty=True)
    return _csv_layer("posts", frame), f"{posts.sum():g} posts in {len(frame)} sectors"


def _holidays(_snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame, note = read_holidays(path)
    return _csv_layer("holidays", frame), note


def _breaks(snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame, note = read_breaks(path, snapshot.taxonomy.offence)
    return _csv_layer("breaks", frame), note


def _designated(_snapshot: Snapshot, path: Path) -> tuple[Layers, str]:
    frame = read_designated(path)
    return {"designated": (".geojson", geojson(frame))}, f"{len(frame)} designated areas"


_READERS: dict[str, Callable[..., tuple[Layers, str]]] = {
    "population": _population,
    "survey": _survey,
    "posts": _posts,
    "designated": _designated,
    "infrastructure": _infrastructure,
    "holidays": _holidays,
    "breaks": _breaks,
}
