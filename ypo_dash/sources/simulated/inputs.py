"""The tables a simulated district is made of, read from ``data/`` and checked."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from ypo_dash.model.district import District
from ypo_dash.model.errors import InputError
from ypo_dash.model.taxonomy import Taxonomy
from ypo_dash.sources.survey import AGE_GROUPS
from ypo_dash.sources.survey_profile import MEASURES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

HOURS = [f"h{hour:02d}" for hour in range(24)]
MONTHS = [f"m{month:02d}" for month in range(1, 13)]
KINDS = ("residential", "estate", "nightlife", "station", "shopping", "park")
EXPOSURES = ("houses", "flats", "dwellings", "addresses", "cars", "weight")
_FOLDER = "simulation"
_HOUSING = ["sector_id", "households", "houses", "flats_per_entrance", "cars_per_household"]
_RISKS = ["property", "violence", "damage", "nuisance", "patrol"]
_SPLIT = ["stratum", "type", "kind", "share", "exposure", "risk"]
_SHAPE = ["hours", "season", "span", "scenes", "near_repeat"]
_COLUMNS = {
    "levels": ["type", "reports_2009", "change_2012_pct", "no_coordinates_pct", "overdispersion"],
    "sector_risk": _HOUSING + _RISKS,
    "attractors": ["kind", "name", "lat", "lon", "radius_m", "weight", "scene"],
    "strata": _SPLIT + _SHAPE,
    "stratum_scenes": ["scenes", "scene", "share"],
    "scene_places": ["scene", "places", "share", "evenness"],
    "hours": ["profile", "days", *HOURS],
    "season": ["season", *MONTHS],
    "season_weeks": ["season", "iso_week", "factor", "absence"],
    "holiday_effects": ["day", "season", "factor", "hours"],
    "spans": ["span", "part", "share", "share_absence", "low_h", "high_h"],
    "delays": ["type", "share_now", "now_mean_h", "later_median_h", "later_sigma"],
    "heaping": ["type", "hour", "half_hour", "quarter", "five_minutes", "midnight"],
    "survey_levels": ["level", "unit", "year", *MEASURES],
    "survey_strata": ["sex", "age", "response", *MEASURES],
    "age_shares": ["bydel", "adults", "women", *AGE_GROUPS],
    "holidays": ["date", "name_da", "name_en", "kind"],
    "planted_changes": [
        "id",
        "what",
        "type",
        "kind",
        "sector",
        "place",
        "from",
        "to",
        "factor",
        "note",
    ],
}
_IN_DATA = ("holidays", "planted_changes")
_REFERENCES = (
    ("strata", "type", "levels", "type"),
    ("strata", "hours", "hours", "profile"),
    ("strata", "season", "season", "season"),
    ("strata", "span", "spans", "span"),
    ("strata", "scenes", "stratum_scenes", "scenes"),
    ("stratum_scenes", "scene", "scene_places", "scene"),
    ("season_weeks", "season", "season", "season"),
    ("holiday_effects", "season", "season", "season"),
    ("holiday_effects", "hours", "hours", "profile"),
    ("planted_changes", "place", "attractors", "name"),
    ("levels", "type", "delays", "type"),
    ("levels", "type", "heaping", "type"),
)


@dataclass(frozen=True)
class Inputs:
    """Everything the simulation reads.

    ``tables`` holds one frame per file, columns of numbers as numbers (empty cells are NaN), others
    as text (empty cells are ``""``); ``layers``
    the district's GeoJSON features as ``(properties, geometry)``, geometry in metres of the
    district's own coordinate system.
    """

    district: District
    taxonomy: Taxonomy
    settings: dict[str, dict[str, Any]]
    tables: dict[str, pd.DataFrame]
    layers: dict[str, list[tuple[dict[str, Any], BaseGeometry]]]

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]

    def rows(self, table: str, **equal: str) -> list[Any]:
        """Return a table's rows as named tuples, those in which ``equal`` holds."""
        frame = self.tables[table]
        for column, value in equal.items():
            frame = frame[frame[column] == value]
        return list(frame.itertuples())

    @property
    def sector_ids(self) -> list[int]:
        """Ids of the sectors in the order of their layer."""
        return [properties["sector_id"] for properties, _ in self.layers["sectors"]]

    @property
    def to_metres(self) -> Transformer:
        """From WGS84 (lon, lat) to the district's metres (x, y)."""
        return Transformer.from_crs("EPSG:4326", self.district.crs, always_xy=True)

    @property
    def to_degrees(self) -> Transformer:
        """From the district's metres (x, y) to WGS84 (lon, lat)."""
        return Transformer.from_crs(self.district.crs, "EPSG:4326", always_xy=True)


