"""Method: what every figure is, where it comes from and what it can't say. Written by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app

from ypo_dash.model.errors import InputError
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.plain import page
from ypo_dash.views.method import PATH, chapters

if TYPE_CHECKING:
    from flask import Flask, Response


def method_pages(app: Flask) -> None:
    """Register the page."""
    routes = Blueprint("method", __name__, template_folder="templates")
    routes.get(PATH)(_page)
    app.register_blueprint(routes)


def _page() -> Response:
    lang = page_language()
    return page("method.html", here=PATH, chapters=chapters(lang), simulated=_simulated())


def _simulated() -> bool:
    workspace = current_app.extensions["ypo"].workspace
    try:
        return bool(workspace.exists and workspace.district.simulated)
    except InputError:
        return False
