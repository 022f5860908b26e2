"""The bench's own incidents: a fixed seed, so that figures of different days compare.

Ten years over the district's sectors: addresses that repeat around hot spots, types and scenes
with long tails, hours and weekdays by type, spans as registers have them (40 % exact, 53 % from
minutes to days, 7 % without an end), 2 % without coordinates, 2 % outside the district.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import shapely

ROOT = Path(__file__).parent.parent
TYPES = (
    "THEFT_PERSON",
    "BURGLARY",
    "THEFT_CAR",
    "VANDALISM",
    "VIOLENCE",
    "HARASSMENT",
    "DRUG_DEAL",
    "DRUG_ACT_SALE",
    "ROBBERY",
    "WEAPONS",
    "FIRE",
    "INDECENT",
    "VIOL_OFFICIAL",
)
SCENES = (
    "STREET",
    "FLAT",
    "SHOP",
    "CELLAR",
    "NIGHTLIFE",
    "CARPARK",
    "STAIRWELL",
    "PARK",
    "SCHOOL",
    "OFFICE",
    "STATION",
    "UNKNOWN",
)
FIRST, LAST = np.datetime64("2013-01-01"), np.datetime64("2022-12-31")
DAYS = int((LAST - FIRST).astype(int)) + 1
CHUNK = 1_000_000


def _area() -> shapely.Geometry:
    features = json.loads((ROOT / "data/sectors.geojson").read_text())["features"]
    return shapely.union_all([shapely.from_geojson(json.dumps(f["geometry"])) for f in features])


def _places(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return latitudes and longitudes of ``n`` places, three quarters of them in 60 hot spots."""
    area = _area()
    shapely.prepare(area)
    west, south, east, north = area.bounds
    spots = rng.uniform((west, south), (east, north), (60, 2))
    weight = 1 / np.arange(1, 61) ** 0.8
    found = np.empty((0, 2))
    while len(found) < n:
        hot = rng.choice(60, n, p=weight / weight.sum())
        near = spots[hot] + rng.normal(0, 1, (n, 2)) * (0.004, 0.0023)
        anywhere = rng.uniform((west, south), (east, north), (n, 2))
        tried = np.where(rng.random(n)[:, None] < 0.75, near, anywhere)
        inside = shapely.contains_xy(area, tried[:, 0], tried[:, 1])
        found = np.vstack([found, tried[inside]])
    return found[:n, 1].round(6), found[:n, 0].round(6)


def _pick(rng: np.random.Generator, weights: np.ndarray, n: int) -> np.ndarray:
    return np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(n)).clip(
        0, len(weights) - 1
    )


def _hours(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    """Return the hour of the week, by type: each has its own peak, some a weekend."""
    found = np.empty(len(kind), np.int64)
    hour = np.arange(24)
    for code in range(len(TYPES)):
        peak = (16, 12, 3, 1, 2, 15)[code % 6]
        away = np.minimum(abs(hour - peak), 24 - abs(hour - peak))
        day = 0.3 + np.exp(-0.5 * (away / 3.0) ** 2)
        weekend = np.where(np.isin(np.arange(7), (4, 5)), 1.7 if code % 3 else 1.0, 1.0)
        chosen = kind == code
        found[chosen] = _pick(rng, np.outer(weekend, day).ravel(), int(chosen.sum()))
    return found


def chunk(number: int, rows: int) -> pa.Table:
    """Return one chunk of incidents in the columns of the canonical import."""
    rng = np.random.default_rng((20121105, number))
    places = np.random.default_rng(20121105)
    lat_of, lon_of = _places(places, 400_000)
    kind = _pick(rng, 1 / np.arange(1, len(TYPES) + 1) ** 1.1, rows)
    scene = _pick(rng, 1 / np.arange(1, len(SCENES) + 1) ** 0.9, rows)
    scene = (scene + kind) % len(SCENES)
    how = _hours(rng, kind)
    week = rng.integers(0, DAYS // 7, rows)
    day = week * 7 + (how // 24 - 1) % 7  # 2013-01-01 was a Tuesday
    minute = np.where(rng.random(rows) < 0.4, 0, rng.integers(0, 60, rows))
    start = FIRST.astype("datetime64[m]") + day * 1440 + how % 24 * 60 + minute
    what = rng.random(rows)
    span = np.minimum(rng.lognormal(np.log(360), 1.0, rows), 14 * 1440).astype(np.int64)
    end = start + np.where(what < 0.4, 0, span)
    where = np.where(
        rng.random(rows) < 0.7,
        _pick(rng, 1 / np.arange(1, 80_001) ** 0.75, rows),
        rng.integers(80_000, 400_000, rows),
    )
    off = rng.random(rows)
    lat = lat_of[where] + np.where(off > 0.98, 0.3, 0)
    names = np.char.add(f"B{number}-", np.arange(rows).astype(str))
    return pa.table(
        {
            "incident_id": pa.array(names.astype(object)),
            "type": pa.array(np.array(TYPES, object)[kind]),
            "scene": pa.array(np.array(SCENES, object)[scene]),
            "time_from": pa.array(np.datetime_as_string(start).astype(object)),
            "time_to": pa.array(np.datetime_as_string(end).astype(object), mask=what > 0.93),
            "lat": pa.array(lat, mask=off < 0.02),
            "lon": pa.array(lon_of[where], mask=off < 0.02),
        }
    )


def files(folder: Path, rows: int) -> list[Path]:
    """Write ``rows`` incidents as CSV files of at most a million rows, and as Parquet beside."""
    found = []
    for number in range(-(-rows // CHUNK)):
        size = min(CHUNK, rows - number * CHUNK)
        path = folder / f"incidents-{number}-{size}.csv"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            table = chunk(number, size)
            pq.write_table(table, path.with_suffix(".parquet"))
            part = path.with_suffix(".part")
            pa_csv.write_csv(table, part)
            part.rename(path)
        found.append(path)
    return found
