"""Who answers for a sector on a day, as citizens may know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.i18n import text
from ypo_dash.model.desk import Contact
from ypo_dash.people import desk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ypo_dash.people.access import Access

ROLE_NAMES = {"manager": "Sector manager", "deputy": "Deputy"}


def role_name(role: str, lang: str) -> str:
    """Return what a contact is for his sector."""
    return text(lang, ROLE_NAMES[role])


def holding(contacts: Iterable[Contact], day: date) -> list[Contact]:
    """Return the contacts that hold on a day, the manager first."""
    on = day.isoformat()
    held = [c for c in contacts if c.since <= on and (not c.until or c.until >= on)]
    return sorted(held, key=lambda c: (c.role != "manager", c.name))


def answering(access: Access, sector: str, day: date) -> list[Contact]:
    """Return who answers for a sector on a day, the manager first."""
    return holding(desk.entries(access, Contact, sector), day)
