"""Every look at figures goes through here: it is recorded, or it is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g, request

from ypo_dash.model.errors import FilterError
from ypo_dash.people import sessions
from ypo_dash.people.entry import Action, Entry, entry_of

if TYPE_CHECKING:
    from ypo_dash.store.snapshot import Snapshot

MOVING = "X-Ypo-Moving"  # a page marks the steps of a drag with it
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is about to be shown: which figures of which state, made of how many incidents.

    ``passing`` ones (a hover card, a step of a drag, the panel of a state whose look is recorded)
    belong to the settled look beside them.
    """

    what: str
    query: str | None = None
    rows: int | None = None
    passing: bool = False
    action: Action = Action.CONSULTATION
    reason: str = ""
    recipient: str = ""


def watch(snapshot: Snapshot, look: Look) -> None:
    """Record a look before it is shown.

    Raises
    ------
    RecordError
        It can't be recorded: it must not be shown.
    """
    access, visit = g.access, g.visit
    if not access.required:
        return
    entry = _entry(snapshot, look)
    key = visit.id if visit is not None else f"{request.remote_addr} {look.recipient}"
    if look.passing:
        access.looks.moving(key, entry)
        return
    access.looks.settled(key, entry)
    if visit is not None and look.action is Action.CONSULTATION:
        state = sessions.digest(f"{snapshot.id} {look.query}")
        if state != visit.looked_at:
            with access.database.session() as store:
                sessions.looked(store, visit.id, state)


def was_looked_at(snapshot: Snapshot, query: str) -> bool:
    """Whether this visitor's last recorded look was at this very state."""
    visit = g.visit
    return visit is not None and visit.looked_at == sessions.digest(f"{snapshot.id} {query}")


def is_moving() -> bool:
    """Whether the page says that this is a step of a drag."""
    return request.headers.get(MOVING) == "1"


def reason_given() -> tuple[str, str]:
    """Return why and for whom an export is asked; who signs in must say why.

    Raises
    ------
    FilterError
        There is no reason, or it is too long.
    """
    reason, recipient = (request.values.get(name, "").strip() for name in ("reason", "recipient"))
    for name, value in (("reason", reason), ("recipient", recipient)):
        if len(value) > LONGEST_REASON:
            raise FilterError(name, "at most {n} characters", n=LONGEST_REASON)
    if g.access.required and not reason:
        raise FilterError("reason", "say why the file is needed; it is recorded")
    return reason, recipient


def _entry(snapshot: Snapshot, look: Look) -> Entry:
    return entry_of(
        g.person,
        look.action,
        look.what,
        filter=look.query,
        rows=look.rows,
        reason=look.reason,
        recipient=look.recipient,
        client=request.remote_addr or "",
        snapshot=snapshot.id,
    )
