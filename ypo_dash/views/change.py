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
from ypo_dash.stats.etest import can_tell, difference_intervals, e_tests
from ypo_dash.store.gaps import gap_between, is_coarse
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import summarise
from ypo_dash.store.vectors import NO_CELL
from ypo_dash.views.months import is_whole_months, months_back, months_in
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Floats = NDArray[np.float64]

COLUMNS = ("id", "count", "before", "difference", "low", "high", "p", "q", "verdict")
PLACES = ("cells", "sectors")
LEVEL = 0.05
MORE, FEWER, NONE, FEW = VERDICTS = "more", "fewer", "none", "few"


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
    if is_coarse(snapshot):
        start, end = _months_before(first, last, filters.compare)
    elif filters.compare == "year":
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
            "from", "{first} is after the last date of data, {last}", first=first, last=span[1]
        )
    for period in ((first, min(last, span[1])), (start, end)):
        gap = gap_between(snapshot, *period)
        if gap is not None:
            raise FilterError("compare", "nothing at all is recorded from {first} to {last}, so nothing can be compared with it", first=gap[0], last=gap[1])  # fmt: skip
    exposure = _days(first, min(last, span[1]), filters) / _days(start, end, filters)
    return replace(filters, date_from=start, date_to=end), exposure


def require_whole_months(first: date, last: date) -> None:
    """Refuse a period that is not of whole months, where incidents are dated by the month.

    Raises
    ------
    FilterError
        The period begins or ends within a month.
    """
    if not is_whole_months(first, last):
        raise FilterError("from", "most incidents here are dated by the month: choose whole months, such as 2018-11-01 to 2018-11-30")  # fmt: skip


def _months_before(first: date, last: date, compare: str) -> tuple[date, date]:
    require_whole_months(first, last)
    return months_back(first, last, 12 if compare == "year" else months_in(first, last))


def _days(first: date, last: date, filters: Filters) -> int:
    """Return how many days count: those of the weekdays that are chosen.

    Raises
    ------
    FilterError
        There is none.
    """
    whole = (first + timedelta(days=i) for i in range((last - first).days + 1))
    found = sum(1 for day in whole if not filters.days or day.isoweekday() in filters.days)
    if not found:
        raise FilterError("days", "none of these weekdays lies between {first} and {last}", first=first, last=last)  # fmt: skip
    return found


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes of many places as arrays, tested together; ``q`` is NaN where `Change.q` is None."""

    count: Floats
    before: Floats
    difference: Floats
    low: Floats
    high: Floats
    p: Floats
    q: Floats
    verdict: tuple[str, ...]

    def __getitem__(self, i: int) -> Change:
        q = float(self.q[i])
        numbers = (self.count, self.before, self.difference, self.low, self.high, self.p)
        count, before, difference, low, high, p = (float(values[i]) for values in numbers)
        return Change(
            count=count, before=before, difference=difference, low=low, high=high, p=p,
            q=None if np.isnan(q) else q, verdict=self.verdict[i],
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.verdict)


def compare(now: Floats, before: Floats, exposure: float | Floats) -> Changes:
    """Return the change of each pair of counts, tested together; ``exposure`` is one or one of each.

    With an hour or weekday mask counts are sums of weights; the test takes the nearest whole numbers.
    """
    whole = np.rint(now), np.rint(before)
    p = e_tests(*whole, exposure)
    each = np.broadcast_to(np.asarray(exposure, np.float64), now.shape)
    totals, which = np.unique(
        np.column_stack([whole[0] + whole[1], each]), axis=0, return_inverse=True
    )
    told = np.array([can_tell(int(n), float(e)) for n, e in totals], bool)[which.ravel()]
    q = np.full(len(p), np.nan)
    q[told] = adjust(p[told].tolist(), "bh")
    difference, low, high = difference_intervals(now, before, exposure)
    found = (q < LEVEL, difference > 0, told)
    return Changes(
        count=now, before=before, difference=difference, low=low, high=high, p=p, q=q,
        verdict=tuple(
            (MORE if up else FEWER) if shown else NONE if tested else FEW
            for shown, up, tested in zip(*found, strict=True)
        ),
    )  # fmt: skip


def changes(
    now: Sequence[float], before: Sequence[float], exposure: float | Sequence[float]
) -> list[Change]:
    """Return `compare` of a few counts, one by one."""
    found = compare(*(np.array(values, np.float64) for values in (now, before, exposure)))
    return [found[i] for i in range(len(found))]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChanges:
    """The changes of the hexagons with an incident in either period, by dense id."""

    ids: NDArray[np.int64]
    changes: Changes
    then: Filters

    def of(self, dense: int) -> Change | None:
        """Return a hexagon's change; None where it had no incident in either period."""
        at = int(np.searchsorted(self.ids, dense))
        return self.changes[at] if at < len(self.ids) and self.ids[at] == dense else None


