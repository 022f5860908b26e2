"""Print: choose a document, see its sheets, take it as PDF. Written by the server."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.i18n import text
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.filters import Filters
from ypo_dash.model.quarter import with_dates
from ypo_dash.model.rights import ANYBODY, Right
from ypo_dash.model.tiers import Tier
from ypo_dash.pages import bench
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.looks import BESIDE, with_own
from ypo_dash.pages.names import PARAMETER_NAMES
from ypo_dash.pages.plain import PRIVATE, json_answer, message_page, page
from ypo_dash.pages.print_form import form_values, given, split_kind, tidied
from ypo_dash.pages.watch import Look, reason_given, was_looked_at, watch
from ypo_dash.people import database
from ypo_dash.people.entry import Action
from ypo_dash.reports.asked import Asker, printing_for
from ypo_dash.reports.filing import file_name
from ypo_dash.reports.kinds import dated
from ypo_dash.reports.printing import Printing, state_words
from ypo_dash.reports.prints import Prints
from ypo_dash.store.query import summarise

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import Limiter
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot

PATH = "/print"
SHEETS = "600 per minute"  # a weekly overview has some thirty
_prints = Prints()


def print_pages(app: Flask, limiter: Limiter) -> None:
    """Register the page, its sheets and the file."""
    routes = Blueprint("print", __name__, template_folder="templates")
    routes.get(PATH, endpoint="page")(limiter.limit(EXPORTS)(_page))
    routes.get(f"{PATH}/sheet/<int:sheet>.svg", endpoint="sheet")(limiter.limit(SHEETS)(_sheet))
    routes.get("/export/report.pdf", endpoint="pdf")(limiter.limit(EXPORTS)(_pdf))
    app.register_blueprint(routes)


class _Asked:
    """What an address asks for: a kind, a state with its dates, and who prints.

    Raises
    ------
    FilterError
        The state can't be printed.
    """

    def __init__(self, snapshot: Snapshot, edited: Edited, query: str) -> None:
        self.snapshot = snapshot
        self.kind, state = split_kind(query)
        filters = dated(snapshot, self.kind, Filters.from_query(with_dates(state), snapshot))
        self.lang = bench.language(filters.lang, snapshot)
        self.filters = replace(filters, lang=self.lang)
        self.is_internal = filters.tier == Tier.INTERNAL
        who = Asker(
            access=g.access, person=g.person, name=printed_by(self.lang), now=database.now(), edited=edited,
        )  # fmt: skip
        self.printing = printing_for(snapshot, self.kind, filters, who)

    @property
    def arguments(self) -> tuple[Snapshot, str, Filters, Printing]:
        """What a print is made of."""
        return self.snapshot, self.kind, self.filters, self.printing

    @property
    def query(self) -> str:
        """The address of the sheets and the file."""
        return f"{urlencode({'kind': self.kind})}&{self.filters.to_query()}"

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The same, field by field."""
        return parse_qsl(self.query)

    def look(self, what: str, **more: Any) -> Look:
        """Return the look at this print; outside the house it is not of a number of incidents."""
        query = with_own(self.filters, {"kind": self.kind})
        rows = summarise(self.snapshot, self.filters).rows if self.is_internal else None
        return Look(what=f"{what} {self.kind}", query=query, rows=rows, **more)


def printed_by(lang: str) -> str:
    """Return who prints, as a sheet names it."""
    if g.person.name == ANYBODY.name:
        return text(lang, "anybody (no sign-in)")
    name: str = g.person.full_name or g.person.name
    return name


def _page() -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, edited = found
    if snapshot.span is None:
        return message_page(503, "no_data")
    query = bench.query_text()
    short = tidied(snapshot, query)
    if short != query:
        return redirect(f"{PATH}?{short}" if short else PATH)
    try:
        asked = _Asked(snapshot, edited, query)
        sheets = len(_prints.sheets(*asked.arguments))
        watch(snapshot, asked.look("preview of print"))
    except (FilterError, InputError) as error:
        return _shown(snapshot, query, _Refusal(error, bench.asked_language(snapshot)))
    except RecordError:
        return message_page(503, "record")
    return _shown(snapshot, query, asked, sheets)


