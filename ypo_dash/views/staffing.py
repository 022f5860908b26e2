"""Staffing: need, posts, gap and a fair share of the posts; today's, or a plan's beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import (
    PER_FACTOR,
    PLAN_PARAMETERS,
    Plan,
    ProposalRules,
    SetFactor,
    take_parameters,
)
from ypo_dash.model.taxonomy import FALLBACK_OFFENCE
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.apportion import TooFewPostsError, apportion
from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.stats.position import position
from ypo_dash.store.inputs import INFRASTRUCTURE
from ypo_dash.store.query import summarise
from ypo_dash.views.proposal import INPUTS, Figures, Proposal, doubled, propose
from ypo_dash.views.rates import PER, Rate
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from ypo_dash.people.plans import Edited, Scenario
    from ypo_dash.store.snapshot import Sector, Snapshot

YEAR_DAYS = 365.25
COLUMNS = (
    "sector_id",
    "name",
    "station",
    "population",
    "factor",
    "need",
    "posts",
    "allocation",
    "gap",
)
NO_STATION = ""
_UNUSED = ("types", "hours", "days", "scenes", "cell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sector: its factor, need, posts and share of the posts; None where one is not known.

    ``posts`` are those it has today, ``allocation`` its share by the plan, ``hand`` whether a person
    set that; ``gap`` is posts minus need.
    """

    sector: Sector
    held: SetFactor | None
    factor: float | None
    need: float | None
    posts: float | None
    allocation: float | None
    hand: bool = False

    @property
    def gap(self) -> float | None:
        """Posts minus need."""
        return difference(self.posts, self.need)

    @property
    def is_changed(self) -> bool:
        """Whether the plan has another factor than the one that is set."""
        return self.factor != (self.held.factor if self.held else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over sectors; None where one of them is not known."""

    population: float | None
    need: float | None
    posts: float | None
    allocation: float | None

    @property
    def gap(self) -> float | None:
        """Posts minus need."""
        return difference(self.posts, self.need)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """How a sector's allocation moves: lowest and highest over all, and by what moves it."""

    low: float
    high: float
    by: Mapping[str, tuple[float, float]]


def staffing_state(
    query: str, snapshot: Snapshot, scenarios: Sequence[Scenario] = ()
) -> tuple[Filters, Plan, dict[str, str]]:
    """Read a query of the staffing page: the state, the plan, and what only the page uses.

    A saved scenario that is named without any part of a plan stands for its own plan.

    Raises
    ------
    FilterError
        A parameter is unknown, impossible, or none of this page.
    """
    own, rest = take_parameters(query, (*PLAN_PARAMETERS, *PAGE_PARAMETERS))
    filters = Filters.from_query(rest, snapshot)
    require_internal(filters.tier)
    for name in _UNUSED:
        if getattr(filters, name):
            raise FilterError(name, "staffing does not depend on this filter; leave it out")
    page = {name: own[name] for name in PAGE_PARAMETERS if name in own}
    given = {name: own[name] for name in PLAN_PARAMETERS if name in own}
    if "scenario" in page:
        saved = {scenario.key: scenario for scenario in scenarios}
        if page["scenario"] not in saved:
            raise FilterError(
                "scenario", "there is no saved scenario '{value}'", value=page["scenario"][:40]
            )
        given = given or saved[page["scenario"]].plan
    if "sector" in page and page["sector"] not in snapshot.sector_names:
        raise FilterError("sector", "'{value}' is unknown", value=page["sector"][:40])
    return filters, plan_of(given, snapshot), page


def plan_of(given: dict[str, str], snapshot: Snapshot) -> Plan:
    """Read a plan against a snapshot's sectors and stations.

    Raises
    ------
    FilterError
        It names what is not there, or a value is impossible.
    """
    return Plan.of(given, tuple(snapshot.sector_names), tuple(snapshot.station_sectors))


PAGE_PARAMETERS = ("sector", "scenario", "show", "table")


class Staffing:
    """The staffing of a district under a plan.

    Parameters
    ----------
    filters
        Dates of the crime figures (default: the last 365 days of data); sectors and station only
        choose what is shown, the shares are made over all.
    edited
        Factors that people set here; they stand over those of the imported file.
    """

    def __init__(self, snapshot: Snapshot, filters: Filters, plan: Plan, edited: Edited) -> None:
        self.snapshot, self.filters, self.plan, self.edited = snapshot, filters, plan, edited
        self.rules: ProposalRules = edited.proposal
        self.held = set_factors(snapshot, edited.factors)
        table = {row["sector_id"]: row for row in snapshot.table("posts")}
        self.posts = {sector: float(row["posts"]) for sector, row in table.items()}
        self.problems: list[tuple[str, dict[str, object]]] = []
        self.rows = self._rows()

    # Posts and shares

    @cached_property
    def pools(self) -> dict[str, tuple[str, ...]]:
        """Sector ids by the station whose posts they share; one pool where posts are the district's."""
        sectors = self.snapshot.sectors
        if self.plan.pool == "district":
            return {NO_STATION: tuple(s.id for s in sectors)}
        found: dict[str, tuple[str, ...]] = {}
        for s in sectors:
            found[s.station or NO_STATION] = (*found.get(s.station or NO_STATION, ()), s.id)
        return found

    @cached_property
    def today_posts(self) -> dict[str, float]:
        """Posts by local station as they are."""
        found = dict.fromkeys((s.station or NO_STATION for s in self.snapshot.sectors), 0.0)
        for s in self.snapshot.sectors:
            found[s.station or NO_STATION] += self.posts.get(s.id, 0.0)
        return found

    @cached_property
    def plan_posts(self) -> dict[str, float]:
        """Posts by local station under the plan."""
        return {**self.today_posts, **dict(self.plan.posts)}

    @property
    def has_posts(self) -> bool:
        """Whether posts were imported at all, or planned."""
        return bool(self.posts or self.plan.posts)

    def _rows(self) -> list[Row]:
        factors = {s: held.factor for s, held in self.held.items()} | dict(self.plan.factors)
        needs = {s.id: need_of(s.population, factors.get(s.id)) for s in self.snapshot.sectors}
        shares = self.share_out(needs, tell=True) if self.has_posts else {}
        hand = dict(self.plan.hand)
        return [
            Row(
                sector=s,
                held=self.held.get(s.id),
                factor=factors.get(s.id),
                need=needs[s.id],
                posts=self.posts.get(s.id),
                allocation=shares.get(s.id),
                hand=s.id in hand,
            )
            for s in self.snapshot.sectors
        ]

    def share_out(
        self, needs: Mapping[str, float | None], *, tell: bool = False
    ) -> dict[str, float]:
        """Return the posts of each sector by need; a pool that can't be shared is left out.

        With ``tell``, `problems` says why one was.
        """
        found: dict[str, float] = {}
        for station, sectors in self.pools.items():
            total = (
                sum(self.plan_posts.values())
                if self.plan.pool == "district"
                else self.plan_posts[station]
            )
            found |= self._share(station, sectors, total, needs, tell)
        return found

    def _share(
        self,
        station: str,
        sectors: tuple[str, ...],
        total: float,
        needs: Mapping[str, float | None],
        tell: bool,
    ) -> dict[str, float]:
        hand = {s: n for s, n in self.plan.hand if s in sectors}
        free = [s for s in sectors if s not in hand]
        known = [need for s in free if (need := needs[s]) is not None]
        taken = round(sum(hand.values()), DIGITS)
        values: dict[str, object] = {"station": station, "posts": total, "hand": taken}
        problem = ""
        shares: list[float] = []
        if len(known) < len(free):
            problem, values["n"] = NO_NEED, len(free) - len(known)
        elif taken > total or (not free and taken != total):
            problem = BY_HAND
        else:
            try:
                shares = apportion(round(total - taken, DIGITS), known, self.plan.minimum)
            except TooFewPostsError as error:
                problem = TOO_FEW
                values |= {"posts": error.posts, "n": error.claims, "minimum": error.minimum}
        if problem:
            if tell:
                self.problems.append((problem, values))
            return hand
        return hand | dict(zip(free, shares, strict=True))

    # What is shown

    @cached_property
    def shown(self) -> list[Row]:
        """The rows that the state's sectors and station leave."""
        chosen = self.filters.place_sectors(self.snapshot)
        return [row for row in self.rows if chosen is None or row.sector.id in chosen]

    def totals(self, rows: list[Row] | None = None) -> Totals:
        """Return the sums over rows; over all without."""
        rows = self.rows if rows is None else rows
        return Totals(
            population=_sum([row.sector.population for row in rows]),
            need=_sum([row.need for row in rows]),
            posts=_sum([row.posts for row in rows]),
            allocation=_sum([row.allocation for row in rows]),
        )

    def row(self, sector: str) -> Row:
        """Return a sector's row."""
        return next(row for row in self.rows if row.sector.id == sector)

    # Figures and proposals

    @cached_property
    def period(self) -> tuple[date, date]:
        """First and last day of the crime figures."""
        return self._crime_filters().period(self.snapshot.span)

    def _crime_filters(self) -> Filters:
        filters = Filters(date_from=self.filters.date_from, date_to=self.filters.date_to)
        span = self.snapshot.span
        if filters.date_from is not None or span is None:
            return filters
        last = filters.date_to or span[1]
        return replace(filters, date_from=last - timedelta(days=364), date_to=last)

    @cached_property
    def days(self) -> int:
        """Days of the period that the register covers."""
        span = self.snapshot.span
        if span is None:
            return 0
        first, last = max(self.period[0], span[0]), min(self.period[1], span[1])
        return max(0, (last - first).days + 1)

    @cached_property
    def reported(self) -> dict[str, Rate]:
        """Resident-reported incidents per 1,000 inhabitants and year by sector, and of all (``""``)."""
        return self._rates(tuple(resident_types(self.snapshot)))

    @cached_property
    def found(self) -> dict[str, Rate]:
        """The same of what the police find themselves; in no score."""
        kinds = (
            o.code for o in self.snapshot.taxonomy.offences if o.detection == "police_initiated"
        )
        return self._rates(tuple(kinds))

    def _rates(self, types: tuple[str, ...]) -> dict[str, Rate]:
        if not self.days or not types:
            return {}
        summary = summarise(self.snapshot, replace(self._crime_filters(), types=types))
        counts = {
            s.id: float(n) for s, n in zip(self.snapshot.sectors, summary.sectors[:-2], strict=True)
        }
        people = {s.id: s.population for s in self.snapshot.sectors if s.population}
        found = {s: self._rate(counts[s], n) for s, n in people.items()}
        if people:
            found[NO_STATION] = self._rate(sum(counts[s] for s in people), sum(people.values()))
        return found

    def _rate(self, count: float, people: float) -> Rate:
        per = PER / people * YEAR_DAYS / self.days
        low, high = poisson_exact(count)
        return Rate(count, count * per, low * per, high * per)

    @cached_property
    def designated(self) -> dict[str, float]:
        """Share of inhabitants in designated areas by sector and of all; empty where not known."""
        people = designated_inhabitants(
            self.snapshot.layer_text("designated"), self.snapshot.layer_text("sectors")
        )
        known = {s.id: s.population for s in self.snapshot.sectors if s.population}
        if people is None or not known:
            return {}
        found = {s: min(1.0, people.get(s, 0.0) / n) for s, n in known.items()}
        found[NO_STATION] = sum(found[s] * n for s, n in known.items()) / sum(known.values())
        return found

    @cached_property
    def infrastructure(self) -> dict[str, dict[str, float]]:
        """Counted infrastructure by sector and name; empty where none was imported."""
        return {
            row["sector_id"]: {
                name: float(row[name]) for name in INFRASTRUCTURE if row.get(name, "") != ""
            }
            for row in self.snapshot.table("infrastructure")
        }

    @cached_property
    def per_10000(self) -> dict[str, float]:
        """Infrastructure per 10,000 inhabitants of the district, by name."""
        people = {s.id: s.population for s in self.snapshot.sectors if s.population}
        found: dict[str, float] = {}
        for name in INFRASTRUCTURE:
            having = [
                s for s, parts in self.infrastructure.items() if name in parts and s in people
            ]
            inhabitants = sum(people[s] or 0 for s in having)
            if inhabitants:
                counted = sum(self.infrastructure[s][name] for s in having)
                found[name] = 10_000 * counted / inhabitants
        return found

    def figures(self, sector: str) -> Figures:
        """Return what a sector's proposal is made of; of the whole district for ``""``."""
        parts: dict[str, float] = {}
        people = next((s.population for s in self.snapshot.sectors if s.id == sector), None)
        if people:
            for name, counted in self.infrastructure.get(sector, {}).items():
                if self.per_10000.get(name):
                    parts[name] = position(10_000 * counted / people, self.per_10000[name])
        return Figures(
            crime=self.reported.get(sector),
            designated=self.designated.get(sector),
            infrastructure=float(np.mean(list(parts.values()))) if parts else None,
            parts=parts,
        )

    def proposal(self, sector: str, rules: ProposalRules | None = None) -> Proposal | None:
        """Return the proposed factor of a sector, by other rules if given."""
        return propose(self.figures(sector), self.figures(NO_STATION), rules or self.rules)

    def proposal_with_found(self, sector: str) -> Proposal | None:
        """Return the proposal if what the police find themselves counted as well, to show what it does."""
        if sector not in self.found or sector not in self.reported:
            return None
        people = {s.id: s.population or 0 for s in self.snapshot.sectors}
        people[NO_STATION] = sum(n for s, n in people.items() if s in self.reported)
        both = {
            s: self._rate(self.reported[s].count + self.found[s].count, people[s])
            for s in (sector, NO_STATION)
        }
        mine, all_ = (replace(self.figures(s), crime=both[s]) for s in (sector, NO_STATION))
        return propose(mine, all_, self.rules)

    # How sure is it?

    @cached_property
    def bands(self) -> dict[str, Band]:
        """How each sector's share moves when something else than assumed were true.

        One at a time: a factor one step smaller or larger, a population 5 % smaller or larger, and
        one score of the proposal weighing double (then with the proposed factors throughout).
        """
        moved: dict[str, dict[str, list[float]]] = {}
        for what, changed, needs in self._moves():
            for sector, share in self.share_out(needs).items():
                which = "own" if sector == changed else "other"
                name = what if changed == NO_STATION else f"{which} {what}"
                moved.setdefault(sector, {}).setdefault(name, []).append(share)
        found = {}
        for row in self.rows:
            by = {name: (min(v), max(v)) for name, v in moved.get(row.sector.id, {}).items()}
            if row.allocation is not None and by:
                inside = [v for name, ends in by.items() if name != "weights" for v in ends]
                ends = [row.allocation, *inside]
                found[row.sector.id] = Band(low=min(ends), high=max(ends), by=by)
        return found

    def _moves(self) -> Iterator[tuple[str, str, dict[str, float | None]]]:
        """Yield what is moved, in which sector (``""``: in all), and the needs that follow."""
        needs = {row.sector.id: row.need for row in self.rows}
        for row in self.rows:
            sector, people, factor = row.sector.id, row.sector.population, row.factor
            if not factor or not people:
                continue
            for step in (-1, 1):
                if 1 <= factor + step <= 5:
                    yield "factor", sector, {**needs, sector: need_of(people, factor + step)}
            for share in (0.95, 1.05):
                yield "population", sector, {**needs, sector: need_of(people * share, factor)}
        for rules in (self.rules, *(doubled(self.rules, name) for name in INPUTS)):
            proposed = {s.id: self.proposal(s.id, rules) for s in self.snapshot.sectors}
            yield (
                "weights",
                NO_STATION,
                {
                    s.id: need_of(s.population, p.factor if (p := proposed[s.id]) else None)
                    for s in self.snapshot.sectors
                },
            )

    # As a table

    def table(self) -> Table:
        """Return the shown rows as `COLUMNS`."""
        return Table(
            COLUMNS,
            [
                (
                    row.sector.id,
                    row.sector.name,
                    row.sector.station or "",
                    *(
                        "" if value is None else count_value(value)
                        for value in (
                            row.sector.population,
                            row.factor,
                            row.need,
                            row.posts,
                            row.allocation,
                            row.gap,
                        )
                    ),
                )
                for row in self.shown
            ],
        )


NO_NEED = "no need for {n} sectors, so no shares: a factor or the population is missing"
BY_HAND = "{hand} posts are set by hand, {posts} are there"
TOO_FEW = "{posts} posts can't give each of {n} sectors {minimum}: lower the minimum or add posts"


def need_of(population: float | None, factor: float | None) -> float | None:
    """Return the officers that the model asks for; None where population or factor is not known."""
    return None if population is None or not factor else population / (PER_FACTOR * factor)


def difference(one: float | None, other: float | None) -> float | None:
    """Return one less the other, to the digits that files carry, so that page and file round alike."""
    return None if one is None or other is None else round(one - other, DIGITS)


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), DIGITS) if values and len(known) == len(values) else None


