"""The one query layer: `Filters` in, counts out. Pages, exports and the command line all ask here."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.hours import WEEK_HOURS
from ypo_dash.store.kernel import count_into, fold_hours, select_rows
from ypo_dash.store.lru import Lru
from ypo_dash.store.marks import cell_marks
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import NO_CELL, PLACE, SCENE, TYPE, Layout, Partition, Selection

if TYPE_CHECKING:
    from collections.abc import Hashable
    from datetime import date

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Counts = NDArray[np.float64]

CACHED = 64
_MONDAY = 3  # 1970-01-01 was a Thursday; days since then that are Mondays are 4 modulo 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All counts of one state of one snapshot.

    Whole numbers without an hour or weekday mask, aoristic weights with one. Each breakdown has
    its ``*_context``: everything but its own filter. ``sectors`` has, after the sectors, *no
    coordinates* and *outside*. ``cells`` is by dense id (0: sector known, no point). ``hours``
    are 168 clock hours from Monday 0 h, always aoristic. ``weeks`` begin with the Monday
    ``first_week``. ``rows`` are incidents of any weight, ``exact`` those with an exact time.
    """

    snapshot: str
    masked: bool
    period: tuple[date, date]
    rows: int
    exact: int
    cells: Counts
    cells_context: Counts
    sectors: Counts
    sectors_context: Counts
    hours: Counts
    hours_context: Counts
    first_week: int
    weeks: Counts
    weeks_context: Counts
    types: Counts
    types_context: Counts
    scenes: Counts
    scenes_context: Counts

    @property
    def total(self) -> float:
        """All incidents of the state, mapped or not."""
        return float(self.sectors.sum())

    @property
    def no_coordinates(self) -> float:
        """Those without a place."""
        return float(self.sectors[-2])

    @property
    def outside(self) -> float:
        """Those outside every sector."""
        return float(self.sectors[-1])

    @property
    def mapped(self) -> float:
        """Those in a sector."""
        return float(self.sectors[:-2].sum())

    @property
    def sector_only(self) -> float:
        """Those in a sector but without a point, and so in no hexagon."""
        return float(self.cells[NO_CELL])


_summaries = Lru(CACHED)
_days = Lru(4 * CACHED)
_pool_of: dict[int, ThreadPoolExecutor] = {}


def clear_caches() -> None:
    """Forget all cached answers; for benchmarks."""
    _summaries.clear()
    _days.clear()


def pool() -> ThreadPoolExecutor:
    """Return this process's threads for counting; made after a fork, never before."""
    pid = os.getpid()
    if pid not in _pool_of:
        _pool_of[pid] = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="count")
    return _pool_of[pid]


