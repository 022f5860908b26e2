"""When it happens: hours of the week, parts of the day against an earlier period, months of the year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from babel.dates import get_month_names

from ypo_dash.i18n import format_period, join_words, number, percent, plural, text, weekday_names
from ypo_dash.model.errors import FilterError
from ypo_dash.model.hours import Hours
from ypo_dash.model.tiers import require_internal
from ypo_dash.stats.seasons import Month, Season, season
from ypo_dash.store.gaps import gap_between
from ypo_dash.store.query import daily_counts, summarise
from ypo_dash.views.change import FEW, FEWER, MORE, Change, changes, earlier
from ypo_dash.views.tables import DIGITS, Table, count_value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ypo_dash.model.filters import Filters
    from ypo_dash.store.snapshot import Snapshot

PARTS = {"night": Hours(22, 6), "morning": Hours(6, 12), "afternoon": Hours(12, 18), "evening": Hours(18, 22)}  # fmt: skip
PART_COLUMNS = ("weekday", "part", "count", "before", "difference", "low", "high", "p", "q", "verdict")  # fmt: skip
SEASON_COLUMNS = ("month", "years", "count", "days", "per_day", "low", "high")
FEWEST = 30  # incidents: fewer are no rhythm
YEARS = 2


@dataclass(frozen=True, slots=True)
class DayParts:
    """Changes of the 7 weekdays x 4 parts of the day, tested together; ``then`` is the earlier state."""

    found: dict[tuple[int, str], Change]
    then: Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The hours of a state's week, and what changed.

    ``chosen``: the state has hours or weekdays of its own, so the week is not whole. ``parts`` is None where ``why_not`` says why nothing can be compared; ``season`` is of all data.
    """

    week: NDArray[np.float64]
    incidents: int
    exact: int
    chosen: bool
    parts: DayParts | None
    why_not: FilterError | None
    season: Season
    years: tuple[date, date] | None


def rhythm(snapshot: Snapshot, filters: Filters) -> Rhythm:
    """Return the hours, the parts of the day against the earlier period, and the months of a state."""
    require_internal(filters.tier)
    summary = summarise(snapshot, filters)
    parts, why_not = None, None
    try:
        parts = day_parts(snapshot, filters)
    except FilterError as error:
        why_not = error
    return Rhythm(
        week=_week(snapshot, filters),
        incidents=summary.rows,
        exact=summary.exact,
        chosen=summary.masked,
        parts=parts,
        why_not=why_not,
        season=season_of(snapshot, filters),
        years=whole_months(snapshot),
    )


def day_parts(snapshot: Snapshot, filters: Filters) -> DayParts:
    """Return the change of each part of each day; a night belongs to the day it starts on.

    The state's own hours and weekdays are left out: the parts show all of them.

    Raises
    ------
    FilterError
        The data do not reach back that far.
    """
    require_internal(filters.tier)
    state = replace(filters, hours=None, days=())
    then, _ = earlier(state, snapshot)
    # A period has not every weekday as often as the one before.
    try:
        lengths = [earlier(replace(state, days=(day + 1,)), snapshot)[1] for day in range(7)]
    except FilterError as error:
        raise FilterError("from", "parts of the day need every weekday in both periods: choose a week or more") from error  # fmt: skip
    keys = [(day, part) for day in range(7) for part in PARTS]
    now, before = (_part_counts(snapshot, one) for one in (state, then))
    scales = [lengths[day] for day, _part in keys]
    found = changes([now[k] for k in keys], [before[k] for k in keys], scales)
    return DayParts(dict(zip(keys, found, strict=True)), then)


def _week(snapshot: Snapshot, filters: Filters) -> NDArray[np.float64]:
    """Return weekdays x hours; sums of shares leave specks below 0 where nothing is."""
    week: NDArray[np.float64] = summarise(snapshot, filters).hours.reshape(7, 24).round(9)
    return np.maximum(week, 0.0)


def _part_counts(snapshot: Snapshot, filters: Filters) -> dict[tuple[int, str], float]:
    found = {}
    for part, hours in PARTS.items():
        week = _week(snapshot, replace(filters, hours=hours))
        for day in range(7):
            if hours.wraps:
                shares = (*week[day, hours.start :], *week[(day + 1) % 7, : hours.end])
            else:
                shares = (*week[day, hours.start : hours.end],)
            found[day, part] = round(float(sum(shares)), DIGITS)  # a half must round as one
    return found


def whole_months(snapshot: Snapshot) -> tuple[date, date] | None:
    """Return the first day of the first and the last day of the last whole month of data."""
    if snapshot.span is None:
        return None
    first, last = snapshot.span
    start = first if first.day == 1 else _next_month(first)
    end = _next_month(last) - timedelta(days=1)
    end = last if last == end else last.replace(day=1) - timedelta(days=1)
    return (start, end) if start < end else None


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def season_of(snapshot: Snapshot, filters: Filters) -> Season:
    """Return the months of the year over all whole months of data, under the state's other filters."""
    require_internal(filters.tier)
    whole = whole_months(snapshot)
    if whole is None:
        return Season([], 1.0, None)
    first_day, counts = daily_counts(snapshot, filters)
    months, sums, lengths = [], [], []
    start = whole[0]
    while start < whole[1]:
        end = _next_month(start)
        at, length = (start - first_day).days, (end - start).days
        if gap_between(snapshot, start, end - timedelta(days=1)) is None:
            months.append(start.month)
            sums.append(float(counts[at : at + length].sum()))
            lengths.append(float(length))
        start = end
    return season(np.array(months), np.array(sums), np.array(lengths))


