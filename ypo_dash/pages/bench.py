"""What the staffing and the safety page share: the state of an address, maps, forms, conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, current_app, g, redirect, request

from ypo_dash.figures.classes import class_limits
from ypo_dash.figures.outline import WIDTH, Outline
from ypo_dash.i18n import format_date, text
from ypo_dash.model.errors import FilterError, InputError, RecordError
from ypo_dash.model.plan import LONGEST_REASON
from ypo_dash.model.rights import ANYBODY
from ypo_dash.pages.desk_names import COLUMN_NAMES
from ypo_dash.pages.languages import wanted_language
from ypo_dash.pages.plain import current_zone, local_time, message_page
from ypo_dash.pages.watch import Look, watch
from ypo_dash.people import documents
from ypo_dash.people.documents import EditConflictError
from ypo_dash.people.entry import Action, entry_of
from ypo_dash.people.plans import Edited, edited
from ypo_dash.store.manifest import StoreDamagedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.wrappers import Response as AnyResponse

    from ypo_dash.people.tables import DocumentChange
    from ypo_dash.store.snapshot import Snapshot

BESIDE = ("reason", "recipient")
CLASSES = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not done, in words; ``mine`` is what was written and must not be lost.

    ``column`` is the field at fault, where it is one.
    """

    words: str
    mine: Mapping[str, str]
    column: str = ""


def current() -> tuple[Snapshot, Edited] | Response:
    """Return the snapshot and what is edited, or the page that says why there is none."""
    try:
        snapshot: Snapshot = current_app.extensions["ypo"].snapshot()
    except (InputError, StoreDamagedError, OSError):
        return message_page(503, "no_data")
    if not g.access.admits(snapshot.manifest):
        return message_page(503, "no_data")
    return snapshot, edited(g.access)


def language(filters_lang: str | None, snapshot: Snapshot) -> str:
    """Return the language of a page: of its address, of the browser, of the district."""
    known = snapshot.district.languages
    wanted = filters_lang or wanted_language()
    return wanted if wanted in known else known[0]


def asked_language(snapshot: Snapshot) -> str:
    """Return the language that the address asks for, also where the rest of it is refused."""
    asked = dict(parse_qsl(query_text())).get("lang")
    return language(asked, snapshot)


def query_text() -> str:
    """Return the query of the address, or the one that a form carries along."""
    if request.method == "POST":
        return request.form.get("query", "")[:4000]
    return request.query_string.decode("utf-8", "replace")


CONFLICT = "Not saved: {who} saved at {when}, while you were writing. What stands now is shown; yours is still in the form. Save again to put yours in its place."
REASON = "Write the reason: at least ten characters, at most 1,000."
Form = dict[str, str]


def change(
    again: Callable[[Problem, int], AnyResponse],
    do: Callable[[Snapshot, Edited, Form], AnyResponse],
) -> AnyResponse:
    """Carry out what a form asks; ``again`` shows the page with why it was not, and what was written."""
    found = current()
    if isinstance(found, Response):
        return found
    snapshot, form = found[0], dict(request.form)
    lang = asked_language(snapshot)
    try:
        try:
            return do(*found, form)
        except EditConflictError as error:
            what, reason = g.change
            changed(snapshot, what, reason, "refused: somebody else saved meanwhile")
            who, when = who_wrote(error)
            who = person_name(lang)(who)
            return again(Problem(text(lang, CONFLICT, who=who, when=when), form), 409)
    except FilterError as error:
        _not_done(snapshot)
        return again(Problem(f"{error.parameter}: {error.problem(lang)}", form), 400)
    except InputError as error:
        _not_done(snapshot)
        column = COLUMN_NAMES.get(error.column or "")
        field = f"{text(lang, column)}: " if column else ""
        words = field + text(lang, error.problem)
        return again(Problem(words, form, column=error.column or ""), 400)
    except RecordError:
        return message_page(503, "record")


def _not_done(snapshot: Snapshot) -> None:
    """Record that a change which was recorded was not made after all."""
    if "change" in g:
        what, reason = g.change
        changed(snapshot, what, reason, "refused: what was written is missing or impossible")


