"""The weekly flags over past weeks: how often they come, and which planted changes they find."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import number, text
from ypo_dash.model.filters import Filters
from ypo_dash.stats.normal_range import FEWER, FLAGS, HISTORY, MORE
from ypo_dash.store.calendar import breaks_of
from ypo_dash.store.lru import Lru
from ypo_dash.views.judged import ALL_SECTORS, ALL_TYPES, judge, weeks_within
from ypo_dash.views.planted import COLUMNS, Change, Past, Planted, judge_change, planted_row
from ypo_dash.views.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.judged import Judged

    Array = NDArray[np.float64]

MOST_WEEKS = 156  # three years
_found = Lru(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One flag of a past week; ``planted`` are the changes that may be its cause."""

    week: date
    sector: str
    type: str
    flag: str
    count: float
    low: float
    high: float
    planted: tuple[str, ...]
    names: tuple[str, str]

    def name(self, lang: str) -> str:
        """Return the name of the type."""
        return self.names[0] if lang == "da" else self.names[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The flags of past weeks; ``weeks`` are those with enough history, ``per_week`` their flags.

    ``unexplained`` are flags that no planted change explains; where none are known, all of them.
    """

    weeks: tuple[date, ...]
    per_week: tuple[int, ...]
    flags: tuple[Flag, ...]
    series: int
    planted: tuple[Planted, ...]

    @property
    def unexplained(self) -> tuple[Flag, ...]:
        """Flags that no planted change explains."""
        return tuple(flag for flag in self.flags if not flag.planted)

    @property
    def flags_a_week(self) -> float:
        """Flags a week, all of them."""
        return len(self.flags) / max(1, len(self.weeks))

    @property
    def unexplained_a_week(self) -> float:
        """Flags a week that nothing known explains."""
        return len(self.unexplained) / max(1, len(self.weeks))

    def sentence(self, lang: str) -> str:
        """Return how often flags came."""
        if not self.weeks:
            return text(lang, "There is too little history for a back-test.")
        said = text(
            lang,
            "{weeks} past weeks of {series} series: {flags} flags, {a} a week; {chance} of them ({b} a week) have no known cause.",
            weeks=number(len(self.weeks), lang),
            series=number(self.series, lang),
            flags=number(len(self.flags), lang),
            a=number(self.flags_a_week, lang, 2),
            chance=number(len(self.unexplained), lang),
            b=number(self.unexplained_a_week, lang, 2),
        )
        if not self.planted:
            return said
        sought = [p for p in self.planted if p.reason not in ("control", "break")]
        return f"{said} " + text(
            lang,
            "Of {n} planted changes {found} were found.",
            n=number(len(sought), lang),
            found=number(sum(p.is_found for p in sought), lang),
        )

    def table(self) -> Table:
        """Return the planted changes as `COLUMNS`."""
        return Table(COLUMNS, [planted_row(change) for change in self.planted])


def backtest(snapshot: Snapshot) -> Backtest:
    """Return the flags of all past weeks (at most three years) of all incidents, cached by data."""
    return _found.fetch(snapshot.revision, lambda: _backtest(snapshot))


def _backtest(snapshot: Snapshot) -> Backtest:
    past = _past(snapshot)
    changes = [Change.of(row, snapshot) for row in snapshot.table("planted_changes")]
    at = np.argwhere((past.flag == MORE) | (past.flag == FEWER))
    known = _known_breaks(snapshot)
    # A break that the ranges know of explains nothing; where nothing is planted is chance.
    causes = [c for c in changes if c.factor != 1 and not c.is_known(known)]
    flags = tuple(_flag(past, causes, tuple(map(int, place))) for place in at)
    return Backtest(
        weeks=past.starts,
        per_week=tuple(int(((week == MORE) | (week == FEWER)).sum()) for week in past.flag),
        flags=flags,
        series=int(past.flag[0].size) if len(past.flag) else 0,
        planted=tuple(judge_change(past, change, known) for change in changes),
    )


def _past(snapshot: Snapshot) -> Past:
    first, last = snapshot.span or (date.min, date.min)
    counts, _ = judge(snapshot, Filters(), [])
    weeks = weeks_within(counts, first, last)[-MOST_WEEKS:]
    judged = judge(snapshot, Filters(), weeks)[1]
    weeks = [w for w in weeks if (judged[w].flag != HISTORY).any()]
    shape = (0, len(snapshot.sectors) + 1, len(snapshot.taxonomy.offences) + 1)

    def stack(name: str) -> Array:
        rows: Sequence[Array] = [_of(judged[w], name) for w in weeks]
        return np.stack(rows) if rows else np.zeros(shape)

    both = (text("da", "All types"), text("en", "All types"))
    return Past(
        starts=tuple(counts.starts[w] for w in weeks),
        sectors=(*(s.id for s in snapshot.sectors), ALL_SECTORS),
        types=(*snapshot.taxonomy.offence, ALL_TYPES),
        names=(*((o.name("da"), o.name("en")) for o in snapshot.taxonomy.offences), both),
        flag=stack("flag").astype(np.int8),
        **{name: stack(name) for name in ("count", "expected", "low", "high")},
    )


def _of(judged: Judged, name: str) -> Array:
    found: Array = getattr(judged, name)
    return found


def _flag(past: Past, causes: Sequence[Change], at: tuple[int, ...]) -> Flag:
    week, i, k = at
    start, sector, kind = past.starts[week], past.sectors[i], past.types[k]

    def explains(change: Change) -> bool:
        here = not change.sectors or sector in change.sectors
        this = not change.types or kind in change.types
        return (
            change.lasts(start)
            and change.direction == past.flag[at]
            # A total of sectors or one of types may show it; the district's total would any change.
            and (here or (sector == ALL_SECTORS and this))
            and (this or (kind == ALL_TYPES and here and bool(change.sectors)))
        )

    return Flag(
        week=start,
        sector=sector,
        type=kind,
        flag=FLAGS[past.flag[at]],
        count=float(past.count[at]),
        low=float(past.low[at]),
        high=float(past.high[at]),
        planted=tuple(change.id for change in causes if explains(change)),
        names=past.names[k],
    )


def _known_breaks(snapshot: Snapshot) -> set[tuple[date, str]]:
    return {(b.start, kind) for b in breaks_of(snapshot) for kind in b.types}
