"""Log entries whose time is over, and their erasure with all that was ever written in them.

An entry that contained personal data in any of its versions has the short time: its earlier texts
are kept with it, and go with it. Entries that were taken away have the same time as others, since
their history is kept until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ypo_dash.model.desk import LogEntry
from ypo_dash.model.retention import FILE, Retention
from ypo_dash.people import desk
from ypo_dash.people.entry import Action
from ypo_dash.people.tables import Document, DocumentChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ypo_dash.people.access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of one log entry, without its words: ``until`` is the last day of it."""

    key: str
    day: date
    until: date
    personal: bool
    removed: bool
    versions: int


def retention_of(access: Access) -> Retention:
    """Return the workspace's retention.

    Raises
    ------
    InputError
        ``desk.toml`` says something impossible.
    """
    return Retention.read(access.home / FILE)


def kept_until(
    retention: Retention, entry: LogEntry, earlier: Iterable[Mapping[str, Any] | None] = ()
) -> date:
    """Return the last day that an entry is kept; ``earlier`` are the contents it had before."""
    personal = bool(entry.personal) or any(one and one.get("personal") for one in earlier)
    return retention.kept_until(date.fromisoformat(entry.date), personal=personal)


def kept(access: Access, retention: Retention) -> list[Kept]:
    """Return all log entries with the last day of each, removed ones too, as they were made."""
    if not access.has_database:
        return []
    with access.database.session() as session:
        rows = session.execute(
            select(Document.key, Document.content, DocumentChange.after)
            .join(DocumentChange, DocumentChange.document_id == Document.id)
            .where(Document.kind == LogEntry.KIND)
            .order_by(Document.id, DocumentChange.version)
        ).all()
    contents: dict[str, list[Mapping[str, Any] | None]] = {}
    for key, _, after in rows:
        contents.setdefault(key, []).append(after)
    return [_kept(key, found, retention) for key, found in contents.items()]


def _kept(key: str, contents: list[Mapping[str, Any] | None], retention: Retention) -> Kept:
    written = [one for one in contents if one is not None]
    day = date.fromisoformat(str(written[-1]["date"]))
    personal = any(one.get("personal") for one in written)
    return Kept(
        key=key,
        day=day,
        until=retention.kept_until(day, personal=personal),
        personal=personal,
        removed=contents[-1] is None,
        versions=len(contents),
    )


def over(access: Access, retention: Retention, day: date) -> list[Kept]:
    """Return the entries whose last day is before ``day``: they are due for erasure."""
    return [one for one in kept(access, retention) if one.until < day]


def erase(access: Access, entries: Iterable[Kept], note: Callable[..., None]) -> int:
    """Erase entries with their history; returns how many.

    ``note`` records an erasure before it is made, with key and dates and never the words.

    Raises
    ------
    RecordError
        It can't be recorded: that entry and the ones after it are still there.
    """
    done = 0
    for one in entries:
        note(Action.ERASURE, f"log {one.key}", reason=_reason(one))
        desk.erase(access.database, LogEntry(key=one.key))
        done += 1
    if done:
        access.database.forget_erased()
    return done


def _reason(one: Kept) -> str:
    sort = "personal data" if one.personal else "ordinary"
    return f"retention: entry of {one.day}, kept until {one.until} ({sort}), {one.versions} versions"  # fmt: skip
