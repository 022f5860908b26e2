"""Delimited text (CSV and its kin) as batches of raw texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from ypo_dash.model.errors import InputError
from ypo_dash.sources.encodings import Text, open_text
from ypo_dash.sources.files import CSV
from ypo_dash.sources.headers import DELIMITER_NAMES, Layout, find_layout
from ypo_dash.sources.lines import CR, LF, Records, split_records, unclosed
from ypo_dash.sources.tables import Head, RawBatch, in_order, no_rejects, reject_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ypo_dash.sources.profile import FileOptions
    from ypo_dash.sources.tables import Fits

BLOCK_BYTES = 24 << 20
RECORD_LIMIT = 64 << 20
ROW_LIMIT = 1 << 20
# Small enough for the processor's caches, and no row is longer.
PARSE_BYTES = 2 * ROW_LIMIT
TOO_LONG = "the field is over 1 MB long"


@dataclass
class Delimited:
    """An opened delimited text."""

    path: Path
    head: Head
    text: Text
    layout: Layout
    start: int

    def batches(self, wanted: Sequence[str]) -> Iterator[RawBatch]:
        """Yield the rows; only ``wanted`` columns, in that order.

        Raises
        ------
        InputError
            A quotation mark is never closed.
        """
        handle, line = self.text.handle, self.layout.next_line
        done, size, final = self.layout.skip, BLOCK_BYTES, False
        while not final:
            handle.seek(self.start + done)
            block = handle.read(size)
            final = len(block) < size
            records = split_records(block, ord(self.layout.delimiter), final=final)
            self._check_closed(block, records, line, final=final)
            done += records.used
            # A row that is longer than the block needs a longer block.
            size = BLOCK_BYTES if records.used else 2 * size
            if records.used:
                yield self._batch(block, records, line, _Progress(tuple(wanted), done))
            line += int(records.newlines.sum())

    def close(self) -> None:
        """Close the file."""
        self.text.close()

    def _check_closed(self, block: bytes, records: Records, line: int, *, final: bool) -> None:
        lines = line + np.concatenate([[0], np.cumsum(records.newlines)])
        sep = ord(self.layout.delimiter)
        if final and records.broken.any():
            for i in np.flatnonzero(records.broken):
                if unclosed(block, sep, int(records.starts[i])):
                    raise self._never_closed(int(lines[i]))
        if len(block) - records.used > RECORD_LIMIT:
            raise self._never_closed(int(lines[-1]))

    def _never_closed(self, line: int) -> InputError:
        return InputError(
            "a quotation mark is opened and never closed",
            file=self.path,
            line=line,
            remedy="Close or remove it; if the file was cut off, fetch it again",
        )

    def _batch(self, block: bytes, records: Records, line: int, progress: _Progress) -> RawBatch:
        lines = line + np.cumsum(records.newlines) - records.newlines
        kept = _lengths(block, records) > 0
        frames = [no_rejects()]
        for mask, reason in _faults(block, records, len(self.layout.header.names)):
            fresh = mask & kept
            if fresh.any():
                column = self._longest(block, records, fresh) if reason is TOO_LONG else ""
                frames.append(
                    reject_frame(lines[fresh], column, _texts(block, records, fresh), reason)
                )
                kept &= ~fresh
        rejects = in_order(frames)
        texts = self._parse(_chosen(block, records, kept), int(kept.sum()), progress.wanted, line)
        return RawBatch(texts, lines[kept], rejects, progress.bytes_done)

    def _longest(self, block: bytes, records: Records, rows: NDArray[np.bool_]) -> str:
        """Return the column of the longest field, where it is plain to see."""
        first = int(np.flatnonzero(rows)[0])
        sizes = [
            len(part)
            for part in block[records.starts[first] : records.ends[first]].split(
                self.layout.delimiter.encode()
            )
        ]
        names = self.layout.header.names
        return names[sizes.index(max(sizes))] if len(sizes) == len(names) else ""

    def _parse(
        self, data: pa.Buffer, rows: int, wanted: tuple[str, ...], line: int
    ) -> dict[str, pa.Array]:
        names = list(self.layout.header.names)
        if not rows:
            return {name: pa.array([], pa.string()) for name in wanted}
        found = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=PARSE_BYTES),
            arrow_csv.ParseOptions(delimiter=self.layout.delimiter, newlines_in_values=True),
            arrow_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(dict.fromkeys(wanted)),
                strings_can_be_null=False,
            ),
        )
        if found.num_rows != rows:
            raise InputError(
                "the rows cannot be told apart",
                file=self.path,
                line=line,
                remedy="Save the file again as plain CSV",
            )
        return {name: found[name].combine_chunks() for name in wanted}


@dataclass(frozen=True)
class _Progress:
    wanted: tuple[str, ...]
    bytes_done: int


def open_delimited(path: Path, options: FileOptions, fits: Fits | None, workdir: Path) -> Delimited:
    """Open a delimited text: encoding, delimiter and header row stated or found by looking.

    Raises
    ------
    InputError
        The encoding is unknown, or there is no header.
    """
    text = open_text(path, options.encoding, workdir)
    start = text.handle.tell()
    layout = find_layout(text, path, options, fits)
    facts = {
        "encoding": text.encoding + (" (packed with gzip)" if text.packed else ""),
        "delimiter": DELIMITER_NAMES.get(layout.delimiter, layout.delimiter),
        "header": f"line {layout.line}",
    }
    head = Head(
        format=CSV,
        columns=layout.header.names,
        repeated=layout.header.repeated,
        total_bytes=text.size,
        facts=facts,
    )
    return Delimited(path, head, text, layout, start)


def _lengths(block: bytes, records: Records) -> NDArray[np.int64]:
    """Return the bytes of each record without its line break."""
    chars = np.frombuffer(block, dtype=np.uint8)
    last = chars[records.ends - 1]
    before = chars[np.maximum(records.ends - 2, 0)]
    sizes = records.ends - records.starts
    both = (last == LF) & (before == CR) & (sizes > 1)
    return np.asarray(sizes - ((last == LF) | (last == CR)) - both)


def _faults(
    block: bytes, records: Records, columns: int
) -> Iterator[tuple[NDArray[np.bool_], str]]:
    """Yield the records that are no rows, each with why; the first reason is the one that holds."""
    yield records.broken, "a quotation mark in the row is out of place"
    nul = np.zeros(len(records.ends), dtype=bool)
    if b"\x00" in block:
        at = np.flatnonzero(np.frombuffer(block, dtype=np.uint8)[: records.used] == 0)
        nul[np.searchsorted(records.ends, at, side="right")] = True
    yield nul, "the row has a NUL byte: the file is damaged here"
    lengths = _lengths(block, records)
    yield lengths > ROW_LIMIT, TOO_LONG
    wrong = records.fields != columns
    for found in np.unique(records.fields[wrong]).tolist():
        yield wrong & (records.fields == found), f"the row has {found} fields, the header {columns}"
    yield lengths == columns - 1, "the row is empty"


def _texts(block: bytes, records: Records, mask: NDArray[np.bool_]) -> list[str]:
    spans = zip(records.starts[mask].tolist(), records.ends[mask].tolist(), strict=True)
    return [
        block[a : min(b, a + 200)].decode(errors="replace").rstrip("\r\n").replace("\x00", "\ufffd")
        for a, b in spans
    ]


def _chosen(block: bytes, records: Records, kept: NDArray[np.bool_]) -> pa.Buffer:
    if kept.all():
        return pa.py_buffer(block).slice(0, records.used)
    mask = np.repeat(kept, records.ends - records.starts)
    data = np.frombuffer(block, dtype=np.uint8)[: records.used][mask]
    return pa.py_buffer(data)
