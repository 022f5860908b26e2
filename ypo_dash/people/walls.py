"""The wall as people arrange it, and the notices on it: documents of two kinds, each with its history."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ypo_dash.model.errors import InputError
from ypo_dash.model.personal import has_cpr
from ypo_dash.model.rotation import FILE, Rotation
from ypo_dash.people import documents
from ypo_dash.people.documents import Edit

if TYPE_CHECKING:
    from pathlib import Path

    from ypo_dash.people.access import Access
    from ypo_dash.people.database import Database

WALL, ARRANGEMENT, NOTICE = "wall", "arrangement", "wall notice"
LONGEST_NOTICE = 140
NO_WORDS = "Write the notice: 1 to 140 characters."
NO_TIMES = "Write when the notice begins and when it ends, later than it begins."
HAS_CPR = "This looks like a civil registration number (CPR). A notice must not name persons: take it out."  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """The rotation in force: ``version`` 0 is the file's or the default, ``origin`` says which.

    ``problem`` is why the file could not be read; the default stands then.
    """

    rotation: Rotation
    version: int = 0
    origin: str = "default"
    by: str = ""
    changed: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the duty officer tells everybody; times are local and as they were written."""

    key: str
    version: int
    words: str
    since: str
    until: str
    author: str


def arranged(access: Access, home: Path) -> Arranged:
    """Return the rotation in force: the one arranged here, else the file's, else the default."""
    if access.has_database:
        with access.database.session() as session:
            held = documents.find(session, WALL, ARRANGEMENT)
        if held is not None and held.content is not None:
            return Arranged(
                rotation=Rotation.of(held.content, "the saved arrangement"),
                version=held.version,
                origin="arranged",
                by=held.changed_by,
                changed=held.changed,
            )
        seen = held.version if held is not None else 0
    else:
        seen = 0
    path = home / FILE
    if not path.exists():
        return Arranged(rotation=Rotation(), version=seen)
    try:
        return Arranged(rotation=Rotation.read(path), version=seen, origin="file")
    except InputError as error:
        return Arranged(rotation=Rotation(), version=seen, origin="default", problem=str(error))


def save_arrangement(store: Database, rotation: Rotation | None, *, seen: int, by: str) -> None:
    """Save an arrangement, or with None let the file stand again.

    Raises
    ------
    EditConflictError
        Somebody saved meanwhile.
    """
    content = None if rotation is None else rotation.content()
    documents.save(store, WALL, ARRANGEMENT, Edit(content=content, seen=seen, by=by))


def notices(access: Access) -> tuple[Notice, ...]:
    """Return all notices that were not taken down, those that ended too, in the order they were made."""
    if not access.has_database:
        return ()
    with access.database.session() as session:
        held = documents.everything(session, NOTICE)
    return tuple(_notice(one) for one in held)


def _notice(held: documents.Held) -> Notice:
    content = held.content or {}
    return Notice(
        key=held.key,
        version=held.version,
        words=content.get("words", ""),
        since=content.get("since", ""),
        until=content.get("until", ""),
        author=content.get("author", held.changed_by),
    )


def add_notice(store: Database, content: dict[str, str], by: str) -> None:
    """Put a notice up; see `notice_content`."""
    edit = Edit(content=content, seen=0, by=by)
    documents.save(store, NOTICE, secrets.token_hex(6), edit)


def remove_notice(store: Database, key: str, *, seen: int, by: str) -> None:
    """Take a notice down.

    Raises
    ------
    EditConflictError
        Somebody took it down meanwhile.
    """
    documents.save(store, NOTICE, key, Edit(content=None, seen=seen, by=by))


def notice_content(words: str, since: str, until: str, author: str) -> dict[str, str]:
    """Return a notice as it is stored.

    Parameters
    ----------
    since, until
        Local times such as ``2012-11-26T07:00``.

    Raises
    ------
    InputError
        It is empty, too long, without times, or names a person by number.
    """
    words = " ".join(words.split())
    if not 1 <= len(words) <= LONGEST_NOTICE or not words.isprintable():
        raise InputError(NO_WORDS)
    if has_cpr(words):
        raise InputError(HAS_CPR)
    try:
        begins, ends = datetime.fromisoformat(since), datetime.fromisoformat(until)
    except ValueError:
        raise InputError(NO_TIMES) from None
    if begins.tzinfo is not None or ends.tzinfo is not None or begins >= ends:
        raise InputError(NO_TIMES)
    return {
        "words": words,
        "since": begins.isoformat(timespec="minutes"),
        "until": ends.isoformat(timespec="minutes"),
        "author": author,
    }
