"""Explore: the hexagon map with filters, linked charts and the side panel.

Map, charts and filters are drawn by the scripts in ``assets/`` from one answer of ``/api/view``;
Dash renders the frame and the side panel.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from dash import Input, Output, dcc, html
from flask import g, has_request_context

from ypo_dash.components.basemap import basemap
from ypo_dash.components.controls import (
    chart_card,
    chart_tabs,
    filter_section,
    icon_button,
    segments,
    text_button,
)
from ypo_dash.components.header import header
from ypo_dash.components.labels import attributes, label, named, script_texts
from ypo_dash.components.method import method_link
from ypo_dash.components.panel import panel_children
from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.filters import LANGUAGES, RESOLUTIONS, Filters
from ypo_dash.pages.effort_layer import with_efforts
from ypo_dash.pages.gate import signed_in_account
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.looks import state_of
from ypo_dash.pages.plain import MESSAGES
from ypo_dash.pages.watch import Look, was_looked_at, watch
from ypo_dash.people.plans import NOTHING_EDITED, edited
from ypo_dash.store.manifest import StoreDamagedError
from ypo_dash.store.query import summarise
from ypo_dash.views.panel import panel

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from ypo_dash.store.reader import Store

CHARTS = (
    ("heat", "Hours and weekdays"),
    ("weeks", "Weeks"),
    ("types", "Types"),
    ("scenes", "Scenes"),
)
MEASURES = (
    ("count", "Count"),
    ("rate", "Per 1,000"),
    ("change", "Change"),
    ("hotspot", "Hot spots"),
)
COMPARISONS = (("previous", "Period before"), ("year", "Year before"))
BASELINES_SHOWN = (
    ("area", "Surface area"),
    ("residents", "Residents"),
    ("streets", "Streets"),
    ("gistar", "Gi*"),
)
METHODS = {
    "heat": ("time", "Method: hours and weekdays"),
    "weeks": ("normal", "Method: weeks"),
    "types": ("count", "Method: types"),
    "scenes": ("count", "Method: scenes"),
}


def layout(lang: str | None = None, **_query: str) -> html.Div:
    """Return the page in ``lang``; the other parameters of the query are the scripts' business."""
    lang = lang if lang in LANGUAGES else "en"
    texts = json.dumps(script_texts("explore"), ensure_ascii=False)
    return html.Div(
        id="explore",
        className="explore",
        children=[
            label("Skip to the map", lang, html.A, href="#map-region", className="skip"),
            label("Skip to the figures", lang, html.A, href="#explore-panel", className="skip"),
            header("/", lang, signed_in_account()),
            _filters(lang),
            _stage(lang),
            html.Aside(
                html.Div(id="explore-panel", className="panel", tabIndex=0),
                className="side",
                **named("Summary", lang),
            ),
            _strip(lang),
            _table_twin(lang),
            html.Div(id="toast", className="toast", role="status"),
            dcc.Store(id="explore-state"),
        ],
        **attributes(data_texts=texts),
    )


def update(store: Store, query: object) -> list[Component]:
    """Return the side panel's children for a query; the scripts say why one is refused."""
    try:
        snapshot = store.snapshot()
        filters = Filters.from_query(query if isinstance(query, str) else "", snapshot)
    except (FilterError, InputError, StoreDamagedError):
        return [html.P(text("en", "The address has a value that cannot be used."))]
    lang = filters.lang or snapshot.district.languages[0]
    held = edited(g.access) if has_request_context() and "access" in g else NOTHING_EDITED
    made = panel(snapshot, filters, lang, held)
    return panel_children(with_efforts(made, snapshot, filters, lang))


def register(app: Dash, store: Store) -> None:
    """Bind the side panel to the state that the scripts report."""
    app.callback(
        Output("explore-panel", "children"),
        Input("explore-state", "data"),
        prevent_initial_call=True,
    )(partial(_answer, store))


def _answer(store: Store, query: object) -> list[Component]:
    """Return the panel after its look is recorded; it belongs to the map's, if that one was."""
    try:
        snapshot = store.snapshot()
        if not g.access.admits(snapshot.manifest):
            return []
        children = update(store, query)
        filters = Filters.from_query(query if isinstance(query, str) else "", snapshot)
        state = state_of(filters)
        if not was_looked_at(snapshot, state):
            rows = summarise(snapshot, filters).rows
            watch(snapshot, Look(what="side panel", query=state, rows=rows))
    except (FilterError, InputError, StoreDamagedError):
        return update(store, query)
    except RecordError:
        return [html.P(text(page_language(), MESSAGES["record"][1]))]
    return children


def _filters(lang: str) -> html.Aside:
    sections = [
        filter_section("period", "Period", ("filter-dates", "filter-date-presets"), lang),
        filter_section("hours", "Time of day", ("filter-hours", "filter-hour-presets"), lang),
        filter_section("days", "Weekdays", ("filter-days",), lang),
        filter_section("types", "Types", ("filter-types",), lang),
        filter_section("sectors", "Sectors", ("filter-sectors",), lang),
        filter_section("scenes", "Scenes", ("filter-scenes",), lang),
    ]
    folding = {"aria_expanded": "true", "aria_controls": "filter-body"}
    return html.Aside(
        [
            icon_button("collapse", "Filters", "left", lang, **folding),
            html.Div(sections, id="filter-body", className="filter-body"),
        ],
        id="filters",
        className="filters",
        **named("Filters", lang),
    )


