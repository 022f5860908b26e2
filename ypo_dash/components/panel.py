"""The side panel: headings, facts and notes of a view, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash import html

if TYPE_CHECKING:
    from dash.development.base_component import Component

    from ypo_dash.views.facts import Fact, MethodLinks, Panel, Section


def panel_children(panel: Panel) -> list[Component]:
    """Return the children of the side panel for ``panel``."""
    head: list[Component] = [html.H2(panel.title)]
    if panel.subtitle:
        head.append(html.P(panel.subtitle, className="subtitle"))
    return [
        html.Div(head, className="panel-head"),
        *(_section(section) for section in panel.sections),
    ]


def _section(section: Section) -> html.Section:
    children: list[Component] = [html.H3(section.heading)]
    if section.facts:
        children.append(html.Dl([_fact(fact) for fact in section.facts]))
    children += [html.P(note, className="note") for note in section.notes]
    if section.link:
        words, address = section.link
        children.append(html.P(html.A(words, href=address), className="more"))
    if section.method:
        children.append(_method(section.method))
    return html.Section(children)


def _method(found: MethodLinks) -> html.P:
    links: list[Component | str] = [f"{found.lead}: "]
    for name, address in found.links:
        links += [html.A(name, href=address), ", "]
    return html.P(links[:-1], className="method")


def _fact(fact: Fact) -> html.Div:
    rows: list[Component] = [html.Dt(fact.label), html.Dd(fact.value)]
    if fact.note:
        rows.append(html.Dd(fact.note, className="fact-note"))
    return html.Div(rows, className="fact")
