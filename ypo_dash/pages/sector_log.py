"""The log of a sector's desk: what was seen and agreed, when, where, with whom, and what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flask import g

from ypo_dash.i18n import text
from ypo_dash.model.cells import cell_in
from ypo_dash.model.desk import LOG_KINDS, LogEntry, Partner
from ypo_dash.model.entries import Form as Holds
from ypo_dash.model.errors import InputError
from ypo_dash.model.rights import Right
from ypo_dash.pages import desk_forms
from ypo_dash.pages.desk_forms import Field, choice_name, entry_id, entry_values, form_fields
from ypo_dash.pages.desk_history import different, earlier
from ypo_dash.people import database, desk
from ypo_dash.people.retention import kept_until, retention_of
from ypo_dash.views.due import due_words, has_ended, partners_in
from ypo_dash.views.log import PARAMETERS, LogQuery, log_page
from ypo_dash.views.rhythm import month_names
from ypo_dash.views.searching import marked
from ypo_dash.views.today import desk_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from ypo_dash.model.retention import Retention
    from ypo_dash.pages.bench import Form
    from ypo_dash.pages.desk_history import Earlier
    from ypo_dash.pages.sector import Desk
    from ypo_dash.store.snapshot import Snapshot
    from ypo_dash.views.log import Line, Log
    from ypo_dash.views.searching import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry as the page shows it; ``until`` is None where the retention can't be read."""

    line: Line
    id: str
    kind: str
    due: str
    until: date | None
    earlier: list[Earlier]
    may_write: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPart:
    """What ``sector_log.html`` shows."""

    query: LogQuery
    mark: Callable[[str], list[Piece]]
    log: Log
    months: list[tuple[str, list[Shown]]]
    kinds: list[tuple[str, str]]
    several: bool
    retention: Retention | None
    retention_problem: str
    new: list[Field]
    new_open: bool
    edited: LogEntry | None
    edit: list[Field]
    edit_seen: int
    stands: list[tuple[str, str]]
    back: dict[str, str]


def log(desk_: Desk) -> LogPart:
    """Build the log of a desk.

    Raises
    ------
    FilterError
        The address asks for something impossible.
    """
    query = LogQuery.of(desk_.given)
    everywhere = g.person.points_in(desk_.snapshot.sector_names)
    several = len(everywhere) > 1
    found = log_page(
        desk_.snapshot, g.access, g.person, desk_.sector.id, (query, desk_.day, desk_.lang)
    )
    query = replace(query, page=found.page)
    retention, problem = _retention()
    shown = {line.entry.key: _shown(desk_, line, retention) for line in found.lines}
    names = month_names(desk_.lang)
    edited = _edited(desk_)
    # What was written on an entry that is gone meanwhile stands in the form for a new one.
    is_new = desk_.mine.get("do") == "save" and edited is None
    return LogPart(
        query=query,
        mark=lambda words: marked(words, query.words),
        log=found,
        months=[
            (f"{names[month - 1]} {year}", [shown[line.entry.key] for line in lines])
            for (year, month), lines in found.months
        ],
        kinds=[(kind, choice_name(kind, desk_.lang)) for kind in LOG_KINDS],
        several=several,
        retention=retention,
        retention_problem=problem,
        new=_fields(desk_, None, desk_.mine if is_new else {}),
        new_open=is_new or "new" in desk_.given,
        edited=edited,
        edit=_fields(desk_, edited, desk_.mine) if edited else [],
        edit_seen=edited.version if edited else 0,
        stands=_stands(desk_, edited) if edited and desk_.mine else [],
        back={k: v for k, v in desk_.given.items() if k in PARAMETERS},
    )


def _retention() -> tuple[Retention | None, str]:
    try:
        return retention_of(g.access), ""
    except InputError as error:
        return None, str(error)


def _shown(desk_: Desk, line: Line, retention: Retention | None) -> Shown:
    entry = line.entry
    may_write = bool(g.person.may_in(Right.WRITE, entry.sector))
    before = earlier(entry, desk_.snapshot, desk_.lang) if entry.version > 1 else []
    return Shown(
        line=line,
        id=entry_id(entry.key),
        kind=choice_name(entry.kind, desk_.lang),
        due=due_words(line.follow_up, desk_.day, desk_.lang) if line.follow_up else "",
        until=kept_until(retention, entry, [one.content for one in before]) if retention else None,
        earlier=[one for one in before if may_write or not one.content.get("personal")],
        may_write=may_write,
    )


def _edited(desk_: Desk) -> LogEntry | None:
    """Return the entry whose form is asked for, or was refused; None for one that is not his to write."""
    key = desk_.mine.get("key") or desk_.given.get("edit", "")
    if not key or not desk_.may_write or desk_.mine.get("do", "save") != "save":
        return None
    entry = desk.find(g.access, LogEntry, key[:200])
    return entry if entry is not None and entry.sector == desk_.sector.id else None


