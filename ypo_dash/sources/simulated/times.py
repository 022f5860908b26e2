"""Clock times of simulated incidents: hour, span, rounding by the clerk, report.

All times are minutes of the local clock since the first day's midnight.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.sources.simulated.draw import choose

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ypo_dash.sources.simulated.days import Days
    from ypo_dash.sources.simulated.draw import Draw
    from ypo_dash.sources.simulated.inputs import Inputs

MISSING = np.int32(-1)
_HOUR, _DAY = 60, 1440
_ROUNDED = {"hour": 60, "half_hour": 30, "quarter": 15, "five_minutes": 5}


@dataclass
class Times:
    """``start``, ``end`` (-1 = none) and ``reported`` in local minutes since the first day."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    reported: NDArray[np.int32]


def draw_times(inputs: Inputs, days: Days, drawn: Draw, rng: np.random.Generator) -> Times:
    """Draw the span of each incident around its true moment, and when it was reported."""
    moment = _moments(inputs, days, drawn, rng)
    last = _last_minute(inputs)
    start, end = _spans(inputs, days, drawn, moment, rng)
    _fold(start, end, moment, last, rng)
    start, end = _rounded(inputs, drawn, start, end, rng)
    np.minimum(end, last, out=end)
    reported = _reported(inputs, drawn, np.maximum(start, end), rng)
    times = Times(start, end, reported)
    _spoil(inputs, times, rng)
    return times


def _fold(
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    moment: NDArray[np.int32],
    last: int,
    rng: np.random.Generator,
) -> None:
    """Shorten the spans that reach out of the period, without piling them up on its ends."""
    early, late = np.flatnonzero(start < 0), np.flatnonzero(end > last)
    start[early] = (moment[early] * rng.random(len(early))).astype(np.int32)
    room = last - moment[late]
    end[late] = moment[late] + (room * rng.random(len(late))).astype(np.int32)


def _last_minute(inputs: Inputs) -> int:
    period = inputs.settings["period"]
    first = dt.datetime.combine(period["first_day"], dt.time())
    return int((period["extracted_at"] - first).total_seconds()) // 60


def _moments(
    inputs: Inputs, days: Days, drawn: Draw, rng: np.random.Generator
) -> NDArray[np.int32]:
    strata = inputs["strata"]
    row = np.empty((len(strata), len(days.dates)), dtype=np.int64)
    for number, (profile, season) in enumerate(zip(strata["hours"], strata["season"], strict=True)):
        override = days.override[season].to_numpy()
        row[number] = np.where(override >= 0, override, days.row[profile][days.weekday])
    hour = choose(days.hours, row[drawn.stratum, drawn.day], rng)
    minute = rng.integers(_HOUR, size=len(drawn), dtype=np.int32)
    return drawn.day.astype(np.int32) * _DAY + hour.astype(np.int32) * _HOUR + minute