def read_inputs(data_dir: Path) -> Inputs:
    """Read and check the simulation's inputs.

    Parameters
    ----------
    data_dir
        The folder ``data/``; the generator's own tables lie in ``simulation/`` below it.

    Raises
    ------
    InputError
        A file or column is missing, or a row names something that no other table has.
    """
    district = District.read(data_dir / "district.toml")
    taxonomy = Taxonomy.read(data_dir / "offences.csv", data_dir / "scenes.csv")
    tables = {name: _table(data_dir, name) for name in _COLUMNS}
    settings = _settings(data_dir / _FOLDER / "settings.toml")
    _check(tables, taxonomy)
    metres = Transformer.from_crs("EPSG:4326", district.crs, always_xy=True)
    names = ("sectors", "safety_areas", "designated_areas", "parks", "water", "streets", "stations")
    layers = {name: _layer(data_dir / f"{name}.geojson", metres) for name in names}
    inputs = Inputs(district, taxonomy, settings, tables, layers)
    missing = set(inputs.sector_ids) - set(tables["sector_risk"]["sector_id"])
    if missing:
        problem = "sector_risk.csv has no row for a sector"
        raise InputError(problem, column="sector_id", value=sorted(missing))
    return inputs


def _settings(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the simulation cannot read its settings: {error}", file=path) from error


def _path(data_dir: Path, name: str) -> Path:
    return (data_dir if name in _IN_DATA else data_dir / _FOLDER) / f"{name}.csv"


def _table(data_dir: Path, name: str) -> pd.DataFrame:
    path = _path(data_dir, name)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"the simulation cannot read this table: {error}", file=path) from error
    for column in _COLUMNS[name]:
        if column not in frame:
            raise InputError("this table has no such column", file=path, column=column)
    return frame.assign(**{column: _numbers(frame[column]) for column in frame.columns})


def _numbers(column: pd.Series) -> pd.Series:
    # Lists such as "1234" (weekdays) or "7;8" stay text where any value of the column is not a
    # plain number.
    if column.name in {"days", "sector", "date", "from", "to", "day", "age"}:
        return column
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column


def _check(tables: dict[str, pd.DataFrame], taxonomy: Taxonomy) -> None:
    for table, column, other, key in _REFERENCES:
        unknown = set(tables[table][column]) - set(tables[other][key]) - {""}
        if unknown:
            problem = f"{table}.csv names what {other}.csv does not have"
            raise InputError(problem, column=column, value=sorted(unknown))
    unknown = set(tables["levels"]["type"]) - set(taxonomy.offence)
    unknown |= set(tables["scene_places"]["scene"]) - set(taxonomy.scene)
    if unknown:
        raise InputError("codes are not in offences.csv or scenes.csv", value=sorted(unknown))
    strata = tables["strata"]
    for column, known in (("kind", KINDS), ("exposure", EXPOSURES), ("risk", _RISKS)):
        unknown = set(strata[column]) - set(known)
        if unknown:
            problem = "strata.csv has a word the simulation does not know"
            raise InputError(problem, column=column, value=sorted(unknown))
    sums = tables["strata"].groupby("type")["share"].sum()
    if not ((sums - 1).abs() < 1e-9).all():
        raise InputError("the shares of a type do not sum to 1", column="share", value=dict(sums))


def _layer(path: Path, metres: Transformer) -> list[tuple[dict[str, Any], BaseGeometry]]:
    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(metres.transform(points[:, 0], points[:, 1]))

    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    return [
        (feature["properties"], shapely.transform(shape, project))
        for feature, shape in zip(features, shapes, strict=True)
    ]