def set_factors(snapshot: Snapshot, here: Mapping[str, SetFactor]) -> dict[str, SetFactor]:
    """Return the set factor of each sector: the one set here, else the imported file's."""
    found = {
        row["sector_id"]: SetFactor(
            factor=float(row["factor"]),
            reason=row.get("reason", ""),
            approved_by=row.get("approved_by", ""),
            date=row.get("date", ""),
        )
        for row in snapshot.table("posts")
        if row.get("factor")
    }
    for sector, held in here.items():
        if held.factor:
            found[sector] = held
        elif sector in found:  # only asked for, so far: what the file says stands
            found[sector] = replace(found[sector], version=held.version, wanted=held.wanted)
        else:
            found[sector] = held
    return {s: held for s, held in found.items() if s in snapshot.sector_names and held.factor}


def resident_types(snapshot: Snapshot) -> list[str]:
    """Return the types that score: reported by residents, and one of the core types."""
    return [
        o.code
        for o in snapshot.taxonomy.offences
        if o.detection != "police_initiated" and o.code != FALLBACK_OFFENCE
    ]


@lru_cache(maxsize=4)
def designated_inhabitants(designated: str, sectors: str) -> dict[str, float] | None:
    """Return inhabitants of designated areas by sector, shared out by area; None where not known."""
    areas = json.loads(designated)["features"]
    if not areas or any(not _known(f["properties"].get("population")) for f in areas):
        return None
    polygons = [
        (f["properties"]["sector_id"], shapely.from_geojson(json.dumps(f["geometry"])))
        for f in json.loads(sectors)["features"]
    ]
    found: dict[str, float] = {}
    for feature in areas:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        for sector, polygon in polygons:
            share = shapely.intersection(shape, polygon).area / shape.area
            if share > 0:
                people = float(feature["properties"]["population"]) * share
                found[sector] = found.get(sector, 0.0) + people
    return found


def _known(value: object) -> bool:
    return isinstance(value, (int, float)) and value == value  # noqa: PLR0124 - NaN
