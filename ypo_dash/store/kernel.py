"""The counting pass: one loop over the rows of a partition, additive over partitions.

Every row is tested against four filters: offence type, scene, place and date; the hour mask gives
it a weight. A row that fails none feeds every chart; a row that fails exactly one feeds that
filter's own context, which is what the chart would show without it.

``count_partition`` is pure: the vectors of partitions add up to the vector of the whole, so the
same function runs over threads here and over workers elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.hours import WEEK_HOURS, WEEK_MINUTES
from ypo_dash.store import loops
from ypo_dash.store.vectors import Layout, Partition, Selection, frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Per span code: what each minute of the span weighs. An instant weighs 1 in its minute.
SHARES = frozen(1.0 / np.maximum(np.arange(WEEK_MINUTES + 1), 1))


def count_partition(
    partition: Partition,
    selection: Selection,
    layout: Layout,
    cell_column: NDArray[np.uint32] | None = None,
) -> NDArray[np.float64]:
    """Count one partition.

    Parameters
    ----------
    partition
        Hot columns; its days lie inside ``layout``'s.
    selection
        The filter state.
    layout
        Sizes of the result.
    cell_column
        With ``selection.cell_wanted`` >= 0: the dense ids (or marks) to compare with it.

    Returns
    -------
    The count vector, float64 of ``layout.length``; vectors of partitions add.
    """
    out = np.zeros(layout.length)
    count_into(out, partition, selection, layout, cell_column)
    return out


def count_into(
    out: NDArray[np.float64],
    partition: Partition,
    selection: Selection,
    layout: Layout,
    cell_column: NDArray[np.uint32] | None = None,
) -> None:
    """Add the counts of one partition to ``out``; see `count_partition`."""
    view = {name: out[part] for name, part in layout.parts().items()}
    p, s = partition, selection
    days = range(len(p.offsets) - 1)
    if not s.every_day:
        # A night reaches into the day after; nothing outside from..to+1 can count.
        low = max(0, s.day_from - p.first_day)
        high = min(len(days), s.day_to - p.first_day + 2)
        days = days[low:high] if high > low else range(0)
    if not days:
        return
    loops.count(
        p.offence_scene, p.sector, p.start, p.span, p.cell,
        p.cell if cell_column is None else frozen(cell_column),
        p.offsets, np.int64(p.first_day), np.int64(days.start), np.int64(days.stop),
        p.pieces, s.pair_fails, s.sector_fails, np.int64(s.cell_wanted), s.mask_minutes, SHARES,
        s.night_end * 60, np.int64(s.day_from), np.int64(s.day_to), np.int64(layout.first_day),
        view["cells"], view["cells_context"], view["sectors"], view["sectors_context"],
        view["pairs"], view["pairs_type_context"], view["pairs_scene_context"],
        view["days"], view["days_context"],
        view["hours"], view["hours_moved"], view["totals"],
    )  # fmt: skip


def select_rows(
    partition: Partition, selection: Selection, cell_column: NDArray[np.uint32] | None = None
) -> NDArray[np.int64]:
    """Return the row numbers of a partition that count in ``selection``, in their order."""
    p, s = partition, selection
    chosen = loops.select(
        p.offence_scene, p.sector, p.start, p.span,
        p.cell if cell_column is None else frozen(cell_column), p.offsets, np.int64(p.first_day),
        p.pieces, s.pair_fails, s.sector_fails, np.int64(s.cell_wanted), s.mask_minutes,
        s.night_end * 60, np.int64(s.day_from), np.int64(s.day_to),
    )  # fmt: skip
    return np.flatnonzero(chosen)


def fold_hours(steps: NDArray[np.float64], even: float) -> NDArray[np.float64]:
    """Return the 168 hours from the steps at minutes of two weeks and the number that spread evenly."""
    minutes = np.cumsum(steps)[: 2 * WEEK_MINUTES]
    hours = minutes.reshape(2, WEEK_HOURS, 60).sum(axis=(0, 2))
    result: NDArray[np.float64] = hours + even / WEEK_HOURS
    return result


def warm() -> None:
    """Compile the counting pass into the cache, so that no first request pays for it."""
    one = np.zeros(1, np.uint16)
    none = np.zeros(0, np.int32)
    partition = Partition(
        offence_scene=one, sector=one, start=one, span=one, cell=np.zeros(1, np.uint32),
        first_day=0, offsets=np.array([0, 1]), piece_row=none, piece_offset=np.zeros(1, np.int32), piece_start=none, piece_length=none,
    )  # fmt: skip
    for mask in (None, np.ones(WEEK_HOURS, bool)):
        selection = Selection(np.zeros(1, np.uint8), np.zeros(3, np.uint8), -1, mask, 0, 0, 0, True)
        count_partition(partition, selection, Layout(1, 3, 1, -1, 3))
        select_rows(partition, selection)
        loops.by_span(
            partition.offence_scene, partition.sector, partition.start, partition.span,
            partition.offsets, np.int64(0), partition.pieces, np.zeros(1, np.int32), np.zeros(3, np.int32),
            selection.mask_minutes, SHARES, 0, np.int64(-1), np.int64(7), np.zeros((1, 3, 1)),
        )  # fmt: skip
