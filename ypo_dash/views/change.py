"""Change against an earlier period: difference with interval, a test, and a verdict that may be "too few"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import h3
import numpy as np

from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.changes import adjust
from ypo_dash.stats.etest import can_tell, difference_interval, e_test
from ypo_dash.store.query import summarise
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

COLUMNS = ("id", "count", "before", "difference", "low", "high", "p", "q", "verdict")
PLACES = ("cells", "sectors")
LEVEL = 0.05
MORE, FEWER, NONE, FEW = "more", "fewer", "none", "few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A count against an earlier one, which is scaled to the present period's length.

    ``q`` is ``p`` adjusted over all that are shown together (Benjamini-Hochberg), None where too
    few incidents happened for any change to show; those are in no test.
    """

    count: float
    before: float
    difference: float
    low: float
    high: float
    p: float
    q: float | None
    verdict: str


def earlier(filters: Filters, snapshot: Snapshot) -> tuple[Filters, float]:
    """Return the state of the earlier period, and the length of the present one over that one's.

    Raises
    ------
    FilterError
        The data do not reach back that far, or the period has no data.
    """
    first, last = filters.period(snapshot.span)
    if filters.compare == "year":
        start, end = _year_before(first), _year_before(last)
    else:
        start, end = first - timedelta(days=(last - first).days + 1), first - timedelta(days=1)
    span = snapshot.span
    if span is None or start < span[0]:
        since = span[0] if span else "–"
        raise FilterError(
            "compare", "the data begin on {since}, after {start}", since=since, start=start
        )
    days = min(last, span[1]) - first
    if days.days < 0:
        raise FilterError(
            "from",
            "{first} is after the last date of data, {last}; give 'to' as well",
            first=first,
            last=span[1],
        )
    exposure = (days.days + 1) / ((end - start).days + 1)
    return replace(filters, date_from=start, date_to=end), exposure


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def changes(now: Sequence[float], before: Sequence[float], exposure: float) -> list[Change]:
    """Return the change of each pair of counts, tested together.

    With an hour or weekday mask counts are sums of weights; the test takes the nearest whole numbers.
    """
    whole = [(round(a), round(b)) for a, b in zip(now, before, strict=True)]
    p = [e_test(a, b, exposure) for a, b in whole]
    told = [i for i, (a, b) in enumerate(whole) if can_tell(a + b, exposure)]
    q: list[float | None] = [None] * len(whole)
    for i, adjusted in zip(told, adjust([p[i] for i in told], "bh"), strict=True):
        q[i] = adjusted
    found = []
    for i, (a, b) in enumerate(zip(now, before, strict=True)):
        difference, low, high = difference_interval(a, b, exposure)
        verdict = FEW if q[i] is None else NONE
        if (adjusted_p := q[i]) is not None and adjusted_p < LEVEL:
            verdict = MORE if difference > 0 else FEWER
        found.append(
            Change(
                count=float(a), before=float(b), difference=difference, low=low, high=high,
                p=p[i], q=q[i], verdict=verdict,
            )
        )  # fmt: skip
    return found


def change_of(snapshot: Snapshot, filters: Filters) -> tuple[Change, Filters]:
    """Return the change of a state's total, a single comparison, and the earlier state.

    Raises
    ------
    FilterError
        The data do not reach back that far.
    """
    require_internal(filters.tier)
    then, exposure = earlier(filters, snapshot)
    totals = (summarise(snapshot, state).total for state in (filters, then))
    return changes([next(totals)], [next(totals)], exposure)[0], then


def change_table(snapshot: Snapshot, filters: Filters, place: str) -> Table:
    """Return the changes of the sectors, or of the hexagons with any incident, as `COLUMNS`.

    Raises
    ------
    FilterError
        ``place`` is unknown, or the data do not reach back that far.
    """
    require_internal(filters.tier)
    if place not in PLACES:
        raise FilterError(
            "change", "'{value}' is unknown; use {known}", value=place[:40], known=", ".join(PLACES)
        )
    then, exposure = earlier(filters, snapshot)
    now, before = summarise(snapshot, filters), summarise(snapshot, then)
    if place == "sectors":
        chosen = filters.place_sectors(snapshot)
        at = [i for i, s in enumerate(snapshot.sectors) if chosen is None or s.id in chosen]
        names = [snapshot.sectors[i].id for i in at]
        pairs = now.sectors[at], before.sectors[at]
    else:
        ids = np.flatnonzero((now.cells > 0) | (before.cells > 0))
        ids = ids[ids > 0]  # 0 is "no cell"
        known = snapshot.cells.cells[filters.res]
        named = sorted((h3.int_to_str(int(known[i])), i) for i in ids)
        names, at = [name for name, _ in named], [int(i) for _, i in named]
        pairs = now.cells[at], before.cells[at]
    rows = []
    for name, c in zip(names, changes(pairs[0].tolist(), pairs[1].tolist(), exposure), strict=True):
        numbers = (c.difference, c.low, c.high, c.p)
        rows.append(
            (
                name,
                count_value(c.count),
                count_value(c.before),
                *(round(v, DIGITS) for v in numbers),
                "" if c.q is None else round(c.q, DIGITS),
                c.verdict,
            )
        )
    return Table(COLUMNS, rows)
