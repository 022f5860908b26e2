"""The sentences of wall slides: a count, when, and how it stands to the normal; at most twelve words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ypo_dash.i18n import join_words, number, percent, text
from ypo_dash.views.facts import Fact
from ypo_dash.views.tables import count_value
from ypo_dash.views.usual_days import FEW, FEWER, HISTORY, MORE, NORMAL
from ypo_dash.views.words import count_text, incidents_text

if TYPE_CHECKING:
    from ypo_dash.store.query import Summary
    from ypo_dash.views.compared import Compared, TypeRow
    from ypo_dash.views.slide import Wall
    from ypo_dash.views.usual_days import Usual

_TOP = 3
_LONGEST_PLACE = 20
_JOINED = re.compile(r"\s+(?:&|/|–|og|and)\s+|\s*,\s*")


def verdict_words(usual: Usual | None, lang: str, count: float) -> str:
    """Return how a count stands to the normal; empty where the period has no range."""
    if usual is None:
        return ""
    if usual.verdict == NORMAL and usual.is_outside(count):
        return text(lang, "outside the normal, may be chance")
    return {
        NORMAL: text(lang, "within the normal"),
        MORE: text(lang, "more than normal"),
        FEWER: text(lang, "fewer than normal"),
        FEW: text(lang, "too few to tell"),
        HISTORY: text(lang, "too little history to tell"),
    }[usual.verdict]


def count_sentence(found: Compared, when: str, lang: str) -> str:
    """Return "27 incidents since the last briefing: within the normal."."""
    counted = incidents_text(found.summary, count_value(found.all.count), lang)
    verdict = verdict_words(found.all.usual, lang, found.all.count)
    return f"{counted} {when}: {verdict}." if verdict else f"{counted} {when}."


def beyond(found: Compared) -> list[TypeRow]:
    """Return the types beyond their range, more before fewer, the farthest first."""
    flagged = [
        row for row in found.rows if row.usual is not None and row.usual.verdict in (MORE, FEWER)
    ]
    return sorted(flagged, key=lambda row: (_is_fewer(row), -_distance(row)))


def type_sentence(wall: Wall, found: Compared, row: TypeRow) -> str:
    """Return "Burglary: 9, 2–6 would be normal."."""
    name = wall.snapshot.taxonomy.offence[row.code].name(wall.lang)
    counted = count_text(found.summary, count_value(row.count), wall.lang)
    return text(wall.lang, "{what}: {n}, normal is {range}.", what=name, n=counted, range=range_text(row.usual, wall.lang))  # fmt: skip


def range_text(usual: Usual | None, lang: str) -> str:
    """Return ``20–41``; a dash where no range is known."""
    if usual is None or usual.low is None or usual.high is None:
        return "–"
    return f"{number(usual.low, lang)}–{number(usual.high, lang)}"


def most_words(wall: Wall, summary: Summary, parts: int = 0) -> str:
    """Return "Most: Vandalism 5, Burglary 4 and Fire 3"; empty where nothing happened.

    Parameters
    ----------
    parts
        Into how many equal parts the period is divided: the numbers are means of one.
    """
    lang, offences = wall.lang, wall.snapshot.taxonomy.offences
    order = sorted(range(len(offences)), key=lambda i: -float(summary.types[i]))
    named = []
    for i in order[:_TOP]:
        n = float(summary.types[i])
        shown = number(n / parts, lang, 1) if parts else count_text(summary, count_value(n), lang)
        if n > 0:
            named.append(f"{offences[i].name(lang)} {shown}")
    return text(lang, "Most: {types}", types=join_words(named, lang)) if named else ""


def count_fact(found: Compared, lang: str) -> Fact:
    """Return the count of a state with its normal range as a note."""
    usual = found.all.usual
    note = ""
    if usual is not None and usual.low is not None:
        note = text(lang, "normal {range}", range=range_text(usual, lang))
    shown = count_text(found.summary, count_value(found.all.count), lang)
    return Fact(text(lang, "Incidents"), shown, note)


def mean_fact(found: Compared, lang: str) -> Fact | None:
    """Return the mean of the last four periods; None where the data do not cover them."""
    if found.all.mean is None:
        return None
    return Fact(text(lang, "Mean of the four before"), number(found.all.mean, lang, 1))


def lost_fact(summary: Summary, lang: str) -> Fact:
    """Return how many incidents are not on the map, and their share."""
    total, lost = count_value(summary.total), count_value(summary.no_coordinates + summary.outside)
    share = percent(lost / total, lang) if total else ""
    return Fact(text(lang, "Not on the map"), count_text(summary, lost, lang), share)


def whole_place(sector: str, name: str) -> str:
    """Return "14 Brønshøj & Husum"; the id alone where that is the name."""
    return sector if name == sector else f"{sector} {name}".strip()


def short_place(sector: str, name: str) -> str:
    """Return "14 Brønshøj" for "14" and "Brønshøj & Husum": whole words that one line has room for."""
    words = [] if name == sector else _JOINED.split(name)[0].split()
    while len(words) > 1 and len(f"{sector} {' '.join(words)}") > _LONGEST_PLACE:
        words.pop()
    return f"{sector} {' '.join(words)}".strip()


def facts(*found: Fact | None) -> tuple[Fact, ...]:
    """Return those that are known, at most three."""
    return tuple(fact for fact in found if fact is not None)[:3]


def _is_fewer(row: TypeRow) -> bool:
    return row.usual is not None and row.usual.verdict == FEWER


def _distance(row: TypeRow) -> float:
    """Return how far a count lies beyond its range, by the range's own width."""
    usual = row.usual
    if usual is None or usual.low is None or usual.high is None:
        return 0.0
    return max(row.count - usual.high, usual.low - row.count) / (usual.high - usual.low + 1)
