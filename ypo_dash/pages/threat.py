"""The quarterly threat assessment: the list of quarters, one quarter, two compared. Written by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.model.errors import FilterError
from ypo_dash.pages import bench
from ypo_dash.pages.export_file import FORMS, File, send_file
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.plain import message_page, page
from ypo_dash.pages.threat_save import PATH, SAVERS
from ypo_dash.pages.threat_values import list_values, quarter_values
from ypo_dash.views.threat_shown import assessed, latest_quarter, shown
from ypo_dash.views.threat_tables import (
    Asked,
    asked,
    assessment_table,
    gang_table,
    threat_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask_limiter import Limiter
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.bench import Problem
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.tables import Table

FILES = ("threat", "assessment", "gang")


def threat_pages(app: Flask, limiter: Limiter) -> None:
    """Register the page, its exports and its forms."""
    routes = Blueprint("threat", __name__, template_folder="templates")
    routes.get(PATH, endpoint="page")(_page)
    routes.get(f"{PATH}/<what>", endpoint="form")(lambda what: redirect(PATH))  # noqa: ARG005
    routes.post(f"{PATH}/sign", endpoint="sign")(lambda: _save("sign"))
    routes.post(f"{PATH}/<what>", endpoint="save")(_save)
    for name in FILES:
        for form in FORMS:
            answer = limiter.limit(EXPORTS)(_exporter(name, form))
            routes.get(f"/export/{name}.{form}", endpoint=f"{name}_{form}")(answer)
    app.register_blueprint(routes)


def _page(problem: Problem | None = None, status: int = 200) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, lang = found[0], bench.asked_language(found[0])
    try:
        wanted = asked(snapshot, bench.query_text())
    except FilterError as error:
        return _refused(snapshot, error, lang)
    refused = bench.looked(snapshot, "threat", bench.with_values(bench.query_text(), lang=None))
    if refused:
        return refused
    if wanted.quarter is None:
        values = list_values(snapshot, lang)
        return page("threat.html", status, lang=lang, here=PATH, problem=problem, **values)
    return _quarter(snapshot, wanted, problem, status)


def _quarter(
    snapshot: Snapshot, wanted: Asked, problem: Problem | None, status: int
) -> AnyResponse:
    lang = bench.language(wanted.lang, snapshot)
    try:
        values = quarter_values(snapshot, wanted, problem, lang)
    except FilterError as error:
        return _refused(snapshot, error, lang)
    template = "threat_compare.html" if wanted.against else "threat_quarter.html"
    return page(template, status, lang=lang, here=PATH, problem=problem, **values)


def _refused(snapshot: Snapshot, error: FilterError, lang: str) -> AnyResponse:
    words = bench.Problem(f"{error.parameter}: {error.problem(lang)}", {})
    values = list_values(snapshot, lang)
    return page("threat.html", 400, lang=lang, here=PATH, problem=words, **values)


def _save(what: str) -> AnyResponse:
    """Carry out what a form asks; each asks again whether this person may."""
    save = SAVERS.get(what)
    return message_page(404, "nothing") if save is None else bench.change(_page, save)


def _exporter(name: str, form: str) -> Callable[[], Response]:
    def export() -> Response:
        return _export(name, form)

    return export


def _export(name: str, form: str) -> Response:
    """Serve a quarter's figures, its assessment, or its gang-related incidents."""
    pairs = [p for p in parse_qsl(request.query_string.decode("utf-8", "replace")) if p[0] not in bench.BESIDE]  # fmt: skip
    query = bench.with_values("", **dict(pairs))

    def make(snapshot: Snapshot, _: Edited) -> File:
        table, source = _table(snapshot, name, query)
        return File(text=table.text(form), headers={"X-Figures": source})

    return send_file(name, form, query, make)


def _table(snapshot: Snapshot, name: str, query: str) -> tuple[Table, str]:
    """Return a table, and whether it is of signed figures or of today's."""
    if name == "threat":
        table, found = threat_table(assessed(g.access), snapshot, query)
    else:
        wanted = asked(snapshot, query)
        found = shown(assessed(g.access), snapshot, wanted.quarter or latest_quarter(snapshot), wanted.version)  # fmt: skip
        table = _other(snapshot, name, found)
    source: Any = found.one.sha256 if found.one and found.evidence else ""
    return table, f"signed {source}" if source else f"snapshot {snapshot.id}"


def _other(snapshot: Snapshot, name: str, found: Any) -> Table:
    if name == "assessment":
        return assessment_table(found)
    return gang_table(found.threat, g.person.points_in(snapshot.sector_names))
