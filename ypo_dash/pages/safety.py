"""Safety: the survey by area, with intervals, beside the register. Written by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, redirect

from ypo_dash.i18n import number, percent
from ypo_dash.model.errors import FilterError
from ypo_dash.model.plan import IndexRules, limited
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.bench import Problem, Shade
from ypo_dash.pages.export_file import send_workbench
from ypo_dash.pages.limits import EXPORTS
from ypo_dash.pages.looks import state_of
from ypo_dash.pages.names import ADJUST_NAMES, LEVEL_NAMES, MEASURE_NAMES, PART_NAMES, TYPE_NAMES
from ypo_dash.pages.plain import current_zone, local_time, page
from ypo_dash.people import plans
from ypo_dash.stats.changes import ADJUSTMENTS
from ypo_dash.views.safety import change_sentence, share_text
from ypo_dash.views.survey import (
    HIDDEN_BELOW,
    INDEX_TYPES,
    LEVELS,
    PAGE_PARAMETERS,
    PARTS,
    UNCERTAIN_BELOW,
    safety_state,
    survey_of,
)
from ypo_dash.views.workbench import survey_year

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import Limiter
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.bench import Form
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.survey import AreaYear, Change

PATH = "/safety"
INDEX = "index"
_TOP_STEPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def safety_pages(app: Flask, limiter: Limiter) -> None:
    """Register the page, its export and its form."""
    routes = Blueprint("safety", __name__, template_folder="templates")
    routes.get(PATH)(_page)
    routes.get("/export/safety.csv", endpoint="export")(
        limiter.limit(EXPORTS)(lambda: send_workbench("safety"))
    )
    routes.get("/safety/<what>", endpoint="form")(lambda what: redirect(PATH))  # noqa: ARG005
    routes.post("/safety/rules")(_rules)
    app.register_blueprint(routes)


def _page(problem: Problem | None = None, status: int = 200) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, edited = found
    try:
        state = _State(snapshot, edited, bench.query_text())
    except FilterError as error:
        lang = bench.asked_language(snapshot)
        problem, status = Problem(f"{error.parameter}: {error.problem(lang)}", {}), 400
        state = _State(snapshot, edited, f"lang={lang}")
    refused = bench.looked(snapshot, "safety", bench.with_values(state.query, lang=None))
    return refused or page(
        "safety.html", status, lang=state.lang, here=PATH, problem=problem, **state.values()
    )


class _State:
    """What an address shows."""

    def __init__(self, snapshot: Snapshot, edited: Edited, query: str) -> None:
        self.snapshot, self.edited = snapshot, edited
        self.filters, self.own = safety_state(query, snapshot)
        self.lang = bench.language(self.filters.lang, snapshot)
        self.survey = survey_of(snapshot, edited.index)
        years = self.survey.years
        self.year = survey_year("year", self.own, self.survey, years[-1] if years else 0)
        earlier = [year for year in years if year < self.year]
        given = survey_year("against", self.own, self.survey, 0)
        # Only an earlier year can be compared with; the form keeps the one that was chosen before.
        self.against = given if given in earlier else earlier[-1] if earlier else 0
        self.earlier = earlier
        self.method = self.own.get("adjust", ADJUSTMENTS[0])
        self.shows = (*self.survey.measures, *((INDEX,) if self.survey.base else ()))
        self.show = self.own.get("show", self.shows[0] if self.shows else "")
        if self.shows and self.show not in self.shows:
            raise FilterError("show", "'{value}' is unknown; use {known}", value=self.show[:40], known=", ".join(self.shows))  # fmt: skip
        self.area = self.own.get("area", "")

    @property
    def query(self) -> str:
        """The address's query, short and in one order."""
        parts = dict(pair.split("=", 1) for pair in state_of(self.filters).split("&") if pair)
        parts |= {name: self.own[name] for name in PAGE_PARAMETERS if name in self.own}
        if self.filters.lang:
            parts["lang"] = self.filters.lang
        return bench.with_values("", **parts)

    def link(self, **more: str | None) -> str:
        """Return the address of this page with other values."""
        query = bench.with_values(self.query, **more)
        return f"{PATH}?{query}" if query else PATH

    def values(self) -> dict[str, Any]:
        """Return what the template needs."""
        survey, year = self.survey, self.year
        rows = survey.of_year(year) if year else []
        changes = survey.changes(year, self.against, self.method) if year and self.against else []
        measure = self.show if self.show in survey.measures else next(iter(survey.measures), "")
        shown = {area.id for area in survey.areas_in(self.filters)}
        highs = [row.shares[measure].high for row in rows if measure in row.shares]
        top = next((step for step in _TOP_STEPS if step >= max(highs, default=0.5)), 1.0)
        other = "en" if self.lang == "da" else "da"
        return {
            "state": self,
            "survey": survey,
            "rows": [row for row in rows if row.area.id in shown],
            "measure": measure,
            "names": MEASURE_NAMES,
            "level_names": LEVEL_NAMES,
            "levels": LEVELS,
            "top": top,
            "city": survey.city(year) if year else {},
            "city_change": survey.city_change(year, self.against, measure)
            if year and self.against and measure
            else None,
            "ranks": survey.ranks(year, measure) if measure else {},
            "model": survey.model(year, measure) if measure else {},
            "changes": {(c.area.id, c.measure): c for c in changes},
            "compared": len(changes),
            "found": [c for c in changes if c.is_shown],
            "sentence": self._sentence,
            "share_text": lambda share: share_text(share, self.lang),
            "adjust_names": ADJUST_NAMES,
            "part_names": PART_NAMES,
            "parts": PARTS,
            "rules": self.edited.index,
            "covered": survey.covered_days(year) if year else (0, 0),
            "in_no_area": survey.in_no_area(year) if year else None,
            "map": self._map(rows) if rows else None,
            "detail": self._detail(rows, changes) if self.area and year else None,
            "stations": self._stations(),
            "hidden_below": HIDDEN_BELOW,
            "uncertain_below": UNCERTAIN_BELOW,
            "simulated": self.snapshot.district.simulated,
            "attribution": self.snapshot.district.attribution,
            "may": {
                "rules": g.person.may(Right.APPROVE),
                "export": g.person.may(Right.EXPORT),
            },
            "person_name": bench.person_name(self.lang),
            "editions": bench.changes_of(plans.RULES, plans.INDEX),
            "local_time": lambda time: local_time(time, current_zone()),
            "percent": lambda share: percent(share, self.lang),
            "points": self._points,
            "other": (other, self.link(lang=other)),
        }

    def _stations(self) -> list[tuple[str, str, bool]]:
        return [
            (key, names[self.lang], key == self.filters.station)
            for key, names in self.snapshot.station_names.items()
        ]

    def _points(self, difference: float) -> str:
        """Return a difference of shares in percentage points, with its sign."""
        shown = number(100 * difference, self.lang, 1)
        return f"+{shown}" if difference > 0 else shown

    def _sentence(self, change: Change) -> str:
        return change_sentence(change, (self.year, self.against), self.lang)

    def _map(self, rows: list[AreaYear]) -> dict[str, Any]:
        shades = {}
        for row in rows:
            share = row.shares.get(self.show)
            said = share_text(share, self.lang) if share else "–"
            if self.show == INDEX and row.index is not None:
                said = number(row.index.value, self.lang, 0)
            title = f"{row.area.id} {row.area.name}: {said}"
            value = None
            if self.show == INDEX and row.index is not None:
                value = 100 - row.index.value  # the least safe are the darkest
            elif share is not None:
                value = 100 * share.share
            state = "" if value is not None else "hidden" if row.state == "hidden" else "nothing"
            shades[row.area.id] = Shade(value, title, state)
        limits = None
        if self.show == INDEX:
            rules = self.edited.index
            limits = [0.0, 100 - rules.ordinary, 100 - rules.intensiveret, 100 - rules.markant]
        labels = {row.area.id: row.area.label for row in rows}
        areas = self.snapshot.layer_text("areas")
        return bench.picture(areas, "id", labels, shades, limits)

    def _detail(self, rows: list[AreaYear], changes: list[Change]) -> dict[str, Any]:
        row = next(row for row in rows if row.area.id == self.area)
        survey, area = self.survey, row.area
        series = {
            measure: [
                (year, survey.all[(area.id, year)].shares.get(measure)) for year in survey.years
            ]
            for measure in survey.measures
        }
        reports = [
            (
                kind,
                survey.reports(area, self.year, (kind,)),
                survey.reports(area, self.against, (kind,)) if self.against else None,
                survey.reports_of_all(self.year, (kind,)),
            )
            for kind in INDEX_TYPES
        ]
        return {
            "row": row,
            "series": series,
            "reports": reports,
            "type_names": TYPE_NAMES,
            "changes": [c for c in changes if c.area.id == area.id],
            "years": [survey.all[(area.id, year)] for year in survey.years],
            "sectors": [(s, self.snapshot.sector_names[s], share) for s, share in area.sectors],
            "all_reports": survey.reports(area, self.year),
        }


def _rules() -> AnyResponse:
    """Save a new edition of the index's weights, limits and base year."""
    return bench.change(_page, _save_rules)


def _save_rules(snapshot: Snapshot, edited: Edited, form: Form) -> AnyResponse:
    weights = {name: limited(name, form.get(name, ""), (0, 100)) for name in PARTS}
    limits = {
        name: limited(name, form.get(name, ""), (0, 100))
        for name in ("markant", "intensiveret", "ordinary")
    }
    base = form.get("base_year", "0")
    known = map(str, survey_of(snapshot, edited.index).years)
    if base not in ("0", *known):
        raise FilterError("base_year", "'{value}' is unknown", value=base[:40])
    reason = bench.reason_of(form)
    content = {**weights, **limits, "base_year": int(base)}
    rules = IndexRules.of(content, edited.index.edition)
    bench.changed(snapshot, "weights of the safety index", reason)
    seen = bench.seen_version(form)
    plans.save_rules(
        g.access.database, plans.INDEX, rules, seen=seen, by=g.person.name, reason=reason
    )
    return bench.back(PATH, form.get("query", ""), "stored")