def _stage(lang: str) -> html.Main:
    opener = text_button(
        "export", "Export", "export", lang, aria_haspopup="menu", aria_expanded="false"
    )
    menu = html.Div(id="export-menu", className="menu", role="menu", hidden=True)
    chips = html.Div(
        id="chips", className="chips", tabIndex=-1, role="group", **named("Filters set", lang)
    )
    tools = html.Div(
        [
            text_button("table-open", "Table", "table", lang),
            text_button("copy-link", "Copy link", "link", lang),
            html.Div([opener, menu], className="menu-holder"),
        ],
        className="tools",
    )
    return html.Main(
        [html.Div([chips, tools], className="stage-bar"), _map(lang)], className="stage"
    )


def _map(lang: str) -> html.Section:
    resolutions = tuple((str(r), str(r)) for r in RESOLUTIONS)
    return html.Section(
        id="map-region",
        className="map-region",
        tabIndex=-1,
        children=[
            basemap("explore-map"),
            html.Div(className="hover-card", hidden=True),
            html.Div(
                [
                    html.Div(
                        segments("Measure", "data-measure", MEASURES, lang), className="tool-box"
                    ),
                    html.Div(
                        [
                            label("Hexagons", lang, className="segments-title"),
                            segments("Hexagons", "data-res", resolutions, lang),
                        ],
                        className="tool-box",
                    ),
                    html.Div(
                        [
                            label("Against", lang, className="segments-title"),
                            segments("Against", "data-compare", COMPARISONS, lang),
                        ],
                        className="tool-box",
                        hidden=True,
                        **attributes(data_for="change"),
                    ),
                    html.Div(
                        [
                            label("Measured against", lang, className="segments-title"),
                            segments("Measured against", "data-baseline", BASELINES_SHOWN, lang),
                        ],
                        className="tool-box",
                        hidden=True,
                        **attributes(data_for="hotspot"),
                    ),
                ],
                className="map-corner top-left",
            ),
            html.Div(
                [
                    icon_button("zoom-in", "Zoom in", "plus", lang),
                    icon_button("zoom-out", "Zoom out", "minus", lang),
                    icon_button("zoom-fit", "The whole district", "fit", lang),
                ],
                className="map-corner top-right zoom",
            ),
            _legend(lang),
            html.Div(id="attribution", className="attribution"),
            html.Div(className="spinner", **attributes(aria_hidden="true")),
            html.Div(id="notice", className="notice", role="alert", hidden=True),
            _band(lang),
        ],
        **named("Map", lang),
    )


def _band(lang: str) -> html.Div:
    again = label("Try again", lang, html.Button, id="band-retry", type="button")
    return html.Div(
        [html.Span(id="band-text"), again], id="band", className="band", role="status", hidden=True
    )


def _legend(lang: str) -> html.Div:
    lock = html.Button(
        html.Span(id="legend-lock-text"),
        id="legend-lock",
        type="button",
        **attributes(data_icon="lock", aria_pressed="true"),
    )
    return html.Div(
        id="legend",
        hidden=True,
        className="map-corner bottom-right legend",
        children=[
            html.Div(
                [
                    html.Span(id="legend-title", className="legend-title"),
                    method_link(
                        "map",
                        "Method: what the map shows",
                        lang,
                        rate="rates",
                        change="change",
                        hotspot="hotspots",
                        gistar="gistar",
                    ),
                    label(
                        "Fit colours",
                        lang,
                        html.Button,
                        id="legend-fit",
                        type="button",
                        hidden=True,
                    ),
                    lock,
                ],
                className="legend-head",
            ),
            html.Ol(id="legend-steps", className="legend-steps"),
            html.P(id="legend-wait", className="quiet", role="status", hidden=True),
            html.P(id="legend-note", className="quiet"),
            html.P(id="legend-n"),
            html.P(id="legend-grey", className="quiet"),
            html.P(id="withheld", className="quiet"),
            label(
                "Particularly disadvantaged residential area",
                lang,
                html.P,
                id="legend-designated",
                className="legend-key",
                hidden=True,
            ),
            html.Div(
                [
                    label("Efforts", lang, html.Button, id="legend-efforts-toggle", type="button"),
                    label("Planned", lang, html.P, id="legend-planned", hidden=True),
                    html.Details(
                        [label("Names", lang, html.Summary), html.Ul(id="legend-efforts-names")]
                    ),
                ],
                id="legend-efforts",
                className="legend-efforts",
                hidden=True,
            ),
        ],
    )


def _strip(lang: str) -> html.Section:
    finding = html.Section(
        className="finding",
        children=[
            html.P([html.B(id="total"), html.Span(id="total-unit")], className="headline"),
            html.P(id="not-mapped", className="quiet"),
            html.P(id="sentence", className="sentence", **attributes(aria_live="polite")),
            html.P(html.A(id="week-said"), className="sentence", hidden=True),
            html.P(id="measured", className="sentence", **attributes(aria_live="polite")),
            html.P(id="exact", className="quiet"),
        ],
        tabIndex=0,  # it scrolls where the words are many
        **named("Finding", lang),
    )
    cards = [
        chart_card(name, title, lang, method_link(*METHODS[name], lang)) for name, title in CHARTS
    ]
    return html.Section(
        [finding, chart_tabs(CHARTS, lang), *cards], className="strip", **named("Charts", lang)
    )


def _table_twin(lang: str) -> html.Dialog:
    title = label("The map as tables", lang, html.H2, id="table-title")
    close = icon_button("table-close", "Close", "close", lang)
    return html.Dialog(
        [
            html.Div([title, close], className="dialog-head"),
            html.Div(className="dialog-body"),
        ],
        id="table-twin",
        className="table-twin",
        **attributes(aria_labelledby="table-title"),
    )
