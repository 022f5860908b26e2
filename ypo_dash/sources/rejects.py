"""The rows that are refused, each for the first reason found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from ypo_dash.sources.tables import in_order, reject_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Verdicts:
    """Which rows of a batch stand, and why the others do not.

    Parameters
    ----------
    lines
        The line of each row.
    """

    def __init__(self, lines: NDArray[np.int64]) -> None:
        self._lines = lines
        self.stands = np.ones(len(lines), dtype=bool)
        self._frames: list[pd.DataFrame] = []

    def refuse(self, mask: NDArray[np.bool_], column: str, reason: str, values: pa.Array) -> None:
        """Refuse the rows of ``mask`` that still stand.

        Parameters
        ----------
        column, reason
            The file's column, and what is wrong in words that a clerk understands.
        values
            The texts of that column, one per row of the batch.
        """
        fresh = mask & self.stands
        if fresh.any():
            shown = values.filter(pa.array(fresh)).to_pylist()
            self._frames.append(reject_frame(self._lines[fresh], column, shown, reason))
            self.stands &= ~fresh

    def frame(self) -> pd.DataFrame:
        """Return the refused rows in the order of the file."""
        return in_order(self._frames)
