"""Parts of the Explore page: filter sections, chart cards, buttons. The scripts fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from ypo_dash.components.labels import label

if TYPE_CHECKING:
    from dash.development.base_component import Component


def filter_section(name: str, title: str, holders: tuple[str, ...], lang: str, *, opened: bool = True) -> html.Details:
    """Return a collapsible section with a heading, what is set, and empty holders by id."""
    return html.Details(
        id=f"section-{name}",
        className="filter-section",
        open=opened,
        children=[
            html.Summary(
                [html.Span([label(title, lang, html.H2), html.Span(className="summary")], className="section-head")]
            ),
            html.Div([html.Div(id=holder, className=holder) for holder in holders], className="section-body"),
        ],
    )


def chart_card(name: str, title: str, lang: str) -> html.Section:
    """Return a chart's card: title, place for the value under the pointer, holder."""
    return html.Section(
        id=f"card-{name}",
        className="chart-card",
        role="tabpanel",
        **{"aria-labelledby": f"title-{name}"},
        children=[
            html.Div(
                [label(title, lang, html.H2, id=f"title-{name}"), html.Span(id=f"readout-{name}", className="readout", **{"aria-live": "polite"})],
                className="card-head",
            ),
            html.Div(id=f"chart-{name}", className=f"chart chart-{name}"),
        ],
    )


def chart_tabs(charts: tuple[tuple[str, str], ...], lang: str) -> html.Div:
    """Return the tabs that choose one chart where the strip has room for one."""
    return html.Div(
        className="tabs",
        role="tablist",
        **{"data-label": "Charts", "aria-label": "Charts"},
        children=[
            label(title, lang, html.Button, id=f"tab-{name}", type="button", role="tab", **{"aria-controls": f"card-{name}"})
            for name, title in charts
        ],
    )


def icon_button(name: str, text: str, icon: str, **props: object) -> html.Button:
    """Return a button that shows only an icon; ``text`` is its name."""
    names = {"data-label": text, "aria-label": text, "data-icon": icon}
    return html.Button(id=name, type="button", className="icon-button", **names, **props)


def text_button(name: str, text: str, icon: str, lang: str, **props: object) -> html.Button:
    """Return a button with an icon and a text."""
    return html.Button(label(text, lang), id=name, type="button", className="plain-button", **{"data-icon": icon}, **props)


def segments(title: str, attribute: str, choices: tuple[tuple[str, str], ...], lang: str, *, shown: bool = False) -> html.Div:
    """Return a group of buttons of which one is pressed; ``choices`` are values and texts."""
    buttons: list[Component] = [
        label(text, lang, html.Button, type="button", **{attribute: value, "aria-pressed": "false"}) for value, text in choices
    ]
    title_node = [label(title, lang, className="segments-title")] if shown else []
    group = html.Div(buttons, className="segments", role="group", **{"data-label": title, "aria-label": title})
    return html.Div([*title_node, group], className="segments-box")
