"""A point as people type it: degrees with point or comma, degrees and minutes, or metres of a grid."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyproj import Transformer

    Bounds = tuple[float, float, float, float]
    Pair = tuple[float, float]

NOT_READ = "these coordinates can't be read"
REMEDY = "Write them as 55.7038, 12.5421, or 55° 42.2' N 12° 32.5' E, or easting and northing"
LONGEST = 100
_PLAIN = str.maketrans({"′": "'", "’": "'", "´": "'", "″": '"', "”": '"', "º": "°", "−": "-"})
_LATITUDE, _LONGITUDE = "NSY", "EWØVOX"  # Danish Ø and V are east and west
_NEGATIVE = "SWV"
_ZONE = re.compile(
    r"^(?:UTM\s*)?(?:ZONE\s*)?([0-9]{1,2})\s*([C-HJ-NP-X])?[\s,;]+"
    r"(?=[EØNXY]?[\s=:]*(?:[0-9]{5}|[0-9]{1,3}\.[0-9]{3}(?![0-9]).*[0-9]\.[0-9]{3}\.[0-9]{3}))"
)
_WORDS = re.compile(r"[^0-9NSEWØVXY°'\"\s.,;:=+-]")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){2,}(?![0-9])")
_LEAST_METRES = 1000
_ROUND = 60


def read_point(text: str, crs: str, bounds: Bounds) -> tuple[float, float] | None:
    """Return latitude and longitude (WGS84) of what is typed; None where it is no coordinates at all.

    Parameters
    ----------
    text
        ``55.7038, 12.5421``; ``55,7038 12,5421``; ``N 55° 42.228' E 12° 32.526'``;
        ``55°42'13.7"N 12°32'31.6"Ø``; ``722456 6178001``; ``32U 722.456 6.178.001``.
    crs
        Of coordinates in metres without a zone of their own.
    bounds
        West, south, east, north of the district: two numbers that don't say which is which are
        taken in the order that leads into it, else latitude (easting) first.

    Raises
    ------
    InputError
        These are coordinates, but no point on earth.
    """
    given = " ".join(text.translate(_PLAIN).upper().split())[:LONGEST]
    zone = _ZONE.match(given)
    rest = given[zone.end() :] if zone else given
    if _WORDS.search(rest) or len(re.findall(r"[0-9]+", rest)) < 2:
        return None
    values = _values(_numbers(rest))
    if all(abs(v) >= _LEAST_METRES for v in values):
        crs = _utm(int(zone[1])) if zone else crs
        pairs = [_degrees(crs, pair) for pair in _orders(rest, values, latitude_first=False)]
    elif zone:
        raise InputError(NOT_READ, value=text, remedy=REMEDY)
    else:
        signed = _signed(rest, values)
        pairs = [pair[::-1] for pair in _orders(rest, signed, latitude_first=True)]
    possible = [(lat, lng) for lng, lat in pairs if abs(lat) <= 90 and abs(lng) <= 180]
    if not possible:
        raise InputError(NOT_READ, value=text, remedy=REMEDY)
    return next((p for p in possible if _is_near(p, bounds)), possible[0])


def _numbers(text: str) -> list[float]:
    """Return the numbers of a text by its own decimal sign."""
    if _GROUPED.search(text):  # 6.178.001 is no decimal, so the points are of thousands
        text = re.sub(r"(?<=[0-9])\.(?=[0-9]{3})", "", text).replace(",", ".")
    elif "." in text:
        text = text.replace(",", " ")
    else:
        alone = re.fullmatch(r"\s*([0-9]{5,}),([0-9]{5,})\s*", text)
        text = f"{alone[1]} {alone[2]}" if alone else re.sub(r",(?=[0-9])", ".", text)
    return [float(n) for n in re.findall(r"(?:(?<![0-9])-)?[0-9]+(?:\.[0-9]+)?", text)]


def _values(numbers: list[float]) -> Pair:
    """Return two values of degrees, of degrees and minutes, or with seconds."""
    half, odd = divmod(len(numbers), 2)
    if odd or not 1 <= half <= 3:
        raise InputError(NOT_READ, value=numbers, remedy=REMEDY)
    return _value(numbers[:half]), _value(numbers[half:])


def _value(parts: Sequence[float]) -> float:
    whole = all(p.is_integer() for p in parts[:-1])
    if not whole or any(not 0 <= p < _ROUND for p in parts[1:]):
        raise InputError(NOT_READ, value=list(parts), remedy=REMEDY)
    size = sum(abs(p) / _ROUND**i for i, p in enumerate(parts))
    return math.copysign(size, parts[0])


def _letters(text: str) -> str:
    return "".join(re.findall(r"[NSEWØVXY]", text))


def _signed(text: str, values: Pair) -> Pair:
    letters = _letters(text)
    signs = [-1 if letter in _NEGATIVE else 1 for letter in letters] or [1, 1]
    return (values[0] * signs[0], values[1] * signs[-1])


def _orders(text: str, values: Pair, *, latitude_first: bool) -> list[Pair]:
    """Return the values with the first of the two axes first, in the orders that may be meant."""
    letters = _letters(text)
    straight, swapped = values, values[::-1]
    if not letters:
        return [straight, swapped]
    if len(letters) != 2 or (letters[0] in _LATITUDE) == (letters[1] in _LATITUDE):
        raise InputError(NOT_READ, value=text, remedy=REMEDY)
    return [straight if (letters[0] in _LATITUDE) == latitude_first else swapped]


def _utm(zone: int) -> str:
    if not 1 <= zone <= 60:
        raise InputError(NOT_READ, value=zone, remedy=REMEDY)
    return f"EPSG:{32600 + zone}"


@lru_cache(maxsize=8)
def _transformer(crs: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def _degrees(crs: str, pair: Pair) -> Pair:
    """Return easting and northing as longitude and latitude; what is no place is far out of range."""
    lng, lat = _transformer(crs).transform(*pair)
    return (lng, lat) if math.isfinite(lng) and math.isfinite(lat) else (math.inf, math.inf)


def _is_near(point: Pair, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    lat, lng = point
    wide, high = east - west, north - south
    return west - wide <= lng <= east + wide and south - high <= lat <= north + high
