"""What partners get of a weekend, a week or two weeks: steps of counts of the whole district.

The month tables of `ypo_dash.views.disclosure` hide leaves of 1 and 2 (month x sector x type). A
period beside them must not bring those back, neither now nor when its month is complete later. So:

- An incident counts when its sector (or "not on the map") had at least three of its type in its
  calendar month *by the Sunday of its week*. A leaf that ends as 1 or 2 therefore never counts:
  no output depends on its size, its place, its time, or on whether it is there at all.
- What is known by that Sunday stays: a period prints the same before and after its month is
  complete, so one print minus another does not show which sectors passed three since.
- Nothing is counted unless five sectors have three or more, and four on average: else each could
  be known to have had exactly its three, and all that comes later would follow.
- Mon-Thu and Fri-Sun are the smallest periods, and their counts are steps (0-3, 4-7, 8-11 ...),
  so that a district's count of 1 or 2 does not follow from the others and the month.
- Everything else is a sum of these. What is left out has known bounds: at most two in every
  sector that does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import Filters
from ypo_dash.model.tiers import SMALL, Tier, periods
from ypo_dash.store.lru import Lru
from ypo_dash.store.snapshot import EPOCH
from ypo_dash.views.disclosure import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.disclosure import Published

    Counts = NDArray[np.int64]

STEP = 4  # above SMALL: a step's ends are then never 1 or 2, also where all the others are known
LEAST_SECTORS = 5  # with fewer, small districts were found where a part of 1 or 2 follows
LEAST_MEAN = SMALL + 2
NARROW = 6  # a range this wide is shown however few there are
WEEKEND, WEEK, FORTNIGHT = "weekend", "week", "fortnight"
_FRIDAY, _WEEK = 4, timedelta(days=7)
_days = Lru(256)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a period's count: at least ``low``, at most ``high`` (None: unknown)."""

    low: int
    high: int | None

    def __add__(self, other: Bounds) -> Bounds:
        known = self.high is not None and other.high is not None
        return Bounds(self.low + other.low, (self.high or 0) + (other.high or 0) if known else None)

    @property
    def is_range(self) -> bool:
        """Whether both ends say something: the range is short, or shorter than its low end."""
        return self.high is not None and self.high - self.low <= max(NARROW, self.low)

    def plain(self) -> str:
        """Return it as files have it: ``44-47``, ``44+`` or nothing."""
        if self.is_range:
            return f"{self.low}-{self.high}"
        return f"{self.low}+" if self.low else ""

    def text(self, lang: str) -> str:
        """Return it as people read it; a dash where there are too few to show."""
        if self.is_range and self.high is not None:
            return f"{number(self.low, lang)}–{number(self.high, lang)}"
        return text(lang, "at least {n}", n=number(self.low, lang)) if self.low else "–"


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A type of offence or a group of them, in the whole district."""

    code: str
    name: str
    count: Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPeriod:
    """A weekend, a week or two weeks for partners; ``kind`` says which."""

    snapshot: str
    kind: str
    period: tuple[date, date]
    rows: tuple[PartnerRow, ...]
    groups: tuple[PartnerRow, ...]
    total: Bounds
    notes: tuple[str, ...]


def partner_period(
    snapshot: Snapshot, first: date, last: date, types: Sequence[str], lang: str
) -> PartnerPeriod:
    """Return what partners get of a period.

    Parameters
    ----------
    first, last
        Friday to Sunday, or Monday to Sunday of one or of two weeks.
    types
        Codes of offences; none for all.

    Raises
    ------
    FilterError
        It is another period, or its weeks are not wholly in the data.
    """
    kind = period_kind(first, last)
    mondays = _mondays(first, last, snapshot.span)
    bounds = _bounds(snapshot, mondays, (1,) if kind == WEEKEND else (0, 1))
    offences = snapshot.taxonomy.offences
    rows = tuple(
        PartnerRow(o.code, o.name(lang), bounds[i])
        for i, o in enumerate(offences)
        if not types or o.code in types
    )
    shown = {row.code: row.count for row in rows}
    groups = tuple(
        PartnerRow(
            group,
            next(o for o in offences if o.group == group).group_name(lang),
            _sum(shown[code] for code in inside),
        )
        for group, codes in snapshot.taxonomy.groups.items()
        if (inside := [code for code in codes if code in shown])
    )
    return PartnerPeriod(
        snapshot=snapshot.id,
        kind=kind,
        period=(first, last),
        rows=rows,
        groups=groups,
        total=_sum(shown.values()),
        notes=_notes(lang),
    )


def partner_months(
    snapshot: Snapshot, last_day: date, sectors: Sequence[str], lang: str
) -> Published:
    """Return the table of the newest month that is complete on ``last_day``, for some sectors.

    Raises
    ------
    FilterError
        No month is complete by then.
    """
    known = [found for found in periods(Tier.PARTNER, snapshot.span) if found[1] <= last_day]
    if not known:
        raise FilterError(
            "to", "no calendar month of the data is complete by {value}", value=last_day
        )
    wanted = tuple(s for s in snapshot.sector_names if s in sectors)
    first, last = known[0]
    state = Filters(date_from=first, date_to=last, sectors=wanted, tier=Tier.PARTNER.value)
    return published(snapshot, state, lang)


def period_kind(first: date, last: date) -> str:
    """Return which of a partner's periods this is.

    Raises
    ------
    FilterError
        It is none of them.
    """
    allowed = {(_FRIDAY, 3): WEEKEND, (0, 7): WEEK, (0, 14): FORTNIGHT}
    if first.weekday() not in (0, _FRIDAY):
        raise FilterError(
            "from",
            "{value} begins no period that partners get: Friday to Sunday, or Monday to Sunday of one week or two",
            value=first,
        )
    found = allowed.get((first.weekday(), (last - first).days + 1))
    if found is None:
        raise FilterError(
            "to",
            "{value} ends no period that partners get: Friday to Sunday, or Monday to Sunday of one week or two",
            value=last,
        )
    return found


def _mondays(first: date, last: date, span: tuple[date, date] | None) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    for name, day in (("from", monday), ("to", last)):
        if span is None or not span[0] <= day <= span[1]:
            raise FilterError(name, "the week of {value} is not wholly in the data", value=day)
    return [monday, monday + _WEEK] if last - monday > _WEEK else [monday]


def _bounds(snapshot: Snapshot, mondays: list[date], halves: tuple[int, ...]) -> list[Bounds]:
    """Return the bounds by type, in the order of the taxonomy."""
    n_types = len(snapshot.taxonomy.offences)
    low, slack = np.zeros(n_types, np.int64), np.zeros(n_types, np.int64)
    known, seen = np.ones(n_types, bool), set()
    for monday in mondays:
        for half in halves:
            counted = np.zeros(n_types, np.int64)
            for month, first, last in half_week(monday, half):
                safe, enough = safe_leaves(snapshot, month, monday + _WEEK - timedelta(days=1))
                days = day_leaves(snapshot, month)[first.day - 1 : last.day]
                counted += np.where(enough, (days.sum(axis=0) * safe).sum(axis=0), 0)
                known &= enough
                if month not in seen:  # a leaf that counts later has at most two left out before
                    slack += SMALL * (~safe).sum(axis=0)
                    seen.add(month)
            low += counted // STEP * STEP
    high = low + slack + len(mondays) * len(halves) * (STEP - 1)
    found = zip(low, high, known, strict=True)
    return [Bounds(int(lo), int(hi) if sure else None) for lo, hi, sure in found]


def half_week(monday: date, half: int) -> list[tuple[date, date, date]]:
    """Return Mon-Thu (0) or Fri-Sun (1) of a week by calendar month: month, first and last day."""
    days = [monday + timedelta(days=n) for n in ((0, 1, 2, 3), (4, 5, 6))[half]]
    months = sorted({day.replace(day=1) for day in days})
    inside = [[day for day in days if day.replace(day=1) == month] for month in months]
    return [(month, own[0], own[-1]) for month, own in zip(months, inside, strict=True)]


def safe_leaves(
    snapshot: Snapshot, month: date, sunday: date
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which leaves of a month have three or more by a Sunday, and for which types enough do."""
    days = day_leaves(snapshot, month)
    until = sunday.day if sunday.replace(day=1) == month else len(days)
    so_far = days[:until].sum(axis=0)
    safe = so_far > SMALL
    n = safe.sum(axis=0)
    return safe, (n >= LEAST_SECTORS) & ((so_far * safe).sum(axis=0) >= LEAST_MEAN * n)


