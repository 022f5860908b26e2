"""An effort against a comparison: what was counted before and during it, and what that can tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import h3

from ypo_dash.i18n import format_period, number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.extent import Extent
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.wdd import NOTHING, Displacement, Estimate, Pair, in_proportion, wdd
from ypo_dash.store.gaps import gap_between
from ypo_dash.store.query import summarise
from ypo_dash.views.change import FEW, FEWER, MORE, NONE
from ypo_dash.views.extents import shape_of
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

FIELDS = ("place", "against", "start", "end", "before", "near", "near_against")
AREAS = ("place", "against", "near", "near_against")
BEFORE = ("previous", "year")
PART_NAMES = {
    "place": "Place of the effort",
    "against": "Comparison",
    "near": "Around it",
    "near_against": "Comparison of what is around",
    "local": "WDD, place",
    "displaced": "WDD, around",
    "total": "WDD, place and around",
    "in_proportion": "Against the comparison in proportion",
}
SAID = {
    FEWER: "{n} incidents in the place of the effort {period}, {difference} fewer than had it changed as the comparison did ({expected} expected; difference {low} to {high}).",
    MORE: "{n} incidents in the place of the effort {period}, {difference} more than had it changed as the comparison did ({expected} expected; difference {low} to {high}).",
    NONE: "{n} incidents in the place of the effort {period}, {expected} had it changed as the comparison did: no demonstrable difference ({low} to {high}).",
    FEW: "{n} incidents in the place of the effort {period}, {expected} had it changed as the comparison did: too few to tell ({low} to {high}).",
}
COLUMNS = ("part", "before", "after", "difference", "low", "high", "z")
_TOUCH = 1e-6  # of the smaller area: neighbours share a border and so a speck


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """Where and when an effort was, and what it is compared with.

    Areas are sector ids or H3 cells; ``near`` is where it may have pushed incidents, and
    ``near_against`` the comparison of that. ``before`` is the period just before, or the same dates
    of the last year that does not reach into the effort.
    """

    place: tuple[str, ...]
    against: tuple[str, ...]
    near: tuple[str, ...]
    near_against: tuple[str, ...]
    period: tuple[date, date]
    before: tuple[date, date]

    @property
    def exposure(self) -> float:
        """Length of the effort over that of the period before."""
        after, before = ((b - a).days + 1 for a, b in (self.period, self.before))
        return after / before


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Counts by area, the published WDD, and the difference in proportion, which the sentence is of.

    ``expected`` is what the place would have had, had it changed as its comparison did.
    """

    effort: Effort
    counts: dict[str, Pair]
    wdd: Displacement
    scaled: Estimate | None
    expected: float | None
    verdict: str

    def table(self) -> Table:
        """Return the counts and the estimates as `COLUMNS`."""
        exposure = self.effort.exposure
        rows: list[tuple[Any, ...]] = [
            (name, count_value(p.before), count_value(p.after), count_value(p.after - p.before * exposure), "", "", "")
            for name, p in self.counts.items()
        ]  # fmt: skip
        for name, e in self.estimates():
            z = "" if e.error == 0 else round(e.z, DIGITS)
            rows.append((name, "", "", *(round(v, DIGITS) for v in (e.value, e.low, e.high)), z))
        return Table(COLUMNS, rows)

    def estimates(self) -> list[tuple[str, Estimate]]:
        """Return the estimates there are, by name."""
        found = [("local", self.wdd.local)]
        if self.effort.near:
            found += [("displaced", self.wdd.around), ("total", self.wdd.total)]
        if self.scaled is not None:
            found.append(("in_proportion", self.scaled))
        return found


def effort_of(snapshot: Snapshot, given: Mapping[str, str]) -> Effort:
    """Read the fields of an effort.

    Raises
    ------
    FilterError
        One is missing or impossible, areas overlap, or the data do not reach that far.
    """
    for name in ("place", "against", "start"):
        if not given.get(name):
            raise FilterError(name, "is missing")
    areas = {name: _area(snapshot, name, given.get(name, "")) for name in AREAS}
    if areas["near_against"] and not areas["near"]:
        raise FilterError("near", "is missing")
    _apart(snapshot, areas)
    period = _period(snapshot, given)
    before = _before(snapshot, period, given.get("before", BEFORE[0]))
    for name, one in (("start", period), ("before", before)):
        gap = gap_between(snapshot, *one)
        if gap is not None:
            raise FilterError(name, "nothing at all is recorded from {first} to {last}, so nothing can be compared with it", first=gap[0], last=gap[1])  # fmt: skip
    return Effort(**areas, period=period, before=before)


def _area(snapshot: Snapshot, name: str, given: str) -> tuple[str, ...]:
    extent = Extent.of(part.strip() for part in given.split(","))
    unknown = [code for code in extent.sectors if code not in snapshot.sector_names]
    if unknown:
        raise FilterError(name, "'{value}' is neither a sector nor an H3 cell", value=unknown[0][:40])  # fmt: skip
    if extent.is_mixed:
        raise FilterError(name, "give sectors, or hexagons of one resolution from 8 to 11")
    return extent.codes


def _apart(snapshot: Snapshot, areas: Mapping[str, tuple[str, ...]]) -> None:
    shapes = {name: shape_of(snapshot, Extent.of(codes)) for name, codes in areas.items() if codes}
    names = list(shapes)
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            a, b = shapes[one], shapes[two]
            if a.intersection(b).area > _TOUCH * min(a.area, b.area):
                raise FilterError(two, "overlaps {name}; the same incidents would count on both sides", name=one)  # fmt: skip


