"""What a quarter's threat assessment shows of the designated areas: plain values, in no language.

All of it goes into the frozen evidence of a signed assessment as it is, and comes back from there
(`ypo_dash.views.threat_evidence`); whoever adds a field gives it a default, so that what was signed
before still opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

TYPES = ("violence", "burglary", "theft", "vandalism", "harassment", "drugs")
ALL = "all"  # the types that residents report, together
POLICE = "drugs"  # found by the police: shows where they looked
MORE, FEWER, NONE, FEW, HISTORY, BREAK = "more", "fewer", "none", "few", "history", "break"
HIGHER, LOWER, UNKNOWN = "higher", "lower", "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PerThousand:
    """Incidents per 1,000 inhabitants in the quarter's days, with the exact 95 % Poisson range.

    ``rate``, ``low`` and ``high`` are None where inhabitants are not known.
    """

    count: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One type in an area.

    ``before`` is the mean of the area's own four quarters before, scaled to this one's days;
    ``before_low`` and ``before_high`` its exact range; ``before_count`` their sum. None where the
    data do not cover them whole. ``verdict`` is this quarter against them (of all types together:
    of those that are recorded as before), ``level`` the area against the rest of the district, both
    with false findings controlled over all areas and types.
    """

    type: str
    here: PerThousand
    sector: PerThousand
    district: PerThousand
    before: float | None
    before_low: float | None
    before_high: float | None
    before_count: int | None
    last: int | None
    p: float | None
    q: float | None
    verdict: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnList:
    """How an area stands to one of the two lists at the quarter's end.

    ``since`` and ``until`` are both on it (empty: open or not known); ``event`` is *came* or *left*
    where that was in the quarter; ``from_layer`` says that only the layer of areas tells it.
    """

    list: str
    on: bool
    since: str
    until: str
    source: str
    event: str
    from_layer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GangLine:
    """One incident that somebody judged to be gang-related: no persons."""

    date: str
    kind: str
    killed: int
    injured: int
    judged_by: str
    judged_on: str
    certainty: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gang:
    """Gang-related incidents of an area in the quarter, and how many there were in the one before."""

    lines: tuple[GangLine, ...]
    last: int

    @property
    def count(self) -> int:
        """How many."""
        return len(self.lines)

    @property
    def killed(self) -> int:
        """Persons killed."""
        return sum(line.killed for line in self.lines)

    @property
    def injured(self) -> int:
        """Persons injured."""
        return sum(line.injured for line in self.lines)

    def by(self, name: str) -> dict[str, int]:
        """Return counts by *kind* or *certainty*, in the order they came."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[getattr(line, name)] = found.get(getattr(line, name), 0) + 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortLine:
    """An effort in force whose place touches the area."""

    key: str
    sector: str
    title: str
    place_name: str
    start: str
    review: str
    end: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaThreat:
    """One area's evidence."""

    name: str
    sectors: tuple[str, ...]
    population: float | None
    population_date: str
    population_source: str
    lists: tuple[OnList, ...]
    figures: tuple[Figure, ...]
    gang: Gang
    efforts: tuple[EffortLine, ...]

    def figure(self, kind: str) -> Figure:
        """Return a type's figure."""
        return next(f for f in self.figures if f.type == kind)

    @property
    def all(self) -> Figure:
        """Everything that residents report."""
        return self.figure(ALL)

    def listed(self, which: str) -> OnList | None:
        """Return how it stands to a list."""
        return next((one for one in self.lists if one.list == which), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Since a date some types are recorded otherwise: nothing is compared across it."""

    date: str
    types: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threat:
    """A quarter's evidence of all areas.

    ``until`` is the last day counted, ``days`` how many are; ``whole`` says whether that is all of
    it. ``pointless`` and ``unmapped`` are resident-reported incidents without a point, and those in
    no sector, of the whole district: they may lie in an area and are in none of its figures.
    """

    quarter: str
    first: date
    last: date
    until: date
    days: int
    whole: bool
    covered: bool
    provisional: bool
    snapshot: str
    areas: tuple[AreaThreat, ...]
    pointless: int
    unmapped: int
    reported: int
    breaks: tuple[Broken, ...]
    judged: int

    def area(self, name: str) -> AreaThreat | None:
        """Return an area by its name."""
        return next((area for area in self.areas if area.name == name), None)
