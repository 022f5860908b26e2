"""Explore: the hexagon map with filters, linked charts and the side panel.

Map, charts and filters are drawn by the scripts in ``assets/`` from one answer of ``/api/view``;
Dash renders the frame and the side panel.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from dash import Input, Output, dcc, get_relative_path, html

from ypo_dash.components.basemap import basemap
from ypo_dash.components.controls import chart_card, chart_tabs, filter_section, icon_button, segments, text_button
from ypo_dash.components.header import header
from ypo_dash.components.labels import label, script_texts
from ypo_dash.components.panel import panel_children
from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError
from ypo_dash.model.filters import LANGUAGES, RESOLUTIONS
from ypo_dash.views import explore as view

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from ypo_dash.store import Store

CHARTS = (("heat", "Hours and weekdays"), ("weeks", "Weeks"), ("types", "Types"), ("scenes", "Scenes"))
MEASURES = (("count", "Count"), ("rate", "Rate"))


def layout(lang: str | None = None, tile_url: str | None = None, **_query: str) -> html.Div:
    """Return the page in ``lang``; the other parameters of the query are the scripts' business."""
    lang = lang if lang in LANGUAGES else "en"
    return html.Div(
        id="explore",
        className="explore",
        **{"data-texts": json.dumps(script_texts("explore"), ensure_ascii=False), "data-assets": get_relative_path("/assets/")},
        children=[
            label("Skip to the map", lang, html.A, href="#map-region", className="skip"),
            header("/", lang),
            _filters(lang),
            _stage(lang, tile_url),
            html.Aside(
                html.Div(id="explore-panel", className="panel"),
                className="side",
                **{"data-label": "Summary", "aria-label": "Summary"},
            ),
            _strip(lang),
            _table_twin(lang),
            html.Div(id="toast", className="toast", role="status"),
            dcc.Store(id="explore-state"),
        ],
    )


def update(store: Store, query: str | None) -> list[Component]:
    """Return the side panel's children for a query; the scripts tell why one is refused."""
    lang = parse_qs(query or "").get("lang", ["en"])[0]
    lang = lang if lang in LANGUAGES else "en"
    try:
        return panel_children(view.panel(store, query or "", lang))
    except FilterError:
        return [html.P(text(lang, "The address has a value that cannot be used."), className="note")]


def register(app: Dash, store: Store) -> None:
    """Bind the side panel to the state that the scripts report."""
    app.callback(
        Output("explore-panel", "children"), Input("explore-state", "data"), prevent_initial_call=True
    )(partial(update, store))


def _filters(lang: str) -> html.Aside:
    return html.Aside(
        id="filters",
        className="filters",
        **{"data-label": "Filters", "aria-label": "Filters"},
        children=[
            icon_button("collapse", "Filters", "left", **{"aria-expanded": "true", "aria-controls": "filter-body"}),
            html.Div(
                id="filter-body",
                className="filter-body",
                children=[
                    filter_section("period", "Period", ("filter-dates", "filter-date-presets"), lang),
                    filter_section("hours", "Time of day", ("filter-hours", "filter-hour-presets"), lang),
                    filter_section("days", "Weekdays", ("filter-days",), lang),
                    filter_section("types", "Types", ("filter-types",), lang),
                    filter_section("sectors", "Sectors", ("filter-sectors",), lang),
                    filter_section("scenes", "Scenes", ("filter-scenes",), lang),
                ],
            ),
        ],
    )


def _stage(lang: str, tile_url: str | None) -> html.Main:
    return html.Main(
        className="stage",
        children=[
            html.Div(
                className="stage-bar",
                children=[
                    html.Div(id="chips", className="chips", tabIndex=-1, role="group", **{"data-label": "Filters set", "aria-label": "Filters set"}),
                    html.Div(
                        className="tools",
                        children=[
                            text_button("table-open", "Table", "table", lang),
                            text_button("copy-link", "Copy link", "link", lang),
                            html.Div(
                                className="menu-holder",
                                children=[
                                    text_button("export", "Export", "export", lang, **{"aria-haspopup": "menu", "aria-expanded": "false"}),
                                    html.Div(id="export-menu", className="menu", role="menu", hidden=True),
                                ],
                            ),
                            text_button("print", "Print", "print", lang, hidden=True),
                        ],
                    ),
                ],
            ),
            _map(lang, tile_url),
        ],
    )


def _map(lang: str, tile_url: str | None) -> html.Section:
    return html.Section(
        id="map-region",
        className="map-region",
        tabIndex=-1,
        **{"data-label": "Map", "aria-label": "Map"},
        children=[
            basemap("explore-map", tile_url),
            html.Div(className="hover-card", hidden=True),
            html.Div(
                className="map-corner top-left",
                children=[
                    segments("Measure", "data-measure", MEASURES, lang),
                    segments("Hexagons", "data-res", tuple((str(r), str(r)) for r in RESOLUTIONS), lang, shown=True),
                ],
            ),
            html.Div(
                className="map-corner top-right zoom",
                children=[
                    icon_button("zoom-in", "Zoom in", "plus"),
                    icon_button("zoom-out", "Zoom out", "minus"),
                    icon_button("zoom-fit", "The whole district", "fit"),
                ],
            ),
            _legend(),
            html.Div(id="attribution", className="attribution"),
            html.Div(className="spinner", **{"aria-hidden": "true"}),
            html.Div(id="notice", className="notice", role="alert", hidden=True),
            html.Div(
                [html.Span(id="band-text"), label("Try again", lang, html.Button, id="band-retry", type="button")],
                id="band",
                className="band",
                role="status",
                hidden=True,
            ),
        ],
    )


def _legend() -> html.Div:
    return html.Div(
        className="map-corner bottom-right legend",
        children=[
            html.Div(
                [
                    html.Span(id="legend-title", className="legend-title"),
                    html.Button(html.Span(id="legend-lock-text"), id="legend-lock", type="button", **{"data-icon": "lock", "aria-pressed": "true"}),
                ],
                className="legend-head",
            ),
            html.Ol(id="legend-steps", className="legend-steps"),
            html.P(id="legend-note", className="quiet"),
            html.P(id="legend-n", className="tabular"),
            html.P(id="withheld", className="quiet"),
        ],
    )


def _strip(lang: str) -> html.Div:
    return html.Div(
        className="strip",
        children=[
            html.Section(
                className="finding",
                **{"data-label": "Finding", "aria-label": "Finding"},
                children=[
                    html.P([html.B(id="total"), html.Span(id="total-unit")], className="headline"),
                    html.P(id="not-mapped", className="quiet tabular"),
                    html.P(id="sentence", className="sentence", **{"aria-live": "polite"}),
                    html.P(id="exact", className="quiet tabular"),
                ],
            ),
            chart_tabs(CHARTS, lang),
            *(chart_card(name, title, lang) for name, title in CHARTS),
        ],
    )


def _table_twin(lang: str) -> html.Dialog:
    return html.Dialog(
        id="table-twin",
        className="table-twin",
        **{"aria-labelledby": "table-title"},
        children=[
            html.Div(
                [label("The map as tables", lang, html.H2, id="table-title"), html.Button(type="button", className="icon-button dialog-close", **{"data-label": "Close", "aria-label": "Close", "data-icon": "close"})],
                className="dialog-head",
            ),
            html.Div(className="dialog-body"),
        ],
    )


