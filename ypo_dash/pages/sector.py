"""The sector desk: `/sector` lists the sectors, `/sector/ID` is one of them, in parts. Written by the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.bench import Problem
from ypo_dash.pages.desk_forms import choice_name, entry_id, once_token
from ypo_dash.pages.plain import message_page, page
from ypo_dash.pages.sector_list import sector_list
from ypo_dash.pages.sector_parts import PARTS
from ypo_dash.people import database
from ypo_dash.views.duty import every_day
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.bench import Form
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Sector, Snapshot

PATH = "/sector"
FIRST = "overview"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One sector's desk as somebody sees it: ``day`` is the desk's date, ``given`` the address's query.

    ``may_log`` says whether he reads the log, ``may_write`` whether he writes here.
    """

    snapshot: Snapshot
    edited: Edited
    sector: Sector
    part: str
    lang: str
    day: date
    given: dict[str, str]
    problem: Problem | None

    @property
    def may_log(self) -> bool:
        """Whether this sector's log is his to read."""
        return bool(g.person.points_in([self.sector.id]))

    @property
    def may_write(self) -> bool:
        """Whether he may write in this sector."""
        return bool(g.person.may_in(Right.WRITE, self.sector.id))

    @property
    def mine(self) -> dict[str, str]:
        """What was sent and refused, so that it is not lost; empty where nothing was."""
        return dict(self.problem.mine) if self.problem else {}

    def link(self, part: str | None = None, **more: str | None) -> str:
        """Return the address of a part of this desk."""
        part = part or self.part
        query = self.query(more, part=part if part != FIRST else None)
        return f"{PATH}/{self.sector.id}" + (f"?{query}" if query else "")

    def query(self, given: Mapping[str, str | None], **more: str | None) -> str:
        """Return parameters as an address has them, with the language that this one asks for."""
        every = {**more, "lang": self.given.get("lang"), **given}
        return urlencode({k: v for k, v in every.items() if v}, safe=",:")


def sector_pages(app: Flask) -> None:
    """Register the list, the desks and their forms."""
    routes = Blueprint("sector", __name__, template_folder="templates")
    routes.get(PATH, endpoint="all")(_all)
    routes.get(f"{PATH}/<sector>", endpoint="one")(_one)
    routes.post(f"{PATH}/<sector>/<part>", endpoint="save")(_save)
    routes.get(f"{PATH}/<sector>/<part>", endpoint="form")(_back_to_desk)
    app.register_blueprint(routes)
    app.jinja_env.globals |= {"once_token": once_token, "entry_id": entry_id}


def _back_to_desk(sector: str, part: str) -> AnyResponse:
    lang = request.args.get("lang", "")[:10]
    given = {"part": part, **({"lang": lang} if lang else {})}
    return redirect(f"{PATH}/{sector}?{urlencode(given)}")


def _all() -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, lang = found[0], bench.asked_language(found[0])
    refused = bench.looked(snapshot, "sectors", "")
    if refused:
        return refused
    day = desk_day(snapshot, database.now())
    values = sector_list(snapshot, lang, day)
    shown: dict[str, Any] = {
        "snapshot": snapshot,
        "desk_day": bench.day_text(day.isoformat(), lang),
        "day": lambda given: bench.day_text(str(given), lang),
        "link": lambda sector: (
            f"{PATH}/{sector}" + (f"?lang={lang}" if "lang" in request.args else "")
        ),
    }
    return page("sectors.html", lang=lang, here=PATH, **shown, **values)


def _one(sector: str) -> AnyResponse:
    return _shown(sector, request.args.get("part", FIRST), None, 200)


def _shown(sector: str, part: str, problem: Problem | None, status: int) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, edits = found
    known = {s.id: s for s in snapshot.sectors}
    if sector not in known or part not in PARTS:
        return message_page(404, "nothing")
    desk = Desk(
        snapshot=snapshot, edited=edits, sector=known[sector], part=part,
        lang=bench.asked_language(snapshot),
        day=desk_day(snapshot, database.now()),
        given=dict(parse_qsl(bench.query_text())), problem=problem,
    )  # fmt: skip
    entry = PARTS[part]
    if entry.log and not desk.may_log:
        return message_page(403, "role")
    query = urlencode({"sectors": sector, "part": part, **entry.asked(desk.given)})
    refused = bench.looked(snapshot, f"sector desk {part}", query)
    if refused:
        return refused
    try:
        built = entry.build(desk)
    except FilterError as error:
        return _shown_plainly(desk, error)
    return page("sector.html", status, **_values(desk), **{part: built})


def _shown_plainly(desk: Desk, error: FilterError) -> AnyResponse:
    words = f"{error.parameter}: {error.problem(desk.lang)}"
    return page("sector.html", 400, **_values(desk), refused=words)


def _values(desk: Desk) -> dict[str, Any]:
    return {
        "lang": desk.lang,
        "here": PATH,
        "desk": desk,
        "snapshot": desk.snapshot,
        "simulated": desk.snapshot.district.simulated,
        "sector": desk.sector,
        "station": _station(desk),
        "hours": every_day(desk.snapshot, desk.lang),
        "parts": [(k, p) for k, p in PARTS.items() if desk.may_log or not p.log],
        "problem": desk.problem,
        "day": lambda given: bench.day_text(str(given), desk.lang),
        "person_name": bench.person_name(desk.lang),
        "choice": lambda value: choice_name(value, desk.lang),
    }


def _station(desk: Desk) -> str:
    names = desk.snapshot.station_names.get(desk.sector.station or "", {})
    return names.get(desk.lang, "")


def _save(sector: str, part: str) -> AnyResponse:
    """Carry out what a form of a part asks; only who writes in this sector may."""
    entry = PARTS.get(part)
    if entry is None or entry.save is None:
        return message_page(404, "nothing")
    if not g.person.may_in(Right.WRITE, sector):
        return message_page(403, "role")
    if entry.log and not g.person.points_in([sector]):
        return message_page(403, "role")
    save = entry.save

    def do(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
        if sector not in snapshot.sector_names:
            raise InputError("there is no such sector", value=sector[:40])
        place = save(snapshot, sector, form)
        given = dict(parse_qsl(form.get("query", "")[:4000]))
        more = {
            "part": part if part != FIRST else None,
            "lang": given.get("lang"),
            **{name: given.get(name) for name in entry.kept},
        }
        query = urlencode({k: v for k, v in more.items() if v})
        return bench.back(f"{PATH}/{sector}", query, place)

    return bench.change(lambda problem, status: _shown(sector, part, problem, status), do)
