"""Read a file of addresses: columns street, number, postcode, city, and lat and lon or x and y."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import InputError
from ypo_dash.sources.small_tables import missing_column, plain_number, raw_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

_NUMBER = re.compile(r"0*([0-9]{1,5})\s?([A-Za-zÆØÅæøå]?)")
_TEXTS = ("street", "number", "postcode", "city")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Address:
    """An address: house number and its letter (a capital, or empty), WGS84, and its line of the file."""

    street: str
    number: int
    letter: str
    postcode: str
    city: str
    lat: float
    lng: float
    line: int


def read_addresses(path: Path, crs: str) -> list[Address]:
    """Read a CSV or XLSX of addresses, all of it.

    Parameters
    ----------
    crs
        Of x and y, where the file has them instead of lat and lon.

    Raises
    ------
    InputError
        A column is missing, or a row is no address; it names line, column and value.
    """
    frame = raw_table(path).fillna("")
    frame.columns = [str(c).strip().lower() for c in frame.columns]
    names = ("lat", "lon") if "lat" in frame or "x" not in frame else ("x", "y")
    for column in (*_TEXTS, *names):
        if column not in frame:
            raise missing_column(path, column, list(frame.columns))
    if frame.empty:
        raise InputError("the table has no rows", file=path)
    columns = {name: frame[name].str.split().str.join(" ").tolist() for name in (*_TEXTS, *names)}
    lines = (frame.index.to_numpy() + 2).tolist()
    lat, lng = _points(path, frame, columns, names, crs)
    return [
        _address(path, line, {name: columns[name][i] for name in _TEXTS}, (lat[i], lng[i]))
        for i, line in enumerate(lines)
    ]


def _address(path: Path, line: int, row: dict[str, str], point: tuple[float, float]) -> Address:
    for column in ("street", "number"):
        if not row[column]:
            raise InputError("this is missing", file=path, line=line, column=column, remedy="Fill it in, or take the row out")  # fmt: skip
    for column in _TEXTS:
        if len(row[column]) > _LONGEST:
            raise InputError("this is too long", file=path, line=line, column=column, value=row[column])  # fmt: skip
    number = _NUMBER.fullmatch(row["number"])
    if not number:
        raise InputError(
            "this is no house number", file=path, line=line, column="number", value=row["number"],
            remedy="Write it as 12 or 12B",
        )  # fmt: skip
    return Address(row["street"], int(number[1]), number[2].upper(), row["postcode"], row["city"], *point, line)  # fmt: skip


def _points(
    path: Path,
    frame: pd.DataFrame,
    columns: dict[str, list[str]],
    names: tuple[str, str],
    crs: str,
) -> tuple[list[float], list[float]]:
    """Return latitudes and longitudes, to a tenth of a metre."""
    first, second = (_numbers(path, frame, columns[name], name) for name in names)
    if names == ("x", "y"):
        from pyproj import Transformer

        back = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        lng, lat = back.transform(first, second)
    else:
        lat, lng = first, second
    good = np.isfinite(lat) & np.isfinite(lng) & (np.abs(lat) <= 90) & (np.abs(lng) <= 180)
    if not good.all():
        at = int(np.argmin(good))
        raise InputError(
            "this is no point on earth", file=path, line=int(frame.index[at]) + 2, column=names[0],
            value=f"{columns[names[0]][at]} {columns[names[1]][at]}",
            remedy=f"{names[0]} and {names[1]} are {'degrees' if names[0] == 'lat' else f'metres of {crs}'}",
        )  # fmt: skip
    return np.round(lat, 6).tolist(), np.round(lng, 6).tolist()


def _numbers(path: Path, frame: pd.DataFrame, texts: list[str], column: str) -> NDArray[np.float64]:
    values = [plain_number(text, decimal=True) for text in texts]
    for at, value in enumerate(values):
        if value is None or not math.isfinite(value):
            raise InputError(
                "this is no number", file=path, line=int(frame.index[at]) + 2, column=column,
                value=texts[at], remedy="Write it as 55.7038 or 55,7038",
            )  # fmt: skip
    return np.array(values, dtype=float)
