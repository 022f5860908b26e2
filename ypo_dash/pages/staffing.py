"""Staffing: factors, need, posts, shares, scenarios. Written by the server; scripts only spare reloads."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.i18n import format_period, number, text
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.filters import Filters
from ypo_dash.model.plan import (
    FACTORS,
    LONGEST_NAME,
    LONGEST_REASON,
    PLAN_PARAMETERS,
    Plan,
    ProposalRules,
    iso_date,
    limited,
    take_parameters,
)
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.bench import Problem, Shade
from ypo_dash.pages.export_file import send_workbench
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.looks import state_of
from ypo_dash.pages.names import INPUT_NAMES, MAP_NAMES, MOVED_NAMES, PLACE_NAMES, TABLE_NAMES
from ypo_dash.pages.plain import current_zone, local_time, message_page, page
from ypo_dash.people import database, plans
from ypo_dash.views.proposal import INPUTS
from ypo_dash.views.staffing import (
    NO_STATION,
    PAGE_PARAMETERS,
    Staffing,
    difference,
    plan_of,
    set_factors,
    staffing_state,
)
from ypo_dash.views.workbench import problem_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from flask_limiter import Limiter
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.model.plan import SetFactor
    from ypo_dash.pages.bench import Form
    from ypo_dash.people.plans import Edited, Scenario
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.staffing import Row

PATH = "/staffing"
TABLES = ("plan", "figures")
_MOST_BESIDE = 3


def staffing_pages(app: Flask, limiter: Limiter) -> None:
    """Register the page, its export and its forms."""
    routes = Blueprint("staffing", __name__, template_folder="templates")
    routes.get(PATH)(_page)
    routes.get("/export/staffing.csv", endpoint="export")(
        limiter.limit(EXPORTS)(lambda: send_workbench("staffing"))
    )
    routes.get("/staffing/<what>", endpoint="form")(lambda what: redirect(PATH))  # noqa: ARG005
    routes.post("/staffing/set")(_set)
    routes.post("/staffing/ask")(_ask)
    routes.post("/staffing/scenarios")(_scenario)
    routes.post("/staffing/rules")(_rules)
    app.register_blueprint(routes)


def _page(problem: Problem | None = None, status: int = 200) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, edited = found
    query = bench.query_text()
    if request.method == "GET":
        tidy = _tidied(snapshot)
        if tidy is not None:
            return redirect(f"{PATH}?{tidy}" if tidy else PATH)
    try:
        state = _State(snapshot, edited, query)
    except FilterError as error:
        lang = bench.asked_language(snapshot)
        words = f"{error.parameter}: {error.problem(lang)}"
        state = _State(snapshot, edited, f"lang={lang}")
        return _shown(state, problem or Problem(words, {}), 400)
    return _shown(state, problem, status)


def _shown(state: _State, problem: Problem | None, status: int) -> AnyResponse:
    refused = bench.looked(state.snapshot, "staffing", state.record_query)
    return refused or page(
        "staffing.html", status, lang=state.lang, here=PATH, problem=problem, **state.values()
    )


def _tidied(snapshot: Snapshot) -> str | None:
    """Return the short query of what the page's form sends field by field; None where it is short."""
    fields = {k: v for k, v in request.args.items() if k[:2] in ("p.", "f.", "h.")}
    beside = request.args.getlist("with")
    if not fields and len(beside) < 2:
        return None
    edits = plans.edited(g.access)
    staffing = Staffing(snapshot, Filters(), Plan(), edits)
    more = _short_fields(fields, staffing)
    kept = [(k, v) for k, v in request.args.items() if k not in (*fields, *more, "with")]
    defaults = {("pool", "station"), ("minimum", "1"), ("show", "factor"), ("table", "plan")}
    shown = {k: v for k, v in kept if v and (k, v) not in defaults}
    plan = {k: v for k, v in (shown | more).items() if v and k in PLAN_PARAMETERS}
    saved = next((s.plan for s in edits.scenarios if s.key == shown.get("scenario")), None)
    if saved is not None and plan == saved:  # as it was saved: its name says it all
        more = dict.fromkeys(more, "")
        shown = {k: v for k, v in shown.items() if k not in PLAN_PARAMETERS}
    elif saved is not None and not plan:  # set back to today, which must be said beside the name
        shown["pool"] = "station"
    return bench.with_values("", **shown, **more, **{"with": ",".join(beside)})


