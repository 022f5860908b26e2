"""The counting pass: one loop over the rows of a partition, additive over partitions.

Every row is tested against four filters: offence type, scene, place and date; the hour mask gives
it a weight. A row that fails none feeds every chart; a row that fails exactly one feeds that
filter's own context, which is what the chart would show without it.

``count_partition`` is pure: the vectors of partitions add up to the vector of the whole, so the
same function runs over threads here and over workers elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba as nb
import numpy as np

from ypo_dash.model.hours import WEEK_HOURS, WEEK_MINUTES
from ypo_dash.store.vectors import (
    DATE,
    PLACE,
    SPAN_EVEN,
    TYPE,
    Layout,
    Partition,
    Selection,
    frozen,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    _count(
        p.offence_scene, p.sector, p.start, p.span, p.cell,
        p.cell if cell_column is None else frozen(cell_column),
        p.offsets, np.int64(p.first_day), np.int64(days.start), np.int64(days.stop),
        p.piece_row, p.piece_offset, p.piece_start, p.piece_length,
        s.pair_fails, s.sector_fails, np.int64(s.cell_wanted), s.mask_steps,
        s.mask is not None, s.night_end * 60, np.int64(s.day_from), np.int64(s.day_to), np.int64(layout.first_day),
        view["cells"], view["cells_context"], view["sectors"], view["sectors_context"],
        view["pairs"], view["pairs_type_context"], view["pairs_scene_context"],
        view["days"], view["days_context"],
        view["hours"], view["hours_moved"], view["totals"],
    )  # fmt: skip


_compiled = nb.njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")


@_compiled
def _piece_range(piece_row, piece_offset, row):  # type: ignore[no-untyped-def]
    at = np.searchsorted(piece_row, row)
    return piece_offset[at], piece_offset[at + 1]


@_compiled
def _inside(start, length, steps):  # type: ignore[no-untyped-def]
    """Return the minutes of ``[start, start + length)`` that lie in the mask."""
    end = start + length
    a, b = start // np.uint32(60), end // np.uint32(60)
    before = steps[a, 1] + steps[a, 0] * (start - np.uint32(60) * a)
    return steps[b, 1] + steps[b, 0] * (end - np.uint32(60) * b) - before


@_compiled
def _step(start, length, share, hours):  # type: ignore[no-untyped-def]
    """Add ``share`` for each minute of a span to the hours, as steps to be summed up once."""
    end = start + length
    a, b = start // np.uint32(60), end // np.uint32(60)
    ra, rb = (start - np.uint32(60) * a) * share, (end - np.uint32(60) * b) * share
    hours[a] += 60.0 * share - ra
    hours[a + 1] += ra
    hours[b] += rb - 60.0 * share
    hours[b + 1] -= rb


@_compiled
def _rare_weight(span, row, steps, piece_row, piece_offset, piece_start, piece_length):  # type: ignore[no-untyped-def]
    """Return the share in the mask of a span that spreads evenly or is in pieces."""
    if span == SPAN_EVEN:
        return steps[WEEK_HOURS, 1] / WEEK_MINUTES
    a, b = _piece_range(piece_row, piece_offset, row)
    inside, length = 0.0, 0
    for k in range(a, b):
        inside += _inside(np.uint32(piece_start[k]), np.uint32(piece_length[k]), steps)
        length += piece_length[k]
    return inside / length


@_compiled
def _rare_step(span, row, sign, hours, piece_row, piece_offset, piece_start, piece_length):  # type: ignore[no-untyped-def]
    """Add such a span to the hours; returns what spreads evenly."""
    if span == SPAN_EVEN:
        return sign
    a, b = _piece_range(piece_row, piece_offset, row)
    length = 0
    for k in range(a, b):
        length += piece_length[k]
    for k in range(a, b):
        _step(np.uint32(piece_start[k]), np.uint32(piece_length[k]), sign / length, hours)
    return 0.0


@_compiled
def _count(  # type: ignore[no-untyped-def]
    pair, sector, start, span, cell, place_cell, offsets, first_day, day_low, day_high,
    piece_row, piece_offset, piece_start, piece_length,
    pair_fails, sector_fails, cell_wanted, steps, masked, night_end, day_from, day_to, base_day,
    cells, cells_context, sectors, sectors_context, pairs, pairs_type, pairs_scene,
    days, days_context, hours, hours_moved, totals,
):  # fmt: skip
    mapped = len(sector_fails) - 2
    rows, exact, even, even_moved = 0, 0, 0.0, 0.0
    for d in range(day_low, day_high):
        today = first_day + d
        plain = 0 if day_from <= today <= day_to else DATE
        # The night rule: a start before the wrap's end belongs to the day before.
        night = 0 if day_from <= today - 1 <= day_to else DATE
        of_day, of_night, context_day, context_night = 0.0, 0.0, 0.0, 0.0
        if plain and night:
            passing = 0
            # Most days of a long register: they only feed the context of the dates.
            if masked:
                for i in range(offsets[d], offsets[d + 1]):
                    if pair_fails[pair[i]] | sector_fails[sector[i]] or (
                        cell_wanted >= 0 and place_cell[i] != cell_wanted
                    ):
                        continue
                    begin, code = np.uint32(start[i]), np.uint32(span[i])
                    if code <= WEEK_MINUTES:
                        length = max(code, np.uint32(1))
                        w = _inside(begin, length, steps) / length
                    else:
                        w = _rare_weight(
                            code, i, steps, piece_row, piece_offset, piece_start, piece_length
                        )
                    owned_before = np.float64(begin % np.uint32(1440) < night_end)
                    context_night += w * owned_before
                    context_day += w * (1.0 - owned_before)
            elif cell_wanted >= 0:
                for i in range(offsets[d], offsets[d + 1]):
                    if place_cell[i] == cell_wanted:
                        passing += (pair_fails[pair[i]] | sector_fails[sector[i]]) == 0
            else:
                for i in range(offsets[d], offsets[d + 1]):
                    passing += (pair_fails[pair[i]] | sector_fails[sector[i]]) == 0
            context_day += passing
            days_context[today - base_day] += context_day
            days_context[today - base_day - 1] += context_night
            continue
        for i in range(offsets[d], offsets[d + 1]):
            t = pair[i]
            s = sector[i]
            fails = np.int64(pair_fails[t]) | np.int64(sector_fails[s])
            if cell_wanted >= 0 and place_cell[i] != cell_wanted:
                fails |= PLACE
            begin = np.uint32(start[i])
            early = np.int64(begin % np.uint32(1440) < night_end)
            dated = fails | (night if early else plain)
            if dated & (dated - 1):
                continue  # fails two filters: feeds nothing
            code = np.uint32(span[i])
            length = max(code, np.uint32(1))  # an instant is in the hour of its minute
            common = code <= WEEK_MINUTES
            # The hours' context has the plain dates; where the night rule moves a row into or
            # out of the selection, it is noted apart.
            if fails == 0 and (plain == 0 or dated == 0):
                if plain == 0:
                    if common:
                        _step(begin, length, 1.0 / length, hours)
                    else:
                        even += _rare_step(
                            code, i, 1.0, hours, piece_row, piece_offset, piece_start, piece_length
                        )
                if (plain == 0) != (dated == 0):
                    sign = 1.0 if dated == 0 else -1.0
                    if common:
                        _step(begin, length, sign / length, hours_moved)
                    else:
                        even_moved += _rare_step(
                            code,
                            i,
                            sign,
                            hours_moved,
                            piece_row,
                            piece_offset,
                            piece_start,
                            piece_length,
                        )
            w = 1.0
            if masked:
                if common:
                    w = _inside(begin, length, steps) / length
                else:
                    w = _rare_weight(
                        code, i, steps, piece_row, piece_offset, piece_start, piece_length
                    )
            if dated == 0:
                rows += w > 0.0
                exact += w > 0.0 and code == 0
                pairs[t] += w
                sectors[s] += w
                if s < mapped:
                    cells[cell[i]] += w
                of_night += w * early
                of_day += w * (1 - early)
            elif dated == DATE:
                context_night += w * early
                context_day += w * (1 - early)
            elif dated == PLACE:
                sectors_context[s] += w
                if s < mapped:
                    cells_context[cell[i]] += w
            elif dated == TYPE:
                pairs_type[t] += w
            else:
                pairs_scene[t] += w
        days[today - base_day] += of_day
        days[today - base_day - 1] += of_night
        days_context[today - base_day] += context_day
        days_context[today - base_day - 1] += context_night
    totals[0] += rows
    totals[1] += exact
    totals[2] += even
    totals[3] += even_moved


@_compiled
def _select(  # type: ignore[no-untyped-def]
    pair, sector, start, span, place_cell, offsets, first_day,
    piece_row, piece_offset, piece_start, piece_length,
    pair_fails, sector_fails, cell_wanted, steps, masked, night_end, day_from, day_to,
):  # fmt: skip
    chosen = np.zeros(len(pair), np.bool_)
    for d in range(len(offsets) - 1):
        today = first_day + d
        if today < day_from or today > day_to + 1:
            continue
        for i in range(offsets[d], offsets[d + 1]):
            if pair_fails[pair[i]] != 0 or sector_fails[sector[i]] != 0:
                continue
            if cell_wanted >= 0 and place_cell[i] != cell_wanted:
                continue
            begin, code = np.uint32(start[i]), np.uint32(span[i])
            owner = today - 1 if begin % np.uint32(1440) < night_end else today
            if owner < day_from or owner > day_to:
                continue
            if not masked:
                chosen[i] = True
            elif code <= WEEK_MINUTES:
                chosen[i] = _inside(begin, max(code, np.uint32(1)), steps) > 0.0
            else:
                chosen[i] = (
                    _rare_weight(code, i, steps, piece_row, piece_offset, piece_start, piece_length)
                    > 0.0
                )
    return chosen


def select_rows(
    partition: Partition, selection: Selection, cell_column: NDArray[np.uint32] | None = None
) -> NDArray[np.int64]:
    """Return the row numbers of a partition that count in ``selection``, in their order."""
    p, s = partition, selection
    chosen = _select(
        p.offence_scene, p.sector, p.start, p.span,
        p.cell if cell_column is None else frozen(cell_column), p.offsets, np.int64(p.first_day),
        p.piece_row, p.piece_offset, p.piece_start, p.piece_length,
        s.pair_fails, s.sector_fails, np.int64(s.cell_wanted), s.mask_steps,
        s.mask is not None, s.night_end * 60, np.int64(s.day_from), np.int64(s.day_to),
    )  # fmt: skip
    return np.flatnonzero(chosen)


def fold_hours(steps: NDArray[np.float64], even: float) -> NDArray[np.float64]:
    """Return the 168 hours from the steps over two weeks and the number that spread evenly."""
    hours = np.cumsum(steps)[: 2 * WEEK_HOURS].reshape(2, WEEK_HOURS).sum(axis=0)
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
    selection = Selection(np.zeros(1, np.uint8), np.zeros(3, np.uint8), -1, None, 0, 0, 0, True)
    count_partition(partition, selection, Layout(1, 3, 1, -1, 3))
    select_rows(partition, selection)
