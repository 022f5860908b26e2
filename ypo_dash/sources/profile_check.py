"""What an import profile may say: every key, and what its value must be."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pyproj import CRS
from pyproj.exceptions import CRSError

from ypo_dash.model.errors import InputError
from ypo_dash.sources.clock import UNITS, layout_of

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES = ("lat", "lon", "x", "y", "geometry", "area")
COLUMNS = ("incident_id", "type", "scene", "time_from", "time_to", "reported_at", *PLACES)
CONSTANTS = ("type", "scene", "area")
JOINED = ("incident_id", "type", "scene", "time_from", "time_to", "reported_at")
# Of host names and of program text, whose decoders fail in ways of their own.
_NOT_OF_FILES = ("idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape")
KEYS: dict[str, tuple[str, ...] | None] = {
    "file": ("delimiter", "encoding", "decimal", "sheet", "layer", "header_row"),
    "columns": COLUMNS,
    "time": ("format", "timezone", "precision"),
    "place": ("crs", "missing"),
    "types": None,
    "scenes": None,
    "unmapped": ("types", "scenes"),
    "filter": None,
}


@dataclass(frozen=True)
class Settings:
    """The tables of a profile's TOML."""

    found: dict[str, Any]

    def section(self, name: str) -> dict[str, Any]:
        """Return a table; an absent one is empty."""
        section: dict[str, Any] = self.found.get(name, {})
        return section


@dataclass(frozen=True)
class _Refusal:
    file: object

    def __call__(
        self, key: str, problem: str, value: object = None, remedy: str | None = None
    ) -> InputError:
        return InputError(
            f"profile key {key}: {problem}", file=self.file, value=value, remedy=remedy
        )


def check(found: dict[str, Any], file: object) -> None:
    """Refuse a profile with an unknown key or an impossible value.

    Raises
    ------
    InputError
        The message names the key and, for an unknown one, the nearest that exists.
    """
    refuse = _Refusal(file)
    _check_keys(found, refuse)
    settings = Settings(found)
    _check_file(settings.section("file"), refuse)
    _check_columns(settings.section("columns"), refuse)
    _check_time(settings.section("time"), refuse)
    _check_place(settings, refuse)
    _check_words(settings, refuse)


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """Return ``; did you mean 'x'?``, or nothing where no known word is near."""
    folded = {k.casefold(): k for k in known}
    near = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]!r}?" if near else ""


def _check_keys(found: dict[str, Any], refuse: _Refusal) -> None:
    for section, content in found.items():
        if section not in KEYS:
            raise refuse(
                section,
                f"is unknown{nearest(section, list(KEYS))}",
                remedy=f"Known are [{'], ['.join(KEYS)}]",
            )
        if not isinstance(content, dict):
            raise refuse(
                section,
                "must be a table",
                value=content,
                remedy=f"Write [{section}] on a line of its own",
            )
        known = KEYS[section]
        for key in content:
            if known is not None and key not in known:
                raise refuse(
                    f"{section}.{key}",
                    f"is unknown{nearest(key, known)}",
                    remedy=f"Known are {', '.join(known)}",
                )


def _text(section: dict[str, Any], key: str, where: str, refuse: _Refusal) -> str | None:
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise refuse(f"{where}.{key}", "must be a text in quotation marks", value=value)
    return value


def _check_file(section: dict[str, Any], refuse: _Refusal) -> None:
    for key in ("delimiter", "encoding", "decimal", "sheet", "layer"):
        _text(section, key, "file", refuse)
    delimiter = section.get("delimiter")
    if delimiter is not None and (len(delimiter.encode()) != 1 or delimiter in '"\r\n'):
        raise refuse(
            "file.delimiter",
            "must be one plain character",
            value=delimiter,
            remedy=r'Use for instance ",", ";", "|" or "\t"',
        )
    if section.get("decimal", ".") not in (".", ","):
        raise refuse("file.decimal", "must be a point or a comma", value=section["decimal"])
    if "decimal" in section and section["decimal"] == delimiter:
        raise refuse("file.decimal", "cannot be the delimiter too", value=delimiter)
    header = section.get("header_row", 1)
    if not isinstance(header, int) or isinstance(header, bool) or header < 1:
        raise refuse("file.header_row", "must be a whole number from 1", value=header)
    if not _is_of_texts(section.get("encoding", "utf-8")):
        raise refuse(
            "file.encoding",
            "is not a known encoding",
            value=section["encoding"],
            remedy="Use for instance utf-8, cp1252 or latin-1",
        )


