"""Sharing links: a view in a tier, fixed when the link is made, for a named recipient, until a date."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ypo_dash.model.errors import InputError
from ypo_dash.people import database
from ypo_dash.people.sessions import digest
from ypo_dash.people.tables import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

LONGEST_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A link to make: the view, for whom, why, for how long."""

    tier: str
    query: str
    recipient: str
    reason: str
    days: int


def add(session: Session, wanted: Wanted, by: str) -> str:
    """Make a link; returns the token that its address carries, which is shown this once."""
    token, time = secrets.token_urlsafe(24), database.now()
    session.add(
        Share(
            token=digest(token),
            tier=wanted.tier,
            query=wanted.query,
            recipient=wanted.recipient,
            reason=wanted.reason,
            created=time,
            created_by=by,
            expires=time + timedelta(days=wanted.days),
        )
    )
    return token


def find(session: Session, token: str) -> Share | None:
    """Return the link that a token opens, unless it is revoked or past its date."""
    return session.scalar(
        select(Share).where(
            Share.token == digest(token),
            Share.revoked.is_(None),
            Share.expires > database.now(),
        )
    )


def revoke(session: Session, number: int) -> Share:
    """Take a link back.

    Raises
    ------
    InputError
        There is no such link.
    """
    share = session.get(Share, number)
    if share is None:
        raise InputError(
            "there is no link of this number", value=number, remedy="See: ypo share list"
        )
    share.revoked = share.revoked or database.now()
    return share


def everything(session: Session) -> Sequence[Share]:
    """Return all links, newest first."""
    return session.scalars(select(Share).order_by(Share.id.desc())).all()
