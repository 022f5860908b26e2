"""Hot spots of a state: which hexagons have more than their share, beyond chance, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import h3
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.hot_spots import Power
from ypo_dash.stats.spot_classes import CLASSES
from ypo_dash.store.exposure import Grid, grid_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import summarise
from ypo_dash.views.hotspot_words import (
    cell_sentence,
    class_name,
    method_sentence,
    sentence,
)
from ypo_dash.views.spot_tests import (
    GISTAR,
    WINDOW_DAYS,
    MapTests,
    classes_of,
    district_state,
    map_tests,
    power_of,
    stable_of,
)
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Floats = NDArray[np.float64]

COLUMNS = ("cell", "count", "expected", "ratio", "p", "q", "class", "stable")
__all__ = [
    "COLUMNS",
    "HotSpots",
    "cell_sentence",
    "class_name",
    "hotspot_table",
    "hotspots",
    "method_sentence",
    "sentence",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpots:
    """Hot spots of a state; all arrays have one value per hexagon, in the order of ``cells``.

    The first ``dense`` hexagons stand under the dense ids of the snapshot (0 is "no cell"), as the
    map knows them; those after never had an incident. ``count`` and ``expected`` are of a hexagon
    and the six around it, ``own`` of itself. ``shown`` are the hexagons of the state's place; tests
    are always of the whole district. ``code`` is an index of ``CLASSES``, ``group`` the number of
    the connected hot spot, -1 for none.

    Attributes
    ----------
    incidents
        Incidents of the district's state that have a hexagon.
    tests
        Hexagons that are tested together.
    dispersion
        Of the negative binomial, from ``earlier`` periods; None: Poisson, or Gi*.
    periods
        Four-week periods that the classes come from; 0: no classes.
    same_period
        Whether the state's own period is the last of them.
    power
        How strong a spot must be to be found; None for Gi*.
    police_found
        Incidents of the district's state that the police found themselves: these show where they
        looked. ``only_police_found``: all are of such types.
    """

    period: tuple[date, date]
    baseline: str
    res: int
    cells: NDArray[np.uint64]
    dense: int
    own: Floats
    count: Floats
    expected: Floats
    ratio: Floats
    p: Floats
    q: Floats
    tested: NDArray[np.bool_]
    hot: NDArray[np.bool_]
    stable: NDArray[np.bool_]
    code: NDArray[np.int8]
    shown: NDArray[np.bool_]
    group: NDArray[np.int64]
    sector: tuple[str, ...]
    incidents: float
    tests: int
    dispersion: float | None
    earlier: int
    periods: int
    same_period: bool
    power: Power | None
    police_found: float
    only_police_found: bool

    @property
    def verdict(self) -> str:
        """*hot*, *none*, or *few*: nothing found, and only a very strong spot could have been."""
        if self.hot.any():
            return "hot"
        return "few" if self.too_few else "none"

    @property
    def too_few(self) -> bool:
        """Whether even a spot of three times its share would mostly be missed."""
        return self.power is not None and not self.power.is_enough

    @property
    def days(self) -> int:
        """The days of the period that have data."""
        return (self.period[1] - self.period[0]).days + 1

    @property
    def needed_days(self) -> int | None:
        """How long a period would find a spot of three times its share; None: no reasonable one."""
        if self.power is None or self.power.longer is None:
            return None
        return ceil(self.power.longer * self.days)


_found = Lru(48)


def clear_hotspots() -> None:
    """Forget the answers; for benchmarks."""
    _found.clear()


def hotspots(snapshot: Snapshot, filters: Filters) -> HotSpots:
    """Return the hot spots of a state, cached by snapshot and state.

    Raises
    ------
    FilterError
        The tier is not internal, the period has no data, or the baseline is not known here.
    """
    require_internal(filters.tier)
    state = district_state(snapshot, filters)
    place = (filters.sectors, filters.station, filters.cell)
    key = (snapshot.revision, state, place)
    return _found.fetch(key, lambda: _hotspots(snapshot, filters, state))


def _hotspots(snapshot: Snapshot, filters: Filters, state: Filters) -> HotSpots:
    grid = grid_of(snapshot, state.res)
    tests = map_tests(snapshot, state, state.res)
    classes = classes_of(snapshot, state)
    period = state.period(snapshot.span)
    names = (*(s.id for s in snapshot.sectors), "")
    kinds = summarise(snapshot, state).types
    by_police = [o.detection == "police_initiated" for o in snapshot.taxonomy.offences]
    police_found = float(kinds[by_police].sum())
    return HotSpots(
        period=period,
        baseline=state.baseline,
        res=state.res,
        cells=grid.cells,
        dense=grid.dense,
        own=tests.own,
        count=tests.count,
        expected=tests.expected,
        ratio=tests.ratio,
        p=tests.p,
        q=tests.q,
        tested=tests.tested,
        hot=tests.hot,
        stable=stable_of(snapshot, state),
        code=classes.codes,
        shown=_shown(snapshot, filters, grid),
        group=_groups(tests, grid),
        sector=tuple(names[i] for i in grid.sector),
        incidents=float(tests.incidents),
        tests=int(tests.tested.sum()),
        dispersion=tests.dispersion,
        earlier=tests.earlier,
        periods=classes.periods,
        same_period=(period[1] - period[0]).days + 1 == WINDOW_DAYS,
        power=None if state.baseline == GISTAR else power_of(tests),
        police_found=police_found,
        only_police_found=0 < police_found == float(kinds.sum()),
    )


def _groups(tests: MapTests, grid: Grid) -> NDArray[np.int64]:
    """Return the numbers of the groups of hot hexagons that touch; -1 for none."""
    found = np.full(len(grid.cells), -1, np.int64)
    hot = np.flatnonzero(tests.hot)
    place = np.full(len(grid.cells) + 1, -1, np.int64)
    place[hot] = np.arange(len(hot))
    ends = place[grid.neighbours[hot]]
    starts = np.broadcast_to(np.arange(len(hot))[:, None], ends.shape)
    edges = ends >= 0
    links = csr_array(
        (np.ones(edges.sum(), bool), (starts[edges], ends[edges])), shape=(len(hot), len(hot))
    )
    if len(hot):
        found[hot] = connected_components(links, directed=False)[1]
    return found


def _shown(snapshot: Snapshot, filters: Filters, grid: Grid) -> NDArray[np.bool_]:
    """Return the hexagons that a state's place leaves; each belongs to the sector with most of it."""
    shown = np.ones(len(grid.cells), bool)
    chosen = filters.place_sectors(snapshot)
    if chosen is not None:
        wanted = [i for i, s in enumerate(snapshot.sectors) if s.id in chosen]
        shown &= np.isin(grid.sector, wanted)
    if filters.cell is None:
        return shown
    res = h3.get_resolution(filters.cell)
    if res > grid.res:  # the hexagon that holds the centre of the smaller one
        holder = h3.latlng_to_cell(*h3.cell_to_latlng(filters.cell), grid.res)
        here: NDArray[np.bool_] = grid.cells == np.uint64(h3.str_to_int(holder))
        return shown & here
    for i in np.flatnonzero(shown & (grid.cells > 0)):
        centre = h3.cell_to_latlng(h3.int_to_str(int(grid.cells[i])))
        shown[i] = h3.latlng_to_cell(*centre, res) == filters.cell
    return shown


def hotspot_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return the hexagons shown that have incidents in themselves or around, as `COLUMNS`.

    ``class`` is empty where a hexagon is not and was not hot, or where there are too few periods
    for classes; ``stable`` is empty where it is not hot, p and q where it is not tested.

    Raises
    ------
    FilterError
        See `hotspots`.
    """
    found = hotspots(snapshot, filters)
    at = np.flatnonzero(found.shown & (found.count > 0) & found.tested)
    order = at[np.argsort(found.cells[at])]
    return Table(COLUMNS, [_row(found, int(i)) for i in order])


def _row(found: HotSpots, i: int) -> tuple[object, ...]:
    return (
        h3.int_to_str(int(found.cells[i])),
        count_value(found.count[i]),
        *(round(float(v[i]), DIGITS) for v in (found.expected, found.ratio)),
        *(float(f"{v[i]:.{DIGITS}g}") for v in (found.p, found.q)),
        CLASSES[found.code[i]],
        str(bool(found.stable[i])).lower() if found.hot[i] else "",
    )
