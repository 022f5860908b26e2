"""Arranging the wall: its slides, briefings and shifts, and the duty officer's notices. Without scripts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import tomli_w
from flask import Blueprint, Response, current_app, g, redirect

from ypo_dash.i18n import format_date, text, weekday_names
from ypo_dash.model.errors import FilterError, InputError
from ypo_dash.model.filters import Filters
from ypo_dash.model.rights import Right
from ypo_dash.model.rotation import EVERY, FILE, KINDS, SECONDS, THEMES, Rotation, SlideSpec
from ypo_dash.model.tiers import require_internal
from ypo_dash.pages import bench
from ypo_dash.pages.bench import Problem
from ypo_dash.pages.names import SLIDE_NAMES
from ypo_dash.pages.plain import PRIVATE, current_zone, local_time, message_page, page
from ypo_dash.pages.wall import now
from ypo_dash.people import walls

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.pages.bench import Form
    from ypo_dash.people.plans import Edited
    from ypo_dash.people.walls import Arranged
    from ypo_dash.store.snapshot import Snapshot

PATH = "/wall/arrange"
_MORE = 2  # empty rows for new slides
_NOTICE_HOURS = 8
_OF_ROW = ("kind", "seconds", "every", "state", "station", "sector")


def wall_arrange_pages(app: Flask) -> None:
    """Register the page, its forms and the file."""
    routes = Blueprint("wall_arrange", __name__, template_folder="templates")
    routes.get(PATH, endpoint="page")(_page)
    routes.get("/wall/wall.toml", endpoint="file")(_file)
    routes.get("/wall/notices", endpoint="notices")(lambda: redirect(PATH))
    routes.post(PATH, endpoint="save")(lambda: bench.change(_page, _save))
    routes.post("/wall/notices", endpoint="notice")(lambda: bench.change(_page, _notice))
    app.register_blueprint(routes)


def _arranged() -> Arranged:
    return walls.arranged(g.access, current_app.extensions["ypo"].workspace.home)


def _page(problem: Problem | None = None, status: int = 200) -> AnyResponse:
    found = bench.current()
    if isinstance(found, Response):
        return found
    snapshot, arranged = found[0], _arranged()
    lang = bench.asked_language(snapshot)
    rotation = arranged.rotation
    here = now().astimezone(snapshot.district.zone).replace(tzinfo=None)
    return page(
        "wall_arrange.html",
        status,
        lang=lang,
        here="/wall",
        problem=problem,
        mine=problem.mine if problem else {},
        arranged=arranged,
        rotation=rotation,
        rows=_rows(rotation, problem),
        kinds=[(kind, text(lang, SLIDE_NAMES[kind])) for kind in KINDS],
        stations=[(key, names[lang]) for key, names in snapshot.station_names.items()],
        sectors=list(snapshot.sector_names.items()),
        limits={"seconds": SECONDS, "every": EVERY},
        notices=_shown_notices(here, lang),
        longest=walls.LONGEST_NOTICE,
        times=_times(here, problem),
        may={
            "arrange": g.person.may(Right.APPROVE),
            "notice": _may_notice(),
        },
        local_time=lambda time: local_time(time, current_zone())[:-3],
        person_name=bench.person_name(lang),
        simulated=snapshot.district.simulated,
        themes=THEMES,
    )


def _may_notice() -> bool:
    """Whether this person may put notices up: who writes in sectors, and who approves."""
    return bool(g.person.may(Right.WRITE) or g.person.may(Right.APPROVE))


def _rows(rotation: Rotation, problem: Problem | None) -> list[dict[str, Any]]:
    """Return the rows of the form: what was written and refused, else what stands."""
    if problem is not None and "kind.1" in problem.mine:
        mine, rows = problem.mine, []
        for i in _numbers(mine):
            row: dict[str, Any] = {name: mine.get(f"{name}.{i}", "") for name in _OF_ROW}
            rows.append({**row, "order": mine.get(f"order.{i}", ""), "on": f"on.{i}" in mine})
        return rows
    found: list[dict[str, Any]] = [
        {**{name: getattr(spec, name) or "" for name in _OF_ROW}, "order": 10 * i, "on": spec.on}
        for i, spec in enumerate(rotation.slides, 1)
    ]
    empty = {**dict.fromkeys(_OF_ROW, ""), "every": 1, "on": True}
    last = 10 * len(found)
    return found + [{**empty, "order": last + 10 * i} for i in range(1, _MORE + 1)]


def _numbers(form: Form | Any) -> list[int]:
    return sorted(int(name[5:]) for name in form if name.startswith("kind.") and name[5:].isdigit())


def _shown_notices(here: datetime, lang: str) -> list[dict[str, Any]]:
    """Return the notices that were not taken down, with when they hold and whether they do."""
    found = []
    for told in walls.notices(g.access):
        begins, ends = (datetime.fromisoformat(t) for t in (told.since, told.until))
        state = "to come" if here < begins else "on the wall" if here < ends else "ended"
        found.append(
            {
                "told": told,
                "from": _moment(begins, lang),
                "until": _moment(ends, lang),
                "state": state,
            }
        )
    return found


def _moment(time: datetime, lang: str) -> str:
    day = weekday_names(lang)[time.weekday()]
    return f"{day} {format_date(time.date(), lang)} {time:%H:%M}"


def _times(here: datetime, problem: Problem | None) -> dict[str, str]:
    """Return what the form of a notice begins with: now, for a shift."""
    mine = problem.mine if problem else {}
    start = here.replace(second=0, microsecond=0)
    usual = {"since": start, "until": start + timedelta(hours=_NOTICE_HOURS)}
    return {name: mine.get(name) or f"{time:%Y-%m-%dT%H:%M}" for name, time in usual.items()}


def _file() -> AnyResponse:
    """Serve the rotation in force as ``wall.toml``."""
    content = tomli_w.dumps(_arranged().rotation.content())
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"', **PRIVATE}
    return Response(content, mimetype="application/toml", headers=headers)


def _save(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    """Save the arrangement, or let the file stand again."""
    if not g.person.may(Right.APPROVE):
        return message_page(403, "role")
    arranged = _arranged()
    seen = bench.seen_version(form)
    if form.get("do") == "reset":
        if arranged.origin != "arranged":
            return redirect(PATH)
        bench.changed(snapshot, "arrangement of the wall: taken back", "")
        walls.save_arrangement(g.access.database, None, seen=seen, by=g.person.name)
        return bench.back(PATH, form.get("query", ""), "stored")
    rotation = _wanted(snapshot, form)
    bench.changed(snapshot, f"arrangement of the wall: {len(rotation.slides)} slides", "")
    walls.save_arrangement(g.access.database, rotation, seen=seen, by=g.person.name)
    return bench.back(PATH, form.get("query", ""), "stored")


def _wanted(snapshot: Snapshot, form: Form) -> Rotation:
    """Read the form.

    Raises
    ------
    InputError, FilterError
        A setting is impossible; it says which.
    """
    lang = bench.asked_language(snapshot)
    entries = [
        (_whole(form.get(f"order.{i}", ""), 0), i, _entry(form, i))
        for i in _numbers(form)
        if form.get(f"kind.{i}")
    ]
    if not entries:
        raise InputError("Choose at least one slide.")
    content = {
        "theme": form.get("theme", ""),
        "lang": form.get("lang", ""),
        "seconds": _whole(form.get("seconds", ""), -1),
        "briefings": _parts(form.get("briefings", "")),
        "shifts": _parts(form.get("shifts", "")),
        "slides": [entry for _, _, entry in sorted(entries, key=lambda e: e[:2])],
    }
    try:
        rotation = Rotation.of(content)
    except InputError as error:
        raise InputError(_said(error, lang)) from error
    for spec in rotation.slides:
        _check(snapshot, spec)
    return rotation


def _entry(form: Form, i: int) -> dict[str, Any]:
    """Return one row as ``wall.toml`` would have it; what does not concern its kind is left out."""
    kind = form.get(f"kind.{i}", "")
    entry: dict[str, Any] = {"kind": kind, "on": f"on.{i}" in form}
    if form.get(f"seconds.{i}"):
        entry["seconds"] = _whole(form[f"seconds.{i}"], -1)
    entry["every"] = _whole(form.get(f"every.{i}", "1") or "1", -1)
    if kind in ("state", "station", "sector"):
        entry[kind] = form.get(f"{kind}.{i}", "").strip().lstrip("?")
    return entry


def _check(snapshot: Snapshot, spec: SlideSpec) -> None:
    """Raise FilterError for a place or a state that the district does not have."""
    for name, value, known in (
        ("station", spec.station, snapshot.station_sectors),
        ("sector", spec.sector, snapshot.sector_names),
    ):
        if value and value not in known:
            raise FilterError(name, "'{value}' is unknown", value=value[:40])
    if spec.state:
        filters = Filters.from_query(spec.state, snapshot)
        require_internal(filters.tier)


def _said(error: InputError, lang: str) -> str:
    """Return which field is wrong, for people."""
    key = (error.column or "").rpartition(".")[2].partition("[")[0]
    words = {
        "seconds": text(lang, "Seconds: a whole number from 5 to 600."),
        "every": text(lang, "Every n-th round: a whole number from 1 to 50."),
        "briefings": text(lang, "Briefings: 1 to 12 times such as 06:45, 22:45."),
        "shifts": text(lang, "Shifts: hours such as 7-15, 15-23, 23-7."),
        "state": text(lang, "A state needs its query, such as types=BURGLARY."),
        "slides": text(lang, "At most 60 slides."),
    }
    return words.get(key, text(lang, "This setting is not possible: {key}", key=key))


def _whole(given: str, default: int) -> int:
    given = given.strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else default


def _parts(given: str) -> list[str]:
    return [part.strip() for part in given.replace(";", ",").split(",") if part.strip()]


def _notice(snapshot: Snapshot, _edited: Edited, form: Form) -> AnyResponse:
    """Put a notice up, or take one down."""
    if not _may_notice():
        return message_page(403, "role")
    if form.get("do") == "remove":
        told = next((n for n in walls.notices(g.access) if n.key == form.get("key")), None)
        if told is None:
            return redirect(PATH)
        bench.changed(snapshot, f"notice taken down: {told.words}", "")
        seen = bench.seen_version(form)
        walls.remove_notice(g.access.database, told.key, seen=seen, by=g.person.name)
        return bench.back(PATH, form.get("query", ""), "notices")
    author = str(g.person.full_name or g.person.name)
    content = walls.notice_content(
        form.get("words", ""), form.get("since", ""), form.get("until", ""), author
    )
    bench.changed(snapshot, f"notice put up: {content['words']}", "")
    walls.add_notice(g.access.database, content, g.person.name)
    return bench.back(PATH, form.get("query", ""), "notices")
