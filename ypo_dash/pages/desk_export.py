"""Desk entries as files: `/export/desk/KIND.csv` or ``.json``; why they are needed is asked and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import g, request

from ypo_dash.model.desk import KINDS, LogEntry, Visit
from ypo_dash.model.errors import FilterError
from ypo_dash.model.rights import Right
from ypo_dash.pages.export_file import FORMS, File, send_file
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.plain import json_answer
from ypo_dash.people import desk
from ypo_dash.people.desk_files import to_text

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask_limiter import Limiter

    from ypo_dash.model.entries import Entry
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot

# What stands in a sector's log or tells of it, for those who read the log.
OF_THE_LOG: tuple[type[Entry], ...] = (LogEntry, Visit)


def desk_export(app: Flask, limiter: Limiter) -> None:
    """Register the files."""
    app.add_url_rule("/export/desk/<name>", "desk_export", limiter.limit(EXPORTS)(_export))


def _export(name: str) -> Response:
    stem, _, form = name.partition(".")
    if stem not in KINDS or form not in FORMS:
        return json_answer({"error": f"there is no export {name[:60]!r}"}, 404)
    kind = KINDS[stem]

    def make(snapshot: Snapshot, _: Edited) -> File:
        rows = allowed(snapshot, desk.entries(g.access, kind), personal=_personal())
        return File(text=to_text(kind, rows, form), rows=len(rows))

    asked = urlencode({"personal": "yes"}) if request.args.get("personal") else ""
    return send_file(f"desk {stem}", form, asked, make)


def _personal() -> bool:
    given = request.args.get("personal", "")
    if given not in ("", "yes"):
        raise FilterError("personal", "'{value}' is unknown; use {known}", value=given[:40], known="yes")  # fmt: skip
    return given == "yes"


def allowed(snapshot: Snapshot, rows: list[Entry], *, personal: bool) -> list[Entry]:
    """Return the entries that this person may take out.

    Of logs those of sectors whose log he reads; those that contain personal data only on demand, and
    of sectors where he writes.
    """
    reads = g.person.points_in(snapshot.sector_names)
    kept = []
    for row in rows:
        sector = getattr(row, "sector", "")
        if isinstance(row, OF_THE_LOG) and sector not in reads:
            continue
        if getattr(row, "personal", "") and not (personal and g.person.may_in(Right.WRITE, sector)):
            continue
        kept.append(row)
    return kept
