"""What would be normal for a week? Expected range of every sector x type and of the totals.

A quasi-Poisson regression with level, trend, season, holidays and recording breaks is fitted to the
weeks before (Farrington-type). Types and the district are fitted as they are; a sector's series has
the season, holidays and breaks of its type in the district as offset, and learns only how it differs.

References
----------
Farrington et al. (1996), doi:10.2307/2983331; Noufaily et al. (2013), doi:10.1002/sim.5595.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.stats.batched_glm import Fit, Problem, robust_fit
from ypo_dash.stats.false_discovery import benjamini_hochberg
from ypo_dash.stats.negative_binomial import cdf, quantile, sf
from ypo_dash.stats.week_design import OWN, Design, after_break, baseline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEVEL = 0.05
RECENT, ENOUGH = 4, 5  # Farrington: silent under 5 cases in the last 4 weeks
HISTORY, FEW, NONE, MORE, FEWER = range(5)
FLAGS = ("history", "few", "none", "more", "fewer")
_CHUNK = 2_000_000  # numbers of one array: what a chunk of assessed weeks may take
# Jeffreys' prior, spread over the baseline: no series is sure to be without incidents.
_HALF_CASE = 0.5
# The level of a real register wanders within half a year, more than a trend says: its standard
# deviation on the log scale, set so that real ranges hold what they promise (see docs/method.md).
DRIFT = 0.08
_MOST_VARIANCE = 4.0  # of the log mean


@dataclass(frozen=True, slots=True)
class Ranges:
    """Expected count and 95 % range; NaN where there is too little history.

    All have the assessed weeks first. ``variance`` is that of a new count; ``p`` is the exact two-sided tail of the observed count.
    """

    expected: Array
    variance: Array
    low: Array
    high: Array
    p: Array


def with_totals(counts: Array, sectors: int) -> Array:
    """Return weeks x (sectors + 1) x (types + 1): the last of each is *all*.

    All of the district has also what lies in no sector, the places after the first ``sectors``.
    """
    grid = np.zeros((len(counts), sectors + 1, counts.shape[2] + 1))
    grid[:, :-1, :-1] = counts[:, :sectors]
    grid[:, -1, :-1] = counts.sum(axis=1)
    grid[:, :, -1] = grid[:, :, :-1].sum(axis=2)
    return grid


def ranges(grid: Array, design: Design, concerns: Array, weeks: Sequence[int]) -> Ranges:
    """Return the range of every series of ``grid`` in the weeks of number ``weeks``.

    Parameters
    ----------
    grid
        Counts as of `with_totals`.
    concerns
        Breaks x types, 1 where the break concerns the type.
    """
    types = grid.shape[2]
    size = max(1, _CHUNK // max(1, grid.size))
    parts = []
    for at in range(0, len(weeks), size):
        chosen = list(weeks[at : at + size])
        tops = grid[:, -1, :]
        shares = _shares(tops, concerns)
        learned = _learned(design, chosen, shares)
        top = _fitted(tops, design, shares, learned, chosen)
        below = _sectors(grid[:, :-1, :], design, learned, top, chosen)
        mean, variance = (
            np.concatenate([b.reshape(len(chosen), -1, types), t[:, None, :]], axis=1)
            for b, t in zip(below, (top.mean, top.variance), strict=True)
        )
        parts.append(_ranges(mean, variance, grid[chosen]))
    if not parts:
        none = np.zeros((0, *grid.shape[1:]))
        return Ranges(none, none, none, none, none)
    return Ranges(*(np.concatenate([getattr(p, name) for p in parts]) for name in Ranges.__slots__))


def series_ranges(counts: Array, design: Design, shares: Array, weeks: Sequence[int]) -> Ranges:
    """Return the range of each series of ``counts`` (weeks x series) by itself, in ``weeks``.

    Parameters
    ----------
    shares
        Series x breaks: the part of the series that is of the types of the break.
    """
    learned = _learned(design, weeks, shares)
    top = _fitted(counts, design, shares, learned, weeks)
    return _ranges(top.mean, top.variance, counts[list(weeks)])


@dataclass(frozen=True, slots=True)
class _Top:
    """Fitted totals: by assessed week and series."""

    mean: Array
    variance: Array
    curve: Array  # all weeks x assessed x series: log of the mean less its level
    doubt: Array  # variance of that curve at the assessed week against the baseline


def _shares(tops: Array, concerns: Array) -> Array:
    """Return what part of each type (1 or 0), and of all types, each break concerns."""
    counts = tops[:, :-1].sum(axis=0)
    whole = concerns @ counts / max(1.0, counts.sum())
    return np.vstack([concerns.T, whole])


def _learned(design: Design, weeks: Sequence[int], shares: Array) -> Array:
    """Return weights 1 or 0: all weeks x assessed x series."""
    found = np.stack([baseline(design, week) for week in weeks], axis=1)
    all_series = np.repeat(found[:, :, None], len(shares), axis=2)
    for number in range(len(design.broken)):
        mostly = shares[:, number] >= 0.5
        for at, week in enumerate(weeks):
            if found[:, at].any():
                since = after_break(design, week, number)
                all_series[:, at, mostly] |= since[:, None]
    return all_series.astype(float)


def _problem(y: Array, offset: Array, learned: Array, x: Array, precision: Array) -> Problem:
    flat = learned.reshape(len(x), -1)
    used = slice(0, int(np.flatnonzero(flat.any(axis=1)).max(initial=0)) + 1)
    half = _HALF_CASE / np.maximum(1, flat.sum(axis=0))
    return Problem(y[used] + half, offset[used], flat[used], x[used], precision)


def _fitted(
    tops: Array, design: Design, shares: Array, learned: Array, weeks: Sequence[int]
) -> _Top:
    assessed, series = learned.shape[1:]
    y = np.tile(tops, (1, assessed))
    precision = np.tile(design.precision(shares), (assessed, 1))
    found = robust_fit(_problem(y, np.zeros_like(y), learned, design.x, precision))
    at = np.repeat(design.x[list(weeks)], series, axis=0)
    enough = learned.sum(axis=0).ravel() > 0
    mean, variance = _predicted(found, at, np.zeros(len(at)), enough)
    curve = (design.x[:, 1:] @ found.beta[:, 1:].T).reshape(len(y), assessed, series)
    weight = learned.reshape(len(y), -1)
    usual = (weight.T @ design.x) / np.maximum(1, weight.sum(axis=0))[:, None]
    return _Top(
        mean.reshape(assessed, series),
        variance.reshape(assessed, series),
        curve,
        _spread(found, at - usual).reshape(assessed, series),
    )


def _sectors(
    counts: Array, design: Design, learned: Array, top: _Top, weeks: Sequence[int]
) -> tuple[Array, Array]:
    """Fit sectors by type, given the curves of the types; mean and variance by assessed week."""
    total, sectors, types = counts.shape
    assessed = len(weeks)

    def spread(values: Array) -> Array:
        """Repeat what assessed weeks and types have over the sectors, as columns."""
        shape = (*values.shape[:-2], assessed, sectors, types)
        return np.broadcast_to(values[..., :, None, :], shape).reshape(*values.shape[:-2], -1)

    y = np.tile(counts.reshape(total, -1), (1, assessed))
    offset, weight = spread(top.curve), spread(learned)
    series = y.shape[1]
    found = robust_fit(_problem(y, offset, weight, design.own, Design.own_precision(series)))
    rows = np.repeat(np.array(weeks), sectors * types)
    at = design.x[rows][:, :OWN]
    mean, variance = _predicted(
        found, at, offset[rows, np.arange(series)], weight.sum(axis=0) > 0, spread(top.doubt)
    )
    return mean.reshape(assessed, -1), variance.reshape(assessed, -1)


def _spread(found: Fit, at: Array) -> Array:
    """Return the variance of the log mean at the rows ``at``, one of each series."""
    half = np.einsum("sp,spq->sq", at, found.covariance)
    result: Array = (half * at).sum(axis=1)
    return result


def _predicted(
    found: Fit, at: Array, offset: Array, enough: NDArray[np.bool_], doubt: Array | float = 0.0
) -> tuple[Array, Array]:
    """Return mean and variance of a new count: overdispersed chance, and what is not known of the mean."""
    mean = np.exp(np.clip(offset + (at * found.beta).sum(axis=1), -30, 30))
    unsure = np.minimum(_spread(found, at) + doubt + DRIFT**2, _MOST_VARIANCE)
    variance = found.phi * mean + unsure * mean**2
    return np.where(enough, mean, np.nan), np.where(enough, variance, np.nan)


def _ranges(mean: Array, variance: Array, counts: Array) -> Ranges:
    """Return negative-binomial quantiles, and the tail of the observed count, doubled.

    The exact tail and not the mid-p: a count inside the range then never has a p below 0.05.
    """
    known = ~np.isnan(mean)
    size, chance = negative_binomial(mean[known], variance[known])
    observed = np.round(counts[known])
    low, high, p = (np.full(mean.shape, np.nan) for _ in range(3))
    low[known] = quantile((1 - 0.95) / 2, size, chance)
    high[known] = quantile(1 - (1 - 0.95) / 2, size, chance)
    tails = np.minimum(cdf(observed, size, chance), sf(observed - 1, size, chance))
    p[known] = np.minimum(1, 2 * tails)
    return Ranges(mean, variance, low, high, p)


def negative_binomial(mean: Array, variance: Array) -> tuple[Array, Array]:
    """Return size and chance of the negative binomial with this mean and variance.

    A variance of the mean or less gives what is as good as a Poisson.
    """
    more = np.maximum(variance - mean, 1e-6 * mean)
    return mean**2 / more, mean / (mean + more)


def adjusted(p: Array, expected: Array) -> Array:
    """Return Benjamini-Hochberg q within each assessed week, in three families; NaN stays NaN.

    The families are all sectors x types with 5 expected in 4 weeks, all that are smaller, and the
    totals (sectors, types, district). Which a series is in was known before the week, so the
    families are as good as chosen beforehand (Efron 2008, doi:10.1214/07-AOAS141); in one family the
    many that are too small to show anything would drown the others.
    """
    q = np.full(p.shape, np.nan)
    inner = np.zeros(p.shape, np.bool_)
    inner[:, :-1, :-1] = True
    large = RECENT * expected >= ENOUGH
    for family in (inner & large, inner & ~large, ~inner):
        for week, chosen in enumerate(family & ~np.isnan(p)):
            if chosen.any():
                q[week, chosen] = benjamini_hochberg(p[week, chosen])
    return q


def few(grid: Array, expected: Array, weeks: Sequence[int]) -> NDArray[np.bool_]:
    """Return which series are too small to be judged: under 5 cases in the last 4 weeks.

    And with under 5 expected, so that a series which stops is not taken for one too small.
    """
    recent = np.stack([grid[max(0, w - RECENT + 1) : w + 1].sum(axis=0) for w in weeks])
    found: NDArray[np.bool_] = (recent < ENOUGH) & (RECENT * expected < ENOUGH)
    return found


def flags(grid: Array, found: Ranges, q: Array, weeks: Sequence[int]) -> NDArray[np.int8]:
    """Return what is said of each series and week, as places of `FLAGS`."""
    counts = grid[list(weeks)]
    said = np.full(counts.shape, NONE, np.int8)
    beyond = q < LEVEL
    enough = np.stack([grid[max(0, w - RECENT + 1) : w + 1].sum(axis=0) for w in weeks]) >= ENOUGH
    said[beyond & enough & (counts > found.expected)] = MORE
    said[beyond & (counts < found.expected)] = FEWER
    said[few(grid, found.expected, weeks)] = FEW
    said[np.isnan(q)] = HISTORY
    return said
