"""Simulated incidents as a table: journal numbers, codes, ISO times and coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ypo_dash.sources.simulated.times import MISSING, local_dates

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.city import City
    from ypo_dash.sources.simulated.days import Days
    from ypo_dash.sources.simulated.draw import Draw
    from ypo_dash.sources.simulated.inputs import Inputs
    from ypo_dash.sources.simulated.times import Times

_DAY = 1440
_SERIAL_DIGITS = 5


def build_frame(
    inputs: Inputs, city: City, days: Days, drawn: Draw, times: Times, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the incidents in order of ``reported_at``, numbered in that order within a year."""
    order = np.argsort(times.reported, kind="stable")
    stratum = drawn.stratum[order]
    lat, lon = _points(inputs, city, drawn, order, rng)
    types = list(inputs["levels"]["type"])
    type_of = np.array([types.index(code) for code in inputs["strata"]["type"]], dtype=np.int32)
    clock = _Clock(days)
    reported = times.reported[order]
    columns = {
        "incident_id": _journal_numbers(inputs, days, reported),
        "type": _words(types, type_of[stratum]),
        "scene": _words(city.scenes, drawn.scene[order].astype(np.int32)),
        "time_from": clock.text(times.start[order]),
        "time_to": clock.text(times.end[order]),
        "reported_at": clock.text(reported),
    }
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    return frame.assign(lat=lat, lon=lon)


def _points(
    inputs: Inputs,
    city: City,
    drawn: Draw,
    order: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    place = drawn.place[order]
    lat = city.places["lat"].to_numpy()[place]
    lon = city.places["lon"].to_numpy()[place]
    quality = inputs.settings["quality"]
    chance = rng.random(len(order))
    missing = chance < _missing_shares(inputs, drawn)[drawn.stratum[order]]
    lat[missing] = lon[missing] = np.nan
    outside = np.flatnonzero(chance > 1 - quality["outside"])
    wrong = city.outside[rng.integers(len(city.outside), size=len(outside))]
    lat[outside], lon[outside] = wrong[:, 0], wrong[:, 1]
    return lat, lon


def _missing_shares(inputs: Inputs, drawn: Draw) -> NDArray[np.float64]:
    percent = inputs["levels"].set_index("type")["no_coordinates_pct"]
    share = percent.loc[inputs["strata"]["type"]].to_numpy(dtype=np.float64)
    drawn_of = np.bincount(drawn.stratum, minlength=len(share))
    wanted = inputs.settings["quality"]["no_coordinates"]
    shares: NDArray[np.float64] = share * wanted / np.average(share, weights=drawn_of)
    return shares


def _words(words: list[str], number: NDArray[np.int32]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(number, pa.array(words)).cast(pa.large_string())


class _Clock:
    """Writes local minutes as ``2012-11-23T22:10`` by looking both halves up."""

    def __init__(self, days: Days) -> None:
        dates = local_dates(days).strftime("%Y-%m-%d")
        self.date = np.array(dates, dtype="S10")
        self.minute = np.array([f"T{m // 60:02d}:{m % 60:02d}" for m in range(_DAY)], dtype="S6")

    def text(self, minutes: NDArray[np.int32]) -> pa.Array:
        known = minutes != MISSING
        day, minute = np.divmod(np.where(known, minutes, 0), _DAY)
        letters = np.empty((len(minutes), 16), dtype=np.uint8)
        letters[:, :10] = self.date.view(np.uint8).reshape(-1, 10)[day]
        letters[:, 10:] = self.minute.view(np.uint8).reshape(-1, 6)[minute]
        return _strings(letters, known)


def _strings(letters: NDArray[np.uint8], known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Make an Arrow string array of rows of ASCII letters without a Python object per row."""
    number, width = letters.shape
    offsets = np.arange(number + 1, dtype=np.int64) * width
    mask = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.LargeStringArray.from_buffers(
        number, pa.py_buffer(offsets), pa.py_buffer(letters.ravel()), mask
    )


def _journal_numbers(inputs: Inputs, days: Days, reported: NDArray[np.int32]) -> pa.Array:
    year = local_dates(days).year.to_numpy()[reported // _DAY]
    starts = np.searchsorted(year, np.unique(year))
    serial = np.arange(len(year)) - np.repeat(starts, np.diff([*starts, len(year)])) + 1
    digits = max(_SERIAL_DIGITS, len(str(serial.max())))
    head = np.frombuffer(f"{inputs.settings['journal']['district']}-".encode(), dtype=np.uint8)
    letters = np.empty((len(year), len(head) + digits + 3), dtype=np.uint8)
    letters[:, : len(head)] = head
    letters[:, len(head) : -3] = _digits(serial, digits)
    letters[:, -3] = ord("-")
    letters[:, -2:] = _digits(year % 100, 2)
    return _strings(letters)


def _digits(number: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
    tens = 10 ** np.arange(width - 1, -1, -1)
    return (number[:, None] // tens % 10 + ord("0")).astype(np.uint8)
