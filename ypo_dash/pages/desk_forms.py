"""Forms of desk entries: the same for every kind, from its columns, and how what is sent is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g

from ypo_dash.i18n import text
from ypo_dash.model.desk import KINDS
from ypo_dash.model.entries import Entry, Form, columns_of
from ypo_dash.model.errors import InputError
from ypo_dash.pages import bench
from ypo_dash.pages.desk_names import CHOICE_NAMES, COLUMN_NAMES, KIND_NAMES
from ypo_dash.people import desk
from ypo_dash.people.desk import Writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ypo_dash.model.entries import Column
    from ypo_dash.pages.bench import Form as Sent
    from ypo_dash.store.snapshot import Snapshot

E = TypeVar("E", bound=Entry)
GONE = "This entry is not there any more."


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
        bench.changed(snapshot, f"{kind.KIND} added: {desk.owner(given)}", "")
        return desk.add(store, kind, given, words, g.person.name)
    entry = found(kind, key)
    bench.changed(snapshot, f"{kind.KIND} changed: {key}", "")
    writing = Writing(by=g.person.name, seen=bench.seen_version(form))
    return desk.change(store, entry, given, words, writing)


def removed(snapshot: Snapshot, kind: type[Entry], form: Sent) -> None:
    """Take the entry away that a form names.

    Raises
    ------
    InputError
        It is gone already.
    EditConflictError
        Somebody changed it meanwhile.
    """
    entry = found(kind, form.get("key", ""))
    bench.changed(snapshot, f"{kind.KIND} removed: {entry.key}", "")
    writing = Writing(by=g.person.name, seen=bench.seen_version(form))
    desk.remove(g.access.database, entry, writing)


def found(kind: type[E], key: str) -> E:
    """Return the entry with a key.

    Raises
    ------
    InputError
        There is none.
    """
    entry = desk.find(g.access, kind, key[:200])
    if entry is None:
        raise InputError(GONE)
    return entry


def kind_name(kind: type[Entry], lang: str) -> str:
    """Return what a kind of entry is called."""
    return text(lang, KIND_NAMES[kind.KIND])


def entry_values(entry: Entry | None, mine: Mapping[str, Any]) -> dict[str, str]:
    """Return what a form shows: what was written and refused, else what is saved."""
    held = desk.content_of(entry) if entry is not None else {}
    return {**held, **{k: str(v) for k, v in mine.items()}}


assert all(name in KIND_NAMES for name in KINDS)  # noqa: S101 - every kind has its words
