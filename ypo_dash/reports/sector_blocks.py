"""Blocks of a sector's own print: its days, hours, scenes, and what is agreed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.figures.strips import hour_heat
from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_date, format_period, number, percent, text, weekday_names
from ypo_dash.reports.blocks import WIDE, verdict_words
from ypo_dash.reports.document import Beside, Block, Column, Heading, Picture, TableBlock, Text
from ypo_dash.views.due import due_words
from ypo_dash.views.duty import Duty, duty_of, hours_text, outside_words
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.query import Summary
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.by_day import Week
    from ypo_dash.views.due import Due

_HEAT_MM = 52.0
_TEXT = 3.1
_SCENES = 12
_LONGEST = 240  # characters of an agreement in a row
_LINES = 5  # to write on
_TINY = 0.05  # below which one decimal would read as nothing


def day_table(summary: Summary, weeks: Sequence[Week], lang: str) -> TableBlock:
    """Return weeks by weekdays with their sums; the normal range where there is one."""
    ranged = any(week.usual for week in weeks)
    head = [Column(text(lang, "Week")), Column("")]
    head += [Column(name, "right", 1) for name in weekday_names(lang, "abbreviated")]
    head.append(Column(text(lang, "All"), "right", 1))
    if ranged:
        head += [Column(text(lang, "Normal range"), "right"), Column(text(lang, "In words"))]
    rows = [_week_row(week, summary, lang, ranged=ranged) for week in weeks]
    if len(weeks) > 1:
        rows.append(_sum_row(summary, weeks, lang, ranged=ranged))
    strong = (len(rows) - 1,) if len(weeks) > 1 else ()
    return TableBlock(columns=tuple(head), rows=tuple(rows), strong=strong)


def _week_row(week: Week, summary: Summary, lang: str, *, ranged: bool) -> tuple[str, ...]:
    days = [_count(n, summary, lang) for n in week.days]
    period = format_period(week.start, week.start + timedelta(days=6), lang=lang)
    cells = [str(week.number), period, *days, _count(week.count, summary, lang)]
    if not ranged:
        return tuple(cells)
    usual, spread = week.usual, "–"
    if usual is not None and usual.low is not None and usual.high is not None:
        spread = f"{count_text(summary, usual.low, lang)}–{count_text(summary, usual.high, lang)}"
    star = " *" if week.provisional else ""
    return (*cells, spread, verdict_words(usual, lang, week.count) + star)


def _sum_row(
    summary: Summary, weeks: Sequence[Week], lang: str, *, ranged: bool
) -> tuple[str, ...]:
    sums = [[n for n in day if n is not None] for day in zip(*(w.days for w in weeks), strict=True)]
    days = [_count(sum(known) if known else None, summary, lang) for known in sums]
    total = count_text(summary, count_value(summary.total), lang)
    return ("", text(lang, "All"), *days, total, *(("", "") if ranged else ()))


def _count(value: float | None, summary: Summary, lang: str) -> str:
    return "–" if value is None else count_text(summary, count_value(value), lang)


def heat_table(snapshot: Snapshot, filters: Filters, summary: Summary, lang: str) -> Picture:
    """Return the 168 hours of the week as a picture with numbers, duty hours marked.

    Hours that the state leaves out are struck.
    """
    mask, duty = filters.mask, duty_of(snapshot, summary)
    known = np.where(np.ones(len(summary.hours), bool) if mask is None else mask, summary.hours, np.nan)  # fmt: skip
    values = [float(n) for n in known]
    alt = text(lang, "Table of weekdays by hours: incidents, those with a span spread over it.")
    svg = hour_heat(
        # A cell has the class of the number that stands in it.
        [round(n, 1) if n >= _TINY else n for n in values],
        weekdays=[name.capitalize() for name in weekday_names(lang)],
        numbers=[cell_text(n, lang) for n in values],
        band=(duty.hours.start, duty.hours.end),
        theme=PAPER,
        size=(WIDE, _HEAT_MM),
        text=_TEXT,
        title=text(lang, "By weekday and hour"),
        desc=alt,
    )
    return Picture(svg, alt, _exact_words(duty, summary, lang))


def _exact_words(duty: Duty, summary: Summary, lang: str) -> str:
    share = percent(summary.exact / summary.rows, lang)
    return text(lang, "{share} have an exact time; the others are spread over their span, so that hours have decimals; below 0.05 none is written. The bar above marks duty hours, {hours}{outside}.", share=share, hours=hours_text(duty.hours), outside=outside_words(duty, lang))  # fmt: skip


def cell_text(value: float, lang: str) -> str:
    """Return a number for a small cell; nothing where it would read as 0.0."""
    return number(value, lang, 1) if value >= _TINY else ""


def scene_table(snapshot: Snapshot, summary: Summary, lang: str) -> Beside | TableBlock:
    """Return the most frequent scenes with their counts, and the rest as one row."""
    scenes = snapshot.taxonomy.scenes
    order = [int(i) for i in np.argsort(-summary.scenes, kind="stable") if summary.scenes[i] > 0]
    shown = order[:_SCENES] if len(order) > _SCENES + 1 else order
    rest = order[len(shown) :]
    rows = [(scenes[i].name(lang), _count(summary.scenes[i], summary, lang)) for i in shown]
    if rest:
        left = _count(float(summary.scenes[rest].sum()), summary, lang)
        rows.append((text(lang, "{n} other scenes", n=len(rest)), left))
    rows.append((text(lang, "All"), _count(summary.total, summary, lang)))
    head = (Column(text(lang, "Scene"), share=1), Column(text(lang, "Count"), "right"))
    half = -(-len(rows) // 2)
    left_rows, right_rows = tuple(rows[:half]), tuple(rows[half:])
    return Beside(
        (TableBlock(columns=head, rows=left_rows),),
        (TableBlock(columns=head, rows=right_rows, strong=(len(right_rows) - 1,)),),
    )


def agreements(sector: str, printing: Printing, lang: str) -> list[Block]:
    """Return what is open in a sector: agreements of its log, visits and reviews due, what waits for an answer.

    Where there is none of it, or the log is not for who prints, there are lines to write on.
    """
    said, due = [], printing.due
    if due is None:
        said.append(text(lang, "The sector's log is not for who prints this: these lines are to be written on by hand."))  # fmt: skip
    elif due.is_empty:
        said.append(text(lang, "No agreement is open and no visit is due; these lines are to be written on by hand."))  # fmt: skip
    else:
        said.append(text(lang, "As they stand on {date}; visits and reviews due within two weeks.", date=format_date(due.day, lang)))  # fmt: skip
    held = printing.edited.factors.get(sector)
    if held is not None and held.wanted:
        said.append(_waiting(held.wanted, lang))
    head = (
        Column(text(lang, "Agreement"), share=2.6),
        Column(text(lang, "With whom"), share=1.5),
        Column(text(lang, "By when"), share=1.3),
    )
    rows = _open_rows(due, lang) if due is not None else ()
    return [
        Heading(text(lang, "Open agreements")),
        *(Text(words) for words in said),
        TableBlock(
            columns=head, rows=rows or (("", "", ""),) * _LINES, tall=not rows, wordy=bool(rows)
        ),
    ]


def _open_rows(due: Due, lang: str) -> tuple[tuple[str, str, str], ...]:
    """Return what is open, soonest first; a visit without a day at the end."""
    found: list[tuple[date, tuple[str, str, str]]] = [
        (one.day, (_short(one.entry.words), one.partner, due_words(one.day, due.day, lang)))
        for one in due.follow_ups
    ]
    for visits in due.visits:
        when = due_words(visits.next, due.day, lang) if visits.next else text(lang, "to be planned")
        found.append((visits.next or date.max, (text(lang, "Visit"), visits.partner.name, when)))
    for review in due.reviews:
        words = text(lang, "Review of the effort: {title}", title=_short(review.effort.title))
        found.append((review.day, (words, review.effort.partners, due_words(review.day, due.day, lang))))  # fmt: skip
    return tuple(row for _, row in sorted(found, key=lambda one: one[0]))


def _short(words: str) -> str:
    """Return a text as one line of a table; a long one ends in an ellipsis after a whole word."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rsplit(' ', 1)[0]}…"


def _waiting(wanted: Mapping[str, object], lang: str) -> str:
    return text(
        lang,
        "Waits for approval: factor {n}, asked for by {who}. Reason: {reason}",
        n=number(float(str(wanted.get("factor") or 0)), lang),
        who=wanted.get("asked_by") or "–",
        reason=wanted.get("reason") or "–",
    )
