"""What the weekly flags make of changes that were planted in simulated data: found, when, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import number, text
from ypo_dash.stats.normal_range import FEW, FEWER, MORE
from ypo_dash.views.judged import ALL_SECTORS
from ypo_dash.views.tables import DIGITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

COLUMNS = (
    "id",
    "what",
    "types",
    "sectors",
    "from",
    "to",
    "factor",
    "found",
    "first_week",
    "delay_weeks",
    "weeks_flagged",
    "weeks",
    "weeks_outside",
    "expected",
    "ratio",
    "reason",
)
REASONS = {
    "found": "Found in its week {delay}.",
    "control": "Nothing is planted here: what is flagged is chance.",
    "break": "A recording break that is known: the range follows it, so it must not be flagged.",
    "learning": "It lies in the weeks that the ranges are still learned from.",
    "few": "Too few incidents to be judged: {expected} a week.",
    "part": "It is of a part of the sector only: there were {ratio} times as many as expected, planted was {factor}.",
    "range": "It is smaller than the range: {expected} a week are expected, {low}–{high} would be normal.",
    "comparisons": "It lay outside the range in {outside} of {weeks} weeks, but never beyond chance over all comparisons.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All judged weeks stacked: weeks x (sectors + all) x (types + all)."""

    starts: tuple[date, ...]
    sectors: tuple[str, ...]
    types: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    count: Array
    expected: Array
    low: Array
    high: Array
    flag: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row of the planted changes; empty types or sectors are all."""

    id: str
    what: str
    types: tuple[str, ...]
    sectors: tuple[str, ...]
    part: bool
    start: date
    end: date
    factor: float

    @classmethod
    def of(cls, row: dict[str, str], snapshot: Snapshot) -> Change:
        """Read a row; ``sectors`` say where it lies, ``kind`` and ``place`` that it is of a part."""
        known = snapshot.sector_names
        return cls(
            id=row["id"],
            what=row["what"],
            types=tuple(t for t in row["type"].split(";") if t in snapshot.taxonomy.offence),
            sectors=tuple(s for s in row["sectors"].split(";") if s in known),
            part=bool(row["kind"] or row["place"]),
            start=date.fromisoformat(row["from"]),
            end=date.fromisoformat(row["to"]),
            factor=float(row["factor"]),
        )

    def lasts(self, week: date) -> bool:
        """Whether it is under way in the week that starts on ``week``."""
        return self.start <= week + timedelta(days=6) and week <= self.end

    def is_known(self, breaks: set[tuple[date, str]]) -> bool:
        """Whether it is a recording break that the ranges know of."""
        return bool(self.types) and all((self.start, kind) in breaks for kind in self.types)

    @property
    def direction(self) -> int:
        """What its flags say."""
        return MORE if self.factor > 1 else FEWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A planted change, and what the flags made of it.

    ``expected`` and ``ratio`` are of its largest series over its first 26 weeks: expected incidents
    a week, and counted over expected. ``delay`` are weeks from its start to the end of the first
    flagged week, rounded up. ``reason`` is one of `REASONS`.
    """

    id: str
    what: str
    types: tuple[str, ...]
    sectors: tuple[str, ...]
    start: date
    end: date
    factor: float
    first: date | None
    delay: int | None
    flagged: int
    weeks: int
    outside: int
    expected: float
    low: float
    high: float
    ratio: float
    reason: str

    @property
    def is_found(self) -> bool:
        """Whether any of its series was flagged in its direction while it lasted."""
        return self.first is not None

    def sentence(self, lang: str) -> str:
        """Return why it was found or not."""
        digits = {n: number(getattr(self, n), lang, 1) for n in ("expected", "ratio", "factor") if not np.isnan(getattr(self, n))}  # fmt: skip
        ends = {n: number(getattr(self, n), lang, 0) for n in ("low", "high") if not np.isnan(getattr(self, n))}  # fmt: skip
        return text(
            lang, REASONS[self.reason], **digits, **ends,
            outside=number(self.outside, lang), weeks=number(self.weeks, lang), delay=self.delay,
        )  # fmt: skip


