"""What a staffing plan is made of: set factors, scenarios, weights; and a plan in a query.

A plan changes nothing that is set: it says which posts are shared out how, and which factors would
stand instead of the set ones. An empty plan is today.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from ypo_dash.model.errors import FilterError, InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FACTORS = (1, 2, 3, 4, 5)
PER_FACTOR = 1000  # inhabitants per officer and step of the factor
POOLS = ("station", "district")
MOST_POSTS = 100_000
LONGEST_NAME = 120
LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFactor:
    """A sector's factor as it is set: by whom, when, why. ``version`` 0 is one from an imported file.

    ``wanted`` is a change that waits for approval.
    """

    factor: float
    reason: str = ""
    approved_by: str = ""
    date: str = ""
    set_by: str = ""
    version: int = 0
    wanted: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan over today.

    ``posts`` by station, ``factors`` and ``hand`` (posts set by hand) by sector; what is not named
    is as today. ``minimum`` posts per sector; ``pool`` says whether posts stay with their station.
    """

    pool: str = "station"
    minimum: int = 1
    posts: tuple[tuple[str, float], ...] = ()
    factors: tuple[tuple[str, float], ...] = ()
    hand: tuple[tuple[str, float], ...] = ()

    @property
    def is_today(self) -> bool:
        """Whether the plan changes nothing."""
        return self == Plan()

    def parts(self) -> dict[str, str]:
        """Return the plan as query parameters; what is at its default is left out."""
        shown = {
            "pool": self.pool if self.pool != "station" else "",
            "minimum": str(self.minimum) if self.minimum != 1 else "",
            **{name: _pairs_text(getattr(self, name)) for name in ("posts", "factors", "hand")},
        }
        return {name: value for name, value in shown.items() if value}

    def to_query(self) -> str:
        """Return the plan as a query."""
        return "&".join(
            f"{name}={quote(value, safe=',:-.')}" for name, value in self.parts().items()
        )

    @classmethod
    def of(cls, given: dict[str, str], sectors: Collection[str], stations: Collection[str]) -> Plan:
        """Read a plan's parameters against the words of a district.

        Raises
        ------
        FilterError
            A value is unknown or impossible; it names the parameter.
        """
        pool = given.get("pool") or "station"
        if pool not in POOLS:
            raise FilterError(
                "pool", "'{value}' is unknown; use {known}", value=pool[:40], known=", ".join(POOLS)
            )
        minimum = given.get("minimum") or "1"
        least = limited("minimum", minimum, (0, MOST_POSTS))
        if not least.is_integer():
            raise FilterError("minimum", "'{value}' is not a whole number", value=minimum[:40])
        return cls(
            pool=pool,
            minimum=int(least),
            posts=_pairs("posts", given, stations or ("",), (0, MOST_POSTS)),
            factors=_pairs("factors", given, sectors, (FACTORS[0], FACTORS[-1])),
            hand=_pairs("hand", given, sectors, (0, MOST_POSTS)),
        )


PLAN_PARAMETERS = tuple(f.name for f in fields(Plan))


def take_parameters(query: str, names: Iterable[str]) -> tuple[dict[str, str], str]:
    """Split a query into the values of ``names`` and the query that is left.

    Raises
    ------
    FilterError
        One of them stands twice.
    """
    mine, rest = dict[str, str](), list[tuple[str, str]]()
    wanted = set(names)
    for name, value in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        if name not in wanted:
            rest.append((name, value))
        elif name in mine:
            raise FilterError(name, "stands twice")
        else:
            mine[name] = value.strip()
    return {name: value for name, value in mine.items() if value}, urlencode(rest)


def _pairs_text(pairs: tuple[tuple[str, float], ...]) -> str:
    return ",".join(f"{key}:{value:g}" for key, value in pairs)


