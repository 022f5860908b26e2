"""Desk entries as files: `/export/desk/KIND.csv` or ``.json``; why they are needed is asked and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, g, request

from ypo_dash.model.desk import KINDS, LogEntry, Visit
from ypo_dash.model.errors import FilterError, RecordError
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.plain import PRIVATE, json_answer
from ypo_dash.pages.watch import Look, reason_given, watch
from ypo_dash.people import desk
from ypo_dash.people.desk_files import to_text
from ypo_dash.people.entry import Action

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import Limiter

    from ypo_dash.model.entries import Entry
    from ypo_dash.store.snapshot import Snapshot

FORMS = {"csv": "text/csv", "json": "application/json"}
# What stands in a sector's log or tells of it, for those who read the log.
OF_THE_LOG: tuple[type[Entry], ...] = (LogEntry, Visit)


def desk_export(app: Flask, limiter: Limiter) -> None:
    """Register the files."""
    app.add_url_rule("/export/desk/<name>", "desk_export", limiter.limit(EXPORTS)(_export))


def _export(name: str) -> Response:
    found = bench.current()
    if isinstance(found, Response):
        return json_answer({"error": "there are no data"}, 503)
    stem, _, form = name.partition(".")
    if stem not in KINDS or form not in FORMS:
        return json_answer({"error": f"there is no export {name[:60]!r}"}, 404)
    snapshot, kind = found[0], KINDS[stem]
    try:
        reason, recipient = reason_given()
        personal = _personal()
        rows = allowed(snapshot, desk.entries(g.access, kind), personal=personal)
        look = Look(
            what=f"export desk {name}", query=urlencode({"personal": "yes"}) if personal else "",
            rows=len(rows), action=Action.DISCLOSURE if recipient else Action.CONSULTATION,
            reason=reason, recipient=recipient,
        )  # fmt: skip
        watch(snapshot, look)
    except FilterError as error:
        problem = error.problem(bench.asked_language(snapshot))
        return json_answer({"error": str(error), "parameter": error.parameter, "problem": problem}, 400)  # fmt: skip
    except RecordError as error:
        return json_answer({"error": str(error), "refused": "record"}, 503)
    headers = {
        "Content-Disposition": f'attachment; filename="{stem}-{snapshot.id}.{form}"',
        "X-Snapshot": snapshot.id,
        **PRIVATE,
    }
    return Response(to_text(kind, rows, form), mimetype=FORMS[form], headers=headers)


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
