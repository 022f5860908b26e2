"""What a register does not know of time: stretches without data, and dates that are months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.store.lru import Lru
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.store.vectors import SPAN_EVEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot

Gap = tuple[date, date]
# Longer than a month: where a source tells only the month, all of it starts on the first.
SHORTEST = 45
# Chance that a stretch without incidents is a whim of the register's usual number a day.
UNLIKELY = 1e-6
_gaps = Lru(8)
_coarse = Lru(8)


def gaps_of(snapshot: Snapshot) -> tuple[Gap, ...]:
    """Return the stretches (first and last date) inside the span in which nothing at all is recorded.

    A stretch of 45 days or more counts, if chance would leave one that long with a probability
    below one in a million at the usual number of incidents a day.
    """
    return _gaps.fetch(snapshot.revision, lambda: _find(snapshot))


def gap_between(snapshot: Snapshot, first: date, last: date) -> Gap | None:
    """Return the first stretch without data that touches a period; None where there is none."""
    return next((g for g in gaps_of(snapshot) if g[0] <= last and g[1] >= first), None)


def is_coarse(snapshot: Snapshot) -> bool:
    """Whether most incidents are dated to more than a week, as where a source tells the month alone.

    All of a month then start on its first, so that only whole months can be compared.
    """
    return _coarse.fetch(snapshot.revision, lambda: _is_coarse(snapshot))


def _is_coarse(snapshot: Snapshot) -> bool:
    found = sum(int((part.span == SPAN_EVEN).sum()) for part in snapshot.partitions(9))
    return found > snapshot.totals["incidents"] / 2


def _find(snapshot: Snapshot) -> tuple[Gap, ...]:
    span = snapshot.span
    if span is None:
        return ()
    first = (span[0] - EPOCH).days
    days = np.zeros((span[1] - span[0]).days + 1)
    for part in snapshot.partitions(9):
        sizes = np.diff(part.offsets)
        at = part.first_day - first
        days[at : at + len(sizes)] += sizes
    return tuple(
        (span[0] + timedelta(days=a), span[0] + timedelta(days=b - 1)) for a, b in runs(days)
    )


def runs(days: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return (first, end) of the stretches of zeros that are too long for chance."""
    empty = np.concatenate([[False], days == 0, [False]])
    edges = np.flatnonzero(np.diff(empty.astype(np.int8)))
    stretches = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    long = [(a, b) for a, b in stretches if b - a >= SHORTEST]
    if not long:
        return []
    # The longest one apart, which would make a register look slow that has whole years missing.
    usual = days.sum() / (len(days) - max(b - a for a, b in long))
    return [(a, b) for a, b in long if np.exp(-usual * (b - a)) < UNLIKELY]
