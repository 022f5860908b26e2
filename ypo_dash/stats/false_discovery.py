"""Many tests at once: p values adjusted so that few of the findings are false."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def adjusted(p: Sequence[float | None]) -> list[float | None]:
    """Return the q value of each p of one family, as `benjamini_hochberg`; None stays None."""
    made = [one for one in p if one is not None]
    found = iter(benjamini_hochberg(np.array(made)).tolist() if made else [])
    return [None if one is None else float(next(found)) for one in p]


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return q values of each family of p values: those along the last axis; none is NaN.

    Calling what has q of 0.05 or less a finding keeps the expected share of false ones among the
    findings at 0.05 at most.

    References
    ----------
    Benjamini and Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    count = p.shape[-1]
    order = np.argsort(p, axis=-1, kind="stable")
    scaled = np.take_along_axis(p, order, axis=-1) * count / np.arange(1, count + 1)
    least = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    q = np.empty(p.shape)
    np.put_along_axis(q, order, np.minimum(1.0, least), axis=-1)
    return q
