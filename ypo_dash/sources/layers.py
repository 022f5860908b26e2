"""Read a district's polygons: sectors, areas, designated areas."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from ypo_dash.model.errors import InputError, first_line
from ypo_dash.sources.small_tables import missing_column, plain_number

if TYPE_CHECKING:
    import geopandas as gpd

WGS84 = "EPSG:4326"
_OVERLAP_LIMIT = 0.01
NO_CRS = (
    "the file does not say its coordinate system; its coordinates were taken as degrees (WGS84)"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """Polygons of a district.

    ``frame``: ``id``, ``name`` (str), ``station`` (str or None), ``population`` (float, NaN where
    unknown), ``geometry`` (WGS84), lowest id first. ``notes``: what was mended or left open.
    """

    frame: gpd.GeoDataFrame
    notes: tuple[str, ...] = field(default=())


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key by which ``2`` comes before ``10`` and ``A2`` before ``A10``."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((0, int(p), p) if p.isdigit() else (1, 0, p) for p in parts)


def read_polygons(
    path: Path,
    *,
    id_column: str,
    name_column: str | None = None,
    station_column: str | None = None,
    population_column: str | None = None,
) -> Layer:
    """Read sectors or areas from any vector file and CRS.

    Rows with the same id are one sector of several parts. Invalid rings are mended and noted.

    Raises
    ------
    InputError
        Not a vector file, a column is missing, no polygons, an id is empty, no CRS can be known.
    """
    raw = _read_vector(path)
    for column in (id_column, name_column, station_column, population_column):
        if column is not None and column not in raw.columns:
            raise missing_column(path, column, [c for c in raw.columns if c != "geometry"])
    notes = [NO_CRS] if raw.crs is None else []
    raw = _to_wgs84(raw, path)
    kinds = set(raw.geometry.geom_type.dropna())
    if not kinds <= {"Polygon", "MultiPolygon"}:
        raise InputError("these are not polygons", file=path, value=", ".join(sorted(kinds)))
    raw["id"] = _codes(raw[id_column])
    lost = raw["id"].eq("") | raw.geometry.isna() | raw.geometry.is_empty
    if lost.any():
        raise InputError(
            f"{int(lost.sum())} of {len(raw)} rows have no id or no polygon",
            file=path,
            column=id_column,
            remedy="Give each an id and a polygon, or take the rows out",
        )
    listed = raw["id"].str.contains(",", regex=False)
    if listed.any():
        raise InputError(
            "an id has a comma in it, which separates ids in an address",
            file=path,
            column=id_column,
            value=raw["id"][listed].iloc[0],
            remedy="Use another column, or take the commas out",
        )
    invalid = ~raw.geometry.is_valid
    if invalid.any():
        raw.loc[invalid, "geometry"] = shapely.make_valid(
            raw.geometry[invalid].to_numpy(), method="structure", keep_collapsed=False
        )
        notes.append(
            f"{int(invalid.sum())} polygons had invalid rings and were mended: {', '.join(raw['id'][invalid][:10])}"
        )
    raw["name"] = raw["id"] if name_column is None else raw[name_column].fillna("").astype(str)
    raw["station"] = None if station_column is None else _codes(raw[station_column])
    raw["population"] = (
        float("nan")
        if population_column is None
        else _numbers(raw[population_column], path, population_column)
    )
    again = raw["id"].duplicated()
    if again.any():
        notes.append(
            f"{int(again.sum())} rows share an id with another and were joined to it: {', '.join(raw['id'][again].unique()[:10])}"
        )
        raw = _dissolve(raw)
    frame = raw[["id", "name", "station", "population", "geometry"]]
    frame = frame.iloc[
        sorted(range(len(frame)), key=lambda i: natural_key(frame["id"].iloc[i]))
    ].reset_index(drop=True)
    notes += _overlaps(frame)
    return Layer(frame, tuple(notes))


def read_designated(path: Path) -> gpd.GeoDataFrame:
    """Read designated residential areas: ``name``, ``population``, ``list`` and geometry (WGS84).

    ``population_date`` and ``population_source`` are kept where the file has them.
    """
    raw = _to_wgs84(_read_vector(path), path)
    if "name" not in raw.columns:
        raise missing_column(path, "name", list(raw.columns))
    raw["population"] = (
        _numbers(
            raw[
                next((c for c in ("population", "population_estimate") if c in raw.columns), "name")
            ],
            path,
            "population",
        )
        if {"population", "population_estimate"} & set(raw.columns)
        else float("nan")
    )
    raw["list"] = raw["list"].astype(str) if "list" in raw.columns else ""
    beside = [c for c in ("population_date", "population_source") if c in raw.columns]
    for name in beside:
        raw[name] = raw[name].fillna("").astype(str)
    return raw[["name", "population", *beside, "list", "geometry"]]


def vector_name(path: Path) -> str:
    """Return the name by which GDAL opens a file; zipped shapefiles come under any ending."""
    if path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(name.lower().endswith(".shp") for name in archive.namelist()):
                return f"/vsizip/{path.absolute()}"
    return str(path)


def _read_vector(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd

    if not path.exists():
        raise InputError("there is no such file", file=path)
    try:
        frame = gpd.read_file(vector_name(path))
    except Exception as error:
        raise InputError(
            f"this can't be read as a map file: {first_line(error)}",
            file=path,
            remedy="Give GeoJSON, GeoPackage, Shapefile or KML",
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame) or not len(frame) or frame.geometry.isna().all():
        raise InputError("the file has no shapes in it", file=path)
    return frame


def _to_wgs84(frame: gpd.GeoDataFrame, path: Path) -> gpd.GeoDataFrame:
    west, south, east, north = frame.total_bounds
    degrees = west >= -180 and east <= 180 and south >= -90 and north <= 90
    if frame.crs is None and not degrees:
        raise InputError(
            "the file does not say its coordinate system, and the coordinates are not degrees",
            file=path,
            value=f"x {west:.0f} to {east:.0f}",
            remedy="Set the CRS in the file (for a shapefile, add the .prj)",
        )
    if frame.crs is None:
        frame = frame.set_crs(WGS84)
    if frame.crs.is_geographic and not degrees:
        raise InputError(
            "the file says degrees, but the coordinates look like metres",
            file=path,
            value=f"x {west:.0f} to {east:.0f}",
            remedy="Save it with the right CRS; GeoJSON without a 'crs' means WGS84",
        )
    return frame.to_crs(WGS84)


def _codes(values: pd.Series[Any]) -> pd.Series[str]:
    if pd.api.types.is_float_dtype(values):
        values = values.map(lambda v: "" if pd.isna(v) else f"{v:g}" if v == int(v) else str(v))
    return values.astype("string").fillna("").str.strip().astype(str)


def _numbers(values: pd.Series[Any], path: Path, column: str) -> pd.Series[float]:
    if not pd.api.types.is_numeric_dtype(values):
        known = values.where(values.notna() & (values.astype(str).str.strip() != ""))
        numbers = known.map(lambda v: plain_number(str(v).strip()), na_action="ignore")
        values = known
    else:
        numbers = values
    numbers = pd.to_numeric(numbers, errors="coerce").astype(float)
    bad = (numbers.isna() & values.notna()) | (numbers < 0)
    if bad.any():
        raise InputError(
            "not a number of inhabitants",
            file=path,
            column=column,
            value=str(values[bad].iloc[0]),
            remedy="Write it with digits alone, for instance 1000",
        )
    return numbers


def _dissolve(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rules = {"name": "first", "station": "first", "population": "max"}
    return (
        frame[["id", *rules, "geometry"]].dissolve(by="id", aggfunc=rules, sort=False).reset_index()
    )


def _overlaps(frame: gpd.GeoDataFrame) -> list[str]:
    shapes = frame.geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    pairs = (left < right).nonzero()[0]
    both = shapely.area(shapely.intersection(shapes[left[pairs]], shapes[right[pairs]]))
    smaller = (
        pd.Series(shapely.area(shapes[left[pairs]]))
        .clip(upper=pd.Series(shapely.area(shapes[right[pairs]])))
        .to_numpy()
    )
    bad = pairs[both > _OVERLAP_LIMIT * smaller]
    names = [f"{frame['id'].iloc[left[p]]} and {frame['id'].iloc[right[p]]}" for p in bad[:5]]
    return (
        [
            f"{len(bad)} pairs overlap by more than 1 %: {'; '.join(names)}; points in both count in the lower id"
        ]
        if len(bad)
        else []
    )
