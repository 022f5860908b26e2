"""The head of every page: district, pages, data, language, theme."""

from __future__ import annotations

from dash import html

from ypo_dash.components.labels import label

NAVIGATION: tuple[tuple[str, str], ...] = (("/", "Explore"),)


def header(current: str, lang: str) -> html.Header:
    """Return the header with ``current``, a path of ``NAVIGATION``, marked."""
    return html.Header(
        className="head",
        children=[
            html.Span(id="district", className="district"),
            html.Nav(
                className="pages",
                **{"data-label": "Pages", "aria-label": "Pages"},
                children=[_page(path, name, current, lang) for path, name in NAVIGATION],
            ),
            label("Simulated data", lang, id="simulated", className="badge", hidden=True),
            html.Span(className="gap"),
            html.Span(id="snapshot", className="quiet tabular"),
            html.Span(id="data-to", className="quiet tabular"),
            html.Div(
                className="segments",
                role="group",
                **{"data-label": "Language", "aria-label": "Language"},
                children=[_language("da", "Dansk"), _language("en", "English")],
            ),
            html.Button(
                id="theme",
                className="icon-button",
                type="button",
                **{"data-label": "Light or dark", "aria-label": "Light or dark", "data-icon": "moon"},
            ),
        ],
    )


def _page(path: str, name: str, current: str, lang: str) -> html.A:
    marked = {"aria-current": "page"} if path == current else {}
    return label(name, lang, html.A, href=path, **marked)


def _language(code: str, name: str) -> html.Button:
    return html.Button(
        code, id=f"lang-{code}", type="button", title=name, lang=code, **{"aria-label": name, "aria-pressed": "false"}
    )
