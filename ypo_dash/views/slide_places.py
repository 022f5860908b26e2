"""Slides of places: the district since the last briefing, a local station, the sectors, one sector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import number, text
from ypo_dash.model.briefings import since_briefing
from ypo_dash.model.filters import Filters
from ypo_dash.store.gaps import is_coarse
from ypo_dash.store.query import summarise
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.change import FEW, FEWER, MORE, NONE, sector_changes
from ypo_dash.views.compared import compared
from ypo_dash.views.facts import Fact
from ypo_dash.views.slide import Slide, day_words, footer
from ypo_dash.views.slide_spans import (
    before_words,
    change_words,
    line_words,
    recent,
    sectors_words,
    unchanged_words,
    verdict_words,
    week_words,
)
from ypo_dash.views.slide_words import (
    beyond,
    count_fact,
    count_sentence,
    facts,
    lost_fact,
    mean_fact,
    most_words,
    short_place,
    type_sentence,
    whole_place,
)
from ypo_dash.views.tables import count_value
from ypo_dash.views.words import count_text, incidents_text

if TYPE_CHECKING:
    from ypo_dash.views.compared import Compared
    from ypo_dash.views.slide import Wall

_MOST_LINES = 3
_MOST_SECTORS = 7


def briefing_filters(wall: Wall) -> Filters | None:
    """Return the state "since the last briefing"; None where the data end before it.

    The dates end with the data. Where incidents are dated by the month it is the last whole month.
    """
    span = wall.snapshot.span
    assert span is not None  # noqa: S101 - without data no slide is made
    if is_coarse(wall.snapshot):
        first, last = recent(wall)
        return Filters(date_from=first, date_to=last)
    found = since_briefing(wall.clock.now, wall.rotation.briefings)
    if found.first > span[1]:
        return None
    return Filters(date_from=found.first, date_to=min(found.last, span[1]), hours=found.hours)


def briefing(wall: Wall) -> Slide:
    """Return the district since the last briefing: a map, the count, what is unusual."""
    lang, span = wall.lang, wall.snapshot.span
    filters = briefing_filters(wall)
    place = text(lang, "Since the last briefing")
    if filters is None or span is None:
        said = text(lang, "No data yet since the last briefing.")
        ends = text(lang, "The data end on {day}.", day=day_words(span[1], lang) if span else "–")
        return Slide(key="briefing", place=place, sentence=said, lines=(ends,))
    found = compared(wall.snapshot, filters)
    flagged = beyond(found)
    lines = [type_sentence(wall, found, row) for row in flagged[:_MOST_LINES]]
    lines = lines or [_none_beyond(found, lang), most_words(wall, found.summary)]
    lines.append(_still_missing(wall, filters, found))
    return Slide(
        key="briefing",
        place=place,
        sentence=count_sentence(found, _when(wall, filters), lang),
        picture=pictures.count_map(wall, filters, text(lang, "Incidents by sector")),
        numbers=facts(count_fact(found, lang), lost_fact(found.summary, lang)),
        lines=tuple(line for line in lines if line),
        footer=footer(wall, filters),
    )


def _when(wall: Wall, filters: Filters) -> str:
    first, last = filters.period(wall.snapshot.span)
    if is_coarse(wall.snapshot):
        return text(wall.lang, "in the month")
    if filters.hours is not None:
        return text(wall.lang, "since the last briefing")
    if first == last:
        return text(wall.lang, "on {day}", day=day_words(first, wall.lang))
    return text(wall.lang, "since {day}", day=day_words(first, wall.lang))


def _none_beyond(found: Compared, lang: str) -> str:
    return text(lang, "No type demonstrably beyond the normal.") if found.ranged else ""


def _still_missing(wall: Wall, filters: Filters, found: Compared) -> str:
    """Return what the count can't hold yet."""
    span, window = wall.snapshot.span, since_briefing(wall.clock.now, wall.rotation.briefings)
    assert span is not None  # noqa: S101 - as above
    wraps = filters.hours is not None and filters.hours.wraps
    if wraps and window.end.date() > span[1] and not is_coarse(wall.snapshot):
        return text(wall.lang, "The data end at midnight; what came later is missing.")
    usual = found.all.usual
    if usual is not None and usual.verdict == FEWER:
        return text(wall.lang, "Fewer may only mean that reports are still to come.")
    return ""


