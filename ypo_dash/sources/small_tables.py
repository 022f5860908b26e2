"""Read small tables of a district: population, survey, posts; all values as text, checked by column."""

from __future__ import annotations

import re
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
    """Read a small CSV or XLSX as it is; all values as text, empty ones as ``""`` or missing."""
    try:
        if path.suffix.lower() in (".xlsx", ".xls"):
            check_workbook(path)
            return pd.read_excel(path, dtype=str, engine="calamine")
        return pd.read_csv(
            path,
            dtype=str,
            sep=None,
            engine="python",
            encoding="utf-8-sig",
            keep_default_na=False,
        )
    except FileNotFoundError:
        raise InputError("there is no such file", file=path) from None
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8 text", file=path, remedy="Save it as CSV UTF-8"
        ) from error
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"this can't be read as a table: {first_line(error)}", file=path
        ) from error


_PLAIN = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}([.,'][0-9]{3})+")


def plain_number(text: str) -> float | None:
    """Return a number written with digits and at most a decimal mark; None for anything else.

    ``1.000`` and ``1,000`` are a thousand to one writer and one to another, so they are no number.
    """
    if not _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text):
        return None
    return float(text.replace(",", "."))


def number_column(
    frame: pd.DataFrame,
    column: str,
    path: Path,
    *,
    low: float = 0,
    high: float = float("inf"),
    whole: bool = False,
) -> pd.Series[float]:
    """Return a text column as numbers, and write them back plainly, as every reader reads them.

    Raises
    ------
    InputError
        A value is no number between ``low`` and ``high``, or not whole where it must be; it names
        line and column.
    """
    given = [plain_number(text) for text in frame[column]]
    for at, number in enumerate(given):
        text = frame[column].iloc[at]
        fits = number is not None and low <= number <= high
        if not fits or (whole and not float(number or 0).is_integer()):
            grouped = _GROUPED.fullmatch(text) is not None
            raise InputError(
                "it can't be told whether this is a thousand or a decimal"
                if grouped
                else f"not a {'whole ' if whole else ''}number from {low:g} to {high:g}",
                file=path,
                line=at + 2,
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
            line=at + 2,
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
