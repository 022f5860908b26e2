"""Slides of what is beyond chance: each finding of the latest week, hot spots; or one that says none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import number, plural, text
from ypo_dash.model.filters import Filters
from ypo_dash.views import slide_pictures as pictures
from ypo_dash.views.facts import Fact
from ypo_dash.views.hotspots import hotspots, sentence
from ypo_dash.views.judged import ALL_SECTORS, ALL_TYPES
from ypo_dash.views.normal import normal
from ypo_dash.views.slide import Slide, footer
from ypo_dash.views.slide_spans import recent, spots_words
from ypo_dash.views.slide_words import facts
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual import band

if TYPE_CHECKING:
    from ypo_dash.views.hotspots import HotSpots
    from ypo_dash.views.normal import Finding, Normal
    from ypo_dash.views.slide import Wall

MOST_FINDINGS = 5


def findings(wall: Wall) -> list[str]:
    """Return the keys of the latest week's findings, more before fewer, the surest first."""
    found = normal(wall.snapshot, Filters(), wall.lang).findings
    order = sorted(found, key=lambda one: one.flag == "fewer")  # else in the order they have
    return [f"{one.type}@{one.sector}" for one in order[:MOST_FINDINGS]]


def unusual(wall: Wall, key: str) -> Slide | None:
    """Return one finding's slide, or with an empty key the calm one; None for a finding that is gone."""
    found = normal(wall.snapshot, Filters(), wall.lang)
    for one in found.findings:
        if f"{one.type}@{one.sector}" == key:
            return _finding(wall, found, one)
    return None if key else _calm(wall, found)


def _finding(wall: Wall, found: Normal, one: Finding) -> Slide:
    lang = wall.lang
    assert found.week is not None  # noqa: S101 - there are findings
    filters = Filters(
        date_from=found.week,
        date_to=found.week + timedelta(days=6),
        types=() if one.type == ALL_TYPES else (one.type,),
        sectors=() if one.sector == ALL_SECTORS else (one.sector,),
    )
    what = _what(wall, one)
    low, high = number(one.low, lang), number(one.high, lang)
    counted = number(count_value(one.count), lang)
    lines = []
    if one.flag == "fewer" and found.provisional:
        lines.append(text(lang, "Fewer may only mean that reports are still to come."))
    if one.police:
        lines.append(text(lang, "What the police find themselves shows where they looked."))
    more = len(found.findings) - MOST_FINDINGS
    if more > 0:
        lines.append(plural(lang, "And {n} more finding.", "And {n} more findings.", more))
    return Slide(
        key=f"unusual-{one.type}@{one.sector}",
        place=text(lang, "Out of the ordinary in the week"),
        sentence=text(lang, "{what}: {n}, where {low}–{high} is normal.", what=what, n=counted, low=low, high=high),
        picture=pictures.weeks(wall, band(wall.snapshot, filters), what),
        numbers=facts(
            Fact(text(lang, "In the week"), counted),
            Fact(text(lang, "Normal"), f"{low}–{high}"),
            Fact(text(lang, "Expected"), number(one.expected, lang, 1)),
        ),
        lines=tuple(lines),
        footer=footer(wall, filters),
    )  # fmt: skip


def _what(wall: Wall, one: Finding) -> str:
    lang = wall.lang
    if one.type == ALL_TYPES:
        name = text(lang, "All types")
    else:
        name = wall.snapshot.taxonomy.offence[one.type].name(lang)
    if one.sector == ALL_SECTORS:
        return name
    return text(lang, "{what} in sector {sector}", what=name, sector=one.sector)


def _calm(wall: Wall, found: Normal) -> Slide:
    """Return the slide of a week without findings, or of data in which no week is whole."""
    lang = wall.lang
    place = text(lang, "Out of the ordinary in the week")
    if found.week is None or not found.tested:
        said = text(lang, "Too little history to say what is normal.")
        return Slide(key="unusual", place=place, sentence=said, lines=found.sentences[:2])
    filters = Filters(date_from=found.week, date_to=found.week + timedelta(days=6))
    counted = number(count_value(found.count), lang)
    numbers = [Fact(text(lang, "In the week"), counted)]
    if found.low is not None and found.high is not None:
        ends = f"{number(found.low, lang)}–{number(found.high, lang)}"
        numbers.append(Fact(text(lang, "Normal"), ends))
    return Slide(
        key="unusual",
        place=place,
        sentence=text(lang, "Nothing demonstrably beyond the normal in the week."),
        picture=pictures.weeks(wall, band(wall.snapshot, filters), text(lang, "All types")),
        numbers=facts(*numbers),
        lines=(text(lang, "{n} series were tested together.", n=number(found.tested, lang)),),
        footer=footer(wall, filters),
    )


def hot_spots(wall: Wall) -> Slide:
    """Return the map of hot spots of four weeks."""
    lang = wall.lang
    first, last = recent(wall)
    filters = Filters(date_from=first, date_to=last, measure="hotspot")
    found = hotspots(wall.snapshot, filters)
    hot = found.hot & found.shown
    groups = len(np.unique(found.group[hot]))
    stable = len(np.unique(found.group[hot & found.stable]))
    new = int((hot & (found.code == 1)).sum())
    return Slide(
        key="hotspots",
        place=spots_words(wall),
        sentence=_spots_sentence(found, groups, lang),
        picture=pictures.spot_map(wall, found, text(lang, "Hot spots")),
        numbers=facts(
            Fact(text(lang, "Hot spots"), number(groups, lang)),
            Fact(text(lang, "New hexagons"), number(new, lang)) if found.periods else None,
            Fact(text(lang, "Sure ones"), number(stable, lang), text(lang, "at every size")),
        )
        if groups
        else (),
        lines=() if groups else (sentence(found, lang),),
        footer=footer(wall, filters),
    )


def _spots_sentence(found: HotSpots, groups: int, lang: str) -> str:
    if not groups:
        if found.too_few:
            return text(lang, "Hot spots: too few incidents to tell.")
        return text(lang, "No hot spot: nowhere demonstrably more than expected.")
    places = {found.sector[i] for i in np.flatnonzero(found.hot & found.shown)}
    return text(
        lang,
        "{spots} in {places}.",
        spots=plural(lang, "{n} hot spot", "{n} hot spots", groups),
        places=plural(lang, "{n} sector", "{n} sectors", len(places)),
    )