def _short_fields(fields: dict[str, str], staffing: Staffing) -> dict[str, str]:
    """Return a plan's parameters for the fields that differ from today."""
    now = {row.sector.id: row.factor for row in staffing.rows}
    pairs: dict[str, list[str]] = {"posts": [], "factors": [], "hand": []}
    today: dict[str, tuple[str, Mapping[str, float | None]]] = {
        "f.": ("factors", now),
        "p.": ("posts", staffing.today_posts),
        "h.": ("hand", {}),
    }
    for name, given in fields.items():
        which, values = today[name[:2]]
        if given.strip() and given.strip() != _plain(values.get(name[2:])):
            pairs[which].append(f"{name[2:]}:{given.strip()}")
    return {name: ",".join(values) for name, values in pairs.items()}


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


class _State:
    """What an address shows."""

    def __init__(self, snapshot: Snapshot, edited: Edited, query: str) -> None:
        beside, rest = take_parameters(query, ("with",))
        self.filters, self.plan, self.own = staffing_state(rest, snapshot, edited.scenarios)
        self.snapshot, self.edited = snapshot, edited
        self.lang = bench.language(self.filters.lang, snapshot)
        self.scenario = next(
            (s for s in edited.scenarios if s.key == self.own.get("scenario")), None
        )
        self.beside = self._beside(beside.get("with", ""))
        self.staffing = Staffing(snapshot, self.filters, self.plan, edited)
        self.today = Staffing(snapshot, self.filters, Plan(), edited)
        self.show = self.own.get("show", "factor")
        if self.show not in MAP_NAMES:
            raise FilterError("show", "'{value}' is unknown; use {known}", value=self.show[:40], known=", ".join(MAP_NAMES))  # fmt: skip
        self.sector = self.own.get("sector", "")
        self.table = self.own.get("table", TABLES[0])
        if self.table not in TABLES:
            raise FilterError("table", "'{value}' is unknown; use {known}", value=self.table[:40], known=", ".join(TABLES))  # fmt: skip

    def _beside(self, given: str) -> list[tuple[Scenario, Staffing]]:
        keys = [key for key in given.split(",") if key]
        known = {s.key: s for s in self.edited.scenarios}
        if len(keys) > _MOST_BESIDE or any(key not in known for key in keys):
            raise FilterError("with", "up to {n} saved scenarios can stand beside", n=_MOST_BESIDE)
        found = []
        for key in dict.fromkeys(keys):
            plan = plan_of(known[key].plan, self.snapshot)
            found.append((known[key], Staffing(self.snapshot, self.filters, plan, self.edited)))
        return found

    @property
    def query(self) -> str:
        """The address's query, short and in one order."""
        parts = dict(pair.split("=", 1) for pair in state_of(self.filters).split("&") if pair)
        parts |= {k: self.own[k] for k in PAGE_PARAMETERS if k in self.own}
        if self.scenario is None or self.is_changed_scenario:
            parts |= self.plan.parts() or ({"pool": self.plan.pool} if self.scenario else {})
        if self.beside:
            parts["with"] = ",".join(s.key for s, _ in self.beside)
        if self.filters.lang:
            parts["lang"] = self.filters.lang
        return bench.with_values("", **parts)

    @property
    def record_query(self) -> str:
        """What the record says was looked at: without language and display."""
        return bench.with_values(self.query, lang=None, show=None, table=None)

    @property
    def is_changed_scenario(self) -> bool:
        """Whether a saved scenario is open and the plan is not the saved one."""
        return self.scenario is not None and self.plan.parts() != self.scenario.plan

    def link(self, **more: str | None) -> str:
        """Return the address of this page with other values."""
        query = bench.with_values(self.query, **more)
        return f"{PATH}?{query}" if query else PATH

    def values(self) -> dict[str, Any]:
        """Return what the template needs."""
        staffing, person = self.staffing, g.person
        return {
            "state": self,
            "s": staffing,
            "today": {row.sector.id: row for row in self.today.rows},
            "groups": self._groups(),
            "changed": not self.plan.is_today,
            "problems": problem_texts(staffing, self.lang),
            "period": format_period(*staffing.period, lang=self.lang) if staffing.days else "",
            "map": self._map(),
            "shown": MAP_NAMES,
            "table_names": TABLE_NAMES,
            "input_names": INPUT_NAMES,
            "place_names": PLACE_NAMES,
            "moved_names": MOVED_NAMES,
            "detail": self._detail() if self.sector else None,
            "factors": FACTORS,
            "inputs": INPUTS,
            "simulated": self.snapshot.district.simulated,
            "attribution": self.snapshot.district.attribution,
            "may": {
                "plan": person.may(Right.PLAN),
                "rules": person.may(Right.APPROVE),
                "export": person.may(Right.EXPORT),
            },
            "local_time": lambda time: local_time(time, current_zone()),
            "editions": bench.changes_of(plans.RULES, plans.PROPOSAL),
            "station_name": self.station_name,
            "station_posts": self._station_posts,
            "person_name": bench.person_name(self.lang),
            "day": lambda text_: bench.day_text(text_, self.lang),
            "most_beside": _MOST_BESIDE,
            "other": self._other_language(),
        }

    def _other_language(self) -> tuple[str, str]:
        other = "en" if self.lang == "da" else "da"
        return other, self.link(lang=other)

    def station_name(self, station: str) -> str:
        """Return a local station's name."""
        names = self.snapshot.station_names.get(station, {})
        return names.get(self.lang, station) or text(self.lang, "No local station")

    def _station_posts(self, station: str) -> float | None:
        """Return a station's posts under the plan; None where no posts are known."""
        return self.staffing.plan_posts.get(station) if self.staffing.has_posts else None

    def today_share(self, rows: list[Row]) -> float | None:
        """Return the share that the sectors of ``rows`` have today, in sum."""
        return self.today.totals([self.today.row(row.sector.id) for row in rows]).allocation

    def _groups(self) -> list[tuple[str, list[Row]]]:
        """Return the shown rows by local station."""
        found: dict[str, list[Row]] = {}
        for row in self.staffing.shown:
            found.setdefault(row.sector.station or NO_STATION, []).append(row)
        return list(found.items())

    def _map(self) -> dict[str, Any]:
        shades, limits = dict[str, Shade](), list[float]()
        if self.show == "factor":
            limits = [1, 2, 3, 4, 5]
        for row in self.staffing.rows:
            value = self._value(row)
            said = "–" if value is None else number(value, self.lang)
            title = f"{row.sector.id} {row.sector.name}: {said}"
            shade, state = value, ""
            if value is not None and self.show == "factor":
                shade = 6 - value  # the most officers are the darkest
            if value is not None and self.show == "change":
                shade, state = None, "more" if value > 0 else "less" if value < 0 else "same"
            shades[row.sector.id] = Shade(shade, title, state)
        if self.show == "share":
            limits = sorted({s.value for s in shades.values() if s.value})[:5]
        labels = {row.sector.id: row.sector.label for row in self.staffing.rows}
        outline = self.snapshot.layer_text("outline")
        return bench.picture(outline, "sector_id", labels, shades, limits or None)

    def _value(self, row: Row) -> float | None:
        sector, staffing = row.sector.id, self.staffing
        if self.show == "reported":
            rate = staffing.reported.get(sector)
            return rate.rate if rate else None
        if self.show == "designated":
            share = staffing.designated.get(sector)
            return None if share is None else 100 * share
        values = {
            "factor": row.factor,
            "gap": None if row.gap is None else max(0.0, -row.gap),
            "share": row.allocation,
            "change": difference(row.allocation, self.today.row(sector).allocation),
            "infrastructure": staffing.figures(sector).infrastructure,
        }
        return values[self.show]

    def _detail(self) -> dict[str, Any]:
        sector = self.sector
        staffing, row = self.staffing, self.staffing.row(self.sector)
        history = bench.changes_of(plans.FACTOR, sector)
        imported = next((r for r in self.snapshot.table("posts") if r["sector_id"] == sector), None)
        held = row.held
        return {
            "row": row,
            "today": self.today.row(sector),
            "proposal": staffing.proposal(sector),
            "with_found": staffing.proposal_with_found(sector),
            "reported": staffing.reported.get(sector),
            "found": staffing.found.get(sector),
            "designated": staffing.designated.get(sector),
            "infrastructure": staffing.infrastructure.get(sector, {}),
            "district": staffing.figures(NO_STATION),
            "per_10000": staffing.per_10000,
            "band": staffing.bands.get(sector),
            "history": history,
            "imported": imported,
            "differs": bool(
                imported
                and held
                and held.version
                and imported.get("factor")
                and float(imported["factor"]) != held.factor
            ),
            "version": held.version if held else self._version(sector),
            "may_set": g.person.may_in(Right.APPROVE, sector),
            "may_ask": g.person.may_in(Right.WRITE, sector),
            "now": _today(self.snapshot),
        }

    def _version(self, sector: str) -> int:
        factor = self.edited.factors.get(sector)
        return factor.version if factor else 0


