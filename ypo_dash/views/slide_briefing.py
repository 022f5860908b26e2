"""Briefing cards on the wall: a sector's efforts of the coming shift. No texts of logs, no points."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ypo_dash.i18n import number, plural, text
from ypo_dash.model.filters import Filters
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.briefing_card import AHEAD, cut, next_shift, runs
from ypo_dash.views.briefing_card import card as card_of
from ypo_dash.views.effort_map import place_map
from ypo_dash.views.extents import sectors_of
from ypo_dash.views.facts import Fact
from ypo_dash.views.slide import Footer, Slide, day_words, hours_words
from ypo_dash.views.slide_words import facts, whole_place

if TYPE_CHECKING:
    from ypo_dash.views.briefing_card import Card, Shift, Task
    from ypo_dash.views.slide import Wall

_MOST_LINES = 3
_TEXT = 44.0  # what maps write at
_LONGEST, _SHARED = 100, 60  # letters of what is done: of one effort, of each of several


def shift_of(wall: Wall) -> Shift:
    """Return the shift that a wall's cards are for."""
    return next_shift(wall.clock.now, wall.rotation.shifts)


def sectors(wall: Wall, station: str = "", sector: str = "") -> list[str]:
    """Return the sectors with an effort in the coming shift, of a station or one where that is asked."""
    shift = shift_of(wall)
    on = [e for e in wall.held.efforts if runs(e, shift)]
    busy = {reached for e in on for reached in sectors_of(wall.snapshot, e)}
    wanted = set(wall.snapshot.station_sectors.get(station, ())) if station else busy
    return [s for s in wall.snapshot.sector_names if s in busy & wanted and sector in ("", s)]


def card(wall: Wall, sector: str) -> Slide | None:
    """Return a sector's card; None where no effort of it is on in the coming shift."""
    if sector not in sectors(wall):
        return None
    lang, shift = wall.lang, shift_of(wall)
    found = card_of(wall.snapshot, wall.held, _week(wall, sector), shift, lang)
    tasks = [task for task in found.tasks if task.now]
    return Slide(
        key=f"card-{sector}",
        place=text(lang, "Briefing: sector {id}", id=whole_place(sector, wall.snapshot.own_names[sector])),
        sentence=_sentence(tasks, lang),
        picture=place_map(
            wall.snapshot, sector, [task.entry for task in tasks], theme=wall.theme,
            size=(pictures.WIDE, pictures.HIGH), text=_TEXT,
            title=text(lang, "Where the efforts are"),
        ),
        numbers=facts(_open(found, lang)),
        lines=_lines(found, tasks),
        footer=Footer(
            period=_shift_words(shift, lang),
            caption=_who(tasks, lang),
        ),
        what="briefing card on the wall",
    )  # fmt: skip


def _week(wall: Wall, sector: str) -> Filters:
    """Return the last two weeks: the latest whole week of it is the one that is judged."""
    span = wall.snapshot.span
    assert span is not None  # noqa: S101 - without data no slide is made
    first = max(span[0], span[1] - timedelta(days=13))
    return Filters(date_from=first, date_to=span[1], sectors=(sector,))


def _sentence(tasks: list[Task], lang: str) -> str:
    if len(tasks) == 1:
        return text(lang, "{title}: {where}.", title=cut(tasks[0].entry.title, 60), where=tasks[0].types)  # fmt: skip
    first = cut(tasks[0].entry.title, 50)
    return plural(lang, "{title}, and {n} more effort.", "{title}, and {n} more efforts.", len(tasks) - 1, title=first)  # fmt: skip


def _lines(found: Card, tasks: list[Task]) -> tuple[str, ...]:
    # What is new comes first: what does not fit on the screen gives way from the last.
    said = [cut(words, _LONGEST) for words in found.unusual[:1]]
    longest = _LONGEST if len(tasks) == 1 else _SHARED
    for task in tasks[:_MOST_LINES]:
        name = "" if len(tasks) == 1 else f"{cut(task.entry.title, 32)}: "
        said.append(f"{name}{cut(task.where, 36)}, {task.when}. {cut(task.what, longest)}")
    if len(tasks) == 1:
        said.append(cut(tasks[0].why, longest))
    return tuple(said)


def _who(tasks: list[Task], lang: str) -> str:
    """Return who is in charge, each once."""
    names = dict.fromkeys(task.entry.lead for task in tasks)
    return f"{text(lang, 'In charge')}: {'; '.join(cut(name, 40) for name in names)}"


def _open(found: Card, lang: str) -> Fact | None:
    """Return how many follow-ups are due; what they say stays in the log."""
    if not found.follow_ups:
        return None
    return Fact(
        text(lang, "Follow-ups due within {n} days", n=AHEAD), number(len(found.follow_ups), lang)
    )


def _shift_words(shift: Shift, lang: str) -> str:
    words = f"{day_words(shift.day, lang)}/{shift.day.year}"
    if shift.hours is None:
        return words
    return text(lang, "{day}, shift {hours}", day=words, hours=hours_words(shift.hours.start, shift.hours.end))  # fmt: skip
