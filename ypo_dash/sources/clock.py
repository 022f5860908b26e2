"""Clock texts to wall-clock times: formats of fixed width at full speed, others by pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

ISO = "iso"
UNITS = ("minute", "hour", "day", "month")
MINUTE, HOUR, DAY, MONTH = range(4)
NO_OFFSET = np.iinfo(np.int32).min
_WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "p": 2}
_PATTERNS = {
    "Y": r"\d{4}",
    "y": r"\d{2}",
    **dict.fromkeys("mdHIMS", r"\d{1,2}"),
    "p": r"[AaPp]\.?[Mm]\.?",
    "f": r"\d{1,9}",
    "b": r"\pL{3,9}\.?",
    "z": r"(?:Z|[+-]\d{2}:?\d{2})",
}
_ISO_PATTERNS = (
    r"(?P<Y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2})(?:[T ]+(?P<H>\d{1,2})(?::(?P<M>\d{2})"
    r"(?::(?P<S>\d{2})(?:[.,]\d+)?)?)? ?(?P<z>Z|[+-]\d{2}(?::?\d{2})?)?)?)?",
    r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<z>Z|[+-]\d{2}:?\d{2})?)?",
)
# The ISO texts that real files have, by width: these take the fast way.
_ISO_LAYOUTS = (
    "%Y-%m",
    "%Y-%m-%d",
    *(
        f"%Y-%m-%d{sep}{rest}"
        for sep in "T "
        for rest in ("%H:%M", "%H:%M:%S", "%H:%MZ", "%H:%M:%SZ")
    ),
)
_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "jan feb mar apr maj jun jul aug sep okt nov dec",
    )
    for number, name in enumerate(names.split(), start=1)
}


@dataclass(frozen=True)
class Clock:
    """Wall-clock times of a list of texts.

    ``wall`` is datetime64[s], NaT where no format fits; ``offset`` the stated offset from UTC in
    seconds or ``NO_OFFSET``; ``unit`` the finest unit stated (``MINUTE`` ... ``MONTH``).
    """

    wall: NDArray[np.datetime64]
    offset: NDArray[np.int32]
    unit: NDArray[np.int8]


@dataclass(frozen=True)
class Layout:
    """A format taken apart: ``tokens`` are directives (``%Y``) and literal characters."""

    tokens: tuple[str, ...]
    patterns: tuple[str, ...]
    unit: int | None

    @property
    def width(self) -> int | None:
        """Bytes of a text of this layout where that is fixed."""
        widths = [1 if len(t) == 1 else _WIDTHS.get(t[1]) for t in self.tokens]
        return None if None in widths or not self.tokens else sum(w for w in widths if w)


@lru_cache(maxsize=256)
def layout_of(fmt: str) -> Layout:
    """Take a format apart.

    Raises
    ------
    ValueError
        A directive is unknown, stands twice, or year and month are not both there.
    """
    if fmt == ISO:
        return Layout((), _ISO_PATTERNS, None)
    tokens = tuple(t.replace("%B", "%b") for t in re.findall(r"%.|[^%]|%$", fmt, re.DOTALL) if t)
    tokens = tuple("%" if t == "%%" else t for t in tokens)
    found = [t[1] for t in tokens if len(t) == 2]
    _check_directives(found)
    unit = (
        MINUTE
        if "M" in found
        else HOUR
        if {"H", "I"} & set(found)
        else DAY
        if "d" in found
        else MONTH
    )
    pattern = "".join(
        f"(?P<{t[1]}>{_PATTERNS[t[1]]})" if len(t) == 2 else _literal(t) for t in tokens
    )
    return Layout(tokens, (pattern,), unit)


def _literal(char: str) -> str:
    return r"\s+" if char == " " else re.escape(char)


def _check_directives(found: list[str]) -> None:
    unknown = [f"%{d}" for d in found if d not in _PATTERNS]
    if unknown:
        known = " ".join(f"%{d}" for d in _PATTERNS)
        raise ValueError(
            f"has the unknown directive {unknown[0]}; known are {known} and the word iso"
        )
    if len(set(found)) < len(found):
        raise ValueError("has a directive twice")
    if not ({"Y", "y"} & set(found) and {"m", "b"} & set(found)):
        raise ValueError("needs at least a year (%Y) and a month (%m)")
    if ("I" in found) != ("p" in found):
        raise ValueError("needs %I and %p together, or %H")


def parse_clock(texts: pa.Array, formats: tuple[str, ...]) -> Clock:
    """Read clock texts by the first format that fits each.

    Parameters
    ----------
    texts
        Strings without nulls, best distinct.
    formats
        Of ``strptime``, or ``iso``; the time of day may be left out of an ``iso`` text.
    """
    n = len(texts)
    clock = Clock(
        np.full(n, "NaT", "datetime64[s]"), np.full(n, NO_OFFSET, np.int32), np.zeros(n, np.int8)
    )
    for fmt in formats:
        for layout in _fast_layouts(fmt):
            _parse_fixed(texts, layout, clock)
        for pattern in layout_of(fmt).patterns:
            _parse_pattern(texts, pattern, clock)
    return clock


@lru_cache(maxsize=256)
def _fast_layouts(fmt: str) -> tuple[Layout, ...]:
    layouts = [layout_of(f) for f in (_ISO_LAYOUTS if fmt == ISO else (fmt,))]
    return tuple(layout for layout in layouts if layout.width is not None)


def _parse_fixed(texts: pa.Array, layout: Layout, clock: Clock) -> None:
    width = layout.width or 0
    sizes = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    fits = (sizes == width) & np.isnat(clock.wall)
    if not fits.any():
        return
    chars = _bytes_of(texts if fits.all() else texts.filter(pa.array(fits)), width)
    fields: dict[str, NDArray[np.int32]] = {}
    good = np.ones(chars.shape[1], dtype=bool)
    at = 0
    for token in layout.tokens:
        size = 1 if len(token) == 1 else _WIDTHS[token[1]]
        good &= _read_token(token, chars[at : at + size], fields)
        at += size
    n = chars.shape[1]
    offset = np.full(n, 0 if layout.tokens[-1] == "Z" else NO_OFFSET, np.int32)
    unit = np.full(n, MINUTE if layout.unit is None else layout.unit, np.int8)
    _store(clock, np.flatnonzero(fits), good, (fields, offset, unit))


def _bytes_of(texts: pa.Array, width: int) -> NDArray[np.uint8]:
    """Return the bytes of texts of one width: one row for each place in the text."""
    plain = texts.cast(pa.large_string())
    offsets = np.frombuffer(plain.buffers()[1], dtype=np.int64)[
        plain.offset : plain.offset + len(plain) + 1
    ]
    data = np.frombuffer(plain.buffers()[2], dtype=np.uint8)
    return np.ascontiguousarray(data[offsets[0] : offsets[-1]].reshape(-1, width).T)


def _read_token(
    token: str, chars: NDArray[np.uint8], fields: dict[str, NDArray[np.int32]]
) -> NDArray[np.bool_]:
    if len(token) == 1:
        return np.asarray(chars[0] == ord(token))
    directive = token[1]
    if directive == "p":
        half = chars[0] | 32
        fields["p"] = (half == ord("p")).astype(np.int32)
        return np.asarray(((half == ord("a")) | (half == ord("p"))) & ((chars[1] | 32) == ord("m")))
    # Unsigned bytes wrap: what is no digit comes out above 9.
    digits = chars - np.uint8(ord("0"))
    value = digits[0].astype(np.int32)
    good = digits[0] < 10
    for digit in digits[1:]:
        value = value * 10 + digit
        good &= digit < 10
    fields[directive] = value
    return np.asarray(good)


def _parse_pattern(texts: pa.Array, pattern: str, clock: Clock) -> None:
    open_ones = np.flatnonzero(np.isnat(clock.wall))
    if not len(open_ones):
        return
    chosen = texts if len(open_ones) == len(texts) else texts.take(pa.array(open_ones))
    parts = pc.extract_regex(chosen, f"^{pattern}$")
    good = parts.is_valid().to_numpy(zero_copy_only=False)
    if not good.any():
        return
    open_ones, parts = open_ones[good], parts.filter(pa.array(good))
    found = dict(zip((f.name for f in parts.type), parts.flatten(), strict=True))
    offset = _offsets(found.pop("z", None), len(open_ones))
    stated = {
        name: pc.not_equal(text, "").to_numpy(zero_copy_only=False) for name, text in found.items()
    }
    nothing = np.zeros(len(open_ones), dtype=bool)
    has = [
        stated.get("M", nothing),
        stated.get("H", stated.get("I", nothing)),
        stated.get("d", nothing),
    ]
    unit = np.select(has, [MINUTE, HOUR, DAY], default=MONTH).astype(np.int8)
    fields = {name: _number(name, text) for name, text in found.items() if name != "f"}
    _store(clock, open_ones, np.ones(len(open_ones), dtype=bool), (fields, offset, unit))


def _number(name: str, text: pa.Array) -> NDArray[np.int32]:
    if name == "b":
        months = [_MONTHS.get(t[:3].casefold(), 0) for t in text.to_pylist()]
        return np.array(months, dtype=np.int32)
    if name == "p":
        afternoon = pc.match_substring_regex(text, "^[Pp]")
        return np.asarray(afternoon.to_numpy(zero_copy_only=False), dtype=np.int32)
    # Parts of an ISO text that are not there read as the first of their kind.
    absent = "1" if name in "md" else "0"
    number = pc.if_else(pc.equal(text, ""), absent, text).cast(pa.int32())
    return np.asarray(number.to_numpy(zero_copy_only=False))


def _offsets(text: pa.Array | None, n: int) -> NDArray[np.int32]:
    if text is None:
        return np.full(n, NO_OFFSET, np.int32)
    parts = pc.extract_regex(text, r"^(?P<s>[+-])(?P<h>\d{2}):?(?P<m>\d{2})?$")
    sign, hours, minutes = parts.flatten()
    hours = pc.fill_null(hours, "0").cast(pa.int32()).to_numpy(zero_copy_only=False)
    minutes = pc.if_else(pc.equal(pc.fill_null(minutes, ""), ""), "0", pc.fill_null(minutes, "0"))
    seconds = hours * 3600 + minutes.cast(pa.int32()).to_numpy(zero_copy_only=False) * 60
    negative = pc.equal(pc.fill_null(sign, "+"), "-").to_numpy(zero_copy_only=False)
    stated = pc.not_equal(text, "").to_numpy(zero_copy_only=False)
    return np.where(stated, np.where(negative, -seconds, seconds), NO_OFFSET).astype(np.int32)


def _store(
    clock: Clock,
    rows: NDArray[np.int64],
    good: NDArray[np.bool_],
    found: tuple[dict[str, NDArray[np.int32]], NDArray[np.int32], NDArray[np.int8]],
) -> None:
    fields, offset, unit = found
    wall, possible = _wall(fields, len(rows))
    keep = good & possible
    clock.wall[rows[keep]] = wall[keep]
    clock.offset[rows[keep]] = offset[keep]
    clock.unit[rows[keep]] = unit[keep]


def _wall(
    fields: dict[str, NDArray[np.int32]], n: int
) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    zero = np.zeros(n, dtype=np.int32)
    year = fields["Y"] if "Y" in fields else fields["y"] + np.where(fields["y"] < 69, 2000, 1900)
    month = fields["m"] if "m" in fields else fields["b"]
    day = fields.get("d", zero + 1)
    hour, known_hour = _hour(fields, zero)
    minute, second = fields.get("M", zero), fields.get("S", zero)
    good = (month >= 1) & (month <= 12) & (day >= 1) & known_hour
    good &= (hour < 24) & (minute < 60) & (second < 60)
    start, days = _months(year, np.where(good, month, 1))
    good &= day <= days
    seconds = (start + day - 1) * 86400 + (hour * 3600 + minute * 60 + second)
    return seconds.view("datetime64[s]"), good


def _months(
    year: NDArray[np.int32], month: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the day, from 1970 on, on which each month begins, and how many days it has."""
    number = (np.clip(year, 0, 9999) - 1970) * 12 + month - 1
    least = int(number.min(initial=0))
    months = np.arange(least, int(number.max(initial=0)) + 2).astype("datetime64[M]")
    begins = months.astype("datetime64[D]").astype(np.int64)
    return begins[number - least], np.diff(begins)[number - least]


def _hour(
    fields: dict[str, NDArray[np.int32]], zero: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    if "I" not in fields:
        return fields.get("H", zero), zero == 0
    twelve = fields["I"]
    return twelve % 12 + 12 * fields["p"], (twelve >= 1) & (twelve <= 12)
