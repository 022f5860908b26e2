"""What is shown outside the house: one table of ranges, made of censored leaves alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import format_period, format_quarter, number, text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import RATE_EVENTS, SMALL, Range, Tier
from ypo_dash.store.lru import Lru
from ypo_dash.views.rates import PER, rate_filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Leaves = NDArray[np.int64]

_leaves = Lru(2048)


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One area: a sector, a station, "not on the map" or all. ``rate`` is per 1,000 inhabitants."""

    kind: str
    id: str
    name: str
    values: tuple[Range, ...]
    total: Range
    rate: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A view outside the house. ``columns`` are codes and names of types (public: of groups)."""

    snapshot: str
    tier: str
    query: str
    caption: str
    period: tuple[date, date]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[PublishedRow, ...]
    months: tuple[tuple[date, Range], ...]
    notes: tuple[str, ...]

    @property
    def all(self) -> PublishedRow:
        """The last row: everything."""
        return self.rows[-1]


def month_leaves(snapshot: Snapshot, month: date) -> Leaves:
    """Return the counts of a local calendar month: sectors, then "not on the map", by type."""
    key = (snapshot.revision, month)
    found = _leaves.get(key)
    if not isinstance(found, np.ndarray):
        found = _count(snapshot, f"{month:%Y-%m}")
        _leaves.put(key, found)
    return found


def _count(snapshot: Snapshot, month: str) -> Leaves:
    sectors, types = len(snapshot.sectors), len(snapshot.taxonomy.offences)
    counts = np.zeros((sectors + 2, types), np.int64)
    for index, entry in enumerate(snapshot.manifest.segments):
        if entry.month != month:
            continue  # a segment holds the incidents that start in one local calendar month
        rows = snapshot.partitions(9)[index]
        kind = rows.offence_scene.astype(np.int64) // len(snapshot.taxonomy.scenes)
        at = rows.sector.astype(np.int64) * types + kind
        counts += np.bincount(at, minlength=counts.size).reshape(counts.shape)
    return np.vstack([counts[:-2], counts[-2:].sum(axis=0)])


def censored(leaves: Leaves) -> tuple[Leaves, Leaves]:
    """Return the lowest and the highest that each leaf may be known to be."""
    small = (leaves >= 1) & (leaves <= SMALL)
    return np.where(small, 1, leaves), np.where(small, SMALL, leaves)


def published(snapshot: Snapshot, filters: Filters, lang: str) -> Published:
    """Return what a state shows in its tier.

    Raises
    ------
    FilterError
        The tier is internal, or does not have this period or these types.
    """
    if filters.tier == Tier.INTERNAL:
        raise FilterError("tier", "this page shows the tiers partner and public")
    period = filters.period(snapshot.span)
    groups = _columns(snapshot, filters, lang)
    chosen = filters.place_sectors(snapshot)
    wanted = [i for i, s in enumerate(snapshot.sectors) if chosen is None or s.id in chosen]
    months = _months(*period)
    bounds = [censored(month_leaves(snapshot, month)) for month in months]
    low, high = (np.sum([b[side] for b in bounds], axis=0) for side in (0, 1))
    table = _Table(snapshot, filters, (low, high), [types for _, _, types in groups])
    rows = [table.sector(i) for i in wanted]
    if not filters.sectors:
        rows += [
            table.area("station", station, names[lang], table.of(ids))
            for station, names in snapshot.station_names.items()
            if (ids := snapshot.station_sectors.get(station, ()))
            and (filters.station in (None, station))
        ]
    inside = list(wanted)
    if not filters.has_place:
        outside = len(snapshot.sectors)
        rows.append(table.area("not_mapped", "", text(lang, "Not on the map"), [outside]))
        inside.append(outside)
    rows.append(table.area("all", "", text(lang, "All"), inside))
    fixed = replace(filters, date_from=period[0], date_to=period[1], lang=None)
    types = sorted({t for _, _, kinds in groups for t in kinds})
    return Published(
        snapshot=snapshot.id,
        tier=filters.tier,
        query=fixed.to_query(),
        caption=fixed.describe(snapshot, lang),
        period=period,
        columns=tuple((code, name) for code, name, _ in groups),
        rows=tuple(rows),
        months=tuple(
            (month, _range(lo[np.ix_(inside, types)], hi[np.ix_(inside, types)]))
            for month, (lo, hi) in zip(months, bounds, strict=True)
        ),
        notes=_notes(lang, bool(filters.types)),
    )


class _Table:
    """Sums of censored leaves over areas and columns."""

    def __init__(
        self,
        snapshot: Snapshot,
        filters: Filters,
        bounds: tuple[Leaves, Leaves],
        columns: Sequence[list[int]],
    ) -> None:
        self.snapshot, self.columns = snapshot, columns
        self.low, self.high = bounds
        rated = rate_filters(snapshot, filters).types or tuple(snapshot.taxonomy.offence)
        self.rated = [i for i, code in enumerate(snapshot.taxonomy.offence) if code in rated]

    def of(self, ids: Sequence[str]) -> list[int]:
        """Return the rows of sectors by their ids."""
        return [i for i, s in enumerate(self.snapshot.sectors) if s.id in ids]

    def sector(self, index: int) -> PublishedRow:
        """Return a sector's row."""
        found = self.snapshot.sectors[index]
        return self.area("sector", found.id, found.name, [index])

    def area(self, kind: str, key: str, name: str, rows: list[int]) -> PublishedRow:
        """Return the row of several leaves' rows."""
        values = tuple(self._sum(rows, types) for types in self.columns)
        total = sum(values, Range(0, 0))
        return PublishedRow(kind, key, name, values, total, self._rate(kind, rows))

    def _sum(self, rows: list[int], types: list[int]) -> Range:
        at = np.ix_(rows, types)
        return _range(self.low[at], self.high[at])

    def _rate(self, kind: str, rows: list[int]) -> tuple[float, float] | None:
        """Return the rate where at least ten events are sure and all inhabitants are known."""
        if kind == "not_mapped":
            return None
        inside = [i for i in rows if i < len(self.snapshot.sectors)]
        people = [self.snapshot.sectors[i].population for i in inside]
        count = self._sum(inside, self.rated)
        if not all(people) or count.low < RATE_EVENTS:
            return None
        each = PER / sum(n or 0 for n in people)
        return count.low * each, count.high * each


