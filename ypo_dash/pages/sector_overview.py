"""The first part of a sector's desk: who answers, what is due, and the sector's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.model.desk import Contact
from ypo_dash.people import desk as entries

if TYPE_CHECKING:
    from ypo_dash.pages.sector import Desk


def overview(desk: Desk) -> dict[str, Any]:
    """Return what the overview shows."""
    return {"contacts": current(entries.entries(g.access, Contact, desk.sector.id), desk)}


def current(contacts: list[Contact], desk: Desk) -> list[Contact]:
    """Return the contacts that hold on the desk's day, the manager first."""
    day = desk.day.isoformat()
    held = [c for c in contacts if c.since <= day and (not c.until or c.until >= day)]
    return sorted(held, key=lambda c: (c.role != "manager", c.name))
