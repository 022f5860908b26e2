"""Clock texts to UTC: time zones, clock changes, and the spans of coarser units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.sources.clock import (
    DAY,
    HOUR,
    ISO,
    MINUTE,
    MONTH,
    NO_OFFSET,
    UNITS,
    Clock,
    layout_of,
    parse_clock,
)
from ypo_dash.sources.tables import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.sources.profile import TimeOptions

EARLIEST = np.datetime64("1900-01-01T00:00:00", "s")
_SAMPLE = 2000
_DAY = 86400
_STEPS = {
    HOUR: (np.dtype("datetime64[h]"), np.timedelta64(1, "h")),
    DAY: (np.dtype("datetime64[D]"), np.timedelta64(1, "D")),
    MONTH: (np.dtype("datetime64[M]"), np.timedelta64(1, "M")),
}


@dataclass(frozen=True)
class Moments:
    """One column of times, per row.

    ``start`` and ``end`` bound the stated unit in UTC (datetime64[s], NaT where there is none);
    they are equal where the time is exact to the minute. ``flags`` are the bits below.
    """

    start: NDArray[np.datetime64]
    end: NDArray[np.datetime64]
    flags: NDArray[np.uint8]

    @classmethod
    def none(cls, n: int) -> Moments:
        """Return ``n`` rows without a time."""
        nothing = np.full(n, "NaT", dtype="datetime64[s]")
        return cls(nothing, nothing, np.zeros(n, dtype=np.uint8))

    def has(self, flag: int) -> NDArray[np.bool_]:
        """Return which rows have a flag."""
        return np.asarray(self.flags & flag > 0)

    def take(self, rows: NDArray[np.int64]) -> Moments:
        """Return the moments of some rows."""
        return Moments(self.start[rows], self.end[rows], self.flags[rows])


# No time at all; a text that is none; before 1900; after tomorrow; a clock time that exists twice
# or never because the clock changes.
ABSENT, BAD, EARLY, LATE, AMBIGUOUS, NONEXISTENT = (1 << bit for bit in range(6))


@dataclass(frozen=True)
class ClockRules:
    """How a column's clock is read: formats, zone, whether stated offsets hold, coarsest unit."""

    formats: tuple[str, ...]
    zone: ZoneInfo
    offsets: bool
    unit: int

    @classmethod
    def of(
        cls, options: TimeOptions, district: str, *, columns: int, typed: bool, instant: bool
    ) -> ClockRules:
        """Make the rules for one of our time columns.

        Parameters
        ----------
        options
            The profile's.
        district
            The district's time zone: it holds where the profile names none.
        columns
            How many of the file's columns are joined.
        typed
            The file has dates and times of its own, which read as ISO texts.
        instant
            The column's values are points in time, whatever zone the profile names.
        """
        formats = tuple(f for fmt in options.formats for f in (fmt, *_shorter(fmt, columns)))
        if typed and ISO not in formats:
            formats = (*formats, ISO)
        named = options.timezone not in (None, "trust-offset")
        zone = ZoneInfo(str(options.timezone) if named else district)
        return cls(formats, zone, instant or not named, UNITS.index(options.precision or "minute"))


def _shorter(fmt: str, columns: int) -> list[str]:
    """Return the format without its last columns, which may be empty, down to the date."""
    parts = fmt.split(" ")
    if columns < 2 or len(parts) != columns:
        return []
    found = []
    for n in range(columns - 1, 0, -1):
        try:
            layout = layout_of(" ".join(parts[:n]))
        except ValueError:
            break
        if layout.unit is not None and layout.unit <= UNITS.index("day"):
            found.append(" ".join(parts[:n]))
    return found


def read_moments(texts: pa.Array, rules: ClockRules) -> Moments:
    """Read a column of clock texts.

    Parameters
    ----------
    texts
        Strings without nulls or space around them.
    rules
        Formats, zone and unit.
    """
    if _mostly_distinct(texts):
        return _read_each(texts, rules)
    encoded = texts.dictionary_encode()
    return _read_each(encoded.dictionary, rules).take(encoded.indices.to_numpy())


