"""The compiled loops of the counting pass; see `ypo_dash.store.kernel` for what they mean."""

from __future__ import annotations

import numba as nb
import numpy as np

from ypo_dash.model.hours import WEEK_MINUTES
from ypo_dash.store.vectors import DATE, PLACE, SPAN_EVEN, TYPE

_compiled = nb.njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")


@_compiled
def _rare_weight(span, row, minutes, piece_row, piece_offset, piece_start, piece_length):  # type: ignore[no-untyped-def]
    """Return the share in the mask of a span that spreads evenly or is in pieces."""
    if span == SPAN_EVEN:
        return minutes[WEEK_MINUTES] / WEEK_MINUTES
    at = np.searchsorted(piece_row, row)
    inside, length = 0, 0
    for k in range(piece_offset[at], piece_offset[at + 1]):
        inside += minutes[piece_start[k] + piece_length[k]] - minutes[piece_start[k]]
        length += piece_length[k]
    return inside / length


@_compiled
def _rare_step(span, row, sign, hours, piece_row, piece_offset, piece_start, piece_length):  # type: ignore[no-untyped-def]
    """Add such a span to the minutes; returns what spreads evenly."""
    if span == SPAN_EVEN:
        return sign
    at = np.searchsorted(piece_row, row)
    length = 0
    for k in range(piece_offset[at], piece_offset[at + 1]):
        length += piece_length[k]
    for k in range(piece_offset[at], piece_offset[at + 1]):
        hours[piece_start[k]] += sign / length
        hours[piece_start[k] + piece_length[k]] -= sign / length
    return 0.0


@_compiled
def _days_only(  # type: ignore[no-untyped-def]
    pair, sector, start, span, place_cell, low, high, pieces,
    pair_fails, sector_fails, cell_wanted, minutes, shares, night_end,
):  # fmt: skip
    """Count rows whose dates are not wanted, as most of a long register: (this day, the night before)."""
    of_day, of_night, passing = 0.0, 0.0, 0
    if minutes is None:
        if cell_wanted < 0:
            for i in range(low, high):
                passing += (pair_fails[pair[i]] | sector_fails[sector[i]]) == 0
        else:
            for i in range(low, high):
                if place_cell[i] == cell_wanted:
                    passing += (pair_fails[pair[i]] | sector_fails[sector[i]]) == 0
        return np.float64(passing), 0.0
    for i in range(low, high):
        if pair_fails[pair[i]] | sector_fails[sector[i]]:
            continue
        if cell_wanted >= 0 and place_cell[i] != cell_wanted:
            continue
        begin, code = np.uint32(start[i]), np.uint32(span[i])
        if code <= WEEK_MINUTES:
            end = begin + max(code, np.uint32(1))
            w = (minutes[end] - minutes[begin]) * shares[code]
        else:
            w = _rare_weight(code, i, minutes, *pieces)
        owned_before = np.float64(begin % np.uint32(1440) < night_end)
        of_night += w * owned_before
        of_day += w * (1.0 - owned_before)
    return of_day, of_night


