"""From UTC times to what queries need: local day, minute of the week, span, pieces around a switch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ypo_dash.model.hours import WEEK_MINUTES
from ypo_dash.store.vectors import SPAN_EVEN, SPAN_PIECES

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DAY = 1440
_MONDAY = 3  # 1970-01-01 was a Thursday


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """Local time columns of rows; see `ypo_dash.store.vectors.Partition` for the codes."""

    day: NDArray[np.int32]
    start: NDArray[np.uint16]
    span: NDArray[np.uint16]
    piece_row: NDArray[np.int32]
    piece_offset: NDArray[np.int32]
    piece_start: NDArray[np.int32]
    piece_length: NDArray[np.int32]


def local_times(
    start_utc: pd.Series[pd.Timestamp], end_utc: pd.Series[pd.Timestamp], zone: str
) -> LocalTimes:
    """Derive the local columns.

    Parameters
    ----------
    start_utc, end_utc
        Naive UTC, ``datetime64[s]``; a missing end means the start alone is known.
    zone
        IANA time zone of the district.
    """
    start = _minutes(start_utc)
    end = _minutes(end_utc)
    known = end_utc.notna().to_numpy()
    length = np.where(known, np.maximum(end - start, 0), 0)
    start_local = start + _offset(start, zone)
    end_local = end + _offset(end, zone)
    span = np.where(length > WEEK_MINUTES, SPAN_EVEN, length)
    crossing = known & (length > 0) & (length <= WEEK_MINUTES) & (end_local - start_local != length)
    rows = np.flatnonzero(crossing).astype(np.int32)
    span[rows] = SPAN_PIECES
    piece_start, piece_length = _pieces(start[rows], end[rows], zone)
    return LocalTimes(
        day=np.floor_divide(start_local, _DAY).astype(np.int32),
        start=_minute_of_week(start_local).astype(np.uint16),
        span=span.astype(np.uint16),
        piece_row=rows,
        piece_offset=np.arange(0, 2 * len(rows) + 1, 2, dtype=np.int32),
        piece_start=piece_start,
        piece_length=piece_length,
    )


def local_texts(utc: pd.Series[pd.Timestamp], zone: str) -> list[str | None]:
    """Return naive UTC times as ISO 8601 local times with their offset; None where there is none."""
    seconds = utc.astype("datetime64[s]").to_numpy()
    known = ~np.isnat(seconds)
    minutes = _minutes(utc)
    offset = np.where(known, _offset(minutes, zone), 0) if known.any() else minutes
    texts = np.datetime_as_string(seconds + (offset * 60).astype("timedelta64[s]"), unit="s")
    signs = {
        int(o): f"{'-' if o < 0 else '+'}{abs(o) // 60:02d}:{abs(o) % 60:02d}"
        for o in np.unique(offset)
    }
    return [
        f"{text}{signs[int(o)]}" if here else None
        for text, o, here in zip(texts.tolist(), offset.tolist(), known.tolist(), strict=True)
    ]


def _minutes(times: pd.Series[pd.Timestamp]) -> NDArray[np.int64]:
    # Minutes, floored: the minute is the unit of all weights.
    seconds = times.astype("datetime64[s]").to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.floor_divide(np.where(times.isna().to_numpy(), 0, seconds), 60)


def _minute_of_week(local: NDArray[np.int64]) -> NDArray[np.int64]:
    return (local + _MONDAY * _DAY) % WEEK_MINUTES


def _offset(utc_minutes: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the offset from UTC in minutes at each instant."""
    if not len(utc_minutes):
        return utc_minutes
    low, high = int(utc_minutes.min()), int(utc_minutes.max())
    # Whole decades, so that few different tables are ever built.
    at, offsets = _switches(zone, low // (_DAY * 3653), high // (_DAY * 3653) + 1)
    return offsets[np.searchsorted(at, utc_minutes, side="right")]


@lru_cache(maxsize=32)
def _switches(zone: str, low: int, high: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the UTC minutes at which the zone's offset changes, and the offsets between them."""
    ten_years = _DAY * 3653
    hours = np.arange(low * ten_years, high * ten_years + 60, 60)
    offset = _offset_slow(hours, zone)
    change = np.flatnonzero(np.diff(offset))
    left, right = hours[change], hours[change + 1]
    while len(left) and (right - left).max() > 1:  # to the minute
        middle = (left + right) // 2
        same = _offset_slow(middle, zone) == offset[change]
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return right, np.concatenate([offset[:1], offset[change + 1]])


def _offset_slow(minutes: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    utc = pd.DatetimeIndex((minutes * 60).astype("datetime64[s]"))
    local = utc.tz_localize("UTC").tz_convert(zone).tz_localize(None)
    seconds = local.to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.floor_divide(seconds, 60) - minutes


def _pieces(
    start: NDArray[np.int64], end: NDArray[np.int64], zone: str
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Split spans at the one switch each of them crosses; two pieces a span."""
    if not len(start):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    decade = _DAY * 3653
    at, _ = _switches(zone, int(start.min()) // decade, int(end.max()) // decade + 1)
    switch = at[np.searchsorted(at, start, side="right")]
    starts = np.stack(
        [
            _minute_of_week(start + _offset(start, zone)),
            _minute_of_week(switch + _offset(switch, zone)),
        ],
        axis=1,
    )
    lengths = np.stack([switch - start, end - switch], axis=1)
    return starts.ravel().astype(np.int32), lengths.ravel().astype(np.int32)
