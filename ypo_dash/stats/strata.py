"""Post-stratification: answers weighted to the population by sex and age, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.stats.intervals import wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_ANSWERS = 5  # of a stratum; a smaller one is merged with its neighbour


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted share of answers.

    ``n`` answers, ``n_eff`` as many unweighted ones would be as precise (Kish), ``share`` with the
    95 % Wilson interval on ``n_eff``; shares are 0-1.
    """

    n: int
    n_eff: float
    share: float
    low: float
    high: float


def weighted_share(
    n: int, weights: float, squares: float, hits: float, level: float = 0.95
) -> Share | None:
    """Return the share of weighted answers; None without answers.

    Parameters
    ----------
    weights, squares, hits
        Sums over the answers of the weight, its square, and the weight of those that agree.

    References
    ----------
    Kish, Survey Sampling (1965), n_eff = (sum w)^2 / sum w^2.
    """
    if n <= 0 or weights <= 0 or squares <= 0:
        return None
    n_eff = float(weights * weights / squares)
    share = float(min(1.0, max(0.0, hits / weights)))
    low, high = wilson(share * n_eff, n_eff, level)
    return Share(n, n_eff, share, low, high)


def merge_small(counts: NDArray[np.float64], least: int = LEAST_ANSWERS) -> NDArray[np.int64]:
    """Return the group of each stratum, those with too few answers merged with a neighbour.

    Parameters
    ----------
    counts
        Answers by sex (rows) and age group (columns, in order of age).

    Returns
    -------
    Group numbers of the same shape. Age groups of one sex are merged first; a sex with fewer
    answers than ``least`` joins the others.
    """
    rows, columns = counts.shape
    groups = np.arange(rows * columns).reshape(rows, columns)
    for row in range(rows):
        for column in range(columns):
            of = groups[row, column]
            if counts[groups == of].sum() >= least:
                continue
            near = [c for c in range(columns) if groups[row, c] != of]
            if near:
                # Towards the nearest age group; the younger of two equally near.
                to = min(near, key=lambda c: (abs(c - column), c))
                groups[groups == of] = groups[row, to]
    for row in range(rows):
        if rows > 1 and counts[row].sum() < least:
            other = int(np.argmax(counts.sum(axis=1)))
            if other != row:
                groups[row] = groups[other]
    return groups


def stratum_factors(
    weights: NDArray[np.float64], population: NDArray[np.float64], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what the weights of each stratum are multiplied with, so that they sum to its population.

    Parameters
    ----------
    weights, population, counts
        Sum of design weights, inhabitants and answers by sex (rows) and age group (columns).

    Returns
    -------
    Factors of the same shape; strata are merged as `merge_small` says. 0 where nobody answered.
    """
    groups = merge_small(counts)
    factors = np.zeros_like(weights)
    for group in np.unique(groups):
        here = groups == group
        held = weights[here].sum()
        factors[here] = population[here].sum() / held if held > 0 else 0.0
    return factors