def part_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return the parts of the day as `PART_COLUMNS`; weekday 1 is Monday."""
    rows = []
    for (day, part), c in day_parts(snapshot, filters).found.items():
        numbers = (round(v, DIGITS) for v in (c.difference, c.low, c.high, c.p))
        q = "" if c.q is None else round(c.q, DIGITS)
        rows.append((day + 1, part, count_value(c.count), count_value(c.before), *numbers, q, c.verdict))  # fmt: skip
    return Table(PART_COLUMNS, rows)


def season_table(snapshot: Snapshot, filters: Filters) -> Table:
    """Return the months of the year as `SEASON_COLUMNS`; no interval with less than two years."""
    rows = [
        (
            m.month, m.years, count_value(m.count), m.days, round(m.per_day, DIGITS),
            *("" if v is None else round(v, DIGITS) for v in (m.low, m.high)),
        )
        for m in season_of(snapshot, filters).months
    ]  # fmt: skip
    return Table(SEASON_COLUMNS, rows)


def hours_sentence(found: Rhythm, lang: str) -> str:
    """Return when most of a state's incidents happen, and how well their times are known."""
    incidents = plural(lang, "{n} incident", "{n} incidents", found.incidents)
    if found.incidents < FEWEST:
        return text(lang, "{what}: too few to tell when they happen.", what=incidents)
    exact = percent(found.exact / found.incidents, lang)
    if found.chosen:
        return text(lang, "{what} in the hours and on the days chosen; {exact} have an exact time.", what=incidents, exact=exact)  # fmt: skip
    by_hour = found.week.sum(axis=0)
    # The six hours on end with the most, round midnight if need be.
    six = [float(np.roll(by_hour, -h)[:6].sum()) for h in range(24)]
    start = int(np.argmax(six))
    return text(
        lang,
        "{share} of {n} incidents fall between {start} and {end}, a quarter of the day; {exact} have an exact time.",
        share=percent(six[start] / float(by_hour.sum()), lang),
        n=number(found.incidents, lang),
        start=f"{start:02d}",
        end=f"{(start + 6) % 24:02d}",
        exact=exact,
    )


def parts_sentence(found: Rhythm, lang: str) -> str:
    """Return which parts of the day changed, all tests together; or why that can't be said."""
    if found.parts is None:
        return found.why_not.problem(lang) if found.why_not else ""
    then = format_period(*_dates(found.parts.then), lang=lang)
    tests = found.parts.found
    told = [c for c in tests.values() if c.verdict != FEW]
    if not told:
        return text(lang, "Too few incidents to tell a change of any part of the day against {then}.", then=then)  # fmt: skip
    said = []
    for verdict, words in ((MORE, "more on {names}"), (FEWER, "fewer on {names}")):
        named = [part_name(*key, lang) for key, c in tests.items() if c.verdict == verdict]
        if named:
            said.append(text(lang, words, names=join_words(named, lang)))
    if not said:
        return text(
            lang, "No demonstrable change of any part of the day against {then} ({n} of {all} could show one).",
            then=then, n=len(told), all=len(tests),
        )  # fmt: skip
    return text(lang, "Against {then}: {what}.", then=then, what="; ".join(said))


def _dates(filters: Filters) -> tuple[date, date]:
    return filters.date_from or date.min, filters.date_to or date.max


def part_name(day: int, part: str, lang: str) -> str:
    """Return ``Friday night``; the day is 0 for Monday."""
    names = {"night": "{day} night", "morning": "{day} morning", "afternoon": "{day} afternoon", "evening": "{day} evening"}  # fmt: skip
    return text(lang, names[part], day=weekday_names(lang)[day])


def season_sentence(found: Season, lang: str) -> str:
    """Return the months with the most and the fewest, if months differ at all."""
    if not found.tells:
        return text(lang, "Too little data for a season: it takes at least {n} whole years.", n=YEARS)  # fmt: skip
    known = [m for m in found.months if m.low is not None]
    if found.p is None or found.p >= 0.05 or not known:
        return text(lang, "No demonstrable season: months differ no more than years do.")
    ordered = sorted(known, key=lambda m: m.per_day)
    most, fewest = ordered[-1], ordered[0]
    return text(
        lang, "Most in {most}: {a} a day ({a_low}–{a_high}); fewest in {fewest}: {b} a day ({b_low}–{b_high}).",
        **_month_words("most", "a", most, lang), **_month_words("fewest", "b", fewest, lang),
    )  # fmt: skip


def _month_words(name: str, letter: str, month: Month, lang: str) -> dict[str, str]:
    shown = {"": month.per_day, "_low": month.low or 0.0, "_high": month.high or 0.0}
    decimals = 2 if month.per_day < 1 else 1
    return {
        name: month_names(lang)[month.month - 1],
        **{f"{letter}{k}": number(v, lang, decimals) for k, v in shown.items()},
    }


def month_names(lang: str) -> tuple[str, ...]:
    """Return the months from January."""
    names = get_month_names("wide", "stand-alone", locale=lang)
    return tuple(names[i] for i in range(1, 13))
