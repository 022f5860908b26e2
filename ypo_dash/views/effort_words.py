"""Efforts in words: where, of which types, when."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import h3

from ypo_dash.i18n import format_date, join_words, number, plural, text
from ypo_dash.model.extent import Extent
from ypo_dash.views.desk_efforts import filters_of

if TYPE_CHECKING:
    from ypo_dash.model.desk import Effort
    from ypo_dash.store.snapshot import Snapshot


def place_words(snapshot: Snapshot, ground: str, lang: str) -> str:
    """Return sectors by name, hexagons by their number and width."""
    extent = Extent.read(ground)
    if not extent.cells:
        names = [f"{code} {snapshot.own_names.get(code, '')}".strip() for code in extent.sectors]
        return f"{text(lang, 'Sector') if len(names) == 1 else text(lang, 'Sectors')} {', '.join(names)}"
    area = number(sum(h3.cell_area(cell, unit="km^2") for cell in extent.cells), lang, 2)
    return plural(
        lang, "{n} hexagon, {area} km²", "{n} hexagons, {area} km²", len(extent.cells), area=area
    )


def type_words(snapshot: Snapshot, entry: Effort, lang: str) -> str:
    """Return an effort's types and hours in words."""
    names = [snapshot.taxonomy.offence[code].name(lang) for code in filters_of(entry).types]
    said = ", ".join(names) or text(lang, "all types")
    return f"{said}, {entry.hours.replace('-', '–')}" if entry.hours else said


def police_words(snapshot: Snapshot, entry: Effort, lang: str) -> str:
    """Return what must be said where an effort is of types that the police find themselves; else nothing."""
    offences = [snapshot.taxonomy.offence[code] for code in filters_of(entry).types]
    names = [o.name(lang) for o in offences if o.detection == "police_initiated"]
    if not names:
        return ""
    return text(lang, "{types}: found by the police themselves, so the effort's own work makes them more.", types=join_words(names, lang))  # fmt: skip


def where_words(snapshot: Snapshot, entry: Effort, lang: str) -> str:
    """Return what an effort's place is called, else what it is made of."""
    return entry.place_name or place_words(snapshot, entry.place, lang)


def when_words(entry: Effort, lang: str) -> str:
    """Return an effort's hours and its last day."""
    hours = entry.hours.replace("-", "–") or text(lang, "all day")
    until = text(lang, "until {date}", date=format_date(date.fromisoformat(entry.end), lang))
    return f"{hours}, {until}"
