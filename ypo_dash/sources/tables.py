"""Any tabular file as batches of raw texts with line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from ypo_dash.model.errors import InputError
from ypo_dash.sources.profile_check import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

BATCH_ROWS = 250_000
# What exports write for "nothing" in columns of times and numbers.
NOTHING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NaT", "NULL", "null", "None", "-")
REJECT_COLUMNS = ("line", "column", "value", "reason")
HEADER_SEARCH = 20


@dataclass(frozen=True)
class Points:
    """A layer's own geometry: coordinates (NaN: none), and the rows that are not points."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    other: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> Points:
        """Return the points of some rows."""
        return Points(self.x[rows], self.y[rows], self.other[rows])


@dataclass(frozen=True)
class RawBatch:
    """Rows as they stand in a file.

    ``texts`` are string arrays by column, without nulls (an empty cell is ``""``); ``lines`` the
    line each row starts in; ``rejects`` the rows that are none (``REJECT_COLUMNS``).
    """

    texts: dict[str, pa.Array]
    lines: NDArray[np.int64]
    rejects: pd.DataFrame
    bytes_done: int
    points: Points | None = None

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, kw_only=True)
class Head:
    """What was found in a file before its rows are read.

    ``typed``: numbers and dates are of the file's own types, not text; ``instants`` are columns of
    times that state their place on the world's clock; ``crs`` the one that the file declares;
    ``repeated`` are names that stand twice in the header.
    """

    format: str
    columns: tuple[str, ...]
    total_bytes: int
    repeated: frozenset[str] = frozenset()
    typed: bool = False
    instants: frozenset[str] = frozenset()
    geometry: bool = False
    crs: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


class Fits(Protocol):
    """Whether a list of columns, and points of the file's own, have all that is needed."""

    def __call__(self, found: Sequence[str], *, geometry: bool = False) -> bool:
        """Return whether nothing is lacking."""


class Table(Protocol):
    """An opened file."""

    head: Head

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Yield the rows; only ``wanted`` columns, in that order."""

    def close(self) -> None:
        """Let go of the file."""


def no_rejects() -> pd.DataFrame:
    """Return an empty frame of rejects."""
    return reject_frame(np.empty(0, dtype=np.int64), "", [], "")


def reject_frame(
    lines: NDArray[np.int64], column: str, values: Sequence[str], reason: str
) -> pd.DataFrame:
    """Return rejects of one column and reason."""
    frame = pd.DataFrame({"line": np.asarray(lines, dtype=np.int64)})
    frame["column"] = pd.array([column] * len(frame), dtype="str")
    frame["value"] = pd.array([str(v)[:200] for v in values], dtype="str")
    frame["reason"] = pd.array([reason] * len(frame), dtype="str")
    return frame


def in_order(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of rejects as one, in the order of the file."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return no_rejects()
    return pd.concat(filled, ignore_index=True).sort_values(
        "line", kind="stable", ignore_index=True
    )


@dataclass(frozen=True)
class Header:
    """Column names; those that stood more than once are ``repeated``."""

    names: tuple[str, ...]
    repeated: frozenset[str] = frozenset()


def read_header(cells: Sequence[str], path: Path, line: int) -> Header:
    """Return the header's names, trimmed; an empty or repeated one is told by its place.

    Raises
    ------
    InputError
        No name is there at all.
    """
    trimmed = [cell.strip() for cell in cells]
    if not any(trimmed):
        raise InputError(
            "the header is empty",
            file=path,
            line=line,
            remedy="Name the header's row in the profile: [file] header_row",
        )
    names = [
        f"{name} (column {place})".strip() if not name or name in trimmed[: place - 1] else name
        for place, name in enumerate(trimmed, start=1)
    ]
    return Header(
        tuple(names), frozenset(name for name in trimmed if name and trimmed.count(name) > 1)
    )


def missing_columns(needed: Sequence[str], found: Sequence[str], path: Path) -> InputError:
    """Return the refusal that names the columns found and the nearest to those missing."""
    known = list(found)
    named = ", ".join(f"{n!r}{nearest(n, known)}" for n in needed)
    hint = (
        "The first line looks like a row, not like a header"
        if _like_data(found)
        else "Correct the profile, or choose another"
    )
    shown = ", ".join(known[:40]) + (" ..." if len(known) > 40 else "") if known else "no columns"
    one = len(needed) == 1
    return InputError(
        f"{'a column is' if one else 'columns are'} missing: {named}",
        file=path,
        remedy=f"The file has {shown}. {hint}",
    )


def _like_data(found: Sequence[str]) -> bool:
    numbers = sum(
        re.fullmatch(r"[\d.,:+/ TZ-]*\d[\d.,:+/ TZ-]*", name) is not None for name in found
    )
    return bool(found) and numbers * 3 >= len(found)