def _pairs(
    name: str, given: dict[str, str], known: Collection[str], limits: tuple[float, float]
) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in given.get(name, "").split(","))):
        key, _, text = part.rpartition(":")
        if key not in known:
            raise FilterError(
                name,
                "'{value}' is unknown; known are {known}",
                value=(key or part)[:60],
                known=", ".join(list(known)[:25]),
            )
        if key in found:
            raise FilterError(name, "'{value}' stands twice", value=key)
        found[key] = limited(name, text, limits)
    return tuple((key, found[key]) for key in known if key in found)


def limited(name: str, text: str, limits: tuple[float, float]) -> float:
    """Return a number within limits.

    Raises
    ------
    FilterError
        It is not one; it names the parameter.
    """
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not limits[0] <= value <= limits[1]:
        raise FilterError(
            name,
            "'{value}' is not a number from {low} to {high}",
            value=text[:40],
            low=f"{limits[0]:g}",
            high=f"{limits[1]:.0f}",
        )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRules:
    """How a factor is proposed: weights of the three scores, and where the factor changes.

    ``cuts`` are the scores (0-100, 50 is the district) from which the factor is 4, 3, 2, 1.
    ``edition`` 0 are the built-in rules. This project's own construction.
    """

    crime: float = 1.0
    designated: float = 1.0
    infrastructure: float = 1.0
    cuts: tuple[float, float, float, float] = (30.0, 42.0, 54.0, 66.0)
    edition: int = 0

    @classmethod
    def of(cls, content: dict[str, Any], edition: int) -> ProposalRules:
        """Read stored rules.

        Raises
        ------
        InputError
            They are not rules.
        """
        rules = cls(
            **{**content, "cuts": tuple(content.get("cuts", cls().cuts)), "edition": edition}
        )
        weights = (rules.crime, rules.designated, rules.infrastructure)
        if any(not 0 <= w <= 100 for w in weights) or not sum(weights):
            raise InputError("weights must be 0 or more, and not all 0", value=weights)
        if list(rules.cuts) != sorted(set(rules.cuts)) or len(rules.cuts) != 4:
            raise InputError("the four limits must rise", value=rules.cuts)
        if rules.cuts[0] <= 0 or rules.cuts[-1] > 100:
            raise InputError("limits must be above 0 and at most 100", value=rules.cuts)
        return rules

    def content(self) -> dict[str, Any]:
        """Return what is stored."""
        found = asdict(replace(self, edition=0))
        del found["edition"]
        return {**found, "cuts": list(self.cuts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRules:
    """How the safety index is made: weights of its three parts, base year, and where levels begin.

    Below ``markant`` an area's level is *markant*, below ``intensiveret`` it is *intensiveret*,
    below ``ordinary`` *almindelig*; the first two names are documented, limits and weights are this
    project's own. ``base_year`` 0 is the first year with all three parts. ``edition`` 0 is built in.
    """

    exposed: float = 1.0
    problem: float = 1.0
    reports: float = 1.0
    markant: float = 25.0
    intensiveret: float = 38.0
    ordinary: float = 60.0
    base_year: int = 0
    edition: int = 0

    @classmethod
    def of(cls, content: dict[str, Any], edition: int) -> IndexRules:
        """Read stored rules.

        Raises
        ------
        InputError
            They are not rules.
        """
        rules = cls(**{**content, "edition": edition})
        weights = (rules.exposed, rules.problem, rules.reports)
        if any(not 0 <= w <= 100 for w in weights) or not sum(weights):
            raise InputError("weights must be 0 or more, and not all 0", value=weights)
        limits = (rules.markant, rules.intensiveret, rules.ordinary)
        if list(limits) != sorted(set(limits)) or not 0 < limits[0] <= limits[-1] <= 100:
            raise InputError("the three limits must rise, above 0 and at most 100", value=limits)
        return rules

    def content(self) -> dict[str, Any]:
        """Return what is stored."""
        found = asdict(self)
        del found["edition"]
        return found


def iso_date(text: str) -> str:
    """Return a date as written, or raise InputError.

    Raises
    ------
    InputError
        It is not a date such as 2012-11-25.
    """
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise InputError("not a date; write it as 2011-09-01", value=text[:40]) from None
