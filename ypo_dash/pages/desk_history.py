"""What an entry of the desk said before: who wrote it when, its text, and what else was different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.i18n import text
from ypo_dash.model.desk import Partner
from ypo_dash.model.entries import Form, columns_of
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import choice_name
from ypo_dash.pages.desk_names import COLUMN_NAMES
from ypo_dash.pages.plain import current_zone, local_time
from ypo_dash.people import desk
from ypo_dash.views.log import place_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.model.entries import Column, Entry
    from ypo_dash.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier version; ``different`` are (column, value) in words of what the next one changed."""

    who: str
    when: str
    content: Mapping[str, Any]
    different: list[tuple[str, str]]


def earlier(entry: Entry, snapshot: Snapshot, lang: str, words: str = "words") -> list[Earlier]:
    """Return the earlier versions of an entry, newest first.

    Parameters
    ----------
    words
        The column whose text is shown whole; it is not among ``different``.
    """
    found: list[Earlier] = []
    after: Mapping[str, Any] = {}
    for n, change in enumerate(bench.changes_of(entry.KIND, entry.key)):
        content = change.after or {}
        if n:
            found.append(
                Earlier(
                    who=bench.person_name(lang)(change.by),
                    when=local_time(change.at, current_zone())[:-3],
                    content=content,
                    different=different(type(entry), (content, after), snapshot, lang, words),
                )
            )  # fmt: skip
        after = content
    return found


def different(
    kind: type[Entry],
    two: tuple[Mapping[str, Any], Mapping[str, Any]],
    snapshot: Snapshot,
    lang: str,
    leave_out: str = "",
) -> list[tuple[str, str]]:
    """Return (column, value) in words of the first of two contents where the second differs."""
    first, second = two
    return [
        (text(lang, COLUMN_NAMES[name]), _shown(one, str(first.get(name) or ""), snapshot, lang))
        for name, one in columns_of(kind).items()
        if name != leave_out and (first.get(name) or "") != (second.get(name) or "")
    ]


def _shown(column: Column, value: str, snapshot: Snapshot, lang: str) -> str:
    """Return a value as people read it."""
    if not value:
        return "–"
    if column.form is Form.CHOICE:
        return choice_name(value, lang)
    if column.form is Form.FLAG:
        return text(lang, "ticked")
    if column.form is Form.PLACE:
        place = place_words(snapshot, value, lang)
        return place.words if place else value
    if column.form is Form.PARTNER:
        partner = desk.find(g.access, Partner, value)
        return partner.name if partner else text(lang, "a partner that is not there any more")
    return bench.day_text(value, lang)
