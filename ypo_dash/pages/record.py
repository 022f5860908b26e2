"""The record for those who may read it: all of it for administrators, one's own for everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, request

from ypo_dash.pages.plain import current_zone, local_time, page
from ypo_dash.people.audit import newest, verify
from ypo_dash.people.entry import Action, entry_of

if TYPE_CHECKING:
    from flask import Flask

    from ypo_dash.people.access import Access

MOST = 300
_FIELDS = ("person", "unit", "role", "reason", "recipient", "result")


def record_pages(app: Flask, access: Access) -> None:
    """Register the pages of the record."""
    routes = Blueprint("record", __name__, template_folder="templates")

    @routes.get("/record")
    def everything() -> Response:
        query = request.args.get("q", "").strip()[:100]
        rows = newest(access.record, limit=MOST, text=query)
        # Reading the record is a consultation like any other.
        access.record.append(
            entry_of(
                g.person,
                Action.CONSULTATION,
                "record",
                filter=f"text={query}" if query else "",
                client=request.remote_addr or "",
            )
        )
        return page(
            "record.html",
            here="record",
            title="Record",
            words="Who saw and changed what. Kept apart from the data, never changed, each entry tied to the one before it.",
            query=query,
            rows=_rows(rows),
            verdict=verify(access.record) if "check" in request.args else None,
            limit=MOST,
        )

    @routes.get("/record/me")
    def mine() -> Response:
        rows = newest(access.record, limit=MOST, person=g.person.name)
        return page(
            "record.html",
            here="me",
            title="What is recorded about me",
            words="Your own sign-ins, what you looked at and changed, and what others changed about your account.",
            query="",
            rows=_rows(rows),
            verdict=None,
            limit=MOST,
        )

    app.register_blueprint(routes)


def _rows(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    zone = current_zone()
    return [
        {
            **dict.fromkeys(_FIELDS, ""),
            **dict.fromkeys(("rows", "steps", "filter")),
            **entry,
            "time": local_time(str(entry["time"]), zone),
        }
        for entry in entries
    ]
