"""The safety survey by area and year: weighted shares, index, ranks, changes, model; with what hides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import IndexRules, take_parameters
from ypo_dash.model.tiers import require_internal
from ypo_dash.sources.survey import ANSWERS, age_limits
from ypo_dash.sources.survey_profile import MEASURES
from ypo_dash.stats.changes import (
    ADJUSTMENTS,
    adjust,
    share_difference,
    share_test,
    smallest_shown,
)
from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.stats.position import position
from ypo_dash.stats.ranks import joint_level, rank_intervals
from ypo_dash.stats.small_area import FayHerriot, fay_herriot
from ypo_dash.stats.strata import Share, stratum_factors, weighted_share
from ypo_dash.store.area_counts import Area, area_counts, areas_of
from ypo_dash.store.lru import Lru
from ypo_dash.store.survey import area_population, survey_sums
from ypo_dash.views.rates import PER, Rate
from ypo_dash.views.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot

HIDDEN_BELOW = 30  # answers; fewer say nothing about an area and might say something about people
UNCERTAIN_BELOW = 100
INDEX_TYPES = ("violence", "burglary", "theft", "drugs", "vandalism", "harassment")
PARTS = ("exposed", "problem", "reports")
LEVELS = ("markant", "intensiveret", "almindelig", "ingen")
COVERED = 0.9  # of a year's days the register must cover before its reports count as a year's
KNOWN = 0.9  # of an area's answers must have a sex and age group, or none is weighted
LEVEL = 0.05
_Z = 1.959963984540054
COLUMNS = (
    "area_id", "name", "year", "n", "n_eff",
    "unsafe", "unsafe_low", "unsafe_high",
    "unsafe_night", "unsafe_night_low", "unsafe_night_high",
    "index", "level",
)  # fmt: skip
PAGE_PARAMETERS = ("year", "against", "area", "show", "adjust")


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An area's index, 0-100; 50 is the city in the base year, higher is safer.

    ``parts`` are the three sub-indices; ``lowest`` and ``highest`` what it would be if one of them
    weighed double; ``low`` and ``high`` its 95 % interval, the base year taken as known.
    """

    value: float
    low: float
    high: float
    parts: dict[str, float]
    lowest: float
    highest: float
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaYear:
    """An area's survey of one year. ``state`` is *shown*, *uncertain*, *hidden* or *none* (no survey)."""

    area: Area
    year: int
    n: int
    n_eff: float | None
    state: str
    shares: dict[str, Share]
    weighted: bool
    index: Index | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A share against another year: difference with interval, p adjusted over all areas and measures."""

    area: Area
    measure: str
    now: Share
    before: Share
    difference: float
    low: float
    high: float
    p: float
    adjusted: float
    smallest: float

    @property
    def is_shown(self) -> bool:
        """Whether the change is beyond chance, all comparisons counted."""
        return self.adjusted < LEVEL


def safety_state(query: str, snapshot: Snapshot) -> tuple[Filters, dict[str, str]]:
    """Read a query of the safety page: the state (lang, sectors, station) and the page's own values.

    Raises
    ------
    FilterError
        A parameter is unknown, impossible, or none of this page.
    """
    own, rest = take_parameters(query, PAGE_PARAMETERS)
    filters = Filters.from_query(rest, snapshot)
    require_internal(filters.tier)
    for name in ("types", "hours", "days", "scenes", "cell", "date_from", "date_to"):
        if getattr(filters, name):
            shown = name.removeprefix("date_")
            raise FilterError(shown, "the survey does not depend on this filter; leave it out")
    if own.get("area") not in (None, *(area.id for area in areas_of(snapshot))):
        raise FilterError("area", "'{value}' is unknown", value=own["area"][:40])
    if own.get("adjust", "holm") not in ADJUSTMENTS:
        raise FilterError("adjust", "'{value}' is unknown; use {known}", value=own["adjust"][:40], known=", ".join(ADJUSTMENTS))  # fmt: skip
    return filters, own


class Survey:
    """All years of a snapshot's survey, and the register beside it.

    Parameters
    ----------
    rules
        Weights, limits and base year of the index.
    """

    def __init__(self, snapshot: Snapshot, rules: IndexRules) -> None:
        self.snapshot, self.rules = snapshot, rules
        self.areas = areas_of(snapshot)
        self.sums = survey_sums(snapshot.table("survey"))
        self.years = tuple(sorted({int(str(year)) for year in self.sums["year"]}))
        self._people = area_population(snapshot)

    # The survey

    @cached_property
    def _shares(self) -> dict[tuple[str, int], tuple[dict[str, Share], bool]]:
        """Weighted shares by area and year, and whether they are weighted to the population."""
        cells: dict[tuple[str, int], dict[str, list[_Cell]]] = {}
        columns = [self.sums[name].tolist() for name in ("area_id", "year", "measure", *_CELL)]
        for area, year, measure, *cell in zip(*columns, strict=True):
            of = cells.setdefault((area, int(year)), {})
            of.setdefault(measure, []).append(_Cell(*cell))
        strata = {str(area): _Strata.of(rows) for area, rows in self._people.groupby("area_id")}
        found = {}
        for (area, year), measures in cells.items():
            people = strata.get(area)
            if people is not None and not people.fits(measures.get(ANSWERS, [])):
                people = None
            shares = {m: _estimate(part, people) for m, part in measures.items()}
            known = {m: share for m, share in shares.items() if share is not None}
            found[(area, year)] = known, people is not None
        return found

    def plain(self, area: Area, year: int) -> AreaYear:
        """Return an area's shares of a year, without the index."""
        shares, weighted = self._shares.get((area.id, year), ({}, False))
        answers = shares.get(ANSWERS)
        n = answers.n if answers else 0
        state = "shown"
        if n == 0:
            state = "none"
        elif n < HIDDEN_BELOW:
            state = "hidden"
        elif n < UNCERTAIN_BELOW:
            state = "uncertain"
        visible = {
            measure: share
            for measure, share in shares.items()
            if measure in MEASURES and state != "hidden" and share.n >= HIDDEN_BELOW
        }
        return AreaYear(
            area=area,
            year=year,
            n=n,
            n_eff=answers.n_eff if answers else None,
            state=state,
            shares=visible,
            weighted=weighted,
        )

    @cached_property
    def all(self) -> dict[tuple[str, int], AreaYear]:
        """Every area and year, with the index where its three parts are known."""
        found = {}
        for year in self.years:
            for area in self.areas:
                plain = self.plain(area, year)
                found[(area.id, year)] = replace(plain, index=self._index(plain))
        return found

    def of_year(self, year: int) -> list[AreaYear]:
        """Return the areas of a year, all of them, surveyed or not."""
        return [self.all[(area.id, year)] for area in self.areas]

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The measures that the survey has."""
        asked = set(self.sums["measure"])
        return tuple(measure for measure in MEASURES if measure in asked)

    def visible(self, year: int) -> tuple[Area, ...]:
        """Return the areas whose answers are shown in a year; hidden ones are in no total either.

        Else a total less the areas that are shown would tell what is hidden.
        """
        plain = (self.plain(area, year) for area in self.areas)
        return tuple(row.area for row in plain if row.state in ("shown", "uncertain"))

    def city(self, year: int, areas: Sequence[Area] | None = None) -> dict[str, Share]:
        """Return the shares of all visible areas together, each weighted by its inhabitants.

        Without inhabitants of every one of them the answers count as they are.

        Parameters
        ----------
        areas
            Only these of the visible ones.
        """
        wanted = [a for a in self.visible(year) if areas is None or a in areas]
        rows = [self.plain(area, year) for area in wanted]
        found = {}
        for measure in self.measures:
            known = [
                (row.shares[measure], float(row.area.population or 0))
                for row in rows
                if measure in row.shares
            ]
            if not known:
                continue
            weigh = all(n for _, n in known)
            weights = np.array([n if weigh else share.n_eff for share, n in known])
            effective = np.array([share.n_eff for share, _ in known])
            shares = np.array([share.share for share, _ in known])
            total = weights.sum()
            # Kish's formula over all answers: each area's weight is spread over its own n_eff.
            squares = (weights**2 / effective).sum()
            of_all = weighted_share(
                sum(share.n for share, _ in known), total, squares, float((weights * shares).sum())
            )
            if of_all is not None:
                found[measure] = of_all
        return found

    # The register

    def covered_days(self, year: int) -> tuple[int, int]:
        """Return how many days of a year the register covers, and how many the year has."""
        from datetime import date

        first, last = date(year, 1, 1), date(year, 12, 31)
        days = (last - first).days + 1
        span = self.snapshot.span
        if span is None:
            return 0, days
        return max(0, (min(last, span[1]) - max(first, span[0])).days + 1), days

    def reports(self, area: Area, year: int, kinds: Sequence[str] | None = None) -> Rate | None:
        """Return an area's reports per 1,000 inhabitants and year, by default those of the index.

        Parameters
        ----------
        kinds
            Of `INDEX_TYPES`; without, all of them, less what the police find themselves.

        Returns
        -------
        None where the register covers less than `COVERED` of the year, or inhabitants are not known.
        """
        covered, days = self.covered_days(year)
        if not area.population or covered < COVERED * days:
            return None
        at = self.areas.index(area)
        count = float(area_counts(self.snapshot).in_year(year)[at][self._columns(kinds)].sum())
        return _rate(count, area.population, days / covered)

    def reports_of_all(self, year: int, kinds: Sequence[str] | None = None) -> Rate | None:
        """Return the same for all visible areas of the survey together."""
        covered, days = self.covered_days(year)
        having = self.visible(year)
        people = sum(a.population or 0 for a in having)
        if not people or any(not a.population for a in having) or covered < COVERED * days:
            return None
        rows = [self.areas.index(a) for a in having]
        counts = area_counts(self.snapshot).in_year(year)[rows]
        return _rate(float(counts[:, self._columns(kinds)].sum()), people, days / covered)

    def _columns(self, kinds: Sequence[str] | None) -> list[int]:
        offences = self.snapshot.taxonomy.offences
        if kinds is None:
            return [
                i
                for i, o in enumerate(offences)
                if o.index_type in INDEX_TYPES and o.detection != "police_initiated"
            ]
        return [i for i, o in enumerate(offences) if o.index_type in kinds]

    def in_no_area(self, year: int) -> float | None:
        """Return the share of a year's reports of the index's types that no area has."""
        counts = area_counts(self.snapshot).in_year(year)[:, self._columns(None)]
        total = counts.sum()
        return float(counts[-1].sum() / total) if total else None

    # The index

    @cached_property
    def base(self) -> tuple[int, dict[str, float]] | None:
        """The base year and the city's three figures in it; None where no year has them."""
        years = (self.rules.base_year,) if self.rules.base_year else self.years
        for year in years:
            reports, city = self.reports_of_all(year), self.city(year)
            if (
                reports
                and reports.rate > 0
                and all(city.get(p) and city[p].share > 0 for p in PARTS[:2])
            ):
                return year, {
                    "exposed": city["exposed"].share,
                    "problem": city["problem"].share,
                    "reports": reports.rate,
                }
        return None

    def _index(self, row: AreaYear) -> Index | None:
        reports = self.reports(row.area, row.year) if row.shares else None
        if self.base is None or reports is None or not {"exposed", "problem"} <= set(row.shares):
            return None
        _, base = self.base
        values = {name: row.shares[name].share for name in PARTS[:2]} | {"reports": reports.rate}
        # How far each part may be off: answers by the binomial on n_eff, reports by Poisson.
        per = reports.rate / reports.count if reports.count else 0.0
        errors = {
            name: (s.share * (1 - s.share) / s.n_eff) ** 0.5
            for name, s in row.shares.items()
            if name in PARTS
        } | {"reports": reports.count**0.5 * per}
        parts = {name: 100 - position(values[name], base[name]) for name in PARTS}
        weights = {name: getattr(self.rules, name) for name in PARTS}
        total = sum(weights.values())
        value = _mean(parts, weights)
        error = sum((weights[p] / total * 50 / base[p] * errors[p]) ** 2 for p in PARTS) ** 0.5
        turned = [_mean(parts, {**weights, p: 2 * weights[p]}) for p in PARTS]
        return Index(
            value=value,
            low=max(0.0, value - _Z * error),
            high=min(100.0, value + _Z * error),
            parts=parts,
            lowest=min(value, *turned),
            highest=max(value, *turned),
            level=level_at(value, self.rules),
        )

    # Ranks, changes, model

    def ranks(self, year: int, measure: str) -> dict[str, tuple[int, int]]:
        """Return the ranks that each area may have by a measure, 1 the largest share, jointly 95 %."""
        rows = [row for row in self.of_year(year) if measure in row.shares]
        level = joint_level(len(rows))
        ends = [
            (share.low, share.high)
            for row in rows
            if (s := row.shares[measure])
            and (share := weighted_share(s.n, s.n_eff, s.n_eff, s.share * s.n_eff, level))
        ]
        return {row.area.id: ranks for row, ranks in zip(rows, rank_intervals(ends), strict=True)}

    def changes(self, year: int, before: int, method: str) -> list[Change]:
        """Return the changes of all areas and measures between two years, tested together."""
        pairs = [
            (area, measure, now.shares[measure], then.shares[measure])
            for area in self.areas
            for now, then in [(self.all[(area.id, year)], self.all[(area.id, before)])]
            for measure in self.measures
            if measure in now.shares and measure in then.shares
        ]
        p = [share_test((a.share, a.n_eff), (b.share, b.n_eff)) for _, _, a, b in pairs]
        found = []
        for (area, measure, a, b), own, adjusted in zip(pairs, p, adjust(p, method), strict=True):
            difference, low, high = share_difference((a.share, a.n_eff), (b.share, b.n_eff))
            found.append(
                Change(
                    area=area, measure=measure, now=a, before=b,
                    difference=difference, low=low, high=high, p=own, adjusted=adjusted,
                    smallest=smallest_shown(b.share, a.n_eff, b.n_eff),
                )
            )  # fmt: skip
        return found

    def city_change(self, year: int, before: int, measure: str) -> Change | None:
        """Return the change of all areas visible in both years together, a single comparison."""
        both = set(self.visible(year)) & set(self.visible(before))
        areas = [area for area in self.areas if area in both]
        a, b = (self.city(y, areas).get(measure) for y in (year, before))
        if a is None or b is None:
            return None
        difference, low, high = share_difference((a.share, a.n_eff), (b.share, b.n_eff))
        p = share_test((a.share, a.n_eff), (b.share, b.n_eff))
        everywhere = Area(id="", name="", population=None, label=(0, 0), sectors=())
        return Change(
            area=everywhere, measure=measure, now=a, before=b,
            difference=difference, low=low, high=high, p=p, adjusted=p,
            smallest=smallest_shown(b.share, a.n_eff, b.n_eff),
        )  # fmt: skip

    def model(self, year: int, measure: str) -> dict[str, Share]:
        """Return small-area estimates of a measure: Fay-Herriot on reports per 1,000.

        Fitted to the arcsine root of the shares (Casas-Cordero, Encina, Lahiri 2016) and turned
        back. Empty where the areas or their reports are too few. ``n_eff`` is the direct estimate's.
        """
        fitted = self._fitted(year, measure)
        if fitted is None:
            return {}
        rows, model = fitted
        half = _Z * np.sqrt(model.mse)
        ends = [
            np.sin(np.clip(angle, 0, np.pi / 2)) ** 2
            for angle in (model.estimate, model.estimate - half, model.estimate + half)
        ]
        return {
            row.area.id: Share(s.n, s.n_eff, float(share), float(low), float(high))
            for row, share, low, high in zip(rows, *ends, strict=True)
            if (s := row.shares[measure])
        }

    def _fitted(self, year: int, measure: str) -> tuple[list[AreaYear], FayHerriot] | None:
        rows = [
            row
            for row in self.of_year(year)
            if measure in row.shares and self.reports(row.area, year) is not None
        ]
        if not rows:
            return None
        share = np.array([row.shares[measure].share for row in rows])
        n_eff = np.array([row.shares[measure].n_eff for row in rows])
        # The arcsine root has the same variance at every share, and none where nobody said yes.
        angle, variance = np.arcsin(np.sqrt(share)), 1 / (4 * n_eff)
        reports = np.array([r.rate for row in rows if (r := self.reports(row.area, year))])
        scaled = (reports - reports.mean()) / (reports.std() or 1.0)
        covariates = np.column_stack([np.ones(len(rows)), scaled])
        model = fay_herriot(angle, variance, covariates)
        return None if model is None else (rows, model)

    # As a table

    def table(self, years: Sequence[int], areas: Sequence[Area]) -> Table:
        """Return surveyed areas and years as `COLUMNS`; figures of hidden ones are empty."""
        wanted = {area.id for area in areas}
        rows = [
            _line(row)
            for year in years
            for row in self.of_year(year)
            if row.area.id in wanted and row.state != "none"
        ]
        return Table(COLUMNS, rows)

    def areas_in(self, filters: Filters) -> list[Area]:
        """Return the areas that touch the state's sectors; all without."""
        chosen = filters.place_sectors(self.snapshot)
        if chosen is None:
            return list(self.areas)
        return [a for a in self.areas if any(s in chosen for s, _ in a.sectors)]


