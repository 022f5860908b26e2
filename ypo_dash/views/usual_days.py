"""What would be normal for a few days: their range by type, learned from the same weekdays before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.stats.false_discovery import benjamini_hochberg
from ypo_dash.stats.normal_range import ENOUGH, LEVEL, RECENT, Ranges, series_ranges
from ypo_dash.stats.week_design import week_design
from ypo_dash.store.calendar import breaks_of, holidays_of
from ypo_dash.store.gaps import gap_between, is_coarse
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.span_counts import day_counts
from ypo_dash.store.week_counts import covered_days
from ypo_dash.views.judged import ALL_TYPES, concerns_of, verdicts_of
from ypo_dash.views.tables import count_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

NORMAL, MORE, FEWER, FEW, HISTORY = "normal", "more", "fewer", "few", "history"
OF_FLAGS = {"none": NORMAL, "more": MORE, "fewer": FEWER, "few": FEW, "history": HISTORY}


@dataclass(frozen=True, slots=True)
class Usual:
    """What would be normal, and how the count stands to it; ``low`` and ``high`` None if unknown."""

    low: float | None
    high: float | None
    verdict: str

    def is_outside(self, count: float) -> bool:
        """Whether a count lies outside the range, be it beyond chance or not."""
        known = self.low is not None and self.high is not None
        return known and not (self.low or 0) <= count_value(count) <= (self.high or 0)


def is_covered(snapshot: Snapshot, period: tuple[date, date]) -> bool:
    """Whether the data cover a period whole: what they do not know is not compared."""
    span = snapshot.span
    inside = span is not None and span[0] <= period[0] and period[1] <= span[1]
    return inside and gap_between(snapshot, *period) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The last weeks of a state up to its period, each with its range; NaN where there is none."""

    starts: list[date]
    counts: Array
    low: Array
    high: Array


def recent(snapshot: Snapshot, filters: Filters, weeks: int = 26) -> Recent | None:
    """Return the period's weekdays in the last weeks; None where the period has no range."""
    period = filters.period(snapshot.span)
    if not _has_range(snapshot, filters, period):
        return None
    windows = _windows(snapshot, filters, period)
    shown = list(range(max(0, len(windows.counts) - weeks), len(windows.counts)))
    found = _range_of(snapshot, windows, shown, slice(-1, None))
    low, high = found.low[:, 0], found.high[:, 0]
    judged = list(week_ranges(snapshot, filters, period).values())
    if judged and judged[-1].low is not None and judged[-1].high is not None:
        low[-1], high[-1] = judged[-1].low, judged[-1].high  # as the table beside has it
    counts = np.where(windows.whole[shown], windows.counts[shown, -1], np.nan)
    return Recent(
        starts=[windows.starts[i] for i in shown],
        counts=counts,
        low=low,
        high=high,
    )


def _has_range(snapshot: Snapshot, filters: Filters, period: tuple[date, date]) -> bool:
    days = (period[1] - period[0]).days + 1
    known = days <= 7 and filters.cell is None and not is_coarse(snapshot)
    return known and is_covered(snapshot, period)


def _range_of(snapshot: Snapshot, windows: _Windows, weeks: list[int], which: slice) -> Ranges:
    breaks = breaks_of(snapshot)
    design = week_design(
        windows.starts, windows.whole, holidays_of(snapshot), [b.start for b in breaks]
    )
    shares = _shares(windows.counts, concerns_of(snapshot, breaks))
    return series_ranges(windows.counts[:, which], design, shares[which], weeks)


def day_ranges(
    snapshot: Snapshot, filters: Filters, period: tuple[date, date], now: Array
) -> dict[int, Usual]:
    """Return low, high and verdict by type (all of them last); empty where there is no range."""
    if not _has_range(snapshot, filters, period):
        return {}
    windows = _windows(snapshot, filters, period)
    found = _range_of(snapshot, windows, [len(windows.counts) - 1], slice(None))
    expected, p = found.expected[0], found.p[0]
    recent = windows.counts[-RECENT:].sum(axis=0)
    judged = ~np.isnan(p) & ((recent >= ENOUGH) | (expected * RECENT >= ENOUGH))
    q = np.full(len(p), np.nan)
    q[judged] = benjamini_hochberg(p[judged]) if judged.any() else []
    said = np.select(
        [np.isnan(p), ~judged, q >= LEVEL, now > expected], [HISTORY, FEW, NORMAL, MORE], FEWER
    )
    return {
        i: Usual(_known(found.low[0, i]), _known(found.high[0, i]), str(said[i]))
        for i in range(len(p))
    }


def week_ranges(
    snapshot: Snapshot, filters: Filters, period: tuple[date, date]
) -> dict[int, Usual]:
    """Return the ranges of a whole week as every view of weeks has them; empty where it is none."""
    found = (
        verdicts_of(snapshot, filters, *period) if _has_range(snapshot, filters, period) else None
    )
    if found is None:
        return {}
    every = filters.types[0] if filters.types else ALL_TYPES
    series = [found[code] for code in (*snapshot.taxonomy.offence, every)]
    return {i: usual_of(low, high, flag) for i, (low, high, flag) in enumerate(series)}


def usual_of(low: float, high: float, flag: str) -> Usual:
    """Return what would be normal from a judged series; no range where history is too short."""
    verdict = OF_FLAGS[flag]
    return Usual(None, None, HISTORY) if verdict == HISTORY else Usual(low, high, verdict)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The same days of every week up to the period: counts by week and type, all types last."""

    starts: list[date]
    whole: NDArray[np.bool_]
    counts: Array


def _windows(snapshot: Snapshot, filters: Filters, period: tuple[date, date]) -> _Windows:
    """Return the counts of the period's weekdays in every week of the data until it."""
    by_day = day_counts(snapshot, filters)
    length = (period[1] - period[0]).days + 1
    at = (period[0] - by_day.first).days
    # The first day counted lies before the data; a window from it on would not be whole.
    begins = np.arange(at % 7 or 7, at + 1, 7)
    covered = covered_days(
        snapshot.partitions(filters.res), (by_day.first - EPOCH).days, len(by_day.counts)
    )
    within = begins[:, None] + np.arange(length)
    counts = by_day.counts[within].sum(axis=1)
    chosen = [not filters.types or code in filters.types for code in snapshot.taxonomy.offence]
    return _Windows(
        [by_day.first + timedelta(days=int(i)) for i in begins],
        covered[within].all(axis=1),
        np.column_stack([counts, counts[:, chosen].sum(axis=1)]),
    )


def _shares(counts: Array, concerns: Array) -> Array:
    """Return what part of each series each break concerns; series x breaks."""
    sums = counts[:, :-1].sum(axis=0)
    return np.vstack([concerns.T, concerns @ sums / max(1.0, sums.sum())])
