"""Near repeats of a state's incidents: a small matrix, and a sentence that claims no more than it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ypo_dash.i18n import join_words, number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.changes import adjust
from ypo_dash.stats.knox import METRICS, Bands, Knox, knox
from ypo_dash.store.lru import Lru
from ypo_dash.store.query import rows_of
from ypo_dash.store.segments import read_truth
from ypo_dash.store.vectors import SPAN_EVEN
from ypo_dash.views.tables import DIGITS, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

BANDS = Bands((1.0, 100.0, 200.0, 400.0), (7, 14, 28))
MOST = 20_000  # incidents: more take minutes of shuffling
MOST_ON_PAGE = 5_000  # and a page can't wait
MOST_PAIRS_ON_PAGE = 150_000  # nearer than the last band: each is counted anew at every shuffle
FEWEST = 20
LEVEL = 0.05
SHUFFLES = 999
COLUMNS = ("metres_from", "metres_to", "days_from", "days_to", "pairs", "expected", "ratio", "p")


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """The result of ``incidents`` with a point; ``found`` is None where they are too few to tell."""

    incidents: int
    found: Knox | None

    def table(self) -> Table:
        """Return one row per band of distance and time; empty ends are "further", "later"."""
        if self.found is None:
            return Table(COLUMNS, [])
        edges = [(0.0, *BANDS.distances, ""), (0, *BANDS.lags, "")]
        rows = []
        for i in range(len(BANDS.distances) + 1):
            for j in range(len(BANDS.lags) + 1):
                ratio = self.found.ratio[i, j]
                rows.append(
                    (
                        *(edges[0][i], edges[0][i + 1], edges[1][j], edges[1][j + 1]),
                        int(self.found.observed[i, j]),
                        round(float(self.found.expected[i, j]), DIGITS),
                        "" if np.isnan(ratio) else round(float(ratio), DIGITS),
                        round(float(self.found.p[i, j]), DIGITS),
                    )
                )
        return Table(COLUMNS, rows)


_answers = Lru(32)


def near_repeat(
    snapshot: Snapshot, filters: Filters, metric: str = "manhattan", *, on_page: bool = False
) -> NearRepeat:
    """Return the near repeats of a state's incidents that have a point.

    Parameters
    ----------
    metric
        Distance by ``manhattan`` (along streets at right angles) or ``euclid`` (as the crow flies).
    on_page
        Refuse what takes longer than a reader waits.

    Raises
    ------
    FilterError
        ``metric`` is unknown, or there are more incidents than can be shuffled in reasonable time.
    """
    require_internal(filters.tier)
    if metric not in METRICS:
        raise FilterError("metric", "'{value}' is unknown; use {known}", value=metric[:40], known=", ".join(METRICS))  # fmt: skip
    state = replace(filters, lang=None, res=9, measure="count", compare="previous", baseline="area")
    key = (snapshot.revision, state, filters.period(snapshot.span), metric)
    if on_page and _answers.get(key) is None:
        points = _points(snapshot, filters)[0]
        if len(points) > MOST_ON_PAGE:
            raise _too_many(len(points), MOST_ON_PAGE)
        if (near := _pairs(points, metric)) > MOST_PAIRS_ON_PAGE:
            raise FilterError("from", "{n} pairs of incidents within {m} m are too many to wait for; choose a type or a shorter period", n=int(near), m=int(BANDS.distances[-1]))  # fmt: skip
    return _answers.fetch(key, lambda: _near_repeat(snapshot, filters, metric))


def _near_repeat(snapshot: Snapshot, filters: Filters, metric: str) -> NearRepeat:
    points, days = _points(snapshot, filters)
    if len(points) > MOST:
        raise _too_many(len(points), MOST)
    if len(points) < FEWEST:
        return NearRepeat(len(points), None)
    return NearRepeat(len(points), knox(points, days, BANDS, metric=metric, shuffles=SHUFFLES))


def _too_many(count: int, most: int) -> FilterError:
    return FilterError("from", "{n} incidents are too many for near repeats; choose a type or a shorter period, at most {most}", n=count, most=most)  # fmt: skip


def _pairs(points: NDArray[np.float64], metric: str) -> float:
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    both = float(tree.count_neighbors(tree, BANDS.distances[-1], p=METRICS[metric]))
    return (both - len(points)) / 2  # it counts each pair twice, and each point with itself


def _points(snapshot: Snapshot, filters: Filters) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return points in metres of the district and local day numbers.

    Raises
    ------
    FilterError
        Most of the incidents are dated to more than a week.
    """
    from pyproj import Transformer

    parts, days = [np.zeros((0, 2))], [np.zeros(0, np.int64)]
    coarse = 0
    for index, rows in rows_of(snapshot, filters):
        entry = snapshot.manifest.segments[index]
        taken = read_truth(snapshot.files, entry, ["lon", "lat"]).take(pa.array(rows))
        parts.append(
            np.column_stack(
                [taken[c].to_numpy(zero_copy_only=False).astype(float) for c in ("lon", "lat")]
            )
        )
        partition = snapshot.partitions(filters.res)[index]
        coarse += int((partition.span[rows] == SPAN_EVEN).sum())
        days.append(
            partition.first_day + np.searchsorted(partition.offsets, rows, side="right") - 1
        )
    if coarse > sum(map(len, days)) / 2:
        raise FilterError("from", "most of these incidents are dated to more than a week: too coarse for near repeats")  # fmt: skip
    places, when = np.vstack(parts), np.concatenate(days)
    known = ~np.isnan(places).any(axis=1)
    metres = Transformer.from_crs("EPSG:4326", snapshot.district.crs, always_xy=True)
    x, y = metres.transform(places[known, 0], places[known, 1])
    return np.column_stack([x, y]), when[known].astype(np.int64)