_cells = Lru(32)


def cell_changes(snapshot: Snapshot, filters: Filters) -> CellChanges:
    """Return the changes of a state's hexagons, tested together; cached.

    A hexagon of the map's own resolution that is chosen to look into leaves the map as it is: its
    verdict must not depend on whether somebody looks.

    Raises
    ------
    FilterError
        The data do not reach back that far.
    """
    require_internal(filters.tier)
    state = whole_map(filters)
    key = (snapshot.revision, state.to_query(), state.period(snapshot.span))
    return _cells.fetch(key, lambda: _cell_changes(snapshot, state))


def whole_map(filters: Filters) -> Filters:
    """Return the state of the map on which a chosen hexagon is one of those drawn."""
    looking = filters.cell is not None and h3.get_resolution(filters.cell) == filters.res
    return replace(filters, cell=None if looking else filters.cell, measure="count", lang=None)


def _cell_changes(snapshot: Snapshot, filters: Filters) -> CellChanges:
    then, exposure = earlier(filters, snapshot)
    now, before = summarise(snapshot, filters).cells, summarise(snapshot, then).cells
    ids = np.flatnonzero((now > 0) | (before > 0))
    ids = ids[ids != NO_CELL]
    found = compare(now[ids], before[ids], exposure)
    return CellChanges(ids=ids, changes=found, then=then)


def change_of(snapshot: Snapshot, filters: Filters) -> tuple[Change, Filters]:
    """Return the change of a state's total, and the earlier state.

    It is a single comparison, but the verdict of a hexagon or a sector is the one that the map has.

    Raises
    ------
    FilterError
        The data do not reach back that far.
    """
    require_internal(filters.tier)
    then, exposure = earlier(filters, snapshot)
    if filters.cell is not None and whole_map(filters).cell is None:
        among = cell_changes(snapshot, filters).of(snapshot.cells.find(filters.cell))
        if among is not None:
            return among, then
    if len(filters.sectors) == 1 and filters.station is None and filters.cell is None:
        ids, of_all = sector_changes(snapshot, filters)
        return of_all[ids.index(filters.sectors[0])], then
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
    named, found = (
        _sectors(snapshot, filters) if place == "sectors" else _hexagons(snapshot, filters)
    )
    rows = []
    for name, i in named:
        c = found[i]
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


def sector_changes(snapshot: Snapshot, filters: Filters) -> tuple[list[str], Changes]:
    """Return the ids of all sectors and their changes, tested together, whichever are chosen.

    All of them are drawn, and a verdict must not depend on which one somebody looks at.

    Raises
    ------
    FilterError
        The data do not reach back that far.
    """
    require_internal(filters.tier)
    every = replace(filters, sectors=(), station=None)
    then, exposure = earlier(every, snapshot)
    now, before = (summarise(snapshot, state).sectors[:-2] for state in (every, then))
    return [s.id for s in snapshot.sectors], compare(now, before, exposure)


def _sectors(snapshot: Snapshot, filters: Filters) -> tuple[list[tuple[str, int]], Changes]:
    names, found = sector_changes(snapshot, filters)
    chosen = filters.place_sectors(snapshot)
    return [(name, i) for i, name in enumerate(names) if chosen is None or name in chosen], found


def _hexagons(snapshot: Snapshot, filters: Filters) -> tuple[list[tuple[str, int]], Changes]:
    """Return the hexagons by name; the chosen one alone, with its q among all of the map."""
    found = cell_changes(snapshot, filters)
    known = snapshot.cells.cells[filters.res]
    named = sorted((h3.int_to_str(int(known[id_])), i) for i, id_ in enumerate(found.ids))
    if whole_map(filters).cell != filters.cell:
        named = [(name, i) for name, i in named if name == filters.cell]
    return named, found.changes
