"""Wall screens: each signs in with a token of its own, which can be revoked."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from ypo_dash.model.errors import InputError
from ypo_dash.people import database
from ypo_dash.people.sessions import digest
from ypo_dash.people.tables import Device, SignedIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def add(session: Session, name: str, by: str) -> str:
    """Add a screen; returns its token, which is shown this once.

    Raises
    ------
    InputError
        The name is empty, too long, or taken.
    """
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise InputError("a device needs a name of 1 to 100 characters", value=name)
    if session.scalar(select(Device.id).where(Device.name == name)) is not None:
        raise InputError("there is a device of this name already", value=name)
    token = secrets.token_urlsafe(32)
    session.add(Device(name=name, token=digest(token), created=database.now(), created_by=by))
    return token


def revoke(session: Session, name: str) -> None:
    """Take a screen's token back and end its session.

    Raises
    ------
    InputError
        There is no such device.
    """
    device = session.scalar(select(Device).where(Device.name == name.strip()))
    if device is None:
        raise InputError(
            "there is no device of this name", value=name, remedy="See: ypo device list"
        )
    device.revoked = device.revoked or database.now()
    session.execute(delete(SignedIn).where(SignedIn.device_id == device.id))


def of_token(session: Session, token: str) -> Device | None:
    """Return the device that a token belongs to, unless it was revoked."""
    return session.scalar(
        select(Device).where(Device.token == digest(token.strip()), Device.revoked.is_(None))
    )


def everything(session: Session) -> Sequence[Device]:
    """Return all devices by name."""
    return session.scalars(select(Device).order_by(Device.name)).all()
