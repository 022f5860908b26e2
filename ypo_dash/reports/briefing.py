"""The briefing card: a page a sector for the coming shift. For police use only; there is no other build."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from ypo_dash.figures.theme import PAPER
from ypo_dash.i18n import format_date, format_period, plural, text
from ypo_dash.model.briefings import clock_of
from ypo_dash.model.errors import FilterError
from ypo_dash.model.tiers import Tier
from ypo_dash.reports.document import (
    Beside,
    Block,
    Column,
    Heading,
    Lead,
    Notes,
    Page,
    Picture,
    TableBlock,
    Text,
)
from ypo_dash.reports.opening import state_line
from ypo_dash.reports.printing import build, day_words, sector_place, sector_title
from ypo_dash.reports.week import with_week
from ypo_dash.reports.week_sector import weeks_chart
from ypo_dash.views.briefing_card import AHEAD, cut, next_shift, summary_words
from ypo_dash.views.briefing_card import card as card_of
from ypo_dash.views.duty import hours_text
from ypo_dash.views.effort_map import place_map

if TYPE_CHECKING:
    from ypo_dash.model.filters import Filters
    from ypo_dash.reports.document import Document
    from ypo_dash.reports.printing import Printing
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.briefing_card import Card, Shift, Task
    from ypo_dash.views.due import FollowUp

_MOST_TASKS, _MOST_OPEN, _MOST_UNUSUAL = 4, 6, 4
_LONGEST = 180  # letters of a cell: four efforts leave room for the rest of the page
_LINES = 7
ONLY_INTERNAL = "the briefing card is for police use only; there is none for partners"


def with_briefing(snapshot: Snapshot, filters: Filters) -> Filters:
    """Return the state with the latest whole week, which is looked at for what is unusual.

    Raises
    ------
    FilterError
        It is not of the tier *internal*, or there is no whole week.
    """
    if filters.tier != Tier.INTERNAL:
        raise FilterError("tier", ONLY_INTERNAL)
    return with_week(snapshot, filters)


def no_partner_briefing(_snapshot: Snapshot, _filters: Filters, _lang: str, _printing: Printing) -> NoReturn:  # fmt: skip
    """Raise FilterError: what the desks hold does not leave the house."""
    raise FilterError("tier", ONLY_INTERNAL)


def briefing(snapshot: Snapshot, filters: Filters, lang: str, printing: Printing) -> Document:
    """Return the cards of the state's sectors; of several, those with something to tell.

    Raises
    ------
    FilterError
        The period is impossible for the data.
    """
    held = printing.held
    last = snapshot.span[1] if snapshot.span else None
    clock = clock_of(printing.now, snapshot.district.zone, last, held.briefings)
    shift = next_shift(clock.now, held.shifts)
    wanted = filters.place_sectors(snapshot)
    found = [
        card_of(snapshot, held, replace(filters, sectors=(s.id,), station=None), shift, lang)
        for s in snapshot.sectors
        if wanted is None or s.id in wanted
    ]
    shown = [one for one in found if not one.is_empty] or found[:1]
    pages = [_page(snapshot, filters, one, lang, printing) for one in (found if len(found) == 1 else shown)]  # fmt: skip
    title = pages[0].title if len(pages) == 1 else f"{text(lang, 'Briefing cards')}, {shift_words(shift, lang)}"  # fmt: skip
    return build(snapshot, title, pages, (lang, filters.tier), printing)


def shift_words(shift: Shift, lang: str) -> str:
    """Return the day and the hours of a shift."""
    words = day_words(shift.day, lang)
    if shift.hours is None:
        return words
    return text(lang, "{day}, shift {hours}", day=words, hours=hours_text(shift.hours))


def _page(snapshot: Snapshot, filters: Filters, found: Card, lang: str, printing: Printing) -> Page:
    state = replace(filters, sectors=(found.sector,), station=None)
    reads_log = found.sector in printing.points
    shown = found if reads_log else replace(found, follow_ups=())
    blocks: list[Block] = [
        Lead(f"{shift_words(found.shift, lang)}: {summary_words(found, lang)}"),
        *state_line(snapshot, state, lang),
        Beside(
            (_map(snapshot, shown, lang),),
            (*_unusual(shown, lang), *weeks_chart(snapshot, state, lang, (84.0, 32.0))),
            (96, 84),
        ),
        *_tasks(shown, lang),
        *_follow_ups(shown, lang, reads_log),
        *_noted(shown, lang),
    ]  # fmt: skip
    looked = format_period(*filters.period(snapshot.span), lang=lang)
    return Page(
        title=f"{text(lang, 'Briefing card')}, {sector_title(snapshot, found.sector, lang)}",
        place=" · ".join([snapshot.district.name, *sector_place(snapshot, found.sector, lang)]),
        period=shift_words(found.shift, lang),
        foot=(
            text(lang, "Out of the ordinary: the latest whole week of {period}, beyond its normal range after all comparisons.", period=looked),
            text(lang, "Efforts are the desk's; log entries with personal data are never printed."),
        ),
        blocks=tuple(blocks),
    )  # fmt: skip


def _map(snapshot: Snapshot, found: Card, lang: str) -> Picture:
    words = (
        text(lang, "The sector, with the places of its efforts filled.")
        if found.tasks
        else text(lang, "The sector, without efforts on this day.")
    )
    svg = place_map(
        snapshot, found.sector, [task.entry for task in found.tasks], theme=PAPER, size=(96.0, 62.0),
        text=2.9, title=words,
    )  # fmt: skip
    return Picture(svg, words, words)


def _unusual(found: Card, lang: str) -> list[Block]:
    said = list(found.unusual[:_MOST_UNUSUAL]) or [text(lang, "Nothing beyond the normal.")]
    return [Heading(text(lang, "Out of the ordinary")), *(Text(words) for words in said)]


def _tasks(found: Card, lang: str) -> list[Block]:
    heading = Heading(text(lang, "Efforts"))
    if not found.tasks:
        return [heading, Text(text(lang, "No effort runs on this day."))]
    head = (
        Column(text(lang, "Where"), share=0.75), Column(text(lang, "When"), share=0.55),
        Column(text(lang, "Why here"), share=1), Column(text(lang, "Do what"), share=1),
        Column(text(lang, "Who"), share=0.8),
    )  # fmt: skip
    shown = found.tasks[:_MOST_TASKS]
    blocks: list[Block] = [heading, TableBlock(columns=head, rows=tuple(_task(t, lang) for t in shown), small=True, wordy=True)]  # fmt: skip
    left = len(found.tasks) - len(shown)
    return blocks + ([Notes((plural(lang, "{n} more effort on the desk.", "{n} more efforts on the desk.", left),))] if left else [])  # fmt: skip


def _task(task: Task, lang: str) -> tuple[str, ...]:
    other = "" if task.now else f" ({text(lang, 'not in this shift')})"
    return (
        f"{cut(task.entry.title, 60)}: {cut(task.where, 60)}",
        f"{task.when}{other}",
        cut(task.why, _LONGEST),
        cut(task.what, _LONGEST),
        cut(task.who, 90),
    )


def _follow_ups(found: Card, lang: str, reads_log: bool) -> list[Block]:
    heading = Heading(text(lang, "Follow-ups due within {n} days", n=AHEAD))
    if not reads_log:
        return [heading, Text(text(lang, "The sector's log is not open to who prints this."))]
    if not found.follow_ups:
        return [heading, Text(text(lang, "None is due."))]
    shown = found.follow_ups[:_MOST_OPEN]
    rows = tuple(_follow_up(one, lang) for one in shown)
    head = (Column(text(lang, "Due")), Column(text(lang, "What"), share=1), Column(text(lang, "Author")))  # fmt: skip
    blocks: list[Block] = [heading, TableBlock(columns=head, rows=rows, small=True, wordy=True)]
    left = len(found.follow_ups) - len(shown)
    return blocks + ([Notes((plural(lang, "{n} more in the log.", "{n} more in the log.", left),))] if left else [])  # fmt: skip


def _noted(found: Card, lang: str) -> list[Block]:
    """Return lines to write on, as many as the page has room for."""
    used = min(len(found.tasks), _MOST_TASKS) + min(len(found.follow_ups), _MOST_OPEN) // 2
    lines = _LINES - used
    if lines <= 0:
        return []
    head = (Column(text(lang, "Time")), Column(text(lang, "Where")), Column(text(lang, "What"), share=1))  # fmt: skip
    blank = (" " * 16, " " * 30, "")
    return [Heading(text(lang, "Noted on the shift")), TableBlock(columns=head, rows=(blank,) * lines, tall=True)]  # fmt: skip


def _follow_up(one: FollowUp, lang: str) -> tuple[str, str, str]:
    late = f" ({plural(lang, '{n} day ago', '{n} days ago', one.overdue)})" if one.overdue else ""
    return f"{format_date(one.day, lang, year=False)}{late}", cut(one.entry.words, 150), one.entry.author  # fmt: skip
