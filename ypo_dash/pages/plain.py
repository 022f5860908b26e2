"""Pages without Dash: forms, lists and messages, written by the server, readable without scripts."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from dash import html
from flask import Response, current_app, g, render_template, request
from flask_wtf.csrf import generate_csrf

from ypo_dash.components.header import NAVIGATION
from ypo_dash.components.labels import label
from ypo_dash.i18n import format_date, number, text
from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import Right
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.names import REASONS
from ypo_dash.pages.needs import home_of

_JSON = "application/json"
PRIVATE = {"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"}
# What each refusal says: title, text, for people.
MESSAGES = {
    "host": ("Unknown name", "This server does not answer to the name in the address."),
    "form": ("Please try again", "The form was too old or came from elsewhere. Nothing was changed."),
    "role": ("Not for your role", "Your role does not open this page. Who administers the accounts can tell why."),
    "password": ("Change your password first", "Your password was for one sign-in only."),
    "signed_out": ("Signed out", "Please sign in again."),
    "nothing": ("Nothing here", "There is no such page."),
    "shared": ("This link does not open", "It has expired, was withdrawn, or was not copied whole."),
    "record": ("Not shown", "The record of who sees what can't be written, so nothing is shown. Whoever runs the server must mend that first."),
    "no_data": ("No data yet", "There are no incidents to show, or this server may not show them."),
    "no_period": ("No whole period yet", "The data hold no complete month or quarter yet."),
    "many": ("Too many tries", "Please wait a minute and try again."),
    "provider": ("Signing in did not work", "The identity provider's answer could not be accepted. Please try again."),
    "groups": ("No access", "You were recognised, but none of your groups gives access here."),
}  # fmt: skip


def page(
    template: str,
    status: int = 200,
    *,
    lang: str | None = None,
    other: tuple[str, str] | None = None,
    **values: Any,
) -> Response:
    """Return a template as an answer that is stored nowhere.

    ``lang`` where the address has none; ``other`` the other language and this page's address in it.
    """
    lang = lang or page_language()
    person = g.get("person")
    content = render_template(
        template,
        lang=lang,
        t=partial(text, lang),
        n=partial(number, lang=lang),
        person=person,
        signed_in=g.get("visit") is not None,
        Right=Right,
        district=district_name(),
        home=home_of(person) if person else "/",
        navigation=NAVIGATION,
        asked_lang="lang" in request.args,
        other=other or _in_language("en" if lang == "da" else "da"),
        pairs=parse_qsl,
        reasons=REASONS,
        form_token=generate_csrf() if g.get("visit") is not None else "",
        **values,
    )
    return Response(content, status, mimetype="text/html", headers=PRIVATE)


def _in_language(lang: str) -> tuple[str, str]:
    """Return a language and the address of this page in it."""
    return lang, f"{request.path}?{urlencode({**request.args, 'lang': lang})}"


def message_page(status: int, problem: str, **values: Any) -> Response:
    """Return a page that says what is wrong and what to do."""
    title, words = MESSAGES[problem]
    return page("message.html", status, title=title, words=words, **values)


def json_answer(value: dict[str, Any], status: int) -> Response:
    """Return a refusal for a script, with the words for its reader."""
    problem = value.get("refused")
    if problem in MESSAGES:
        value["problem"] = text(page_language(), MESSAGES[problem][1])
    return Response(json.dumps(value, ensure_ascii=False), status, mimetype=_JSON, headers=PRIVATE)


def missing_page(lang: str | None) -> html.Div:
    """Return what stands instead of a page that a role does not open."""
    title, words = MESSAGES["role"]
    lang = lang or "en"
    return html.Div(
        html.Section([label(title, lang, html.H1), html.P(text(lang, words))], className="card"),
        className="plain narrow",
    )


def local_time(time: datetime | str, zone: str | None) -> str:
    """Return a UTC time as people here read it."""
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    shown = moment.astimezone(ZoneInfo(zone)) if zone else moment
    return f"{format_date(shown.date(), page_language())} {shown:%H:%M:%S}"


def current_zone() -> str | None:
    """Return the district's time zone; None where no district is there."""
    workspace = current_app.extensions["ypo"].workspace
    return workspace.district.timezone if workspace.exists else None


def district_name() -> str:
    """Return the district's name, for titles."""
    workspace = current_app.extensions["ypo"].workspace
    try:
        return workspace.district.name if workspace.exists else "ypo-dash"
    except InputError:
        return "ypo-dash"


def next_page(default: str) -> str:
    """Return where to go after signing in: a path of this server, never another one."""
    wanted = request.values.get("next", "")
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/sign-"))
    return wanted if inside and "\\" not in wanted and wanted.isprintable() else default