# What people change


def _author() -> str:
    return str(g.person.full_name or g.person.name)


def _set() -> AnyResponse:
    """Set a factor: who may approve says so himself."""
    return bench.change(_page, _set_factor)


def _ask() -> AnyResponse:
    """Ask for a factor; what is set stays until somebody approves."""
    return bench.change(_page, _ask_factor)


def _set_factor(snapshot: Snapshot, edited: Edited, form: Form) -> AnyResponse:
    sector, wanted, said, _ = _wanted(snapshot, edited, form)
    if not g.person.may_in(Right.APPROVE, sector):
        return message_page(403, "role")
    wanted["approved_by"] = wanted["approved_by"] or _author()
    bench.changed(snapshot, said, wanted["reason"])
    seen = bench.seen_version(form)
    plans.set_factor(g.access.database, sector, wanted, seen=seen, by=g.person.name)
    return bench.back(PATH, form.get("query", ""), "saved", sector=sector)


def _ask_factor(snapshot: Snapshot, edited: Edited, form: Form) -> AnyResponse:
    sector, wanted, said, before = _wanted(snapshot, edited, form)
    if not g.person.may_in(Right.WRITE, sector):
        return message_page(403, "role")
    bench.changed(snapshot, f"asked for {said}", wanted["reason"])
    seen = bench.seen_version(form)
    plans.ask_factor(g.access.database, sector, wanted, now=before, seen=seen, by=g.person.name)
    return bench.back(PATH, form.get("query", ""), "saved", sector=sector)


