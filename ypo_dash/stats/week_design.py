"""What a week's expected count depends on: level, trend, season, holidays, recording breaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Standard deviations of the normal priors, on the log scale: how far a series may be expected to
# differ from "no effect" before its own weeks have said so.
TREND = 0.2  # a year
SEASON = (0.3, 0.15)  # the yearly wave, and the half-yearly one
HOLIDAY = 0.1  # a public holiday in the week
YEAR_END = 0.3  # Christmas week, New Year's week
STEP = 0.5  # a recording break
OWN_TREND, OWN_SEASON = 0.1, (0.15, 0.1)  # of a sector against the district
OWN = 6  # columns that a sector has of its own: level, trend, season
_YEAR = 365.25

# Weeks before the assessed one, as in Farrington Flexible: a change that goes on must not hide itself.
LEFT_OUT = 26
LEAST_LEFT_OUT = 4
FULL_YEAR = 52
LEAST = 26  # weeks of history
MOST = 261  # five years
LONG_GAP = 52  # weeks without whole data, after which history begins anew


@dataclass(frozen=True, slots=True)
class Design:
    """Columns of all weeks (weeks x columns); the last are the recording breaks.

    ``broken`` has the first week that each break touches.
    """

    x: Array
    whole: NDArray[np.bool_]
    broken: tuple[int, ...]

    def precision(self, shares: Array) -> Array:
        """Return the precision of each coefficient, for series that breaks concern by ``shares``.

        Parameters
        ----------
        shares
            Series x breaks, 0 to 1: the part of the series that is of the types of the break.
        """
        first, second = (1 / s**2 for s in SEASON)
        common = [0.0, 1 / TREND**2, first, first, second, second, 1 / HOLIDAY**2]
        common += [1 / YEAR_END**2] * 2
        steps = 1 / (STEP * np.maximum(shares, 1e-4)) ** 2
        return np.hstack([np.tile(common, (len(shares), 1)), steps])

    @property
    def own(self) -> Array:
        """The columns of a sector's own deviation from the district."""
        return self.x[:, :OWN]

    @staticmethod
    def own_precision(series: int) -> Array:
        """Return the precision of a sector's own coefficients."""
        first, second = (1 / s**2 for s in OWN_SEASON)
        row = [0.0, 1 / OWN_TREND**2, first, first, second, second]
        return np.tile(row, (series, 1))


def week_design(
    starts: Sequence[date],
    whole: NDArray[np.bool_],
    holidays: Sequence[date] = (),
    breaks: Sequence[date] = (),
) -> Design:
    """Return the design of the weeks that begin on the Mondays ``starts``."""
    middle = np.array([(s + timedelta(days=3)).timetuple().tm_yday for s in starts])
    angle = 2 * np.pi * middle / _YEAR
    number = np.array([s.toordinal() for s in starts], np.int64)
    week_of = {s.toordinal(): i for i, s in enumerate(starts)}
    free = np.zeros(len(starts))
    for day in set(holidays):
        at = week_of.get(day.toordinal() - day.weekday())
        if at is not None:
            free[at] += 1
    columns = [
        np.ones(len(starts)),
        (number - number[-1]) / _YEAR,
        *(wave(k * angle) for k in (1, 2) for wave in (np.cos, np.sin)),
        free,
        _days_in(starts, (12, 24), 3),
        _days_in(starts, (12, 31), 2),
        *(np.clip((number + 7 - day.toordinal()) / 7, 0, 1) for day in breaks),
    ]
    broken = tuple(int(np.argmax(c > 0)) if (c > 0).any() else len(starts) for c in columns[9:])
    return Design(np.column_stack(columns).astype(float), whole, broken)


def _days_in(starts: Sequence[date], first: tuple[int, int], days: int) -> Array:
    """Return the share of the days from ``first`` (month, day) on that lie in each week."""
    found = np.zeros(len(starts))
    for i, start in enumerate(starts):
        for k in range(days):
            for year in (start.year - 1, start.year, start.year + 1):
                day = date(year, *first) + timedelta(days=k)
                found[i] += start <= day <= start + timedelta(days=6)
    return found / days


def baseline(design: Design, week: int) -> NDArray[np.bool_]:
    """Return which weeks the range of ``week`` is learned from; none where there are too few.

    The last 26 weeks before it are left out, fewer (at least 4) while there is not yet a year
    besides. After a year without whole weeks history begins anew.
    """
    whole = np.flatnonzero(design.whole[:week])
    gaps = np.flatnonzero(np.diff(np.append(whole, week)) > LONG_GAP)
    known = whole[gaps[-1] + 1 :] if len(gaps) else whole
    gap = min(LEFT_OUT, max(LEAST_LEFT_OUT, len(known) - FULL_YEAR))
    known = known[(known < week - gap) & (known >= week - gap - MOST)]
    learned = np.zeros(len(design.whole), np.bool_)
    learned[known if len(known) >= LEAST else known[:0]] = True
    return learned


def after_break(design: Design, week: int, number: int) -> NDArray[np.bool_]:
    """Return the weeks since a break that are learned from although they are among the last 26.

    Only they can tell the step; of the series that a break concerns.
    """
    found = np.zeros(len(design.whole), np.bool_)
    end = max(0, week - LEAST_LEFT_OUT)
    start = min(design.broken[number], end)
    found[start:end] = design.whole[start:end]
    return found
