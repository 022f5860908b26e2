"""Analysis: the statistics that are not on the map, one address each. Written by the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.i18n import format_date, join_words, number, percent, text, weekday_names
from ypo_dash.model.errors import FilterError, RecordError
from ypo_dash.model.filters import COMPARISONS, Filters
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.looks import with_own
from ypo_dash.pages.names import ANCHOR_NAMES, COMPARE_NAMES
from ypo_dash.pages.plain import message_page, page
from ypo_dash.pages.watch import Look, watch
from ypo_dash.store.query import summarise
from ypo_dash.views.analysis import (
    METRIC_NAMES,
    backtest_section,
    concentration_section,
    effort_section,
    nearrepeat_section,
    time_section,
)
from ypo_dash.views.effort import BEFORE, FIELDS
from ypo_dash.views.normal import normal
from ypo_dash.views.rhythm import month_names
from ypo_dash.views.statistics import own_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.store.snapshot import Snapshot

PATH = "/analysis"
LISTS = ("types", "sectors", "days", "scenes")  # a form sends these once per value
FORM = ("from", "to", "types", "sectors", "hours", "compare")  # what the page's form changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One statistic of the page.

    ``build`` takes snapshot, state and language, and by name what the address has of ``own``, the
    parameters beside the state. What it returns, the template ``analysis_<key>.html`` has under the
    section's key. ``anchors`` are the places of `/method` that say what it is.
    """

    title: str
    build: Callable[..., Any]
    anchors: tuple[str, ...]
    exports: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


SECTIONS: dict[str, Section] = {
    "normal": Section(
        title="Normal this week?", build=normal, anchors=("normal", "comparisons"),
        exports=("normal",),
    ),
    "backtest": Section(
        title="Back-test", build=backtest_section, anchors=("backtest",), exports=("backtest",),
    ),
    "time": Section(
        title="Time", build=time_section, anchors=("time", "change", "season"),
        exports=("hours", "duty", "dayparts", "season"),
    ),
    "nearrepeat": Section(
        title="Near repeats", build=nearrepeat_section, anchors=("nearrepeat",),
        exports=("nearrepeat",), own=("metric",),
    ),
    "concentration": Section(
        title="Concentration", build=concentration_section, anchors=("concentration",),
        exports=("concentration",),
    ),
    "effort": Section(
        title="Effort", build=effort_section, anchors=("wdd",), exports=("effort",), own=FIELDS,
    ),
}  # fmt: skip
DEFAULT = "normal"


def analysis_pages(app: Flask) -> None:
    """Register the page and its sections."""
    routes = Blueprint("analysis", __name__, template_folder="templates")
    routes.get(PATH, endpoint="first")(lambda: _page(DEFAULT))
    routes.get(f"{PATH}/<section>", endpoint="section")(_page)
    app.register_blueprint(routes)


def _page(section: str) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot = found[0]
    if section not in SECTIONS:
        return message_page(404, "nothing")
    if snapshot.span is None:
        return message_page(503, "no_data")
    query = bench.query_text()
    short = _tidied(query)
    if short != query:
        return redirect(f"{request.path}?{short}" if short else request.path)
    return _shown(_State(snapshot, section, query))


def _tidied(query: str) -> str:
    """Return what a form sent as an address has it: lists joined, empty fields left out."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if all(value for _, value in pairs) and not _repeats(pairs):
        return query
    joined: list[tuple[str, str]] = []
    for name, value in pairs:
        if name not in LISTS:
            joined.append((name, value))
        elif name not in dict(joined):
            joined.append((name, ",".join(v for k, v in pairs if k == name and v)))
    return urlencode([pair for pair in joined if pair[1]], safe=",:")


def _repeats(pairs: list[tuple[str, str]]) -> bool:
    listed = [name for name, _ in pairs if name in LISTS]
    return len(listed) > len(set(listed))


class _State:
    """What an address shows: state, own parameters, what the section says or why it can't."""

    def __init__(self, snapshot: Snapshot, section: str, query: str) -> None:
        self.snapshot, self.section, self.entry = snapshot, section, SECTIONS[section]
        self.problem: str | None = None
        self.built: Any = None
        self.own: dict[str, str] = {}
        self.given = {k: v for k, v in parse_qsl(query) if k in self.entry.own}
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(query):
            given.setdefault(name, []).append(value)
        own = self.entry.own
        rest = "&".join(p for p in query.split("&") if p.split("=")[0] not in own)
        self.filters = Filters(lang=bench.asked_language(snapshot))
        try:
            self.filters = Filters.from_query(rest, snapshot)
            self.filters.period(snapshot.span)
            self.own = own_of(given, own)
            self.lang = bench.language(self.filters.lang, snapshot)
            self.built = self.entry.build(snapshot, self.filters, self.lang, **self.own)
        except FilterError as error:
            self.lang = bench.asked_language(snapshot)
            self.problem = f"{error.parameter}: {error.problem(self.lang)}"
            try:
                self.filters.period(snapshot.span)
            except FilterError:
                self.filters = Filters(lang=self.lang)

    def link(self, section: str = "", **own: str | None) -> str:
        """Return the address of a section in this state; other sections forget this one's own values."""
        kept = self.own if section in ("", self.section) else {}
        query = bench.with_values(self.filters.to_query(), **{**kept, **own})
        path = f"{PATH}/{section or self.section}"
        return f"{path}?{query}" if query else path

    @property
    def counted(self) -> Filters:
        """The state that a section counts, where it is not the address's own (burglary, an effort's dates)."""
        built = self.built if isinstance(self.built, dict) else {}
        found: Filters = built.get("shown", self.filters)
        return found

    def export(self, name: str) -> str:
        """Return the address of a section's table."""
        query = bench.with_values(self.counted.to_query(), **self.own)
        return f"/export/{name}.csv?{query}"


