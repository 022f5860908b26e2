"""Coordinates to WGS84, and the ways in which they are wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS, Transformer

from ypo_dash.model.errors import InputError
from ypo_dash.sources.crs_guess import better_reading
from ypo_dash.sources.tables import NOTHING

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.profile import PlaceOptions

    Bounds = tuple[float, float, float, float]

WGS84 = CRS.from_epsg(4326)
NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
WRONG_SHARE, WRONG_LEAST = 0.9, 10
_SAMPLE = 2000


@dataclass(frozen=True)
class Points:
    """Points of a batch: WGS84 (NaN where there is none), and why rows have none.

    ``faults`` are masks with a reason each.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    faults: tuple[tuple[NDArray[np.bool_], str], ...]


@dataclass
class PlaceReader:
    """Reads the coordinates of one file, and remembers how many look wrong.

    Parameters
    ----------
    crs
        Of the file's coordinates.
    options
        The profile's: the pairs that mean "withheld".
    bounds
        West, south, east, north of the district in WGS84.
    first_is_north
        The file names the northing first (``lat``, ``lon``): the order of ``missing``.
    """

    crs: CRS
    options: PlaceOptions
    bounds: Bounds
    first_is_north: bool
    seen: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    _sample: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._to_wgs84 = Transformer.from_crs(self.crs, WGS84, always_xy=True)
        self._plain = self.crs == WGS84
        self._factor = (
            1.0 if self.crs.is_geographic else self.crs.axis_info[0].unit_conversion_factor
        )

    def read(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
        """Turn coordinates into WGS84.

        Parameters
        ----------
        x, y
            Easting (longitude) and northing (latitude) as they stand; NaN where there is none.
        """
        withheld = self._withheld(x, y)
        here = ~np.isnan(x) & ~np.isnan(y) & ~withheld
        half = np.isnan(x) ^ np.isnan(y)
        origin = here & (x == 0) & (y == 0)
        faults = [
            (half, "one coordinate is there and the other is not"),
            (
                origin,
                "0, 0 is no place here; if it means withheld, say so in the profile: [place] missing = [[0, 0]]",
            ),
        ]
        here &= ~origin
        self._remember(x[here], y[here])
        check = self._check_degrees if self.crs.is_geographic else self._check_metres
        lat, lon, found = check(np.where(here, x, np.nan), np.where(here, y, np.nan))
        for mask, reason in found:
            self.wrong[reason] = self.wrong.get(reason, 0) + int(mask.sum())
        faults += found
        lost = np.logical_or.reduce([mask for mask, _ in faults])
        return Points(np.where(lost, np.nan, lat), np.where(lost, np.nan, lon), tuple(faults))

    def check(self, path: Path) -> None:
        """Refuse the file if nearly all of its points look wrong in one way.

        Raises
        ------
        InputError
            At least 10 points and 90 % of them are swapped, in other units, or fit the district
            only under another coordinate system.
        """
        total = sum(self.wrong.values())
        if self.seen >= WRONG_LEAST and total >= WRONG_SHARE * self.seen:
            reason = max(self.wrong, key=lambda r: self.wrong[r])
            raise self._refusal(path, f"{total:,} of {self.seen:,} points cannot be used: {reason}")
        if self.seen >= WRONG_LEAST and self._sample:
            x, y = (np.concatenate(part) for part in zip(*self._sample, strict=True))
            if self._far(x, y):
                raise self._refusal(
                    path, f"the coordinates lie far outside the district if they are {self._name()}"
                )

    def _refusal(self, path: Path, problem: str) -> InputError:
        x, y = (np.concatenate(part) for part in zip(*self._sample, strict=True))
        better = better_reading(x, y, self.crs, self.bounds)
        first, second = (y[0], x[0]) if self.first_is_north else (x[0], y[0])
        remedy = better or "Correct [place] crs and the coordinate columns in the profile"
        return InputError(problem, file=path, value=f"{first:.10g}, {second:.10g}", remedy=remedy)

    def _far(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
        """Return whether nearly no point is near, though another reading has nearly all within."""
        lon, lat = self._transform(x, y)
        west, south, east, north = self.bounds
        wide, high = max(east - west, 0.2), max(north - south, 0.1)
        near = (
            (lon > west - wide) & (lon < east + wide) & (lat > south - high) & (lat < north + high)
        )
        if near.mean() > 1 - WRONG_SHARE:
            return False
        if better_reading(x, y, self.crs, self.bounds):
            return True
        # A country's file reaches far in degrees; numbers that land off their grid are not its own.
        reach = 10 if self.crs.is_geographic else 4
        off = (
            (np.abs(lon - (west + east) / 2) > 2 * reach)
            | (np.abs(lat - (south + north) / 2) > reach)
            | ~np.isfinite(lon)
        )
        return bool(off.mean() >= WRONG_SHARE)

    def _name(self) -> str:
        authority = self.crs.to_authority()
        return ":".join(authority) if authority else self.crs.name

    def _withheld(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        found = np.isnan(x) & np.isnan(y)
        for first, second in self.options.missing:
            east, north = (second, first) if self.first_is_north else (first, second)
            found |= (x == east) & (y == north)
        return found

    def _remember(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self.seen += len(x)
        step = max(1, len(x) // _SAMPLE)
        if len(x) and len(self._sample) < 20:
            self._sample.append((x[::step], y[::step]))

    def _within(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        west, south, east, north = self.bounds
        return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))

    def _transform(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self._plain:
            return x, y
        lon, lat = self._to_wgs84.transform(x, y)
        return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)

    def _check_degrees(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[NDArray[np.bool_], str]]]:
        metres = (np.abs(x) > 360) | (np.abs(y) > 360)
        swapped = ~metres & ~self._within(x, y) & self._within(y, x)
        beyond = ~metres & ~swapped & ((np.abs(y) > 90) | (np.abs(x) > 180))
        good = ~(metres | swapped | beyond)
        lon, lat = self._transform(np.where(good, x, np.nan), np.where(good, y, np.nan))
        return (
            lat,
            lon,
            [
                (metres, f"metres or feet where the profile says degrees ({self._name()})"),
                (swapped, "latitude and longitude are swapped"),
                (beyond, "no such place: latitudes end at 90 degrees and longitudes at 180"),
            ],
        )

    def _check_metres(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[NDArray[np.bool_], str]]]:
        degrees = (np.abs(x) <= 180) & (np.abs(y) <= 180)
        given = np.isfinite(x) & ~degrees
        lon, lat = self._transform(np.where(given, x, np.nan), np.where(given, y, np.nan))
        swapped = given & ~self._within(lon, lat)
        if swapped.any():
            swapped[swapped] = self._within(*self._transform(y[swapped], x[swapped]))
        beyond = given & ~swapped & ~(np.isfinite(lon) & np.isfinite(lat))
        return (
            lat,
            lon,
            [
                (
                    degrees,
                    f"degrees where the profile says {'metres' if self._factor == 1 else 'feet'} ({self._name()})",
                ),
                (swapped, "x and y are swapped"),
                (beyond, f"no such place in {self._name()}"),
            ],
        )


def read_numbers(texts: pa.Array, decimal: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column of coordinates.

    Parameters
    ----------
    texts
        Strings without nulls or space around them.
    decimal
        ``.`` or ``,``; with a comma, points between thousands are passed over.

    Returns
    -------
    tuple
        The numbers (NaN where there is none), and which texts are neither a number nor empty.
    """
    plain = texts
    if decimal == ",":
        grouped = pc.match_substring_regex(plain, r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?$")
        plain = pc.if_else(grouped, pc.replace_substring(plain, ".", ""), plain)
        plain = pc.replace_substring(plain, ",", ".")
    absent = pc.is_in(plain, pa.array(NOTHING))
    number = pc.match_substring_regex(plain, NUMBER)
    bad = pc.invert(pc.or_(absent, number)).to_numpy(zero_copy_only=False)
    values = pc.if_else(number, plain, pa.scalar(None, pa.string())).cast(pa.float64())
    return values.to_numpy(zero_copy_only=False), bad


def find_decimal(texts: list[pa.Array]) -> str | None:
    """Return the decimal sign of coordinate texts, or None where there are none to tell."""
    present = [column.filter(pc.invert(pc.is_in(column, pa.array(NOTHING)))) for column in texts]
    if not any(len(column) for column in present):
        return None
    commas = (
        pc.match_substring_regex(column, r"^[+-]?\d{1,3}(?:\.\d{3})*,\d+$|^[+-]?\d+,\d+$")
        for column in present
    )
    return "," if any(pc.any(comma).as_py() for comma in commas) else "."
