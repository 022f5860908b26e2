"""Counts by equal spans of days, place and type over all data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.store import loops
from ypo_dash.store.kernel import SHARES
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import pool, selection_of
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import SCENE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.store.vectors import Partition

_days = Lru(32)


@dataclass(frozen=True, slots=True)
class Spans:
    """``number`` spans of ``days`` days each, from the day ``low`` (days since 1970-01-01) on."""

    low: int
    number: int
    days: int


def span_counts(
    snapshot: Snapshot, filters: Filters, spans: Spans, place_of_sector: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return counts by span, place and type under a state's hours, weekdays and scenes.

    Parameters
    ----------
    spans
        They must hold all days of the data and the one before, which a night may belong to.
    place_of_sector
        The place of each sector, of *no coordinates* and of *outside*; -1 leaves out.
    """
    assert snapshot.span is not None  # noqa: S101 - the caller has asked
    types, scenes = len(snapshot.taxonomy.offences), len(snapshot.taxonomy.scenes)
    selection = selection_of(snapshot, filters, snapshot.span, every_day=True)
    kind = np.repeat(np.arange(types, dtype=np.int32), scenes)
    kind[(selection.pair_fails & SCENE) > 0] = -1

    def run(share: Sequence[Partition]) -> NDArray[np.float64]:
        counts = np.zeros((spans.number, int(place_of_sector.max(initial=-1)) + 1, types))
        for part in share:
            loops.by_span(
                part.offence_scene, part.sector, part.start, part.span, part.offsets,
                np.int64(part.first_day), part.pieces, kind, place_of_sector,
                selection.mask_minutes, SHARES, selection.night_end * 60, np.int64(spans.low),
                np.int64(spans.days), counts,
            )  # fmt: skip
        return counts

    parts = snapshot.partitions(filters.res)
    return np.sum(list(pool().map(run, [parts[k::2] for k in range(2)])), axis=0)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """Counts by day and type (days x types) of a state's places, hours, weekdays and scenes.

    ``first`` is the day before the data begin: a night may belong to it.
    """

    first: date
    counts: NDArray[np.float64]


def day_counts(snapshot: Snapshot, filters: Filters) -> DayCounts:
    """Return the daily counts of all data; types, dates and hexagon of the state don't matter.

    Raises
    ------
    ValueError
        There are no data.
    """
    if snapshot.span is None:
        raise ValueError("there are no data to count by days")
    key = (snapshot.revision, filters.scenes, filters.hours, filters.days, filters.sectors, filters.station)  # fmt: skip
    return _days.fetch(key, lambda: _count_days(snapshot, filters))


def _count_days(snapshot: Snapshot, filters: Filters) -> DayCounts:
    assert snapshot.span is not None  # noqa: S101 - the caller has asked
    first, last = ((day - EPOCH).days for day in snapshot.span)
    places = filters.place_sectors(snapshot)
    inside = [places is None or s.id in places for s in snapshot.sectors]
    inside += [not filters.has_place] * 2  # no coordinates, outside
    chosen = np.where(inside, 0, -1).astype(np.int32)
    counts = span_counts(snapshot, filters, Spans(first - 1, last - first + 2, 1), chosen)
    found = (
        counts[:, 0]
        if counts.shape[1]
        else np.zeros((len(counts), len(snapshot.taxonomy.offences)))
    )
    found.flags.writeable = False
    return DayCounts(first=EPOCH + timedelta(days=first - 1), counts=found)
