"""The head of every page: district, pages, data, language, theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash import dcc, html

from ypo_dash.components.labels import attributes, label, named

if TYPE_CHECKING:
    from dash.development.base_component import Component

NAVIGATION: tuple[tuple[str, str], ...] = (
    ("/", "Explore"),
    ("/analysis", "Analysis"),
    ("/sector", "Sectors"),
    ("/organisation", "Organisation"),
    ("/staffing", "Staffing"),
    ("/safety", "Safety"),
    ("/threat", "Threat"),
    ("/wall", "Wall"),
    ("/print", "Print"),
    ("/shared", "Share"),
    ("/method", "Method"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is signed in: the name shown, the token of the sign-out form, further pages."""

    name: str
    form_token: str
    pages: tuple[tuple[str, str], ...] = ()


def header(current: str, lang: str, account: Account | None = None) -> html.Header:
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
            *([_account(account, lang)] if account else []),
        ],
    )


def _account(account: Account, lang: str) -> html.Details:
    links: list[Component] = [label(name, lang, html.A, href=path) for path, name in account.pages]
    leave = html.Form(
        [
            dcc.Input(type="hidden", name="csrf_token", value=account.form_token),
            label("Sign out", lang, html.Button, type="submit"),
        ],
        action="/sign-out",
        method="post",
    )
    return html.Details(
        [
            html.Summary(account.name, title=account.name),
            html.Div([*links, leave], className="menu-list"),
        ],
        className="account",
    )


def _page(path: str, name: str, current: str, lang: str) -> Component:
    marked = attributes(aria_current="page") if path == current else {}
    return label(name, lang, html.A, href=path, **marked)


def _language(code: str, name: str) -> html.Button:
    names = attributes(aria_label=f"{code}, {name}", aria_pressed="false")
    return html.Button(code, id=f"lang-{code}", type="button", title=name, lang=code, **names)
