"""The gate before every request: host, session, form token, right. What is refused is recorded."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flask import Response, g, has_request_context, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from ypo_dash.components.header import Account
from ypo_dash.model.errors import RecordError
from ypo_dash.model.rights import ANYBODY, Person, Right
from ypo_dash.pages.needs import ADDRESSES, Open, callback_need, page_need
from ypo_dash.pages.plain import json_answer, message_page
from ypo_dash.people import sessions
from ypo_dash.people.access import is_loopback
from ypo_dash.people.entry import Action, entry_of
from ypo_dash.people.secret import workspace_secret

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.needs import Need
    from ypo_dash.people.access import Access

MOST_BYTES = 1 << 20  # of a request: states and forms are small, nothing is uploaded
NOBODY = Person(name="unknown", roles=())
_SAFE = ("GET", "HEAD", "OPTIONS")


def close_gate(app: Flask, access: Access) -> None:
    """Let no request of ``app`` through that ``access`` does not allow."""
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    if access.required:
        app.secret_key = workspace_secret(access.home)
        app.config.update(
            WTF_CSRF_CHECK_DEFAULT=False,  # the gate asks, after it knows who it is
            WTF_CSRF_TIME_LIMIT=None,  # as long as the session
            SESSION_COOKIE_NAME="ypo_form",
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_COOKIE_SECURE=bool(access.settings.certificate or access.settings.proxies),
        )
        csrf = CSRFProtect(app)
        if access.settings.proxies:
            n = access.settings.proxies
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
        app.after_request(_give_form_token)
    hosts = frozenset(access.settings.hosts) | {socket.gethostname().lower()}

    def gate() -> AnyResponse | str | None:
        g.person, g.visit, g.access = (NOBODY if access.required else ANYBODY), None, access
        if not _host_is_ours(hosts, strict=not access.required):
            return refuse(400, "host", "this server does not answer to this name")
        if not access.required:
            return _nothing_here() if not _exists_without_sign_in() else _same_site()
        refused = _who(access)
        need = _need()
        if need is Open.PUBLIC:
            return _form_token(csrf)
        if g.visit is None:
            return _not_signed_in(refused)
        return _form_token(csrf) or _password_first() or _right(need)

    app.before_request(gate)


def cookie_name() -> str:
    """Return the session cookie's name; over TLS browsers hold it to this host alone."""
    return "__Host-ypo" if request.is_secure else "ypo"


def set_session(response: AnyResponse, token: str, *, lasting: bool = False) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=400 * 86400 if lasting else None,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def end_session(response: AnyResponse) -> None:
    """Take the session cookie back."""
    response.delete_cookie(
        cookie_name(), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def note_access(what: str, result: str, person: Person | None = None) -> None:
    """Record a coming in, a going out or a refusal; a refusal holds also where it can't be recorded."""
    who = person or g.person
    entry = entry_of(
        who, Action.ACCESS, what[:300], result=result, client=request.remote_addr or ""
    )
    try:
        g.access.record.append(entry)
    except RecordError as error:
        sys.stderr.write(f"{error}\n")
        if result == "done":
            raise


def refuse(status: int, problem: str, why: str) -> Response:
    """Answer that this is not allowed; the record says who tried."""
    if g.access.required:
        note_access(f"{request.method} {request.path}", f"refused: {why}")
    if _wants_page():
        return message_page(status, problem)
    return json_answer({"error": why, "refused": problem}, status)


def _host_is_ours(hosts: frozenset[str], *, strict: bool) -> bool:
    """Whether the Host header is a name of this server: else a page of another site may speak to it."""
    host = (
        request.host.rsplit(":", 1)[0]
        if "]" not in request.host
        else request.host.split("]")[0][1:]
    )
    if is_loopback(host):
        return True
    if strict:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.lower() in hosts
    return True


def _exists_without_sign_in() -> bool:
    """Whether an address is there where nobody signs in: all that is not about people."""
    path = request.path
    return not path.startswith(("/sign-in", "/sign-out", "/password", "/record", "/shared/"))


def _nothing_here() -> Response:
    return message_page(404, "nothing")


def _who(access: Access) -> str:
    """Find who asks; returns why a session that was shown is not one."""
    token = request.cookies.get(cookie_name(), "")
    if not token:
        return ""
    with access.database.session() as session:
        g.visit, refused = sessions.find(session, token[:200], access.settings)
    if g.visit is not None:
        g.person = g.visit.person
    return refused


def _need() -> Need | None:
    need = ADDRESSES.get(request.url_rule.rule) if request.url_rule else Open.SIGNED_IN
    if need is Open.BY_PAGE:
        return page_need(request.path)
    if need is Open.BY_CALLBACK:
        asked = request.get_json(silent=True)
        return callback_need(asked.get("output") if isinstance(asked, dict) else None)
    return need


def _not_signed_in(refused: str) -> AnyResponse:
    if not _wants_page():
        return refuse(401, "signed_out", refused or "no session")
    if refused:
        note_access(f"{request.method} {request.path}", f"refused: {refused}")
    here = request.full_path.rstrip("?")
    door = "/sign-in/device" if request.path == "/wall" else "/sign-in"
    response = redirect(f"{door}?next={quote(here)}" if here != "/" else door)
    end_session(response)
    return response


def _same_site() -> Response | None:
    """Refuse a change that a page of another site asks for."""
    if request.method in _SAFE:
        return None
    site = request.headers.get("Sec-Fetch-Site", "")
    if not site:  # an older browser tells the origin instead; a program neither
        origin = urlsplit(request.headers.get("Origin", "")).netloc
        site = "same-origin" if origin in ("", request.host) else "cross-site"
    if site not in ("same-origin", "none"):
        return refuse(400, "form", "sent from another site")
    return None


def _form_token(protect: CSRFProtect) -> Response | None:
    if request.method in _SAFE:
        return None
    refused = _same_site()
    if refused is not None:
        return refused
    try:
        protect.protect()
    except CSRFError as error:
        return refuse(400, "form", str(error.description))
    return None


def _password_first() -> AnyResponse | None:
    if not g.visit.must_change_password or request.path in ("/password", "/sign-out"):
        return None
    if _wants_page():
        return redirect("/password")
    return refuse(403, "password", "the one-time password was not changed yet")


def _right(need: Need | None) -> Response | None:
    if need is Open.SIGNED_IN or (isinstance(need, Right) and g.person.may(need)):
        return None
    missing = need.value if isinstance(need, Right) else "not a known address"
    return refuse(403, "role", f"the role has not the right: {missing}")


def _wants_page() -> bool:
    """Whether a person looks at the answer, not a script."""
    path = request.path
    return not path.startswith(("/api", "/export", "/_dash")) and not path.endswith(".csv")


def _give_form_token(response: Response) -> Response:
    """Hand Dash the token that it sends back with every callback."""
    if response.mimetype == "text/html" and g.get("visit") is not None:
        response.set_cookie(
            "_csrf_token", generate_csrf(), secure=request.is_secure, samesite="Lax", path="/"
        )
    return response


def signed_in_account() -> Account | None:
    """Return what a page's head shows of who is signed in; None where nobody is."""
    if not has_request_context() or g.get("visit") is None:
        return None
    person = g.person
    pages = [("/record/me", "What is recorded about me")]
    if g.visit.has_password:
        pages.append(("/password", "Change password"))
    if person.may(Right.AUDIT):
        pages.append(("/record", "Record"))
    name = person.full_name or person.name
    return Account(name=name, form_token=generate_csrf(), pages=tuple(pages))
