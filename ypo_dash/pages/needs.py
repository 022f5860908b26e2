"""What every address, page and callback needs: the one list the gate goes by.

An address that is not here is refused, and a test walks all of them for every role.
"""

from __future__ import annotations

from enum import Enum, auto

from ypo_dash.model.rights import Person, Right


class Open(Enum):
    """Needs that are not a right."""

    PUBLIC = auto()  # holds no figures: sign-in, styles, scripts; or carries its own key
    SIGNED_IN = auto()  # any session
    BY_PAGE = auto()  # see PAGES
    BY_CALLBACK = auto()  # see CALLBACKS


Need = Right | Open

ADDRESSES: dict[str, Need] = {
    "/assets/<path:filename>": Open.PUBLIC,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Open.PUBLIC,
    "/_favicon.ico": Open.PUBLIC,
    "/healthz": Open.PUBLIC,
    "/sign-in": Open.PUBLIC,
    "/sign-in/provider": Open.PUBLIC,
    "/sign-in/provider/back": Open.PUBLIC,
    "/sign-in/device": Open.PUBLIC,
    "/shared/<token>": Open.PUBLIC,
    "/shared/<token>/<name>": Open.PUBLIC,
    "/sign-out": Open.SIGNED_IN,
    "/method": Open.SIGNED_IN,  # holds no figures of the register
    "/password": Right.SELF,
    "/record/me": Right.SELF,
    "/record": Right.AUDIT,
    "/shared": Right.AGGREGATES,
    "/shared/links": Right.DISCLOSE,
    "/staffing": Right.AGGREGATES,
    "/staffing/<what>": Open.SIGNED_IN,  # a form's address, reloaded: leads back to the page
    "/safety/<what>": Open.SIGNED_IN,
    "/staffing/set": Right.APPROVE,
    "/staffing/ask": Right.WRITE,
    "/staffing/scenarios": Right.PLAN,
    "/staffing/rules": Right.APPROVE,
    "/safety": Right.AGGREGATES,
    "/safety/rules": Right.APPROVE,
    "/threat": Right.AGGREGATES,  # a draft's words and single incidents need more, asked again
    "/threat/sign": Right.APPROVE,
    "/threat/<what>": Right.PLAN,  # of which areas is asked again
    "/analysis": Right.AGGREGATES,
    "/analysis/<section>": Right.AGGREGATES,
    "/sector": Right.AGGREGATES,
    "/sector/find": Right.AGGREGATES,  # who answers where; no figures
    "/sector/find/map.svg": Right.AGGREGATES,
    "/sector/<sector>": Right.AGGREGATES,  # its log needs more, asked again
    "/sector/<sector>/<part>": Right.WRITE,  # in which sectors is asked again
    "/organisation": Right.AGGREGATES,
    "/organisation/<what>": Open.SIGNED_IN,  # a form's address, reloaded: leads back to the page
    "/organisation/group": Right.APPROVE,
    "/organisation/cover": Open.SIGNED_IN,  # in which sectors is asked
    "/export/desk/<name>": Right.EXPORT,  # which rows is asked again
    "/print": Right.AGGREGATES,
    "/print/sheet/<int:sheet>.svg": Right.AGGREGATES,
    "/export/report.pdf": Right.EXPORT,
    "/wall": Right.WALL,
    "/wall/frame": Right.WALL,
    "/wall/arrange": Right.PLAN,  # to look; who may change it is asked again
    "/wall/wall.toml": Right.PLAN,
    "/wall/notices": Right.PLAN,
    "/api/wall/rotation": Right.WALL,
    "/api/wall/slide": Right.WALL,
    "/export/staffing.csv": Right.EXPORT,
    "/export/safety.csv": Right.EXPORT,
    "/export/threat.csv": Right.EXPORT,
    "/export/threat.json": Right.EXPORT,
    "/export/assessment.csv": Right.EXPORT,
    "/export/assessment.json": Right.EXPORT,
    "/export/gang.csv": Right.EXPORT,  # of which sectors is asked again
    "/export/gang.json": Right.EXPORT,
    "/api/view": Right.AGGREGATES,
    "/api/card": Right.AGGREGATES,
    "/api/measure": Right.AGGREGATES,
    "/api/usual": Right.AGGREGATES,
    "/api/config": Right.AGGREGATES,
    "/api/geometry/<key>/<res>": Right.AGGREGATES,
    "/api/layers/<name>.geojson": Right.AGGREGATES,
    "/api/pins": Right.POINTS,
    "/export/<name>": Right.EXPORT,
    "/api/": Open.SIGNED_IN,
    "/api/<path:rest>": Open.SIGNED_IN,
    "/export/": Open.SIGNED_IN,
    "/export/<path:rest>": Open.SIGNED_IN,
    "/_dash-layout": Open.SIGNED_IN,
    "/_dash-dependencies": Open.SIGNED_IN,
    "/_reload-hash": Open.SIGNED_IN,
    "/_dash-update-component": Open.BY_CALLBACK,
    "/": Open.BY_PAGE,
    "/<path:path>": Open.BY_PAGE,
}
PAGES: dict[str, Need] = {"/": Right.AGGREGATES}
CALLBACKS: dict[str, Need] = {
    "explore-panel.children": Right.AGGREGATES,
    # Dash's own, which lays out the page of an address; it asks `PAGES` again.
    "_pages_content.children..._pages_store.data": Open.SIGNED_IN,
}


def page_need(path: str) -> Need:
    """Return what the page at ``path`` needs; a page that is not there needs any session."""
    return PAGES.get("/" + path.strip("/"), Open.SIGNED_IN)


def callback_need(output: object) -> Need | None:
    """Return what a callback needs, by the output a request names; None for one that is not there."""
    return CALLBACKS.get(output.strip(".")) if isinstance(output, str) else None


def home_of(person: Person) -> str:
    """Return the first page that a person may see."""
    if person.may(Right.AGGREGATES):
        return "/"
    if person.may(Right.AUDIT):
        return "/record"
    return "/wall" if person.may(Right.WALL) else "/record/me"
