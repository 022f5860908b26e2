"""A period against its like before it: by type, with the range that would be normal, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.tiers import require_internal
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.query import Summary, summarise
from ypo_dash.views.absent import absent_types
from ypo_dash.views.months import is_whole_months, months_back, months_in
from ypo_dash.views.usual_days import Usual, day_ranges, is_covered, week_ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

BEFORE = 4  # periods whose mean stands beside
_SAME_WEEKDAYS = 364
_YEAR_MONTHS = 12
_SHORT_DAYS = 14  # periods up to this are compared by weekday, longer ones by date


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRow:
    """A type of offence, or all of them (``code`` empty).

    ``previous``, ``mean`` and ``year`` are None where the data do not cover that period whole;
    ``usual`` where the period has no range.
    """

    code: str
    count: float
    previous: float | None
    mean: float | None
    year: float | None
    usual: Usual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A state's types against earlier periods of equal length.

    ``previous`` and ``year`` are those periods, None where the data do not cover them or the period
    itself whole; ``before``
    says how many of the last four they cover. ``ranged`` says whether the period has a range:
    whole days of one week at most, and no hexagon. ``among_week`` says that the verdicts are those
    of a whole week among all its sectors and types, not of the period among its types. ``absent``
    are types that no incident of all the data is of.
    """

    summary: Summary
    period: tuple[date, date]
    previous: tuple[date, date] | None
    year: tuple[date, date] | None
    before: int
    ranged: bool
    among_week: bool
    absent: frozenset[str]
    rows: tuple[TypeRow, ...]
    all: TypeRow


def compared(snapshot: Snapshot, filters: Filters) -> Compared:
    """Return a state's counts by type, beside those of earlier periods.

    The previous period begins a whole number of weeks earlier, as few as its length needs: the
    weekend before, the week before. Periods of up to two weeks are compared with the same weekdays
    of the year before (364 days), longer ones with the same dates. Where incidents are dated by the
    month, whole months are compared with whole months.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    period = summary.period
    earlier, year = _earlier(snapshot, period)
    whole = is_covered(snapshot, period)  # part of a period is not compared with whole ones
    known = [p for p in earlier if whole and is_covered(snapshot, p)]
    previous = earlier[0] if earlier and earlier[0] in known else None
    year = year if year and whole and is_covered(snapshot, year) else None
    counts = {p: _counts(snapshot, filters, p) for p in {*known, *([year] if year else [])}}
    mean = np.mean([counts[p] for p in known], axis=0) if len(known) == BEFORE else None
    codes = (*snapshot.taxonomy.offence, "")
    now = np.append(summary.types, summary.total)
    week = week_ranges(snapshot, filters, period)
    ranges = week or day_ranges(snapshot, filters, period, now)
    rows = [
        TypeRow(
            code=code,
            count=float(now[i]),
            previous=float(counts[previous][i]) if previous else None,
            mean=None if mean is None else float(mean[i]),
            year=float(counts[year][i]) if year else None,
            usual=ranges.get(i),
        )
        for i, code in enumerate(codes)
        if not code or not filters.types or code in filters.types
    ]
    return Compared(
        summary=summary,
        period=period,
        previous=previous,
        year=year,
        before=len(known),
        ranged=bool(ranges),
        among_week=bool(week),
        absent=absent_types(snapshot, filters),
        rows=tuple(rows[:-1]),
        all=rows[-1],
    )


def _earlier(
    snapshot: Snapshot, period: tuple[date, date]
) -> tuple[list[tuple[date, date]], tuple[date, date] | None]:
    """Return the last four such periods and the one of the year before.

    A register that tells the month alone has months to compare, and nothing beside other periods.
    """
    steps = range(1, BEFORE + 1)
    if not is_coarse(snapshot):
        by = _step(period)
        return [_moved(period, timedelta(days=-by * k)) for k in steps], _year_before(period)
    if not is_whole_months(*period):
        return [], None
    by = months_in(*period)
    return [months_back(*period, by * k) for k in steps], months_back(*period, _YEAR_MONTHS)


def _step(period: tuple[date, date]) -> int:
    days = (period[1] - period[0]).days + 1
    return 7 * -(-days // 7)


def _moved(period: tuple[date, date], by: timedelta) -> tuple[date, date]:
    return period[0] + by, period[1] + by


def _year_before(period: tuple[date, date]) -> tuple[date, date] | None:
    if (period[1] - period[0]).days < _SHORT_DAYS:
        return _moved(period, timedelta(days=-_SAME_WEEKDAYS))
    try:
        first, last = (day.replace(year=day.year - 1) for day in period)
    except ValueError:  # 29 February
        return None
    return first, last


def _counts(snapshot: Snapshot, filters: Filters, period: tuple[date, date]) -> Array:
    then = summarise(snapshot, replace(filters, date_from=period[0], date_to=period[1]))
    return np.append(then.types, then.total)
