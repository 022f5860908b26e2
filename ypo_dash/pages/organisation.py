"""Organisation: local stations, groups, posts, and who covers which sector. Written by the server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, request

from ypo_dash.figures.org_chart import Branch, GroupBox, chart_height, org_chart
from ypo_dash.figures.theme import PAGE
from ypo_dash.i18n import number, plural, text
from ypo_dash.model.desk import GROUPS, Cover, Group
from ypo_dash.model.rights import Right
from ypo_dash.pages import bench
from ypo_dash.pages.desk_forms import (
    choice_name,
    entry_values,
    form_fields,
    found,
    removed,
    saved,
)
from ypo_dash.pages.plain import current_zone, local_time, message_page, page
from ypo_dash.people import database, desk
from ypo_dash.views.organisation import (
    ADMINISTRATIVE,
    OFFICERS,
    OPERATIONAL,
    PREVENTION,
    SORTS,
    organisation,
    sectors_of,
)
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.model.entries import Entry
    from ypo_dash.pages.bench import Form, Problem
    from ypo_dash.people.plans import Edited
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.organisation import Organisation, StationGroups

PATH = "/organisation"
NEW = "new"
KINDS: dict[str, type[Group] | type[Cover]] = {"group": Group, "cover": Cover}
SORT_NAMES = {
    OPERATIONAL: "Operational local police",
    ADMINISTRATIVE: "Quality and legality of case work",
    PREVENTION: "Crime prevention among children and young people",
}
TINTS = {sort: f"var(--tint-{sort})" for sort in SORT_NAMES}
_WIDE, _TEXT = 1100.0, 15.0


def organisation_pages(app: Flask) -> None:
    """Register the page and its forms."""
    routes = Blueprint("organisation", __name__, template_folder="templates")
    routes.get(PATH, endpoint="page")(lambda: _page(None, 200))
    routes.get(f"{PATH}/<what>", endpoint="form")(lambda what: redirect(PATH))  # noqa: ARG005
    routes.post(f"{PATH}/group", endpoint="group")(lambda: _change(Group))
    routes.post(f"{PATH}/cover", endpoint="cover")(lambda: _change(Cover))
    app.register_blueprint(routes)


@dataclass(frozen=True, slots=True)
class _Open:
    """The one form that is open: of which kind, of which entry (None: a new one), with what in it."""

    what: str
    entry: Group | Cover | None
    fields: tuple[Any, ...]
    changes: tuple[Any, ...]


def _page(problem: Problem | None, status: int) -> AnyResponse:
    got = bench.current()
    if isinstance(got, Response):
        return got
    snapshot, _ = got
    lang = bench.asked_language(snapshot)
    day = desk_day(snapshot, database.now())
    covers = desk.entries(g.access, Cover)
    view = organisation(snapshot, desk.entries(g.access, Group), covers, day, lang)
    refused = bench.looked(snapshot, "organisation", "")
    query = dict(parse_qsl(bench.query_text()))
    return refused or page(
        "organisation.html", status,
        lang=lang, here=PATH, snapshot=snapshot, simulated=snapshot.district.simulated, problem=problem,
        view=view, groups=GROUPS, officers=OFFICERS, chart=_chart(snapshot, view, lang),
        form=_open(snapshot, problem, query, lang), desk_day=bench.day_text(day.isoformat(), lang),
        choice=lambda value: choice_name(value, lang), sort_of=SORTS, ids=_ids,
        day=lambda given: bench.day_text(str(given), lang), link=_link(query),
        may_group=g.person.may(Right.APPROVE), may_cover=_may_cover, may_some_cover=_may_some(snapshot),
        may_export=g.person.may(Right.EXPORT), query=urlencode({"lang": query["lang"]}) if "lang" in query else "",
        when=lambda time: local_time(time, current_zone())[:-3], person_name=bench.person_name(lang),
        later=[c for c in covers if c.since > day.isoformat()],
    )  # fmt: skip


def _link(query: dict[str, str]) -> Callable[..., str]:
    kept = {"lang": query["lang"]} if "lang" in query else {}

    def link(**more: str) -> str:
        parts = urlencode({**kept, **more}, safe="/")
        return f"{PATH}?{parts}" if parts else PATH

    return link


def _may_cover(cover: Cover) -> bool:
    return _may_in(sectors_of(cover))


def _may_in(sectors: Iterable[str]) -> bool:
    """Whether he may say who covers these: whoever writes in a sector, or approves what is written there."""
    person = g.person
    return all(person.may_in(Right.WRITE, s) or person.may_in(Right.APPROVE, s) for s in sectors)


def _may_some(snapshot: Snapshot) -> bool:
    return any(_may_in([s]) for s in snapshot.sector_names)


def _open(
    snapshot: Snapshot, problem: Problem | None, query: dict[str, str], lang: str
) -> _Open | None:
    """Return the form that the address or a refused one asks for; None where he may not use it."""
    mine = dict(problem.mine) if problem else {}
    sent = request.path.rpartition("/")[2] if problem else ""
    what = sent or next((k for k in KINDS if query.get(k)), "")
    if what not in KINDS:
        return None
    key = mine.get("key", "") if mine else query.get(what, "")
    entry = desk.find(g.access, KINDS[what], key[:200]) if key and key != NEW else None
    if not _may_open(snapshot, what, entry) or (entry is None and key not in ("", NEW)):
        return None
    fields = form_fields(KINDS[what], snapshot, lang, entry_values(entry, mine))
    changes = bench.changes_of(what, entry.key) if entry else []
    return _Open(what, entry, tuple(fields), tuple(changes))


def _may_open(snapshot: Snapshot, what: str, entry: Entry | None) -> bool:
    if what == "group":
        return bool(g.person.may(Right.APPROVE))
    return _may_cover(entry) if isinstance(entry, Cover) else _may_some(snapshot)


def _change(kind: type[Group] | type[Cover]) -> AnyResponse:
    """Carry out what a form asks; who covers a sector is asked in each sector that it touches."""
    if kind is Cover and not (g.person.may(Right.WRITE) or g.person.may(Right.APPROVE)):
        return message_page(403, "role")

    def do(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
        key = form.get("key", "")
        before = found(kind, key) if key else None
        if kind is Cover and not _may_in([*_named(form), *(sectors_of(before) if isinstance(before, Cover) else ())]):  # fmt: skip
            return message_page(403, "role")
        if form.get("do") == "remove":
            removed(snapshot, kind, form)
        else:
            saved(snapshot, kind, form, form)
        lang = dict(parse_qsl(form.get("query", ""))).get("lang")
        return bench.back(PATH, urlencode({"lang": lang}) if lang else "", "saved")

    return bench.change(_page, do)


def _named(form: Form) -> list[str]:
    if form.get("do") == "remove":
        return []
    return [part for part in re.split(r"[;,\s]+", form.get("sectors", "")) if part]


def _chart(snapshot: Snapshot, view: Organisation, lang: str) -> str:
    branches = [_branch(one, lang) for one in view.stations]
    name = snapshot.district.name
    words = text(lang, "Organisation of {name}: local stations, groups and posts", name=name)
    return org_chart(
        (name, _posts(view.total, lang)),
        branches,
        tints=TINTS,
        key={sort: text(lang, words) for sort, words in SORT_NAMES.items()},
        theme=PAGE,
        size=(_WIDE, chart_height(branches, _TEXT)),
        text=_TEXT,
        title=words,
        desc=text(lang, "The table below has the same numbers."),
        empty=text(lang, "No groups are entered yet."),
    )


def _posts(count: int, lang: str) -> str:
    return plural(lang, "{n} post", "{n} posts", count)


def _branch(one: StationGroups, lang: str) -> Branch:
    boxes = [
        GroupBox(choice_name(code, lang), number(n, lang), SORTS[code], _note(one, code, lang))
        for code in GROUPS
        if (n := one.posts[code]) is not None
    ]
    name = one.name or text(lang, "The whole district")
    return Branch(name, _posts(one.total, lang), tuple(boxes))


def _note(one: StationGroups, code: str, lang: str) -> str:
    """Return which sectors a group's posts cover, and who leads it."""
    covered = {s for c in one.covers if c.group == code for s in sectors_of(c)}
    leader = next((group.leader for group in one.groups if group.group == code), "")
    parts = [text(lang, "sectors {ids}", ids=_ids(covered))] if covered else []
    return " · ".join([*parts, *([leader] if leader else [])])


def _ids(sectors: Iterable[str]) -> str:
    """Return ids in order, runs of numbers joined: ``1–3, 7``."""
    numbers = sorted({int(s) for s in sectors if s.isascii() and s.isdigit()})
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    joined = [f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return ", ".join([*joined, *sorted(s for s in sectors if not (s.isascii() and s.isdigit()))])