def reason_of(form: Form) -> str:
    """Return a form's reason.

    Raises
    ------
    InputError
        It is too short or too long.
    """
    reason = form.get("reason", "").strip()
    if not 10 <= len(reason) <= LONGEST_REASON:
        raise InputError(REASON)
    return reason


def seen_version(form: Form) -> int:
    """Return the version that a form was written on."""
    seen = form.get("seen", "0")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0


def changes_of(kind: str, key: str) -> list[DocumentChange]:
    """Return all changes of a document, newest first; none where nothing was ever edited."""
    if not g.access.has_database:
        return []
    with g.access.database.session() as session:
        return list(documents.history(session, kind, key))


def looked(snapshot: Snapshot, what: str, query: str) -> Response | None:
    """Record the look; returns what is shown where that can't be."""
    try:
        watch(snapshot, Look(what=what, query=query))
    except RecordError:
        return message_page(503, "record")
    return None


def changed(snapshot: Snapshot, what: str, reason: str, result: str = "done") -> None:
    """Record a change before it is made; one that was refused after all gets a second entry that says so.

    Raises
    ------
    RecordError
        It can't be recorded: it must not be made.
    """
    g.change = what, reason
    if g.access.required:
        entry = entry_of(
            g.person,
            Action.ALTERATION,
            what[:300],
            reason=reason,
            client=request.remote_addr or "",
            snapshot=snapshot.id,
            result=result,
        )
        g.access.record.append(entry)


def back(path: str, query: str, place: str, **more: str) -> AnyResponse:
    """Return to a place of a page after a change; reloading it changes nothing again."""
    parts = with_values(query, **more)
    return redirect(f"{path}?{parts}#{place}" if parts else f"{path}#{place}", 303)


def person_name(lang: str) -> Callable[[str], str]:
    """Return how a person's name is shown: whoever needs no sign-in has none."""
    return lambda name: text(lang, "somebody without sign-in") if name == ANYBODY.name else name


def day_text(day: str, lang: str) -> str:
    """Return an ISO date as ``lang`` writes it; what is none stays as it is."""
    try:
        return format_date(date.fromisoformat(day), lang)
    except ValueError:
        return day


def with_values(query: str, **more: str | None) -> str:
    """Return a query with other values; None takes one out."""
    kept = [(k, v) for k, v in parse_qsl(query) if k not in more]
    return urlencode([*kept, *((k, v) for k, v in more.items() if v)], safe=",:")


def who_wrote(error: EditConflictError) -> tuple[str, str]:
    """Return who saved meanwhile, and when, for people."""
    if error.now is None:
        return "–", "–"
    return error.now.changed_by, local_time(error.now.changed, current_zone())[:-3]


@lru_cache(maxsize=8)
def _outline(geojson: str, key: str) -> Outline:
    return Outline.of(geojson, key)


@dataclass(frozen=True, slots=True)
class Shade:
    """How one polygon of a map is shown: value to class (None: none), or a *state* with its own look."""

    value: float | None
    title: str
    state: str = ""


def picture(
    geojson: str,
    key: str,
    labels: Mapping[str, tuple[float, float]],
    shades: Mapping[str, Shade],
    limits: list[float] | None = None,
) -> dict[str, Any]:
    """Return polygons as SVG paths with a class of the ramp each.

    Parameters
    ----------
    labels
        Where each polygon's name stands: (lat, lng).
    limits
        Ascending lower limits of the classes; quantiles of the values without.
    """
    outline = _outline(geojson, key)
    values = [s.value for s in shades.values() if s.value is not None]
    if limits is None:
        limits = class_limits(values, classes=CLASSES, whole=False, steep=False)
    shapes = []
    for code, (lat, lng) in labels.items():
        shade = shades[code]
        fill = shade.state or "none"
        if shade.value is not None and limits:
            fill = str(max(1, sum(shade.value >= limit for limit in limits)))
        shapes.append(
            {"id": code, "path": outline.path(code), "at": outline.place(lng, lat), "fill": fill, "title": shade.title}
        )  # fmt: skip
    return {"width": WIDTH, "height": outline.height, "shapes": shapes, "limits": limits}