@_compiled
def count(  # type: ignore[no-untyped-def]
    pair, sector, start, span, cell, place_cell, offsets, first_day, day_low, day_high, pieces,
    pair_fails, sector_fails, cell_wanted, minutes, shares, night_end, day_from, day_to, base_day,
    cells, cells_context, sectors, sectors_context, pairs, pairs_type, pairs_scene,
    days, days_context, hours, hours_moved, totals,
):  # fmt: skip
    """Add a partition's days ``day_low`` to ``day_high`` to the slices of the count vector."""
    # `minutes` is None without a mask: numba then compiles a pass of its own, without weights.
    mapped = len(sector_fails) - 2
    rows, exact, even, even_moved = 0, 0, 0.0, 0.0
    for d in range(day_low, day_high):
        today = first_day + d
        low, high = np.uint64(offsets[d]), np.uint64(offsets[d + 1])
        plain = 0 if day_from <= today <= day_to else DATE
        # The night rule: a start before the wrap's end belongs to the day before.
        night = 0 if day_from <= today - 1 <= day_to else DATE
        if plain and night:
            context_day, context_night = _days_only(
                pair, sector, start, span, place_cell, low, high, pieces,
                pair_fails, sector_fails, cell_wanted, minutes, shares, night_end,
            )  # fmt: skip
            days_context[today - base_day] += context_day
            days_context[today - base_day - 1] += context_night
            continue
        of_day, of_night, context_day, context_night = 0.0, 0.0, 0.0, 0.0
        before = rows
        for i in range(low, high):
            t, s = pair[i], sector[i]
            fails = np.int64(pair_fails[t]) | np.int64(sector_fails[s])
            if cell_wanted >= 0 and place_cell[i] != cell_wanted:
                fails |= PLACE
            begin = np.uint32(start[i])
            early, dated = False, fails | plain
            if minutes is not None:
                early = begin % np.uint32(1440) < night_end
                if early:
                    dated = fails | night
            if dated & (dated - 1):
                continue  # fails two filters: feeds nothing
            code = np.uint32(span[i])
            common = code <= WEEK_MINUTES
            end = begin + max(code, np.uint32(1))  # an instant is in its minute
            # The hours' context has the plain dates; where the night rule moves a row into or
            # out of the selection, it is noted apart.
            if fails == 0 and (plain == 0 or dated == 0):
                if plain == 0:
                    if common:
                        hours[begin] += shares[code]
                        hours[end] -= shares[code]
                    else:
                        even += _rare_step(code, i, 1.0, hours, *pieces)
                if (plain == 0) != (dated == 0):
                    sign = 1.0 if dated == 0 else -1.0
                    if common:
                        hours_moved[begin] += sign * shares[code]
                        hours_moved[end] -= sign * shares[code]
                    else:
                        even_moved += _rare_step(code, i, sign, hours_moved, *pieces)
            w = 1.0
            if minutes is not None:
                if common:
                    w = (minutes[end] - minutes[begin]) * shares[code]
                else:
                    w = _rare_weight(code, i, minutes, *pieces)
                if w == 0.0:
                    continue
            if dated == 0:
                rows += 1
                exact += code == 0
                pairs[t] += w
                sectors[s] += w
                if s < mapped:
                    cells[cell[i]] += w
                if minutes is not None:
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
        if minutes is None:
            of_day = np.float64(rows - before)
        days[today - base_day] += of_day
        days[today - base_day - 1] += of_night
        days_context[today - base_day] += context_day
        days_context[today - base_day - 1] += context_night
    totals[0] += rows
    totals[1] += exact
    totals[2] += even
    totals[3] += even_moved


@_compiled
def select(  # type: ignore[no-untyped-def]
    pair, sector, start, span, place_cell, offsets, first_day, pieces,
    pair_fails, sector_fails, cell_wanted, minutes, night_end, day_from, day_to,
):  # fmt: skip
    """Return for each row whether it counts with any weight."""
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
            if minutes is None:
                chosen[i] = True
            elif code <= WEEK_MINUTES:
                chosen[i] = minutes[begin + max(code, np.uint32(1))] > minutes[begin]
            else:
                chosen[i] = _rare_weight(code, i, minutes, *pieces) > 0.0
    return chosen


@_compiled
def by_span(  # type: ignore[no-untyped-def]
    pair, sector, start, span, offsets, first_day, pieces,
    type_of_pair, place_of_sector, minutes, shares, night_end, base_day, days, counts,
):  # fmt: skip
    """Add a partition to ``counts`` by spans of ``days`` days, place and type; -1 is left out."""
    for d in range(len(offsets) - 1):
        today = first_day + d
        now, before = (today - base_day) // days, (today - 1 - base_day) // days
        for i in range(offsets[d], offsets[d + 1]):
            kind, place = type_of_pair[pair[i]], place_of_sector[sector[i]]
            if kind < 0 or place < 0:
                continue
            if minutes is None:
                counts[now, place, kind] += 1.0
                continue
            begin, code = np.uint32(start[i]), np.uint32(span[i])
            if code <= WEEK_MINUTES:
                end = begin + max(code, np.uint32(1))
                w = (minutes[end] - minutes[begin]) * shares[code]
            else:
                w = _rare_weight(code, i, minutes, *pieces)
            owner = before if begin % np.uint32(1440) < night_end else now
            counts[owner, place, kind] += w
