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
    return app


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
