"""Counts of a state's hexagons over several periods, without the charts that a summary has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.store.query import count, selection_of
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import NO_CELL, Layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot


def has_data(snapshot: Snapshot, period: tuple[date, date], res: int) -> bool:
    """Whether the register has any incident in a period; a gap in the data is not a quiet time."""
    low, high = ((day - EPOCH).days for day in period)
    for part in snapshot.partitions(res):
        a, b = max(low - part.first_day, 0), min(high - part.first_day + 1, len(part.offsets) - 1)
        if a < b and part.offsets[b] > part.offsets[a]:
            return True
    return False


def cell_counts_by_period(
    snapshot: Snapshot, filters: Filters, periods: Sequence[tuple[date, date]]
) -> NDArray[np.float64]:
    """Return counts by period and dense cell id (0, "no cell", is empty); dates of ``filters`` don't count.

    Nothing is kept: so many periods would push what the filters need out of the summaries' cache.
    """
    first, last = snapshot.span or periods[0]
    layout = Layout(
        cells=snapshot.cells.count(filters.res),
        sectors=len(snapshot.sectors) + 2,
        pairs=len(snapshot.taxonomy.offences) * len(snapshot.taxonomy.scenes),
        first_day=(first - EPOCH).days - 1,
        days=(last - first).days + 3,
    )
    cells = layout.parts()["cells"]
    found = np.zeros((len(periods), layout.cells))
    for i, period in enumerate(periods):
        selection = selection_of(snapshot, filters, period, every_day=False)
        found[i] = count(snapshot, filters, selection, layout)[cells]
    found[:, NO_CELL] = 0.0
    return found
