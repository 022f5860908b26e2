"""Limits on how often is asked: against guessing, and against pulling the register out view by view.

Counted per worker, in memory: with N workers up to N times as much is let through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from ypo_dash.pages.gate import cookie_name
from ypo_dash.pages.plain import json_answer, message_page
from ypo_dash.people.sessions import digest

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask_limiter import RequestLimit

    from ypo_dash.people.access import Access

EACH = "6000 per minute"  # a drag asks some twenty times a second
EXPORTS = "60 per minute"


def rate_limits(app: Flask, access: Access) -> Limiter:
    """Limit the requests of each session (or, without one, each address)."""

    def beyond(_limit: RequestLimit) -> Response:
        if request.path.startswith(("/api", "/export", "/_dash")):
            return json_answer({"error": "too many requests", "refused": "many"}, 429)
        g.setdefault("access", access)
        return message_page(429, "many")

    return Limiter(
        _who,
        app=app,
        default_limits=[EACH],
        storage_uri="memory://",
        enabled=access.required,
        on_breach=beyond,
    )


def _who() -> str:
    token = request.cookies.get(cookie_name())
    return digest(token) if token else get_remote_address()
