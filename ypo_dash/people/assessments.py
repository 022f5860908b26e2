"""Assessments of a quarter: drafted together, reviewed, signed with their evidence, never changed after.

A document is named ``2012-Q3/1``: the quarter and the number of the assessment; a correction is the
next number and names the one it corrects. Every version is sealed (`ypo_dash.people.sealing`), so
that what somebody changes in the database by hand is told and never taken for what was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ypo_dash.model.assessment import NOTHING_SAID, Said, Texts
from ypo_dash.people import documents
from ypo_dash.people.documents import Edit, EditConflictError, Held
from ypo_dash.people.sealing import Sealer, canonical, digest
from ypo_dash.people.tables import Document, DocumentChange

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from ypo_dash.people.access import Access

KIND = "assessment"
DRAFT, REVIEW, SIGNED = STATES = "draft", "review", "signed"
ALTERED, UNCHECKED = "altered", "unchecked"  # by hand in the database; the key is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment as it stands. ``problem`` is `ALTERED`, `UNCHECKED` or empty.

    ``corrects`` is the number of the one it corrects (0: none) and ``why`` the reason. Of a signed
    one ``evidence`` is the canonical JSON that was signed, ``sha256`` its digest.
    """

    quarter: str
    number: int
    version: int
    state: str
    texts: Texts
    written_by: tuple[str, ...]
    sent_by: str
    sent_at: str
    corrects: int
    why: str
    changed: datetime
    changed_by: str
    evidence: str = ""
    sha256: str = ""
    problem: str = ""

    @property
    def key(self) -> str:
        """The document's key."""
        return f"{self.quarter}/{self.number}"

    @property
    def is_signed(self) -> bool:
        """Whether it is signed and exactly what was signed."""
        return self.state == SIGNED and not self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What of a document is written; the seal comes on top."""

    state: str = DRAFT
    texts: Texts = field(default_factory=Texts)
    written_by: tuple[str, ...] = ()
    sent_by: str = ""
    sent_at: str = ""
    corrects: int = 0
    why: str = ""
    evidence: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "state": self.state,
            "parts": {name: said.content() for name, said in sorted(self.texts.parts.items())},
            "written_by": list(self.written_by),
            "sent_by": self.sent_by,
            "sent_at": self.sent_at,
            "corrects": self.corrects,
            "why": self.why,
            "evidence": self.evidence,
            "sha256": digest(self.evidence) if self.evidence else "",
        }


def content_of(one: Assessment) -> Content:
    """Return what is written of an assessment."""
    return Content(
        state=one.state, texts=one.texts, written_by=one.written_by, sent_by=one.sent_by,
        sent_at=one.sent_at, corrects=one.corrects, why=one.why, evidence=one.evidence,
    )  # fmt: skip


def assessments(access: Access, quarter: str = "") -> list[Assessment]:
    """Return the assessments of a quarter, of all without; by quarter, then number."""
    if not access.has_database:
        return []
    with access.database.session() as session:
        held = documents.everything(session, KIND, prefix=f"{quarter}/" if quarter else "")
        newest = _newest_versions(session)
    sealer = Sealer(access.home)
    found = [_assessment(one, sealer, newest.get(one.key, 0)) for one in held]
    return sorted(found, key=lambda one: (one.quarter, one.number))


def find(access: Access, quarter: str, number: int) -> Assessment | None:
    """Return one assessment; None where there is none."""
    return next((one for one in assessments(access, quarter) if one.number == number), None)


def _newest_versions(session: Session) -> dict[str, int]:
    """Return the newest version of each document that its history knows."""
    query = (
        select(Document.key, func.max(DocumentChange.version))
        .join(DocumentChange, DocumentChange.document_id == Document.id)
        .where(Document.kind == KIND)
        .group_by(Document.key)
    )
    return {str(key): int(version) for key, version in session.execute(query)}


def _sealed_text(key: str, version: int, content: dict[str, Any]) -> str:
    bare = {name: value for name, value in content.items() if name != "seal"}
    return f"{KIND}/{key}/{version}\n{canonical(bare)}"


def checked(sealer: Sealer, held: Held, newest: int) -> str:
    """Return what is wrong with a document: `ALTERED`, `UNCHECKED`, or nothing."""
    content = held.content or {}
    fits = sealer.fits(_sealed_text(held.key, held.version, content), str(content.get("seal", "")))
    if fits is None:
        return UNCHECKED
    evidence = str(content.get("evidence", ""))
    whole = content.get("sha256", "") == (digest(evidence) if evidence else "")
    return "" if fits and whole and held.version == newest else ALTERED


def _assessment(held: Held, sealer: Sealer, newest: int) -> Assessment:
    content = held.content or {}
    quarter, _, number = held.key.rpartition("/")
    parts = content.get("parts")
    known = parts if isinstance(parts, dict) else {}
    return Assessment(
        quarter=quarter,
        number=int(number) if number.isdigit() else 0,
        version=held.version,
        state=str(content.get("state", DRAFT)),
        texts=Texts({str(k): Said.of(v) for k, v in known.items() if isinstance(v, dict)}),
        written_by=tuple(str(name) for name in content.get("written_by") or ()),
        sent_by=str(content.get("sent_by", "")),
        sent_at=str(content.get("sent_at", "")),
        corrects=int(content.get("corrects") or 0),
        why=str(content.get("why", "")),
        changed=held.changed,
        changed_by=held.changed_by,
        evidence=str(content.get("evidence", "")),
        sha256=str(content.get("sha256", "")),
        problem=checked(sealer, held, newest),
    )


def put(access: Access, key: str, content: Content, edit: Edit) -> Held:
    """Write a version with its seal; ``edit`` has what was seen, by whom and why.

    Raises
    ------
    EditConflictError
        Somebody saved meanwhile; nothing was written.
    InputError
        The key that seals is missing or damaged.
    """
    plain = content.plain()
    with access.database.session() as session:
        first = session.scalar(select(Document.id).where(Document.kind == KIND).limit(1)) is None
    sealed = _sealed_text(key, edit.seen + 1, plain)
    plain["seal"] = Sealer(access.home).seal(sealed, first=first)
    written = Edit(content=plain, seen=edit.seen, by=edit.by, reason=edit.reason)
    return documents.save(access.database, KIND, key, written)


def said_at(access: Access, key: str, version: int, part: str) -> Said:
    """Return what was said of a part in an earlier version; nothing where there was none."""
    with access.database.session() as session:
        changes = documents.history(session, KIND, key)
        after = next((c.after for c in changes if c.version == version), None)
    parts = (after or {}).get("parts") or {}
    return Said.of(parts[part]) if part in parts else NOTHING_SAID


def conflict(access: Access, key: str) -> EditConflictError:
    """Return that somebody saved meanwhile, with what stands now."""
    with access.database.session() as session:
        return EditConflictError(documents.find(session, KIND, key))
