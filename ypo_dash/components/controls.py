"""Parts of the Explore page: filter sections, chart cards, buttons. The scripts fill them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

from ypo_dash.components.labels import attributes, label, named
from ypo_dash.i18n import text

if TYPE_CHECKING:
    from dash.development.base_component import Component


def filter_section(name: str, title: str, holders: tuple[str, ...], lang: str) -> html.Details:
    """Return a collapsible section with a heading, what is set, and empty holders by id."""
    head = html.Span(
        [label(title, lang, html.H2), html.Span(className="summary")], className="section-head"
    )
    body = [html.Div(id=holder, className=holder) for holder in holders]
    return html.Details(
        [html.Summary(head), html.Div(body, className="section-body")],
        id=f"section-{name}",
        className="filter-section",
        open=True,
    )


def chart_card(name: str, title: str, lang: str, method: Component | None = None) -> html.Section:
    """Return a chart's card: title, link to its method, place for the value under the pointer, holder."""
    head = [
        label(title, lang, html.H2, id=f"title-{name}"),
        *([] if method is None else [method]),
        html.Span(id=f"readout-{name}", className="readout", **attributes(aria_live="polite")),
        html.Button(id=f"scope-{name}", type="button", className="scope", hidden=True),
    ]
    return html.Section(
        [
            html.Div(head, className="card-head"),
            html.Div(id=f"chart-{name}", className=f"chart chart-{name}"),
        ],
        id=f"card-{name}",
        className="chart-card",
        **attributes(aria_labelledby=f"title-{name}"),
    )


def chart_tabs(charts: tuple[tuple[str, str], ...], lang: str) -> html.Div:
    """Return the tabs that choose one chart where the strip has room for one."""
    tabs: list[Component] = [
        label(
            title,
            lang,
            html.Button,
            id=f"tab-{name}",
            type="button",
            role="tab",
            **attributes(aria_controls=f"card-{name}"),
        )
        for name, title in charts
    ]
    return html.Div(tabs, className="tabs", role="tablist", **named("Charts", lang))


def icon_button(name: str, title: str, icon: str, lang: str, **more: str) -> html.Button:
    """Return a button that shows only an icon; ``title`` is its name."""
    return html.Button(
        id=name,
        type="button",
        className="icon-button",
        **named(title, lang, data_icon=icon, **more),
    )


def text_button(name: str, title: str, icon: str, lang: str, **more: str) -> html.Button:
    """Return a button with an icon and a text."""
    return html.Button(
        label(title, lang),
        id=name,
        type="button",
        className="plain-button",
        title=text(lang, title),
        **attributes(data_icon=icon, data_title=title, **more),
    )


def segments(
    title: str, attribute: str, choices: tuple[tuple[str, str], ...], lang: str
) -> html.Div:
    """Return a group of buttons of which one is pressed; ``choices`` are values and texts."""
    buttons: list[Component] = [
        label(
            name,
            lang,
            html.Button,
            type="button",
            **{attribute: value, "aria-pressed": "false"},
        )
        for value, name in choices
    ]
    return html.Div(buttons, className="segments", role="group", **named(title, lang))