def station(wall: Wall, key: str) -> Slide:
    """Return a local station's last seven days; its last month where incidents are dated by it."""
    lang = wall.lang
    first, last = recent(wall, 7)
    filters = Filters(date_from=first, date_to=last, station=key)
    found = compared(wall.snapshot, filters)
    flagged = beyond(found)
    lines = [type_sentence(wall, found, row) for row in flagged[:_MOST_LINES]]
    lines = lines or [_none_beyond(found, lang), most_words(wall, found.summary)]
    name = wall.snapshot.station_names[key][lang]
    return Slide(
        key=f"station-{key}",
        place=text(lang, "Local station {name}", name=name),
        sentence=count_sentence(found, week_words(wall), lang),
        picture=pictures.count_map(wall, filters, name, inside=wall.snapshot.station_sectors[key]),
        numbers=facts(count_fact(found, lang), mean_fact(found, lang)),
        lines=tuple(line for line in lines if line),
        footer=footer(wall, filters),
    )


def sectors(wall: Wall) -> Slide:
    """Return the sectors with the most out of the ordinary in four weeks, against the four before."""
    lang = wall.lang
    first, last = recent(wall)
    filters = Filters(date_from=first, date_to=last)
    ids, found = sector_changes(wall.snapshot, filters)
    order = sorted(range(len(ids)), key=lambda i: (found.p[i], -abs(found.difference[i])))
    shown = [i for i in order if found.verdict[i] in (MORE, FEWER)]
    if shown:
        said = _change_sentence(wall, ids[shown[0]], found[shown[0]].difference)
    else:
        said = unchanged_words(wall)
    top = sorted(range(len(ids)), key=lambda i: (i not in shown, -found.count[i]))[:_MOST_SECTORS]
    names = wall.snapshot.own_names
    rows = [
        (short_place(ids[i], names[ids[i]]), float(found.count[i]), number(found.count[i], lang), i in shown)
        for i in top
    ]  # fmt: skip
    before = [float(found.count[i] - found.difference[i]) for i in top]
    more = sum(1 for i in shown if found.verdict[i] == MORE)
    return Slide(
        key="sectors",
        place=sectors_words(wall),
        sentence=said,
        picture=pictures.bar_chart(wall, rows, text(lang, "Incidents by sector"), before),
        numbers=facts(
            Fact(text(lang, "Sectors with more"), number(more, lang)),
            Fact(text(lang, "Sectors with fewer"), number(len(shown) - more, lang)),
        ),
        lines=(line_words(wall),),
        footer=footer(wall, filters),
    )


def _change_sentence(wall: Wall, sector: str, difference: float) -> str:
    amount = number(abs(difference), wall.lang, 0)
    return change_words(wall, sector, amount, more=difference > 0)


def focus(wall: Wall) -> str:
    """Return the sector whose four weeks differ most from the four before."""
    first, last = recent(wall)
    ids, found = sector_changes(wall.snapshot, Filters(date_from=first, date_to=last))
    return ids[min(range(len(ids)), key=lambda i: (found.p[i], -abs(found.difference[i]), i))]


def sector(wall: Wall, key: str) -> Slide:
    """Return one sector's four weeks against the four before, with where in it they happened."""
    lang = wall.lang
    first, last = recent(wall)
    filters = Filters(date_from=first, date_to=last, sectors=(key,))
    summary = summarise(wall.snapshot, filters)
    ids, of_all = sector_changes(wall.snapshot, filters)
    change = of_all[ids.index(key)]
    counted = incidents_text(summary, count_value(summary.total), lang)
    said = verdict_words(wall, counted, _verdict(change.verdict, lang))
    return Slide(
        key=f"sector-{key}",
        place=text(lang, "Sector {id}", id=whole_place(key, wall.snapshot.own_names[key])),
        sentence=said,
        picture=pictures.sector_map(wall, key, filters),
        numbers=facts(
            Fact(text(lang, "Incidents"), count_text(summary, count_value(summary.total), lang)),
            Fact(before_words(wall), number(change.before, lang)),
        ),
        lines=tuple(line for line in (most_words(wall, summary),) if line),
        footer=footer(wall, filters),
    )


def _verdict(verdict: str, lang: str) -> str:
    return {
        MORE: text(lang, "more than before"),
        FEWER: text(lang, "fewer than before"),
        NONE: text(lang, "no demonstrable change"),
        FEW: text(lang, "too few to tell"),
    }[verdict]