def _period(snapshot: Snapshot, given: Mapping[str, str]) -> tuple[date, date]:
    span = snapshot.span or (date.min, date.min)
    start = _day("start", given["start"])
    end = _day("end", given["end"]) if given.get("end") else span[1]
    if end > span[1] or start > span[1]:
        name, day = ("start", start) if start > span[1] else ("end", end)
        raise FilterError(name, "{day} is after the last date of data, {last}", day=day, last=span[1])  # fmt: skip
    if start > end:
        raise FilterError("start", "{first} is after end={last}", first=start, last=end)
    return start, end


def _day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise FilterError(name, "'{value}' is not a date; write for instance 2012-11-05", value=value[:40]) from None  # fmt: skip


def _before(snapshot: Snapshot, period: tuple[date, date], how: str) -> tuple[date, date]:
    start, end = period
    if how not in BEFORE:
        raise FilterError("before", "'{value}' is unknown; use {known}", value=how[:40], known=", ".join(BEFORE))  # fmt: skip
    if how == "previous":
        found = start - (end - start) - timedelta(days=1), start - timedelta(days=1)
    else:
        years = 1
        while _years_before(end, years) >= start:  # a long effort must not be its own comparison
            years += 1
        found = _years_before(start, years), _years_before(end, years)
    since = snapshot.span[0] if snapshot.span else found[0]
    if found[0] < since:
        raise FilterError("before", "the period before would begin on {start}, and the data begin on {since}", since=since, start=found[0])  # fmt: skip
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def evaluate(snapshot: Snapshot, filters: Filters, given: Mapping[str, str]) -> Evaluation:
    """Return an effort's evaluation on a state's types, scenes, hours and weekdays; its place is the effort's.

    Raises
    ------
    FilterError
        As `effort_of`.
    """
    require_internal(filters.tier)
    effort = effort_of(snapshot, given)
    state = replace(filters, sectors=(), station=None, cell=None)
    named = {name: codes for name in AREAS if (codes := getattr(effort, name))}
    counts = {name: _pair(snapshot, state, effort, codes) for name, codes in named.items()}
    place, against = counts["place"], counts["against"]
    around = counts.get("near", NOTHING), counts.get("near_against", NOTHING)
    found = wdd(place, against, *around, exposure=effort.exposure)
    scaled = in_proportion(place, against)
    expected = None if scaled is None else place.after - scaled.value
    return Evaluation(
        effort=effort, counts=counts, wdd=found, scaled=scaled, expected=expected,
        verdict=_verdict(scaled, expected),
    )  # fmt: skip


def _pair(snapshot: Snapshot, state: Filters, effort: Effort, codes: tuple[str, ...]) -> Pair:
    before, after = (
        _count(snapshot, replace(state, date_from=p[0], date_to=p[1]), codes)
        for p in (effort.before, effort.period)
    )
    return Pair(before, after)


def _count(snapshot: Snapshot, state: Filters, codes: tuple[str, ...]) -> float:
    if codes[0] in snapshot.sector_names:
        sectors = summarise(snapshot, state).sectors[:-2]
        return float(sum(n for s, n in zip(snapshot.sectors, sectors, strict=True) if s.id in codes))  # fmt: skip
    counts = summarise(snapshot, replace(state, res=h3.get_resolution(codes[0]))).cells
    ids = [snapshot.cells.find(code) for code in codes]
    return float(sum(counts[i] for i in ids if i >= 0))


def _verdict(scaled: Estimate | None, expected: float | None) -> str:
    if scaled is None or expected is None:
        return FEW
    if scaled.low > 0 or scaled.high < 0:
        return MORE if scaled.low > 0 else FEWER
    # Had all of them stayed away, would it have shown?
    return FEW if (scaled.high - scaled.low) / 2 >= expected else NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an evaluation's sentence is made of: ``after`` incidents, ``scaled`` value, low and high."""

    period: tuple[date, date]
    after: float
    expected: float | None
    scaled: tuple[float, float, float] | None
    verdict: str


def told(found: Evaluation) -> Told:
    """Return what the sentence of an evaluation is made of."""
    scaled = found.scaled
    return Told(
        period=found.effort.period, after=found.counts["place"].after, expected=found.expected,
        scaled=None if scaled is None else (scaled.value, scaled.low, scaled.high),
        verdict=found.verdict,
    )  # fmt: skip


def sentence(found: Evaluation, lang: str) -> str:
    """Return what the evaluation tells, with its interval."""
    return told_sentence(told(found), lang)


def told_sentence(one: Told, lang: str) -> str:
    """Return what an evaluation tells, with its interval; also one that was stored."""
    period, after = format_period(*one.period, lang=lang), number(one.after, lang)
    if one.scaled is None or one.expected is None:
        return text(lang, "{n} incidents in the place of the effort {period}: too few before it to tell.", n=after, period=period)  # fmt: skip
    value, low, high = one.scaled
    values = {
        "n": after, "period": period, "expected": number(one.expected, lang, 0),
        "difference": number(abs(value), lang, 0),
        "low": number(low, lang, 0), "high": number(high, lang, 0),
    }  # fmt: skip
    return text(lang, SAID[one.verdict], **values)
