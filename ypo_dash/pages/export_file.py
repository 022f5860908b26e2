"""What every file of the server-written pages passes: why it is needed, the record, then the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from flask import Response

from ypo_dash.model.errors import FilterError, RecordError
from ypo_dash.pages import bench
from ypo_dash.pages.plain import PRIVATE, json_answer
from ypo_dash.pages.watch import Look, reason_given, watch
from ypo_dash.people.entry import Action
from ypo_dash.views.workbench import workbench_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot

FORMS = {"csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file's text; ``rows`` is how many entries the record names, ``headers`` are beside the usual ones."""

    text: str
    rows: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def send_file(
    what: str, form: str, query: str, make: Callable[[Snapshot, Edited], File]
) -> Response:
    """Serve ``what`` (such as ``desk log``) as ``csv`` or ``json``, once the record has it.

    What is wrong is said in JSON: 400 the request, 503 the data or the record.
    """
    found = bench.current()
    if isinstance(found, Response):
        return json_answer({"error": "there are no data"}, 503)
    snapshot, edits = found
    try:
        reason, recipient = reason_given()
        made = make(snapshot, edits)
        look = Look(
            what=f"export {what}.{form}", query=query, rows=made.rows, reason=reason, recipient=recipient,
            action=Action.DISCLOSURE if recipient else Action.CONSULTATION,
        )  # fmt: skip
        watch(snapshot, look)
    except FilterError as error:
        problem = error.problem(bench.asked_language(snapshot))
        return json_answer({"error": str(error), "parameter": error.parameter, "problem": problem}, 400)  # fmt: skip
    except RecordError as error:
        return json_answer({"error": str(error), "refused": "record"}, 503)
    headers = {
        "Content-Disposition": f'attachment; filename="{what.split()[-1]}-{snapshot.id}.{form}"',
        "X-Snapshot": snapshot.id,
        **made.headers,
        **PRIVATE,
    }
    return Response(made.text, mimetype=FORMS[form], headers=headers)


def send_workbench(name: str) -> Response:
    """Serve the table of staffing or safety as CSV."""
    query = urlencode([p for p in parse_qsl(bench.query_text()) if p[0] not in bench.BESIDE])
    return send_file(
        name,
        "csv",
        query,
        lambda snapshot, edits: File(text=workbench_table(snapshot, name, query, edits)[0].csv()),
    )
