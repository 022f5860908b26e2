"""Signing in and out: with a password, through the identity provider, as a wall screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, g, redirect, request, session

from ypo_dash.model.errors import FilterError
from ypo_dash.model.rights import Person
from ypo_dash.pages.gate import (
    NOBODY,
    end_session,
    note_access,
    set_session,
)
from ypo_dash.pages.languages import page_language
from ypo_dash.pages.needs import home_of
from ypo_dash.pages.oidc import provider_of
from ypo_dash.pages.plain import message_page, next_page, page
from ypo_dash.people import accounts, devices, sessions
from ypo_dash.people.entry import Action, entry_of

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import Limiter
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.oidc import Provider
    from ypo_dash.people.access import Access
    from ypo_dash.people.tables import Account

TRIES = "20 per minute"
PROVIDER = "ypo_provider"


def sign_in_pages(app: Flask, access: Access, limiter: Limiter) -> None:
    """Register the addresses of signing in and out."""
    routes = Blueprint("people", __name__, template_folder="templates")
    app.extensions[PROVIDER] = provider_of(app, access)
    limited = limiter.limit(TRIES, methods=["POST"])
    routes.get("/sign-in")(_sign_in)
    routes.post("/sign-in")(limited(_try_sign_in))
    routes.get("/sign-in/provider")(_to_provider)
    routes.get("/sign-in/provider/back")(limiter.limit(TRIES)(_from_provider))
    routes.get("/sign-in/device")(_device)
    routes.post("/sign-in/device")(limited(_try_device))
    routes.post("/sign-out")(_sign_out)
    routes.get("/password")(_password)
    routes.post("/password")(limited(_change_password))
    app.register_blueprint(routes)


def _sign_in() -> AnyResponse:
    if g.visit is not None and not g.visit.device:
        return redirect(next_page(home_of(g.person)))
    return _form()


def _try_sign_in() -> AnyResponse:
    name, password = request.form.get("name", ""), request.form.get("password", "")
    account, result = accounts.sign_in(g.access.database, name, password)
    if account is None:
        # The name is recorded: it says whose account someone tries. What was typed as a
        # password never is.
        note_access("sign-in", result, Person(name=name.strip()[:100] or "unknown", roles=()))
        return _form("The name or password is wrong, or the account is locked for a while.")
    return _begin(account)


def _provider() -> Provider | None:
    found: Provider | None = current_app.extensions[PROVIDER]
    return found


def _to_provider() -> AnyResponse:
    provider = _provider()
    return provider.begin() if provider else message_page(404, "nothing")


def _from_provider() -> AnyResponse:
    provider = _provider()
    if provider is None:
        return message_page(404, "nothing")
    account, problem = provider.finish()
    return message_page(403, problem) if account is None else _begin(account)


def _device(problem: str = "") -> Response:
    return page("device.html", 403 if problem else 200, problem=problem)


def _try_device() -> AnyResponse:
    with g.access.database.session() as store:
        device = devices.of_token(store, request.form.get("token", "")[:200])
        token = sessions.begin(store, g.access.settings, device=device) if device else ""
    if device is None:
        note_access("device sign-in", "refused: unknown or revoked token", NOBODY)
        return _device("This token does not open a wall page.")
    note_access("device sign-in", "done", Person(name=f"device {device.name}", roles=sessions.WALL))
    response = redirect("/wall")
    set_session(response, token, lasting=True)
    return response


def _sign_out() -> AnyResponse:
    with g.access.database.session() as store:
        sessions.end(store, g.visit.id)
    note_access("sign-out", "done")
    session.clear()
    response = redirect("/sign-in")
    end_session(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _password(problem: str = "") -> Response:
    first = g.visit.must_change_password
    status = 400 if problem else 200
    return page("password.html", status, problem=problem, first=first)


def _form(problem: str = "") -> Response:
    oidc = g.access.settings.oidc
    return page(
        "sign_in.html",
        403 if problem else 200,
        problem=problem,
        provider=oidc.label or oidc.issuer.split("//")[-1].split("/")[0] if oidc else "",
        next=next_page(""),
        name=request.form.get("name", ""),
    )


def _begin(account: Account) -> AnyResponse:
    """Begin a session: a new one, whatever the browser brought along."""
    person = accounts.person_of(account)
    note_access("sign-in", "done", person)
    with g.access.database.session() as store:
        if g.visit is not None:
            sessions.end(store, g.visit.id)
        token = sessions.begin(store, g.access.settings, account=account)
    wanted = next_page(home_of(person))
    session.clear()
    response = redirect("/password" if account.change_password else wanted)
    set_session(response, token)
    return response


def _change_password() -> AnyResponse:
    old, new = request.form.get("old", ""), request.form.get("new", "")
    problem = ""
    with g.access.database.session() as store:
        account = accounts.find(store, g.person.name)
        if new != request.form.get("again", ""):
            problem = "The new password was not typed twice the same."
        else:
            try:
                right = accounts.change_password(account, old, new)
                problem = "" if right else "The old password is wrong."
            except FilterError as error:
                problem = error.problem(page_language())
        if not problem:
            accounts.end_sessions(store, account, but=g.visit.id)
    if problem:
        note_access("password change", "refused")
        return _password(problem)
    g.access.record.append(
        entry_of(
            g.person,
            Action.ALTERATION,
            f"account {g.person.name}",
            reason="own password",
            client=request.remote_addr or "",
        )
    )
    return redirect(home_of(g.person))
