"""An independent calculation of everything a state shows: slow, obvious, and from the contract only.

It takes rows (one per incident) and sectors, and counts them with plain pandas, shapely, h3 and
zoneinfo. It imports nothing of the product, so that the two can only agree by both being right.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely

DATA = Path(__file__).resolve().parent.parent / "data"
WEEK = 7 * 24
QUARTER = np.int64(15 * 60)
"""Seconds. Every zone's offset and every switch of the clock is a multiple of a quarter of an hour."""


@cache
def shipped_offences() -> dict[str, list[str]]:
    """Offence codes in their order; a group's code stands for its offences."""
    found: dict[str, list[str]] = {}
    with (DATA / "offences.csv").open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["level"] == "core":
                found[row["code"]] = [row["code"]]
    with (DATA / "offences.csv").open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["level"] == "core":
                found.setdefault(row["group"], []).append(row["code"])
    return found


@dataclass(frozen=True)
class State:
    """The query parameters of a view, read without any help of the product."""

    first: date | None = None
    last: date | None = None
    types: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None
    days: frozenset[int] = frozenset()
    scenes: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    station: str | None = None
    cell: str | None = None
    res: int = 9

    @classmethod
    def read(cls, query: str) -> State:
        given = dict(parse_qsl(query, strict_parsing=bool(query)))
        many = {name: value.split(",") for name, value in given.items()}
        hours = None
        if "hours" in given:
            start, end = (int(part) for part in given["hours"].split("-"))
            hours = (start, end or 24)
        return cls(
            first=date.fromisoformat(given["from"]) if "from" in given else None,
            last=date.fromisoformat(given["to"]) if "to" in given else None,
            types=frozenset(c for word in many.get("types", []) for c in shipped_offences()[word]),
            hours=hours,
            days=frozenset(int(d) for d in many.get("days", [])),
            scenes=frozenset(many.get("scenes", [])),
            sectors=frozenset(many.get("sectors", [])),
            station=given.get("station"),
            cell=given.get("cell"),
            res=int(given.get("res", "9")),
        )

    @property
    def night_end(self) -> int:
        """Starts before this hour belong to the day before."""
        return self.hours[1] if self.hours and self.hours[0] > self.hours[1] else 0

    def mask(self) -> np.ndarray:
        """1 for each of the 168 hours of the week (Monday 0h first) that is asked for, else 0."""
        mask = np.ones((7, 24))
        for weekday in range(7):
            for hour in range(24):
                owner = (weekday - 1) % 7 if hour < self.night_end else weekday
                if self.days and owner + 1 not in self.days:
                    mask[weekday, hour] = 0
                if self.hours and not _in_hours(hour, *self.hours):
                    mask[weekday, hour] = 0
        return mask.ravel()


def _in_hours(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def id_order(code: str) -> list[tuple[int, int, str]]:
    """Sort key of sector ids: 2 before 10, 7b between 7 and 8, words last."""
    parts = re.split(r"(\d+)", code)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]


def read_sectors(
    path: Path,
    *,
    code: str,
    name: str | None = None,
    station: str | None = None,
    population: str | None = None,
    layer: str | None = None,
) -> gpd.GeoDataFrame:
    """Read sector polygons with columns ``id, name, station, population`` in WGS84, one per id."""
    given = gpd.read_file(path, **({"layer": layer} if layer else {})).to_crs("EPSG:4326")
    sectors = gpd.GeoDataFrame(
        {
            "id": given[code].astype(str),
            "name": given[name].astype(str) if name else given[code].astype(str),
            "station": given[station].astype(str) if station else None,
            "population": pd.to_numeric(given[population]) if population else np.nan,
        },
        geometry=shapely.make_valid(given.geometry.array),
        crs="EPSG:4326",
    )
    sectors = sectors.dissolve("id", as_index=False)
    return sectors.iloc[sorted(range(len(sectors)), key=lambda i: id_order(sectors["id"].iloc[i]))]


def to_utc(naive: pd.Series, zone: str) -> pd.Series:
    """Clock readings of ``zone`` as UTC seconds since 1970 (Int64).

    A reading that exists twice is the first; one that does not exist moves to the first that does.
    """
    found = {
        reading: _one_to_utc(reading.to_pydatetime(), zone) for reading in naive.dropna().unique()
    }
    return naive.map(found).astype("Int64")


@cache
def _one_to_utc(reading: datetime, zone: str) -> int:
    place = ZoneInfo(zone)
    while True:
        moment = reading.replace(tzinfo=place, fold=0).astimezone(UTC)
        if moment.astimezone(place).replace(tzinfo=None) == reading:
            return int(moment.timestamp())
        reading = reading.replace(second=0) + timedelta(minutes=1)


