"""How much of the incidents how little of the area holds, and whether it still did later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.stats.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SLACK = 1e-9  # a sum of areas that equals the share of the whole must count as within it


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Ranked areas, cumulative from the first: entry k is of the first k + 1 areas.

    ``order`` are the places of the areas in the input; ``pai``, ``pei``, ``rri`` are NaN or
    infinite where a count they divide by is 0.
    """

    order: NDArray[np.int64]
    count: Floats
    area: Floats
    pai: Floats
    pei: Floats
    rri: Floats


def ranked(scores: Floats, counts: Floats) -> NDArray[np.int64]:
    """Return the places in order of falling ``scores``; equal ones in the worst order, lowest count first."""
    order: NDArray[np.int64] = np.lexsort((counts, -scores))
    return order


def accuracy(counts: Floats, predicted: Floats, areas: Floats) -> Accuracy:
    """Return the accuracy of areas ranked by an earlier (or predicted) density, on later counts.

    PAI = (n/N)/(a/A), the share of the incidents over the share of the area; PEI = PAI over the
    best that as many areas could have had; RRI = what was there before over what is there now.

    Parameters
    ----------
    counts, predicted, areas
        Of each area: the later count, the earlier one, its size.

    References
    ----------
    Chainey, Tompson, Uhlig (2008), doi:10.1057/palgrave.sj.8350066 (PAI); Hunt (2016) (PEI);
    Wheeler, Steenbeek (2021), doi:10.1007/s10940-020-09457-7, for RRI and the handling of ties.
    """
    order = ranked(predicted / areas, counts)
    count, area = np.cumsum(counts[order]), np.cumsum(areas[order])
    whole, everything = areas.sum(), counts.sum()
    best = np.argsort(-(counts / areas), kind="stable")
    with np.errstate(divide="ignore", invalid="ignore"):
        pai = (count / everything) / (area / whole)
        possible = (np.cumsum(counts[best]) / everything) / (np.cumsum(areas[best]) / whole)
        rri = np.cumsum(predicted[order]) / count
        return Accuracy(order, count, area, pai, pai / possible, rri)


def within(areas: Floats, share: float) -> int:
    """Return how many of the ranked ``areas`` fit into a share of the whole; 0 where the first does not."""
    reached = np.cumsum(areas)
    return int(np.searchsorted(reached, share * reached[-1] * (1 + _SLACK), side="right"))


@dataclass(frozen=True, slots=True)
class TopShare:
    """The first ``cells`` ranked areas with ``area``: what they hold, with a 95 % interval.

    ``even`` is the share where equally ranked areas are taken at random instead of in the worst
    order; ``best`` what the best areas of the same size would have held, found afterwards.
    """

    share_of_area: float
    cells: int
    area: float
    count: float
    share: float
    low: float
    high: float
    even: float
    best: float
    pai: float
    pei: float
    rri: float


def focus(
    counts: Floats, scores: Floats, sizes: tuple[Floats, Floats], shares: Sequence[float]
) -> list[TopShare]:
    """Return how the areas that an earlier ranking puts first fare on later counts.

    As many as fit into each share of the area are taken; a share that the first does not fit into
    is left out. PEI is at most 1: areas of other sizes may beat the best that fitted by a trifle.

    Parameters
    ----------
    counts
        Later count of each area.
    scores
        Earlier count of each area.
    sizes
        Each area's share of a whole cell, which ranks (so that whole cells with equal counts are
        equal), and its area, which is measured.
    shares
        Shares of all area, 0-1.

    Raises
    ------
    ValueError
        There are no incidents.
    """
    parts, areas = sizes
    total, whole = float(counts.sum()), float(areas.sum())
    if total <= 0:
        raise ValueError("counts sum to 0; need at least one incident")
    order = ranked(scores / parts, counts)
    best = np.argsort(-(counts / parts), kind="stable")
    found = []
    for share in shares:
        chosen = order[: within(areas[order], share)]
        ideal = best[: within(areas[best], share)]
        if not len(chosen) or not len(ideal):
            continue
        hits, area = float(counts[chosen].sum()), float(areas[chosen].sum())
        most = float(counts[ideal].sum()) / total
        pai = hits / total / (area / whole)
        possible = most / (float(areas[ideal].sum()) / whole)
        before = float(scores[chosen].sum())
        low, high = wilson(hits, total)
        found.append(
            TopShare(
                share, len(chosen), area, hits, hits / total, low, high,
                _at_random(counts, scores / parts, order, len(chosen)) / total, most,
                pai, min(1.0, pai / possible) if possible else float("nan"), before / hits if hits else float("inf"),
            )
        )  # fmt: skip
    return found


def _at_random(counts: Floats, densities: Floats, order: NDArray[np.int64], taken: int) -> float:
    """Return how many incidents ``taken`` areas have on average, equally ranked ones at random."""
    last = densities[order[taken - 1]]
    tied = order[np.isclose(densities[order], last, rtol=1e-12, atol=0)]
    above = order[:taken][densities[order[:taken]] > last * (1 + 1e-12)]
    return float(counts[above].sum() + (taken - len(above)) / len(tied) * counts[tied].sum())


def gini(counts: Floats, areas: Floats) -> float:
    """Return the Gini coefficient of incidents over area; 0 is even, 1 all in next to none of it.

    With equal areas it is the usual coefficient of the counts.
    """
    order = np.argsort(counts / areas, kind="stable")
    share = np.concatenate([[0.0], np.cumsum(counts[order])]) / counts.sum()
    width = areas[order] / areas.sum()
    return float(1 - (width * (share[1:] + share[:-1])).sum())


def generalised_gini(counts: Floats, areas: Floats) -> float:
    """Return the Gini coefficient against the most even spread that so few incidents can have.

    G' = max(places/incidents, 1)(G - 1) + 1; places are counted in areas of the largest size.

    Raises
    ------
    ValueError
        There are no incidents.

    References
    ----------
    Bernasco, Steenbeek (2017), doi:10.1007/s10940-016-9324-7.
    """
    total = float(counts.sum())
    if total <= 0:
        raise ValueError("counts sum to 0; need at least one incident")
    places = float(areas.sum() / areas.max())
    return max(places / total, 1.0) * (gini(counts, areas) - 1) + 1


def by_chance(
    total: int, areas: Floats, shares: Sequence[float], draws: int = 99, seed: int = 1
) -> tuple[list[float], float]:
    """Return the top shares and the generalised Gini of incidents that fall anywhere alike, on average.

    Where incidents are few, chance alone puts many of them into little area.
    """
    rng = np.random.default_rng(seed)
    chances = areas / areas.sum()
    tops, spread = np.zeros((draws, len(shares))), np.zeros(draws)
    for i in range(draws):
        counts = rng.multinomial(total, chances).astype(np.float64)
        order = np.argsort(-(counts / areas), kind="stable")
        held = np.cumsum(counts[order])
        reached = [within(areas[order], share) for share in shares]
        tops[i] = [held[k - 1] / total if k else 0.0 for k in reached]
        spread[i] = generalised_gini(counts, areas)
    return tops.mean(axis=0).tolist(), float(spread.mean())
