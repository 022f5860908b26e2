"""The contact card of a sector's desk: who answers, how he is reached, and who it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import g

from ypo_dash.model.desk import Contact
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import entry_values, form_fields, found, removed, saved
from ypo_dash.pages.plain import current_zone, local_time
from ypo_dash.people import contacts
from ypo_dash.people import desk as entries
from ypo_dash.people.contacts import MANAGER
from ypo_dash.people.desk import Writing
from ypo_dash.views.contacts import holding

if TYPE_CHECKING:
    from ypo_dash.pages.bench import Form
    from ypo_dash.pages.desk_forms import Field
    from ypo_dash.pages.sector import Desk
    from ypo_dash.store.snapshot import Snapshot

PLACE = "saved"
_BY_PAGE = ("sector",)
_SEEN = "seen."  # before the key of a manager who was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A contact, the form that changes it, and its changes; the latter empty for who may not write."""

    entry: Contact
    fields: tuple[Field, ...]
    changes: tuple[Any, ...]
    open: bool


def contact(desk: Desk) -> dict[str, Any]:
    """Return what the part shows."""
    every = entries.entries(g.access, Contact, desk.sector.id)
    known = sorted(every, key=lambda c: (c.role != MANAGER, c.since))
    now = holding(known, desk.day)
    later = [c for c in known if c.since > desk.day.isoformat()]
    earlier = [c for c in known if c not in now and c not in later]
    mine = desk.mine
    new = {"manager": mine if mine.get("do") == "succeed" else {}}
    new["other"] = mine if mine.get("do") == "save" and not mine.get("key") else {}
    return {
        "now": [_shown(desk, c) for c in now],
        "later": [_shown(desk, c) for c in later],
        "earlier": [_shown(desk, c) for c in reversed(earlier)],
        "succeed": _fields(desk, new["manager"], leave_out=("role", "until")),
        "succeed_open": bool(new["manager"]),
        "seen": [(f"{_SEEN}{c.key}", c.version) for c in known if c.role == MANAGER],
        "add": _fields(desk, new["other"] or {"role": "deputy"}),
        "add_open": bool(new["other"]),
        "may_export": g.person.may(Right.EXPORT),
        "when": lambda time: local_time(time, current_zone())[:-3],
    }


def _shown(desk: Desk, entry: Contact) -> Shown:
    mine = desk.mine if desk.mine.get("key") == entry.key else {}
    writes = desk.may_write
    return Shown(
        entry=entry,
        fields=_fields(desk, entry_values(entry, mine)) if writes else (),
        changes=tuple(bench.changes_of(Contact.KIND, entry.key)) if writes else (),
        open=bool(mine),
    )


def _fields(
    desk: Desk, values: dict[str, str], leave_out: tuple[str, ...] = ()
) -> tuple[Field, ...]:
    left = (*_BY_PAGE, *leave_out)
    return tuple(form_fields(Contact, desk.snapshot, desk.lang, values, leave_out=left))


def save(snapshot: Snapshot, sector: str, form: Form) -> str:
    """Carry out what one of the part's forms asks; returns the place of the page to go to.

    Raises
    ------
    InputError
        A column is missing or impossible, or the entry is gone, or of another sector.
    EditConflictError
        Somebody changed it meanwhile.
    """
    key = form.get("key", "")
    if key:  # whoever writes in this sector need not write in another one
        found(Contact, key, sector)
    given = {**form, "sector": sector}
    what = form.get("do")
    if what == "remove":
        removed(snapshot, Contact, form)
    elif what == "succeed":
        bench.changed(snapshot, f"{Contact.KIND} added: {sector}", "")
        seen = {name.removeprefix(_SEEN): _version(v) for name, v in form.items() if name.startswith(_SEEN)}  # fmt: skip
        writing = Writing(by=g.person.name)
        contacts.succeed(g.access.database, given, entries.known(snapshot), seen, writing)
    else:
        saved(snapshot, Contact, form, given)
    return PLACE


def _version(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
