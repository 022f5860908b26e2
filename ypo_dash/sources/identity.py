"""Incident ids: the file's own, or a hash of the whole row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Fixed for good: another key would give every row of every file another id.
_KEYS = ("ypo-dash-row-id1", "ypo-dash-row-id2")
_SEPARATOR = pa.scalar("\x1f", pa.large_string())
_HEX = np.frombuffer("".join(f"{i:02x}" for i in range(256)).encode(), dtype=np.uint16)


class RowIds:
    """Ids of rows from their content, over all batches of one file.

    The id is 128 bits in hexadecimal and ``-n`` for the row's n-th occurrence: identical rows are
    incidents of their own, and the same file gives the same ids again.
    """

    def __init__(self) -> None:
        self._seen: list[NDArray[np.uint64]] = []

    def of(self, columns: Sequence[pa.Array]) -> tuple[pa.Array, NDArray[np.bool_]]:
        """Return the ids of a batch, and which rows had come before.

        Parameters
        ----------
        columns
            The raw texts of all columns.
        """
        rows = pc.binary_join_element_wise(
            *(c.cast(pa.large_string()) for c in columns), _SEPARATOR
        )
        # Objects hash by their text alone; Arrow's own arrays would be hashed by dictionary.
        texts = rows.to_numpy(zero_copy_only=False)
        high, low = (pd.util.hash_array(texts, hash_key=key, categorize=False) for key in _KEYS)
        nth = self._occurrence(high)
        return pc.binary_join_element_wise(
            _hexadecimal(high, low), pa.array(nth).cast(pa.string()), "-"
        ), nth > 1

    def _occurrence(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        first = np.searchsorted(ordered, ordered, side="left")
        nth = np.empty(len(hashes), dtype=np.int64)
        nth[order] = np.arange(1, len(hashes) + 1) - first
        for seen in self._seen:
            before = np.searchsorted(seen, ordered, side="right") - np.searchsorted(
                seen, ordered, side="left"
            )
            nth[order] += before
        self._remember(ordered)
        return nth

    def _remember(self, ordered: NDArray[np.uint64]) -> None:
        """Keep the hashes in a few sorted runs, each at least twice the next."""
        self._seen.append(ordered)
        while len(self._seen) > 1 and len(self._seen[-2]) < 2 * len(self._seen[-1]):
            last = self._seen.pop()
            self._seen[-1] = np.sort(np.concatenate([self._seen[-1], last]), kind="stable")


def _hexadecimal(high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pa.Array:
    raw = np.column_stack([high, low]).astype(">u8").view(np.uint8).reshape(len(high), 16)
    digits = np.ascontiguousarray(_HEX[raw]).view(np.uint8)
    offsets = np.arange(len(high) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(high), pa.py_buffer(offsets), pa.py_buffer(digits))
