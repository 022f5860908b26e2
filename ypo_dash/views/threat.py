"""A quarter's figures of the designated areas: per 1,000 inhabitants, with ranges and plain judgements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.model.errors import FilterError
from ypo_dash.model.quarter import Quarter, quarters_between
from ypo_dash.stats.etest import can_tell, e_test
from ypo_dash.stats.false_discovery import adjusted
from ypo_dash.stats.intervals import poisson_exact
from ypo_dash.stats.poisson_share import share_test
from ypo_dash.store.area_counts import area_counts
from ypo_dash.store.calendar import breaks_of
from ypo_dash.store.designated import LAYER, estates_of
from ypo_dash.store.lru import Lru
from ypo_dash.views.disclosure import month_leaves
from ypo_dash.views.normal import is_provisional
from ypo_dash.views.rates import PER
from ypo_dash.views.threat_lists import efforts_of, gang_of, lists_of
from ypo_dash.views.threat_model import (
    ALL,
    BREAK,
    FEW,
    FEWER,
    HIGHER,
    HISTORY,
    LOWER,
    MORE,
    NONE,
    POLICE,
    TYPES,
    UNKNOWN,
    AreaThreat,
    Broken,
    Figure,
    PerThousand,
    Threat,
)
from ypo_dash.views.usual_days import is_covered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from ypo_dash.store.designated import Estate
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.threat_lists import ThreatEntries

    Counts = NDArray[np.int64]

BEFORE = 4  # quarters that an area is compared with
LEVEL = 0.05
_threats = Lru(32)


def threat(snapshot: Snapshot, entries: ThreatEntries, quarter: Quarter) -> Threat:
    """Return the evidence of a quarter as the register and the entries have it now.

    Raises
    ------
    FilterError
        There are no designated areas, or the data have no day of the quarter.
    """
    return _threats.fetch(
        (snapshot.revision, entries, quarter), lambda: _Quarter(snapshot, quarter).threat(entries)
    )


def quarters_of_data(snapshot: Snapshot) -> list[Quarter]:
    """Return the quarters that begin within the data, newest first; the first may not be over."""
    span = snapshot.span
    return [] if span is None else [q for q in quarters_between(*span) if q.first >= span[0]]


def rows_of(snapshot: Snapshot) -> dict[str, list[int]]:
    """Return the types of offence (by index) behind each row of the figures.

    What the police find themselves is in its own row and in no other.
    """
    offences = snapshot.taxonomy.offences
    found = {
        kind: [
            i
            for i, o in enumerate(offences)
            if o.index_type == kind and (kind == POLICE or o.detection != "police_initiated")
        ]
        for kind in TYPES
    }
    found[ALL] = sorted(i for kind in TYPES if kind != POLICE for i in found[kind])
    return found


@dataclass(frozen=True, slots=True)
class _Sums:
    """Counts of some months by type: of the layer's areas, of sectors, without a point."""

    areas: Counts
    sectors: Counts
    unmapped: Counts
    pointless: Counts

    @classmethod
    def of(cls, snapshot: Snapshot, quarters: Sequence[Quarter]) -> _Sums:
        """Add up whole quarters."""
        months = [month for quarter in quarters for month in quarter.months]
        areas, pointless = area_counts(snapshot, LAYER).in_months(months)
        firsts = [quarter.first.replace(month=m) for quarter in quarters for m in _months(quarter)]
        leaves = np.sum([month_leaves(snapshot, first) for first in firsts], axis=0)
        return cls(areas, leaves[:-1], leaves[-1], pointless)


def _months(quarter: Quarter) -> range:
    return range(quarter.first.month, quarter.first.month + 3)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A test that is not judged yet: its p, None where it can't be made and why."""

    p: float | None
    more: bool
    instead: str


