"""Refuses workbooks that are small as files and huge as tables.

What reads a sheet makes room for the whole rectangle between its first and its last cell, and
copies a text for every cell that names it. A few kilobytes can so ask for gigabytes, which ends
the process and not just the import. So the parts are looked through before they are read.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import InputError
from ypo_dash.sources.files import BLOCK, check_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Below this the room is no matter; above it a table fills more than one cell in a hundred.
GRID_SIZE, GRID_RATIO = 1 << 22, 100
TEXT_SIZE, TEXT_RATIO = 1 << 28, 20
_PLACE, _PLAIN_PLACE = rb"\sr\s*=\s*[\"']", b' r="'
_LETTERS, _LONG = rb"([A-Za-z]{1,3})[0-9]", rb"[A-Za-z]{0,3}([0-9]{%d,})"
_SPACED = (b" =", b"\t=", b"\n=", b"\r=", b"\tr=", b"\nr=", b"\rr=")
_VALUE = re.compile(rb"<(?:\w+:)?v>\s*([0-9]{1,9})")
_FILLED = (b"<v>", b"<v ", b":v>", b":v ", b"<is>", b":is>")
_VALUED = re.compile(rb"<(?:\w+:)?c[\s/>]")
_OVERLAP = 80
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass
class _Extent:
    """How far a sheet reaches: a bound at most ten times too high, and how many cells it fills."""

    cells: int = 0
    rows: int = 0
    last_row: int = 0
    named: int = 0
    width: int = 1
    letters: set[bytes] = field(default_factory=set)

    @property
    def grid(self) -> int:
        """The cells of the rectangle that is made room for."""
        # Rows are numbered in their order, so a full sheet has no number longer than its count.
        rows = max(self.last_row, 10 ** len(str(self.rows)))
        columns = max([self.width, *map(_number, self.letters)])
        return int(rows * columns)


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def check_workbook(path: Path) -> None:
    """Refuse a workbook that unpacks to, or makes, far more than a table would.

    Raises
    ------
    InputError
        It does; or the ZIP is damaged or holds something else.
    """
    try:
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            check_archive(
                path, (sum(p.compress_size for p in parts), sum(p.file_size for p in parts))
            )
            _check_kind(path, {part.filename for part in parts})
            for name in {part.filename for part in parts}:
                _check_grid(path, archive, name)
            _check_texts(path, archive)
    except _ERRORS as error:
        raise InputError(
            f"the workbook is damaged: {error}", file=path, remedy="Save or fetch it again"
        ) from error


def _check_kind(path: Path, names: set[str]) -> None:
    if not any(name.startswith("xl/") for name in names):
        raise InputError(
            "this is a ZIP archive, not a workbook",
            file=path,
            remedy="Unpack it and import the file within",
        )
    if any(name.lower().endswith("workbook.bin") for name in names):
        raise InputError("this is a binary workbook (XLSB)", file=path, remedy="Save it as XLSX")


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield a part's blocks, alone and with the end of the one before."""
    tail = b""
    with archive.open(name) as part:
        while block := part.read(BLOCK):
            yield block, tail + block
            tail = block[-_OVERLAP:]


def _is_plain(block: bytes) -> bool:
    """Return whether attributes stand as every program writes them: that is searched far faster."""
    if block.count(b"=") != block.count(b'="'):
        return False
    return not any(spaced in block for spaced in _SPACED)


def _extent(archive: zipfile.ZipFile, name: str) -> _Extent:
    found = _Extent()
    for block, _ in _blocks(archive, name):
        found.rows += block.count(b"<row") + block.count(b":row")
        found.cells += sum(block.count(tag) for tag in _FILLED)
    if found.cells or found.rows:
        long = _LONG % (len(str(found.rows)) + 1)
        for _, block in _blocks(archive, name):
            place = _PLAIN_PLACE if _is_plain(block) else _PLACE
            columns = re.findall(place + _LETTERS, block)
            found.letters |= set(columns)
            found.named += len(columns)
            found.last_row = max(
                [found.last_row, *(int(row[:9]) for row in re.findall(place + long, block))]
            )
        if found.named < found.cells:  # some cells don't say their column: it is their number
            rows = re.split(rb"<(?:\w+:)?row[\s>]", archive.read(name))
            found.width = max(len(_VALUED.findall(row)) for row in rows)
    return found


def _check_grid(path: Path, archive: zipfile.ZipFile, name: str) -> None:
    found = _extent(archive, name)
    if found.grid > GRID_SIZE and found.grid > GRID_RATIO * max(found.cells, 1):
        raise InputError(
            "the sheet is nearly empty and reaches very far: a cell stands far from the others",
            file=path,
            value=f"{found.cells:,} cells",
            remedy="Delete the empty rows and columns behind the table, or save it as CSV",
        )


def _check_texts(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse texts that stand once in the file and in very many cells."""
    parts = {part.filename: part.file_size for part in archive.infolist()}
    shared = next((name for name in parts if name.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return
    sizes = np.array([len(text) for text in re.split(rb"<(?:\w+:)?si[\s>/]", archive.read(shared))])
    sizes = sizes[1:]
    used, longest = 0, int(sizes.max(initial=0))
    for name in parts:
        if longest * parts[name] > TEXT_SIZE:  # else it has too few cells for that
            for _, block in _blocks(archive, name):
                numbers = np.array([int(v) for v in _VALUE.findall(block)], dtype=np.int64)
                used += int(sizes[numbers[numbers < len(sizes)]].sum())
    if used > TEXT_SIZE and used > TEXT_RATIO * sum(parts.values()):
        raise InputError(
            "the workbook's texts come to far more than a table would have",
            file=path,
            value=f"{used:,} characters",
            remedy="If it is sound, save it as CSV",
        )