def _wanted(
    snapshot: Snapshot, edited: Edited, form: Form
) -> tuple[str, dict[str, Any], str, SetFactor | None]:
    """Read the form of a factor: sector, what is wanted, its words for the record, what is set now."""
    sector = form.get("sector", "")
    if sector not in snapshot.sector_names:
        raise InputError("there is no such sector", value=sector[:40])
    factor = limited("factor", form.get("factor", ""), (FACTORS[0], FACTORS[-1]))
    wanted = {
        "factor": factor,
        "reason": bench.reason_of(form),
        "date": _not_later(iso_date(form.get("date", "")), snapshot),
        "approved_by": form.get("approved_by", "").strip()[:200],
    }
    before = set_factors(snapshot, edited.factors).get(sector)
    said = f"factor of sector {sector}: {_plain(before.factor if before else None) or '–'} -> {factor:g}"
    return sector, wanted, said, before


def _not_later(day: str, snapshot: Snapshot) -> str:
    """Return a date that is not in the future: a factor counts from the moment it is set."""
    if day > _today(snapshot):
        raise InputError("The date is in the future; a factor counts at once.")
    return day


def _today(snapshot: Snapshot) -> str:
    return database.now().astimezone(snapshot.district.zone).date().isoformat()


def _scenario() -> AnyResponse:
    """Save the plan of the address as a scenario, save it anew, or take it away."""
    return bench.change(_page, _save_scenario)


def _save_scenario(snapshot: Snapshot, edited: Edited, form: Form) -> AnyResponse:
    query, do = form.get("query", "")[:4000], form.get("do", "")
    state = _State(snapshot, edited, query)
    known = state.scenario if do in ("update", "remove") else None
    if do in ("update", "remove") and known is None:
        raise InputError("there is no such scenario any more")
    name = form.get("name", "").strip()
    if do != "remove" and not 1 <= len(name) <= LONGEST_NAME:
        raise InputError("Give the scenario a name of at most 120 characters.")
    others = (s.name for s in edited.scenarios if known is None or s.key != known.key)
    if do != "remove" and name in others:
        raise InputError("There is a scenario of this name already.")
    key = known.key if known else secrets.token_hex(6)
    note = form.get("note", "").strip()[:LONGEST_REASON]
    content = plans.scenario_content(name, note, state.plan, _author(), snapshot.id)
    bench.changed(snapshot, f"scenario {do or 'saved'}: {name or key}", note)
    plans.save_scenario(
        g.access.database,
        key,
        None if do == "remove" else content,
        seen=bench.seen_version(form) if known else 0,
        by=g.person.name,
    )
    if do != "remove":
        plan = dict.fromkeys(PLAN_PARAMETERS, "")
        return bench.back(PATH, query, "stored", **plan, scenario=key)
    beside = ",".join(s.key for s, _ in state.beside if s.key != key)
    today = dict.fromkeys((*PLAN_PARAMETERS, "scenario"), "")
    return bench.back(PATH, query, "stored", **today, **{"with": beside})


def _rules() -> AnyResponse:
    """Save a new edition of the proposal's weights and limits."""
    return bench.change(_page, _save_rules)


def _save_rules(snapshot: Snapshot, edited: Edited, form: Form) -> AnyResponse:
    weights = {name: limited(name, form.get(name, ""), (0, 100)) for name in INPUTS}
    cuts = tuple(limited("limit", form.get(f"cut{i}", ""), (0, 100)) for i in range(4))
    reason = bench.reason_of(form)
    rules = ProposalRules.of({**weights, "cuts": cuts}, edited.proposal.edition)
    bench.changed(snapshot, "weights of the proposed factor", reason)
    seen = bench.seen_version(form)
    plans.save_rules(
        g.access.database, plans.PROPOSAL, rules, seen=seen, by=g.person.name, reason=reason
    )
    return bench.back(PATH, form.get("query", ""), "stored")