_surveys = Lru(4)


def survey_of(snapshot: Snapshot, rules: IndexRules) -> Survey:
    """Return a snapshot's survey, kept between requests."""
    key = (snapshot.revision, rules)
    found = _surveys.get(key)
    if not isinstance(found, Survey):
        found = Survey(snapshot, rules)
        _surveys.put(key, found)
    return found


def level_at(index: float, rules: IndexRules) -> str:
    """Return the action level of an index."""
    limits = (rules.markant, rules.intensiveret, rules.ordinary)
    return LEVELS[sum(index >= limit for limit in limits)]


def _mean(parts: dict[str, float], weights: dict[str, float]) -> float:
    return sum(weights[p] * parts[p] for p in parts) / sum(weights.values())


def _rate(count: float, people: float, scale: float) -> Rate:
    per = PER / people * scale
    low, high = poisson_exact(count)
    return Rate(count, count * per, low * per, high * per)


_CELL = ("sex", "age", "n", "weight", "weight2", "weight_hits")


class _Cell(NamedTuple):
    """The sums of one stratum."""

    sex: str
    age: str
    n: float
    weight: float
    weight2: float
    hits: float


@dataclass(frozen=True, slots=True)
class _Strata:
    """An area's inhabitants by sex (rows) and age group (columns)."""

    place: dict[tuple[str, str], tuple[int, int]]
    people: NDArray[np.float64]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> _Strata:
        """Read the rows of one area."""
        sexes, ages = list(dict.fromkeys(rows["sex"])), list(dict.fromkeys(rows["age"]))
        ages.sort(key=lambda age: age_limits(age)[0])
        place = {(s, a): (i, j) for i, s in enumerate(sexes) for j, a in enumerate(ages)}
        people = np.zeros((len(sexes), len(ages)))
        for sex, age, n in zip(rows["sex"], rows["age"], rows["population"], strict=True):
            people[place[(sex, age)]] += n
        return cls(place, people)

    def fits(self, cells: list[_Cell]) -> bool:
        """Whether nearly all answers have a known sex and age group; the few others then don't matter."""
        known = sum(c.n for c in cells if (c.sex, c.age) in self.place)
        return bool(known >= KNOWN * sum(c.n for c in cells) > 0 and self.people.sum() > 0)


