"""Every series of past weeks judged against its expected range, cached; what a state shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.normal_range import FLAGS, adjusted, flags, ranges, with_totals
from ypo_dash.stats.week_design import Design, week_design
from ypo_dash.store.calendar import Break, breaks_of, holidays_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.week_counts import WeekCounts, week_counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

ALL_SECTORS, ALL_TYPES = "all", "ALL"
_judged = Lru(600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One week: arrays of (sectors + *all*) x (types + *all*); ``flag`` are places of `FLAGS`."""

    count: Array
    expected: Array
    low: Array
    high: Array
    q: Array
    flag: NDArray[np.int8]


def judge(
    snapshot: Snapshot, filters: Filters, weeks: Sequence[int]
) -> tuple[WeekCounts, dict[int, Judged]]:
    """Return the weekly counts of a state's hours, weekdays and scenes, and these weeks judged.

    Raises
    ------
    FilterError
        The state is of one hexagon: ranges are of sectors and types.
    """
    require_internal(filters.tier)
    if filters.cell is not None:
        raise FilterError("cell", "expected ranges are of sectors and types; leave the hexagon out")
    counts = week_counts(snapshot, filters)
    key = (snapshot.revision, filters.scenes, filters.hours, filters.days)
    found: dict[int, Judged] = {}
    for week in weeks:
        known = _judged.get((key, week))
        if isinstance(known, Judged):
            found[week] = known
    missing = [week for week in weeks if week not in found]
    if missing:
        for week, judged in _judge(snapshot, counts, missing):
            found[week] = judged
            _judged.put((key, week), judged)
    return counts, found


def _judge(
    snapshot: Snapshot, counts: WeekCounts, weeks: list[int]
) -> Iterator[tuple[int, Judged]]:
    breaks = breaks_of(snapshot)
    grid = with_totals(counts.counts, len(snapshot.sectors))
    found = ranges(grid, design_of(snapshot, counts, breaks), concerns_of(snapshot, breaks), weeks)
    q = adjusted(found.p, found.expected)
    said = flags(grid, found, q, weeks)
    for at, week in enumerate(weeks):
        yield (
            week,
            Judged(
                count=grid[week],
                expected=found.expected[at],
                low=found.low[at],
                high=found.high[at],
                q=q[at],
                flag=said[at],
            ),
        )


def design_of(snapshot: Snapshot, counts: WeekCounts, breaks: Sequence[Break]) -> Design:
    """Return what all series of a district's weeks depend on."""
    return week_design(
        counts.starts, counts.whole, holidays_of(snapshot), [b.start for b in breaks]
    )


def concerns_of(snapshot: Snapshot, breaks: Sequence[Break]) -> Array:
    """Return breaks x types: 1 where the break is of the type."""
    codes = list(snapshot.taxonomy.offence)
    rows = [[not b.types or code in b.types for code in codes] for b in breaks]
    return np.array(rows, float).reshape(len(breaks), len(codes))


def weeks_within(counts: WeekCounts, first: date, last: date) -> list[int]:
    """Return the whole weeks that lie wholly from ``first`` to ``last``."""
    return [
        i
        for i, start in enumerate(counts.starts)
        if counts.whole[i] and first <= start and start + timedelta(days=6) <= last
    ]


def verdicts_of(
    snapshot: Snapshot, filters: Filters, first: date, last: date
) -> dict[str, tuple[float, float, str]] | None:
    """Return low, high and flag by type of a whole week of the district or one sector.

    The key of all types together is ``ALL``. None of other periods and places, and of several types:
    they are no series that is judged with the week's others.
    """
    places = filters.place_sectors(snapshot)
    single = (places is None or len(places) == 1) and len(filters.types) <= 1
    if not single or filters.cell is not None or (last - first).days != 6 or first.weekday():
        return None
    counts, _ = judge(snapshot, filters, [])
    weeks = weeks_within(counts, first, last)
    if not weeks:
        return None
    of = judge(snapshot, filters, weeks)[1][weeks[0]]
    sectors = [s.id for s in snapshot.sectors]
    at = len(sectors) if places is None else sectors.index(places[0])
    codes = [*snapshot.taxonomy.offence, ALL_TYPES]
    return {
        code: (float(of.low[at, k]), float(of.high[at, k]), FLAGS[of.flag[at, k]])
        for k, code in enumerate(codes)
    }


def shown(snapshot: Snapshot, filters: Filters) -> list[tuple[int, int, str, str]]:
    """Return the series that a state leaves: places in the arrays of `Judged`, and their codes.

    *all* sectors are the whole district, and stand where the state names no place; *ALL* types are
    all there are, and stand where it names none.
    """
    places, codes = filters.place_sectors(snapshot), list(snapshot.taxonomy.offence)
    sectors = [
        (i, s.id) for i, s in enumerate(snapshot.sectors) if places is None or s.id in places
    ]
    types = [(i, c) for i, c in enumerate(codes) if not filters.types or c in filters.types]
    if places is None:
        sectors.append((len(snapshot.sectors), ALL_SECTORS))
    if not filters.types:
        types.append((len(codes), ALL_TYPES))
    return [(i, k, sector, kind) for i, sector in sectors for k, kind in types]
