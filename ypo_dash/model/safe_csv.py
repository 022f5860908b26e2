"""CSV that a spreadsheet does not run: text that looks like a formula is marked as text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralise(value: str) -> str:
    """Return text that starts like a formula behind an apostrophe; plain numbers stay."""
    if not value.lstrip(" ").startswith(_FORMULA) and not value.startswith(_FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def cell_text(value: object) -> str:
    """Return one value as CSV shows it: empty for None, whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def to_csv(header: Sequence[str] | None, rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV text with plain line feeds; without a header where it is None."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if header is not None:
        writer.writerow(header)
    writer.writerows([cell_text(v) for v in row] for row in rows)
    return buffer.getvalue()
