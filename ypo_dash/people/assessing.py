"""The life of an assessment: words written by several people, sent to review, signed, corrected."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ypo_dash.model.assessment import Texts
from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import ANYBODY
from ypo_dash.people import database
from ypo_dash.people.assessments import (
    DRAFT,
    REVIEW,
    SIGNED,
    Assessment,
    Content,
    assessments,
    conflict,
    content_of,
    find,
    put,
    said_at,
)
from ypo_dash.people.documents import Edit, EditConflictError
from ypo_dash.people.sealing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ypo_dash.model.assessment import Said
    from ypo_dash.people.access import Access

ALTERED_WORDS = "This assessment was altered in the database after it was written; it can't be worked on. Restore it from a copy, or begin a new version."
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who takes a step, on which version that was seen, and why; ``at`` (UTC) is now where None."""

    by: str
    seen: int
    reason: str = ""
    at: datetime | None = None

    @property
    def time(self) -> str:
        """The time as it is written down."""
        return (self.at or database.now()).isoformat(timespec="seconds")


def begin(access: Access, quarter: str, step: Step) -> Assessment:
    """Begin the first assessment of a quarter, empty.

    Raises
    ------
    EditConflictError
        Somebody else began it.
    """
    put(access, f"{quarter}/1", Content(), Edit(content=None, seen=0, by=step.by))
    return _there(access, quarter, 1)


def write(access: Access, one: Assessment, part: str, said: Said, step: Step) -> Assessment:
    """Put words into a draft. What others wrote of other parts meanwhile stays, and is no conflict.

    Raises
    ------
    InputError
        It is no draft any more, or was altered in the database.
    EditConflictError
        Somebody else wrote of the same part meanwhile; nothing was written.
    """
    for _ in range(_TRIES):
        now = _workable(access, one, DRAFT)
        if now.version != step.seen and now.texts.of(part) != said_at(
            access, one.key, step.seen, part
        ):
            raise conflict(access, one.key)
        content = content_of(now)
        authors = tuple(dict.fromkeys((*content.written_by, step.by)))
        texts = Texts({**content.texts.parts, part: said})
        try:
            put(
                access, one.key, replace(content, texts=texts, written_by=authors), _edit(step, now)
            )
        except EditConflictError:
            continue
        return _there(access, one.quarter, one.number)
    raise conflict(access, one.key)


def send(access: Access, one: Assessment, areas: Sequence[str], step: Step) -> Assessment:
    """Send a draft to review.

    Raises
    ------
    InputError
        An area's level, direction or reason is missing.
    EditConflictError
        Somebody saved meanwhile.
    """
    now = _workable(access, one, DRAFT)
    require_whole(now, areas)
    content = replace(
        content_of(now), state=REVIEW, sent_by=step.by, sent_at=step.time
    )  # fmt: skip
    put(access, one.key, content, _edit(step))
    return _there(access, one.quarter, one.number)


def missing_of(one: Assessment, areas: Iterable[str]) -> list[str]:
    """Return the areas without level, direction or reason."""
    return [name for name in areas if not one.texts.of(name).is_whole]


def require_whole(one: Assessment, areas: Sequence[str]) -> None:
    """Raise InputError where an area's level, direction or reason is missing."""
    missing = missing_of(one, areas)
    if missing:
        raise InputError("Level, direction and reason are missing for some areas.", value=", ".join(missing))  # fmt: skip


def send_back(access: Access, one: Assessment, step: Step) -> Assessment:
    """Make what is in review a draft again, with the reason.

    Raises
    ------
    InputError
        It is not in review.
    EditConflictError
        Somebody saved meanwhile.
    """
    now = _workable(access, one, REVIEW)
    put(access, one.key, replace(content_of(now), state=DRAFT), _edit(step))
    return _there(access, one.quarter, one.number)


def may_sign(one: Assessment, who: str) -> bool:
    """Whether somebody else has written of it: nobody signs what he alone wrote.

    Where nobody signs in, all are one, and that is said.
    """
    return who == ANYBODY.name or any(name != who for name in one.written_by)


def evidence_of(one: Assessment, basis: Mapping[str, Any], step: Step, name: str) -> str:
    """Return the canonical JSON that is signed.

    Parameters
    ----------
    basis
        Figures, map, snapshot, software and whatever else the page showed.
    name
        Of who signs, as it is shown; ``step`` has the account.
    """
    return canonical(
        {
            **basis,
            "format": 1,
            "quarter": one.quarter,
            "number": one.number,
            "corrects": one.corrects,
            "why": one.why,
            "parts": {name: said.content() for name, said in one.texts.parts.items()},
            "written_by": list(one.written_by),
            "sent_by": one.sent_by,
            "sent_at": one.sent_at,
            "signed_by": step.by,
            "signed_name": name,
            "signed_at": step.time,
        }
    )


def sign(access: Access, one: Assessment, evidence: str, step: Step) -> Assessment:
    """Sign what is in review with its evidence.

    Raises
    ------
    InputError
        It is not in review, or who signs wrote it alone.
    EditConflictError
        Somebody saved meanwhile: he signs what he saw, or nothing.
    """
    now = _workable(access, one, REVIEW)
    if not may_sign(now, step.by):
        raise InputError("Who wrote an assessment alone does not sign it: somebody else must have written, or sign.")  # fmt: skip
    put(access, one.key, replace(content_of(now), state=SIGNED, evidence=evidence), _edit(step))
    return _there(access, one.quarter, one.number)


def correct(access: Access, quarter: str, step: Step) -> Assessment:
    """Begin a new version of a quarter's newest assessment, which stays as it is.

    Raises
    ------
    InputError
        There is none that is signed, or a correction is under way already.
    EditConflictError
        Somebody else began one.
    """
    last = to_correct(assessments(access, quarter))
    # Of an altered one not a word is taken over: it is not known whose they are.
    texts = Texts() if last.problem else last.texts
    content = Content(texts=texts, written_by=(step.by,), corrects=last.number, why=step.reason)
    put(access, f"{quarter}/{last.number + 1}", content, Edit(content=None, seen=0, by=step.by, reason=step.reason))  # fmt: skip
    return _there(access, quarter, last.number + 1)


def to_correct(every: Sequence[Assessment]) -> Assessment:
    """Return what a new version of a quarter corrects: its newest assessment.

    Raises
    ------
    InputError
        That one is not signed: there is nothing to correct, or a correction is under way.
    """
    if not every or (every[-1].state != SIGNED and not every[-1].problem):
        raise InputError("There is nothing signed to correct, or a new version is being written already.")  # fmt: skip
    return every[-1]


def signed_evidence(one: Assessment) -> dict[str, Any]:
    """Return what was signed."""
    found: dict[str, Any] = json.loads(one.evidence)
    return found


def newest(found: Sequence[Assessment]) -> Assessment | None:
    """Return the newest signed assessment of a quarter's; else the newest."""
    signed = [one for one in found if one.is_signed]
    return signed[-1] if signed else next(iter(reversed(found)), None)


def _edit(step: Step, now: Assessment | None = None) -> Edit:
    seen = now.version if now else step.seen
    return Edit(content=None, seen=seen, by=step.by, reason=step.reason)


def _workable(access: Access, one: Assessment, state: str) -> Assessment:
    now = _there(access, one.quarter, one.number)
    if now.problem:
        raise InputError(ALTERED_WORDS)
    if now.state != state:
        raise conflict(access, one.key)
    return now


def _there(access: Access, quarter: str, number: int) -> Assessment:
    found = find(access, quarter, number)
    if found is None:
        raise InputError("This assessment is not there any more.")
    return found
