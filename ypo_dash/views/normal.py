"""Normal for this week? Every series' count against its expected range, flagged only beyond chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import format_date, number, percent, plural, text
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.normal_range import FLAGS, HISTORY
from ypo_dash.store.calendar import breaks_of, holidays_of
from ypo_dash.store.week_counts import report_share, week_counts
from ypo_dash.views.judged import (
    ALL_SECTORS,
    ALL_TYPES,
    Judged,
    judge,
    shown,
    weeks_within,
)
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

    Array = NDArray[np.float64]

COLUMNS = ("sector_id", "type", "week_start", "count", "expected", "low", "high", "q", "flag")
SETTLED = 0.95  # share of a week's reports below which its counts are provisional
SETTLED_DAYS = 7  # the same where reports have no date


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A flagged series of the week and what is said of it; ``police`` marks what the police find."""

    sector: str
    type: str
    count: float
    expected: float
    low: float
    high: float
    q: float
    flag: str
    police: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """The latest whole week of a state; ``week`` is None where its period has none.

    ``tested``, ``few`` and ``history`` count all series of the week, whatever the state shows:
    those that were tested together, those of them too small to be judged, and those with too
    little history. ``complete`` is the share of reports that are usually in by now, None where
    reports have no date.
    """

    week: date | None
    count: float
    expected: float | None
    low: float | None
    high: float | None
    findings: tuple[Finding, ...]
    tested: int
    few: int
    history: int
    provisional: bool
    complete: float | None
    sentences: tuple[str, ...]


def normal_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return all whole weeks of the state's period as `COLUMNS`.

    ``expected``, ``low`` and ``high`` are empty with too little history, ``q`` also where a series
    is too small to be judged.

    Raises
    ------
    FilterError
        The period is impossible for the data, or the state is of one hexagon.
    """
    require_internal(filters.tier)
    period = filters.period(snapshot.span)
    weeks = weeks_within(week_counts(snapshot, filters), *period)
    counts, judged = judge(snapshot, filters, weeks)
    series = shown(snapshot, filters)
    rows = []
    for week in weeks:
        start, of = counts.starts[week].isoformat(), judged[week]
        for i, k, sector, kind in series:
            numbers = (of.expected[i, k], of.low[i, k], of.high[i, k])
            flag = FLAGS[of.flag[i, k]]
            q = of.q[i, k] if flag not in ("few", "history") else np.nan
            rows.append((sector, kind, start, count_value(of.count[i, k]), *map(_cell, numbers), _cell(q), flag))  # fmt: skip
    return Table(COLUMNS, rows)


def _cell(value: float) -> float | int | str:
    return "" if np.isnan(value) else count_value(round(float(value), DIGITS))


def normal(snapshot: Snapshot, filters: Filters, lang: str) -> Normal:
    """Return the latest whole week of the state's period, in figures and sentences.

    Raises
    ------
    FilterError
        The period is impossible for the data, or the state is of one hexagon.
    """
    require_internal(filters.tier)
    weeks = weeks_within(week_counts(snapshot, filters), *filters.period(snapshot.span))[-1:]
    counts, judged = judge(snapshot, filters, weeks)
    if not weeks:
        said = (
            text(lang, "No week lies wholly in the period and in the data; nothing is compared.")
            if counts.whole.any()
            else text(lang, "No week of the data is whole: they are too short, have gaps, or are dated by the month.")
        )  # fmt: skip
        return Normal(
            week=None, count=0, expected=None, low=None, high=None, findings=(), tested=0, few=0,
            history=0, provisional=False, complete=None, sentences=(said,),
        )  # fmt: skip
    of, start = judged[weeks[0]], counts.starts[weeks[0]]
    findings = tuple(_findings(snapshot, filters, of, start, lang))
    flag = of.flag[-1, -1]
    known = flag != HISTORY
    complete = completeness(snapshot, start)
    found = Normal(
        week=start,
        count=float(of.count[-1, -1]),
        expected=float(of.expected[-1, -1]) if known else None,
        low=float(of.low[-1, -1]) if known else None,
        high=float(of.high[-1, -1]) if known else None,
        findings=findings,
        tested=int((of.flag != HISTORY).sum()),
        few=int((of.flag == FLAGS.index("few")).sum()),
        history=int((of.flag == HISTORY).sum()),
        provisional=is_provisional(snapshot, start),
        complete=complete,
        sentences=(),
    )
    return _with_sentences(snapshot, found, lang)


def _findings(
    snapshot: Snapshot, filters: Filters, of: Judged, start: date, lang: str
) -> Iterator[Finding]:
    """Yield the flagged series of a week, the surest first."""
    flagged = [s for s in shown(snapshot, filters) if FLAGS[of.flag[s[:2]]] in ("more", "fewer")]
    for i, k, sector, kind in sorted(flagged, key=lambda s: float(of.q[s[:2]])):
        police = kind != ALL_TYPES and snapshot.taxonomy.offence[kind].detection == "police_initiated"  # fmt: skip
        yield Finding(
            sector=sector,
            type=kind,
            count=float(of.count[i, k]),
            expected=float(of.expected[i, k]),
            low=float(of.low[i, k]),
            high=float(of.high[i, k]),
            q=float(of.q[i, k]),
            flag=FLAGS[of.flag[i, k]],
            police=police,
            sentence=sentence(
                series_name(snapshot, sector, kind, lang), of, (i, k), start, lang
            ),
        )  # fmt: skip


def series_name(snapshot: Snapshot, sector: str, kind: str, lang: str) -> str:
    """Return "Burglary in sector 14", "All types in the district"."""
    what = (
        text(lang, "All types") if kind == ALL_TYPES else snapshot.taxonomy.offence[kind].name(lang)
    )
    if sector == ALL_SECTORS:
        return text(lang, "{what} in the district", what=what)
    return text(lang, "{what} in sector {sector}", what=what, sector=sector)


def sentence(name: str, of: Judged, at: tuple[int, int], start: date, lang: str) -> str:
    """Return "Burglary in sector 14: 19 in the week of 19/11, 3–12 would be normal."."""
    return text(
        lang,
        "{series}: {n} in the week of {date}, {low}–{high} would be normal.",
        series=name,
        n=number(count_value(of.count[at]), lang),
        date=format_date(start, lang, year=False),
        low=number(of.low[at], lang),
        high=number(of.high[at], lang),
    )


def completeness(snapshot: Snapshot, start: date) -> float | None:
    """Return which share of a week's reports are usually in by the last date of data."""
    share = report_share(snapshot)
    if share is None or snapshot.span is None:
        return None
    ages = [(snapshot.span[1] - start).days - day for day in range(7)]
    return float(np.mean([share[min(max(age, 0), len(share) - 1)] for age in ages]))


