"""Forms of desk entries: the same for every kind, from its columns, and how what is sent is saved."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g

from ypo_dash.i18n import text
from ypo_dash.model.entries import Entry, Form, columns_of
from ypo_dash.model.errors import InputError
from ypo_dash.pages import bench
from ypo_dash.pages.desk_names import CHOICE_NAMES, COLUMN_NAMES
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ypo_dash.model.entries import Column
    from ypo_dash.pages.bench import Form as Sent
    from ypo_dash.store.snapshot import Snapshot

E = TypeVar("E", bound=Entry)
GONE = "This entry is not there any more."
_ONCE = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input of a form; ``choices`` are (value, shown) pairs, empty where anything may be written."""

    name: str
    label: str
    form: Form
    value: str
    required: bool
    longest: int
    choices: tuple[tuple[str, str], ...] = ()


def form_fields(
    kind: type[Entry],
    snapshot: Snapshot,
    lang: str,
    values: Mapping[str, str],
    *,
    leave_out: Sequence[str] = (),
    choices: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> list[Field]:
    """Return the inputs for a kind, filled with ``values``.

    Parameters
    ----------
    leave_out
        Columns that the page gives itself.
    choices
        For columns whose choices only the page knows: partners by key, for instance.
    """
    given = choices or {}
    return [
        Field(
            name=name,
            label=text(lang, COLUMN_NAMES[name]),
            form=one.form,
            value=values.get(name, ""),
            required=one.required,
            longest=one.longest,
            choices=tuple(given.get(name) or _choices(one, snapshot, lang)),
        )
        for name, one in columns_of(kind).items()
        if name not in leave_out
    ]


def _choices(one: Column, snapshot: Snapshot, lang: str) -> list[tuple[str, str]]:
    if one.form is Form.CHOICE:
        return [(value, choice_name(value, lang)) for value in one.choices]
    if one.form is Form.SECTOR:
        return [(s.id, f"{s.id} {s.own_name}".strip()) for s in snapshot.sectors]
    if one.form is Form.STATION:
        return [(key, names[lang]) for key, names in snapshot.station_names.items()]
    if one.form is Form.AREA:
        return [(name, name) for name in desk.known(snapshot).areas]
    return []


def choice_name(value: str, lang: str) -> str:
    """Return a choice as people call it."""
    return text(lang, CHOICE_NAMES[value])


def saved(snapshot: Snapshot, kind: type[E], form: Sent, given: Mapping[str, str]) -> E:
    """Save what a form sent: a new entry, or with ``key`` the one it names, on the version it saw.

    The caller has asked for the right to write. The record has the change before it is made.

    Raises
    ------
    InputError
        A column is missing or impossible, in words for people.
    EditConflictError
        Somebody changed it meanwhile.
    """
    words, store = desk.known(snapshot), g.access.database
    key = form.get("key", "")
    if not key:
        new = Writing(by=g.person.name, once=_once(form))
        if not desk.is_there(store, kind, given, words, new):
            bench.changed(snapshot, f"{kind.KIND} added: {desk.owner(given)}", "")
        return desk.add(store, kind, given, words, new)
    entry = found(kind, key)
    desk.changed_content(store, entry, given, words)  # what is refused is no change in the record
    bench.changed(snapshot, f"{kind.KIND} changed: {key}", "")
    writing = Writing(by=g.person.name, seen=bench.seen_version(form))
    return desk.change(store, entry, given, words, writing)


def entry_id(key: str) -> str:
    """Return where on a page an entry stands, by its key."""
    return "entry-" + re.sub(r"[^0-9A-Za-z]+", "-", key)


def once_token() -> str:
    """Return a new form's own token: sent again, it makes no second entry."""
    return secrets.token_hex(12)


def _once(form: Sent) -> str:
    given = form.get("once", "")
    return given if _ONCE.fullmatch(given) else ""


def written(kind: type[Entry], form: Sent) -> dict[str, str]:
    """Return every column of a kind as a form sent it; empty where it sent none."""
    return {name: form.get(name, "") for name in columns_of(kind)}


def is_later(written: str, day: date) -> bool:
    """Whether a date that a form sent is after ``day``; what is no date is not."""
    try:
        return date.fromisoformat(written.strip()) > day
    except ValueError:
        return False  # said with all that is wrong in a form


def author(form: Sent, field: str = "author") -> str:
    """Return who writes: the person who is signed in, else the name that the form gives."""
    if g.visit is None:
        return form.get(field, "")
    return str(g.person.full_name or g.person.name)


def removed(snapshot: Snapshot, kind: type[Entry], form: Sent, sector: str = "") -> None:
    """Take the entry away that a form names; with ``sector`` only one of that sector.

    Raises
    ------
    InputError
        It is gone already.
    EditConflictError
        Somebody changed it meanwhile.
    """
    entry = found(kind, form.get("key", ""), sector)
    bench.changed(snapshot, f"{kind.KIND} removed: {entry.key}", "")
    writing = Writing(by=g.person.name, seen=bench.seen_version(form))
    desk.remove(g.access.database, entry, writing)


def found(kind: type[E], key: str, sector: str = "") -> E:
    """Return the entry with a key; with ``sector`` only one of that sector.

    Raises
    ------
    InputError
        There is none.
    """
    entry = desk.find(g.access, kind, key[:200])
    if entry is None or (sector and getattr(entry, "sector", "") != sector):
        raise InputError(GONE)
    return entry


def entry_values(entry: Entry | None, mine: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form shows: what was written and refused, else what is saved."""
    held = desk.content_of(entry) if entry is not None else {}
    return {**held, **{k: str(v) for k, v in mine.items()}}
