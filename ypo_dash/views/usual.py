"""What is usual, beside the map: the range of the state's weeks, and a sentence of the latest one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ypo_dash.i18n import number, text
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.normal_range import series_ranges
from ypo_dash.store.calendar import Break, breaks_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import summarise
from ypo_dash.store.week_counts import WeekCounts, week_counts
from ypo_dash.views.judged import concerns_of, design_of
from ypo_dash.views.normal import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

BAND_WEEKS = 110
_bands = Lru(64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The range of one series by week; NaN where there is too little history, or for older weeks.

    ``whole`` says which weeks the data cover whole; the others are not to be compared.
    """

    starts: tuple[date, ...]
    count: Array
    expected: Array
    low: Array
    high: Array
    whole: NDArray[np.bool_]


def latest_week(snapshot: Snapshot, filters: Filters, lang: str) -> str:
    """Return what the latest whole week of a state's period says, in a sentence; empty for a hexagon.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    if filters.cell is not None:
        return ""
    found = normal(snapshot, filters, lang)
    if found.week is None or found.expected is None:
        return ""
    if not found.findings:
        week = f"{found.week.day}/{found.week.month}"
        return text(lang, "The week of {date}: nothing beyond the normal.", date=week)
    more = len(found.findings) - 1
    first = found.findings[0].sentence
    return f"{first} {text(lang, 'And {n} more.', n=number(more, lang))}" if more else first


def band(snapshot: Snapshot, filters: Filters) -> Band:
    """Return the range of the state's total, one series, in the last two years of the data.

    Places, types and a hexagon are taken into account, dates are not. Older weeks have none: each
    week is a regression of its own, and the chart shows two years unless asked for all.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    require_internal(filters.tier)
    key = (snapshot.revision, filters.types, filters.scenes, filters.hours, filters.days, filters.sectors, filters.station, filters.cell)  # fmt: skip
    return _bands.fetch(key, lambda: _band(snapshot, filters))


def _band(snapshot: Snapshot, filters: Filters) -> Band:
    of = week_counts(snapshot, filters)
    number_of = len(of.whole)
    counts = np.asarray(summarise(snapshot, filters).weeks_context, float)[:number_of]
    weeks = [int(i) for i in np.flatnonzero(of.whole)][-BAND_WEEKS:]
    low, high, expected = (np.full(number_of, np.nan) for _ in range(3))
    if weeks:
        breaks = breaks_of(snapshot)
        shares = _parts(snapshot, filters, of, breaks)[None, :]
        found = series_ranges(counts[:, None], design_of(snapshot, of, breaks), shares, weeks)
        expected[weeks], low[weeks], high[weeks] = (
            values[:, 0] for values in (found.expected, found.low, found.high)
        )
    return Band(
        starts=tuple(of.starts), count=counts, expected=expected, low=low, high=high, whole=of.whole
    )


def _parts(snapshot: Snapshot, filters: Filters, of: WeekCounts, breaks: Sequence[Break]) -> Array:
    """Return which part of the state's incidents each break concerns."""
    places, codes = filters.place_sectors(snapshot), list(snapshot.taxonomy.offence)
    inside = [i for i, s in enumerate(snapshot.sectors) if places is None or s.id in places]
    by_type = of.counts[:, inside].sum(axis=(0, 1))
    by_type = by_type * [not filters.types or code in filters.types for code in codes]
    parts: Any = concerns_of(snapshot, breaks) @ by_type / max(1.0, by_type.sum())
    return np.asarray(parts, float)