def is_provisional(snapshot: Snapshot, start: date) -> bool:
    """Whether reports of a week are still to come, by earlier delays or by its age."""
    complete = completeness(snapshot, start)
    if complete is not None:
        return complete < SETTLED
    last = snapshot.span[1] if snapshot.span else start
    return (last - start).days - 6 < SETTLED_DAYS  # from the week's Sunday on


def _headline(found: Normal, lang: str) -> list[str]:
    """Return what is said where nothing is flagged."""
    if not found.tested:
        return [text(lang, "There is too little history to say what is normal.")]
    return [] if found.findings else [text(lang, "Nothing stands out.")]


def _with_sentences(snapshot: Snapshot, found: Normal, lang: str) -> Normal:
    said = _headline(found, lang)
    said.append(
        text(lang, "{n} series were tested together; {few} of them are too small to be judged (under 5 in 4 weeks).", n=number(found.tested, lang), few=number(found.few, lang))
    )  # fmt: skip
    if found.history:
        said.append(plural(lang, "{n} series has too little history.", "{n} series have too little history.", found.history))  # fmt: skip
    if found.provisional:
        said.append(_provisional(found, lang))
    if found.provisional and any(finding.flag == "fewer" for finding in found.findings):
        said.append(text(lang, "Fewer may only mean that reports are still to come."))
    if not holidays_of(snapshot):
        said.append(text(lang, "No public holidays are known here."))
    if not breaks_of(snapshot):
        said.append(text(lang, "No recording breaks are known here."))
    if any(finding.police for finding in found.findings):
        said.append(text(lang, "What the police find themselves shows where they looked."))
    return replace(found, sentences=tuple(said))


def _provisional(found: Normal, lang: str) -> str:
    if found.complete is None:
        return text(lang, "The week is provisional: it ended less than 7 days before the data do.")
    return text(
        lang,
        "The week is provisional: by earlier delays, {share} of its reports are in.",
        share=percent(found.complete, lang),
    )
