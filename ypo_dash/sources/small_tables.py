"""Read small tables of a district: population, survey, posts; all values as text, checked by column."""

from __future__ import annotations

import re
from datetime import datetime, time
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from ypo_dash.model.errors import InputError, first_line
from ypo_dash.sources.workbooks import check_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_table(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Read a small CSV or XLSX with the columns ``needed``; all values as text.

    Column names are compared without regard to case.
    """
    frame = raw_table(path)
    frame.columns = [str(c).strip().lower() for c in frame.columns]
    for column in needed:
        if column not in frame.columns:
            raise missing_column(path, column, list(frame.columns))
    kept = frame[[*needed, *(c for c in optional if c in frame.columns)]].fillna("")
    if kept.empty:
        raise InputError("the table has no rows", file=path)
    stripped: pd.DataFrame = kept.apply(lambda column: column.str.strip())
    return stripped


def raw_table(path: Path) -> pd.DataFrame:
    """Read a small CSV or XLSX as it is; all values as text, empty ones as ``""`` or missing.

    Rows without any value are left out; the index still tells each row's line (index + 2).
    """
    frame = _parsed(path)
    columns = [str(c).strip().lower() for c in frame.columns]
    # Pandas calls the second "name" "name.1".
    twice = [c for c in columns if columns.count(c) > 1 or _NUMBERED.sub("", c) in {*columns} - {c}]
    if twice:
        name = _NUMBERED.sub("", twice[0])
        raise InputError("this column stands twice", file=path, line=1, column=name)
    empty = frame.fillna("").apply(lambda column: column.str.strip()).eq("").all(axis=1)
    kept: pd.DataFrame = frame[~empty]
    return kept


def _parsed(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() in (".xlsx", ".xls"):
            check_workbook(path)
            cells = pd.read_excel(path, dtype=object, engine="calamine", keep_default_na=False)
            texts: pd.DataFrame = cells.map(_cell_text)
            return texts
        frame = pd.read_csv(
            path,
            dtype=str,
            sep=None,
            engine="python",
            encoding="utf-8-sig",
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except InputError:
        raise
    except Exception as error:
        raise _unreadable(path, error) from error
    _check_widths(frame, path)
    return frame


def _cell_text(cell: object) -> str:
    """Return a cell as it would be typed: a day without the midnight that workbooks add to it."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return "" if cell is None or cell is pd.NaT else str(cell)


def _unreadable(path: Path, error: Exception) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("there is no such file", file=path)
    if isinstance(error, UnicodeDecodeError):
        return InputError("the file is not UTF-8 text", file=path, remedy="Save it as CSV UTF-8")
    if path.is_file() and not path.read_bytes().strip():
        return InputError("the file is empty", file=path)
    return InputError(f"this can't be read as a table: {first_line(error)}", file=path)


def _check_widths(frame: pd.DataFrame, path: Path) -> None:
    """Raise InputError where a row has more or fewer values than the header has columns."""
    if not isinstance(frame.index, pd.RangeIndex):
        # Pandas takes the surplus in front as names of the rows, which would shift every column.
        raise InputError(
            "rows have more values than the header has columns",
            file=path,
            remedy="A decimal comma needs quotes or another delimiter; commas at the end of rows must go",
        )
    short = frame.isna().any(axis=1) & ~frame.isna().all(axis=1)
    if short.any():
        raise InputError(
            "the row has fewer values than the header has columns",
            file=path,
            line=int(short.to_numpy().argmax()) + 2,
        )


_NUMBERED = re.compile(r"\.[0-9]+$")
_PLAIN = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}([.,'][0-9]{3})+")
_ONE_MARK = re.compile(r"-?[0-9]+[.,][0-9]{3}")
MOST = 1e9  # of anything counted here: more is a slip of the pen, and breaks arithmetic


def plain_number(text: str, *, decimal: bool = False) -> float | None:
    """Return a number written with digits and at most a decimal mark; None for anything else.

    ``1.000`` and ``1,000`` are a thousand to one writer and one to another, so they are no number,
    except where ``decimal`` says that thousands can't be meant.
    """
    if not _PLAIN.fullmatch(text):
        return None
    if _GROUPED.fullmatch(text) and not (decimal and _ONE_MARK.fullmatch(text)):
        return None
    return float(text.replace(",", "."))


def number_column(  # noqa: PLR0913 - a check has its limits
    frame: pd.DataFrame,
    column: str,
    path: Path,
    *,
    low: float = 0,
    high: float = MOST,
    whole: bool = False,
    decimal: bool = False,
) -> pd.Series[float]:
    """Return a text column as numbers, and write them back plainly, as every reader reads them.

    Raises
    ------
    InputError
        A value is no number between ``low`` and ``high``, or not whole where it must be; it names
        line and column.
    """
    given = [plain_number(text, decimal=decimal) for text in frame[column]]
    for at, number in enumerate(given):
        text = frame[column].iloc[at]
        fits = number is not None and low <= number <= high
        if not fits or (whole and not float(number or 0).is_integer()):
            grouped = _GROUPED.fullmatch(text) is not None
            raise InputError(
                "it can't be told whether this is a thousand or a decimal"
                if grouped
                else f"not a {'whole ' if whole else ''}number from {low:g} to {high:,.10g}",
                file=path,
                line=int(frame.index[at]) + 2,
                column=column,
                value=text,
                remedy="Write it without a separator, for instance 1000" if grouped else None,
            )
    values = pd.Series([float(number or 0) for number in given], index=frame.index)
    frame[column] = [f"{v:.0f}" if v.is_integer() else repr(v) for v in values]
    return values


def match_ids(
    wanted: pd.Series[str],
    known: Sequence[str],
    path: Path,
    column: str,
    remedy: str = "",
) -> pd.Series[str]:
    """Return ``wanted`` ids as written in ``known``; spreadsheets' lost leading zeros are put back.

    Raises
    ------
    InputError
        An id is not known, or fits two.
    """
    exact = set(known)
    bare: dict[str, list[str]] = {}
    for code in known:
        bare.setdefault(code.lstrip("0"), []).append(code)

    def fit(code: str) -> str:
        if code in exact:
            return code
        fits = bare.get(code.lstrip("0"), [])
        return fits[0] if len(fits) == 1 else ""

    found = wanted.map({code: fit(code) for code in wanted.unique()})
    if (found == "").any():
        at = int((found == "").to_numpy().argmax())
        lost = int((found == "").sum())
        raise InputError(
            f"{lost} of {len(found)} ids are not known here",
            file=path,
            line=int(wanted.index[at]) + 2,
            column=column,
            value=wanted.iloc[at],
            remedy=". ".join(
                filter(None, (remedy, f"Known are for instance {', '.join(known[:5])}"))
            ),
        )
    return found


def missing_column(path: Path, column: str, found: Sequence[str]) -> InputError:
    """Return the error that a file has no such column, with what it has instead."""
    near = get_close_matches(column.lower(), [f.lower() for f in found], 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return InputError(
        "there is no such column",
        file=path,
        column=column,
        remedy=f"{hint}The file has: {', '.join(map(str, found[:20]))}",
    )
