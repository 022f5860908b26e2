"""Coordinates to WGS84, and the ways in which they are wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer

from ypo_dash.model.errors import InputError
from ypo_dash.sources.crs_guess import better_reading

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.profile import PlaceOptions

    Bounds = tuple[float, float, float, float]

WGS84 = CRS.from_epsg(4326)
EMPTY = "the coordinate is empty, and the other one is not"
ORIGIN = (
    "0, 0 is no place here; if it means withheld, say so in the profile: [place] missing = [[0, 0]]"
)
WRONG_SHARE, WRONG_LEAST = 0.9, 10
_SAMPLE = 2000


@dataclass(frozen=True)
class Fault:
    """Rows whose point cannot be, and why; ``east`` says that the easting or longitude is at fault."""

    rows: NDArray[np.bool_]
    reason: str
    east: bool = False


@dataclass(frozen=True)
class Located:
    """Points of a batch in WGS84 (NaN where there is none), and why some rows have none."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    faults: tuple[Fault, ...]


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
    wrong: Counter[str] = field(default_factory=Counter)
    _sample: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._to_wgs84 = Transformer.from_crs(self.crs, WGS84, always_xy=True)
        self._plain = self.crs == WGS84
        self._factor = (
            1.0 if self.crs.is_geographic else self.crs.axis_info[0].unit_conversion_factor
        )

    def read(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Located:
        """Turn coordinates into WGS84.

        Parameters
        ----------
        x, y
            Easting (longitude) and northing (latitude) as they stand; NaN where there is none.
        """
        here = ~np.isnan(x) & ~np.isnan(y) & ~self._withheld(x, y)
        origin = here & (x == 0) & (y == 0)
        here &= ~origin
        self._remember(x[here], y[here])
        lost = np.isnan(x), np.isnan(y)
        x, y = np.where(here, x, np.nan), np.where(here, y, np.nan)
        found = self._check_degrees(x, y) if self.crs.is_geographic else self._check_metres(x, y)
        for fault in found.faults:
            self.wrong[fault.reason] += int(fault.rows.sum())
        faults = (
            Fault(lost[0] & ~lost[1], EMPTY, east=True),
            Fault(lost[1] & ~lost[0], EMPTY),
            Fault(origin, ORIGIN),
            *found.faults,
        )
        none = np.logical_or.reduce([fault.rows for fault in faults])
        return Located(np.where(none, np.nan, found.lat), np.where(none, np.nan, found.lon), faults)

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
            reason = self.wrong.most_common(1)[0][0]
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

    def _check_degrees(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Located:
        wide, high = np.abs(x) > 180, np.abs(y) > 90
        metres = wide & high & ((np.abs(x) > 360) | (np.abs(y) > 360))
        swapped = ~metres & ~self._within(x, y) & self._within(y, x)
        good = ~(wide | high | swapped)
        lon, lat = self._transform(np.where(good, x, np.nan), np.where(good, y, np.nan))
        faults = (
            Fault(metres, f"metres or feet where the profile says degrees ({self._name()})"),
            Fault(swapped, "latitude and longitude are swapped"),
            Fault(high & ~metres & ~swapped, "no such place: latitudes end at 90 degrees"),
            Fault(wide & ~high, "no such place: longitudes end at 180 degrees", east=True),
        )
        return Located(lat, lon, faults)

    def _check_metres(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Located:
        degrees = (np.abs(x) <= 180) & (np.abs(y) <= 180)
        given = np.isfinite(x) & ~degrees
        lon, lat = self._transform(np.where(given, x, np.nan), np.where(given, y, np.nan))
        swapped = given & ~self._within(lon, lat)
        if swapped.any():
            swapped[swapped] = self._within(*self._transform(y[swapped], x[swapped]))
        beyond = given & ~swapped & ~(np.isfinite(lon) & np.isfinite(lat))
        unit = "metres" if self._factor == 1 else "feet"
        faults = (
            Fault(degrees, f"degrees where the profile says {unit} ({self._name()})"),
            Fault(swapped, "x and y are swapped"),
            Fault(beyond, f"no such place in {self._name()}"),
        )
        return Located(lat, lon, faults)
