"""Where a delimited text's header is, and what stands between its fields."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.sources.lines import split_records
from ypo_dash.sources.tables import HEADER_SEARCH, Header, read_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ypo_dash.sources.encodings import Text
    from ypo_dash.sources.profile import FileOptions
    from ypo_dash.sources.tables import Fits

HEAD_BYTES = 1 << 18
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
DELIMITERS = tuple(DELIMITER_NAMES)
_SAMPLE = 200


@dataclass(frozen=True)
class Layout:
    """A delimited text's header.

    ``line`` is where it stands, ``skip`` how many bytes come before the first row and
    ``next_line`` the line that the first row is on.
    """

    delimiter: str
    header: Header
    line: int
    skip: int
    next_line: int


@dataclass(frozen=True)
class _Record:
    line: int
    end: int
    next_line: int
    fields: int
    text: str

    def names(self, delimiter: str) -> list[str]:
        """Return its fields; none of a line that is no header, with a field of over 128 KB."""
        try:
            return next(csv.reader([self.text], delimiter=delimiter), [])
        except csv.Error:
            return []


def delimiter_named(name: str) -> str | None:
    """Return the delimiter of a name such as *comma*."""
    return next((sign for sign, named in DELIMITER_NAMES.items() if named == name), None)


def find_layout(text: Text, path: Path, options: FileOptions, fits: Fits | None) -> Layout:
    """Find delimiter and header.

    A header that has all needed columns (``fits``) wins, in the first twenty rows and under any
    usual delimiter; else the delimiter that splits the first rows most evenly.

    Raises
    ------
    InputError
        There is no header, or nothing that separates fields.
    """
    head = text.handle.read(HEAD_BYTES)
    if not head.strip():
        raise InputError("the file is empty", file=path)
    hint = re.match(rb'"?sep=(.)"?\r?\n', head)
    given = options.delimiter or (hint[1].decode() if hint else None)
    tables = {
        d: [
            r for r in _records(head, d, final=len(head) < HEAD_BYTES) if not (hint and r.line == 1)
        ]
        for d in ((given,) if given else DELIMITERS)
    }
    found = _fitting(tables, options.header_row, path, fits) if fits else None
    return found or _likely(tables, options.header_row, path)


def _records(head: bytes, delimiter: str, *, final: bool) -> list[_Record]:
    found = split_records(head, ord(delimiter), final=final)
    line, records = 1, []
    for start, end, breaks, fields in zip(
        found.starts.tolist(),
        found.ends.tolist(),
        found.newlines.tolist(),
        found.fields.tolist(),
        strict=True,
    ):
        content = head[start:end].decode(errors="replace").rstrip("\r\n")
        if content.strip():
            records.append(_Record(line, end, line + breaks, fields, content))
        line += breaks
    return records[:_SAMPLE]


def _candidates(records: list[_Record], header_row: int | None) -> Iterator[_Record]:
    for record in records[:HEADER_SEARCH] if header_row is None else records:
        if header_row is None or record.line == header_row:
            yield record


def _fitting(
    tables: dict[str, list[_Record]], header_row: int | None, path: Path, fits: Fits
) -> Layout | None:
    for delimiter, records in tables.items():
        for record in _candidates(records, header_row):
            names = record.names(delimiter)
            if any(n.strip() for n in names) and fits(read_header(names, path, record.line).names):
                return _layout(record, delimiter, path)
    return None


def _likely(tables: dict[str, list[_Record]], header_row: int | None, path: Path) -> Layout:
    scored = []
    for delimiter, records in tables.items():
        usual, times = Counter(r.fields for r in records).most_common(1)[0] if records else (0, 0)
        chosen = [
            r
            for r in _candidates(records, header_row)
            if header_row is not None or r.fields == usual
        ]
        if chosen:
            # The header itself splits as the rows do, or a decimal comma would pass for a delimiter.
            first = int(records[0].fields == usual)
            scored.append(((usual > 1, first, times / len(records), usual), delimiter, chosen[0]))
    if not scored:
        raise InputError(
            "the header row is not there",
            file=path,
            line=header_row,
            remedy="Correct [file] header_row in the profile",
        )
    (splits, *_), delimiter, record = max(scored, key=lambda s: s[0])
    if not splits and record.fields < 2:
        raise InputError(
            "only one column was found",
            file=path,
            line=record.line,
            value=record.text[:60],
            remedy="Name the character between the fields in the profile: [file] delimiter",
        )
    return _layout(record, delimiter, path)


def _layout(record: _Record, delimiter: str, path: Path) -> Layout:
    names = record.names(delimiter)
    if not names:
        raise InputError("the header has a field of over 128 KB", file=path, line=record.line)
    header = read_header(names, path, record.line)
    return Layout(delimiter, header, record.line, record.end, record.next_line)