def summarise(snapshot: Snapshot, filters: Filters) -> Summary:
    """Return all counts of a state, cached by snapshot and state.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    period = filters.period(snapshot.span)
    what = _undated(snapshot, filters)
    key = (*what, period, filters.res)
    found = _summaries.get(key)
    if not isinstance(found, Summary):
        found = _summarise(snapshot, filters, period, what)
        _summaries.put(key, found)
    return found


def _undated(snapshot: Snapshot, filters: Filters) -> tuple[Hashable, ...]:
    return (
        snapshot.revision,
        filters.types,
        filters.scenes,
        filters.hours,
        filters.days,
        filters.sectors,
        filters.station,
        filters.cell,
    )


def daily_counts(snapshot: Snapshot, filters: Filters) -> tuple[date, Counts]:
    """Return the count of each day of all data under a state's filters but its dates.

    The first day returned may lie before the data; a night belongs to the day it starts on.
    """
    period = filters.period(snapshot.span)
    summarise(snapshot, filters)  # counts all days on its way
    layout = _layout(snapshot, filters.res, period)
    key = (_undated(snapshot, filters), layout.first_day, layout.days)
    found = _days.get(key)
    if not isinstance(found, np.ndarray):  # the answer was kept longer than its days
        selection = selection_of(snapshot, filters, period, every_day=True)
        part = count(snapshot, filters, selection, layout)
        where = layout.parts()
        found = part[where["days"]] + part[where["days_context"]]
        _days.put(key, found)
    return EPOCH + timedelta(days=layout.first_day), found.copy()


def rows_of(snapshot: Snapshot, filters: Filters) -> list[tuple[int, NDArray[np.int64]]]:
    """Return the rows that count in a state as (segment index, row numbers), in order of time."""
    selection = selection_of(snapshot, filters, filters.period(snapshot.span), every_day=False)
    marks = cell_marks(snapshot, filters.cell)
    found = []
    for index, partition in enumerate(snapshot.partitions(filters.res)):
        rows = select_rows(partition, selection, marks[index] if marks else None)
        if len(rows):
            found.append((index, rows))
    return found


def selection_of(
    snapshot: Snapshot, filters: Filters, period: tuple[date, date], *, every_day: bool
) -> Selection:
    """Return a state as the look-up tables of the counting pass."""
    offences, scenes = tuple(snapshot.taxonomy.offence), tuple(snapshot.taxonomy.scene)
    type_fails = _fails(offences, filters.types or None)
    scene_fails = _fails(scenes, filters.scenes or None)
    sector_fails = np.zeros(len(snapshot.sectors) + 2, np.uint8)
    marks = cell_marks(snapshot, filters.cell)
    if filters.has_place:
        sector_fails[-2:] = PLACE
        sector_fails[:-2] = PLACE * _fails(
            tuple(snapshot.sector_names), filters.place_sectors(snapshot)
        )
    return Selection(
        pair_fails=(TYPE * type_fails[:, None] + SCENE * scene_fails[None, :])
        .astype(np.uint8)
        .ravel(),
        sector_fails=sector_fails,
        cell_wanted=-1 if marks is None else marks.wanted,
        mask=filters.mask,
        night_end=filters.night_end,
        day_from=(period[0] - EPOCH).days,
        day_to=(period[1] - EPOCH).days,
        every_day=every_day,
    )


def _fails(codes: tuple[str, ...], wanted: tuple[str, ...] | None) -> NDArray[np.uint8]:
    return np.array([wanted is not None and code not in wanted for code in codes], np.uint8)


def _layout(snapshot: Snapshot, res: int, period: tuple[date, date]) -> Layout:
    """Days of the data from the Monday on or before the first to the Sunday on or after the last.

    A period may reach far beyond them; there is nothing to count there.
    """
    first, last = snapshot.span or period
    low = (first - EPOCH).days - 1  # a night may own a start of the next day
    high = (last - EPOCH).days + 1
    low -= (low + _MONDAY) % 7
    high += 6 - (high + _MONDAY) % 7
    return Layout(
        cells=snapshot.cells.count(res),
        sectors=len(snapshot.sectors) + 2,
        pairs=len(snapshot.taxonomy.offences) * len(snapshot.taxonomy.scenes),
        first_day=low,
        days=high - low + 1,
    )


def _summarise(
    snapshot: Snapshot, filters: Filters, period: tuple[date, date], what: Hashable
) -> Summary:
    layout = _layout(snapshot, filters.res, period)
    days_key = (what, layout.first_day, layout.days)
    known = _days.get(days_key)
    if known is None:
        known = _days_without_rows(snapshot, filters, layout)
    selection = selection_of(snapshot, filters, period, every_day=known is None)
    vector = count(snapshot, filters, selection, layout)
    # Copies: a slice would keep the whole vector in the cache.
    part = {name: vector[where].copy() for name, where in layout.parts().items()}
    days_context = part["days"] + part["days_context"] if known is None else known
    assert isinstance(days_context, np.ndarray)  # noqa: S101 - for the type checker
    _days.put(days_key, days_context)
    shape = (len(snapshot.taxonomy.offences), len(snapshot.taxonomy.scenes))
    pairs = part["pairs"].reshape(shape)
    types, scenes = pairs.sum(axis=1), pairs.sum(axis=0)
    mask = selection.mask
    hours_context = fold_hours(part["hours"], part["totals"][2])
    hours = hours_context + fold_hours(part["hours_moved"], part["totals"][3])
    return Summary(
        snapshot=snapshot.id,
        masked=mask is not None,
        period=period,
        rows=int(part["totals"][0]),
        exact=int(part["totals"][1]),
        cells=part["cells"],
        cells_context=part["cells"] + part["cells_context"],
        sectors=part["sectors"],
        sectors_context=part["sectors"] + part["sectors_context"],
        hours=np.where(np.ones(WEEK_HOURS, bool) if mask is None else mask, hours, 0.0),
        hours_context=hours_context,
        first_week=layout.first_day,
        weeks=part["days"].reshape(-1, 7).sum(axis=1),
        weeks_context=days_context.reshape(-1, 7).sum(axis=1),
        types=types,
        types_context=types + part["pairs_type_context"].reshape(shape).sum(axis=1),
        scenes=scenes,
        scenes_context=scenes + part["pairs_scene_context"].reshape(shape).sum(axis=0),
    )


def count(snapshot: Snapshot, filters: Filters, selection: Selection, layout: Layout) -> Counts:
    """Run the counting pass over all months, on as many threads as there are cores."""
    marks = cell_marks(snapshot, filters.cell)
    jobs = list(enumerate(snapshot.partitions(filters.res)))
    workers = min(os.cpu_count() or 1, max(1, len(jobs)))

    def run(share: list[tuple[int, Partition]]) -> Counts:
        out = np.zeros(layout.length)
        for index, part in share:
            count_into(out, part, selection, layout, marks[index] if marks else None)
        return out

    if workers == 1 or snapshot.totals["incidents"] < 100_000:
        return run(jobs)
    shares = [jobs[k::workers] for k in range(workers)]
    return np.sum(list(pool().map(run, shares)), axis=0)  # type: ignore[no-any-return]


def _days_without_rows(snapshot: Snapshot, filters: Filters, layout: Layout) -> Counts | None:
    """Return the counts of all days from the partitions' offsets alone, where no filter asks for more."""
    if filters.types or filters.scenes or filters.has_place or filters.mask is not None:
        return None
    days = np.zeros(layout.days)
    for part in snapshot.partitions(filters.res):
        sizes = np.diff(part.offsets)
        at = part.first_day - layout.first_day
        days[at : at + len(sizes)] += sizes
    return days