class _Refusal:
    """Why a state can't be printed, and the parameter that is at fault."""

    def __init__(self, error: FilterError | InputError, lang: str) -> None:
        self.lang = lang
        self.parameter = error.parameter if isinstance(error, FilterError) else ""
        self.words = error.problem(lang) if isinstance(error, FilterError) else text(lang, error.problem)  # fmt: skip


def _shown(
    snapshot: Snapshot, query: str, found: _Asked | _Refusal, sheets: int = 0
) -> AnyResponse:
    parameters, lang = given(query), found.lang
    values: dict[str, Any] = {"asked": None, "refusal": found, "state": "", "title": ""}
    dates = parameters.get("from", ""), parameters.get("to", "")
    if isinstance(found, _Asked):
        # Outside the house the period need not be one that a description knows.
        words = state_words(snapshot, found.filters, lang) if found.is_internal else ""
        dates = str(found.filters.date_from), str(found.filters.date_to)
        values = {
            "asked": found,
            "refusal": None,
            "state": words,
            "title": _prints.document(*found.arguments).title,
        }
    other = "en" if lang == "da" else "da"
    return page(
        "print.html",
        200 if isinstance(found, _Asked) else 400,
        lang=lang,
        here=PATH,
        simulated=snapshot.district.simulated,
        attribution=snapshot.district.attribution,
        snapshot=snapshot,
        sheets=sheets,
        parameters=parameters,
        form=form_values(snapshot, parameters, dates, lang),
        link=lambda **more: _link(query, **more),
        explore=_explore(query),
        names=PARAMETER_NAMES,
        may_export=g.person.may(Right.EXPORT),
        other=(other, _link(query, lang=other)),
        **values,
    )


def _link(query: str, **more: str | None) -> str:
    """Return the address of this page with other values; ``from_`` is *from*."""
    changed = bench.with_values(query, **{name.rstrip("_"): v for name, v in more.items()})
    return f"{PATH}?{changed}" if changed else PATH


def _explore(query: str) -> str:
    kept = bench.with_values(query, kind=None, tier=None)
    return f"/?{kept}" if kept else "/"


def _sheet(sheet: int) -> Response:
    return _answer(lambda asked: _one_sheet(asked, sheet))


def _one_sheet(asked: _Asked, number: int) -> Response:
    sheets = _prints.sheets(*asked.arguments)
    if not 1 <= number <= len(sheets):
        return json_answer({"error": f"there is no sheet {number}"}, 404)
    look = asked.look("preview of print")
    seen = was_looked_at(asked.snapshot, look.query or "")
    watch(asked.snapshot, replace(look, passing=seen))
    content, headers = sheets[number - 1], {"X-Snapshot": asked.snapshot.id, **PRIVATE}
    if request.accept_encodings.quality("gzip") > 0:
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, mimetype="image/svg+xml", headers=headers)


def _pdf() -> Response:
    return _answer(_file)


def _file(asked: _Asked) -> Response:
    reason, recipient = reason_given()
    pdf = _prints.pdf(*asked.arguments)
    leaves = recipient or not asked.is_internal
    action = Action.DISCLOSURE if leaves else Action.CONSULTATION
    look = asked.look("print", action=action, reason=reason, recipient=recipient)
    watch(asked.snapshot, look)
    name = file_name(asked.snapshot, asked.kind, asked.filters, asked.lang)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Snapshot": asked.snapshot.id,
        **PRIVATE,
    }
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _answer(build: Any) -> Response:
    """Answer with what ``build`` makes of the address, or say in JSON what is wrong."""
    found = bench.current()
    if isinstance(found, Response):
        return json_answer({"error": "there are no data"}, 503)
    query = bench.query_text()
    state = "&".join(p for p in query.split("&") if p.split("=")[0] not in (*BESIDE, "note"))
    try:
        answer: Response = build(_Asked(*found, state))
    except FilterError as error:
        problem = error.problem(bench.asked_language(found[0]))
        wrong = {"error": str(error), "parameter": error.parameter, "problem": problem}
        return json_answer(wrong, 400)
    except RecordError as error:
        return json_answer({"error": str(error), "refused": "record"}, 503)
    except InputError as error:
        return json_answer({"error": str(error)}, 503)
    return answer