def _estimate(cells: list[_Cell], strata: _Strata | None) -> Share | None:
    """Return the share of answers, weighted to the inhabitants by sex and age where they are known."""
    factors = [1.0] * len(cells)
    if strata is not None:
        weights, counts = np.zeros_like(strata.people), np.zeros_like(strata.people)
        for cell in cells:
            at = strata.place.get((cell.sex, cell.age))
            if at is not None:
                weights[at] += cell.weight
                counts[at] += cell.n
        by_stratum = stratum_factors(weights, strata.people, counts)
        # Who told not both sex and age counts like the average of the others.
        average = strata.people.sum() / weights.sum() if weights.sum() else 1.0
        factors = [
            float(by_stratum[at]) if (at := strata.place.get((c.sex, c.age))) else float(average)
            for c in cells
        ]
    pairs = list(zip(cells, factors, strict=True))
    return weighted_share(
        round(sum(c.n for c in cells)),
        sum(c.weight * f for c, f in pairs),
        sum(c.weight2 * f * f for c, f in pairs),
        sum(c.hits * f for c, f in pairs),
    )


def _line(row: AreaYear) -> tuple[Any, ...]:
    shares: list[Any] = []
    for measure in ("unsafe", "unsafe_night"):
        share = row.shares.get(measure)
        shares += (
            [round(v, 6) for v in (share.share, share.low, share.high)] if share else ["", "", ""]
        )
    index = [round(row.index.value, 4), row.index.level] if row.index else ["", ""]
    n_eff = "" if row.n_eff is None else round(row.n_eff, 4)
    return (row.area.id, row.area.name, row.year, row.n, n_eff, *shares, *index)
