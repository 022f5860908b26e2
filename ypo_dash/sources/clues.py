"""What columns of an unknown file hold, judged by their values and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ypo_dash.sources.clock import DAY, MINUTE, MONTH, UNITS, parse_clock
from ypo_dash.sources.coordinates import find_decimal, read_numbers
from ypo_dash.sources.tables import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SAMPLE_ROWS = 20_000
_GOOD = 0.99
_FIRST = 200
_DATES = ("%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%m-%d-%Y", "%Y.%m.%d")
_CLOCKS = ("%H:%M", "%H:%M:%S", "%H.%M", "%I:%M:%S %p", "%I:%M %p")
_OFFSETS = ("", " %z")
FORMATS = (
    "iso",
    *(f"{d} {c}{z}" for d in _DATES for c in _CLOCKS for z in _OFFSETS),
    *_DATES,
    "%m/%Y",
    "%Y/%m",
)
HINTS = {
    "incident_id": r"^(incident|case|crime|journal|sags?|report|offen[cs]e)?[ _.]*(id|uid|nr|no|number|nummer)$|^objectid$",
    "type": r"type|offen[cs]e|gerningskode|delikt|crime|categor|kategori|lovovertr|forhold",
    "scene": r"location.?desc|scene|gerningssted|premise|lokalitet|place.?type",
    "reported_at": r"report|anmeld|angelegt|regist|modtag|updated|created",
    "time_to": r"(^|[^a-z])(to|til|end|ende|slut|until|bis)([^a-z]|$)|end.?(date|time)",
    "time_from": r"from|fra\b|_fra|start|begin|anfang|occur|gern|^date$|dato|^time$",
    "lat": r"^lat|latitude|bredde",
    "lon": r"^lon|^lng|longitude|længde|laengde",
    "x": r"^x\b|^x_|^x$|east|^utm_?x",
    "y": r"^y\b|^y_|^y$|north|^utm_?y",
    "clock": r"hour|stunde|time|tid|\bkl|klok|uhr",
}
_UNITS = ("year", "month", "day", "hour", "minute")


@dataclass(frozen=True)
class Sample:
    """The first rows of a file, trimmed; ``texts`` by column."""

    texts: dict[str, pa.Array]

    def present(self, column: str) -> pa.Array:
        """Return a column's texts without those that mean nothing."""
        texts = self.texts[column]
        return texts.filter(pc.invert(pc.is_in(texts, pa.array(NOTHING))))

    def numbers(self, column: str) -> NDArray[np.float64] | None:
        """Return a column as numbers (NaN: none), or None if it holds something else."""
        texts = self.texts[column]
        values, bad = read_numbers(texts, find_decimal([texts]) or ".")
        return None if bad.any() or np.isnan(values).all() else values

    def words(self, column: str) -> list[tuple[str, int]]:
        """Return a column's words and how often each occurs, the most frequent first."""
        counts = pc.value_counts(self.present(column))
        pairs = zip(counts.field(0).to_pylist(), counts.field(1).to_pylist(), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True)
class TimeColumns:
    """One time of an incident: the columns that state it, and the formats that read them all."""

    names: tuple[str, ...]
    formats: tuple[str, ...]


def hinted(column: str, role: str) -> bool:
    """Return whether a column's name speaks for a role."""
    return re.search(HINTS[role], column.casefold()) is not None


def first_hinted(columns: Iterable[str], role: str) -> str | None:
    """Return the first column whose name speaks for a role."""
    return next((c for c in columns if hinted(c, role)), None)


def formats_of(texts: pa.Array, candidates: Sequence[str] = FORMATS) -> tuple[str, ...]:
    """Return the candidate formats that read (nearly) all texts as likely times."""
    if not len(texts):
        return ()
    distinct = texts.unique()
    likely = [fmt for fmt in candidates if _share(distinct.slice(0, _FIRST), fmt) >= _GOOD]
    return tuple(fmt for fmt in likely if _share(distinct, fmt) >= _GOOD)


def unit_of(texts: pa.Array, fmt: str) -> str:
    """Return the unit that times are stated to; dates that are all a month's first mean months."""
    clock = parse_clock(texts.unique(), (fmt,))
    unit = int(np.median(clock.unit)) if len(clock.unit) else MINUTE
    months = clock.wall.astype("datetime64[M]").astype(clock.wall.dtype)
    if unit == DAY and len(texts) >= _FIRST and bool((clock.wall == months).all()):
        unit = MONTH
    return UNITS[unit]


def _share(distinct: pa.Array, fmt: str) -> float:
    wall = parse_clock(distinct, (fmt,)).wall
    latest = np.datetime64(datetime.now(tz=UTC).year + 1, "Y")
    likely = (wall >= np.datetime64("1900")) & (wall < latest)
    return float(likely.mean())


def find_times(sample: Sample) -> list[TimeColumns]:
    """Return the times that a file states, in the order of its columns."""
    split = _unit_columns(sample)
    found = [split] if split else []
    clocks = [c for c in sample.texts if hinted(c, "clock")]
    for column in sample.texts:
        if split and column in split.names:
            continue
        texts = sample.present(column)
        if _plain_number(texts) and not (hinted(column, "time_from") or hinted(column, "time_to")):
            continue
        formats = formats_of(texts)
        if formats:
            found.append(_with_clock(sample, column, formats, clocks))
    return found


def _plain_number(texts: pa.Array) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, r"^\d+$")).as_py())


def _unit_columns(sample: Sample) -> TimeColumns | None:
    by_name = {c.casefold(): c for c in reversed(list(sample.texts))}
    names = []
    for unit in _UNITS:
        if unit not in by_name:
            break
        names.append(by_name[unit])
    if len(names) < 2:
        return None
    return TimeColumns(tuple(names), (" ".join(("%Y", "%m", "%d", "%H", "%M")[: len(names)]),))


def _with_clock(
    sample: Sample, column: str, formats: tuple[str, ...], clocks: list[str]
) -> TimeColumns:
    """Join a date with the column of its time of day, if there is one of a like name."""
    dates = formats_of(sample.present(column), ("%Y-%m-%d", *_DATES))
    if not dates:
        return TimeColumns((column,), formats)
    ranked = sorted((c for c in clocks if c != column), key=lambda c: -_common(c, column))
    for clock in ranked:
        texts = pc.binary_join_element_wise("2000-01-01", sample.present(clock), " ")
        fits = formats_of(texts, [f"%Y-%m-%d {c}" for c in ("%H", *_CLOCKS)])
        if fits and (_common(clock, column) >= 3 or len(clocks) == 1):
            part = fits[0].removeprefix("%Y-%m-%d ")
            return TimeColumns((column, clock), tuple(f"{d} {part}" for d in dates))
    return TimeColumns((column,), formats)


def _common(one: str, other: str) -> int:
    pairs = zip(one.casefold(), other.casefold(), strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