def _is_of_texts(encoding: str) -> bool:
    """Return whether Python can decode files with it: it knows other codecs by name too."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        return codecs.lookup(encoding).name.replace("_", "-") not in _NOT_OF_FILES
    except (LookupError, ValueError):
        return False


def _check_columns(section: dict[str, Any], refuse: _Refusal) -> None:
    for ours, theirs in section.items():
        _check_column(ours, theirs, refuse)
    for needed in ("type", "time_from"):
        if needed not in section:
            raise refuse(
                f"columns.{needed}", "is missing", remedy="Name the column of the file that has it"
            )
    for one, other in (("lat", "lon"), ("lon", "lat"), ("x", "y"), ("y", "x")):
        if one in section and other not in section:
            raise refuse(f"columns.{other}", f"is missing beside {one}")
    if not set(PLACES) & set(section):
        raise refuse(
            "columns", "has no place", remedy="Name lat and lon, x and y, geometry, or area"
        )


def _check_column(ours: str, theirs: object, refuse: _Refusal) -> None:
    key = f"columns.{ours}"
    names = theirs if isinstance(theirs, list) else [theirs]
    if not names or not all(isinstance(n, str) and n.removesuffix("?").strip() for n in names):
        raise refuse(key, "must be a column name or a list of them", value=theirs)
    if isinstance(theirs, list) and ours not in JOINED:
        raise refuse(key, "cannot join columns", value=theirs, remedy="Name one column")
    constant = isinstance(theirs, str) and theirs.startswith("=")
    if constant and (ours not in CONSTANTS or theirs == "="):
        raise refuse(
            key,
            "cannot be a constant",
            value=theirs,
            remedy=f"Only {', '.join(CONSTANTS)} can, and not an empty one",
        )


def _check_time(section: dict[str, Any], refuse: _Refusal) -> None:
    formats = section.get("format", "iso")
    for one in formats if isinstance(formats, list) and formats else [formats]:
        if not isinstance(one, str) or not one:
            raise refuse("time.format", "must be a format or a list of them", value=formats)
        try:
            layout_of(one)
        except ValueError as error:
            raise refuse("time.format", str(error), value=one) from error
    precision = section.get("precision", "minute")
    if precision not in UNITS:
        raise refuse(
            "time.precision", "is unknown", value=precision, remedy=f"Use {', '.join(UNITS)}"
        )
    zone = _text(section, "timezone", "time", refuse)
    if zone is None or zone == "trust-offset":
        return
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise refuse(
            "time.timezone",
            "is not a known time zone",
            value=zone,
            remedy='Use an IANA name such as Europe/Copenhagen, or "trust-offset"',
        ) from error


def _check_place(settings: Settings, refuse: _Refusal) -> None:
    section = settings.section("place")
    crs = _text(section, "crs", "place", refuse)
    if crs is None and "x" in settings.section("columns"):
        raise refuse(
            "place.crs",
            "is missing: x and y need a coordinate system",
            remedy='Write for instance crs = "EPSG:25832"',
        )
    try:
        CRS.from_user_input(crs or "EPSG:4326")
    except CRSError as error:
        raise refuse(
            "place.crs",
            "is not a known coordinate system",
            value=crs,
            remedy='Write for instance "EPSG:25832"',
        ) from error
    missing = section.get("missing", [])
    if not isinstance(missing, list) or not all(_is_pair(pair) for pair in missing):
        raise refuse(
            "place.missing",
            "must be a list of pairs of numbers",
            value=missing,
            remedy="Write for instance [[0, 0]]",
        )


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in pair)
        and all(abs(n) < 1e300 for n in pair)  # else no number of a file can be equal to it
    )


def _check_words(settings: Settings, refuse: _Refusal) -> None:
    for name in ("types", "scenes", "unmapped"):
        _check_each(
            name, settings.section(name), _is_text, "must be a code in quotation marks", refuse
        )
    _check_each(
        "filter", settings.section("filter"), _is_texts, "must be a list of values to keep", refuse
    )


def _check_each(
    name: str,
    section: dict[str, Any],
    allowed: Callable[[object], bool],
    problem: str,
    refuse: _Refusal,
) -> None:
    for key, value in section.items():
        if not allowed(value):
            raise refuse(f"{name}.{key}", problem, value=value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