def _shown(state: _State) -> Response:
    snapshot, filters, lang = state.snapshot, state.filters, state.lang
    query = with_own(filters, state.own)
    rows = None if state.problem else summarise(snapshot, filters).rows
    try:
        watch(snapshot, Look(what=f"analysis {state.section}", query=query, rows=rows))
    except RecordError:
        return message_page(503, "record")
    other = "en" if lang == "da" else "da"
    return page(
        "analysis.html",
        400 if state.problem else 200,
        lang=lang,
        here=PATH,
        simulated=snapshot.district.simulated,
        attribution=snapshot.district.attribution,
        state=state,
        section=state.section,
        entry=state.entry,
        sections=SECTIONS,
        caption=state.counted.describe(snapshot, lang),
        found_by_police=_found_by_police(snapshot, state.counted, lang),
        period=filters.period(snapshot.span),
        span=[format_date(day, lang) for day in snapshot.span or ()],
        explore="/?" + filters.to_query() if filters.to_query() else "/",
        may_export=g.person.may(Right.EXPORT),
        form=_form(snapshot, filters, lang),
        percent=lambda share: percent(share, lang),
        signed=lambda value, decimals=None: _signed(value, lang, decimals),
        weekdays=weekday_names(lang),
        months=month_names(lang),
        metric_names=METRIC_NAMES,
        before_names=[(name, COMPARE_NAMES[name]) for name in BEFORE],
        anchor_names=ANCHOR_NAMES,
        other=(other, state.link(lang=other)),
        **{state.section: state.built},
    )


def _found_by_police(snapshot: Snapshot, filters: Filters, lang: str) -> str:
    """Return the types of a state that show where the police looked, in words."""
    offences = snapshot.taxonomy.offence.values()
    return join_words(
        [
            o.name(lang).lower()
            for o in offences
            if o.detection == "police_initiated" and (not filters.types or o.code in filters.types)
        ],
        lang,
    )


def _signed(value: float, lang: str, decimals: int | None = None) -> str:
    shown = number(value, lang, decimals)
    return f"+{shown}" if value > 0 and shown.strip("0.,") else shown


def _form(snapshot: Snapshot, filters: Filters, lang: str) -> dict[str, Any]:
    """Return the choices of the page's form, and what of the state it carries along."""
    groups = []
    for codes in snapshot.taxonomy.groups.values():
        offences = [snapshot.taxonomy.offence[code] for code in codes]
        groups.append(
            (
                offences[0].group_name(lang),
                [(o.code, o.name(lang), o.detection == "police_initiated", o.code in filters.types) for o in offences],
            )
        )  # fmt: skip
    kept = [(k, v) for k, v in parse_qsl(filters.to_query()) if k not in FORM]
    return {
        "kept": kept,
        "state": parse_qsl(filters.to_query()),
        "groups": groups,
        "types": _chosen(len(filters.types), lang),
        "sectors": [(s.id, s.name, s.id in filters.sectors) for s in snapshot.sectors],
        "sectors_chosen": _chosen(len(filters.sectors), lang),
        "hours": str(filters.hours or ""),
        "compare": [(c, COMPARE_NAMES[c], c == filters.compare) for c in COMPARISONS],
    }


def _chosen(count: int, lang: str) -> str:
    return text(lang, "{n} chosen", n=count) if count else text(lang, "all")
