"""The months of the year: a mean each, whose interval knows that years differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from ypo_dash.stats.intervals import poisson_exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the year over ``years``; ``low`` and ``high`` are None with less than two of them."""

    month: int
    years: int
    count: float
    days: int
    per_day: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Season:
    """All months there are, how many times their counts vary as much as Poisson counts, and a test.

    ``p`` is of equal means of all months; None where no month has two years.
    """

    months: list[Month]
    dispersion: float
    p: float | None

    @property
    def tells(self) -> bool:
        """Whether any month has an interval."""
        return self.p is not None


def season(month: NDArray[np.int64], counts: Floats, days: Floats, level: float = 0.95) -> Season:
    """Return the mean of each month of the year from the counts of single months.

    A quasi-Poisson model with one mean per month of the year: the dispersion is Pearson's, pooled
    over all months and at least 1; intervals are exact Poisson ones of the count over the
    dispersion; the test compares the months' spread with the dispersion (F).

    Parameters
    ----------
    month, counts, days
        One entry per whole month of the data: 1-12, its incidents, its days.

    References
    ----------
    McCullagh, Nelder (1989), doi:10.1007/978-1-4899-3242-6, section 6.2.
    """
    present = [int(m) for m in np.unique(month)]
    sums = [(int((month == m).sum()), float(counts[month == m].sum()), float(days[month == m].sum())) for m in present]  # fmt: skip
    rates = {m: count / length for m, (_, count, length) in zip(present, sums, strict=True)}
    expected = days * np.array([rates[int(m)] for m in month])
    freedom = len(month) - len(present)
    dispersion = max(1.0, _pearson(counts, expected) / freedom) if freedom > 0 else 1.0
    found = []
    for m, (years, count, length) in zip(present, sums, strict=True):
        low, high = (
            (v * dispersion / length for v in poisson_exact(count / dispersion, level))
            if years > 1
            else (None, None)
        )
        found.append(Month(m, years, count, int(length), rates[m], low, high))
    return Season(found, dispersion, _p(sums, dispersion, freedom))


def _pearson(counts: Floats, expected: Floats) -> float:
    some = expected > 0
    return float(((counts[some] - expected[some]) ** 2 / expected[some]).sum())


def _p(sums: list[tuple[int, float, float]], dispersion: float, freedom: int) -> float | None:
    if freedom <= 0 or len(sums) < 2:
        return None
    counts, days = (np.array([row[i] for row in sums]) for i in (1, 2))
    if counts.sum() == 0:
        return 1.0
    between = _pearson(counts, days * counts.sum() / days.sum()) / (len(sums) - 1)
    return float(fdtrc(len(sums) - 1, freedom, between / dispersion))