def _mostly_distinct(texts: pa.Array) -> bool:
    sample = texts.take(pa.array(np.arange(0, len(texts), max(1, len(texts) // _SAMPLE))))
    return 2 * len(sample.unique()) > len(sample)


def _read_each(texts: pa.Array, rules: ClockRules) -> Moments:
    absent = pc.is_in(texts, pa.array(NOTHING)).to_numpy(zero_copy_only=False)
    clock = parse_clock(texts, rules.formats)
    limit = np.datetime64(datetime.now(tz=rules.zone).date() + timedelta(days=2), "s")
    early, late = clock.wall < EARLIEST, clock.wall >= limit
    flags = absent * np.uint8(ABSENT) | (np.isnat(clock.wall) & ~absent) * np.uint8(BAD)
    flags |= early * np.uint8(EARLY) | late * np.uint8(LATE)
    clock.wall[absent | early | late] = np.datetime64("NaT")
    start, end, changes = _bounds(clock, rules)
    return Moments(start, end, flags | changes)


def _bounds(
    clock: Clock, rules: ClockRules
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64], NDArray[np.uint8]]:
    """Return the bounds of the stated units in UTC, and which clock times are of a change."""
    wall, unit = clock.wall, np.maximum(clock.unit, rules.unit)
    stated = (clock.offset != NO_OFFSET) & ~np.isnat(wall) & rules.offsets
    exact = wall - clock.offset.astype("timedelta64[s]")
    if stated.any():
        wall = np.where(
            stated, _to_wall(np.where(stated, exact, np.datetime64("NaT")), rules.zone), wall
        )
    first, following = _unit_bounds(wall, unit)
    start, changes = localise(first, rules.zone)
    coarse, days = unit > MINUTE, unit > HOUR
    # An hour lasts an hour, also the first of two of the same name; a day may last 23 or 25.
    end = np.where(coarse, start + np.timedelta64(1, "h"), start)
    if days.any():
        end[days] = localise(following[days], rules.zone)[0]
    instant = stated & ~coarse
    start[instant] = end[instant] = exact[instant]
    changes[stated | (unit > HOUR)] = 0
    return start, end, changes


def _unit_bounds(
    wall: NDArray[np.datetime64], unit: NDArray[np.int8]
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    first, following = wall.copy(), wall.copy()
    for code, (kind, step) in _STEPS.items():
        rows = unit == code
        if rows.any():
            begun = wall[rows].astype(kind)
            first[rows] = begun
            following[rows] = begun + step
    return first, following


def localise(
    wall: NDArray[np.datetime64], zone: ZoneInfo
) -> tuple[NDArray[np.datetime64], NDArray[np.uint8]]:
    """Turn wall-clock times into UTC.

    A time that exists twice is the first; one that does not exist moves to the first that does.

    Returns
    -------
    tuple
        UTC, and flags: ``AMBIGUOUS`` or ``NONEXISTENT`` or neither.
    """
    seconds = wall.astype("datetime64[s]").view(np.int64)
    there = ~np.isnat(wall)
    flags = np.zeros(len(wall), dtype=np.uint8)
    if not there.any():
        return wall.astype("datetime64[s]"), flags
    days = np.where(there, seconds, seconds[there][0]) // _DAY
    least = int(days.min())
    midnights = np.arange(least, int(days.max()) + 2).astype("datetime64[D]")
    offsets = midnights.astype("datetime64[s]") - _localise_each(midnights, zone)[0]
    # Only on a day that ends with another offset than it began with does the clock change.
    changes = (np.diff(offsets) != np.timedelta64(0, "s"))[days - least] & there
    utc = wall - offsets[days - least]
    utc[changes], flags[changes] = _localise_each(wall[changes], zone)
    return utc, flags


def _localise_each(
    wall: NDArray[np.datetime64], zone: ZoneInfo
) -> tuple[NDArray[np.datetime64], NDArray[np.uint8]]:
    index = pd.DatetimeIndex(wall.astype("datetime64[s]"))
    everywhere = np.ones(len(wall), dtype=bool)
    first = index.tz_localize(zone, ambiguous=everywhere, nonexistent="shift_forward")
    second = index.tz_localize(zone, ambiguous=~everywhere, nonexistent="shift_forward")
    twice = np.asarray(first.asi8 != second.asi8)
    never = np.asarray(first.tz_localize(None).asi8 != index.asi8)
    utc = first.tz_convert(UTC).tz_localize(None).to_numpy().astype("datetime64[s]")
    return utc, twice * np.uint8(AMBIGUOUS) | never * np.uint8(NONEXISTENT)


def _to_wall(utc: NDArray[np.datetime64], zone: ZoneInfo) -> NDArray[np.datetime64]:
    local = pd.DatetimeIndex(utc).tz_localize(UTC).tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[s]")