def _spans(
    inputs: Inputs,
    days: Days,
    drawn: Draw,
    moment: NDArray[np.int32],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    parts = inputs["spans"]
    names = sorted(set(parts["span"]))
    own = np.array([[span == name for span in parts["span"]] for name in names])
    usual, empty = (parts[column].to_numpy() for column in ("share", "share_absence"))
    table = np.vstack([own * usual, own * empty]).astype(np.float64)
    number = np.array([names.index(span) for span in inputs["strata"]["span"]], dtype=np.int16)
    row = number[drawn.stratum] + len(names) * days.absence[drawn.day]
    part = choose(table, row, rng)
    low, high = (parts[column].to_numpy(dtype=np.float64) * _HOUR for column in ("low_h", "high_h"))
    length = low[part] * (high / np.maximum(low, 1))[part] ** rng.random(len(drawn))
    start = moment - (length * rng.random(len(drawn))).astype(np.int32)
    end = start + length.astype(np.int32)
    end[(parts["part"] == "open").to_numpy()[part]] = MISSING
    return start.astype(np.int32), end.astype(np.int32)


def _rounded(
    inputs: Inputs,
    drawn: Draw,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Round outwards to what a clerk writes; an exact time of day not known becomes 00:00."""
    heaps = inputs["heaping"].set_index("type")
    by_type = heaps.loc[inputs["strata"]["type"]]
    known = by_type[list(_ROUNDED)].to_numpy(dtype=np.float64)
    midnight = by_type["midnight"].to_numpy(dtype=np.float64)[:, None]
    table = np.hstack([known, midnight, 1 - known.sum(axis=1, keepdims=True) - midnight])
    unit = np.array([*_ROUNDED.values(), _DAY, 1], dtype=np.int32)[
        choose(table, drawn.stratum, rng)
    ]
    spans = end > start
    unit[spans & (unit == _DAY)] = 1
    first = start - start % unit
    after = -(-end // unit) * unit
    last = np.where(end == MISSING, MISSING, np.where(spans, after, first))
    return first, last.astype(np.int32)


def _reported(
    inputs: Inputs, drawn: Draw, known: NDArray[np.int32], rng: np.random.Generator
) -> NDArray[np.int32]:
    delays = inputs["delays"].set_index("type").loc[inputs["strata"]["type"]]
    of: dict[str, NDArray[np.float64]] = {
        str(name): delays[name].to_numpy(dtype=np.float64) for name in delays if name != "source"
    }
    stratum = drawn.stratum
    at_once = rng.random(len(drawn)) < of["share_now"][stratum]
    soon = rng.standard_exponential(len(drawn)) * of["now_mean_h"][stratum]
    later = np.exp(rng.standard_normal(len(drawn)) * of["later_sigma"][stratum])
    delay = np.where(at_once, soon, later * of["later_median_h"][stratum]) * _HOUR
    reported: NDArray[np.int32] = known + np.minimum(delay, np.iinfo(np.int32).max // 2).astype(
        np.int32
    )
    first, last = inputs.settings["quality"]["night_report_hours"]
    clock = reported % _DAY
    asleep = ~at_once & (clock >= first * _HOUR) & (clock < last * _HOUR)
    # Shifting by the length of the night keeps the reports of a night spread over a morning.
    reported[asleep] += (last - first) * _HOUR
    end = _last_minute(inputs)
    late = reported > end
    room = end - known[late]
    reported[late] = known[late] + (room * rng.random(len(room))).astype(np.int32)
    return reported


def _spoil(inputs: Inputs, times: Times, rng: np.random.Generator) -> None:
    """Keep clock times real where daylight saving skips an hour, but for a handful on purpose."""
    quality = inputs.settings["quality"]
    gaps = _gaps(inputs)
    left = np.flatnonzero(sum(_within(times.start, gap) for gap in gaps))
    kept = left[: _handful(quality["nonexistent_times"], len(times.start))]
    original = times.start[kept].copy()
    for gap in gaps:
        for column in (times.start, times.end, times.reported):
            column[_within(column, gap)] += gap[1] - gap[0]
    # A span that ends just after the skipped hour may start after its end by now.
    times.end[:] = np.where(times.end == MISSING, MISSING, np.maximum(times.start, times.end))
    times.start[kept] = original
    np.maximum(times.reported, np.maximum(times.start, times.end), out=times.reported)
    spans = np.flatnonzero(times.end > times.start)
    wrong = _handful(quality["ends_before_start"], len(times.start))
    swap = rng.choice(spans, min(wrong, len(spans)), replace=False)
    times.start[swap], times.end[swap] = times.end[swap].copy(), times.start[swap].copy()


def _handful(number: int, incidents: int) -> int:
    # Small demonstrations get fewer planted faults, never more than one in a thousand of each.
    return min(int(number), incidents // 1000)


def _within(column: NDArray[np.int32], gap: tuple[int, int]) -> NDArray[np.bool_]:
    return (column >= gap[0]) & (column < gap[1])


def _gaps(inputs: Inputs) -> list[tuple[int, int]]:
    """Return the local minutes that daylight saving skips, by looking at each hour of the zone."""
    zone = inputs.district.zone
    period = inputs.settings["period"]
    first = dt.datetime.combine(period["first_day"], dt.time())
    days = _last_minute(inputs) // _DAY + 1
    found = []
    for day in range(days):
        midnight = first + dt.timedelta(days=day)
        before = midnight.replace(tzinfo=zone).utcoffset()
        after = (midnight + dt.timedelta(days=1)).replace(tzinfo=zone).utcoffset()
        if before is None or after is None or after <= before:
            continue
        jump = int((after - before).total_seconds()) // 60
        for minute in range(day * _DAY, (day + 1) * _DAY, 30):
            local = first + dt.timedelta(minutes=minute)
            back = local.replace(tzinfo=zone).astimezone(dt.UTC).astimezone(zone)
            if back.replace(tzinfo=None) != local:
                found.append((minute, minute + jump))
                break
    return found


def local_dates(days: Days) -> pd.DatetimeIndex:
    """Return the days a report can fall on: the period and the morning of the extract."""
    return days.dates.union(days.dates[-1:] + np.timedelta64(1, "D"))
