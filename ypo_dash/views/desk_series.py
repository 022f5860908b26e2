"""A sector's weeks with its efforts in them: counts of an effort's types against their normal range."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.figures.bands import week_band
from ypo_dash.figures.marks import Mark
from ypo_dash.figures.theme import PAGE
from ypo_dash.i18n import format_date, text
from ypo_dash.store.gaps import is_coarse
from ypo_dash.views.desk_efforts import PLANNED, filters_of, state_of
from ypo_dash.views.usual import band

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ypo_dash.figures.theme import Theme
    from ypo_dash.model.desk import Effort
    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

BEFORE, AFTER = 26, 6  # weeks shown before an effort began, and after the data
FEWEST, MOST = 52, 110
WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Weeks by their Monday; ``counts`` are NaN where the data do not hold a week whole."""

    filters: Filters
    starts: tuple[date, ...]
    counts: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    marks: tuple[Mark, ...]


def series(
    snapshot: Snapshot, entry: Effort, entries: Sequence[Effort], day: date
) -> Series | None:
    """Return the weeks of an effort's types and hours in its sector, with all efforts of the sector.

    None where incidents are dated by the month.
    """
    if is_coarse(snapshot) or snapshot.span is None:
        return None
    filters = replace(filters_of(entry), sectors=(entry.sector,))
    found = band(snapshot, filters)
    if not found.starts:
        return None
    known = [
        (float(n), float(low), float(high)) if whole else (math.nan,) * 3
        for n, low, high, whole in zip(found.count, found.low, found.high, found.whole, strict=True)
    ]
    first, last = _window(entry, found.starts)
    starts = tuple(first + timedelta(days=WEEK * i) for i in range((last - first).days // WEEK + 1))
    offset = (first - found.starts[0]).days // WEEK
    nothing = (math.nan,) * 3
    rows = [
        known[i] if 0 <= i < len(known) else nothing for i in range(offset, offset + len(starts))
    ]
    return Series(
        filters=filters, starts=starts,
        counts=tuple(r[0] for r in rows), low=tuple(r[1] for r in rows), high=tuple(r[2] for r in rows),
        marks=tuple(_mark(one, one.key == entry.key, first, day) for one in sorted(entries, key=lambda e: e.start)),
    )  # fmt: skip


def _window(entry: Effort, weeks: Sequence[date]) -> tuple[date, date]:
    """Return the first and the last Monday to show."""
    until = weeks[-1]
    start = date.fromisoformat(entry.start)
    wanted = start - timedelta(days=start.weekday() + WEEK * BEFORE)
    first = min(wanted, until - timedelta(days=WEEK * FEWEST))
    first = max(first, until - timedelta(days=WEEK * MOST), weeks[0])
    end = date.fromisoformat(entry.end)
    last = min(end - timedelta(days=end.weekday()), until + timedelta(days=WEEK * AFTER))
    return first, max(last, until)


def _mark(entry: Effort, chosen: bool, first: date, day: date) -> Mark:
    begin = (date.fromisoformat(entry.start) - first).days / WEEK
    end = ((date.fromisoformat(entry.end) - first).days + 1) / WEEK
    return Mark(begin, end, entry.title, strong=chosen, open=state_of(entry, day) == PLANNED)


def drawn(
    found: Series, title: str, lang: str, *, size: tuple[float, float], text_size: float,
    theme: Theme = PAGE,
) -> str:  # fmt: skip
    """Return a series as a picture."""
    years = len({start.year for start in found.starts}) > 1
    return week_band(
        [format_date(start, lang, year=years) for start in found.starts],
        found.counts,
        found.low,
        found.high,
        last_marked=False,
        marks=found.marks,
        theme=theme,
        size=size,
        text=text_size,
        title=title,
        desc=text(lang, "Weekly counts over their normal range, efforts as bars above."),
        empty=text(lang, "No incidents matched."),
    )