class _Quarter:
    """A quarter of a snapshot, and the four before it."""

    def __init__(self, snapshot: Snapshot, quarter: Quarter) -> None:
        self.snapshot, self.quarter = snapshot, quarter
        self.estates = estates_of(snapshot)
        if not self.estates:
            raise FilterError("quarter", "no designated residential areas were imported: ypo import designated FILE")  # fmt: skip
        self.span = self._span()
        self.until = min(quarter.last, self.span[1])
        self.days = (self.until - quarter.first).days + 1
        self.covered = is_covered(snapshot, (quarter.first, self.until))
        self.earlier = [quarter.moved(-k) for k in range(1, BEFORE + 1)]
        self.rows = rows_of(snapshot)
        self.now = _Sums.of(snapshot, [quarter])
        self.before = _Sums.of(snapshot, self.earlier) if self._knows(self.earlier) else None
        self.last = _Sums.of(snapshot, self.earlier[:1]) if self._knows(self.earlier[:1]) else None
        self.exposure = self.days / sum((q.last - q.first).days + 1 for q in self.earlier)
        self.breaks = [b for b in breaks_of(snapshot) if self.earlier[-1].first < b.start <= self.until]  # fmt: skip

    def _span(self) -> tuple[date, date]:
        span = self.snapshot.span
        if span is None:
            raise FilterError("quarter", "there are no data yet")
        if self.quarter.first < span[0] or self.quarter.first > span[1]:
            raise FilterError("quarter", "the data run from {first} to {last}, which {value} does not begin within", first=span[0], last=span[1], value=str(self.quarter))  # fmt: skip
        return span

    def _knows(self, quarters: Sequence[Quarter]) -> bool:
        return all(is_covered(self.snapshot, (q.first, q.last)) for q in quarters)

    def threat(self, entries: ThreatEntries) -> Threat:
        """Put the evidence together."""
        figures, judged = self._figures()
        reported = self.rows[ALL]
        return Threat(
            quarter=str(self.quarter), first=self.quarter.first, last=self.quarter.last,
            until=self.until, days=self.days, whole=self.until == self.quarter.last,
            covered=self.covered,
            provisional=is_provisional(self.snapshot, self.until - timedelta(days=self.until.weekday())),
            snapshot=self.snapshot.id,
            areas=tuple(self._area(e, f, entries) for e, f in zip(self.estates, figures, strict=True)),
            pointless=int(self.now.pointless[reported].sum()),
            unmapped=int(self.now.unmapped[reported].sum()),
            reported=int(self.now.sectors[:, reported].sum() + self.now.unmapped[reported].sum()),
            breaks=tuple(Broken(date=b.start.isoformat(), types=self._broken(b.types), note=b.note) for b in self.breaks),
            judged=judged,
        )  # fmt: skip

    def _broken(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return the rows of figures that a recording break touches."""
        known = self.snapshot.taxonomy.offence
        at = {i for i, code in enumerate(known) if not codes or code in codes}
        return tuple(kind for kind in (*TYPES, ALL) if at & set(self.rows[kind]))

    def _area(
        self, estate: Estate, figures: tuple[Figure, ...], entries: ThreatEntries
    ) -> AreaThreat:
        quarter, until = self.quarter, self.until
        return AreaThreat(
            name=estate.name, sectors=estate.sectors, population=estate.population,
            population_date=estate.population_date, population_source=estate.population_source,
            lists=lists_of(estate, entries.listings, quarter, until),
            figures=figures,
            gang=gang_of(estate.name, entries.gang, quarter, until),
            efforts=efforts_of(estate, entries.efforts, quarter, until),
        )  # fmt: skip

    # Figures and judgements

    def _figures(self) -> tuple[list[tuple[Figure, ...]], int]:
        kinds = (*TYPES, ALL)
        cells = [(estate, kind) for estate in self.estates for kind in kinds]
        changes = [self._change(estate, kind) for estate, kind in cells]
        levels = [self._level(estate, kind) for estate, kind in cells]
        q, level_q = (adjusted([pair.p for pair in pairs]) for pairs in (changes, levels))
        figures = [
            self._figure(estate, kind, (change, one), _said(level, other, (HIGHER, LOWER)))
            for (estate, kind), change, one, level, other in zip(cells, changes, q, levels, level_q, strict=True)
        ]  # fmt: skip
        size = len(kinds)
        rows = [tuple(figures[i : i + size]) for i in range(0, len(figures), size)]
        return rows, sum(one is not None for one in (*q, *level_q))

    def _count(self, sums: _Sums, estate: Estate, kind: str) -> int:
        return int(sums.areas[np.ix_(estate.rows, self.rows[kind])].sum())

    def _change(self, estate: Estate, kind: str) -> _Pair:
        """Compare an area with its own four quarters before, without types that are recorded otherwise since."""
        if self.before is None or not self.covered:
            return _Pair(None, False, HISTORY)
        types = self._comparable(kind)
        if not types:
            return _Pair(None, False, BREAK)
        at = np.ix_(estate.rows, types)
        now, before = (int(s.areas[at].sum()) for s in (self.now, self.before))
        if not can_tell(now + before, self.exposure):
            return _Pair(None, False, FEW)
        return _Pair(e_test(now, before, self.exposure), now > before * self.exposure, NONE)

    def _comparable(self, kind: str) -> list[int]:
        broken = {row for b in self.breaks for row in self._broken(b.types)}
        kinds = [k for k in TYPES if k != POLICE] if kind == ALL else [kind]
        return sorted(i for k in kinds if k not in broken for i in self.rows[k])

    def _level(self, estate: Estate, kind: str) -> _Pair:
        """Compare an area with the rest of the district, by inhabitants."""
        people = self._people(None)
        if not estate.population or people is None or people <= estate.population:
            return _Pair(None, False, UNKNOWN)
        here = self._count(self.now, estate, kind)
        total = max(here, int(self.now.sectors[:, self.rows[kind]].sum()))
        share = estate.population / people
        if not total:
            return _Pair(None, False, FEW)
        # Had it none at all, would that have shown?
        instead = NONE if share_test(0, total, share) <= LEVEL else FEW
        return _Pair(share_test(here, total, share), here > total * share, instead)

    def _figure(
        self, estate: Estate, kind: str, change: tuple[_Pair, float | None], level: str
    ) -> Figure:
        pair, q = change
        before = None if self.before is None else self._count(self.before, estate, kind)
        ends = (None, None) if before is None else poisson_exact(before)
        scaled = [None if v is None else v * self.exposure for v in (before, *ends)]
        return Figure(
            type=kind,
            here=_rate(self._count(self.now, estate, kind), estate.population),
            sector=self._rate_of(estate.sectors, kind),
            district=self._rate_of(None, kind),
            before=scaled[0], before_low=scaled[1], before_high=scaled[2], before_count=before,
            last=None if self.last is None else self._count(self.last, estate, kind),
            p=pair.p, q=q, verdict=_said(pair, q, (MORE, FEWER)), level=level,
        )  # fmt: skip

    def _rate_of(self, sectors: Sequence[str] | None, kind: str) -> PerThousand:
        at = [i for i, s in enumerate(self.snapshot.sectors) if sectors is None or s.id in sectors]
        count = int(self.now.sectors[np.ix_(at, self.rows[kind])].sum())
        return _rate(count, self._people(sectors))

    def _people(self, sectors: Sequence[str] | None) -> float | None:
        """Return the inhabitants of some sectors, of all without; None where one's are not known."""
        found = [s.population for s in self.snapshot.sectors if sectors is None or s.id in sectors]
        return None if not found or not all(found) else float(sum(n for n in found if n))


def _rate(count: int, people: float | None) -> PerThousand:
    if not people:
        return PerThousand(count=count, rate=None, low=None, high=None)
    low, high = poisson_exact(count)
    per = PER / people
    return PerThousand(count=count, rate=count * per, low=low * per, high=high * per)


def _said(pair: _Pair, q: float | None, words: tuple[str, str]) -> str:
    if q is None or q > LEVEL:
        return pair.instead
    return words[0] if pair.more else words[1]
