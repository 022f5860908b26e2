"""Near repeats: whether incidents that are near in space follow each other more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

METRICS = {"manhattan": 1, "euclid": 2}


class Bands(NamedTuple):
    """Upper edges in metres and days, ascending; a band is [edge before, edge), the first begins at 0."""

    distances: Sequence[float]
    lags: Sequence[int]


@dataclass(frozen=True, slots=True)
class Knox:
    """Pairs by distance (rows) and time apart (columns); the last of each is "further apart".

    ``observed`` pairs, ``expected`` their mean over shuffled days, ``ratio`` of both (NaN where none
    is expected), ``p`` the share of shuffles with as many pairs or more.
    """

    observed: Floats
    expected: Floats
    ratio: Floats
    p: Floats


def knox(
    points: Floats,
    days: NDArray[np.int64],
    bands: Bands,
    *,
    metric: str = "manhattan",
    shuffles: int = 999,
    seed: int = 1,
) -> Knox:
    """Count close pairs and compare with days shuffled among the places.

    Parameters
    ----------
    points, days
        Coordinates in metres (one row an incident) and day numbers.
    shuffles
        999 make 0.001 the smallest p.

    Raises
    ------
    ValueError
        ``metric`` is unknown.

    References
    ----------
    Knox (1964); Besag, Diggle (1977), doi:10.2307/2346969, for the Monte Carlo test.
    """
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r}: use one of {', '.join(METRICS)}")
    from scipy.spatial import cKDTree

    distances, lags = bands
    norm = METRICS[metric]
    shape = (len(distances) + 1, len(lags) + 1)
    pairs = np.zeros((0, 2), np.int64)
    if len(points) > 1:
        pairs = cKDTree(points).query_pairs(distances[-1], p=norm, output_type="ndarray")
    apart = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], ord=norm, axis=1) if len(pairs) else np.zeros(0)  # fmt: skip
    near = np.searchsorted(distances, apart, side="right")
    lagged = _lags_of_all(days, lags)  # by time alone, which no shuffle changes

    def counted(when: NDArray[np.int64]) -> Floats:
        lag = np.searchsorted(lags, np.abs(when[pairs[:, 0]] - when[pairs[:, 1]]), side="right")
        table = np.bincount(near * shape[1] + lag, minlength=shape[0] * shape[1])
        found = table.reshape(shape).astype(float)
        found[-1] = lagged - found[:-1].sum(axis=0)
        return found

    observed = counted(days)
    rng = np.random.default_rng(seed)
    total, as_many = np.zeros(shape), np.ones(shape)
    for _ in range(shuffles):
        table = counted(rng.permutation(days))
        total += table
        as_many += table >= observed
    expected = total / shuffles
    ratio = np.divide(observed, expected, out=np.full(shape, np.nan), where=expected > 0)
    return Knox(observed, expected, ratio, as_many / (shuffles + 1))


def _lags_of_all(days: NDArray[np.int64], lags: Sequence[int]) -> Floats:
    """Return how many of all pairs are how far apart in time."""
    ordered = np.sort(days)
    ahead = np.arange(1, len(ordered) + 1)
    below = [
        float((np.searchsorted(ordered, ordered + lag, side="left") - ahead).sum()) for lag in lags
    ]
    every = len(ordered) * (len(ordered) - 1) / 2
    return np.diff([0.0, *below, every])
