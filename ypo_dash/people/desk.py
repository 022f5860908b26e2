"""The entries of the sector desk in the relational store: each a document with its history.

A document's key begins with the sector (or whatever `owner` says), so that one sector's entries are
found by a range of the index, and a new one ends in a random part, so that two people who write at
once never meet.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from ypo_dash.model.entries import Entry, Known, checked, columns_of, refuse_twin
from ypo_dash.model.errors import InputError
from ypo_dash.people import documents
from ypo_dash.people.documents import ALL, Edit, EditConflictError
from ypo_dash.store.designated import estates_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ypo_dash.people.access import Access
    from ypo_dash.people.database import Database
    from ypo_dash.people.documents import Held, Only
    from ypo_dash.store.snapshot import Snapshot

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Who writes, on which version that was seen (0: a new entry), and why.

    ``once`` is a new entry's form's own token: the same form sent again makes no second entry.
    """

    by: str
    seen: int = 0
    reason: str = ""
    once: str = ""


COMMON = "-"  # the owner of what belongs to no sector, station or area
_OWNERS = ("sector", "area", "station")


def known(snapshot: Snapshot) -> Known:
    """Return the words of a district that entries may name."""
    return Known(
        sectors=tuple(snapshot.sector_names),
        stations=tuple(snapshot.station_names),
        areas=tuple(estate.name for estate in estates_of(snapshot)),
        types=tuple(snapshot.taxonomy.offence),
        scenes=tuple(snapshot.taxonomy.scene),
    )


def owner(content: Mapping[str, str]) -> str:
    """Return what an entry belongs to: its sector, area or station."""
    return next((content[name] for name in _OWNERS if content.get(name)), COMMON)


def entries(
    access: Access, kind: type[E], belongs_to: str | None = None, *, only: Only = ALL
) -> list[E]:
    """Return the entries of a kind that are not removed, of one owner or of all, as they were made."""
    if not access.has_database:
        return []
    prefix = "" if belongs_to is None else f"{belongs_to}/"
    with access.database.session() as session:
        held = documents.everything(session, kind.KIND, prefix=prefix, only=only)
    return [_entry(kind, one) for one in held]


def find(access: Access, kind: type[E], key: str) -> E | None:
    """Return an entry; None where there is none, or it was removed."""
    if not access.has_database:
        return None
    with access.database.session() as session:
        held = documents.find(session, kind.KIND, key)
    return None if held is None or held.content is None else _entry(kind, held)


@cache
def _names(kind: type[Entry]) -> tuple[str, ...]:
    return tuple(columns_of(kind))


def _entry(kind: type[E], held: Held) -> E:
    content = held.content or {}
    values = {name: str(content.get(name) or "") for name in _names(kind)}  # type: ignore[arg-type]
    return kind(
        key=held.key,
        version=held.version,
        changed=held.changed,
        changed_by=held.changed_by,
        **values,
    )


def add(
    store: Database, kind: type[E], given: Mapping[str, str], words: Known, writing: Writing
) -> E:
    """Add an entry; one that the same form has added already is returned as it stands now.

    Raises
    ------
    InputError
        A column of it is missing or impossible, another entry has what no two may have, or it was
        added before and taken away since.
    """
    content = checked(kind, given, words)
    key = _new_key(content, writing)
    _alone(store, kind, key, content)
    edit = Edit(content=content, seen=0, by=writing.by)
    try:
        return _entry(kind, documents.save(store, kind.KIND, key, edit))
    except EditConflictError as error:  # the key is of this content and this form: it is this entry
        if not writing.once or error.now is None:
            raise
        if error.now.content is None:
            raise InputError("This was saved before, and has been taken away since.") from None
        return _entry(kind, error.now)


def _alone(store: Database, kind: type[Entry], key: str, content: Mapping[str, str]) -> None:
    """Raise InputError where another entry has what no two of a kind may have."""
    if kind.ONCE:
        with store.session() as session:
            held = {one.key: one.content or {} for one in documents.everything(session, kind.KIND)}
        refuse_twin(kind, key, content, held)


def _new_key(content: Mapping[str, str], writing: Writing) -> str:
    """Return a random key, or the one that belongs to a form's token and what it sends.

    What is sent with the same token and other words is another entry: nothing written is lost.
    """
    if not writing.once:
        return f"{owner(content)}/{secrets.token_hex(6)}"
    said = json.dumps([writing.once, writing.by, content], sort_keys=True)
    return f"{owner(content)}/{hashlib.sha256(said.encode()).hexdigest()[:24]}"


def is_there(
    store: Database, kind: type[Entry], given: Mapping[str, str], words: Known, writing: Writing
) -> bool:
    """Whether the same form has added its entry already.

    Raises
    ------
    InputError
        A column of it is missing or impossible, or another entry has what no two may have.
    """
    content = checked(kind, given, words)
    key = _new_key(content, writing)
    _alone(store, kind, key, content)
    with store.session() as session:
        return documents.find(session, kind.KIND, key) is not None


def changed_content(
    store: Database, entry: Entry, given: Mapping[str, str], words: Known
) -> dict[str, str]:
    """Return what an entry would hold after a change; columns that are not given stay.

    Raises
    ------
    InputError
        A column of it is missing or impossible, it would move to another sector, or another entry
        has what no two may have.
    """
    content = checked(type(entry), {**content_of(entry), **given}, words)
    if content.get("sector", "") != getattr(entry, "sector", ""):
        # Its key names the one it is read in.
        raise InputError("an entry stays in its sector", column="sector")
    _alone(store, type(entry), entry.key, content)
    return content


def change(
    store: Database, entry: E, given: Mapping[str, str], words: Known, writing: Writing
) -> E:
    """Change an entry as `changed_content` says; its key and its sector stay.

    Raises
    ------
    InputError
        The change is impossible.
    EditConflictError
        Somebody changed it after the version that was seen.
    """
    content = changed_content(store, entry, given, words)
    edit = Edit(content=content, seen=writing.seen, by=writing.by, reason=writing.reason)
    return _entry(type(entry), documents.save(store, entry.KIND, entry.key, edit))


def remove(store: Database, entry: Entry, writing: Writing) -> None:
    """Take an entry away; its history stays.

    Raises
    ------
    EditConflictError
        Somebody changed it after the version that was seen.
    """
    edit = Edit(content=None, seen=writing.seen, by=writing.by, reason=writing.reason)
    documents.save(store, entry.KIND, entry.key, edit)


def erase(store: Database, entry: Entry) -> None:
    """Erase an entry with its history; nothing of it is left in the store."""
    documents.erase(store, entry.KIND, entry.key)


def content_of(entry: Entry) -> dict[str, str]:
    """Return an entry's columns, as a form or a file has them."""
    return {name: getattr(entry, name) for name in columns_of(type(entry))}