def told(result: Knox) -> list[int]:
    """Return the bands up to 200 m with more pairs within 7 days than by chance (Bonferroni)."""
    within = BANDS.distances.index(200.0) + 1
    return [
        i
        for i in range(within)
        if result.p[i, 0] * within < LEVEL and result.observed[i, 0] > result.expected[i, 0]
    ]


def clear_fields(result: Knox) -> NDArray[np.bool_]:
    """Return where pairs are more than by chance, all near fields tested together (Benjamini-Hochberg)."""
    near = result.p[:-1, :-1]
    q = np.array(adjust(near.ravel().tolist(), "bh")).reshape(near.shape)
    found = np.zeros(result.p.shape, bool)
    found[:-1, :-1] = q < LEVEL
    return found


def sentence(result: NearRepeat, lang: str) -> str:
    """Return what the matrix says of a week and 200 metres."""
    if result.found is None:
        return text(
            lang, "{n} incidents with a point are too few for near repeats.", n=result.incidents
        )
    within = BANDS.distances.index(200.0) + 1
    pairs = float(result.found.observed[:within, 0].sum())
    expected = float(result.found.expected[:within, 0].sum())
    if expected <= 0:
        return text(lang, "No two incidents are near each other.")
    values = {"ratio": number(pairs / expected, lang, 1), "pairs": number(pairs, lang), "n": number(result.incidents, lang)}  # fmt: skip
    bands = told(result.found)
    if not bands:
        return text(lang, "Within 7 days and 200 m there are no more pairs than chance explains ({ratio} times, {pairs} pairs, {n} incidents).", **values)  # fmt: skip
    if len(bands) == within:
        return text(lang, "Within 7 days and 200 m there are {ratio} times as many pairs as by chance ({pairs} pairs, {n} incidents).", **values)  # fmt: skip
    said = join_words([_band_words(result.found, i, lang) for i in bands], lang)
    return text(lang, "Within 7 days there are {bands} times as many pairs as by chance ({n} incidents).", bands=said, n=values["n"])  # fmt: skip


def _band_words(found: Knox, band: int, lang: str) -> str:
    ratio = found.observed[band, 0] / found.expected[band, 0] if found.expected[band, 0] else 0.0
    shown = number(float(ratio), lang, 1 if ratio >= 1.15 else 2)
    if band == 0:
        return text(lang, "at the same place {ratio}", ratio=shown)
    low, high = (number(BANDS.distances[i], lang, 0) for i in (band - 1, band))
    return text(lang, "{low} to {high} m apart {ratio}", low=low, high=high, ratio=shown)
