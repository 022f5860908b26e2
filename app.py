"""The application: `create_app` wires store, pages and HTTP; ``python app.py`` serves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import dash
from dash import Dash, html
from flask import g, has_request_context

from ypo_dash import __version__
from ypo_dash.pages import explore
from ypo_dash.pages.analysis import analysis_pages
from ypo_dash.pages.desk_export import desk_export
from ypo_dash.pages.gate import close_gate
from ypo_dash.pages.http import blueprint
from ypo_dash.pages.languages import wanted_language
from ypo_dash.pages.limits import rate_limits
from ypo_dash.pages.method import method_pages
from ypo_dash.pages.needs import PAGES as PAGE_NEEDS
from ypo_dash.pages.organisation import organisation_pages
from ypo_dash.pages.plain import message_page, missing_page
from ypo_dash.pages.policy import missing_scripts, policy_headers
from ypo_dash.pages.print import print_pages
from ypo_dash.pages.record import record_pages
from ypo_dash.pages.safety import safety_pages
from ypo_dash.pages.sector import sector_pages
from ypo_dash.pages.sector_find import sector_find_pages
from ypo_dash.pages.shared import shared_pages
from ypo_dash.pages.sign_in import sign_in_pages
from ypo_dash.pages.staffing import staffing_pages
from ypo_dash.pages.threat import threat_pages
from ypo_dash.pages.wall import wall_pages
from ypo_dash.pages.wall_arrange import wall_arrange_pages
from ypo_dash.people.access import Access
from ypo_dash.store.reader import Store
from ypo_dash.store.workspace import Workspace, default_home

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dash.development.base_component import Component

ASSETS = Path(__file__).resolve().parent / "assets"
# Dash would put every style and script of the folder into its page. These are of the pages that the
# server writes, which name them; their rules must not meet Explore's.
OF_WRITTEN_PAGES = r"^((analysis|arrange|bench|desk(_[a-z]+)?|method|organisation|print|threat|wall)\.css|(bench|device|wall|wall_shell)\.js)$"
PAGES = {"explore": ("/", "Explore", explore)}


def create_app(home: Path | None = None) -> Dash:
    """Build the application.

    Without accounts and without an identity provider it shows the simulated district and nothing
    else; see `ypo_dash.people.access`.

    Parameters
    ----------
    home
        The workspace; ``YPO_HOME`` or ``./var`` if None.

    Raises
    ------
    InputError
        The settings of sign-in are wrong, or the accounts' database can't be reached.
    """
    store = Store(Workspace(home or default_home()))
    access = Access(store.workspace.home)
    app = Dash(
        "ypo_dash",
        assets_folder=str(ASSETS),
        use_pages=True,
        pages_folder="",
        assets_ignore=OF_WRITTEN_PAGES,
        serve_locally=True,
        title="ypo-dash",
        update_title="",
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "generator", "content": f"ypo-dash {__version__}"},
        ],
    )
    server = app.server
    # A doubled slash is another address, not a redirect to ours.
    server.url_map.merge_slashes = False
    limiter = rate_limits(server, access)
    close_gate(server, access)
    tile_url = store.workspace.district.tile_url if store.workspace.exists else None
    for name, (path, title, page) in PAGES.items():
        dash.register_page(
            name, path=path, title=f"{title} · ypo-dash", layout=_layout(path, page, tile_url)
        )
        page.register(app, store)
    app.layout = html.Div(dash.page_container)
    # Dash would answer any path with 200, and with words in English alone.
    server.view_functions["/<path:path>"] = lambda path: message_page(404, "nothing")  # noqa: ARG005
    server.register_blueprint(blueprint(store, limiter))
    shared_pages(server, limiter)
    analysis_pages(server)
    staffing_pages(server, limiter)
    safety_pages(server, limiter)
    threat_pages(server, limiter)
    print_pages(server, limiter)
    sector_pages(server)
    sector_find_pages(server)
    organisation_pages(server)
    desk_export(server, limiter)
    method_pages(server)
    wall_pages(server)
    wall_arrange_pages(server)
    if access.required:
        sign_in_pages(server, access, limiter)
        record_pages(server, access)
    server.extensions |= {"ypo": store, "ypo_limiter": limiter}  # the limiter lives by this
    # Dash serves a script only after it has written a page that names it. With several workers the
    # page may come from one and its scripts be asked of another, so each writes one at its start.
    with server.test_request_context("/"):
        g.access = access
        app.index()
    missing_scripts(server)
    server.after_request(policy_headers(app, tile_url))
    # Dash finishes itself within the first request. Another one that comes meanwhile would fix the
    # policy without the scripts still to come, and its worker's pages would not run.
    server.test_client().get("/_favicon.ico")
    return app


def _layout(path: str, page: ModuleType, tile_url: str | None) -> Callable[..., Component]:
    """Return a page's layout in the language of its address, else of the browser.

    Dash's own callback asks for it, so what a page needs is asked here once more.
    """

    def layout(**query: str) -> Component:
        lang = query.pop("lang", None) or (wanted_language() if has_request_context() else None)
        # Dash also asks before the first request, to know all ids; nobody sees that.
        if has_request_context() and "person" in g and not g.person.may(PAGE_NEEDS[path]):
            return missing_page(lang)
        built: Component = page.layout(lang=lang, tile_url=tile_url, **query)
        return built

    return layout


if __name__ == "__main__":
    from ypo_dash.cli import main

    main(["serve"])
