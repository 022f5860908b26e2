"""Headers on every answer that keep a page to its own server and its own scripts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from dash.exceptions import DependencyException
from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash import Dash
    from flask import Flask, Response

# The wall's outer page, and no other site's, holds this one in a frame.
FRAMED = ("/wall/frame",)


def missing_scripts(app: Flask) -> None:
    """Answer 404 for a script that is not there; Dash would raise, and fill the log with it."""

    def missing(_error: DependencyException) -> tuple[str, int]:
        return "", 404

    app.register_error_handler(DependencyException, missing)


def policy_headers(app: Dash, tile_url: str | None) -> Callable[[Response], Response]:
    """Return what puts the headers on an answer.

    Nothing is loaded from or sent to another host. Scripts are this server's files and the inline
    ones that Dash writes, by their hashes. Inline styles stay allowed: Leaflet places by them.
    """
    tiles = f" {'/'.join(tile_url.split('/')[:3]).replace('{s}', '*')}" if tile_url else ""

    @lru_cache(maxsize=1)
    def policy() -> str:
        hashes = " ".join(app.csp_hashes())
        return (
            f"default-src 'self'; script-src 'self' {hashes};"
            f" style-src 'self' 'unsafe-inline'; img-src 'self' data:{tiles};"
            " frame-ancestors 'none'; object-src 'none'; base-uri 'none'; form-action 'self'"
        )

    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }

    def guard(response: Response) -> Response:
        response.headers.update(headers)
        inside = request.path in FRAMED
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        rules = policy()
        if inside:
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
            rules = rules.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        response.headers["Content-Security-Policy"] = rules
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return guard
