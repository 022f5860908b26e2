"""What the counting pass reads and writes: a partition, a filter state as tables, the count vector."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ypo_dash.model.hours import WEEK_MINUTES

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Span codes of the hot columns: minutes 0..10080, or one of these.
SPAN_EVEN = 65534  # longer than a week: spreads evenly
SPAN_PIECES = 65535  # crosses a daylight-saving switch: its pieces stand apart
NO_CELL = 0  # dense cell ids start at 1
MINUTE_STEPS = 2 * WEEK_MINUTES + 1  # a span may start in one week and end in the next
# Bits of the filters that a row fails.
TYPE, SCENE, PLACE, DATE = 1, 2, 4, 8


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True)
class Partition:
    """The hot columns of rows sorted by local day; all arrays may be memory-mapped.

    ``offsets[i]:offsets[i + 1]`` are the rows of local day ``first_day + i`` (days since
    1970-01-01). ``start`` is the local minute of the week, ``span`` minutes in UTC or a span code.
    ``pieces`` hold, for rows with SPAN_PIECES: their row numbers (ascending), offsets into the
    piece arrays, and each piece's local start minute and length.
    """

    offence_scene: NDArray[np.uint16]
    sector: NDArray[np.uint16]
    start: NDArray[np.uint16]
    span: NDArray[np.uint16]
    cell: NDArray[np.uint32]
    first_day: int
    offsets: NDArray[np.int64]
    piece_row: NDArray[np.int32]
    piece_offset: NDArray[np.int32]
    piece_start: NDArray[np.int32]
    piece_length: NDArray[np.int32]

    @property
    def pieces(self) -> tuple[NDArray[np.int32], ...]:
        """The four piece arrays."""
        return self.piece_row, self.piece_offset, self.piece_start, self.piece_length

    def __post_init__(self) -> None:
        # Memory maps are read-only, a type of its own to numba: one type, one compilation.
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, name, frozen(value))


@dataclass(frozen=True)
class Selection:
    """A filter state as look-up tables.

    ``pair_fails`` (per offence x scene) has the bits TYPE and SCENE, ``sector_fails`` (per sector
    index, the last two being *no coordinates* and *outside*) the bit PLACE. ``cell_wanted`` narrows
    the place to one hexagon (-1: none); the column to compare with it goes beside. ``mask`` are
    the 168 hours, or None. ``day_from`` to ``day_to`` are inclusive.
    """

    pair_fails: NDArray[np.uint8]
    sector_fails: NDArray[np.uint8]
    cell_wanted: int
    mask: NDArray[np.bool_] | None
    night_end: int
    day_from: int
    day_to: int
    every_day: bool

    @cached_property
    def mask_minutes(self) -> NDArray[np.int32] | None:
        """For each minute of two weeks the minutes of the mask before it; None without a mask."""
        if self.mask is None:
            return None
        minutes = np.tile(np.repeat(self.mask, 60), 2)
        return np.concatenate([[0], np.cumsum(minutes)]).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each result stands in the count vector."""

    cells: int
    sectors: int
    pairs: int
    first_day: int
    days: int

    def parts(self) -> dict[str, slice]:
        """Return the slices of the vector by name."""
        sizes = {
            "cells": self.cells,
            "cells_context": self.cells,
            "sectors": self.sectors,
            "sectors_context": self.sectors,
            "pairs": self.pairs,
            "pairs_type_context": self.pairs,
            "pairs_scene_context": self.pairs,
            "days": self.days,
            "days_context": self.days,
            "hours": MINUTE_STEPS,
            "hours_moved": MINUTE_STEPS,
            "totals": 4,  # rows, rows with an exact time, evenly spread ones, evenly spread moved
        }
        ends = np.cumsum(list(sizes.values()))
        return {
            name: slice(int(end) - size, int(end))
            for (name, size), end in zip(sizes.items(), ends, strict=True)
        }

    @property
    def length(self) -> int:
        """The length of the vector."""
        return int(self.parts()["totals"].stop)
