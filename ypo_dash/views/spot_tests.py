"""The tests behind the hot spots of a whole district: one map, its earlier periods, its other hexagons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ypo_dash.model.errors import FilterError
from ypo_dash.stats.hot_spots import (
    LEVEL,
    Power,
    dispersion_over_time,
    false_discovery,
    power,
    upper_tail,
)
from ypo_dash.stats.local_g import local_g, upper_p
from ypo_dash.stats.spot_classes import LEAST_PERIODS, spot_classes
from ypo_dash.store.exposure import Grid, exposure_of, grid_of, ring_sums
from ypo_dash.store.lru import Lru
from ypo_dash.store.windows import cell_counts_by_period, has_data

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Floats = NDArray[np.float64]
    Period = tuple[date, date]

GISTAR = "gistar"
EARLIER = 12  # equal periods before, that the variation over time is estimated from
WINDOWS, WINDOW_DAYS = 13, 28  # that classes come from
GAP = 31  # days; registers that know the month alone have all incidents on its first
OTHERS = {8: (9, 10), 9: (8, 10), 10: (8, 9), 11: (9, 10)}  # resolutions a stable spot is hot at


@dataclass(frozen=True, slots=True, kw_only=True)
class MapTests:
    """One test per hexagon of the grid, over one period or (with a leading axis) several.

    ``count`` and ``expected`` are of a hexagon and its ring, ``p`` and ``q`` NaN where nothing is
    tested. ``incidents`` are those with a hexagon. ``dispersion`` is None where it could not be
    estimated from ``earlier`` periods, and for Gi*; the counts are then taken as Poisson.
    """

    own: Floats
    count: Floats
    expected: Floats
    p: Floats
    q: Floats
    tested: NDArray[np.bool_]
    incidents: Floats
    dispersion: float | None
    earlier: int

    @property
    def hot(self) -> NDArray[np.bool_]:
        """Which hexagons are in a hot spot."""
        found: NDArray[np.bool_] = np.nan_to_num(self.q, nan=1.0) < LEVEL
        return found

    @property
    def ratio(self) -> Floats:
        """Count over expected count; NaN where none is expected."""
        return np.divide(
            self.count, self.expected, out=np.full_like(self.count, np.nan), where=self.expected > 0
        )


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of each hexagon from ``periods`` four-week periods; none where these are 0."""

    codes: NDArray[np.int8]
    periods: int


_tests = Lru(48)
_classes = Lru(24)
_stable = Lru(24)


def clear_tests() -> None:
    """Forget all tests; for benchmarks."""
    for kept in (_tests, _classes, _stable):
        kept.clear()


