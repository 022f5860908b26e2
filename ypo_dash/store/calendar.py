"""Public holidays and recording breaks: read from a small table, kept as layers, given to the statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.small_tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from ypo_dash.store.snapshot import Snapshot

PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """From ``start`` on, incidents of ``types`` (empty: all) are recorded otherwise."""

    start: date
    types: tuple[str, ...]
    note: str


def holidays_of(snapshot: Snapshot) -> tuple[date, ...]:
    """Return the public holidays that are known; none where none were imported."""
    return tuple(date.fromisoformat(row["date"]) for row in snapshot.table("holidays"))


def breaks_of(snapshot: Snapshot) -> tuple[Break, ...]:
    """Return the recording breaks that are known, by date."""
    return tuple(
        Break(
            start=date.fromisoformat(row["date"]),
            types=tuple(filter(None, row["types"].split(";"))),
            note=row["note"],
        )
        for row in snapshot.table("breaks")
    )


def read_holidays(path: Path) -> tuple[pd.DataFrame, str]:
    """Return ``date,name`` of public holidays, and a note.

    Where the file has a column ``kind``, rows of other kinds than *public* are left out.

    Raises
    ------
    InputError
        A date can't be read or stands twice.
    """
    frame = read_table(path, ("date",), ("name", "name_en", "name_da", "kind"))
    frame = write_dates(frame, path)
    left = 0
    if "kind" in frame:
        public = frame["kind"].str.lower() == PUBLIC
        left = int((~public).sum())
        frame = frame[public].copy()
    names = next((c for c in ("name", "name_en", "name_da") if c in frame), None)
    frame["name"] = frame[names] if names else ""
    _no_repeats(frame[["date"]], path, "date")
    note = f"{len(frame)} public holidays"
    if len(frame):
        note += f", {frame['date'].min()} to {frame['date'].max()}"
    if left:
        note += f"; {left} rows of another kind are left out"
    return frame[["date", "name"]].sort_values("date"), note


def read_breaks(path: Path, resolve: Mapping[str, object]) -> tuple[pd.DataFrame, str]:
    """Return ``date,types,note`` of recording breaks, and a note.

    Parameters
    ----------
    resolve
        The district's types by code.

    Raises
    ------
    InputError
        A date can't be read, or a type is not one of the district's.
    """
    frame = write_dates(read_table(path, ("date", "types"), ("note",)), path)
    if "note" not in frame:
        frame["note"] = ""
    for at, given in zip(frame.index, frame["types"], strict=True):
        codes = [code.strip() for code in given.split(";") if code.strip()]
        unknown = [code for code in codes if code not in resolve]
        if unknown:
            raise InputError(
                "not a type of this district",
                file=path,
                line=int(at) + 2,
                column="types",
                value=unknown[0],
                remedy=f"Known are {', '.join(resolve)}; separate them by ;, and leave the cell empty for all",
            )
        frame.loc[at, "types"] = ";".join(codes)
    _no_repeats(frame[["date", "types"]], path, "date")
    return frame[["date", "types", "note"]].sort_values(["date", "types"]), (
        f"{len(frame)} recording breaks"
    )


def write_dates(frame: pd.DataFrame, path: Path, *, empty: bool = False) -> pd.DataFrame:
    """Return the table with ``date`` as 2011-09-01.

    Raises
    ------
    InputError
        A value is not a date, or there is none where one is needed.
    """
    frame = frame.copy()
    for at, text in zip(frame.index, frame["date"], strict=True):
        if not text and empty:
            continue
        try:
            # A spreadsheet's date has a time of day, which is none.
            day = date.fromisoformat(text.removesuffix(" 00:00:00"))
        except ValueError:
            raise InputError(
                "not a date",
                file=path,
                line=int(at) + 2,
                column="date",
                value=text,
                remedy="Write it as 2011-09-01",
            ) from None
        frame.loc[at, "date"] = day.isoformat()
    return frame


def _no_repeats(frame: pd.DataFrame, path: Path, column: str) -> None:
    twice = frame.duplicated()
    if twice.any():
        at = int(twice.to_numpy().argmax())
        raise InputError(
            "this row stands twice",
            file=path,
            line=int(frame.index[at]) + 2,
            column=column,
            value=str(frame[column].iloc[at]),
        )
