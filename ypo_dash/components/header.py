"""The head of every page: district, pages, data, language, theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from ypo_dash.components.labels import attributes, label, named

if TYPE_CHECKING:
    from dash.development.base_component import Component

NAVIGATION: tuple[tuple[str, str], ...] = (("/", "Explore"),)


def header(current: str, lang: str) -> html.Header:
    """Return the header with ``current``, a path of ``NAVIGATION``, marked."""
    return html.Header(
        className="head",
        children=[
            html.H1(id="district", className="district"),
            html.Nav(
                className="pages",
                children=[_page(path, name, current, lang) for path, name in NAVIGATION],
                **named("Pages", lang),
            ),
            label("Simulated data", lang, id="simulated", className="badge", hidden=True),
            html.Span(className="gap"),
            html.Span(id="snapshot", className="quiet"),
            html.Span(id="data-to", className="quiet"),
            html.Div(
                className="segments",
                role="group",
                children=[_language("da", "Dansk"), _language("en", "English")],
                **named("Language", lang),
            ),
            html.Button(
                id="theme",
                className="icon-button",
                type="button",
                **named("Light or dark", lang, data_icon="moon"),
            ),
        ],
    )


def _page(path: str, name: str, current: str, lang: str) -> Component:
    marked = attributes(aria_current="page") if path == current else {}
    return label(name, lang, html.A, href=path, **marked)


def _language(code: str, name: str) -> html.Button:
    names = attributes(aria_label=f"{code}, {name}", aria_pressed="false")
    return html.Button(code, id=f"lang-{code}", type="button", title=name, lang=code, **names)