def planted_row(p: Planted) -> tuple[object, ...]:
    """Return a row of `COLUMNS`."""
    numbers = ("" if np.isnan(v) else round(v, DIGITS) for v in (p.expected, p.ratio))
    return (
        p.id, p.what, ";".join(p.types), ";".join(p.sectors), p.start.isoformat(), p.end.isoformat(),
        p.factor, "yes" if p.is_found else "no", p.first.isoformat() if p.first else "",
        "" if p.delay is None else p.delay, p.flagged, p.weeks, p.outside, *numbers, p.reason,
    )  # fmt: skip


def _series(past: Past, change: Change) -> list[tuple[int, int]]:
    """Return the places of its series: its types in its sectors, or in the district where it names none."""
    wanted = change.sectors or (ALL_SECTORS,)
    kinds = change.types or past.types[:-1]
    return [(past.sectors.index(s), past.types.index(t)) for s in wanted for t in kinds]


def judge_change(past: Past, change: Change, breaks: set[tuple[date, str]]) -> Planted:
    """Return what the flags of past weeks made of a change; ``breaks`` are those the ranges know of."""
    weeks = [i for i, start in enumerate(past.starts) if change.lasts(start)]
    series = _series(past, change)
    places = np.array(series)
    hits = past.flag[weeks][:, places[:, 0], places[:, 1]]
    wanted = (hits == MORE) | (hits == FEWER) if change.factor == 1 else hits == change.direction
    flagged = np.flatnonzero(wanted.any(axis=1))
    first = past.starts[weeks[int(flagged[0])]] if len(flagged) else None
    facts = _facts(past, change, weeks, series)
    reason = _reason(change, breaks, facts, is_found=first is not None)
    return Planted(
        id=change.id, what=change.what, types=change.types, sectors=change.sectors,
        start=change.start, end=change.end, factor=change.factor, first=first,
        delay=-(-((first - change.start).days + 7) // 7) if first else None,
        flagged=len(flagged), weeks=len(weeks), outside=facts.outside, expected=facts.expected,
        low=facts.low, high=facts.high, ratio=facts.ratio, reason=reason,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the largest series of a change shows in its first 26 judged weeks; ``small`` is how often it is too small."""

    weeks: int
    expected: float
    low: float
    high: float
    ratio: float
    outside: int
    small: float


def _facts(past: Past, change: Change, weeks: list[int], series: list[tuple[int, int]]) -> _Facts:
    early = weeks[:26]
    if not early:
        none = float("nan")
        return _Facts(weeks=0, expected=none, low=none, high=none, ratio=none, outside=0, small=0.0)
    largest = max(series, key=lambda place: past.expected[early][:, place[0], place[1]].mean())
    i, k = largest
    count, expected, low, high = (
        v[early][:, i, k] for v in (past.count, past.expected, past.low, past.high)
    )
    beyond = past.count[weeks][:, i, k] > past.high[weeks][:, i, k]
    if change.factor < 1:
        beyond = past.count[weeks][:, i, k] < past.low[weeks][:, i, k]
    return _Facts(
        weeks=len(early),
        expected=float(expected.mean()),
        low=float(low.mean()),
        high=float(high.mean()),
        ratio=float(count.sum() / expected.sum()),
        outside=int(beyond.sum()),
        small=float((past.flag[early][:, i, k] == FEW).mean()),
    )


def _reason(change: Change, breaks: set[tuple[date, str]], facts: _Facts, *, is_found: bool) -> str:
    """Return why a change was found or not, as a key of `REASONS`."""
    if change.factor == 1:
        return "control"
    if change.is_known(breaks):
        return "break"
    if is_found:
        return "found"
    if not facts.weeks:
        return "learning"
    if facts.small > 0.5:
        return "few"
    return _size_reason(change, facts)


def _size_reason(change: Change, facts: _Facts) -> str:
    # Half of the planted effect or less, on the log scale, in the whole sector's series.
    diluted = abs(np.log(max(facts.ratio, 1e-9))) <= abs(np.log(change.factor)) / 2
    if change.part and diluted:
        return "part"
    if facts.low <= facts.expected * change.factor <= facts.high:
        return "range"
    return "comparisons"
