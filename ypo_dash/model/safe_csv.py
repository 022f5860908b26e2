"""CSV that a spreadsheet does not run: text that looks like a formula is marked as text."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What spreadsheets run: also full-width signs, behind blanks, line ends or, where the list separator
# is another one than ours, behind that.
_FORMULA = re.compile(r"(^|[;\t\r\n])[\s\u200b-\u200d\u2060\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")


def neutralise(value: str) -> str:
    """Return text that a spreadsheet may run as a formula behind an apostrophe; plain numbers stay."""
    if not _FORMULA.search(value):
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
