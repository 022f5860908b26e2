"""What kind of hot spot: new, persistent, intermittent, fading, former; by four-week periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.stats.hot_spots import LEVEL, false_discovery
from ypo_dash.stats.mann_kendall import mann_kendall

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLASSES = ("", "new", "persistent", "intermittent", "fading", "former")
NONE, NEW, PERSISTENT, INTERMITTENT, FADING, FORMER = range(6)
MOST = 0.8  # of the periods, to be persistent
RECENT = 2  # periods before the last one
LEAST_PERIODS = 4


def spot_classes(hot: NDArray[np.bool_], ratio: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return the class of each place, as an index of `CLASSES`.

    Exactly one holds for each place that was ever hot; the last period is *now*:

    - new: hot now, and before only in an unbroken run up to now of at most three periods;
    - persistent: hot now and in four fifths of all periods or more, without a demonstrable fall;
    - intermittent: hot now and in other periods, but in fewer than four fifths and not new;
    - fading: hot now and in four fifths or more, with a demonstrable fall; or not hot now, but in
      one of the two periods before;
    - former: hot in some period, but neither now nor in the two before.

    A fall is demonstrable if Mann-Kendall's two-sided p of the falling ratio, adjusted
    (Benjamini-Hochberg) over the places hot now and in four fifths or more, is below 0.05.

    Parameters
    ----------
    hot
        Periods x places, the last period being now.
    ratio
        Count over expected count, of the same shape: what the district does as a whole is no fall.

    Raises
    ------
    ValueError
        Fewer than `LEAST_PERIODS` periods.
    """
    periods = len(hot)
    if periods < LEAST_PERIODS:
        raise ValueError(f"{periods} periods are too few for classes; {LEAST_PERIODS} are needed")
    now, times = hot[-1], hot.sum(axis=0)
    recently = hot[-1 - RECENT : -1].any(axis=0)
    often = now & (times >= MOST * periods)
    found = np.full(hot.shape[1], NONE, np.int8)
    found[~now & (times > 0)] = FORMER
    found[~now & recently] = FADING
    found[now] = INTERMITTENT
    run = periods - hot.argmax(axis=0)  # periods since the first hot one
    found[now & (times == run) & (run <= RECENT + 1)] = NEW
    found[often] = PERSISTENT
    at = np.flatnonzero(often)
    if len(at):
        trend = mann_kendall(ratio[:, at])
        falls = (trend.s < 0) & (false_discovery(np.asarray(trend.p)) < LEVEL)
        found[at[falls]] = FADING
    return found
