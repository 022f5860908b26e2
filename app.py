"""The application: `create_app` wires store, pages and HTTP; ``python app.py`` serves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dash
from dash import Dash, html
from flask import has_request_context

from ypo_dash import __version__
from ypo_dash.pages import explore
from ypo_dash.pages.http import blueprint, wanted_language
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace, default_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dash.development.base_component import Component
    from flask import Response

ASSETS = Path(__file__).resolve().parent / "assets"
PAGES = {"explore": ("/", "Explore", explore)}


def create_app(home: Path | None = None) -> Dash:
    """Build the application.

    Parameters
    ----------
    home
        The workspace; ``YPO_HOME`` or ``./var`` if None.
    """
    store = Store(Workspace(home or default_home()))
    app = Dash(
        "ypo_dash",
        assets_folder=str(ASSETS),
        use_pages=True,
        pages_folder="",
        serve_locally=True,
        title="ypo-dash",
        update_title="",
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "generator", "content": f"ypo-dash {__version__}"},
        ],
    )
    tile_url = store.workspace.district.tile_url if store.workspace.exists else None
    for name, (path, title, page) in PAGES.items():
        dash.register_page(
            name, path=path, title=f"{title} · ypo-dash", layout=_layout(page, tile_url)
        )
        page.register(app, store)
    app.layout = html.Div(dash.page_container)
    app.server.register_blueprint(blueprint(store))
    app.server.extensions["ypo"] = store
    app.server.after_request(_guard(tile_url))
    # Dash serves a script only after it has written a page that names it. With several workers the
    # page may come from one and its scripts be asked of another, so each writes one at its start.
    app.server.test_client().get("/")
    return app


def _guard(tile_url: str | None) -> Callable[[Response], Response]:
    """Return what puts the headers on every answer that keep a page to its own server."""
    tiles = f" {'/'.join(tile_url.split('/')[:3]).replace('{s}', '*')}" if tile_url else ""
    # Nothing is loaded from or sent to another host. Inline scripts stay allowed: Dash and
    # dash-leaflet write some; no text from data ever becomes markup (see the tests).
    policy = (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
        f" style-src 'self' 'unsafe-inline'; img-src 'self' data:{tiles};"
        " frame-ancestors 'self'; object-src 'none'; base-uri 'self'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "SAMEORIGIN",
    }

    def guard(response: Response) -> Response:
        response.headers.update(headers)
        if response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return guard


def _layout(page: ModuleType, tile_url: str | None) -> Callable[..., Component]:
    """Return a page's layout in the language of its address, else of the browser."""

    def layout(**query: str) -> Component:
        lang = query.pop("lang", None) or (wanted_language() if has_request_context() else None)
        built: Component = page.layout(lang=lang, tile_url=tile_url, **query)
        return built

    return layout


if __name__ == "__main__":
    from ypo_dash.cli import main

    main(["serve"])