def _stands(desk_: Desk, entry: LogEntry) -> list[tuple[str, str]]:
    """Return what of an entry, beside its words, is not as the refused form would have it."""
    held, mine = desk.content_of(entry), dict(desk_.mine)
    cell = mine.get("cell", "")
    mine["place"] = f"cell:{cell}" if cell else mine.get("place", "")
    mine = {**held, "personal": "", **mine}  # a box without its tick is not sent
    return different(LogEntry, (held, mine), desk_.snapshot, desk_.lang, leave_out="words")


def _fields(desk_: Desk, entry: LogEntry | None, mine: dict[str, str]) -> list[Field]:
    """Return the inputs; a hexagon is written beside the places that can be chosen."""
    if not desk_.may_write:
        return []
    given = {"date": desk_.day.isoformat(), "cell": desk_.given.get("cell", "")[:40]}
    if mine:
        mine = {"personal": "", **mine}  # a box without its tick is not sent
    values = {**(given if entry is None else {}), **entry_values(entry, mine)}
    values = _place_apart(values)
    leave_out = ["sector", *(["author"] if g.visit is not None else [])]
    if entry is None:
        leave_out.append("done")
    choices = {"place": _places(desk_), "partner": _partners(desk_, values.get("partner", ""))}
    fields = form_fields(LogEntry, desk_.snapshot, desk_.lang, values, leave_out=leave_out, choices=choices)  # fmt: skip
    at = next(i for i, one in enumerate(fields) if one.name == "place") + 1
    label = text(desk_.lang, "Or a hexagon of the map")
    cell = Field(name="cell", label=label, form=Holds.LINE, value=values.get("cell", ""), required=False, longest=2000)  # fmt: skip
    return [*fields[:at], cell, *fields[at:]]


def _place_apart(values: dict[str, str]) -> dict[str, str]:
    """Return a form's values with a hexagon in its own field, where none is written there yet."""
    sort, _, code = values.get("place", "").partition(":")
    if sort != "cell":
        return values
    return {**values, "place": "", "cell": values.get("cell") or code}


def _places(desk_: Desk) -> list[tuple[str, str]]:
    known, lang = desk.known(desk_.snapshot), desk_.lang
    areas = [(f"area:{name}", text(lang, "Area: {name}", name=name)) for name in known.areas]
    scenes = [
        (f"scene:{code}", text(lang, "Scene: {name}", name=scene.name(lang)))
        for code, scene in desk_.snapshot.taxonomy.scene.items()
    ]
    return [*areas, *scenes]


def _partners(desk_: Desk, chosen: str) -> list[tuple[str, str]]:
    """Return the sector's partners by name; one that ended or is gone only where it is chosen already."""
    found = partners_in(desk.entries(g.access, Partner), desk_.sector.id)
    there = [one for one in found if one.key == chosen or not has_ended(one, desk_.day)]
    shown = [(one.key, one.name) for one in sorted(there, key=lambda one: one.name.casefold())]
    if chosen and chosen not in dict(shown):
        shown.append((chosen, text(desk_.lang, "a partner that is not there any more")))
    return shown


def save_log(snapshot: Snapshot, sector: str, form: Form) -> str:
    """Save a new or changed entry, say that a follow-up is done, or take an entry away.

    Raises
    ------
    InputError
        A field is missing or impossible, or the entry is not of this sector.
    EditConflictError
        Somebody changed it meanwhile.
    """
    day = desk_day(snapshot, database.now())
    do, key = form.get("do", "save"), form.get("key", "")
    entry = desk_forms.found(LogEntry, key, sector) if key else None
    if do == "remove":
        desk_forms.removed(snapshot, LogEntry, form, sector)
        return "saved"
    if do == "done" and entry is not None:
        desk_forms.saved(snapshot, LogEntry, form, {"done": day.isoformat()})
        return "saved" if "open=yes" in form.get("query", "") else entry_id(key)
    given = _given(form, entry) | {"sector": sector}
    if desk_forms.is_later(given["date"], day):
        raise InputError("this day is yet to come; the log says what was", column="date")
    if given["partner"] not in ("", entry.partner if entry else ""):
        _require_partner(given["partner"], sector)
    desk_forms.saved(snapshot, LogEntry, form, given)
    return "saved"


def _given(form: Form, entry: LogEntry | None) -> dict[str, str]:
    given = desk_forms.written(LogEntry, form)
    given["place"] = _place(form)
    if entry is None:
        return {**given, "author": desk_forms.author(form), "done": ""}
    if g.visit is not None or not given["author"]:
        given["author"] = entry.author  # who wrote it first, whoever mends it
    return given


def _require_partner(key: str, sector: str) -> None:
    found = partners_in(desk.entries(g.access, Partner), sector)
    if key not in [one.key for one in found]:
        raise InputError("this is no partner of the sector", column="partner", value=key[:40])


def _place(form: Form) -> str:
    """Return the place: a hexagon, if one is written as its name or in a page's address, else the chosen one."""
    cell = form.get("cell", "").strip()
    if not cell:
        return form.get("place", "")
    found = cell_in(cell)
    if found is None:
        raise InputError("this is no hexagon of the map", column="cell", value=cell[:40])
    return f"cell:{found}"
