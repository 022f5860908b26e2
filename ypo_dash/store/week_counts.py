"""Counts by week, sector and type over all data, and which weeks the data cover whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.store.lru import Lru
from ypo_dash.store.segments import read_truth
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.span_counts import Spans, span_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.store.vectors import Partition

_MONDAY = 3  # 1970-01-01 was a Thursday
SURE_DAY = 10  # incidents of a median day: at so many, a day without any is a day without data
DELAY_DAYS = 120
_DELAY_MONTHS, _SETTLED_MONTHS = 12, 3
_counts = Lru(16)
_delays = Lru(400)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """Counts by week, sector and type under the hours, weekdays and scenes of a state.

    ``counts`` has, after the sectors, *no coordinates* and *outside*; with hours or weekdays they
    are sums of weights, and a night belongs to the week of the day it starts on. ``whole`` says
    of each week whether the data cover all of it.
    """

    first: date
    counts: NDArray[np.float64]
    whole: NDArray[np.bool_]

    @property
    def starts(self) -> list[date]:
        """The Mondays."""
        return [self.first + timedelta(days=7 * i) for i in range(len(self.counts))]


def clear_counts() -> None:
    """Forget all counts; for benchmarks."""
    _counts.clear()


def week_counts(snapshot: Snapshot, filters: Filters) -> WeekCounts:
    """Return the weekly counts of all data; types, places and dates of the state don't matter."""
    key = (snapshot.revision, filters.scenes, filters.hours, filters.days)
    return _counts.fetch(key, lambda: _count(snapshot, filters))


def _count(snapshot: Snapshot, filters: Filters) -> WeekCounts:
    sectors, types = len(snapshot.sectors) + 2, len(snapshot.taxonomy.offences)
    if snapshot.span is None:
        none = np.zeros((0, sectors, types))
        return WeekCounts(first=EPOCH, counts=none, whole=np.zeros(0, np.bool_))
    first, last = ((day - EPOCH).days for day in snapshot.span)
    low = first - 1 - (first - 1 + _MONDAY) % 7  # a night may own a start of the next day
    weeks = (last - low) // 7 + 1
    parts = snapshot.partitions(filters.res)
    total = span_counts(snapshot, filters, Spans(low, weeks, 7), np.arange(sectors, dtype=np.int32))
    whole = _whole(covered_days(parts, low, 7 * weeks), wraps=filters.night_end > 0)
    total.flags.writeable = whole.flags.writeable = False
    return WeekCounts(first=EPOCH + timedelta(days=low), counts=total, whole=whole)


def covered_days(parts: Sequence[Partition], low: int, days: int) -> NDArray[np.bool_]:
    """Return which of ``days`` days from ``low`` on (days since 1970-01-01) have data.

    Days between the first and the last date do, but where incidents are so many that none on a
    day means a gap. A register that dates by the month has no day that is sure.
    """
    sizes = np.zeros(days + 7, np.int64)
    for part in parts:
        here = np.diff(part.offsets)
        sizes[part.first_day - low : part.first_day - low + len(here)] += here
    inside = np.flatnonzero(sizes)
    covered = np.zeros(days, np.bool_)
    covered[inside[0] : inside[-1] + 1] = True
    within = sizes[inside[0] : inside[-1] + 1]
    if within.mean() >= SURE_DAY:
        covered &= sizes[:days] > 0
    return covered


def _whole(covered: NDArray[np.bool_], *, wraps: bool) -> NDArray[np.bool_]:
    whole = np.asarray(covered.reshape(-1, 7).all(axis=1), np.bool_)
    if wraps:  # Sunday's night ends on Monday
        whole &= np.append(covered[7::7], False)
    return whole


def report_share(snapshot: Snapshot) -> NDArray[np.float64] | None:
    """Return the share of incidents that are reported within 0, 1, ... days, by earlier reports.

    Taken from twelve months that ended three months before the data do, as far as there are so
    many; None where reports mostly have no date.
    """
    entries = snapshot.manifest.segments
    settled = entries[: max(0, len(entries) - _SETTLED_MONTHS)][-_DELAY_MONTHS:]
    total = np.zeros(DELAY_DAYS + 2, np.int64)
    for entry in settled:
        found = _delays.get(entry.parquet)
        if not isinstance(found, np.ndarray):
            at = entries.index(entry)
            found = _delay_days(snapshot, at)
            _delays.put(entry.parquet, found)
        total += found
    known = int(total[:-1].sum())
    if known == 0 or known < total[-1]:
        return None
    share: NDArray[np.float64] = np.cumsum(total[:-1]) / known
    return share


def _delay_days(snapshot: Snapshot, at: int) -> NDArray[np.int64]:
    """Return how many reports came after how many days; the last place has those without a date."""
    truth = read_truth(
        snapshot.files, snapshot.manifest.segments[at], ["start_utc", "reported_utc"]
    )
    start, reported = (
        truth[name].to_numpy(zero_copy_only=False).astype("datetime64[s]")
        for name in ("start_utc", "reported_utc")
    )
    known = ~np.isnat(reported)
    days = (reported[known] - start[known]).astype(np.int64) // 86_400
    counted = np.bincount(np.clip(days, 0, DELAY_DAYS), minlength=DELAY_DAYS + 1)
    return np.append(counted, int((~known).sum())).astype(np.int64)
