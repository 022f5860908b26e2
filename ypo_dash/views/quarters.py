"""Whole calendar quarters: their bounds, and counts by type against the quarters before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter
from ypo_dash.model.tiers import require_internal
from ypo_dash.store.query import summarise
from ypo_dash.views.usual_days import is_covered

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Snapshot

    Period = tuple[date, date]

YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterRow:
    """A type of offence (all of them: ``code`` empty); None where the data do not cover a period."""

    code: str
    count: float
    previous: float | None
    year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterCounts:
    """A state's types in its quarters, in as many before, and in the same of the year before."""

    summary: Summary
    period: Period
    previous: Period | None
    year: Period | None
    rows: tuple[QuarterRow, ...]
    all: QuarterRow


def moved(first: date, months: int) -> date:
    """Return the first of a month so many months later."""
    whole = 12 * first.year + first.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def quarters_of(snapshot: Snapshot, filters: Filters) -> Period:
    """Return a state's whole quarters; the latest that the data cover where it names no date.

    Raises
    ------
    FilterError
        A date bounds no quarter, or the data hold no whole one.
    """
    first, last = filters.date_from, filters.date_to
    if first is None and last is None:
        first, last = _latest(snapshot)
    first = first or Quarter.of(last or date.min).first
    last = last or Quarter.of(first).last
    bounds = (("from", first, Quarter.of(first).first), ("to", last, Quarter.of(last).last))
    for name, day, bound in bounds:
        if day != bound:
            raise FilterError(name, "{value} does not bound a whole calendar quarter; take {bound}", value=day, bound=bound)  # fmt: skip
    return first, last


def _latest(snapshot: Snapshot) -> Period:
    span = snapshot.span
    if span is None:
        raise FilterError("from", "there are no data yet")
    whole = Quarter.of(span[1] + timedelta(days=1)).moved(-1)
    if whole.first < span[0]:
        raise FilterError("from", "the data hold no whole quarter yet")
    return whole.first, whole.last


def quarter_counts(snapshot: Snapshot, filters: Filters) -> QuarterCounts:
    """Return the counts by type of a state whose period is of whole quarters.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    first, last = summary.period
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    whole = is_covered(snapshot, (first, last))  # part of a quarter is not compared with whole ones
    previous = _known(snapshot, whole, (moved(first, -months), first - timedelta(days=1)))
    start = moved(first, -YEAR)
    year = _known(snapshot, whole, (start, moved(start, months) - timedelta(days=1)))
    before, ago = (
        summarise(snapshot, replace(filters, date_from=p[0], date_to=p[1])) if p else None
        for p in (previous, year)
    )
    rows = tuple(
        QuarterRow(
            code=code,
            count=float(summary.types[i]),
            previous=float(before.types[i]) if before else None,
            year=float(ago.types[i]) if ago else None,
        )
        for i, code in enumerate(snapshot.taxonomy.offence)
        if not filters.types or code in filters.types
    )
    total = QuarterRow(
        code="",
        count=summary.total,
        previous=before.total if before else None,
        year=ago.total if ago else None,
    )
    return QuarterCounts(
        summary=summary,
        period=summary.period,
        previous=previous,
        year=year,
        rows=rows,
        all=total,
    )


def _known(snapshot: Snapshot, whole: bool, period: Period) -> Period | None:
    return period if whole and is_covered(snapshot, period) else None
