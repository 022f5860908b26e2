"""Which reading of coordinates would put them into the district."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Bounds = tuple[float, float, float, float]
    Numbers = NDArray[np.float64]

_SHARE = 0.9
_NATIONAL = (3857, 25832, 25833, 27700, 28992, 31370, 2154, 3006, 3067, 2180, 3435)


def better_reading(x: Numbers, y: Numbers, crs: CRS, bounds: Bounds) -> str | None:
    """Return what to do so that nearly all points lie in or by the district, or None.

    Parameters
    ----------
    x, y
        Coordinates as they stand, taken for ``crs``.
    bounds
        West, south, east, north of the district in WGS84.
    """
    readings = _readings(x, y, crs, bounds)
    return next((how for how, lon, lat in readings if _near(lon, lat, bounds)), None)


def find_crs(x: Numbers, y: Numbers, bounds: Bounds) -> str | None:
    """Return the usual coordinate system under which nearly all points lie in or by the district."""
    for code in (4326, *_candidates(bounds)):
        lon, lat = _transformer(CRS.from_epsg(code).to_wkt()).transform(x, y)
        if _near(lon, lat, bounds):
            return f"EPSG:{code}"
    return None


def _near(lon: Numbers, lat: Numbers, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    wide, high = (east - west) / 2, (north - south) / 2
    near = (
        (lon >= west - wide) & (lon <= east + wide) & (lat >= south - high) & (lat <= north + high)
    )
    return bool(near.mean() >= _SHARE)


def _readings(
    x: Numbers, y: Numbers, crs: CRS, bounds: Bounds
) -> Iterator[tuple[str, Numbers, Numbers]]:
    own = _transformer(crs.to_wkt())
    yield ("Swap the two coordinate columns in the profile", *own.transform(y, x))
    if crs.is_geographic:
        yield ("The longitudes lack their minus sign", *own.transform(-x, y))
    for code in (4326, *_candidates(bounds)):
        system = CRS.from_epsg(code)
        if system == crs:
            continue
        convert = _transformer(system.to_wkt())
        yield (f'Write crs = "EPSG:{code}" under [place] in the profile', *convert.transform(x, y))
        yield (
            f'Write crs = "EPSG:{code}" under [place] in the profile and swap the coordinate columns',
            *convert.transform(y, x),
        )


@lru_cache(maxsize=64)
def _transformer(wkt: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(wkt), CRS.from_epsg(4326), always_xy=True)


@lru_cache(maxsize=8)
def _candidates(bounds: Bounds) -> tuple[int, ...]:
    """Return coordinate systems that are usual where the district is, and the usual national ones."""
    area = AreaOfInterest(*bounds)
    # Older datums differ by a hundred metres or more: a guess must not choose among them.
    found = [
        int(info.code)
        for datum in ("ETRS89", "NAD83", "WGS 84")
        for info in query_utm_crs_info(datum_name=datum, area_of_interest=area)
        if info.auth_name == "EPSG"
    ]
    return tuple(dict.fromkeys([*_NATIONAL, *found]))