@dataclass(repr=False)
class Oracle:
    """Counts of ``rows`` in ``sectors`` as the contract defines them.

    ``rows`` has ``incident_id, type, scene, start, end`` (UTC seconds; ``end`` may be missing),
    ``lat, lon`` (NaN: none) and ``area`` (a sector id for rows without a point, or None).
    """

    rows: pd.DataFrame
    sectors: gpd.GeoDataFrame
    zone: str
    _cells: dict[int, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The register changes backwards: the last row of an id is the incident.
        rows = self.rows.drop_duplicates("incident_id", keep="last").reset_index(drop=True)
        self._clock = self._make_clock(rows)
        local = pd.to_datetime(rows["start"].astype("int64"), unit="s", utc=True).dt.tz_convert(
            self.zone
        )
        rows["hour"] = local.dt.hour
        rows["day"] = local.dt.tz_localize(None).dt.normalize()
        has_point = rows["lat"].notna() & rows["lon"].notna()
        rows["point_sector"] = self._locate(rows["lat"].to_numpy(), rows["lon"].to_numpy())
        known = set(self.sectors["id"])
        by_area = [a if a in known else None for a in rows["area"]]
        rows["sector"] = rows["point_sector"].where(has_point, pd.Series(by_area, dtype=object))
        rows["sector"] = rows["sector"].astype(object).where(rows["sector"].notna(), None)
        rows["has_point"] = has_point
        self.rows = rows
        self._shares()

    def _locate(self, lat: np.ndarray, lon: np.ndarray) -> pd.Series:
        """The touching sector with the lowest id: from the highest id down, later ones win."""
        sector = np.full(len(lat), None, dtype=object)
        for _, area in self.sectors.iloc[::-1].iterrows():
            west, south, east, north = area.geometry.bounds
            near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            shapely.prepare(area.geometry)
            sector[near[shapely.intersects_xy(area.geometry, lon[near], lat[near])]] = area["id"]
        return pd.Series(sector, dtype=object)

    def _make_clock(self, rows: pd.DataFrame) -> tuple[int, np.ndarray]:
        """Hour of the local week of every quarter of an hour that the data cover."""
        first = int(rows["start"].min()) // QUARTER * QUARTER
        last = int(max(rows["start"].max(), rows["end"].max() if rows["end"].notna().any() else 0))
        moments = pd.to_datetime(np.arange(first, last + 2 * QUARTER, QUARTER), unit="s", utc=True)
        local = moments.tz_convert(self.zone)
        return first, local.day_of_week.to_numpy() * 24 + local.hour.to_numpy()

    def _shares(self) -> None:
        """Note each incident's 168 shares: as the number of a row of ``_spreads``."""
        first, clock = self._clock
        start = self.rows["start"].astype("int64").to_numpy() // 60 * 60
        end = self.rows["end"].fillna(-1).astype("int64").to_numpy() // 60 * 60
        instants = list(np.eye(WEEK))
        numbers: dict[tuple[int, int], int] = {}
        self._spread_of = clock[(start - first) // QUARTER]
        for i in np.flatnonzero(end > start):
            span = (int(start[i]), int(end[i]))
            if span not in numbers:
                numbers[span] = len(instants)
                instants.append(self._spread(*span))
            self._spread_of[i] = numbers[span]
        self._spreads = np.array(instants)

    def _spread(self, start: int, end: int) -> np.ndarray:
        """Share of each hour of the week in a span: its minutes there, counted in UTC."""
        if end - start > WEEK * 3600:
            return np.full(WEEK, 1 / WEEK)
        first, clock = self._clock
        strokes = np.arange(start // QUARTER + 1, -(-end // QUARTER)) * QUARTER
        moments = np.concatenate([[start], strokes, [end]])
        hours = clock[(moments[:-1] - first) // QUARTER]
        return np.bincount(hours, np.diff(moments) / (end - start), WEEK)

    def cells_of(self, res: int) -> np.ndarray:
        """The H3 cell of each incident's own point ("" without one)."""
        if res not in self._cells:
            points = zip(self.rows["lat"], self.rows["lon"], self.rows["has_point"], strict=True)
            self._cells[res] = np.array(
                [h3.latlng_to_cell(lat, lon, res) if known else "" for lat, lon, known in points],
                dtype=object,
            )
        return self._cells[res]

    @property
    def span(self) -> tuple[date, date]:
        """First and last local date."""
        return self.rows["day"].min().date(), self.rows["day"].max().date()

    def status(self) -> dict[str, object]:
        """What ``ypo status --json`` says of the incidents.

        An area that is no sector is a place outside all sectors, as a point there would be.
        """
        mapped = self.rows["sector"].notna()
        has_place = self.rows["has_point"] | self.rows["area"].notna()
        return {
            "incidents": len(self.rows),
            "mapped": int(mapped.sum()),
            "not_mapped": int((~mapped).sum()),
            "no_coordinates": int((~mapped & ~has_place).sum()),
            "outside": int((~mapped & has_place).sum()),
            "sector_only": int((mapped & ~self.rows["has_point"]).sum()),
            "from": self.span[0].isoformat(),
            "to": self.span[1].isoformat(),
        }

    def weights(self, state: State, leave_out: frozenset[str] = frozenset()) -> np.ndarray:
        """What each incident counts under the state, some of its filters left out."""
        rows = self.rows
        timed = "time" not in leave_out
        keep = np.ones(len(rows), dtype=bool)
        if "dates" not in leave_out:
            last = state.last or self.span[1]
            first = state.first or last - timedelta(days=27)
            day = self.night_day(state.night_end if timed else 0)
            keep &= ((day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))).to_numpy()
        if state.types and "types" not in leave_out:
            keep &= rows["type"].isin(state.types).to_numpy()
        if state.scenes and "scenes" not in leave_out:
            keep &= rows["scene"].isin(state.scenes).to_numpy()
        if "place" not in leave_out:
            keep &= self._in_place(state)
        weight = np.ones(len(rows))
        if timed and (state.hours or state.days):
            weight = (self._spreads @ state.mask())[self._spread_of]
        return np.where(keep, weight, 0.0)

    def _in_place(self, state: State) -> np.ndarray:
        keep = np.ones(len(self.rows), dtype=bool)
        if state.sectors:
            keep &= self.rows["sector"].isin(state.sectors).to_numpy()
        if state.station:
            inside = self.sectors.loc[self.sectors["station"] == state.station, "id"]
            keep &= self.rows["sector"].isin(set(inside)).to_numpy()
        if state.cell:
            keep &= self.rows["sector"].notna().to_numpy()
            keep &= self.cells_of(h3.get_resolution(state.cell)) == state.cell
        return keep

    def night_day(self, night_end: int) -> pd.Series:
        """Local date of the start; a start before the end of the night is of the day before."""
        return self.rows["day"] - pd.to_timedelta(
            (self.rows["hour"] < night_end).astype(int), unit="D"
        )

    def total(self, state: State) -> float:
        """Every incident of the state, on the map or not."""
        return float(self.weights(state).sum())

    def by_sector(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per sector id."""
        weight = self.weights(state, frozenset({"place"} if context else ()))
        counts = pd.Series(weight).groupby(self.rows["sector"]).sum()
        return counts.reindex(self.sectors["id"], fill_value=0.0)

    def by_cell(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per cell of the incidents that lie in a sector, where there are any."""
        weight = self.weights(state, frozenset({"place"} if context else ()))
        shown = self.rows["sector"].notna() & self.rows["has_point"]
        counts = pd.Series(weight)[shown].groupby(self.cells_of(state.res)[shown]).sum()
        return counts[counts > 0]

    def by_hour(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per hour of the week, Monday 0h first, from-to times spread over theirs."""
        weight = self.weights(state, frozenset({"time"} if context else ()))
        times = np.bincount(self._spread_of[weight > 0], minlength=len(self._spreads))
        matrix = times @ self._spreads
        return pd.Series(matrix if context else matrix * state.mask())

    def by_week(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per week, by its Monday, of the date that a night belongs to."""
        weight = self.weights(state, frozenset({"dates"} if context else ()))
        day = self.night_day(state.night_end)
        monday = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
        counts = pd.Series(weight).groupby(monday).sum()
        return counts[counts > 0]

    def by_type(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per offence code."""
        weight = self.weights(state, frozenset({"types"} if context else ()))
        counts = pd.Series(weight).groupby(self.rows["type"]).sum()
        return counts[counts > 0]

    def by_scene(self, state: State, *, context: bool = False) -> pd.Series:
        """Count per scene code."""
        weight = self.weights(state, frozenset({"scenes"} if context else ()))
        counts = pd.Series(weight).groupby(self.rows["scene"]).sum()
        return counts[counts > 0]

    def incidents(self, state: State) -> pd.DataFrame:
        """The incidents that count, with their sector and the cell of the state's resolution."""
        kept = self.weights(state) > 0
        rows = self.rows.loc[kept].copy()
        rows["cell"] = self.cells_of(state.res)[kept]
        return rows
