"""The one state of a view: what every page, export and report shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, quote

from ypo_dash.model.cells import is_cell
from ypo_dash.model.describe import describe
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import Hours, night_end, week_mask
from ypo_dash.model.tiers import TIERS, check_tier, tier_period

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ypo_dash.model.taxonomy import Taxonomy

DEFAULT_DAYS = 28
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = (1900, 2200)
RESOLUTIONS = (8, 9, 10, 11)
MEASURES = ("count", "rate", "change", "hotspot")
COMPARISONS = ("previous", "year")
BASELINES = ("area", "residents", "streets", "gistar")
LANGUAGES = ("da", "en")
_SHOWN: dict[str, object] = {
    "res": 9,
    "measure": "count",
    "compare": "previous",
    "baseline": "area",
}


class Vocabulary(Protocol):
    """What a state may name: offences and scenes, sectors, stations, and the span of the data."""

    @property
    def taxonomy(self) -> Taxonomy:
        """Offences and scenes."""

    @property
    def sector_names(self) -> Mapping[str, str]:
        """Sector names by id, lowest id first."""

    @property
    def station_sectors(self) -> Mapping[str, Collection[str]]:
        """Sector ids by station id."""

    @property
    def station_names(self) -> Mapping[str, Mapping[str, str]]:
        """Station names by id and language."""

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last local date of an incident; None without data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """One frozen, validated, hashable state; the URL in and out.

    Empty tuples and None mean "all". Codes stand in the order of the vocabulary, each once.
    Dates are local, both inclusive; without any, the last 28 days of data.

    Raises
    ------
    FilterError
        A value is impossible; it names the query parameter.
    """

    date_from: date | None = None
    date_to: date | None = None
    types: tuple[str, ...] = ()
    hours: Hours | None = None
    days: tuple[int, ...] = ()
    scenes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    station: str | None = None
    cell: str | None = None
    res: int = 9
    measure: str = "count"
    compare: str = "previous"
    baseline: str = "area"
    tier: str = "internal"
    lang: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise FilterError(
                "from", "{first} is after to={last}", first=self.date_from, last=self.date_to
            )
        if any(d not in range(1, 8) for d in self.days):
            raise FilterError(
                "days",
                "{days} are not ISO weekdays; use 1 (Monday) to 7",
                days=_join(self.days),
            )
        if self.cell is not None and not is_cell(self.cell):
            raise FilterError("cell", "'{value}' is not an H3 cell", value=self.cell[:40])
        _one_of("res", self.res, RESOLUTIONS)
        _one_of("measure", self.measure, MEASURES)
        _one_of("compare", self.compare, COMPARISONS)
        _one_of("baseline", self.baseline, BASELINES)
        _one_of("tier", self.tier, TIERS)
        _one_of("lang", self.lang, (None, *LANGUAGES))
        free = {name: getattr(self, name) for name in ("hours", "days", "scenes", "cell")}
        changed = {name: getattr(self, name) != default for name, default in _SHOWN.items()}
        check_tier(self.tier, {**free, **changed})

    @classmethod
    def from_query(cls, query: str, vocabulary: Vocabulary) -> Filters:
        """Read a URL query (with or without ``?``) against the words of a district.

        Raises
        ------
        FilterError
            A parameter is unknown, stands twice, or its value is unknown or impossible.
        """
        given: dict[str, str] = {}
        for name, value in parse_qsl(query.lstrip("?"), keep_blank_values=True):
            if name not in _PARAMETERS:
                near = get_close_matches(name, _PARAMETERS, 1)
                if near:
                    raise FilterError(
                        name[:40], "unknown parameter; did you mean '{near}'?", near=near[0]
                    )
                raise FilterError(name[:40], "unknown parameter")
            if name in given:
                raise FilterError(name, "stands twice")
            given[name] = value.strip()
        given = {name: value for name, value in given.items() if value}
        offences = vocabulary.taxonomy
        sectors = tuple(vocabulary.sector_names)
        return cls(
            date_from=_date("from", given),
            date_to=_date("to", given),
            types=_types(given.get("types", ""), offences),
            hours=Hours.parse(given["hours"]) if "hours" in given else None,
            days=_days(given.get("days", "")),
            scenes=_codes("scenes", given.get("scenes", ""), tuple(offences.scene)),
            sectors=_codes("sectors", given.get("sectors", ""), sectors),
            station=_known("station", given.get("station"), tuple(vocabulary.station_sectors)),
            cell=given["cell"].lower() if "cell" in given else None,
            res=_whole("res", given.get("res", "9")),
            measure=given.get("measure", "count"),
            compare=given.get("compare", "previous"),
            baseline=given.get("baseline", "area"),
            tier=given.get("tier", "internal"),
            lang=given.get("lang"),
        )

    def to_query(self) -> str:
        """Return the canonical URL query; parameters at their default are left out."""
        values = {
            "from": self.date_from,
            "to": self.date_to,
            "types": _join(self.types),
            "hours": self.hours,
            "days": _join(self.days),
            "scenes": _join(self.scenes),
            "sectors": _join(self.sectors),
            "station": self.station,
            "cell": self.cell,
            "res": self.res if self.res != 9 else None,
            "measure": self.measure if self.measure != "count" else None,
            "compare": self.compare if self.compare != "previous" else None,
            "baseline": self.baseline if self.baseline != "area" else None,
            "tier": self.tier if self.tier != "internal" else None,
            "lang": self.lang,
        }
        return "&".join(f"{k}={quote(str(v), safe=',:-')}" for k, v in values.items() if v)

    def period(self, span: tuple[date, date] | None) -> tuple[date, date]:
        """Return first and last date: the given ones, else the last 28 days of ``span``.

        Raises
        ------
        FilterError
            Only ``from`` is given and lies after the last date of data.
        """
        if self.tier != "internal":
            return tier_period(self.tier, (self.date_from, self.date_to), span)
        last = self.date_to or (span[1] if span else self.date_from or date(1970, 1, 28))
        first = self.date_from or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise FilterError(
                "from",
                "{first} is after the last date of data, {last}; give 'to' as well",
                first=first,
                last=last,
            )
        return first, last

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """The 168 selected hours of the week, or None for all."""
        return week_mask(self.hours, self.days)

    @property
    def night_end(self) -> int:
        """Starts before this local hour belong to the day before; 0 without a wrap."""
        return night_end(self.hours)

    def place_sectors(self, vocabulary: Vocabulary) -> tuple[str, ...] | None:
        """Return the sectors that ``sectors`` and ``station`` leave; None for all."""
        if not self.sectors and self.station is None:
            return None
        allowed = self.sectors or tuple(vocabulary.sector_names)
        if self.station is None:
            return allowed
        inside = set(vocabulary.station_sectors[self.station])
        return tuple(s for s in allowed if s in inside)

    @property
    def has_place(self) -> bool:
        """Whether a filter on sectors, station or cell leaves only mapped incidents."""
        return bool(self.sectors or self.station or self.cell)

    def describe(self, vocabulary: Vocabulary, lang: str = "en") -> str:
        """Return the state as a caption in Danish (``da``) or English (``en``)."""
        return describe(self, vocabulary, lang)


_PARAMETERS = ("from", "to", *(f.name for f in fields(Filters) if not f.name.startswith("date_")))


def _join(values: tuple[object, ...]) -> str:
    return ",".join(str(v) for v in values)


def _one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        known = ", ".join(str(a) for a in allowed if a is not None)
        raise FilterError(name, "'{value}' is unknown; use {known}", value=value, known=known)


def _date(name: str, given: dict[str, str]) -> date | None:
    text = given.get(name)
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise FilterError(
            name, "'{value}' is not a date; write for instance 2012-11-05", value=text[:40]
        ) from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise FilterError(
            name,
            "{value} is not a date between the years {low} and {high}",
            value=text,
            low=_YEARS[0],
            high=_YEARS[1],
        )
    return day


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise FilterError(name, "'{value}' is not a whole number", value=text[:40])
    return int(text)


def _list(name: str, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")] if text else []
    if not all(parts):
        raise FilterError(name, "'{value}' has an empty entry", value=text[:60])
    return parts


def _known(name: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value is not None and value not in allowed:
        near = get_close_matches(value, allowed, 1)
        if near:
            raise FilterError(
                name, "'{value}' is unknown; did you mean '{near}'?", value=value[:60], near=near[0]
            )
        known = ", ".join(allowed[:25]) or "–"
        raise FilterError(
            name, "'{value}' is unknown; known are {known}", value=value[:60], known=known
        )
    return value


def _codes(name: str, text: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    wanted = {_known(name, part, allowed) for part in _list(name, text)}
    return tuple(code for code in allowed if code in wanted)


def _types(text: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    allowed = (*taxonomy.offence, *taxonomy.groups)
    wanted: set[str] = set()
    for part in _list("types", text):
        _known("types", part, allowed)
        wanted |= {part} if part in taxonomy.offence else set(taxonomy.groups[part])
    return tuple(code for code in taxonomy.offence if code in wanted)


def _days(text: str) -> tuple[int, ...]:
    days = sorted({_whole("days", part) for part in _list("days", text)})
    return () if days == list(range(1, 8)) else tuple(days)