def district_state(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state without its place, its dates those of the data it reaches.

    Raises
    ------
    FilterError
        The period has no data.
    """
    first, last = filters.period(snapshot.span)
    span = snapshot.span
    if span is None or last < span[0] or first > span[1]:
        raise FilterError("from", "there are no data in this period, and so no hot spots")
    first, last = max(first, span[0]), min(last, span[1])
    return replace(filters, date_from=first, date_to=last, sectors=(), station=None, cell=None, measure="hotspot", compare="previous", lang=None)  # fmt: skip


def map_tests(snapshot: Snapshot, state: Filters, res: int) -> MapTests:
    """Return the tests of a district's state (see `district_state`) at a resolution."""
    state = replace(state, res=res)
    return _tests.fetch((snapshot.revision, state), lambda: _map_tests(snapshot, state))


def _map_tests(snapshot: Snapshot, state: Filters) -> MapTests:
    now = state.period(snapshot.span)
    length = (now[1] - now[0]).days + 1
    before = _back(snapshot, state, now[0] - timedelta(days=1), (length, EARLIER))
    counts = cell_counts_by_period(snapshot, state, [*before, now])
    return _run(snapshot, state, counts[-1], counts[:-1])


def _back(snapshot: Snapshot, state: Filters, end: date, how: tuple[int, int]) -> list[Period]:
    """Return periods that end with ``end``, oldest first; ``how`` are their days and the most of them.

    They go back to the beginning of the data, or to a gap of a period and a month in them.
    """
    days, most = how
    begins = snapshot.span[0] if snapshot.span else end
    found: list[Period] = []
    while len(found) < most and (start := end - timedelta(days=days - 1)) >= begins:
        if not has_data(snapshot, (start - timedelta(days=GAP), end), state.res):
            break
        found.append((start, end))
        end = start - timedelta(days=1)
    return found[::-1]


def _run(snapshot: Snapshot, state: Filters, counts: Floats, earlier: Floats) -> MapTests:
    """Test ``counts`` by dense id; with an hour mask they are weights, the nearest whole number is tested."""
    grid = grid_of(snapshot, state.res)
    own = _padded(counts, grid)
    sums = ring_sums(own, grid.neighbours)
    incidents = own.sum(axis=-1, keepdims=True)
    share = exposure_of(snapshot, state.baseline, state.res)
    alpha = None
    if state.baseline == GISTAR:
        tested = grid.inside
        around = ring_sums(tested.astype(float), grid.neighbours)
        inner = own * tested
        expected = around * inner.sum(axis=-1, keepdims=True) / max(tested.sum(), 1)
        z = local_g(
            inner[..., tested], ring_sums(inner, grid.neighbours)[..., tested], around[tested]
        )
        p = upper_p(z)
    else:
        around = ring_sums(share, grid.neighbours)
        tested = grid.inside & (around > 0)
        expected = incidents * around
        rings = ring_sums(_padded(earlier, grid), grid.neighbours)[:, tested]
        alpha = dispersion_over_time(rings)
        p = upper_tail(np.rint(sums[..., tested]), expected[..., tested], alpha or 0.0)
    all_p, all_q = np.full(sums.shape, np.nan), np.full(sums.shape, np.nan)
    all_p[..., tested], all_q[..., tested] = p, false_discovery(p)
    return MapTests(
        own=own, count=sums, expected=expected, p=all_p, q=all_q, tested=tested,
        incidents=incidents[..., 0], dispersion=alpha, earlier=len(earlier),
    )  # fmt: skip


def _padded(counts: Floats, grid: Grid) -> Floats:
    extra = np.zeros((*counts.shape[:-1], len(grid.cells) - counts.shape[-1]))
    return np.concatenate([counts, extra], axis=-1)


def classes_of(snapshot: Snapshot, state: Filters) -> Classes:
    """Return the classes from the four-week periods that end with the state's last date."""
    return _classes.fetch((snapshot.revision, state), lambda: _classes_of(snapshot, state))


def _classes_of(snapshot: Snapshot, state: Filters) -> Classes:
    last = state.period(snapshot.span)[1]
    windows = _back(snapshot, state, last, (WINDOW_DAYS, WINDOWS))
    grid = grid_of(snapshot, state.res)
    if len(windows) < LEAST_PERIODS:
        return Classes(np.zeros(len(grid.cells), np.int8), 0)
    counts = cell_counts_by_period(snapshot, state, windows)
    tests = _run(snapshot, state, counts, counts[:-1])
    codes = spot_classes(tests.hot, np.nan_to_num(tests.ratio))
    return Classes(codes, len(windows))


def stable_of(snapshot: Snapshot, state: Filters) -> NDArray[np.bool_]:
    """Return which hot hexagons lie on hot ones of both other resolutions."""
    return _stable.fetch((snapshot.revision, state), lambda: _stable_of(snapshot, state))


def _stable_of(snapshot: Snapshot, state: Filters) -> NDArray[np.bool_]:
    stable = map_tests(snapshot, state, state.res).hot.copy()
    for other in OTHERS[state.res]:
        if stable.any():
            stable &= _confirmed(snapshot, state, other)
    return stable


def _confirmed(snapshot: Snapshot, state: Filters, other: int) -> NDArray[np.bool_]:
    """Return which hexagons have a hot one of resolution ``other`` on or beside them.

    A smaller hexagon lies on its parent of the larger resolution; that parents hold only most of
    their children's area does no harm, since those beside count as well.
    """
    fine, coarse = max(state.res, other), min(state.res, other)
    small, large = grid_of(snapshot, fine), grid_of(snapshot, coarse)
    holder = _parents(small, large)
    hot = map_tests(snapshot, state, other).hot
    if other == coarse:
        near = ring_sums(hot.astype(float), large.neighbours) > 0
        return np.append(near, False)[holder]
    held = np.zeros(len(large.cells) + 1)
    held[holder[hot]] = 1.0
    found: NDArray[np.bool_] = ring_sums(held[:-1], large.neighbours) > 0
    return found


def _parents(small: Grid, large: Grid) -> NDArray[np.int64]:
    """Return for each hexagon the position of its parent; ``len(large.cells)`` where it is not there."""
    from h3ronpy import change_resolution

    parents = np.zeros(len(small.cells), np.uint64)
    parents[1:] = pa.array(change_resolution(pa.array(small.cells[1:]), large.res)).to_numpy()
    order = np.argsort(large.cells)
    at = order[np.searchsorted(large.cells[order], parents).clip(0, len(order) - 1)]
    found: NDArray[np.int64] = np.where(
        (large.cells[at] == parents) & (parents > 0), at, len(large.cells)
    )
    return found


def power_of(tests: MapTests) -> Power:
    """Return what a spot must be to be found, at the expected count that half the hexagons have."""
    expected = tests.expected[tests.tested]
    return power(
        float(np.median(expected)) if len(expected) else 0.0, len(expected), tests.dispersion or 0.0
    )
