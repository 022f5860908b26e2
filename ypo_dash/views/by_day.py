"""A state's period by weeks and days, each whole week beside the range that would be normal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.normal_range import FLAGS
from ypo_dash.store.query import daily_counts
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.week_counts import covered_days
from ypo_dash.views.judged import judge, shown, weeks_within
from ypo_dash.views.normal import is_provisional
from ypo_dash.views.usual_days import Usual, usual_of

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.judged import Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """An ISO week, or what the period has of it.

    ``days`` are the counts from Monday on, None outside the period or the data; ``usual`` is known
    of whole weeks of one series alone; ``provisional`` says that reports are still to come.
    """

    start: date
    days: tuple[float | None, ...]
    count: float
    usual: Usual | None
    provisional: bool

    @property
    def number(self) -> int:
        """The number of the ISO week."""
        return self.start.isocalendar().week


def weeks_by_day(snapshot: Snapshot, filters: Filters) -> tuple[Week, ...]:
    """Return the weeks of a state's period; their counts sum up to the state's.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    require_internal(filters.tier)
    first, last = filters.period(snapshot.span)
    counts = _days(snapshot, filters, first, last)
    usual = _usual(snapshot, filters, first, last)
    monday = first - timedelta(days=first.weekday())
    found = []
    for start in (monday + timedelta(days=7 * i) for i in range((last - monday).days // 7 + 1)):
        days = tuple(counts.get(start + timedelta(days=i)) for i in range(7))
        found.append(
            Week(
                start=start,
                days=days,
                count=sum(n for n in days if n is not None),
                usual=usual.get(start),
                provisional=start in usual and is_provisional(snapshot, start),
            )
        )
    return tuple(found)


def _days(snapshot: Snapshot, filters: Filters, first: date, last: date) -> dict[date, float]:
    """Return the count of each day of a period that the data cover, or that has any."""
    begin, counts = daily_counts(snapshot, filters)
    covered = covered_days(snapshot.partitions(filters.res), (begin - EPOCH).days, len(counts))
    days = ((begin + timedelta(days=i), float(n), bool(covered[i])) for i, n in enumerate(counts))
    return {day: n for day, n, known in days if first <= day <= last and (known or n)}


def _usual(snapshot: Snapshot, filters: Filters, first: date, last: date) -> dict[date, Usual]:
    """Return the range of each whole week by its Monday; empty where the state is no one series."""
    series = shown(snapshot, filters)
    # Of a place all types, of the district all sectors together stand last.
    wanted = series[-1] if series else None
    places = filters.place_sectors(snapshot)
    single = (places is None or len(places) == 1) and len(filters.types) <= 1
    if wanted is None or not single or filters.cell is not None:
        return {}
    counts, judged = judge(snapshot, filters, [])
    weeks = weeks_within(counts, first, last)
    counts, judged = judge(snapshot, filters, weeks)
    return {counts.starts[week]: _of(judged[week], wanted[:2]) for week in weeks}


def _of(judged: Judged, at: tuple[int, int]) -> Usual:
    return usual_of(float(judged.low[at]), float(judged.high[at]), FLAGS[judged.flag[at]])