def _range(low: Leaves, high: Leaves) -> Range:
    return Range(int(low.sum()), int(high.sum()))


def _months(first: date, last: date) -> list[date]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(n // 12, n % 12 + 1, 1) for n in numbers]


def _columns(snapshot: Snapshot, filters: Filters, lang: str) -> list[tuple[str, str, list[int]]]:
    """Return code, name and type indices of the table's columns."""
    offences = snapshot.taxonomy.offences
    at = {o.code: i for i, o in enumerate(offences)}
    chosen = set(filters.types or at)
    if filters.tier == Tier.PARTNER:
        return [(o.code, o.name(lang), [at[o.code]]) for o in offences if o.code in chosen]
    found = []
    for group, codes in snapshot.taxonomy.groups.items():
        inside = chosen & set(codes)
        if inside and inside != set(codes):
            raise FilterError(
                "types", "the tier public has whole groups only, such as {group}", group=group
            )
        if inside:
            name = next(o for o in offences if o.group == group).group_name(lang)
            found.append((group, name, [at[code] for code in codes]))
    return found


def _notes(lang: str, chosen: bool) -> tuple[str, ...]:
    return (
        text(lang, "Counts of 1 and 2 are shown as <3. A total that contains one is shown as a range, so that nothing can be found by subtraction."),
        text(lang, "No rate is shown under {n} events. Rates count the types that are chosen.", n=RATE_EVENTS)
        if chosen
        else text(lang, "No rate is shown under {n} events. Rates leave out what the police find themselves (drugs, weapons).", n=RATE_EVENTS),
        text(lang, "Reported incidents by the date of their start. Registers are corrected later, so a newer table may differ."),
    )  # fmt: skip


def period_name(period: tuple[date, date], tier: str, lang: str) -> str:
    """Return a month or quarter as people name it."""
    first, last = period
    if tier == Tier.PUBLIC and last - first < timedelta(days=93):
        return format_quarter(first, lang)
    return format_period(*period, lang=lang)


def rate_text(rate: tuple[float, float] | None, lang: str) -> str:
    """Return a rate with one decimal; a dash where there is none."""
    if rate is None:
        return "–"
    low, high = (number(v, lang, 1) for v in rate)
    return low if low == high else f"{low}–{high}"
