"""Spreadsheets (XLSX) as batches of raw texts."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine as calamine

from ypo_dash.model.errors import InputError
from ypo_dash.sources.columnar import as_text
from ypo_dash.sources.files import XLSX
from ypo_dash.sources.tables import (
    BATCH_ROWS,
    HEADER_SEARCH,
    Head,
    Header,
    RawBatch,
    no_rejects,
    read_header,
    reject_frame,
)
from ypo_dash.sources.workbooks import check_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.profile import FileOptions
    from ypo_dash.sources.tables import Fits

    Cell = str | float | int | bool | date | datetime | time | timedelta
    Rows = list[list[Cell]]

FIELD_LIMIT = 1 << 20
_ERRORS = (calamine.CalamineError, OSError, ValueError, zipfile.BadZipFile)


@dataclass(frozen=True)
class _Place:
    """Where a sheet's header stands, counted from 1."""

    sheet: str
    header: Header
    row: int


@dataclass
class Sheet:
    """An opened sheet of a workbook: ``cells`` are all its rows."""

    path: Path
    head: Head
    place: _Place
    cells: Rows

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Yield the rows; only ``wanted`` columns, in that order. Empty rows are passed over."""
        columns = [
            cells_as_text(cells) for cells in zip(*self.cells[self.place.row :], strict=True)
        ]
        if not columns:
            return
        filled = np.logical_or.reduce(
            [pc.not_equal(c, "").to_numpy(zero_copy_only=False) for c in columns]
        )
        rows = np.flatnonzero(filled)
        names = self.place.header.names
        texts = {name: columns[names.index(name)].take(pa.array(rows)) for name in wanted}
        for start in range(0, len(rows), BATCH_ROWS):
            lines = rows[start : start + BATCH_ROWS] + self.place.row + 1
            part = {name: column.slice(start, BATCH_ROWS) for name, column in texts.items()}
            done = self.head.total_bytes * (start + len(lines)) // len(rows)
            yield _without_long(RawBatch(part, lines, no_rejects(), done))

    def close(self) -> None:
        """Let go of the rows."""
        self.cells = []


def _without_long(batch: RawBatch) -> RawBatch:
    for name, column in batch.texts.items():
        long = pc.greater(pc.binary_length(column), FIELD_LIMIT)
        if pc.any(long).as_py():
            mask = long.to_numpy(zero_copy_only=False)
            rejects = reject_frame(
                batch.lines[mask],
                name,
                column.filter(long).to_pylist(),
                "the field is over 1 MB long",
            )
            texts = {n: c.filter(pc.invert(long)) for n, c in batch.texts.items()}
            return RawBatch(
                texts, batch.lines[~mask], pd.concat([batch.rejects, rejects]), batch.bytes_done
            )
    return batch


def cells_as_text(cells: Sequence[Cell]) -> pa.Array:
    """Return a column of typed cells as texts; an empty cell is ``""``.

    A date among times is their midnight; a column of dates alone stays without a time of day.
    """
    column = pd.Series(cells, dtype=object)
    kinds = column.map(type)
    found = np.full(len(column), "", dtype=object)
    timed = bool((kinds == datetime).any())
    for kind in kinds.unique():
        chosen = (kinds == kind).to_numpy()
        found[chosen] = _texts_of(column[chosen], kind, timed=timed)
    return pa.array(found, pa.string())


def _texts_of(cells: pd.Series, kind: type, *, timed: bool) -> NDArray[np.object_]:
    if kind is str:
        return cells.to_numpy(dtype=object)
    if kind in (float, int):
        numbers = as_text(pa.array(cells.to_numpy(dtype=float)))
        return np.asarray(numbers.to_numpy(zero_copy_only=False))
    if kind in (datetime, date):
        moments = pd.to_datetime(cells).dt.round("s")
        return moments.dt.strftime("%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d").to_numpy(
            dtype=object
        )
    if kind is timedelta:
        clocks = pd.Timestamp(0) + pd.to_timedelta(cells)
        return clocks.dt.strftime("%H:%M:%S").to_numpy(dtype=object)
    return cells.astype(str).to_numpy(dtype=object)


def open_sheet(path: Path, options: FileOptions, fits: Fits | None) -> Sheet:
    """Open a workbook's sheet: the one named, or the only one that has all needed columns.

    Raises
    ------
    InputError
        The workbook is damaged or locked, or there is no such sheet or header.
    """
    check_workbook(path)
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
    except calamine.PasswordError as error:
        raise InputError(
            "the workbook is locked with a password", file=path, remedy="Save it without one"
        ) from error
    except _ERRORS as error:
        raise InputError(
            f"the workbook cannot be read: {error}",
            file=path,
            remedy="It is damaged or not an XLSX file; save it again",
        ) from error
    if options.sheet is not None and options.sheet not in names:
        raise InputError(
            "there is no such sheet",
            file=path,
            value=options.sheet,
            remedy=f"The workbook has {', '.join(names)}",
        )
    chosen = [options.sheet] if options.sheet is not None else names
    found = [(name, _cells(book, name, path)) for name in chosen]
    place, cells = _place(found, options.header_row, fits, path)
    if fits is not None:
        _alone(place, found, options.header_row, fits, path)
    facts = {"sheet": f"{place.sheet} (of {', '.join(names)})", "header": f"row {place.row}"}
    size = path.stat().st_size
    columns, repeated = place.header.names, place.header.repeated
    head = Head(
        format=XLSX, columns=columns, repeated=repeated, total_bytes=size, typed=True, facts=facts
    )
    return Sheet(path, head, place, cells)


def _cells(book: calamine.CalamineWorkbook, name: str, path: Path) -> Rows:
    try:
        cells: Rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except _ERRORS as error:
        raise InputError(
            f"the sheet {name!r} cannot be read: {error}",
            file=path,
            remedy="Save the workbook again",
        ) from error
    return cells


def _place(
    sheets: list[tuple[str, Rows]], header_row: int | None, fits: Fits | None, path: Path
) -> tuple[_Place, Rows]:
    likely: tuple[_Place, Rows] | None = None
    for name, cells in sheets:
        rows = range(HEADER_SEARCH) if header_row is None else (header_row - 1,)
        headers = [(i + 1, _names(cells[i])) for i in rows if i < len(cells)]
        headers = [(row, names) for row, names in headers if any(names)]
        for row, names in headers:
            header = read_header(names, path, row)
            if fits is not None and fits(header.names):
                return _Place(name, header, row), cells
        if headers and likely is None:
            # A title above the table fills fewer cells than the header does.
            row, names = max(headers, key=lambda h: sum(map(bool, h[1])))
            likely = _Place(name, read_header(names, path, row), row), cells
    if likely is None:
        raise InputError(
            "the header row is empty or not there",
            file=path,
            line=header_row,
            remedy="Name the sheet and its header row in the profile: [file] sheet, header_row",
        )
    return likely


def _alone(
    place: _Place, sheets: list[tuple[str, Rows]], header_row: int | None, fits: Fits, path: Path
) -> None:
    """Refuse a workbook of which another sheet would do as well: its rows would be lost in silence."""
    rows = range(HEADER_SEARCH) if header_row is None else (header_row - 1,)
    for name, cells in sheets:
        if name == place.sheet:
            continue
        for i in rows:
            # A header with nothing below it holds no rows.
            if i + 1 < len(cells) and any(_names(cells[i])):
                names = _names(cells[i])
                if fits(read_header(names, path, i + 1).names):
                    raise InputError(
                        f"the sheets {place.sheet} and {name} both have the columns of the profile",
                        file=path,
                        remedy='Name one in the profile, [file] sheet = "...", and import the other after it',
                    )


def _names(cells: Sequence[Cell]) -> list[str]:
    return [str(cells_as_text([cell])[0].as_py()).strip() for cell in cells]