def day_leaves(snapshot: Snapshot, month: date) -> Counts:
    """Return counts by day of a month, sector (last: not on the map) and type."""
    key = (snapshot.revision, month)
    found = _days.get(key)
    if not isinstance(found, np.ndarray):
        found = _count(snapshot, month)
        _days.put(key, found)
    return found


def _count(snapshot: Snapshot, month: date) -> Counts:
    sectors, types = len(snapshot.sectors), len(snapshot.taxonomy.offences)
    counts = np.zeros((31, sectors + 2, types), np.int64)
    for index, entry in enumerate(snapshot.manifest.segments):
        if entry.month != f"{month:%Y-%m}":
            continue  # a segment holds the incidents that start in one local calendar month
        rows = snapshot.partitions(9)[index]
        start = (EPOCH + timedelta(days=rows.first_day) - month).days
        day = np.repeat(np.arange(len(rows.offsets) - 1) + start, np.diff(rows.offsets))
        kind = rows.offence_scene.astype(np.int64) // len(snapshot.taxonomy.scenes)
        at = (day * (sectors + 2) + rows.sector.astype(np.int64)) * types + kind
        counts += np.bincount(at, minlength=counts.size).reshape(counts.shape)
    outside = counts[:, -2:].sum(axis=1, keepdims=True)
    return np.concatenate([counts[:, :-2], outside], axis=1)


def _sum(parts: Iterable[Bounds]) -> Bounds:
    return sum(parts, Bounds(0, 0))


def _notes(lang: str) -> tuple[str, ...]:
    return (
        text(lang, "Partners get days and weeks of the whole district only, in steps of {step}. A sector's incidents of a type are counted where it has at least {n} of them in the month by that Sunday, and at least {least} sectors do, with {mean} on average.", step=STEP, n=SMALL + 1, least=LEAST_SECTORS, mean=LEAST_MEAN),
        text(lang, "“At least” leaves out sectors with fewer; – means too few in each sector to show, not none. So nothing can be found by subtraction from the month tables."),
    )  # fmt: skip
