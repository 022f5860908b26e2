"""Sessions on the server's side: begun at sign-in, gone at sign-out, by age or by idleness."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from ypo_dash.model.rights import Person
from ypo_dash.people import database
from ypo_dash.people.accounts import person_of
from ypo_dash.people.tables import Account, Device, SignedIn

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ypo_dash.people.settings import AccessSettings

_TOUCH_AFTER = timedelta(seconds=30)
WALL = ("wall",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A session as a request sees it. ``looked_at`` is the state of the last recorded look."""

    id: str
    person: Person
    device: bool
    must_change_password: bool
    has_password: bool
    looked_at: str


def digest(token: str) -> str:
    """Return what the store keeps of a token; who reads the store can't sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    session: Session,
    settings: AccessSettings,
    *,
    account: Account | None = None,
    device: Device | None = None,
) -> str:
    """Begin a session; returns what the browser shall hold. A device's lasts until it is revoked."""
    token, time = secrets.token_urlsafe(32), database.now()
    session.execute(delete(SignedIn).where(SignedIn.expires < time))
    session.add(
        SignedIn(
            id=digest(token),
            account_id=account.id if account else None,
            device_id=device.id if device else None,
            created=time,
            seen=time,
            expires=time + timedelta(hours=settings.hours) if account else None,
        )
    )
    return token


_FOUND = (
    select(
        SignedIn.id,
        SignedIn.seen,
        SignedIn.expires,
        SignedIn.looked_at,
        Account.name,
        Account.full_name,
        Account.unit,
        Account.roles,
        Account.sectors,
        Account.disabled,
        Account.change_password,
        Account.password,
        Device.name.label("device"),
        Device.revoked,
    )
    .outerjoin(Account, Account.id == SignedIn.account_id)
    .outerjoin(Device, Device.id == SignedIn.device_id)
)


def find(session: Session, token: str, settings: AccessSettings) -> tuple[Visit | None, str]:
    """Return the visit that a token stands for, or None and why not.

    Asked at every request, so that a disabled account, other roles, a revoked device and a
    sign-out elsewhere hold at once.
    """
    row = session.execute(_FOUND.where(SignedIn.id == digest(token))).one_or_none()
    time = database.now()
    refusal = _refusal(row, time, timedelta(minutes=settings.idle_minutes))
    if refusal or row is None:
        return None, refusal
    device = row.device is not None
    if not device and time - row.seen > _TOUCH_AFTER:
        session.execute(update(SignedIn).where(SignedIn.id == row.id).values(seen=time))
    person = Person(name=f"device {row.device}", roles=WALL) if device else person_of(row)
    return Visit(
        id=row.id,
        person=person,
        device=device,
        must_change_password=bool(row.change_password),
        has_password=row.password is not None,
        looked_at=row.looked_at,
    ), ""


def _refusal(row: Any, time: datetime, idle: timedelta) -> str:
    if row is None:
        return "unknown session"
    checks = {
        "session expired": row.expires is not None and row.expires <= time,
        "revoked device": row.revoked is not None,
        "disabled account": bool(row.disabled),
        "session idle for too long": row.device is None and time - row.seen > idle,
    }
    return next((why for why, holds in checks.items() if holds), "")


def looked(session: Session, key: str, state: str) -> None:
    """Remember the state whose look was just recorded, for what the page asks of the same state."""
    session.execute(update(SignedIn).where(SignedIn.id == key).values(looked_at=state))


def end(session: Session, key: str) -> None:
    """End a session."""
    session.execute(delete(SignedIn).where(SignedIn.id == key))
