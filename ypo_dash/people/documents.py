"""What people edit together: versioned documents that lose no change and forget none.

A document is named by kind and key. Who saves says which version he has seen; if somebody else
saved meanwhile, nothing is written and he is told (`EditConflictError` carries what stands there
now). Every change keeps who, when, why, before and after. The same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from ypo_dash.people import database
from ypo_dash.people.tables import Document, DocumentChange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from ypo_dash.people.database import Database


@dataclass(frozen=True, slots=True)
class Held:
    """A document as it stands: ``version`` counts from 1, ``content`` None is a removed one."""

    key: str
    version: int
    content: dict[str, Any] | None
    changed: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to save: ``seen`` is the version it was made on, 0 for a new document."""

    content: dict[str, Any] | None
    seen: int
    by: str
    reason: str = ""


class EditConflictError(RuntimeError):
    """Somebody else saved meanwhile; ``now`` is what stands there (None: nothing), nothing was written."""

    def __init__(self, now: Held | None) -> None:
        self.now = now
        who = f"{now.changed_by} saved version {now.version}" if now else "it is gone"
        super().__init__(f"changed meanwhile: {who}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Which documents are asked for, by fields of their content: those ``filled``, those ``empty``."""

    filled: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return it in SQL, so that what is not asked for is never read."""
        said = {name: func.coalesce(Document.content[name].as_string(), "") for name in (*self.filled, *self.empty)}  # fmt: skip
        return [*(said[name] != "" for name in self.filled), *(said[name] == "" for name in self.empty)]  # fmt: skip


ALL = Only()


def everything(session: Session, kind: str, *, prefix: str = "", only: Only = ALL) -> list[Held]:
    """Return the documents of a kind that are not removed, in the order they were made.

    ``prefix`` is what their keys begin with.
    """
    # Columns, not objects: a station's log of five years is read in half the time.
    columns = (Document.key, Document.version, Document.content, Document.changed, Document.changed_by)  # fmt: skip
    query = select(*columns).where(Document.kind == kind, *only.conditions()).order_by(Document.id)
    if prefix:
        query = query.where(Document.key.startswith(prefix, autoescape=True))
    return [Held(*row) for row in session.execute(query) if row[2] is not None]


def keys(session: Session, kind: str) -> set[str]:
    """Return the keys of a kind, those of removed documents too."""
    return set(session.scalars(select(Document.key).where(Document.kind == kind)))


def find(session: Session, kind: str, key: str) -> Held | None:
    """Return a document, a removed one too; None where there never was one."""
    row = session.scalar(select(Document).where(Document.kind == kind, Document.key == key))
    return None if row is None else _held(row)


def save(store: Database, kind: str, key: str, edit: Edit) -> Held:
    """Write a change, or nothing.

    Raises
    ------
    EditConflictError
        The document is not at the version that was seen.
    """
    try:
        with store.session() as session:
            saved = write(session, kind, key, edit)
    except IntegrityError:  # another one made it at the same moment
        saved = None
    if saved is None:
        with store.session() as session:
            raise EditConflictError(find(session, kind, key))
    return saved


def write(session: Session, kind: str, key: str, edit: Edit) -> Held | None:
    """Write a change within a session that may hold others; None where the version seen is not there any more."""
    time = database.now()
    values = {"content": edit.content, "changed": time, "changed_by": edit.by}
    if edit.seen == 0:
        row = Document(kind=kind, key=key, version=1, **values)
        session.add(row)
        session.flush()
        before = None
    else:
        # The condition on the version is the lock: of two at once one changes no row.
        changed = session.execute(
            update(Document)
            .where(Document.kind == kind, Document.key == key, Document.version == edit.seen)
            .values(version=edit.seen + 1, **values)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            return None
        row = session.scalars(
            select(Document).where(Document.kind == kind, Document.key == key)
        ).one()
        before = (
            session.scalars(
                select(DocumentChange).where(
                    DocumentChange.document_id == row.id, DocumentChange.version == edit.seen
                )
            )
            .one()
            .after
        )
    session.add(
        DocumentChange(
            document_id=row.id,
            version=row.version,
            before=before,
            after=edit.content,
            at=time,
            by=edit.by,
            reason=edit.reason,
        )
    )
    return _held(row)


def erase(store: Database, kind: str, key: str) -> None:
    """Delete a document and all of its changes: what retention or a person's right asks for."""
    with store.session() as session:
        row = session.scalar(select(Document).where(Document.kind == kind, Document.key == key))
        if row is not None:
            session.execute(delete(DocumentChange).where(DocumentChange.document_id == row.id))
            session.delete(row)


def history(session: Session, kind: str, key: str) -> Sequence[DocumentChange]:
    """Return all changes of a document, newest first."""
    return session.scalars(
        select(DocumentChange)
        .join(Document, Document.id == DocumentChange.document_id)
        .where(Document.kind == kind, Document.key == key)
        .order_by(DocumentChange.version.desc())
    ).all()


def _held(row: Document) -> Held:
    return Held(row.key, row.version, row.content, row.changed, row.changed_by)
