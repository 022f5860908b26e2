"""A change of a sector's manager: the earlier one ends and the new one begins, both or neither."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ypo_dash.model.desk import Contact
from ypo_dash.model.entries import checked
from ypo_dash.model.errors import InputError
from ypo_dash.people import documents
from ypo_dash.people.documents import Edit, EditConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from ypo_dash.model.entries import Known
    from ypo_dash.people.database import Database
    from ypo_dash.people.desk import Writing
    from ypo_dash.people.documents import Held

REASON = "followed by another manager"
MANAGER = "manager"


def succeed(
    store: Database,
    given: Mapping[str, str],
    words: Known,
    seen: Mapping[str, int],
    writing: Writing,
) -> None:
    """Add a manager of a sector from a day on; whoever manages it until then ends the day before.

    Parameters
    ----------
    seen
        The versions of the sector's managers that were seen, by key.

    Raises
    ------
    InputError
        A column is missing or impossible, or a manager begins on that day or later.
    EditConflictError
        Somebody changed a manager meanwhile, or added one.
    """
    content = checked(Contact, {**given, "role": MANAGER}, words)
    if not content["since"]:
        raise InputError("this is missing", column="since", remedy="Fill it in")
    with store.session() as session:
        before = [h for h in documents.everything(session, Contact.KIND) if _manages(h, content)]
        _refuse_later(before, content["since"])
        for held in before:
            if seen.get(held.key) != held.version:
                raise EditConflictError(held)
            _end(session, held, content["since"], writing)
        key = f"{content['sector']}/{secrets.token_hex(6)}"
        new = Edit(content=content, seen=0, by=writing.by, reason=writing.reason)
        documents.write(session, Contact.KIND, key, new)


def _manages(held: Held, new: Mapping[str, str]) -> bool:
    """Whether a document is a manager of the sector who has not ended when the new one begins."""
    found = held.content or {}
    here = found.get("sector") == new["sector"] and found.get("role") == MANAGER
    return here and (not found.get("until") or str(found["until"]) >= new["since"])


def _refuse_later(before: Sequence[Held], since: str) -> None:
    for held in before:
        begins = str((held.content or {}).get("since") or "")
        if begins >= since:
            raise InputError("a manager begins on this day or later already", column="since", value=since, remedy=f"Change that entry, or choose a day after {begins}")  # fmt: skip


def _end(session: Session, held: Held, since: str, writing: Writing) -> None:
    last = date.fromisoformat(since) - timedelta(days=1)
    content = {**(held.content or {}), "until": last.isoformat()}
    edit = replace(
        Edit(content=content, seen=held.version, by=writing.by), reason=writing.reason or REASON
    )
    if documents.write(session, Contact.KIND, held.key, edit) is None:
        raise EditConflictError(documents.find(session, Contact.KIND, held.key))
