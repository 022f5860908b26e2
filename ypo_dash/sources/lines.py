"""Where the records of a delimited text begin: quotes, line numbers and field counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LF, CR, QUOTE = 10, 13, 34


@dataclass(frozen=True)
class Records:
    """The complete records of a block.

    ``starts`` and ``ends`` are byte positions (an end is after the line break), ``newlines`` how
    many lines each takes, ``fields`` how many fields; ``broken`` marks a line whose quotation
    marks do not match. What follows ``used`` belongs to the next block.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    newlines: NDArray[np.int64]
    fields: NDArray[np.int64]
    broken: NDArray[np.bool_]

    @property
    def used(self) -> int:
        """The number of bytes taken."""
        return int(self.ends[-1]) if len(self.ends) else 0


def split_records(block: bytes, delimiter: int, *, final: bool) -> Records:
    """Find the records of a block that begins with one.

    Parameters
    ----------
    delimiter
        The byte between fields.
    final
        Nothing follows: the last record needs no line break.
    """
    chars = np.frombuffer(block, dtype=np.uint8)
    delimiters = np.flatnonzero(chars == delimiter)
    breaks = _line_breaks(block, chars, final=final)
    if b'"' not in block:
        return _records(block, (breaks, breaks, delimiters), final=final)
    quotes = _matched_quotes(chars, delimiter, final=final)
    if quotes is None:
        return _split_by_pattern(block, breaks, delimiter, final=final)
    outer = (breaks, _outside(breaks, quotes), _outside(delimiters, quotes))
    return _records(block, outer, final=final)


def _outside(positions: NDArray[np.int64], quotes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions that an even number of quotation marks comes before."""
    return np.asarray(positions[np.searchsorted(quotes, positions) % 2 == 0])


def unclosed(block: bytes, delimiter: int, at: int = 0) -> bool:
    """Return whether the record at ``at`` has a quotation mark that the block never closes."""
    opened = _patterns(delimiter).fields.match(block, at)
    rest = _OPEN.match(block, opened.end()) if opened else None
    return rest is not None and rest.end() == len(block)


def _records(
    block: bytes,
    found: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    *,
    final: bool,
) -> Records:
    breaks, closing, delimiters = found
    ends = closing + 1
    if final and len(block) and not (len(ends) and ends[-1] == len(block)):
        ends = np.append(ends, len(block))
    starts = np.concatenate([[0], ends[:-1]]).astype(np.int64) if len(ends) else ends
    fields = _between(delimiters, ends) + 1
    return Records(starts, ends, _between(breaks, ends), fields, np.zeros(len(ends), dtype=bool))


def _between(positions: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of the positions lie in each record."""
    return np.diff(np.searchsorted(positions, ends), prepend=0)


def _line_breaks(block: bytes, chars: NDArray[np.uint8], *, final: bool) -> NDArray[np.int64]:
    """Return the last byte of each LF, CR LF or lone CR."""
    feeds = np.flatnonzero(chars == LF)
    if b"\r" not in block:
        return feeds
    returns = np.flatnonzero(chars == CR)
    # A carriage return at the block's end may be the first half of a line break.
    after = _byte_at(chars, returns + 1, 0 if final else LF)
    lone = returns[after != LF]
    return np.union1d(feeds, lone) if len(lone) else feeds


def _byte_at(chars: NDArray[np.uint8], at: NDArray[np.int64], beyond: int) -> NDArray[np.uint8]:
    """Return bytes; ``beyond`` before the first and after the last."""
    there = (at >= 0) & (at < len(chars))
    return np.where(there, chars[np.where(there, at, 0)], np.uint8(beyond))


def _matched_quotes(
    chars: NDArray[np.uint8], delimiter: int, *, final: bool
) -> NDArray[np.int64] | None:
    """Return where the quotation marks are; None where some are out of place."""
    at = np.flatnonzero(chars == QUOTE)
    if final and len(at) % 2:
        return None
    opening, closing = at[0::2], at[1::2]
    before, after = _byte_at(chars, opening - 1, LF), _byte_at(chars, closing + 1, LF)
    beside = np.zeros(256, dtype=bool)
    beside[[delimiter, LF, CR, QUOTE]] = True
    return at if beside[before].all() and beside[after].all() else None


@dataclass(frozen=True)
class _Patterns:
    record: re.Pattern[bytes]
    fields: re.Pattern[bytes]
    quoted: re.Pattern[bytes]


# The possessive groups keep a long field from being tried in every possible way.
_OPEN = re.compile(rb'"(?>[^"]*(?:""[^"]*)*)')


@lru_cache(maxsize=8)
def _patterns(delimiter: int) -> _Patterns:
    sep = re.escape(bytes([delimiter]))
    quoted = _OPEN.pattern + rb'"(?=' + sep + rb"|[\r\n]|\Z)"
    field = rb"(?:" + quoted + rb'|(?:[^"\r\n' + sep + rb"][^\r\n" + sep + rb"]*)?(?!\"))"
    fields = field + rb"(?:" + sep + field + rb")*"
    inner = rb"(?:(?<=" + sep + rb")|^)" + quoted
    return _Patterns(
        re.compile(fields + rb"(?:\r\n|\n|\r|\Z)"),
        re.compile(rb"(?:" + field + sep + rb")*"),
        re.compile(inner),
    )


def _split_by_pattern(
    block: bytes, breaks: NDArray[np.int64], delimiter: int, *, final: bool
) -> Records:
    """Split record by record: only for a block in which some quotation mark is out of place."""
    pattern, sep = _patterns(delimiter), bytes([delimiter])
    ends: list[int] = []
    fields: list[int] = []
    at = 0
    while at < len(block):
        match = pattern.record.match(block, at)
        if not final and (
            unclosed(block, delimiter, at) if match is None else match.end() == len(block)
        ):
            break
        end = _line_end(breaks, at, len(block)) if match is None else match.end()
        fields.append(0 if match is None else pattern.quoted.sub(b"", match[0]).count(sep) + 1)
        ends.append(end)
        at = end
    closes = np.array(ends, dtype=np.int64)
    starts = np.concatenate([[0], closes[:-1]]).astype(np.int64) if ends else closes
    counts = np.array(fields, dtype=np.int64)
    return Records(starts, closes, _between(breaks, closes), counts, counts == 0)


def _line_end(breaks: NDArray[np.int64], at: int, size: int) -> int:
    place = int(np.searchsorted(breaks, at))
    return int(breaks[place]) + 1 if place < len(breaks) else size
